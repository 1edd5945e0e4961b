"""What a call may use, how it is cancelled, and what it used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from threading import Event
from typing import Final

from wasmcell.errors import InvalidArgumentError

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
        if not 65536 <= self.memory <= 4 * GIB:
            raise InvalidArgumentError(
                f"Limits: memory must be from 65536 to {4 * GIB} bytes, not {self.memory}."
            )
        if self.seconds is not None and not self.seconds > 0:
            raise InvalidArgumentError(f"Limits: seconds must be more than 0 (or None), not {self.seconds}.")


def default_limits() -> Limits:
    """The limits of calls that are given none. Raises InvalidArgumentError if an environment variable is
    wrong.
    """
    return _limits(os.environ.get("WASMCELL_MEMORY"), os.environ.get("WASMCELL_SECONDS"))


@lru_cache(maxsize=4)
def _limits(memory: str | None, seconds: str | None) -> Limits:
    try:
        return Limits(
            DEFAULT_MEMORY if memory is None else int(memory),
            DEFAULT_SECONDS if seconds is None else float(seconds),
        )
    except ValueError as error:
        raise InvalidArgumentError(f"WASMCELL_MEMORY or WASMCELL_SECONDS is not right: {error}") from None


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
