"""Where a value lies: its size and alignment in memory, and the core values that it flattens to.

The numbers are those of the Component Model's CanonicalABI.md (sections Alignment, Element Size, Flattening).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from wasmcell.modules.description import (
    Alias,
    Borrow,
    Enum,
    Flags,
    List,
    Option,
    Own,
    Primitive,
    Record,
    Resource,
    Result,
    Tuple,
    Type,
    Variant,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_FLAT_PARAMS: Final = 16
MAX_FLAT_RESULTS: Final = 1

#: How each number lies in memory: the letter of the struct module, which gives the size too.
FORMATS: Final = {
    "bool": "B",
    "s8": "b",
    "u8": "B",
    "s16": "h",
    "u16": "H",
    "s32": "i",
    "u32": "I",
    "s64": "q",
    "u64": "Q",
    "f32": "f",
    "f64": "d",
    "char": "I",
}
_SIZES: Final = {"b": 1, "h": 2, "i": 4, "q": 8, "f": 4, "d": 8}


@dataclass(frozen=True, slots=True)
class Layout:
    """`flat` holds "i32", "i64", "f32" or "f64" for each core value."""

    size: int
    align: int
    flat: tuple[str, ...]


def aligned(offset: int, align: int) -> int:
    """The first multiple of `align` at or after `offset`."""
    return -(-offset // align) * align


@lru_cache(maxsize=4096)
def layout(type: Type) -> Layout:
    """The layout of a type."""
    match type:
        case Alias(type=target):
            return layout(target)
        case Primitive(name="string") | List():
            return Layout(8, 4, ("i32", "i32"))
        case Primitive(name=name):
            size = _SIZES[FORMATS[name].lower()]
            flat = name if name in ("f32", "f64") else "i64" if size == 8 else "i32"
            return Layout(size, size, (flat,))
        case Own() | Borrow():
            return Layout(4, 4, ("i32",))
        case Record(fields=fields):
            return sequence(f.type for f in fields)
        case Tuple(types=types):
            return sequence(types)
        case Flags(flags=flags):
            words = -(-len(flags) // 32)
            size = 1 if len(flags) <= 8 else 2 if len(flags) <= 16 else 4 * words
            return Layout(size, min(size, 4), ("i32",) * words)
        case Enum() | Variant() | Option() | Result():
            return _variant(payloads(type))
        case Resource():
            raise TypeError("a resource has no layout: only its handles are values")


def sequence(types: Iterable[Type]) -> Layout:
    """The layout of values one after the other: of a record, a tuple, parameters in memory."""
    size, align, flat = 0, 1, ()  # type: int, int, tuple[str, ...]
    for item in map(layout, types):
        size = aligned(size, item.align) + item.size
        align = max(align, item.align)
        flat += item.flat
    return Layout(aligned(size, align), align, flat)


def offsets(types: Iterable[Type]) -> list[int]:
    """Where each value of a sequence starts."""
    starts, end = [], 0
    for item in map(layout, types):
        starts.append(aligned(end, item.align))
        end = starts[-1] + item.size
    return starts


def payloads(type: Type) -> Sequence[Type | None]:
    """The payload of each case of whatever is laid out as a variant."""
    match type:
        case Variant(cases=cases):
            return [c.type for c in cases]
        case Enum(cases=labels):
            return [None] * len(labels)
        case Option(type=target):
            return [None, target]
        case Result(ok=ok, err=err):
            return [ok, err]
    raise TypeError(f"{type} is no variant")


def discriminant_size(cases: int) -> int:
    """Bytes of the number that says which case it is."""
    return 1 if cases <= 1 << 8 else 2 if cases <= 1 << 16 else 4


def payload_offset(types: Sequence[Type | None]) -> int:
    """Where the payload of a variant starts."""
    align = max((layout(t).align for t in types if t is not None), default=1)
    return aligned(discriminant_size(len(types)), align)


def _variant(types: Sequence[Type | None]) -> Layout:
    items = [layout(t) for t in types if t is not None]
    align = max([discriminant_size(len(types)), *(i.align for i in items)])
    size = payload_offset(types) + max((i.size for i in items), default=0)
    flat: list[str] = []
    for item in items:
        for place, kind in enumerate(item.flat):
            if place < len(flat):
                flat[place] = join(flat[place], kind)
            else:
                flat.append(kind)
    return Layout(aligned(size, align), align, ("i32", *flat))


def join(a: str, b: str) -> str:
    """The core type that holds either of two."""
    if a == b:
        return a
    return "i32" if {a, b} == {"i32", "f32"} else "i64"
