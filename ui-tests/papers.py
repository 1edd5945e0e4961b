"""PDF files that are written by hand, so that it is known where everything is."""

from __future__ import annotations

from dataclasses import dataclass

FONTS = {
    "M": "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    "X": "<< /Type /Font /Subtype /TrueType /BaseFont /Nowhere /FontDescriptor "
    "<< /Type /FontDescriptor /FontName /Nowhere /Flags 32 >> >>",
}
"""M is one of the standard fonts, whose glyphs are 0.6 em wide; X is one that nobody has."""


@dataclass
class Paper:
    """A page: its content in PDF's operators, and more entries of its dictionary."""

    content: str = ""
    width: int = 400
    height: int = 500
    entries: str = ""


def line(text: str, x: int, y: int, size: int = 10, font: str = "M") -> str:
    """A line of text; y counts from the lower edge, to the baseline."""
    return f"BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET "


def pdf(*papers: Paper, catalog: str = "", more: tuple[str, ...] = ()) -> bytes:
    """A file of these pages; page n is object 1 + 2 n, and the first of `more` comes after the last's content."""
    kids = " ".join(f"{3 + 2 * index} 0 R" for index in range(len(papers)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(papers)} >>",
    ]
    for index, paper in enumerate(papers):
        fonts = " ".join(f"/{name} {font}" for name, font in FONTS.items() if f"/{name} " in paper.content)
        entries = f"/Contents {4 + 2 * index} 0 R /Resources << /Font << {fonts} >> >> {paper.entries}"
        box = f"/MediaBox [0 0 {paper.width} {paper.height}]"
        objects += [
            f"<< /Type /Page /Parent 2 0 R {box} {entries} >>",
            f"<< /Length {len(paper.content)} >>\nstream\n{paper.content}\nendstream",
        ]
    objects += more
    data, offsets = "%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return f"{data}{end}startxref\n{len(data)}\n%%EOF\n".encode("latin-1")
