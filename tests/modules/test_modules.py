"""Finding and reading modules, and their descriptions."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from pathlib import Path

import pytest

from wasmcell import modules
from wasmcell.engines import Engine
from wasmcell.errors import ModuleError
from wasmcell.modules.description import (
    REQUIRED,
    Borrow,
    Enum,
    Export,
    Intrinsic,
    Option,
    Own,
    Record,
    host_bytes,
    parse,
    resolve,
)


def test_a_module_is_what_its_description_says() -> None:
    echo = modules.get("echo")
    assert echo is modules.get("echo")
    assert "echo" in modules.names()
    assert hashlib.sha256(echo.bytes).hexdigest() == echo.sha256
    assert len(echo.bytes) == echo.description.size
    for number, core in enumerate(echo.description.core_modules):
        assert hashlib.sha256(echo.core_module(number)).hexdigest() == core.sha256


def test_a_description_without_its_module_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lonely.json").write_text("{}")
    monkeypatch.setattr(modules, "_HERE", tmp_path)
    assert "lonely" not in modules.names()
    with pytest.raises(ModuleError, match="There is no module 'lonely'"):
        modules.get("lonely")


def test_the_description() -> None:
    description = modules.get("echo").description
    assert [description.package, description.version] == ["wasmcell:echo", "0.1.0"]
    settings = next(t for t in description.types if t.name == "settings")
    assert isinstance(settings, Record)
    level, title, wavelength, direction, origin = settings.fields
    assert [level.default, level.range, level.optional] == [REQUIRED, (1, 100), False]
    assert [title.default, title.optional] == ["hello", True]
    assert [wavelength.default, wavelength.unit, wavelength.docs] == [None, "nm", "A number."]
    assert direction.default == "south"
    assert isinstance(direction.type, Option)
    assert isinstance(resolve(direction.type.type), Enum)
    assert isinstance(resolve(origin.type.type), Record)
    merge = description.function("[static]counter.merge")
    assert isinstance(merge.params[0].type, Own)
    assert isinstance(merge.params[1].type, Borrow)
    seed = description.function("random").params[1]
    assert host_bytes(seed.type) == 32
    assert description.function("wasmcell:echo/echo@0.1.0#sum") is description.function("sum")
    items = [i.item for instance in description.core_instances for i in instance.imports]
    assert any(isinstance(i, Intrinsic) and i.operation == "new" for i in items)
    assert isinstance(description.function("sum").core.memory, Export)


def test_modules_can_be_pickled() -> None:
    echo = modules.get("echo")
    copy = pickle.loads(pickle.dumps(echo))
    assert [copy.sha256, copy.path] == [echo.sha256, echo.path]


def test_a_module_that_is_not_there() -> None:
    with pytest.raises(ModuleError, match="no module 'ecko'. Modules here: .*echo"):
        modules.get("ecko")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ModuleError, match=r"gone\.wasm cannot be read"):
        modules.load(tmp_path / "gone.wasm")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(ModuleError, match=r"bad\.wasm cannot be read"):
        modules.load(tmp_path / "bad.wasm")


def test_a_component_carries_its_description(tmp_path: Path) -> None:
    echo = modules.get("echo")
    alone = Path(shutil.copy(echo.path, tmp_path / "alone.wasm"))
    loaded = modules.load(alone)
    assert [loaded.name, loaded.sha256, loaded.path] == ["echo", echo.sha256, alone]
    assert loaded.description.types == echo.description.types
    assert loaded.description.core_instances == echo.description.core_instances
    made = pickle.loads(pickle.dumps(modules.from_bytes(echo.bytes)))
    assert [made.bytes, made.path] == [echo.bytes, None]


def test_components_that_carry_none() -> None:
    data = modules.get("echo").bytes
    for wrong, text in [
        (b"", "not a WebAssembly component"),
        (b"\0asm\1\0\0\0", "not a WebAssembly component"),
        (data[:8] + b"\x63\0", "carries no description, and none can be made"),
        (data[:-1], "cut off"),
        (data[:5000], "cut off"),
        (data[:8] + b"\0", "cut off"),
        (data[:8] + b"\0\x17\x12wasmcell:interface{{{{", "cannot be read"),
        (data[:8] + b"\0\x15\x12wasmcell:interface[]", "not a JSON object"),
    ]:
        with pytest.raises(ModuleError, match=text):
            modules.from_bytes(wrong)


def test_a_component_without_a_description_is_inspected(kernel: Engine, tmp_path: Path) -> None:
    echo = modules.get("echo")
    # The custom section is the last one: an id byte and the size in three bytes before its name's length.
    start = echo.bytes.index(b"\x12wasmcell:interface") - 4
    assert echo.bytes[start] == 0
    bare = modules.from_bytes(echo.bytes[:start])
    assert [bare.name, bare.version] == ["echo", "0.1.0"]
    assert bare.description.core_instances == echo.description.core_instances
    assert not any(function.docs for function in bare.description.functions.values())
    assert kernel.call(bare, "sum", [1, 2]) == kernel.call(echo, "sum", [1, 2])
    (tmp_path / "bare.wasm").write_bytes(echo.bytes[:start])
    assert modules.load(tmp_path / "bare.wasm").sha256 == hashlib.sha256(echo.bytes[:start]).hexdigest()


def test_a_file_that_was_not_described(tmp_path: Path) -> None:
    source = modules.get("echo").path
    shutil.copy(source.with_suffix(".json"), tmp_path / "echo.json")
    (tmp_path / "echo.wasm").write_bytes(source.read_bytes() + b"\0")
    with pytest.raises(ModuleError, match="not the file that"):
        _ = modules.load(tmp_path / "echo.wasm").bytes


def test_descriptions_that_are_not_right() -> None:
    data = json.loads(modules.get("echo").path.with_suffix(".json").read_text())
    with pytest.raises(ModuleError, match="version 2; this wasmcell reads version 1"):
        parse({**data, "wasmcell": 2})
    with pytest.raises(ModuleError, match="of 'echo' is damaged"):
        parse({**data, "types": [{**data["types"][0], "name": "x", "list": 99}]})
    with pytest.raises(ModuleError, match="damaged"):
        parse({k: v for k, v in data.items() if k != "core"})
    with pytest.raises(ModuleError, match="damaged"):
        parse({**data, "types": [{"name": "x", "interface": None, "docs": "", "sum": 1}]})
