"""wasmtime through its C functions: a call costs a few microseconds instead of fifty."""

from __future__ import annotations

import ctypes
from ctypes import addressof, byref, c_uint8, c_uint64, c_void_p
from functools import cache
from itertools import count
from struct import Struct
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from wasmcell.abi.layout import MAX_FLAT_PARAMS
from wasmcell.engines import hugepages
from wasmcell.engines.interrupt import Clock, Guard
from wasmcell.engines.wasmtime import (
    SETTINGS,
    STORE_LIMITS,
    FunctionType,
    WasmtimeCore,
    WasmtimeLinked,
    WasmtimeProgram,
    trap_error,
)
from wasmcell.engines.wasmtime_library import (
    EXTERN_FUNC,
    EXTERN_ITEM,
    EXTERN_MEMORY,
    EXTERN_WORDS,
    INSTANCE_WORDS,
    KINDS,
    VALUE_SIZE,
    WRITABLE,
    FunctionCallback,
    Library,
    TickCallback,
    Vector,
    view,
)
from wasmcell.errors import ModuleError
from wasmcell.modules.description import Export, Intrinsic, Item

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wasmcell.abi.handles import HandleTable
    from wasmcell.engines.limits import Cancel, Limits
    from wasmcell.modules import Module

#: Parameters of a core function, at most: those of the canonical ABI and where to put the result.
_MOST_VALUES: Final = MAX_FLAT_PARAMS + 1
_OPERATIONS: Final = ("new", "rep", "drop")
_CODES: Final = {"i32": f"I{VALUE_SIZE - 4}x", "i64": f"Q{VALUE_SIZE - 8}x"} | {
    "f32": f"f{VALUE_SIZE - 4}x",
    "f64": f"d{VALUE_SIZE - 8}x",
}
_Extern = c_uint64 * EXTERN_WORDS
_Instance = c_uint64 * INSTANCE_WORDS

#: The instances that live, by the number that their stores carry.
_alive: WeakValueDictionary[int, DirectLinked] = WeakValueDictionary()
_numbers = count(1)


class DirectCore(WasmtimeCore):
    """wasmtime's C library, as it lies in the `wasmtime` package."""

    def __init__(self, package: Path, version: str) -> None:
        super().__init__(version)
        self.library = lib = Library(package)
        config = lib.config_new()
        for name, value in SETTINGS.items():
            lib.setting(config, name, value)
        self.engine = lib.engine_new_with_config(config)
        self.clock = Clock(lambda: lib.engine_increment_epoch(self.engine))
        # What wasmtime calls back. No exception may leave these: ctypes would return what lies on the stack.
        self._callbacks = TickCallback(self._on_tick), FunctionCallback(self._on_intrinsic)
        self.tick_callback, self.intrinsic_callback = (
            ctypes.cast(callback, c_void_p).value for callback in self._callbacks
        )

    def _on_tick(self, context: int, number: int, delta: int, kind: int) -> int:
        try:
            guard = _alive[number].guard
            if not guard.stops():
                c_uint64.from_address(delta).value = guard.ticks
                return 0
        except BaseException as error:
            _note(number, error)
        return self.library.error_new(b"stopped")  # type: ignore[no-any-return]

    def _on_intrinsic(self, which: int | None, caller: int, values: int, length: int) -> int:
        number = self.library.context_get_data(self.library.caller_context(caller))
        try:
            value = c_uint64.from_address(values)
            answer = _alive[number].intrinsic(_intrinsic(which or 0), value.value)
            if answer is not None:
                value.value = answer
            return 0
        except BaseException as error:
            _note(number, error)
        return self.library.trap_new(b"stopped", 7)  # type: ignore[no-any-return]

    def guard(self, limits: Limits, cancel: Cancel | None) -> Guard:
        return Guard(self.clock, limits, cancel)

    def program(self, module: Module, modules: list[Any]) -> DirectProgram:
        return DirectProgram(self, module, modules)

    def translate(self, wasm: bytes) -> int:
        return self._made(lambda out: self.library.module_new(self.engine, wasm, len(wasm), out))

    def deserialize(self, file: Path) -> int:
        name = str(file).encode()
        return self._made(lambda out: self.library.module_deserialize_file(self.engine, name, out))

    def serialize(self, module: Any) -> bytes:
        data = Vector()
        self.check(self.library.module_serialize(module, byref(data)))
        try:
            return data.bytes()
        finally:
            self.library.byte_vec_delete(byref(data))

    def _made(self, make: Callable[[Any], int | None]) -> int:
        out = c_void_p()
        self.check(make(byref(out)))
        assert out.value is not None
        return out.value

    def check(self, error: int | None) -> None:
        """Raise what an error of wasmtime's says."""
        if error:
            raise ModuleError(self.message(error))

    def message(self, error: int) -> str:
        """What an error of wasmtime's says; it is deleted."""
        text = Vector()
        self.library.error_message(error, byref(text))
        self.library.error_delete(error)
        return self._text(text)

    def trap(self, trap: int) -> tuple[int | None, str]:
        """The code and message of a trap; it is deleted."""
        text, code = Vector(), c_uint8()
        known = self.library.trap_code(trap, byref(code))
        self.library.trap_message(trap, byref(text))
        self.library.trap_delete(trap)
        return code.value if known else None, self._text(text).rstrip("\0")

    def _text(self, vector: Vector) -> str:
        text = vector.bytes().decode(errors="replace")
        self.library.byte_vec_delete(byref(vector))
        return text

    def intrinsic_type(self, operation: str) -> int:
        """The core type of what the host does for resources."""
        lib, vectors = self.library, []
        for length in (1, 0 if operation == "drop" else 1):
            vectors.append(Vector())
            i32 = (c_void_p * 1)(lib.valtype_new(0)) if length else None
            lib.valtype_vec_new(byref(vectors[-1]), length, i32)
        return lib.functype_new(byref(vectors[0]), byref(vectors[1]))  # type: ignore[no-any-return]


def _note(number: int, error: BaseException) -> None:
    linked = _alive.get(number)
    if linked is not None and linked.failure is None:
        linked.failure = error


class DirectProgram(WasmtimeProgram):
    """Core modules with all imports resolved that do not depend on an instance. It lives as long as the
    process.
    """

    def __init__(self, core: DirectCore, module: Module, modules: list[Any]) -> None:
        self.core = core
        super().__init__(module, modules)
        #: For each core instance: what makes it, or its module and imports.
        self.steps: list[tuple[int | None, int, list[Item]]] = []
        for instance, imports in zip(self.description.core_instances, self.imports, strict=True):
            compiled = modules[instance.module]
            closed = all(isinstance(item, Intrinsic) for item in imports)
            self.steps.append((self._resolve(compiled, imports) if closed else None, compiled, imports))

    def declared(self, module: Any) -> Sequence[tuple[str, str]]:
        lib, vector = self.core.library, Vector()
        lib.module_imports(module, byref(vector))
        found = [
            (_name(lib.importtype_module(entry)), _name(lib.importtype_name(entry)))
            for entry in vector.addresses()
        ]
        lib.importtype_vec_delete(byref(vector))
        return found

    def function_type(self, module: Any, name: str) -> FunctionType | None:
        lib, vector, found = self.core.library, Vector(), None
        lib.module_exports(module, byref(vector))
        for entry in vector.addresses():
            if _name(lib.exporttype_name(entry)) == name:
                kind = lib.externtype_as_functype_const(lib.exporttype_type(entry))
                if kind:
                    sides = (lib.functype_params(kind), lib.functype_results(kind))
                    found = FunctionType(
                        *(
                            tuple(KINDS.get(lib.valtype_kind(t), "") for t in s.contents.addresses())
                            for s in sides
                        )
                    )
        lib.exporttype_vec_delete(byref(vector))
        return found

    def _resolve(self, module: int, imports: list[Item]) -> int:
        lib, core = self.core.library, self.core
        linker, ready = lib.linker_new(core.engine), c_void_p()
        lib.linker_allow_shadowing(linker, True)
        try:
            for (first, second), item in zip(self.declared(module), imports, strict=True):
                assert isinstance(item, Intrinsic)
                names = first.encode(), len(first.encode()), second.encode(), len(second.encode())
                kind, which = core.intrinsic_type(item.operation), _which(item)
                core.check(
                    lib.linker_define_func_unchecked(
                        linker, *names, kind, core.intrinsic_callback, which, None
                    )
                )
            core.check(lib.linker_instantiate_pre(linker, module, byref(ready)))
        finally:
            lib.linker_delete(linker)
        assert ready.value is not None
        return ready.value

    def link(self, handles: HandleTable, limits: Limits, guard: Guard) -> DirectLinked:
        linked = DirectLinked(self, handles, limits, guard)
        try:
            for step in self.steps:
                linked.instantiate(*step)
        except BaseException:
            linked.close()
            raise
        return linked


def _name(vector: Any) -> str:
    return vector.contents.bytes().decode()  # type: ignore[no-any-return]


@cache
def _intrinsic(which: int) -> Intrinsic:
    resource, operation = divmod(which, len(_OPERATIONS))
    return Intrinsic(_OPERATIONS[operation], resource)


def _which(item: Intrinsic) -> int:
    return item.resource * len(_OPERATIONS) + _OPERATIONS.index(item.operation)


@cache
def _values(types: tuple[str, ...]) -> Struct:
    """How core values of these types lie behind each other."""
    return Struct("<" + "".join(_CODES[t] for t in types))


class DirectLinked(WasmtimeLinked):
    """Core instances in a store of their own."""

    _program: DirectProgram

    def __init__(self, program: DirectProgram, handles: HandleTable, limits: Limits, guard: Guard) -> None:
        self.handles = handles
        self.guard = guard
        self._limits = limits
        self._program = program
        self._lib = lib = program.core.library
        self._instances: list[Any] = []
        # For the values and the trap of a call. A call within a call may use them too: wasmtime has read the
        # arguments before it calls back, and writes results at the end.
        self._scratch = ctypes.create_string_buffer(VALUE_SIZE * _MOST_VALUES), c_void_p()
        number = next(_numbers)
        store = lib.store_new(program.core.engine, number, None)
        self._store: int | None = store
        self._context = lib.store_context(store)
        lib.store_limiter(store, limits.memory, *STORE_LIMITS)
        lib.store_epoch_deadline_callback(store, program.core.tick_callback, number, None)
        _alive[number] = self
        self.attach(guard)

    def instantiate(self, ready: int | None, module: int, imports: list[Item]) -> None:
        """Make the next core instance."""
        instance, trap = _Instance(), c_void_p()
        if ready is not None:
            error = self._lib.instance_pre_instantiate(ready, self._context, instance, byref(trap))
        else:
            externs = (_Extern * len(imports))(*map(self._extern, imports))
            error = self._lib.instance_new(
                self._context, module, externs, len(imports), instance, byref(trap)
            )
        if error or trap:
            self._fail(error, trap.value)
        self._instances.append(instance)

    def _extern(self, item: Item) -> Any:
        extern = _Extern()
        if isinstance(item, Intrinsic):
            core, func = self._program.core, addressof(extern) + EXTERN_ITEM
            extern[0] = EXTERN_FUNC
            kind = core.intrinsic_type(item.operation)
            self._lib.func_new_unchecked(
                self._context, kind, core.intrinsic_callback, _which(item), None, func
            )
            return extern
        name = item.name.encode()
        if not self._lib.instance_export_get(
            self._context, self._instances[item.instance], name, len(name), extern
        ):
            raise ModuleError(f"The module has no export {item.name!r}, which its description names.")
        return extern

    def attach(self, guard: Guard) -> None:
        self.guard = guard
        self._lib.context_set_epoch_deadline(self._context, guard.ticks)

    def bind(self, item: Export, params: tuple[str, ...], results: tuple[str, ...]) -> Callable[..., Any]:
        self._program.check(item, params, results)
        extern = self._extern(item)
        values, trap = self._scratch
        pack, unpack = _values(params).pack_into, _values(results).unpack_from
        context, enter, fail = self._context, self._lib.func_call_unchecked, self._fail
        function, at, trap_at = addressof(extern) + EXTERN_ITEM, addressof(values), addressof(trap)
        answers = bool(results)

        def call(*args: Any, _alive: Any = extern) -> Any:
            pack(values, 0, *args)
            error = enter(context, function, at, _MOST_VALUES, trap_at)
            if error or trap.value:
                found, trap.value = trap.value, None
                fail(error, found)
            return unpack(values)[0] if answers else None

        return call

    def close(self) -> None:
        store, self._store = self._store, None
        if store:
            self._lib.store_delete(store)

    def __del__(self) -> None:
        self.close()

    def memory(self, item: Export) -> DirectMemory:
        extern = self._extern(item)
        if extern[0] & 0xFF != EXTERN_MEMORY:
            raise ModuleError(f"{item.name!r} is no memory, as the description says.")
        return DirectMemory(self._lib, self._context, extern, self._limits.memory)

    def _fail(self, error: int | None, trap: int | None) -> None:
        """Raise what ended a call."""
        core = self._program.core
        code, message = core.trap(trap) if trap else (None, core.message(error or 0))
        stopped, self.failure = self.guard.stopped or self.failure, None
        if stopped is not None:
            raise stopped
        raise trap_error(code, message, self._refused(), self._limits)


class DirectMemory:
    """A linear memory."""

    __slots__ = ("_at", "_base", "_bytes", "_context", "_extern", "_lib", "_most", "_size")

    def __init__(self, library: Library, context: int, extern: Any, most: int) -> None:
        self._lib = library
        #: What it may grow to, until it has been told that it will.
        self._most = most
        self._context = context
        self._extern = extern
        self._at = addressof(extern) + EXTERN_ITEM
        self._base = self._size = -1
        self._bytes: Any = b""

    def base(self) -> int:
        """Its address now."""
        return self._lib.memory_data(self._context, self._at)  # type: ignore[no-any-return]

    def size(self) -> int:
        size, base = self._lib.memory_data_size(self._context, self._at), self.base()
        if size != self._size or base != self._base:
            self._base, self._size = base, size
            self._bytes = view(base, size, WRITABLE) if size else b""
        return size  # type: ignore[no-any-return]

    def read(self, start: int, size: int) -> bytes:
        return bytes(self._bytes[start : start + size])

    def read_into(self, start: int, target: memoryview) -> None:
        target[:] = self._bytes[start : start + len(target)]

    def write(self, start: int, data: memoryview | bytes | bytearray) -> None:
        if self._most and len(data) > hugepages.SMALL:
            # wasmtime reserves 4 GiB for each memory, so all that it may grow to lies there.
            hugepages.advise(self.base(), self._most)
            self._most = 0
        self._bytes[start : start + len(data)] = data
