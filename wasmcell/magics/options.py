"""The options of ``%wasm``, of which help and completion are made too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic_arguments import argument, kwds, magic_arguments

if TYPE_CHECKING:
    import argparse

COMMANDS = ("describe", "engines", "ledger", "modules")


def _option(*names: str, **how: Any) -> argument:
    return argument(*names, **how)  # type: ignore[no-untyped-call]


OPTIONS = (
    _option("-o", "--output", metavar="NAME", help="keep the result in a variable, and do not show it"),
    _option("--engine", metavar="NAME", help="what it runs on (see %%wasm engines); default: kernel"),
    _option("--time", action="store_true", help="say how long each took, and the sizes"),
    _option(
        "--parity",
        action="store_true",
        help="run on every engine at hand, and fail unless all bytes are equal",
    ),
    _option("--json", action="store_true", help="give the pipeline as JSON; nothing runs"),
    _option("--save", metavar="FILE", help="write the pipeline as JSON, too, with its passwords"),
    _option("--quiet", action="store_true", help="no progress bar, and no line on what was written"),
    _option("--memory", type=int, metavar="MIB", help="the most memory that a call may use"),
    _option("--seconds", type=float, metavar="S", help="the most time that a call may take"),
)

_EPILOG = """\
The result is shown, unless -o, `NAME <<` or > keeps it: a picture, what a function answered, or a list for
many sources, with the error in the place of each that failed.

Sources are paths, URLs, patterns, and variables with a path, bytes, an array, a PIL image, an Image, a
Result, or a list of these. A name that is a file and a variable is refused: write ./name or {name}.

{expression} is Python, anywhere in the pipeline. After > {name}, {ext} and {index} are those of each source;
a variable of such a name is written {(name)}. {{ is a brace.

Steps may come from a pipeline: @steps.json, which --save has written, or {pipeline}.

examples::

  %wasm photo.jpg | image.resize width=1280 | image.encode webp quality=80 > small.webp
  %wasm -o thumb --time photo.jpg | image.resize width={side} height={side} fit=cover
  %wasm thumb << photo.jpg | image.resize width=320
  %wasm photos/*.jpg | image.resize width=320 > thumbs/{name}.webp
  %wasm array | image.rotate 90 | image.encode png
  %wasm --save thumb.json photo.jpg | image.resize width=320 | image.encode webp
  %wasm other.jpg | @thumb.json > other.webp
  %wasm photo.jpg | image.probe
  %wasm modules
  %wasm engines
  %wasm ledger
  %wasm describe image.resize

In a cell, one step a line, with comments::

  %%wasm -o thumb --time --parity
  photo.jpg
  | image.resize width=320 fit=cover   # what is left over is cut off
  | image.encode jpeg quality=75
"""


def with_options(magic: Any) -> Any:
    """Give a magic the options, and a docstring that tells of them."""
    usage = "wasm [options] [NAME <<] sources | operations [> output]"
    pipeline = _option(
        "pipeline", nargs="...", help=f"sources | operations > output, or: {', '.join(COMMANDS)}"
    )
    magic = kwds(usage=usage, epilog=_EPILOG)(magic)  # type: ignore[no-untyped-call]
    for option in (pipeline, *reversed(OPTIONS)):
        magic = option(magic)
    return magic_arguments()(magic)  # type: ignore[no-untyped-call]


def takes_value(option: argument) -> bool:
    """Whether a word follows the option."""
    return "action" not in option.kwds


def named(word: str) -> argument | None:
    """The option that a word is, if it is one."""
    return next((option for option in OPTIONS if word.partition("=")[0] in option.args), None)


def split(magic: Any, words: list[str]) -> tuple[argparse.Namespace, int]:
    """The options at the head of `words`, and the number of words that they are.

    Raises
    ------
    UsageError
        An option is unknown, or its value is missing or wrong.
    """
    from IPython.core.error import UsageError

    from wasmcell.operations.parameters import did_you_mean

    found, unknown = magic.parser.parse_known_args(words)
    if unknown:
        hint = did_you_mean(unknown[0], [name for option in OPTIONS for name in option.args])
        raise UsageError(f"%wasm has no option {unknown[0]}{hint}; %wasm? lists them.")
    return found, len(words) - len(found.pipeline)
