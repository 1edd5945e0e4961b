"""The grammar: what is read, where it points when it cannot be, and the way back."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmcell import operations
from wasmcell.errors import PipelineError
from wasmcell.pipeline import Pipeline, Step
from wasmcell.pipeline.tokens import tokenize


def image(name, **options):
    """A step with options by their WIT names."""
    return Step("image", name, tuple((key.replace("_", "-"), value) for key, value in options.items()))


def test_the_first_example():
    pipeline = Pipeline.parse(
        "photo.jpg | image.resize width=1280 | image.encode webp quality=80 > small.webp"
    )
    assert pipeline.sources == ("photo.jpg",)
    assert pipeline.steps == (image("resize", width=1280), image("encode webp", quality=80))
    assert pipeline.output == "small.webp"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Pipeline()),
        ("a.png b.png", Pipeline(("a.png", "b.png"))),
        ("a.png > b.png", Pipeline(("a.png",), output="b.png")),
        ("a.png|image.rotate 90>b.png", Pipeline(("a.png",), (image("rotate", degrees=90),), "b.png")),
        ("| image.grayscale", Pipeline(steps=(image("grayscale"),))),
        ("'a b.png' \"c'd.png\" e\\ f.png", Pipeline(("a b.png", "c'd.png", "e f.png"))),
        (r"C:\photos\a.jpg", Pipeline((r"C:\photos\a.jpg",))),
        (r'"C:\photos\a \"1\".jpg"', Pipeline((r'C:\photos\a "1".jpg',))),
        (
            "a.png | image.crop 1 2 width=3 height=4",
            Pipeline(("a.png",), (image("crop", x=1, y=2, width=3, height=4),)),
        ),
        ("a | image.decode auto-orient=false", Pipeline(("a",), (image("decode", auto_orient=False),))),
        ("a | image.decode auto_orient=false", Pipeline(("a",), (image("decode", auto_orient=False),))),
        ("a | image.pad background='#fff'", Pipeline(("a",), (image("pad", background="#fff"),))),
        ("a | image.pad background=#fff", Pipeline(("a",), (image("pad", background="#fff"),))),
        ("{img} | image.blur 1e1", Pipeline(("{img}",), (image("blur", sigma=10.0),))),
        (
            "a\n# a comment | image.nothing\n| image.blur 2 # and one more\n> b",
            Pipeline(("a",), (image("blur", sigma=2.0),), "b"),
        ),
        ("'image.resize' | image.blur 2", Pipeline(("image.resize",), (image("blur", sigma=2.0),))),
        (
            "photos/*.jpg | image.blur 2 > out/{name}.webp",
            Pipeline(("photos/*.jpg",), (image("blur", sigma=2.0),), "out/{name}.webp"),
        ),
    ],
)
def test_what_is_read(text, expected):
    assert Pipeline.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a | image.resise width=3", "image.resise", "did you mean image.resize?"),
        ("a | image.resize widht=3", "widht", "did you mean width?"),
        ("a | image.resize width=0", "0", "from 1 to 65535 px, not 0"),
        ("a | image.resize width=", "", "from 1 to 65535 px, not ''"),
        ("a | image.resize width=" + "9" * 5000, "9" * 5000, "from 1 to 65535 px, not '999"),
        ("a | image.blur 1.2.3", "1.2.3", "from 0.1 to 250 px, not '1.2.3'"),
        ("a | image.sharpen amount=.", ".", "not '.'"),
        ("a | image.rotate 45", "45", "0, 90, 180 or 270, not 45"),
        ("a | image.rotate", "image.rotate", "degrees is missing"),
        ("a | image.rotate 90 90", "90", "by position"),
        ("a | image.encode", "image.encode", "takes png, jpeg"),
        ("a | image.encode web", "web", "did you mean webp?"),
        ("a | image.encode jpeg progressive", "progressive", "did you mean progressive=true?"),
        ("a | resize width=3", "resize", "did you mean image.resize?"),
        ("image.resize width=3", "image.resize", "begins with its sources"),
        ("a | | b", "| b", "operation is missing"),
        ("a |", "", "operation is missing"),
        ("a | image.blur 2 >", "", "path is missing"),
        ("a > | b", "| b", "path is missing"),
        ("a > b c", "c", "Nothing can follow"),
        ("a | image.pad background='#fff", "'#fff", "not closed"),
        ("a | image.encode png | image.blur 2", "image.blur", "encode once, at the end"),
        ("a | image.blur 2 | image.decode", "image.decode", "first operation"),
        ("a | image.probe | image.probe", "image.probe", "ends a pipeline"),
    ],
)
def test_faults_are_pointed_at(text, at, message):
    with pytest.raises(PipelineError) as caught:
        Pipeline.parse(text)
    error = caught.value
    assert error.text == text
    assert error.position == (text.rindex(at) if at else len(text))
    first, line, pointer = str(error).split("\n")
    assert message in first
    assert line == f"  {text}"
    assert pointer == " " * (error.position + 2) + "^"


def test_the_line_of_a_fault_is_shown_alone():
    text = "a.png\n| image.blur 2\n\t| image.blur x\n> b.png"
    with pytest.raises(PipelineError) as caught:
        Pipeline.parse(text)
    assert str(caught.value).split("\n")[1:] == ["  \t| image.blur x", "  \t" + " " * 13 + "^"]


def test_positions_of_tokens():
    assert [(token.text, token.position, token.operator) for token in tokenize(" 'a b'|c=d > e")] == [
        ("a b", 1, False),
        ("|", 6, True),
        ("c=d", 7, False),
        (">", 11, True),
        ("e", 13, False),
    ]


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12) | st.text(
    string.ascii_letters + " '\"|>#=\\{}\t\n*.", min_size=1, max_size=12
)


def values(parameter):
    """All values of an option, from what its operation says of it."""
    if parameter.choices:
        return st.sampled_from([value for value, _ in parameter.choices])
    low, high = parameter.bounds
    match parameter.kind:
        case "bool":
            return st.booleans()
        case "integer":
            return st.integers(low, high)
        case "float":
            return st.floats(low, high, allow_nan=False, allow_infinity=False)
    assert parameter.kind == "string"
    return words | st.just("")


@st.composite
def steps(draw, kind):
    """A step of that kind."""
    operation = draw(st.sampled_from([one for one in operations.of("image").values() if one.kind == kind]))
    options = {
        parameter.name: draw(values(parameter))
        for parameter in operation.parameters
        if parameter.required or draw(st.booleans())
    }
    return Step.of(operation, options)


@st.composite
def pipelines(draw):
    """Any pipeline on images."""
    parts = [
        *draw(st.lists(steps("decode"), max_size=1)),
        *draw(st.lists(steps("step"), max_size=4)),
        *draw(st.lists(steps("output") | steps("function"), max_size=1)),
    ]
    return Pipeline(tuple(draw(st.lists(words, max_size=3))), tuple(parts), draw(st.none() | words))


@given(pipelines())
def test_text_and_json_lead_back(pipeline):
    assert Pipeline.parse(str(pipeline)) == pipeline
    assert Pipeline.from_json(pipeline.to_json()) == pipeline
    assert hash(Pipeline.parse(str(pipeline))) == hash(pipeline)


@given(st.text(string.ascii_letters + " '\"|>#=\\{}\n.", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        pipeline = Pipeline.parse(text)
    except PipelineError as error:
        position = error.position
    else:
        position = 0
        assert Pipeline.parse(str(pipeline)) == pipeline
    assert 0 <= position <= len(text)


STORED = '{"wasmcell": 1, "steps": [{"operation": "image.blur", "options": {"sigma": 2}}]}'


def test_a_stored_pipeline_gives_its_steps(tmp_path):
    """Whatever it has of sources and output is left out."""
    stored = tmp_path / "soft steps.json"
    stored.write_text('{"sources": ["a"], "output": "b", ' + STORED[1:])
    read = Pipeline.parse(f"@x.jpg y.jpg | image.rotate 90 | @'{stored}' | image.encode png > z.png")
    steps = (image("rotate", degrees=90), image("blur", sigma=2.0), image("encode png"))
    assert read == Pipeline(("@x.jpg", "y.jpg"), steps, "z.png")


@pytest.mark.parametrize(
    ("content", "text", "message", "at"),
    [
        (None, "a | @p.json", "p.json cannot be read: No such file or directory.", 4),
        (None, "a | @", "@ cannot be read: Is a directory.", 4),
        ("{", "a | @p.json > b", "p.json: A pipeline's JSON cannot be read", 4),
        ("{}", "a | @p.json", "p.json: This JSON is no pipeline", 4),
        ('{"wasmcell": 1}', "a | @p.json", "p.json has no steps.", 4),
        (STORED, "a | @p.json sigma=3", "Nothing can follow @p.json but | and >.", 12),
        (STORED.replace("blur", "blurr"), "a | @p.json", "p.json: .*did you mean", 4),
        (STORED.replace('"sigma": 2', ""), "a | @p.json", "p.json: .*sigma", 4),
    ],
)
def test_a_stored_pipeline_that_is_none(tmp_path, monkeypatch, content, text, message, at):
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "p.json").write_text(content)
    with pytest.raises(PipelineError, match=message) as caught:
        Pipeline.parse(text)
    assert caught.value.position == at
