"""Redaction on engines, with the proof of others: pypdf, MuPDF, pdfminer and pdfium find nothing, and see the rest."""

import io
from pathlib import Path

import numpy as np
import pikepdf
import pymupdf
import pypdf
import pypdfium2 as pdfium
import pytest
from pdfminer import high_level as pdfminer

from tests.test_pdf import RED, file, pages, stream
from wasmcell import modules
from wasmcell.abi.values import Case
from wasmcell.errors import InvalidArgumentError

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
ENTROPY = bytes(range(32))

SECRET = "BT /M 10 Tf 20 50 Td (open SECRET here) Tj ET"
#: Where `SECRET` stands: Courier's glyphs are 6 pt wide, from 8 pt above the baseline to 2 below.
PLACE = (50, 42, 36, 10)


def redacted(engine, data, **options):
    """What is written, and the report."""
    with engine.session(modules.get("pdf")) as session:
        source = session.call("[static]document.open", data, {})
        done = session.call("[method]document.apply", source, [Case("redact", options)])
        reports = session.call("[method]document.redactions", done)
        written = session.call("[method]document.save", done, Case("pdf", {"entropy": ENTROPY}))
    (report,) = reports
    return written, report


def seen(data, number=0):
    """A page's pixels, 2 for each point, as pdfium draws them."""
    return np.asarray(pdfium.PdfDocument(data)[number].render(scale=2).to_pil().convert("RGB")).astype(int)


def everything(data):
    """All strings, names and unpacked streams but fonts and pictures."""
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []
        for found in document.objects:
            if isinstance(found, pikepdf.Stream) and not {"/Length1", "/Length2", "/Width"} & set(
                found.keys()
            ):
                yield found.read_bytes()
            yield found.unparse(resolved=True) if not isinstance(found, pikepdf.Stream) else b""


def assert_gone(data, word):
    """Nobody finds the word, and no byte of the file has it."""
    low = word.lower()
    assert low not in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages).lower()
    assert low not in "".join(page.get_text() for page in pymupdf.open(stream=data)).lower()
    assert low not in pdfminer.extract_text(io.BytesIO(data)).lower()
    plain, wide = word.encode("latin-1"), word.encode("utf-16-be")
    needles = {
        form for one in (plain, wide) for form in (one, one.hex().encode(), one.hex().upper().encode())
    }
    for part in [data, *everything(data)]:
        assert not any(needle in part for needle in needles)


def assert_same_elsewhere(before, after, boxes, number=0):
    """Pixels more than 2 pt away from the boxes are as they were."""
    one, other = seen(before, number), seen(after, number)
    assert one.shape == other.shape
    outside = np.ones(one.shape[:2], bool)
    for x, y, width, height in boxes:
        outside[
            max(int(2 * y) - 4, 0) : int(2 * (y + height)) + 4,
            max(int(2 * x) - 4, 0) : int(2 * (x + width)) + 4,
        ] = False
    off = (np.abs(one - other).max(axis=2) > 32) & outside
    assert off.mean() < 0.0005


def boxes_of(report, page=1):
    """All places of a page's hits."""
    (found,) = [one for one in report.pages if one.page == page]
    return [(box.x, box.y, box.width, box.height) for hit in found.hits for box in hit.boxes]


def test_a_word_is_gone_and_the_rest_is_as_it_was(engine):
    data = pages(SECRET, SECRET.replace("SECRET", "public") + RED)
    written, report = redacted(engine, data, search=["secret", "nowhere"])
    assert_gone(written, "SECRET")
    assert [(one.page, one.handling, [hit.text for hit in one.hits]) for one in report.pages] == [
        (1, "rewritten", ["SECRET"])
    ]
    assert list(report.not_found) == ["nowhere"]
    assert boxes_of(report) == [pytest.approx(PLACE)]
    assert_same_elsewhere(data, written, [PLACE])
    assert_same_elsewhere(data, written, [], number=1)
    first, _, last = pymupdf.open(stream=data)[0].get_text("words")
    left = pymupdf.open(stream=written)[0].get_text("words")
    assert [word[4] for word in left] == ["open", "here"]
    assert [word[:4] for word in left] == [pytest.approx(word[:4], abs=0.01) for word in (first, last)]


def test_boxes_and_regular_expressions(kernel):
    data = pages("BT /M 10 Tf 20 50 Td (id 1234-56 end) Tj ET " + RED)
    written, report = redacted(kernel, data, regex=[r"\d{4}-\d{2}"])
    assert_gone(written, "1234-56")
    place = {"x": 10, "y": 60, "width": 30, "height": 20}
    written, report = redacted(kernel, data, boxes=[{"page": 1, "box": place}], fill="none")
    assert [hit.text for hit in report.pages[0].hits] == [""]
    pixels = seen(written)
    assert tuple(pixels[2 * 70, 2 * 30]) == (255, 255, 255)
    assert tuple(pixels[2 * 70, 2 * 50]) == (255, 0, 0)


def test_a_scan_never_looks_clean(kernel):
    picture = stream(
        b"\0", "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    scan = file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 100] >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>",
        stream("q 200 0 0 100 0 0 cm /P Do Q"),
        picture,
    )
    with pytest.raises(InvalidArgumentError, match="page 1: it has no text"):
        redacted(kernel, scan, search=["SECRET"])
    _, report = redacted(kernel, scan, search=["SECRET"], acknowledge="1")
    assert list(report.acknowledged) == [1]
    assert list(report.not_found) == ["SECRET"]


@pytest.mark.parametrize(("name", "word"), [("paper-14-pages.pdf", "trace"), ("form.pdf", "name")])
def test_real_documents(kernel, name, word):
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the samples are not here")
    data = path.read_bytes()
    written, report = redacted(kernel, data, search=[word], acknowledge="1-")
    assert report.pages
    assert_gone(written, word)
    for page in list(report.pages)[:3]:
        assert_same_elsewhere(data, written, boxes_of(report, page.page), number=page.page - 1)
