"""How values travel between Python and JavaScript: JSON with binary attachments.

The JavaScript side knows no types; here they say how jco wants a value: a record as an object with camelCase
names, a variant as `{tag, val}`, flags as an object of bools, an option as undefined or the value (tagged
if options are nested), 64-bit integers as BigInt, lists of numbers as typed arrays. What JSON cannot say is
wrapped:

    {"$bytes": i}                    attachment i as Uint8Array
    {"$array": [i, "Float32Array"]}  attachment i as that typed array, little-endian
    {"$bigint": "123"}   {"$number": "NaN" | "Infinity" | "-Infinity" | "-0"}   {"$undefined": true}
    {"$resource": n}                 a resource of the session
    {"$file": n, name, size, type}   a private file of the page

`src/wire/values.ts` is the other side.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Sequence
from math import copysign, inf, isfinite, isnan, nan
from typing import Any, Final

from wasmcell.abi.arguments import SCALARS, Handover, Mismatch, Problem, items, numbers, text
from wasmcell.abi.compounds import choice, enumeration, flag_bits, record, tuple_items
from wasmcell.abi.handles import Handle
from wasmcell.abi.layout import FORMATS
from wasmcell.abi.signature import Signature, failure, is_core_error
from wasmcell.abi.values import Case, Err, Ok, Some, python_name, record_class
from wasmcell.errors import CORE_ERRORS, Error, TrappedError
from wasmcell.modules.description import (
    Borrow,
    Enum,
    Flags,
    Function,
    List,
    Option,
    Own,
    Primitive,
    Record,
    Resource,
    Result,
    Tuple,
    Type,
    Variant,
    resolve,
)

_ARRAYS: Final = {
    "s8": "Int8Array",
    "u16": "Uint16Array",
    "s16": "Int16Array",
    "u32": "Uint32Array",
    "s32": "Int32Array",
    "u64": "BigUint64Array",
    "s64": "BigInt64Array",
    "f32": "Float32Array",
    "f64": "Float64Array",
}
_UNDEFINED: Final = {"$undefined": True}
#: Makes the handle of a resource that the JavaScript side knows by this number.
Adopt = Callable[[Resource, int], Handle]


class FileRef:
    """Bytes that stay in a page, spoken of by reference where bytes are taken or given."""

    __slots__ = ("__weakref__", "name", "number", "page", "size", "type")

    def __init__(self, page: str, number: int, name: str, size: int, type: str) -> None:
        self.page = page
        self.number = number
        self.name = name
        self.size = size
        self.type = type

    @property
    def packed(self) -> dict[str, Any]:
        """As it travels."""
        return {"$file": self.number, "name": self.name, "size": self.size, "type": self.type}


def camel(name: str) -> str:
    """`auto-orient` as jco writes it: `autoOrient`."""
    head, *tail = name.split("-")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


class Packer:
    """The arguments of one call on their way; `attachments` is the binary data that they refer to."""

    def __init__(self, owner: Any) -> None:
        self._resources = Handover(owner)
        self.attachments: list[Any] = []

    @property
    def transferred(self) -> list[Handle]:
        """Handles of resources that pass to the module."""
        return self._resources.given

    def arguments(self, signature: Signature, args: Sequence[Any]) -> list[Any]:
        """Check and convert the arguments of a function; those that the host fills in are added.

        Raises ArgumentTypeError or InvalidArgumentError naming the function, the place and the WIT type.
        """
        function, packed = signature.function, []
        for param, value in zip(function.params, signature.values(args), strict=True):
            try:
                packed.append(self.value(param.type, value))
            except Mismatch as mismatch:
                raise mismatch.within(f".{python_name(param.name)}").error(function.name) from None
        return packed

    def value(self, type: Type, value: Any) -> Any:
        """Check and convert a value. Raises Mismatch."""
        type = resolve(type)
        match type:
            case Primitive(name=name):
                return _scalar(name, value)
            case List():
                return self._list(type, value)
            case Record(fields=fields):
                given = zip(fields, record(type)(value), strict=True)
                return {camel(f.name): self._within(f".{python_name(f.name)}", f.type, v) for f, v in given}
            case Tuple(types=types):
                values = enumerate(zip(types, tuple_items(type)(value), strict=True))
                return [self._within(f"[{i}]", t, v) for i, (t, v) in values]
            case Enum(cases=cases):
                return cases[enumeration(type)(value)].name
            case Flags(flags=flags):
                bits = flag_bits(type)(value)
                return {camel(flag.name): bool(bits >> i & 1) for i, flag in enumerate(flags)}
            case Variant() | Result() | Option():
                return self._case(type, value)
            case Own(resource=resource):
                return {"$resource": self._resources.give(resource, value).rep}
            case Borrow(resource=resource):
                return {"$resource": self._resources.lend(resource, value).rep}
        raise TypeError(f"{type} is no value type")

    def _within(self, step: str, type: Type, value: Any) -> Any:
        try:
            return self.value(type, value)
        except Mismatch as mismatch:
            raise mismatch.within(step) from None

    def _list(self, type: List, value: Any) -> Any:
        element = resolve(type.type)
        if isinstance(value, FileRef):
            return value.packed
        if isinstance(element, Primitive) and element.name in ("u8", *_ARRAYS):
            data = numbers(element.name)(value)
            self.attachments.append(data)
            index = len(self.attachments) - 1
            return {"$bytes": index} if element.name == "u8" else {"$array": [index, _ARRAYS[element.name]]}
        values = items(value, f"list<{element}>")
        return [self._within(f"[{i}]", element, v) for i, v in enumerate(values)]

    def _case(self, type: Variant | Result | Option, value: Any) -> Any:
        number, payload = choice(type)(value)
        if isinstance(type, Option):
            packed = self.value(type.type, payload) if number else _UNDEFINED
            if not _tagged(type):
                return packed
            return {"tag": "some", "val": packed} if number else {"tag": "none"}
        if isinstance(type, Result):
            name, inner = ("err", type.err) if number else ("ok", type.ok)
        else:
            name, inner = type.cases[number].name, type.cases[number].type
        if inner is not None:
            return {"tag": name, "val": self.value(inner, payload)}
        if payload is not None:
            raise Problem(f"this side of {type} takes no payload")
        return {"tag": name, "val": _UNDEFINED}


def _tagged(type: Type) -> bool:
    """Whether jco tags an option: only where undefined might be the value within as well."""
    return isinstance(type, Option) and isinstance(inner := resolve(type.type), Option) and not _tagged(inner)


def _scalar(name: str, value: Any) -> Any:
    match name:
        case "string":
            text(value)
            return value
        case "char":
            SCALARS[name](value)
            return value
        case "bool":
            return bool(SCALARS[name](value))
        case "u64" | "s64":
            return {"$bigint": str(SCALARS[name](value))}
        case "f32" | "f64":
            number = SCALARS[name](value)
            if isfinite(number) and (number or copysign(1, number) > 0):
                return number
            return {"$number": "NaN" if isnan(number) else _SPECIAL[number]}
    return SCALARS[name](value)


_SPECIAL: Final = {inf: "Infinity", -inf: "-Infinity", 0.0: "-0"}
_NUMBERS: Final = {"NaN": nan, "Infinity": inf, "-Infinity": -inf, "-0": -0.0}


class Unpacker:
    """The result of one call on its way back.

    `attachments` are bytes; `adopt` makes the handle of a resource; `page` names where private files are.
    """

    def __init__(self, attachments: Sequence[bytes], adopt: Adopt, page: str = "") -> None:
        self._attachments = attachments
        self._adopt = adopt
        self._page = page

    def result(self, function: Function, data: Any) -> Any:
        """The value of a function's result; of a result type, its good side."""
        type = function.result and resolve(function.result)
        if isinstance(type, Result):
            type = type.ok
        return None if type is None else self.value(type, data)

    def file(self, data: Any) -> FileRef:
        """A private file."""
        return FileRef(self._page, data["$file"], data["name"], data["size"], data["type"])

    def failure(self, function: Function, fault: dict[str, Any]) -> Error | None:
        """The error that the function answered; None if the fault is not of the function's making."""
        code, type = fault["code"], function.result and resolve(function.result)
        if not fault.get("answered") or not isinstance(type, Result):
            return None
        of_core = is_core_error(type.err)
        if code in CORE_ERRORS:
            return failure(function.name, Case(code, fault["message"]), of_core)
        return failure(
            function.name, None if type.err is None else self.value(type.err, fault["value"]), of_core
        )

    def value(self, type: Type, data: Any) -> Any:
        """The Python value. The module is not trusted: what does not fit its type is a TrappedError."""
        try:
            return self._value(resolve(type), data)
        except (LookupError, TypeError, ValueError, AttributeError, StopIteration) as error:
            raise TrappedError(f"The module's answer is no {type}: {error!r}") from error

    def _value(self, type: Type, data: Any) -> Any:
        match type:
            case Primitive(name=name):
                return _unscalar(name, data)
            case List():
                return self._list(type, data)
            case Record(fields=fields):
                cls = record_class(str(type), tuple(f.name for f in fields))
                return cls(*(self._value(resolve(f.type), data[camel(f.name)]) for f in fields))
            case Tuple(types=types):
                return tuple(self._value(resolve(t), item) for t, item in zip(types, data, strict=True))
            case Enum(cases=cases):
                return next(case.name for case in cases if case.name == data)
            case Flags(flags=flags):
                return frozenset(flag.name for flag in flags if data[camel(flag.name)])
            case Option(type=inner) if isinstance(resolve(inner), Option):
                if not _tagged(type):
                    return None if data == _UNDEFINED else Some(self._value(resolve(inner), data))
                return Some(self._value(resolve(inner), data["val"])) if data["tag"] == "some" else None
            case Option(type=inner):
                return None if data == _UNDEFINED else self._value(resolve(inner), data)
            case Result(ok=ok, err=err):
                side, payload = (Ok, ok) if data["tag"] == "ok" else (Err, err)
                return side(None if payload is None else self._value(resolve(payload), data["val"]))
            case Variant(cases=cases):
                case = next(case for case in cases if case.name == data["tag"])
                return Case(
                    case.name, None if case.type is None else self._value(resolve(case.type), data["val"])
                )
            case Own(resource=resource):
                return self._adopt(resource, data["$resource"])
        raise TypeError(f"{type} is no value type")

    def _list(self, type: List, data: Any) -> Any:
        element = resolve(type.type)
        if isinstance(element, Primitive) and element.name == "u8":
            if "$file" in data:
                return self.file(data)
            return self._attachments[data["$bytes"]]
        if isinstance(element, Primitive) and element.name in _ARRAYS:
            values: array[Any] = array(FORMATS[element.name])
            values.frombytes(self._attachments[data["$array"][0]])
            if sys.byteorder != "little":
                values.byteswap()
            if element.name in ("f32", "f64") and isnan(sum(values)):
                for index, value in enumerate(values):
                    if isnan(value):
                        values[index] = nan
            return values
        return [self._value(element, item) for item in data]


def _unscalar(name: str, data: Any) -> Any:
    match name:
        case "u64" | "s64":
            return int(data["$bigint"])
        case "f32" | "f64":
            return _NUMBERS[data["$number"]] if isinstance(data, dict) else float(data)
    return data
