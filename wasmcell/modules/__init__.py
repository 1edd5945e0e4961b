"""Find and load modules.

First-party modules lie beside this file as `<name>.wasm` with `<name>.json`, an extract of the description
that the component carries; other packages offer theirs by an entry point of the group `wasmcell.modules`,
which names a path to a `.wasm` file (or a function that returns one).
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from wasmcell.errors import Error, ModuleError
from wasmcell.modules import site
from wasmcell.modules.description import Description, parse
from wasmcell.modules.embedded import embedded

__all__ = ["Module", "from_bytes", "get", "load", "names"]

Bytes: TypeAlias = bytes  # inside Module, the name is its property

_HERE = Path(__file__).parent
_GROUP = "wasmcell.modules"
_loaded: dict[str, Module] = {}
#: Reentrant: to load a module may need the module inspect.
_lock = RLock()


class Module:
    """A component with its description.

    Attributes
    ----------
        name: its name, which is that of its WIT package without the namespace.
        description: its types and functions, and how it is linked.
        path: its file, None for one that was made from bytes.
        sha256: of the component's bytes, in hex.
        version: of its WIT package.
    """

    def __init__(
        self, description: Description, *, path: Path | None = None, data: bytes | None = None
    ) -> None:
        self.description = description
        self.path = path
        self.name = description.module
        self.version = description.version
        self.sha256 = description.sha256
        #: What engines have made of this module (compiled code, compiled types), by engine.
        self.compiled: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        if data is not None:
            self.__dict__["bytes"] = data

    @cached_property
    def bytes(self) -> bytes:
        """The component. Raises ModuleError if the file is gone or is not the one described."""
        assert self.path is not None
        if site.addresses() and not self.path.exists():
            return site.fetch(self.name, self.sha256)
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise ModuleError(f"Module {self.name} cannot be read: {error}.") from error
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ModuleError(
                f"{self.path} is not the file that {self.path.with_suffix('.json')} describes: build again."
            )
        return data

    def core_module(self, number: int) -> Bytes:
        """The bytes of a core module inside the component."""
        place = self.description.core_modules[number]
        return self.bytes[place.offset : place.offset + place.size]

    def __repr__(self) -> str:
        return f"Module({self.name!r}, version={self.version!r}, sha256={self.sha256[:12]!r}…)"

    def __reduce__(self) -> Any:
        return (load, (self.path,)) if self.path else (from_bytes, (self.bytes,))


def names() -> list[str]:
    """The names of all modules that can be had here."""
    return sorted({path.stem for path in _extracts()} | {point.name for point in _entry_points()})


def get(name: str) -> Module:
    """The module of that name, loaded once. Raises ModuleError if there is none."""
    module = _loaded.get(name)
    if module is None:
        with _lock:
            module = _loaded.get(name) or _loaded.setdefault(name, load(_find(name)))
    return module


def load(path: str | Path) -> Module:
    """Load a module from a `.wasm` file.

    Its description is read from the `.json` beside it, which spares reading the component, or else from the
    component. Raises ModuleError if neither can be had.
    """
    path = Path(path)
    extract = path.with_suffix(".json")
    try:
        if not extract.exists():
            return from_bytes(path.read_bytes(), path=path)
        data = json.loads(extract.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModuleError(f"Module {path} cannot be read: {error}.") from error
    return Module(parse(data), path=path)


def from_bytes(component: Bytes, *, path: Path | None = None) -> Module:
    """A module from a component's bytes, with the description that the component carries, or else what can be
    told from the component itself, which has no docs, defaults and ranges.

    Raises ModuleError if it is no component, or one that cannot be run here.
    """
    description = {
        **(embedded(component) or _inspected(component)),
        "sha256": hashlib.sha256(component).hexdigest(),
        "size": len(component),
    }
    return Module(parse(description), path=path, data=component)


def _inspected(component: Bytes) -> dict[str, Any]:
    from wasmcell import engines  # engines know modules; here alone it is the other way round

    try:
        description: dict[str, Any] = json.loads(
            engines.get("kernel").call(get("inspect"), "describe", component)
        )
    except Error as error:
        raise ModuleError(f"The component carries no description, and none can be made: {error}") from error
    return description


def _find(name: str) -> Path:
    path = _HERE / f"{name}.wasm"
    if path.with_suffix(".json") in _extracts():
        return path
    for point in _entry_points():
        if point.name == name:
            target = point.load()
            return Path(target() if callable(target) else target)
    available = ", ".join(names()) or "none: build them with `make setup`"
    raise ModuleError(f"There is no module {name!r}. Modules here: {available}.")


def _extracts() -> list[Path]:
    """The descriptions of the modules that are here, or elsewhere on the site."""
    found = (path for path in _HERE.glob("*.json") if path != site.ADDRESSES)
    return [path for path in found if site.addresses() or path.with_suffix(".wasm").exists()]


def _entry_points() -> Any:
    from importlib.metadata import entry_points

    return entry_points(group=_GROUP)
