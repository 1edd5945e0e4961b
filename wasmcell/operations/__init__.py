"""Operations: what a module can do, derived from its description alone.

Every case of the variant `step` is an operation, every case of the variant `output` one called
``encode <case>``, the record `decode` (how the input is read) one called ``decode``, and so is every
function that takes a file first, other than those which pipelines go through. (A function's file is no
option: it is the pipeline's source.)
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from wasmcell import modules
from wasmcell.abi.values import python_name
from wasmcell.errors import InvalidArgumentError, ModuleError, PipelineError
from wasmcell.modules import description as wit
from wasmcell.operations.parameters import Parameter, Value, ValueKind, did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["decode", "step", "output", "function"]

PIPELINE_FUNCTIONS = ("run", "run-raster")
"""The functions that carry out a pipeline: they take the operations and are none themselves."""

_PRIMITIVES: Mapping[str, ValueKind] = {
    "bool": "bool",
    "f32": "float",
    "f64": "float",
    "string": "string",
    "char": "string",
}


@dataclass(frozen=True)
class Operation:
    """One thing that a module can do."""

    module: str
    name: str
    """WIT's kebab-case name; that of an output is ``encode`` and its case."""
    kind: Kind
    docs: str
    parameters: tuple[Parameter, ...] = ()
    payload: bool = False
    """Whether the case of a step or an output has a record."""

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def case(self) -> str:
        """The case of the variant `step` or `output`."""
        return self.name.split()[-1]

    @property
    def python_name(self) -> str:
        """The name of its Python method: snake_case, ``encode`` for every output."""
        return python_name(self.name.split()[0])

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The options that must be given, and may be by position."""
        return tuple(parameter for parameter in self.parameters if parameter.required)

    def parameter(self, name: str) -> Parameter:
        """The option of that name, in kebab-case or snake_case.

        Raises
        ------
        InvalidArgumentError
            There is none; says which is near, or which there are.
        """
        wanted = name.replace("_", "-").rstrip("-")
        for parameter in self.parameters:
            if parameter.name == wanted:
                return parameter
        names = [parameter.python_name for parameter in self.parameters]
        known = did_you_mean(wanted.replace("-", "_"), names) or (
            f" (its options: {', '.join(names)})" if names else " (it has none)"
        )
        raise InvalidArgumentError(f"{self.name}: there is no option {name}{known}")

    def position(self, index: int) -> Parameter:
        """The option that is given by position, from 0.

        Raises
        ------
        InvalidArgumentError
            Fewer are taken by position.
        """
        if index < len(self.required):
            return self.required[index]
        by_name = [parameter.python_name for parameter in self.parameters if not parameter.required]
        takes = ", ".join(parameter.python_name for parameter in self.required) or "nothing"
        rest = f"; give {listed(by_name)} by name" if by_name else ""
        raise InvalidArgumentError(f"{self.name} takes {takes} by position{rest}")

    def bind(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Options as a call gives them, checked: kebab-case names and normal values, in order.

        Raises
        ------
        InvalidArgumentError
            One is unknown, missing, given twice, of another type or out of range.
        """
        given = [(self.position(index), value) for index, value in enumerate(args)]
        given += [(self.parameter(name), value) for name, value in options.items()]
        return self.collect(
            (
                parameter,
                value if value is None and not parameter.required else parameter.check(value, self.name),
            )
            for parameter, value in given
        )

    def collect(self, given: Iterator[tuple[Parameter, Any]]) -> dict[str, Any]:
        """Checked values in the order of the description, without those that are None.

        Raises
        ------
        InvalidArgumentError
            One is given twice, or a required one is missing.
        """
        values: dict[str, Any] = {}
        for parameter, value in given:
            if parameter.name in values:
                raise InvalidArgumentError(f"{self.name}: {parameter.python_name} is given twice")
            values[parameter.name] = value
        for parameter in self.required:
            if parameter.name not in values:
                raise InvalidArgumentError(
                    f"{self.name}: {parameter.python_name} is missing; it must be {parameter.allowed}"
                )
        return {
            parameter.name: values[parameter.name]
            for parameter in self.parameters
            if values.get(parameter.name) is not None
        }

    @property
    def signature(self) -> inspect.Signature:
        """Required options positional or by name, the others by name only, with their defaults."""
        return inspect.Signature(
            [
                inspect.Parameter(
                    parameter.python_name,
                    inspect.Parameter.POSITIONAL_OR_KEYWORD
                    if parameter.required
                    else inspect.Parameter.KEYWORD_ONLY,
                    default=inspect.Parameter.empty if parameter.required else parameter.default,
                    annotation=parameter.annotation,
                )
                for parameter in sorted(self.parameters, key=lambda parameter: not parameter.required)
            ]
        )


@functools.cache
def of(module: str) -> Mapping[str, Operation]:
    """All operations of a module by name, in the order of its description.

    Raises
    ------
    ModuleError
        There is no such module.
    """
    found = {operation.name: operation for operation in _derive(module, modules.get(module).description)}
    return MappingProxyType(found)


def find(name: str) -> Operation:
    """The operation of that name, such as ``image.resize`` or ``image.encode webp``.

    Raises
    ------
    PipelineError
        There is none; says which is near.
    """
    module, dot, operation = " ".join(name.split()).partition(".")
    if not dot:
        everywhere = {known.name: str(known) for owner in module_names() for known in _sound(owner)}
        hint = did_you_mean(module, everywhere)
        raise PipelineError(f"An operation is written module.operation, not {name!r}{hint}.")
    if module not in module_names():
        hint = did_you_mean(module, module_names()) or f" (there are {', '.join(module_names())})"
        raise PipelineError(f"There is no module {module}{hint}.")
    operations = of(module)
    operation = operation.replace("_", "-")
    if operation in operations:
        return operations[operation]
    group, _, given = operation.partition(" ")
    if cases := [known.case for known in operations.values() if known.name.startswith(f"{group} ")]:
        text = f"{module}.{group} takes {listed(cases)}"
        raise PipelineError(f"{text}, not {given!r}{did_you_mean(given, cases)}." if given else f"{text}.")
    hint = did_you_mean(operation, {known.name: str(known) for known in operations.values()})
    raise PipelineError(
        f"There is no operation {name}{hint or f' (`wasmcell describe {module}` lists them)'}."
    )


@functools.cache
def module_names() -> tuple[str, ...]:
    """The names of the modules that were here at the first call."""
    return tuple(modules.names())


def _sound(module: str) -> list[Operation]:
    """The operations of a module for hints: one that cannot be read has none."""
    try:
        return list(of(module).values())
    except ModuleError:
        return []


def _derive(module: str, description: wit.Description) -> Iterator[Operation]:
    for type in description.types:
        if isinstance(type, wit.Record) and type.name == "decode":
            yield Operation(module, "decode", "decode", type.docs, _parameters(type.fields), payload=True)
    for name, kind in (("step", "step"), ("output", "output")):
        for type in description.types:
            if isinstance(type, wit.Variant) and type.name == name:
                yield from (_case(module, kind, case) for case in type.cases)  # type: ignore[arg-type]
    for interface in description.interfaces:
        for function in interface.functions:
            data = function.params and "[" not in function.name and _is_bytes(function.params[0].type)
            if data and function.name not in PIPELINE_FUNCTIONS:
                parameters = _parameters(function.params[1:])
                yield Operation(module, function.name, "function", function.docs, parameters)


def _case(module: str, kind: Kind, case: wit.VariantCase) -> Operation:
    record = case.type and wit.resolve(case.type)
    if record is not None and not isinstance(record, wit.Record):
        raise ModuleError(f"{module}: the payload of {kind} {case.name} is no record.")
    name = f"encode {case.name}" if kind == "output" else case.name
    docs = (record.docs if record else "") or case.docs
    return Operation(
        module, name, kind, docs, _parameters(record.fields if record else ()), record is not None
    )


def _is_bytes(type: wit.Type) -> bool:
    type = wit.resolve(type)
    return isinstance(type, wit.List) and wit.resolve(type.type) == wit.Primitive("u8")


def _parameters(fields: tuple[wit.Field, ...]) -> tuple[Parameter, ...]:
    """The fields that people see: not those which the host fills in."""
    return tuple(_parameter(field, field.type) for field in fields if wit.host_bytes(field.type) is None)


def _parameter(field: wit.Field, type: wit.Type) -> Parameter:
    resolved = wit.resolve(type)
    required = not isinstance(resolved, wit.Option)
    if isinstance(resolved, wit.Option):
        type, resolved = resolved.type, wit.resolve(resolved.type)
    choices: tuple[tuple[Value, str], ...] = tuple((value, "") for value in field.values or ())
    item = None
    if isinstance(resolved, wit.Enum):
        choices = tuple((label.name, label.docs) for label in resolved.cases)
    if isinstance(resolved, wit.List) and not _is_bytes(resolved):
        item = _parameter(wit.Field(name=field.name, type=resolved.type), resolved.type)
    kind = _kind(resolved)
    default = None if field.default is wit.REQUIRED else field.default
    return Parameter(
        name=field.name,
        kind=kind,
        type=str(type),
        docs=field.docs,
        required=required,
        default=float(default) if kind == "float" and default is not None else default,
        range=field.range,
        choices=choices,
        unit=field.unit or "",
        item=item,
    )


def _kind(type: wit.Type) -> ValueKind:
    match type:
        case wit.Primitive(name):
            return _PRIMITIVES.get(name, "integer")
        case wit.Enum():
            return "enum"
        case wit.List() if not _is_bytes(type):
            return "list"
    return "other"
