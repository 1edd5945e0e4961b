"""What Python values may stand for a WIT value, and what is said where one may not."""

from __future__ import annotations

import operator
import reprlib
import struct
import sys
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import isnan, nan
from typing import TYPE_CHECKING, Any, Final

from wasmcell.abi.handles import Handle
from wasmcell.abi.layout import FORMATS
from wasmcell.errors import ArgumentTypeError, ClosedError, Error, InvalidArgumentError, LimitExceededError

if TYPE_CHECKING:
    from wasmcell.modules.description import Resource


class Mismatch(Exception):
    """A value that does not fit its type. Whoever holds the value adds its place on the way up.

    `wrong` is the error that it becomes.
    """

    def __init__(self, expected: str, value: Any, wrong: type[Error] = ArgumentTypeError) -> None:
        super().__init__(expected)
        self.text = f"expected {expected}, got {shown(value)}"
        self.wrong = wrong
        self.path = ""

    def within(self, step: str) -> Mismatch:
        """The same, seen from outside: `step` is ".width" or "[2]"."""
        self.path = step + self.path
        return self

    def error(self, function: str) -> Error:
        """As people see it: run: steps[2].width: expected u32, got -1."""
        return self.wrong(f"{function}: {self.path.lstrip('.')}: {self.text}")


class Problem(Mismatch):
    """A mismatch with a text of its own."""

    def __init__(self, text: str, wrong: type[Error] = ArgumentTypeError) -> None:
        super().__init__("", None, wrong)
        self.text = text


def shown(value: Any) -> str:
    """A value in an error's text: short, and with its type where that says more."""
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return reprlib.repr(value)
    try:
        text = reprlib.repr(value)
    except Exception:  # a repr of somebody else's must not hide the error
        return f"a {type(value).__name__}"
    return f"{text} ({type(value).__name__})" if len(text) < 60 else f"a {type(value).__name__}"


def suggestion(name: Any, names: Iterable[str]) -> str:
    """The end of a text about an unknown name: the nearest one, or all."""
    import difflib

    names = list(names)
    near = difflib.get_close_matches(str(name), names, 1)
    return f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(names)}"


def integer(name: str) -> Callable[[Any], int]:
    """The check for u8 … s64."""
    bits = int(name[1:])
    low, high = (0, (1 << bits) - 1) if name[0] == "u" else (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)

    def check(value: Any) -> int:
        if type(value) is not int:
            if is_bool(value):
                raise Mismatch(name, value)
            try:
                value = operator.index(value)
            except TypeError:
                raise Mismatch(name, value) from None
        if low <= value <= high:
            return value  # type: ignore[no-any-return]
        raise Mismatch(name, value, InvalidArgumentError)

    return check


def floating(name: str) -> Callable[[Any], float]:
    """The check for f32 and f64; NaN becomes the canonical one."""
    pack = struct.Struct("<" + FORMATS[name]).pack

    def check(value: Any) -> float:
        if type(value) is not float:
            numeric = hasattr(type(value), "__float__") or hasattr(type(value), "__index__")
            if is_bool(value) or not numeric:
                raise Mismatch(name, value)
            try:
                value = float(value)
            except (TypeError, ValueError):
                raise Mismatch(name, value) from None
            except OverflowError:
                raise Mismatch(name, value, InvalidArgumentError) from None
        try:
            pack(value)
        except OverflowError:
            raise Mismatch(name, value, InvalidArgumentError) from None
        return nan if isnan(value) else value

    return check


def boolean(value: Any) -> int:
    """The check for bool."""
    if value is True or value is False or is_bool(value):
        return int(bool(value))
    raise Mismatch("bool", value)


def character(value: Any) -> int:
    """The check for char: one Unicode scalar value."""
    if not isinstance(value, str):
        raise Mismatch("char", value)
    if len(value) != 1 or 0xD800 <= ord(value) < 0xE000:
        raise Mismatch("char (one character, no surrogate)", value, InvalidArgumentError)
    return ord(value)


def text(value: Any) -> bytes:
    """The check for string: its UTF-8."""
    if not isinstance(value, str):
        raise Mismatch("string", value)
    try:
        data = value.encode()
    except UnicodeEncodeError:
        raise Mismatch("string without lone surrogates", value, InvalidArgumentError) from None
    fits(len(data))
    return data


SCALARS: Final[dict[str, Callable[[Any], Any]]] = {
    **{name: integer(name) for name in ("s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64")},
    "f32": floating("f32"),
    "f64": floating("f64"),
    "bool": boolean,
    "char": character,
}


def is_bool(value: Any) -> bool:
    """Whether it is a bool, numpy's included (which this package must not import)."""
    return isinstance(value, bool) or type(value).__name__ in ("bool_", "bool")


def fits(size: int) -> None:
    """The check that a module can address so many bytes."""
    if size >= 1 << 32:
        raise Problem(f"{size} bytes are more than a module can address (4 GiB)", LimitExceededError)


def items(value: Any, expected: str) -> Sequence[Any]:
    """The values of a list."""
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return value
    if isinstance(value, (str, bytes, bytearray, Mapping, AbstractSet)) or hasattr(value, "_fields"):
        raise Mismatch(expected, value)
    try:
        return list(value)
    except TypeError:
        raise Mismatch(expected, value) from None


_UNSIGNED, _SIGNED, _FLOATS = "BHILQNc", "bhilqn", "fd"
_NATIVE = "@=<" if sys.byteorder == "little" else "@=>"


def numbers(name: str) -> Callable[[Any], memoryview]:
    """The check for a list of fixed-size numbers: its bytes, little-endian, without a copy wherever the value
    is a contiguous buffer of that format already.
    """
    letter = FORMATS[name]
    size = struct.calcsize("<" + letter)
    letters = _FLOATS if name[0] == "f" else _UNSIGNED if name[0] == "u" else _SIGNED
    scalar = SCALARS[name]
    expected = f"list<{name}>"

    def check(value: Any) -> memoryview:
        try:
            view = memoryview(value)
        except TypeError:
            view = memoryview(_packed(value))
        else:
            if view.itemsize != size or view.format.lstrip(_NATIVE) not in letters:
                raise Mismatch(f"{expected} or a buffer of that format", value)
            fits(view.nbytes)
            # Only a plain letter can be cast; "<B", as from ctypes, is copied.
            if not view.nbytes or not view.c_contiguous or len(view.format) > 1:
                view = memoryview(view.tobytes())
            else:
                view = view.cast("B")
        return _canonical(view, letter) if name[0] == "f" else view

    def _packed(value: Any) -> bytes:
        values = items(value, expected)
        fits(size * len(values))
        try:
            if name == "u8":
                return bytes(values)
            return struct.pack(f"<{len(values)}{letter}", *values)
        except (TypeError, ValueError, struct.error, OverflowError):
            # Slowly, to find the one that is wrong.
            return struct.pack(f"<{len(values)}{letter}", *each(values, scalar))

    return check


def each(values: Sequence[Any], check: Callable[[Any], Any]) -> Iterable[Any]:
    """Check each value of a list, naming the place of one that does not fit."""
    for index, value in enumerate(values):
        try:
            yield check(value)
        except Mismatch as mismatch:
            raise mismatch.within(f"[{index}]") from None


def _canonical(view: memoryview, letter: str) -> memoryview:
    values: array[Any] = array(letter)
    # NaN spreads through a sum, so a sum that is none clears the whole list at the speed of C.
    if view.nbytes and isnan(sum(view.cast(letter))):  # type: ignore[call-overload]
        values.frombytes(view)
        for index, value in enumerate(values):
            if isnan(value):
                values[index] = nan
        return memoryview(values).cast("B")
    return view


class Handover:
    """The resources among the arguments of one call, all of which live in `owner`.

    Attributes
    ----------
        given: handles that pass to the module; they are not marked as gone here.
        lent: handles that are the module's for the time of the call.
    """

    __slots__ = ("_owner", "given", "lent")

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self.given: list[Handle] = []
        self.lent: list[Handle] = []

    def give(self, resource: Resource, value: Any) -> Handle:
        """The check for own: an open handle of that resource, which goes over once and is not lent."""
        handle = self._checked(resource, value)
        if _among(self.given, handle):
            raise Problem(f"this {handle.name} is handed over twice", InvalidArgumentError)
        if _among(self.lent, handle):
            raise Problem(_BOTH.format(handle.name), InvalidArgumentError)
        self.given.append(handle)
        return handle

    def lend(self, resource: Resource, value: Any) -> Handle:
        """The check for borrow: an open handle of that resource, which is not given away by the same call."""
        handle = self._checked(resource, value)
        if _among(self.given, handle):
            raise Problem(_BOTH.format(handle.name), InvalidArgumentError)
        self.lent.append(handle)
        return handle

    def _checked(self, resource: Resource, value: Any) -> Handle:
        if not isinstance(value, Handle) or value.resource != resource.number:
            raise Mismatch(f"a {resource}", value)
        if value.owner is not self._owner:
            text = f"this {resource} lives in another session; it can be used there only"
            raise Problem(text, InvalidArgumentError)
        if value.closed:
            raise Problem(f"this {resource} is already closed", ClosedError)
        return value


_BOTH: Final = "this {} is lent and handed over at once"


def _among(handles: list[Handle], handle: Handle) -> bool:
    return any(other is handle for other in handles)
