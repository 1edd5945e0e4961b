"""Python in a pipeline: ``{expression}`` in its words, and variables as its sources."""

from __future__ import annotations

import ast
import errno
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wasmcell import options, sources
from wasmcell.errors import PipelineError
from wasmcell.magics import blocking
from wasmcell.operations.parameters import did_you_mean
from wasmcell.pipeline import Pipeline, grammar
from wasmcell.pipeline.tokens import Token, braces_end, fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLACEHOLDERS = ("name", "ext", "index")
"""What braces hold in an output without being Python: see `wasmcell.pipeline.targets.expand`."""


@dataclass(frozen=True)
class Scope:
    """The text of a magic and the variables that it sees."""

    text: str
    variables: Mapping[str, Any]

    def words(self, token: Token, *, output: bool = False) -> list[Token]:
        """A word with its braces replaced by what they stand for; a pipeline in braces is its steps' words.

        Parameters
        ----------
        token : Token
        output : bool
            Whether it is an output, whose placeholders and double braces stay.

        Raises
        ------
        PipelineError
            An expression is wrong, or fails.
        """
        if token.operator or not any(char in token.text for char in "{}"):
            return [token]
        if not output and _is_expression(token.text):
            value, spec = self._value(token, token.text[1:-1])
            if isinstance(value, Pipeline):
                return grammar.words(value.steps, token.position)
            return [Token(_text(value, spec), token.position, quoted=True)]
        head = len(token.text) if token.equals is None else token.equals
        name = self._filled(token, token.text[:head], output)
        text = name + self._filled(token, token.text[head:], output)
        equals = None if token.equals is None else len(name)
        return [Token(text, token.position, quoted=True, equals=equals)]

    def source(self, token: Token) -> Any:
        """The value of a source that is a variable or one expression; else its text."""
        word = token.text
        if not token.quoted and word.isidentifier() and word in self.variables:
            if sources.local(word).is_file():
                raise fault(
                    f"{word} is a variable and a file: write {{{word}}} or ./{word}.",
                    self.text,
                    token.position,
                )
            return self.variables[word]
        if _is_expression(word):
            return self._value(token, word[1:-1])[0]
        return self.words(token)[0].text

    def _filled(self, token: Token, text: str, output: bool) -> str:
        filled = ""
        at = 0
        while at < len(text):
            end = braces_end(text, at) or at + 1
            piece = text[at:end]
            if text.startswith(("{{", "}}"), at):
                end = at + 2
                filled += text[at:end] if output else text[at]
            elif len(piece) == 1 or (output and piece[1:-1].partition(":")[0].strip() in PLACEHOLDERS):
                filled += piece
            else:
                value = _text(*self._value(token, piece[1:-1], output=output))
                filled += value.replace("{", "{{").replace("}", "}}") if output else value
            at = end
        return filled

    def _value(self, token: Token, expression: str, *, output: bool = False) -> tuple[Any, str]:
        """The value of an expression, and the format that stands after a colon."""
        code, spec = expression.strip(), ""
        try:
            try:
                compiled = compile(_as_dict(code), "<%wasm>", "eval")
            except SyntaxError:
                code, colon, spec = code.rpartition(":")
                if not colon:
                    raise
                compiled = compile(code.strip(), "<%wasm>", "eval")
            value = eval(compiled, dict(self.variables))  # noqa: S307 (the user's own code)
            if spec:
                format(value, spec)
            return value, spec
        except Exception as error:
            message = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"
            hint = did_you_mean(expression, PLACEHOLDERS) if output else ""
            if isinstance(error, (NameError, SyntaxError)):
                hint += ". Write {{ for a brace that is none of Python's"
            text = f"{{{expression}}} fails as Python: {message}{hint}."
            raise fault(text, self.text, token.position) from error


@dataclass(frozen=True)
class Found:
    """The sources of a pipeline."""

    sources: list[Any]
    many: bool
    """Whether there is more than one by nature, though a pattern or list may hold but one."""
    words: tuple[str, ...]
    """The sources as a stored pipeline has them; none if one is no file."""


def found(scope: Scope, tokens: Sequence[Token]) -> Found:
    """What the words before the first bar stand for.

    Raises
    ------
    PipelineError
        An expression fails, a name is ambiguous or parted by its spaces, or a pattern matches nothing.
    FileNotFoundError
        There is no such file.
    """
    gathered: list[Any] = []
    words: list[str | None] = []
    many = len(tokens) > 1
    plain = [token.text for token in tokens if not (token.quoted or "{" in token.text)]
    all_plain = len(plain) == len(tokens) and scope.variables.keys().isdisjoint(plain)
    if all_plain and (name := options.parted(plain)):
        raise fault(name[1], scope.text, tokens[name[0]].position)
    for token in tokens:
        value = scope.source(token)
        several = isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields")
        many = many or several
        for one in value if several else [value]:
            words.append(os.fspath(one) if isinstance(one, (str, os.PathLike)) else None)
            if isinstance(one, str):
                files = _files(scope, token, one)
                many = many or files != [one]
                gathered += files
            else:
                gathered.append(_named(one, token.text))
    return Found(gathered, many, () if None in words else tuple(filter(None, words)))


def _files(scope: Scope, token: Token, word: str) -> list[str]:
    if word == "-":
        message = "A notebook has no standard input: begin with a path, or a variable."
        raise fault(message, scope.text, token.position)
    try:
        return options.files(word)
    except PipelineError as error:
        raise fault(str(error), scope.text, token.position) from None


def _named(value: Any, word: str) -> Any:
    """Bytes by the name that they have here; all else as it is."""
    blocking.check(value, word)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return sources.Data(value, word)
    if value is None:
        raise FileNotFoundError(errno.ENOENT, "The variable is None, no source", word)
    return value


def _is_expression(word: str) -> bool:
    """Whether all of a word is one pair of braces."""
    return braces_end(word, 0) == len(word) and not word.startswith("{{")


def _as_dict(code: str) -> str:
    """The inside of braces, with them if it is that of a dict whose keys are texts: such have no format."""
    try:
        found = ast.parse(f"{{{code}}}", mode="eval").body
    except SyntaxError:
        return code
    keys = found.keys if isinstance(found, ast.Dict) else []
    are_texts = [isinstance(key, ast.Constant) and isinstance(key.value, str) for key in keys]
    return f"{{{code}}}" if are_texts and all(are_texts) else code


def _text(value: Any, spec: str) -> str:
    """A value as the pipeline grammar writes it."""
    if spec:
        return format(value, spec)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, (list, tuple, dict)) else str(value)
