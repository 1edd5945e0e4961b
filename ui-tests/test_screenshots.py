"""The README's pictures: made here in a real JupyterLab, and compared with those in docs/.

`pytest ui-tests/test_screenshots.py --update-screenshots` renews them.
"""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from papers import Paper, line, pdf
from PIL import Image
from playwright.sync_api import expect
from widgets.conftest import open_notebook

pytestmark = pytest.mark.ui

ROOT = Path(__file__).parents[1]
PHOTO = ROOT / "examples" / "media" / "photo.jpg"
#: What a picture in the README may weigh, in bytes.
LARGEST = 80_000
#: Pictures are compared as so many cells across and down: letters are gone then, whatever their font; parts are not.
GRID = (24, 16)
#: The most that a cell of two pictures of the same may differ, of 255.
BOUND = 24

HIDE = """([part, hidden]) => document.querySelectorAll(part).forEach(
  element => element.style.visibility = hidden ? 'hidden' : '')"""
UNDRESS = """() => {
  for (const sheet of document.styleSheets)
    sheet.disabled ||= [...sheet.cssRules].some(rule => rule.selectorText?.includes('wasmcell-'));
}"""


def difference(one, other):
    """How much two pictures differ, where they differ most."""
    one, other = (
        np.asarray(image.convert("RGB").resize(GRID, Image.Resampling.BOX), float) for image in (one, other)
    )
    return np.abs(one - other).mean(axis=2).max()


class Scene:
    """What of a page makes a picture."""

    def __init__(self, page, clip, part, *, dressed=True):
        self.page = page
        #: The elements that the picture shows: from the first to the last.
        self.clip = clip
        #: What it is about, as a selector.
        self.part = part
        #: Whether wasmcell's style sheet has a say in it.
        self.dressed = dressed

    def faults(self):
        """Pictures that nobody would want to see."""
        taken = self.take()
        yield "blank", Image.new("RGB", taken.size, taken.getpixel((2, 2)))
        self.page.evaluate(HIDE, [self.part, True])
        yield "without the part", self.take()
        self.page.evaluate(HIDE, [self.part, False])
        if self.dressed:
            self.page.evaluate(UNDRESS)
            yield "unstyled", self.take()

    def take(self):
        """The picture."""
        self.page.mouse.move(0, 0)
        boxes = [element.bounding_box() for element in self.clip.all()]
        left, top = (min(box[side] for box in boxes) for side in "xy")
        width = max(box["x"] + box["width"] for box in boxes) - left
        height = max(box["y"] + box["height"] for box in boxes) - top
        clip = {"x": left, "y": top, "width": width, "height": height}
        data = self.page.screenshot(clip=clip, animations="disabled", caret="hide")
        return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.fixture
def page(browser):
    """A page of the pictures' size."""
    with browser.new_context(viewport={"width": 960, "height": 600}) as context:
        page = context.new_page()
        page.set_default_timeout(60_000)
        yield page


@pytest.fixture
def folder(jupyter):
    """A folder with photographs, as in the examples."""
    folder = jupyter.root / "media"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PHOTO.parent, folder)
    return folder


def open_lab(page, jupyter, folder):
    page.goto(jupyter.address("lab") + "&reset")
    page.wait_for_selector(".jp-DirListing-content")
    execute(page, "filebrowser:go-to-path", {"path": folder.name, "dontShowBrowser": True})


def execute(page, command, args=None):
    """A command of JupyterLab, whatever it gives."""
    page.evaluate(
        "([name, args]) => jupyterapp.commands.execute(name, args).then(() => undefined)",
        [command, args or {}],
    )


def item(page, name):
    return page.locator(".jp-DirListing-item", has_text=name)


def files_scene(page, jupyter, folder):
    open_lab(page, jupyter, folder)
    item(page, "photo.jpg").click(button="right")
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Image$")).hover()
    page.locator(".lm-Menu-itemLabel", has_text="Convert…").click()
    dialog = page.locator(".jp-Dialog-content")
    expect(dialog.locator("output")).to_have_text("Result: photo.webp")
    return Scene(page, dialog, ".wasmcell-Dialog")


def workbench_scene(page, jupyter, folder):
    open_lab(page, jupyter, folder)
    execute(page, "docmanager:open", {"path": "media/photo.jpg", "factory": "wasmcell"})
    bench = page.locator(".wasmcell-Workbench")
    bench.wait_for()
    execute(page, "application:toggle-left-area")
    for name in ("grayscale", "contrast"):
        bench.get_by_label("Step to add").select_option(name)
        bench.get_by_role("button", name="Add", exact=True).click()
    bench.locator(".wasmcell-Step-body:visible").get_by_label("Factor").fill("1.4")
    status = bench.locator(".wasmcell-Workbench-status")
    expect(status).to_contain_text(re.compile(r"→.*JPEG · "), timeout=60_000)
    return Scene(page, bench, ".wasmcell-Picture")


def reader_scene(page, jupyter, folder):
    chapters = ["The harbour", "Winds and tides", "A chart of the coast", "What the pilots knew"]
    text = [
        "Those who sail along a coast know it by its lights, and by what",
        "the lead brings up. A chart says where the shoals are; the pilot",
        "says when. In the harbour of our town there were nine pilots, and",
        "each had a chart of his own, drawn in the winter, when no ship",
        "came in. No two of these charts were the same.",
    ]
    papers = [
        Paper(
            f"0.1 0.2 0.35 rg 0 410 400 90 re f 1 g {line(title, 50, 440, 20)} 0 g "
            + "".join(line(one, 50, 380 - 14 * (at // 5) - 14 * at, 8) for at, one in enumerate(text * 3))
        )
        for title in chapters
    ]
    first = 3 + 2 * len(papers)
    entries = [
        f"<< /Title ({title}) /Parent {first} 0 R /Dest [{3 + 2 * at} 0 R /Fit] "
        f"{f'/Next {first + at + 2} 0 R' if at + 1 < len(chapters) else ''} >>"
        for at, title in enumerate(chapters)
    ]
    root = f"<< /Type /Outlines /First {first + 1} 0 R /Last {first + len(chapters)} 0 R /Count {len(chapters)} >>"
    (folder / "pilots.pdf").write_bytes(pdf(*papers, catalog=f"/Outlines {first} 0 R", more=(root, *entries)))
    open_lab(page, jupyter, folder)
    execute(page, "docmanager:open", {"path": "media/pilots.pdf", "factory": "wasmcell-pdf"})
    reader = page.locator(".wasmcell-Reader")
    reader.wait_for()
    execute(page, "application:toggle-left-area")
    reader.get_by_role("tab", name="Outline").click()
    reader.locator(".wasmcell-Reader-pages").press("Control+f")
    reader.get_by_label("Find in the document").fill("chart")
    expect(reader.locator(".wasmcell-Find-told")).to_have_text(re.compile(r"^1 of \d+$"))
    page.wait_for_timeout(1000)
    return Scene(page, reader, ".wasmcell-Reader-pages")


#: A notebook's cells, but not the empty one at its end.
CELLS = ".jp-Notebook .jp-Cell:not(:last-child)"


def open_cells(page, jupyter, folder, name, height):
    page.set_viewport_size({"width": 920, "height": height})
    return open_notebook(page, jupyter, f"{folder.name}/{name}")


def private_scene(page, jupyter, folder):
    notebook = open_cells(page, jupyter, folder, "private.ipynb", 1200)
    zone = notebook.show(
        "import wasmcell\nfrom wasmcell import image\n\nfiles = wasmcell.pick()\nfiles", ".zone button"
    )
    notebook.choose(PHOTO, frame=zone)
    notebook.show(
        "[photo] = await files.chosen()\nawait image.open(photo).resize(width=320).encode('webp').arun()",
        "figure img",
    )
    notebook.run("wasmcell.widgets.Ledger()")
    page.locator(".wasmcell-ledger tbody tr").first.wait_for()
    zone.wait_for_selector("canvas")
    return Scene(page, page.locator(CELLS), ".wasmcell-view")


def magic_scene(page, jupyter, folder):
    notebook = open_cells(page, jupyter, folder, "magic.ipynb", 900)
    notebook.run("%load_ext wasmcell")
    notebook.run(
        "%%wasm\nphoto.jpg\n| image.resize width=360\n| image.sharpen 0.6   # one step a line\n"
        "| image.encode webp quality=80"
    )
    page.locator(".jp-OutputArea img").wait_for()
    return Scene(page, page.locator(CELLS), ".jp-OutputArea-output", dressed=False)


def panel_scene(page, jupyter, folder):
    page.set_viewport_size({"width": 960, "height": 860})
    open_lab(page, jupyter, folder)
    execute(page, "wasmcell:show-panel")
    for command, name in (("convert", "photo.jpg"), ("resize", "example.png")):
        item(page, name).click()
        page.evaluate("name => void jupyterapp.commands.execute(name)", f"wasmcell:{command}")
        if command == "resize":
            page.locator(".jp-Dialog").get_by_label("Width").fill("640")
        page.locator(".jp-Dialog .jp-mod-accept").click()
        expect(page.locator(".jp-toast-message", has_text="saved")).to_be_visible(timeout=60_000)
        page.get_by_title("Hide notification").first.click()
        expect(page.locator(".jp-toast-message")).to_have_count(0)
    expect(page.locator(".wasmcell-workers")).to_contain_text("idle")
    return Scene(page, page.locator("#wasmcell-panel"), ".wasmcell-Panel-section > *")


SCENES = {
    "convert": files_scene,
    "workbench": workbench_scene,
    "reader": reader_scene,
    "private": private_scene,
    "magic": magic_scene,
    "panel": panel_scene,
}


@pytest.mark.parametrize("name", SCENES)
def test_looks_as_it_did(page, jupyter, folder, name, request):
    path = ROOT / "docs" / f"{name}.webp"
    scene = SCENES[name](page, jupyter, folder)
    taken = scene.take()
    if request.config.getoption("update_screenshots"):
        taken.save(path, quality=82, method=6)
    assert path.stat().st_size <= LARGEST
    kept = Image.open(path)
    assert difference(taken, kept) < BOUND
    # The bound means something only if what must not pass does not.
    for fault, spoiled in scene.faults():
        assert difference(spoiled, kept) > BOUND, fault
