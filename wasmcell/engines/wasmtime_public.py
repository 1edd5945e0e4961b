"""wasmtime through the public classes of its package: for versions that `wasmtime_direct` does not know.

Slower in everything, but nothing is missing. The public classes have no way to look at a call while it runs,
so each set of instances gets a wasmtime engine of its own, whose epoch interrupts nothing else, and its
calls run in a thread of their own, for which the calling thread waits, looking at the guard.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from weakref import WeakMethod

import wasmtime

from wasmcell.engines.core import MASKS
from wasmcell.engines.interrupt import PERIOD, Guard
from wasmcell.engines.wasmtime import (
    SETTINGS,
    STORE_LIMITS,
    FunctionType,
    WasmtimeCore,
    WasmtimeLinked,
    WasmtimeProgram,
    trap_error,
)
from wasmcell.errors import ModuleError
from wasmcell.modules.description import Export, Intrinsic, Item

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wasmcell.abi.handles import HandleTable
    from wasmcell.engines.limits import Cancel, Limits
    from wasmcell.modules import Module


def _engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    for name, value in SETTINGS.items():
        setattr(config, name, value)
    return wasmtime.Engine(config)


class PublicCore(WasmtimeCore):
    """wasmtime's public classes."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self._engine = _engine()

    def guard(self, limits: Limits, cancel: Cancel | None) -> Guard:
        return Guard(None, limits, cancel)

    def program(self, module: Module, modules: list[Any]) -> PublicProgram:
        return PublicProgram(module, modules)

    def translate(self, wasm: bytes) -> wasmtime.Module:
        try:
            return wasmtime.Module(self._engine, wasm)
        except wasmtime.WasmtimeError as error:
            raise ModuleError(str(error)) from error

    def serialize(self, module: Any) -> bytearray:
        return module.serialize()  # type: ignore[no-any-return]

    def deserialize(self, file: Path) -> wasmtime.Module:
        try:
            return wasmtime.Module.deserialize_file(self._engine, str(file))
        except wasmtime.WasmtimeError as error:
            raise ModuleError(str(error)) from error


class PublicProgram(WasmtimeProgram):
    """Core modules, and their serialized form, from which each set of instances makes its own."""

    def __init__(self, module: Module, modules: list[Any]) -> None:
        super().__init__(module, modules)
        self.serialized = [m.serialize() for m in modules]

    def declared(self, module: Any) -> Sequence[tuple[str, str]]:
        return [(i.module, i.name or "") for i in module.imports]

    def function_type(self, module: Any, name: str) -> FunctionType | None:
        kind = next((e.type for e in module.exports if e.name == name), None)
        if not isinstance(kind, wasmtime.FuncType):
            return None
        return FunctionType(tuple(map(str, kind.params)), tuple(map(str, kind.results)))

    def link(self, handles: HandleTable, limits: Limits, guard: Guard) -> PublicLinked:
        linked = PublicLinked(self, handles, limits, guard)
        try:
            for number, imports in enumerate(self.imports):
                linked.instantiate(self.description.core_instances[number].module, imports)
        except BaseException:
            linked.close()
            raise
        return linked


class PublicLinked(WasmtimeLinked):
    """Core instances in a store of their own."""

    _program: PublicProgram

    def __init__(self, program: PublicProgram, handles: HandleTable, limits: Limits, guard: Guard) -> None:
        self._program = program
        self.handles = handles
        self._limits = limits
        self._guard = guard
        self._ending = self._inside = False
        self._engine = _engine()
        self._store = wasmtime.Store(self._engine)
        self._store.set_limits(limits.memory, *STORE_LIMITS)
        self._instances: list[wasmtime.Instance] = []
        self._thread = ThreadPoolExecutor(1, "wasmcell-call")

    def instantiate(self, module: int, imports: list[Item]) -> None:
        """Make the next core instance."""
        externs = list(map(self._extern, imports))
        compiled = wasmtime.Module.deserialize(self._engine, self._program.serialized[module])
        self._instances.append(self._run(wasmtime.Instance, compiled, externs))

    def _extern(self, item: Item) -> Any:
        if isinstance(item, Intrinsic):
            i32 = wasmtime.ValType.i32()
            kind = wasmtime.FuncType([i32], [] if item.operation == "drop" else [i32])
            # wasmtime keeps the function as long as the store lives, which is ours.
            intrinsic = WeakMethod(self.intrinsic)
            return wasmtime.Func(self._store, kind, lambda value: intrinsic()(item, value))  # type: ignore[misc]
        exports = self._instances[item.instance].exports(self._store)
        try:
            return exports[item.name]
        except KeyError:
            raise ModuleError(
                f"The module has no export {item.name!r}, which its description names."
            ) from None

    def attach(self, guard: Guard) -> None:
        self._guard = guard

    def bind(self, item: Export, params: tuple[str, ...], results: tuple[str, ...]) -> Callable[..., Any]:
        self._program.check(item, params, results)
        function = self._extern(item)
        mask = MASKS.get(results[0] if results else "")

        def call(*args: Any) -> Any:
            result = self._run(function, *args)
            return result if mask is None or result is None else result & mask

        return call

    def _run(self, make: Callable[..., Any], *args: Any) -> Any:
        """Run what enters the module, in its thread; what the guard raises here ends it."""
        if self._inside:  # a destructor, called while the module waits for the host in that very thread
            return make(self._store, *args)
        self._inside = True
        try:
            self._store.set_epoch_deadline(1)
            running = self._thread.submit(make, self._store, *args)
            try:
                while True:
                    try:
                        return running.result(PERIOD)
                    except TimeoutError:
                        self._guard.look()
            except (wasmtime.Trap, wasmtime.WasmtimeError) as cause:
                trap = cause
            except BaseException:
                self._engine.increment_epoch()
                running.exception()
                raise
        finally:
            self._inside = False
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        code = trap.trap_code if isinstance(trap, wasmtime.Trap) else None
        raise trap_error(code and code.value, str(trap), self._refused(), self._limits) from None

    def memory(self, item: Export) -> PublicMemory:
        memory = self._extern(item)
        if not isinstance(memory, wasmtime.Memory):
            raise ModuleError(f"{item.name!r} is no memory, as the description says.")
        return PublicMemory(self._store, memory)

    def close(self) -> None:
        self._thread.shutdown()
        self._instances.clear()
        self._store.close()
        self._engine.close()


class PublicMemory:
    """A linear memory."""

    __slots__ = ("_memory", "_store")

    def __init__(self, store: wasmtime.Store, memory: wasmtime.Memory) -> None:
        self._store = store
        self._memory = memory

    def size(self) -> int:
        return self._memory.data_len(self._store)

    def _bytes(self, start: int, size: int) -> memoryview:
        return memoryview(self._memory.get_buffer_ptr(self._store, size, start)).cast("B")

    def read(self, start: int, size: int) -> bytes:
        return bytes(self._bytes(start, size))

    def read_into(self, start: int, target: memoryview) -> None:
        target[:] = self._bytes(start, len(target))

    def write(self, start: int, data: memoryview | bytes | bytearray) -> None:
        self._bytes(start, len(data))[:] = data
