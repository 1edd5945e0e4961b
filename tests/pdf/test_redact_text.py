"""What redaction and search find: texts as people mean them, copies of them, and scans; by the word of others."""

import io

import pikepdf
import pymupdf
import pytest

from tests.pdf.papers import SAMPLES, collected, file, pages, stream
from tests.pdf.test_redact import assert_gone, redacted
from wasmcell import modules
from wasmcell.errors import InvalidArgumentError, LimitExceededError

#: The text of a page, line by line, and what people look for in it.
SPELLINGS = {
    "over a line": (["the SEC-", "RET is here"], "secret", ["SEC-", "RET"]),
    "in two lines": (["by John", "Smith here"], "john smith", ["John", "Smith"]),
    "spaced letters": (["a S E C R E T here"], "secret", ["S E C"]),
    "without spaces": (["a JohnSmith here"], "John Smith", ["JohnSmith"]),
    "curly quotes": (["at O\u2019Neil here"], "O'Neil", ["Neil"]),
    "dashes": (["of 12\u201334 here"], "12-34", ["34"]),
    "accents": (["a Mu\u0308ller and a M\u00fcller"], "M\u00fcller", ["ller"]),
    "wide letters": (["a \uff33\uff25\uff23\uff32\uff25\uff34 here"], "secret", ["\uff33\uff25"]),
    "unseen ones": (["a SEC\u200bRET here"], "SECRET", ["SEC", "RET"]),
}


def written(lines):
    """A page of these lines by MuPDF, with a font that has all letters."""
    document = pymupdf.open()
    page = document.new_page(width=300, height=200)
    writer = pymupdf.TextWriter(page.rect)
    for number, line in enumerate(lines):
        writer.append((20, 50 + 14 * number), line, font=pymupdf.Font("cjk"), fontsize=10)
    writer.write_text(page)
    document.subset_fonts()
    return document.tobytes(garbage=3)


@pytest.mark.parametrize("name", SPELLINGS)
def test_texts_are_found_as_people_mean_them(kernel, name):
    lines, query, parts = SPELLINGS[name]
    data, report = redacted(kernel, written(lines), search=[query])
    assert list(report.not_found) == []
    left = pymupdf.open(stream=data)[0].get_text()
    for part in parts:
        assert part not in left
        assert part in pymupdf.open(stream=written(lines))[0].get_text()
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []


@pytest.mark.parametrize("is_inside", [True, False])
def test_variants_of_characters_are_not_taken_for_others(kernel, is_inside):
    """What people see as 寬 has a glyph that Adobe's collection gives the letter 寛."""
    data = collected("Japan1", "90ms-RKSJ-H", "寬子さん".encode("cp932"))
    if not is_inside:
        data = data.replace(b"/FontFile2 5 0 R", b" " * 16)
    with pytest.raises(InvalidArgumentError, match="letters are not known"):
        redacted(kernel, data, search=["寬子"])


def test_people_are_told_of_pictures(kernel):
    picture = "q 150 0 0 40 20 5 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \0 EI Q"
    line = "BT /M 4 Tf 5 {} Td (a line of text that is as long as this page of ours is wide) Tj ET "
    text = "".join(line.format(y) for y in range(50, 100, 5))
    _, report = redacted(kernel, pages(text + picture, text), search=["SECRET"])
    assert list(report.not_searched) == ["pictures, which may show texts: page 1"]
    with pytest.raises(InvalidArgumentError, match="page 1: most of it is pictures"):
        redacted(kernel, pages(line.format(50) + picture), search=["SECRET"])


def test_people_are_told_of_pages_that_were_left_out(kernel):
    line = "BT /M 10 Tf 20 50 Td (SECRET) Tj ET"
    data, report = redacted(kernel, pages(line, line, line), search=["SECRET"], pages="2")
    assert list(report.not_searched) == ["what is on the pages that were not named: pages 1,3"]
    assert (
        "the new file was opened and searched again: nothing was found on the pages that were named"
        in report.notes
    )
    assert ["SECRET" in page.get_text() for page in pymupdf.open(stream=data)] == [True, False, True]


def test_a_copy_of_what_lay_in_a_box_goes(kernel):
    data = file(
        "<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 100] >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /M 5 0 R >> >> >>",
        stream("BT /M 10 Tf 20 50 Td [(Agent) -600 (Smith)] TJ 0 -30 Td (open) Tj ET"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        "<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>",
        "<< /Title (of Agent Smith) /Parent 6 0 R /Dest [3 0 R /Fit] >>",
    )
    place = {"x": 15, "y": 40, "width": 80, "height": 15}
    done, _ = redacted(kernel, data, boxes=[{"page": 1, "box": place}])
    assert_gone(done, "Agent")
    assert_gone(done, "Smith")
    assert pymupdf.open(stream=done).get_toc() == [[1, "of [redacted]", 1]]


def test_drawings_without_end_are_refused(kernel):
    drawings = [
        stream(
            "/X Do /X Do",
            f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {number} 0 R >> >>",
        )
        for number in range(6, 46)
    ]
    data = file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 100] >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        stream("/X Do"),
        *drawings,
        stream("", "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
    )
    with (
        kernel.session(modules.get("pdf")) as session,
        pytest.raises(LimitExceededError, match="over and over"),
    ):
        session.call("text", data)


WORDS = {
    "paper-14-pages.pdf": ["the", "model", "number"],
    "book-352-pages.pdf": ["import", "commit"],
    "form.pdf": ["name"],
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", WORDS)
def test_plain_words_are_found_as_often_as_by_others(kernel, name):
    data = (SAMPLES / name).read_bytes()
    with pymupdf.open(stream=data) as document, kernel.session(modules.get("pdf")) as session:
        for word in WORDS[name]:
            places = sum(len(page.search_for(word)) for page in document)
            assert places, word
            hits = session.call("search", data, word)
            # MuPDF does not find those that are parted at the end of a line.
            parted = [hit for hit in hits if len(hit.boxes) == 2]
            assert all(hit.text.lower().replace("-", "") == word for hit in parted), word
            assert len(hits) - len(parted) == pytest.approx(places, rel=0.001), word
