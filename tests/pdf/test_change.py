"""Steps that change a document, and encryption, on every engine: what qpdf, pypdf and pdfium say of what is written."""

import io
import re
import zlib

import numpy as np
import pikepdf
import pypdf
import pypdfium2 as pdfium
import pytest
from PIL import Image

from tests.pdf.papers import ENCRYPTED, RED, SAMPLES, TEXT, TWO, file, pages, stream
from wasmcell import modules
from wasmcell.abi.values import Case
from wasmcell.errors import InvalidArgumentError, UnsupportedError

ENTROPY = bytes(range(32))


def run(engine, data, *steps, decode=None, **output):
    """Apply steps, given as pairs of a name and its options."""
    steps = [Case(name, options) for name, options in steps]
    output = Case("pdf", {"entropy": ENTROPY, **output})
    return engine.call(modules.get("pdf"), "run", data, decode or {}, steps, output)


def changed(engine, data, *steps, **options):
    """As `run`; what is written is sound, and opened by pikepdf."""
    written = run(engine, data, *steps, **options)
    document = pikepdf.open(io.BytesIO(written))
    assert document.check_pdf_syntax() == []
    assert len(pypdf.PdfReader(io.BytesIO(written), strict=True).pages) == len(document.pages)
    return written, document


def pixels(data, page=0, scale=1.0, **options):
    """A page as pdfium sees it."""
    document = pdfium.PdfDocument(data)
    if options.get("may_draw_forms"):
        document.init_forms()
    return document[page].render(scale=scale, **options).to_numpy().astype(int)


# the file itself


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_is_identified_by_its_contents(engine, packed):
    def of(*steps):
        _, document = changed(engine, TWO, *steps, **{"object-streams": packed})
        assert bytes(document.trailer.ID[0]) == bytes(document.trailer.ID[1])
        return bytes(document.trailer.ID[0])

    assert len(of()) == 16
    assert of() == of()
    assert len({of(), of(("rotate", {"degrees": 90})), of(("select", {"pages": "2"}))}) == 3


# encryption


@pytest.mark.parametrize(
    ("user", "owner"),
    [("user", "owner"), ("only", None), (None, "owner"), ("", "owner"), ("Pässwörd €", "Владелец")],
)
def test_both_passwords_open_what_is_encrypted(engine, user, owner):
    passwords = {"user-password": user, "owner-password": owner}
    written = run(engine, TWO, **{key: value for key, value in passwords.items() if value is not None})
    assert b"Find the" not in written
    for password in {user or "", owner if owner is not None else user}:
        with pikepdf.open(io.BytesIO(written), password=password) as document:
            assert document.check_pdf_syntax() == []
            assert (document.encryption.R, document.encryption.bits) == (6, 256)
            assert len(bytes(document.trailer.ID[0])) == 16
            assert b"Find the" in document.pages[0].Contents.read_bytes()
        assert (
            pypdf.PdfReader(io.BytesIO(written), password=password)
            .pages[0]
            .extract_text()
            .startswith("Find the")
        )
        text = pdfium.PdfDocument(written, password=password)[0].get_textpage().get_text_range()
        assert text.split() == ["Find", "the", "words"]
        options = {"password": password}
        assert engine.call(modules.get("pdf"), "text", written, None, password) == ["Find the\nwords", ""]
        plain, _ = changed(engine, written, decode=options)
        assert b"/Encrypt" not in plain
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(written), password="wrong")
    if user:
        with pytest.raises(InvalidArgumentError, match="not its password"):
            engine.call(modules.get("pdf"), "text", written, None, "wrong")


def test_keys_are_made_of_entropy_and_of_nothing_else(engine, kernel):
    one, same = (run(on, TWO, **{"user-password": "u"}) for on in (engine, kernel))
    other = run(engine, TWO, **{"user-password": "u", "entropy": bytes(32)})
    assert one == same
    keys = set()
    for data in (one, other):
        with pikepdf.open(io.BytesIO(data), password="u") as document:
            encryption = document.encryption
            keys |= {bytes(encryption.encryption_key), bytes(document.trailer.ID[0])}
            keys |= {bytes(document.trailer.Encrypt[key]) for key in ("/O", "/U", "/OE", "/UE")}
            # Each stream and string starts with random bytes of its own.
            assert ENTROPY not in data
    assert len(keys) == 12


def test_what_is_allowed(engine):
    options = {"user-password": "u", "owner-password": "o", "allow": ["print", "copy", "accessibility"]}
    written = run(engine, TWO, **options)
    with pikepdf.open(io.BytesIO(written), password="u") as document:
        allow = document.allow
        assert allow.print_lowres
        assert allow.extract
        assert allow.accessibility
        assert not (allow.print_highres)
        assert not (allow.modify_other)
        assert not (allow.modify_annotation)
        assert not (allow.modify_form)
        assert not allow.modify_assembly
        assert -(2**31) <= int(document.trailer.Encrypt.P) < 0


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"user-password": ""}, "empty"),
        ({"allow": ["print"]}, "allow.*owner_password"),
        ({"user-password": "u", "allow": ["print"]}, "allow.*owner_password"),
        ({"user-password": "u", "entropy": b"short"}, "entropy"),
        ({"user-password": "\u0007"}, "password"),
    ],
)
def test_encryption_that_protects_nothing_is_refused(engine, options, match):
    with pytest.raises(InvalidArgumentError, match=match):
        run(engine, TWO, **options)


@pytest.mark.parametrize("name", ["rc4-40", "rc4-128", "aes-128", "aes-256"])
def test_owners_passwords_open_old_files(engine, name):
    data = (ENCRYPTED / f"{name}.pdf").read_bytes()
    assert engine.call(modules.get("pdf"), "text", data, None, "owner") == ["Secret"]


# metadata

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Old &amp; tool">
 <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Old title</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF>
</x:xmpmeta><?xpacket end="w"?>"""


def test_metadata_is_the_same_in_both_places(engine):
    data = pages(
        TEXT,
        catalog="/Metadata 5 0 R",
        trailer="/Info 6 0 R",
        more=[
            stream(XMP, "/Type /Metadata /Subtype /XML"),
            "<< /Subject (Stays) /Author (Goes) /Own (kept) >>",
        ],
    )
    step = {
        "title": "Ünïcode € <&> 日本",
        "author": "",
        "created": "2026-01-02T03:04:05+02:00",
        "modified": "2026-02-28",
        "language": "en-GB",
    }
    _, document = changed(engine, data, ("set-metadata", step))
    info = document.docinfo
    assert str(info["/Title"]) == "Ünïcode € <&> 日本"
    assert "/Author" not in info
    assert (str(info["/Subject"]), str(info["/Own"]), str(info["/Creator"])) == (
        "Stays",
        "kept",
        "Old & tool",
    )
    assert str(info["/CreationDate"]) == "D:20260102030405+02'00'"
    assert str(info["/ModDate"]) == "D:20260228"
    assert str(document.Root.Lang) == "en-GB"
    with document.open_metadata() as xmp:
        assert xmp["dc:title"] == "Ünïcode € <&> 日本"
        assert (xmp["dc:description"], xmp["xmp:CreatorTool"]) == ("Stays", "Old & tool")
        assert (xmp["xmp:CreateDate"], xmp["xmp:ModifyDate"]) == ("2026-01-02T03:04:05+02:00", "2026-02-28")
        assert "dc:creator" not in xmp


def test_metadata_that_is_none(engine):
    for step in ({"created": "yesterday"}, {"modified": "2026-02-30"}, {"language": "English, of sorts"}):
        with pytest.raises(InvalidArgumentError, match=next(iter(step))):
            run(engine, TWO, ("set-metadata", step))


# the outline


def test_set_outline(engine):
    entries = [
        {"title": "Eins", "level": 1, "page": 1},
        {"title": "Zwei – €", "level": 2, "page": 2},
        {"title": "Deep", "level": 3},
        {"title": "Web", "level": 1, "uri": "https://example.org/"},
    ]
    written, document = changed(engine, TWO, ("set-outline", {"entries": entries}))
    reader = pypdf.PdfReader(io.BytesIO(written))
    eins, below, web = reader.outline
    assert (eins.title, reader.get_destination_page_number(eins)) == ("Eins", 0)
    assert (below[0].title, reader.get_destination_page_number(below[0])) == ("Zwei – €", 1)
    assert (below[1][0].title, web.title) == ("Deep", "Web")
    with document.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Eins", "Web"]
    assert int(document.Root.Outlines.Count) == 2
    found = engine.call(modules.get("pdf"), "outline", written, None)
    assert [(one.title, one.level, one.page, one.uri) for one in found] == [
        ("Eins", 1, 1, None),
        ("Zwei – €", 2, 2, None),
        ("Deep", 3, None, None),
        ("Web", 1, None, "https://example.org/"),
    ]
    _, document = changed(engine, written, ("set-outline", {"entries": []}))
    assert "/Outlines" not in document.Root


@pytest.mark.parametrize(
    ("entries", "match"),
    [
        ([{"title": "a", "level": 2}], "level 2"),
        ([{"title": "a", "level": 1, "page": 3}], "no page 3"),
        ([{"title": "a", "level": 1, "page": 1, "uri": "https://example.org/"}], "a page and an address"),
    ],
)
def test_outlines_that_are_none(engine, entries, match):
    with pytest.raises(InvalidArgumentError, match=match):
        run(engine, TWO, ("set-outline", {"entries": entries}))


# forms


def field(entries, box="10 10 110 30"):
    return f"<< /Type /Annot /Subtype /Widget /Rect [{box}] /F 4 {entries} >>"


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


def fill(**values):
    return ("fill", {"values": [{"name": name, "value": value} for name, value in values.items()]})


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


def test_letters_that_no_font_has_are_left_to_the_reader(engine):
    written, document = changed(engine, FIELDS, fill(name="Ж"))
    assert str(document.pages[0].Annots[0].V) == "Ж"
    assert document.Root.AcroForm.NeedAppearances is True
    with pytest.raises(UnsupportedError, match="characters"):
        run(engine, written, ("flatten", {}))


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


# clean


def jpeg(width=8, height=8, **options):
    pixels = np.random.default_rng(1).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    picture.save(out, "JPEG", **options)
    return out.getvalue()


EXIF = Image.Exif()
EXIF[271] = "SecretCamera"
DIRTY = pages(
    TEXT,
    catalog="/AcroForm << /Fields [8 0 R] >> /OpenAction << /S /JavaScript /JS (SecretOpen) >> "
    "/AA << /WC << /S /JavaScript /JS (SecretClose) >> >> /Metadata 10 0 R /PieceInfo << /P << /Private (SecretPiece) >> >> "
    "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (SecretName) >>] >> "
    "/EmbeddedFiles << /Names [(f) 6 0 R] >> >> /AF [6 0 R] /Outlines 13 0 R",
    entries="/Annots [5 0 R 8 0 R 9 0 R] /Thumb 11 0 R /AA << /O << /S /Launch /F (SecretApp) >> >>",
    trailer="/Info 12 0 R",
    more=[
        "<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (SecretNote) >>",
        "<< /Type /Filespec /F (f) /EF << /F 7 0 R >> >>",
        stream("SecretFile", "/Type /EmbeddedFile"),
        field("/FT /Tx /T (kept) /V (Value) /AA << /K << /S /JavaScript /JS (SecretKey) >> >> "
              "/A << /S /URI /URI (https://kept.example/) /Next << /S /SubmitForm /F (SecretUrl) >> >>"),
        "<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 6 0 R >>",
        stream(XMP.replace("Old title", "SecretXmp"), "/Type /Metadata /Subtype /XML"),
        stream(jpeg(exif=EXIF, comment=b"SecretComment"), "/Type /XObject /Subtype /Image /Width 8 /Height 8 "
               "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"),
        "<< /Title (SecretTitle) >>",
        "<< /First 14 0 R /Last 14 0 R /Count 1 >>",
        "<< /Title (Chapter) /Parent 13 0 R /A << /S /GoToR /F (SecretOther) /D [0 /Fit] >> >>",
    ],
)  # fmt: skip


def everything(document):
    """All that a file holds, unpacked."""
    out = io.BytesIO()
    document.save(
        out,
        stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=False,
    )
    return out.getvalue()


def test_clean_leaves_nothing(engine):
    assert b"Secret" in everything(changed(engine, DIRTY)[1])
    _, document = changed(engine, DIRTY, ("clean", {}))
    left = everything(document)
    assert re.findall(rb"Secret\w+", left) == []
    assert b"(Value)" in left
    assert b"https://kept.example/" in left
    assert b"(Chapter)" in left
    for key in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/Metadata", b"/PieceInfo", b"/Thumb", b"/AA"):
        assert key not in left
    assert [str(one.Subtype) for one in document.pages[0].Annots] == ["/Widget"]


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("annotations", {"Note"}),
        ("attachments", {"File"}),
        ("scripts", {"Open", "Close", "Name", "App", "Key", "Url", "Other"}),
        ("metadata", {"Xmp", "Title", "Piece", "Camera", "Comment"}),
    ],
)
def test_clean_of_one_kind(engine, kind, gone):
    def secrets(*steps):
        return set(re.findall(rb"Secret(\w+)", everything(changed(engine, DIRTY, *steps)[1])))

    kinds = dict.fromkeys(("annotations", "attachments", "scripts", "metadata"), False)
    before = secrets(("clean", kinds))
    after = secrets(("clean", kinds | {kind: True}))
    assert before - after >= {one.encode() for one in gone}
    others = {"Note", "File", "Open", "Xmp", "Title"} - gone
    assert {one.encode() for one in others} <= after


def test_names_of_resources_are_not_taken_for_scripts(engine):
    data = pages("BT /AA 10 Tf 20 50 Td (Here) Tj ET").replace(b"/F <<", b"/AA <<", 1)
    written, _ = changed(engine, data, ("clean", {}))
    assert pypdf.PdfReader(io.BytesIO(written)).pages[0].extract_text() == "Here"


# compress


def picture(data, entries):
    return stream(data, f"/Type /XObject /Subtype /Image {entries}")


def with_pictures(content, *pictures):
    names = " ".join(f"/X{index} {5 + index} 0 R" for index in range(len(pictures)))
    return file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /XObject << {names} >> >> >>",
        stream(content),
        *pictures,
    )


RGB = "/ColorSpace /DeviceRGB /BitsPerComponent 8"
GRAY = "/ColorSpace /DeviceGray /BitsPerComponent 8"


def smooth(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)], -1).astype(
        np.uint8
    )


def test_pictures_lose_pixels_by_how_large_they_are_drawn(engine):
    """Drawn 72 pt and, within a drawing, 144 pt wide: at 150 dpi that is 300 px."""
    pixel = smooth(600, 300)
    photo = io.BytesIO()
    Image.fromarray(pixel).save(photo, "JPEG", quality=95)
    ink = np.zeros((300, 600, 4), np.uint8)
    data = with_pictures(
        "q 72 0 0 36 0 0 cm /X0 Do Q q 2 0 0 2 0 20 cm /X1 Do Q q 10 0 0 10 190 0 cm /X2 Do /X3 Do /X4 Do Q",
        picture(photo.getvalue(), f"/Width 600 /Height 300 {RGB} /Filter /DCTDecode /SMask 10 0 R"),
        stream("q 72 0 0 36 0 0 cm /X0 Do Q", "/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /XObject << /X0 5 0 R >> >>"),
        picture(bytes(75 * 300), "/Width 600 /Height 300 /ColorSpace /DeviceGray /BitsPerComponent 1"),
        picture(ink.tobytes(), "/Width 600 /Height 300 /ColorSpace /DeviceCMYK /BitsPerComponent 8"),
        picture(zlib.compress(pixel.tobytes()), f"/Width 600 /Height 300 {RGB} /Filter /FlateDecode /Mask [0 1 0 1 0 1]"),
        picture(zlib.compress(np.ascontiguousarray(pixel[..., 0]).tobytes()), f"/Width 600 /Height 300 {GRAY} /Filter /FlateDecode"),
    )  # fmt: skip
    written, document = changed(engine, data, ("compress", {}))
    found = document.pages[0].Resources.XObject
    assert [(int(found[name].Width), int(found[name].Height)) for name in ("/X0", "/X2", "/X3", "/X4")] == [
        (300, 150),
        (600, 300),
        (600, 300),
        (600, 300),
    ]
    assert (found.X0.Filter, int(found.X0.SMask.Width)) == ("/DCTDecode", 300)
    before, after = (pixels(one, scale=1) for one in (data, written))
    assert np.abs(before - after).max() < 12
    assert len(written) < len(data) / 4
    _, document = changed(engine, data, ("compress", {"dpi": 0}))
    assert int(document.pages[0].Resources.XObject.X0.Width) == 600


def test_pictures_that_would_grow_stay(engine):
    """What repeats itself every eight pixels is packed well; four of five of them do not."""
    tile = np.random.default_rng(3).integers(0, 255, (1, 8, 3), np.uint8)
    tiles = np.tile(tile, (40, 5, 1))
    packed = picture(zlib.compress(tiles.tobytes(), 9), f"/Width 40 /Height 40 {RGB} /Filter /FlateDecode")
    data = with_pictures("32 0 0 32 0 0 cm /X0 Do", packed)
    _, document = changed(engine, data, ("compress", {"dpi": 72}))
    assert int(document.pages[0].Resources.XObject.X0.Width) == 40


def test_pictures_within_patterns_stay(engine):
    """How large those are drawn is not known."""
    pixel = smooth(600, 300)
    packed = picture(zlib.compress(pixel.tobytes()), f"/Width 600 /Height 300 {RGB} /Filter /FlateDecode")
    data = file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /XObject << /X0 5 0 R >> "
        "/Pattern << /P 6 0 R >> >> >>",
        stream("q 10 0 0 5 0 0 cm /X0 Do Q /Pattern cs /P scn 0 0 200 100 re f"),
        packed,
        stream(
            "200 0 0 100 0 0 cm /X0 Do",
            "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 200 100] /XStep 200 /YStep 100 "
            "/Resources << /XObject << /X0 5 0 R >> >>",
        ),
    )
    _, document = changed(engine, data, ("compress", {}))
    assert int(document.pages[0].Resources.XObject.X0.Width) == 600


def test_compress_keeps_once_what_is_there_twice(engine):
    pixel = np.random.default_rng(2).integers(0, 255, (50, 50, 3), np.uint8).tobytes()
    one = picture(pixel, f"/Width 50 /Height 50 {RGB}")
    other = picture(pixel, f"{RGB} /Height 50 /Width 50")
    data = with_pictures("q 99 0 0 99 0 0 cm /X0 Do Q q 99 0 0 99 99 0 cm /X1 Do Q", one, other)
    written, document = changed(engine, data, ("compress", {}))
    found = document.pages[0].Resources.XObject
    assert found.X0.objgen == found.X1.objgen
    assert len(written) < len(pixel) * 1.3
    assert np.array_equal(pixels(data), pixels(written))


def test_compress_packs_what_is_plain_or_badly_packed(engine):
    text = b"0 0 1 1 re f " * 1000
    hexed = text.hex().encode() + b">"
    data = pages(text.decode(), RED).replace(b"XXXX", b"")
    written, document = changed(engine, data, ("compress", {}))
    assert document.pages[0].Contents.Filter == "/FlateDecode"
    assert document.pages[0].Contents.read_bytes() == text
    packed = file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 20 20] /Contents 4 0 R >>",
        stream(hexed, "/Filter /ASCIIHexDecode"),
    )
    _, document = changed(engine, packed, ("compress", {}))
    assert document.pages[0].Contents.Filter == "/FlateDecode"
    assert document.pages[0].Contents.read_bytes() == text
    assert len(written) < 2000


# real files


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


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["paper-14-pages", "arabic"])
def test_real_files_are_smaller_and_look_the_same(kernel, name):
    data = (SAMPLES / f"{name}.pdf").read_bytes()
    written, _ = changed(kernel, data, ("compress", {}))
    assert len(written) < len(data)
    assert (np.abs(pixels(data) - pixels(written)) > 32).mean() < 0.003
