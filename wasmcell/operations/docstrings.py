"""Docstrings of operations in numpy's style, derived from the description."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from wasmcell.operations.parameters import Parameter, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wasmcell.operations.operation import Operation

_WIDTH = 96


def operation(found: Operation, returns: str = "") -> str:
    """The docstring of a method or function.

    Parameters
    ----------
    found : Operation
    returns : str
        What it returns: a type, or a type and a line on it.
    """
    return _join(
        prose(found.docs), _section("Parameters", map(parameter, found.parameters)), _returns(returns)
    )


def alternatives(summary: str, first: str, found: Sequence[Operation], returns: str = "") -> str:
    """The docstring of a method that chooses one of several operations by its first argument.

    Parameters
    ----------
    summary : str
        What the method does.
    first : str
        The name of the first argument.
    found : sequence of Operation
        What it chooses from, by their cases.
    returns : str
        As for `operation`.
    """
    cases = "\n".join(f"- {choice.case}: {summary_of(choice)}" for choice in found)
    uses: dict[str, dict[str, list[str]]] = {}
    for choice in found:
        for option in choice.parameters:
            head, _, body = parameter(option).partition("\n")
            uses.setdefault(head, {}).setdefault(body, []).append(choice.case)
    parameters = [f"{first} : {{{', '.join(repr(choice.case) for choice in found)}}}\n{_indent(cases)}"]
    for head, bodies in uses.items():
        texts = [f"{body}\n    For {listed(choices, 'and')}." for body, choices in bodies.items()]
        parameters.append("\n".join([head, *texts]))
    return _join(prose(summary), _section("Parameters", parameters), _returns(returns))


def parameter(found: Parameter) -> str:
    """One entry of the section 'Parameters'."""
    kind = _kind(found)
    if not found.required:
        kind += ", optional" if found.default is None else f", default {found.default!r}"
    lines = [_end(prose(found.docs))] if found.docs else []
    if found.kind in ("integer", "float") and (found.choices or found.range):
        lines.append(f"{found.allowed[0].upper()}{found.allowed[1:]}.")
    choices = found.choices or (found.item.choices if found.item else ())
    if any(docs for _, docs in choices):
        lines.append("\n" + "\n".join(f"- {value}: {prose(docs)}" for value, docs in choices))
    return f"{found.python_name} : {kind}\n{_indent(chr(10).join(lines))}"


def _kind(found: Parameter) -> str:
    """What may be given, in a few words."""
    if found.choices:
        return f"{{{', '.join(repr(value) for value, _ in found.choices)}}}"
    if found.item is not None:
        alone = "str or " if found.item.kind == "string" else ""
        return f"{alone}sequence of {_kind(found.item)}"
    if found.kind == "record":
        return f"{found.type} ({', '.join(field.python_name for field in found.fields)})"
    kinds = {
        "integer": "int",
        "string": "str",
        "file": "path, bytes, file object, Image or Document",
        "other": found.type,
    }
    return kinds.get(found.kind, found.kind)


def summary_of(found: Operation) -> str:
    """The first sentence on what an operation does."""
    return first_sentence(found.docs)


def first_sentence(docs: str) -> str:
    """The first sentence of a text, on one line."""
    head, stop, _ = " ".join(docs.split()).partition(". ")
    return f"{head}." if stop else head


def prose(docs: str) -> str:
    """`docs` with its paragraphs filled to the width of a docstring."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in docs.split("\n\n"))
    return "\n\n".join(textwrap.fill(paragraph, _WIDTH) for paragraph in paragraphs)


def _end(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."


def _indent(text: str) -> str:
    return textwrap.indent(text, "    ")


def _section(title: str, entries: Iterable[str]) -> str:
    body = "\n".join(entries)
    return f"{title}\n{'-' * len(title)}\n{body}" if body else ""


def _returns(returns: str) -> str:
    return _section("Returns", [returns]) if returns else ""


def _join(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
