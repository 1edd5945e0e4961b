"""Sizes, alignments and core types, calculated by hand by the rules of CanonicalABI.md."""

from __future__ import annotations

import pytest

from wasmcell.abi.layout import Layout, layout, offsets
from wasmcell.modules.description import (
    Enum,
    Field,
    Flags,
    Label,
    List,
    Option,
    Primitive,
    Record,
    Result,
    Tuple,
    Variant,
    VariantCase,
)

U8, U16, U32, U64 = (Primitive(f"u{n}") for n in (8, 16, 32, 64))
F32, F64, STRING = Primitive("f32"), Primitive("f64"), Primitive("string")


def labels(count: int) -> tuple[Label, ...]:
    return tuple(Label(name=f"n{i}") for i in range(count))


def variant(*types: object) -> Variant:
    return Variant(cases=tuple(VariantCase(name=f"c{i}", type=t) for i, t in enumerate(types)))


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        (Primitive("bool"), Layout(1, 1, ("i32",))),
        (Primitive("char"), Layout(4, 4, ("i32",))),
        (U64, Layout(8, 8, ("i64",))),
        (F64, Layout(8, 8, ("f64",))),
        (STRING, Layout(8, 4, ("i32", "i32"))),
        (List(type=U64), Layout(8, 4, ("i32", "i32"))),
        (Tuple(types=(U8, U32, U8)), Layout(12, 4, ("i32",) * 3)),
        (Tuple(types=(U8, U64)), Layout(16, 8, ("i32", "i64"))),
        (Enum(cases=labels(256)), Layout(1, 1, ("i32",))),
        (Enum(cases=labels(257)), Layout(2, 2, ("i32",))),
        (Flags(flags=labels(8)), Layout(1, 1, ("i32",))),
        (Flags(flags=labels(9)), Layout(2, 2, ("i32",))),
        (Flags(flags=labels(17)), Layout(4, 4, ("i32",))),
        (Flags(flags=labels(40)), Layout(8, 4, ("i32", "i32"))),
        (Option(type=U8), Layout(2, 1, ("i32", "i32"))),
        (Option(type=U64), Layout(16, 8, ("i32", "i64"))),
        (Result(ok=None, err=None), Layout(1, 1, ("i32",))),
        (Result(ok=U8, err=STRING), Layout(12, 4, ("i32", "i32", "i32"))),
        (variant(U32, F32), Layout(8, 4, ("i32", "i32"))),
        (variant(F32, U64), Layout(16, 8, ("i32", "i64"))),
        (variant(F32, F64), Layout(16, 8, ("i32", "i64"))),
        (variant(F64, F64), Layout(16, 8, ("i32", "f64"))),
        (variant(Tuple(types=(F32, F64)), STRING, None), Layout(24, 8, ("i32", "i32", "i64"))),
    ],
    ids=str,
)
def test_layout(type: object, expected: Layout) -> None:
    assert layout(type) == expected


def test_fields_lie_aligned() -> None:
    fields = [U8, U32, U16, U64, U8]
    assert offsets(fields) == [0, 4, 8, 16, 24]
    record = Record(fields=tuple(Field(name=f"f{i}", type=t) for i, t in enumerate(fields)))
    assert layout(record).size == 32
