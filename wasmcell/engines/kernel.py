"""The kernel engine: modules run in the Python process, by wasmtime."""

from __future__ import annotations

from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any
from weakref import WeakMethod

from wasmcell.engines import base
from wasmcell.engines.core import Core, Instance, Program
from wasmcell.engines.limits import Cancel, Limits, Measure, default_limits
from wasmcell.errors import ClosedError

if TYPE_CHECKING:
    from wasmcell.abi.handles import Handle
    from wasmcell.modules import Module


class Kernel(base.Engine):
    """Runs modules here. Threads may call at the same time: the GIL is released while a module runs.

    `limits` are those of calls that name none; `core` is another WebAssembly host than wasmtime.
    """

    name = "kernel"

    def __init__(self, limits: Limits | None = None, core: Core | None = None) -> None:
        if core is None:
            from wasmcell.engines.wasmtime import make

            core = make()
        self._core = core
        self._limits = limits
        self._lock = Lock()
        self._closed = False

    def call(
        self,
        module: Module,
        function: str,
        *args: Any,
        limits: Limits | None = None,
        cancel: Cancel | None = None,
        measure: Measure | None = None,
    ) -> Any:
        """Call a function in a fresh instance.

        Args:
            module: whose function.
            function: its name in the description ("run").
            args: its arguments; options at the end may be left out.
            limits: what it may use.
            cancel: what ends it early.
            measure: filled with what it used.

        Raises what the function answers (MalformedError …), ArgumentTypeError, InvalidArgumentError,
        LimitExceededError, CancelledError, TrappedError, and ModuleError if there is no such function.
        """
        began = perf_counter()
        program, limits = self._program(module), limits or self._limits or default_limits()
        with self._core.guard(limits, cancel) as guard:
            instance = Instance(module, program, limits, guard, kept=False)
            try:
                result = instance.call(function, args, guard, measure)
            finally:
                instance.close()
        if measure is not None:
            measure.seconds = perf_counter() - began
        return result

    def session(self, module: Module, limits: Limits | None = None) -> Session:
        """A kept instance, in which resources live. Its limits are those of each of its calls."""
        return Session(self._core, module, self._program(module), limits or self._limits or default_limits())

    def _program(self, module: Module) -> Program:
        if self._closed:
            raise ClosedError("This kernel engine is already closed.")
        program = module.compiled.get(self)
        if program is None:
            with self._lock:
                program = module.compiled.get(self) or self._core.compile(module)
                module.compiled[self] = program
        return program

    def close(self) -> None:
        """Take no more calls. Sessions go on until they are closed themselves."""
        self._closed = True


class Session(base.Session):
    """A kept instance of a module. Calls from several threads wait for each other.

    An error of the module's making (a trap, a limit, a cancellation) ends the session: later calls say so.
    """

    def __init__(self, core: Core, module: Module, program: Program, limits: Limits) -> None:
        self.module = module
        self._core = core
        self._limits = limits
        self._turn = core.turn()
        with core.guard(limits, None) as guard:
            self._instance = Instance(module, program, limits, guard, kept=True)
        # Weakly, so that a session that is forgotten lets go of its memory at once.
        self._instance.ender = WeakMethod(self._release)

    def call(
        self, function: str, *args: Any, cancel: Cancel | None = None, measure: Measure | None = None
    ) -> Any:
        """Call a function; as `Kernel.call`, in this instance. Methods take their resource first."""
        began = perf_counter()
        with self._turn, self._core.guard(self._limits, cancel) as guard:
            result = self._instance.call(function, args, guard, measure)
        if measure is not None:
            measure.seconds = perf_counter() - began
        return result

    def _release(self, handle: Handle) -> None:
        with self._turn, self._core.guard(self._limits, None) as guard:
            self._instance.end(handle, guard)

    def close(self) -> None:
        """Let go of the instance and of all resources in it. Doing so again does nothing."""
        with self._turn:
            self._instance.close()
