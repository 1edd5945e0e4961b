"""Pages of an open document."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

from wasmcell import operations
from wasmcell.errors import InvalidArgumentError
from wasmcell.pipeline import methods
from wasmcell.pipeline.result import Result

if TYPE_CHECKING:
    from wasmcell.image import Image
    from wasmcell.operations.operation import Operation
    from wasmcell.pdf.document import Document


def on_pages() -> dict[str, Operation]:
    """The methods of an open document that read one page; here, the page knows its number."""
    known = operations.methods("pdf", "document").values()
    without = {one: tuple(p for p in one.parameters if p.name != "page") for one in known}
    return {one.name: replace(one, parameters=p) for one, p in without.items() if p != one.parameters}


if TYPE_CHECKING:
    _PageMethods: Any
else:
    _PageMethods = methods.of_resource(on_pages().values(), "Page")


class Page(_PageMethods):  # type: ignore[misc]
    """A page of an open document: `text`, `words`, `search`, and so on; `render` gives an `image.Image`.

    Attributes
    ----------
        document: where it is.
        number: counted from 1, as in all that is said of pages.
    """

    __slots__ = ("document", "number")

    def __init__(self, document: Document, number: int) -> None:
        self.document = document
        self.number = number

    @property
    def info(self) -> Any:
        """Width, height, rotation and label."""
        return self.document.info.pages[self.number - 1]

    @property
    def width(self) -> float:
        """Width as seen, in points (1/72 inch)."""
        return float(self.info.width)

    @property
    def height(self) -> float:
        """Height as seen, in points (1/72 inch)."""
        return float(self.info.height)

    def _call(self, operation: Operation, options: dict[str, Any]) -> Any:
        start = time.perf_counter()
        answer = self.document._ask(operation.name, options | {"page": self.number})  # noqa: SLF001 - a part of it
        if operation.name != "render":
            return answer
        return self._image(answer, time.perf_counter() - start)

    def _image(self, rendered: Any, seconds: float) -> Image:
        from wasmcell import image

        for note in rendered.notes:
            warnings.warn(f"{self!r}: {note}", stacklevel=4)
        size = len(rendered.raster.pixels)
        return image.open(Result(rendered.raster, None, self.document.engine, seconds, 0, size))

    def __repr__(self) -> str:
        return f"<Page {self.number} of {self.document.name}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from wasmcell import display

        return display.of_page(self)


class Pages(Sequence["Page"]):
    """The pages of a document: ``pages[3]`` is a page, ``pages[2:10]`` a `Document` of these pages."""

    __slots__ = ("_document",)

    def __init__(self, document: Document) -> None:
        self._document = document

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> Document: ...
    def __getitem__(self, index: int | slice) -> Page | Document:
        if not isinstance(index, slice):
            return self._document[index]
        numbers = range(1, len(self) + 1)[index]
        if not numbers:
            parts = [index.start, index.stop, *([] if index.step is None else [index.step])]
            asked = ":".join("" if part is None else str(part) for part in parts)
            raise InvalidArgumentError(f"{self._document!r} has no pages [{asked}]")
        chosen: Document = self._document.select(",".join(map(str, numbers)))
        return chosen

    def __len__(self) -> int:
        return len(self._document)

    def __repr__(self) -> str:
        return f"<Pages of {self._document!r}>"
