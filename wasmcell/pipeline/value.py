"""Pipelines as values: sources, steps, an output; no engine and no bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Self

from wasmcell import operations
from wasmcell.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wasmcell.operations.operation import Operation
    from wasmcell.operations.parameters import Value


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """An operation with its options, checked against the module's description.

    Only what was said is kept: defaults are not filled in, and an option that is None counts as not
    said. So a stored pipeline keeps its meaning, and two are equal when they say the same.
    """

    module: str
    """The module's name, such as ``image``."""
    operation: str
    """The operation's name in its module, such as ``resize`` or ``encode webp``."""
    options: tuple[tuple[str, Value], ...] = ()
    """Names in WIT's kebab-case with their values, in the order of the description."""

    @classmethod
    def of(cls, operation: Operation, options: Mapping[str, Value]) -> Self:
        """A step from options that `operation` has checked."""
        return cls(operation.module, operation.name, tuple(options.items()))

    @property
    def definition(self) -> Operation:
        """What the module's description says of the operation."""
        return operations.find(f"{self.module}.{self.operation}")

    def __repr__(self) -> str:
        from wasmcell.pipeline import grammar

        return f"<Step {grammar.format_step(self)}>"


@dataclass(frozen=True, repr=False)
class Pipeline:
    """Sources, steps and an output, as data.

    A pipeline knows no engine, and holds no bytes but those of files that were given so as options. It is
    immutable, hashable, picklable and equal by value; ``a | b`` puts `b` after `a`; ``str(pipeline)`` is its
    text in the pipeline grammar and ``Pipeline.parse(text)`` the way back. That text and the JSON hold the
    passwords among its options; what shows itself in a notebook has ``***`` for them.

    >>> pipeline = Pipeline.parse("photo.jpg | image.resize width=1280 | image.encode webp > small.webp")
    >>> pipeline.sources, pipeline.output
    (('photo.jpg',), 'small.webp')
    >>> pipeline == Pipeline.from_json(pipeline.to_json())
    True
    """

    FORMAT: ClassVar[int] = 1
    """The version of the JSON encoding."""

    sources: tuple[str, ...] = ()
    """Paths, URLs and glob patterns, or ``-`` for the standard input."""
    steps: tuple[Step, ...] = ()
    output: str | None = None
    """Path or URL of the result, possibly with ``{name}``, ``{ext}``, ``{index}``; ``-`` for the standard
    output."""

    def __post_init__(self) -> None:
        if fault := misplaced(self.steps):
            raise PipelineError(fault[1])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pipeline):
            return NotImplemented
        return (self.sources, self.steps, self.output) == (other.sources, other.steps, other.output)

    def __hash__(self) -> int:
        return hash((self.sources, self.steps, self.output))

    def then(self, operation: str | Operation, *args: Any, **options: Any) -> Self:
        """This pipeline with one more step.

        Parameters
        ----------
        operation : str
            Module and operation, such as ``"image.resize"`` or ``"image.encode webp"``.
        *args, **options
            Its options: required ones by position or name, the others by name.

        Raises
        ------
        PipelineError
            There is no such operation, or it cannot stand here.
        InvalidArgumentError
            An option is unknown, missing or out of range.
        """
        found = operations.find(operation) if isinstance(operation, str) else operation
        step = Step.of(found, found.bind(*args, **options))
        return replace(self, steps=(*self.steps, step))

    def __or__(self, other: Pipeline) -> Self:
        if not isinstance(other, Pipeline):
            return NotImplemented
        if self.output is not None:
            raise PipelineError(f"nothing can follow the output ({self.output})")
        if other.sources:
            raise PipelineError(f"a pipeline with sources ({other.sources[0]}) cannot follow another")
        return replace(self, steps=self.steps + other.steps, output=other.output)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the pipeline grammar: ``sources | module.operation option=value … > output``.

        Raises
        ------
        PipelineError
            With the text, the position and a line that points at the fault.
        """
        from wasmcell.pipeline import grammar

        return cls(*grammar.parse(text))

    def __str__(self) -> str:
        from wasmcell.pipeline import grammar

        return grammar.format(self)

    def __repr__(self) -> str:
        from wasmcell.pipeline import grammar

        return f"<{type(self).__name__} {grammar.format(self, masked=True)}>"

    def to_json(self) -> str:
        """The pipeline as JSON, with the versions of the format and of the modules.

        Whoever has it can run it, so passwords are in it: keep it as you keep these.
        """
        from wasmcell.pipeline import encoding

        return encoding.dumps(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The pipeline that `to_json` wrote.

        Raises
        ------
        PipelineError
            It is no pipeline, or was written for a newer format or an incompatible module version.
        """
        from wasmcell.pipeline import encoding

        return cls(*encoding.loads(text))


def misplaced(steps: tuple[Step, ...]) -> tuple[int, str] | None:
    """The first step that cannot stand where it does, and why."""
    kinds = [step.definition.kind for step in steps]
    for index, (kind_before, kind) in enumerate(pairwise(kinds), 1):
        if kind_before == kind == "step":
            continue
        before, step = steps[index - 1], steps[index]
        name, name_before = f"{step.module}.{step.operation}", f"{before.module}.{before.operation}"
        if kind_before == "function":
            gives = before.definition.gives
            if gives is None:
                return index, f"{name} cannot follow {name_before}, which ends a pipeline"
            pixels = kind in ("step", "output") and operations.takes_pixels(step.module)
            if gives == "raster" and not pixels:
                return index, f"{name} cannot follow {name_before}: it works on files, and these are pixels"
            continue
        if kind == "decode" and step.module == before.module:
            return index, f"{name} must be the first operation: it says how the source is read"
        if kind_before == "output" and kind != "function" and step.module == before.module:
            return index, f"{name} cannot follow {name_before}: encode once, at the end"
    return None
