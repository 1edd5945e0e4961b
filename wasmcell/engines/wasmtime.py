"""wasmtime as a Core: what its two forms have in common, and the choice between them.

`wasmtime_direct` calls the C library in the `wasmtime` package by ctypes, which is several times faster, and
neither imports the package nor waits for it; it is for the versions that it was written for.
`wasmtime_public` uses the package's public classes, and works with any.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wasmcell.engines import cache
from wasmcell.engines.core import REFUSAL, Linked
from wasmcell.engines.limits import memory_error
from wasmcell.errors import EngineUnavailableError, Error, ModuleError, TrappedError
from wasmcell.modules.description import Export, Item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from wasmcell.abi.handles import HandleTable
    from wasmcell.engines.interrupt import Guard
    from wasmcell.engines.limits import Cancel, Limits
    from wasmcell.modules import Module

#: Settings of the engine, as the suffixes of wasmtime's names for them: a module can be interrupted, and
#: gives the same result on every processor.
SETTINGS: Final = {
    "epoch_interruption": True,
    "wasm_threads": False,
    "wasm_relaxed_simd": False,
    "wasm_gc": False,
}
#: The most that a store may hold beside memory: table elements, instances, tables, memories. The limit of
#: memory is one for each memory, so it is the call's where there is one.
STORE_LIMITS: Final = (1 << 20, 64, 64, 1)

#: The versions of wasmtime that `wasmtime_direct` was written for.
DIRECT_VERSIONS: Final = ("50.",)


class FunctionType(NamedTuple):
    """The type of a core function: "i32", "i64", "f32", "f64"."""

    params: tuple[str, ...]
    results: tuple[str, ...]


def installed() -> tuple[Path, str]:
    """Where the wasmtime package lies, and its version ("" if that cannot be told). It is not imported, which
    would take longer than everything else. Raises EngineUnavailableError if there is none.
    """
    spec = find_spec("wasmtime")
    if spec is None or not spec.submodule_search_locations:
        raise EngineUnavailableError("The engine kernel needs the package wasmtime: pip install wasmtime.")
    package = Path(spec.submodule_search_locations[0])
    found = next(package.parent.glob("wasmtime-*.dist-info"), None)
    return package, found.name.removeprefix("wasmtime-").removesuffix(".dist-info") if found else ""


def make(*, direct: bool | None = None) -> WasmtimeCore:
    """wasmtime, in the form that fits the installed version, or the one asked for."""
    package, version = installed()
    if direct if direct is not None else version.startswith(DIRECT_VERSIONS):
        from wasmcell.engines.wasmtime_direct import DirectCore

        return DirectCore(package, version)
    from wasmcell.engines.wasmtime_public import PublicCore

    return PublicCore(version)


class WasmtimeCore(ABC):
    """Compiles modules, and keeps what it compiled."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._lock = Lock()

    def compile(self, module: Module) -> WasmtimeProgram:
        """Compile the core modules, or load them from the cache."""
        with self._lock:
            numbers = range(len(module.description.core_modules))
            return self.program(module, [self._core_module(module, number) for number in numbers])

    def _core_module(self, module: Module, number: int) -> Any:
        sha256 = module.description.core_modules[number].sha256
        name = cache.key(sha256, self.version, repr(SETTINGS))
        file = cache.find(name)
        if file is not None:
            try:
                return self.deserialize(file)
            except ModuleError:
                cache.forget(file)
        data = module.core_module(number)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ModuleError(f"Core module {number} of {module.name} is not the one that was described.")
        try:
            compiled = self.translate(data)
        except ModuleError as error:
            raise ModuleError(f"Core module {number} of {module.name} cannot be compiled: {error}") from error
        cache.store(name, self.serialize(compiled))
        return compiled

    @abstractmethod
    def guard(self, limits: Limits, cancel: Cancel | None) -> Guard:
        """What ends a call early."""

    def turn(self) -> AbstractContextManager[Any]:
        """What lets one thread at a time into a kept instance."""
        return RLock()

    @abstractmethod
    def program(self, module: Module, modules: list[Any]) -> WasmtimeProgram:
        """Prepare for linking."""

    @abstractmethod
    def translate(self, wasm: bytes) -> Any:
        """Compile a core module. Raises ModuleError."""

    @abstractmethod
    def serialize(self, module: Any) -> bytes | bytearray:
        """A compiled core module as bytes."""

    @abstractmethod
    def deserialize(self, file: Path) -> Any:
        """A compiled core module from its bytes. Raises ModuleError if wasmtime does not take them."""


class WasmtimeProgram(ABC):
    """A component's compiled core modules, ready to be linked."""

    def __init__(self, module: Module, modules: list[Any]) -> None:
        self.description = module.description
        self.modules = modules
        self._checked: set[tuple[Item, tuple[str, ...], tuple[str, ...]]] = set()
        #: The imports of each core instance, in the order in which its module declares them.
        self.imports: list[list[Item]] = []
        for instance in self.description.core_instances:
            given = {(i.module, i.name): i.item for i in instance.imports}
            try:
                self.imports.append([given[names] for names in self.declared(modules[instance.module])])
            except KeyError as missing:
                raise ModuleError(
                    f"{module.name} cannot be linked: nothing is given for {missing}."
                ) from None

    def check(self, item: Export, params: tuple[str, ...], results: tuple[str, ...]) -> None:
        """Raise ModuleError unless the description is right that this is a function of these core types: a
        call through a wrong type would be undefined.
        """
        if (item, params, results) in self._checked:
            return
        module = self.modules[self.description.core_instances[item.instance].module]
        if self.function_type(module, item.name) != (params, results):
            raise ModuleError(
                f"The core function {item.name!r} is missing, or not of the type that its "
                f"description implies."
            )
        self._checked.add((item, params, results))

    @cached_property
    def refusal(self) -> Export | None:
        """The core export that tells how much memory was last asked for in vain, in modules that have it."""
        for place, instance in enumerate(self.description.core_instances):
            if self.function_type(self.modules[instance.module], REFUSAL) == ((), ("i32",)):
                return Export(place, REFUSAL)
        return None

    @abstractmethod
    def declared(self, module: Any) -> Sequence[tuple[str, str]]:
        """The two names of each import of a core module, in order."""

    @abstractmethod
    def function_type(self, module: Any, name: str) -> FunctionType | None:
        """The type of an exported function of a core module; None if there is none of that name."""

    @abstractmethod
    def link(self, handles: HandleTable, limits: Limits, guard: Guard) -> Linked:
        """Make the core instances, afresh."""


class WasmtimeLinked(Linked):
    """Core instances in a store of their own."""

    _program: WasmtimeProgram
    _instances: list[Any]
    _ending = False

    def _refused(self) -> int:
        """How many bytes the module last asked for in vain, if it tells."""
        item = self._program.refusal
        if item is None or item.instance >= len(self._instances) or self._ending:
            return 0
        self._ending = True  # should this trap too, it is not asked again
        try:
            return int(self.function(item, (), ("i32",))())
        except Error:
            return 0


def trap_error(code: int | None, message: str, refused: int, limits: Limits) -> Error:
    """The error for a trap: its code in wasmtime, its message, and how many bytes the module last asked for
    in vain (0 if it did not).
    """
    if refused or "exceeds memory limits" in message:  # the latter: it needs more than that from the start
        return memory_error(limits, refused)
    if "memory count too high" in message:
        return ModuleError("The module has more than one memory; a limit holds for one alone.")
    if code == 0:
        return TrappedError("the module recursed too deeply for its stack.")
    # wasmtime's message has a backtrace first; what happened is its last line.
    return TrappedError(
        f"the module broke off ({message.strip().splitlines()[-1].strip().removeprefix('1: ')})."
    )
