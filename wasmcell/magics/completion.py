"""Completions in ``%wasm`` and ``%%wasm``: from the modules' descriptions, the variables and the folders."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from IPython.core.completer import SimpleCompletion, context_matcher

from wasmcell import engines, modules, operations, sources
from wasmcell.errors import PipelineError
from wasmcell.magics.options import COMMANDS, OPTIONS, named, takes_value
from wasmcell.pipeline.tokens import Token, quote, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from IPython.core.completer import CompletionContext, MatcherAPIv2, SimpleMatcherResult
    from IPython.core.interactiveshell import InteractiveShell

    from wasmcell.operations.operation import Operation
    from wasmcell.operations.parameters import Parameter

_LINE = re.compile(r"\s*(?:[^%'\"]*=\s*)?%wasm\s")
_CELL = re.compile(r"%%wasm\s")
_CURSOR = "\0"
"""Stands where the cursor is, so that it is part of the word there."""
_MAX_FILES = 200


IDENTIFIER = "wasmcell.magics"


def matcher(shell: InteractiveShell) -> MatcherAPIv2:
    """What IPython asks for completions (its matcher API, version 2)."""

    @context_matcher(identifier=IDENTIFIER, priority=100)  # type: ignore[untyped-decorator]
    def match(context: CompletionContext) -> SimpleMatcherResult:
        text = _text(context)
        if text is None:
            return {"completions": []}
        fragment, found = complete(text, shell.user_ns)
        return {"completions": found, "matched_fragment": fragment, "suppress": True, "ordered": True}

    return match  # type: ignore[no-any-return]


def complete(text: str, variables: Mapping[str, Any]) -> tuple[str, list[SimpleCompletion]]:
    """What may stand at the end of `text`, and what of the text it replaces.

    Parameters
    ----------
    text : str
        What stands between the magic's name and the cursor.
    variables : mapping
        The user's namespace.
    """
    tokens, cursor = _tokens(text)
    if cursor is None:
        return "", []
    fragment = text[cursor.position :]
    word = cursor.text.removesuffix(_CURSOR)
    opened = word.rfind("{")
    if opened > word.rfind("}"):
        name = word[opened + 1 :].strip()
        return (name, list(_variables(name, variables))) if name.isidentifier() or not name else ("", [])
    kind, found = _candidates(tokens, word, variables)
    if kind == "value":
        fragment = fragment.partition("=")[2] if cursor.equals is not None else fragment
        word = fragment
    return fragment, [one for one in found if one.text.strip("'\"").startswith(word)]


def _text(context: CompletionContext) -> str | None:
    """The text of the magic up to the cursor, if the cursor is in one."""
    before = "\n".join([*context.full_text.split("\n")[: context.cursor_line], context.text_until_cursor])
    if head := _CELL.match(before):
        return before[head.end() :]
    head = _LINE.match(context.text_until_cursor)
    return context.text_until_cursor[head.end() :] if head else None


def _tokens(text: str) -> tuple[list[Token], Token | None]:
    """The words before the cursor and the one at it, which is None in a comment."""
    try:
        tokens = tokenize(text + _CURSOR, braces=True)
    except PipelineError as error:  # the cursor is between quotes
        tokens = tokenize(text + _CURSOR + text[error.position], braces=True)
    if not tokens or not tokens[-1].text.endswith(_CURSOR):
        return tokens, None
    return tokens[:-1], tokens[-1]


def _candidates(
    tokens: Sequence[Token], word: str, variables: Mapping[str, Any]
) -> tuple[str, Iterable[SimpleCompletion]]:
    """What may stand after `tokens`, whether it begins with `word` or not, and what it is."""
    at = 0
    while at < len(tokens) and (option := named(tokens[at].text)):
        at += 1
        if takes_value(option) and "=" not in tokens[at - 1].text:
            if at == len(tokens):
                return _option_value(option.args[-1], word)
            at += 1
    tokens = tokens[at:]
    if not tokens and (option := named(word)) and "=" in word:
        return _option_value(option.args[-1], word.partition("=")[2])
    if not tokens and word.startswith("-"):
        return "option", _plain((name for option in OPTIONS for name in option.args), "keyword")
    if len(tokens) > 1 and tokens[1].text == "<<":
        tokens = tokens[2:]
    bars = [index for index, token in enumerate(tokens) if token.operator]
    if bars and tokens[bars[-1]].text == ">":
        return "file", _files(word) if bars[-1] == len(tokens) - 1 else []
    if bars:
        return _step(tokens[bars[-1] + 1 :], word)
    if tokens and tokens[0].text == "describe":
        return "operation", [*_plain(modules.names(), "module"), *_operations(cases=True)]
    commands = [] if tokens else _plain(COMMANDS, "keyword")
    return "source", [*_variables(word, variables), *commands, *_files(word)]


def _option_value(name: str, word: str) -> tuple[str, Iterable[SimpleCompletion]]:
    """What may follow an option of the magic."""
    if name == "--engine":
        return "value", _plain(engines.names(), "value")
    return ("value" if "=" in word else "file"), _files(word) if name == "--save" else []


def _step(segment: Sequence[Token], word: str) -> tuple[str, Iterable[SimpleCompletion]]:
    """What may stand in a step after `segment`."""
    if not segment and word.startswith("@"):
        return "file", (SimpleCompletion(f"@{file.text}", type="path") for file in _files(word[1:]))
    if not segment:
        return "operation", _operations(cases=False)
    words = list(segment)
    operation = _find(words[0].text)
    if operation is not None:
        words = words[1:]
    else:
        group = words[0].text.replace("_", "-")
        module, _, name = group.partition(".")
        if len(words) == 1:
            known = operations.of(module).values() if module in operations.module_names() else []
            cases = (found.case for found in known if found.name.startswith(f"{name} "))
            return "operation", _plain(cases, "value")
        operation = _find(f"{group} {words[1].text}")
        if operation is None:
            return "option", []
        words = words[2:]
    return _options(operation, words, word)


def _options(
    operation: Operation, words: Sequence[Token], word: str
) -> tuple[str, Iterable[SimpleCompletion]]:
    """Names of options, or the values of the one whose name stands there."""
    wanted = {option.name: option for option in operation.parameters}
    if "=" in word:
        option = wanted.get(word.partition("=")[0].replace("_", "-"))
        if option and option.kind == "file":
            return "value", _files(word.partition("=")[2])
        return "value", _values(option) if option else []
    positions = [token for token in words if token.equals is None]
    for token in words:
        if token.equals is not None:
            wanted.pop(token.text[: token.equals].replace("_", "-"), None)
    for option in operation.required[: len(positions)]:
        wanted.pop(option.name, None)
    following = operation.required[len(positions) : len(positions) + 1]
    values = [value for option in following if option.name in wanted for value in _values(option)]
    if any(option.kind == "file" for option in following):
        values += _files(word)
    return "option", [*values, *_plain((f"{option.python_name}=" for option in wanted.values()), "param")]


def _values(option: Parameter) -> Iterator[SimpleCompletion]:
    """The values of an option that has but a few."""
    holder = option.item or option
    choices: list[Any] = [value for value, _ in holder.choices]
    if option.kind == "bool":
        choices = [True, False]
    return _plain((quote(holder.format(value)) for value in choices), "value")


def _find(name: str) -> Operation | None:
    try:
        return operations.find(name)
    except PipelineError:
        return None


def _operations(*, cases: bool) -> Iterator[SimpleCompletion]:
    """All operations; those with cases once, unless the cases are wanted."""
    known = (found for module in operations.module_names() for found in operations.of(module).values())
    names = (str(found) if cases else str(found).split()[0] for found in known)
    return _plain(dict.fromkeys(names), "function")


def _variables(word: str, variables: Mapping[str, Any]) -> Iterator[SimpleCompletion]:
    """Variables that a person made: IPython's own start with underscores."""
    own = {"In", "Out", "exit", "quit", "get_ipython", "open"}
    names = (name for name in variables if name.startswith(word) and name not in own)
    return _plain((name for name in names if word.startswith("_") or not name.startswith("_")), "variable")


def _files(word: str) -> Iterator[SimpleCompletion]:
    """Files and folders that begin with `word`; hidden ones only if it says so."""
    if sources.is_url(word):
        return
    folder, name = os.path.split(word)
    try:
        with os.scandir(sources.local(folder or ".")) as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError:
        return
    shown = [
        (entry, is_folder)
        for entry, is_folder in found
        if entry.startswith(name) and (name.startswith(".") or not entry.startswith("."))
    ]
    for entry, is_folder in shown[:_MAX_FILES]:
        path = os.path.join(folder, entry).replace("{", "{{").replace("}", "}}")  # noqa: PTH118 (as it was begun)
        yield SimpleCompletion(quote(f"{path}/" if is_folder else path), type="path")


def _plain(words: Iterable[str], type: str) -> Iterator[SimpleCompletion]:
    return (SimpleCompletion(word, type=type) for word in words)
