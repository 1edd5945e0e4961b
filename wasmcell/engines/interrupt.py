"""How a running call ends early: by its time limit, by `Cancel`, or by a signal such as Ctrl-C.

While a module runs, Python does not: no signal handler is called, no deadline looked at. So the module stops
at every tick of a clock (wasmtime calls it the epoch) and a `Guard` has a look, in the thread of the call.
"""

from __future__ import annotations

# The module behind `signal`, without its conversions to enums: these would be most of a short call's time.
import _signal  # type: ignore[import-not-found]
import os
import signal
from threading import Condition, Thread, get_ident, main_thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, Self

from wasmcell.errors import CancelledError, LimitExceededError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from wasmcell.engines.limits import Cancel, Limits

#: Seconds between two ticks.
PERIOD: Final = 0.01
#: Ticks between two looks in other threads than the main one, where no signals are awaited.
_PATIENCE: Final = 5
#: Ticks without a call after which the clock rests.
_IDLE: Final = 100


class Clock:
    """Calls `tick` every `PERIOD` from a thread of its own, while calls run and for a second after."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._reset()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._calls = 0
        self._resting = True
        self._wake = Condition()
        self._thread: Thread | None = None

    def start(self) -> None:
        """A call starts."""
        with self._wake:
            if self._resting:
                if self._thread is None:
                    thread = Thread(target=self._run, name="wasmcell-clock", daemon=True)
                    thread.start()
                    self._thread = thread
                else:
                    self._wake.notify()
                self._resting = False
            self._calls += 1

    def stop(self) -> None:
        """A call has ended."""
        with self._wake:
            self._calls -= 1

    def _run(self) -> None:
        idle = 0
        while True:
            sleep(PERIOD)
            if self._calls:
                idle = 0
                self._tick()
            elif (idle := idle + 1) > _IDLE:
                with self._wake:
                    while not self._calls:
                        self._resting = True
                        self._wake.wait()
                idle = 0


class Signals:
    """Takes the place of Python's signal handlers in the main thread while a module runs.

    Python calls a handler on entry to whatever Python function comes next, which during a call is one that C
    code called and that must not raise. So signals are noted here, and the handlers that they were meant for
    run where raising is safe: in `deliver`.
    """

    __slots__ = ("_arrived", "_handlers")

    def __init__(self) -> None:
        self._arrived: list[tuple[int, Any]] = []
        self._handlers: dict[int, Any] = {}

    def take(self) -> None:
        """Put handlers that only note in the place of Python's."""
        for number in _SIGNALS:
            handler = _signal.getsignal(number)
            if callable(handler):
                self._handlers[number] = handler
                _signal.signal(number, self._note)

    def give_back(self) -> None:
        """Put Python's handlers back, and run those of signals that came meanwhile; whatever these raise."""
        left, raised = list(self._handlers.items()), None
        while left:
            try:
                while left:
                    _signal.signal(*left[-1])
                    left.pop()
            except BaseException as error:  # a handler that is back already has raised: the others follow
                raised = raised or error
        try:
            self.deliver()
        finally:
            if raised is not None:
                raise raised

    def _note(self, number: int, frame: Any) -> None:
        self._arrived.append((number, frame))

    def deliver(self) -> None:
        """Run the handlers of all signals that have come; the first that these raise."""
        raised: BaseException | None = None
        while self._arrived:
            number, frame = self._arrived.pop(0)
            try:
                self._handlers[number](number, frame)
            except BaseException as error:
                raised = raised or error
        if raised is not None:
            raise raised


#: The signals that may have a handler; real-time signals, which are many and rare, are left alone. Ctrl-C is
#: taken first and given back last, so that it does not raise while others are on their way.
_SIGNALS: Final = sorted(
    (
        int(s)
        for s in signal.valid_signals()
        if s < 32 and getattr(s, "name", "") not in ("SIGKILL", "SIGSTOP")
    ),
    key=lambda number: (number != signal.SIGINT, number),
)


#: Python frames that a call and what wasmtime calls back may need.
_FRAMES: Final = 40


def _need_stack(frames: int) -> None:
    """Raise RecursionError here if it would come in so many frames, where C code could not handle it."""
    if frames:
        _need_stack(frames - 1)


class Guard:
    """Watches one call: a context around it.

    Attributes
    ----------
        ticks: after how many ticks of the clock it wants to look next.
        stopped: why the call was ended; it is raised in place of the trap by which the call ended.
    """

    __slots__ = ("_cancel", "_clock", "_deadline", "_limits", "_signals", "stopped", "ticks")

    def __init__(self, clock: Clock | None, limits: Limits, cancel: Cancel | None) -> None:
        self._clock = clock
        self._limits = limits
        self._cancel = cancel
        self._deadline = None if limits.seconds is None else monotonic() + limits.seconds
        self._signals = Signals() if clock is not None and get_ident() == main_thread().ident else None
        self.stopped: BaseException | None = None
        self.ticks = 1

    def __enter__(self) -> Self:
        _need_stack(_FRAMES)
        if self._cancel is not None and self._cancel.cancelled:
            raise CancelledError("The call was cancelled before it began.")
        try:
            if self._signals is not None:
                self._signals.take()
            else:
                self.ticks = _PATIENCE
            if self._clock is not None:
                self._clock.start()
        except BaseException:
            if self._signals is not None:
                self._signals.give_back()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._clock is not None:
            self._clock.stop()
        if self._signals is not None:
            self._signals.give_back()

    def look(self) -> None:
        """Raise if the call should end: LimitExceededError, CancelledError, or whatever a signal handler
        raises.
        """
        if self._signals is not None:
            self._signals.deliver()
        if self._cancel is not None and self._cancel.cancelled:
            raise CancelledError("The call was cancelled.")
        if self._deadline is not None and monotonic() > self._deadline:
            raise LimitExceededError(
                f"The call took longer than its limit of {self._limits.seconds:g} seconds; "
                f"Limits(seconds=…), --seconds or WASMCELL_SECONDS sets another."
            )

    def stops(self) -> bool:
        """As `look`, but notes what would be raised, for callers that cannot raise."""
        try:
            self.look()
        except BaseException as error:
            self.stopped = error
            return True
        return False
