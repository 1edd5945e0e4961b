"""The cache of compiled modules: several processes, damage, and directories that are not safe."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from wasmcell import modules
from wasmcell.engines import cache, wasmtime
from wasmcell.engines.kernel import Kernel


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WASMCELL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def call() -> int:
    """A call by an engine and a module that know nothing yet."""
    echo = modules.load(modules.get("echo").path)
    with Kernel() as engine:
        return engine.call(echo, "sum", b"\1\2\3")


def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the core modules that get compiled from now on."""
    sizes: list[int] = []
    core = type(wasmtime.make())
    translate = core.translate
    monkeypatch.setattr(
        core, "translate", lambda self, wasm: sizes.append(len(wasm)) or translate(self, wasm)
    )
    return sizes


def entries(directory: Path) -> list[Path]:
    return sorted(p for p in directory.glob("compiled/*/*"))


def test_a_module_is_compiled_once(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = compiled(monkeypatch)
    assert call() == 6
    assert len(sizes) == len(modules.get("echo").description.core_modules) == len(entries(directory))
    assert call() == 6
    assert len(sizes) == len(entries(directory))


def test_an_engine_with_other_settings_shares_nothing(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call()
    before = entries(directory)
    monkeypatch.setitem(wasmtime.SETTINGS, "wasm_tail_call", False)
    sizes = compiled(monkeypatch)
    assert call() == 6
    assert len(sizes) == len(before)
    assert len(entries(directory)) == 2 * len(before)


@pytest.mark.parametrize("damage", [b"", b"\0", None], ids=["cut", "overwritten", "one bit"])
def test_a_damaged_entry_is_compiled_again(
    directory: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    call()
    for file in entries(directory):
        data = bytearray(file.read_bytes())
        if damage is None:
            data[len(data) // 2] ^= 1
        file.write_bytes(data[: len(data) // 2] if damage == b"" else damage * len(data) if damage else data)
    sizes = compiled(monkeypatch)
    assert call() == 6
    assert len(sizes) == len(entries(directory))


def test_an_entry_that_wasmtime_refuses_is_compiled_again(directory: Path) -> None:
    call()
    for file in entries(directory):
        file.unlink()
        cache.store(file.parent.name, b"whole, but not what wasmtime wrote")
    assert call() == 6
    assert all(file.stat().st_size > 1000 for file in entries(directory))


def test_several_processes_at_once(directory: Path) -> None:
    script = (
        "from wasmcell import engines, modules\n"
        "print(engines.get('kernel').call(modules.get('echo'), 'sum', b'\\1\\2\\3'))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=300) for process in running]
    assert answers == [("6\n", "")] * 4
    assert len(entries(directory)) == len(modules.get("echo").description.core_modules)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_a_directory_that_others_may_write_to_is_not_used(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call()
    (directory / "compiled").chmod(0o777)
    sizes = compiled(monkeypatch)
    with pytest.warns(RuntimeWarning, match="others may write to it.*WASMCELL_CACHE_DIR"):
        assert call() == 6
    assert sizes


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_entries_are_for_this_user_alone(directory: Path) -> None:
    call()
    assert stat.S_IMODE((directory / "compiled").stat().st_mode) == 0o700
    for file in entries(directory):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.chmod(0o666)
        assert cache.find(file.parent.name) is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("WASMCELL_CACHE_DIR", str(tmp_path / "file"))
    assert call() == 6


def test_what_is_old_is_removed_when_something_is_written(directory: Path) -> None:
    call()
    old = entries(directory)[0].parent
    os.utime(old, (0, 0))
    cache.store("0" * 64, b"new")
    assert not old.exists()
    assert cache.find("0" * 64) is not None
