"""marimo's editor with a notebook of its own, on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from host import Host
from server import Server

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

_EMPTY = """import marimo

app = marimo.App()


@app.cell
def _():
    return


if __name__ == "__main__":
    app.run()
"""


class MarimoServer(Server):
    """Edits a notebook in a folder, or runs it as an app."""

    def __init__(self, folder: Path, notebook: str = _EMPTY, command: str = "edit") -> None:
        path = folder / "notebook.py"
        path.write_text(notebook)
        env = {"XDG_CONFIG_HOME": str(folder / "config"), "MARIMO_SKIP_UPDATE_CHECK": "1"}
        options = [command, "--headless", "--no-token", str(path)]
        super().__init__(folder, "marimo", *options, health="health", env=env, cwd=folder)


class Marimo(Host):
    """marimo's editor."""

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page)
        page.set_default_timeout(60_000)
        page.goto(url)
        page.locator(".cm-content").first.wait_for()

    def start(self, code: str) -> str:
        cell = self.page.locator("[data-cell-id]").last
        name = cell.get_attribute("data-cell-id")
        editor = cell.locator(".cm-content")
        editor.focus()
        self.page.keyboard.insert_text(code)
        editor.press("Shift+Enter")
        self.until(lambda: self.page.locator("[data-cell-id]").last.get_attribute("data-cell-id") != name)
        return name

    def finish(self, cell: str) -> str:
        found = self.page.locator(f"[data-cell-id='{cell}']")
        found.locator("[data-status=idle]").first.wait_for(state="attached")
        printed = "".join(found.locator(".stdout").all_inner_texts())
        return (printed or "".join(found.locator(".console-output-area").all_inner_texts())).strip()
