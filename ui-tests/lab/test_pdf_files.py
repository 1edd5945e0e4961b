"""Commands on documents in the file browser: they need no kernel; what comes of them is looked at with pypdf and pikepdf."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pikepdf
import pypdf
import pytest
from axe import violations
from papers import Paper, line, pdf
from PIL import Image as Pillow
from playwright.sync_api import expect

ENCRYPTED = Path(__file__).parents[2] / "wasm" / "pdf" / "tests" / "data" / "aes-256.pdf"


def paper(path, *words, **options):
    """A document with a page for each word."""
    path.write_bytes(pdf(*(Paper(line(word, 50, 450, 20)) for word in words), **options))
    return path


def texts(path, password=""):
    """The text of each page, as pypdf reads it, of a file that is sound."""
    plain = io.BytesIO()
    with pikepdf.open(path, password=password) as opened:
        assert opened.check_pdf_syntax() == []
        opened.save(plain, encryption=False)  # pypdf has no AES of its own
    return [page.extract_text().strip() for page in pypdf.PdfReader(plain).pages]


@pytest.fixture
def choose(files):
    """Chooses an entry of the documents' menu."""

    def choose(entry, *names):
        files.show()
        files.choose(entry, *names, menu="PDF")

    return choose


@pytest.mark.isolated
def test_merges_in_the_order_that_is_wanted(files, choose, jupyter):
    for name, words in {"a": ["alpha", "beta"], "b": ["gamma"], "c": ["delta"]}.items():
        paper(files.folder / f"{name}.pdf", *words)
    choose("Merge into One PDF…", "a.pdf", "b.pdf", "c.pdf")
    expect(files.dialog.locator("output")).to_have_text("Result: a-merged.pdf")
    files.dialog.get_by_label("Move c.pdf up").click()
    files.dialog.get_by_label("Move c.pdf up").click()
    expect(files.dialog.locator("ol span")).to_have_text(["c.pdf", "a.pdf", "b.pdf"])
    expect(files.dialog.locator("output")).to_have_text("Result: c-merged.pdf")
    assert violations(files.page, ".jp-Dialog") == []
    files.accept.click()
    files.says("c-merged.pdf saved")
    assert files.names == {"a.pdf", "b.pdf", "c.pdf", "c-merged.pdf"}
    assert texts(files.folder / "c-merged.pdf") == ["delta", "alpha", "beta", "gamma"]
    assert jupyter.ask("api/kernels") == []


@pytest.mark.ui
def test_merging_names_the_file_that_is_broken(files, choose):
    paper(files.folder / "a.pdf", "alpha")
    (files.folder / "b.pdf").write_bytes(b"no document")
    choose("Merge into One PDF…", "a.pdf", "b.pdf")
    files.accept.click()
    files.says("b.pdf: ")
    assert files.names == {"a.pdf", "b.pdf"}


@pytest.mark.ui
def test_selects_pages_of_many(files, choose):
    paper(files.folder / "a.pdf", "one", "two", "three")
    paper(files.folder / "b.pdf", "four", "five")
    choose("Select Pages…", "a.pdf", "b.pdf")
    files.accept.click()
    expect(files.dialog.get_by_text("This is needed.")).to_be_visible()
    files.dialog.get_by_label("Pages").fill("2-,1")
    files.accept.click()
    files.says("2 files saved.")
    assert texts(files.folder / "a-pages.pdf") == ["two", "three", "one"]
    assert texts(files.folder / "b-pages.pdf") == ["five", "four"]


@pytest.mark.ui
def test_what_only_the_document_knows_comes_back_to_the_form(files, choose):
    paper(files.folder / "a.pdf", "one", "two")
    choose("Select Pages…", "a.pdf")
    files.dialog.get_by_label("Pages").fill("3")
    files.accept.click()
    expect(files.dialog.get_by_role("alert").filter(has_text="3")).to_be_visible()
    files.dialog.get_by_label("Pages").fill("2")
    files.accept.click()
    files.says("a-pages.pdf saved")
    assert texts(files.folder / "a-pages.pdf") == ["two"]


@pytest.mark.ui
def test_rotates_and_asks_before_it_overwrites(files, choose):
    paper(files.folder / "a.pdf", "one")
    (files.folder / "a-rotate.pdf").write_bytes(b"mine")
    choose("Rotate…", "a.pdf")
    files.accept.click()
    files.page.get_by_role("button", name="Keep Both").click()
    files.says("a-rotate-1.pdf saved")
    assert (files.folder / "a-rotate.pdf").read_bytes() == b"mine"
    assert pypdf.PdfReader(files.folder / "a-rotate-1.pdf").pages[0].rotation == 90


@pytest.mark.ui
def test_encrypts_with_what_is_allowed(files, choose):
    paper(files.folder / "a.pdf", "one")
    choose("Encrypt…", "a.pdf")
    files.accept.click()
    expect(files.dialog.get_by_text("This is needed.")).to_be_visible()
    password = files.dialog.get_by_label("User password")
    expect(password).to_have_attribute("type", "password")
    password.fill("open")
    files.dialog.get_by_label("Owner password").fill("all")
    files.dialog.get_by_role("checkbox", name="Allow").check()
    files.dialog.get_by_role("checkbox", name="Print", exact=True).check()
    assert violations(files.page, ".jp-Dialog") == []
    files.accept.click()
    files.says("a-encrypted.pdf saved")
    result = files.folder / "a-encrypted.pdf"
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(result)
    assert texts(result, "open") == ["one"]
    with pikepdf.open(result, password="open") as opened:
        allow = opened.allow
        assert opened.encryption.R == 6
        assert (allow.print_lowres, allow.extract, allow.modify_other) == (True, False, False)


@pytest.mark.ui
def test_asks_for_passwords_and_keeps_what_was_locked_locked(files, choose):
    shutil.copyfile(ENCRYPTED, files.folder / "locked.pdf")
    shutil.copyfile(ENCRYPTED, files.folder / "second.pdf")
    choose("Rotate…", "locked.pdf", "second.pdf")
    files.accept.click()
    box = files.dialog.get_by_label("Password", exact=True)
    box.fill("wrong")
    files.accept.click()
    expect(files.dialog.get_by_role("alert")).to_have_text("That does not open it.")
    assert violations(files.page, ".jp-Dialog") == []
    box.fill("user")
    box.press("Enter")
    expect(files.message.filter(has_text="as the user password, and with all permissions")).to_be_visible()
    # The second is tried with what opened the first.
    files.says("2 files saved.")
    for name in ("locked", "second"):
        result = files.folder / f"{name}-rotate.pdf"
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(result)
        assert texts(result, "user") == texts(ENCRYPTED, "user")


@pytest.mark.ui
def test_decrypts(files, choose):
    shutil.copyfile(ENCRYPTED, files.folder / "locked.pdf")
    choose("Decrypt…", "locked.pdf")
    files.accept.click()
    files.dialog.get_by_label("Password", exact=True).fill("user")
    files.accept.click()
    files.says("locked-decrypted.pdf saved")
    assert texts(files.folder / "locked-decrypted.pdf") == texts(ENCRYPTED, "user")


@pytest.mark.ui
def test_without_the_password_nothing_is_done(files, choose):
    shutil.copyfile(ENCRYPTED, files.folder / "locked.pdf")
    choose("Decrypt…", "locked.pdf")
    files.accept.click()
    expect(files.dialog.get_by_label("Password", exact=True)).to_be_visible()
    files.page.keyboard.press("Escape")
    files.says("Cancelled: 0 of 1 files are done.")
    assert files.names == {"locked.pdf"}


@pytest.mark.ui
def test_extracts_text(files, choose):
    paper(files.folder / "a.pdf", "one", "two")
    choose("Extract Text…", "a.pdf")
    files.accept.click()
    files.says("a.txt saved")
    assert (files.folder / "a.txt").read_text() == "one\n\ftwo\n\f"


@pytest.mark.ui
def test_pages_are_chosen(files, choose):
    paper(files.folder / "a.pdf", "one", "two", "three", "four")
    choose("Extract Text…", "a.pdf")
    files.dialog.get_by_label("Pages").fill("4,2-3")
    files.accept.click()
    files.says("a.txt saved")
    assert (files.folder / "a.txt").read_text() == "four\n\ftwo\n\fthree\n\f"
    choose("Pages to Images…", "a.pdf")
    files.dialog.get_by_label("Pages").fill("3-")
    files.dialog.get_by_label("Dpi").fill("36")
    files.accept.click()
    files.says("2 files saved in a-pages.")
    assert {path.name for path in (files.folder / "a-pages").iterdir()} == {"a-3.png", "a-4.png"}


@pytest.mark.ui
def test_text_that_is_missing_is_told(files, choose):
    (files.folder / "scan.pdf").write_bytes(pdf(Paper()))
    choose("Extract Text…", "scan.pdf")
    files.accept.click()
    files.says("scan.pdf: It has no text")
    assert files.names == {"scan.pdf"}


@pytest.mark.ui
def test_pages_become_images(files, choose):
    red = "1 0 0 rg 0 0 400 250 re f "
    (files.folder / "a.pdf").write_bytes(pdf(*[Paper(red) for _ in range(10)]))
    (files.folder / "a-pages").mkdir()
    choose("Pages to Images…", "a.pdf")
    files.dialog.get_by_label("Dpi").fill("36")
    expect(files.dialog.locator("output")).to_have_text("Result: a-1.png")
    files.accept.click()
    files.says("10 files saved in a-pages-1.")
    folder = files.folder / "a-pages-1"
    assert sorted(path.name for path in folder.iterdir()) == [f"a-{number:02}.png" for number in range(1, 11)]
    with Pillow.open(folder / "a-07.png") as picture:
        assert picture.size == (200, 250)
        pixels = picture.convert("RGB")
        assert (pixels.getpixel((100, 60)), pixels.getpixel((100, 190))) == ((255,) * 3, (255, 0, 0))


@pytest.mark.ui
def test_pages_that_become_no_images_leave_no_folder(files, choose):
    paper(files.folder / "a.pdf", "one")
    choose("Pages to Images…", "a.pdf")
    files.dialog.get_by_label("Dpi").fill("4800")
    files.accept.click()
    files.says("a side may have 65535 px")
    assert files.names == {"a.pdf"}


@pytest.mark.ui
def test_images_become_a_document(files):
    for name, color in {"a.jpg": "red", "b.webp": "blue"}.items():
        Pillow.new("RGB", (80, 40), color).save(files.folder / name)
    files.show()
    files.choose("Make PDF…", "a.jpg", "b.webp")
    files.dialog.get_by_label("Title").fill("Colours")
    files.accept.click()
    files.says("a.pdf saved")
    result = files.folder / "a.pdf"
    assert texts(result) == ["", ""]
    reader = pypdf.PdfReader(result)
    assert reader.metadata.title == "Colours"
    # The JPEG file is in it as it was.
    assert (files.folder / "a.jpg").read_bytes() in result.read_bytes()
    [image] = reader.pages[1].images
    assert Pillow.open(io.BytesIO(image.data)).convert("RGB").getpixel((40, 20))[2] > 250


@pytest.mark.ui
def test_stamps_a_file_that_is_chosen(files, choose):
    paper(files.folder / "a.pdf", "one")
    paper(files.folder / "letterhead.pdf", "head")
    choose("Apply Operation…", "a.pdf")
    files.dialog.get_by_label("Operation").select_option("stamp-page")
    files.accept.click()
    expect(files.dialog.get_by_text("Choose a file.")).to_be_visible()
    files.dialog.get_by_label("Opacity").fill("0.5")
    files.dialog.get_by_role("button", name="Choose…").click()
    files.dialog.locator(".jp-DirListing-item", has_text="letterhead.pdf").click()
    files.accept.click()
    # What was filled in is still there.
    expect(files.dialog.locator(".wasmcell-Field-file")).to_have_text("letterhead.pdf")
    expect(files.dialog.get_by_label("Opacity")).to_have_value("0.5")
    assert violations(files.page, ".jp-Dialog") == []
    files.accept.click()
    files.says("a-stamp-page.pdf saved")
    [text] = texts(files.folder / "a-stamp-page.pdf")
    assert sorted(text.split()) == ["head", "one"]


@pytest.mark.ui
def test_redacts_by_lists_and_says_what_is_gone(files, choose):
    paper(files.folder / "a.pdf", "secret", "open", "hidden")
    choose("Redact…", "a.pdf")
    search = files.dialog.get_by_role("group", name="Search", exact=True)
    search.get_by_role("textbox").fill("secret")
    search.get_by_role("button", name="Add").click()
    search.get_by_role("textbox").nth(1).fill("nowhere")
    boxes = files.dialog.get_by_role("group", name="Boxes", exact=True)
    boxes.get_by_role("button", name="Add").click()
    for label, value in {"Page": "3", "X": "0", "Y": "0", "Width": "400", "Height": "100"}.items():
        boxes.get_by_label(label, exact=True).fill(value)
    assert violations(files.page, ".jp-Dialog") == []
    files.accept.click()
    expect(files.message.filter(has_text="a-redacted.pdf saved")).to_contain_text(
        "Removed: 2, on pages 1, 3."
    )
    files.page.locator(".jp-toast-button", has_text="Details").click()
    expect(files.dialog.locator("li")).to_have_text(["Removed: 2, on pages 1, 3.", "On no page: nowhere."])
    files.accept.click()
    assert texts(files.folder / "a-redacted.pdf") == ["", "open", ""]


@pytest.mark.ui
def test_a_redaction_of_nothing_is_no_success(files, choose):
    paper(files.folder / "a.pdf", "open")
    choose("Redact…", "a.pdf")
    search = files.dialog.get_by_role("group", name="Search", exact=True)
    search.get_by_role("textbox").fill("nowhere")
    files.accept.click()
    toast = files.page.locator(".Toastify__toast--warning")
    expect(toast).to_contain_text("Nothing was removed.")


@pytest.mark.ui
def test_a_row_that_is_wrong_can_be_taken_out(files, choose):
    paper(files.folder / "a.pdf", "secret")
    choose("Apply Operation…", "a.pdf")
    files.dialog.get_by_label("Operation").select_option("redact")
    boxes = files.dialog.get_by_role("group", name="Boxes", exact=True)
    boxes.get_by_role("button", name="Add").click()
    files.accept.click()
    expect(boxes.get_by_text("This is needed").first).to_be_visible()
    boxes.get_by_role("button", name="Remove").click()
    regex = files.dialog.get_by_role("group", name="Regex", exact=True)
    regex.get_by_role("textbox").fill("s[a-z]+t")
    expect(files.accept).to_be_enabled()
    files.accept.click()
    files.says("a-redact.pdf saved")
    assert texts(files.folder / "a-redact.pdf") == [""]
