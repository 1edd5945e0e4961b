"""A private file, shown in the vault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from wasmcell.widgets.link import LinkedWidget

if TYPE_CHECKING:
    from wasmcell.engines.wire import FileRef


class FileView(LinkedWidget):
    """Shows a private value. What is synced, and may be saved with a notebook, holds none of its bytes."""

    page = traitlets.Unicode().tag(sync=True)
    file = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)

    def __init__(self, value: Any, **traits: Any) -> None:
        #: Held, so that the page keeps it.
        self.value = value
        ref: FileRef = value.__wasmcell_source__().file
        super().__init__(page=ref.page, file=ref.packed, name=value.name, **traits)
