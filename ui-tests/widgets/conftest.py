"""Widgets in a real JupyterLab with a real kernel: notebooks that tests drive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, TimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Download, Frame, Page

PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"


class Notebook:
    """A notebook that is open in a page, with its kernel."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def wait(self) -> None:
        """Until the kernel is there and idle."""
        self.page.wait_for_function("globalThis.jupyterapp")
        self.page.evaluate("jupyterapp.restored.then(() => undefined)")
        self.page.wait_for_function("""() => {
          const widgets = [...jupyterapp.shell.widgets('main')];
          globalThis.panel = widgets.find(widget => widget.context?.model?.cells);
          return globalThis.panel?.sessionContext.session?.kernel?.status === 'idle';
        }""")

    def start(self, code: str) -> int:
        """Run code in a new cell, without waiting; the cell's index."""
        return self.page.evaluate(
            """code => {
              jupyterapp.shell.activateById(panel.id);
              const notebook = panel.content;
              const index = notebook.activeCellIndex = notebook.widgets.length - 1;
              notebook.activeCell.model.sharedModel.setSource(code);
              void jupyterapp.commands.execute('notebook:run-cell-and-insert-below');
              return index;
            }""",
            code,
        )

    def finish(self, index: int) -> str:
        """Wait until a cell has run; what it printed, its error's name and text, or the text of its value."""
        self.page.wait_for_function(
            """index => {
              const { executionCount, executionState } = panel.content.widgets[index].model;
              return executionCount !== null && executionState === 'idle';
            }""",
            arg=index,
        )
        texts = []
        for output in self.outputs(index):
            match output["output_type"]:
                case "stream":
                    texts.append("".join(output["text"]))
                case "error":
                    texts.append(f"{output['ename']}: {output['evalue']}")
                case _:
                    texts.append("".join(output["data"].get("text/plain", "")))
        return "".join(texts).strip()

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """A cell's outputs, as the notebook would save them."""
        return self.page.evaluate("index => panel.content.widgets[index].model.outputs.toJSON()", index)

    def run(self, code: str) -> str:
        """`start` and `finish`."""
        return self.finish(self.start(code))

    def frames(self, selector: str) -> list[Frame]:
        """The frames that have such an element: those of the vault's views hang in closed shadow trees."""
        found = []
        for frame in self.page.frames:
            try:
                if frame.url == "about:srcdoc" and frame.query_selector(selector):
                    found.append(frame)
            except Error:  # it goes away while it is asked
                continue
        return found

    def frame(self, selector: str) -> Frame:
        """The newest of `frames`, when there is one."""
        for _ in range(200):
            if found := self.frames(selector):
                return found[-1]
            self.page.wait_for_timeout(50)
        raise AssertionError(f"no frame has {selector}")

    def answer(self, word: str) -> None:
        """Click on an answer to the question whether a file may be sent."""
        for _ in range(20):
            try:
                self.frame(".question").click(f"text={word}", timeout=3000)
            except Error:  # the question was moved, as what it stood at went out of sight
                continue
            return
        raise AssertionError(word)

    def show(self, code: str, selector: str) -> Frame:
        """Run a cell that shows a view; the frame that comes with it, of several alike."""
        before = self.frames(selector)
        self.run(code)
        for _ in range(200):
            if new := [frame for frame in self.frames(selector) if frame not in before]:
                return new[-1]
            self.page.wait_for_timeout(50)
        raise AssertionError(f"no new frame has {selector}")

    def choose(self, *files: Path, button: str = ".zone button", frame: Frame | None = None) -> None:
        """Choose files in a drop zone, as a person does: in the newest unless told."""
        frame = frame or self.frame(button)
        with self.page.expect_file_chooser() as chooser:
            frame.click(button)
        chooser.value.set_files(files)

    def pick(self, *files: Path) -> None:
        """Show the drop zone `f`, and choose files in it; until Python knows of them."""
        self.choose(*files, frame=self.show("f", ".zone button"))
        self.run("await f.chosen()")

    def download(self, act: Callable[[], Any]) -> Download:
        """What a person is given to save when they `act`; they try again if nothing comes, as people do.

        A browser may hold back a download that comes long after a click, on a machine that is busy.
        """
        for timeout in (20_000, 60_000):
            try:
                with self.page.expect_download(timeout=timeout) as download:
                    act()
                return download.value
            except TimeoutError:
                continue
        raise AssertionError("nothing was given to save")


def open_notebook(page: Page, server: Any, name: str) -> Notebook:
    """A new notebook on a server."""
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": "",
    }
    spec = {"name": "python3", "display_name": "Python 3"}
    content = {"cells": [cell], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    (server.root / name).write_text(json.dumps(content))
    page.set_default_timeout(60_000)
    page.goto(server.address(f"doc/tree/{name}"))
    notebook = Notebook(page)
    notebook.wait()
    assert page.evaluate("crossOriginIsolated") is server.isolated
    return notebook


@pytest.fixture(scope="module")
def open_in(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[Any], Notebook]]:
    """Opens new notebooks on a server, each in a page of its own."""
    contexts = []

    def open(server: Any) -> Notebook:
        contexts.append(browser.new_context(viewport={"width": 1100, "height": 900}))
        stem = Path(request.node.name).stem
        return open_notebook(contexts[-1].new_page(), server, f"{stem}{len(contexts)}.ipynb")

    yield open
    for context in contexts:
        context.close()
