"""Forms: fields that are filled in, and what is flattened."""

import io
import re

import numpy as np
import pymupdf
import pypdf
import pytest

from tests.pdf.papers import NOTO, SAMPLES, TWO, field, pages, stream
from tests.pdf.steps import changed, pixels, run
from wasmcell import modules, pdf
from wasmcell.errors import InvalidArgumentError, UnsupportedError


def form(*fields, entries="", more=()):
    """A page whose fields have the numbers from 5 on."""
    numbers = " ".join(f"{number} 0 R" for number in range(5, 5 + len(fields)))
    catalog = (
        f"/AcroForm << /Fields [{numbers}] /DA (/Helv 0 Tf 0 0 1 rg) {entries} "
        "/DR << /Font << /Helv << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
    )
    return pages("", catalog=catalog, entries=f"/Annots [{numbers}]", more=(*fields, *more))


FIELDS = form(
    field("/FT /Tx /T (name) /MaxLen 12"),
    field("/FT /Tx /T (many) /Ff 4096 /DA (/Helv 8 Tf 0 g)", "10 40 60 90"),
    field("/FT /Tx /T (comb) /Ff 16777216 /MaxLen 5 /DA (/Helv 12 Tf 0 g)", "120 10 170 30"),
    field("/FT /Btn /T (agree) /AP << /N << /Sure 13 0 R >> >>", "180 10 190 20"),
    field("/FT /Ch /T (one) /Ff 131072 /Opt [[(de) (Deutsch)] [(en) (English)]]", "120 40 180 60"),
    field("/FT /Tx /T (fixed) /Ff 1"),
    field("/FT /Btn /T (bare)", "180 30 190 40"),
    field("/FT /Ch /T (list) /Ff 2097152 /Opt [(a) (b) (c)]", "120 65 180 95"),
    entries="/NeedAppearances true /XFA (old)",
    more=[stream("1 0 0 rg 2 2 6 6 re f", "/Type /XObject /Subtype /Form /BBox [0 0 10 10]")],
)


def fill(font=None, **values):
    return (
        "fill",
        {"values": [{"name": name, "value": value} for name, value in values.items()], "font": font},
    )


def test_fill(engine):
    values = {
        "name": "Ada Ünal",
        "many": "one two three four five",
        "comb": "AB1",
        "agree": "true",
        "one": "English",
    }
    written, document = changed(engine, FIELDS, fill(**values, bare="true", list="a\nc"))
    fields = pypdf.PdfReader(io.BytesIO(written)).get_fields()
    assert {name: fields[name].get("/V") for name in ("name", "many", "comb", "agree", "one", "bare")} == {
        "name": "Ada Ünal",
        "many": "one two three four five",
        "comb": "AB1",
        "agree": "/Sure",
        "one": "en",
        "bare": "/Yes",
    }
    assert fields["list"]["/V"] == ["a", "c"]
    assert "/NeedAppearances" not in document.Root.AcroForm
    assert "/XFA" not in document.Root.AcroForm
    widgets = {str(one.T): one for one in document.pages[0].Annots}
    assert [str(widgets[name].AS) for name in ("agree", "bare")] == ["/Sure", "/Yes"]
    assert list(widgets["list"].I) == [0, 2]
    drawn = {name: widgets[name].AP.N.read_bytes().decode() for name in ("name", "many", "comb", "one")}
    # The colour of the form, and a size such that the text fits the height of 20 pt less 1 pt at each edge.
    assert "0 0 1 rg" in drawn["name"]
    assert float(re.search(r"/\w+ ([\d.]+) Tf", drawn["name"])[1]) == pytest.approx(18 / 1.15, abs=0.01)
    assert drawn["many"].count(" Tj") > 1
    assert "<456E676C697368> Tj" in drawn["one"]
    # Cells of 10 pt: A is 0.667 em wide, of 12 pt.
    assert f"1 0 0 1 {5 - 0.667 * 6:.3f}".rstrip("0") in drawn["comb"]
    found = pixels(written, scale=4, may_draw_forms=True)
    for left, lower, right, upper in (
        (10, 10, 110, 30),
        (10, 40, 60, 90),
        (120, 10, 170, 30),
        (120, 40, 180, 60),
    ):
        part = found[4 * (100 - upper) : 4 * (100 - lower), 4 * left : 4 * right]
        assert part.min() < 128, "it is drawn"
    # Nothing is left of where the first comb's letter starts, nor beyond the third cell.
    comb = found[4 * 70 : 4 * 90, 4 * 120 : 4 * 170].min(axis=(0, 2))
    assert comb[:4].min() > 200
    assert comb[4 * 31 :].min() > 200
    assert comb[4 * 10 : 4 * 20].min() < 128


def test_fill_says_what_is_wrong(engine):
    for values, match in (
        ({"nmae": "x"}, "no field 'nmae'.*'name'"),
        ({"name": "thirteen char"}, "12 characters"),
        ({"fixed": "x"}, "may not be changed"),
        ({"one": "Français"}, "no choice of 'one'.*'de', 'en'"),
        ({"agree": "maybe"}, "no state of 'agree'.*'Sure'"),
        ({"one": "de\nen"}, "one can be chosen"),
    ):
        with pytest.raises(InvalidArgumentError, match=match):
            run(engine, FIELDS, fill(**values))
    with pytest.raises(InvalidArgumentError, match="no form"):
        run(engine, TWO, fill(name="x"))
    with pytest.raises(UnsupportedError, match="XFA"):
        run(engine, form(entries="/XFA (x)"), fill(name="x"))


def test_letters_that_no_font_has_are_refused(engine):
    for values in ({"name": "Ж"}, {"many": "fine\nЖ"}):
        with pytest.raises(UnsupportedError, match=rf"'{next(iter(values))}' has 'Ж' \(U\+0416\)"):
            run(engine, FIELDS, fill(**values))


def test_a_font_is_given_for_what_others_lack(engine):
    name = "Жанна Öz"
    written, document = changed(engine, FIELDS, fill(name=name, many="Ελλάδα\nκαι", font=NOTO))
    widgets = {str(one.T): one for one in document.pages[0].Annots}
    fonts = {
        str(font.DescendantFonts[0].FontDescriptor.FontName)
        for field in ("name", "many")
        for font in widgets[field].AP.N.Resources.Font.values()
    }
    assert fonts == {"/NotoSansRegular"}
    assert len([one for one in document.objects if getattr(one, "Length1", None)]) == 1, "it is there once"
    assert "/NeedAppearances" not in document.Root.AcroForm
    flat, _ = changed(engine, written, ("flatten", {}))
    for text in (pdf.text(written)[0], pdf.text(flat)[0], pymupdf.open(stream=flat)[0].get_text()):
        assert {"Жанна", "Öz", "Ελλάδα", "και"} <= set(text.split())
    [found] = pdf.search(flat, "Жанна")
    [theirs] = pymupdf.open(stream=flat)[0].search_for("Жанна")
    assert found.boxes[0].width == pytest.approx(theirs.width, abs=1)
    before, after = (one.min(axis=2) for one in (pixels(written, may_draw_forms=True), pixels(flat)))
    assert (np.abs(before - after) > 100).mean() < 0.002
    assert after[70:90, 10:110].min() < 100
    with pytest.raises(UnsupportedError, match=r"'name' has '漢' \(U\+6F22\).*give a font"):
        run(engine, FIELDS, fill(name="a漢", font=NOTO))
    for wrong in (b"", NOTO[:100]):
        with pytest.raises(UnsupportedError, match="no TrueType font"):
            run(engine, FIELDS, fill(name="a", font=wrong))


def test_flatten_looks_as_before(engine):
    filled = run(
        engine, FIELDS, fill(name="Ada", many="one two", comb="AB", agree="true", one="en", bare="true")
    )
    before = pixels(filled, scale=2, may_draw_forms=True)
    written, document = changed(engine, filled, ("flatten", {}))
    assert "/AcroForm" not in document.Root
    assert "/Annots" not in document.pages[0]
    after = pixels(written, scale=2, may_draw_forms=False)
    # pdfium tints fields of forms that can be filled in.
    assert (np.abs(after.min(axis=2) - before.min(axis=2)) > 100).mean() < 0.002
    assert after.min() < 100


def look(color, entries):
    return stream(f"{color} rg 0 0 10 10 re f", f"/Type /XObject /Subtype /Form /BBox [0 0 10 10] {entries}")


def annotation(kind, box, look, entries=""):
    return f"<< /Type /Annot /Subtype /{kind} /Rect [{box}] /AP << /N {look} 0 R >> {entries} >>"


NOTES = pages(
    "q q",
    entries="/Annots [5 0 R 6 0 R 7 0 R 8 0 R 9 0 R 10 0 R]",
    more=[
        annotation("Stamp", "20 20 60 40", 11),
        annotation("Square", "100 20 120 60", 12),
        annotation("Stamp", "150 20 160 30", 11, "/F 2"),
        annotation("Stamp", "150 50 160 60", 11, "/F 32"),
        "<< /Type /Annot /Subtype /Link /Rect [0 80 10 90] /Border [0 0 0] /Dest [3 0 R /Fit] >>",
        "<< /Type /Annot /Subtype /Text /Rect [180 80 190 90] /Contents (no look) >>",
        look("1 0 0", ""),
        # Turned by 90 degrees: what is wide is high.
        stream(
            "0 0 1 rg 0 0 20 10 re f 0 1 0 rg 0 0 10 10 re f",
            "/Type /XObject /Subtype /Form /BBox [0 0 20 10] /Matrix [0 1 -1 0 0 0]",
        ),
    ],
)


def test_flatten_notes_where_they_lie(engine):
    written, document = changed(engine, NOTES, ("flatten", {"annotations": True}))
    assert [str(one.Subtype) for one in document.pages[0].Annots] == ["/Link", "/Text"]
    expected = np.full((100, 200, 3), 255)
    expected[60:80, 20:60] = (255, 0, 0)
    expected[60:80, 100:120] = (0, 255, 0)
    expected[40:60, 100:120] = (0, 0, 255)
    found = pixels(written, draw_annots=False)[..., 2::-1]
    assert np.array_equal(found, expected)
    _, document = changed(engine, NOTES, ("flatten", {}))
    assert len(document.pages[0].Annots) == 6


def test_signatures_go_as_they_would_be_broken(engine):
    signature = "<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <00> >>"
    data = form(field("/FT /Sig /T (signed) /V 6 0 R"), signature, entries="/SigFlags 3")
    assert engine.call(modules.get("pdf"), "describe", data, None).signed
    written, document = changed(engine, data)
    assert not engine.call(modules.get("pdf"), "describe", written, None).signed
    assert "/V" not in document.pages[0].Annots[0]
    assert "/SigFlags" not in document.Root.AcroForm


@pytest.mark.corpus
def test_a_real_form(kernel):
    data = (SAMPLES / "form.pdf").read_bytes()
    values = {
        "First Name": "Ada",
        "Last Name": "Lovelace",
        "female": "1",
        "gdpr": "true",
        "First Name_2": "first line\nsecond line",
        "Nationality": "French",
    }
    filled, _ = changed(kernel, data, fill(**values))
    fields = pypdf.PdfReader(io.BytesIO(filled)).get_fields()
    assert fields["First Name"]["/V"] == "Ada"
    assert (fields["female"]["/V"], fields["gdpr"]["/V"]) == ("/1", "/Yes")
    before = pixels(filled, scale=2, may_draw_forms=True)
    flat, document = changed(kernel, filled, ("flatten", {}))
    assert "/AcroForm" not in document.Root
    text = pypdf.PdfReader(io.BytesIO(flat)).pages[0].extract_text()
    assert "Lovelace" in text
    assert "first line" in text
    assert (np.abs(pixels(flat, scale=2).min(axis=2) - before.min(axis=2)) > 100).mean() < 0.002
