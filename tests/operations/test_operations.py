"""Operations come from the description, and from nowhere else."""

import inspect
import json
import subprocess
import sys
from typing import Literal

import numpy as np
import pytest

from wasmcell import cli, modules, operations
from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.modules.description import parse
from wasmcell.operations import docstrings
from wasmcell.operations.parameters import Parameter
from wasmcell.pipeline import Pipeline, methods

CORE = {"function": {"instance": 0, "export": "f"}, "memory": None, "realloc": None, "post-return": None}
INTERFACE = "wasmcell:paint/paint@1.2.0"

PAINT = {
    "wasmcell": 1,
    "module": "paint",
    "package": "wasmcell:paint",
    "version": "1.2.0",
    "docs": "Paint on things.",
    "sha256": "00" * 32,
    "size": 12,
    "core": {"modules": [], "instances": [], "resources": []},
    "types": [
        {"name": None, "interface": None, "option": "f32"},
        {"name": "hue", "interface": INTERFACE, "docs": "", "enum": [{"name": "deep-red", "docs": "Red."}]},
        {"name": None, "interface": None, "option": 1},
        {"name": None, "interface": None, "list": "u8"},
        {"name": "entropy", "interface": INTERFACE, "docs": "", "host": 32, "alias": 3},
        {"name": None, "interface": None, "list": "u16"},
        {
            "name": "splash",
            "interface": INTERFACE,
            "docs": "Throw a pot of paint.",
            "record": [
                {
                    "name": "height",
                    "type": 0,
                    "docs": "How high",
                    "default": 2,
                    "range": [0, None],
                    "unit": "m",
                },
                {"name": "from", "type": "s8", "docs": "Where from."},
                {"name": "hue", "type": 2, "docs": "Which.", "default": None},
                {"name": "seed", "type": 4, "docs": "Random bytes."},
                {"name": "stops", "type": 5, "docs": "Where to stop."},
            ],
        },
        {
            "name": "step",
            "interface": INTERFACE,
            "docs": "",
            "variant": [
                {"name": "splash", "docs": "", "type": 6},
                {"name": "white-wash", "docs": "All white.", "type": None},
            ],
        },
        {
            "name": "output",
            "interface": INTERFACE,
            "docs": "",
            "variant": [{"name": "canvas", "docs": "A canvas.", "type": None}],
        },
    ],
    "interfaces": [
        {
            "name": INTERFACE,
            "docs": "",
            "functions": [
                {
                    "name": "look-at",
                    "docs": "Look.",
                    "params": [{"name": "data", "type": 3}, {"name": "depth", "type": "u8"}],
                    "result": "string",
                    "core": CORE,
                },
                {
                    "name": "run",
                    "docs": "",
                    "params": [{"name": "data", "type": 3}],
                    "result": 3,
                    "core": CORE,
                },
            ],
        }
    ],
}


@pytest.fixture
def paint(monkeypatch):
    """A module that no line of the package knows of."""
    monkeypatch.setitem(modules._loaded, "paint", modules.Module(parse(PAINT), data=b""))
    monkeypatch.setattr(modules, "names", lambda: ["image", "paint"])
    for cached in (operations.of, operations.module_names, methods.functions):
        cached.cache_clear()
    yield operations.of("paint")
    for cached in (operations.of, operations.module_names, methods.functions):
        cached.cache_clear()


def test_every_case_and_function_is_an_operation(paint):
    assert {name: operation.kind for name, operation in paint.items()} == {
        "splash": "step",
        "white-wash": "step",
        "encode canvas": "output",
        "look-at": "function",
    }


def test_signature(paint):
    parameters = paint["splash"].signature.parameters
    assert list(parameters) == ["from_", "stops", "height", "hue"]  # and no seed: the host fills it in
    kinds = [parameter.kind for parameter in parameters.values()]
    positional, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    assert kinds == [positional, positional, keyword, keyword]
    assert parameters["height"].annotation is float
    assert parameters["height"].default == 2.0
    assert parameters["hue"].annotation == Literal["deep-red"] | None
    assert parameters["from_"].annotation is int


def test_a_new_operation_appears_everywhere(paint, capsys):
    class Wall(methods.of("paint", "Wall"), Pipeline):
        pass

    step = Wall().splash(-3, [1, 2], height=4, hue="deep_red").white_wash().encode("canvas")
    text = "| paint.splash height=4 -3 hue=deep-red 1,2 | paint.white-wash | paint.encode canvas"
    assert str(step) == text
    assert Pipeline.parse(text) == step
    assert Pipeline.from_json(step.to_json()) == step
    assert "Throw a pot of paint." in Wall.splash.__doc__
    assert "look_at" in methods.functions("paint")
    assert cli.main(["describe", "paint"]) == 0
    assert cli.main(["describe", "paint.splash"]) == 0
    shown = capsys.readouterr().out
    assert "paint.white-wash" in shown
    assert "A number of at least 0 m" in shown
    assert "seed" not in shown


def test_docstring_names_units_ranges_and_defaults(paint):
    docs = docstrings.operation(paint["splash"])
    assert "height : float, default 2.0\n    How high.\n    A number of at least 0 m." in docs
    assert "hue : {'deep-red'}, optional" in docs


def test_limits_of_integer_types_hold(paint):
    assert paint["splash"].bind(-128, [])["from"] == -128
    with pytest.raises(
        InvalidArgumentError, match="splash: from must be an integer from -128 to 127, not -129"
    ):
        paint["splash"].bind(-129, [])
    with pytest.raises(InvalidArgumentError, match="splash: stops must be a list, each an integer"):
        paint["splash"].bind(1, ["a"])
    with pytest.raises(InvalidArgumentError, match="from 0 to 65535"):
        paint["splash"].bind(1, [65536])


TEXTS = Parameter(
    "tags", "list", "list<string>", "", True, item=Parameter("tags", "string", "string", "", True)
)
NUMBERS = Parameter("stops", "list", "list<u8>", "", True, item=Parameter("stops", "integer", "u8", "", True))
LISTS = Parameter("rows", "list", "list<list<u8>>", "", True, item=NUMBERS)
SPOT = Parameter("spot", "other", "spot", "", True)


@pytest.mark.parametrize(
    ("parameter", "value", "text"),
    [
        (NUMBERS, [1, 2], "1,2"),
        (NUMBERS, [], "[]"),
        (TEXTS, ["a", "b c"], '["a", "b c"]'),
        (TEXTS, ["Smith, John"], "Smith, John"),
        (TEXTS, ["[0-9]+"], "[0-9]+"),
        (TEXTS, ["a,b", "c"], '["a,b", "c"]'),
        (TEXTS, [""], ""),
        (TEXTS, ["[1]"], "[1]"),
        (TEXTS, ['["a"]'], '["[\\"a\\"]"]'),
        (LISTS, [[1, 2], [3]], "[[1, 2], [3]]"),
        (SPOT, {"x": 1.5, "name": "é"}, '{"x": 1.5, "name": "é"}'),
        (SPOT, [1, [True, None]], "[1, [true, null]]"),
        (SPOT, "left", '"left"'),
    ],
)
def test_text_of_values_of_any_type(parameter, value, text):
    checked = parameter.check(value, "paint")
    assert parameter.format(checked) == text
    assert parameter.parse(text, "paint") == checked


def test_text_that_is_no_json_is_text():
    assert SPOT.parse("left", "paint") == "left"
    with pytest.raises(
        InvalidArgumentError, match="paint: stops must be a list, each an integer .* not '\\[1,'"
    ):
        NUMBERS.parse("[1,", "paint")


@pytest.mark.parametrize("value", [1280, np.uint16(1280), np.int64(1280)])
def test_integers_take_what_is_whole(value):
    options = operations.find("image.resize").bind(width=value)
    assert options == {"width": 1280}
    assert type(options["width"]) is int


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2)])
def test_floats_are_floats(value):
    options = operations.find("image.blur").bind(value)
    assert options == {"sigma": 2.0}
    assert type(options["sigma"]) is float


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), ([1, 3], "1,3"), (range(2, 5), "2,3,4"), (np.int64(7), "7")]
)
def test_texts_may_be_numbers(value, text):
    assert operations.find("pdf.select").bind(value) == {"pages": text}


def test_names_are_known_in_capitals():
    assert operations.find("image.resize").bind(width=3, fit="Cover") == {"width": 3, "fit": "cover"}


def test_none_counts_as_not_given():
    assert operations.find("image.resize").bind(width=3, height=None, fit=None) == {"width": 3}
    with pytest.raises(InvalidArgumentError, match=r"sigma must be a number from 0.1 to 250 px, not None"):
        operations.find("image.blur").bind(None)


@pytest.mark.parametrize(
    ("operation", "arguments", "options", "message"),
    [
        ("resize", (), {"width": 0}, "resize: width must be an integer from 1 to 65535 px, not 0"),
        ("resize", (), {"width": True}, "width must be an integer from 1 to 65535 px, not True"),
        ("resize", (), {"width": 3.5}, r"not 3.5 \(round it: 4\)"),
        ("resize", (), {"width": "12"}, "not '12'"),
        ("resize", (), {"wdth": 3}, r"resize: there is no option wdth \(did you mean width\?\)"),
        ("resize", (), {"zzz": 3}, "its options: width, height, fit, filter, enlarge, background"),
        (
            "resize",
            (),
            {"fit": "covr"},
            r"fit must be contain, cover, fill or inside, not 'covr' \(did you mean cover",
        ),
        ("resize", (), {"enlarge": 1}, "enlarge must be true or false, not 1"),
        ("resize", (), {"background": 0.5}, "background must be text, not 0.5"),
        ("resize", (), {"background": True}, r"background must be text, not True \(as a text it is 'true'\)"),
        ("resize", (800,), {}, "resize takes nothing by position; give width, height, fit"),
        ("rotate", (45,), {}, "degrees must be 0, 90, 180 or 270, not 45"),
        ("rotate", (), {}, "rotate: degrees is missing; it must be 0, 90, 180 or 270"),
        ("rotate", (90,), {"degrees": 90}, "degrees is given twice"),
        ("blur", (float("nan"),), {}, "sigma must be a number from 0.1 to 250 px, not nan"),
        ("blur", (float("inf"),), {}, "not inf"),
        ("blur", (10**400,), {}, "sigma must be a number"),
        ("resize", (), {"width": 10**5000}, "px, not a number of thousands of digits"),
        ("grayscale", (), {"x": 1}, r"there is no option x \(it has none\)"),
        (
            "encode webp",
            (),
            {"quality": 101},
            "encode webp: quality must be an integer from 1 to 100, not 101",
        ),
    ],
)
def test_wrong_options_say_what_is_allowed(operation, arguments, options, message):
    with pytest.raises(InvalidArgumentError, match=message):
        operations.of("image")[operation].bind(*arguments, **options)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("image.resise", r"There is no operation image.resise \(did you mean image.resize\?\)"),
        ("imag.resize", r"There is no module imag \(did you mean image\?\)"),
        ("resize", r"module.operation, not 'resize' \(did you mean image.resize\?\)"),
        ("image.encode", "image.encode takes png, jpeg, webp, tiff, bmp or qoi"),
        ("image.encode jpg", r"not 'jpg' \(did you mean jpeg\?\)"),
        ("image.run", "There is no operation image.run"),
    ],
)
def test_unknown_operations(name, message):
    with pytest.raises(PipelineError, match=message):
        operations.find(name)


def test_the_description_of_image_is_covered():
    """Whatever is in the extract of the component is an operation."""
    extract = json.loads(modules.get("image").path.with_suffix(".json").read_text(encoding="utf-8"))
    variants = {entry["name"]: entry["variant"] for entry in extract["types"] if "variant" in entry}
    known = set(operations.of("image"))
    assert {case["name"] for case in variants["step"]} <= known
    assert {f"encode {case['name']}" for case in variants["output"]} <= known
    assert {"decode", "probe"} <= known


def test_operations_can_be_what_is_imported_first():
    subprocess.run([sys.executable, "-c", "import wasmcell.operations"], check=True)
