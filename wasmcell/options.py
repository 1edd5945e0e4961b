"""What command line and magics share: what people write, made into sources, limits and engines."""

from __future__ import annotations

import glob
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wasmcell import engines, sources
from wasmcell.engines.limits import default_limits
from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.operations.parameters import did_you_mean, listed
from wasmcell.sources import is_url, local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wasmcell.engines import Engine, Limits
    from wasmcell.pipeline import Pipeline

_MAX_PARTS = 8
"""Words of one name that are put together."""


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
        raise PipelineError(f"Nothing matches {word}{sources.near_files(word)}.")
    return [match for match in matches if not Path(match).is_dir()]


def parted(words: Sequence[str]) -> tuple[int, str] | None:
    """A name that its spaces part, as it has no quotes: the place of its first word, and what to do."""
    there = [_leads_somewhere(word) for word in words]
    for start in range(len(words)):
        for end in range(start + 2, min(start + _MAX_PARTS, len(words)) + 1):
            name = " ".join(words[start:end])
            if not all(there[start:end]) and _leads_somewhere(name):
                return start, f'{name} has spaces: write it in quotes, "{name}".'
    return None


def _leads_somewhere(word: str) -> bool:
    if is_url(word) or os.path.exists(local(word)):  # noqa: PTH110 - Path.exists raises where a name is too long
        return True
    return glob.has_magic(word) and any(glob.iglob(str(local(word)), recursive=True))  # noqa: PTH207


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
    """Whether the pipeline ends in a function whose answer is neither a file nor pixels."""
    last = pipeline.steps[-1].definition if pipeline.steps else None
    return last is not None and last.kind == "function" and last.gives is None
