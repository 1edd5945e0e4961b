"""Values for every WIT type: hypothesis strategies made from types in a description."""

from __future__ import annotations

import struct
from array import array
from functools import cache
from math import isnan
from typing import Any

from hypothesis import strategies as st

from wasmcell.abi.values import Case, Err, Ok, Some, record_class
from wasmcell.modules.description import (
    Enum,
    Flags,
    List,
    Option,
    Primitive,
    Record,
    Result,
    Tuple,
    Type,
    Variant,
    resolve,
)

_ARRAYS = {
    "s8": "b",
    "s16": "h",
    "u16": "H",
    "s32": "i",
    "u32": "I",
    "s64": "q",
    "u64": "Q",
    "f32": "f",
    "f64": "d",
}


@cache
def values(type: Type) -> st.SearchStrategy[Any]:
    """Values of a type, in the form in which they come back."""
    type = resolve(type)
    match type:
        case Primitive(name=name):
            return primitives(name)
        case List(type=element):
            element = resolve(element)
            if isinstance(element, Primitive) and element.name == "u8":
                return st.binary(max_size=40)
            items = st.lists(values(element), max_size=6)
            if isinstance(element, Primitive) and element.name in _ARRAYS:
                letter = _ARRAYS[element.name]
                return items.map(lambda numbers: array(letter, numbers))
            return items
        case Tuple(types=types):
            return st.tuples(*map(values, types))
        case Record(fields=fields):
            make = record_class(type.name or "", tuple(f.name for f in fields))
            return st.tuples(*(values(f.type) for f in fields)).map(lambda items: make(*items))
        case Enum(cases=cases):
            return st.sampled_from([c.name for c in cases])
        case Flags(flags=flags):
            return st.frozensets(st.sampled_from([f.name for f in flags]))
        case Option(type=item):
            inner = values(item)
            return st.none() | (inner.map(Some) if isinstance(resolve(item), Option) else inner)
        case Result(ok=ok, err=err):
            return side(ok).map(Ok) | side(err).map(Err)
        case Variant(cases=cases):
            return st.one_of([side(c.type).map(lambda p, name=c.name: Case(name, p)) for c in cases])
    raise TypeError(f"no values for {type}")


def side(type: Type | None) -> st.SearchStrategy[Any]:
    """Payloads."""
    return st.none() if type is None else values(type)


def primitives(name: str) -> st.SearchStrategy[Any]:
    """Values of a primitive type."""
    match name:
        case "bool":
            return st.booleans()
        case "char":
            return st.characters(exclude_categories=["Cs"])
        case "string":
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        case "f32":
            return st.floats(width=32)
        case "f64":
            return st.floats()
    bits = int(name[1:])
    signed = name[0] == "s"
    return st.integers(-(1 << bits - 1) if signed else 0, (1 << bits - signed) - 1)


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same, of the same type throughout: NaN is NaN, and 0.0 is not -0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (isnan(a) and isnan(b)) or struct.pack("d", a) == struct.pack("d", b)
    if isinstance(a, array):
        return a.typecode == b.typecode and same(a.tolist(), b.tolist())
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)
