"""PDF documents are read on every engine: small files written by hand, with values worked out by hand."""

import gc
import hashlib
import time
import warnings
import weakref
import zlib
from pathlib import Path

import numpy as np
import pytest

import wasmcell
from tests.pdf.papers import ENCRYPTED, RED, TEXT, TWO, collected, file, in_font, pages, stream
from wasmcell import display, image, pdf
from wasmcell.engines.limits import Limits
from wasmcell.errors import (
    ClosedError,
    Error,
    InvalidArgumentError,
    LimitExceededError,
    MalformedError,
    UnsupportedError,
)


def close(box, *expected):
    """Whether a box is where it should be."""
    return np.allclose(tuple(box), expected, atol=0.01)


# reading


def test_text(engine):
    assert pdf.text(TWO, engine=engine) == ["Find the\nwords", ""]
    assert pdf.text(TWO, pages="2,1", engine=engine) == ["", "Find the\nwords"]
    with pytest.raises(InvalidArgumentError, match="no page 3"):
        pdf.text(TWO, pages="3", engine=engine)


@pytest.mark.parametrize(
    ("ordering", "encoding", "codes", "expected"),
    [
        # Numbers of glyphs as Adobe-Japan1-7 (Adobe's Technical Note 5078) has them.
        ("Japan1", "Identity-H", bytes.fromhex("0022034b0465"), "Aあ亜"),
        ("Japan1", "90ms-RKSJ-H", "日本語 PDF".encode("cp932"), "日本語 PDF"),
        ("GB1", "GBK-EUC-H", "中文".encode("gbk"), "中文"),
        ("CNS1", "ETen-B5-H", "臺灣".encode("big5"), "臺灣"),
        ("Korea1", "KSCms-UHC-H", "한국어".encode("cp949"), "한국어"),
    ],
)
def test_glyphs_of_a_registered_collection_are_known(engine, ordering, encoding, codes, expected):
    """A font that is in the file says nothing more of its letters than the collection and the glyphs' numbers."""
    assert pdf.text(collected(ordering, encoding, codes), engine=engine) == [expected]


def test_glyphs_that_are_named_after_their_codes_are_letters(engine):
    """As TeX and others name those of fonts that are drawings; other names tell nothing."""
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /FirstChar 0 /LastChar 255 "
        f"/Widths [{'0.5 ' * 256}] /CharProcs << >> "
        "/Encoding << /Differences [65 /a65 /66 /a66 /D /E1 146 /a146 233 /233] >> >>"
    )
    assert pdf.text(in_font(font, b"ABCDE\x92\xe9"), engine=engine) == ["AB\ufffdD\ufffd\u2019é"]
    # Numbers in the order in which glyphs came are no letters.
    assert pdf.text(in_font(font.replace("[65", "[0 /a0 65"), b"AB"), engine=engine) == ["\ufffd\ufffd"]


def test_words(engine):
    """Glyphs are 6 pt wide; boxes reach from 8 pt above the baseline to 2 pt below."""
    words = pdf.words(TWO, engine=engine)
    assert [(word.page, word.text, word.line) for word in words] == [
        (1, "Find", 0),
        (1, "the", 0),
        (1, "words", 1),
    ]
    assert close(words[0].box, 20, 12, 24, 10)
    assert close(words[1].box, 50, 12, 18, 10)
    assert close(words[2].box, 20, 24, 30, 10)


def test_search(engine):
    [hit] = pdf.search(TWO, "THE WOR", engine=engine)
    assert (hit.page, hit.text) == (1, "the wor")
    assert close(hit.boxes[0], 50, 12, 18, 10)
    assert close(hit.boxes[1], 20, 24, 18, 10)
    assert pdf.search(TWO, "THE", ignore_case=False, engine=engine) == []
    assert [hit.text for hit in pdf.search(TWO, r"\bw\w+|f.nd", regex=True, engine=engine)] == [
        "Find",
        "words",
    ]
    with pytest.raises(InvalidArgumentError, match="unclosed group"):
        pdf.search(TWO, "a(", regex=True, engine=engine)


def test_render(engine):
    picture = pdf.render(TWO, 2, dpi=72, engine=engine)
    expected = np.full((100, 200, 3), 255, np.uint8)
    expected[50:90, 20:80] = (255, 0, 0)
    assert np.array_equal(picture.numpy(), expected)
    assert picture.resize(width=20).numpy().shape == (10, 20, 3)


def test_letters_upon_letters_take_little_memory(engine):
    """Under a clip that is no rectangle they wait for each other, each as large as a stamp."""
    letters = f"q 1 1 m 199 2 l 198 99 l h W n BT /F 85 Tf -80.24 Tc 60 10 Td ({'W' * 20_000}) Tj ET Q"
    limits = Limits(memory=256 << 20)
    with pdf.open(pages(letters), engine=engine, limits=limits) as document:
        assert document[0].render(dpi=72).numpy()[60:80, 70:130].min() == 0


def test_numbers_of_pages_may_be_numbers():
    for given in ("1,2", [1, 2], (1, 2), range(1, 3)):
        assert [text.split()[:1] for text in pdf.text(TWO, pages=given)] == [["Find"], []]
    assert pdf.text(TWO, pages=2) == [""]
    for wrong in ([1, "2"], True, 1.0, [[1]]):
        with pytest.raises(InvalidArgumentError, match="pages must be text"):
            pdf.text(TWO, pages=wrong)
    with pytest.raises(InvalidArgumentError, match=r"'-1'|\"-1\".*write 1-1.*the last page is 2"):
        pdf.text(TWO, pages=-1)


def test_render_to_a_size(engine):
    with pdf.open(TWO, engine=engine) as document:
        page = document[1]
        assert page.render(width=100).numpy().shape == (50, 100, 3)
        assert page.render(height=200).numpy().shape == (200, 400, 3)
        assert page.render(dpi=144).numpy().shape == (200, 400, 3)
        region = {"x": 20, "y": 50, "width": 60, "height": 40}
        assert (page.render(dpi=72, region=region).numpy() == (255, 0, 0)).all()
        clear = page.render(dpi=72, background="transparent").numpy()
        assert tuple(clear[0, 0]) == (0, 0, 0, 0)
        assert tuple(clear[70, 50]) == (255, 0, 0, 255)
        assert tuple(page.render(dpi=72, background="#102030").numpy()[0, 0]) == (16, 32, 48)


# what documents say of themselves

RICH = pages(
    TEXT,
    RED,
    catalog="/Outlines 7 0 R /Lang (en-GB) /AcroForm << /Fields [10 0 R 11 0 R] >> "
    "/Names << /EmbeddedFiles << /Names [(notes.csv) 12 0 R] >> >> "
    "/PageLabels << /Nums [0 << /S /r >> 1 << /S /D /P (A-) >>] >>",
    entries="/Annots [10 0 R 15 0 R]",
    trailer="/Info 14 0 R",
    more=[
        "<< /Type /Outlines /First 8 0 R /Last 8 0 R /Count 2 >>",
        "<< /Title (Chapter) /Parent 7 0 R /Dest [3 0 R /Fit] /First 9 0 R /Last 9 0 R /Count 1 >>",
        "<< /Title <FEFF00C90074> /Parent 8 0 R /Dest [5 0 R /Fit] >>",
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ada) /Ff 2 /P 3 0 R /Rect [10 20 60 40] >>",
        "<< /FT /Btn /T (agree) /V /Yes >>",
        "<< /Type /Filespec /F (notes.csv) /Desc (Some notes) /EF << /F 13 0 R >> >>",
        stream("a,b\n1,2\n", "/Type /EmbeddedFile /Subtype /text#2Fcsv"),
        "<< /Title (A title) /Author (Ada) /CreationDate (D:20260102030405+02'00') >>",
        "<< /Type /Annot /Subtype /Link /Rect [100 50 150 60] /A << /S /URI /URI (https://example.org/) >> >>",
    ],
)


def test_describe(engine):
    found = pdf.describe(RICH, engine=engine)
    assert (found.version, found.encrypted, found.signed, found.language) == ("1.7", False, False, "en-GB")
    assert (found.metadata.title, found.metadata.author) == ("A title", "Ada")
    assert found.metadata.created == "2026-01-02T03:04:05+02:00"
    assert [tuple(page) for page in found.pages] == [(200, 100, 0, "i"), (200, 100, 0, "A-1")]
    assert "copy" in found.permissions
    info = pdf.probe(RICH, engine=engine)
    assert (info.pages, info.locked, info.title) == (2, False, "A title")


def test_outline(engine):
    assert [tuple(one) for one in pdf.outline(RICH, engine=engine)] == [
        ("Chapter", 1, 1, None),
        ("Ét", 2, 2, None),
    ]


def test_fields(engine):
    name, agree = pdf.fields(RICH, engine=engine)
    assert (name.name, name.kind, name.value, name.required, name.read_only) == (
        "name",
        "text",
        "Ada",
        True,
        False,
    )
    assert name.widgets[0].page == 1
    assert close(name.widgets[0].box, 10, 60, 50, 20)
    assert (agree.name, agree.kind, agree.value) == ("agree", "checkbox", "Yes")


def test_annotations(engine):
    found = pdf.annotations(RICH, pages="2", engine=engine)
    assert [one.kind for one in found] == ["Widget", "Link"]
    assert (found[1].page, found[1].uri) == (2, "https://example.org/")
    assert close(found[1].box, 100, 40, 50, 10)


def test_attachments(engine):
    [found] = pdf.attachments(RICH, engine=engine)
    assert tuple(found) == ("notes.csv", "Some notes", "text/csv", 8)
    assert pdf.attachment_data(RICH, "notes.csv", engine=engine) == b"a,b\n1,2\n"
    with pytest.raises(InvalidArgumentError, match="none.csv"):
        pdf.attachment_data(RICH, "none.csv", engine=engine)


def test_fonts_and_images(engine):
    assert [(font.name, font.embedded, list(font.pages)) for font in pdf.fonts(TWO, engine=engine)] == [
        ("Courier", False, [1, 2]),
        ("Helvetica", False, [1, 2]),
    ]
    data = file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 20 20] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        stream("20 0 0 20 0 0 cm /X Do"),
        stream(
            zlib.compress(bytes([255, 0, 0, 0, 255, 0])),
            "/Type /XObject /Subtype /Image /Width 2 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode",
        ),
    )
    [found] = pdf.images(data, engine=engine)
    assert tuple(found)[:6] == (1, 2, 1, "FlateDecode", "DeviceRGB", 8)
    pixels = image.open(pdf.open(data, engine=engine)[0].render(dpi=72)).numpy()
    assert tuple(pixels[10, 2]) == (255, 0, 0)
    assert tuple(pixels[10, 17]) == (0, 255, 0)


@pytest.mark.parametrize("name", ["rc4-40", "rc4-128", "aes-128", "aes-256"])
def test_passwords(engine, name):
    data = (ENCRYPTED / f"{name}.pdf").read_bytes()
    info = pdf.probe(data, engine=engine)
    assert (info.encrypted, info.locked, info.pages) == (True, True, None)
    for password in ("user", "owner") if name == "aes-256" else ("user",):
        assert pdf.text(data, password=password, engine=engine) == ["Secret"]
        with pdf.open(data, password=password, engine=engine) as document:
            assert document.info.metadata.title == "Hidden"
            assert "print" in document.info.permissions
            assert "copy" not in document.info.permissions
    with pytest.raises(InvalidArgumentError, match="wants a password"):
        pdf.open(data, engine=engine)
    with pytest.raises(InvalidArgumentError, match="not its password"):
        pdf.text(data, password="wrong", engine=engine)


# bad files: a typed error or a partial result, in bounded time

LIMITS = Limits(memory=256 << 20, seconds=20)


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"GIF89a", bytes(4096), TWO[:40]], ids=["empty", "head", "gif", "zeros", "cut"]
)
def test_what_is_no_document(engine, data):
    for read in (pdf.text, pdf.describe, pdf.probe, pdf.open):
        with pytest.raises(MalformedError):
            read(data, engine=engine, limits=LIMITS)


def test_files_without_their_table_are_mended(engine):
    with pytest.warns(pdf.TruncationWarning):
        assert pdf.text(TWO[: TWO.index(b"\nxref")], engine=engine) == ["Find the\nwords", ""]


HOSTILE = {
    "arrays in arrays": pages(f"{'[' * 5000}{']' * 5000}", entries=f"/X {'[' * 5000}{']' * 5000}"),
    "operators in operators": pages("q " * 100_000 + RED),
    "a page tree that loops": file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 99999999 /Parent 2 0 R >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 20 20] >>",
    ),
    "an outline that loops": pages(
        TEXT, catalog="/Outlines 5 0 R", more=["<< /Title (x) /First 5 0 R /Next 5 0 R >>"]
    ),
    "a drawing that draws itself": file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 20 20] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        stream("/X Do"),
        stream(
            "/X Do /X Do",
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>",
        ),
    ),
    "widths of four thousand million glyphs": file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 20 20] /Contents 4 0 R /Resources << /Font << /F "
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /Type /Font "
        "/Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        "/Supplement 0 >> /W [0 4294967295 500 0 2147483647 500] >>] >> >> >> >>",
        stream("BT /F 10 Tf 2 2 Td <00410042> Tj ET"),
    ),
    "a stream that unpacks to 40 MB": file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 20 20] /Contents 4 0 R >>",
        stream(zlib.compress(b"q Q " * 10_000_000, 1), "/Filter /FlateDecode"),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(engine, name):
    """Each gives a result or a typed error; none a trap or a hang."""
    answers = 0
    for read in (
        pdf.probe,
        pdf.describe,
        pdf.outline,
        pdf.text,
        pdf.fonts,
        lambda data, **o: pdf.render(data, 1, **o),
    ):
        try:
            read(HOSTILE[name], engine=engine, limits=LIMITS)
            answers += 1
        except (MalformedError, UnsupportedError, InvalidArgumentError, LimitExceededError):
            pass
    assert answers >= 1


# parity


def test_every_engine_gives_the_same(engine):
    """Letters, curves, transparency: what rounds."""
    content = (
        f"{TEXT} BT /F 23 Tf 0.9 0.2 -0.2 1 30 20 Tm (Ägypten & \\(x\\)) Tj ET "
        "0.2 0.4 0.9 rg 120 20 m 190 20 190 90 120 90 c 3 w B 0.3 i 10 10 m 150 93 l S"
    )
    data = pages(content)
    fingerprints = []
    for one in (engine, "kernel"):
        with pdf.open(data, engine=one) as document:
            pixels = document[0].render(dpi=110).numpy()
            assert pixels.min() < 64
            fingerprints.append(
                (
                    hashlib.sha256(pixels).hexdigest(),
                    document.text(),
                    document.words(),
                    pdf.text(data, engine=one),
                )
            )
    assert fingerprints[0] == fingerprints[1]


# documents


def test_a_document_is_a_sequence_of_pages(engine):
    with pdf.open(TWO, engine=engine) as document:
        assert (len(document), document[0].number, document[-1].number) == (2, 1, 2)
        assert [page.number for page in document] == [1, 2]
        assert [page.number for page in document[1:]] == [2]
        with pytest.raises(IndexError, match="no page \\[2\\]"):
            document[2]
        page = document[0]
        assert (page.width, page.height, page.info.label) == (200, 100, "1")
        assert page.text() == "Find the\nwords"
        assert page.words() == document.words() == pdf.words(TWO, engine=engine)
        assert document.text() == ["Find the\nwords", ""]
        assert [hit.text for hit in document.search("FIND")] == ["Find"]
        assert document[1].search("find") == []
        assert document.outline() == []
        with pytest.raises(InvalidArgumentError, match="dpi must be"):
            page.render(dpi=0)
        with pytest.raises(InvalidArgumentError, match=r"no option pages"):
            page.text(pages="1")
    with pytest.raises(ClosedError, match="already closed"):
        page.text()
    document.close()
    assert "closed" in repr(document)


def test_a_page_goes_on_as_a_picture(engine):
    with pdf.open(TWO, engine=engine) as document:
        result = document[1].render(dpi=72).crop(20, 50, 60, 40).encode("png").run(engine=engine)
    assert (image.open(result).numpy() == (255, 0, 0)).all()


def test_a_document_that_is_forgotten_is_closed(kernel):
    document = pdf.open(TWO)
    session = weakref.ref(document._session)
    page = document[0]
    del document
    assert page.text() == "Find the\nwords"
    del page
    gc.collect()
    for _ in range(200):  # a thread of its own closes it
        if session() is None:
            break
        time.sleep(0.05)
    assert session() is None


def test_what_cannot_be_drawn_is_said():
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /MS-Mincho /Encoding /UniJIS-UCS2-H /DescendantFonts [<< /Type /Font "
        "/Subtype /CIDFontType2 /BaseFont /MS-Mincho /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) "
        "/Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /MS-Mincho /Flags 6 >> >>] >>"
    )
    data = file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /J {font} >> >> >>",
        stream("BT /J 20 Tf 20 50 Td <65E5672C> Tj ET"),
    )
    with pdf.open(data) as document:
        assert document[0].text() == "日本"
        assert [font.collection for font in document[0].missing_fonts()] == ["Adobe-Japan1"]
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            document[0].render()
    assert any("<Page 1 of" in str(one.message) and "MS-Mincho" in str(one.message) for one in said)
    assert {Path(one.filename).name for one in said} == {Path(__file__).name}


def test_sources(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(TWO)
    with pdf.open(path) as document:
        assert repr(document) == f"<Document {path}, 2 pages>"
    with pytest.raises(FileNotFoundError):
        pdf.open(tmp_path / "gone.pdf")
    with pytest.raises(UnsupportedError, match="array"):
        pdf.open(np.zeros((2, 2), np.uint8))
    with pytest.raises(InvalidArgumentError, match="no option pasword"):
        pdf.open(path, pasword="x")
    assert wasmcell.pdf is pdf
    assert "search" in dir(pdf)
    with pytest.raises(AttributeError):
        _ = pdf.nothing


# what people see


def test_a_document_shows_its_pages():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pdf.open(pages(*[TEXT] * 14)) as document:
            shown = document._repr_mimebundle_()
            page = document[0]._repr_mimebundle_()
    assert shown["text/html"].count("data:image/png;base64,") == display.MAX_PAGES
    assert "14 pages" in shown["text/plain"]
    assert page["image/png"]


def test_a_closed_document_shows_itself():
    document = pdf.open(TWO)
    document.close()
    assert "closed" in document._repr_mimebundle_()["text/html"]
    assert issubclass(ClosedError, Error)
