"""The pipeline grammar: the one text form of a pipeline, for command line, magics and people.

::

    pipeline  = [source …] {"|" (operation | stored)} [">" output]
    operation = module "." name [case] {value | option "=" value}
    stored    = "@" path

A pipeline begins with its sources, or with ``|`` when it has none. Required options may be given by position,
all by name (``auto-orient=false``, ``auto_orient=false``). Newlines are white space, and a word that starts
with ``#`` is a comment up to the end of its line. Names and numbers are listed with commas
(``allow=print,copy``); a list of texts is one text as it is (``search="Smith, John"``) or JSON, as are lists
of records; a record is JSON or its values with commas (``region=20,50,60,40``). A file among the options is a
path or URL, relative to the current folder as sources are; it is read when the pipeline runs. A source is
kept as it is written: patterns (``photos/*.jpg``) and names in braces are for those who run the pipeline.
``@thumb.json`` stands for the steps of a pipeline that was stored in a file (`Pipeline.to_json`, ``%wasm
--save``).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from wasmcell import operations
from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.pipeline import encoding
from wasmcell.pipeline.tokens import Token, fault, force_quote, quote, tokenize
from wasmcell.pipeline.value import Pipeline, Step, misplaced
from wasmcell.sources import local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wasmcell.operations.operation import Operation
    from wasmcell.operations.parameters import Parameter

_OPTION = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def parse(text: str) -> tuple[tuple[str, ...], tuple[Step, ...], str | None]:
    """The sources, steps and output of `text`.

    Raises
    ------
    PipelineError
        With a line that points at the fault.
    """
    return from_tokens(text, tokenize(text))


def from_tokens(text: str, tokens: Sequence[Token]) -> tuple[tuple[str, ...], tuple[Step, ...], str | None]:
    """As `parse`, for those who change the words of `text` before they are understood."""
    segments, output = _split(text, list(_with_stored(text, tokens)))
    sources = tuple(token.text for token in segments[0])
    for index, token in enumerate(segments[0]):
        if _names_operation(token):
            rule = (
                "A | is missing"
                if index
                else "A pipeline begins with its sources, or with | when it has none"
            )
            raise fault(f"{rule}: | {token.text} …", text, token.position)
    steps = tuple(_step(text, segment) for segment in segments[1:])
    if found := misplaced(steps):
        raise fault(f"{found[1]}.", text, segments[1 + found[0]][0].position)
    return sources, steps, output


def format(pipeline: Pipeline, *, masked: bool = False) -> str:
    """The text that `parse` reads as an equal pipeline; `masked` for people, without its passwords."""
    words = [
        force_quote(source) if _names_operation(Token(source, 0)) else quote(source)
        for source in pipeline.sources
    ]
    for step in pipeline.steps:
        words += ["|", *_words(step, masked)]
    if pipeline.output is not None:
        words += [">", quote(pipeline.output)]
    return " ".join(words)


def format_step(step: Step, *, module: bool = True) -> str:
    """One step as text for people, without its passwords, and without its module if so wished."""
    name, *words = _words(step, masked=True)
    return " ".join([name if module else name.partition(".")[2], *words])


def words(steps: Sequence[Step], position: int) -> list[Token]:
    """The words of `steps`, as if all of them stood at `position`, without the bar before the first."""
    return [token._replace(position=position) for token in tokenize(format(Pipeline(steps=tuple(steps))))[1:]]


def _with_stored(text: str, tokens: Sequence[Token]) -> Iterator[Token]:
    """The words, with those of its steps in place of each stored pipeline."""
    stored = False
    for before, token in pairwise([Token("", 0), *tokens]):
        if stored and not token.operator:
            raise fault(f"Nothing can follow {before.text} but | and >.", text, token.position)
        stored = before.operator and before.text == "|" and token.text.startswith("@")
        if stored:
            yield from words(_stored(text, token), token.position)
        else:
            yield token


def _stored(text: str, token: Token) -> tuple[Step, ...]:
    """The steps of a stored pipeline."""
    path = token.text.removeprefix("@")
    try:
        _, steps, _ = encoding.loads(local(path).read_bytes())
    except OSError as error:
        raise fault(f"{path or token.text} cannot be read: {error.strerror}.", text, token.position) from None
    except PipelineError as error:
        raise fault(f"{path}: {error}", text, token.position) from None
    if not steps:
        raise fault(f"{path} has no steps.", text, token.position)
    return steps


def _split(text: str, tokens: Sequence[Token]) -> tuple[list[list[Token]], str | None]:
    """The words between the bars (sources first), and the output."""
    segments: list[list[Token]] = [[]]
    for index, token in enumerate(tokens):
        if not token.operator:
            segments[-1].append(token)
            continue
        if len(segments) > 1 and not segments[-1]:
            raise fault("An operation is missing here.", text, token.position)
        if token.text == "|":
            segments.append([])
            continue
        target = tokens[index + 1 :]
        if not target or target[0].operator:
            raise fault("A path is missing after >.", text, target[0].position if target else len(text))
        if len(target) > 1:
            message = "Nothing can follow the output."
            if not any(token.operator for token in target):
                name = " ".join(token.text for token in target)
                message += f" A name with spaces stands in quotes: {force_quote(name)}."
            raise fault(message, text, target[1].position)
        return segments, target[0].text
    if len(segments) > 1 and not segments[-1]:
        raise fault("An operation is missing after |.", text, len(text.rstrip()))
    return segments, None


def _names_operation(token: Token) -> bool:
    """Whether an unquoted word reads like an operation of a module that is here."""
    module, dot, _ = token.text.partition(".")
    if token.quoted or not dot or module not in operations.module_names():
        return False
    known = {operation.name.split()[0] for operation in operations.of(module).values()}
    return token.text.removeprefix(f"{module}.").replace("_", "-") in known


def _step(text: str, segment: list[Token]) -> Step:
    """The step that the words of one segment say."""
    operation, words = _operation(text, segment)
    try:
        return Step.of(operation, operation.collect(_options(text, operation, words)))
    except InvalidArgumentError as error:
        raise fault(f"{error}.", text, segment[0].position) from None


def _operation(text: str, segment: list[Token]) -> tuple[Operation, list[Token]]:
    """The operation, and the words that are left for its options."""
    name, *words = segment
    wanted, position = name.text, name.position
    if words and words[0].equals is None and _is_group(name.text):
        case, *words = words
        wanted, position = f"{name.text} {case.text}", case.position
    try:
        return operations.find(wanted), words
    except PipelineError as error:
        raise fault(str(error), text, position) from None


def _is_group(name: str) -> bool:
    """Whether the operation has cases, as ``image.encode``."""
    module, _, operation = name.partition(".")
    return module in operations.module_names() and any(
        known.startswith(f"{operation} ") for known in operations.of(module)
    )


def _options(text: str, operation: Operation, words: list[Token]) -> Iterator[tuple[Parameter, object]]:
    """The options with their checked values."""
    index = 0
    for word in words:
        try:
            name = word.text[: word.equals] if word.equals is not None else ""
            value, start = word.text, word.position
            if name and _OPTION.fullmatch(name):
                parameter = operation.parameter(name)
                value, start = word.text[len(name) + 1 :], word.position + len(name) + 1
            else:
                parameter = _by_position(operation, index, word)
                index += 1
            yield parameter, parameter.parse(value, operation.name)
        except InvalidArgumentError as error:
            raise fault(f"{error}.", text, start) from None


def _by_position(operation: Operation, index: int, word: Token) -> Parameter:
    try:
        return operation.position(index)
    except InvalidArgumentError as error:
        named = {parameter.name: parameter for parameter in operation.parameters}
        parameter = named.get(word.text.replace("_", "-"))
        if parameter is None:
            raise
        example = "true" if parameter.kind == "bool" else "…"
        raise InvalidArgumentError(f"{error} (did you mean {word.text}={example}?)") from None


def _words(step: Step, masked: bool) -> Iterator[str]:
    operation = step.definition
    yield str(operation)
    for name, value in step.options:
        parameter = operation.parameter(name)
        word = "***" if masked and parameter.secret else parameter.format(value)
        if not parameter.required:
            yield f"{name}={quote(word)}"
        elif _looks_named(word):
            yield force_quote(word)
        else:
            yield quote(word)


def _looks_named(word: str) -> bool:
    return bool(_OPTION.match(word)) and "=" in word
