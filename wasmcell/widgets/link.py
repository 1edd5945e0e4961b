"""What widgets that speak with the page have in common: each is a link between kernel and page.

`src/widgets/link.ts` is the other end.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import anywidget
import traitlets
from IPython import get_ipython

from wasmcell import crossings
from wasmcell.engines import browser
from wasmcell.engines.browser import STATIC
from wasmcell.engines.channel import Broadcast, plain
from wasmcell.engines.remote import Frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wasmcell.engines.browser import Page


def _process() -> str:
    """A name of this process: Jupyter's own, which all of its messages bear, where there is one."""
    session = getattr(getattr(get_ipython(), "kernel", None), "session", None)
    return getattr(session, "session", None) or uuid4().hex


class LinkedWidget(anywidget.AnyWidget):
    """A widget by which pages can be spoken with."""

    #: Names this process: when it is gone, the page lets go of what only it could name.
    kernel = traitlets.Unicode(_process()).tag(sync=True)
    #: The name of the channel by which the page is heard; empty where the kernel hands its messages on.
    channel = traitlets.Unicode().tag(sync=True)
    #: What stands in saved notebooks and exports, as HTML; made when it is shown.
    fallback = ""
    #: The same, where a host saves widgets.
    saved = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._ends: defaultdict[tuple[str, str], _End] = defaultdict(_End)
        self._channel = Broadcast(lambda content, buffers: self._hear(self, content, buffers))
        super().__init__(channel=self._channel.name, **traits)
        self.on_msg(self._hear)

    @property
    def reachable(self) -> bool:
        """Whether it can be spoken by; a host may have closed its comm."""
        return self.comm is not None and not getattr(self.comm, "_closed", False)

    def put(self, page: str, chunk: Any) -> None:
        """Send bytes to a page. Raises OSError if the widget is closed."""
        if not self.reachable:
            raise OSError("the widget is closed")
        self.send({"page": page}, [chunk])

    def event(self, page: Page, message: dict[str, Any]) -> None:
        """Hear what the page says of its own accord."""

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what was set in the page, which forgets the channel's name (`src/widgets/link.ts`)."""
        super().set_state({name: one for name, one in plain(sync_data).items() if name != "channel"})

    def close(self) -> None:
        """Close the widget; what the page holds stays there, as long as another widget of it is open."""
        for name, _ in self._ends:
            browser.page(name).part(self)
        self._channel.close()
        super().close()

    def _hear(self, _: Any, content: Any, buffers: list[Any]) -> None:
        match content:
            case {"page": str() as name, "link": str() as link, "number": int() as number}:
                end = self._ends[name, link]
                for one in end.order(number, (content, buffers)):
                    self._take(browser.page(name), end.frames, *one)

    def _take(self, page: Page, frames: Frames, content: Any, buffers: list[Any]) -> None:
        if content.get("left"):
            page.close()
        elif content.get("ready"):
            page.join(self)
            page.send({"id": 0, "op": "ping"}, by=self)  # the page waits for a sign of life, too
            browser.arrived()
        elif content.get("scripts"):
            scripts = browser.scripts()
            page.send({"id": 0, "op": "scripts"}, scripts, by=self)
            crossings.record("kernel", "page", "scripts of vault and worker", sum(map(len, scripts)))
        else:
            page.join(self)  # also after it was given up: it speaks again
            for buffer in buffers:
                for message, attachments in frames.push(buffer):
                    if "id" in message:
                        page.received(message, attachments)
                    else:
                        self.event(page, message)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        self.saved = self.fallback
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, "text/plain": repr(self), "text/html": self.saved}, metadata


class _End:
    """What came from one end of a link in a page."""

    def __init__(self) -> None:
        self.frames = Frames()
        self._next = 0
        self._early: dict[int, Any] = {}

    def order(self, number: int, message: Any) -> Iterator[Any]:
        """Take a message; gives what is next in order, each once: hosts may deliver otherwise."""
        if number >= self._next:
            self._early[number] = message
        while self._next in self._early:
            self._next += 1
            yield self._early.pop(self._next - 1)


class PageWidget(LinkedWidget):
    """A widget without a face: the link alone."""

    _esm = STATIC / "widget-page.js"
