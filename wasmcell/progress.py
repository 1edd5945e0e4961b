"""Progress bars, in terminals and notebooks."""

from __future__ import annotations

import threading
import warnings
from typing import Any

from wasmcell.engines.apart import IN_PAGE


def bar(*args: Any, **options: Any) -> Any:
    """What `tqdm` gives for these arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tqdm warns in notebooks without ipywidgets, and does well there
        from tqdm.auto import tqdm  # type: ignore[import-untyped]
    if IN_PAGE:
        tqdm.monitor_interval = 0  # its monitor is a thread
        tqdm.set_lock(threading.RLock())  # its own is one of processes, too, which marimo refuses in a page
    return tqdm(*args, **options)
