"""Steps on pages, on every engine: what other readers of PDF (qpdf, pypdf, pdfium) say of what is written."""

import io
from contextlib import closing

import numpy as np
import pikepdf
import pypdf
import pypdfium2 as pdfium
import pytest
from PIL import Image

from tests.pdf.papers import ENCRYPTED, RED, TEXT, TWO, pages, stream
from wasmcell import modules
from wasmcell.abi.values import Case
from wasmcell.engines.limits import Limits
from wasmcell.errors import InvalidArgumentError, LimitExceededError, MalformedError, UnsupportedError


def run(engine, data, *steps, limits=None, **output):
    """Apply steps, given as pairs of a name and its options; the file is sound."""
    steps = [Case(name, options) for name, options in steps]
    output = Case("pdf", {"entropy": bytes(32), **output})
    written = engine.call(modules.get("pdf"), "run", data, {}, steps, output, limits=limits)
    sound(written)
    return written


def sound(data):
    """qpdf finds nothing to complain of, pypdf opens it, and no reference leads nowhere."""
    with opened(data) as file:
        assert file.check_pdf_syntax() == []
    reader = pypdf.PdfReader(io.BytesIO(data), strict=True)
    assert len(reader.pages) > 0
    here = set(reader.xref[0]) | set(reader.xref_objStm)
    for number in here:
        for to in references(reader.get_object(number)):
            assert to in here, f"{number} refers to {to}, which is not there"


def references(value):
    """The numbers of the objects that one refers to."""
    if isinstance(value, pypdf.generic.IndirectObject):
        yield value.idnum
    elif isinstance(value, dict):
        for key in value:
            yield from references(value.raw_get(key))
    elif isinstance(value, list):
        for item in list.__iter__(value):
            yield from references(item)


def opened(data):
    return pikepdf.open(io.BytesIO(data))


def texts(data):
    """The text of each page, by pypdf, on one line."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def pixels(data, page=0, scale=1.0, **options):
    """A page, by pdfium."""
    with closing(pdfium.PdfDocument(data)) as document, closing(document[page]) as shown:
        return shown.render(scale=scale, **options).to_numpy()[..., :3][..., ::-1].copy()


def size(data, page=0):
    """A page's size as seen, by pdfium."""
    with closing(pdfium.PdfDocument(data)) as document, closing(document[page]) as shown:
        return shown.get_size()


def saved(file):
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def named(*names):
    """A file with a page for each name, on which it is written."""
    return pages(*(f"BT /F 20 Tf 20 40 Td ({name}) Tj ET" for name in names))


ABCD = named("A", "B", "C", "D")


# which pages there are


@pytest.mark.parametrize(
    ("step", "options", "expected"),
    [
        ("select", "3,1", "CA"),
        ("select", "2-", "BCD"),
        ("select", "2,2,1", "BBA"),
        ("delete", "2-3", "AD"),
        ("delete", "1", "BCD"),
    ],
)
def test_select_and_delete(engine, step, options, expected):
    assert texts(run(engine, ABCD, (step, {"pages": options}))) == list(expected)


def test_pages_that_are_not_there(engine):
    for step in ("select", "delete"):
        with pytest.raises(InvalidArgumentError, match="no page 5"):
            run(engine, ABCD, (step, {"pages": "5"}))
    with pytest.raises(InvalidArgumentError, match="all pages; one has to stay"):
        run(engine, ABCD, ("delete", {"pages": "1-4"}))


def test_steps_follow_one_another(engine):
    steps = [
        ("select", {"pages": "4,3,2"}),
        ("delete", {"pages": "1"}),
        ("append", {"file": TWO, "pages": "1"}),
    ]
    assert texts(run(engine, ABCD, *steps)) == ["C", "B", "Find the words"]
    assert run(engine, ABCD, *steps) == run(engine, ABCD, *steps)


def test_blank(engine):
    data = run(
        engine, ABCD, ("blank", {"at": 2, "count": 2, "width": 300, "height": 50}), ("blank", {"at": 7})
    )
    assert texts(data) == ["A", "", "", "B", "C", "D", ""]
    assert [size(data, page) for page in (0, 1, 6)] == [(200, 100), (300, 50), (200, 100)]
    with pytest.raises(InvalidArgumentError, match="behind the end"):
        run(engine, ABCD, ("blank", {"at": 6}))


# how they lie


@pytest.mark.parametrize("before", [0, 90, -90, 180])
def test_rotate(engine, before):
    source = pages(RED, entries=f"/Rotate {before}")
    data = run(engine, source, ("rotate", {"degrees": 90}))
    assert np.array_equal(pixels(data), np.rot90(pixels(source), -1))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_crop_is_of_the_page_as_seen(engine, rotation):
    source = pages(
        f"{RED} 0 0 1 rg 100 50 90 45 re f", entries=f"/Rotate {rotation} /CropBox [10 5 180 1000]"
    )
    whole = pixels(source)
    data = run(engine, source, ("crop", {"x": 20, "y": 10, "width": 50, "height": 40}))
    assert np.array_equal(pixels(data), whole[10:50, 20:70])
    # A second crop counts from the first; what is outside of the page does not become part of it.
    data = run(engine, data, ("crop", {"x": 30, "y": 20, "width": 500, "height": 500}))
    assert np.array_equal(pixels(data), whole[30:50, 50:70])
    with pytest.raises(InvalidArgumentError, match="no part of page 1"):
        run(engine, source, ("crop", {"x": 1000, "y": 0, "width": 5, "height": 5}))


def test_units_count(engine):
    """A unit of 2 pt: 40 × 20 pt as seen are 20 × 10 units."""
    data = run(
        engine, pages(RED, entries="/UserUnit 2"), ("crop", {"x": 40, "y": 100, "width": 40, "height": 20})
    )
    with opened(data) as file:
        assert [float(number) for number in file.pages[0].CropBox] == [20, 40, 40, 50]


# what belongs to a document


def rich(tag, labels=True):
    """Four pages with an outline, links, names of places, a form, an attachment, layers and labels."""
    file = opened(named(*(f"{tag}{number}" for number in range(1, 5))))
    with file.open_outline() as outline:
        chapter = pikepdf.OutlineItem(f"{tag} one", 0)
        chapter.children.append(pikepdf.OutlineItem(f"{tag} two", 1))
        part = pikepdf.OutlineItem(f"{tag} three", 2)
        part.children.append(pikepdf.OutlineItem(f"{tag} four", 3))
        outline.root.extend([chapter, part])
    new, name = file.make_indirect, pikepdf.Name
    place = pikepdf.Array([file.pages[2].obj, name.Fit])
    file.Root.Names = new(
        pikepdf.Dictionary(
            Dests=pikepdf.Dictionary(Names=["first", [file.pages[0].obj, name.Fit], "third", place])
        )
    )

    def link(**leads):
        return pikepdf.Dictionary(Type=name.Annot, Subtype=name.Link, Rect=[0, 0, 9, 9], **leads)

    by_name = link(A=pikepdf.Dictionary(S=name.GoTo, D=pikepdf.String("third")))
    by_page, by_number = link(Dest=[file.pages[0].obj, name.Fit]), link(Dest=[2, name.Fit])
    font = new(pikepdf.Dictionary(Type=name.Font, Subtype=name.Type1, BaseFont=name(f"/Times-{tag}")))
    fields = []
    for page, field in ((0, "name"), (3, "city")):
        widget = pikepdf.Dictionary(
            Type=name.Annot, Subtype=name.Widget, FT=name.Tx, T=field, V=f"{tag} {field}", Rect=[9, 9, 50, 20]
        )
        widget.DA, widget.P = pikepdf.String("/Helv 9 Tf 0 g"), file.pages[page].obj
        fields.append(new(widget))
    file.pages[0].Annots = pikepdf.Array([new(by_name), fields[0], new(by_number)])
    file.pages[1].Annots = pikepdf.Array([new(by_page)])
    file.pages[3].Annots = pikepdf.Array([fields[1]])
    file.Root.AcroForm = pikepdf.Dictionary(
        Fields=fields, DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font)), DA="/Helv 0 Tf"
    )
    file.attachments["notes.txt"] = pikepdf.AttachedFileSpec(file, tag.encode(), filename="notes.txt")
    layer = new(pikepdf.Dictionary(Type=name.OCG, Name=f"layer {tag}"))
    file.Root.OCProperties = pikepdf.Dictionary(
        OCGs=[layer], D=pikepdf.Dictionary(Order=[layer], **({"OFF": [layer]} if tag == "b" else {}))
    )
    file.docinfo["/Title"] = f"Title {tag}"
    if labels:
        roman, plain = pikepdf.Dictionary(S=name.r), pikepdf.Dictionary(S=name.D, P=f"{tag}-")
        file.Root.PageLabels = pikepdf.Dictionary(Nums=[0, roman, 2, plain])
    return saved(file)


def outline(data):
    """The outline by pypdf: titles with the numbers of their pages, and how deep they are."""
    reader = pypdf.PdfReader(io.BytesIO(data))

    def walk(items, level=0):
        for item in items:
            if isinstance(item, list):
                yield from walk(item, level + 1)
            else:
                number = reader.get_destination_page_number(item) if item.page is not None else None
                yield level, item.title, None if number is None else number + 1

    return list(walk(reader.outline))


def targets(data):
    """Where links lead: pairs of pages, by qpdf."""
    found = []
    with opened(data) as file:
        numbers = {page.obj.objgen: index for index, page in enumerate(file.pages, 1)}
        tree = file.Root.get("/Names", {}).get("/Dests")
        names = pikepdf.NameTree(tree) if tree is not None else {}
        for index, page in enumerate(file.pages, 1):
            for annotation in page.get("/Annots", []):
                if annotation.Subtype != "/Link":
                    continue
                to = annotation.Dest if "/Dest" in annotation else annotation.A.D
                to = names[str(to)] if isinstance(to, pikepdf.String) else to
                found.append((index, numbers[to[0].objgen]))
    return found


def labels(data):
    return list(pypdf.PdfReader(io.BytesIO(data)).page_labels)


def values(data):
    return pypdf.PdfReader(io.BytesIO(data)).get_form_text_fields()


def test_what_leads_to_pages_follows_them(engine):
    source = rich("a")
    assert labels(source) == ["i", "ii", "a-1", "a-2"]
    assert targets(run(engine, source, ("select", {"pages": "1-4"}))) == [(1, 3), (1, 3), (2, 1)]

    data = run(engine, source, ("select", {"pages": "4,3,1"}))
    assert outline(data) == [(0, "a one", 3), (0, "a three", 2), (1, "a four", 1)]
    assert targets(data) == [(3, 2), (3, 2)]
    assert labels(data) == ["a-2", "a-1", "i"]
    assert values(data) == {"name": "a name", "city": "a city"}

    data = run(engine, source, ("delete", {"pages": "1,3"}))
    assert outline(data) == [(0, "a one", None), (1, "a two", 1), (0, "a three", None), (1, "a four", 2)]
    assert targets(data) == []
    assert labels(data) == ["ii", "a-2"]
    assert values(data) == {"city": "a city"}
    assert b"a name" not in data
    with opened(data) as file:
        assert list(file.attachments) == ["notes.txt"]
        assert file.docinfo["/Title"] == "Title a"
        assert len(file.Root.OCProperties.OCGs) == 1

    data = run(engine, source, ("select", {"pages": "2"}))
    assert outline(data) == [(0, "a one", None), (1, "a two", 1)]
    with opened(data) as file:
        assert "/AcroForm" not in file.Root


def test_a_page_that_is_there_twice_is_a_copy(engine):
    data = run(engine, rich("a"), ("select", {"pages": "1,1-3"}), ("rotate", {"degrees": 90, "pages": "2"}))
    assert [size(data, page) for page in range(4)] == [(200, 100), (100, 200), (200, 100), (200, 100)]
    assert values(data) == {"name": "a name", "name-2": "a name"}
    assert targets(data) == [(1, 4), (1, 4), (2, 4), (2, 4), (3, 1)]
    assert labels(data) == ["i", "i", "ii", "a-1"]
    with opened(data) as file:
        first, second = (page.Annots for page in list(file.pages)[:2])
        assert {one.objgen for one in first}.isdisjoint(one.objgen for one in second)
        assert second[1].P.objgen == file.pages[1].obj.objgen


def test_append(engine):
    data = run(engine, rich("a"), ("append", {"file": rich("b")}))
    assert texts(data)[::4] == ["a1 a name", "b1 b name"] or texts(data)[::4] == ["a1", "b1"]
    assert outline(data) == [
        (0, "a one", 1),
        (1, "a two", 2),
        (0, "a three", 3),
        (1, "a four", 4),
        (0, "b one", 5),
        (1, "b two", 6),
        (0, "b three", 7),
        (1, "b four", 8),
    ]
    assert targets(data) == [(1, 3), (1, 3), (2, 1), (5, 7), (5, 7), (6, 5)]
    assert labels(data) == ["i", "ii", "a-1", "a-2", "i", "ii", "b-1", "b-2"]
    assert values(data) == {"name": "a name", "city": "a city", "name-2": "b name", "city-2": "b city"}
    with opened(data) as file:
        assert file.docinfo["/Title"] == "Title a"
        contents = {file.attachments[key].get_file().read_bytes() for key in file.attachments}
        assert contents == {b"a", b"b"}
        layers = file.Root.OCProperties
        assert [str(one.Name) for one in layers.OCGs] == ["layer a", "layer b"]
        assert [str(one.Name) for one in layers.D.OFF] == ["layer b"]
        # What was drawn in one font is not drawn in another.
        for field in file.Root.AcroForm.Fields:
            font = str(field.DA).split()[0]
            assert file.Root.AcroForm.DR.Font[font].BaseFont == f"/Times-{str(field.V)[0]}"


def test_append_a_part(engine):
    data = run(engine, rich("a", labels=False), ("append", {"file": rich("b"), "pages": "4,3"}))
    assert labels(data) == ["1", "2", "3", "4", "b-2", "b-1"]
    assert outline(data)[4:] == [(0, "b three", 6), (1, "b four", 5)]
    assert values(data) == {"name": "a name", "city": "a city", "city-2": "b city"}
    assert b"b name" not in data


def test_append_to_itself_again_and_again(engine):
    source = rich("a")
    data = run(engine, source, *[("append", {"file": source})] * 3)
    assert len(outline(data)) == 16
    assert len(values(data)) == 8
    assert len(set(targets(data))) == 8


def test_append_an_encrypted_file(engine):
    data = (ENCRYPTED / "aes-256.pdf").read_bytes()
    assert texts(run(engine, TWO, ("append", {"file": data, "password": "user"})))[2] == "Secret"
    with pytest.raises(InvalidArgumentError, match="password"):
        run(engine, TWO, ("append", {"file": data}))
    with pytest.raises(MalformedError):
        run(engine, TWO, ("append", {"file": b"no PDF"}))


# structure

TAGGED = pages(
    "/P << /MCID 0 >> BDC BT /F 20 Tf 20 40 Td (one) Tj ET EMC",
    "/P << /MCID 0 >> BDC BT /F 20 Tf 20 40 Td (two) Tj ET EMC",
    catalog="/MarkInfo << /Marked true >> /StructTreeRoot 7 0 R",
    more=[
        (
            "<< /Type /StructTreeRoot /K 8 0 R /ParentTree << /Nums [0 [9 0 R] 1 [10 0 R]] >> /ParentTreeNextKey 2 "
            "/RoleMap << /Text /P >> >>"
        ),
        "<< /Type /StructElem /S /Document /P 7 0 R /K [9 0 R 10 0 R] >>",
        "<< /Type /StructElem /S /Text /P 8 0 R /Pg 3 0 R /K 0 /ActualText (the first) >>",
        "<< /Type /StructElem /S /Text /P 8 0 R /Pg 5 0 R /K 0 /ActualText (the second) >>",
    ],
).replace(b"/Contents 4 0 R", b"/Contents 4 0 R /StructParents 0", 1)
TAGGED = saved(opened(TAGGED.replace(b"/Contents 6 0 R", b"/Contents 6 0 R /StructParents 1", 1)))


def spoken(data):
    """What is said of each page by the structure: from the page by way of the tree of parents."""
    with opened(data) as file:
        tree = pikepdf.NumberTree(file.Root.StructTreeRoot.ParentTree)
        return [str(tree[int(page.StructParents)][0].ActualText) for page in file.pages]


def test_structure_follows_pages(engine):
    data = run(engine, TAGGED, ("select", {"pages": "2"}), object_streams=False)
    assert spoken(data) == ["the second"]
    assert b"the first" not in data
    data = run(engine, TAGGED, ("append", {"file": TAGGED, "pages": "2,1"}))
    assert spoken(data) == ["the first", "the second", "the second", "the first"]
    with opened(data) as file:
        assert file.Root.MarkInfo.Marked
        tops = list(file.Root.StructTreeRoot.K)
        assert [one.P.objgen for one in tops] == [file.Root.StructTreeRoot.objgen] * 2
    data = run(engine, TAGGED, ("append", {"file": TWO}))
    with opened(data) as file:
        assert "/MarkInfo" not in file.Root
        assert "/StructTreeRoot" in file.Root


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
    with pytest.raises(InvalidArgumentError, match=r"text: .*'Ω' \(U\+03A9\)"):
        run(engine, source, ("stamp-text", {"text": "5 Ω"}))
    with pytest.raises(InvalidArgumentError, match="color"):
        run(engine, source, ("stamp-text", {"text": "x", "color": "no colour"}))


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


# hostile files

LIMITS = Limits(memory=512 << 20, seconds=60)

ALL = [
    ("select", {"pages": "1,1"}),
    ("rotate", {"degrees": 90}),
    ("append", {"file": rich("b")}),
    ("stamp-text", {"text": "x"}),
    ("number-pages", {}),
    ("stamp-page", {"file": rich("a"), "opacity": 0.3}),
    ("n-up", {"columns": 2, "rows": 1}),
]

HOSTILE = {
    "an outline that loops": pages(
        TEXT, RED, catalog="/Outlines 7 0 R", more=["<< /Title (x) /First 7 0 R /Next 7 0 R /Parent 7 0 R >>"]
    ),
    "fields that loop": pages(
        TEXT,
        RED,
        catalog="/AcroForm << /Fields [7 0 R] /DR 7 0 R /CO 7 0 R >>",
        entries="/Annots [7 0 R 99 0 R 3 0 R null 4]",
        more=["<< /T (x) /Kids [7 0 R] /Parent 7 0 R /Subtype /Widget >>"],
    ),
    "trees that loop": pages(
        TEXT,
        RED,
        catalog="/Names << /Dests 7 0 R /EmbeddedFiles 7 0 R >> /PageLabels 7 0 R /StructTreeRoot 7 0 R /Dests 7 0 R",
        more=[
            "<< /Kids [7 0 R 7 0 R] /K [7 0 R 7 0 R] /P 7 0 R /ParentTree 7 0 R /Names [1 (x) 2] /Nums [(a) 1] >>"
        ],
    ),
    "boxes that are none": pages(
        TEXT, RED, entries="/CropBox [0 0 0 0] /MediaBox [1 2] /UserUnit -3 /Rotate 45.5"
    ),
    "huge boxes": pages(
        TEXT, entries=f"/MediaBox [-{10**30} -{10**30} {10**30} {10**30}] /UserUnit {10**30}"
    ),
    "entries of other types": pages(
        TEXT,
        RED,
        catalog="/Outlines 1 /Names (x) /AcroForm [] /PageLabels /x /OCProperties 4 /StructTreeRoot 1 "
        "/OpenAction 3 /Dests [1] /Threads 4",
        entries="/Annots /x /Resources 4 /Contents 1",
    ).replace(b"/Contents 4 0 R", b""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(engine, name):
    for step in (*ALL, None):
        steps = ALL if step is None else [step]
        try:
            run(engine, HOSTILE[name], *steps, limits=LIMITS)
        except (MalformedError, UnsupportedError, InvalidArgumentError, LimitExceededError):
            assert name == "huge boxes"
        try:
            run(engine, rich("a"), ("append", {"file": HOSTILE[name]}), limits=LIMITS)
        except (MalformedError, UnsupportedError, InvalidArgumentError, LimitExceededError):
            assert name == "huge boxes"
