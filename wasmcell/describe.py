"""Modules, operations, engines and what went on, in words: for the command line and the magics."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from wasmcell import engines as all_engines
from wasmcell import modules as all_modules
from wasmcell import operations, sources
from wasmcell.errors import Error, ModuleError
from wasmcell.operations import docstrings
from wasmcell.operations.parameters import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wasmcell.batch import Outcome
    from wasmcell.operations.operation import Operation
    from wasmcell.operations.parameters import Parameter

_TITLES = {
    "decode": "How the input is read (first, if at all)",
    "step": "Steps",
    "output": "Outputs (last)",
    "function": "Functions (in place of an output)",
}


def modules() -> str:
    """All modules: version, size and what each is."""
    from wasmcell.display import size

    rows = []
    for name in all_modules.names():
        found = all_modules.get(name)
        facts = f"{found.version}  {size(found.description.size):>7}  sha256 {found.sha256[:12]}"
        rows.append((name, f"{facts}  {docstrings.first_sentence(found.description.docs)}"))
    return "\n".join(table(rows))


def engines() -> str:
    """All engines, and what they lack."""
    rows = []
    for name in all_engines.names():
        try:
            caveat = all_engines.get(name).caveat
        except Error as error:
            rows.append((name, f"not available: {error}"))
        else:
            rows.append((name, f"available{caveat and '; '}{caveat}"))
    return "\n".join(table(rows))


def named(name: str) -> str:
    """A module, or an operation: that has a dot in its name. Raises as `module` and `operation`."""
    if "." in name:
        return operation(name)
    try:
        return module(name)
    except ModuleError as error:
        known = {one.name: str(one) for owner in all_modules.names() for one in operations.of(owner).values()}
        raise ModuleError(f"{str(error).rstrip('.')}{did_you_mean(name, known)}.") from None


def module(name: str) -> str:
    """A module: version, what it is, its operations.

    Raises
    ------
    ModuleError
        There is no such module.
    """
    found = all_modules.get(name)
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


def timing(outcome: Outcome) -> str:
    """What became of one source, in one line: sizes, time and engine."""
    from wasmcell.display import duration, size

    result = outcome.result
    assert result is not None
    output = f" → {result.format} {size(result.bytes_out)}" if result.format else ""
    return f"{outcome.source}: {size(result.bytes_in)}{output} · {duration(result.seconds)} · {result.engine}"


def notes(outcomes: Iterable[Outcome]) -> list[str]:
    """What people should know of results, a line each."""
    done = [(outcome.source, outcome.result) for outcome in outcomes if outcome.result is not None]
    return [f"{source}: {note}" for source, result in done for note in result.notes]


def error(found: BaseException) -> str:
    """An error in one line (that of a pipeline has more, and points)."""
    if not isinstance(found, OSError) or not found.filename:
        return str(found) or type(found).__name__
    text = f"{found.strerror}: {found.filename}"
    return text + (sources.near_files(str(found.filename)) if isinstance(found, FileNotFoundError) else "")


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
        rows += _fields(parameter)
    yield from table(rows)


def _fields(parameter: Parameter, indent: str = "  ") -> Iterator[tuple[str, str]]:
    """What a record holds, or each of a list."""
    for field in (parameter.item or parameter).fields:
        yield f"{indent}{field.name}", _facts(field)
        yield from _fields(field, f"{indent}  ")


def _usage(parameter: Parameter) -> str:
    return parameter.name if parameter.required else f"[{parameter.name}=…]"


def _facts(parameter: Parameter) -> str:
    """What an option is, what it may be, and what it is when it is left out."""
    facts = [" ".join(parameter.docs.split())]
    if parameter.kind in ("integer", "float", "list", "flags", "record", "file") or (
        parameter.choices and not parameter.choices[0][1]
    ):
        facts.append(f"{parameter.allowed[0].upper()}{parameter.allowed[1:]}.")
    if parameter.default is not None:
        facts.append(f"Default: {parameter.format(parameter.default)}.")
    return " ".join(filter(None, facts))
