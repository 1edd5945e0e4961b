"""Progress bars, in terminals and notebooks."""

from __future__ import annotations

import warnings
from functools import cache
from threading import Lock, RLock
from typing import Any

from wasmcell.engines.apart import IN_PAGE

_lock = Lock()


def bar(*args: Any, **options: Any) -> Any:
    """What `tqdm` gives for these arguments."""
    with _lock:
        tqdm = _tqdm()
    return tqdm(*args, **options)


@cache
def _tqdm() -> Any:
    with warnings.catch_warnings():  # of the whole process, so once, and under a lock
        warnings.simplefilter("ignore")  # tqdm warns in notebooks without ipywidgets, and does well there
        from tqdm.auto import tqdm  # type: ignore[import-untyped]
    if IN_PAGE:
        tqdm.monitor_interval = 0  # its monitor is a thread
        tqdm.set_lock(RLock())  # its own is one of processes, too, which marimo refuses in a page
    return tqdm
