"""A private picture, drawn in the vault."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import traitlets

from wasmcell.engines.browser import STATIC
from wasmcell.widgets.file_view import FileView

if TYPE_CHECKING:
    from wasmcell.private import PrivateImage


class Preview(FileView):
    """Shows a `PrivateImage`."""

    _esm = STATIC / "widget-preview.js"
    caption = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)

    def __init__(self, image: PrivateImage) -> None:
        super().__init__(image, caption=image.caption, width=image.width, height=image.height)

    @property
    def fallback(self) -> str:  # type: ignore[override]
        """Name and caption: the picture itself is private."""
        return f"<p>{escape(self.name)}: {escape(self.caption)}</p>"

    def __repr__(self) -> str:
        return f"{self.value!r}\n{self.caption}"
