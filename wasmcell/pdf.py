"""PDF documents: render, read, search, describe, change, redact.

>>> from wasmcell import pdf
>>> pdf.text("report.pdf", pages="1-3")
>>> with pdf.open("report.pdf") as document:
...     document[0].render(dpi=150).resize(width=800).save("cover.webp")
...     document.pages[1:10].rotate(90).save("part.pdf")
>>> pdf.merge("a.pdf", "b.pdf").save("both.pdf")

The functions of this module do one job each on a file; what `open` gives is parsed once, and read page by
page. All of them are derived from the description of the WebAssembly module ``pdf``.
"""

from __future__ import annotations

import contextlib
import os
import time
import warnings
import weakref
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING, Any, Self, overload

from wasmcell import engines, modules, operations, sources
from wasmcell.abi.values import Case
from wasmcell.compose import from_document, from_images, from_text  # noqa: F401 - of what makes documents
from wasmcell.errors import ClosedError, InvalidArgumentError, PrivateError, TrappedError, UnsupportedError
from wasmcell.modules import description as wit
from wasmcell.pipeline import methods, targets
from wasmcell.pipeline.result import Result
from wasmcell.pipeline.run import with_files

if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from wasmcell.engines import Engine, Session
    from wasmcell.engines.limits import Limits
    from wasmcell.image import Image
    from wasmcell.operations.operation import Operation
    from wasmcell.widgets import Reader

del annotations  # of __future__: it is the name of a function here

__all__ = ["Document", "Page", "Pages", "Redactions", "merge", "open", "view"]

_MODULE = "pdf"
_OVER_ALL = ("text", "words", "search", "annotations", "images")
"""What a document has of these is what its pages have, one after the other."""
_OWN = ("open", "page-count", "apply", "save", "redactions")
"""What has a method of its own here."""


def _on_pages() -> dict[str, Operation]:
    """The methods of an open document that read one page; here, the page knows its number."""
    known = operations.methods(_MODULE, "document").values()
    without = {one: tuple(p for p in one.parameters if p.name != "page") for one in known}
    return {one.name: replace(one, parameters=p) for one, p in without.items() if p != one.parameters}


def _on_documents() -> list[Operation]:
    """The methods that read the document as a whole, and those that can be asked of all its pages."""
    pages = _on_pages()
    known = operations.methods(_MODULE, "document").values()
    whole = [one for one in known if one.name not in (*pages, *_OWN)]
    return [*whole, *(pages[name] for name in _OVER_ALL)]


_OUTPUT = operations.find(f"{_MODULE}.encode pdf")

if TYPE_CHECKING:
    _PageMethods: Any
    _DocumentMethods: Any
    _DocumentSteps: Any
else:
    _PageMethods = methods.of_resource(_on_pages().values(), "Page")
    _DocumentMethods = methods.of_resource(_on_documents(), "Document")
    _DocumentSteps = methods.of(_MODULE, "Document", ("step",))


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


class Redactions(tuple[Any, ...]):  # noqa: SLOT001 - it has its reports, too
    """What `Document.redact` did, page by page. Each has page, hits, handling, reason and notes.

    It names what was removed, for whoever checks: keep it as safe as the source.

    Attributes
    ----------
        reports: one for each time: its pages, what was not found, the pages without text that a person
            vouched for, and notes on the document as a whole.
    """

    reports: tuple[Any, ...]

    def __new__(cls, reports: Iterable[Any]) -> Self:
        reports = tuple(reports)
        made = super().__new__(cls, [page for report in reports for page in report.pages])
        made.reports = reports
        return made

    @property
    def notes(self) -> list[str]:
        """What is to be known of the document as a whole."""
        notes = []
        for report in self.reports:
            if report.not_found:
                notes.append(f"not found: {', '.join(map(repr, report.not_found))}")
            if report.acknowledged:
                pages = ", ".join(map(str, report.acknowledged))
                notes.append(f"pages that no search can see into, and a person vouched for: {pages}")
            notes += report.notes
        return notes

    def __repr__(self) -> str:
        if not self.reports:
            return "<Redactions: none>"
        lines = [f"  {line}" for one in self for line in _lines(one)]
        lines += [f"  {note}" for note in self.notes]
        return "\n".join([f"<Redactions on {len(self)} page{'s' * (len(self) != 1)}:", *lines]) + ">"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from wasmcell import display

        return display.of_redactions(self)


def _lines(redaction: Any) -> list[str]:
    texts = [hit.text for hit in redaction.hits if hit.text]
    boxes = len(redaction.hits) - len(texts)
    removed = [*map(repr, texts), *([f"{boxes} box{'es' * (boxes != 1)}"] if boxes else [])]
    reason = f" ({redaction.reason})" if redaction.reason else ""
    head = f"page {redaction.page}, {redaction.handling}{reason}: {', '.join(removed) or 'nothing'}"
    return [head, *(f"  {note}" for note in redaction.notes)]


class _Room:
    """A session with the documents that are open in it. It ends with the last of them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.documents: weakref.WeakSet[Document] = weakref.WeakSet()
        # In a thread of its own: the garbage collector may come while this one speaks with the engine.
        end = weakref.finalize(self, lambda: Thread(target=session.close, daemon=True).start())
        end.atexit = False

    def leave(self, document: Document) -> None:
        """A document is closed."""
        self.documents.discard(document)
        if not self.documents:
            self.session.close()
        else:
            with contextlib.suppress(TrappedError):  # a session that was ended has let go of all
                document._handle.close()  # noqa: SLF001


class Document(_DocumentSteps, _DocumentMethods):  # type: ignore[misc]
    """An open document: a sequence of pages, which `open` gives.

    ``document[0]`` is its first page, whose number is 1. `rotate`, `select`, `redact` and so on each give
    another document, and leave this one as it is. It is closed by `close`, by leaving a ``with`` block, or
    when nothing refers to it or its pages any more. Threads may use it; calls wait for each other. A call
    that runs into a limit ends it, and all that were made of the same file: later calls say so.

    Attributes
    ----------
        name: what people know the file by.
        engine: the name of the engine that it is open on.
    """

    def __init__(self, room: _Room, handle: Any, name: str, path: str | None, engine: str) -> None:
        self.name = name
        self.engine = engine
        self._path = path
        self._room = room
        self._session = room.session
        self._handle = handle
        self._closed = False
        self._fonts: list[dict[str, Any]] = []
        room.documents.add(self)
        self._count: int = self._ask("page-count", {})

    @cached_property
    def info(self) -> Any:
        """What the document is: `describe`, asked once."""
        return self.describe()

    @property
    def pages(self) -> Pages:
        """Its pages, of which ``[2:10]`` is another document."""
        return Pages(self)

    @cached_property
    def redactions(self) -> Redactions:
        """What `redact` did to make this document, page by page."""
        return Redactions(self._ask("redactions", {}))

    def then(self, operation: str | Operation, *args: Any, **options: Any) -> Document:
        """Another document, made of this one by a step, such as ``"pdf.rotate"``."""
        found = operations.find(operation) if isinstance(operation, str) else operation
        if (found.module, found.kind) != (_MODULE, "step"):
            raise InvalidArgumentError(f"{found} is no step that changes documents")
        return self._apply([(found, found.bind(*args, **options))])

    @methods.taking(_OUTPUT)
    def bytes(self, **output: Any) -> builtins.bytes:
        """The document as a file."""
        return self._written(output).bytes

    @methods.taking(_OUTPUT)
    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False, **output: Any) -> Result:
        """Write the document as a file, as a whole or not at all.

        Parameters
        ----------
        path : path or URL that fsspec understands
        overwrite : bool, default False
            Whether it may be the file that the document was opened from.

        Returns
        -------
        Result

        Raises
        ------
        InvalidArgumentError
            It is that file, or its extension is not that of a PDF file.
        OSError
            The path cannot be written; an existing file is left as it was.
        """
        target = os.fspath(path)
        targets.case_of(_MODULE, target)
        same = self._path is not None and targets.identity(target) == targets.identity(self._path)
        if same and not overwrite:
            raise InvalidArgumentError(
                f"save: the document was opened from {target}, which would be overwritten: save it under "
                "another name, or say overwrite=True"
            )
        result = self._written(output)
        targets.write(target, result.bytes)
        return result

    def __wasmcell_source__(self) -> sources.Data:
        """As an input of another operation: its file."""
        return sources.Data(self.bytes(), self.name)

    def _written(self, options: dict[str, Any]) -> Result:
        start = time.perf_counter()
        output = Case(_OUTPUT.case, _OUTPUT.bind(**options))
        data = self._ask("save", {"output": output})
        return Result(data, _OUTPUT.case, self.engine, time.perf_counter() - start, 0, len(data))

    def _apply(self, steps: Iterable[tuple[Operation, dict[str, Any]]]) -> Document:
        """Another document in the same session."""
        cases = []
        for operation, options in steps:
            filled, files = with_files(operation, options)
            for file in files:
                must_be_here(file)
            cases.append(Case(operation.case, filled if operation.payload else None))
        made = self._ask("apply", {"steps": cases})
        return Document(self._room, made, self.name, self._path, self.engine)

    def close(self) -> None:
        """Let go of the document; those that were made of it stay. Doing so again does nothing."""
        if not self._closed:
            self._closed = True
            self._room.leave(self)

    def _call(self, operation: Operation, options: dict[str, Any]) -> Any:
        if operation.name not in _OVER_ALL:
            options, files = with_files(operation, options)
            for file in files:
                must_be_here(file)
            answer = self._ask(operation.name, options)
            if operation.name == "use-fonts":
                self._fonts = options["fonts"]
            return answer
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
) -> Any:
    """Open a document: it is read and parsed now, once. A private one stays in the page.

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
    Document or PrivateDocument
        The latter for a private file.

    Raises
    ------
    MalformedError
        It is no PDF file, or one that is damaged beyond repair.
    InvalidArgumentError
        It wants a password, or another one.
    OSError
        The source cannot be read.
    """
    given = sources.of(source)
    if isinstance(given, sources.Private):
        from wasmcell.private import PrivateDocument

        return PrivateDocument.opened(given, _OPEN.bind(**decode), engine=engine, limits=limits)
    if isinstance(given, sources.Pixels):
        raise UnsupportedError(f"open: a document is opened from a file, and {given.name} is none")
    options = _OPEN.bind(**decode)
    if engine is None or engine == "auto":
        engine = "kernel"
    found = engines.get(engine) if isinstance(engine, str) else engine
    session = found.session(modules.get(_MODULE), engines.Limits.given(limits))
    try:
        handle = session.call("[static]document.open", given.read(), options)
        path = given.path if isinstance(given, sources.Location) else None
        return Document(_Room(session), handle, given.name, path, found.name)
    except BaseException:
        session.close()
        raise


def merge(*files: Any, engine: str | Engine | None = None, limits: Limits | None = None) -> Document:
    """One document of all pages of several, with their outlines, links, forms, attachments and page labels.

    Parameters
    ----------
    *files : path, URL, bytes-like, file object or Document
        In this order. Of an encrypted file, give a `Document` that was opened with its password.
    engine, limits : optional
        As for `open`; where the first is a `Document`, the new one is open where that is.

    Raises
    ------
    InvalidArgumentError
        There are none.
    """
    if not files:
        raise InvalidArgumentError("merge: give one document at least")
    first, *others = files
    append = operations.find(f"{_MODULE}.append")
    steps = [(append, append.bind(other)) for other in others]
    if isinstance(first, Document):
        return first._apply(steps)  # noqa: SLF001 - of this module
    opened = open(first, engine=engine, limits=limits)
    must_be_here(opened)
    with opened:
        made: Document = opened._apply(steps)  # noqa: SLF001
    return made


def must_be_here(given: Any) -> None:
    """Raise PrivateError for what is in the page."""
    from wasmcell.private import PrivateDocument

    if isinstance(given, (sources.Private, PrivateDocument)):
        raise PrivateError(
            f"{given.name} is private, its bytes are in the page: add it to a private document there, or "
            "bring it here by `await file.pull()`, if the person at the page allows it."
        )


def view(source: Any, *, fonts: Any = None) -> Reader:
    """Show a document in a notebook, to be read: what `open` takes, private files too, or a `Document`.

    Parameters
    ----------
    source
        The document.
    fonts : list of dict, optional
        Fonts that it uses, but does not have within it, as `Document.use_fonts` takes them; those that a
        `Document` was given, unless told.
    """
    from wasmcell.widgets import Reader

    return Reader(source, fonts)


def __getattr__(name: str) -> Callable[..., Any]:
    """The functions of the module, such as `text`."""
    found = methods.functions(_MODULE)
    if name in found:
        return found[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *methods.functions(_MODULE)})
