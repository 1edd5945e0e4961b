"""``%wasm image.resize?``: IPython would look for a Python object of that name."""

from __future__ import annotations

import re

from wasmcell import operations
from wasmcell.errors import PipelineError

_QUESTION = re.compile(r"\s*%wasm\s(?:.*[|\s])?(?P<group>\w+\.[\w-]+)(?P<case> [\w-]+)?\?{1,2}\s*")


def answered(lines: list[str]) -> list[str]:
    """A transformer of IPython's input: a cell of one such line asks for the operation's description."""
    question = _QUESTION.fullmatch("".join(lines)) if len(lines) == 1 else None
    if question is None:
        return lines
    name = question["group"] + (question["case"] or "")
    module, _, operation = question["group"].partition(".")
    if not question["case"] and module in operations.module_names():
        known = operation in {found.name.split()[0] for found in operations.of(module).values()}
        return [f"%wasm describe {name}\n"] if known else lines
    try:
        return [f"%wasm describe {operations.find(name)}\n"]
    except PipelineError:
        return lines
