"""From the module to Python: bytes in its memory, or core values on its stack, become values.

Each type is compiled once into two functions: `loader` reads a value from bytes that were copied out of the
memory, `lifter` reads it from core values. The module is not trusted: what it says is checked before it is
used.
"""

from __future__ import annotations

import struct
import sys
from array import array
from functools import lru_cache
from math import isnan, nan
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from wasmcell.abi.layout import FORMATS, discriminant_size, layout, offsets, payload_offset, payloads
from wasmcell.abi.pace import BATCH
from wasmcell.abi.values import Case, Err, Ok, Some, record_class
from wasmcell.errors import TrappedError
from wasmcell.modules.description import (
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
    resolve,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from wasmcell.abi.memory import Memory
    from wasmcell.abi.pace import Pace


class Source(Protocol):
    """The instance that values come from."""

    memory: Memory
    pace: Pace

    def adopt(self, resource: Resource, handle: int) -> Any:
        """Take over a resource that the module hands out by its number; the handle for Python."""


Loader: TypeAlias = "Callable[[Source, bytes, int], Any]"
Lifter: TypeAlias = "Callable[[Source, Iterator[Any]], Any]"

#: What an element of a list takes in Python, about: bytes of the reference to it, and of itself.
_REFERENCE: Final = 8
_OBJECT: Final = 56

_pair = struct.Struct("<II").unpack_from
_word = struct.Struct("<I").unpack_from


@lru_cache(maxsize=4096)
def loader(type: Type) -> Loader:
    """Compile the function that reads a value of this type from bytes."""
    type = resolve(type)
    match type:
        case Primitive(name="string") | List():
            sequence = _sequence(type)
            return lambda cx, data, offset: sequence(cx, *_pair(data, offset))
        case Primitive(name=name):
            return _load_number("<" + FORMATS[name], _FROM_CORE.get(name))
        case Enum():
            return _load_number(_unsigned(discriminant_size(len(type.cases))), _enum(type))
        case Flags():
            members, size = _flags(type), layout(type).size
            return lambda _cx, data, offset: members(int.from_bytes(data[offset : offset + size], "little"))
        case Record(fields=fields):
            return _load_fields(_record(type), [f.type for f in fields])
        case Tuple(types=types):
            return _load_fields(tuple, types)
        case Variant() | Option() | Result():
            return _load_variant(type)
        case Own(resource=resource):
            return lambda cx, data, offset: cx.adopt(resource, _word(data, offset)[0])
    raise TypeError(f"{type} cannot be a result")


@lru_cache(maxsize=4096)
def lifter(type: Type) -> Lifter:
    """Compile the function that reads a value of this type from core values."""
    type = resolve(type)
    match type:
        case Primitive(name="string") | List():
            sequence = _sequence(type)
            return lambda cx, flat: sequence(cx, next(flat), next(flat))
        case Primitive(name=name):
            convert = _FROM_CORE.get(name) or _narrow(name)
            return lambda _cx, flat: convert(next(flat))
        case Enum():
            number = _enum(type)
            return lambda _cx, flat: number(next(flat))
        case Flags(flags=labels):
            members, words = _flags(type), -(-len(labels) // 32)
            return lambda _cx, flat: members(sum(next(flat) << 32 * word for word in range(words)))
        case Record(fields=fields):
            return _lift_fields(_record(type), [f.type for f in fields])
        case Tuple(types=types):
            return _lift_fields(tuple, types)
        case Variant() | Option() | Result():
            return _lift_variant(type)
        case Own(resource=resource):
            return lambda cx, flat: cx.adopt(resource, next(flat))
    raise TypeError(f"{type} cannot be a result")


# Numbers, and what is stored as one.


def _load_number(format: str, convert: Callable[[Any], Any] | None) -> Loader:
    unpack = struct.Struct(format).unpack_from
    if convert is None:
        return lambda _cx, data, offset: unpack(data, offset)[0]
    return lambda _cx, data, offset: convert(unpack(data, offset)[0])


def _character(value: int) -> str:
    if value >= 0x110000 or 0xD800 <= value < 0xE000:
        raise TrappedError(f"The module gave {value:#x} as a char, which is no Unicode scalar value.")
    return chr(value)


def _quiet(value: float) -> float:
    return nan if isnan(value) else value


#: What has other values in Python than in core WebAssembly.
_FROM_CORE: Mapping[str, Callable[[Any], Any]] = {
    "bool": bool,
    "char": _character,
    "f32": _quiet,
    "f64": _quiet,
}


def _narrow(name: str) -> Callable[[int], int]:
    """Core integers are unsigned here, and 32 or 64 bits wide; what is above the type's bits does not
    count.
    """
    bits = int(name[1:])
    mask, sign = (1 << bits) - 1, 1 << (bits - 1)
    if name[0] == "u":
        return lambda value: value & mask
    return lambda value: ((value & mask) ^ sign) - sign


def _unsigned(size: int) -> str:
    return {1: "<B", 2: "<H", 4: "<I"}[size]


def _discriminant(type: Type, number: int, cases: int) -> None:
    if number >= cases:
        raise TrappedError(f"The module gave {number} as the case of {type}, which has {cases}.")


def _enum(type: Enum) -> Callable[[int], str]:
    names = [label.name for label in type.cases]

    def lift(number: int) -> str:
        _discriminant(type, number, len(names))
        return names[number]

    return lift


def _flags(type: Flags) -> Callable[[int], frozenset[str]]:
    names = [label.name for label in type.flags]
    return lambda bits: frozenset(name for place, name in enumerate(names) if bits >> place & 1)


# Strings and lists.


def _sequence(type: Type) -> Callable[[Source, int, int], Any]:
    """The function that reads a string or list, given the pointer to it and its length."""
    if isinstance(type, Primitive):

        def string(cx: Source, pointer: int, length: int) -> str:
            data = cx.memory.read(pointer, length, 1, "string")
            try:
                return data.decode()
            except UnicodeDecodeError as error:
                raise TrappedError(f"The module gave a string that is no UTF-8: {error}.") from None

        return string
    assert isinstance(type, List)
    element, what = resolve(type.type), str(type)
    size, align = layout(element).size, layout(element).align
    if isinstance(element, Primitive) and element.name == "u8":
        return lambda cx, pointer, length: cx.memory.read(pointer, length, 1, what)
    if isinstance(element, Primitive) and element.name not in ("bool", "char", "string"):
        return _numbers(FORMATS[element.name], size, what)
    load = loader(element)
    host = _REFERENCE if element == Primitive("bool") else _REFERENCE + _OBJECT

    def values(cx: Source, pointer: int, length: int) -> list[Any]:
        cx.memory.check(pointer, length * size, align, what)
        cx.pace.claim(length * host)
        data = cx.memory.read(pointer, length * size, align, what)
        found: list[Any] = []
        for first in range(0, len(data), size * BATCH):
            batch = range(first, min(first + size * BATCH, len(data)), size)
            cx.pace.advance(len(batch))
            found += [load(cx, data, start) for start in batch]
        return found

    return values


def _numbers(letter: str, size: int, what: str) -> Callable[[Source, int, int], Any]:
    def numbers(cx: Source, pointer: int, length: int) -> Any:
        cx.memory.check(pointer, length * size, size, what)
        values: array[Any] = array(letter, bytes(size)) * length
        if length:
            cx.memory.read_into(pointer, memoryview(values).cast("B"), size, what)
        if sys.byteorder == "big":
            values.byteswap()
        # NaN spreads through a sum, so a sum that is none clears the whole list at the speed of C.
        if letter in "fd" and isnan(sum(values)):
            for index, value in enumerate(values):
                if isnan(value):
                    values[index] = nan
        return values

    return numbers


# Records and tuples.


def _record(type: Record) -> Callable[[Sequence[Any]], Any]:
    cls: Any = record_class(str(type), tuple(f.name for f in type.fields))
    return cls._make  # type: ignore[no-any-return]


def _load_fields(make: Callable[[Sequence[Any]], Any], types: Sequence[Type]) -> Loader:
    fields = list(zip(map(loader, types), offsets(types), strict=True))
    return lambda cx, data, offset: make([load(cx, data, offset + start) for load, start in fields])


def _lift_fields(make: Callable[[Sequence[Any]], Any], types: Sequence[Type]) -> Lifter:
    fields = [lifter(t) for t in types]
    return lambda cx, flat: make([lift(cx, flat) for lift in fields])


# Variants, options, results.


def _maker(type: Variant | Option | Result) -> Sequence[Callable[[Any], Any]]:
    """What each case's payload becomes."""
    if isinstance(type, Option):
        nested = isinstance(resolve(type.type), Option)
        return [lambda _payload: None, Some if nested else lambda payload: payload]
    if isinstance(type, Result):
        return [Ok, Err]

    def case(name: str) -> Callable[[Any], Case]:
        return lambda payload: Case(name, payload)

    return [case(c.name) for c in type.cases]


def _load_variant(type: Variant | Option | Result) -> Loader:
    types, makers = payloads(type), _maker(type)
    number_from = struct.Struct(_unsigned(discriminant_size(len(types)))).unpack_from
    start, loads = payload_offset(types), [None if t is None else loader(t) for t in types]

    def load(cx: Source, data: bytes, offset: int) -> Any:
        (number,) = number_from(data, offset)
        _discriminant(type, number, len(loads))
        payload = loads[number]
        return makers[number](None if payload is None else payload(cx, data, offset + start))

    return load


def _lift_variant(type: Variant | Option | Result) -> Lifter:
    types, makers = payloads(type), _maker(type)
    joined = layout(type).flat[1:]
    lifts: list[tuple[Lifter, list[Callable[[Any], Any] | None]] | None] = []
    for t in types:
        if t is None:
            lifts.append(None)
        else:
            pairs = zip(layout(t).flat, joined, strict=False)
            lifts.append((lifter(t), [None if want == have else _RECAST[want] for want, have in pairs]))

    def lift(cx: Source, flat: Iterator[Any]) -> Any:
        number = next(flat)
        _discriminant(type, number, len(lifts))
        values = [next(flat) for _ in joined]
        entry = lifts[number]
        if entry is None:
            return makers[number](None)
        payload, recasts = entry
        own = (v if r is None else r(v) for r, v in zip(recasts, values, strict=False))
        return makers[number](payload(cx, own))

    return lift


_i32, _i64 = struct.Struct("<I"), struct.Struct("<Q")
_f32, _f64 = struct.Struct("<f"), struct.Struct("<d")
_RECAST: Mapping[str, Callable[[Any], Any]] = {
    "i32": lambda value: value & 0xFFFFFFFF,
    "f32": lambda value: _f32.unpack(_i32.pack(value & 0xFFFFFFFF))[0],
    "f64": lambda value: _f64.unpack(_i64.pack(value))[0],
}
