"""The example notebook, cell for cell, in a real kernel."""

import base64
import io
import json
from pathlib import Path

import pytest
from PIL import Image as Pillow

from tests.magics.conftest import kernel_manager

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = pytest.mark.filterwarnings(
    # What jupyter_client and ipykernel leave open or call by old names is not ours to mend.
    "ignore::DeprecationWarning",
    "ignore::ResourceWarning",
    "ignore::UserWarning",
)


@pytest.fixture(scope="module")
def cells():
    """The code cells by their first line, executed."""
    notebook = nbformat.read(EXAMPLES / "magics.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "the example is stored without outputs"
    manager = kernel_manager()
    client = nbclient.NotebookClient(
        notebook, km=manager, timeout=120, resources={"metadata": {"path": str(EXAMPLES)}}
    )
    try:
        client.execute()
    finally:
        client.kc.stop_channels()
        manager.shutdown_kernel(now=True)
    return {cell.source.split("\n")[0]: cell for cell in notebook.cells if cell.cell_type == "code"}


def shown(cell, mime):
    """What a cell shows of one type."""
    return [output.data[mime] for output in cell.outputs if "data" in output and mime in output.data]


def test_pictures_show_themselves(cells):
    first = cells["%wasm media/photo.jpg | image.resize width=480 | image.encode webp quality=80"]
    (data,) = shown(first, "image/jpeg")
    with Pillow.open(EXAMPLES / "media" / "photo.jpg") as photo:
        height = round(480 * photo.height / photo.width)
    assert Pillow.open(io.BytesIO(base64.b64decode(data))).size == (480, height)


def test_parity_is_shown_and_the_result_kept(cells):
    cell = cells["%%wasm -o thumb --time --parity"]
    (table,) = shown(cell, "text/html")
    assert "<td" in table
    assert "kernel" in table
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    assert printed.startswith("media/photo.jpg: ")
    assert shown(cells["info.width, info.height"], "text/plain") == ["(320, 320)"]


def test_expressions_and_many(cells):
    (data,) = shown(cells["side = 64"], "image/png")
    assert Pillow.open(io.BytesIO(base64.b64decode(data))).size == (128, 128)
    assert shown(cells["from pathlib import Path"], "text/plain")[-1] == "['example.webp', 'photo.webp']"
    (stored,) = shown(
        cells["%wasm --json media/photo.jpg | image.resize width={side} | image.encode webp"], "text/plain"
    )
    assert json.loads(stored)["steps"][0] == {"operation": "image.resize", "options": {"width": 64}}
