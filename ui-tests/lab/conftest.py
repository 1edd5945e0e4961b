"""JupyterLab's file browser on a real server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from file_browser import Files
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def lab(browser: Browser, jupyter) -> Iterator[Page]:
    """A page with JupyterLab, for all tests of a module."""
    with browser.new_context(viewport={"width": 1200, "height": 800}) as context:
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(jupyter.address("lab") + "&reset")  # as it is first seen, whatever others left open
        page.wait_for_selector(".jp-DirListing-content", timeout=60_000)
        assert page.evaluate("crossOriginIsolated") is jupyter.isolated
        yield page


@pytest.fixture
def folder(jupyter, request) -> Path:
    """A folder for a test."""
    folder = jupyter.root / re.sub(r"\W+", "-", request.node.name).strip("-")
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def files(lab: Page, folder: Path) -> Iterator[Files]:
    """The file browser on the test's folder."""
    files = Files(lab, folder, folder.name)
    yield files
    if lab.locator(".jp-Dialog").count():  # what a test that failed has left
        lab.keyboard.press("Escape")
    files.hush()
