"""The WebAssembly of the page as a Core, for Python that runs in it by Pyodide."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

import js  # type: ignore[import-not-found]
from pyodide.ffi import JsBigInt, JsException, can_run_sync, run_sync, to_js  # type: ignore[import-not-found]

from wasmcell.engines.core import MASKS, Linked
from wasmcell.engines.core_memory import limit_memory
from wasmcell.engines.interrupt import Guard
from wasmcell.engines.limits import memory_error
from wasmcell.errors import (
    BlockingError,
    EngineUnavailableError,
    LimitExceededError,
    ModuleError,
    TrappedError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from wasmcell.abi.handles import HandleTable
    from wasmcell.engines.limits import Cancel, Limits
    from wasmcell.errors import Error
    from wasmcell.modules import Module
    from wasmcell.modules.description import Export

#: A function that answers with a vector (Core Specification, binary format): valid where there is SIMD.
_SIMD: Final = bytes.fromhex("0061736d010000000105016000017b030201000a0a0108004100fd0ffd620b")
#: What is read at once where less is asked for: a crossing costs more than the copy of so many bytes.
BLOCK: Final = 1 << 16
#: Limits of memory for which a module is kept compiled: each takes some times its size.
_KEPT: Final = 2
#: Whether the first worker has started: the page's policy, which may forbid it, stays as it is.
_started: list[bool] = []


def uint8(data: bytes | bytearray | memoryview) -> Any:
    """Bytes as a Uint8Array of JavaScript's."""
    array = js.Uint8Array.new(len(data))
    array.assign(data)
    return array


def can_wait() -> bool:
    """Whether Python can wait here for a worker, and the page allows one."""
    return can_run_sync() and _started != [False]


class WebCore:
    """Compiles modules by `WebAssembly.Module`. Raises EngineUnavailableError if there is no SIMD."""

    def __init__(self) -> None:
        if not js.WebAssembly.validate(uint8(_SIMD)):
            raise EngineUnavailableError(
                "This browser's WebAssembly is without SIMD, which wasmcell's modules need: use a newer one "
                "(Chrome 91, Firefox 89, Safari 16.4, or later)."
            )

    def compile(self, module: Module) -> WebProgram:
        """Prepare for compiling, which waits for the first call's limits."""
        return WebProgram(module)

    def guard(self, limits: Limits, cancel: Cancel | None) -> Guard:
        """What ends a call early, wherever Python gets to look."""
        return Guard(None, limits, cancel)

    def turn(self) -> Turn:
        """What lets one call at a time into a kept instance."""
        return Turn()


class Turn:
    """Lets one call at a time into a kept instance: while one waits for its worker, others may come."""

    def __init__(self) -> None:
        self._inside: Any = None

    def __enter__(self) -> None:
        while self._inside is not None:
            if not can_run_sync():
                raise BlockingError(
                    "This session is at work for another call, which has to be awaited first."
                )
            run_sync(self._inside.promise)
        if can_run_sync():  # else nobody can come before this one leaves
            self._inside = js.Promise.withResolvers()

    def __exit__(self, *_: object) -> None:
        inside, self._inside = self._inside, None
        if inside is not None:
            inside.resolve()


class WebProgram:
    """A component's core modules, compiled for the limits of memory that were asked for last."""

    def __init__(self, module: Module) -> None:
        self.name = module.name
        self.description = module.description
        self._module = module
        self._begun: dict[int, Any] = {}
        self._compiled: dict[int, list[Any]] = {}

    def begin(self, limits: Limits) -> None:
        """Have the browser compile, beside what Python does, where Python can wait for that later."""
        if can_run_sync():
            compiling = [js.WebAssembly.compile(core) for core in self._cores(limits)]
            self._begun = {limits.memory: js.Promise.all(to_js(compiling))}

    def compiled(self, limits: Limits) -> list[Any]:
        """The core modules; none of them can use more memory than that."""
        found = self._compiled.pop(limits.memory, None)
        if found is None:
            found = self._compile(limits)
            self._begun.clear()
            if len(self._compiled) == _KEPT:
                del self._compiled[next(iter(self._compiled))]
        self._compiled[limits.memory] = found  # as the last one
        return found

    def _compile(self, limits: Limits) -> list[Any]:
        begun = self._begun.get(limits.memory)
        try:
            if begun is not None and can_run_sync():
                return [*run_sync(begun)]
            return [js.WebAssembly.Module.new(core) for core in self._cores(limits)]
        except JsException as error:
            raise ModuleError(f"{self.name} cannot be compiled: {error.message}") from None

    def _cores(self, limits: Limits) -> list[Any]:
        numbers = range(len(self.description.core_modules))
        return [uint8(limit_memory(self._module.core_module(number), limits)) for number in numbers]

    def link(self, handles: HandleTable, limits: Limits, guard: Guard) -> WebLinked:
        """Make the core instances, afresh: in a worker of their own if Python can wait for it here."""
        if can_wait():
            from wasmcell.engines.webassembly_worker import WorkerLinked

            linked = None
            with contextlib.suppress(EngineUnavailableError):
                linked = WorkerLinked(self, limits, guard)
            if not _started:
                _started.append(linked is not None)
            if linked is not None:
                return linked
        from wasmcell.engines.webassembly_here import HereLinked

        return HereLinked(self, handles, limits, guard)


class WebLinked(Linked):
    """Core instances in the page's WebAssembly."""

    def __init__(self, program: WebProgram, limits: Limits, guard: Guard) -> None:
        self._program = program
        self._limits = limits
        self._guard = guard
        self._memories: list[WebMemory] = []

    def attach(self, guard: Guard) -> None:
        self._guard = guard

    def bind(self, item: Export, params: tuple[str, ...], results: tuple[str, ...]) -> Callable[..., Any]:
        kind = results[0] if results else ""
        mask = MASKS.get(kind)
        wide = [place for place, param in enumerate(params) if param == "i64"]
        enter = self._entry(item, kind)

        def call(*args: Any) -> Any:
            given = list(args)
            for place in wide:
                given[place] = JsBigInt(given[place])
            for memory in self._memories:
                memory.forget()
            value = enter(given)
            if mask is None:
                return value
            try:
                return int(value) & mask
            except TypeError:
                raise ModuleError(
                    f"The core function {item.name!r} answers otherwise than described."
                ) from None

        return call

    def memory(self, item: Export) -> WebMemory:
        """A linear memory."""
        memory = self._memory(item)
        self._memories.append(memory)
        return memory

    def broken(self, name: str, message: str, refused: Callable[[], int]) -> Error:
        """The error for what JavaScript threw: an error's name and text; `refused` asks the module how much
        memory it was last refused.
        """
        # Each browser has names and words of its own for a stack that is full.
        if name in ("InternalError", "RecursionError") or "call stack" in message:
            return TrappedError("the module recursed too deeply for its stack.")
        if name == "RangeError":
            return LimitExceededError(f"The browser has no memory for {self._program.name}: {message}")
        if name == "LinkError":
            return ModuleError(f"{self._program.name} cannot be linked: {message}")
        if name == "RuntimeError" and (wanted := refused()):
            return memory_error(self._limits, wanted)
        return TrappedError(f"the module broke off ({message}).")

    @abstractmethod
    def _entry(self, item: Export, kind: str) -> Callable[[list[Any]], Any]:
        """A core function that takes a list and whose result is of that core type ("" for none)."""

    @abstractmethod
    def _memory(self, item: Export) -> WebMemory:
        """A linear memory."""


class WebMemory(ABC):
    """A linear memory, read in blocks."""

    def __init__(self) -> None:
        self._blocks: dict[int, bytes] = {}

    def forget(self) -> None:
        """The module runs: what was read may be no more."""
        self._blocks.clear()

    def read(self, start: int, size: int) -> bytes:
        number, place = divmod(start, BLOCK)
        if place + size > BLOCK:
            data = bytearray(size)
            self.fetch(start, memoryview(data))
            return bytes(data)
        block = self._blocks.get(number)
        if block is None:
            data = bytearray(min(BLOCK, self.size() - number * BLOCK))
            self.fetch(number * BLOCK, memoryview(data))
            block = self._blocks[number] = bytes(data)
        return block[place : place + size]

    def read_into(self, start: int, target: memoryview) -> None:
        self.fetch(start, target)

    def write(self, start: int, data: memoryview | bytes | bytearray) -> None:
        self._blocks.clear()
        self.lay(start, data)

    @abstractmethod
    def size(self) -> int:
        """Its size now, in bytes."""

    @abstractmethod
    def fetch(self, start: int, target: memoryview) -> None:
        """Copy bytes out."""

    @abstractmethod
    def lay(self, start: int, data: memoryview | bytes | bytearray) -> None:
        """Copy bytes in."""
