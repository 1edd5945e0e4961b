"""Widgets in a real JupyterLab with a real kernel: notebooks that tests drive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_notebook import Notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"


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
