"""Limits as values."""

import pytest

import wasmcell
from wasmcell import image
from wasmcell.engines.limits import default_limits
from wasmcell.errors import ArgumentTypeError, InvalidArgumentError


@pytest.mark.parametrize("memory", [1e9, "1G", 65535, 2**32 + 1, None])
def test_memory_is_a_whole_number(memory):
    with pytest.raises(InvalidArgumentError, match="memory must be a whole number of bytes from 65536"):
        wasmcell.Limits(memory=memory)


@pytest.mark.parametrize("seconds", ["5", 0, -1, float("nan")])
def test_seconds_are_a_number(seconds):
    with pytest.raises(InvalidArgumentError, match="seconds must be a number of more than 0, or None"):
        wasmcell.Limits(seconds=seconds)


@pytest.mark.parametrize("limits", [5, {"memory": 1}])
def test_what_is_no_limits_is_told(limits):
    with pytest.raises(ArgumentTypeError, match=r"limits must be wasmcell.Limits\(…\)"):
        image.open(b"x").run(limits=limits)


def test_a_wrong_variable_is_named(monkeypatch):
    monkeypatch.setenv("WASMCELL_SECONDS", "abc")
    with pytest.raises(InvalidArgumentError, match="WASMCELL_SECONDS is no number: 'abc'"):
        default_limits()
