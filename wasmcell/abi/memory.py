"""The one way by which the host touches a module's memory. A module is not trusted: every pointer and length
that it gives is checked here, against the size that the memory has at that moment.
"""

from __future__ import annotations

from typing import Protocol

from wasmcell.errors import TrappedError


class Linear(Protocol):
    """A linear memory as a WebAssembly host shows it. Reading and writing need not check bounds."""

    def size(self) -> int:
        """Its size now, in bytes; it may have grown, and moved, since the last call into the module."""

    def read(self, start: int, size: int) -> bytes:
        """Copy bytes out."""

    def read_into(self, start: int, target: memoryview) -> None:
        """Copy bytes out, into a buffer of bytes."""

    def write(self, start: int, data: memoryview | bytes | bytearray) -> None:
        """Copy bytes in, from a contiguous buffer of bytes."""


class Memory:
    """A bounds-checked linear memory.

    It also counts: `taken` and `given` are the bytes that came out of it and went into it. What is taken may
    not be more than `allowance` bytes, so that a module cannot fill the host's memory by pointing at
    the same bytes over and over; `begin` sets it for each call.
    """

    __slots__ = ("_linear", "_size", "allowance", "given", "taken")

    def __init__(self, linear: Linear) -> None:
        self._linear = linear
        self._size = linear.size()
        self.taken = self.given = self.allowance = 0

    def refresh(self) -> None:
        """Ask for the size again, as is due after each call into the module."""
        self._size = self._linear.size()

    def begin(self) -> None:
        """Start counting for a call."""
        self.taken = self.given = self.allowance = 0

    def end(self) -> None:
        """The module has answered: an answer without overlaps fits in its memory."""
        self._size = self._linear.size()
        self.allowance = self._size

    def read(self, start: int, size: int, align: int, what: str) -> bytes:
        """Copy out. Raises TrappedError naming `what` if the range is not in the memory, is misaligned, or
        more than the memory's size has been taken in this call.
        """
        self._take(start, size, align, what)
        return self._linear.read(start, size)

    def read_into(self, start: int, target: memoryview, align: int, what: str) -> None:
        """As `read`, into a buffer of bytes."""
        self._take(start, len(target), align, what)
        self._linear.read_into(start, target)

    def _take(self, start: int, size: int, align: int, what: str) -> None:
        self.check(start, size, align, what)
        self.taken += size
        if self.taken > self.allowance:
            raise TrappedError(f"{what}: the module's answer lies over itself, which makes it too large.")

    def write(self, start: int, data: memoryview | bytes | bytearray, align: int, what: str) -> None:
        """Copy in. Raises TrappedError naming `what` if the range is not in the memory or is misaligned."""
        size = len(data)
        self.check(start, size, align, what)
        self.given += size
        self._linear.write(start, data)

    def check(self, start: int, size: int, align: int, what: str) -> None:
        """Raises TrappedError if a range is not in the memory, or is misaligned."""
        if start % align:
            raise TrappedError(
                f"{what}: the module gave pointer {start:#x}, which is no multiple of {align}."
            )
        if start < 0 or start + size > self._size:
            raise TrappedError(
                f"{what}: the module gave {size} bytes at {start:#x}, outside of its memory of "
                f"{self._size} bytes."
            )
