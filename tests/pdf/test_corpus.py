"""Every document of a shared corpus: a result or a typed error, the same on every engine, as others draw and read it."""

import functools
import hashlib
import statistics
from collections import Counter

import numpy as np
import pymupdf
import pypdfium2
import pytest
from PIL import Image, ImageFilter

from tests.pdf.papers import SHARED
from wasmcell import pdf
from wasmcell.engines import Limits
from wasmcell.errors import Error

pytestmark = pytest.mark.corpus

CORPUS = SHARED / "corpus" / "pdf"
DPI = 72
LIMITS = Limits(seconds=60)


def corpus(*folders):
    return [path for folder in folders for path in sorted((CORPUS / folder).glob("*.pdf"))]


def facts(path, engine):
    """What is read of a file, as text: the same wherever it is read."""
    try:
        with pdf.open(path, engine=engine, limits=LIMITS) as document:
            page = document[0]
            drawn = hashlib.sha256(page.render(dpi=DPI).numpy().tobytes()).hexdigest()
            # The order of a set is that of the process in which it was made.
            info = [sorted(one) if isinstance(one, frozenset) else one for one in document.info]
            found = [info, document.outline(), document.fields(), page.words(), page.annotations()]
            return f"{drawn} {hashlib.sha256(repr(found).encode()).hexdigest()}"
    except (Error, IndexError) as error:
        return f"{type(error).__name__}: {error}"


@functools.cache
def kernel_facts(path):
    return facts(path, "kernel")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_file(engine):
    """None traps or takes more time than allowed; all engines say the same."""
    differing, lost = {}, {}
    for path in corpus("ok", "bad"):
        expected, found = kernel_facts(path), facts(path, engine)
        if found != expected:
            differing[path.name] = (expected, found)
        if found.startswith("TrappedError") or "seconds" in found:
            lost[path.name] = found
    assert not differing
    assert not lost


def drawn_by_pdfium(path):
    """Page 1 as pdfium draws it, or None if it does not."""
    try:
        with pypdfium2.PdfDocument(path) as document:
            return document[0].render(scale=DPI / 72, rev_byteorder=True).to_pil().convert("RGB")
    except pypdfium2.PdfiumError:
        return None


def drawn_by_mupdf(path):
    try:
        with pymupdf.open(path) as document:
            drawn = document[0].get_pixmap(dpi=DPI, alpha=False)
            return Image.frombytes("RGB", (drawn.width, drawn.height), drawn.samples)
    except (RuntimeError, ValueError, IndexError):
        return None


def difference(one, other):
    """The mean difference of two pages, blurred so that edges' smoothing does not count: 0 to 1."""
    size = one.size
    if max(abs(a - b) for a, b in zip(size, other.size, strict=True)) > 2:
        return 1.0
    blurred = [
        np.asarray(picture.resize(size).filter(ImageFilter.GaussianBlur(2)), float)
        for picture in (one, other)
    ]
    return float(np.abs(blurred[0] - blurred[1]).mean()) / 255


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_pages_look_as_others_draw_them():
    """98 of 100 are drawn where pdfium draws them; 97 of 100 differ by 2 % at most from pdfium's or MuPDF's."""
    refused, unlike, count = {}, {}, 0
    for path in corpus("ok"):
        if (theirs := drawn_by_pdfium(path)) is None:
            continue
        count += 1
        try:
            with pdf.open(path, limits=LIMITS) as document:
                ours = Image.fromarray(document[0].render(dpi=DPI).numpy())
        except (Error, IndexError) as error:
            refused[path.name] = f"{type(error).__name__}: {error}"
            continue
        apart = difference(ours, theirs)
        if apart > 0.02 and (others := drawn_by_mupdf(path)) is not None:
            apart = min(apart, difference(ours, others))
        if apart > 0.02:
            unlike[path.name] = round(apart, 3)
    assert len(refused) <= 0.02 * count, refused
    assert len(unlike) <= 0.03 * count, unlike


def f1(found, wanted):
    same = (Counter(found) & Counter(wanted)).total()
    return 2 * same / (len(found) + len(wanted))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_words_are_those_that_others_read():
    """F1 of the words of page 1 against PyMuPDF's: its median over all files that have some."""
    scores = {}
    for path in corpus("ok"):
        try:
            with pymupdf.open(path) as document:
                wanted = document[0].get_text().split()
            with pdf.open(path, limits=LIMITS) as document:
                found = document[0].text().split()
        except (Error, IndexError, RuntimeError, ValueError):
            continue
        if wanted:
            scores[path.name] = f1(found, wanted)
    assert len(scores) > 100
    assert statistics.median(scores.values()) >= 0.97
