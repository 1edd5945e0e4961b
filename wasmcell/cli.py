"""The command line: ``wasmcell run '<pipeline>'``, and what there is to run."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import glob
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import wasmcell
from wasmcell.errors import Error, InvalidArgumentError, PipelineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wasmcell.batch import Outcome, Outcomes
    from wasmcell.engines import Limits
    from wasmcell.pipeline import Pipeline
    from wasmcell.sources import Source

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit statuses: something could not be done; it was asked for wrongly; Ctrl-C."""

_EXAMPLES = """\
examples:
  wasmcell run 'photo.jpg | image.resize width=1280 | image.encode webp quality=80 > small.webp'
  wasmcell run 'photos/*.jpg | image.resize width=320 height=320 fit=cover > thumbs/{name}.jpg'
  wasmcell run 'photo.jpg | image.probe'
  cat photo.jpg | wasmcell run '- | image.rotate 90 > -' > turned.jpg
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit status: 0, 1 for failures, 2 for misuse."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (PipelineError, InvalidArgumentError) as error:
        return _fail(str(error), MISUSED)
    except (Error, OSError) as error:
        return _fail(_message(error), FAILED)
    except KeyboardInterrupt:
        return _fail("Interrupted.", INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wasmcell",
        description=wasmcell.__doc__.partition("\n")[0] if wasmcell.__doc__ else None,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"wasmcell {wasmcell.__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser(
        "run", help="run a pipeline", epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    run.add_argument("pipeline", help="sources | operations > output, in quotes")
    run.add_argument(
        "--engine", default="kernel", help="what it runs on (see wasmcell engines); default: kernel"
    )
    run.add_argument("--time", action="store_true", help="say how long each took, and the sizes")
    run.add_argument("--quiet", action="store_true", help="no progress bar")
    run.add_argument("--memory", type=int, metavar="MIB", help="the most memory that a call may use")
    run.add_argument("--seconds", type=float, metavar="S", help="the most time that a call may take")
    run.set_defaults(command=_run)

    commands.add_parser("modules", help="list the modules").set_defaults(command=_modules)
    describe = commands.add_parser("describe", help="describe a module or an operation")
    describe.add_argument("name", nargs="+", help="such as image, image.resize, image.encode webp")
    describe.set_defaults(command=_describe)
    commands.add_parser("engines", help="list the engines, and what they lack").set_defaults(command=_engines)
    return parser


def _run(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from wasmcell import batch, engines
    from wasmcell.operations.parameters import did_you_mean, listed
    from wasmcell.pipeline import Pipeline

    pipeline = Pipeline.parse(options.pipeline)
    to_stdout = pipeline.output in (None, "-")
    if to_stdout and not pipeline.steps:
        raise PipelineError("The pipeline has nothing to do: it has no operation, and no output with a name.")
    found = _expand(pipeline.sources)
    if to_stdout and not _answers(pipeline):
        if len(found) > 1:
            text = f"{len(found)} results need names: end the pipeline with"
            raise PipelineError(f"{text} > folder/{{name}}.webp, say.")
        if sys.stdout.isatty():
            raise PipelineError("The result is no text: end the pipeline with > and a path.")
    if options.engine not in engines.names():
        hint = did_you_mean(options.engine, engines.names())
        raise InvalidArgumentError(f"There is no engine {options.engine}{hint}: {listed(engines.names())}.")
    outcomes = batch.run(
        found,
        replace(pipeline, sources=(), output=None if to_stdout else pipeline.output),
        engine=engines.get(options.engine),
        limits=_limits(options),
        progress=len(found) > 1 and not options.quiet and sys.stderr.isatty(),
    )
    if to_stdout:
        _print(outcomes)
    return _report(outcomes, times=options.time)


def _expand(sources: Sequence[str]) -> list[Source | str]:
    """The sources, with ``-`` read and patterns replaced by what they match."""
    from wasmcell.sources import Data, is_url, local

    found: list[Source | str] = []
    for source in sources or ["-"]:
        if source == "-":
            if sys.stdin.isatty():
                raise PipelineError(
                    "The pipeline has no source: begin it with a path, or give a file on stdin."
                )
            found.append(Data(sys.stdin.buffer.read(), "stdin"))
        elif is_url(source) or local(source).exists() or not glob.has_magic(source):
            found.append(source)
        else:
            matches = sorted(glob.glob(str(local(source)), recursive=True))  # noqa: PTH207 (Path.glob takes no absolute pattern)
            if not matches:
                raise PipelineError(f"Nothing matches {source}.")
            found += [match for match in matches if not Path(match).is_dir()]
    return found


def _answers(pipeline: Pipeline) -> bool:
    """Whether the pipeline ends in a function, whose answer is text."""
    return bool(pipeline.steps) and pipeline.steps[-1].definition.kind == "function"


def _limits(options: argparse.Namespace) -> Limits | None:
    from dataclasses import replace

    from wasmcell.engines.limits import default_limits

    given = {}
    if options.memory is not None:
        given["memory"] = options.memory * 2**20
    if options.seconds is not None:
        given["seconds"] = options.seconds
    return replace(default_limits(), **given) if given else None


def _print(outcomes: Outcomes) -> None:
    """Results to the standard output: a file as it is, answers as a line each."""
    for outcome in outcomes:
        if outcome.result is None:
            continue
        if outcome.result.format is None:
            prefix = f"{outcome.source}: " if len(outcomes) > 1 else ""
            print(f"{prefix}{bytes(outcome.result).decode()}", flush=True)
        else:
            sys.stdout.buffer.write(outcome.result.bytes)
            sys.stdout.buffer.flush()


def _report(outcomes: Outcomes, *, times: bool) -> int:
    """What took how long, and what failed, on the standard error."""
    for outcome in outcomes:
        if outcome.error is not None:
            _fail(f"{outcome.source}: {_message(outcome.error)}", FAILED)
        elif times:
            print(_timing(outcome), file=sys.stderr)
    if len(outcomes) > 1 and (times or outcomes.errors):
        print(f"{len(outcomes) - len(outcomes.errors)} of {len(outcomes)} done.", file=sys.stderr)
    return FAILED if outcomes.errors else 0


def _timing(outcome: Outcome) -> str:
    from wasmcell.display import duration, size

    result = outcome.result
    assert result is not None
    output = f" → {result.format} {size(result.bytes_out)}" if result.format else ""
    return f"{outcome.source}: {size(result.bytes_in)}{output} · {duration(result.seconds)} · {result.engine}"


def _modules(_: argparse.Namespace) -> int:
    from wasmcell import describe, modules
    from wasmcell.display import size
    from wasmcell.operations.docstrings import first_sentence

    rows = []
    for name in modules.names():
        found = modules.get(name)
        facts = f"{found.version}  {size(found.description.size):>7}  sha256 {found.sha256[:12]}"
        rows.append((name, f"{facts}  {first_sentence(found.description.docs)}"))
    print("\n".join(describe.table(rows)))
    return 0


def _describe(options: argparse.Namespace) -> int:
    from wasmcell import describe

    name = " ".join(options.name)
    print(describe.operation(name) if "." in name else describe.module(name))
    return 0


def _engines(_: argparse.Namespace) -> int:
    from wasmcell import describe, engines

    rows = []
    for name in engines.names():
        try:
            engines.get(name)
        except Error as error:
            rows.append((name, f"not available: {error}"))
        else:
            rows.append((name, "available"))
    print("\n".join(describe.table(rows)))
    return 0


def _message(error: BaseException) -> str:
    """An error in one line (that of a pipeline has more, and points)."""
    if not isinstance(error, OSError) or not error.filename:
        return str(error) or type(error).__name__
    text = f"{error.strerror}: {error.filename}"
    if isinstance(error, FileNotFoundError):
        path = Path(error.filename)
        with contextlib.suppress(OSError):
            near = difflib.get_close_matches(path.name, [known.name for known in path.parent.iterdir()], n=1)
            text += f" (did you mean {path.with_name(near[0])}?)" if near else ""
    return text


def _fail(message: str, status: int) -> int:
    print(f"wasmcell: {message}", file=sys.stderr)
    return status
