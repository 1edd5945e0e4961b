"""A private picture, drawn in the vault."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import traitlets

from wasmcell.engines.browser import STATIC
from wasmcell.widgets.link import LinkedWidget

if TYPE_CHECKING:
    from wasmcell.private import PrivateImage


class Preview(LinkedWidget):
    """Shows a `PrivateImage`. What is synced, and may be saved with a notebook, holds none of its bytes."""

    _esm = STATIC / "widget-preview.js"
    page = traitlets.Unicode().tag(sync=True)
    file = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)

    def __init__(self, image: PrivateImage) -> None:
        #: Held, so that the page keeps it.
        self.image = image
        ref = image.__wasmcell_source__().file
        super().__init__(
            page=ref.page,
            file=ref.packed,
            name=image.name,
            caption=image.caption,
            width=image.width,
            height=image.height,
        )

    @property
    def fallback(self) -> str:  # type: ignore[override]
        """Name and caption: the picture itself is private."""
        return f"<p>{escape(self.name)}: {escape(self.caption)}</p>"

    def __repr__(self) -> str:
        return f"{self.image!r}\n{self.caption}"
