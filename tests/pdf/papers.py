"""PDF files written by hand, whose every place is known, and where those of others are."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("WASMCELL_SHARED", ROOT.parent / "shared"))
"""The folder with the corpus and the samples: tests that need it are marked `corpus`."""
SAMPLES = SHARED / "samples"
ENCRYPTED = ROOT / "wasm" / "pdf" / "tests" / "data"
"""Made by pypdf: the user's password is "user", the owner's "owner"; printing is allowed, alone."""

NOTO = (ROOT / "wasm" / "pdf-make" / "assets" / "NotoSans-Regular.ttf").read_bytes()
"""A font with Greek and Cyrillic letters."""

#: Helvetica, and Courier, whose glyphs are 0.6 em wide.
FONTS = (
    "<< /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> "
    "/M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >>"
)


def file(*objects, trailer=""):
    """A file of these objects, numbered from 1; the first is the root."""
    data, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        content = body if isinstance(body, bytes) else body.encode("latin-1")
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return bytes(data)


def stream(content, entries=""):
    """A stream object."""
    content = content if isinstance(content, bytes) else content.encode("latin-1")
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries.encode(), content)


def pages(*contents, catalog="", entries="", more=(), trailer=""):
    """Pages of 200 × 100 pt with these contents; objects of `more` have numbers from 3 + 2 × pages."""
    kids = " ".join(f"{3 + 2 * index} 0 R" for index in range(len(contents)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} /MediaBox [0 0 200 100] >>",
    ]
    for index, content in enumerate(contents):
        resources = f"/Resources << /Font {FONTS} >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {4 + 2 * index} 0 R {resources} {entries} >>")
        objects.append(stream(content))
    return file(*objects, *more, trailer=trailer)


TEXT = "BT /M 10 Tf 20 80 Td (Find the) Tj 0 -12 Td (words) Tj ET"
#: Red from (20, 10) to (80, 50), counted from the lower left corner.
RED = "1 0 0 rg 20 10 60 40 re f"
TWO = pages(TEXT, RED)
FOUR = pages(*(f"BT /M 10 Tf 20 80 Td (page {number}) Tj ET" for number in "1234"))


def field(entries, box="10 10 110 30"):
    return f"<< /Type /Annot /Subtype /Widget /Rect [{box}] /F 4 {entries} >>"


def in_font(font, text, *more):
    """A page with a text in a font; objects of `more` have numbers from 5."""
    return file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 100] >>",
        f"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /A {font} >> >> >>",
        stream(f"BT /A 10 Tf 20 50 Td <{text.hex()}> Tj ET"),
        *more,
    )


def collected(ordering, encoding, codes):
    """A text in a font that is in the file, and says of its letters only by which collection its glyphs are numbered."""
    font = (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /{encoding} /DescendantFonts [<< /Type /Font "
        "/Subtype /CIDFontType2 /BaseFont /X /CIDToGIDMap /Identity /DW 1000 /CIDSystemInfo << /Registry (Adobe) "
        f"/Ordering ({ordering}) /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 "
        "/FontFile2 5 0 R >> >>] >>"
    )
    return in_font(font, codes, stream(NOTO, f"/Length1 {len(NOTO)}"))
