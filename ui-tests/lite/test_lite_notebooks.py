"""The example notebooks run on the site as they are, and what they make has a server's bytes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from test_private_example import test_each_cell  # noqa: F401

from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.run import run

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("WASMCELL_SHARED", ROOT.parent / "shared")) / "corpus"
#: Files of a folder of the corpus that are looked at, and their largest size: they are written into a cell.
COUNT, LARGEST = 8, 100_000


@pytest.fixture
def jupyter():
    """What `test_each_cell` opens a notebook on: here it is the site, always."""


@pytest.fixture
def open_in(opened):
    return lambda _: opened()


@pytest.mark.parametrize("name", ["magics", "pictures", "workbench"])
def test_runs_to_the_end(opened, name):
    notebook = opened(f"{name}.ipynb")
    ran = notebook.page.evaluate(
        "() => jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)"
    )
    assert ran
    cells = notebook.page.evaluate(
        """() => panel.content.widgets.filter(cell => cell.model.type === 'code')
          .map(cell => [cell.model.executionCount, cell.model.outputs.toJSON()])"""
    )
    assert [count for count, _ in cells] == list(range(1, len(cells) + 1))
    outputs = [output for _, some in cells for output in some]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    notebook.page.screenshot(path=ROOT / "build" / "lite" / f"{name}.png")


@pytest.fixture(scope="module")
def notebook(opened):
    notebook = opened()
    notebook.run(
        "import hashlib; from wasmcell.pipeline import Pipeline; from wasmcell.pipeline.run import run"
    )
    return notebook


def same(notebook, pipeline, path, inside=None):
    """Whether the site gives what the kernel of a server gives: the same bytes, or the same error."""
    code = (
        f"try: print(hashlib.sha256(run(Pipeline.parse({pipeline!r}), {inside or notebook.reach(path)!r}).bytes).hexdigest())\n"
        "except Exception as error: print(type(error).__name__)"
    )
    try:
        expected = hashlib.sha256(run(Pipeline.parse(pipeline), path).bytes).hexdigest()
    except Exception as error:
        expected = type(error).__name__
    assert notebook.run(code) == expected, path


@pytest.mark.parametrize("name", ["photo.jpg", "example.png"])
@pytest.mark.parametrize("output", ["webp quality=80", "jpeg quality=70", "png"])
def test_samples_have_the_same_bytes(notebook, name, output):
    path = ROOT / "examples" / "media" / name
    same(
        notebook,
        f"| image.resize width=320 | image.sharpen 0.6 | image.encode {output}",
        path,
        f"media/{name}",
    )


@pytest.mark.parametrize(
    ("folder", "pipeline"),
    [
        ("image/ok", "| image.resize width=64 | image.encode png"),
        ("image/bad", "| image.encode png"),
        ("pdf/ok", "| pdf.render page=1 dpi=40 | image.encode png"),
        ("pdf/ok", "| pdf.compress"),
    ],
)
def test_a_corpus_has_the_same_bytes(notebook, folder, pipeline):
    found = sorted(
        path for path in (CORPUS / folder).rglob("*") if path.is_file() and path.stat().st_size < LARGEST
    )
    if not found:
        pytest.skip(f"there is no corpus at {CORPUS}: set WASMCELL_SHARED to the folder that holds it")
    for path in found[:: max(1, len(found) // COUNT)]:
        same(notebook, pipeline, path)
