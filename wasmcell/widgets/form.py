"""Forms for operations, from their description."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from wasmcell import modules, operations
from wasmcell.engines.browser import STATIC
from wasmcell.errors import InvalidArgumentError
from wasmcell.operations import Operation
from wasmcell.pipeline import Pipeline, grammar
from wasmcell.pipeline.value import Step
from wasmcell.widgets.described import described

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Form(anywidget.AnyWidget):
    """A form for an operation, or for each step of a pipeline, with units, ranges and docs.

    Parameters
    ----------
    operation : str, function, Operation or Pipeline
        An operation's name (``"image.resize"``, ``"image.encode webp"``), its method or function
        (``image.Image.resize``, ``image.probe``), or a pipeline, whose steps are filled in.

    Attributes
    ----------
    values : dict, or tuple of dict
        What is filled in, by Python's names, without what is left at its default; of a pipeline, for each of
        its steps. It can be set, and observed; the page tells only what is sound.
    """

    _esm = STATIC / "widget-form.js"
    description = traitlets.Dict().tag(sync=True)
    operations = traitlets.List(traitlets.Unicode()).tag(sync=True)
    #: By WIT's names, for each operation.
    filled = traitlets.List(traitlets.Dict()).tag(sync=True)
    values = traitlets.Any()

    def __init__(self, operation: str | Operation | Pipeline | Callable[..., Any]) -> None:
        steps = (
            [Step(found.module, found.name) for found in [_operation(operation)]]
            if not isinstance(operation, Pipeline)
            else operation.steps
        )
        self._steps = tuple(steps)
        self._single = not isinstance(operation, Pipeline)
        names = {step.module for step in self._steps}
        if len(names) != 1:
            raise InvalidArgumentError("Form: the pipeline must have steps, all of one module.")
        super().__init__(
            description=described(modules.get(names.pop())),
            operations=[
                step.definition.case if step.definition.kind == "step" else step.operation
                for step in self._steps
            ],
            filled=[dict(step.options) for step in self._steps],
        )
        self.values = self._python(self.filled)

    @property
    def step(self) -> Step:
        """The operation with what is filled in.

        Raises
        ------
        InvalidArgumentError
            Something is missing, or the form is of a pipeline.
        """
        if not self._single:
            raise InvalidArgumentError("step: this form is of a pipeline; use .pipeline")
        return self._made[0]

    @property
    def pipeline(self) -> Pipeline:
        """What is filled in, as a pipeline. Raises InvalidArgumentError if something is missing."""
        return Pipeline(steps=self._made)

    @property
    def _made(self) -> tuple[Step, ...]:
        made = zip(self._steps, self.filled, strict=True)
        return tuple(Step.of(step.definition, step.definition.bind(**values)) for step, values in made)

    @traitlets.validate("values")
    def _check(self, proposal: Any) -> Any:
        """Values in their normal form, without those that are None."""
        given = [proposal["value"]] if self._single else list(proposal["value"])
        if len(given) != len(self._steps):
            raise InvalidArgumentError(
                f"values: {len(self._steps)} are needed, one for each step, not {len(given)}"
            )
        checked = [_checked(step.definition, values) for step, values in zip(self._steps, given, strict=True)]
        return self._python(checked)

    @traitlets.validate("filled")
    def _check_filled(self, proposal: Any) -> Any:
        return [
            _checked(step.definition, values)
            for step, values in zip(self._steps, proposal["value"], strict=True)
        ]

    @traitlets.observe("values")
    def _told(self, change: Any) -> None:
        given: Sequence[Mapping[str, Any]] = [change.new] if self._single else change.new
        self.filled = [
            _checked(step.definition, values) for step, values in zip(self._steps, given, strict=True)
        ]

    @traitlets.observe("filled")
    def _heard(self, change: Any) -> None:
        if hasattr(self, "_steps"):
            self.values = self._python(change.new)

    def _python(self, filled: Sequence[Mapping[str, Any]]) -> Any:
        named = tuple(
            {step.definition.parameter(name).python_name: value for name, value in values.items()}
            for step, values in zip(self._steps, filled, strict=True)
        )
        return named[0] if self._single else named

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, "text/plain": repr(self), "text/html": f"<code>{escape(repr(self))}</code>"}, metadata

    def __repr__(self) -> str:
        filled = zip(self._steps, self.filled, strict=True)
        steps = [replace(step, options=tuple(values.items())) for step, values in filled]
        return f"<Form {' | '.join(map(grammar.format_step, steps))}>"


def _operation(given: Any) -> Operation:
    if isinstance(given, str):
        return operations.find(given)
    found = given if isinstance(given, Operation) else getattr(given, "__wasmcell_operation__", None)
    if not isinstance(found, Operation):
        raise InvalidArgumentError(
            f"Form: {given!r} is no operation; give one of wasmcell's functions or methods, a pipeline, "
            "or a name such as 'image.resize'"
        )
    return found


def _checked(operation: Operation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Options by WIT's names, in the order of the description, each checked; required ones may be missing."""
    given = {operation.parameter(name).name: value for name, value in values.items() if value is not None}
    return {
        parameter.name: parameter.check(given[parameter.name], operation.name)
        for parameter in operation.parameters
        if parameter.name in given
    }
