"""The few things that wasmcell needs of a WebAssembly host, and a module's instance made of them.

A `Core` is a host: wasmtime in the Python kernel, the browser's own WebAssembly in Pyodide. What it offers is
core WebAssembly: compile, link, call, read, write. Values, strings and resources are the canonical ABI's
business (`wasmcell.abi`), which `Instance` puts on top.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Protocol

from wasmcell.abi.handles import Handle, Handles, HandleTable
from wasmcell.abi.lower import Lowering
from wasmcell.abi.memory import Linear, Memory
from wasmcell.abi.pace import Pace
from wasmcell.abi.signature import Signature
from wasmcell.errors import ClosedError, Error, InvalidArgumentError, TrappedError
from wasmcell.modules.description import Intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from wasmcell.engines.limits import Cancel, Limits, Measure
    from wasmcell.modules import Module
    from wasmcell.modules.description import Export, Item, Resource

#: An export of modules that use the crate `wasm/guest`: how many bytes were last asked for in vain, or 0.
REFUSAL: Final = "wasmcell-refused"
#: What makes an unsigned integer of one of these core types.
MASKS: Final = {"i32": 0xFFFFFFFF, "i64": 0xFFFFFFFFFFFFFFFF}


class Linked(ABC):
    """The core instances of a component, linked by the plan in its description.

    Core integers are unsigned Python ints, floats are Python floats.
    """

    #: The table that resource intrinsics work on.
    handles: Handles
    #: What went wrong in the host while the module waited for it.
    failure: BaseException | None = None

    def function(self, item: Item, params: tuple[str, ...], results: tuple[str, ...]) -> Callable[..., Any]:
        """A core function of these core types ("i32" …). Calling it raises TrappedError if it traps,
        LimitExceededError if that is for lack of memory, and what the guard says if the guard ended it.
        """
        if isinstance(item, Intrinsic):
            operation = getattr(self.handles, item.operation)
            return lambda value: operation(item.resource, value)
        return self.bind(item, params, results)

    def intrinsic(self, item: Intrinsic, value: int) -> Any:
        """What the module asks of the host. An error is kept: it may not come through the module."""
        try:
            return getattr(self.handles, item.operation)(item.resource, value & MASKS["i32"])
        except BaseException as error:
            self.failure = self.failure or error
            raise

    @abstractmethod
    def bind(self, item: Export, params: tuple[str, ...], results: tuple[str, ...]) -> Callable[..., Any]:
        """A core function of the module's, as `function`."""

    @abstractmethod
    def memory(self, item: Export) -> Linear:
        """A linear memory."""

    @abstractmethod
    def attach(self, guard: Any) -> None:
        """The guard that watches what is called from now on."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything."""


class Program(Protocol):
    """A compiled component."""

    def link(self, handles: HandleTable, limits: Limits, guard: Any) -> Linked:
        """Make its core instances, afresh. `handles` is what resource intrinsics work on, where these can
        reach it.
        """


class Core(Protocol):
    """A WebAssembly host."""

    def compile(self, module: Module) -> Program:
        """Compile the core modules. Raises ModuleError if they are damaged or need what the host has not."""

    def guard(self, limits: Limits, cancel: Cancel | None) -> AbstractContextManager[Any]:
        """What ends a call early; its method `look` raises if the call should end."""

    def turn(self) -> AbstractContextManager[Any]:
        """What lets one call at a time into a kept instance."""


class Instance:
    """A component's instance: its memory, its handles, and its functions as Python sees them.

    One thread at a time may use it. An error of the module's making spoils it: later calls raise
    TrappedError. `kept` says whether it lasts beyond a call, so that resources may live in it.
    """

    def __init__(self, module: Module, program: Program, limits: Limits, guard: Any, *, kept: bool) -> None:
        self.module = module
        self._kept = kept
        self.memory: Memory
        self._functions: dict[str, _Function] = {}
        self._memories: dict[Export, Memory] = {}
        self._abandoned: deque[tuple[int, int]] = deque()
        self._limits = limits
        self._gone: Error | None = None
        self._linked = program.link(HandleTable(self._destructor), limits, guard)
        self.handles = self._linked.handles

    def call(self, name: str, args: Sequence[Any], guard: Any, measure: Measure | None = None) -> Any:
        """Call a function by its name in the description; `guard`, entered, watches.

        Raises what the function answers (`wasmcell.errors`), ArgumentTypeError or InvalidArgumentError for
        arguments that do not fit their types, TrappedError, LimitExceededError, CancelledError.
        """
        if self._gone is not None:
            raise type(self._gone)(*self._gone.args)
        self._linked.attach(guard)
        function = self._functions.get(name) or self._bind(name)
        signature, memory = function.signature, function.memory
        self.pace = Pace(guard.look, self._limits.memory)
        lowering = Lowering(self, self.pace)
        flat = signature.lower(lowering, args)
        self._linked.attach(guard)
        try:
            if self._abandoned:
                self._end_abandoned()
            if memory is not None:
                memory.begin()
                self.memory, self.realloc = memory, function.realloc
            lowering.commit(self)
            raw = function.call(*flat)
            if memory is not None:
                memory.end()
            value = signature.lift(self, raw)
            if function.post_return is not None:
                function.post_return(*(() if raw is None else (raw,)))
        except BaseException as error:
            raise self._spoil(name, error) from error.__cause__
        if measure is not None and memory is not None:
            measure.bytes_in, measure.bytes_out, measure.memory = memory.given, memory.taken, memory.allowance
        return signature.answer(value)

    #: Finds the session's method that ends a resource at once.
    ender: Callable[[], Callable[[Handle], None] | None] = staticmethod(lambda: None)
    #: Asks the module for memory: replaced for each call by the function that the description names.
    realloc: Callable[[int, int], int]

    def adopt(self, resource: Resource, handle: int) -> Handle:
        """A resource that the module hands out becomes Python's."""
        if not self._kept:
            raise InvalidArgumentError(
                f"A {resource} lives in the instance that made it: call this in a session of "
                f"{self.module.name}."
            )
        rep = self.handles.take(resource.number, handle)
        return Handle(self, resource.number, str(resource), rep)

    def release(self, handle: Handle) -> None:
        """End a resource of Python's: now if a session is there to do it, else at the next occasion."""
        (self.ender() or self.abandon)(handle)

    def abandon(self, handle: Handle) -> None:
        """End a resource of Python's at the next occasion."""
        self._abandoned.append((handle.resource, handle.rep))

    def end(self, handle: Handle, guard: Any) -> None:
        """End a resource of Python's now."""
        if self._gone is None:
            self._linked.attach(guard)
            try:
                self.handles.destroy(handle.resource, handle.rep)
            except BaseException as error:
                raise self._spoil(f"the destructor of {handle.name}", error) from error.__cause__

    def close(self) -> None:
        """Let go of the instance and all that lives in it."""
        if not isinstance(self._gone, ClosedError):
            self._gone = ClosedError(f"This session of {self.module.name} is already closed.")
            self._linked.close()

    def _destructor(self, resource: int) -> Callable[[int], Any] | None:
        item = self.module.description.resources[resource].destructor
        return None if item is None else self._linked.function(item, ("i32",), ())

    def _end_abandoned(self) -> None:
        while self._abandoned:
            self.handles.destroy(*self._abandoned.popleft())

    def _spoil(self, name: str, error: BaseException) -> BaseException:
        text = f"This session of {self.module.name} was ended by an earlier error in {name}"
        if self._gone is None:
            self._gone = TrappedError(f"{text}: {str(error) or f'{type(error).__name__}.'} Open a new one.")
        if isinstance(error, TrappedError):
            return TrappedError(f"{name}: {error}")
        return error

    def _bind(self, name: str) -> _Function:
        function = self.module.description.function(name)
        signatures = self.module.compiled.setdefault(Signature, {})
        signature = signatures.get(name) or signatures.setdefault(name, Signature(function))
        core, link = function.core, self._linked.function
        bound = _Function()
        bound.signature = signature
        bound.call = link(core.function, signature.core_params, signature.core_results)
        after = core.post_return
        bound.post_return = None if after is None else link(after, signature.core_results, ())
        bound.memory = memory = None if core.memory is None else self._memory(core.memory)
        bound.realloc = _no_realloc
        if core.realloc is not None and memory is not None:
            realloc = link(core.realloc, ("i32", "i32", "i32", "i32"), ("i32",))

            def allocate(size: int, align: int) -> int:
                pointer = realloc(0, 0, align, size)
                memory.refresh()
                return pointer  # type: ignore[no-any-return]

            bound.realloc = allocate
        self._functions[name] = bound
        return bound

    def _memory(self, item: Export) -> Memory:
        if item not in self._memories:
            self._memories[item] = Memory(self._linked.memory(item))
        return self._memories[item]


def _no_realloc(size: int, align: int) -> int:
    raise TrappedError("The module has no function that gives the host memory to write to.")


class _Function:
    """A function of one instance."""

    __slots__ = ("call", "memory", "post_return", "realloc", "signature")

    signature: Signature
    call: Callable[..., Any]
    memory: Memory | None
    realloc: Callable[[int, int], int]
    post_return: Callable[..., Any] | None
