"""JupyterLab's file browser, as a person uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page


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
