"""What widgets look like to everybody: axe on their own parts, and within the sealed frames, in all themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe import violations

pytestmark = pytest.mark.ui

PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"
THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
#: What frames show: a drop zone with files, a picture, a question, a workbench's screen.
FRAMES = [".zone", "figure img", ".question", ".wasmcell-Picture"]
CHANGE = "name => jupyterapp.commands.execute('apputils:change-theme', { theme: name }).then(() => undefined)"
COLORS = """element => {
  const style = getComputedStyle(element);
  return ['--jp-layout-color1', '--jp-ui-font-color1', '--jp-border-color1', '--jp-brand-color1'].map(name => style.getPropertyValue(name).trim());
}"""


@pytest.fixture(scope="module")
def notebook(jupyter, open_in, tmp_path_factory):
    """All widgets in one cell, so that the notebook hides none of them; a question stands."""
    notebook = open_in(jupyter)
    notebook.run("import asyncio, wasmcell; from wasmcell import image, widgets; f = wasmcell.pick()")
    notebook.pick(PHOTO)
    notebook.run(f"""
        made = await image.open(f).resize(width=80).arun()
        private, kernel = widgets.Workbench(f), widgets.Workbench({str(PHOTO)!r}, '| image.resize width=300 | image.pad left=10')
        form, ledger = widgets.Form(image.pipeline().blur(2).encode('jpeg')), widgets.Ledger()
        task = asyncio.create_task(f.files[0].pull())""")
    notebook.run("display(f, made, private, kernel, form, ledger)")
    notes = tmp_path_factory.mktemp("notes") / "notes.txt"
    notes.write_text("no picture")
    notebook.choose(notes)
    for selector in FRAMES:
        notebook.frame(selector)
    notebook.page.locator(".wasmcell-Workbench").nth(1).wait_for()
    return notebook


@pytest.fixture(params=THEMES)
def themed(notebook, request):
    notebook.page.evaluate(CHANGE, request.param)
    notebook.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=request.param)
    return notebook


def test_in_the_page(themed):
    parts = [".wasmcell-Workbench", ".wasmcell-Forms", ".wasmcell-ledger", ".wasmcell-view"]
    assert violations(themed.page, {"include": parts}) == []


@pytest.mark.parametrize("selector", FRAMES)
def test_in_the_sealed_frames(themed, selector):
    frame = themed.frame(selector)
    if selector == ".question":
        # It has colours of its own, as the page could make its words vanish.
        dark = themed.page.evaluate("document.body.dataset.jpThemeLight === 'false'")
        themed.until(lambda: frame.locator(".wasmcell.dark").count() == dark)
    else:
        wanted = themed.page.locator("body").evaluate(COLORS)
        themed.until(lambda: frame.locator(".wasmcell").evaluate(COLORS) == wanted)
    # The frame lets see what is behind it, of which axe within does not know.
    behind = themed.page.evaluate("getComputedStyle(panel.content.node).backgroundColor")
    frame.evaluate("color => { document.documentElement.style.background = color; }", behind)
    assert violations(frame, {"include": ["body > *"]}) == []
