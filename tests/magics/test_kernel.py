"""`%wasm` in a real kernel, as a front-end meets it."""

import base64
import io
import json
import sys
import time

import pytest
from PIL import Image as Pillow

from wasmcell import modules, operations

pytestmark = [
    # What jupyter_client and ipykernel leave open or call by old names is not ours to mend.
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning"
    ),
]


def test_a_result_is_in_the_notebook(notebook_kernel):
    (shown,) = [
        content["data"]
        for content in notebook_kernel.execute("%wasm photo.png | image.resize width=20")
        if "data" in content
    ]
    assert Pillow.open(io.BytesIO(base64.b64decode(shown["image/png"]))).size == (20, 15)
    assert "PNG 20 × 15 px" in shown["text/html"]
    assert "resize width=20" in shown["text/plain"]


def test_many_results_and_parity_are_in_the_notebook(notebook_kernel):
    contents = notebook_kernel.execute("%wasm --quiet --parity photo.png photo.png | image.resize width=20")
    table, many = [content["data"] for content in contents if "data" in content]
    assert "<table>" in table["text/html"]
    assert "kernel" in table["text/plain"]
    assert many["text/html"].count("<img ") == 2
    assert many["text/plain"].count("<Result png") == 2


def test_a_bar_shows_progress(notebook_kernel):
    contents = notebook_kernel.execute("%wasm {['photo.png'] * 3} | image.probe")
    assert any(
        "3/3" in json.dumps(content) or "application/vnd.jupyter.widget-view+json" in content.get("data", {})
        for content in contents
    )


def test_an_error_is_short_and_keeps_its_type(notebook_kernel):
    error = notebook_kernel.execute("%wasm photo.png | image.resise width=3")[-1]
    assert error["ename"] == "PipelineError"
    lines = "\n".join(error["traceback"]).split("\n")
    assert lines[0].endswith("There is no operation image.resise (did you mean image.resize?).")
    assert lines[1:] == ["  photo.png | image.resise width=3", "              ^"]
    missing = notebook_kernel.execute("%wasm phot.png | image.rotate 90")[-1]
    assert missing["ename"] == "FileNotFoundError"
    assert len(missing["traceback"]) == 1
    assert "did you mean photo.png?" in missing["traceback"][0]


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts by a POSIX signal")
def test_the_stop_button_ends_a_pipeline(notebook_kernel):
    """One source and many: the call ends, the variable is not made, and the kernel goes on."""
    notebook_kernel.execute("import numpy; big = numpy.zeros((6000, 6000, 4), 'uint8')")
    steps = " | image.blur 200" * 20
    for sources in ("big", "{[big] * 3}"):
        code = f"print('runs', flush=True)\n%wasm -o never {sources}{steps}"
        running = notebook_kernel.client.execute(code)
        contents = notebook_kernel.messages(running)
        while next(contents).get("text") != "runs\n":
            pass
        time.sleep(0.5)  # what is said is heard before `print` is done with it
        notebook_kernel.manager.interrupt_kernel()
        error = list(contents)[-1]
        assert error["ename"] == "KeyboardInterrupt"
        assert len(error["traceback"]) == 1
        after = notebook_kernel.execute("%wasm photo.png | image.probe\nprint('never' in globals())")
        assert any(content.get("text") == "False\n" for content in after)


# Completion


@pytest.mark.parametrize("head", ["%wasm ", "%%wasm\n", "x = 1\nx = %wasm ", "    %wasm -o x --time "])
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("photo.png | image.res", ["photo.png | image.resize"]),
        ("photo.png | image.enc", ["photo.png | image.encode"]),
        ("photo.png|image.bl", ["photo.png|image.blur"]),
        ("photo.png | image.encode w", ["photo.png | image.encode webp"]),
        ("photo.png | image.encode webp loss", ["photo.png | image.encode webp lossless="]),
        (
            "photo.png | image.encode webp lossless=",
            ["photo.png | image.encode webp lossless=true", "photo.png | image.encode webp lossless=false"],
        ),
        ("photo.png | image.resize wi", ["photo.png | image.resize width="]),
        (
            "photo.png | image.resize fit=co",
            ["photo.png | image.resize fit=contain", "photo.png | image.resize fit=cover"],
        ),
        ("photo.png | image.resize filter=lan", ["photo.png | image.resize filter=lanczos3"]),
        ("photo.png | image.rotate 2", ["photo.png | image.rotate 270"]),
        ("photo.png | image.flip h", ["photo.png | image.flip horizontal"]),
        ("photo.png | image.rotate 90 > ph", ["photo.png | image.rotate 90 > photo.png"]),
        ("phot", ["photo.png"]),
        ("'my ph", ["'my photos/'"]),
        ("photo.png | image.resize width={thumb_wi", ["photo.png | image.resize width={thumb_width"]),
    ],
)
def test_completion(notebook_kernel, head, typed, expected):
    notebook_kernel.execute("thumb_width = 3")
    assert notebook_kernel.complete(head + typed) == [head + text for text in expected]


def test_what_cannot_stand_there_is_not_offered(notebook_kernel):
    for code, wrong in [
        ("%wasm photo.png | image.resize width=3 w", "%wasm photo.png | image.resize width=3 width="),
        ("%wasm photo.png # image.re", "%wasm photo.png # image.resize"),
        ("%wasm photo.png | --ti", "%wasm photo.png | --time"),
        ("image.re", "image.resize"),
    ]:
        assert wrong not in notebook_kernel.complete(code)


def test_all_operations_are_offered(notebook_kernel):
    found = notebook_kernel.complete("%wasm photo.png | ")
    names = {str(one).split()[0] for name in modules.names() for one in operations.of(name).values()}
    assert {text.rpartition(" ")[2] for text in found} == names


def test_options_engines_and_commands_are_offered(notebook_kernel):
    assert notebook_kernel.complete("%wasm --par") == ["%wasm --parity"]
    assert notebook_kernel.complete("%%wasm -o x --ti") == ["%%wasm -o x --time"]
    assert notebook_kernel.complete("%wasm --engine ke") == ["%wasm --engine kernel"]
    assert notebook_kernel.complete("%wasm --engine=ke") == ["%wasm --engine=kernel"]
    assert notebook_kernel.complete("%wasm --save ph") == ["%wasm --save photo.png"]
    assert notebook_kernel.complete("%wasm mod") == ["%wasm modules"]
    assert "%wasm describe image" in notebook_kernel.complete("%wasm describe im")
    assert notebook_kernel.complete("%wasm describe image.resi") == ["%wasm describe image.resize"]


def test_variables_are_sources(notebook_kernel):
    notebook_kernel.execute("picture = 1; phase = 2")
    assert notebook_kernel.complete("%wasm pict") == ["%wasm picture"]
    assert notebook_kernel.complete("%wasm ph") == ["%wasm phase", "%wasm photo.png"]
    assert notebook_kernel.complete("%wasm x << pict") == ["%wasm x << picture"]


def test_other_completions_are_as_ever(notebook_kernel):
    assert "import zipfile" in notebook_kernel.complete("import zipf")
    notebook_kernel.execute("picture = 'text'")
    assert "picture.upper" in notebook_kernel.complete("picture.upp")
