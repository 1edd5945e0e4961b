"""Engines, which run functions of modules: the kernel's own, and others behind the same contract."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

from wasmcell.engines.apart import IN_PAGE
from wasmcell.engines.base import Engine, Session
from wasmcell.engines.limits import Cancel, Limits, Measure
from wasmcell.errors import EngineUnavailableError

if TYPE_CHECKING:
    from wasmcell.engines.pyodide import Pyodide

__all__ = ["Cancel", "Engine", "Limits", "Measure", "Session", "chosen", "get", "names"]

#: Where each engine's class is; it is imported when the engine is first asked for.
_CLASSES: Final = {
    "kernel": "wasmcell.engines.kernel:Kernel",
    "pyodide": "wasmcell.engines.pyodide:Pyodide",
    "node": "wasmcell.engines.node:Node",
    "chromium": "wasmcell.engines.chromium:Chromium",
    "browser": "wasmcell.engines.browser:Browser",
}
#: What can be waited for, and not only awaited: in a page there are no processes, and elsewhere no page.
_NAMES: Final = ("pyodide",) if IN_PAGE else ("kernel", "node", "chromium")
_engines: dict[str, Engine] = {}
_lock = Lock()


def names() -> list[str]:
    """The names of the engines that can be waited for, whether what they need is installed or not.

    Beside them there is ``browser``, which is awaited only.
    """
    return list(_NAMES)


def own_name(name: str) -> str:
    """The name that an engine calls itself: in Pyodide, ``kernel`` is ``pyodide``."""
    return "pyodide" if name == "kernel" and IN_PAGE else name


def get(name: str) -> Engine:
    """The shared engine of that name, made at first use. Raises EngineUnavailableError if it cannot be
    had.
    """
    name = own_name(name)
    engine = _engines.get(name)
    if engine is None:
        with _lock:
            engine = _engines.get(name) or _engines.setdefault(name, _make(name))
    return engine


def chosen(engine: str | Engine | None, auto: str = "kernel") -> Engine:
    """The engine that someone asked for; the one called `auto` where that is None or ``auto``.

    Raises EngineUnavailableError if it cannot be had.
    """
    if engine is None or engine == "auto":
        engine = auto
    return get(engine) if isinstance(engine, str) else engine


def begin(module: str) -> None:
    """Have what a first call of a module would wait for begin now, where that takes long: in a page.

    What goes wrong with it is left to that call to tell.
    """
    if IN_PAGE:
        from wasmcell import modules

        with suppress(Exception):
            cast("Pyodide", get("pyodide")).begin(modules.get(module))


def _make(name: str) -> Engine:
    if name not in _CLASSES:
        raise EngineUnavailableError(f"There is no engine {name!r}. Engines: {', '.join(_CLASSES)}.")
    if IN_PAGE and name in ("node", "chromium"):
        raise EngineUnavailableError(f"The engine {name} is a process, and a page has none: use kernel.")
    module, attribute = _CLASSES[name].split(":")
    try:
        engine: Engine = getattr(import_module(module), attribute)()
    except ImportError as error:
        raise EngineUnavailableError(
            f"The engine {name} needs {error.name}: install it. ({error})"
        ) from error
    return engine
