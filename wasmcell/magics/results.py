"""What ``%wasm`` gives back, and how its errors show."""

from __future__ import annotations

import contextlib
from html import escape
from typing import TYPE_CHECKING, Any

from wasmcell import describe, display
from wasmcell.errors import Error
from wasmcell.image import Image
from wasmcell.pipeline import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wasmcell.batch import Outcome, Outcomes

MAX_SHOWN = 20
"""Of many results, those that are shown."""

_RED, _PLAIN = "\x1b[31m", "\x1b[0m"


class BatchError(Error):
    """Some of many sources failed; the text has an error for each.

    Attributes
    ----------
        results: a list in the order of the sources, with errors in the place of what failed.
    """

    def __init__(self, message: str, results: Results) -> None:
        super().__init__(message)
        self.results = results


class Text(str):
    """A text that a cell shows as it is, without quotes."""

    __slots__ = ()

    __repr__ = str.__str__


class Results(list[Any]):
    """The results of many sources, in order; in the place of one that failed stands its error.

    In a cell, the first of them show themselves.
    """

    @property
    def sound(self) -> Results:
        """Those that are no errors."""
        return Results(one for one in self if not isinstance(one, Exception))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        shown = self[:MAX_SHOWN]
        more = f"… and {len(self) - MAX_SHOWN} more" if len(self) > MAX_SHOWN else ""
        html = "".join(f'<div style="max-width: 320px">{_html(item)}</div>' for item in shown)
        style = "display: flex; flex-wrap: wrap; gap: 12px; align-items: end"
        return {
            "text/html": f'<div style="{style}">{html}</div>{more}',
            "text/plain": "\n".join([*map(repr, shown), *filter(None, [more])]) or "[]",
        }


def of_outcomes(outcomes: Outcomes) -> Results:
    """The results or errors of a batch."""
    return Results(outcome.error or of_outcome(outcome) for outcome in outcomes)


def of_outcome(outcome: Outcome) -> Any:
    """A file with what it took, a picture, or what a function answered. Raises the error if there is one."""
    value = outcome.get()
    result = outcome.result
    if hasattr(value, "pixels"):
        return Image(result)
    return value if result is None or result.format is None else result


def failure(outcomes: Outcomes, results: Results) -> BatchError:
    """The error for those of a batch that failed."""
    failed = outcomes.errors
    lines = [
        f"  {outcome.source}: {describe.error(outcome.error)}"
        for outcome in failed[:MAX_SHOWN]
        if outcome.error
    ]
    more = [f"  … and {len(failed) - MAX_SHOWN} more"] if len(failed) > MAX_SHOWN else []
    head = f"{len(failed)} of {len(outcomes)} failed:"
    return BatchError("\n".join([head, *lines, *more]), results)


def written(outcomes: Outcomes) -> str:
    """What was written, in one line: where, and how large; of one file, as a picture's own line says it."""
    done = [(outcome.value, outcome.result) for outcome in outcomes if outcome.result is not None]
    if not done:
        return ""
    path, result = done[0]
    if len(outcomes) == 1 and result.value is not None:
        return f"{path}: {display.facts(result)}"
    paths = path if len(done) == 1 else f"{path} … {done[-1][0]}"
    files = "1 file" if len(done) == 1 else f"{len(done)} files"
    total = sum(result.bytes_out for _, result in done)  # none is known of answers
    return f"{paths}: {files}" + (f", {display.size(total)}" if total else "")


@contextlib.contextmanager
def short_errors() -> Iterator[None]:
    """Let IPython show errors without the frames that led here; they are raised as they are."""
    try:
        yield
    except KeyboardInterrupt as error:
        _shorten(error, "KeyboardInterrupt: stopped; the kernel goes on.")
        raise
    except (Error, OSError) as error:
        _shorten(error, f"{type(error).__name__}: {describe.error(error)}")
        raise


def _shorten(error: BaseException, text: str) -> None:
    name, colon, message = text.partition(":")
    lines = f"{_RED}{name}{_PLAIN}{colon}{message}".split("\n")
    # IPython asks errors how they show themselves; the class stays, so `except` works as ever.
    error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]


def _html(item: Any) -> str:
    if isinstance(item, Result) and (html := display.of_result(item).get("text/html")):
        return html
    text = f"{type(item).__name__}: {describe.error(item)}" if isinstance(item, Exception) else repr(item)
    return f'<pre style="white-space: pre-wrap">{escape(text)}</pre>'
