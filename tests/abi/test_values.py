"""Every type of value, there and back, on every engine; and what the module sees against an independent host."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wasmcell import modules
from wasmcell.engines import Engine
from wasmcell.modules import Module

from .oracle import Oracle
from .strategies import same, values

DESCRIPTION = modules.get("echo").description
ECHOES = [name for name in DESCRIPTION.functions if name.startswith("echo-")]
SHOWS = [name for name in DESCRIPTION.functions if name.startswith("show-")]


@pytest.fixture(scope="module")
def oracle(echo: Module) -> Oracle:
    return Oracle(echo)


def arguments(name: str) -> st.SearchStrategy[tuple[Any, ...]]:
    """Arguments for a function of echo."""
    return st.tuples(*(values(p.type) for p in DESCRIPTION.function(name).params))


@pytest.mark.parametrize("name", ECHOES)
def test_what_goes_in_comes_back(engine: Engine, echo: Module, name: str) -> None:
    with engine.session(echo) as session:

        @settings(max_examples=60 if engine.name == "kernel" else 15)
        @given(arguments(name))
        def check(args: tuple[Any, ...]) -> None:
            assert same(session.call(name, *args), args[0])

        check()


@pytest.mark.parametrize("name", ["sixteen", "seventeen", "spilled"])
def test_many_parameters_come_back(engine: Engine, echo: Module, name: str) -> None:
    with engine.session(echo) as session:

        @settings(max_examples=40 if engine.name == "kernel" else 10)
        @given(arguments(name))
        def check(args: tuple[Any, ...]) -> None:
            assert same(session.call(name, *args), args)

        check()


@pytest.mark.parametrize("name", SHOWS)
def test_the_module_sees_what_another_host_would_give_it(
    kernel: Engine, echo: Module, oracle: Oracle, name: str
) -> None:
    with kernel.session(echo) as session:

        @settings(max_examples=40)
        @given(arguments(name))
        def check(args: tuple[Any, ...]) -> None:
            # An echo alone would not notice an error that lift undoes.
            assert session.call(name, *args) == oracle.call(name, *args)

        check()


def test_every_type_of_the_module_is_echoed_or_shown() -> None:
    used = {str(p.type) for f in DESCRIPTION.functions.values() for p in f.params if f.name in ECHOES + SHOWS}
    primitives = {
        "bool",
        "s8",
        "u8",
        "s16",
        "u16",
        "s32",
        "u32",
        "s64",
        "u64",
        "f32",
        "f64",
        "char",
        "string",
    }
    own = {
        "direction",
        "permissions",
        "months",
        "bits",
        "point",
        "primitives",
        "settings",
        "shape",
        "narrow",
        "drawing",
    }
    lists = {f"list<{p}>" for p in primitives}
    assert primitives | own | lists <= used
