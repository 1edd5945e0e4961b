"""Widgets in a real JupyterLab with a real kernel: notebooks that tests drive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from host import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"


class Notebook(Host):
    """A notebook that is open in a page, with its kernel."""

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


def open_notebook(page: Page, server: Any, name: str, at: str = "doc/tree") -> Notebook:
    """A new notebook on a server, in JupyterLab or at the address of another front-end."""
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
    page.goto(server.address(f"{at}/{name}"))
    notebook = Notebook(page)
    notebook.wait()
    assert page.evaluate("crossOriginIsolated") is server.isolated
    return notebook


@pytest.fixture(scope="module")
def open_in(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Notebook]]:
    """Opens new notebooks on a server, each in a page of its own."""
    contexts = []

    def open(server: Any, at: str = "doc/tree") -> Notebook:
        contexts.append(browser.new_context(viewport={"width": 1100, "height": 900}))
        stem = Path(request.node.name).stem
        return open_notebook(contexts[-1].new_page(), server, f"{stem}{len(contexts)}.ipynb", at)

    yield open
    for context in contexts:
        context.close()
