"""Where notebooks are open: what tests do in all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error, TimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Download, Frame, Page


class Host(ABC):
    """A page with widgets, and the Python behind it."""

    #: Whether views are frames of their own, in a vault.
    sealed = True

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def start(self, code: str) -> Any:
        """Run code as a cell, without waiting; what names the cell. Its last value is shown."""

    @abstractmethod
    def finish(self, cell: Any) -> str:
        """Wait until a cell has run; what it printed, or its error's name and text."""

    def reach(self, path: Path) -> str:
        """The path by which Python there reads a file that a test has made."""
        return str(path)

    def run(self, code: str) -> str:
        """`start` and `finish`."""
        return self.finish(self.start(code))

    def pause(self, milliseconds: int = 50) -> None:
        """Let page and Python go on."""
        self.page.wait_for_timeout(milliseconds)

    def until(self, done: Callable[[], Any]) -> Any:
        """Wait for what `done` gives to be true."""
        for _ in range(600):
            if found := done():
                return found
            self.pause()
        raise AssertionError("it did not come to pass")

    def frames(self, selector: str) -> list[Frame]:
        """The frames that have such an element: those of the vault's views hang in closed shadow trees."""
        found = []
        for frame in self.page.frames:
            try:
                if (frame.url == "about:srcdoc" or not self.sealed) and frame.query_selector(selector):
                    found.append(frame)
            except Error:  # it goes away while it is asked
                continue
        return found

    def frame(self, selector: str) -> Frame:
        """The newest of `frames`, when there is one."""
        return self.until(lambda: self.frames(selector))[-1]

    def show(self, code: str, selector: str) -> Frame:
        """Run a cell that shows a view; the frame that comes with it, of several alike."""
        before = self.frames(selector) if self.sealed else []
        self.run(code)
        return self.until(lambda: [frame for frame in self.frames(selector) if frame not in before])[-1]

    def answer(self, word: str) -> None:
        """Click on an answer to the question whether a file may be sent."""
        for _ in range(20):
            # It may be moved just now, as what it stood at goes out of sight, and is asked anew then.
            with suppress(Error):
                self.frame(".question").click(f"text={word}", timeout=3000)
            self.pause(1000)
            if not self.frames(".question"):
                return
        raise AssertionError(word)

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

    def move_view(self) -> None:
        """Move the newest drop zone in the document and back, as JupyterLab does with what it docks anew."""
        self.page.evaluate("""() => {
          const view = [...document.querySelectorAll('.wasmcell-pick')].at(-1);
          const place = view.parentElement;
          document.body.append(view);
          place.append(view);
        }""")

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
