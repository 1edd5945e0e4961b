"""Work beside the caller, and waiting for it: in threads; in Pyodide, which has none, on stacks of their own.

There a callback of the event loop may wait while others run, where WebAssembly has JSPI.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wasmcell.engines.limits import Cancel
from wasmcell.errors import EngineUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")
#: Whether Python runs in a page.
IN_PAGE: Final = sys.platform == "emscripten"
_apart: contextvars.ContextVar[bool] = contextvars.ContextVar("apart", default=False)


def start(work: Callable[[], object], name: str = "wasmcell") -> None:
    """Have `work` done beside the caller, in the caller's context. It does not keep Python from ending."""
    context = contextvars.copy_context()
    context.run(_apart.set, True)
    if IN_PAGE:
        asyncio.get_event_loop().call_soon(work, context=context)
    else:
        threading.Thread(target=context.run, args=(work,), name=name, daemon=True).start()


def future(function: Callable[..., T], *args: Any, **options: Any) -> asyncio.Future[T]:
    """Call `function(*args, cancel=…, **options)` apart: to be awaited. Cancelling it cancels the call."""
    loop, cancel = asyncio.get_running_loop(), Cancel()
    future: asyncio.Future[T] = loop.create_future()
    future.add_done_callback(lambda future: cancel.cancel() if future.cancelled() else None)

    def settle(settled: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            settled(value)

    def work() -> None:
        settled: Callable[[Any], None] = future.set_result
        try:
            value: Any = function(*args, cancel=cancel, **options)
        except BaseException as error:
            settled, value = future.set_exception, error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, settled, value)

    start(work)
    return future


def is_apart() -> bool:
    """Whether this is work that was started here, which may block."""
    return _apart.get()


def result(future: Future[T], seconds: float) -> T:
    """What a future brings. Raises TimeoutError if it takes longer.

    Raises
    ------
    EngineUnavailableError
        In Pyodide, where the browser does not let Python wait.
    """
    if IN_PAGE and not future.done():
        from pyodide.ffi import can_run_sync, run_sync  # type: ignore[import-not-found]

        if not can_run_sync():
            raise EngineUnavailableError(
                "Python in this page cannot wait for the page: its WebAssembly is without JSPI. Use Chrome "
                "or Edge 137, or another browser that has it; the engine kernel works without."
            )
        run_sync(asyncio.wait([asyncio.wrap_future(future)], timeout=seconds))
        seconds = 0
    return future.result(seconds)
