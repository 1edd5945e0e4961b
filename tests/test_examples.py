"""The example notebooks run as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbclient
import nbformat
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.ipynb")))
def test_runs(name, tmp_path):
    shutil.copytree(EXAMPLES / "media", tmp_path / "media")
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "examples are kept without outputs"
    resources = {"metadata": {"path": str(tmp_path)}}
    # Fails with the cell and its error.
    nbclient.NotebookClient(notebook, timeout=120, resources=resources, kernel_name="python3").execute()
    assert any(cell.get("outputs") for cell in notebook.cells)
