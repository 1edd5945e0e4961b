"""The command line, as people call it."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pypdf
import pytest
from PIL import Image as Pillow

import wasmcell
from tests.pdf.papers import ENCRYPTED, pages
from wasmcell import modules, operations


def opened(path):
    """A saved file as Pillow sees it, read whole."""
    return Pillow.open(io.BytesIO(path.read_bytes()))


@pytest.fixture
def folder(tmp_path):
    """Three photographs of a sort."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "out").mkdir()
    for name, width in (("a", 40), ("b", 60), ("c d", 80)):
        Pillow.fromarray(np.full((20, width, 3), width, np.uint8)).save(tmp_path / "photos" / f"{name}.png")
    return tmp_path


@pytest.fixture
def call(folder):
    """Run the command in that folder."""

    def run(*arguments, stdin=b""):
        command = [sys.executable, "-m", "wasmcell", *arguments]
        return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, timeout=120, check=False)

    return run


def said(result, status):
    """What was said on the standard error of a call that ended so."""
    text = result.stderr.decode()
    assert result.returncode == status, text
    assert "Traceback" not in text
    return text


def test_one_file(call, folder):
    done = call("run", "photos/a.png | image.resize width=20 | image.encode webp quality=80 > out/small.webp")
    assert said(done, 0) == ""
    assert done.stdout == b""
    saved = opened(folder / "out" / "small.webp")
    assert (saved.format, saved.size) == ("WEBP", (20, 10))


def test_the_extension_says_the_format(call, folder):
    assert said(call("run", "photos/a.png > a.jpg"), 0) == ""
    assert opened(folder / "a.jpg").format == "JPEG"


def test_many_files(call, folder):
    assert said(call("run", "photos/*.png | image.resize width=10 > out/{name}.webp"), 0) == ""
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["a.webp", "b.webp", "c d.webp"]
    assert said(call("run", "photos/a.png photos/b.png | image.encode jpeg > out"), 0) == ""
    assert opened(folder / "out" / "b.jpg").size == (60, 20)


def test_the_texts_of_pages_are_a_text(call, folder):
    (folder / "paper.pdf").write_bytes(
        pages(*(f"BT /M 10 Tf 20 80 Td ({word}) Tj ET" for word in ("One", "Zwei")))
    )
    assert said(call("run", "paper.pdf | pdf.text > paper.txt"), 0) == ""
    assert (folder / "paper.txt").read_bytes() == b"One\n\x0cZwei\n\x0c"
    assert said(call("run", "paper.pdf | pdf.text > paper.json"), 0) == ""
    assert json.loads((folder / "paper.json").read_text()) == ["One", "Zwei"]


def test_standard_input_and_output(call, folder):
    data = (folder / "photos" / "a.png").read_bytes()
    for pipeline in ("- | image.rotate 90 > -", "- | image.rotate 90", "| image.rotate 90"):
        done = call("run", pipeline, stdin=data)
        said(done, 0)
        (folder / "turned.png").write_bytes(done.stdout)
        assert opened(folder / "turned.png").size == (20, 40)


def test_functions_answer_in_json(call):
    done = call("run", "photos/a.png | image.probe")
    said(done, 0)
    answer = json.loads(done.stdout)
    assert (answer["format"], answer["width"], answer["has_alpha"]) == ("png", 40, False)
    many = call("run", "photos/*.png | image.probe").stdout.decode().splitlines()
    assert len(many) == 3
    assert many[0].startswith("photos/a.png: {")


def test_time_is_told(call):
    text = said(call("run", "photos/*.png | image.rotate 90 > out/{name}.jpg", "--time"), 0)
    lines = text.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("photos/a.png: ")
    assert lines[0].endswith(" · kernel")
    assert lines[3] == "3 of 3 done."


def test_engines(call, engine, folder):
    name = getattr(engine, "name", engine)
    if name == "pyodide":
        pytest.skip("the command line is where no page is")
    done = call("run", "photos/a.png | image.rotate 90 > out/a.png", "--time", "--engine", name)
    assert said(done, 0).rstrip().endswith(name)
    assert opened(folder / "out" / "a.png").size == (20, 40)


@pytest.mark.parametrize(
    ("pipeline", "message"),
    [
        ("photos/a.png | image.resise width=20 > a.png", "did you mean image.resize?"),
        ("photos/a.png | image.resize widht=20 > a.png", "did you mean width?"),
        ("photos/a.png | image.resize width=0 > a.png", "must be an integer from 1 to 65535 px, not 0"),
        ("photos/a.png | image.encode webb > a.png", "did you mean webp?"),
        (
            "photos/*.gif | image.rotate 90 > a.png",
            "Nothing matches photos/*.gif (did you mean photos/a.png, photos/b.png or photos/c d.png?).",
        ),
        (
            "photos/c d.png | image.rotate 90 > a.png",
            'photos/c d.png has spaces: write it in quotes, "photos/c d.png".',
        ),
        (
            "photos/a.png | image.rotate 90 > my a.png",
            "Nothing can follow the output. A name with spaces stands in quotes: 'my a.png'.",
        ),
        ("~$*.gif | image.rotate 90 > a.png", "Nothing matches ~$*.gif."),
        ("photos/*.png | image.rotate 90 > a.png", "tell the outputs apart with {name}"),
        ("photos/*.png | image.rotate 90 > {nam}.png", "did you mean name?"),
        ("photos/*.png | image.rotate 90", "3 results need names"),
        ("photos/*.png | image.rotate 90 > out/{name}.xyz", "the extension .xyz tells no format"),
        ("photos/a.png", "nothing to do"),
    ],
)
def test_misuse_ends_with_2(call, folder, pipeline, message):
    before = sorted(folder.rglob("*"))
    text = said(call("run", pipeline), 2)
    assert message in text
    assert text.startswith("wasmcell: ")
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("pipeline", "message"),
    [
        (
            "photos/aa.png | image.rotate 90 > a.png",
            "No such file or directory: photos/aa.png (did you mean photos/a.png?)",
        ),
        ("bad.png | image.rotate 90 > a.png", "bad.png: "),
        ("photos/a.png | image.rotate 90 > nowhere/a.png", "There is no such folder to write to: nowhere"),
        ("photos/a.png | image.crop 0 0 99 99 > a.png", "crop"),
    ],
)
def test_failures_end_with_1(call, folder, pipeline, message):
    (folder / "bad.png").write_bytes(b"bad")
    before = sorted(folder.rglob("*"))
    text = said(call("run", pipeline), 1)
    assert message in text
    assert len(text.splitlines()) == 1
    assert sorted(folder.rglob("*")) == before


def test_one_failure_does_not_stop_the_others(call, folder):
    (folder / "photos" / "bad.png").write_bytes(b"bad")
    text = said(call("run", "photos/*.png | image.rotate 90 > out/{name}.png"), 1)
    assert text.splitlines()[-1] == "3 of 4 done."
    assert len(list((folder / "out").iterdir())) == 3


def test_limits(call):
    text = said(call("run", "photos/a.png | image.pad left=9000 top=9000 > a.png", "--memory", "8"), 1)
    assert "a.png: " in text


def test_a_wrong_engine(call):
    assert "did you mean kernel?" in said(call("run", "photos/a.png > a.jpg", "--engine", "kernl"), 2)


def test_wrong_commands(call):
    assert "invalid choice" in said(call("rnu"), 2)
    assert "pipeline" in said(call("run"), 2)


def test_help_is_about_documents_too(call, folder):
    told = call("--help").stdout.decode()
    assert "Pictures and documents, processed by" in told
    (folder / "report.pdf").write_bytes(pages(""))
    example = "report.pdf | pdf.encode user-password=secret > locked.pdf"
    assert example in told
    assert said(call("run", example), 0) == ""
    assert pypdf.PdfReader(folder / "locked.pdf").is_encrypted


def test_what_there_is(call):
    listed = call("modules").stdout.decode()
    assert listed.startswith("  ")
    assert all(name in listed for name in modules.names())
    assert modules.get("image").sha256[:12] in listed
    described = call("describe", "image").stdout.decode()
    assert all(str(operation) in described for operation in operations.of("image").values())
    assert "kernel" in call("engines").stdout.decode()
    assert call("--version").stdout.decode().strip() == f"wasmcell {wasmcell.__version__}"


def test_describe_an_operation(call):
    text = call("describe", "image.resize").stdout.decode()
    assert text.startswith("image.resize [width=…] [height=…]")
    assert "Width of the box. An integer from 1 to 65535 px." in text
    assert "Default: lanczos3." in text
    webp = call("describe", "image.encode", "webp").stdout.decode()
    assert webp.startswith("image.encode webp")
    assert webp in call("describe", "image.encode").stdout.decode() + "\n"
    assert "did you mean image.resize?" in said(call("describe", "image.resise"), 2)
    assert "image" in said(call("describe", "imag"), 1)


def test_describe_alone_lists_the_modules_and_a_bare_operation_is_found(call):
    assert b"image" in call("describe").stdout
    assert "did you mean image.resize" in said(call("describe", "resize"), 1)


def test_terminals_that_know_little(folder):
    """Those of ASCII alone, and readers that have had enough."""
    command = [sys.executable, "-m", "wasmcell", "describe", "image.resize"]
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=ascii_only, capture_output=True, timeout=60, check=False)
    assert said(done, 0) == ""
    assert done.stdout.isascii()
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writer)
    assert said(done, 1) == ""


def test_long_names_that_are_missing_are_told_as_they_are(call):
    names = [f"IMG_20240101_1234{number:02}_BURST001_COVER.jpg" for number in range(9)]
    text = said(call("run", " ".join(names) + " | image.rotate 90 > out/{name}.png"), 1)
    assert f"No such file or directory: {names[0]}" in text


def test_a_redaction_that_finds_nothing_is_told(folder, call):
    (folder / "form.pdf").write_bytes(pages("BT /M 10 Tf 20 80 Td (Ada) Tj ET"))
    result = call("run", "form.pdf | pdf.redact search=Bob | pdf.rotate 90 > safe.pdf")
    nowhere = "wasmcell: form.pdf: on no page, so nothing was removed there for it: 'Bob'\n"
    assert said(result, 0) == nowhere + "wasmcell: form.pdf: removed 0 places\n"
    assert "Ada" in pypdf.PdfReader(folder / "safe.pdf").pages[0].extract_text()
    done = call("run", "form.pdf | pdf.redact search=Ada > safe.pdf")
    assert said(done, 0) == "wasmcell: form.pdf: removed 1 place on 1 page\n"
    assert "Ada" not in pypdf.PdfReader(folder / "safe.pdf").pages[0].extract_text()


def test_the_file_at_fault_is_named(call, folder):
    (folder / "a.pdf").write_bytes(pages(""))
    (folder / "locked.pdf").write_bytes((ENCRYPTED / "aes-256.pdf").read_bytes())
    (folder / "b.pdf").write_text("none")
    wants = "password: the file is encrypted and wants a password"
    for pipeline, expected in (
        ("a.pdf | pdf.rotate 90 | pdf.append locked.pdf", f"a.pdf: locked.pdf: {wants}"),
        ("a.pdf | pdf.append a.pdf | pdf.stamp-page b.pdf", "a.pdf: b.pdf: this is no PDF file"),
        (
            "a.pdf | pdf.append a.pdf | pdf.select 3",
            "a.pdf: there is no page 3: the document has pages 1 to 2",
        ),
        (
            "a.pdf | pdf.select 3 | pdf.append b.pdf",
            "a.pdf: there is no page 3: the document has page 1 only",
        ),
        ("locked.pdf | pdf.append a.pdf", f"locked.pdf: {wants}: begin with pdf.decode password=…"),
        ("b.pdf | pdf.append a.pdf", "b.pdf: this is no PDF file"),
    ):
        assert said(call("run", f"{pipeline} > c.pdf"), 1) == f"wasmcell: {expected}\n"
    done = call("run", "locked.pdf | pdf.decode password=user | pdf.encode > c.pdf")
    assert said(done, 0).startswith("wasmcell: locked.pdf is encrypted, and what is made of it is not")
    assert (
        said(call("run", "locked.pdf | pdf.decode password=user | pdf.encode user_password=x > c.pdf"), 0)
        == ""
    )
    assert pypdf.PdfReader(folder / "c.pdf").is_encrypted


def test_pixels_to_the_standard_output(call, folder):
    (folder / "a.pdf").write_bytes(pages("1 0 0 rg 20 10 60 40 re f"))
    done = call("run", "a.pdf | pdf.render page=1 dpi=72")
    assert said(done, 0) == ""
    picture = Pillow.open(io.BytesIO(done.stdout))
    assert (picture.format, picture.size, picture.getpixel((50, 70))) == ("PNG", (200, 100), (255, 0, 0))


def test_pictures_become_one_document(call, folder):
    make = "photos/*.png | pdf-make.from-images"
    assert said(call("run", f"{make} title=Three | pdf.rotate 90 > out/{{name}}.pdf"), 0) == ""
    made = pypdf.PdfReader(folder / "out" / "a.pdf")
    assert [page.images[0].image.size for page in made.pages] == [(40, 20), (60, 20), (80, 20)]
    assert (made.metadata.title, made.pages[0].rotation) == ("Three", 90)
    assert call("run", make).stdout.startswith(b"%PDF-")
    assert "would be overwritten" in said(call("run", f"{make} > photos/b.png"), 2)
    assert "nope.png" in said(call("run", "photos/a.png nope.png | pdf-make.from-images > a.pdf"), 1)
    assert "did you mean pdf-make.from-images?" in said(
        call("run", "photos/a.png | pdf.from-images > a.pdf"), 2
    )


def test_what_records_hold_is_described(call):
    lines = call("describe", "pdf.redact").stdout.decode().splitlines()
    assert "      width    Width. A number from 0 to 1000000 pt." in lines
