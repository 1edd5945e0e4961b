"""A function's signature, compiled: how its arguments go to the module and its result comes back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from wasmcell.abi.arguments import Mismatch
from wasmcell.abi.layout import MAX_FLAT_PARAMS, MAX_FLAT_RESULTS, layout, offsets, sequence
from wasmcell.abi.lift import Source, lifter, loader
from wasmcell.abi.lower import Lowering, flattener, storer
from wasmcell.abi.values import Case, Err, Ok, python_name
from wasmcell.errors import CORE_ERRORS, ArgumentTypeError, Error, ResultError
from wasmcell.modules.description import (
    Function,
    Result,
    Type,
    Variant,
    host_bytes,
    resolve,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: The interface, whatever its version, whose `error` becomes the classes of `wasmcell.errors`.
CORE_TYPES: Final = "wasmcell:core/types"


class Signature:
    """A function, ready to be called.

    Attributes
    ----------
        function: its description.
        params: those that people give; parameters that the host fills in are left out.
        core_params: the core types ("i32" …) that its core function takes.
        core_results: the core types that it returns.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.params = tuple(p for p in function.params if host_bytes(p.type) is None)
        self._required = sum(not p.optional for p in self.params)
        self._host = [
            (i, size) for i, p in enumerate(function.params) if (size := host_bytes(p.type)) is not None
        ]
        types = [p.type for p in function.params]
        flat = sequence(types)
        self._indirect = len(flat.flat) > MAX_FLAT_PARAMS
        self.core_params: tuple[str, ...] = ("i32",) if self._indirect else flat.flat
        self._names = [python_name(p.name) for p in function.params]
        self._flatten = [flattener(t) for t in types]
        self._store = list(zip(map(storer, types), offsets(types), strict=True)) if self._indirect else []
        self._region = flat
        self._prepare_result(function.result)

    def _prepare_result(self, result: Type | None) -> None:
        self.core_results: tuple[str, ...] = ()
        self._lift: Callable[[Source, Any], Any] | None = None
        self._answer: Callable[[Any], Any] | None = None
        if result is None:
            return
        place = layout(result)
        if len(place.flat) > MAX_FLAT_RESULTS:
            self.core_results = ("i32",)
            load, what = loader(result), str(result)

            def from_memory(cx: Source, pointer: int) -> Any:
                return load(cx, cx.memory.read(pointer, place.size, place.align, what), 0)

            self._lift = from_memory
        else:
            self.core_results = place.flat
            lift = lifter(result)
            self._lift = lambda cx, value: lift(cx, iter((value,)))
        behind = resolve(result)
        if isinstance(behind, Result):
            self._answer = answerer(self.function.name, behind)

    def values(self, args: Sequence[Any]) -> list[Any]:
        """A value for each parameter: what people give, None for options left out, random bytes where the
        host fills them in. Raises ArgumentTypeError if there are too few or too many arguments.
        """
        if not self._required <= len(args) <= len(self.params):
            wanted = ", ".join(f"{python_name(p.name)}: {p.type}" for p in self.params)
            came = f"{len(args)} argument{'' if len(args) == 1 else 's'} came"
            raise ArgumentTypeError(f"{self.function.name}: takes ({wanted}), but {came}")
        values = [*args, *[None] * (len(self.params) - len(args))]
        for index, size in self._host:
            values.insert(index, os.urandom(size))
        return values

    def lower(self, cx: Lowering, args: Sequence[Any]) -> list[Any]:
        """Check and convert the arguments: the core values, some of which are due at `cx.commit`.

        Raises ArgumentTypeError or InvalidArgumentError naming the function, the place and the WIT type.
        """
        name, values = self.function.name, self.values(args)
        flat: list[Any] = []
        param = ""
        try:
            if self._indirect:
                region = bytearray(self._region.size)
                for param, (put, start), value in zip(self._names, self._store, values, strict=True):
                    put(cx, region, start, value)
                flat.append(0)
                cx.region(region, self._region.align, flat, 0)
            else:
                for param, put_flat, value in zip(self._names, self._flatten, values, strict=True):
                    put_flat(cx, flat, value)
        except Mismatch as mismatch:
            raise mismatch.within(f".{param}").error(name) from None
        return flat

    def lift(self, cx: Source, value: Any) -> Any:
        """Convert the core result: an `Ok` or `Err` for a function whose result is a result."""
        return None if self._lift is None else self._lift(cx, value)

    def answer(self, value: Any) -> Any:
        """What a caller sees of a lifted value: an `Ok`'s value, while an `Err` is raised."""
        return value if self._answer is None else self._answer(value)


def answerer(function: str, result: Result) -> Callable[[Any], Any]:
    """The function that returns an `Ok`'s value and raises what an `Err` says."""
    of_core = is_core_error(result.err)

    def answer(value: Ok[Any] | Err[Any]) -> Any:
        if isinstance(value, Ok):
            return value.value
        raise failure(function, value.value, of_core)

    return answer


def failure(function: str, error: Any, of_core: bool) -> Error:
    """The exception for an error that a function answered with."""
    if of_core and isinstance(error, Case) and error.name in CORE_ERRORS:
        return CORE_ERRORS[error.name](error.payload)
    text = f"{function} failed" if error is None else f"{function} failed: {error}"
    return ResultError(text, error)


def is_core_error(type: Type | None) -> bool:
    """Whether it is the error type that all modules share."""
    type = type and resolve(type)
    return (
        isinstance(type, Variant)
        and type.name == "error"
        and (type.interface or "").split("@")[0] == CORE_TYPES
    )
