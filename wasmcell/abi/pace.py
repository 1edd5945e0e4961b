"""What keeps long lists within a call's limits while Python converts them, when no module runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wasmcell.errors import LimitExceededError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Elements between two looks at the limits: well below a hundredth of a second.
BATCH: Final = 4096


class Pace:
    """Counts the elements of the lists of one call.

    `look` is called after every `BATCH` of them and raises if the call should end; `memory` is how many bytes
    an answer's elements may take in Python.
    """

    __slots__ = ("_left", "_look", "_memory", "_room")

    def __init__(self, look: Callable[[], None], memory: int) -> None:
        self._look = look
        self._left = BATCH
        self._memory = self._room = memory

    def advance(self, elements: int) -> None:
        """So many elements, `BATCH` at most, come next. Raises what ends the call."""
        self._left -= elements
        if self._left < 0:
            self._left = BATCH
            self._look()

    def claim(self, size: int) -> None:
        """Elements of an answer will take so many bytes in Python. Raises LimitExceededError."""
        self._room -= size
        if self._room < 0:
            raise LimitExceededError(
                f"The answer's values would take more than the memory limit of {self._memory} bytes in "
                f"Python; Limits(memory=…), --memory or WASMCELL_MEMORY sets another."
            )
