"""What files leave to readers to draw: fields and marks without a look of their own. pdfium and MuPDF draw them, too."""

import numpy as np
import pymupdf
import pytest

from tests.pdf.papers import TEXT, field, pages
from tests.pdf.steps import changed, pixels, run, texts
from tests.pdf.test_forms import fill, form
from wasmcell import modules, pdf
from wasmcell.errors import UnsupportedError

FILLED = form(
    field("/FT /Tx /T (name) /V (Ada Lovelace)"),
    field("/FT /Tx /T (many) /Ff 4096 /V (one two three four) /DA (/Helv 8 Tf 0 g)", "10 40 60 90"),
    field("/FT /Btn /T (agree) /V /Yes /AS /Yes", "180 10 190 20"),
    field("/FT /Ch /T (one) /Ff 131072 /V (en) /Opt [[(en) (English)]]", "120 40 180 60"),
)
FIELDS = {
    "name": (10, 10, 110, 30),
    "many": (10, 40, 60, 90),
    "agree": (180, 10, 190, 20),
    "one": (120, 40, 180, 60),
}


def mark(kind, box, entries):
    return f"<< /Type /Annot /Subtype /{kind} /Rect [{box}] {entries} >>"


MARKS = {
    "Highlight": mark("Highlight", "10 70 80 90", "/QuadPoints [10 90 80 90 10 70 80 70] /C [1 1 0]"),
    "Underline": mark("Underline", "10 48 80 66", "/QuadPoints [10 66 80 66 10 50 80 50] /C [1 0 0]"),
    "StrikeOut": mark("StrikeOut", "90 70 150 90", "/QuadPoints [90 90 150 90 90 70 150 70] /C [0 0 1]"),
    "Squiggly": mark("Squiggly", "90 48 150 66", "/QuadPoints [90 66 150 66 90 50 150 50] /C [0 .5 0]"),
    "Square": mark("Square", "10 10 40 40", "/C [1 0 0] /IC [.8 .9 1] /BS << /W 3 >>"),
    "Circle": mark("Circle", "50 10 80 40", "/C [0 0 1] /IC [1 .8 .8] /BS << /W 2 >>"),
    "Line": mark("Line", "90 10 120 40", "/L [90 10 120 40] /C [0 0 0] /BS << /W 2 >>"),
    "Polygon": mark("Polygon", "125 10 150 40", "/Vertices [125 10 150 10 137 40] /C [1 0 1]"),
    "Ink": mark("Ink", "155 10 195 40", "/InkList [[155 10 165 40 175 10]] /C [0 .6 .6]"),
    "FreeText": mark(
        "FreeText", "150 50 198 95", "/Contents (Note to you) /DA (/Helv 9 Tf 1 0 0 rg) /C [1 1 .8]"
    ),
}


def marked(*marks, **entries):
    numbers = " ".join(f"{number} 0 R" for number in range(5, 5 + len(marks)))
    return pages(TEXT, entries=f"/Annots [{numbers}]", more=marks, **entries)


ALL = marked(*MARKS.values())


def ours(data, **options):
    """A page as this module sees it, four pixels a point."""
    with pdf.open(data) as document:
        return document[0].render(dpi=288, **options).numpy().astype(int)


def mupdf(data):
    with pymupdf.open(stream=data) as document:
        seen = document[0].get_pixmap(dpi=288)
        return np.frombuffer(seen.samples, np.uint8).reshape(seen.height, seen.width, 3).astype(int)


def part(picture, box, scale=4):
    left, lower, right, upper = (scale * side for side in box)
    return picture[scale * 100 - upper : scale * 100 - lower, left:right]


def test_what_is_filled_in_is_seen(engine):
    module = modules.get("pdf")
    [text] = engine.call(module, "text", FILLED, None, None)
    assert text.split() == ["Ada", "Lovelace", "one", "two", "three", "four", "✔", "English"]
    [hit] = engine.call(module, "search", FILLED, "Lovelace", None, None, None, None)
    [found] = pymupdf.open(stream=FILLED)[0].search_for("Lovelace")
    assert hit.boxes[0].x == pytest.approx(found.x0, abs=2)
    assert hit.boxes[0].x + hit.boxes[0].width == pytest.approx(found.x1, abs=3)
    plain = np.abs(ours(FILLED, annotations=False) - 255).max()
    assert plain == 0, "the page itself is empty"
    seen, theirs = ours(FILLED), pixels(FILLED, scale=4, may_draw_forms=True)
    for name, box in FIELDS.items():
        assert part(seen, box).min() < 128, name
        assert part(theirs, box).min() < 128, name


def test_a_form_that_asks_for_it_is_drawn_anew():
    asked = form(
        field("/FT /Tx /T (name) /V (New) /AP << /N 6 0 R >>"),
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 100 20] /Length 0 >>\nstream\n\nendstream",
        entries="/NeedAppearances true",
    )
    assert pdf.text(asked) == ["New"]
    with pymupdf.open(stream=asked) as document:
        assert [widget.field_value for widget in document[0].widgets()] == ["New"]


@pytest.mark.parametrize("kind", MARKS)
def test_marks_are_where_mupdf_draws_them(kind):
    data = marked(MARKS[kind])
    seen, theirs = ours(data), mupdf(data)
    empty = ours(data, annotations=False)
    assert (np.abs(seen - empty).max(axis=2) > 60).any(), "it is drawn"
    # As their lines are thicker or thinner, and their corners round, what is compared is blurred.
    coarse = [picture.reshape(25, 16, 50, 16, 3).mean(axis=(1, 3)) for picture in (seen, theirs)]
    off = np.abs(coarse[0] - coarse[1]).max(axis=2)
    assert (off > 100).mean() < 0.02
    assert off.mean() < 6


@pytest.mark.parametrize("step", [("n-up", {"columns": 1, "rows": 1, "gap": 0.0, "width": 200.0, "height": 100.0}),
                                  ("flatten", {"annotations": True})])  # fmt: skip
@pytest.mark.parametrize("data", [FILLED, ALL], ids=["fields", "marks"])
def test_they_become_part_of_the_page(engine, data, step):
    written, document = changed(engine, data, step)
    assert "/Annots" not in document.pages[0]
    assert np.abs(ours(written) - ours(data)).max(axis=2).mean() < 1
    for word in ("Lovelace", "English") if data is FILLED else ("Find", "Note"):
        assert word in texts(written)[0]


def test_they_are_on_a_page_that_is_stamped(engine):
    written, _ = changed(engine, pages(""), ("stamp-page", {"file": FILLED, "page": 1}))
    assert "Ada Lovelace" in texts(written)[0]
    assert np.abs(ours(written) - ours(FILLED)).max(axis=2).mean() < 1


def test_what_is_hidden_is_not_drawn():
    data = marked(MARKS["FreeText"].replace("/Contents", "/F 2 /Contents"))
    assert "Note" not in pdf.text(data)[0]
    assert np.array_equal(ours(data), ours(data, annotations=False))


def test_what_cannot_be_drawn_is_told(engine):
    data = form(field("/FT /Tx /T (name) /V <FEFF0416>"), entries="/NeedAppearances true")
    rendered = engine.call(modules.get("pdf"), "render", data, 1, *[None] * 8)
    [note] = rendered.notes
    assert "'name'" in note
    assert "'Ж' (U+0416)" in note
    for step in (("flatten", {}), ("n-up", {"columns": 1, "rows": 1})):
        with pytest.raises(UnsupportedError, match=r"'name' has 'Ж' \(U\+0416\)"):
            run(engine, data, step)


def test_only_pages_that_need_it_are_copied():
    """Others are read as they are, also when one was drawn; and all have their numbers."""
    first = "BT /M 10 Tf 20 80 Td (First) Tj ET"
    data = pages(
        first,
        TEXT,
        first,
        catalog="/AcroForm << /Fields [9 0 R] >>",
        more=[field("/FT /Tx /T (name) /V (Ada) /P 5 0 R")],
    )
    data = data.replace(b"/Contents 6 0 R", b"/Contents 6 0 R /Annots [9 0 R]")
    with pdf.open(data) as document:
        assert [text.split() for text in document.text()] == [
            ["First"],
            ["Find", "the", "words", "Ada"],
            ["First"],
        ]
        assert [hit.page for hit in document.search("Ada")] == [2]
        assert document.pages[1:3].text()[0].split()[-1] == "Ada"


def test_a_redaction_finds_what_is_drawn():
    with pdf.open(FILLED) as document:
        safe = document.redact(search="Lovelace")
        [page] = safe.redactions
        assert [hit.text for hit in page.hits] == ["Lovelace"]
        assert "Lovelace" not in safe.text()[0]
        assert b"Lovelace" not in safe.bytes(object_streams=False)


def test_a_text_in_a_flat_field_is_not_cut(kernel):
    data = form(field("/FT /Tx /T (flat) /DA (/Helv 12 Tf 0 g)", "10 40 60 48"))
    high = form(field("/FT /Tx /T (flat) /DA (/Helv 12 Tf 0 g)", "10 40 60 60"))
    rows = []
    for source in (data, high):
        seen = pixels(run(kernel, source, fill(flat="Hp"), ("flatten", {})), scale=10)
        rows.append(np.flatnonzero(seen.min(axis=(1, 2)) < 128))
    # H and the tail of p are 0.93 em high in Helvetica: they fit into 8 pt less the edges, and 12 pt stay 12 pt.
    assert 45 < np.ptp(rows[0]) < 61
    assert np.ptp(rows[1]) == pytest.approx(12 * 10 * (0.718 + 0.207), abs=4)
