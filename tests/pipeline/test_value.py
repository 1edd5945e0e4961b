"""Pipelines are values."""

import json
import pickle

import pytest

from wasmcell import image, modules
from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.result import Result


def test_steps_are_added_to_a_copy():
    empty = image.pipeline()
    pipeline = empty.resize(width=1280).encode("webp", quality=80)
    assert empty == Pipeline()
    assert str(pipeline) == "| image.resize width=1280 | image.encode webp quality=80"


def test_equality_is_by_value():
    one = image.pipeline().decode(auto_orient=False).blur(1).encode("png")
    other = Pipeline.parse("| image.decode auto-orient=false | image.blur 1.0 | image.encode png")
    assert one == other
    assert hash(one) == hash(other)
    assert one != other.then("image.probe")
    assert one != "| image.blur 1"


def test_what_was_said_is_kept():
    assert image.pipeline().resize(width=3, fit="inside") != image.pipeline().resize(width=3)
    assert image.pipeline().resize(width=3, fit=None) == image.pipeline().resize(width=3)
    assert image.pipeline().resize(height=2, width=3) == image.pipeline().resize(width=3, height=2)


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        image.pipeline().output = "a.png"


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(protocol):
    pipeline = image.pipeline().resize(width=1280).encode("webp", quality=80)
    assert pickle.loads(pickle.dumps(pipeline, protocol)) == pipeline


def test_pipelines_are_joined():
    whole = Pipeline.parse("a.png | image.blur 2") | image.pipeline().encode("png") | Pipeline(output="b.png")
    assert str(whole) == "a.png | image.blur 2 | image.encode png > b.png"


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("a.png > b.png", "| image.blur 2", "nothing can follow the output"),
        ("a.png", "b.png | image.blur 2", "a pipeline with sources"),
        ("a.png | image.encode png", "| image.blur 2", "encode once, at the end"),
        ("a.png | image.probe", "| image.blur 2", "ends a pipeline"),
    ],
)
def test_what_cannot_be_joined(first, second, message):
    with pytest.raises(PipelineError, match=message):
        Pipeline.parse(first) | Pipeline.parse(second)
    with pytest.raises(TypeError):
        Pipeline.parse(first) | "| image.blur 2"


def test_then_takes_names_and_options():
    assert Pipeline().then("image.encode webp", quality=3) == image.pipeline().encode("webp", quality=3)
    with pytest.raises(PipelineError, match=r"did you mean image.blur"):
        Pipeline().then("image.blurr", 3)


def test_encode_names_its_formats():
    with pytest.raises(InvalidArgumentError, match=r"encode: format must be png, .* not 'gif'"):
        image.pipeline().encode("gif")
    with pytest.raises(InvalidArgumentError, match="encode png: there is no option quality"):
        image.pipeline().encode("png", quality=80)


def test_json_says_what_it_is():
    pipeline = Pipeline.parse(
        "photo.jpg | image.resize width=1280 | image.encode webp quality=80 > small.webp"
    )
    assert json.loads(pipeline.to_json()) == {
        "wasmcell": 1,
        "modules": {"image": modules.get("image").version},
        "sources": ["photo.jpg"],
        "steps": [
            {"operation": "image.resize", "options": {"width": 1280}},
            {"operation": "image.encode webp", "options": {"quality": 80}},
        ],
        "output": "small.webp",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"wasmcell": 2}, "format 2; this wasmcell reads format 1: update wasmcell"),
        ({"modules": {"image": "7.0.0"}}, "written for module image 7.0.0; here is "),
        ({"steps": [{"operation": "image.resise", "options": {}}]}, "did you mean image.resize"),
        ({"steps": [{"operation": "image.resize", "options": {"width": -1}}]}, "from 1 to 65535 px, not -1"),
        ({"steps": [{"options": {}}]}, "damaged"),
        ({"steps": [3]}, "damaged"),
        ({"sources": None}, '"sources" must be a list of texts, not None'),
        ({"sources": "photo.jpg"}, "\"sources\" must be a list of texts, not 'photo.jpg'"),
        ({"sources": ["a.png", 3]}, "must be a list of texts"),
        ({"steps": {}}, '"steps" must be a list, not {}'),
        ({"output": 3}, '"output" must be a text or null, not 3'),
        ({"modules": {"imagine": "0.1.0"}}, "There is no module 'imagine'"),
    ],
)
def test_json_that_is_refused(changes, message):
    data = json.loads(Pipeline.parse("a.png | image.blur 2").to_json())
    with pytest.raises(PipelineError, match=message):
        Pipeline.from_json(json.dumps(data | changes))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "3", "[" * 100_000])
def test_json_of_something_else(text):
    with pytest.raises(PipelineError):
        Pipeline.from_json(text)


def test_passwords_are_not_shown():
    """What a notebook shows is saved in it; what is run, or stored to be run, has them."""
    text = "a.pdf | pdf.decode password=hunter2 | pdf.encode pdf user-password=hunter3 object-streams=false"
    pipeline = Pipeline.parse(text)
    shown = text.replace("hunter2", "***").replace("hunter3", "***")
    assert repr(pipeline) == f"<Pipeline {shown}>"
    assert repr(pipeline.steps[0]) == "<Step pdf.decode password=***>"
    assert "hunter" not in repr(image.Image(b"%PDF", pipeline))
    assert str(pipeline) == text
    assert Pipeline.from_json(pipeline.to_json()) == pipeline
    with pytest.raises(PipelineError) as error:
        image.map([], pipeline)
    assert "hunter" not in str(error.value)


def test_flags_are_written_in_one_order():
    """Their set has another one in each process."""
    assert (
        bytes(Result(frozenset({"print", "copy", "modify"}), None, "kernel", 0, 0, 0))
        == b'["copy", "modify", "print"]'
    )
