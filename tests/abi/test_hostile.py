"""Modules that break the rules: whatever they answer becomes a TrappedError that says what was wrong."""

from __future__ import annotations

import pytest

from wasmcell.abi.values import Case
from wasmcell.engines import Engine
from wasmcell.errors import ModuleError, TrappedError

from ..handmade import MEMORY, module

TYPES = (
    {"list": "u8"},
    {"list": "u32"},
    {"name": "shade", "enum": [{"name": "light", "docs": ""}, {"name": "dark", "docs": ""}]},
    {
        "name": "maybe",
        "variant": [{"name": "no", "docs": "", "type": None}, {"name": "yes", "docs": "", "type": "u32"}],
    },
    {"list": 3},
    {"list": 0},
    {"name": "counter", "resource": 0},
    {"own": 6},
    {"option": "u8"},
)


def answer(result: object, *words: int, returned: str | None = None) -> object:
    """A module whose function `f` answers a pointer to these words, or whatever `returned` says."""
    data = "".join(f"\\{byte:02x}" for word in words for byte in word.to_bytes(4, "little"))
    wat = f"""(module {MEMORY} (data (i32.const 16) "{data}")
        (func (export "f") (result i32) (i32.const {16 if returned is None else returned})))"""
    return module(wat, {"f": {"result": result}}, TYPES, resources=[{"name": "counter", "destructor": None}])


@pytest.mark.parametrize(
    ("made", "text"),
    [
        pytest.param(
            answer("string", 65530, 7), "outside of its memory of 65536", id="a string past the end"
        ),
        pytest.param(
            answer("string", 0xFFFFFFFF, 0xFFFFFFFF), "outside of its memory", id="a string past 4 GiB"
        ),
        pytest.param(answer(0, 65536, 1), "outside of its memory", id="a list past the end"),
        pytest.param(
            answer(1, 16, 0x40000000), "outside of its memory", id="a length that overflows 32 bits"
        ),
        pytest.param(answer(1, 18, 1), "no multiple of 4", id="a misaligned list"),
        pytest.param(answer(1, 18, 0), "no multiple of 4", id="a misaligned list of nothing"),
        pytest.param(answer("string", returned="18"), "no multiple of 4", id="a misaligned result"),
        pytest.param(answer("string", returned="65532"), "outside of its memory", id="a result past the end"),
        pytest.param(answer("string", returned="-8"), "outside of its memory", id="a result below the start"),
        pytest.param(answer("string", 24, 2, 0xFFFF), "no UTF-8", id="a string that is no UTF-8"),
        pytest.param(answer("string", 24, 3, 0x80A0ED), "no UTF-8", id="a string with a surrogate in it"),
        pytest.param(
            answer(2, returned="2"), "2 as the case of shade, which has 2", id="an enum of no such case"
        ),
        pytest.param(answer(3, 2, 0), "2 as the case of maybe, which has 2", id="a variant of no such case"),
        pytest.param(answer(4, 24, 1, 255, 0), "255 as the case of maybe", id="a variant in a list"),
        pytest.param(answer(8, 9), "9 as the case of option<u8>", id="an option of no such case"),
        pytest.param(answer("char", returned="0xd800"), "0xd800 as a char", id="a surrogate as a char"),
        pytest.param(answer("char", returned="0x110000"), "0x110000 as a char", id="no character at all"),
        pytest.param(answer(7, returned="0"), "handle 0, which is not", id="handle 0"),
        pytest.param(answer(7, returned="5"), "handle 5, which is not", id="a handle of nothing"),
    ],
)
def test_bad_answers(kernel: Engine, made: object, text: str) -> None:
    with kernel.session(made) as session:
        with pytest.raises(TrappedError, match=text):
            session.call("f")
        with pytest.raises(TrappedError, match="ended by an earlier error in f"):
            session.call("f")


def test_answers_that_lie_over_themselves_are_bounded(kernel: Engine) -> None:
    # A list of lists of 65536 bytes, all the same ones: 4 GiB out of one page.
    pairs = "".join("\\00\\00\\00\\00\\00\\00\\01\\00" for _ in range(1))
    wat = f"""(module {MEMORY} (data (i32.const 16) "\\00\\00\\00\\00\\00\\20\\00\\00") (data (i32.const 0) "{pairs}")
        (func (export "f") (result i32)
          (local $i i32)
          (loop $again
            (i64.store (local.get $i) (i64.const 0x1000000000000))
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 65528))))
          (i64.store (i32.const 65528) (i64.const 0x1fff00000000))
          (i32.const 65528)))"""
    with pytest.raises(TrappedError, match="lies over itself"):
        kernel.call(module(wat, {"f": {"result": 5}}, TYPES), "f")


@pytest.mark.parametrize(
    ("pointer", "text"), [("65536", "outside of its memory"), ("-4", "outside"), ("17", "no multiple of 4")]
)
def test_bad_memory_for_arguments(kernel: Engine, pointer: str, text: str) -> None:
    wat = f"""(module (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const {pointer}))
        (func (export "f") (param i32 i32)))"""
    with pytest.raises(TrappedError, match=f"f: realloc: .*{text}"):
        kernel.call(module(wat, {"f": {"params": [1]}}, TYPES), "f", [1, 2, 3])


def test_core_integers_have_only_the_bits_of_their_type(kernel: Engine) -> None:
    wat = """(module
        (func (export "unsigned") (result i32) (i32.const 0x1ff))
        (func (export "signed") (result i32) (i32.const 0x180))
        (func (export "truth") (result i32) (i32.const 2)))"""
    made = module(
        wat, {"unsigned": {"result": "u8"}, "signed": {"result": "s8"}, "truth": {"result": "bool"}}
    )
    assert [kernel.call(made, name) for name in ("unsigned", "signed", "truth")] == [255, -128, True]


def test_memory_may_grow_during_a_call(kernel: Engine) -> None:
    wat = f"""(module {MEMORY}
        (func (export "f") (param i32 i32) (result i32)
          (drop (memory.grow (i32.const 2)))
          (memory.copy (i32.const 131072) (local.get 0) (local.get 1))
          (i32.store (i32.const 16) (i32.const 131072))
          (i32.store (i32.const 20) (local.get 1))
          (i32.const 16)))"""
    assert (
        kernel.call(module(wat, {"f": {"params": ["string"], "result": "string"}}), "f", "grown") == "grown"
    )


def test_post_return_is_called_with_the_result(kernel: Engine) -> None:
    wat = f"""(module {MEMORY} (global $freed (mut i32) (i32.const 0))
        (func (export "f") (result i32) (i32.const 48))
        (func (export "post-f") (param i32) (global.set $freed (local.get 0)))
        (func (export "freed") (result i32) (global.get $freed)))"""
    with kernel.session(module(wat, {"f": {"result": "string"}, "freed": {"result": "u32"}})) as session:
        assert [session.call("f"), session.call("freed")] == ["", 48]


def test_flags_of_two_words(kernel: Engine) -> None:
    # Components may not have more than 32 flags today; the ABI says how more would lie.
    labels = [{"name": f"f{i}", "docs": ""} for i in range(40)]
    wat = f"""(module {MEMORY}
        (func (export "f") (param i32 i32) (result i32)
          (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16)))"""
    made = module(wat, {"f": {"params": [0], "result": 0}}, ({"name": "many", "flags": labels},))
    assert kernel.call(made, "f", {"f0", "f31", "f32", "f39"}) == {"f0", "f31", "f32", "f39"}


def test_a_description_that_lies_about_a_core_function_is_refused(kernel: Engine) -> None:
    wat = '(module (func (export "f") (param i64)))'
    with pytest.raises(ModuleError, match="not of the type"):
        kernel.call(module(wat, {"f": {"params": ["u32"]}}), "f", 1)
    with pytest.raises(ModuleError, match="missing"):
        kernel.call(module(wat, {"g": {"params": ["u32"]}}), "g", 1)


def test_joined_variants_have_the_bits_of_the_wider_type(kernel: Engine) -> None:
    # f32 and s64 share an i64: CanonicalABI.md, "Flattening".
    cases = [{"name": "real", "docs": "", "type": "f32"}, {"name": "wide", "docs": "", "type": "s64"}]
    wat = '(module (func (export "f") (param i32 i64) (result i64) (local.get 1)))'
    made = module(wat, {"f": {"params": [0], "result": "u64"}}, ({"name": "both", "variant": cases},))
    assert kernel.call(made, "f", Case("real", 1.0)) == 0x3F800000
    assert kernel.call(made, "f", Case("real", float("nan"))) == 0x7FC00000
    assert kernel.call(made, "f", Case("wide", -1)) == 0xFFFFFFFFFFFFFFFF
