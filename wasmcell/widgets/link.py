"""What all widgets have in common: each is a link between kernel and page.

`src/widgets/link.ts` is the other end.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import anywidget
import traitlets

from wasmcell.engines import browser
from wasmcell.engines.browser import STATIC
from wasmcell.engines.remote import Frames

if TYPE_CHECKING:
    from wasmcell.engines.browser import Page


class Link(anywidget.AnyWidget):
    """A widget by which pages can be spoken with."""

    #: Names this process: when it is gone, the page lets go of what only it could name.
    kernel = traitlets.Unicode(uuid4().hex).tag(sync=True)
    #: What stands in saved notebooks and exports, as HTML.
    fallback = ""

    def __init__(self, **traits: Any) -> None:
        self._frames: defaultdict[str, Frames] = defaultdict(Frames)
        super().__init__(**traits)
        self.on_msg(self._hear)

    def put(self, page: str, chunk: Any) -> None:
        """Send bytes to a page. Raises OSError if the widget is closed."""
        if self.comm is None:
            raise OSError("the widget is closed")
        self.send({"page": page}, [chunk])

    def event(self, page: Page, message: dict[str, Any]) -> None:
        """Hear what the page says of its own accord."""

    def close(self) -> None:
        """Close the widget; what the page holds stays there, as long as another widget of it is open."""
        for name in self._frames:
            browser.page(name).part(self)
        super().close()

    def _hear(self, _: Any, content: Any, buffers: list[Any]) -> None:
        name = content.get("page")
        if not isinstance(name, str):
            return
        frames, page = self._frames[name], browser.page(name)
        if content.get("left"):
            page.close()
        elif content.get("ready"):
            page.join(self)
            if content.get("scripts"):
                page.send({"id": 0, "op": "scripts"}, browser.scripts(), by=self)
            browser.arrived()
        else:
            page.hear()
            for buffer in buffers:
                for message, attachments in frames.push(buffer):
                    if "id" in message:
                        page.received(message, attachments)
                    else:
                        self.event(page, message)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, "text/plain": repr(self), "text/html": self.fallback}, metadata


class PageWidget(Link):
    """A widget without a face: the link alone."""

    _esm = STATIC / "widget-page.js"
