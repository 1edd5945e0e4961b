"""The options of operations: checked, read from text and written, as the description says."""

from __future__ import annotations

import difflib
import json
import math
import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import GenericAlias
from typing import Any, Literal, TypeAlias

from wasmcell.abi.values import python_name
from wasmcell.errors import InvalidArgumentError

Value: TypeAlias = "bool | int | float | str | tuple[Value, ...]"
"""What an option can hold in a pipeline: hashable, and the same in JSON (with lists for tuples)."""

ValueKind: TypeAlias = Literal["bool", "integer", "float", "string", "enum", "list", "other"]

_LONGEST_SHOWN = 60


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
    """What a list holds."""

    @property
    def python_name(self) -> str:
        """The name in snake_case."""
        return python_name(self.name)

    @property
    def allowed(self) -> str:
        """What is allowed, in words: ``an integer from 1 to 65535 px``."""
        if self.kind == "list" and self.item is not None:
            return f"a list, each {self.item.allowed}"
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
            return tuple(self.item.check(item, owner) for item in found)
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
            case "enum" if isinstance(value, str):
                return value.replace("_", "-")
            case "list" if self.item is not None and not isinstance(value, (str, bytes)):
                return tuple(self.item.convert(item) for item in value)
            case "other":
                return _frozen(value)
        raise TypeError

    def _within(self, value: float) -> bool:
        low, high = self.bounds
        return (low is None or value >= low) and (high is None or value <= high)

    def _refusal(self, value: Any, owner: str) -> str:
        hint = ""
        if self.kind == "enum" and isinstance(value, str):
            hint = did_you_mean(value, [str(choice) for choice, _ in self.choices])
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
                case "list" if self.item is not None and not text.startswith("["):
                    return [self.item.read(item) for item in text.split(",")]
                case "list" | "other":
                    return json.loads(text)
        except (ValueError, RecursionError):  # such as 1.2.3, more digits than int takes, or no JSON
            pass
        return text

    def format(self, value: Any) -> str:
        """The text that `parse` reads as `value`."""
        match value:
            case _ if self.kind == "other":
                return json.dumps(value, ensure_ascii=False)
            case bool():
                return "true" if value else "false"
            case float():
                return number(value)
            case tuple() if self.item is not None:
                plain = ",".join(self.item.format(item) for item in value)
                # Items that hold commas, and no items at all, need brackets.
                same = self.read(plain) == list(value)
                return plain if same else json.dumps(value, ensure_ascii=False)
        return str(value)

    @property
    def annotation(self) -> Any:
        """The Python type, with None where a missing value has no default."""
        if self.choices:
            found: Any = Literal[tuple(value for value, _ in self.choices)]
        elif self.kind == "list" and self.item is not None:
            found = GenericAlias(Sequence, (self.item.annotation,))
        else:
            types: dict[str, Any] = {"bool": bool, "integer": int, "float": float, "string": str}
            found = types.get(self.kind, Any)
        return found if self.required or self.default is not None or found is Any else found | None


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
    found = difflib.get_close_matches(given.lower(), list(possible), n=1, cutoff=0.6)
    if not found:
        return ""
    return f" (did you mean {possible[found[0]] if isinstance(possible, Mapping) else found[0]}?)"
