"""Redaction on engines, with the proof of others: pypdf, MuPDF, pdfminer and pdfium find nothing, and see the rest."""

import io

import numpy as np
import pikepdf
import pymupdf
import pypdf
import pypdfium2 as pdfium
import pytest
from pdfminer import high_level as pdfminer

from tests.pdf.papers import RED, SAMPLES, file, pages, stream
from wasmcell import modules
from wasmcell.abi.values import Case
from wasmcell.errors import InvalidArgumentError

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
    """All strings, names and unpacked streams but fonts; pixels of pictures too, however they are packed."""
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []
        for found in document.objects:
            if not isinstance(found, pikepdf.Stream):
                yield found.unparse(resolved=True)
                continue
            yield pikepdf.Dictionary(found.stream_dict).unparse(resolved=True)
            if not {"/Length1", "/Length2"} & set(found.keys()):
                try:
                    yield found.read_bytes()
                except pikepdf.PdfError:
                    yield pikepdf.PdfImage(found).as_pil_image().tobytes()


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


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "word"), [("paper-14-pages.pdf", "method"), ("form.pdf", "name")])
def test_real_documents(kernel, name, word):
    data = (SAMPLES / name).read_bytes()
    written, report = redacted(kernel, data, search=[word], acknowledge="1-")
    assert report.pages
    assert_gone(written, word)
    for page in list(report.pages)[:3]:
        assert_same_elsewhere(data, written, boxes_of(report, page.page), number=page.page - 1)


#: A picture's grey pixels, which can be read in a file.
PIXELS = b"TOPSECRETPIX"
#: Where it is drawn, 10 pt wide each, and a box around those that say SECRET.
DRAW = "q 120 0 0 100 40 0 cm /P Do Q"
MIDDLE = {"page": 1, "box": {"x": 70, "y": 0, "width": 60, "height": 100}}


def picture(pixels=PIXELS, **entries):
    """A picture of one row."""
    return {
        "/Type": "/XObject",
        "/Subtype": "/Image",
        "/Width": len(pixels),
        "/Height": 1,
        "/ColorSpace": "/DeviceGray",
        "/BitsPerComponent": 8,
        **entries,
    }, pixels


def made(*contents, **resources):
    """Pages of 200 × 100 pt with these contents, and all with the same resources."""
    document = pikepdf.new()

    def put(value):
        if isinstance(value, tuple):
            entries, data = value
            return document.make_stream(data, {key: put(entry) for key, entry in entries.items()})
        if isinstance(value, dict):
            return pikepdf.Dictionary({key: put(entry) for key, entry in value.items()})
        if isinstance(value, list):
            return pikepdf.Array([put(entry) for entry in value])
        return pikepdf.Name(value) if isinstance(value, str) and value.startswith("/") else value

    fonts = {"/M": {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Courier"}}
    given = {f"/{key}": value for key, value in resources.items()}
    shared = document.make_indirect(put({"/Font": fonts | given.pop("/Font", {}), **given}))
    for content in contents:
        page = document.add_blank_page(page_size=(200, 100))
        page.Resources = shared
        page.Contents = document.make_stream(content.encode("latin-1"))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def has(data, word):
    """Whether any part of a file has these bytes."""
    return any(word in part for part in [data, *everything(data)])


@pytest.mark.parametrize(
    ("handling", "content", "resources"),
    [
        ("rewritten", DRAW, {"XObject": {"/P": picture()}}),
        ("rewritten", DRAW, {"XObject": {"/P": picture(b"............", **{"/SMask": picture()})}}),
        (
            "rewritten",
            "/O Do",
            {
                "XObject": {
                    "/O": (
                        {
                            "/Subtype": "/Form",
                            "/BBox": [0, 0, 200, 100],
                            "/Resources": {"/XObject": {"/P": picture()}},
                        },
                        DRAW.encode(),
                    )
                }
            },
        ),
        (
            "pictured",
            "/Pattern cs /T scn 0 0 200 100 re f",
            {
                "Pattern": {
                    "/T": (
                        {
                            "/PatternType": 1,
                            "/PaintType": 1,
                            "/TilingType": 1,
                            "/BBox": [0, 0, 200, 100],
                            "/XStep": 200,
                            "/YStep": 100,
                            "/Resources": {"/XObject": {"/P": picture()}},
                        },
                        DRAW.encode(),
                    )
                }
            },
        ),
    ],
    ids=["picture", "mask", "drawing", "pattern"],
)
def test_pixels_are_gone_though_pages_share_their_resources(kernel, handling, content, resources):
    data = made(content, "BT /M 10 Tf 20 50 Td (other) Tj ET", **resources)
    assert has(data, b"SECRET")
    written, report = redacted(kernel, data, boxes=[MIDDLE])
    assert [page.handling for page in report.pages] == [handling]
    assert not has(written, b"SECRET")
    assert (seen(written)[:, 2 * 71 : 2 * 129] == 0).all()
    assert_same_elsewhere(data, written, [(70, 0, 60, 100)])
    assert_same_elsewhere(data, written, [], number=1)
    # Where another page shows the same, it is there.
    written, _ = redacted(kernel, made(content, content, **resources), boxes=[MIDDLE])
    assert has(written, b"SECRET")


def test_a_fine_mask_over_a_coarse_picture_is_cut(kernel):
    data = made(DRAW, XObject={"/P": picture(b"\0", **{"/SMask": picture()})})
    # The middle of the picture's one pixel is beside the box.
    box = {"page": 1, "box": {"x": 104, "y": 0, "width": 26, "height": 100}}
    written, report = redacted(kernel, data, boxes=[box], fill="none")
    assert [page.handling for page in report.pages] == ["rewritten"]
    assert has(written, b"TOPSEC")
    assert not has(written, b"RET")
    assert_same_elsewhere(data, written, [(100, 0, 30, 100)])


def test_a_glyph_that_is_a_picture_leaves_its_font(kernel):
    def glyph(pixels):
        return {}, b"10 0 d0 q 10 0 0 10 0 0 cm BI /W 12 /H 1 /CS /G /BPC 8 ID " + pixels + b" EI Q"

    font = {
        "/Type": "/Font",
        "/Subtype": "/Type3",
        "/FontBBox": [0, 0, 10, 10],
        "/FontMatrix": [1, 0, 0, 1, 0, 0],
        "/FirstChar": 65,
        "/LastChar": 66,
        "/Widths": [10, 10],
        "/Encoding": {"/Type": "/Encoding", "/Differences": [65, "/A", "/B"]},
        "/CharProcs": {"/A": glyph(PIXELS), "/B": glyph(b"OPENopenOPEN")},
    }
    both, other = "BT /T 1 Tf 50 50 Td (AB) Tj ET", "BT /T 1 Tf 50 50 Td (B) Tj ET"
    data = made(both, other, Font={"/T": font})
    box = {"page": 1, "box": {"x": 51, "y": 41, "width": 8, "height": 8}}
    written, _ = redacted(kernel, data, boxes=[box], fill="none")
    assert not has(written, b"SECRET")
    assert has(written, b"OPENopen")
    assert_same_elsewhere(data, written, [(50, 40, 10, 10)])
    assert_same_elsewhere(data, written, [], number=1)


def test_what_is_seen_through_text_stays_within_it(kernel):
    content = "q BT /M 40 Tf 7 Tr 20 40 Td (SECRET) Tj ET 1 0 0 rg 0 0 200 100 re f Q"
    data = made(content)
    box = {"page": 1, "box": {"x": 20, "y": 20, "width": 60, "height": 60}}
    written, report = redacted(kernel, data, boxes=[box], fill="none", dpi=144)
    assert [page.handling for page in report.pages] == ["pictured"]
    assert_gone(written, "SECRET")
    # The letters that reach into the box go whole; those after them are as they were.
    assert_same_elsewhere(data, written, [(20, 0, 72, 100)])


def test_content_that_cannot_be_read_is_not_empty(kernel):
    data = bytearray(made("BT /M 10 Tf 20 50 Td (SECRET) Tj ET", "BT /M 10 Tf 20 50 Td (open) Tj ET"))
    with pikepdf.open(io.BytesIO(data)) as document:
        document.pages[0].Contents.stream_dict.Filter = pikepdf.Name("/Unknown")
        broken = io.BytesIO()
        document.save(broken)
    with pytest.raises(InvalidArgumentError, match="page 1: its content cannot be read"):
        redacted(kernel, broken.getvalue(), search=["SECRET"])
