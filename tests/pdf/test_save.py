"""Documents that are saved: under which names, over which files, and what stays when it is broken off."""

from pathlib import Path

import pikepdf
import pypdf
import pytest

from tests.pdf.papers import FOUR, TWO
from tests.pdf.steps import texts
from wasmcell import batch, pdf
from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.pipeline import targets


def test_save(tmp_path):
    source, target = tmp_path / "source.pdf", tmp_path / "target.pdf"
    source.write_bytes(FOUR)
    document = pdf.open(source)
    result = document.rotate(90).save(target)
    assert (result.format, result.bytes) == ("pdf", target.read_bytes())
    assert len(pypdf.PdfReader(target).pages) == 4
    with pytest.raises(InvalidArgumentError, match="would be overwritten: save it under another name"):
        document.rotate(90).save(tmp_path / "." / "source.pdf")
    assert source.read_bytes() == FOUR
    document.select("1").save(source, overwrite=True)
    assert texts(source.read_bytes()) == ["page 1"]
    with pytest.raises(InvalidArgumentError, match=r"end it with \.pdf$"):
        document.save(tmp_path / "a.png")
    with pytest.raises(InvalidArgumentError, match="allow must be print, modify.*'write'"):
        document.bytes(allow=["write"])


@pytest.mark.parametrize("letter", ["a", "ä"])
def test_passwords_that_readers_would_cut_off_are_refused(tmp_path, letter, engine):
    longest = letter * (127 // len(letter.encode()))
    with pdf.open(FOUR, engine=engine) as document:
        data = document.bytes(user_password=longest)
        with pytest.raises(InvalidArgumentError, match="user_password: it has 128 bytes in UTF-8"):
            document.bytes(user_password=letter * (128 // len(letter.encode())))
        with pytest.raises(InvalidArgumentError, match="owner_password: it has"):
            document.bytes(user_password="short", owner_password=letter * 200)
    (tmp_path / "locked.pdf").write_bytes(data)
    with pikepdf.open(tmp_path / "locked.pdf", password=longest) as opened:
        assert len(opened.pages) == 4


@pytest.mark.parametrize("name", ["b.pdf", "link.pdf"])
def test_no_file_that_a_document_is_made_of_is_overwritten(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for source in ("a.pdf", "b.pdf"):
        Path(source).write_bytes(FOUR)
    Path("link.pdf").hardlink_to("b.pdf")
    for made in (
        pdf.merge("a.pdf", "b.pdf"),
        pdf.merge("a.pdf", pdf.open("b.pdf")).rotate(90),
        pdf.open("a.pdf").append("b.pdf"),
        pdf.open(pdf.open("b.pdf").rotate(90)),
        pdf.open("b.pdf"),
    ):
        with pytest.raises(InvalidArgumentError, match=f"made of {name}, which would be overwritten"):
            made.save(name)
    for source, pipeline in (
        ("a.pdf", f"| pdf.append b.pdf > {name}"),
        (pdf.open("b.pdf"), f"| pdf.rotate 90 > {name}"),
    ):
        with pytest.raises(PipelineError, match=f"{name} is a source of this pipeline"):
            batch.run([source], pipeline, progress=False)
    assert Path("b.pdf").read_bytes() == FOUR
    pdf.merge("a.pdf", "b.pdf").save(name, overwrite=True)
    assert len(texts(Path(name).read_bytes())) == 8


def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "target.pdf"
    target.write_bytes(b"old")

    def interrupted(self, other):
        raise KeyboardInterrupt

    monkeypatch.setattr(targets.Path, "replace", interrupted)
    with pdf.open(TWO) as document, pytest.raises(KeyboardInterrupt):
        document.save(target)
    assert [one.name for one in tmp_path.iterdir()] == ["target.pdf"]
    assert target.read_bytes() == b"old"
