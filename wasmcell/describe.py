"""Modules and operations in words, for the command line."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from wasmcell import modules, operations
from wasmcell.operations import docstrings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wasmcell.operations.operation import Operation
    from wasmcell.operations.parameters import Parameter

_TITLES = {
    "decode": "How the input is read (first, if at all)",
    "step": "Steps",
    "output": "Outputs (last)",
    "function": "Functions (in place of an output)",
}


def module(name: str) -> str:
    """A module: version, what it is, its operations.

    Raises
    ------
    ModuleError
        There is no such module.
    """
    found = modules.get(name)
    known = list(operations.of(name).values())
    lines = [f"{name} {found.version}  sha256 {found.sha256}", docstrings.prose(found.description.docs)]
    for kind, title in _TITLES.items():
        group = [operation for operation in known if operation.kind == kind]
        if group:
            lines += ["", f"{title}:", *table([(str(one), docstrings.summary_of(one)) for one in group])]
    return (
        "\n".join([*lines, "", f"More on one: wasmcell describe {known[-1]}"]) if known else "\n".join(lines)
    )


def operation(name: str) -> str:
    """An operation, or all operations of a name with cases, such as ``image.encode``.

    Raises
    ------
    PipelineError
        There is no such operation.
    """
    owner, _, group = name.partition(".")
    cases = [found for found in _known(owner) if found.name.startswith(f"{group} ")]
    return "\n\n".join("\n".join(_operation(found)) for found in cases or [operations.find(name)])


def table(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Rows of two columns, aligned; the second is wrapped."""
    width = max((len(first) for first, _ in rows), default=0)
    return [
        textwrap.fill(second, 100, initial_indent=f"  {first:{width}}  ", subsequent_indent=" " * (width + 4))
        for first, second in rows
    ]


def _known(module: str) -> Sequence[Operation]:
    return list(operations.of(module).values()) if module in operations.module_names() else []


def _operation(found: Operation) -> Iterator[str]:
    yield " ".join([str(found), *map(_usage, found.parameters)])
    yield textwrap.indent(docstrings.prose(found.docs), "  ")
    if found.parameters:
        yield ""
    rows: list[tuple[str, str]] = []
    for parameter in found.parameters:
        rows.append((parameter.name, _facts(parameter)))
        rows += [(f"  {value}", docs) for value, docs in parameter.choices if docs]
    yield from table(rows)


def _usage(parameter: Parameter) -> str:
    return parameter.name if parameter.required else f"[{parameter.name}=…]"


def _facts(parameter: Parameter) -> str:
    """What an option is, what it may be, and what it is when it is left out."""
    facts = [" ".join(parameter.docs.split())]
    if parameter.kind in ("integer", "float", "list") or (parameter.choices and not parameter.choices[0][1]):
        facts.append(f"{parameter.allowed[0].upper()}{parameter.allowed[1:]}.")
    if parameter.default is not None:
        facts.append(f"Default: {parameter.format(parameter.default)}.")
    return " ".join(filter(None, facts))
