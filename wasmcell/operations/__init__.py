"""Operations: what a module can do, derived from its description alone.

Every case of the variant `step` is an operation, every case of the variant `output` one called
``encode <case>``, the record `decode` (how a pipeline's input is read) one called ``decode``, and so is
every function that takes a file first, or several, other than those which pipelines go through. (A
function's file is no option: it is the pipeline's source.)
"""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from wasmcell import modules
from wasmcell.errors import ModuleError, PipelineError
from wasmcell.modules import description as wit
from wasmcell.operations.operation import Kind, Operation
from wasmcell.operations.parameters import Parameter, Value, ValueKind, did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


__all__ = [
    "Operation",
    "arguments",
    "cases",
    "find",
    "function",
    "methods",
    "module_names",
    "of",
    "takes_pixels",
]

PIPELINE_FUNCTIONS = ("run", "run-raster")
"""The functions that carry out a pipeline: they take the operations and are none themselves."""

_RASTER = ["width", "height", "format", "pixels"]
"""The fields of the record `raster` of `wasmcell:core`."""

_PRIMITIVES: Mapping[str, ValueKind] = {
    "bool": "bool",
    "f32": "float",
    "f64": "float",
    "string": "string",
    "char": "string",
}


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


@functools.cache
def methods(module: str, resource: str) -> Mapping[str, Operation]:
    """The methods of a resource, and what opens one, by name.

    Those that are called like a function have its docs; the fields of a record that one takes are options
    of its own.
    """
    starts = (f"[method]{resource}.", f"[static]{resource}.")
    functions = of(module)
    found = {}
    for full, function in modules.get(module).description.functions.items():
        if full.startswith(starts):
            name = full.partition(".")[2]
            docs = functions[name].docs if name in functions else function.docs
            parameters = _parameters(tuple(_flat(function.params[1:])))
            found[name] = Operation(module, name, "method", docs, parameters)
    return MappingProxyType(found)


def function(module: str, name: str) -> Operation:
    """A function with the options that it takes after its first parameter, whatever that is."""
    return _function(module, modules.get(module).description.function(name))


def cases(module: str, variant: str) -> Mapping[str, Operation]:
    """What the cases of a variant take, by their names."""
    return {
        case.name: _case(module, "step", case)
        for type in modules.get(module).description.types
        if isinstance(type, wit.Variant) and type.name == variant
        for case in type.cases
    }


def arguments(module: str, name: str, options: Mapping[str, Any]) -> list[Any]:
    """Options as a function takes them after its first parameter: a record's fields in that record."""
    found: list[Any] = []
    for param in modules.get(module).description.function(name).params[1:]:
        record = wit.resolve(param.type)
        if isinstance(record, wit.Record):
            found.append(
                {field.name: options[field.name] for field in record.fields if field.name in options}
            )
        else:
            found.append(options.get(param.name))
    return found


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
    try:
        operations = of(module)
    except ModuleError as error:
        if module in module_names():
            raise PipelineError(str(error)) from error
        hint = did_you_mean(module, module_names()) or f" (there are {', '.join(module_names())})"
        raise PipelineError(f"There is no module {module}{hint}.") from error
    operation = operation.replace("_", "-")
    if operation in operations:
        return operations[operation]
    group, _, given = operation.partition(" ")
    cases = [known.case for known in operations.values() if known.name.startswith(f"{group} ")]
    if len(cases) == 1 and not given:
        return operations[f"{group} {cases[0]}"]
    if cases:
        text = f"{module}.{group} takes {listed(cases)}"
        raise PipelineError(f"{text}, not {given!r}{did_you_mean(given, cases)}." if given else f"{text}.")
    elsewhere = [str(known) for owner in module_names() for known in _sound(owner) if known.name == operation]
    hint = (f" (did you mean {elsewhere[0]}?)" if elsewhere else "") or did_you_mean(
        operation, {known.name: str(known) for known in operations.values()}
    )
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
    pipelines = any(name in description.functions for name in PIPELINE_FUNCTIONS)
    for type in description.types:
        if pipelines and isinstance(type, wit.Record) and type.name == "decode":
            yield Operation(module, "decode", "decode", type.docs, _parameters(type.fields), payload=True)
    for name, kind in (("step", "step"), ("output", "output")):
        for type in description.types:
            if isinstance(type, wit.Variant) and type.name == name:
                yield from (_case(module, kind, case) for case in type.cases)  # type: ignore[arg-type]
    for interface in description.interfaces:
        for function in interface.functions:
            first = function.params[0].type if function.params and "[" not in function.name else None
            takes_files = first is not None and (_is_bytes(first) or _each(first))
            if takes_files and function.name not in PIPELINE_FUNCTIONS:
                yield _function(module, function)


def _function(module: str, function: wit.Function) -> Operation:
    """A function by its parameters after the first."""
    parameters = _parameters(tuple(_flat(function.params[1:])))
    gives, part = _goes_on(function.result)
    each = _each(function.params[0].type) if function.params else ""
    return Operation(
        module, function.name, "function", function.docs, parameters, gives=gives, part=part, each=each
    )


def takes_pixels(module: str) -> bool:
    """Whether the steps of a module work on pixels too, and not on files alone."""
    return "run-raster" in modules.get(module).description.functions


def _goes_on(result: wit.Type | None) -> tuple[Literal["file", "raster"] | None, str]:
    """What of an answer other operations can go on with (a file, or its only raster), and its field."""
    type = result and wit.resolve(result)
    if isinstance(type, wit.Result):
        type = type.ok and wit.resolve(type.ok)
    if type is None:
        return None, ""
    if _is_bytes(type):
        return "file", ""
    if _is_raster(type):
        return "raster", ""
    rasters = [f.name for f in type.fields if _is_raster(f.type)] if isinstance(type, wit.Record) else []
    return ("raster", rasters[0]) if len(rasters) == 1 else (None, "")


def _is_raster(type: wit.Type) -> bool:
    type = wit.resolve(type)
    return isinstance(type, wit.Record) and [f.name for f in type.fields] == _RASTER


def _case(module: str, kind: Kind, case: wit.VariantCase) -> Operation:
    record = case.type and wit.resolve(case.type)
    if record is not None and not isinstance(record, wit.Record):
        raise ModuleError(f"{module}: the payload of {kind} {case.name} is no record.")
    name = f"encode {case.name}" if kind == "output" else case.name
    docs = (record.docs if record else "") or case.docs
    return Operation(
        module, name, kind, docs, _parameters(record.fields if record else ()), record is not None
    )


def _each(type: wit.Type) -> str:
    """Of a list of records that a file alone can be: the field of that file; else nothing."""
    type = wit.resolve(type)
    record = wit.resolve(type.type) if isinstance(type, wit.List) else None
    if not isinstance(record, wit.Record):
        return ""
    required = [field for field in record.fields if not isinstance(wit.resolve(field.type), wit.Option)]
    return required[0].name if len(required) == 1 and _is_bytes(required[0].type) else ""


def _flat(params: tuple[wit.Field, ...]) -> Iterator[wit.Field]:
    """Parameters, with the fields of records in their place."""
    for param in params:
        record = wit.resolve(param.type)
        yield from record.fields if isinstance(record, wit.Record) else (param,)


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
    if isinstance(resolved, wit.Flags):
        names = tuple((label.name, label.docs) for label in resolved.flags)
        item = Parameter(name=field.name, kind="enum", type=str(type), docs="", required=True, choices=names)
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
        fields=_parameters(resolved.fields) if isinstance(resolved, wit.Record) else (),
    )


def _kind(type: wit.Type) -> ValueKind:
    match type:
        case wit.Primitive(name=name):
            return _PRIMITIVES.get(name, "integer")
        case wit.Enum():
            return "enum"
        case wit.Flags():
            return "flags"
        case wit.Record():
            return "record"
        case wit.List():
            return "file" if _is_bytes(type) else "list"
    return "other"
