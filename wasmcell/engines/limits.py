"""What a call may use, how it is cancelled, and what it used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from threading import Event
from typing import TYPE_CHECKING, Final, TypeVar

from wasmcell.errors import ArgumentTypeError, InvalidArgumentError, LimitExceededError

if TYPE_CHECKING:
    from collections.abc import Callable

_N = TypeVar("_N")

GIB: Final = 1 << 30

#: Where no limit is given; the environment variables WASMCELL_MEMORY (bytes) and WASMCELL_SECONDS come first.
DEFAULT_MEMORY: Final = 2 * GIB
DEFAULT_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a call may use.

    Attributes
    ----------
        memory: bytes of linear memory, from 65536 to 4 GiB.
        seconds: time, from the call's start to its end; None for no limit.
    """

    memory: int = DEFAULT_MEMORY
    seconds: float | None = DEFAULT_SECONDS

    def __post_init__(self) -> None:
        if not isinstance(self.memory, int) or not 65536 <= self.memory <= 4 * GIB:
            raise InvalidArgumentError(
                f"Limits: memory must be a whole number of bytes from 65536 to {4 * GIB}, "
                f"not {self.memory!r}."
            )
        if self.seconds is not None and not (isinstance(self.seconds, (int, float)) and self.seconds > 0):
            raise InvalidArgumentError(
                f"Limits: seconds must be a number of more than 0, or None, not {self.seconds!r}."
            )

    @classmethod
    def given(cls, limits: Limits | None) -> Limits | None:
        """`limits`, if they are such. Raises ArgumentTypeError."""
        if limits is not None and not isinstance(limits, cls):
            raise ArgumentTypeError(f"limits must be wasmcell.Limits(…), not {type(limits).__name__}.")
        return limits


def default_limits() -> Limits:
    """The limits of calls that are given none. Raises InvalidArgumentError if an environment variable is
    wrong.
    """
    return _limits(os.environ.get("WASMCELL_MEMORY"), os.environ.get("WASMCELL_SECONDS"))


@lru_cache(maxsize=4)
def _limits(memory: str | None, seconds: str | None) -> Limits:
    return Limits(
        DEFAULT_MEMORY if memory is None else _number("WASMCELL_MEMORY", memory, int),
        DEFAULT_SECONDS if seconds is None else _number("WASMCELL_SECONDS", seconds, float),
    )


def _number(variable: str, text: str, kind: Callable[[str], _N]) -> _N:
    try:
        return kind(text)
    except ValueError:
        raise InvalidArgumentError(f"The environment variable {variable} is no number: {text!r}.") from None


def memory_error(limits: Limits, wanted: int = 0) -> LimitExceededError:
    """The error of a call whose module asked for `wanted` bytes in vain, or needs too many from the start."""
    what = (
        f"The module asked for {wanted} bytes more than it had; its memory limit is {limits.memory} bytes"
        if wanted
        else f"The module does not fit in its memory limit of {limits.memory} bytes"
    )
    return LimitExceededError(f"{what}; Limits(memory=…), --memory or WASMCELL_MEMORY sets another.")


class Cancel:
    """Ends the calls that it was given to, from any thread."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = Event()

    def cancel(self) -> None:
        """End them; those that start later end at once."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()


@dataclass(slots=True)
class Measure:
    """What one call used; give one to a call to have it filled in.

    Attributes
    ----------
        seconds: from the call's start to its end, as its caller sees it.
        bytes_in: what was written into the module's memory.
        bytes_out: what was read out of it.
        memory: size of the module's linear memory at the end, in bytes.
    """

    seconds: float = 0.0
    bytes_in: int = 0
    bytes_out: int = 0
    memory: int = 0
