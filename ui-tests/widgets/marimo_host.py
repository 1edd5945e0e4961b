"""marimo's editor with a notebook of its own, on a real server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING
from urllib.error import URLError

from host import Host

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


class Server:
    """Edits a notebook in a folder, or runs it as an app."""

    def __init__(self, folder: Path, notebook: str = _EMPTY, command: str = "edit") -> None:
        path = folder / "notebook.py"
        path.write_text(notebook)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/"
        self.log = folder / "server.log"
        env = {**os.environ, "XDG_CONFIG_HOME": str(folder / "config"), "MARIMO_SKIP_UPDATE_CHECK": "1"}
        options = [command, "--headless", "--no-token", f"--port={port}", str(path)]
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "marimo", *options], env=env, cwd=folder, stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url + "health", timeout=30).close()
            except (URLError, ConnectionError):
                assert self._process.poll() is None, self.log.read_text()
                time.sleep(0.2)
            else:
                return
        raise AssertionError(self.log.read_text())

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)


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
