"""The record of what went between kernel and page; a person can always see it.

The page keeps one, too, with what goes between it and its vault: `wasmcell.widgets.Ledger` shows that.
"""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

#: So many are kept; the oldest go first.
MAX_CROSSINGS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Crossing:
    """Bytes that went from one party to another."""

    time: float
    """Seconds since the epoch."""
    source: str
    """``kernel``, or ``page``."""
    target: str
    what: str
    """For a person to read."""
    bytes: int


class Crossings(tuple[Crossing, ...]):
    """Crossings, oldest first; a table in notebooks."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join("  ".join(map(str, row)) for row in self._rows()) or "Nothing has crossed yet."

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("Time", "From", "To", "What", "Bytes"))
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in self._rows()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self)} | ({"text/html": self._repr_html_()} if self else {})

    def _rows(self) -> list[tuple[str, str, str, str, int]]:
        return [
            (
                datetime.fromtimestamp(one.time).astimezone().strftime("%H:%M:%S"),
                one.source,
                one.target,
                one.what,
                one.bytes,
            )
            for one in self
        ]


_crossings: deque[Crossing] = deque(maxlen=MAX_CROSSINGS)


def ledger() -> Crossings:
    """What went between this kernel and pages so far, oldest first: direction, what, bytes.

    `wasmcell.widgets.Ledger` shows the page's record, live, with what goes in and out of its vault.
    """
    return Crossings(_crossings)


def record(source: str, target: str, what: str, bytes: int) -> None:
    """Add a crossing that happens now, if there are any bytes."""
    if bytes:
        _crossings.append(Crossing(time.time(), source, target, what, bytes))


def json_size(value: Any) -> int:
    """Bytes of an answer, as it travels."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
