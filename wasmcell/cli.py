"""The command line: ``wasmcell run '<pipeline>'``, and what there is to run."""

from __future__ import annotations

import argparse
import io
import os
import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import wasmcell
from wasmcell.errors import Error, InvalidArgumentError, PipelineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wasmcell.batch import Outcomes
    from wasmcell.pipeline import Pipeline
    from wasmcell.sources import Source

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit statuses: something could not be done; it was asked for wrongly; Ctrl-C."""

_EXAMPLES = """\
examples:
  wasmcell run 'photo.jpg | image.resize width=1280 | image.encode webp quality=80 > small.webp'
  wasmcell run 'photos/*.jpg | image.resize width=320 height=320 fit=cover > thumbs/{name}.jpg'
  wasmcell run 'photo.jpg | @thumb.json > small.webp'
  wasmcell run 'photo.jpg | image.probe'
  wasmcell run 'report.pdf | pdf.select 1-3 | pdf.rotate 90' > part.pdf
  wasmcell run 'report.pdf | pdf.text > report.txt'
  wasmcell run 'report.pdf | pdf.encode user-password=secret > locked.pdf'
  cat photo.jpg | wasmcell run '- | image.rotate 90 > -' > turned.jpg

Sources are paths, URLs, patterns and - for the standard input. In the output {name} and {ext} are the
source's name and extension, {index} is its number; the folder must be there. Names with spaces or special
characters stand in quotes of their own: '"my photo.jpg" | image.grayscale > grey.png'. @thumb.json stands for
the steps of a stored pipeline (Pipeline.to_json, %wasm --save). Files among options are paths, too; lists and
records are JSON.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit status: 0, 1 for failures, 2 for misuse."""
    parsed = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # terminals that know little do not end a command
    try:
        status = int(parsed.command(parsed))
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # whoever reads has had enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (PipelineError, InvalidArgumentError) as error:
        return _fail(str(error), MISUSED)
    except (Error, OSError) as error:
        from wasmcell import describe

        return _fail(describe.error(error), FAILED)
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
    run.add_argument(
        "--memory", type=int, metavar="MIB", help="the most memory that a call may use, 1 to 4096"
    )
    run.add_argument("--seconds", type=float, metavar="S", help="the most time that a call may take")
    run.set_defaults(command=_run)

    commands.add_parser("modules", help="list the modules").set_defaults(command=_modules)
    describe = commands.add_parser("describe", help="describe a module or an operation")
    describe.add_argument("name", nargs="*", help="such as image, image.resize, image.encode webp")
    describe.set_defaults(command=_describe)
    commands.add_parser("engines", help="list the engines, and what they lack").set_defaults(command=_engines)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    from wasmcell import batch, options
    from wasmcell.pipeline import Pipeline

    pipeline = Pipeline.parse(arguments.pipeline)
    to_stdout = pipeline.output in (None, "-")
    if to_stdout and not pipeline.steps:
        raise PipelineError("The pipeline has nothing to do: it has no operation, and no output with a name.")
    found = _expand(pipeline.sources)
    if to_stdout and not options.answers(pipeline):
        if len(found) > 1 and not pipeline.steps[0].definition.each:
            text = f"{len(found)} results need names: end the pipeline with"
            raise PipelineError(f"{text} > folder/{{name}}.webp, say.")
        if sys.stdout.isatty():
            raise PipelineError("The result is no text: end the pipeline with > and a path.")
    with warnings.catch_warnings(action="always", category=UserWarning):
        warnings.showwarning = _warn
        whole = _with_file(pipeline) if to_stdout else pipeline
        outcomes = batch.run(
            found,
            replace(whole, sources=(), output=None if to_stdout else pipeline.output),
            engine=options.engine(arguments.engine),
            limits=options.limits(arguments.memory, arguments.seconds),
            progress=len(found) > 1 and not arguments.quiet and sys.stderr.isatty(),
        )
    if to_stdout:
        _print(outcomes)
    return _report(outcomes, times=arguments.time)


def _with_file(pipeline: Pipeline) -> Pipeline:
    """The pipeline for the standard output, which takes files: pixels become PNG."""
    from wasmcell.pipeline.run import with_encode

    last = pipeline.steps[-1].definition
    gives_pixels = last.kind == "function" and last.gives == "raster"
    return with_encode(replace(pipeline, output="-.png")) if gives_pixels else pipeline


def _expand(words: Sequence[str]) -> list[Source | str]:
    """The sources, with ``-`` read and patterns replaced by what they match."""
    from wasmcell import options
    from wasmcell.sources import Data

    found: list[Source | str] = []
    if name := options.parted(words):
        raise PipelineError(name[1])
    for word in words or ["-"]:
        if word != "-":
            found += options.files(word)
        elif sys.stdin.isatty():
            raise PipelineError("The pipeline has no source: begin it with a path, or give a file on stdin.")
        else:
            found.append(Data(sys.stdin.buffer.read(), "stdin"))
    return found


def _print(outcomes: Outcomes) -> None:
    """Results to the standard output: a file as it is, answers as a line each."""
    for outcome in outcomes:
        if outcome.result is None:
            continue
        if outcome.result.format is None and not isinstance(outcome.value, bytes):
            prefix = f"{outcome.source}: " if len(outcomes) > 1 else ""
            print(f"{prefix}{bytes(outcome.result).decode()}", flush=True)
        else:
            sys.stdout.buffer.write(outcome.result.bytes)
            sys.stdout.buffer.flush()


def _report(outcomes: Outcomes, *, times: bool) -> int:
    """What is to be known of results, what took how long, and what failed, on the standard error."""
    from wasmcell import describe

    for note in describe.notes(outcomes):
        _warn(note)
    for outcome in outcomes:
        if outcome.error is not None:
            _fail(f"{outcome.source}: {describe.error(outcome.error)}", FAILED)
        elif times:
            print(describe.timing(outcome), file=sys.stderr)
    if len(outcomes) > 1 and (times or outcomes.errors):
        print(f"{len(outcomes) - len(outcomes.errors)} of {len(outcomes)} done.", file=sys.stderr)
    return FAILED if outcomes.errors else 0


def _modules(_: argparse.Namespace) -> int:
    from wasmcell import describe

    print(describe.modules())
    return 0


def _describe(arguments: argparse.Namespace) -> int:
    from wasmcell import describe

    print(describe.named(" ".join(arguments.name)) if arguments.name else describe.modules())
    return 0


def _engines(_: argparse.Namespace) -> int:
    from wasmcell import describe

    print(describe.engines())
    return 0


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """A warning without the line of our code that it came from, or a note."""
    print(f"wasmcell: {message}", file=sys.stderr)


def _fail(message: str, status: int) -> int:
    print(f"wasmcell: {message}", file=sys.stderr)
    return status
