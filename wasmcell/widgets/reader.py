"""A document to read: pages, small pages, outline, a text to look for."""

from __future__ import annotations

import base64
import warnings
from html import escape
from typing import Any

from wasmcell import display, modules, operations, pdf, sources
from wasmcell.engines.browser import STATIC
from wasmcell.errors import Error, UnsupportedError
from wasmcell.pdf.document import filled_here
from wasmcell.widgets.shown import Shown

_HEIGHT = 480
"""How high the first page is that a saved notebook shows, in px."""


class Reader(Shown):
    """A PDF document to read, in the page.

    Parameters
    ----------
    source
        Whatever `wasmcell.pdf.open` takes, or a `Document`. A private one is read in the page's vault:
        neither the page nor the kernel gets to know its words. Any other is sent to the page once, when
        it is first shown. If it wants a password, the person at the page is asked for it.
    fonts : list of dict, optional
        Fonts for those that the file uses, but does not have within it: as `Document.use_fonts` takes them.
        Those that a `Document` was given, unless told. What is still missing the page says below itself.
    """

    _esm = STATIC / "widget-reader.js"

    def __init__(self, source: Any, fonts: Any = None) -> None:
        self._fonts = _fonts(fonts) if fonts is not None else getattr(source, "_fonts", ())
        given = sources.of(source)
        if isinstance(given, sources.Pixels):
            raise UnsupportedError(f"view: a document is a file, and {given.name} is none")
        super().__init__(given, modules.get("pdf"), held=source)

    @property
    def fallback(self) -> str:  # type: ignore[override]
        """The first page; of a private document its name and size."""
        line = escape(self.name)
        if isinstance(self._source, sources.Private):
            return f"<p>{line}, {display.size(self._source.file.size)}, private.</p>"
        try:
            with pdf.open(self._source) as document, warnings.catch_warnings(action="ignore"):
                # What is missing is said below the page itself.
                document.use_fonts(self._fonts)
                line = f"{line}, {len(document)} page{'s' * (len(document) != 1)}"
                picture = document[0].render(height=_HEIGHT).encode("png").bytes()
        except (Error, OSError, IndexError) as error:
            return f"<p>{line}: {escape(str(error))}</p>"
        data = base64.b64encode(picture).decode("ascii")
        return (
            f'<figure style="margin: 0"><img src="data:image/png;base64,{data}" alt="{line}" '
            f'style="max-width: 100%; border: 1px solid #8888"><figcaption>{line}</figcaption></figure>'
        )

    def _besides(self) -> tuple[dict[str, Any], list[Any]]:
        said = [{"name": font["name"], "face": font.get("face")} for font in self._fonts]
        return {"fonts": said}, [font["data"] for font in self._fonts]

    def __repr__(self) -> str:
        return f"<Reader {self.name}>"


def _fonts(given: Any) -> Any:
    """Fonts with their bytes, checked."""
    use = operations.methods("pdf", "document")["use-fonts"]
    found, _ = filled_here(use, use.bind(given))
    return found["fonts"]
