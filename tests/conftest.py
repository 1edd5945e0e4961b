"""Fixtures for all tests.

A test that takes `engine` runs once for each engine, with the same body. An engine that cannot be had here is
skipped with its reason, but fails where CI is set: there, every engine must be tested.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from wasmcell import engines, modules
from wasmcell.engines import Engine, Session
from wasmcell.errors import EngineUnavailableError
from wasmcell.modules import Module

from .pyodide import Pyodide

# What runs in the background of a script is begun with Ctrl-C ignored, and hands that on to what it begins.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Time says nothing about rightness: a busy machine must not fail a test.
settings.register_profile("wasmcell", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wasmcell")


@pytest.fixture(params=[*engines.names(), "pyodide"], scope="session")
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine; of `pyodide` a stand-in, as it is not to be had in this Python."""
    try:
        found = Pyodide() if request.param == "pyodide" else engines.get(request.param)
    except EngineUnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    yield found
    if request.param == "pyodide":
        found.close()


@pytest.fixture(scope="session")
def kernel() -> Engine:
    """The kernel engine alone."""
    return engines.get("kernel")


@pytest.fixture(scope="session")
def echo() -> Module:
    """The module of functions over every type."""
    return modules.get("echo")


@pytest.fixture
def session(engine: Engine, echo: Module) -> Iterator[Session]:
    """A kept instance of echo on each engine."""
    with engine.session(echo) as session:
        yield session
