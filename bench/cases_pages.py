"""Documents in Chromium: the bridge against what else a page has."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.cases_pdf import drawn_by_pdfium, words_by_mupdf
from bench.measure import Case, Faster
from bench.page_peers import Peers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from bench.inputs import Inputs

INTRO = """\
All peers run in one page; a time is what the page waits. 'Fresh' opens the file and renders one page at 96
dpi to pixels; 'warm' renders it of a document that is open.

- wasmcell: the bridge in plain workers.
- pdf.js: in its own worker, drawing to a canvas of the page.
- PDFium: the package @hyzyla/pdfium, in the page's thread. Its text is without places, ours with them.
- MuPDF: the package mupdf, under the AGPL, in the page's thread.
"""

PAGES = {"book": 120, "paper": 1, "thesis": 20}
"""Which page of each is rendered, counted from 1."""


@contextmanager
def cases(inputs: Inputs, browser: Browser) -> Iterator[list[Case]]:
    """All cases, which can be measured while the context lasts."""
    files = {f"{name}.pdf": getattr(inputs, name) for name in PAGES}
    with Peers.of(browser, "documents", files, list(PAGES.items())) as peers:
        yield _cases(inputs, peers)


def _cases(inputs: Inputs, peers: Peers) -> list[Case]:
    found = []
    for name, number in PAGES.items():
        like = drawn_by_pdfium(getattr(inputs, name), number)
        fresh = (Faster(4, "pdf.js"), Faster(1, "PDFium"), Faster(1, "MuPDF"))
        page = f"page {number} of a {name} at 96 dpi"
        found += [
            Case(f"{page}, fresh", peers(f"fresh {name}"), goals=fresh, like=like, floor=18),
            Case(f"{page}, warm", peers(f"warm {name}"), goals=(Faster(2, "pdf.js"),), like=like, floor=18),
        ]
    return [
        *found,
        Case(
            "text of all 352 pages of a book, fresh",
            peers("text"),
            goals=(Faster(5, "pdf.js"), Faster(1.5, "MuPDF")),
            like=words_by_mupdf(inputs.book),
            rounds=5,
        ),
        Case(
            "merge a book of 352 pages and a paper of 14",
            peers("merge"),
            rounds=5,
            note="pdf-lib's pages come alone, without outline, labels and forms.",
        ),
    ]
