"""``--parity``: the same pipeline on every engine at hand, and the checksums of what they give."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from wasmcell import engines
from wasmcell.display import duration, size
from wasmcell.errors import EngineUnavailableError, Error
from wasmcell.pipeline import Pipeline, Result
from wasmcell.pipeline.run import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from wasmcell.batch import Outcome
    from wasmcell.engines.limits import Limits


class ParityError(Error):
    """Engines gave different bytes for the same pipeline and source."""


@dataclass(frozen=True)
class Parity:
    """What each engine gave; a cell shows it as a table."""

    rows: tuple[tuple[str, str, str, str], ...]
    """Engine, sha256, size and time; or an engine and what it lacks."""

    HEAD = ("engine", "sha256", "size", "time")

    def __repr__(self) -> str:
        widths = [max(len(row[column]) for row in (self.HEAD, *self.rows)) for column in range(3)]
        lines = []
        for row in (self.HEAD, *self.rows):
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            lines.append("  ".join([*cells, row[3]]).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        def line(tag: str, row: tuple[str, ...]) -> str:
            cells = "".join(f'<{tag} style="text-align: left">{escape(cell)}</{tag}>' for cell in row)
            return f"<tr>{cells}</tr>"

        body = "".join(line("td", row) for row in self.rows)
        return f"<table><thead>{line('th', self.HEAD)}</thead><tbody>{body}</tbody></table>"


def compare(
    sources: Sequence[Any], outcomes: Sequence[Outcome], limits: Limits | None
) -> tuple[Parity, ParityError | None]:
    """Run what has run on every other engine.

    Parameters
    ----------
    sources : sequence
    outcomes : sequence of Outcome
        What one engine gave for each source; those that failed are left out.
    limits : Limits, optional

    Returns
    -------
    Parity
    ParityError or None
        That engines differ.
    """
    done = [
        (source, outcome, outcome.result)
        for source, outcome in zip(sources, outcomes, strict=True)
        if outcome.result is not None
    ]
    given = {result.engine: [result for _, _, result in done] for _, _, result in done[:1]}
    lacking = []
    for name in engines.names():
        if name in given:
            continue
        try:
            engine = engines.get(name)
        except EngineUnavailableError as error:
            lacking.append((name, f"not available: {error}", "", ""))
            continue
        given[name] = [
            # The output's extension says the format where the steps do not.
            run(Pipeline((), result.steps, _path(outcome)), source, engine=engine, limits=limits)
            for source, outcome, result in done
        ]
    sums = {name: [_sha256(result) for result in results] for name, results in given.items()}
    rows = [(name, _short(sums[name]), *_sizes(results)) for name, results in given.items()]
    return Parity((*rows, *lacking)), _difference(sums, [outcome.source for _, outcome, _ in done])


def _path(outcome: Outcome) -> str | None:
    return outcome.value if isinstance(outcome.value, str) and outcome.result is not None else None


def _sha256(result: Result) -> str:
    return hashlib.sha256(bytes(result)).hexdigest()


def _short(sums: Sequence[str]) -> str:
    """The sum of one result, or the sum of the sums of many."""
    return (sums[0] if len(sums) == 1 else hashlib.sha256("".join(sums).encode()).hexdigest())[:16]


def _sizes(results: Sequence[Result]) -> tuple[str, str]:
    total = size(sum(result.bytes_out or len(bytes(result)) for result in results))
    files = f"{len(results)} × " if len(results) > 1 else ""
    return f"{files}{total}", duration(sum(result.seconds for result in results))


def _difference(sums: dict[str, list[str]], sources: Sequence[str]) -> ParityError | None:
    for index, source in enumerate(sources):
        found = {name: each[index] for name, each in sums.items()}
        if len(set(found.values())) > 1:
            told = ", ".join(f"{name} {sha256[:16]}" for name, sha256 in found.items())
            return ParityError(f"{source}: the engines gave different bytes: {told}.")
    return None
