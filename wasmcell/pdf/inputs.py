"""The files that documents are made of."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wasmcell.abi.values import Case
    from wasmcell.sources import Source

_PUT_IN = ("append", "stamp-page")
"""The steps that put pages of another file into a document."""
_EDGE = 1024
"""Bytes in which a file's last word is looked for, as other readers do: some have a little behind it."""


class TruncationWarning(UserWarning):
    """A file ends early, as if it were cut off. What is there is read, and pages may be missing."""


def put_in(steps: Iterable[Case], files: Iterable[Sequence[Source]]) -> Iterator[tuple[Source, Any]]:
    """Source and bytes of the files whose pages steps put in, of those that each step names."""
    for step, named in zip(steps, files, strict=True):
        if step.name in _PUT_IN:
            yield named[0], step.payload["file"]


def warn_if_cut(name: str, data: Any, stacklevel: int) -> None:
    """Warn of the file `name`, whose bytes these are, if it has no end."""
    if b"%%EOF" not in memoryview(data)[-_EDGE:].tobytes():
        warnings.warn(
            f"{name} ends early, as if it were cut off: pages may be missing",
            TruncationWarning,
            stacklevel=stacklevel + 1,
        )
