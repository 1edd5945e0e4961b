"""Large pages under linear memories, where the system has them.

A fresh instance's memory is touched for the first time page by page, and each first touch is a fault: for a
picture of 33 MB these took a third of a call's time. Linux gives pages of 2 MB to whoever asks.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

#: Input of so many bytes is worth the advice: a call on less is over before large pages are cleared.
SMALL: Final = 1 << 15

_MADV_HUGEPAGE: Final = 14


def _madvise() -> ctypes._NamedFuncPointer | None:
    if sys.platform != "linux" or sys.maxsize < 1 << 32:
        return None
    madvise = getattr(ctypes.CDLL(None), "madvise", None)
    if madvise is not None:
        madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return madvise


_advise = _madvise()


def advise(base: int, size: int) -> None:
    """Ask for large pages in this part of the address space, which starts at a page. It is advice: whether
    there are any makes no difference but to speed.
    """
    if _advise is not None:
        _advise(base, size, _MADV_HUGEPAGE)
