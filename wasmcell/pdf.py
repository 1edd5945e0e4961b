"""PDF documents: render, read, search, describe.

>>> from wasmcell import pdf
>>> pdf.text("report.pdf", pages="1-3")
>>> with pdf.open("report.pdf") as document:
...     document[0].render(dpi=150).resize(width=800).save("cover.webp")

The functions of this module do one job each on a file; what `open` gives is parsed once, and read page by
page. All of them are derived from the description of the WebAssembly module ``pdf``.
"""

from __future__ import annotations

import time
import warnings
import weakref
from dataclasses import replace
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING, Any, Self, overload

from wasmcell import engines, modules, operations, sources
from wasmcell.errors import ClosedError, PrivateError, UnsupportedError
from wasmcell.modules import description as wit
from wasmcell.pipeline import methods
from wasmcell.pipeline.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from wasmcell.engines import Engine, Session
    from wasmcell.engines.limits import Limits
    from wasmcell.image import Image
    from wasmcell.operations.operation import Operation
    from wasmcell.widgets import Reader

del annotations  # of __future__: it is the name of a function here

__all__ = ["Document", "Page", "open", "view"]

_MODULE = "pdf"
_OVER_ALL = ("text", "words", "search", "annotations", "images")
"""What a document has of these is what its pages have, one after the other."""


def _on_pages() -> dict[str, Operation]:
    """The methods of an open document that read one page; here, the page knows its number."""
    known = operations.methods(_MODULE, "document").values()
    without = {one: tuple(p for p in one.parameters if p.name != "page") for one in known}
    return {one.name: replace(one, parameters=p) for one, p in without.items() if p != one.parameters}


def _on_documents() -> list[Operation]:
    """The methods that read the document as a whole, and those that can be asked of all its pages."""
    pages = _on_pages()
    known = operations.methods(_MODULE, "document").values()
    whole = [one for one in known if one.name not in (*pages, "open", "page-count")]
    return [*whole, *(pages[name] for name in _OVER_ALL)]


if TYPE_CHECKING:
    _PageMethods: Any
    _DocumentMethods: Any
else:
    _PageMethods = methods.of_resource(_on_pages().values(), "Page")
    _DocumentMethods = methods.of_resource(_on_documents(), "Document")


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


class Document(_DocumentMethods):  # type: ignore[misc]
    """An open document: a sequence of pages, which `open` gives.

    ``document[0]`` is its first page, whose number is 1. It is closed by `close`, by leaving a ``with``
    block, or when nothing refers to it or its pages any more. Threads may use it; calls wait for each other.
    A call that runs into a limit ends it: later calls say so.

    Attributes
    ----------
        name: what people know the file by.
        engine: the name of the engine that it is open on.
    """

    def __init__(self, session: Session, handle: Any, source: sources.Source, engine: str) -> None:
        self.name = source.name
        self._source = source
        self.engine = engine
        self._session = session
        self._handle = handle
        self._closed = False
        self._count: int = self._ask("page-count", {})
        # In a thread of its own: the garbage collector may come while this one speaks with the engine.
        end = weakref.finalize(self, lambda: Thread(target=session.close, daemon=True).start())
        end.atexit = False

    @cached_property
    def info(self) -> Any:
        """What the document is: `describe`, asked once."""
        return self.describe()

    def __wasmcell_source__(self) -> sources.Source:
        """The file that it was opened from."""
        return self._source

    def close(self) -> None:
        """Let go of the document. Doing so again does nothing."""
        self._closed = True
        self._session.close()

    def _call(self, operation: Operation, options: dict[str, Any]) -> Any:
        if operation.name not in _OVER_ALL:
            return self._ask(operation.name, options)
        found = [getattr(page, operation.python_name)(**options) for page in self]
        return found if operation.name == "text" else [one for answer in found for one in answer]

    def _ask(self, name: str, options: dict[str, Any]) -> Any:
        """Call a method of the resource; records among its parameters take the options of their fields."""
        if self._closed:
            raise ClosedError(f"{self.name} is already closed.")
        method = f"[method]document.{name}"
        arguments: list[Any] = []
        for param in self._session.module.description.function(method).params[1:]:
            record = wit.resolve(param.type)
            if isinstance(record, wit.Record):
                arguments.append({f.name: options[f.name] for f in record.fields if f.name in options})
            else:
                arguments.append(options.get(param.name))
        return self._session.call(method, self._handle, *arguments)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> list[Page]: ...
    def __getitem__(self, index: int | slice) -> Page | list[Page]:
        numbers = range(1, self._count + 1)
        if isinstance(index, slice):
            return [Page(self, number) for number in numbers[index]]
        try:
            return Page(self, numbers[index])
        except IndexError:
            raise IndexError(f"{self!r} has no page [{index}]") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"{self._count} page{'s' * (self._count != 1)}"
        return f"<Document {self.name}, {state}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from wasmcell import display

        return display.of_document(self)


_OPEN = operations.methods(_MODULE, "document")["open"]


@methods.taking(_OPEN)
def open(
    source: Any, *, engine: str | Engine | None = None, limits: Limits | None = None, **decode: Any
) -> Document:
    """Open a document: it is read and parsed now, once.

    Parameters
    ----------
    source : path, URL, bytes-like or file object
        As `image.open` takes it.
    engine : str or Engine, optional
        Where it is open: ``kernel`` unless told.
    limits : Limits, optional
        What each call may use.

    Returns
    -------
    Document

    Raises
    ------
    MalformedError
        It is no PDF file, or one that is damaged beyond repair.
    InvalidArgumentError
        It wants a password, or another one.
    PrivateError
        It is a private file; those cannot be opened as documents yet.
    OSError
        The source cannot be read.
    """
    given = sources.of(source)
    if isinstance(given, sources.Private):
        raise PrivateError(
            f"{given.name} is private, and documents are not worked on in the page yet; bring it here by "
            "`await file.pull()`, if the person at the page allows it."
        )
    if isinstance(given, sources.Pixels):
        raise UnsupportedError(f"open: a document is opened from a file, and {given.name} is none")
    options = _OPEN.bind(**decode)
    if engine is None or engine == "auto":
        engine = "kernel"
    found = engines.get(engine) if isinstance(engine, str) else engine
    session = found.session(modules.get(_MODULE), engines.Limits.given(limits))
    try:
        handle = session.call("[static]document.open", given.read(), options)
        return Document(session, handle, given, found.name)
    except BaseException:
        session.close()
        raise


def view(source: Any) -> Reader:
    """Show a document in a notebook, to be read: what `open` takes, private files too, or a `Document`."""
    from wasmcell.widgets import Reader

    return Reader(source)


def __getattr__(name: str) -> Callable[..., Any]:
    """The functions of the module, such as `text`."""
    found = methods.functions(_MODULE)
    if name in found:
        return found[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *methods.functions(_MODULE)})
