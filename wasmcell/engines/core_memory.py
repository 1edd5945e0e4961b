"""A ceiling for the memory of a core module, for hosts that know none for a call: the declared maximum, which
is part of the module. `src/bridge/core-memory.ts` is its twin in the page.
"""

from __future__ import annotations

from typing import Final

from wasmcell.engines.limits import Limits, memory_error
from wasmcell.errors import ModuleError
from wasmcell.modules.embedded import number

PAGE: Final = 65536
_PREAMBLE: Final = 8
_MEMORY_SECTION: Final = 5


def limit_memory(core: bytes, limits: Limits) -> bytes:
    """The core module, with a declared memory maximum of at most `limits.memory` bytes, in whole pages.

    Raises LimitExceededError if it needs more from the start, ModuleError if it is damaged or its memory is
    shared or 64-bit.
    """
    position = _PREAMBLE
    try:
        while position < len(core):
            size, start = number(core, position + 1)
            if core[position] == _MEMORY_SECTION:
                section = _section(core, start, limits)
                head = bytes([_MEMORY_SECTION]) + _leb(len(section))
                return core[:position] + head + section + core[start + size :]
            position = start + size
    except IndexError:
        raise ModuleError("A core module is cut off.") from None
    return core


def _section(core: bytes, position: int, limits: Limits) -> bytes:
    """The memory section: how many there are, and for each flags, minimum and maximum."""
    count, position = number(core, position)
    if count > 1:
        raise ModuleError("The module has more than one memory; a limit holds for one alone.")
    out = _leb(count)
    for _ in range(count):
        flags = core[position]
        if flags > 1:
            raise ModuleError("The module has a shared or 64-bit memory, which is not supported.")
        minimum, position = number(core, position + 1)
        maximum, position = number(core, position) if flags else (PAGE, position)
        allowed = min(limits.memory // PAGE, PAGE)
        if minimum > allowed:
            raise memory_error(limits)
        out += b"\1" + _leb(minimum) + _leb(min(maximum, allowed))
    return out


def _leb(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
