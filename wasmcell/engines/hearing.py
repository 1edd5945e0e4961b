"""To hear the page, and a person's stop button, while a cell waits.

Jupyter's kernels hear the page by themselves, but an interrupt only when their loop turns: it is kept
turning. marimo's takes what pages say in the same task that runs cells, so only between them. While a cell
waits for the page, what is for wasmcell is taken from marimo's queue here; it comes once more afterwards, and
is known by its number (`wasmcell/widgets/link.py`). In Pyodide the page has a way of its own (`channel.py`).
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wasmcell.engines.apart import IN_PAGE
from wasmcell.errors import BlockingError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
#: Seconds between two turns of the loop.
_TURN: Final = 0.2
#: The same, where marimo's queue is looked into.
_LOOK: Final = 0.02


async def hearing(future: asyncio.Future[T]) -> T:
    """Wait for what the page brings about.

    Raises
    ------
    BlockingError
        This marimo does not let it be heard meanwhile.
    """
    marimo = sys.modules.get("marimo")
    queued = not IN_PAGE and marimo is not None and marimo.running_in_notebook()
    hear = _marimo() if queued else None
    try:
        while not future.done():
            await asyncio.wait([future], timeout=_LOOK if hear else _TURN)
            if hear:
                hear()
        return future.result()
    finally:
        future.cancel()  # nobody waits any more


def _marimo() -> Callable[[], None]:
    """Takes what is for wasmcell's widgets from marimo's queue, which is no public part of it."""
    try:
        from marimo._plugins.ui._impl.anywidget.init import WIDGET_COMM_MANAGER
        from marimo._runtime.commands import ModelCommand
        from marimo._runtime.context import get_context

        context: Any = get_context()
        enqueue = context._kernel.enqueue_control_request  # noqa: SLF001
        # Copies of the page's messages, of which marimo takes some before their turn.
        queue: Any = inspect.getclosurevars(enqueue).nonlocals["set_ui_element_queue"]
    except (ImportError, AttributeError, KeyError, TypeError) as error:
        raise BlockingError(
            "This version of marimo does not let the page be heard while a cell waits, so private files "
            f"cannot be worked on ({error!r}). Use marimo 0.25, or Jupyter."
        ) from error

    def hear() -> None:
        while not queue.empty():
            command = queue.get_nowait()
            if isinstance(command, ModelCommand):
                match getattr(command.message, "content", None):
                    case {"page": _, "link": _, "number": _}:
                        WIDGET_COMM_MANAGER.receive_comm_message(command)

    return hear
