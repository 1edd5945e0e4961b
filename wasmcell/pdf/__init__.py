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

from typing import TYPE_CHECKING, Any

from wasmcell import engines, modules, operations, sources
from wasmcell.errors import ArgumentTypeError, InvalidArgumentError, UnsupportedError
from wasmcell.pdf import encryption, inputs
from wasmcell.pdf.document import Document, Room, must_be_here
from wasmcell.pdf.encryption import EncryptionWarning, is_encrypted
from wasmcell.pdf.inputs import TruncationWarning
from wasmcell.pdf.making import from_document, from_images, from_text
from wasmcell.pdf.page import Page, Pages
from wasmcell.pdf.redactions import Redactions, RedactionWarning
from wasmcell.pipeline import methods
from wasmcell.pipeline.run import naming

if TYPE_CHECKING:
    from wasmcell.engines import Engine
    from wasmcell.engines.limits import Limits
    from wasmcell.widgets import Reader

del annotations  # of __future__: it is the name of a function here

__all__ = [
    "Document",
    "EncryptionWarning",
    "Page",
    "Pages",
    "RedactionWarning",
    "Redactions",
    "TruncationWarning",
    "from_document",
    "from_images",
    "from_text",
    "merge",
    "open",
    "view",
]

_MODULE = "pdf"

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
        What each call may use; what is asked of all pages is a call for each of them.

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

    Warns
    -----
    TruncationWarning
        It ends early, as if it were cut off: pages may be missing.
    """
    given = sources.of(source)
    if isinstance(given, sources.Private):
        from wasmcell.private import PrivateDocument

        return PrivateDocument.opened(given, _OPEN.bind(**decode), engine=engine, limits=limits)
    if isinstance(given, sources.Pixels):
        raise UnsupportedError(f"open: a document is opened from a file, and {given.name} is none")
    options = _OPEN.bind(**decode)
    found = engines.chosen(engine)
    session = found.session(modules.get(_MODULE), engines.Limits.given(limits))
    try:
        data = given.read()
        handle = session.call("[static]document.open", data, options)
        encrypted = encryption.of(given)
        if is_encrypted(data, lambda: session.call("[method]document.describe", handle).encrypted):
            encrypted = given.name
        inputs.warn_if_cut(given.name, data, stacklevel=2)
        paths = sources.paths(given)
        return Document(Room(session), handle, given.name, paths, found.name, encrypted=encrypted)
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
        There are none, or one wants a password.
    MalformedError
        One is no PDF file; says which.
    """
    if not files:
        raise InvalidArgumentError("merge: give one document at least")
    if any(isinstance(file, (list, tuple)) for file in files):
        raise ArgumentTypeError("merge: give the files one by one, not as a list: merge(*files)")
    first, *others = files
    append = operations.find(f"{_MODULE}.append")
    steps = [(append, append.bind(other)) for other in others]
    if isinstance(first, Document):
        return first._apply(steps)  # noqa: SLF001 - of this module
    source = sources.of(first)
    with naming(source):
        opened = open(source, engine=engine, limits=limits)
    must_be_here(opened)
    with opened:
        made: Document = opened._apply(steps)  # noqa: SLF001
    return made


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


__getattr__, __dir__ = methods.as_functions(_MODULE, __name__, __all__)
engines.begin(_MODULE)
