"""Commands on images in the file browser: they need no kernel, and give the kernel engine's bytes."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib

import numpy as np
import pytest
from axe import violations
from PIL import Image as Pillow
from playwright.sync_api import expect

from wasmcell import Error
from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.run import run


def photo(path, width=120, height=80, **options):
    """A picture with something in it."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    pixels = np.stack([x * 2, y * 3, x + y], axis=-1).astype(np.uint8)
    Pillow.fromarray(pixels).save(path, **options)
    return path


def noise(path, width, height):
    """A picture that hardly compresses."""
    Pillow.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)).save(path)
    return path


def expected(pipeline, source):
    """What the kernel engine gives."""
    return hashlib.sha256(run(Pipeline.parse(pipeline), source).bytes).hexdigest()


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.isolated
def test_converts_without_any_kernel(files, jupyter):
    source = photo(files.folder / "photo.jpg", quality=95)
    files.show()
    files.choose("Convert…", "photo.jpg")
    expect(files.dialog.locator("output")).to_have_text("Result: photo.webp")
    files.dialog.get_by_label("Quality").fill("70")
    files.accept.click()
    files.says("photo.webp saved")
    assert files.names == {"photo.jpg", "photo.webp"}
    assert sha256(files.folder / "photo.webp") == expected("| image.encode webp quality=70", source)
    with Pillow.open(files.folder / "photo.webp") as result:
        result.load()
        assert (result.format, result.size) == ("WEBP", (120, 80))
    expect(files.item("photo.webp")).to_be_visible()
    assert jupyter.ask("api/kernels") == []
    assert jupyter.ask("api/sessions") == []
    shared = "globalThis[Symbol.for('wasmcell.bridge')].bridge().then(bridge => bridge.home)"
    assert files.page.evaluate(shared) == "vault"


def test_resizes_in_the_format_of_the_source(files):
    source = photo(files.folder / "my photo.v1.JPEG")
    files.show()
    files.choose("Resize…", "my photo.v1.JPEG")
    files.dialog.get_by_label("Width").fill("30")
    files.dialog.get_by_label("Filter").select_option("box")
    files.page.keyboard.press("Enter")
    files.says("my photo.v1-resize.JPEG saved")
    result = files.folder / "my photo.v1-resize.JPEG"
    assert sha256(result) == expected("| image.resize width=30 filter=box | image.encode jpeg", source)
    with Pillow.open(result) as opened:
        assert (opened.format, opened.size) == ("JPEG", (30, 20))


@pytest.mark.ui
def test_rotates_into_another_format(files):
    source = photo(files.folder / "photo.png")
    files.show()
    files.choose("Rotate…", "photo.png")
    files.dialog.get_by_label("Degrees").select_option("270")
    files.dialog.get_by_label("Format").select_option("tiff")
    expect(files.dialog.locator("output")).to_have_text("Result: photo-rotate.tif")
    files.accept.click()
    files.says("photo-rotate.tif saved")
    result = files.folder / "photo-rotate.tif"
    assert sha256(result) == expected("| image.rotate degrees=270 | image.encode tiff", source)
    with Pillow.open(result) as opened, Pillow.open(source) as before:
        turned = before.transpose(Pillow.Transpose.ROTATE_90)  # Pillow turns counterclockwise
        assert np.array_equal(np.asarray(opened), np.asarray(turned))


def test_strips_metadata(files):
    exif = Pillow.Exif()
    exif[0x0110] = "a camera"  # Model
    exif[0x0112] = 6  # Orientation: turn by 90° to see it upright
    source = photo(files.folder / "photo.jpg", exif=exif, quality=95)
    assert b"a camera" in source.read_bytes()
    files.show()
    files.choose("Strip Metadata…", "photo.jpg")
    files.accept.click()
    files.says("photo-stripped.jpg saved")
    result = files.folder / "photo-stripped.jpg"
    assert b"a camera" not in result.read_bytes()
    with Pillow.open(result) as opened:
        assert (dict(opened.getexif()), opened.size) == ({}, (80, 120))
    assert sha256(result) == expected("| image.encode jpeg quality=95", source)


@pytest.mark.ui
def test_applies_any_operation(files):
    source = photo(files.folder / "photo.bmp")
    files.show()
    files.choose("Apply Operation…", "photo.bmp")
    files.dialog.get_by_label("Operation").select_option("blur")
    files.dialog.get_by_label("Sigma").fill("2.5")
    files.accept.click()
    files.says("photo-blur.bmp saved")
    assert sha256(files.folder / "photo-blur.bmp") == expected(
        "| image.blur sigma=2.5 | image.encode bmp", source
    )


def test_one_that_is_corrupt_does_not_hinder_the_others(files):
    for name in ("a.png", "b.png", "d.png"):
        photo(files.folder / name)
    (files.folder / "c.png").write_bytes(b"\x89PNG\r\n\x1a\nand no more")
    (files.folder / "notes.txt").write_text("no picture")
    files.show()
    # What is no picture is left out.
    files.choose("Convert…", "notes.txt", "a.png", "b.png", "c.png", "d.png")
    expect(files.dialog.locator(".wasmcell-Dialog-files")).to_have_text("a.png, b.png, c.png, d.png")
    files.accept.click()
    # The text is the module's own, as the kernel engine gives it.
    with pytest.raises(Exception, match=".") as refused:
        run(Pipeline.parse("| image.encode webp"), files.folder / "c.png")
    expect(files.message.filter(has_text="c.png:")).to_contain_text(
        str(refused.value).split(": ", 1)[-1][:60]
    )
    files.says("3 files saved.")
    assert files.names == {*(f"{name}.png" for name in "abcd"), "a.webp", "b.webp", "d.webp", "notes.txt"}


@pytest.mark.ui
def test_errors_of_many_are_listed(files):
    names = [f"{name}.png" for name in "abcde"]
    for name in names:
        (files.folder / name).write_bytes(b"no picture")
    files.show()
    files.choose("Convert…", *names)
    files.accept.click()
    expect(
        files.message.filter(has_text="5 of 5 files failed: a.png, b.png, c.png and 2 more")
    ).to_be_visible()
    files.page.locator(".jp-toast-button", has_text="Details").click()
    expect(files.dialog.locator("li")).to_have_text([re.compile(f"^{re.escape(name)}: .+") for name in names])
    files.accept.click()


def test_asks_before_it_overwrites(files):
    source = photo(files.folder / "photo.png")
    there = files.folder / "photo.webp"
    there.write_bytes(b"mine")
    files.show()
    question = files.page.locator(".jp-Dialog", has_text="Replace the File?")

    files.choose("Convert…", "photo.png")
    files.accept.click()
    expect(question).to_contain_text("photo.webp")
    question.get_by_role("button", name="Cancel").click()
    expect(files.dialog).to_have_count(0)
    assert there.read_bytes() == b"mine"

    files.choose("Convert…", "photo.png")
    files.accept.click()
    question.get_by_role("button", name="Keep Both").click()
    files.says("photo-1.webp saved")
    assert there.read_bytes() == b"mine"
    assert sha256(files.folder / "photo-1.webp") == expected("| image.encode webp", source)

    files.choose("Convert…", "photo.png")
    files.accept.click()
    question.get_by_role("button", name="Replace").click()
    files.says("photo.webp saved")
    assert sha256(there) == expected("| image.encode webp", source)


@pytest.mark.ui
def test_two_sources_of_one_name_do_not_meet(files):
    jpeg, png = photo(files.folder / "photo.jpg"), photo(files.folder / "photo.png", 60, 40)
    files.show()
    files.choose("Convert…", "photo.jpg", "photo.png")
    files.accept.click()
    files.says("2 files saved.")
    results = {sha256(files.folder / name) for name in ("photo.webp", "photo-1.webp")}
    assert results == {expected("| image.encode webp", source) for source in (jpeg, png)}


@pytest.mark.ui
def test_a_folder_is_never_replaced(files):
    photo(files.folder / "photo.png")
    (files.folder / "photo.webp").mkdir()
    files.show()
    files.choose("Convert…", "photo.png")
    files.accept.click()
    files.says("photo-1.webp saved")
    assert (files.folder / "photo.webp").is_dir()


def begin_long_work(files):
    """Make a picture so large that it takes many seconds."""
    noise(files.folder / "big.png", 300, 200)
    files.show()
    files.choose("Apply Operation…", "big.png")
    files.dialog.get_by_label("Operation").select_option("resize")
    files.dialog.get_by_label("Width").fill("15000")
    files.accept.click()


@pytest.mark.isolated
def test_can_be_cancelled(files):
    begin_long_work(files)
    files.page.locator(".jp-toast-button", has_text="Cancel").click()
    files.says("Cancelled: 0 of 1 files are done.")
    assert files.names == {"big.png"}


def test_an_option_that_is_wrong_is_told_in_the_form(files):
    photo(files.folder / "photo.png")
    files.show()
    files.choose("Resize…", "photo.png")
    width = files.dialog.get_by_label("Width")
    width.fill("70000")
    expect(files.dialog.get_by_text("This must be an integer from 1 to 65535 px.")).to_be_visible()
    expect(width).to_have_attribute("aria-invalid", "true")
    expect(files.accept).to_be_disabled()
    files.page.keyboard.press("Enter")
    expect(files.dialog).to_be_visible()
    width.press("Backspace")
    expect(files.accept).to_be_enabled()

    # What only the module can know comes back from it, and what was filled in stays.
    width.fill("")
    files.dialog.get_by_label("Background").fill("black")
    files.accept.click()
    expect(files.dialog.get_by_role("alert").filter(has_text="width")).to_be_visible()
    expect(files.dialog.get_by_label("Background")).to_have_value("black")
    files.dialog.get_by_label("Width").fill("12")
    files.accept.click()
    files.says("photo-resize.png saved")
    assert files.names == {"photo.png", "photo-resize.png"}


@pytest.mark.ui
def test_large_results_arrive_in_pieces(files):
    source = noise(files.folder / "big.png", 1000, 1000)
    files.show()
    files.choose("Convert…", "big.png")
    files.dialog.get_by_label("Format").select_option("bmp")
    files.accept.click()
    files.says("big.bmp saved")
    assert files.names == {"big.png", "big.bmp"}
    assert (files.folder / "big.bmp").stat().st_size > 2 * 2**20
    assert sha256(files.folder / "big.bmp") == expected("| image.encode bmp", source)

    # The same over what is there.
    (files.folder / "big.bmp").write_bytes(b"mine")
    files.choose("Convert…", "big.png")
    files.dialog.get_by_label("Format").select_option("bmp")
    files.accept.click()
    files.page.get_by_role("button", name="Replace").click()
    files.says("big.bmp saved")
    assert files.names == {"big.png", "big.bmp"}
    assert sha256(files.folder / "big.bmp") == expected("| image.encode bmp", source)


def test_a_server_that_refuses_to_save(files, jupyter):
    files.folder, files.name = jupyter.root / "readonly", "readonly"
    files.folder.mkdir()
    photo(files.folder / "photo.png")
    files.show()
    files.choose("Convert…", "photo.png")
    files.accept.click()
    files.says("photo.png: photo.webp could not be saved: Permission denied")
    assert files.names == {"photo.png"}


@pytest.mark.ui
def test_a_server_without_space_keeps_nothing_half_written(files, jupyter):
    files.folder, files.name = jupyter.root / "full", "full"
    files.folder.mkdir()
    noise(files.folder / "big.png", 1000, 1000)
    (files.folder / "big.bmp").write_bytes(b"mine")
    files.show()
    files.choose("Convert…", "big.png")
    files.dialog.get_by_label("Format").select_option("bmp")
    files.accept.click()
    files.page.get_by_role("button", name="Replace").click()
    files.says("big.png: big.bmp could not be saved: No space left on device")
    assert files.names == {"big.png", "big.bmp"}
    assert (files.folder / "big.bmp").read_bytes() == b"mine"


def enormous():
    """A PNG that says it is 100 000 × 100 000 px."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


BAD = {"empty.png": b"", "text.jpg": b"Dear Sir or Madam,", "enormous.png": enormous()}


@pytest.mark.ui
@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_said_in_the_modules_words(files, name):
    bad = files.folder / name
    bad.write_bytes(BAD[name])
    with pytest.raises(Error) as refused:
        run(Pipeline.parse("| image.encode webp"), bad)
    files.show()
    files.choose("Convert…", name)
    files.accept.click()
    words = str(refused.value).split(": ", 1)[-1]
    files.says(re.compile(rf"^{re.escape(name)}: .*{re.escape(words[:60])}"))
    assert files.names == {name}


@pytest.mark.ui
@pytest.mark.parametrize(
    "name",
    ['it\'s "mine", 100 % & more #1?.png', "Füße 🌲 写真.png", "<b>bold<i>.png", "x" * 220 + ".png"],
    ids=["quotes", "unicode", "markup", "long"],
)
def test_any_name(files, name):
    source = photo(files.folder / name)
    files.show()
    files.choose("Convert…", name)
    files.accept.click()
    result = files.folder / f"{source.stem}.webp"
    files.says("saved")
    assert sha256(result) == expected("| image.encode webp", source)
    assert files.names == {name, result.name}


@pytest.mark.ui
def test_a_picture_that_is_too_large_is_not_fetched(files):
    large = files.folder / "large.png"
    with large.open("wb") as file:
        file.truncate(2 * 2**30)
    asked = []
    files.page.on("request", lambda request: asked.append(request.url))
    try:
        files.show()
        files.choose("Convert…", "large.png")
        files.accept.click()
        files.says("large.png has 2.0 GiB; a page can work on files of up to 1 GiB.")
    finally:
        large.unlink()
    asked = [url for url in asked if "large.png" in url]
    assert asked
    assert not [url for url in asked if "content=1" in url]


def slider_of(files, label):
    """The slider of a field in the dialog."""
    field = files.dialog.locator(".wasmcell-Field", has=files.page.get_by_label(label))
    return field.locator("input[type=range]")


def test_an_option_that_is_not_set(files):
    """Its slider stands nowhere, until it is moved or a number is typed."""
    photo(files.folder / "photo.png")
    files.show()
    files.choose("Resize…", "photo.png")
    width = files.dialog.get_by_label("Width")
    slider = slider_of(files, "Width")
    unset = re.compile("wasmcell-mod-unset")
    expect(slider).to_have_class(unset)
    expect(width).to_have_attribute("placeholder", "not set")
    width.fill("320")
    expect(slider).not_to_have_class(unset)
    width.fill("")
    expect(slider).to_have_class(unset)
    slider.click()
    expect(slider).not_to_have_class(unset)
    assert int(width.input_value()) > 1
    files.page.keyboard.press("Escape")


@pytest.mark.ui
def test_a_default_stands_where_nothing_is_typed(files):
    photo(files.folder / "photo.png")
    files.show()
    files.choose("Convert…", "photo.png")
    quality = files.dialog.get_by_label("Quality")
    slider = slider_of(files, "Quality")
    default, place = quality.input_value(), slider.input_value()
    quality.fill("3")
    assert slider.input_value() != place
    quality.fill("")
    assert (quality.get_attribute("placeholder"), slider.input_value()) == (default, place)
    files.page.keyboard.press("Escape")


@pytest.mark.ui
def test_a_picture_that_is_deleted_meanwhile(files):
    source = photo(files.folder / "photo.png")
    files.show()
    files.choose("Convert…", "photo.png")
    source.unlink()
    files.accept.click()
    files.says(re.compile("^photo.png: The file or its folder is not there any more"))
    assert files.names == set()


@pytest.mark.ui
def test_a_session_that_has_expired(files):
    """As jupyter_server answers then."""
    photo(files.folder / "photo.png")
    files.show()
    files.choose("Convert…", "photo.png")
    contents = re.compile("/api/contents/")
    answer = '{"message": "Forbidden", "reason": null}'
    files.page.route(contents, lambda route: route.fulfill(status=403, body=answer))
    try:
        files.accept.click()
        files.says("Nothing was done: The Jupyter server does not know you any more; log in again")
    finally:
        files.page.unroute(contents)
    assert files.names == {"photo.png"}


@pytest.mark.ui
@pytest.mark.parametrize("when", ["before", "while it saves"])
def test_a_server_that_is_gone(files, jupyter, browser, tmp_path, when):
    server = type(jupyter)(tmp_path)
    server.wait()
    noise(server.root / "big.png", 1000, 1000)
    (server.root / "big.bmp").write_bytes(b"mine")
    with browser.new_context(viewport={"width": 1200, "height": 800}) as context:
        page = context.new_page()
        page.goto(server.address("lab"))
        page.wait_for_selector(".jp-DirListing-content", timeout=60_000)
        files = type(files)(page, server.root, "")
        # JupyterLab fetches what shows messages with the first one.
        files.run("apputils:notify", {"message": "Hello", "type": "info", "options": {"autoClose": False}})
        files.says("Hello")
        files.choose("Convert…", "big.png")
        files.dialog.get_by_label("Format").select_option("bmp")
        if when == "before":
            server.close()
            files.accept.click()
            told = "Nothing was done: The Jupyter server cannot be reached"
        else:
            # It goes when the second piece comes.
            pieces = []

            def end(route):
                pieces.append(route)
                if len(pieces) == 2:
                    server.close()
                route.continue_()

            page.route(re.compile("/api/contents/big-"), end)
            files.accept.click()
            page.get_by_role("button", name="Replace").click()
            told = "big.bmp could not be saved: The Jupyter server cannot be reached"
        expect(files.message.filter(has_text=told)).to_be_visible(timeout=30_000)
    assert (server.root / "big.bmp").read_bytes() == b"mine"


def test_by_palette_and_keyboard(files):
    source = photo(files.folder / "photo.gif")
    files.show()
    files.item("photo.gif").click()
    keyboard = files.page.keyboard
    keyboard.press("Control+Shift+C")
    keyboard.type("convert image")
    keyboard.press("Enter")
    expect(files.dialog).to_be_visible()
    expect(files.dialog.get_by_label("Format")).to_be_focused()
    keyboard.press("Escape")
    expect(files.dialog).to_have_count(0)

    keyboard.press("Control+Shift+C")
    keyboard.type("convert image")
    keyboard.press("Enter")
    expect(files.dialog.get_by_label("Format")).to_be_focused()
    keyboard.type("png")  # selects it
    keyboard.press("Tab")
    expect(files.dialog.get_by_label("Level")).to_be_focused()
    keyboard.type("10")
    keyboard.press("Enter")
    expect(files.dialog.get_by_text("This must be an integer from 0 to 9.")).to_be_visible()
    for key in ("Backspace", "Backspace", "9"):
        keyboard.press(key)
    keyboard.press("Enter")
    files.says("photo.png saved")
    assert sha256(files.folder / "photo.png") == expected("| image.encode png level=9", source)


@pytest.mark.ui
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_is_accessible(files, theme):
    photo(files.folder / "photo.png")
    files.show()
    files.run("apputils:change-theme", {"theme": theme})
    files.choose("Resize…", "photo.png")
    files.dialog.get_by_label("Width").fill("0")
    assert violations(files.page, ".wasmcell-Dialog") == []
    files.page.keyboard.press("Escape")
    files.run("apputils:change-theme", {"theme": "JupyterLab Light"})


@pytest.mark.ui
def test_only_pictures_have_the_menu(files):
    (files.folder / "notes.txt").write_text("no picture")
    files.show()
    files.item("notes.txt").click(button="right")
    menu = files.page.locator(".lm-Menu")
    expect(menu).to_be_visible()
    expect(menu.locator(".lm-Menu-itemLabel", has_text=re.compile("^Image$"))).to_have_count(0)
    files.page.keyboard.press("Escape")
