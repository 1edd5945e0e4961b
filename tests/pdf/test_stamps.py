"""Sheets of several pages, and stamps: what others see of them."""

import io

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageFont

from tests.pdf.papers import NOTO, RED, TEXT, TWO, pages, stream
from tests.pdf.steps import colors as pixels
from tests.pdf.steps import named, opened, outline, rich, saved, size, texts
from tests.pdf.steps import run_soundly as run
from wasmcell.errors import InvalidArgumentError, MalformedError, UnsupportedError

ABCD = named("A", "B", "C", "D")

# several on a sheet


def test_sheets(engine):
    source = pages(*[f"{red} 0 0 rg 0 0 200 100 re f q" for red in (1, 0.8, 0.6, 0.4, 0.2)])
    sheet = {"columns": 2, "rows": 2, "width": 430, "height": 230, "gap": 10}
    data = run(engine, source, ("n-up", sheet))
    assert size(data) == (430, 230)
    seen = pixels(data)
    white, colors = (255, 255, 255), [(255, 0, 0), (204, 0, 0), (153, 0, 0), (102, 0, 0)]
    assert [tuple(seen[y, x]) for y in (60, 170) for x in (100, 320)] == colors
    assert all(tuple(seen[y, x]) == white for x, y in ((5, 60), (215, 60), (100, 115), (425, 225)))
    assert [tuple(seen[y, x]) for x, y in ((10, 10), (209, 109), (220, 120))] == [
        colors[0],
        colors[0],
        colors[3],
    ]
    assert tuple(pixels(data, 1)[60, 100]) == (51, 0, 0)
    assert tuple(pixels(data, 1)[60, 320]) == white
    with pytest.raises(InvalidArgumentError, match="no room"):
        run(engine, source, ("n-up", sheet | {"gap": 400}))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_sheet_of_one_is_the_page(engine, rotation):
    source = pages(
        f"{RED} {TEXT} Q 0 0 1 rg 150 60 9 30 re f", entries=f"/Rotate {rotation} /CropBox [7 5 180 90]"
    )
    width, height = size(source)
    data = run(
        engine, source, ("n-up", {"columns": 1, "rows": 1, "gap": 0, "width": width, "height": height})
    )
    assert np.abs(pixels(data).astype(int) - pixels(source)).max() <= 8


def test_sheets_draw_annotations_and_the_outline_leads_to_them(engine):
    source = pages(
        RED,
        RED,
        catalog="/Outlines 9 0 R",
        entries="/Annots [7 0 R]",
        more=[
            "<< /Type /Annot /Subtype /Stamp /Rect [100 50 180 90] /AP << /N 8 0 R >> >>",
            stream("0 1 0 rg 0 0 10 10 re f", "/BBox [0 0 10 10] /Matrix [0 1 -1 0 0 0]"),
            "<< /Type /Outlines /First 10 0 R /Last 10 0 R >>",
            "<< /Title (second) /Parent 9 0 R /Dest [5 0 R /XYZ 1 2 0] >>",
        ],
    )
    data = run(engine, source, ("n-up", {"columns": 1, "rows": 1, "gap": 0, "width": 200, "height": 100}))
    assert tuple(pixels(data)[30, 140]) == (0, 255, 0)
    assert outline(data) == [(0, "second", 2)]
    with opened(data) as file:
        assert "/Annots" not in file.pages[0]


# stamps


def places(data, page=0):
    """What is darker than the paper: left, upper, right and lower edge."""
    dark = (pixels(data, page) < 250).any(axis=2)
    ys, xs = np.nonzero(dark)
    return xs.min(), ys.min(), xs.max() + 1, ys.max() + 1


def picture(color=(255, 0, 0), size=(40, 20), kind="png", mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("anchor", "x", "y"),
    [
        ("top-left", 0, 0),
        ("top", 1, 0),
        ("top-right", 2, 0),
        ("left", 0, 1),
        ("center", 1, 1),
        ("right", 2, 1),
        ("bottom-left", 0, 2),
        ("bottom", 1, 2),
        ("bottom-right", 2, 2),
    ],
)
def test_anchors_are_of_the_page_as_seen(kernel, rotation, anchor, x, y):
    """A picture of 40 × 20 pt, 10 pt from the edges; the page is left with a graphics state of its own."""
    content = "1 0 0 1 50 50 cm 0.1 0 0 0.1 0 0 cm Q q q"
    source = pages(content, entries=f"/Rotate {rotation} /MediaBox [-20 10 280 210] /CropBox [0 20 200 120]")
    step = ("stamp-image", {"image": picture(), "anchor": anchor, "margin": 10, "width": 40})
    data = run(kernel, source, step)
    width, height = (100, 200) if rotation in (90, 270) else (200, 100)
    left, upper = 10 + x * (width - 60) // 2, 10 + y * (height - 40) // 2
    assert places(data) == (left, upper, left + 40, upper + 20)
    assert tuple(pixels(data)[upper + 10, left + 20]) == (255, 0, 0)


def test_pictures(engine):
    """PNG with and without alpha, palettes, 16 bits; JPEG of one, three and four channels, as they are."""
    ramp = Image.fromarray(np.arange(200, dtype=np.uint8).reshape(10, 20))
    fine = Image.fromarray((np.arange(200, dtype=np.uint16) * 257).reshape(10, 20))
    rgb = Image.merge("RGB", (ramp, ramp.rotate(180), ramp.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    alpha = rgb.convert("RGBA")
    alpha.putalpha(ramp)
    for image in (
        ramp,
        fine,
        rgb,
        rgb.quantize(16),
        alpha,
        alpha.convert("LA"),
        ramp.point(lambda v: v > 99, "1"),
    ):
        out = io.BytesIO()
        image.save(out, "PNG")
        data = run(
            engine,
            pages("0 1 0 rg 0 0 200 100 re f"),
            ("stamp-image", {"image": out.getvalue(), "width": 200}),
        )
        with opened(data) as file:
            [found] = file.pages[0].Resources.XObject.as_dict().values()
            stored = pikepdf.PdfImage(found).as_pil_image()
            expected = Image.open(io.BytesIO(out.getvalue()))
            if image is fine:
                expected = ramp
            has_alpha = image.mode in ("RGBA", "LA")
            assert ("/SMask" in found) == has_alpha
            if has_alpha:
                mask = pikepdf.PdfImage(found.SMask).as_pil_image()
                assert np.array_equal(mask, expected.getchannel("A"))
            assert np.array_equal(stored.convert("RGB"), expected.convert("RGB"))
    for image in (ramp, rgb, rgb.convert("CMYK")):
        for progressive in (False, True):
            out = io.BytesIO()
            image.save(out, "JPEG", progressive=progressive, quality=95)
            step = ("stamp-image", {"image": out.getvalue(), "width": 200, "margin": 0})
            data = run(engine, pages(""), step)
            with opened(data) as file:
                [found] = file.pages[0].Resources.XObject.as_dict().values()
                assert found.read_raw_bytes() == out.getvalue()
            if image.mode != "CMYK":
                expected = (
                    Image.open(io.BytesIO(out.getvalue()))
                    .convert("RGB")
                    .resize((200, 100), Image.Resampling.BOX)
                )
                assert np.abs(pixels(data).astype(int) - np.asarray(expected)).mean() < 8
    with pytest.raises(UnsupportedError, match="JPEG or PNG"):
        run(engine, TWO, ("stamp-image", {"image": b"GIF89a"}))
    for cut in (picture()[:40], picture(kind="jpeg")[:30]):
        with pytest.raises(MalformedError, match="image"):
            run(engine, TWO, ("stamp-image", {"image": cut}))


@pytest.mark.parametrize("kind", ["RGB", "L", "CMYK"])
def test_jpegs_look_as_they_do_elsewhere(engine, kind):
    color = {"RGB": (200, 30, 60), "L": 77, "CMYK": (0, 255, 255, 0)}[kind]
    data = run(
        engine, pages(""), ("stamp-image", {"image": picture(color, kind="jpeg", mode=kind), "width": 40})
    )
    expected = {"RGB": (200, 30, 60), "L": (77,) * 3, "CMYK": (237, 28, 36)}[kind]
    assert np.abs(pixels(data)[50, 100].astype(int) - expected).max() < 25


@pytest.mark.parametrize("turned", range(1, 9))
def test_photographs_stand_upright(engine, turned):
    """As Pillow turns them, by what Exif says."""
    from PIL import ImageOps

    source = np.zeros((16, 32, 3), np.uint8)
    source[:8, :16], source[8:, :16], source[:8, 16:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    exif = Image.Exif()
    exif[0x0112] = turned
    out = io.BytesIO()
    Image.fromarray(source).save(out, "JPEG", exif=exif, quality=100, subsampling=0)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(out.getvalue())))
    step = (
        "stamp-image",
        {"image": out.getvalue(), "width": upright.width, "anchor": "top-left", "margin": 0},
    )
    found = pixels(run(engine, pages(""), step))[: upright.height, : upright.width]
    assert np.abs(found.astype(int) - np.asarray(upright)).mean() < 4


def test_text(engine):
    source = pages("q 0.5 0 0 0.5 0 0 cm", "", entries="/Rotate 90")
    data = run(engine, source, ("stamp-text", {"text": "Größe: 5 €", "size": 12, "opacity": 1, "pages": "1"}))
    assert texts(data) == ["Größe: 5 €", ""]
    left, upper, right, lower = places(data)
    # 0.778 + 0.333 + 0.556 + 0.611 + 0.556 + 4 spaces of 0.278 and so on, by Adobe's metrics.
    wide = 12 * (778 + 333 + 556 + 611 + 556 + 278 + 278 + 556 + 278 + 556) / 1000
    assert abs((right - left) - wide) < 4
    assert abs((left + right) / 2 - 50) < 2
    assert abs((upper + lower) / 2 - 100) < 3
    with opened(data) as file:
        assert file.pages[1].get("/Contents") is not None
    with pytest.raises(InvalidArgumentError, match=r"text: .*'Ω' \(U\+03A9\).*give a font"):
        run(engine, source, ("stamp-text", {"text": "5 Ω"}))
    with pytest.raises(InvalidArgumentError, match="color"):
        run(engine, source, ("stamp-text", {"text": "x", "color": "no colour"}))


def test_texts_in_a_given_font(engine):
    text = {"text": "Проект\n5 Ω", "size": 20, "opacity": 1, "font": NOTO}
    number = {"format": "Страница {page} из {pages}", "font": NOTO}
    data = run(engine, TWO, ("stamp-text", text | {"pages": "2"}), ("number-pages", number))
    assert texts(data)[0].endswith("Страница 1 из 2")
    assert texts(data)[1] == "Проект 5 ΩСтраница 2 из 2"
    left, _, right, _ = places(run(engine, pages(""), ("stamp-text", text | {"text": "Проект"})))
    font = ImageFont.truetype(io.BytesIO(NOTO), 200)
    assert abs((right - left) - font.getlength("Проект") / 10) < 3
    with pytest.raises(InvalidArgumentError, match=r"text: the font .* has no '漢' \(U\+6F22\)"):
        run(engine, TWO, ("stamp-text", text | {"text": "漢"}))
    with pytest.raises(UnsupportedError, match="font: it is no TrueType font"):
        run(engine, TWO, ("number-pages", {"font": NOTO[:100]}))


def test_a_watermark_fills_three_quarters(engine):
    data = run(engine, pages(""), ("stamp-text", {"text": "HHHHHHHH", "color": "#ff0000", "opacity": 0.5}))
    left, upper, right, lower = places(data)
    assert abs((right - left) - 150) < 4
    assert abs(left + right - 200) <= 2
    seen = pixels(data)[upper:lower, left:right].reshape(-1, 3)
    assert tuple(np.median(seen[seen[:, 1] < 140], axis=0)) == pytest.approx((255, 127, 127), abs=2)
    up = places(run(engine, pages(""), ("stamp-text", {"text": "HHHHHHHH", "angle": 90, "color": "black"})))
    assert abs((up[3] - up[1]) - 75) < 3
    # Counter-clockwise: the text climbs.
    lean = run(engine, pages(""), ("stamp-text", {"text": "lllllllll", "angle": 30, "color": "black"}))
    dark = np.nonzero((pixels(lean) < 200).any(axis=2))
    assert np.corrcoef(dark)[0, 1] < -0.5


def test_over_and_under(engine):
    source = pages(f"{RED} 0 0 0.5 rg")
    for under, expected in ((False, (0, 128, 0)), (True, (255, 0, 0))):
        step = ("stamp-image", {"image": picture((0, 128, 0)), "width": 200, "margin": 0, "under": under})
        seen = pixels(run(engine, source, step))
        assert tuple(seen[70, 50]) == expected
        assert tuple(seen[20, 150]) == (0, 128, 0)


def test_numbers(engine):
    data = run(
        engine, rich("a"), ("number-pages", {"format": "{page}/{pages} {label}", "start": 7, "pages": "2-"})
    )
    assert next(text.split("a", 1)[-1] for text in texts(data)) in ("1", "1 a name")
    for page, expected in enumerate(["7/4 ii", "8/4 a-1", "9/4 a-2"], 1):
        assert expected in texts(data)[page]
    where = places(run(engine, pages(""), ("number-pages", {"format": "H", "anchor": "bottom-right"})))
    # The foot of the H is 24 pt and what letters reach below the line from the edge: 100 - 24 - 2.07.
    assert where[3] == 74
    assert 173 <= where[2] <= 177


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (("number-pages", {"format": "ACME-{page:06d}"}), r"\{page:06d\} is none of \{page\}, \{pages\} and"),
        (("number-pages", {"format": "{Page} {"}), r"\{Page\} is none of"),
        (("stamp-text", {"text": " "}), "there is nothing to write"),
    ],
)
def test_what_would_be_written_by_mistake_is_refused(step, message, engine):
    with pytest.raises(InvalidArgumentError, match=message):
        run(engine, TWO, step)


def test_a_page_as_a_stamp(engine):
    head = pages("0 1 0 rg 0 90 200 10 re f", entries="/Rotate 180")
    for rotation in (0, 180):
        source = pages("1 0 0 rg 0 0 200 100 re f", entries=f"/Rotate {rotation}")
        seen = pixels(run(engine, source, ("stamp-page", {"file": head, "opacity": 0.5})))
        assert tuple(seen[95, 100]) == pytest.approx((128, 128, 0), abs=1)
        assert tuple(seen[5, 100]) == (255, 0, 0)
    text = run(engine, named("body"), ("stamp-page", {"file": ABCD, "page": 3, "under": True}))
    assert texts(text) in (["C body"], ["body C"])
    with pytest.raises(InvalidArgumentError, match="no page 5"):
        run(engine, source, ("stamp-page", {"file": ABCD, "page": 5}))


def test_pages_that_share_resources_get_their_own(engine):
    """A stamp on one page is not on another, though they have the same dictionary of resources."""
    with opened(ABCD) as file:
        shared = file.make_indirect(file.pages[0].Resources)
        for page in file.pages:
            page.Resources = shared
            page.Contents = file.pages[0].Contents
        source = saved(file)
    data = run(engine, source, ("stamp-text", {"text": "once", "pages": "2", "anchor": "top", "size": 10}))
    assert [("once" in text) for text in texts(data)] == [False, True, False, False]
    with opened(data) as file:
        assert "/ExtGState" not in file.pages[0].Resources
