"""The ceiling of a core module's memory, as wasmtime reads it afterwards."""

import pytest
import wasmtime

from wasmcell import modules
from wasmcell.engines import Limits
from wasmcell.engines.core_memory import PAGE, limit_memory
from wasmcell.errors import LimitExceededError, ModuleError


def memory(core):
    """The memory of a core module: where it starts, and its maximum."""
    exports = wasmtime.Module(wasmtime.Engine(), core).exports
    limits = next(e.type.limits for e in exports if isinstance(e.type, wasmtime.MemoryType))
    return limits.min, limits.max


def wat(text):
    return bytes(wasmtime.wat2wasm(text))


def test_a_module_gets_a_lower_maximum():
    core = modules.get("echo").core_module(0)
    start, maximum = memory(core)
    assert memory(limit_memory(core, Limits(memory=100 << 20))) == (start, min(1600, maximum))
    assert memory(limit_memory(core, Limits(memory=4 << 30))) == (start, maximum)


def test_a_maximum_is_declared_where_there_was_none():
    core = wat('(module (memory (export "m") 2) (func (export "f")) (data (i32.const 0) "kept"))')
    assert memory(core) == (2, None)
    limited = limit_memory(core, Limits(memory=300 * PAGE + 1))
    assert memory(limited) == (2, 300)
    assert limited.endswith(core[-10:])


def test_a_module_without_a_memory_stays_as_it_is():
    core = wat('(module (func (export "f")))')
    assert limit_memory(core, Limits()) == core


def test_what_needs_more_from_the_start():
    with pytest.raises(LimitExceededError, match="does not fit in its memory limit of 65536 bytes"):
        limit_memory(wat("(module (memory 2))"), Limits(memory=PAGE))


@pytest.mark.parametrize("text", ["(module (memory i64 1))", "(module (memory 1 2 shared))"])
def test_other_kinds_of_memory(text):
    with pytest.raises(ModuleError, match="shared or 64-bit"):
        limit_memory(wat(text), Limits())


def test_more_than_one_memory():
    with pytest.raises(ModuleError, match="more than one memory"):
        limit_memory(wat("(module (memory 1) (memory 1))"), Limits())


def test_every_cut_is_found_or_harmless():
    core = wat("(module (memory 1))")
    for end in range(9, len(core)):
        with pytest.raises(ModuleError, match="cut off"):
            limit_memory(core[:end], Limits())
