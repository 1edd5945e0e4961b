"""PDF documents that are made: what other programs read in them, on every engine."""

import io
import unicodedata
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pypdf
import pypdfium2
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from wasmcell import image, operations, pdf
from wasmcell.engines.limits import Limits
from wasmcell.engines.wire import FileRef
from wasmcell.errors import (
    ArgumentTypeError,
    InvalidArgumentError,
    LimitExceededError,
    MalformedError,
    PrivateError,
    UnsupportedError,
)
from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.run import run
from wasmcell.private import PrivateFile

A4 = (210 / 25.4 * 72, 297 / 25.4 * 72)
RTL = Path(__file__).parent / "data" / "rtl.ttf"
"""A font with Hebrew and Arabic letters alone."""


def gradient(width=120, height=80, mode="RGB"):
    """A picture that differs everywhere, and in each direction."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [
        x * 255 // width,
        y * 255 // height,
        (x + y) * 255 // (width + height),
        255 - x * 200 // width,
    ]
    array = np.stack(channels[: len(mode)], axis=-1).astype(np.uint8)
    return Pillow.fromarray(array[..., 0] if len(mode) == 1 else array, mode)


def encoded(picture, format, **options):
    """A picture as a file."""
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def rendered(data, page=0, scale=1.0):
    """A page as pdfium draws it."""
    with pypdfium2.PdfDocument(data) as document:
        return document[page].render(scale=scale).to_pil().convert("RGB")


def texts(data):
    """The text of each page as pypdf reads it."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def words(text):
    """A text without regard to where its lines end."""
    return unicodedata.normalize("NFC", text).split()


def sound(data):
    """The file, of which qpdf has nothing to say."""
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []
        assert not document.get_warnings()
    return data


def sizes(data):
    """Width and height of each page."""
    return [
        tuple(float(one) for one in page.mediabox[2:]) for page in pypdf.PdfReader(io.BytesIO(data)).pages
    ]


def difference(one, other):
    """The mean difference of pixels."""
    return np.abs(np.asarray(one, np.int16) - np.asarray(other.convert("RGB"), np.int16)).mean()


# pictures


def test_a_jpeg_goes_in_as_it_is(engine):
    picture = gradient()
    jpeg = encoded(picture, "JPEG", quality=90, dpi=(144, 144))
    made = sound(pdf.from_images([jpeg], engine=engine).bytes)
    assert jpeg in made
    assert sizes(made) == [(60, 40)]
    assert difference(rendered(made, scale=2), Pillow.open(io.BytesIO(jpeg))) < 1


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_a_png_looks_as_it_does(engine, mode):
    picture = gradient(mode=mode)
    made = sound(pdf.from_images(encoded(picture, "PNG", dpi=(72, 72)), engine=engine).bytes)
    assert sizes(made) == [(120, 80)]
    white = Pillow.new("RGBA", picture.size, "white")
    white.alpha_composite(picture.convert("RGBA"))
    assert difference(rendered(made), white) < 1


def test_a_png_of_16_bits(engine):
    y, x = np.mgrid[0:40, 0:60]
    array = (x * 1000 + y * 10).astype(np.uint16)
    png = image.open(array).encode("png").bytes()
    made = sound(pdf.from_images(png, dpi=72, engine=engine).bytes)
    with pikepdf.open(io.BytesIO(made)) as document:
        [picture] = document.pages[0].get_images().values()
        assert picture.BitsPerComponent == 16
        assert picture.read_bytes() == array.astype(">u2").tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_stand_upright(engine, orientation):
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    jpeg = encoded(gradient(), "JPEG", quality=95, exif=exif, dpi=(72, 72))
    made = pdf.from_images(jpeg, engine=engine).bytes
    assert jpeg in made
    upright = ImageOps.exif_transpose(Pillow.open(io.BytesIO(jpeg)))
    assert sizes(made) == [upright.size]
    assert difference(rendered(made), upright) < 1


def test_other_formats_and_steps(engine, tmp_path):
    """What the module does not take is made into PNG, without loss."""
    picture = gradient()
    picture.save(tmp_path / "a.bmp")
    (tmp_path / "b.webp").write_bytes(encoded(picture, "WEBP", lossless=True))
    sources = [
        tmp_path / "a.bmp",
        str(tmp_path / "b.webp"),
        np.asarray(picture),
        picture,
        image.open(picture).rotate(180).rotate(180),
        image.open(tmp_path / "a.bmp").encode("png").run(),
    ]
    made = sound(pdf.from_images(sources, dpi=72, engine=engine).bytes)
    assert sizes(made) == [(120, 80)] * len(sources)
    for page in range(len(sources)):
        assert difference(rendered(made, page), picture) < 0.5
    jpeg = pdf.from_images(image.open(picture).encode("jpeg", quality=50), engine=engine).bytes
    assert b"/DCTDecode" in jpeg


def test_paper_margin_and_fit(engine):
    png = encoded(gradient(), "PNG")
    assert sizes(pdf.from_images(png, engine=engine).bytes) == [(90, 60)]  # at 96 dpi
    assert sizes(pdf.from_images(png, margin=10, engine=engine).bytes) == [(110, 80)]
    [lying] = sizes(pdf.from_images(png, paper="a4", engine=engine).bytes)
    assert lying == pytest.approx(A4[::-1], abs=0.01)
    [standing] = sizes(pdf.from_images(png, paper="a4", landscape=False, engine=engine).bytes)
    assert standing == pytest.approx(A4, abs=0.01)

    def ink(**options):
        made = pdf.from_images(
            encoded(Pillow.new("RGB", (120, 80)), "PNG"), paper="a6", engine=engine, **options
        )
        drawn = np.asarray(rendered(sound(made.bytes))).max(axis=-1) < 128
        rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1

    width, height = 148 / 25.4 * 72, 105 / 25.4 * 72  # lying, as the picture does
    inner = width - 40, height - 40
    scale = min(inner[0] / 120, inner[1] / 80)
    expected = [(width - 120 * scale) / 2, (height - 80 * scale) / 2]
    expected += [width - expected[0], height - expected[1]]
    assert ink(margin=20) == pytest.approx(expected, abs=1.5)
    expected = [(width - 90) / 2, (height - 60) / 2, (width + 90) / 2, (height + 60) / 2]
    assert ink(margin=20, fit="shrink") == pytest.approx(expected, abs=1.5)
    assert ink(margin=20, fit="cover") == pytest.approx([20, 20, width - 20, height - 20], abs=1.5)


def test_what_pictures_say(engine):
    made = pdf.from_images({"image": gradient(), "alt": "A gradient"}, title="Pictures", engine=engine).bytes
    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked
        figures = [
            one
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"
        ]
        assert [str(one.Alt) for one in figures] == ["A gradient"]
        assert str(document.docinfo.Title) == "Pictures"


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([], InvalidArgumentError, "from 1 to"),
        (b"", MalformedError, None),
        (b"\xff\xd8\xff\xe0 and no more", MalformedError, "picture 1"),
        (b"\x89PNG\r\n\x1a\n and no more", MalformedError, "picture 1"),
        ([{"picture": b""}], InvalidArgumentError, "image and alt"),
    ],
)
def test_bad_pictures(engine, given, error, message):
    with pytest.raises(error, match=message):
        pdf.from_images(given, engine=engine)


def test_cut_pictures(engine):
    png = encoded(gradient(), "PNG")
    with pytest.raises(MalformedError, match="cannot be unpacked"):
        pdf.from_images(png[: len(png) // 2], engine=engine)
    header = b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
        "0000000d49484452 0000ffff 0000ffff 0802000000".replace(" ", "")
    )
    huge = header + zlib.crc32(header[12:]).to_bytes(4, "big") + png[33:]
    with pytest.raises(LimitExceededError, match="picture 1"):
        pdf.from_images(huge, engine=engine)
    with pytest.raises(InvalidArgumentError, match="margin"):
        pdf.from_images(png, paper="a6", margin=500, engine=engine)


def test_private_pictures_stay_where_they_are():
    ref = FileRef(page="p", number=1, name="a.jpg", size=9, type="image/jpeg")
    private = PrivateFile(ref, "0" * 64)
    with pytest.raises(PrivateError, match="a.jpg is private"):
        pdf.from_images([private])


# text

TEXT = """Latin: Ærøskøbing, Łódź, İstanbul, ﬁnd “quotes” – and — dashes…
Greek: Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία.
Cyrillic: Съешь же ещё этих мягких французских булок.

Symbols: € ∑ √ ≤ → ✓ ┌─┐ ░
"""


def test_text_is_read_as_it_was_written(engine):
    made = sound(pdf.from_text(TEXT, engine=engine).bytes)
    [text] = texts(made)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert [words(line) for line in lines] == [words(line) for line in TEXT.splitlines() if line]
    [ours] = pdf.text(made, engine=engine)
    assert words(ours) == words(TEXT)


def test_fonts_are_subsets_within_the_file(engine):
    made = pdf.from_text(TEXT, engine=engine).bytes
    with pikepdf.open(io.BytesIO(made)) as document:
        fonts = list(document.pages[0].resources.Font.values())
        assert len(fonts) == 2  # letters and symbols
        for font in fonts:
            assert font.ToUnicode.read_bytes()
            [inner] = font.DescendantFonts
            tag, plus, name = str(inner.BaseFont)[1:].partition("+")
            assert len(tag) == 6
            assert tag.isupper()
            assert plus
            assert name in ("NotoSans-Regular", "DejaVuSansMono")
            assert "/FontFile2" in inner.FontDescriptor
    assert len(made) < 60_000


def test_long_lines_are_wrapped(engine):
    text = "The quick brown fox jumps over the lazy dog. " * 200
    made = sound(pdf.from_text(text, paper="a5", margin=40, size=12, engine=engine).bytes)
    pages = texts(made)
    assert len(pages) > 1
    assert words("\n".join(pages)) == words(text)
    # Nothing is outside of the margins, and lines fill the width.
    for number, ends in ((0, 40), (len(pages) - 1, 40)):
        dark = np.asarray(rendered(made, number).convert("L")) < 128
        columns, rows = np.flatnonzero(dark.any(axis=0)), np.flatnonzero(dark.any(axis=1))
        width, height = sizes(made)[number]
        assert columns[0] >= ends - 1
        assert columns[-1] <= width - ends
        assert columns[-1] > width - ends - 60
        assert rows[0] >= ends
        assert rows[-1] <= height - ends


def test_a_word_that_is_too_long_is_broken(engine):
    word = "x" * 500
    [text] = texts(pdf.from_text(word, engine=engine).bytes)
    assert text.replace("\n", "") == word
    assert len(text.splitlines()) > 4


def test_pages_lines_and_tabs(engine):
    made = sound(pdf.from_text("one\r\ntwo\f\x0cfour\n", engine=engine).bytes)
    assert [text.splitlines() for text in texts(made)] == [["one", "two"], [], ["four"]]

    found = [
        word.box.x
        for word in pdf.words(pdf.from_text("a\tb\nabc\td\n\te", family="mono", engine=engine).bytes)
        if word.text in "bde"
    ]
    assert found == pytest.approx([found[0]] * 3, abs=0.05)
    width = 0.602 * 11  # of DejaVu Sans Mono's letters
    assert found[0] == pytest.approx(56 + 8 * width, abs=0.1)
    [text] = pdf.words(pdf.from_text("\tx", family="mono", tab_width=4, size=20, engine=engine).bytes)
    assert text.box.x == pytest.approx(56 + 4 * 0.602 * 20, abs=0.1)


def test_right_to_left(engine):
    text = "שלום עולם abc 123"
    made = sound(pdf.from_text(text, fonts=RTL, engine=engine).bytes)
    assert pdf.text(made, engine=engine) == [text]
    width, _ = sizes(made)[0]
    dark = np.asarray(rendered(made).convert("L")) < 128
    columns = np.flatnonzero(dark.any(axis=0))
    assert width - 60 < columns[-1] <= width - 56  # it starts at the right
    places = {word.text: word.box.x for word in pdf.words(made)}
    assert places["שלום"] > places["עולם"] > places["abc"]
    assert places["123"] > places["abc"]  # what runs from left to right does so within


def test_letters_are_joined(engine):
    """Of four letters that join, no two look as each does alone."""
    word = "بببب"

    def ink(text):
        made = pdf.from_text(text, fonts=[RTL], size=40, engine=engine).bytes
        return (np.asarray(rendered(made).convert("L")) < 128).any(axis=0), made

    joined, made = ink(word)
    apart, _ = ink(" ".join(word))
    gaps = [np.count_nonzero(np.diff(line.astype(int)) == 1) for line in (joined, apart)]
    assert gaps == [1, 4]
    assert pdf.text(made, engine=engine) == [word]
    assert words(texts(made)[0]) == [word]


def test_characters_that_no_font_has(engine):
    with pytest.raises(UnsupportedError, match=r"no font has あ \(U\+3042\)"):
        pdf.from_text("a あ b", engine=engine)
    with pytest.raises(UnsupportedError, match=r"U\+001B"):
        pdf.from_text("\x1b[31mred", engine=engine)
    with pytest.raises(UnsupportedError, match=r"block 2: no font has"):
        pdf.from_document(["a", "あ"], engine=engine)
    made = pdf.from_text("a あ b", missing="replace", engine=engine).bytes
    assert words(texts(made)[0]) == ["a", "�", "b"]
    # What is not meant to be seen needs no glyph.
    assert words(texts(pdf.from_text("a\u2060b\ufe0f c", engine=engine).bytes)[0])[-1] == "c"
    with pytest.raises(MalformedError, match="font 1"):
        pdf.from_text("a", fonts=[b"no font"], engine=engine)
    with pytest.raises(InvalidArgumentError, match="face"):
        pdf.from_text("a", fonts=[{"data": RTL, "face": 70000}], engine=engine)


@pytest.mark.parametrize(
    ("given", "options", "error", "message"),
    [
        (b"a\xff", {}, MalformedError, "no UTF-8 from byte 1"),
        ("a", {"margin": 400}, InvalidArgumentError, "margin"),
        ("a", {"language": "in English"}, InvalidArgumentError, "language"),
        ("a", {"size": 0}, InvalidArgumentError, "size must be"),
        ("a", {"papper": "a4"}, InvalidArgumentError, "did you mean paper"),
        ("a" * ((8 << 20) + 1), {}, LimitExceededError, "8388609"),
    ],
)
def test_bad_texts(engine, given, options, error, message):
    with pytest.raises(error, match=message):
        pdf.from_text(given, engine=engine, **options)


def test_much_text_in_bounded_time(engine):
    """A line of megabytes takes no more than many short ones."""
    made = pdf.from_text("word " * 100_000, size=6, engine=engine, limits=Limits(seconds=60)).bytes
    assert sum(text.count("word") for text in pdf.text(made)) == 100_000


def test_nothing(engine):
    assert texts(sound(pdf.from_text("", engine=engine).bytes)) == [""]
    assert texts(sound(pdf.from_document([], engine=engine).bytes)) == [""]


def test_in_a_pipeline(tmp_path, engine):
    source = tmp_path / "notes.txt"
    source.write_text("Some notes", encoding="utf-8")
    pipeline = Pipeline.parse('notes.txt | pdf-make.from-text paper=a6 title="My notes"')
    made = run(pipeline, source, engine=engine)
    assert made.value == pdf.from_text(source, paper="a6", title="My notes").bytes
    assert pdf.probe(made).title == "My notes"


# documents


def test_blocks(engine):
    document = pdf.from_document(
        [
            {"heading": "First"},
            "A paragraph\nof two lines.",
            {"item": "one", "number": 1},
            {"item": "two", "number": 2},
            {"item": "deeper", "level": 2},
            {"heading": "Within", "level": 2},
            {"code": "if x:\n    print(x)\n"},
            {"page_break": True},
            {"heading": "Second"},
            {"table": [["a", 1.5], ["b", None]], "header": ["name", "count"]},
            {"figure": gradient(), "width": 60, "alt": "A gradient", "caption": "Below it"},
        ],
        title="Everything",
        author="Ada",
        subject="Tests",
        keywords="one, two",
        language="en-GB",
        engine=engine,
    )
    made = sound(document.bytes)
    first, second = texts(made)
    assert words(first) == words(
        "First A paragraph of two lines. 1. one 2. two ◦ deeper Within if x: print(x)"
    )
    assert words(second) == words("Second name count a 1.5 b Below it")

    reader = pypdf.PdfReader(io.BytesIO(made))
    one, [inner], two = reader.outline
    assert [entry.title for entry in (one, inner, two)] == ["First", "Within", "Second"]
    assert [reader.get_destination_page_number(entry) for entry in (one, inner, two)] == [0, 0, 1]
    told = reader.metadata
    assert (told.title, told.author, told.subject, told.keywords) == (
        "Everything",
        "Ada",
        "Tests",
        "one, two",
    )
    assert told.creation_date is None
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    described = pdf.describe(document, engine=engine)
    assert described.tagged
    assert described.metadata.author == "Ada"


def test_structure():
    made = pdf.from_document(
        [
            {"heading": "H"},
            "P",
            {"item": "a"},
            {"item": "b", "level": 2},
            {"item": "c"},
            {"table": [["x", ""]], "header": ["m", "n"]},
            {"figure": gradient(), "alt": "G", "caption": "C"},
        ]
    ).bytes

    def tree(node):
        kids = node.get("/K", [])
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        return [
            (str(kid.S)[1:], tree(kid)) for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid
        ]

    label = [("Lbl", []), ("LBody", [])]
    with pikepdf.open(io.BytesIO(made)) as document:
        [(_, found)] = tree(document.Root.StructTreeRoot)
    assert found == [
        ("H1", []),
        ("P", []),
        ("L", [("LI", [*label, ("L", [("LI", label)])]), ("LI", label)]),
        ("Table", [("TR", [("TH", []), ("TH", [])]), ("TR", [("TD", []), ("TD", [])])]),
        ("Figure", []),
        ("Caption", []),
    ]


def test_long_tables_repeat_their_header(engine):
    rows = [[index, f"row {index}"] for index in range(200)]
    made = sound(pdf.from_document([{"table": rows, "header": ["number", "text"]}], engine=engine).bytes)
    pages = texts(made)
    assert len(pages) > 3
    assert all(words(page)[:2] == ["number", "text"] for page in pages)
    body = [word for page in pages for word in words(page)[2:]]
    assert body == [word for index, text in rows for word in (str(index), *text.split())]
    # Numbers stand at the right of their column.
    ends = [word.box.x + word.box.width for word in pdf.words(made, pages="1") if word.text in ("1", "10")]
    assert ends[0] == pytest.approx(ends[-1], abs=0.3) or len(ends) > 2


def test_tables_of_any_shape(engine):
    wide = [["word " * 30, "x", "longer words than others " * 5]]
    tall = [["line\n" * 150, "b"]]
    long = [["x" * 300, "y" * 300]]
    made = sound(
        pdf.from_document(
            [
                {"table": wide},
                {"table": tall, "header": ["h", "i"]},
                {"table": long},
                {"table": [["a"], [], ["b", "c", "d"]], "widths": [1, 2, 3]},
                {"table": []},
                {"table": ["alone"], "header": "together"},
            ],
            engine=engine,
        ).bytes
    )
    text = "\n".join(texts(made))
    assert "together\nalone" in text
    assert text.count("line") == 150
    assert text.count("x") == 301
    with pytest.raises(InvalidArgumentError, match="widths"):
        pdf.from_document([{"table": [["a", "b"]], "widths": [1]}], engine=engine)
    with pytest.raises(InvalidArgumentError, match="100 columns"):
        pdf.from_document([{"table": [["a"] * 100]}], engine=engine)


def test_large_figures_fit(engine):
    made = sound(
        pdf.from_document(
            ["text", {"figure": gradient(1000, 4000)}, {"figure": gradient(4000, 500), "width": 9999}],
            engine=engine,
        ).bytes
    )
    for page, (width, height) in enumerate(sizes(made)):
        dark = np.asarray(rendered(made, page).convert("L")) < 250
        assert np.flatnonzero(dark.any(axis=0))[-1] <= width - 55
        assert np.flatnonzero(dark.any(axis=1))[-1] <= height - 55


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ("text", ArgumentTypeError, "list of blocks"),
        ([{"headin": "x"}], InvalidArgumentError, "block 1: there is no block headin .did you mean heading"),
        (["x", {"heading": "x", "level": 7}], InvalidArgumentError, "block 2: heading: level must be"),
        (
            ["x", {"heading": "x", "depth": 7}],
            InvalidArgumentError,
            "block 2: heading: there is no option depth",
        ),
        ([7], InvalidArgumentError, "block 1: it must be a str or a dict"),
        ([{"figure": b"\x89PNG\r\n\x1a\nno"}], MalformedError, "block 1: its picture"),
    ],
)
def test_bad_blocks(engine, given, error, message):
    with pytest.raises(error, match=message):
        pdf.from_document(given, engine=engine)


def test_all_engines_make_the_same_file(engine):
    blocks = [{"heading": "Same"}, TEXT, {"figure": gradient()}, {"table": [["a", "b"]]}]
    made = pdf.from_document(blocks, engine=engine).bytes
    assert made == pdf.from_document(blocks).bytes
    assert made != pdf.from_document(blocks[:2], engine=engine).bytes


def test_rows_by_the_names_of_columns():
    rows = [{"Name": "Ann", "Age": 5}, {"Name": "Bob", "Town": "Rome"}]
    made = pdf.from_document([{"table": rows}]).bytes
    assert words(texts(made)[0]) == words("Name Age Town Ann 5 Bob Rome")


def test_a_data_frame_is_a_table():
    class Frame:
        """What of a data frame is looked at."""

        columns = ("name", "count")

        def itertuples(self, index=True):
            assert not index
            return iter([("a", 1), ("b", 2)])

    made = pdf.from_document([{"table": Frame()}]).bytes
    assert words(texts(made)[0]) == words("name count a 1 b 2")


def test_results_are_saved_and_shown(tmp_path):
    made = pdf.from_text("Some text", title="Mine")
    made.save(tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == made.bytes
    with pdf.open(made) as document:
        assert document[0].text() == "Some text"
    assert "<img" in made._repr_mimebundle_()["text/html"]


def test_options_are_those_of_the_description():
    assert "Distance of tab stops" in pdf.from_text.__doc__
    assert operations.find("pdf-make.from-text").parameter("paper").default == "a4"
