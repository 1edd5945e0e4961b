"""What is left of widgets in saved notebooks and exports: pictures of the kernel's, and words on private ones."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image
from test_privacy import found

pytestmark = pytest.mark.ui

PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"
IMPORT = "import wasmcell; from wasmcell import image, widgets"
#: What needs no page, with the size of the picture that is seen.
KERNEL = {
    f"image.open({str(PHOTO)!r}).resize(width=100)": (100, 67),
    f"widgets.Workbench({str(PHOTO)!r}, '| image.resize width=60')": (60, 40),
    "widgets.Form('image.resize')": None,
}
#: Widgets that are saved are drawn by scripts from the web; this has the pictures that are saved, too.
OFFLINE = "--NbConvertBase.display_data_priority=['text/html', 'image/png', 'image/jpeg', 'text/plain']"


#: Turns on, and off, that JupyterLab saves widgets with notebooks.
SAVE_STATE = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A picture that is like no other: noise."""
    path = tmp_path_factory.mktemp("secret") / "secret.png"
    Image.frombytes("RGB", (96, 64), os.urandom(96 * 64 * 3)).save(path)
    return path


@pytest.fixture(scope="module")
def paged(plain_jupyter, open_in, secret):
    """A notebook that was worked on in a page, as it was saved."""
    notebook = open_in(plain_jupyter)
    notebook.run(IMPORT + "; f = wasmcell.pick()")
    notebook.pick(secret)
    for code in KERNEL:
        notebook.run(code)
    notebook.run("await image.open(f).resize(width=50).encode('png').arun()")
    notebook.run("widgets.Workbench(f, '| image.rotate 90')")
    notebook.run("widgets.Ledger()")
    notebook.frame(".wasmcell-Picture")
    notebook.pause(1000)
    for command in (SAVE_STATE, "docmanager:save", SAVE_STATE):
        notebook.page.evaluate(
            "command => jupyterapp.commands.execute(command).then(() => undefined)", command
        )
    name = notebook.page.url.rpartition("/")[2].partition("?")[0]
    return nbformat.read(plain_jupyter.root / name, 4)


@pytest.fixture(scope="module")
def executed():
    """A notebook that was executed without any page."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in (IMPORT, *KERNEL)])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    return notebook


def export(notebook, folder, *options):
    """As HTML, by nbconvert."""
    path = folder / "notebook.ipynb"
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", *options, str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path.with_suffix(".html")


def without_state(notebook):
    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    copy.metadata.pop("widgets")
    return copy


#: Each output's text, and the sizes of the pictures that are seen in it.
OUTPUTS = """() => Promise.all([...document.querySelectorAll('.jp-OutputArea-output')].map(async output => [
  output.innerText,
  await Promise.all([...output.querySelectorAll('img')].map(i => i.decode().then(() => [i.naturalWidth, i.naturalHeight])))
]))"""


@pytest.mark.parametrize("how", ["with state", "without state"])
@pytest.mark.parametrize("kind", ["paged", "executed"])
def test_exported(request, browser, tmp_path, secret, kind, how):
    notebook = request.getfixturevalue(kind)
    assert notebook.metadata.widgets
    html = (
        export(notebook, tmp_path, OFFLINE)
        if how == "with state"
        else export(without_state(notebook), tmp_path)
    )
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.goto(html.as_uri(), wait_until="domcontentloaded")
        outputs = page.evaluate(OUTPUTS)
    assert [size for _, sizes in outputs for size in sizes] == [[*size] for size in KERNEL.values() if size]
    assert all(text.strip() or sizes for text, sizes in outputs)
    said = "\n".join(text for text, _ in outputs)
    assert "<Form image.resize>" in said
    if kind == "paged":
        assert "secret.png: PNG 50 × 33 px" in said
        assert "secret.png, 18.6 kB, private. | image.rotate 90" in said
        assert "Choose private files" in said
        assert "is shown in a running notebook" in said
        assert found(secret.read_bytes(), html.read_bytes()) == []


def test_the_saved_notebook_has_no_pixels(paged, secret):
    out = io.BytesIO()
    with Image.open(secret) as picture:
        picture.rotate(-90, expand=True).save(out, "png")
        pixels = picture.tobytes()
    saved = nbformat.writes(paged).encode()
    assert b"secret.png" in saved
    assert found(secret.read_bytes(), saved) == found(pixels, saved) == []


def test_opened_again(jupyter, open_in):
    """By somebody who trusts it, in JupyterLab with the extension, with a kernel that knows nothing of it."""
    notebook = open_in(jupyter)
    notebook.run(IMPORT)
    for code in KERNEL:
        notebook.run(code)
    notebook.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => undefined)")
    notebook.page.evaluate("jupyterapp.serviceManager.sessions.shutdownAll()")
    notebook.page.reload()
    notebook.wait()
    notebook.page.wait_for_selector("text=<Form image.resize>")
    sizes = [size for _, sizes in notebook.page.evaluate(OUTPUTS) for size in sizes]
    assert sizes == [[*size] for size in KERNEL.values() if size]
