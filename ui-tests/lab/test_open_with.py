"""The workbench as a document: it needs no kernel, and gives the kernel engine's bytes."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pytest
from axe import violations
from PIL import Image as Pillow
from playwright.sync_api import expect

from wasmcell import image
from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.run import run


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def source(folder):
    """A picture that is no other when it is turned or mirrored."""
    x, y = np.meshgrid(np.arange(120), np.arange(80))
    pixels = np.stack([x * 2, y * 3, (x + y) % 256], axis=-1).astype(np.uint8)
    path = folder / "photo.png"
    Pillow.fromarray(pixels).save(path)
    return path


class Bench:
    """A workbench that is open."""

    def __init__(self, files):
        self.files = files
        self.page = files.page
        self.root = files.page.locator(".wasmcell-Workbench:visible")
        self.step = self.root.locator(".wasmcell-Step")
        self.names = self.root.locator(".wasmcell-Step-title")
        self.status = self.root.locator(".wasmcell-Workbench-status")
        self.message = self.root.locator(".wasmcell-Workbench-message")
        self.output = self.root.get_by_label("Format")

    def add(self, name):
        self.root.get_by_label("Step to add").select_option(name)
        self.root.get_by_role("button", name="Add", exact=True).click()

    def field(self, name):
        return self.root.locator(".wasmcell-Step-body:visible").get_by_label(name)

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def copied(self, what):
        self.button(f"Copy as {what}").or_(self.root.get_by_title(f"Copy as {what}")).first.click()
        expect(self.message).to_have_text(f"Copied as {what.removeprefix('a ').removesuffix(' line')}.")
        return self.page.evaluate("navigator.clipboard.readText()")

    def pixels(self, side):
        """What is on the screen, red, green and blue."""
        width, height, data = self.root.locator(f"[data-side={side}] > canvas").evaluate(
            "c => [c.width, c.height, [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]]"
        )
        return np.array(data, np.uint8).reshape(height, width, 4)[:, :, :3]

    def shows(self, width, height):
        """Waits for a result of that size, and its file."""
        expect(self.status).to_contain_text(re.compile(rf"→.*{width} × {height} px · [A-Z]+ · [\d.]+ k?B"))


@pytest.fixture
def bench(files, source):
    """A workbench on the picture, opened as people do."""
    files.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    files.show()
    files.item("photo.png").click(button="right")
    files.page.locator(".lm-Menu-itemLabel", has_text="Open With").hover()
    files.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^wasmcell$")).click()
    bench = Bench(files)
    expect(bench.root.locator(".wasmcell-Picture")).to_have_class(re.compile("wasmcell-mod-shown"))
    yield bench
    files.run("application:close-all")


@pytest.mark.isolated
def test_shows_what_the_steps_do(bench, source, jupyter):
    before = np.asarray(Pillow.open(source))
    bench.shows(120, 80)
    assert np.array_equal(bench.pixels("before"), before)
    bench.add("flip")
    bench.add("rotate")
    bench.field("Degrees").select_option("90")
    bench.shows(80, 120)
    # Pillow turns counterclockwise.
    turned = Pillow.open(source).transpose(Pillow.FLIP_LEFT_RIGHT).transpose(Pillow.ROTATE_270)
    assert np.array_equal(bench.pixels("after"), np.asarray(turned))
    assert np.array_equal(bench.pixels("before"), before)
    assert jupyter.ask("api/kernels") == []


def test_steps_are_ordered_switched_off_and_undone(bench):
    for name in ("grayscale", "flip", "rotate"):
        bench.add(name)
    expect(bench.names).to_have_text(["Grayscale", "Flip", "Rotate"])
    bench.button("Move Rotate up").click()
    expect(bench.names).to_have_text(["Grayscale", "Rotate", "Flip"])
    handle = bench.root.get_by_label("Move Grayscale: drag, or use the up and down keys")
    handle.press("ArrowDown")
    expect(bench.names).to_have_text(["Rotate", "Grayscale", "Flip"])
    expect(handle).to_be_focused()
    expect(bench.message).to_have_text("Grayscale is step 2 now.")
    handle.press("Control+z")
    handle.press("Control+z")
    expect(bench.names).to_have_text(["Grayscale", "Flip", "Rotate"])
    handle.press("Control+Shift+Z")
    expect(bench.names).to_have_text(["Grayscale", "Rotate", "Flip"])

    # By the pointer: the last one to the top.
    handle = bench.root.get_by_label("Move Flip: drag, or use the up and down keys")
    top = bench.step.first.bounding_box()
    handle.hover()
    bench.page.mouse.down()
    bench.page.mouse.move(top["x"] + 9, top["y"] + top["height"] + 2, steps=4)
    bench.page.mouse.move(top["x"] + 9, top["y"] - 4, steps=4)
    bench.page.mouse.up()
    expect(bench.names).to_have_text(["Flip", "Grayscale", "Rotate"])

    bench.root.get_by_label("Apply Grayscale").uncheck()
    bench.button("Remove Rotate").click()
    json = bench.copied("JSON")
    assert Pipeline.from_json(json) == Pipeline.parse("photo.png | image.flip horizontal")
    bench.button("Undo (Ctrl Z)").click()
    expect(bench.names).to_have_text(["Flip", "Grayscale", "Rotate"])
    bench.button("Undo (Ctrl Z)").click()
    expect(bench.root.get_by_label("Apply Grayscale")).to_be_checked()


@pytest.mark.isolated
def test_texts_are_equal_pipelines_and_the_result_the_kernels(bench, source, monkeypatch):
    bench.add("resize")
    expect(bench.message).to_have_text("resize: width or height is needed")
    bench.field("Width").fill("60")
    bench.field("Filter").select_option("box")
    bench.field("Enlarge").uncheck()
    bench.field("Background").fill("#fff")
    bench.add("blur")
    expect(bench.root.locator(".wasmcell-Step-summary").last).to_have_text("to be filled in")
    bench.field("Sigma").fill("1.5")
    bench.output.select_option("jpeg")
    bench.root.get_by_label("Quality").fill("70")
    bench.root.get_by_label("Progressive").check()
    text = "photo.png | image.resize width=60 filter=box enlarge=false background=#fff | image.blur 1.5 | image.encode jpeg quality=70 progressive=true"
    expected = Pipeline.parse(text)

    assert Pipeline.from_json(bench.copied("JSON")) == expected
    line = bench.copied("a %wasm line")
    assert Pipeline.parse(line.removeprefix("%wasm ")) == expected
    python = bench.copied("Python")
    monkeypatch.chdir(source.parent)
    scope = {}
    code, _, expression = python.strip().rpartition("\n")
    exec(code, scope)
    made = eval(expression, scope)
    assert made == image.open("photo.png").then(Pipeline(steps=expected.steps))

    result = run(expected, source).bytes
    bench.shows(60, 40)
    expect(bench.status).to_contain_text(
        f"JPEG · {len(result) / 1000:.1f} kB" if len(result) >= 1000 else f"JPEG · {len(result)} B"
    )
    bench.button("Save as New File").click()
    expect(bench.message).to_have_text("photo-edited.jpg saved.")
    assert sha256((source.parent / "photo-edited.jpg").read_bytes()) == sha256(result)


def test_never_overwrites_without_asking(bench, source):
    original = source.read_bytes()
    bench.button("Save as New File").click()
    dialog = bench.files.dialog
    expect(dialog).to_contain_text("Already there: photo.png")
    dialog.get_by_text("Keep Both").click()
    expect(bench.message).to_have_text("photo-1.png saved.")
    assert source.read_bytes() == original
    assert (source.parent / "photo-1.png").exists()


@pytest.mark.ui
def test_the_keyboard_does_all(bench):
    keyboard = bench.page.keyboard
    bench.root.get_by_label("Step to add").focus()
    keyboard.type("brightness")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(bench.field("Factor")).to_be_focused()
    keyboard.type("0.5")
    expect(bench.root.locator(".wasmcell-Step-summary")).to_have_text("factor=0.5")
    keyboard.press("ArrowUp")
    keyboard.press("Control+z")
    divider = bench.root.get_by_role("slider", name="Divider between before and after")
    divider.focus()
    expect(divider).to_have_attribute("aria-valuenow", "50")
    keyboard.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuetext", "52 % before, 48 % after")
    keyboard.press("Home")
    expect(divider).to_have_attribute("aria-valuenow", "0")
    level = bench.root.locator(".wasmcell-Picture-level")
    keyboard.press("1")
    expect(level).to_have_text("100 %")
    keyboard.press("+")
    expect(level).to_have_text("125 %")
    for _ in range(10):
        keyboard.press("+")
    left = "c => c.getBoundingClientRect().left"
    canvas = bench.root.locator("[data-side=after] > canvas")
    before = canvas.evaluate(left)
    keyboard.press("Shift+ArrowRight")
    assert canvas.evaluate(left) == before - 64
    keyboard.press("0")
    expect(level).to_have_text("100 %")  # never larger than it is


@pytest.mark.ui
def test_the_pointer_divides_zooms_and_pans(bench):
    stage = bench.root.locator(".wasmcell-Picture-stage")
    box = stage.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse = bench.page.mouse
    divider = bench.root.get_by_role("slider", name="Divider between before and after")
    mouse.move(*middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 4, middle[1], steps=3)
    mouse.up()
    expect(divider).to_have_attribute("aria-valuenow", "25")
    mouse.move(*middle)
    for _ in range(8):
        mouse.wheel(0, -400)
    expect(bench.root.locator(".wasmcell-Picture-level")).to_have_text("3200 %")
    canvas = bench.root.locator("[data-side=after] > canvas")
    before = canvas.bounding_box()
    mouse.down()
    mouse.move(middle[0] + 40, middle[1] + 30, steps=3)
    mouse.up()
    after = canvas.bounding_box()
    assert (round(after["x"] - before["x"]), round(after["y"] - before["y"])) == (40, 30)


@pytest.mark.ui
def test_a_slide_is_one_change(bench):
    bench.add("contrast")
    slider = bench.root.locator(".wasmcell-Step-body:visible input[type=range]")
    box = slider.bounding_box()
    bench.page.mouse.move(box["x"] + 4, box["y"] + box["height"] / 2)
    bench.page.mouse.down()
    bench.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=12)
    bench.page.mouse.up()
    value = float(bench.field("Factor").input_value())
    assert 4.5 < value < 5.5
    expect(bench.root.locator(".wasmcell-Step-summary")).to_have_text(f"factor={value:g}")
    bench.shows(120, 80)
    bench.button("Undo (Ctrl Z)").click()
    expect(bench.root.locator(".wasmcell-Step-summary")).to_have_text("to be filled in")
    bench.button("Redo (Ctrl Shift Z)").click()
    expect(bench.field("Factor")).to_have_value(f"{value:g}")


@pytest.mark.ui
def test_what_is_no_picture_is_said(files, folder):
    (folder / "broken.png").write_bytes(b"no picture")
    files.show()
    open = "path => jupyterapp.commands.execute('docmanager:open', { path, factory: 'wasmcell' }).then(() => undefined)"
    files.page.evaluate(open, f"{files.name}/broken.png")
    expect(files.page.locator(".wasmcell-Workbench-refused")).to_have_text(re.compile("not a picture"))
    expect(files.page.get_by_role("button", name="Save as New File")).to_be_disabled()
    files.run("application:close-all")


@pytest.mark.ui
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_is_accessible(bench, theme):
    bench.files.run("apputils:change-theme", {"theme": theme})
    bench.add("sharpen")
    bench.add("grayscale")
    bench.step.first.locator(".wasmcell-Step-name").click()
    bench.shows(120, 80)
    assert violations(bench.page, ".wasmcell-Workbench") == []
    bench.files.run("apputils:change-theme", {"theme": "JupyterLab Light"})
