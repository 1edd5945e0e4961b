"""`%wasm` and `%%wasm`, in a shell."""

import io
import json
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from IPython.core.error import UsageError
from PIL import Image as Pillow

import wasmcell
from tests.pdf.papers import ENCRYPTED as LOCKED
from tests.pdf.papers import field, pages
from tests.pdf.test_forms import form
from wasmcell import crossings, engines, image, modules
from wasmcell.errors import (
    BlockingError,
    InvalidArgumentError,
    LimitExceededError,
    MalformedError,
    PipelineError,
)
from wasmcell.magics.parity import ParityError
from wasmcell.magics.results import BatchError
from wasmcell.pipeline import Pipeline, Result
from wasmcell.pipeline.run import run
from wasmcell.sources import Private

pytestmark = pytest.mark.usefixtures("folder")

ENCRYPTED = LOCKED / "aes-256.pdf"


def pixels(data):
    """A file's pixels as Pillow sees them."""
    return np.asarray(Pillow.open(io.BytesIO(bytes(data))))


def test_a_result_is_shown(cell, photo):
    found = cell("%wasm photo.png | image.rotate 90")
    assert isinstance(found, Result)
    assert np.array_equal(pixels(found), np.rot90(photo, -1))
    assert "PNG 30 × 40 px" in cell.printed
    assert " · rotate 90 · " in cell.printed
    assert cell("_") is found


def test_a_redaction_is_told(cell):
    line = "BT /M 4 Tf 5 {} Td (a line of text that is as long as this page of ours is wide) Tj ET "
    picture = "q 150 0 0 40 20 5 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \0 EI Q"
    text = "".join(line.format(y) for y in range(50, 100, 5))
    Path("a.pdf").write_bytes(pages(text + picture, text, text))
    for pipeline in ("> safe.pdf", ""):
        cell(f"%wasm --quiet a.pdf | pdf.redact search=ours pages=2- {pipeline}")
        assert "a.pdf: removed 20 places on 2 pages\n" in cell.printed
    result = cell("%wasm a.pdf | pdf.redact search=ours")
    note = "not searched: pictures, which may show texts: page 1"
    assert result.notes == ("removed 30 places on 3 pages", note)
    assert f"a.pdf: {note}\n" in cell.printed


def test_a_result_is_kept(cell, shell, photo):
    for line in (
        "%wasm -o turned photo.png | image.rotate 90",
        "%wasm turned << photo.png | image.rotate 90",
    ):
        assert cell(line) is None
        assert cell.printed == ""
        assert np.array_equal(pixels(shell.user_ns.pop("turned")), np.rot90(photo, -1))
    cell("turned = %wasm photo.png | image.rotate 90")
    assert pixels(shell.user_ns["turned"]).shape == (40, 30, 3)


def test_a_result_is_a_source_again(cell, shell, photo):
    cell("%wasm -o turned photo.png | image.rotate 90")
    assert np.array_equal(pixels(cell("%wasm turned | image.rotate 270")), photo)
    assert np.array_equal(image.open(shell.user_ns["turned"]).rotate(270).numpy(), photo)
    answer = run(Pipeline.parse("| image.probe"), "photo.png")
    with pytest.raises(InvalidArgumentError, match="neither a file nor pixels"):
        cell("%wasm answer | image.rotate 90", answer=answer)


def test_a_result_is_written(cell, shell, photo):
    assert cell("%wasm photo.png | image.rotate 180 > out/turned.bmp") is None
    # Three bytes a pixel, rows of 120 bytes, and 54 of header.
    assert cell.printed.startswith("out/turned.bmp: BMP 40 × 30 px · 3.7 kB · ")
    assert cell.printed.count("\n") == 1
    assert np.array_equal(pixels(Path("out/turned.bmp").read_bytes()), np.rot90(photo, 2))
    cell("%wasm -o kept photo.png > out/kept.png")
    assert np.array_equal(pixels(shell.user_ns["kept"]), photo)
    cell("%wasm --quiet photo.png > out/quiet.png")
    assert cell.printed == ""
    cell("%wasm photo.png | image.probe > out/info.json")
    assert cell.printed == f"out/info.json: {Path('out/info.json').stat().st_size} B\n"


def test_a_function_answers(cell, shell):
    info = cell("%wasm photo.png | image.probe")
    assert (info.format, info.width, info.height) == ("png", 40, 30)
    cell("%wasm -o info photo.png | image.probe")
    assert shell.user_ns["info"] == info


def test_documents_are_read(cell):
    """Any module's functions work by themselves."""
    shutil.copy(ENCRYPTED, "report.pdf")
    assert cell("%wasm report.pdf | pdf.text password=user") == ["Secret"]
    [hit] = cell("%wasm report.pdf | pdf.search secret password={word}", word="owner")
    assert (hit.page, hit.text) == (1, "Secret")


def test_a_cell(cell, shell):
    cell("""%%wasm -o thumb --time
# the photograph
photo.png   # as it is
| image.resize width=20 height=20 fit=cover
            # what is over is cut off

| image.encode jpeg quality=75
""")
    found = Pillow.open(io.BytesIO(shell.user_ns["thumb"].bytes))
    assert (found.format, found.size) == ("JPEG", (20, 20))
    assert cell.printed.startswith("photo.png: ")
    assert cell.printed.rstrip().endswith(" · kernel")
    assert cell("%%wasm photo.png\n| image.probe").width == 40


def test_in_a_function_and_a_loop(cell):
    code = """
def thumb(side):
    found = %wasm photo.png | image.resize width={side}
    return found
sizes = []
for side in (3, 4):
    %wasm -o small photo.png | image.resize width={side}
    sizes.append(len(small.bytes) > 0)
[pixel.bytes for pixel in map(thumb, (5, 6))], sizes
"""
    found, sizes = cell(code)
    assert [pixels(one).shape[1] for one in found] == [5, 6]
    assert sizes == [True, True]


# Python in pipelines


@pytest.mark.parametrize(
    ("code", "width"),
    [
        ("%wasm photo.png | image.resize width={side}", 8),
        ("%wasm photo.png | image.resize width={side * 2}", 16),
        ("%wasm photo.png | image.resize width=1{side}", 18),
        ("%wasm photo.png | image.resize {'width'}={side}", 8),
        ("%wasm photo.png | image.resize width={sizes['a | b > c']}", 7),
        ('%wasm photo.png | image.resize width="{max([side, 6, 9])}"', 9),
        ("%wasm photo.png | image.resize width={sizes['}']}", 5),
        ("%wasm photo.png | image.resize width={np.int64(6)} enlarge={1 > 2}", 6),
        ("%wasm photo.png | image.resize width={side:01d}", 8),
        ("%wasm {stem}.png | image.resize width=8 # {not python", 8),
        ("%wasm {'photo' + '.png'} | image.resize width=8", 8),
        ("%wasm {stem.replace('o', 'o')}.{'png'} | image.resize width=8", 8),
    ],
)
def test_expressions(cell, code, width):
    variables = {"side": 8, "sizes": {"a | b > c": 7, "}": 5}, "np": np, "stem": "photo"}
    assert pixels(cell(code, **variables)).shape[1] == width


@pytest.mark.parametrize(
    ("braces", "message"),
    [
        ("{1/0}", "{1/0} fails as Python: ZeroDivisionError: division by zero."),
        ("{side", "not '{side'"),
        ("{sidee}", "NameError: name 'sidee' is not defined. Write {{ for a brace"),
        ("{side +}", "invalid syntax"),
        ("{}", "invalid syntax"),
        ("{None}", "must be an integer from 1 to 65535 px, not 'None'"),
        ("{'3 > x.png'}", "not '3 > x.png'"),
    ],
)
def test_wrong_expressions(cell, braces, message):
    with pytest.raises(PipelineError) as error:
        cell(f"%wasm photo.png | image.resize width={braces}", side=3)
    assert message in str(error.value)
    line, caret = str(error.value).split("\n")[-2:]
    assert line[caret.index("^") :].startswith(("width", braces))


def test_fields_are_filled_in_by_a_dict(cell):
    Path("form.pdf").write_bytes(form(field("/FT /Tx /T (First Name)")))
    for braces in ("{values}", '{"First Name": "Zoë"}', 'values={"First Name": word}'):
        cell(f"%wasm -o filled form.pdf | pdf.fill {braces}", values={"First Name": "Zoë"}, word="Zoë")
        assert "Zoë" in cell("%wasm {filled} | pdf.text")[0]


def test_pixels_are_a_picture(cell):
    Path("a.pdf").write_bytes(form())
    assert cell("%wasm a.pdf | pdf.render 1 width=50").rotate(90).numpy().shape == (50, 25, 3)


def test_expressions_are_of_one_call(cell):
    """An expression is evaluated once, and what it gives is not read as Python or pipeline again."""
    calls = []

    def width():
        calls.append(1)
        return 5

    cell("%wasm photo.png | image.resize width={width()}", width=width)
    assert calls == [1]
    with pytest.raises(FileNotFoundError):
        cell("%wasm {name} | image.rotate 90", name="{1/0} | image.probe")


def test_placeholders_of_the_output(cell, folder):
    """They are those of the sources, whatever variables there are; all else in braces is Python."""
    cell("%wasm photo.png > out/{name}-{ext}-{index:03}.bmp", name="wrong", ext="wrong", index=9)
    cell("%wasm photo.png > {where}/{(name)}-{{1}}{sep}{name}.bmp", where="out", name="variable", sep="{x}")
    written = sorted(path.name for path in (folder / "out").iterdir())
    assert written == ["photo-png-001.bmp", "variable-{1}{x}photo.bmp"]
    with pytest.raises(PipelineError, match=r"did you mean name\?"):
        cell("%wasm photo.png > out/{nam}.png")


# Sources


@pytest.fixture(
    params=["array", "PIL", "bytes", "bytearray", "file object", "str", "Path", "Image", "Image of array"]
)
def thing(request, folder, photo):
    """The photograph as each kind of source."""
    path = folder / "photo.png"
    kinds = {
        "array": photo,
        "PIL": Pillow.fromarray(photo),
        "bytes": path.read_bytes(),
        "bytearray": bytearray(path.read_bytes()),
        "file object": io.BytesIO(path.read_bytes()),
        "str": "photo.png",
        "Path": path,
        "Image": image.open(path),
        "Image of array": image.open(photo),
    }
    return kinds[request.param]


@pytest.mark.parametrize("word", ["thing", "{thing}", "{ thing }", "{[thing][0]}"])
def test_variables_as_sources(cell, photo, thing, word):
    found = cell(f"%wasm {word} | image.rotate 90 | image.encode png", thing=thing)
    assert np.array_equal(pixels(found), np.rot90(photo, -1))


def test_an_image_brings_its_steps(cell, photo):
    opened = image.open(photo).rotate(90)
    assert np.array_equal(pixels(cell("%wasm opened | image.rotate 90", opened=opened)), np.rot90(photo, 2))
    stored = json.loads(cell("%wasm --json opened | image.flip horizontal"))
    assert [step["operation"] for step in stored["steps"]] == ["image.rotate", "image.flip"]


def test_images_with_different_steps(cell, folder, photo):
    """Each keeps its own."""
    opened = image.open(photo).rotate(90)
    both = cell("%wasm --parity opened photo.png | image.rotate 90 | image.encode png", opened=opened)
    assert [
        np.array_equal(pixels(one), np.rot90(photo, turns)) for one, turns in zip(both, (2, -1), strict=True)
    ] == [True, True]
    for option in ("--json", "--save out/a.json"):
        with pytest.raises(InvalidArgumentError, match="bring different steps of their own"):
            cell(f"%wasm {option} opened photo.png | image.rotate 90")
    assert not list((folder / "out").iterdir())


def test_a_name_that_is_a_file_and_a_variable_is_refused(cell, folder, photo):
    (folder / "thing").write_bytes((folder / "photos" / "b.png").read_bytes())
    assert cell("%wasm thing | image.probe").width == 60
    with pytest.raises(PipelineError, match=r"thing is a variable and a file: write \{thing\} or ./thing"):
        cell("%wasm thing | image.rotate 90", thing=photo)
    assert cell("%wasm ./thing | image.probe").width == 60
    assert cell("%wasm 'thing' | image.probe").width == 60
    assert pixels(cell("%wasm {thing} | image.rotate 0 | image.encode png")).shape == photo.shape
    (folder / "thing").unlink()
    (folder / "thing").mkdir()
    assert pixels(cell("%wasm thing | image.rotate 0 | image.encode png")).shape == photo.shape


def test_a_variable_named_as_an_operation_or_a_command(cell, photo):
    for name in ("resize", "image", "modules", "describe"):
        found = cell(f"%wasm {name} | image.resize width=4 | image.encode png", **{name: photo})
        assert pixels(found).shape == (3, 4, 3)


def test_names_with_spaces_quotes_and_letters_of_the_world(cell, folder, photo):
    name = "größe 日本 it's {1} | 100%.png"
    Pillow.fromarray(photo).save(name)
    quoted = name.replace("{", "{{").replace("}", "}}")
    assert pixels(cell(f'%wasm "{quoted}" | image.rotate 0')).shape == photo.shape
    cell(f'%wasm photo.png | image.resize width=3 > "out/{quoted}"')
    assert pixels((folder / "out" / name).read_bytes()).shape == (2, 3, 3)


def test_private_sources_and_the_page_must_be_awaited(cell):
    class PrivateOne:
        def __wasmcell_source__(self):
            return Private(None)

    for secret in (PrivateOne(), image.open(PrivateOne()), Private(None)):
        for source in ("secret", "{secret}", "{[secret]} photo.png"):
            with pytest.raises(BlockingError, match=r"is private: .* await image.open\("):
                cell(f"%wasm {source} | image.rotate 90", secret=secret)
    with pytest.raises(BlockingError, match="must be awaited"):
        cell("%wasm --engine browser photo.png | image.rotate 90")


# Many


def test_many(cell, shell, folder):
    cell("%wasm -o small photos/*.png photo.png | image.resize width=10")
    assert [pixels(one).shape[:2] for one in shell.user_ns["small"]] == [(5, 10), (3, 10), (3, 10), (8, 10)]
    assert "4/4" in cell.printed
    cell("%wasm photos/*.png > out/{name}.bmp")
    # 20 rows of three bytes a pixel, and 54 of header.
    assert "out/a.bmp … out/c d.bmp: 3 files, 11.0 kB\n" in cell.printed
    assert cell.printed.count(".bmp: ") == 1
    for path in (folder / "out").iterdir():
        path.unlink()
    cell("%wasm --quiet photos/*.png > out/{name}.jpg")
    assert "3/3" not in cell.printed
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["a.jpg", "b.jpg", "c d.jpg"]
    probed = cell("%wasm files | image.probe", files=["photos/b.png", "photos/a.png"])
    assert [info.width for info in probed] == [60, 40]


def test_a_pattern_and_a_list_give_a_list(cell):
    assert len(cell("%wasm photos/a*.png | image.probe")) == 1
    assert len(cell("%wasm {['photo.png']} | image.probe")) == 1
    assert cell("%wasm {[]} | image.probe") == []
    with pytest.raises(PipelineError, match=r"Nothing matches \*\.gif"):
        cell("%wasm *.gif | image.probe")


def test_an_error_for_each_that_failed(cell, shell, folder):
    (folder / "photos" / "bad.png").write_bytes(b"bad")
    with pytest.raises(BatchError) as error:
        cell("%wasm -o kept photos/*.png nowhere.png | image.resize width=10")
    assert str(error.value).startswith("2 of 5 failed:\n  photos/bad.png: ")
    assert "  nowhere.png: No such file or directory: nowhere.png" in str(error.value)
    kept = shell.user_ns["kept"]
    assert [type(one) for one in kept] == [Result, Result, MalformedError, Result, FileNotFoundError]
    assert error.value.results is kept


def test_errors_are_told_once(cell, folder):
    """Beside the pictures that worked."""
    (folder / "photos" / "bad.png").write_bytes(b"bad")
    with pytest.raises(BatchError):
        cell("%wasm --quiet photos/*.png | image.probe")
    assert cell.printed.count("bad.png: ") == 1
    assert cell.printed.count("MalformedError") == 0
    assert cell.printed.count("Info(") == 3
    with pytest.raises(BatchError):
        cell("%wasm --quiet photos/bad*.png photos/bad.png | image.probe")
    assert cell.printed.startswith("BatchError: 2 of 2 failed:")


def test_many_show_themselves(shell, folder):
    (folder / "photos" / "bad.png").write_bytes(b"<b>bad</b>")
    many = shell.run_cell("%wasm {['photo.png'] * 30} | image.probe").result
    text = many._repr_mimebundle_()["text/plain"]
    assert text.count("Info(") == 20
    assert text.endswith("… and 10 more")
    pictures = shell.run_cell("%wasm photos/a.png photos/b.png | image.resize width=9").result
    assert pictures._repr_mimebundle_()["text/html"].count("<img ") == 2


# Options


def test_parity(cell, shell, folder):
    names = [name for name in engines.names() if name in ("kernel", "node", "chromium") and available(name)]
    cell("%wasm -o thumb --parity photo.png | image.resize width=20 > out/thumb.jpg")
    rows = [line.split() for line in cell.printed.splitlines()]
    sums = {row[0]: row[1] for row in rows if row and row[0] in names}
    assert set(sums) == set(names)
    assert len(set(sums.values())) == 1
    assert sha256((folder / "out" / "thumb.jpg").read_bytes()).hexdigest().startswith(sums["kernel"])


def available(name):
    try:
        engines.get(name)
    except wasmcell.EngineUnavailableError:
        return False
    return True


def test_a_difference_is_an_error(cell, monkeypatch):
    class Other:
        name = "other"

        def call(self, module, function, *args, **how):
            answer = engines.get("kernel").call(module, function, *args, **how)
            return answer[:-1] + b"!" if isinstance(answer, bytes) else answer

    monkeypatch.setattr(engines, "names", lambda: ["kernel", "other", "missing"])
    real = engines.get
    monkeypatch.setattr(engines, "get", lambda name: Other() if name == "other" else real(name))
    with pytest.raises(
        ParityError, match=r"photo.png: the engines gave different bytes: kernel \w{16}, other \w{16}"
    ):
        cell("%wasm --parity photo.png | image.rotate 90")
    assert "other" in cell.printed
    assert "missing  not available: There is no engine 'missing'" in cell.printed
    with pytest.raises(ParityError, match="photos/a.png"):
        cell("%wasm --parity photos/*.png | image.rotate 90")


def test_json(cell, shell, folder):
    text = cell("%wasm --json photo.png photos/*.png | image.resize width={2 * 4} > out/{name}.webp")
    expected = Pipeline.parse("photo.png photos/*.png | image.resize width=8 > out/{name}.webp")
    read = Pipeline.from_json(text)
    assert (read.steps, read.output) == (expected.steps, expected.output)
    assert read.sources == expected.sources
    assert list((folder / "out").iterdir()) == []
    cell("%wasm --json -o text array | image.rotate 90", array=np.zeros((2, 2), np.uint8))
    assert json.loads(shell.user_ns["text"])["sources"] == []


def test_save(cell, folder):
    assert cell("%wasm --save out/steps.json photo.png | image.resize width=8") is not None
    saved = Pipeline.from_json((folder / "out" / "steps.json").read_text())
    assert saved == Pipeline.parse("photo.png | image.resize width=8")
    assert pixels((image.open("photo.png") | Pipeline(steps=saved.steps)).bytes()).shape == (6, 8, 3)
    assert pixels(cell("%wasm photo.png | @out/steps.json")).shape == (6, 8, 3)


def test_a_pipeline_in_braces(cell, shell):
    shell.user_ns["small"] = image.pipeline().resize(width=8).rotate(90)
    shell.user_ns["name"] = "grayscale"
    assert pixels(cell("%wasm photo.png | {small} | image.{name}")).shape == (8, 6)
    with pytest.raises(PipelineError, match=r"cannot be read"):
        cell("%wasm photo.png | @nowhere.json")


def test_limits(cell):
    with pytest.raises(LimitExceededError):
        cell("%wasm --memory 8 photo.png | image.pad left=9000 top=9000")
    with pytest.raises(UsageError, match="invalid int value"):
        cell("%wasm --memory much photo.png | image.rotate 90")


def test_what_there_is(cell):
    assert all(name in cell("%wasm modules") for name in modules.names())
    assert "kernel" in cell("%wasm engines")
    described = cell("%wasm describe image.resize")
    assert described.startswith("image.resize [width=…]")
    assert cell("%wasm image.resize?") == described
    assert cell("%wasm photo.png | image.rotate 90 | image.resize??") == described
    assert cell("%wasm photo.png | image.encode webp?") == cell("%wasm describe image.encode webp")
    assert "Pictures" in cell("%wasm describe image")


def test_the_ledger(cell, monkeypatch):
    monkeypatch.setattr(crossings, "_crossings", [])
    crossings.record("page", "kernel", "secret.png", 12345)
    assert [(one.what, one.bytes) for one in cell("%wasm ledger")] == [("secret.png", 12345)]
    assert "secret.png  12345" in cell.printed


def test_help(cell, shell):
    cell("%wasm?")
    for word in ("%wasm [options]", "--parity", "-o NAME", "%%wasm -o thumb", "{expression} is Python"):
        assert word in cell.printed
    from wasmcell.magics.options import OPTIONS

    assert all(name in cell.printed for option in OPTIONS for name in option.args)
    shell.user_ns["answer"] = 42
    cell("answer?")  # all other questions are IPython's as ever
    assert "int" in cell.printed


# Misuse


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("%wasm", UsageError, "A pipeline is missing"),
        ("%%wasm\n", UsageError, "cell body is empty"),
        ("%%wasm -o x\n\n  # nothing\n", UsageError, "A pipeline is missing"),
        ("%wasm --tiem photo.png | image.rotate 90", UsageError, "did you mean --time?"),
        ("%wasm -o", UsageError, "expected one argument"),
        ("%wasm -o 3x photo.png | image.rotate 90 > out/a.png", InvalidArgumentError, "'3x' can be none"),
        (
            "%wasm -o class photo.png | image.rotate 90 > out/a.png",
            InvalidArgumentError,
            "'class' can be none",
        ),
        ("%wasm a.b << photo.png | image.rotate 90 > out/a.png", InvalidArgumentError, "'a.b' can be none"),
        ("%wasm -o a b << photo.png | image.rotate 90 > out/a.png", PipelineError, "two names: a and b"),
        ("%wasm photo.png | image.rotate 90 --time > out/a.png", PipelineError, "Options go before"),
        ("%wasm photo.png image.rotate 90", PipelineError, "A | is missing: | image.rotate …"),
        ("%wasm image.rotate 90", PipelineError, "A pipeline begins with its sources"),
        ("%wasm | image.rotate 90", PipelineError, "A source is missing"),
        ("%wasm - | image.rotate 90", PipelineError, "no standard input"),
        ("%wasm photo.png | image.rotate 90 > -", PipelineError, "no standard output"),
        ("%wasm photo.png", PipelineError, "nothing to do"),
        ("%wasm photo.png | image.resise width=3", PipelineError, "did you mean image.resize?"),
        ("%wasm 'photo.png | image.rotate 90", PipelineError, "The quote ' is not closed."),
        ("%wasm describe", PipelineError, "Describe what?"),
        ("%wasm describe image.resise", PipelineError, "did you mean image.resize?"),
        ("%wasm modules image", PipelineError, "Nothing can follow modules."),
        ("%wasm --engine kernl photo.png | image.rotate 90", InvalidArgumentError, "did you mean kernel?"),
        ("%wasm phoot.png | image.rotate 90", FileNotFoundError, "did you mean photo.png?"),
        ("%wasm Photo.PNG | image.rotate 90", FileNotFoundError, "did you mean photo.png?"),
        ("%wasm photos/c d.png | image.rotate 90", PipelineError, 'write it in quotes, "photos/c d.png"'),
        ("%wasm photo.png photos/c d*.png | image.rotate 90", PipelineError, 'in quotes, "photos/c d*.png"'),
        ("%wasm photo.png > my a.png", PipelineError, "stands in quotes: 'my a.png'"),
        ("%wasm nothing | image.rotate 90", FileNotFoundError, "is None"),
        ("%wasm number | image.rotate 90", InvalidArgumentError, "not int"),
        ("%wasm photo.png | image.rotate 90 > nowhere/a.png", FileNotFoundError, "no such folder"),
        ("%wasm --save nowhere/a.json photo.png > out/a.png", FileNotFoundError, "no such folder"),
        ("%wasm photos/*.png > out/a.png", PipelineError, "tell the outputs apart"),
        ("%wasm photo.png > out/a.xyz", InvalidArgumentError, "the extension .xyz tells no format"),
        ("%wasm photos | image.rotate 90", IsADirectoryError, "photos"),
        ("%wasm photo.png | image.crop 0 0 99 99", InvalidArgumentError, "crop"),
    ],
)
def test_misuse(cell, folder, code, kind, message):
    before = sorted(folder.rglob("*"))
    with pytest.raises(kind) as error:
        cell(code, nothing=None, number=3)
    assert type(error.value) is kind
    assert message in cell.printed
    assert "Traceback" not in cell.printed
    assert "wasmcell/" not in cell.printed
    assert sorted(folder.rglob("*")) == before


def test_errors_can_be_caught(cell):
    code = """
try:
    %wasm photo.png | image.resise width=3
except ValueError as error:
    caught = error
(type(caught).__name__, caught.position)
"""
    assert cell(code) == ("PipelineError", 12)


def test_an_error_points_into_its_line_of_a_cell(cell):
    with pytest.raises(PipelineError):
        cell("%%wasm\nphoto.png\n| image.resize width=20 # small\n| image.encode webb")
    assert cell.printed.splitlines()[-2:] == ["  | image.encode webb", "                 ^"]


def test_huge_arrays(cell):
    big = np.zeros((5000, 6000, 3), np.uint8)
    assert pixels(cell("%wasm big | image.resize width=6 | image.encode png", big=big)).shape == (5, 6, 3)
    with pytest.raises(InvalidArgumentError, match="from 1 to 65535"):
        cell("%wasm big | image.rotate 90", big=np.zeros((1, 70000), np.uint8))


def test_reload_and_unload(cell, shell):
    from wasmcell.magics.completion import IDENTIFIER

    cell("%reload_ext wasmcell")
    cell("%reload_ext wasmcell")
    names = [getattr(known, "matcher_identifier", "") for known in shell.Completer.custom_matchers]
    assert names.count(IDENTIFIER) == 1
    count = len(shell.input_transformers_cleanup)
    cell("%unload_ext wasmcell")
    assert len(shell.input_transformers_cleanup) == count - 1
    with pytest.raises(UsageError, match="not found"):
        cell("%wasm modules")
