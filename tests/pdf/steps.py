"""Steps on documents, and what others see of the files that are written."""

import io
from contextlib import closing

import numpy as np
import pikepdf
import pypdf
import pypdfium2 as pdfium

from tests.pdf.papers import pages
from wasmcell import modules
from wasmcell.abi.values import Case

ENTROPY = bytes(range(32))


def run(engine, data, *steps, decode=None, limits=None, **output):
    """Apply steps, given as pairs of a name and its options."""
    steps = [Case(name, options) for name, options in steps]
    output = Case("pdf", {"entropy": ENTROPY, **output})
    return engine.call(modules.get("pdf"), "run", data, decode or {}, steps, output, limits=limits)


def run_soundly(engine, data, *steps, **options):
    """As `run`; the file is sound."""
    written = run(engine, data, *steps, **options)
    sound(written)
    return written


def changed(engine, data, *steps, **options):
    """As `run`; what is written is sound, and opened by pikepdf."""
    written = run(engine, data, *steps, **options)
    document = pikepdf.open(io.BytesIO(written))
    assert document.check_pdf_syntax() == []
    assert len(pypdf.PdfReader(io.BytesIO(written), strict=True).pages) == len(document.pages)
    return written, document


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
    """A page as pdfium sees it: blue, green, red."""
    with closing(pdfium.PdfDocument(data)) as document:
        if options.get("may_draw_forms"):
            document.init_forms()
        with closing(document[page]) as shown:
            return shown.render(scale=scale, **options).to_numpy().astype(int)


def colors(data, page=0, **options):
    """A page as pdfium sees it: red, green, blue, of a byte each."""
    return pixels(data, page, **options)[..., 2::-1].astype(np.uint8)


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
