"""What command line and magics share: what people write, made into sources, limits and engines."""

from __future__ import annotations

import glob
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wasmcell import engines
from wasmcell.engines.limits import default_limits
from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.operations.parameters import did_you_mean, listed
from wasmcell.sources import is_url, local

if TYPE_CHECKING:
    from wasmcell.engines import Engine, Limits
    from wasmcell.pipeline import Pipeline


def files(word: str) -> list[str]:
    """The files that a source of a pipeline means: itself, or what it matches if it is a pattern.

    Raises
    ------
    PipelineError
        Nothing matches the pattern.
    """
    if is_url(word) or local(word).exists() or not glob.has_magic(word):
        return [word]
    matches = sorted(glob.glob(str(local(word)), recursive=True))  # noqa: PTH207 (Path.glob takes no absolute pattern)
    if not matches:
        raise PipelineError(f"Nothing matches {word}.")
    return [match for match in matches if not Path(match).is_dir()]


def engine(name: str) -> Engine:
    """The engine of that name.

    Raises
    ------
    InvalidArgumentError
        There is none; says which is near, or which there are.
    EngineUnavailableError
        It cannot be had here.
    """
    if name not in engines.names():
        hint = did_you_mean(name, engines.names())
        raise InvalidArgumentError(f"There is no engine {name}{hint}: {listed(engines.names())}.")
    return engines.get(name)


def limits(memory: int | None, seconds: float | None) -> Limits | None:
    """The limits for so many MiB and seconds, the others as by default; None if neither is given.

    Raises
    ------
    InvalidArgumentError
        A limit is out of range.
    """
    given: dict[str, float] = {}
    if memory is not None:
        given["memory"] = memory * 2**20
    if seconds is not None:
        given["seconds"] = seconds
    return replace(default_limits(), **given) if given else None  # type: ignore[arg-type]


def answers(pipeline: Pipeline) -> bool:
    """Whether the pipeline ends in a function whose answer is no file."""
    last = pipeline.steps[-1].definition if pipeline.steps else None
    return last is not None and last.kind == "function" and last.gives != "file"
