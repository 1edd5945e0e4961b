"""The tools that set up a checkout."""

import runpy
import subprocess
from pathlib import Path

import pytest

from wasmcell.engines import chromium
from wasmcell.errors import EngineUnavailableError

TOOLS = Path(__file__).parents[1] / "tools"


@pytest.fixture
def commands(monkeypatch):
    """The commands that were run; the first that installs brings a Chromium."""
    commands = []

    def run(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    def find():
        if any("install" in command for command in commands):
            return "/usr/bin/chromium"
        raise EngineUnavailableError("there is none")

    monkeypatch.delenv("WASMCELL_CHROMIUM", raising=False)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(chromium, "find", find)
    return commands


def test_a_chromium_is_installed_where_there_is_none(commands, capsys):
    main = runpy.run_path(str(TOOLS / "chromium.py"))["main"]
    assert main() == 0
    assert "/usr/bin/chromium" in capsys.readouterr().out
    count = len(commands)
    assert count > 0
    assert main() == 0
    assert len(commands) == count, "it is there by now"


def test_a_chromium_that_is_named_must_be_there(commands, capsys, monkeypatch):
    monkeypatch.setenv("WASMCELL_CHROMIUM", "/nowhere/chromium")
    assert runpy.run_path(str(TOOLS / "chromium.py"))["main"]() == 1
    assert "'/nowhere/chromium'" in capsys.readouterr().err
    assert commands == []
