"""The options of operations: checked, read from text and written, as the description says."""

from __future__ import annotations

import json
import math
import operator
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import GenericAlias
from typing import Any, Literal, TypeAlias

from wasmcell import sources
from wasmcell.abi.values import python_name
from wasmcell.errors import InvalidArgumentError

Value: TypeAlias = "bool | int | float | str | tuple[Value, ...] | Fields | sources.Source"
"""What an option can hold in a pipeline: hashable, and the same in JSON (with lists for tuples), but for a
file that is given by its bytes."""

ValueKind: TypeAlias = Literal[
    "bool", "integer", "float", "string", "enum", "list", "flags", "record", "file", "other"
]

_LONGEST_SHOWN = 60


class Fields(dict[str, Any]):
    """The fields of a record by their WIT names, in order; hashable, and not to be changed."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


@dataclass(frozen=True)
class Parameter:
    """One option of an operation."""

    name: str
    """WIT's kebab-case name."""
    kind: ValueKind
    type: str
    """The type as WIT writes it, such as ``u32``, ``fit`` or ``list<u8>``."""
    docs: str
    required: bool
    default: Any = None
    """The value that stands for a missing one; None: there is none."""
    range: tuple[float | None, float | None] | None = None
    """The smallest and the largest value that the interface allows; None for an open end."""
    choices: tuple[tuple[Value, str], ...] = ()
    """The only values that are allowed, with their docs."""
    unit: str = ""
    item: Parameter | None = None
    """What a list or a set of flags holds."""
    fields: tuple[Parameter, ...] = ()
    """What a record holds."""

    @property
    def python_name(self) -> str:
        """The name in snake_case."""
        return python_name(self.name)

    @property
    def secret(self) -> bool:
        """Whether it is a password, which is not for others to see."""
        return re.search(r"(^|-)password$", self.name) is not None

    @property
    def allowed(self) -> str:
        """What is allowed, in words: ``an integer from 1 to 65535 px``."""
        if self.item is not None:
            return f"a list, each {self.item.allowed}"
        if self.kind == "record":
            return f"a record of {listed([field.python_name for field in self.fields], 'and')}"
        if self.kind == "file":
            return "a file (a path, bytes or a file object)"
        unit = f" {self.unit}" if self.unit and self.unit != self.name else ""
        if self.choices:
            return listed([str(value) for value, _ in self.choices]) + unit
        return {"bool": "true or false", "string": "text"}.get(self.kind) or (
            f"{'an integer' if self.kind == 'integer' else 'a number'}{self._range_in_words()}{unit}"
            if self.kind in ("integer", "float")
            else f"a value of type {self.type}"
        )

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The smallest and the largest value that interface and type allow."""
        low, high = self.range or (None, None)
        if integer := re.fullmatch(r"([su])(8|16|32|64)", self.type):
            signed, bits = integer[1] == "s", int(integer[2])
            low = low if low is not None else -(2 ** (bits - 1)) if signed else 0
            high = high if high is not None else 2 ** (bits - signed) - 1
        return low, high

    def _range_in_words(self) -> str:
        low, high = (None if limit is None else number(limit) for limit in self.bounds)
        if low is not None and high is not None:
            return f" from {low} to {high}"
        return f" of at least {low}" if low is not None else f" of at most {high}" if high is not None else ""

    def check(self, value: Any, owner: str) -> Any:
        """`value` in its normal form: whole numbers for integers, floats for floats, tuples for lists.

        A text may be a whole number, or numbers in a list: ``[1, 3]`` stands for ``1,3``.
        A list of texts or names may be one of them alone; a record may be a mapping, an object with
        attributes of these names, or the values of its fields in order; a list of records of two fields may
        be a mapping from the first to the second.

        Parameters
        ----------
        value
            Any Python value, also of numpy.
        owner : str
            The operation's name, for the message.

        Raises
        ------
        InvalidArgumentError
            The value has another type or is out of range; says what is allowed.
        """
        try:
            found = self.convert(value)
        except (TypeError, ValueError, OverflowError):
            raise InvalidArgumentError(self._refusal(value, owner)) from None
        if self.item is not None:
            items = [self.item.check(item, owner) for item in found]
            if self.kind == "flags":
                items = [choice for choice, _ in self.item.choices if choice in items]
            return tuple(items)
        if self.kind == "record":
            return self._record(found, owner)
        if self.choices and found not in (choice for choice, _ in self.choices):
            raise InvalidArgumentError(self._refusal(value, owner))
        if self.kind in ("integer", "float") and not self._within(found):
            raise InvalidArgumentError(self._refusal(value, owner))
        return found

    def convert(self, value: Any) -> Any:
        """`value` as a value of the type. Fails with TypeError, ValueError or OverflowError if it is none."""
        match self.kind:
            case "bool" if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):  # numpy's
                return bool(value)
            case "integer" if not isinstance(value, bool):
                return operator.index(value)
            case "float" if not isinstance(value, (bool, str, bytes)) and math.isfinite(value):
                return float(value)
            case "string" if isinstance(value, str):
                return str(value)
            case "string" if isinstance(value, (list, tuple, range)):  # of numbers, such as those of pages
                return ",".join(str(operator.index(item)) for item in value)
            case "string" if not isinstance(value, bool):
                return str(operator.index(value))
            case "enum" if isinstance(value, str):
                plain = value.replace("_", "-")
                known = {str(choice).lower(): choice for choice, _ in self.choices}
                return known.get(plain.lower(), plain)
            case "list" | "flags" if self.item is not None and not isinstance(value, bytes):
                return tuple(self.item.convert(item) for item in self._items(self.item, value))
            case "record":
                return self._given(value)
            case "file":
                return (
                    os.fspath(value)
                    if isinstance(value, (str, os.PathLike))
                    else sources.file_of_value(value)
                )
            case "other":
                return _frozen(value)
        raise TypeError

    def _items(self, item: Parameter, value: Any) -> Iterable[Any]:
        """The items of a list."""
        if isinstance(value, str):
            if item.kind in ("string", "enum"):
                return [value]
            raise TypeError
        if isinstance(value, Mapping):
            if item.kind == "record" and len(item.fields) == 2:
                return value.items()
            raise TypeError
        found: Iterable[Any] = value
        return found

    def _given(self, value: Any) -> Mapping[str, Any]:
        """What was given for the fields of a record."""
        if isinstance(value, Mapping):
            return {str(name): item for name, item in value.items()}
        if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
            if len(value) > len(self.fields):
                raise ValueError
            return {field.name: item for field, item in zip(self.fields, value, strict=False)}
        if isinstance(value, (str, bytes, int, float)):
            raise TypeError
        found = {f.name: getattr(value, f.python_name) for f in self.fields if hasattr(value, f.python_name)}
        if not found:
            raise TypeError
        return found

    def _record(self, given: Mapping[str, Any], owner: str) -> Fields:
        """The checked fields of a record, in order, without those that are None."""
        known = {field.name: field for field in self.fields}
        values: dict[str, Any] = {}
        for name, value in given.items():
            field = known.get(wit_name(name))
            if field is None:
                hint = did_you_mean(name, [one.python_name for one in self.fields])
                raise InvalidArgumentError(f"{owner}: {self.name} has no {name}{hint}")
            if value is not None or field.required:
                values[field.name] = field.check(value, owner)
        for field in self.fields:
            if field.required and field.name not in values:
                raise InvalidArgumentError(f"{owner}: {self.name} lacks {field.python_name}, {field.allowed}")
        return Fields((name, values[name]) for name in known if name in values)

    def _within(self, value: float) -> bool:
        low, high = self.bounds
        return (low is None or value >= low) and (high is None or value <= high)

    def _refusal(self, value: Any, owner: str) -> str:
        hint = ""
        if self.kind == "enum" and isinstance(value, str):
            hint = did_you_mean(value, [str(choice) for choice, _ in self.choices])
        elif isinstance(value, bool) and self.kind == "string":
            hint = f" (as a text it is {str(value).lower()!r})"
        elif isinstance(value, float) and self.kind == "integer":
            hint = f" (round it: {round(value)})" if math.isfinite(value) else ""
            return f"{owner}: {self.name} must be {self.allowed}, not {value!r}{hint}"
        return f"{owner}: {self.name} must be {self.allowed}, not {shown(value)}{hint}"

    def parse(self, text: str, owner: str) -> Any:
        """The value that `text` stands for in the pipeline grammar.

        Raises
        ------
        InvalidArgumentError
            As `check`.
        """
        return self.check(self.read(text), owner)

    def read(self, text: str) -> Any:
        """`text` as a value of the type, or as it is if it is none, which `check` refuses."""
        try:
            match self.kind:
                case "bool":
                    return {"true": True, "false": False}.get(text, text)
                case "integer" if re.fullmatch(r"[+-]?[0-9]+", text):
                    return int(text)
                case "float" if re.fullmatch(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?", text, re.IGNORECASE):
                    return float(text)
                case "list" if self.item is not None and self.item.kind == "string":
                    return _texts(text)
                case "list" | "flags" if self.item is not None and not text.startswith(("[", "{")):
                    return [self.item.read(item) for item in text.split(",")]
                case "record" if not text.startswith(("[", "{")):
                    words = zip(self.fields, text.split(","), strict=False)
                    return [field.read(word) for field, word in words]
                case "list" | "flags" | "record" | "other":
                    return json.loads(text)
        except (ValueError, RecursionError):  # such as 1.2.3, more digits than int takes, or no JSON
            pass
        return text

    def format(self, value: Any) -> str:
        """The text that `parse` reads as `value`."""
        match value:
            case _ if self.kind in ("other", "record"):
                return json.dumps(value, ensure_ascii=False, default=_named)
            case _ if self.kind == "file":
                return value if isinstance(value, str) else _named(value)
            case bool():
                return "true" if value else "false"
            case float():
                return number(value)
            case tuple() if self.item is not None:
                plain = ",".join(self.item.format(item) for item in value)
                # Items that hold commas, and no items at all, need brackets.
                same = self.read(plain) == list(value)
                return plain if same else json.dumps(value, ensure_ascii=False, default=_named)
        return str(value)

    @property
    def annotation(self) -> Any:
        """The Python type, with None where a missing value has no default."""
        if self.choices:
            found: Any = Literal[tuple(value for value, _ in self.choices)]
        elif self.item is not None:
            found = GenericAlias(Sequence, (self.item.annotation,))
            found = str | found if self.item.kind == "string" else found
        else:
            types: dict[str, Any] = {"bool": bool, "integer": int, "float": float, "string": str}
            found = types.get(self.kind, Any)
        return found if self.required or self.default is not None or found is Any else found | None


def wit_name(name: str) -> str:
    """The name of an option in WIT's kebab-case, as people may write it."""
    return name.replace("_", "-").rstrip("-")


def _texts(text: str) -> list[str]:
    """The texts of a list: one as it is, commas and all; several as JSON."""
    try:
        found = json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):  # such as the regular expression [0-9]+
        found = None
    return found if isinstance(found, list) and all(isinstance(one, str) for one in found) else [text]


def _named(file: sources.Source) -> str:
    """What stands for a file that has no path."""
    return f"<{file.name}>"


def _frozen(value: Any) -> Any:
    """`value` with tuples for its lists, as it is after JSON too."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def number(value: float) -> str:
    """The shortest text of a number: no ``.0`` on whole ones."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e16 else repr(value)


def shown(value: Any) -> str:
    """`value` for a message: short, and recognisable when it is not a plain value."""
    if not isinstance(value, (str, bytes, int, float, bool, list, tuple, dict, type(None))):
        kind = type(value)
        return f"{value!r:.{_LONGEST_SHOWN}}" if kind.__module__ == "numpy" else f"a {kind.__name__}"
    try:
        text = number(value) if isinstance(value, float) and math.isfinite(value) else repr(value)
    except ValueError:  # Python writes no integer of more than some thousand digits
        return "a number of thousands of digits"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def listed(words: Sequence[str], last: str = "or") -> str:
    """``a``, ``a or b``, ``a, b or c`` (or with another last word)."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "nothing"


def did_you_mean(given: str, possible: Iterable[str] | Mapping[str, str]) -> str:
    """A hint at the nearest of what is possible (of a mapping: at what it stands for), or nothing."""
    import difflib

    found = difflib.get_close_matches(given.lower(), list(possible), n=1, cutoff=0.6)
    if not found:
        return ""
    return f" (did you mean {possible[found[0]] if isinstance(possible, Mapping) else found[0]}?)"
