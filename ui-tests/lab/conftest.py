"""JupyterLab's file browser, as a person uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

expect.set_options(timeout=15_000)


class Files:
    """A file browser that shows a folder of its own."""

    def __init__(self, page: Page, folder: Path, name: str) -> None:
        self.page = page
        self.folder = folder
        self.name = name
        self.dialog: Locator = page.locator(".jp-Dialog")
        self.accept: Locator = self.dialog.locator(".jp-mod-accept")
        self.message: Locator = page.locator(".jp-toast-message")

    @property
    def names(self) -> set[str]:
        """What is in the folder, on the server's disk."""
        return {path.name for path in self.folder.iterdir() if not path.name.startswith(".")}

    def show(self) -> None:
        """Has the file browser show the folder as it is now."""
        self.run("filebrowser:go-to-path", {"path": self.name, "dontShowBrowser": True})
        self.run("filebrowser:refresh")

    def run(self, command: str, args: object = None) -> None:
        """A command of JupyterLab."""
        self.page.evaluate(
            "([command, args]) => jupyterapp.commands.execute(command, args)", [command, args or {}]
        )

    def item(self, name: str) -> Locator:
        """A line of the file browser."""
        named = self.page.locator(".jp-DirListing-itemText", has_text=re.compile(f"^{re.escape(name)}$"))
        return self.page.locator(".jp-DirListing-item", has=named)

    def choose(self, entry: str, *names: str, menu: str = "Image") -> None:
        """Select files, and choose an entry of their menu of operations."""
        for index, name in enumerate(names):
            self.item(name).click(modifiers=["Control"] if index else [])
        self.item(names[-1]).click(button="right")
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{menu}$")).hover()
        self.page.locator(".lm-Menu-itemLabel", has_text=entry).click()
        expect(self.dialog).to_be_visible()

    def says(self, text: str | re.Pattern[str]) -> None:
        """Waits for a notification, and puts it away."""
        expect(self.message.filter(has_text=text)).to_be_visible()
        self.hush()

    def hush(self) -> None:
        """Puts all notifications away."""
        close = self.page.get_by_title("Hide notification")
        while close.count():
            shown = close.count()
            close.first.click()
            expect(close).to_have_count(shown - 1)


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
