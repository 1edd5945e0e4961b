"""One pipeline over many sources: in parallel, in order, with progress, and an outcome for each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar, overload

from wasmcell import progress as bars
from wasmcell import sources
from wasmcell.engines.apart import IN_PAGE
from wasmcell.engines.limits import Cancel
from wasmcell.errors import ArgumentTypeError, BlockingError, Error, PipelineError
from wasmcell.pipeline import Pipeline, Result, targets
from wasmcell.pipeline import run as pipeline_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from wasmcell.engines import Engine
    from wasmcell.engines.limits import Limits
    from wasmcell.pipeline.value import Step
    from wasmcell.sources import Source

T = TypeVar("T")

_TURN = 0.2
"""Seconds."""
_AT_ONCE = 8
"""Runs that are awaited together: a page has no more workers."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source: a value, or the error that stood in its way."""

    source: str
    """What people know the source by."""
    value: Any = field(default=None, repr=False)
    """The bytes of the file (or a function's answer); where there is an output, the path written; of a
    private file, a `PrivateImage` or a `PrivateDocument`."""
    error: Error | OSError | None = None
    result: Result | None = None
    """Format, engine, time and sizes; its own value is left out where the file was written,
    unless it is to be kept."""

    @property
    def ok(self) -> bool:
        """Whether it worked."""
        return self.error is None

    def get(self) -> Any:
        """The value. Raises the error if there is one."""
        if self.error is not None:
            raise self.error
        return self.value


class Outcomes(Sequence[Outcome]):
    """The outcomes of a batch, in the order of its sources."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self._outcomes = tuple(outcomes)

    @overload
    def __getitem__(self, index: int) -> Outcome: ...
    @overload
    def __getitem__(self, index: slice) -> Outcomes: ...
    def __getitem__(self, index: int | slice) -> Outcome | Outcomes:
        found = self._outcomes[index]
        return Outcomes(found) if isinstance(found, tuple) else found

    def __len__(self) -> int:
        return len(self._outcomes)

    @property
    def values(self) -> list[Any]:
        """All values. Raises the first error if there is one."""
        return [outcome.get() for outcome in self]

    @property
    def errors(self) -> list[Outcome]:
        """The outcomes that are errors."""
        return [outcome for outcome in self if not outcome.ok]

    def __repr__(self) -> str:
        shown = [
            f"  {outcome.source}: {type(outcome.error).__name__}: "
            + str(outcome.error).removeprefix(f"{outcome.source}: ")
            for outcome in self.errors
        ]
        more = [f"  … and {len(shown) - 10} more"] if len(shown) > 10 else []
        head = f"<Outcomes: {len(self) - len(shown)} of {len(self)} done" + (", failed:" if shown else "")
        return "\n".join([head, *shown[:10], *more]) + ">"


def run(
    inputs: Iterable[Any],
    pipeline: Pipeline | str,
    *,
    module: str | None = None,
    executor: Any = None,
    engine: str | Engine | None = None,
    limits: Limits | None = None,
    progress: bool = True,
    keep: bool = False,
) -> Outcomes:
    """Run one pipeline on many sources, in parallel.

    Parameters
    ----------
    inputs : iterable or str
        Sources as for `open`; an `Image` brings the steps that it has. A text alone is a path, a URL or a
        pattern, as on the command line (``"photos/*.jpg"``). The pipeline must have none of its own.
    pipeline : Pipeline or str
        What is done to each; its output, if there is one, is a path with ``{name}``, ``{ext}`` or
        ``{index}``, or a folder.
    module : str, optional
        The module of a pipeline without steps.
    executor : optional
        A `concurrent.futures.Executor`, or anything whose ``submit`` gives futures alike (a Dask client).
        With processes or machines, `inputs`, `engine` and `limits` must be picklable. Threads, one for each
        processor, unless told; in Pyodide, which has none, one source after the other.
    engine, limits
        As for `wasmcell.pipeline.run.run`.
    progress : bool
        Show a bar with count, rate and time left.
    keep : bool
        Hold the results of files that are written, too.

    Returns
    -------
    Outcomes
        In the order of `inputs`. One that fails does not disturb the others: its error is kept.

    Raises
    ------
    ArgumentTypeError
        The pipeline is none, or the inputs are.
    BlockingError
        An input is private, or the engine is `browser`: that must be awaited.
    PipelineError
        The pipeline has sources, two inputs would be written to one path or one over an input, or a pattern
        matches nothing.
    InvalidArgumentError
        The extension of the outputs tells no format.
    FileNotFoundError
        The folder of an output, or a file among the options, is missing.
    KeyboardInterrupt
        After what ran has been cancelled.
    """
    pipeline = _pipeline(pipeline)
    taken = [_source(given) for given in _each(inputs)]
    found = [source for source, _ in taken]
    _must_be_here(found, engine)
    if taken and pipeline.steps and pipeline.steps[0].definition.each:
        found = [_joined(taken, engine, limits)]
        taken = [(found[0], ())]
    cancel = Cancel()
    # Own threads share this process's `cancel`; it cannot travel to the workers of other executors.
    task = _Task(pipeline, module, engine, limits, None if executor is not None else cancel, keep)
    files = _files([*pipeline.steps, *(step for _, steps in taken for step in steps)])
    jobs = list(zip(taken, _targets(pipeline, found, files, module), strict=True))
    own = _executor() if executor is None else None
    submit = (own or executor).submit
    futures: list[Future[Outcome]] = []
    try:
        futures += [submit(task, *source, target) for source, target in jobs]
        return Outcomes(_result(future) for future in _counted(futures, shown=progress))
    finally:
        cancel.cancel()
        for future in futures:
            future.cancel()
        if own is not None:
            own.shutdown(cancel_futures=True)


async def arun(
    inputs: Iterable[Any],
    pipeline: Pipeline | str,
    *,
    engine: str | Engine | None = None,
    limits: Limits | None = None,
    progress: bool = True,
) -> Outcomes:
    """As `run`, to be awaited: of private files, too, and on every engine.

    Parameters
    ----------
    inputs, engine, limits, progress
        As for `run`; a picker stands for all files that are chosen in it.
    pipeline : Pipeline or str
        What is done to each. It has no output: what is made of private files stays in the page.

    Returns
    -------
    Outcomes
        In the order of `inputs`, with a `PrivateImage` for each private file, or a `PrivateDocument` where
        steps of ``pdf`` made it. One that fails does not disturb the others: its error is kept.

    Raises
    ------
    ArgumentTypeError
        The pipeline is none, or the inputs are.
    PipelineError
        The pipeline has sources or an output, or a pattern matches nothing.
    ClosedError
        The inputs are a picker whose page was closed or reloaded.
    """
    from wasmcell.image import Image

    pipeline = _pipeline(pipeline)
    if pipeline.output is not None:
        raise PipelineError(
            f"Nothing is written where results are awaited: leave > {pipeline.output} out, and "
            "`await result.download(name)` or write each result."
        )
    turns = asyncio.Semaphore(_AT_ONCE)

    async def outcome(source: Source | Outcome, steps: tuple[Step, ...]) -> Outcome:
        if isinstance(source, Outcome):
            return source
        async with turns:
            try:
                whole = Pipeline(steps=steps) | pipeline
                made = await Image(source, whole).arun(engine=engine, limits=limits)
            except (Error, OSError) as error:
                return Outcome(source.name, error=error)
        if isinstance(made, Result):
            return Outcome(source.name, made.value, result=made)
        return Outcome(source.name, made)

    taken = [_source(given) for given in _each(inputs)]  # before the first begins: this may raise
    tasks = [asyncio.create_task(outcome(*one)) for one in taken]
    try:
        return Outcomes([await task for task in _counted(tasks, shown=progress)])
    finally:
        for task in tasks:
            task.cancel()


class _Later(Future[Any]):
    """What is done when its result is asked for."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self._work = work

    def result(self, timeout: float | None = None) -> Any:
        if not self.done() and self.set_running_or_notify_cancel():
            self.set_result(self._work())
        return super().result(timeout)


class _InOrder(Executor):
    """For where there are no threads: one after the other, so that a bar advances meanwhile."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> _Later:
        return _Later(partial(fn, *args, **kwargs))


def _executor() -> Executor:
    return _InOrder() if IN_PAGE else ThreadPoolExecutor(os.cpu_count())


def _pipeline(given: Pipeline | str) -> Pipeline:
    """The pipeline, found to be one without sources."""
    pipeline = Pipeline.parse(given) if isinstance(given, str) else given
    if not isinstance(pipeline, Pipeline):
        raise ArgumentTypeError(f"The pipeline must be one, or its text, not {type(pipeline).__name__}.")
    if pipeline.sources:
        raise PipelineError(f"The sources are given by themselves; the pipeline must have none: {pipeline!r}")
    return pipeline


def _must_be_here(found: Sequence[Source | Outcome], engine: str | Engine | None) -> None:
    """Raise BlockingError if the page has to work: its answers could not come in while all is waited for."""
    private = next((source.name for source in found if isinstance(source, sources.Private)), None)
    if private is not None or engine == "browser" or getattr(engine, "name", None) == "browser":
        what = "What the engine browser does" if private is None else private
        raise BlockingError(
            f"{what} is worked on in the page, which must be awaited: `await image.amap(files, pipeline)`."
        )


def _joined(
    taken: Sequence[tuple[Source | Outcome, tuple[Step, ...]]],
    engine: str | Engine | None,
    limits: Limits | None,
) -> sources.Files:
    """The sources as one, for what works on all at once. Raises the error of one that is not there."""

    def file(source: Source | Outcome, steps: tuple[Step, ...]) -> sources.Location | sources.Data:
        if isinstance(source, Outcome):
            raise source.error or AssertionError
        if isinstance(source, (sources.Location, sources.Data)) and not steps:
            return source
        made = pipeline_run.run(Pipeline(steps=steps), source, engine=engine, limits=limits, module="image")
        return sources.Data(made.bytes, source.name)

    return sources.Files(tuple(file(*one) for one in taken))


def _files(steps: Iterable[Step]) -> list[Source]:
    """The files among the options of steps. Raises OSError if one is not there: that is wrong with all."""
    different = {id(step): step for step in steps}.values()
    return [
        file for step in different for file in pipeline_run.files_among(step.definition, dict(step.options))
    ]


def _targets(
    pipeline: Pipeline, found: Sequence[Source | Outcome], files: Sequence[Source], module: str | None
) -> Sequence[str | None]:
    """The path for each source's output; None where there is no output or no source.

    None of them is that of a source, or of one of the other `files` that are read.
    """
    if pipeline.output is None:
        return [None] * len(found)
    sound = [source for source in found if not isinstance(source, Outcome)]
    last = pipeline.steps[-1].definition if pipeline.steps else None
    paths = targets.expand(pipeline.output, sound, last.case if last and last.kind == "output" else None)
    if len({PurePath(path).suffix for path in paths}) == 1:  # what is wrong with all is said once, and first
        pipeline_run.with_encode(replace(pipeline, output=paths[0]), module)
    read = {targets.identity(read) for source in (*sound, *files) for read in sources.paths(source)}
    for path in paths:
        if targets.identity(path) in read:
            danger = f"{path} is a source of this pipeline, and would be overwritten"
            raise PipelineError(f"{danger}: write to another name or folder.")
    left = iter(paths)
    return [None if isinstance(source, Outcome) else targets.check(next(left)) for source in found]


@dataclass(frozen=True, slots=True)
class _Task:
    """The work on one source; picklable where its parts are."""

    pipeline: Pipeline
    module: str | None
    engine: str | Engine | None
    limits: Limits | None
    cancel: Cancel | None
    keep: bool = False

    def __call__(self, source: Source | Outcome, steps: tuple[Step, ...], target: str | None) -> Outcome:
        if isinstance(source, Outcome):
            return source
        try:
            result = pipeline_run.run(
                Pipeline(steps=steps + self.pipeline.steps, output=target),
                source,
                engine=self.engine,
                limits=self.limits,
                cancel=self.cancel,
                module=self.module,
            )
            if target is None:
                return Outcome(source.name, result.value, result=result)
            result.save(target)
            return Outcome(source.name, target, result=result if self.keep else result.without_value())
        except (Error, OSError) as error:
            return Outcome(source.name, error=error)


def _each(inputs: Any) -> Iterable[Any]:
    """The inputs one by one."""
    if isinstance(inputs, str):
        from wasmcell import options

        return options.files(inputs)
    if isinstance(inputs, (os.PathLike, bytes, bytearray, memoryview)):
        return [inputs]
    if not isinstance(inputs, Iterable):
        raise ArgumentTypeError(
            f"The inputs must be sources, one after the other, not {type(inputs).__name__}."
        )
    return inputs


def _source(given: Any) -> tuple[Source | Outcome, tuple[Step, ...]]:
    """The source, or the outcome of one that cannot be; and the steps that it brings."""
    from wasmcell.image import Image

    if isinstance(given, Image):
        return given.source, given.pipeline.steps
    try:
        return sources.of(given), ()
    except (Error, OSError) as error:
        name = str(given) if isinstance(given, (str, os.PathLike)) else type(given).__name__
        return Outcome(name, error=error), ()


def _result(future: Future[Outcome]) -> Outcome:
    """The result of a future, waited for in short turns: between them Ctrl-C is heard on every system."""
    while True:
        try:
            return future.result(_TURN)
        except TimeoutError:
            if future.done():  # the result came just now, or the time-out is the task's own
                return future.result()


def _counted(futures: Sequence[T], *, shown: bool) -> Iterable[T]:
    """Futures or tasks, with a bar that advances as their results are taken."""
    bar: Iterable[T] = bars.bar(futures, disable=not shown, unit="file")
    return bar
