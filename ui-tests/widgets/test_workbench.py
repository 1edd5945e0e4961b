"""The workbench in a notebook: a pipeline that page and kernel both edit, on pictures of the kernel's and private ones."""

from __future__ import annotations

import hashlib
import os
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from test_privacy import found, record

from wasmcell import image
from wasmcell.pipeline import Pipeline

pytestmark = pytest.mark.ui

expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def secret():
    """A picture that is like no other: noise."""
    return Image.frombytes("RGB", (96, 64), os.urandom(96 * 64 * 3))


@pytest.fixture(scope="module")
def opened(plain_jupyter, open_in):
    """One notebook for all, without the extension: the kernel sends all that is needed."""
    notebook = open_in(plain_jupyter)
    x, y = np.meshgrid(np.arange(120), np.arange(80))
    pixels = np.stack([x * 2, y * 3, (x + y) % 256], axis=-1).astype(np.uint8)
    Image.fromarray(pixels).save(plain_jupyter.root / "photo.png")
    notebook.run(
        "import wasmcell; from wasmcell import image, widgets; from wasmcell.widgets import Form, Workbench"
    )
    return notebook


class Bench:
    """The workbench that was shown last."""

    def __init__(self, notebook):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".wasmcell-Workbench").last
        self.status = self.root.locator(".wasmcell-Workbench-status")
        self.names = self.root.locator(".wasmcell-Step-title")

    def add(self, name):
        self.root.get_by_label("Step to add").select_option(name)
        self.root.get_by_role("button", name="Add", exact=True).click()

    def field(self, name):
        return self.root.locator(".wasmcell-Step-body:visible").get_by_label(name)

    def shows(self, width, height):
        """Waits for a result of that size, and its file."""
        expect(self.status).to_contain_text(re.compile(rf"→.*{width} × {height} px · [A-Z]+ · [\d.]+ k?B"))

    def download(self):
        """The file that a person gets."""
        download = self.notebook.download(self.root.get_by_role("button", name="Download").click)
        return download.suggested_filename, download.path().read_bytes()


def show(notebook, code):
    """Show a new workbench."""
    notebook.run(f"w = {code}")
    index = notebook.start("w")
    notebook.finish(index)
    bench = Bench(notebook)
    return bench, notebook.outputs(index)[0]["data"]


def until(notebook, code, value):
    """Wait until the kernel knows."""
    for _ in range(50):
        if (told := notebook.run(code)) == value:
            return
        notebook.page.wait_for_timeout(50)
    assert told == value


def test_a_pipeline_for_both_ends(opened, plain_jupyter):
    bench, shown = show(opened, "Workbench('photo.png', '| image.resize width=60')")
    bench.shows(60, 40)
    bench.add("flip")
    until(opened, "print(w.pipeline)", "| image.resize width=60 | image.flip horizontal")
    bench.root.get_by_label("Apply Resize").uncheck()
    until(opened, "print(w.pipeline)", "| image.flip horizontal")
    # What the kernel says replaces what is there, and can be undone.
    opened.run("w.pipeline = image.pipeline().rotate(90).encode('webp', lossless=True)")
    expect(bench.names).to_have_text(["Rotate"])
    expect(bench.root.get_by_label("Format")).to_have_value("webp")
    bench.shows(80, 120)
    bench.root.get_by_title("Undo (Ctrl Z)").click()
    expect(bench.names).to_have_text(["Resize", "Flip"])
    bench.root.get_by_title("Redo (Ctrl Shift Z)").click()
    until(opened, "print(w.pipeline)", "| image.rotate 90 | image.encode webp lossless=true")
    # The same file everywhere.
    expected = image.open(plain_jupyter.root / "photo.png").rotate(90).encode("webp", lossless=True).bytes()
    name, file = bench.download()
    assert (name, file) == ("photo.webp", expected)
    assert opened.run("import hashlib; hashlib.sha256(w.run().bytes).hexdigest()") == repr(
        hashlib.sha256(expected).hexdigest()
    )
    assert opened.run("(await w.arun()).bytes == w.run().bytes") == "True"
    assert (
        opened.run("print(repr(w.image))")
        == "<Image photo.png | image.rotate 90 | image.encode webp lossless=true>"
    )
    assert '<img src="data:image/jpeg;base64,' in shown["text/html"]
    assert "image.resize width=60" in shown["text/html"]
    assert shown["text/plain"] == "<Workbench photo.png | image.resize width=60>"


def test_is_observed_and_refuses_what_is_none(opened):
    show(opened, "Workbench('photo.png')")
    opened.run("heard = []; w.observe(lambda change: heard.append(str(change.new)), 'pipeline')")
    bench = Bench(opened)
    bench.add("grayscale")
    until(opened, "print(heard)", "['| image.grayscale']")
    assert opened.run("w.pipeline = '| image.probe'").startswith(
        "InvalidArgumentError: pipeline: the workbench makes"
    )
    assert opened.run("w.pipeline = 5").startswith(
        "InvalidArgumentError: pipeline must be a Pipeline or its text, not int"
    )
    assert opened.run("w.pipeline = '| image.resise'").startswith(
        "PipelineError: There is no operation image.resise"
    )
    assert opened.run("print(w.pipeline)") == "| image.grayscale"


def test_bytes_cross_once_a_page(opened, plain_jupyter):
    bench, _ = show(opened, "Workbench(image.open('photo.png').resize(width=30))")
    bench.shows(30, 20)
    bench.add("flip")
    opened.run("w")
    Bench(opened).shows(30, 20)
    size = (plain_jupyter.root / "photo.png").stat().st_size
    crossed = (
        "print([(c.source, c.target, c.bytes) for c in wasmcell.ledger() if c.what == 'photo.png'][-2:])"
    )
    until(opened, "print(w.pipeline)", "| image.resize width=30 | image.flip horizontal")
    before = opened.run(crossed)
    assert f"('kernel', 'page', {size})" in before
    opened.run("w")
    Bench(opened).shows(30, 20)
    assert opened.run(crossed) == before


def test_arrays_and_what_is_no_picture(opened):
    bench, _ = show(
        opened, "Workbench(__import__('numpy').zeros((40, 60, 3), 'uint8'), '| image.pad left=10')"
    )
    bench.shows(70, 40)
    assert bench.download()[0].endswith(".png")
    bench, shown = show(opened, "Workbench(b'no picture')")
    expect(bench.root.get_by_role("alert")).to_contain_text("not a picture")
    assert "10 bytes" in shown["text/html"]


def test_keys_are_its_own_while_it_has_the_focus(opened):
    bench, _ = show(opened, "Workbench('photo.png', '| image.grayscale')")
    bench.shows(120, 80)
    cells = "() => [panel.content.widgets.length, panel.content.activeCellIndex]"
    bench.root.get_by_role("slider").focus()
    before = opened.page.evaluate(cells)
    for key in ("x", "a", "ArrowUp", "Enter", "Control+z"):
        opened.page.keyboard.press(key)
    assert opened.page.evaluate(cells) == before
    opened.page.evaluate("panel.context.model.dirty = true")
    opened.page.keyboard.press("Control+s")
    opened.page.wait_for_function("!panel.context.model.dirty")


@pytest.fixture(scope="module")
def private(plain_jupyter, open_in, secret, tmp_path_factory):
    """A workbench on a private picture, its traffic recorded from the start."""
    path = tmp_path_factory.mktemp("secret") / "secret.png"
    secret.save(path)
    notebook = open_in(plain_jupyter)
    traffic = record(notebook)
    notebook.run(
        "import wasmcell; from wasmcell import image; from wasmcell.widgets import Workbench; f = wasmcell.pick()"
    )
    notebook.pick(path)
    bench, shown = show(notebook, "Workbench(f, '| image.flip horizontal')")
    return notebook, bench, shown, traffic, path


#: What the frame of the vault shows, red, green and blue.
PIXELS = """side => {
  const canvas = document.querySelector(`[data-side=${side}] > canvas`);
  const { width, height } = canvas;
  return [width, height, ...canvas.getContext('2d').getImageData(0, 0, width, height).data];
}"""


def seen(notebook, side):
    width, height, *data = notebook.frame(".wasmcell-Picture").evaluate(PIXELS, side)
    return np.array(data, np.uint8).reshape(height, width, 4)[:, :, :3]


def test_a_private_picture_is_drawn_in_the_vault(private, secret):
    notebook, bench, shown, _, path = private
    bench.shows(96, 64)
    assert np.array_equal(seen(notebook, "before"), np.asarray(secret))
    assert np.array_equal(seen(notebook, "after"), np.asarray(secret)[:, ::-1])
    bench.add("rotate")
    bench.field("Degrees").select_option("180")
    until(notebook, "print(w.pipeline)", "| image.flip horizontal | image.rotate 180")
    bench.shows(96, 64)
    assert np.array_equal(seen(notebook, "after"), np.asarray(secret)[::-1])
    notebook.run("w.pipeline = '| image.resize width=48 filter=box | image.encode webp lossless=true'")
    bench.shows(48, 32)
    name, file = bench.download()
    steps = Pipeline.parse("| image.resize width=48 filter=box | image.encode webp lossless=true")
    assert (name, file) == ("secret.webp", image.open(path).then(steps).bytes())
    made = notebook.download(lambda: notebook.run("await (await w.arun()).download()"))
    assert made.path().read_bytes() == file
    assert notebook.run("w.run()").startswith("BlockingError: ")
    assert "<img" not in shown["text/html"]
    assert "secret.png, " in shown["text/html"]


def test_the_history_by_keys_inside_its_frame(private):
    """The frame has the keyboard; the steps are the page's."""
    notebook, bench, *_ = private
    notebook.run("w.pipeline = '| image.rotate 180'")
    bench.shows(96, 64)
    bench.add("flip")
    expect(bench.names).to_have_count(2)
    divider = notebook.frame(".wasmcell-Picture").locator(".wasmcell-Picture-divider")
    divider.press("Control+z")
    expect(bench.names).to_have_count(1)
    divider.press("Control+Shift+z")
    expect(bench.names).to_have_count(2)
    divider.press("Control+z")
    expect(bench.names).to_have_count(1)
    divider.press("Control+y")
    expect(bench.names).to_have_count(2)
    until(notebook, "len(w.pipeline.steps)", "2")


def test_a_view_that_is_moved_shows_the_same(private):
    """A frame that is moved in the document starts anew."""
    notebook, bench, *_ = private
    notebook.run("w.pipeline = '| image.rotate 180'")
    bench.shows(96, 64)
    before = seen(notebook, "after")
    notebook.page.evaluate("""() => {
      const view = document.querySelector('.wasmcell-picture');
      const place = view.parentElement;
      document.body.append(view);
      place.append(view);
    }""")
    notebook.page.wait_for_timeout(300)
    for _ in range(50):
        if np.array_equal(seen(notebook, "after"), before):
            return
        notebook.page.wait_for_timeout(100)
    raise AssertionError


def test_no_pixel_of_it_leaves(private, secret, plain_jupyter):
    """After all that was done above."""
    notebook, bench, _, traffic, path = private
    bench.shows(96, 64)
    notebook.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => undefined)")
    pixels, turned = np.asarray(secret).tobytes(), np.asarray(secret)[:, ::-1].tobytes()
    for data in (path.read_bytes(), pixels, turned):
        assert traffic.has(data) == []
    assert [url for url in traffic.urls if not url.startswith(plain_jupyter.url)] == []
    name = notebook.page.url.rpartition("/")[2].partition("?")[0]
    saved = (plain_jupyter.root / name).read_bytes()
    assert found(path.read_bytes(), saved) == found(pixels, saved) == []
    # A script of the page knows references to pixels, and gets nothing for them.
    got = notebook.page.evaluate("""async () => {
      const bridge = await globalThis[Symbol.for('wasmcell.bridge')].bridge();
      const got = [];
      for (let number = 1; number < 60; number++) {
        const file = { $file: number, name: 'x', size: 64, type: '' };
        await bridge.read(file, 0, 64).then(bytes => got.push(bytes.length), () => undefined);
      }
      return got;
    }""")
    assert got == []


def test_a_reloaded_page_says_so(private):
    notebook, *_ = private
    notebook.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => undefined)")
    notebook.page.reload()
    notebook.wait()
    notebook.run("w")
    expect(
        notebook.page.get_by_text("secret.png was in a page that was closed or reloaded since").last
    ).to_be_visible()


def test_a_form_for_both_ends(opened):
    opened.run("g = Form(image.Image.resize)")
    opened.run("g")
    form = opened.page.locator(".wasmcell-Forms").last
    form.get_by_label("Width").fill("320")
    until(opened, "g.values", "{'width': 320}")
    form.get_by_label("Width").fill("70000")
    expect(form.get_by_text("This must be an integer from 1 to 65535 px.")).to_be_visible()
    form.get_by_label("Fit").select_option("cover")
    form.get_by_label("Width").fill("321")
    until(opened, "print(g.pipeline)", "| image.resize width=321 fit=cover")
    opened.run("g.values = {'height': 10, 'enlarge': False}")
    expect(form.get_by_label("Height")).to_have_value("10")
    expect(form.get_by_label("Width")).to_have_value("")
    expect(form.get_by_label("Enlarge")).not_to_be_checked()
    assert opened.run("g.step == image.pipeline().resize(height=10, enlarge=False).steps[0]") == "True"


def test_a_form_of_a_pipeline(opened):
    opened.run("g = Form(image.pipeline().blur(2).encode('jpeg', quality=50))")
    opened.run("g")
    form = opened.page.locator(".wasmcell-Forms").last
    expect(form.locator("legend")).to_have_text(["Blur", "Encode jpeg"])
    form.get_by_label("Quality").fill("60")
    until(opened, "print(g.pipeline)", "| image.blur 2 | image.encode jpeg quality=60")
    until(opened, "g.values", "({'sigma': 2.0}, {'quality': 60})")
