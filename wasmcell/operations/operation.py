"""One operation of a module: its options, how they are given, and its Python signature."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from wasmcell.abi.values import python_name
from wasmcell.errors import InvalidArgumentError
from wasmcell.operations.parameters import Parameter, did_you_mean, listed, wit_name

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["decode", "step", "output", "function", "method"]


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
    gives: Literal["file", "raster"] | None = None
    """What of a function's answer other operations can go on with."""
    part: str = ""
    """The field of the answer that this is; empty if it is the whole answer."""
    each: str = ""
    """Of a function that takes several files at once: the field of what each of them is in."""

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
        wanted = wit_name(name)
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

    def collect(self, given: Iterable[tuple[Parameter, Any]]) -> dict[str, Any]:
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
