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

from tests.pdf.papers import ENCRYPTED, RED, SAMPLES, TEXT, TWO, field, file, pages, stream
from tests.pdf.steps import ENTROPY, changed, pixels, run
from wasmcell import modules
from wasmcell.errors import InvalidArgumentError

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
    data = pages(text.decode(), RED)
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
@pytest.mark.parametrize("name", ["paper-14-pages", "arabic"])
def test_real_files_are_smaller_and_look_the_same(kernel, name):
    data = (SAMPLES / f"{name}.pdf").read_bytes()
    written, _ = changed(kernel, data, ("compress", {}))
    assert len(written) < len(data)
    assert (np.abs(pixels(data) - pixels(written)) > 32).mean() < 0.003
