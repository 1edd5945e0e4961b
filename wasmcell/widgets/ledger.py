"""The ledger as a widget."""

from __future__ import annotations

from wasmcell.engines.browser import STATIC
from wasmcell.widgets.link import LinkedWidget


class Ledger(LinkedWidget):
    """What goes between vault, page and kernel, live: the page's own record.

    `wasmcell.ledger()` is the kernel's.
    """

    _esm = STATIC / "widget-ledger.js"
    fallback = "<p>The ledger of what went between vault, page and kernel is shown in a running notebook.</p>"

    def __repr__(self) -> str:
        return "<Ledger>"
