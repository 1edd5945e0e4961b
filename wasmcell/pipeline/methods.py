"""A module's operations as Python methods and functions, made from its description."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from wasmcell import operations, sources
from wasmcell.abi.values import python_name
from wasmcell.awaited import awaited
from wasmcell.operations import docstrings
from wasmcell.operations.parameters import Parameter
from wasmcell.pipeline.run import run
from wasmcell.pipeline.value import Pipeline

if TYPE_CHECKING:
    from wasmcell.engines import Engine
    from wasmcell.engines.limits import Limits
    from wasmcell.image import Image
    from wasmcell.operations.operation import Operation
    from wasmcell.pipeline.result import Result

_F = TypeVar("_F", bound=Callable[..., Any])
_SELF = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
_OWN = ("source", "engine", "limits")


class _Chain(Protocol):
    """What methods are added to."""

    def then(self, operation: str | Operation, *args: Any, **options: Any) -> Any:
        """The value with one more step."""


def of(module: str, owner: str, kinds: Sequence[str] = ("step", "output")) -> type:
    """A base class with a method for every operation of a module.

    Each method hands its operation with the arguments to ``self.then``. For the outputs there is ``encode``,
    whose first argument chooses among them.

    Parameters
    ----------
    module : str
    owner : str
        The name of the class that inherits, for return annotations.
    kinds : sequence of str
        The kinds of operations: ``step``, ``output``, ``decode``.
    """
    known = [found for found in operations.of(module).values() if found.kind in kinds]
    methods = {found.python_name: _method(found, owner) for found in known if found.kind != "output"}
    if outputs := [found for found in known if found.kind == "output"]:
        methods["encode"] = _encode(outputs, owner)
    return type(
        f"{owner}Operations", (), {"__slots__": (), "__doc__": f"The operations of {module}.", **methods}
    )


@functools.cache
def functions(module: str) -> Mapping[str, Callable[..., Any]]:
    """The functions of a module by their Python names, each taking its input file first if it has one."""
    known = operations.of(module).values()
    return {found.python_name: _function(found) for found in known if found.kind == "function"}


def as_functions(
    module: str, name: str, own: Iterable[str]
) -> tuple[Callable[[str], Callable[..., Any]], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a Python module that has `functions` beside what is its `own`."""

    def get(attribute: str) -> Callable[..., Any]:
        found = functions(module).get(attribute)
        if found is None:
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        return found

    return get, lambda: sorted({*own, *functions(module)})


def of_resource(operations: Iterable[Operation], owner: str) -> type:
    """A base class with a method for each operation on a resource, which hands it to ``self._call``."""
    found = {operation.python_name: _call(operation, owner) for operation in operations}
    return type(f"{owner}Operations", (), {"__slots__": (), "__doc__": f"What a {owner} can tell.", **found})


def taking(operation: str | Operation) -> Callable[[_F], _F]:
    """A decorator: add an operation's options to signature and docstring of a function with ``**options``."""
    found = operations.find(operation) if isinstance(operation, str) else operation

    def decorate(function: _F) -> _F:
        signature = inspect.signature(function)
        own = [known for known in signature.parameters.values() if known.kind is not known.VAR_KEYWORD]
        function.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*own, *found.signature.parameters.values()]
        )
        head, mark, tail = inspect.cleandoc(function.__doc__ or "").partition("\n\nReturns\n")
        options = "\n".join(map(docstrings.parameter, found.parameters))
        section = "" if "\n\nParameters\n" in head else "\n\nParameters\n----------"
        function.__doc__ = f"{head}{section}\n{options}{mark}{tail}"
        return function

    return decorate


@awaited
async def _in_page(pipeline: Pipeline, source: Any, **options: Any) -> Any:
    """A function's answer to a file that is in the page."""
    from wasmcell.engines import browser

    return (await browser.heard(run, pipeline, source, **options)).value


def _picture(result: Result) -> Image:
    """Pixels as what can be worked on."""
    from wasmcell.image import Image  # whose methods are made here

    return Image(result)


def _function(operation: Operation) -> Callable[..., Any]:
    """The function for one operation of the kind ``function``: its file may be any source."""

    def function(
        source: Any,
        *args: Any,
        engine: str | Engine | None = None,
        limits: Limits | None = None,
        **options: Any,
    ) -> Any:
        pipeline = Pipeline().then(operation, *args, **options)
        if engine == "browser" or isinstance(sources.of(source), sources.Private):
            return _in_page(pipeline, source, engine=engine, limits=limits)
        result = run(pipeline, source, engine=engine, limits=limits)
        return _picture(result) if operation.gives == "raster" else result.value

    own = [known for known in inspect.signature(function).parameters.values() if known.name in _OWN]
    own.sort(key=lambda known: known.kind)
    parameters = sorted([*own, *operation.signature.parameters.values()], key=lambda known: known.kind)
    docs = docstrings.operation(operation)
    function.__wasmcell_operation__ = operation  # type: ignore[attr-defined]
    return _dress(function, operation.python_name, docs, parameters, "Any")


def _call(operation: Operation, owner: str) -> Callable[..., Any]:
    """The method for one operation on a resource."""

    def method(self: Any, *args: Any, **options: Any) -> Any:
        return self._call(operation, operation.bind(*args, **options))

    parameters = [_SELF, *operation.signature.parameters.values()]
    name = f"{owner}.{operation.python_name}"
    return _dress(method, name, docstrings.operation(operation), parameters, "Any")


def _method(operation: Operation, owner: str) -> Callable[..., Any]:
    """The method for one operation."""

    def method(self: _Chain, *args: Any, **options: Any) -> Any:
        return self.then(operation, *args, **options)

    returns = f"{owner}\n    With this step added."
    docs = docstrings.operation(operation, returns)
    parameters = [_SELF, *operation.signature.parameters.values()]
    method.__wasmcell_operation__ = operation  # type: ignore[attr-defined]
    return _dress(method, f"{owner}.{operation.python_name}", docs, parameters, owner)


def _encode(outputs: Sequence[Operation], owner: str) -> Callable[..., Any]:
    """The method that chooses among the outputs."""
    choice = Parameter(
        name="format",
        kind="enum",
        type="string",
        docs="",
        required=True,
        choices=tuple((output.case, output.docs) for output in outputs),
    )

    def method(self: _Chain, format: str, **options: Any) -> Any:
        return self.then(f"{outputs[0].module}.encode {choice.check(format, 'encode')}", **options)

    merged: dict[str, list[Parameter]] = {}
    for output in outputs:
        for parameter in output.parameters:
            merged.setdefault(parameter.name, []).append(parameter)
    first = inspect.Parameter(
        choice.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=choice.annotation
    )
    others = [
        inspect.Parameter(
            python_name(name),
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=uses[0].annotation | None,
        )
        for name, uses in merged.items()
    ]
    docs = docstrings.alternatives(
        "Choose the file to write. Options that are left out, or None, take the format's own default.",
        "format",
        outputs,
        f"{owner}\n    With this format to write.",
    )
    return _dress(method, f"{owner}.encode", docs, [_SELF, first, *others], owner)


def _dress(
    function: Callable[..., Any],
    name: str,
    docs: str,
    parameters: Sequence[inspect.Parameter],
    returns: str,
) -> Callable[..., Any]:
    """Give a function the name, signature and docstring that people and tools see."""
    function.__qualname__ = name
    function.__name__ = name.rpartition(".")[2]
    function.__doc__ = docs
    function.__signature__ = inspect.Signature(parameters, return_annotation=returns)  # type: ignore[attr-defined]
    function.__annotations__ = {
        known.name: known.annotation for known in parameters if known.annotation is not known.empty
    } | {"return": returns}
    return function
