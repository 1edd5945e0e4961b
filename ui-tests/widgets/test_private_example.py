"""examples/private.ipynb in a real page: the cells that need a person and a chosen file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nbformat
import pytest

from wasmcell import image

pytestmark = pytest.mark.ui

EXAMPLES = Path(__file__).parents[2] / "examples"
PHOTO = EXAMPLES / "media" / "photo.jpg"


def test_each_cell(jupyter, open_in):
    notebook = open_in(jupyter)
    cells = iter(
        cell.source
        for cell in nbformat.read(EXAMPLES / "private.ipynb", as_version=4).cells
        if cell.cell_type == "code"
    )
    notebook.choose(PHOTO, frame=notebook.show(next(cells), ".zone button"))
    assert notebook.run(next(cells)) == "<PrivateFile 'photo.jpg', image/jpeg, 2.8 MB>"
    notebook.show(next(cells), "figure img")
    expected = image.open(PHOTO).resize(width=640).encode("webp", quality=80).bytes()
    save = next(cells)
    download = notebook.download(lambda: notebook.run(save))
    assert download.suggested_filename == "small.webp"
    assert hashlib.sha256(download.path().read_bytes()).digest() == hashlib.sha256(expected).digest()
    assert "await" in notebook.run(next(cells))
    asks = notebook.start(next(cells))
    notebook.answer("Allow")
    assert notebook.finish(asks) == f"{len(expected)} bytes are here now"
    assert str(len(expected)) in notebook.run(next(cells))
    notebook.run(next(cells))
    notebook.frame(".wasmcell-Picture")
    assert next(cells, None) is None
