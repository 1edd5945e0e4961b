"""Documents that are changed: handles, files among options, saving, pipelines; read back by pypdf."""

import gc
import io
import json
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path
from threading import Thread

import numpy as np
import pypdf
import pytest

from tests.pdf.papers import ENCRYPTED, FOUR, RED, TWO, file, pages
from tests.pdf.steps import texts
from wasmcell import batch, display, image, pdf
from wasmcell.abi.values import record_class
from wasmcell.engines.wire import FileRef
from wasmcell.errors import (
    ArgumentTypeError,
    BlockingError,
    ClosedError,
    InvalidArgumentError,
    MalformedError,
    PipelineError,
    PrivateError,
    TrappedError,
    UnsupportedError,
)
from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.run import run
from wasmcell.private import PrivateDocument, PrivateFile

# documents


def test_a_step_gives_another_document(engine):
    with pdf.open(FOUR, engine=engine) as document:
        turned = document.select("3,1").rotate(90)
        assert [page.rotation for page in pypdf.PdfReader(io.BytesIO(turned.bytes())).pages] == [90, 90]
        assert texts(turned.bytes()) == ["page 3", "page 1"]
        assert [page.info.rotation for page in turned] == [90, 90]
        # That which it was made of is as it was.
        assert document.text() == ["page 1", "page 2", "page 3", "page 4"]
        assert [page.info.rotation for page in document] == [0] * 4
    assert turned[0].text() == "page 3"
    with pytest.raises(ClosedError, match="already closed"):
        document.text()
    turned.close()
    with pytest.raises(ClosedError, match="already closed"):
        turned.bytes()


def test_documents_of_one_file_share_a_session_and_end_with_it():
    document = pdf.open(FOUR)
    room = document._room
    first, second = document.rotate(90), document.rotate(180)
    assert {one._room for one in (first, second)} == {room}
    handle = second._handle
    second.close()
    assert handle.closed
    assert first[0].info.rotation == 90
    del first
    gc.collect()
    assert set(room.documents) == {document}
    document.close()
    with pytest.raises(ClosedError):
        room.session.call("[method]document.page-count", document._handle)


def test_a_document_that_is_closed_while_another_is_made_of_it(monkeypatch):
    """Its session goes on: another thread closes it between the module's answer and the document's making."""
    document = pdf.open(FOUR)
    call = document._session.call
    closing = Thread(target=document.close)

    def slow(function, *args, **options):
        answer = call(function, *args, **options)
        if function == "[method]document.apply":
            closing.start()
            closing.join(0.5)
        return answer

    monkeypatch.setattr(document._session, "call", slow)
    made = document.rotate(90)
    closing.join()
    assert made[0].info.rotation == 90
    assert set(made._room.documents) == {made}


def test_fonts_go_on_to_what_is_made_of_a_document():
    fonts = [{"name": "Nowhere", "data": (Path(__file__).parent / "data" / "rtl.ttf").read_bytes()}]
    with pdf.open(FOUR) as document:
        before = document.rotate(90)
        document.use_fonts(fonts)
        made = document.rotate(90).select("1")
        assert [one["name"] for one in made._fonts] == ["Nowhere"]
        said, data = pdf.view(made)._besides()
        assert (said["fonts"], data) == ([{"name": "Nowhere", "face": None}], [fonts[0]["data"]])
        assert list(before._fonts) == []


def test_a_step_that_fails_leaves_the_document(engine):
    with pdf.open(TWO, engine=engine) as document:
        with pytest.raises(InvalidArgumentError, match="9"):
            document.select("9")
        with pytest.raises(InvalidArgumentError, match="degrees must be 0, 90, 180 or 270, not 45"):
            document.rotate(45)
        assert len(document) == 2


def test_slices_of_pages():
    with pdf.open(FOUR) as document:
        assert len(document.pages) == 4
        assert document.pages[-1].number == 4
        assert [page.number for page in document.pages] == [1, 2, 3, 4]
        assert document.pages[1:3].text() == ["page 2", "page 3"]
        assert document.pages[::-2].text() == ["page 4", "page 2"]
        with pytest.raises(InvalidArgumentError, match=r"has no pages \[4:\]"):
            document.pages[4:]


def test_merge(tmp_path, engine):
    path = tmp_path / "two.pdf"
    path.write_bytes(TWO)
    with pdf.open(FOUR, engine=engine) as four, pdf.merge(path, four.pages[:1], TWO, engine=engine) as both:
        assert both.text() == ["Find the\nwords", "", "page 1", "Find the\nwords", ""]
    with pdf.open(FOUR) as four:
        assert pdf.merge(four, io.BytesIO(TWO))._room is four._room
    assert texts(pdf.merge(FOUR).bytes()) == [f"page {number}" for number in "1234"]
    with pytest.raises(InvalidArgumentError, match="one document at least"):
        pdf.merge()
    with pytest.raises(FileNotFoundError):
        pdf.merge(path, tmp_path / "gone.pdf")


def test_errors_name_the_file_that_is_wrong(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("form.pdf").write_bytes(FOUR)
    Path("text.txt").write_text("no document")
    Path("locked.pdf").write_bytes(pdf.open(FOUR).bytes(user_password="secret"))
    Path("photo.png").write_bytes(image.open(np.zeros((2, 2), np.uint8)).encode("png").bytes())
    for files in ("form.pdf", "text.txt"), ("form.pdf", "form.pdf", "text.txt"), ("text.txt", "form.pdf"):
        with pytest.raises(MalformedError, match=r"^text\.txt: this is no PDF file"):
            pdf.merge(*files)
    for files in ("form.pdf", "locked.pdf"), ("locked.pdf", "form.pdf"):
        with pytest.raises(InvalidArgumentError, match=r"^locked\.pdf: .*password"):
            pdf.merge(*files)
    with pytest.raises(MalformedError, match=r"^text\.txt: this is no PDF file"):
        pdf.open("form.pdf").append("text.txt")
    with pytest.raises(ArgumentTypeError, match=r"merge\(\*files\)"):
        pdf.merge(["form.pdf", "form.pdf"])
    with pytest.raises(UnsupportedError, match=r"^form\.pdf: the file is PDF"):
        pdf.from_images(["photo.png", "form.pdf"])
    (outcome,) = batch.run("form.pdf", "| pdf.append text.txt > out.pdf", progress=False)
    assert str(outcome.error).startswith("text.txt: this is no PDF file")
    (outcome,) = batch.run("text.txt", "| pdf.append form.pdf > out.pdf", progress=False)
    assert str(outcome.error).startswith("this is no PDF file")
    with pytest.raises(FileNotFoundError, match="nothere"):
        batch.run("form.pdf", "| pdf.append nothere.pdf > out.pdf", progress=False)


def test_a_redaction_that_finds_nothing_warns():
    with pdf.open(FOUR) as document:
        with pytest.warns(
            UserWarning, match=r"on no page, so nothing was removed there for it: 'gone', 'x\+'$"
        ) as seen:
            document.redact(search=["gone", "page 1"], regex=["x+"])
        assert [warning.filename for warning in seen] == [__file__]
        with warnings.catch_warnings(action="error"):
            document.redact(search="page 2").redact(boxes=[(3, (0, 0, 9, 9))])


def test_a_document_says_what_closed_it(tmp_path, monkeypatch):
    (tmp_path / "form.pdf").write_bytes(FOUR)
    monkeypatch.chdir(tmp_path)
    document = pdf.open("form.pdf")
    made = document.rotate(90)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("wasmcell.abi.signature.Signature.lift", interrupted)
        with pytest.raises(KeyboardInterrupt):
            document[0].text()
    closed = r"^form\.pdf was closed by an earlier KeyboardInterrupt\. Open it again\.$"
    for call in (document[0].text, document.bytes, lambda: made.rotate(90), document[0].text):
        with pytest.raises(TrappedError, match=closed):
            call()
    document.close()


def test_misuse_is_told_in_words():
    with pdf.open(FOUR) as document:
        with pytest.raises(
            AttributeError, match=r"a Document has no render; its pages have it: document\[0\]\.render"
        ):
            document.render()
        with pytest.raises(AttributeError, match="a Document has no rendering$"):
            document.rendering  # noqa: B018
        for wrong in ([1, 2], "1-2", 1.5):
            for pages_of in (document, document.pages):
                with pytest.raises(
                    ArgumentTypeError, match=rf"not by {type(wrong).__name__}; document\.select"
                ):
                    pages_of[wrong]
        assert document[np.int64(1)].number == 2
        with pytest.raises(
            ArgumentTypeError, match=r"save: the path must be.*not BytesIO; \.bytes\(\) gives"
        ):
            document.save(io.BytesIO())


def test_a_repeated_redaction_warns_again(tmp_path, monkeypatch):
    code = "from wasmcell import pdf; d = pdf.open('form.pdf')\nfor _ in '12': d.redact(search='gone')"
    monkeypatch.chdir(tmp_path)
    Path("form.pdf").write_bytes(FOUR)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.count("RedactionWarning: form.pdf: on no page") == 2


def test_a_pipeline_warns_as_well(engine):
    locked = pdf.open(FOUR).bytes(user_password="secret")
    steps = 'pdf.decode password=secret | pdf.redact search=\'["gone", "page 1"]\' | pdf.select 1-2'
    steps += " | pdf.encode owner_password=other"
    pipeline = Pipeline.parse(f"| {steps}")
    with pytest.warns(UserWarning, match=r"bytes: on no page, so nothing was removed there for it: 'gone'$"):
        result = run(pipeline, locked, engine=engine)
    assert texts(result.bytes) == ["", "page 2"]


def test_what_was_encrypted_is_not_laid_open_in_silence(recwarn):
    locked = (ENCRYPTED / "aes-256.pdf").read_bytes()
    with pdf.open(locked, password="user") as document:
        turned = document.rotate(90)
        with pytest.warns(
            pdf.EncryptionWarning, match="bytes is encrypted, and what is made of it is not"
        ) as told:
            plain = turned.bytes()
        assert told[0].filename == __file__
        assert not pypdf.PdfReader(io.BytesIO(plain)).is_encrypted
        recwarn.clear()
        assert pypdf.PdfReader(io.BytesIO(turned.bytes(owner_password="x"))).is_encrypted
        # What goes on to be worked on is written nowhere.
        merged = pdf.merge(FOUR, document)
        opened = pdf.open(merged)
        assert not recwarn.list
        for one in (merged, opened):
            with pytest.warns(pdf.EncryptionWarning, match="bytes is encrypted"):
                one.bytes()
        recwarn.clear()
    with pdf.open(FOUR) as document:
        document.select("1").bytes()
    with pdf.open(pages("BT /M 10 Tf 20 80 Td (/Encrypt) Tj ET")) as document:
        document.bytes()
    assert not recwarn.list
    decode = "| pdf.decode password=user"
    with pytest.warns(pdf.EncryptionWarning):
        run(Pipeline.parse(f"{decode} | pdf.rotate 90"), locked)
    recwarn.clear()
    run(Pipeline.parse(f"{decode} | pdf.encode user-password=x"), locked)
    assert not recwarn.list


def test_files_without_an_end_are_told(tmp_path, engine):
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(FOUR[: FOUR.index(b"xref")])
    says = partial(
        pytest.warns, pdf.TruncationWarning, match=r"cut\.pdf ends early, as if it were cut off: pages may be"
    )
    with says() as told:
        document = pdf.open(cut, engine=engine)
    assert told[0].filename == __file__
    with document, pdf.open(TWO + b" " * 900, engine=engine) as whole:  # which has a little behind its end
        assert len(document) == 4
        assert [one.describe().cut for one in (document, whole)] == [True, False]
        with says() as told:
            assert len(whole.append(cut)) == 6
        assert told[0].filename == __file__
        with says():
            whole.stamp_page(cut)
    with says():
        pdf.merge(TWO, cut, engine=engine).close()
    for steps in (f"pdf.append {cut}", f"pdf.redact search=words acknowledge=2 | pdf.stamp-page {cut}"):
        with says():
            run(Pipeline.parse(f"| {steps}"), TWO, engine=engine)
    for steps in ("pdf.rotate 90", "pdf.text"):
        with says():
            run(Pipeline.parse(f"| {steps}"), cut, engine=engine)


@pytest.mark.parametrize(
    "step", ["append {} password=user", "append {} password=owner", "stamp-page {} password=user"]
)
def test_what_was_encrypted_and_put_in_is_not_laid_open_in_silence(step, engine, recwarn):
    path = ENCRYPTED / "aes-256.pdf"
    name, *options = step.split()
    known = dict(option.split("=") for option in options[1:])
    says = pytest.warns(
        pdf.EncryptionWarning, match=r"aes-256\.pdf is encrypted, and what is made of it is not"
    )
    with pdf.open(FOUR, engine=engine) as document:
        made = document.then(f"pdf.{name}", path, **known).rotate(90)
        with says:
            made.bytes()
        recwarn.clear()
        assert pypdf.PdfReader(io.BytesIO(made.bytes(user_password="x"))).is_encrypted
    assert not recwarn.list
    pipeline = f"| pdf.{step.format(path)}"
    with says:
        run(Pipeline.parse(pipeline), FOUR, engine=engine)
    recwarn.clear()
    run(Pipeline.parse(f"{pipeline} | pdf.encode user-password=x"), FOUR, engine=engine)
    assert not recwarn.list


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff\xd8\xff\xe0 JFIF", "but a JPEG picture"),
        (b"\x89PNG\r\n", "but a PNG picture"),
        (b"PK\x03\x04", "but a ZIP archive"),
        (b"<!DOCTYPE html>", "but a page of the web"),
        (b"plain text", "this is no PDF file$"),
        (b"%PDF-1.7\n1 0 obj\n<< /Type", "cut off"),
        (b"%PDF-1.7\nnothing\n%%EOF\n", "damaged beyond repair"),
        (file("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"), "has no pages"),
    ],
)
def test_why_a_file_is_none(data, message):
    with pytest.raises(MalformedError, match=message):
        pdf.open(data)


# pipelines


def test_a_pipeline_of_steps(engine):
    found = run(Pipeline.parse("| pdf.select 2-3 | pdf.rotate 90"), FOUR, engine=engine)
    assert found.format == "pdf"
    assert texts(found.bytes) == ["page 2", "page 3"]
    with pdf.open(FOUR, engine=engine) as document:
        assert document.select("2-3").rotate(90).text() == pdf.text(found.bytes)


def test_a_page_goes_on_as_a_picture_and_an_attachment_as_a_file(tmp_path, engine):
    cut = "| pdf.render 2 dpi=72 region=20,50,60,40 | image.resize width=30 | image.encode png"
    made = image.open(run(Pipeline.parse(cut), TWO, engine=engine)).numpy()
    assert made.shape == (20, 30, 3)
    assert (made == (255, 0, 0)).all()
    outer = pages(
        RED,
        catalog="/Names << /EmbeddedFiles << /Names [(a.pdf) 5 0 R] >> >>",
        more=[
            "<< /Type /Filespec /F (a.pdf) /EF << /F 6 0 R >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(TWO), TWO),
        ],
    )
    assert run(
        Pipeline.parse("| pdf.attachment-data a.pdf | pdf.text"), outer, engine=engine
    ).value == pdf.text(TWO)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("| pdf.text | pdf.rotate 90", "cannot follow pdf.text, which ends a pipeline"),
        (
            "| pdf.render 1 | pdf.rotate 90",
            "cannot follow pdf.render: it works on files, and these are pixels",
        ),
        ("| pdf.render 1 | image.probe", "it works on files"),
        ("| pdf.rotate 90 | pdf.decode password=x", "must be the first"),
    ],
)
def test_what_cannot_follow(text, message):
    with pytest.raises(PipelineError, match=message):
        Pipeline.parse(text)


def test_pixels_are_no_document():
    with pytest.raises(UnsupportedError, match="pdf works on files, not on pixels"):
        run(Pipeline.parse("| pdf.rotate 90"), np.zeros((2, 2, 3), np.uint8))


def test_many_at_once(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.pdf").write_bytes(FOUR)
    out = tmp_path / "out"
    out.mkdir()
    outcomes = batch.run(f"{tmp_path}/*.pdf", f"| pdf.select 1,2 > {out}/", progress=False)
    assert outcomes.values == [str(out / "a.pdf"), str(out / "b.pdf")]
    covers = batch.run([FOUR], f"| pdf.render 1 width=50 > {out}/{{index}}.webp", progress=False)
    assert image.probe(covers.values[0]).width == 50
    with pytest.raises(InvalidArgumentError, match="gives pixels, and this name tells no format of pictures"):
        batch.run([FOUR], f"| pdf.render 1 > {out}/a.pdf", progress=False)
    with pytest.raises(PipelineError, match="would be overwritten"):
        batch.run([out / "a.pdf"], f"| pdf.rotate 90 > {out}/a.pdf", progress=False)


def test_the_command_line(tmp_path):
    (tmp_path / "report.pdf").write_bytes(FOUR)
    (tmp_path / "other.pdf").write_bytes(TWO)

    def call(text):
        command = [sys.executable, "-m", "wasmcell", "run", text]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=True).stdout

    assert texts(call("report.pdf | pdf.select 1-2 | pdf.append other.pdf pages=1"))[:2] == [
        "page 1",
        "page 2",
    ]
    call("report.pdf | pdf.render page=1 dpi=150 | image.resize width=80 > cover.webp")
    assert image.probe(tmp_path / "cover.webp").width == 80
    assert json.loads(call("report.pdf | pdf.text pages=2")) == ["page 2"]


# what people see


def test_a_result_shows_its_pages():
    shown = display.of_result(run(Pipeline.parse("| pdf.select 1,2"), FOUR))
    assert shown["text/html"].count("data:image/png;base64,") == 2
    assert "<Result pdf" in shown["text/plain"]


def test_redactions_are_readable():
    hit = record_class("hit", ("page", "text", "boxes"))
    one = record_class("redaction", ("page", "hits", "handling", "reason", "notes"))
    found = [hit(2, "Ada <b>", []), hit(2, "", [])]
    whole = record_class("redaction-report", ("pages", "not-found", "acknowledged", "not-searched", "notes"))
    pages = [one(2, found, "pictured", "a shading", ["looked at again"])]
    report = pdf.Redactions([whole(pages, ["Bo"], [5], ["pictures: pages 7"], ["metadata removed"])])
    assert repr(report) == (
        "<Redactions on 1 page:\n  page 2, pictured (a shading): 'Ada <b>', 1 box\n    looked at again\n"
        "  on no page: 'Bo'\n  pages that no search can see into, and a person vouched for: 5\n"
        "  not searched: pictures: pages 7\n  metadata removed>"
    )
    unseen = "not searched: pictures: pages 7"
    assert report.summary == ["removed 2 places on 1 page", "became pictures: page 2", unseen]
    assert "Ada &lt;b&gt;" in report._repr_mimebundle_()["text/html"]
    with pdf.open(TWO) as document:
        assert repr(document.redactions) == "<Redactions: none>"


# private documents, as far as no page is needed


@pytest.fixture
def secret():
    return PrivateFile(FileRef("p", 1, "secret.pdf", 9, "application/pdf"), "0" * 64)


def test_a_private_document_is_lazy(secret):
    document = pdf.open(secret, password="x").redact(search="Ada").rotate(90)
    assert isinstance(document, PrivateDocument)
    assert repr(document) == (
        "<PrivateDocument 'secret.pdf' | pdf.decode password=*** | pdf.redact search=Ada | pdf.rotate 90>"
    )
    with pytest.raises(InvalidArgumentError, match="degrees must be"):
        document.rotate(1)
    for name in ("text", "pages", "search", "bytes", "save"):
        with pytest.raises(AttributeError, match=r"secret\.pdf is private"):
            getattr(document, name)
    with pytest.raises(BlockingError, match="does its steps"):
        document.__wasmcell_source__()


def test_private_files_stay_out_of_the_kernels_documents(secret):
    with pdf.open(TWO) as document:
        with pytest.raises(PrivateError, match=r"secret\.pdf is private"):
            document.append(secret)
        with pytest.raises(PrivateError, match=r"secret\.pdf is private"):
            pdf.merge(document, secret)
    with pytest.raises(PrivateError, match="the engine kernel cannot have them"):
        run(Pipeline().then("pdf.append", secret), TWO, engine="kernel")
    with pytest.raises((PrivateError, ArgumentTypeError), match="private"):
        pdf.merge(secret, TWO)


# redacting


def test_redact_and_its_report(engine):
    with pdf.open(FOUR, engine=engine) as document:
        safe = document.redact(search="page 2")
        assert texts(safe.bytes()) == ["page 1", "", "page 3", "page 4"]
        [report] = [one for one in safe.redactions if one.hits]
        assert (report.page, [hit.text for hit in report.hits]) == (2, ["page 2"])
        assert "page 2" in repr(safe.redactions)
        assert list(document.redactions) == []
        [word] = [word for word in document[3].words() if word.text == "4"]
        assert texts(document.redact(boxes=[word]).bytes())[3] == "page"
