"""Steps on pages, on every engine: what other readers of PDF (qpdf, pypdf, pdfium) say of what is written."""

import io

import numpy as np
import pikepdf
import pypdf
import pytest

from tests.pdf.papers import ENCRYPTED, RED, TEXT, TWO, pages
from tests.pdf.steps import colors as pixels
from tests.pdf.steps import named, opened, outline, rich, saved, size, texts
from tests.pdf.steps import run_soundly as run
from wasmcell.engines.limits import Limits
from wasmcell.errors import InvalidArgumentError, LimitExceededError, MalformedError, UnsupportedError

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
