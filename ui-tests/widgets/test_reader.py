"""Documents to read in a notebook: the kernel's, and private ones, of which nothing leaves the vault."""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path

import pytest
from axe import violations
from papers import Paper, line, pdf
from playwright.sync_api import expect
from test_privacy import found, record

pytestmark = pytest.mark.ui

expect.set_options(timeout=15_000)

ENCRYPTED = Path(__file__).parents[2] / "wasm" / "pdf" / "tests" / "data" / "aes-256.pdf"
FONT = Path(__file__).parents[2] / "wasm" / "pdf-make" / "assets" / "NotoSans-Regular.ttf"
#: Words that are nowhere else, so long that they are found in what is sent.
WORDS = [secrets.token_hex(40) for _ in range(3)]
PRIVATE = pdf(*[Paper(line(word, 20, 400, 6)) for word in WORDS])


@pytest.fixture(scope="module")
def opened(plain_jupyter, open_in):
    """One notebook for all, without the extension: the kernel sends all that is needed."""
    notebook = open_in(plain_jupyter)
    papers = [Paper(line("needle here", 50, 450, 20)), Paper(line("another needle", 50, 450))]
    (plain_jupyter.root / "paper.pdf").write_bytes(pdf(*papers))
    shutil.copyfile(ENCRYPTED, plain_jupyter.root / "locked.pdf")
    notebook.run("import wasmcell; from wasmcell import pdf")
    return notebook


def show(notebook, code):
    """Show a reader; it, and what a saved notebook has of it."""
    index = notebook.start(code)
    notebook.finish(index)
    # The cell's own: until it is there, the last reader of the page is another cell's.
    root = notebook.page.locator(f"[data-windowed-list-index='{index}'] .wasmcell-Reader")
    return root, notebook.outputs(index)[0]["data"]


@pytest.mark.parametrize("source", ["'paper.pdf'", "pdf.open('paper.pdf')", "open('paper.pdf', 'rb')"])
def test_a_document_of_the_kernel(opened, source):
    root, saved = show(opened, f"pdf.view({source})")
    expect(root.locator(".wasmcell-Reader-count")).to_have_text("of 2")
    expect(root.locator(".wasmcell-Sheet-text").first).to_contain_text("needle here")
    assert 'src="data:image/png;base64,' in saved["text/html"]
    assert saved["text/plain"] == "<Reader paper.pdf>"


def test_keys_are_its_own_while_it_has_the_focus(opened):
    root, _ = show(opened, "pdf.view('paper.pdf')")
    pages = root.locator(".wasmcell-Reader-pages")
    pages.focus()
    cells = "() => [panel.content.widgets.length, panel.content.activeCellIndex]"
    before = opened.page.evaluate(cells)
    for key in ("x", "a", "ArrowUp"):
        opened.page.keyboard.press(key)
    opened.page.keyboard.press("Control+f")
    expect(root.get_by_label("Find in the document")).to_be_focused()
    opened.page.keyboard.type("needle")
    expect(root.locator(".wasmcell-Find-told")).to_have_text("1 of 2")
    assert opened.page.evaluate(cells) == before
    assert opened.page.locator(".jp-DocumentSearch-overlay").count() == 0


@pytest.mark.parametrize(
    "given", ["pdf.view('font.pdf', fonts=FONTS)", "document.use_fonts(FONTS); pdf.view(document)"]
)
def test_fonts_of_the_kernel_reach_the_page(opened, plain_jupyter, given):
    """Without them it says which is missing."""
    (plain_jupyter.root / "font.pdf").write_bytes(pdf(Paper(line("lost", 50, 400, font="X"))))
    root, _ = show(opened, "document = pdf.open('font.pdf'); pdf.view(document)")
    message = root.locator(".wasmcell-Reader-message")
    expect(message).to_contain_text("the font Nowhere is not in the file")
    opened.run(f"FONTS = [{{'name': 'Nowhere', 'data': {str(FONT)!r}}}]")
    root, _ = show(opened, given)
    expect(root.locator(".wasmcell-Sheet-text").first).to_contain_text("lost")
    expect(root.locator("canvas").first).to_be_visible()
    expect(root.locator(".wasmcell-Reader-message")).to_be_empty()


def test_what_is_no_document(opened):
    root, saved = show(opened, "pdf.view(b'no document')")
    expect(root.get_by_role("alert")).to_contain_text("cannot be read")
    assert "11 bytes" in saved["text/html"]
    assert opened.run("pdf.view(__import__('numpy').zeros((4, 4), 'uint8'))").startswith(
        "UnsupportedError: view: "
    )
    assert opened.run("pdf.view('nowhere.pdf')").startswith("FileNotFoundError: ")


def test_a_password_is_asked_for_in_the_page(opened):
    root, _ = show(opened, "pdf.view('locked.pdf')")
    box = root.get_by_label("Password", exact=True).locator("input")
    box.fill("user")
    box.press("Enter")
    expect(root.locator(".wasmcell-Sheet canvas").first).to_be_visible()


@pytest.fixture(scope="module")
def private(plain_jupyter, open_in, tmp_path_factory):
    """A reader of a private document, its traffic recorded from the start; and the frame that it is in."""
    path = tmp_path_factory.mktemp("secret") / "secret.pdf"
    path.write_bytes(PRIVATE)
    notebook = open_in(plain_jupyter)
    traffic = record(notebook)
    notebook.run("import wasmcell; from wasmcell import pdf; f = wasmcell.pick('.pdf')")
    notebook.pick(path)
    frame = notebook.show("pdf.view(f.files[0])", ".wasmcell-Reader")
    frame.wait_for_selector(".wasmcell-Sheet canvas")
    return notebook, frame, traffic


def test_a_private_document_is_read_in_the_vault(private):
    notebook, frame, _ = private
    assert frame.url == "about:srcdoc"
    expect(frame.locator(".wasmcell-Reader-count")).to_have_text("of 3")
    expect(frame.locator(".wasmcell-Sheet-text").first).to_have_text(WORDS[0])
    frame.locator(".wasmcell-Reader-pages").press("Control+f")
    frame.get_by_label("Find in the document").fill(WORDS[2])
    expect(frame.locator(".wasmcell-Find-told")).to_have_text("1 of 1")
    expect(frame.get_by_label("Page", exact=True)).to_have_value("3")
    assert violations(frame, {"include": ["body > *"]}) == []
    # In the page itself there is nothing of it.
    assert notebook.page.locator(".wasmcell-Reader").count() == 0


def test_a_view_that_is_moved_shows_the_same(private):
    """A frame that is moved in the document starts anew."""
    notebook, *_ = private
    notebook.page.evaluate("""() => {
      const view = document.querySelector('.wasmcell-document');
      const place = view.parentElement;
      document.body.append(view);
      place.append(view);
    }""")
    notebook.page.wait_for_timeout(300)
    frame = notebook.frame(".wasmcell-Reader")
    expect(frame.locator(".wasmcell-Sheet-text").first).to_have_text(WORDS[0])


#: What a script in the notebook's page may try with the file's true number, and what it gets.
ATTACKS = {
    "its words": "(await bridge.call('pdf', 'text', [file, undefined, undefined])).value",
    "in a session": """await (async () => {
      const session = await bridge.session('pdf');
      const { value } = await session.call('[static]document.open', [file, {}]);
      return (await session.call('[method]document.text', [value, 1])).value;
    })()""",
    "its view's tree": "document.querySelector('.wasmcell-document').shadowRoot.innerHTML",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_script_in_the_page_gets_nothing(private, name):
    notebook, *_ = private
    number = notebook.run("f.files[0]._ref.number")
    got = notebook.page.evaluate(f"""async () => {{
      const bridge = await globalThis[Symbol.for('wasmcell.bridge')].bridge();
      const file = {{ $file: {number}, name: 'secret.pdf', size: 1, type: '' }};
      try {{ return JSON.stringify({ATTACKS[name]}); }} catch (error) {{ return error.name; }}
    }}""")
    assert got in ("RefusedError", "TypeError")


def test_nothing_of_it_leaves(private, plain_jupyter):
    """After all that was done above."""
    notebook, _, traffic = private
    notebook.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => undefined)")
    name = notebook.page.url.rpartition("/")[2].partition("?")[0]
    saved = (plain_jupyter.root / name).read_bytes()
    assert b"secret.pdf" in saved
    for data in [PRIVATE, *[word.encode() for word in WORDS]]:
        assert traffic.has(data) == []
        assert found(data, saved) == []
    assert [url for url in traffic.urls if not url.startswith(plain_jupyter.url)] == []


def test_a_reloaded_page_says_so(private):
    notebook, *_ = private
    notebook.page.reload()
    notebook.wait()
    notebook.run("pdf.view(f.files[0])")
    gone = re.compile("secret.pdf was in a page that was closed or reloaded since")
    expect(notebook.page.get_by_text(gone).last).to_be_visible()
