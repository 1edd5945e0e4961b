"""What was redacted in a private document, shown in the vault."""

from __future__ import annotations

from html import escape

from wasmcell.engines.browser import STATIC
from wasmcell.widgets.file_view import FileView


class Report(FileView):
    """Shows `PrivateRedactions`."""

    _esm = STATIC / "widget-report.js"

    @property
    def fallback(self) -> str:  # type: ignore[override]
        """The name: the report itself is private."""
        return f"<p>{escape(self.name)}, private.</p>"

    def __repr__(self) -> str:
        return repr(self.value)
