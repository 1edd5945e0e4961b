"""Pipelines as JSON, for files, messages between kernel and page, and the command line.

::

    {"wasmcell": 1,
     "modules": {"image": "0.1.0"},
     "sources": ["photo.jpg"],
     "steps": [{"operation": "image.resize", "options": {"width": 1280}},
               {"operation": "image.encode webp", "options": {"quality": 80}}],
     "output": "small.webp"}

`wasmcell` is the version of this format; `modules` says for which versions of the modules the pipeline
was written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wasmcell import modules, operations, sources
from wasmcell.errors import Error, ModuleError, PipelineError
from wasmcell.operations.parameters import shown
from wasmcell.pipeline.value import Pipeline, Step


def dumps(pipeline: Pipeline) -> str:
    """`pipeline` as JSON. Raises as `encode`."""
    return json.dumps(encode(pipeline), ensure_ascii=False)


def loads(text: str | bytes) -> tuple[tuple[str, ...], tuple[Step, ...], str | None]:
    """The sources, steps and output of a pipeline's JSON.

    Raises
    ------
    PipelineError
        It is no pipeline, or was written for a newer format or another major version of a module.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PipelineError(f"A pipeline's JSON cannot be read: {error}.") from error
    return decode(data)


def encode(pipeline: Pipeline) -> dict[str, Any]:
    """`pipeline` as what JSON can hold.

    Raises
    ------
    PipelineError
        A file among its options was given by its bytes.
    """
    names = dict.fromkeys(step.module for step in pipeline.steps)
    steps = [
        {
            "operation": f"{step.module}.{step.operation}",
            "options": {name: _plain(value, step) for name, value in step.options},
        }
        for step in pipeline.steps
    ]
    return {
        "wasmcell": Pipeline.FORMAT,
        "modules": {name: modules.get(name).version for name in names},
        "sources": list(pipeline.sources),
        "steps": steps,
        "output": pipeline.output,
    }


def decode(data: Any) -> tuple[tuple[str, ...], tuple[Step, ...], str | None]:
    """The sources, steps and output of what `encode` returned. Raises as `loads`."""
    if not isinstance(data, Mapping) or "wasmcell" not in data:
        raise PipelineError('This JSON is no pipeline: it has no "wasmcell", the version of its format.')
    if data["wasmcell"] != Pipeline.FORMAT:
        raise PipelineError(
            f"The pipeline is in format {data['wasmcell']!r}; this wasmcell reads format {Pipeline.FORMAT}: "
            "update wasmcell."
        )
    try:
        for name, version in data.get("modules", {}).items():
            _check_version(name, version)
        sources, steps, output = data.get("sources", []), data.get("steps", []), data.get("output")
        if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
            raise PipelineError(f'The pipeline\'s "sources" must be a list of texts, not {shown(sources)}.')
        if not isinstance(steps, list):
            raise PipelineError(f'The pipeline\'s "steps" must be a list, not {shown(steps)}.')
        if not isinstance(output, str | None):
            raise PipelineError(f'The pipeline\'s "output" must be a text or null, not {shown(output)}.')
        return tuple(sources), tuple(_step(entry) for entry in steps), output
    except ModuleError as error:
        raise PipelineError(str(error)) from error
    except (AttributeError, KeyError, TypeError) as error:
        raise PipelineError(f"The pipeline's JSON is damaged: {error!r}.") from error


def _plain(value: Any, step: Step) -> Any:
    """A value as JSON has it."""
    match value:
        case tuple():
            return [_plain(item, step) for item in value]
        case Mapping():
            return {name: _plain(item, step) for name, item in value.items()}
        case _ if isinstance(value, sources.Source):
            raise PipelineError(
                f"{step.module}.{step.operation} holds a file ({value.name}) that has no path; a pipeline "
                "that is stored names files by their paths."
            )
    return value


def _step(entry: Mapping[str, Any]) -> Step:
    operation = operations.find(entry["operation"])
    try:
        return Step.of(operation, operation.bind(**entry.get("options", {})))
    except Error as error:
        raise PipelineError(f"{error}.") from error


def _check_version(name: str, written: str) -> None:
    """Versions are compatible as in semantic versioning: the first number that is not 0 is equal."""
    here = modules.get(name).version
    if _major(here) != _major(written):
        raise PipelineError(
            f"The pipeline was written for module {name} {written}; here is {here}, which may differ. "
            f"Write it anew, or install a wasmcell with {name} {written}."
        )


def _major(version: str) -> tuple[str, ...]:
    numbers = version.split(".")
    leading = next((index for index, number in enumerate(numbers) if number != "0"), len(numbers) - 1)
    return tuple(numbers[: leading + 1])
