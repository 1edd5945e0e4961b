"""Instances in Python's own worker: only the module can end a call, so limits of time are told late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import js  # type: ignore[import-not-found]
from pyodide.ffi import JsException, create_proxy, to_js  # type: ignore[import-not-found]

from wasmcell.engines.core import REFUSAL
from wasmcell.engines.webassembly import WebLinked, WebMemory
from wasmcell.errors import ModuleError
from wasmcell.modules.description import Intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    from wasmcell.abi.handles import HandleTable
    from wasmcell.engines.interrupt import Guard
    from wasmcell.engines.limits import Limits
    from wasmcell.engines.webassembly import WebProgram
    from wasmcell.modules.description import Export, Item


class HereLinked(WebLinked):
    """Core instances in Python's own worker."""

    def __init__(self, program: WebProgram, handles: HandleTable, limits: Limits, guard: Guard) -> None:
        super().__init__(program, limits, guard)
        self.handles = handles
        self._proxies: list[Any] = []
        self._exports: list[Any] = []
        modules = program.compiled(limits)
        for instance in program.description.core_instances:
            imports: dict[str, dict[str, Any]] = {}
            for given in instance.imports:
                imports.setdefault(given.module, {})[given.name] = self._extern(given.item)
            objects = to_js(imports, dict_converter=js.Object.fromEntries)
            made = self._enter(js.WebAssembly.Instance.new, modules[instance.module], objects)
            self._exports.append(made.exports)

    def _extern(self, item: Item) -> Any:
        if isinstance(item, Intrinsic):
            self._proxies.append(create_proxy(lambda value: self.intrinsic(item, value)))
            return self._proxies[-1]
        found = js.Reflect.get(self._exports[item.instance], item.name)
        if found is None:
            raise ModuleError(f"The module has no export {item.name!r}, which its description names.")
        return found

    def _entry(self, item: Export, kind: str) -> Callable[[list[Any]], Any]:
        function = self._extern(item)
        if kind not in ("f32", "f64"):
            return lambda args: self._enter(function, *args)

        def real(args: list[Any]) -> float:
            # A number on its way to Python becomes an int if it can, and loses the sign of zero; in an array
            # it keeps what it is.
            array = self._enter(js.Float64Array.from_, js.Array.of(0), function.bind(None, *args))
            return memoryview(array.to_bytes()).cast("d")[0]

        return real

    def _enter(self, function: Any, *args: Any) -> Any:
        """Run what enters a module."""
        self._guard.look()
        try:
            value = function(*args)
        except (JsException, RecursionError) as error:
            thrown = error
        else:
            self._guard.look()
            return value
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        name, message = getattr(thrown, "name", "RecursionError"), getattr(thrown, "message", str(thrown))
        raise self.broken(name, message, self._refused) from None

    def _refused(self) -> int:
        for exports in self._exports:
            told = js.Reflect.get(exports, REFUSAL)
            if told is not None:
                try:
                    return int(told()) & 0xFFFFFFFF
                except JsException:
                    return 0
        return 0

    def _memory(self, item: Export) -> _Memory:
        memory = self._extern(item)
        if not js.Reflect.has(memory, "buffer"):
            raise ModuleError(f"{item.name!r} is no memory, as the description says.")
        return _Memory(memory)

    def close(self) -> None:
        for proxy in self._proxies:
            proxy.destroy()
        self._proxies.clear()
        self._exports.clear()
        self._memories.clear()


class _Memory(WebMemory):
    """A linear memory in Python's own worker."""

    def __init__(self, memory: Any) -> None:
        super().__init__()
        self._memory = memory

    def size(self) -> int:
        return self._memory.buffer.byteLength  # type: ignore[no-any-return]

    def fetch(self, start: int, target: memoryview) -> None:
        js.Uint8Array.new(self._memory.buffer, start, len(target)).assign_to(target)

    def lay(self, start: int, data: memoryview | bytes | bytearray) -> None:
        js.Uint8Array.new(self._memory.buffer, start, len(data)).assign(data)
