r"""Split the text of a pipeline into words and operators, with their positions.

Quoting is that of shells, with one difference for the sake of Windows paths: outside of quotes a
backslash takes away the meaning of white space, quotes, ``|`` and ``>`` only; before anything else it
stands for itself (``C:\photos\a.jpg``).
"""

from __future__ import annotations

from typing import NamedTuple

from wasmcell.errors import PipelineError

OPERATORS = "|>"
_ESCAPABLE = frozenset("'\"|> \t\r\n")


class Token(NamedTuple):
    """A word or an operator of a pipeline's text."""

    text: str
    """The word without its quotes, or the operator."""
    position: int
    """Where it starts in the pipeline's text."""
    operator: bool = False
    """Whether it is an unquoted ``|`` or ``>``."""
    quoted: bool = False
    """Whether any part of it was quoted or escaped."""
    equals: int | None = None
    """Where in `text` the first unquoted ``=`` stands."""


def tokenize(text: str, *, braces: bool = False) -> list[Token]:
    """Split `text`; white space and newlines separate words, ``#`` starts a comment.

    Parameters
    ----------
    text : str
    braces : bool
        Leave what stands between braces on one line as it is, whatever it holds; for those who replace it.

    Raises
    ------
    PipelineError
        A quote is not closed.
    """
    tokens = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char == "#":
            while at < len(text) and text[at] != "\n":
                at += 1
        elif char in OPERATORS:
            tokens.append(Token(char, at, operator=True))
            at += 1
        else:
            token, at = _word(text, at, braces)
            tokens.append(token)
    return tokens


def _word(text: str, start: int, braces: bool) -> tuple[Token, int]:
    """The word that starts at `start`, and the position after it."""
    letters: list[str] = []
    quoted = False
    equals = None
    at = start
    while at < len(text) and not text[at].isspace() and text[at] not in OPERATORS:
        char = text[at]
        if char in "'\"":
            quoted = True
            at = _quotation(text, at, letters, braces)
            continue
        if braces and (end := braces_end(text, at)):
            letters += text[at:end]
            at = end
            continue
        if char == "\\" and text[at + 1 : at + 2] in _ESCAPABLE:
            quoted = True
            at += 1
            char = text[at]
        elif char == "=" and equals is None:
            equals = len(letters)
        letters.append(char)
        at += 1
    return Token("".join(letters), start, quoted=quoted, equals=equals), at


def _quotation(text: str, start: int, letters: list[str], braces: bool) -> int:
    """Add what stands between the quotes at `start`; return the position after them."""
    quote = text[start]
    at = start + 1
    while at < len(text):
        char = text[at]
        if char == quote:
            return at + 1
        if braces and (end := braces_end(text, at)):
            letters += text[at:end]
            at = end
            continue
        if quote == '"' and char == "\\" and text[at + 1 : at + 2] in ('"', "\\"):
            at += 1
            char = text[at]
        letters.append(char)
        at += 1
    raise fault(f"The quote {quote} is not closed.", text, start)


def braces_end(text: str, start: int) -> int:
    """The position after the braces that open at `start`, or after ``{{``; 0 if none do, or none close.

    Between braces stands Python, on one line: brackets are balanced, and those in its strings do not count.
    """
    if text[start : start + 1] != "{":
        return 0
    if text.startswith("{{", start):
        return start + 2
    depth = 0
    quote = ""
    at = start
    while at < len(text) and text[at] != "\n":
        char = text[at]
        if quote:
            at += char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        else:
            depth += (char in "([{") - (char in ")]}")
            if depth == 0:
                return at + 1
        at += 1
    return 0


def quote(text: str) -> str:
    """`text` as one word, in quotes only where they are needed."""
    special = any(char.isspace() or char in "'\"|>" for char in text)
    needed = not text or special or text.startswith("#") or text.endswith("\\")
    return force_quote(text) if needed else text


def force_quote(text: str) -> str:
    """`text` as one word in quotes."""
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def fault(message: str, text: str, position: int) -> PipelineError:
    """The error for a fault at `position`: its message with the line in question and a caret under it."""
    start = text.rfind("\n", 0, position) + 1
    line = text[start:].split("\n", 1)[0]
    pointer = "".join("\t" if char == "\t" else " " for char in line[: position - start]) + "^"
    return PipelineError(f"{message}\n  {line}\n  {pointer}", text, position)
