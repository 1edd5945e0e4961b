"""The description inside a component: a custom section."""

from __future__ import annotations

import json
from typing import Any, Final

from wasmcell.errors import ModuleError

#: The name of the custom section, which holds JSON.
SECTION: Final = b"wasmcell:interface"

#: A component's first eight bytes: magic number, version 13, layer 1 (the Component Model's Binary.md).
_PREAMBLE: Final = b"\0asm\x0d\0\x01\0"


def embedded(component: bytes) -> dict[str, Any] | None:
    """The description that a component carries; None if it carries none. Raises ModuleError if it is no
    component, or is damaged.
    """
    if not component.startswith(_PREAMBLE):
        raise ModuleError("This is not a WebAssembly component.")
    position, found = len(_PREAMBLE), None
    try:
        while position < len(component):
            kind = component[position]
            size, start = number(component, position + 1)
            position = start + size
            if kind == 0 and position <= len(component):
                length, name = number(component, start)
                if component[name : name + length] == SECTION:
                    found = component[name + length : position]
        if position != len(component):
            raise ModuleError("The component is cut off.")
    except IndexError:
        raise ModuleError("The component is cut off.") from None
    if found is None:
        return None
    try:
        description = json.loads(found)
    except ValueError as error:
        raise ModuleError(f"The description in the component cannot be read: {error}") from error
    if not isinstance(description, dict):
        raise ModuleError("The description in the component is not a JSON object.")
    return description


def number(data: bytes, position: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position
