"""What Python values may stand for a record, a tuple, a variant, an enum or flags.

Each function here makes, for a type, the function that takes such a value apart; engines that do not
speak the canonical ABI take values apart by the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wasmcell.abi.arguments import Mismatch, Problem, items, suggestion
from wasmcell.abi.values import Case, Err, Ok, Some, python_name, record_class
from wasmcell.errors import InvalidArgumentError
from wasmcell.modules.description import (
    Enum,
    Flags,
    Option,
    Record,
    Result,
    Tuple,
    Type,
    Variant,
    host_bytes,
    resolve,
)


def enumeration(type: Enum) -> Callable[[Any], int]:
    """The number of a case, by its name."""
    numbers = {label.name: number for number, label in enumerate(type.cases)}

    def check(value: Any) -> int:
        if isinstance(value, str):
            number = numbers.get(value)
            if number is not None:
                return number
            raise Problem(_unknown(type, value, numbers), InvalidArgumentError)
        raise Mismatch(f"{type} (a str)", value)

    return check


def _unknown(type: Type, name: Any, names: Mapping[str, Any]) -> str:
    return f"{name!r} is no {type}; {suggestion(name, names)}"


def flag_bits(type: Flags) -> Callable[[Any], int]:
    """The bits of a set of names."""
    bits = {label.name: 1 << number for number, label in enumerate(type.flags)}

    def check(value: Any) -> int:
        if isinstance(value, (str, bytes, Mapping)):
            raise Mismatch(f"{type} (a set of str)", value)
        number = 0
        try:
            for name in value:
                if name not in bits:
                    raise Problem(_unknown(type, name, bits), InvalidArgumentError)
                number |= bits[name]
        except TypeError:
            raise Mismatch(f"{type} (a set of str)", value) from None
        return number

    return check


def record(type: Record) -> Callable[[Any], Sequence[Any]]:
    """The values of the fields, in order; what may be left out or is the host's is filled in."""
    names = tuple(f.name for f in type.fields)
    snake = [python_name(n) for n in names]
    known = {key: name for name in names for key in (name, python_name(name))}
    cls = record_class(str(type), names)
    optional = {f.name for f in type.fields if f.optional}
    host = {f.name: size for f in type.fields if (size := host_bytes(f.type)) is not None}

    def absent(name: str) -> Any:
        if name in host:
            return os.urandom(host[name])
        if name in optional:
            return None
        raise Problem(f"{python_name(name)} is missing in {type}")

    def check(value: Any) -> Sequence[Any]:
        if isinstance(value, cls):
            return value
        if isinstance(value, Mapping):
            given: dict[str, Any] = {}
            for key, item in value.items():
                if key not in known:
                    raise Problem(f"{type} has no {key!r}; {suggestion(key, snake)}")
                given[known[key]] = item
        else:
            given = {n: getattr(value, s) for n, s in zip(names, snake, strict=True) if hasattr(value, s)}
            if not given:
                raise Mismatch(f"{type} (a mapping or an object with its fields)", value)
        return [given[n] if n in given else absent(n) for n in names]

    return check


def tuple_items(type: Tuple) -> Callable[[Any], Sequence[Any]]:
    """The values, in order."""
    length = len(type.types)

    def check(value: Any) -> Sequence[Any]:
        values = items(value, str(type)) if not isinstance(value, tuple) else value
        if len(values) != length:
            raise Mismatch(f"{type} ({length} values)", value)
        return values

    return check


def choice(type: Variant | Option | Result) -> Callable[[Any], tuple[int, Any]]:
    """The function that tells the number of a value's case, and its payload."""
    if isinstance(type, Option):
        if isinstance(resolve(type.type), Option):

            def nested(value: Any) -> tuple[int, Any]:
                if value is None:
                    return 0, None
                if isinstance(value, Some):
                    return 1, value.value
                raise Mismatch(f"{type} (None or Some(value))", value)

            return nested
        return lambda value: (0, None) if value is None else (1, value)
    if isinstance(type, Result):

        def side(value: Any) -> tuple[int, Any]:
            if isinstance(value, Ok):
                return 0, value.value
            if isinstance(value, Err):
                return 1, value.value
            raise Mismatch(f"{type} (Ok(value) or Err(error))", value)

        return side
    cases = {c.name: (number, c.type is not None) for number, c in enumerate(type.cases)}

    def case(value: Any) -> tuple[int, Any]:
        name, payload = value if isinstance(value, Case) else (value, None)
        if not isinstance(name, str):
            raise Mismatch(f"{type} (a Case)", value)
        if name not in cases:
            raise Problem(_unknown(type, name, cases), InvalidArgumentError)
        number, filled = cases[name]
        if not filled and payload is not None:
            raise Problem(f"{name} of {type} takes no payload")
        if filled and value is name:
            raise Problem(f"{name} of {type} takes a payload: Case({name!r}, …)")
        return number, payload

    return case
