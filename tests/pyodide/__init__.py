"""The engine `pyodide` as the tests of all engines see it: a stand-in that sends each call to a real Pyodide, in a
worker of a page of Chromium as in JupyterLite, where wasmcell runs it.

Values, errors, limits and handles travel as pickles: on both sides there is Python with wasmcell.
"""

from __future__ import annotations

import ctypes
import json
import pickle
from functools import cache, partial
from importlib.metadata import distribution
from io import BytesIO
from itertools import count
from mmap import mmap
from operator import methodcaller
from pathlib import Path
from threading import RLock
from time import perf_counter
from types import SimpleNamespace
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pytest

from wasmcell import engines, modules
from wasmcell.abi.handles import Handle
from wasmcell.engines import base
from wasmcell.engines.chromium import Page, find
from wasmcell.engines.limits import GIB, default_limits
from wasmcell.errors import CancelledError, ClosedError, EngineUnavailableError

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "wasmcell"
DISTRIBUTION = ROOT / "node_modules" / "pyodide"
#: Dependencies that come along, from where they are installed: they are pure Python.
PURE = ("fsspec", "tqdm")
#: What a strict host would allow: no eval, and no scripts but its own. Its workers may be blobs, or may not.
POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'"


@cache
def tree() -> bytes:
    """What a slim wheel would bring: wasmcell without the modules' bytes, which the site has."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for path in [
            *PACKAGE.rglob("*.py"),
            *PACKAGE.rglob("*.json"),
            PACKAGE / "static" / "pyodide-worker.js",
        ]:
            archive.write(path, path.relative_to(ROOT))
        addresses = {modules.get(path.stem).sha256: f"modules/{path.name}" for path in wasm()}
        archive.writestr("wasmcell/modules/site.json", json.dumps(addresses))
        archive.write(Path(__file__).with_name("served.py"), "served.py")
        for name in PURE:
            installed = distribution(name)
            for part in filter(lambda part: part.suffix == ".py", installed.files or ()):
                archive.write(installed.locate_file(part), part)
    return file.getvalue()


def wasm() -> list[Path]:
    """The modules' files."""
    return sorted((PACKAGE / "modules").glob("*.wasm"))


class _Page(Page):
    def __init__(self, *, waits: bool, blobs: bool) -> None:
        policy = f"{POLICY} blob:" if blobs else POLICY
        super().__init__(find(), {"waits": "yes"} if waits else {}, policy, isolated=False)

    def file(self, name):
        folder, _, rest = name.rpartition("/")
        match folder, rest:
            case "", "":
                return b'<!doctype html><script type="module" src="page.js"></script>', "text/html"
            case "", "page.js" | "worker.js":
                return Path(__file__).with_name(rest).read_bytes(), "text/javascript"
            case "", "tree.zip":
                return tree(), "application/zip"
            case "pyodide", _:
                kinds = {".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
                path = DISTRIBUTION / rest
                return path.read_bytes(), kinds.get(path.suffix, "application/octet-stream")
            case "modules", _ if (path := PACKAGE / "modules" / rest) in wasm():
                return path.read_bytes(), "application/wasm"
        return None


class Pyodide(base.Engine):
    """Sends calls to Pyodide. `waits` is whether Python can wait there (JSPI), `blobs` whether the page may have
    workers from blobs.
    """

    name = "pyodide"

    def __init__(self, *, waits=True, blobs=True):
        if not (DISTRIBUTION / "pyodide.mjs").is_file():
            raise EngineUnavailableError(f"{DISTRIBUTION} is missing: `make setup` installs it.")
        engines.get("chromium")  # raises where there is none
        self._make = partial(_Page, waits=waits, blobs=blobs)
        self._page = None
        self._known = set()
        self._lock = RLock()

    def call(self, module, function, *args, limits=None, cancel=None, measure=None):
        return self.measured(
            measure, "call", module, function, args, limits or default_limits(), cancel=cancel
        )

    def session(self, module, limits=None):
        return Session(self, module, limits or default_limits())

    def run(self, source):
        """Run Python there; what it leaves in `result`."""
        return self.ask("run", source)

    def measured(self, measure, op, *what, cancel=None, owner=None):
        began = perf_counter()
        value, used = self.ask(op, *what, cancel=cancel, owner=owner)
        if measure is not None:
            for name in used.__slots__:
                setattr(measure, name, getattr(used, name))
            measure.seconds = perf_counter() - began
        return value

    def ask(self, op, *what, cancel=None, owner=None):
        if cancel is not None and cancel.cancelled:
            raise CancelledError("The call was cancelled before it began.")
        file = BytesIO()
        pickler = _Pickler(file, 4)
        pickler.dump(what)
        with self._lock:
            if self._page is None:
                self._page = self._make()
            for module in pickler.modules:
                self._introduce(module)
        _, [answer] = self._page.request({"op": op}, [file.getvalue()], cancel)
        value, raised, gone = _Unpickler(BytesIO(answer), owner).load()
        for handle in pickler.handles:
            if handle.rep in gone:
                handle.forget()
        if raised is not None:
            raise raised
        return value

    def _introduce(self, module):
        if module.sha256 not in self._known:
            self._known.add(module.sha256)
            own = module.path is not None and module.path.parent == PACKAGE / "modules"
            rest = (None, None) if own else (module.description, module.bytes)
            self.ask("module", module.sha256, module.name, *rest)

    def close(self):
        if self._page is not None:
            self._page.close()
            self._page = None
            self._known.clear()


class Session(base.Session):
    """A session there."""

    _numbers = count()

    def __init__(self, engine, module, limits):
        self.module = module
        self._engine = engine
        self._number = next(self._numbers)
        self._closed = False
        self._abandoned = []
        engine.ask("open", self._number, module, limits)

    def call(self, function, *args, cancel=None, measure=None):
        if self._closed:
            raise ClosedError(f"This session of {self.module.name} is already closed.")
        abandoned, self._abandoned = self._abandoned, []
        what = self._number, function, args, abandoned
        return self._engine.measured(measure, "use", *what, cancel=cancel, owner=self)

    def release(self, handle):
        if not self._closed:
            self._engine.ask("drop", handle)

    def abandon(self, handle):
        self._abandoned.append(handle.rep)

    def close(self):
        if not self._closed:
            self._closed = True
            self._engine.ask("close", self._number)


class _Pickler(pickle.Pickler):
    """Handles go as numbers, modules as names; buffers as arrays of the same format."""

    def __init__(self, *args):
        super().__init__(*args)
        self.modules, self.handles = [], []

    def persistent_id(self, value):
        if isinstance(value, modules.Module):
            self.modules.append(value)
            return value.sha256
        if isinstance(value, Handle):
            self.handles.append(value)
            return value.rep
        return None

    def reducer_override(self, value):
        """What Pyodide lacks, or has under another name, goes as something alike."""
        if isinstance(value, np.generic):
            return type(value.item()), (value.item(),)
        if (
            isinstance(value, tuple)
            and hasattr(value, "_asdict")
            and "wasmcell" not in type(value).__module__
        ):
            return partial(SimpleNamespace, **value._asdict()), ()
        if isinstance(value, (memoryview, np.ndarray, mmap, ctypes.Array)):
            view = memoryview(value)
            if view.nbytes > GIB:
                pytest.skip("Python in the page has no room for so much")
            if (view.format, view.ndim) == ("B", 1):
                return memoryview, (view.tobytes(),)
            # A long has four bytes in Pyodide.
            format = {"l": "q", "L": "Q"}.get(view.format, view.format.lstrip("<"))
            return methodcaller("cast", format, view.shape), (memoryview(view.tobytes()),)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Handles come as numbers; `owner` is the session that they live in."""

    def __init__(self, file, owner):
        super().__init__(file)
        self._owner = owner

    def persistent_load(self, key):
        number, resource, name = key
        return Handle(self._owner, resource, name, number)
