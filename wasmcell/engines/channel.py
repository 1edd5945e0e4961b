"""How a page is heard by a Python that runs in one of its workers, also while a cell runs.

JupyterLite hands a kernel the page's messages between cells only. So a widget has the page post them to a
broadcast channel, whose name is random and goes to the page alone, with the widget's state. The page takes it
out of that, as states are saved with notebooks, which others can read.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from wasmcell.engines.apart import IN_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable


class Broadcast:
    """A broadcast channel of the page's; nothing, with an empty name, where Python is not in a page.

    Parameters
    ----------
    hear
        Called with a message's content and its binary attachments.
    """

    def __init__(self, hear: Callable[[Any, list[memoryview]], None]) -> None:
        self.name = f"wasmcell-{secrets.token_urlsafe(16)}" if IN_PAGE else ""
        if self.name:
            import js  # type: ignore[import-not-found]
            from pyodide.ffi import create_proxy  # type: ignore[import-not-found]

            def take(event: Any) -> None:
                content = event.data.content.to_py()
                hear(plain(content), [_bytes(buffer) for buffer in event.data.buffers])

            self._take = create_proxy(take)
            self._channel = js.BroadcastChannel.new(self.name)
            self._channel.onmessage = self._take

    def close(self) -> None:
        """Hear nothing more."""
        if self.name:
            self._channel.close()
            self._take.destroy()
            self.name = ""


def plain(value: Any) -> Any:
    """What Pyodide's kernel makes of a message, with None where JavaScript has null."""
    if not IN_PAGE:
        return value
    from pyodide.ffi import jsnull

    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case _:
            return None if value is jsnull else value


def _bytes(buffer: Any) -> memoryview:
    """A copy of an ArrayBuffer."""
    import js

    data = bytearray(buffer.byteLength)
    js.Uint8Array.new(buffer).assign_to(data)
    return memoryview(data)
