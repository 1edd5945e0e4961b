"""Instances in a worker beside Python's, which can be ended at any time; Python waits for answers (JSPI)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import proxy

import js  # type: ignore[import-not-found]
from pyodide.ffi import JsException, can_run_sync, run_sync, to_js  # type: ignore[import-not-found]

from wasmcell.engines.webassembly import WebLinked, WebMemory, uint8
from wasmcell.errors import BlockingError, EngineUnavailableError, TrappedError
from wasmcell.modules.description import Intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    from wasmcell.engines.interrupt import Guard
    from wasmcell.engines.limits import Limits
    from wasmcell.engines.webassembly import WebProgram
    from wasmcell.modules.description import Export, Item

SCRIPT: Final = Path(__file__).parents[1] / "static" / "pyodide-worker.js"
#: Milliseconds between two looks at whether the call should end.
_PERIOD: Final = 20
#: Workers without work that are kept for the next call.
_KEPT: Final = 2
_idle: list[Any] = []


@cache
def _script() -> Any:
    """The address of the worker's script: a blob, so that it needs no place on the site."""
    text = SCRIPT.read_bytes()
    return js.URL.createObjectURL(js.Blob.new([uint8(text)], type="text/javascript"))


def _start() -> Any:
    try:
        return js.Worker.new(_script())
    except JsException as error:
        raise EngineUnavailableError(f"The engine cannot have a worker: {error.message}") from None


class WorkerLinked(WebLinked):
    """Core instances in a worker of their own."""

    def __init__(self, program: WebProgram, limits: Limits, guard: Guard) -> None:
        self._worker: Any = _idle.pop() if _idle else _start()  # first: it starts while modules are compiled
        super().__init__(program, limits, guard)
        self.handles = _Handles(self)
        self.sizes: Any = ()
        description = program.description
        modules = program.compiled(limits)
        instances = [
            {
                "module": instance.module,
                "imports": [[given.module, given.name, _packed(given.item)] for given in instance.imports],
            }
            for instance in description.core_instances
        ]
        destructors = [r.destructor and _packed(r.destructor) for r in description.resources]
        self.ask("link", modules=modules, instances=instances, destructors=destructors)

    def attach(self, guard: Guard) -> None:
        if not can_run_sync():
            raise BlockingError(
                "This session is in a worker, and Python cannot wait for it here: call from a cell or a "
                "coroutine, not from what JavaScript calls back."
            )
        super().attach(guard)

    def ask(self, op: str, **what: Any) -> Any:
        """Ask the worker, and wait for its answer. Raises what the guard says, and what the module broke."""
        self.tell(op, **what)
        try:
            reply = self._reply()
        except BaseException:
            self._end()
            raise
        if hasattr(reply, "name"):
            raise self.broken(reply.name, reply.message, lambda: reply.refused)
        self.sizes = reply.sizes
        return reply.value

    def tell(self, op: str, *transferred: Any, **what: Any) -> None:
        """Send the worker a message; buffers of JavaScript's may pass to it."""
        message = to_js({"op": op, **what}, dict_converter=js.Object.fromEntries)
        if self._worker is None:
            raise TrappedError("its worker was ended by an earlier error.")
        self._worker.postMessage(message, to_js(transferred))

    def _reply(self) -> Any:
        answered = js.Promise.withResolvers()
        for kind in ("onmessage", "onmessageerror", "onerror"):
            setattr(self._worker, kind, answered.resolve)
        while True:
            self._guard.look()
            ticked = js.Promise.withResolvers()
            timer = js.setTimeout(ticked.resolve, _PERIOD)
            try:
                event = run_sync(js.Promise.race(to_js([answered.promise, ticked.promise])))
            finally:
                js.clearTimeout(timer)
            if event is not None:
                if event.type == "messageerror":
                    raise TrappedError("the module's answer did not arrive whole.")
                if event.type == "error":
                    why = getattr(event, "message", "the page's policy may forbid it")
                    raise EngineUnavailableError(f"The engine's worker does not run: {why}")
                return event.data

    def _entry(self, item: Export, kind: str) -> Callable[[list[Any]], Any]:
        packed, real = _packed(item), kind in ("f32", "f64")

        def call(args: list[Any]) -> Any:
            value = self.ask("call", item=packed, args=args, real=real)
            return memoryview(value.to_bytes()).cast("d")[0] if real else value

        return call

    def _memory(self, item: Export) -> _Memory:
        self.ask("memory", item=_packed(item))
        return _Memory(self, len(self._memories))

    def close(self) -> None:
        worker, self._worker = getattr(self, "_worker", None), None
        if worker is not None:
            if len(_idle) < _KEPT:
                worker.postMessage(to_js({"op": "close"}, dict_converter=js.Object.fromEntries))
                _idle.append(worker)
            else:
                worker.terminate()

    def _end(self) -> None:
        """End the worker, whatever it is at."""
        worker, self._worker = self._worker, None
        worker.terminate()

    __del__ = close


def _packed(item: Item) -> list[Any]:
    return [item.operation, item.resource] if isinstance(item, Intrinsic) else [item.instance, item.name]


class _Handles:
    """The table of handles, which is in the worker."""

    def __init__(self, linked: WorkerLinked) -> None:
        self._linked = proxy(linked)  # which holds this

    def __getattr__(self, operation: str) -> Callable[[int, int], int]:
        def work(resource: int, number: int) -> int:
            return int(self._linked.ask("handle", operation=operation, resource=resource, number=number))

        return work


class _Memory(WebMemory):
    """A linear memory in the worker."""

    def __init__(self, linked: WorkerLinked, number: int) -> None:
        super().__init__()
        self._linked = proxy(linked)  # which holds this
        self._number = number

    def size(self) -> int:
        return int(self._linked.sizes[self._number])

    def fetch(self, start: int, target: memoryview) -> None:
        found = self._linked.ask("read", memory=self._number, start=start, size=len(target))
        found.assign_to(target)

    def lay(self, start: int, data: memoryview | bytes | bytearray) -> None:
        array = uint8(data)
        self._linked.tell("write", array.buffer, memory=self._number, start=start, data=array)
