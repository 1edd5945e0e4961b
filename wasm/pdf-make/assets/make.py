"""Makes the fonts of this folder: subsets of Noto Sans 2.15 and DejaVu Sans Mono 2.37.

Needs fonttools. The sources: ``NotoSans[wdth,wght].ttf`` out of PyPI's fontpkg-noto-sans, and
``DejaVuSansMono.ttf`` out of Debian's fonts-dejavu-core.

    python make.py NotoSans[wdth,wght].ttf DejaVuSansMono.ttf
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent

#: Latin, Greek and Cyrillic letters with their marks; punctuation; symbols.
LETTERS = "0020-007E 00A0-052F 1E00-1FFF 2000-206F 20A0-20CF 2100-214F FFFD"
#: Rarer letters; arrows, mathematics, boxes. What bold letters lack comes from the others.
MORE = "1D00-1DBF 2070-209F 2150-23FF 2500-27BF 2C60-2C7F 2E00-2E4F A640-A69F A720-A7FF FB00-FB06"
DROPPED = ("FFTM", "DSIG", "STAT", "MVAR", "HVAR", "avar", "gasp", "prep", "fpgm", "cvt ", "meta")


def characters(blocks: str) -> Iterator[int]:
    """The code points of blocks."""
    for block in blocks.split():
        first, _, last = block.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def cut(font: TTFont, name: str, blocks: str) -> None:
    """Save a subset without hints, which screens of today do not need."""
    options = subset.Options()
    options.layout_features = ["ccmp", "locl", "mark", "mkmk", "kern", "calt", "rlig"]
    options.hinting = options.glyph_names = options.legacy_kern = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += DROPPED
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters(blocks))
    subsetter.subset(font)
    font.recalcTimestamp = False
    font["head"].modified = font["head"].created
    font.save(HERE / name)


sans, mono = sys.argv[1:]
for weight, name, blocks in ((400, "Regular", f"{LETTERS} {MORE}"), (700, "Bold", LETTERS)):
    instance = instancer.instantiateVariableFont(
        TTFont(sans), {"wght": weight, "wdth": 100}, updateFontNames=True
    )
    cut(instance, f"NotoSans-{name}.ttf", blocks)
cut(TTFont(mono), "DejaVuSansMono.ttf", f"{LETTERS} {MORE}")
