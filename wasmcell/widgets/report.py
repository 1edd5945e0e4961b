"""What was redacted in a private document, shown in the vault."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import traitlets

from wasmcell.engines.browser import STATIC
from wasmcell.widgets.link import LinkedWidget

if TYPE_CHECKING:
    from wasmcell.private import PrivateRedactions


class Report(LinkedWidget):
    """Shows `PrivateRedactions`. What is synced, and may be saved with a notebook, holds none of them."""

    _esm = STATIC / "widget-report.js"
    page = traitlets.Unicode().tag(sync=True)
    file = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)

    def __init__(self, redactions: PrivateRedactions) -> None:
        #: Held, so that the page keeps it.
        self.redactions = redactions
        ref = redactions.__wasmcell_source__().file
        super().__init__(page=ref.page, file=ref.packed, name=redactions.name)

    @property
    def fallback(self) -> str:  # type: ignore[override]
        """The name: the report itself is private."""
        return f"<p>{escape(self.name)}, private.</p>"

    def __repr__(self) -> str:
        return repr(self.redactions)
