"""A module's description: its types and functions, and how its core modules are linked.

The build derives it from the WIT and the component, and writes it as JSON; here it becomes frozen
values. Names are WIT's, in kebab-case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from wasmcell.errors import ModuleError
from wasmcell.modules.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSION: Final = 1


class _Required:
    """The default of a field that has none."""

    def __repr__(self) -> str:
        return "REQUIRED"

    def __reduce__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


class Primitive(Frozen, kw_only=False):
    """bool, s8 … u64, f32, f64, char or string."""

    name: str

    def __str__(self) -> str:
        return self.name


class _Compound(Frozen):
    """What all other types have: `name` and `interface` are None for anonymous ones; `host` is the number of
    random bytes with which the host fills values of this type, None where people give them.
    """

    name: str | None = None
    interface: str | None = None
    docs: str = ""
    host: int | None = None


class Field(Frozen):
    """A field of a record, or a parameter of a function.

    `default` is REQUIRED, None or a JSON value; `range` has None for an open end.
    """

    name: str
    type: Type
    docs: str = ""
    default: Any = REQUIRED
    range: tuple[float | None, float | None] | None = None
    values: tuple[Any, ...] | None = None
    unit: str | None = None

    @property
    def optional(self) -> bool:
        """Whether it may be left out: its type is an option."""
        return isinstance(resolve(self.type), Option)


class VariantCase(Frozen):
    """A case of a variant; `type` is None if it has no payload."""

    name: str
    docs: str = ""
    type: Type | None = None


class Label(Frozen):
    """A case of an enum, or a flag."""

    name: str
    docs: str = ""


class Record(_Compound):
    """Named fields."""

    fields: tuple[Field, ...]

    def __str__(self) -> str:
        return self.name or "record"


class Tuple(_Compound):
    """Values by position."""

    types: tuple[Type, ...]

    def __str__(self) -> str:
        return self.name or f"tuple<{', '.join(map(str, self.types))}>"


class Variant(_Compound):
    """One of several cases, each with or without a payload."""

    cases: tuple[VariantCase, ...]

    def __str__(self) -> str:
        return self.name or "variant"


class Enum(_Compound):
    """One of several names."""

    cases: tuple[Label, ...]

    def __str__(self) -> str:
        return self.name or "enum"


class Flags(_Compound):
    """Any set of several names."""

    flags: tuple[Label, ...]

    def __str__(self) -> str:
        return self.name or "flags"


class Option(_Compound):
    """A value or none."""

    type: Type

    def __str__(self) -> str:
        return self.name or f"option<{self.type}>"


class Result(_Compound):
    """A value or an error; either may have no payload."""

    ok: Type | None
    err: Type | None

    def __str__(self) -> str:
        if self.err is not None:
            return self.name or f"result<{'_' if self.ok is None else self.ok}, {self.err}>"
        return self.name or ("result" if self.ok is None else f"result<{self.ok}>")


class List(_Compound):
    """Any number of values of one type."""

    type: Type

    def __str__(self) -> str:
        return self.name or f"list<{self.type}>"


class Resource(_Compound):
    """A resource; `number` is its place in `Description.resources`."""

    number: int

    def __str__(self) -> str:
        return self.name or f"resource {self.number}"


class Own(_Compound):
    """A handle that owns its resource."""

    resource: Resource

    def __str__(self) -> str:
        return self.name or str(self.resource)


class Borrow(_Compound):
    """A handle that is lent for the time of one call."""

    resource: Resource

    def __str__(self) -> str:
        return self.name or f"borrow<{self.resource}>"


class Alias(_Compound):
    """Another name for a type."""

    type: Type

    def __str__(self) -> str:
        return self.name or str(self.type)


Type: TypeAlias = (
    Primitive
    | Record
    | Tuple
    | Variant
    | Enum
    | Flags
    | Option
    | Result
    | List
    | Resource
    | Own
    | Borrow
    | Alias
)


def resolve(type: Type) -> Type:
    """The type behind all aliases."""
    while isinstance(type, Alias):
        type = type.type
    return type


def host_bytes(type: Type) -> int | None:
    """How many random bytes the host fills in for this type; None for all other types."""
    while isinstance(type, Alias) and type.host is None:
        type = type.type
    return None if isinstance(type, Primitive) else type.host


class Export(Frozen, kw_only=False):
    """What a core instance exports under a name."""

    instance: int
    name: str


class Intrinsic(Frozen, kw_only=False):
    """What the host does for a resource: `operation` is "new", "rep" or "drop"."""

    operation: str
    resource: int


Item: TypeAlias = Export | Intrinsic


class CoreFunction(Frozen):
    """Where a function is among the core instances, and what the canonical ABI needs around it."""

    function: Item
    memory: Export | None
    realloc: Item | None
    post_return: Item | None


class Function(Frozen):
    """An exported function; `interface` is the name of the interface that it belongs to."""

    name: str
    interface: str
    docs: str
    params: tuple[Field, ...]
    result: Type | None
    core: CoreFunction


class Interface(Frozen):
    """An exported interface."""

    name: str
    docs: str
    functions: tuple[Function, ...]


class CoreModule(Frozen, kw_only=False):
    """A core module: its place in the component's bytes."""

    offset: int
    size: int
    sha256: str


class CoreImport(Frozen, kw_only=False):
    """What an instance is given under the two names of an import."""

    module: str
    name: str
    item: Item


class CoreInstance(Frozen, kw_only=False):
    """An instance to make: of which core module (by number), with which imports."""

    module: int
    imports: tuple[CoreImport, ...]


class ResourceType(Frozen, kw_only=False):
    """A resource: its name, and the function that is called with its representation at its end."""

    name: str
    destructor: Item | None


class Description(Frozen):
    """All that is known of a module."""

    module: str
    package: str
    version: str
    docs: str
    types: tuple[Type, ...]
    interfaces: tuple[Interface, ...]
    core_modules: tuple[CoreModule, ...]
    core_instances: tuple[CoreInstance, ...]
    resources: tuple[ResourceType, ...]
    sha256: str
    size: int
    functions: Mapping[str, Function]

    def function(self, name: str) -> Function:
        """The function of that name ("run", "[method]bitmap.apply"; where two interfaces have one of the
        same name, "interface#name"). Raises ModuleError if there is none.
        """
        try:
            return self.functions[name]
        except KeyError:
            import difflib

            near = difflib.get_close_matches(name, self.functions, 1)
            known = ", ".join(f for f in self.functions if "#" not in f)
            hint = f" Did you mean {near[0]}?" if near else f" It has: {known}."
            raise ModuleError(f"Module {self.module} has no function {name}.{hint}") from None


def parse(data: Mapping[str, Any]) -> Description:
    """Make a description from its JSON. Raises ModuleError if it is not one of this version."""
    if data.get("wasmcell") != VERSION:
        raise ModuleError(
            f"The description is of version {data.get('wasmcell')!r}; this wasmcell reads version {VERSION}."
        )
    try:
        return _description(data)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ModuleError(f"The description of {data.get('module')!r} is damaged: {error!r}.") from error


def _description(data: Mapping[str, Any]) -> Description:
    types: list[Type] = []
    for entry in data["types"]:
        types.append(_type(entry, types))
    interfaces = tuple(_interface(entry, types) for entry in data["interfaces"])
    functions: dict[str, Function] = {}
    for function in [f for interface in interfaces for f in interface.functions]:
        functions[f"{function.interface}#{function.name}"] = function
    names = [f.name for interface in interfaces for f in interface.functions]
    functions |= {
        f.name: f for interface in interfaces for f in interface.functions if names.count(f.name) == 1
    }
    core = data["core"]
    return Description(
        module=data["module"],
        package=data["package"],
        version=data["version"],
        docs=data["docs"],
        types=tuple(types),
        interfaces=interfaces,
        core_modules=tuple(CoreModule(m["offset"], m["size"], m["sha256"]) for m in core["modules"]),
        core_instances=tuple(
            CoreInstance(
                i["module"],
                tuple(CoreImport(n["module"], n["name"], _item(n["item"])) for n in i["imports"]),
            )
            for i in core["instances"]
        ),
        resources=tuple(
            ResourceType(r["name"], r["destructor"] and _item(r["destructor"])) for r in core["resources"]
        ),
        sha256=data.get("sha256", ""),
        size=data.get("size", 0),
        functions=functions,
    )


def _interface(entry: Mapping[str, Any], types: Sequence[Type]) -> Interface:
    return Interface(
        name=entry["name"],
        docs=entry["docs"],
        functions=tuple(
            Function(
                name=f["name"],
                interface=entry["name"],
                docs=f["docs"],
                params=tuple(_field(p, types) for p in f["params"]),
                result=_reference(f["result"], types),
                core=_core_function(f["core"]),
            )
            for f in entry["functions"]
        ),
    )


def _core_function(entry: Mapping[str, Any]) -> CoreFunction:
    items = {name: entry.get(name) and _item(entry[name]) for name in ("memory", "realloc", "post-return")}
    memory = items["memory"]
    if memory is not None and not isinstance(memory, Export):
        raise TypeError("a memory is not an export")
    return CoreFunction(
        function=_item(entry["function"]),
        memory=memory,
        realloc=items["realloc"],
        post_return=items["post-return"],
    )


def _item(entry: Mapping[str, Any]) -> Item:
    if "instance" in entry:
        return Export(entry["instance"], entry["export"])
    [(operation, resource)] = entry.items()
    if operation not in ("resource-new", "resource-rep", "resource-drop"):
        raise KeyError(operation)
    return Intrinsic(operation.removeprefix("resource-"), resource)


def _reference(reference: str | int | None, types: Sequence[Type]) -> Any:
    if reference is None:
        return None
    return Primitive(reference) if isinstance(reference, str) else types[reference]


def _field(entry: Mapping[str, Any], types: Sequence[Type]) -> Field:
    type = _reference(entry["type"], types)
    return Field(
        name=entry["name"],
        type=type,
        docs=entry.get("docs", ""),
        default=entry.get("default", None if isinstance(resolve(type), Option) else REQUIRED),
        range=tuple(entry["range"]) if "range" in entry else None,
        values=tuple(entry["values"]) if "values" in entry else None,
        unit=entry.get("unit"),
    )


def _type(entry: Mapping[str, Any], types: Sequence[Type]) -> Type:
    head = {"name": entry["name"], "interface": entry["interface"]}
    head |= {"docs": entry.get("docs") or "", "host": entry.get("host")}

    def ref(reference: str | int | None) -> Any:
        return _reference(reference, types)

    match entry:
        case {"record": fields}:
            return Record(fields=tuple(_field(f, types) for f in fields), **head)
        case {"tuple": items}:
            return Tuple(types=tuple(map(ref, items)), **head)
        case {"variant": cases}:
            return Variant(
                cases=tuple(
                    VariantCase(name=c["name"], docs=c.get("docs") or "", type=ref(c["type"])) for c in cases
                ),
                **head,
            )
        case {"enum": labels}:
            return Enum(cases=_labels(labels), **head)
        case {"flags": labels}:
            return Flags(flags=_labels(labels), **head)
        case {"option": item}:
            return Option(type=ref(item), **head)
        case {"result": sides}:
            return Result(ok=ref(sides["ok"]), err=ref(sides["err"]), **head)
        case {"list": item}:
            return List(type=ref(item), **head)
        case {"resource": number}:
            return Resource(number=number, **head)
        case {"own": item}:
            return Own(resource=_resource(ref(item)), **head)
        case {"borrow": item}:
            return Borrow(resource=_resource(ref(item)), **head)
        case {"alias": item}:
            return Alias(type=ref(item), **head)
    raise KeyError(f"type {entry['name']!r} of an unknown kind")


def _resource(type: Type) -> Resource:
    type = resolve(type)
    if not isinstance(type, Resource):
        raise TypeError(f"a handle of {type}, which is no resource")
    return type


def _labels(entries: Sequence[Mapping[str, Any]]) -> tuple[Label, ...]:
    return tuple(Label(name=e["name"], docs=e.get("docs") or "") for e in entries)
