"""From Python to the module: values become bytes in its memory, or core values on its stack.

Each type is compiled once into two functions: `storer` writes a value into a region of bytes on the host's
side, `flattener` appends its core values to a list. Neither touches the module: what goes to its memory is
collected in a `Lowering` and laid down by `commit` only after every argument has been found right, so a wrong
argument leaves the module as it was.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from wasmcell.abi.arguments import (
    SCALARS,
    Handover,
    Mismatch,
    Problem,
    fits,
    items,
    numbers,
    text,
)
from wasmcell.abi.compounds import choice, enumeration, flag_bits, record, tuple_items
from wasmcell.abi.layout import FORMATS, discriminant_size, layout, offsets, payload_offset, payloads
from wasmcell.abi.pace import BATCH
from wasmcell.abi.values import python_name
from wasmcell.modules.description import (
    Borrow,
    Enum,
    Field,
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
    resolve,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wasmcell.abi.handles import Handle, Handles
    from wasmcell.abi.memory import Memory
    from wasmcell.abi.pace import Pace


class Target(Protocol):
    """The instance that values go to."""

    memory: Memory
    handles: Handles

    def realloc(self, size: int, align: int) -> int:
        """Ask the module for that many bytes of its memory; the pointer."""


Place: TypeAlias = "tuple[bytearray | list[Any], int]"
Storer: TypeAlias = "Callable[[Lowering, bytearray, int, Any], None]"
Flattener: TypeAlias = "Callable[[Lowering, list[Any], Any], None]"

_pointer = struct.Struct("<I").pack_into
_pair = struct.Struct("<II").pack_into


class Lowering:
    """The arguments of one call on their way."""

    __slots__ = ("_regions", "_transfers", "pace", "resources")

    def __init__(self, owner: Any, pace: Pace) -> None:
        self.pace = pace
        self.resources = Handover(owner)
        self._regions: list[tuple[Any, int, bytearray | list[Any], int]] = []
        self._transfers: list[tuple[Handle, bytearray | list[Any], int]] = []

    def region(self, data: Any, align: int, into: bytearray | list[Any], place: int) -> None:
        """Bytes for the module's memory; the pointer to them is due at a place in a region or in the flat
        values.
        """
        self._regions.append((data, align, into, place))

    def give(self, resource: Resource, value: Any, into: bytearray | list[Any], place: int) -> None:
        """A resource passes to the module; its number there is due at that place."""
        self._transfers.append((self.resources.give(resource, value), into, place))

    def lend(self, resource: Resource, value: Any) -> int:
        """A resource is lent to the module, which made it: it goes over as what the module knows it by."""
        return int(self.resources.lend(resource, value).rep)

    def commit(self, target: Target) -> None:
        """Lay everything down. Regions come before those that point to them."""
        for handle, into, place in self._transfers:
            number = target.handles.new(handle.resource, handle.rep)
            handle.forget()
            _put(into, place, number)
        for data, align, into, place in self._regions:
            pointer = target.realloc(len(data), align)
            target.memory.write(pointer, data, align, "realloc")
            _put(into, place, pointer)


def _put(into: bytearray | list[Any], place: int, value: int) -> None:
    if isinstance(into, list):
        into[place] = value
    else:
        _pointer(into, place, value)


@lru_cache(maxsize=4096)
def storer(type: Type) -> Storer:
    """Compile the function that writes a value of this type into a region."""
    type = resolve(type)
    match type:
        case Primitive(name="string") | List():
            return _store_sequence(type)
        case Primitive(name=name):
            return _store_scalar(SCALARS[name], "<" + FORMATS[name])
        case Enum():
            return _store_scalar(enumeration(type), _unsigned(discriminant_size(len(type.cases))))
        case Flags():
            return _store_flags(type)
        case Record(fields=fields):
            return _store_fields(record(type), [f.type for f in fields], _steps(fields))
        case Tuple(types=types):
            return _store_fields(tuple_items(type), types, [f"[{i}]" for i in range(len(types))])
        case Variant() | Option() | Result():
            return _store_variant(type)
        case Own(resource=resource):

            def store_own(cx: Lowering, region: bytearray, offset: int, value: Any) -> None:
                cx.give(resource, value, region, offset)

            return store_own
        case Borrow(resource=resource):

            def store_borrow(cx: Lowering, region: bytearray, offset: int, value: Any) -> None:
                _pointer(region, offset, cx.lend(resource, value))

            return store_borrow
    raise TypeError(f"{type} is no value type")


@lru_cache(maxsize=4096)
def flattener(type: Type) -> Flattener:
    """Compile the function that appends the core values of a value of this type."""
    type = resolve(type)
    match type:
        case Primitive(name="string") | List():
            return _flatten_sequence(type)
        case Primitive(name=name):
            mask = (
                0 if name in ("f32", "f64") else 0xFFFFFFFFFFFFFFFF if name in ("s64", "u64") else 0xFFFFFFFF
            )
            return _flatten_scalar(SCALARS[name], mask)
        case Enum():
            return _flatten_scalar(enumeration(type), 0xFFFFFFFF)
        case Flags(flags=labels):
            bits, words = flag_bits(type), -(-len(labels) // 32)

            def flatten_flags(_cx: Lowering, flat: list[Any], value: Any) -> None:
                number = bits(value)
                flat.extend(number >> 32 * word & 0xFFFFFFFF for word in range(words))

            return flatten_flags
        case Record(fields=fields):
            return _flatten_fields(record(type), [f.type for f in fields], _steps(fields))
        case Tuple(types=types):
            return _flatten_fields(tuple_items(type), types, [f"[{i}]" for i in range(len(types))])
        case Variant() | Option() | Result():
            return _flatten_variant(type)
        case Own(resource=resource):

            def flatten_own(cx: Lowering, flat: list[Any], value: Any) -> None:
                flat.append(0)
                cx.give(resource, value, flat, len(flat) - 1)

            return flatten_own
        case Borrow(resource=resource):

            def flatten_borrow(cx: Lowering, flat: list[Any], value: Any) -> None:
                flat.append(cx.lend(resource, value))

            return flatten_borrow
    raise TypeError(f"{type} is no value type")


# Scalars, and what is stored as one.


def _store_scalar(check: Callable[[Any], Any], format: str) -> Storer:
    pack = struct.Struct(format).pack_into

    def store(cx: Lowering, region: bytearray, offset: int, value: Any) -> None:
        pack(region, offset, check(value))

    return store


def _flatten_scalar(check: Callable[[Any], Any], mask: int) -> Flattener:
    if not mask:
        return lambda _cx, flat, value: flat.append(check(value))
    return lambda _cx, flat, value: flat.append(check(value) & mask)


def _unsigned(size: int) -> str:
    return {1: "<B", 2: "<H", 4: "<I"}[size]


def _store_flags(type: Flags) -> Storer:
    check, size = flag_bits(type), layout(type).size

    def store(cx: Lowering, region: bytearray, offset: int, value: Any) -> None:
        region[offset : offset + size] = check(value).to_bytes(size, "little")

    return store


# Strings and lists: a pointer and a length.


def _sequence(type: Type) -> tuple[Callable[[Lowering, Any], tuple[Any, int]], int]:
    """The function that makes a string's or list's bytes and its length, and the alignment of the bytes."""
    if isinstance(type, Primitive):

        def utf8(_cx: Lowering, value: Any) -> tuple[Any, int]:
            data = text(value)
            return data, len(data)

        return utf8, 1
    assert isinstance(type, List)
    element = resolve(type.type)
    place = layout(element)
    if isinstance(element, Primitive) and element.name not in ("bool", "char", "string"):
        check = numbers(element.name)

        def flat_list(_cx: Lowering, value: Any) -> tuple[Any, int]:
            data = check(value)
            return data, len(data) // place.size

        return flat_list, place.align

    store = storer(element)
    expected = f"list<{element}>"

    def any_list(cx: Lowering, value: Any) -> tuple[Any, int]:
        values = items(value, expected)
        fits(place.size * len(values))
        region = bytearray(place.size * len(values))
        for first in range(0, len(values), BATCH):
            batch = values[first : first + BATCH]
            cx.pace.advance(len(batch))
            for index, item in enumerate(batch, first):
                try:
                    store(cx, region, place.size * index, item)
                except Mismatch as mismatch:
                    raise mismatch.within(f"[{index}]") from None
        return region, len(values)

    return any_list, place.align


def _store_sequence(type: Type) -> Storer:
    make, align = _sequence(type)

    def store(cx: Lowering, region: bytearray, offset: int, value: Any) -> None:
        data, length = make(cx, value)
        # Nothing needs no memory: any aligned pointer that is not null will do.
        _pair(region, offset, align, length)
        if length:
            cx.region(data, align, region, offset)

    return store


def _flatten_sequence(type: Type) -> Flattener:
    make, align = _sequence(type)

    def flatten(cx: Lowering, flat: list[Any], value: Any) -> None:
        data, length = make(cx, value)
        flat += (align, length)
        if length:
            cx.region(data, align, flat, len(flat) - 2)

    return flatten


# Records and tuples.


def _steps(fields: Sequence[Field]) -> list[str]:
    return [f".{python_name(f.name)}" for f in fields]


def _store_fields(
    split: Callable[[Any], Sequence[Any]], types: Sequence[Type], steps: Sequence[str]
) -> Storer:
    fields = list(zip(map(storer, types), offsets(types), steps, strict=True))

    def store(cx: Lowering, region: bytearray, offset: int, value: Any) -> None:
        for (put, start, step), item in zip(fields, split(value), strict=True):
            try:
                put(cx, region, offset + start, item)
            except Mismatch as mismatch:
                raise mismatch.within(step) from None

    return store


def _flatten_fields(
    split: Callable[[Any], Sequence[Any]], types: Sequence[Type], steps: Sequence[str]
) -> Flattener:
    fields = list(zip(map(flattener, types), steps, strict=True))

    def flatten(cx: Lowering, flat: list[Any], value: Any) -> None:
        for (put, step), item in zip(fields, split(value), strict=True):
            try:
                put(cx, flat, item)
            except Mismatch as mismatch:
                raise mismatch.within(step) from None

    return flatten


# Variants, options, results: a discriminant and a payload.


def _store_variant(type: Variant | Option | Result) -> Storer:
    choose, types = choice(type), payloads(type)
    start, puts = payload_offset(types), [None if t is None else storer(t) for t in types]
    number_into = struct.Struct(_unsigned(discriminant_size(len(types)))).pack_into

    def store(cx: Lowering, region: bytearray, offset: int, value: Any) -> None:
        number, payload = choose(value)
        number_into(region, offset, number)
        put = puts[number]
        if put is not None:
            put(cx, region, offset + start, payload)
        elif payload is not None:
            raise Problem(f"this side of {type} takes no payload")

    return store


def _flatten_variant(type: Variant | Option | Result) -> Flattener:
    choose, types = choice(type), payloads(type)
    joined = layout(type).flat[1:]
    puts: list[tuple[Flattener, list[tuple[int, Callable[[Any], int]]]] | None] = []
    for t in types:
        if t is None:
            puts.append(None)
            continue
        pairs = zip(layout(t).flat, joined, strict=False)
        puts.append(
            (flattener(t), [(i, _bits[have]) for i, (have, want) in enumerate(pairs) if _recast(have, want)])
        )
    width = len(joined)

    def flatten(cx: Lowering, flat: list[Any], value: Any) -> None:
        number, payload = choose(value)
        flat.append(number)
        start = len(flat)
        entry = puts[number]
        if entry is not None:
            put, recasts = entry
            put(cx, flat, payload)
            for place, bits in recasts:
                flat[start + place] = bits(flat[start + place])
        elif payload is not None:
            raise Problem(f"this side of {type} takes no payload")
        flat += [0] * (start + width - len(flat))

    return flatten


def _recast(have: str, want: str) -> bool:
    # i32 in an i64 needs nothing: core integers are unsigned here.
    return have not in (want, "i32")


_f32, _f64 = struct.Struct("<f"), struct.Struct("<d")
_i32, _i64 = struct.Struct("<I"), struct.Struct("<Q")
_bits: Mapping[str, Callable[[Any], int]] = {
    "i32": int,
    "f32": lambda value: int(_i32.unpack(_f32.pack(value))[0]),
    "f64": lambda value: int(_i64.unpack(_f64.pack(value))[0]),
}
