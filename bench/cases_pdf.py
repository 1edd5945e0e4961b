"""Documents: the kernel engine against pypdf, pikepdf, PyMuPDF and pypdfium2.

PyMuPDF is under the AGPL: it is compared with here, and nothing that ships uses it.
"""

from __future__ import annotations

import logging
from functools import partial
from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pikepdf
import pymupdf
import pypdf
import pypdfium2

from bench.measure import Case, Faster, peer
from wasmcell import pdf

if TYPE_CHECKING:
    from bench.inputs import Inputs

INTRO = """\
One thread each. 'Fresh' opens the file and does the work; 'warm' works on a document that is open, after its
first pages were drawn. Rendered pages are RGB at 96 dpi, and each must resemble that of pdfium; texts must
have the words of PyMuPDF's.
"""

# pypdf says of each font what it would need to read it better.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

PAGES = {"book": (2, 120), "paper": (1, 3), "thesis": (1, 20)}
"""Which pages are rendered, counted from 1. Not the cover of the book, thin stripes all over: ours is as
MuPDF's (28 dB), and pdfium's (17 dB to both) differs by the rounding of its height."""


def cases(inputs: Inputs) -> list[Case]:
    """All cases of documents."""
    return [*_text(inputs), *_rendered(inputs), *_rewritten(inputs)]


def versions() -> dict[str, str]:
    """Of the peers."""
    return {name: version(name) for name in ("pypdf", "pikepdf", "PyMuPDF", "pypdfium2")}


def _text(inputs: Inputs) -> list[Case]:
    def plain(data: bytes) -> str:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(data)).pages)

    def pdfium(data: bytes) -> str:
        with _pdfium(data) as document:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)

    return [
        Case(
            f"text of all {count} pages of a {name}, fresh",
            (
                peer("wasmcell", partial(_words, data)),
                peer("PyMuPDF", partial(words_by_mupdf, data)),
                peer("pypdfium2", partial(pdfium, data)),
                peer("pypdf", partial(plain, data)),
            ),
            goals=(Faster(1, "PyMuPDF"), Faster(8, "pypdf")),
            like=words_by_mupdf(data),
            rounds=5,
        )
        for name, data, count in (("book", inputs.book, 352), ("paper", inputs.paper, 14))
    ]


def words_by_mupdf(data: bytes) -> str:
    """The text of a document, as PyMuPDF reads it."""
    with pymupdf.open(stream=data) as document:
        return "\n".join(page.get_text() for page in document)


def drawn_by_pdfium(data: bytes, number: int) -> np.ndarray:
    """A page at 96 dpi, as pdfium draws it."""
    return _pdfium_pixels(_pdfium(data), number)


def _words(data: bytes) -> str:
    return "\n".join(pdf.text(data))


def _rendered(inputs: Inputs) -> list[Case]:
    found = []
    for name, numbers in PAGES.items():
        data = getattr(inputs, name)
        for number in numbers:
            like = drawn_by_pdfium(data, number)
            fresh = (
                peer("wasmcell", partial(_fresh, data, number)),
                peer("pypdfium2", partial(drawn_by_pdfium, data, number)),
                peer("PyMuPDF", lambda data=data, number=number: _mupdf_pixels(_mupdf(data), number)),
            )
            ours, theirs, others = pdf.open(data), _pdfium(data), _mupdf(data)
            warm = (
                peer("wasmcell", partial(_pixels, ours, number)),
                peer("pypdfium2", partial(_pdfium_pixels, theirs, number)),
                peer("PyMuPDF", partial(_mupdf_pixels, others, number)),
            )
            page = f"page {number} of a {name} at 96 dpi"
            found += [
                Case(f"{page}, fresh", fresh, like=like, floor=18),
                Case(f"{page}, warm", warm, goals=(Faster(1 / 1.5, "pypdfium2"),), like=like, floor=18),
            ]
    return found


def _fresh(data: bytes, number: int) -> np.ndarray:
    with pdf.open(data) as document:
        return _pixels(document, number)


def _pixels(document: pdf.Document, number: int) -> np.ndarray:
    return np.asarray(document[number - 1].render(dpi=96).numpy())


def _pdfium(data: bytes) -> Any:
    return pypdfium2.PdfDocument(data)


def _pdfium_pixels(document: Any, number: int) -> np.ndarray:
    return np.asarray(document[number - 1].render(scale=96 / 72, rev_byteorder=True).to_numpy())


def _mupdf(data: bytes) -> Any:
    return pymupdf.open(stream=data)


def _mupdf_pixels(document: Any, number: int) -> np.ndarray:
    drawn = document[number - 1].get_pixmap(dpi=96, alpha=False)
    return np.frombuffer(drawn.samples, np.uint8).reshape(drawn.height, drawn.width, 3)


def _rewritten(inputs: Inputs) -> list[Case]:
    book, paper = inputs.book, inputs.paper
    return [
        Case(
            "merge a book of 352 pages and a paper of 14",
            (
                peer("wasmcell", lambda: pdf.merge(book, paper).bytes()),
                peer("pikepdf", lambda: _pikepdf([book, paper], slice(None))),
                peer("PyMuPDF", lambda: _mupdf_merged(book, paper)),
                peer("pypdf", lambda: _pypdf([book, paper], slice(None))),
            ),
            goals=(Faster(1, "pikepdf"),),
            rounds=5,
            note="wasmcell carries outline, links and labels of both over; pikepdf's pages come alone.",
        ),
        Case(
            "pages 101 to 110 of a book of 352",
            (
                peer("wasmcell", lambda: pdf.open(book).select("101-110").bytes()),
                peer("pikepdf", lambda: _pikepdf([book], slice(100, 110))),
                peer("pypdf", lambda: _pypdf([book], slice(100, 110))),
            ),
            goals=(Faster(1, "pikepdf"),),
            rounds=5,
        ),
    ]


def _pikepdf(files: list[bytes], pages: slice) -> bytes:
    with pikepdf.new() as merged:
        for data in files:
            with pikepdf.open(BytesIO(data)) as source:
                merged.pages.extend(source.pages[pages])
        saved = BytesIO()
        merged.save(saved)
        return saved.getvalue()


def _mupdf_merged(*files: bytes) -> bytes:
    with pymupdf.open() as merged:
        for data in files:
            merged.insert_pdf(_mupdf(data))
        return bytes(merged.tobytes())


def _pypdf(files: list[bytes], pages: slice) -> bytes:
    writer = pypdf.PdfWriter()
    for data in files:
        reader = pypdf.PdfReader(BytesIO(data))
        writer.append(reader, pages=pypdf.PageRange(pages) if pages != slice(None) else None)
    saved = BytesIO()
    writer.write(saved)
    return saved.getvalue()
