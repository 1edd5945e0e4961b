"""The reader as a document: it needs no kernel."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from axe import violations
from papers import Paper, line, pdf
from playwright.sync_api import expect

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
ENCRYPTED = Path(__file__).parents[2] / "wasm" / "pdf" / "tests" / "data" / "aes-256.pdf"

#: Pages of different sizes, one of them turned, the first two numbered i and ii; page 3 has a link to page 40.
COUNT = 40
LINK = (
    "/Annots [<< /Type /Annot /Subtype /Link /Rect [40 340 100 360] /Border [0 0 0] /Dest [81 0 R /Fit] >>]"
)
RED = "1 0 0 rg 100 100 50 80 re f "
PAPERS = [
    Paper(line("needle first", 50, 450, 20) + line("second line", 50, 420, 20) + RED),
    Paper(line("nothing here", 50, 450), 500, 300),
    Paper(line("to the end", 50, 450), entries=LINK),
    Paper(line("turned needle", 50, 450), entries="/Rotate 90"),
    *[Paper(line(f"page {number}", 50, 450)) for number in range(5, COUNT)],
    Paper(line("needle last", 50, 450) + line("lost", 50, 400, font="X")),
]
LABELS = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D /St 3 >>] >>"
OUTLINE = "/Outlines 83 0 R"
ENTRIES = (
    "<< /Type /Outlines /First 84 0 R /Last 86 0 R /Count 2 >>",
    "<< /Title (Beginning) /Parent 83 0 R /Dest [3 0 R /Fit] /Next 86 0 R /First 85 0 R /Last 85 0 R /Count -1 >>",
    "<< /Title (Within) /Parent 84 0 R /Dest [7 0 R /Fit] >>",
    "<< /Title (End) /Parent 83 0 R /Dest [81 0 R /Fit] /Prev 84 0 R >>",
)


class Reader:
    """A reader that is open."""

    def __init__(self, files):
        self.files = files
        self.page = files.page
        self.root = files.page.locator(".wasmcell-Reader:visible")
        self.pages = self.root.locator(".wasmcell-Reader-pages")
        self.sheets = self.root.locator(".wasmcell-Sheet")
        self.number = self.root.get_by_label("Page", exact=True)
        self.count = self.root.locator(".wasmcell-Reader-count")
        self.zoom = self.root.get_by_label("Zoom", exact=True)
        self.message = self.root.locator(".wasmcell-Reader-message")
        self.told = self.root.locator(".wasmcell-Find-told")
        self.marks = self.root.locator(".wasmcell-Sheet-marks > div")

    def sheet(self, page):
        return self.root.locator(f".wasmcell-Sheet[data-page='{page}']")

    def drawn(self, page):
        """Waits until a page is drawn as sharp as the screen is; pixels of its canvas for one of CSS, in both sides."""
        self.page.wait_for_function(
            """page => {
              const sheet = [...document.querySelectorAll(`.wasmcell-Sheet[data-page='${page}']`)].at(-1);
              const canvas = sheet?.querySelector('canvas');
              const width = canvas?.getBoundingClientRect().width;
              return canvas && Math.abs(canvas.width - width * devicePixelRatio) < 0.01
                && Math.abs(canvas.height - canvas.getBoundingClientRect().height * devicePixelRatio) < 0.01;
            }""",
            arg=page,
        )

    def find(self, text):
        self.pages.press("Control+f")
        box = self.root.get_by_label("Find in the document")
        expect(box).to_be_focused()
        box.fill(text)


def show(files, path):
    open = "path => jupyterapp.commands.execute('docmanager:open', { path, factory: 'wasmcell-pdf' }).then(() => undefined)"
    files.page.evaluate(open, f"{files.name}/{path}")
    return Reader(files)


@pytest.fixture
def reader(files, folder):
    """A reader, opened as people do."""
    (folder / "paper.pdf").write_bytes(pdf(*PAPERS, catalog=LABELS + OUTLINE, more=ENTRIES))
    files.show()
    files.item("paper.pdf").click(button="right")
    files.page.locator(".lm-Menu-itemLabel", has_text="Open With").hover()
    files.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^wasmcell$")).click()
    reader = Reader(files)
    reader.drawn(1)
    yield reader
    files.run("application:close-all")


@pytest.mark.isolated
def test_pages_are_shown_where_they_are(reader, jupyter):
    """Text lies over its picture; what is far away is not there."""
    expect(reader.count).to_have_text(f"(1 of {COUNT})")
    expect(reader.number).to_have_value("i")
    assert reader.sheets.count() < 8
    sheet = reader.sheet(1).bounding_box()
    scale = sheet["width"] / 400
    # "second" begins at 50 pt, is 6 glyphs of 12 pt long, and as high as its font.
    word = reader.sheet(1).locator(".wasmcell-Sheet-text > span", has_text="second").bounding_box()
    assert abs((word["x"] - sheet["x"]) / scale - 50) < 1
    # With the space after it, which is as wide as a glyph.
    assert abs(word["width"] / scale - 7 * 12) < 1.5
    assert abs(word["height"] / scale - 20) < 1
    pixel = """(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data]"""
    canvas = reader.sheet(1).locator("canvas")
    density = canvas.evaluate("canvas => canvas.width") / 400
    # From 320 to 400 pt below the upper edge.
    for x, y, color in [(125, 330, [255, 0, 0, 255]), (125, 315, [255] * 4), (95, 330, [255] * 4)]:
        assert canvas.evaluate(pixel, [round(x * density), round(y * density)]) == color
    assert jupyter.ask("api/kernels") == []


@pytest.mark.ui
def test_goes_to_pages(reader):
    reader.number.fill("30")
    reader.number.press("Enter")
    expect(reader.sheet(30)).to_be_in_viewport()
    expect(reader.sheet(1)).to_have_count(0)
    reader.drawn(30)
    reader.number.fill("ii")
    reader.number.press("Enter")
    expect(reader.count).to_have_text(f"(2 of {COUNT})")
    for nonsense in ("999", "x", "0", "1.5", ""):
        reader.number.fill(nonsense)
        reader.number.press("Enter")
        expect(reader.number).to_have_value("ii")
    # A page that is wider than its place is moved by the arrows; others are turned.
    reader.pages.press("ArrowRight")
    expect(reader.number).to_have_value("ii")
    reader.zoom.select_option("0.5")
    reader.pages.press("ArrowRight")
    expect(reader.number).to_have_value("3")
    expect(reader.count).to_have_text(f"of {COUNT}")
    reader.page.keyboard.press("ArrowLeft")
    expect(reader.number).to_have_value("ii")
    reader.root.get_by_role("button", name="Next page").click()
    reader.sheet(3).get_by_role("button", name="Go to page 40").click()
    expect(reader.number).to_have_value("40")
    reader.page.keyboard.press("Home")
    expect(reader.number).to_have_value("i")


@pytest.mark.ui
def test_small_pages_and_the_outline_lead_there(reader):
    small = reader.root.get_by_role("listbox", name="Pages, small")
    chosen = small.locator("[aria-selected=true]")
    expect(chosen).to_have_attribute("aria-label", "Page i")
    expect(chosen.locator("canvas")).to_be_visible()
    assert small.locator("[role=option]").count() < 20
    small.locator("[aria-label='Page 3']").click()
    expect(reader.number).to_have_value("3")
    small.focus()
    reader.page.keyboard.press("End")
    expect(reader.number).to_have_value("40")
    expect(chosen).to_have_attribute("aria-posinset", "40")
    assert small.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    expect(chosen.locator("canvas")).to_be_visible()

    reader.root.get_by_role("tab", name="Pages").press("ArrowRight")
    expect(reader.root.get_by_role("tab", name="Outline")).to_be_focused()
    items = reader.root.get_by_role("treeitem")
    expect(items).to_have_count(2)
    items.first.press("ArrowRight")
    within = reader.root.get_by_role("treeitem", name="Within")
    expect(within).to_be_visible()
    items.first.press("ArrowDown")
    expect(within).to_be_focused()
    within.press("Enter")
    expect(reader.number).to_have_value("3")
    within.press("ArrowLeft")
    reader.page.keyboard.press("ArrowLeft")
    expect(within).to_be_hidden()
    reader.root.get_by_text("End", exact=True).click()
    expect(reader.number).to_have_value("40")


@pytest.mark.ui
def test_finds_text(reader):
    reader.find("NEEDLE")
    expect(reader.told).to_have_text("1 of 3")
    expect(reader.sheet(1).locator(".wasmcell-mod-current")).to_have_count(1)
    mark, sheet = reader.marks.first.bounding_box(), reader.sheet(1).bounding_box()
    scale = sheet["width"] / 400
    assert abs((mark["x"] - sheet["x"]) / scale - 50) < 1
    assert abs(mark["width"] / scale - 6 * 12) < 1
    reader.page.keyboard.press("Enter")
    expect(reader.told).to_have_text("2 of 3")
    # Of a page that is turned, the place is turned, too: what runs along x runs down.
    mark = reader.sheet(4).locator(".wasmcell-mod-current")
    expect(mark).to_be_in_viewport()
    assert mark.bounding_box()["height"] > mark.bounding_box()["width"]
    reader.page.keyboard.press("Shift+Enter")
    reader.page.keyboard.press("Shift+Enter")
    expect(reader.told).to_have_text("3 of 3")
    expect(reader.number).to_have_value("40")
    reader.root.get_by_role("button", name="Match case").click()
    expect(reader.told).to_have_text("Nothing found")
    reader.root.get_by_role("button", name="Match case").click()
    reader.root.get_by_role("button", name="Use a regular expression").click()
    box = reader.root.get_by_label("Find in the document")
    box.fill("^page \\d+")
    expect(reader.told).to_have_text(re.compile(rf"^\d+ of {COUNT - 5}$"))
    box.fill("(")
    expect(reader.told).to_contain_text("unclosed group")
    box.press("Escape")
    expect(box).to_be_hidden()
    expect(reader.marks).to_have_count(0)
    expect(reader.pages).to_be_focused()


@pytest.mark.ui
def test_zooms(reader):
    """At once by stretching, then sharp; of what is very large, what is seen is drawn."""
    page = reader.page
    reader.zoom.select_option("1")
    reader.drawn(1)
    assert abs(reader.sheet(1).bounding_box()["width"] - 400 * 96 / 72) < 1
    reader.pages.focus()
    page.keyboard.press("+")
    expect(reader.zoom.locator("option:checked")).to_have_text("120 %")
    page.keyboard.press("-")
    page.keyboard.press("0")
    expect(reader.zoom).to_have_value("width")
    reader.zoom.select_option("page")
    reader.drawn(1)
    assert reader.sheet(1).bounding_box()["height"] <= reader.pages.bounding_box()["height"]
    reader.zoom.select_option("4")
    for _ in range(8):
        page.keyboard.press("+")
    expect(reader.zoom.locator("option:checked")).to_have_text("1000 %")
    parts = reader.sheet(1).locator("canvas")
    expect(parts).to_have_count(2)
    # As many pixels as the screen has; and no more of the page than is needed.
    width, box = parts.nth(1).evaluate("canvas => [canvas.width, canvas.getBoundingClientRect().width]")
    assert abs(width - box) < 1
    assert width < 2 * reader.pages.bounding_box()["width"]
    # The pointer's place stays where it is.
    reader.zoom.select_option("1")
    reader.drawn(1)
    word = reader.sheet(1).locator("span", has_text="second")
    box = word.bounding_box()
    x, y = box["x"] + 1, box["y"] + 1
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(reader.zoom.locator("option:checked")).not_to_have_text("100 %")
    moved = word.bounding_box()
    assert moved["width"] > 1.5 * box["width"]
    assert abs(moved["x"] - x) < 4
    assert abs(moved["y"] - y) < 4


@pytest.mark.ui
def test_text_is_selected_and_copied(reader):
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    first = reader.sheet(1).locator("span", has_text="needle").bounding_box()
    last = reader.sheet(1).locator("span", has_text="line").bounding_box()
    mouse = reader.page.mouse
    mouse.move(first["x"] + 1, first["y"] + first["height"] / 2)
    mouse.down()
    mouse.move(last["x"] + last["width"] - 1, last["y"] + last["height"] / 2, steps=8)
    mouse.up()
    reader.page.keyboard.press("Control+c")
    assert reader.page.evaluate("navigator.clipboard.readText()") == "needle first\nsecond line"


@pytest.mark.ui
def test_says_what_a_page_lacks(reader):
    expect(reader.message).to_be_empty()
    reader.number.fill("40")
    reader.number.press("Enter")
    expect(reader.message).to_contain_text("Page 40: the font Nowhere is not in the file")


@pytest.mark.ui
def test_a_long_book_opens_and_scrolls(files, folder):
    shutil.copyfile(SAMPLES / "book-352-pages.pdf", folder / "book.pdf")
    files.show()
    reader = show(files, "book.pdf")
    reader.drawn(1)
    expect(reader.count).to_have_text("of 352")
    most = 0
    for part in range(1, 41):
        reader.pages.evaluate("(pages, part) => { pages.scrollTop = pages.scrollHeight * part / 40; }", part)
        reader.page.wait_for_timeout(16)
        most = max(most, reader.sheets.count())
    assert most < 8
    expect(reader.number).to_have_value("352")
    reader.drawn(352)
    reader.find("property")
    expect(reader.told).to_have_text(re.compile(r"^\d+ of \d{3}$"), timeout=60_000)
    files.run("application:close-all")


@pytest.mark.ui
def test_asks_for_a_password(files, folder):
    shutil.copyfile(ENCRYPTED, folder / "locked.pdf")
    files.show()
    reader = show(files, "locked.pdf")
    box = reader.root.get_by_label("Password", exact=True).locator("input")
    box.fill("wrong")
    reader.root.get_by_role("button", name="Open").click()
    expect(reader.root.get_by_role("alert")).to_have_text("That does not open it.")
    expect(box).to_be_focused()
    assert violations(reader.page, ".wasmcell-Reader") == []
    box.fill("user")
    box.press("Enter")
    reader.drawn(1)
    files.run("application:close-all")


@pytest.mark.ui
def test_says_that_a_file_was_cut_off(files, folder):
    whole = pdf(*PAPERS)
    (folder / "cut.pdf").write_bytes(whole[: whole.index(b"xref")])
    files.show()
    reader = show(files, "cut.pdf")
    expect(reader.message).to_contain_text("pages may be missing")
    files.run("application:close-all")


@pytest.mark.ui
def test_says_what_is_wrong(files, folder):
    (folder / "broken.pdf").write_bytes(b"no document")
    files.show()
    reader = show(files, "broken.pdf")
    expect(reader.root.get_by_role("alert")).to_contain_text("cannot be read")
    files.run("application:close-all")


@pytest.mark.ui
def test_follows_the_file(reader, folder):
    """What another program has written is shown, at the page that was read."""
    reader.number.fill("3")
    reader.number.press("Enter")
    (folder / "paper.pdf").write_bytes(pdf(*PAPERS[:5]))
    reader.files.run("docmanager:reload")
    dialog = reader.files.dialog.locator(".jp-mod-accept")
    if dialog.count():
        dialog.click()
    expect(reader.count).to_have_text("of 5")
    expect(reader.number).to_have_value("3")


@pytest.mark.ui
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_is_accessible(reader, theme):
    reader.files.run("apputils:change-theme", {"theme": theme})
    reader.find("needle")
    expect(reader.told).to_have_text("1 of 3")
    assert violations(reader.page, ".wasmcell-Reader") == []
    reader.root.get_by_role("tab", name="Outline").click()
    assert violations(reader.page, ".wasmcell-Reader") == []
    reader.files.run("apputils:change-theme", {"theme": "JupyterLab Light"})
