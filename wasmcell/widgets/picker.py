"""A drop zone for private files."""

from __future__ import annotations

import asyncio
from html import escape
from threading import Lock
from typing import TYPE_CHECKING, Any

import traitlets

from wasmcell import crossings, display
from wasmcell.awaited import awaited
from wasmcell.engines import browser
from wasmcell.engines.browser import STATIC
from wasmcell.engines.hearing import hearing
from wasmcell.engines.wire import FileRef
from wasmcell.errors import ClosedError, InvalidArgumentError
from wasmcell.private import PrivateFile
from wasmcell.widgets.link import LinkedWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wasmcell import sources
    from wasmcell.engines.browser import Page


def pick(accept: str = "image/*", *, multiple: bool = True) -> Pick:
    """Let a person choose files that stay private: a drop zone, inside the page's vault.

    The files' bytes are neither sent to the kernel nor seen by the notebook's page. Python knows their name,
    type, size and sha256.

    Parameters
    ----------
    accept : str
        Which files: media types and extensions, as in ``"image/*"`` or ``".pdf, .png"``; empty for all.
    multiple : bool
        Whether more than one, and folders, can be chosen.

    Returns
    -------
    Pick
        Shows itself as the last value of a cell; ``.files`` are those that were chosen so far, and
        ``await picker.chosen()`` waits for the first.
    """
    return Pick(accept, multiple=multiple)


class Pick(LinkedWidget):
    """A drop zone and the private files that were chosen in it; see `pick`."""

    _esm = STATIC / "widget-pick.js"
    accept = traitlets.Unicode().tag(sync=True)
    multiple = traitlets.Bool().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)

    def __init__(self, accept: str = "image/*", *, multiple: bool = True) -> None:
        # People write *.pdf, browsers .pdf.
        wanted = [one.strip().replace("*.", ".", 1) for one in accept.split(",")]
        label = "Choose private files" if multiple else "Choose a private file"
        self._files: dict[tuple[str, int], PrivateFile] = {}
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._lock = Lock()
        #: Where the files are: ``vault``; ``workers`` where the page forbids a vault; None until it is known.
        self.home: str | None = None
        super().__init__(accept=",".join(filter(None, wanted)), multiple=multiple, label=label)

    @property
    def files(self) -> tuple[PrivateFile, ...]:
        """The files that are chosen now, in the order in which they were; none of a page that is gone."""
        # They come as they are read, small ones first; their numbers are in the order of choice.
        return tuple(file for (page, _), file in sorted(self._files.items()) if browser.page(page).usable)

    def __iter__(self) -> Iterator[PrivateFile]:
        return iter(self._here())

    def __getitem__(self, index: int) -> PrivateFile:
        return self._here()[index]

    @awaited
    async def chosen(self) -> tuple[PrivateFile, ...]:
        """Wait until at least one file is chosen; the files."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            if not self.files:
                self._waiting.append((loop, future))
            else:
                future.set_result(None)
        await hearing(future)
        return self.files

    def event(self, page: Page, message: dict[str, Any]) -> None:
        """Hear of files that were chosen or removed."""
        match message:
            case {"event": "chosen", "files": files}:
                for one in files:
                    ref = FileRef(page.page, one["$file"], one["name"], one["size"], one["type"])
                    self._files[page.page, one["$file"]] = PrivateFile(ref, one["sha256"])
                    what = f"{one['name']}: name, type, size and sha256"
                    crossings.record("page", "kernel", what, crossings.json_size(one))
                self._wake()
            case {"event": "removed", "files": numbers}:
                for number in numbers:
                    self._files.pop((page.page, number), None)
            case {"event": "home", "home": home}:
                self.home = home
                if gone := self._gone():
                    page.send({"id": 0, "op": "say", "said": gone}, by=self)
        self.saved = self.fallback

    def _gone(self) -> list[str]:
        """The names of the files that were chosen in pages that are gone."""
        lost = (file.name for (page, _), file in sorted(self._files.items()) if not browser.page(page).usable)
        return list(dict.fromkeys(lost))

    def _wake(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for loop, future in waiting:
            loop.call_soon_threadsafe(_settle, future)

    def __wasmcell_source__(self) -> sources.Private:
        files = self._here()
        if not files:
            raise InvalidArgumentError("open: no file is chosen yet; choose one in the drop zone")
        if len(files) != 1:
            raise InvalidArgumentError(
                f"open: {len(files)} files are chosen in this widget; take one of its .files, or work on "
                "all: `await image.amap(picker, pipeline)`"
            )
        return files[0].__wasmcell_source__()

    def _here(self) -> tuple[PrivateFile, ...]:
        """The files. Raises ClosedError if there were some, and their page is gone or out of reach."""
        if self._files and not self.files:
            if all(browser.page(page).left for page, _ in self._files):
                raise ClosedError(
                    "The page was closed or reloaded, and the files that were chosen in it are gone; choose "
                    "files in the drop zone again."
                )
            raise ClosedError(
                "The page that has the files cannot be reached: its widgets were closed, or it is silent. "
                "Show this drop zone again, or another widget of wasmcell."
            )
        return self.files

    @property
    def fallback(self) -> str:  # type: ignore[override]
        """Names and sizes."""
        items = "".join(f"<li>{escape(file.name)}, {display.size(file.size)}</li>" for file in self.files)
        return f"<p>{escape(self.label)}</p>" + (f"<ul>{items}</ul>" if items else "")

    def __repr__(self) -> str:
        return f"<Pick {self.accept or 'all files'}, {len(self.files)} chosen>"


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
