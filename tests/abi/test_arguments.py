"""What may be given for a value, and what is said where something may not; the same on every engine."""

from __future__ import annotations

import array
import ctypes
import mmap
from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import pytest

from wasmcell.abi.values import Case, Err, Ok, Some, python_name, record_class
from wasmcell.engines import Engine, Session
from wasmcell.errors import ArgumentTypeError, InvalidArgumentError, LimitExceededError, ModuleError
from wasmcell.modules import Module

DRAWING = {"name": "n", "points": [], "shapes": [], "permissions": [], "outcome": Ok(1), "rows": []}


@pytest.mark.parametrize(
    ("function", "args", "text"),
    [
        ("echo-u8", [256], "echo-u8: value: expected u8, got 256"),
        ("echo-u32", [-1], "echo-u32: value: expected u32, got -1"),
        ("echo-s64", [1 << 63], "echo-s64: value: expected s64, got 9223372036854775808"),
        ("echo-f32", [1e39], "echo-f32: value: expected f32, got 1e.39"),
        ("echo-char", ["ab"], "expected char .one character, no surrogate., got 'ab'"),
        ("echo-char", [""], "expected char"),
        ("echo-string", ["\ud800"], "expected string without lone surrogates"),
        ("echo-direction", ["nort"], "'nort' is no direction; did you mean 'north'?"),
        ("echo-permissions", [{"read", "reed"}], "'reed' is no permissions; did you mean 'read'?"),
        ("echo-shape", [Case("circle")], "'circle' is no shape; it is one of empty, small, real"),
        ("echo-list-u8", [[1, 2, 300]], r"value\[2\]: expected u8, got 300"),
        ("echo-list-s16", [[1, -40000]], r"value\[1\]: expected s16, got -40000"),
        (
            "spilled",
            ["", {**DRAWING, "rows": [[1], [2, -3]]}, "empty", b""],
            r"spilled: drawing.rows\[1\]\[1\]: expected u16",
        ),
        ("echo-shapes", [[Case("dot", {"x": 1, "y": 2.5}), "empty"]], None),
        ("echo-settings", [{"level": -1}], r"echo-settings: value.level: expected u8, got -1"),
        (
            "echo-settings",
            [{"level": 1, "lambda": 1, "direction": "up"}],
            "value.direction: 'up' is no direction",
        ),
    ],
)
def test_wrong_values(engine: Engine, echo: Module, function: str, args: list, text: str | None) -> None:
    with pytest.raises(InvalidArgumentError if text else ArgumentTypeError, match=text) as caught:
        engine.call(echo, function, *args)
    assert isinstance(caught.value, ValueError if text else TypeError)


@pytest.mark.parametrize(
    ("function", "args", "text"),
    [
        ("echo-u8", ["1"], "echo-u8: value: expected u8, got '1'"),
        ("echo-u8", [True], "expected u8, got True"),
        ("echo-u8", [1.0], "expected u8, got 1.0"),
        ("echo-f64", ["1"], "expected f64, got '1'"),
        ("echo-f64", [True], "expected f64, got True"),
        ("echo-bool", [1], "expected bool, got 1"),
        ("echo-string", [b"x"], "expected string, got b'x'"),
        ("echo-list-u8", ["text"], "expected list<u8>, got 'text'"),
        ("echo-list-u8", [np.zeros(3)], "expected list<u8> or a buffer of that format"),
        ("echo-list-f32", [np.zeros(3)], "expected list<f32> or a buffer of that format"),
        ("echo-list-string", ["text"], "expected list<string>, got 'text'"),
        ("echo-points", [[{"x": 1, "y": 2}, {"x": 1}]], r"value\[1\]: y is missing in point"),
        ("echo-points", [[{"x": 1, "y": 2, "z": 3}]], r"value\[0\]: point has no 'z'; it is one of x, y"),
        ("echo-point", [5], "expected point .a mapping or an object with its fields., got 5"),
        ("echo-tuple", [(1, "a")], "5 values"),
        ("echo-shape", [Case("empty", 1)], "empty of shape takes no payload"),
        ("echo-shape", ["small"], "small of shape takes a payload"),
        ("echo-option-option", [5], "None or Some"),
        ("echo-results", [[5]], "Ok.value. or Err.error."),
        ("echo-bare-results", [[Ok(3)]], "takes no payload"),
        ("echo-permissions", ["read"], "a set of str"),
        ("echo-u8", [], "takes .value: u8., but 0 arguments came"),
        ("echo-u8", [1, 2], "takes .value: u8., but 2 arguments came"),
    ],
)
def test_wrong_types(engine: Engine, echo: Module, function: str, args: list, text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=text):
        engine.call(echo, function, *args)


def test_an_unknown_function(engine: Engine, echo: Module) -> None:
    with pytest.raises(ModuleError, match="no function ecko-u8. Did you mean echo-u8?"):
        engine.call(echo, "ecko-u8", 1)


def test_a_wrong_argument_leaves_a_session_as_it_was(session: Session) -> None:
    assert session.call("calls") == 1
    with pytest.raises(ArgumentTypeError):
        session.call("spilled", "first", DRAWING, "empty", 5)
    assert session.call("calls") == 2


@pytest.mark.parametrize(
    "make",
    [
        bytes,
        bytearray,
        memoryview,
        list,
        lambda data: array.array("B", data),
        lambda data: np.frombuffer(data, np.uint8),
        lambda data: np.frombuffer(data, np.uint8).reshape(2, 3),
        lambda data: np.frombuffer(data + data, np.uint8).reshape(2, 6).T[:, 0],
        lambda data: np.frombuffer(bytes(b for pair in zip(data, data) for b in pair), np.uint8)[::2],
        lambda data: (ctypes.c_ubyte * len(data))(*data),
        lambda data: memoryview(data)[::-1][::-1],
        mapped := lambda data: _mapped(data),
    ],
)
def test_bytes_of_every_kind(engine: Engine, echo: Module, make) -> None:
    assert engine.call(echo, "echo-list-u8", make(b"\x00\x01\x02\xfd\xfe\xff")) == b"\x00\x01\x02\xfd\xfe\xff"


def _mapped(data: bytes) -> mmap.mmap:
    memory = mmap.mmap(-1, len(data))
    memory[:] = data
    return memory


def test_numbers_of_every_kind(engine: Engine, echo: Module) -> None:
    expected = array.array("i", [1, -2, 3])
    for given in (
        [1, -2, 3],
        (1, -2, 3),
        expected,
        np.array([1, -2, 3], np.int32),
        np.array([1, 0, -2, 0, 3], "i4")[::2],
    ):
        assert engine.call(echo, "echo-list-s32", given) == expected
    assert engine.call(echo, "echo-list-s64", np.array([1, -2])) == array.array("q", [1, -2])
    assert engine.call(echo, "echo-u8", np.uint8(7)) == 7
    assert engine.call(echo, "echo-f64", np.float32(0.5)) == 0.5
    assert engine.call(echo, "echo-f64", 3) == 3.0
    assert engine.call(echo, "echo-bool", np.bool_(True)) is True
    assert engine.call(echo, "echo-f32", 0.1) == np.float32(0.1)


def test_records_of_every_kind(engine: Engine, echo: Module) -> None:
    Mine = namedtuple("Mine", ["y", "x"])
    cls = record_class("point", ("x", "y"))
    for given in ({"x": 1, "y": 2}, SimpleNamespace(x=1, y=2), Mine(2, 1), cls(1, 2)):
        assert engine.call(echo, "echo-point", given) == cls(1, 2)
    settings = engine.call(echo, "echo-settings", {"level": 5, "lambda": 0.5})
    assert (
        settings
        == engine.call(echo, "echo-settings", {"level": 5, "lambda_": 0.5})
        == (5, None, 0.5, None, None)
    )
    assert settings.lambda_ == 0.5


def test_options_within_options(engine: Engine, echo: Module) -> None:
    for value in (None, Some(None), Some(3)):
        assert engine.call(echo, "echo-option-option", value) == value
    for value in (None, Some(None), Some(Some(None)), Some(Some("x"))):
        assert engine.call(echo, "echo-option-options", value) == value


def test_arguments_at_the_end_that_are_options_may_be_left_out(engine: Engine, echo: Module) -> None:
    assert engine.call(echo, "echo-option-u32") is None
    assert engine.call(echo, "spilled", "a", DRAWING, "empty", b"")[4] is None


def test_the_host_fills_entropy_in(engine: Engine, echo: Module) -> None:
    first, second = (engine.call(echo, "random", b"ab", b"yz") for _ in range(2))
    assert [len(first), first[:2], first[-2:]] == [36, b"ab", b"yz"]
    assert first != second


def test_nan_is_canonical_on_both_ways(kernel: Engine, echo: Module) -> None:
    odd = np.array([1.0, 0, -np.inf, np.inf], np.float64)
    odd.view(np.uint64)[1] = 0xFFF0000000000001
    out = kernel.call(echo, "echo-list-f64", odd)
    assert np.frombuffer(out, np.uint64)[1] == 0x7FF8000000000000
    assert [out[0], out[2], out[3]] == [1.0, -np.inf, np.inf]


def test_results_are_returned_or_raised(engine: Engine, echo: Module) -> None:
    from wasmcell.errors import ResultError

    point = record_class("point", ("x", "y"))(1, 2)
    assert engine.call(echo, "answer", True) is None
    assert engine.call(echo, "answer-ok", True, 7) == 7
    assert engine.call(echo, "answer-both", True, point) == point
    for function, args, value in [
        ("answer", (), None),
        ("answer-ok", (7,), None),
        ("answer-err", ("no",), "no"),
        ("answer-both", (point,), Case("dot", point)),
    ]:
        with pytest.raises(ResultError, match=f"{function} failed") as caught:
            engine.call(echo, function, False, *args)
        assert caught.value.value == value
    assert engine.call(echo, "echo-results", [Ok(1), Err("x")]) == [Ok(1), Err("x")]


def test_python_names() -> None:
    assert [python_name(n) for n in ("auto-orient", "lambda", "width")] == ["auto_orient", "lambda_", "width"]


def test_more_than_a_module_can_address(session: Session) -> None:
    # Zeros that nobody touches take no memory.
    with pytest.raises(
        LimitExceededError, match=r"value: 4294967296 bytes are more than a module can address"
    ):
        session.call("echo-list-u8", np.zeros(1 << 32, np.uint8))
    assert session.call("calls") == 1
