"""Options of steps that are files, records, lists and flags."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.pdf.papers import FOUR, TWO
from tests.pdf.steps import texts
from wasmcell import image, operations, pdf
from wasmcell.abi.values import record_class
from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.run import run
from wasmcell.widgets import Form


def step(operation, *args, **options):
    return dict(Pipeline().then(operation, *args, **options).steps[0].options)


def test_files_are_read_when_they_are_used(tmp_path, engine):
    path = tmp_path / "other.pdf"
    pipeline = Pipeline.parse(f"| pdf.append {path} pages=1")
    with pytest.raises(FileNotFoundError):
        run(pipeline, TWO, engine=engine)
    path.write_bytes(FOUR)
    assert texts(run(pipeline, TWO, engine=engine).bytes)[2:] == ["page 1"]
    assert Pipeline.from_json(pipeline.to_json()) == pipeline
    assert step("pdf.append", path) == {"file": str(path)}


def test_what_may_be_a_file(tmp_path):
    path = tmp_path / "other.pdf"
    path.write_bytes(FOUR)
    with pdf.open(TWO) as document, pdf.open(FOUR) as four, path.open("rb") as opened:
        for other in (
            path,
            str(path),
            FOUR,
            bytearray(FOUR),
            opened,
            four,
            run(Pipeline(), FOUR, module="pdf"),
        ):
            assert len(document.append(other)) == 6
        red = image.open(np.full((4, 4, 3), (255, 0, 0), np.uint8))
        stamped = document.select("2").stamp_image(red, width=50)
        assert tuple(stamped[0].render(dpi=72).numpy()[50, 100]) == (255, 0, 0)
        for other in (3, np.zeros((2, 2, 3), np.uint8), None):
            with pytest.raises(InvalidArgumentError, match="append: file must be a file"):
                document.append(other)


def test_a_pipeline_with_a_files_bytes_is_a_value_that_is_not_stored():
    pipeline = Pipeline().then("pdf.append", bytearray(FOUR))
    assert pipeline == Pipeline().then("pdf.append", FOUR)
    assert hash(pipeline) == hash(Pipeline().then("pdf.append", FOUR))
    assert str(pipeline) == f"| pdf.append '<{len(FOUR)} bytes>'"
    with pytest.raises(PipelineError, match="names files by their paths"):
        pipeline.to_json()


@dataclass
class Place:
    x: float
    y: float
    width: float
    height: float


BOX = {"x": 1.0, "y": 2.0, "width": 3.0, "height": 4.0}


@pytest.mark.parametrize(
    "given",
    [
        BOX,
        (1, 2, 3, 4),
        Place(1, 2, 3, 4),
        record_class("box", ("x", "y", "width", "height"))(1, 2, 3, 4),
    ],
)
def test_what_may_be_a_record(given):
    found = step("pdf.redact", boxes=[{"page": 1, "box": given}, (2, given)])
    assert found == {"boxes": ({"page": 1, "box": BOX}, {"page": 2, "box": BOX})}
    assert hash(Pipeline().then("pdf.redact", boxes=[(1, given)]))


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([(0, BOX)], "page must be an integer from 1 to 4294967295, not 0"),
        ([{"page": 1, "bax": BOX}], r"has no bax \(did you mean box\?\)"),
        ([{"page": 1}], "boxes lacks box, a record of x, y, width and height"),
        ([(1, BOX, 2)], "boxes must be a list, each a record of page and box"),
        ([(1, (1, 2, 3, -4))], "height must be a number from 0 to 1000000 pt, not -4"),
        ("1", "boxes must be a list"),
        (3, "boxes must be a list"),
    ],
)
def test_records_that_are_refused(boxes, message):
    with pytest.raises(InvalidArgumentError, match=message):
        Pipeline().then("pdf.redact", boxes=boxes)


def test_hits_and_words_are_boxes():
    [word] = [word for word in pdf.words(TWO) if word.text == "words"]
    [box] = step("pdf.redact", boxes=[word])["boxes"]
    assert (box["page"], box["box"]["width"]) == (1, word.box.width)


def test_one_text_is_a_list_of_one_and_pairs_may_be_a_mapping():
    assert step("pdf.redact", search="Smith, John") == {"search": ("Smith, John",)}
    filled = step("pdf.fill", {"name": "Ada", "agree": "Yes"})
    assert filled == step("pdf.fill", [("name", "Ada"), {"name": "agree", "value": "Yes"}])
    assert step("pdf.encode pdf", allow={"copy", "print"}) == {"allow": ("print", "copy")}
    assert step("pdf.encode pdf", allow="fill_forms") == {"allow": ("fill-forms",)}


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('pdf.redact search="Smith, John"', {"search": ("Smith, John",)}),
        ('pdf.redact search=\'["a", "b"]\' regex=[0-9]+', {"search": ("a", "b"), "regex": ("[0-9]+",)}),
        ("pdf.redact boxes='[[1, [1, 2, 3, 4]]]'", {"boxes": ({"page": 1, "box": BOX},)}),
        ("pdf.encode pdf allow=copy,print", {"allow": ("print", "copy")}),
        ('pdf.fill \'{"name": "Ada"}\'', {"values": ({"name": "name", "value": "Ada"},)}),
        ("pdf.render 1 region=1,2,3,4", {"page": 1, "region": BOX}),
    ],
)
def test_the_grammar_of_lists_and_records(text, options):
    pipeline = Pipeline.parse(f"| {text}")
    assert dict(pipeline.steps[0].options) == options
    assert Pipeline.parse(str(pipeline)) == pipeline
    assert Pipeline.from_json(pipeline.to_json()) == pipeline


def test_a_form_of_a_step():
    form = Form("pdf.redact")
    form.values = {"search": "x", "boxes": [(1, BOX)]}
    assert form.pipeline == Pipeline().then("pdf.redact", search=["x"], boxes=[(1, BOX)])


def test_no_option_of_a_step_is_of_a_type_that_nothing_can_say():
    for operation in operations.of("pdf").values():
        assert [one.name for one in operation.parameters if one.kind == "other"] == []
