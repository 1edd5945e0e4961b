"""What a form makes, without a page."""

from __future__ import annotations

import pytest

from wasmcell import image
from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.pipeline import Pipeline
from wasmcell.widgets import Form


@pytest.mark.parametrize("operation", ["image.blur", image.Image.blur, image.ImagePipeline.blur])
def test_an_operation_by_name_or_method(operation):
    form = Form(operation)
    with pytest.raises(InvalidArgumentError, match="blur: sigma is missing"):
        form.step  # noqa: B018
    form.values = {"sigma": 2}
    assert form.pipeline == image.pipeline().blur(2)
    assert form.values == {"sigma": 2.0}


def test_what_the_page_sends_is_checked():
    form = Form("image.encode png")
    form.set_state({"filled": [{"level": 9}]})
    assert form.values == {"level": 9}
    assert form.pipeline == Pipeline.parse("| image.encode png level=9")
    with pytest.raises(InvalidArgumentError, match="level must be an integer from 0 to 9, not 10"):
        form.values = {"level": 10}
    with pytest.raises(InvalidArgumentError, match="there is no option quality"):
        form.values = {"quality": 10}
    assert form.values == {"level": 9}


def test_a_function_and_names_of_several_words():
    assert Form(image.probe).pipeline == Pipeline().then("image.probe")
    form = Form("image.decode")
    form.values = {"auto_orient": False}
    assert form.filled == [{"auto-orient": False}]
    assert form.pipeline == image.pipeline().decode(auto_orient=False)


def test_a_pipeline():
    form = Form(image.pipeline().resize(width=10).grayscale())
    assert form.values == ({"width": 10}, {})
    form.values = [{"height": 5}, {}]
    assert form.pipeline == image.pipeline().resize(height=5).grayscale()
    with pytest.raises(InvalidArgumentError, match="use .pipeline"):
        form.step  # noqa: B018
    with pytest.raises(InvalidArgumentError, match="2 are needed"):
        form.values = [{}]


@pytest.mark.parametrize("given", [len, 5, Pipeline()])
def test_what_is_no_operation(given):
    with pytest.raises(InvalidArgumentError, match="Form: "):
        Form(given)
    with pytest.raises(PipelineError, match="There is no operation image.resise"):
        Form("image.resise")


def test_passwords_are_not_shown():
    form = Form("pdf.encode pdf")
    form.values = {"user_password": "hunter2", "object_streams": False}
    assert repr(form) == "<Form pdf.encode pdf user-password=*** object-streams=false>"
    assert form.pipeline == Pipeline().then("pdf.encode pdf", user_password="hunter2", object_streams=False)
