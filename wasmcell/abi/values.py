"""How WIT values look in Python: one mapping for all engines.

| WIT | Python | also accepted |
| --- | --- | --- |
| bool, integers, floats, char, string | bool, int, float, str | whatever has `__index__` or `__float__` |
| list<u8> | bytes | anything with the buffer protocol, sequences of int |
| list of another number | array.array | buffers of that format, sequences |
| other list | list | sequences |
| tuple | tuple | sequences |
| record | a named tuple of that record | mappings, objects with these attributes |
| variant | Case | the name alone, for a case without a payload |
| enum | str | |
| flags | frozenset of str | iterables of str |
| option | the value or None | |
| option within an option | Some(value) or None | |
| result | Ok or Err | |
| own, borrow | Handle | |
"""

from __future__ import annotations

import keyword
from collections import namedtuple
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Case(NamedTuple):
    """A case of a variant."""

    name: str
    payload: Any = None


class Ok(NamedTuple, Generic[T]):
    """The good side of a result."""

    value: T = None  # type: ignore[assignment]


class Err(NamedTuple, Generic[T]):
    """The bad side of a result."""

    value: T = None  # type: ignore[assignment]


class Some(NamedTuple, Generic[T]):
    """An option that is there, where its value is an option itself."""

    value: T


def python_name(name: str) -> str:
    """The Python name of a WIT name: snake_case, with a low line after a word that Python keeps for
    itself.
    """
    name = name.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


@lru_cache(maxsize=1024)
def record_class(name: str, fields: tuple[str, ...]) -> type[tuple[Any, ...]]:
    """The named tuple class of a record, by its WIT name and those of its fields; the same one each time.

    Records of the same name and fields are equal and pickle alike, whichever module or engine they came from.
    """
    title = "".join(part.capitalize() for part in name.split("-"))
    # rename: a field called like a method of tuples (count, index) stays usable by position.
    base = namedtuple(title, [python_name(f) for f in fields], rename=True)  # type: ignore[misc]  # noqa: PYI024

    def reduce(self: tuple[Any, ...]) -> tuple[Any, ...]:
        return _record, (name, fields, tuple(self))

    return type(title, (base,), {"__slots__": (), "__module__": __name__, "__reduce__": reduce})


def _record(name: str, fields: tuple[str, ...], values: tuple[Any, ...]) -> tuple[Any, ...]:
    return record_class(name, fields)(*values)
