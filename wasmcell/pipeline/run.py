"""Run a pipeline: each stretch of steps of one module is one call."""

from __future__ import annotations

import contextlib
import functools
import time
import warnings
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from wasmcell import engines, modules, operations, sources
from wasmcell.abi.values import Case, python_name
from wasmcell.engines.limits import Limits
from wasmcell.engines.wire import FileRef
from wasmcell.errors import (
    Error,
    InvalidArgumentError,
    MalformedError,
    PipelineError,
    PrivateError,
    UnsupportedError,
)
from wasmcell.operations.parameters import listed
from wasmcell.pipeline import targets
from wasmcell.pipeline.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from wasmcell.engines import Engine
    from wasmcell.engines.limits import Cancel
    from wasmcell.operations.operation import Operation
    from wasmcell.operations.parameters import Parameter
    from wasmcell.pipeline.value import Pipeline, Step


def run(
    pipeline: Pipeline,
    source: Any,
    *,
    engine: str | Engine | None = None,
    limits: Limits | None = None,
    cancel: Cancel | None = None,
    module: str | None = None,
    pixels: bool = False,
) -> Result:
    """Run the steps of a pipeline on one source.

    The pipeline's own sources and output play no part here, except that the extension of the output says
    the format where the steps do not. Without either, the format of the source is kept if it can be
    written, else the module's first output is taken (of images: PNG). Files among the options are read now;
    their paths are relative to the current folder, as those of sources.

    Parameters
    ----------
    pipeline : Pipeline
    source
        Anything that `wasmcell.sources.of` takes.
    engine : str or Engine, optional
        ``auto`` unless told: ``browser`` for private files, else ``kernel``.
    limits : Limits, optional
        What each call may use; the engine's own limits unless told.
    cancel : Cancel, optional
        Ends the run when it is cancelled.
    module : str, optional
        The module of a pipeline without steps, which decodes and encodes only.
    pixels : bool
        Give pixels and no file.

    Raises
    ------
    wasmcell.Error
        Of the kinds in `wasmcell.errors`.
    OSError
        The source cannot be read.
    """
    given = sources.of(source)
    limits = Limits.given(limits)
    calls = list(segments(pipeline, module))
    files = [file for segment in calls for files in segment.files for file in files]
    found = _engine(engine, given, *files)
    value = given.read()
    is_raster = isinstance(given, sources.Pixels)
    bytes_in = _size(value, is_raster)
    format = None
    notes: list[str] = []
    start = time.perf_counter()
    for index, segment in enumerate(calls):
        last = index == len(calls) - 1
        caller = _Caller(found, segment.module, given.name, limits, cancel, notes)
        if segment.function is not None:
            value, format = caller.function(segment, value, is_raster), None
            is_raster = segment.function.gives == "raster"
            if is_raster or not last:
                value = _part(segment.function, value)
        else:
            wanted = None if last and pixels else segment.output or caller.kept(value, is_raster)
            value, is_raster = caller.steps(segment, value, is_raster, wanted)
            format = wanted and wanted.name
    seconds = time.perf_counter() - start
    size = _size(value, is_raster)
    return Result(value, format, found.name, seconds, bytes_in, size, pipeline.steps, tuple(notes))


def _engine(wanted: str | Engine | None, *files: sources.Source) -> Engine:
    """The engine that is to run these files. Raises PrivateError if it cannot."""
    private = next((file for file in files if isinstance(file, sources.Private)), None)
    found = engines.chosen(wanted, auto="kernel" if private is None else "browser")
    if private is not None and found.name != "browser":
        raise PrivateError(
            f"{private.name} is private, its bytes are in the page: the engine {found.name} cannot have "
            "them. Leave the engine out and `await ….arun()`, or bring the file here by `await file.pull()`."
        )
    return found


@dataclass(frozen=True, slots=True)
class _Segment:
    """What is one call: how the input is read, the steps and the output; or a function."""

    module: str
    decode: dict[str, Any]
    """The options of `decode`, or of the function."""
    steps: list[Case]
    output: Case | None = None
    function: Operation | None = None
    files: list[list[sources.Source]] = field(default_factory=list)
    """What the options name besides: those of each step, or those of the function."""


def segments(pipeline: Pipeline, module: str | None = None) -> Iterator[_Segment]:
    """The calls that a pipeline is: one for each stretch of steps of one module, one for each function."""
    steps = with_encode(pipeline, module).steps
    if not steps:
        if module is None:
            raise PipelineError("The pipeline has nothing to do: it has no operation and no output.")
        yield _Segment(module, {}, [])
    for (owner, is_function), group in groupby(
        steps, lambda step: (step.module, step.definition.kind == "function")
    ):
        if is_function:
            for step in group:
                options, files = with_files(step.definition, dict(step.options))
                yield _Segment(owner, options, [], function=step.definition, files=[files])
        else:
            yield _segment(owner, group)


def _segment(module: str, steps: Iterable[Step]) -> _Segment:
    """The call for steps that are no functions."""
    segment = _Segment(module, {}, [])
    for step in steps:
        operation = step.definition
        options, files = with_files(operation, dict(step.options))
        case = Case(operation.case, options if operation.payload else None)
        if operation.kind == "decode":
            segment.decode.update(options)
        elif operation.kind == "output":
            segment = replace(segment, output=case)
        else:
            segment.steps.append(case)
            segment.files.append(files)
    return segment


def with_files(
    operation: Operation, options: Mapping[str, Any]
) -> tuple[dict[str, Any], list[sources.Source]]:
    """Options with what stands in the files that they name, and these files.

    Raises
    ------
    OSError
        One cannot be read.
    """
    files: list[sources.Source] = []

    def read(file: sources.Source) -> Any:
        files.append(file)
        return file.read()

    return _with_each_file(operation, options, read), files


def files_among(operation: Operation, options: Mapping[str, Any]) -> list[sources.Source]:
    """The files that options name; they are not read.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        One is not there, or is a folder.
    """
    files: list[sources.Source] = []
    _with_each_file(operation, options, files.append)
    return files


@contextlib.contextmanager
def naming(*files: sources.Source, not_: str = "") -> Iterator[None]:
    """Begin what a module says of one of several files with its name, in place of the name `not_`."""
    try:
        yield
    except (MalformedError, UnsupportedError, InvalidArgumentError) as error:
        names = listed([file.name for file in files])
        said = str(error).removeprefix(f"{not_}: ")
        raise type(error)(f"{names}: {said}") from error.__cause__


def _with_each_file(
    operation: Operation, options: Mapping[str, Any], change: Callable[[sources.Source], Any]
) -> dict[str, Any]:
    """Options with each file replaced by what `change` makes of it."""

    def changed(parameter: Parameter, value: Any) -> Any:
        if parameter.kind == "file":
            return change(sources.of(value))
        if parameter.item is not None:
            return [changed(parameter.item, item) for item in value]
        if parameter.fields:
            return {one.name: changed(one, value[one.name]) for one in parameter.fields if one.name in value}
        return value

    return {name: changed(operation.parameter(name), value) for name, value in options.items()}


def _part(operation: Operation, answer: Any) -> Any:
    """What others go on with of a function's answer. What it says beside that is a warning."""
    for note in getattr(answer, "notes", ()):
        warnings.warn(f"{operation}: {note}", stacklevel=3)
    return getattr(answer, python_name(operation.part)) if operation.part else answer


def with_encode(pipeline: Pipeline, module: str | None = None) -> Pipeline:
    """`pipeline` with the encode operation that the extension of its output asks for, if it has none.

    Parameters
    ----------
    pipeline : Pipeline
    module : str, optional
        The module that encodes where there are no steps; else it is that of the last step.

    Raises
    ------
    InvalidArgumentError
        The extension tells no format.
    """
    last = pipeline.steps[-1] if pipeline.steps else None
    path = pipeline.output
    if path is None or path == "-" or (last and last.definition.kind == "output"):
        return pipeline
    if last and last.definition.kind == "function":
        if last.definition.gives != "raster":
            return pipeline
        module = next(filter(operations.takes_pixels, _modules_that_write(path)), None)
        if module is None:
            raise InvalidArgumentError(
                f"{path}: {last.definition} gives pixels, and this name tells no format of pictures"
            )
    else:
        module = last.module if last else module or next(_modules_that_write(path), "image")
    return pipeline.then(f"{module}.encode {targets.case_of(module, path)}")


@dataclass(frozen=True, slots=True)
class _Caller:
    """Calls into one module on one engine."""

    engine: Engine
    module: str
    source: str
    """What people know the source by."""
    limits: Limits | None
    cancel: Cancel | None
    notes: list[str]
    """What people should know of the result is added to these."""

    def __call__(self, function: str, *args: Any) -> Any:
        module = modules.get(self.module)
        return self.engine.call(module, function, *args, limits=self.limits, cancel=self.cancel)

    def function(self, segment: _Segment, value: Any, is_raster: bool) -> Any:
        """A function's answer to a file."""
        operation = segment.function
        assert operation is not None
        if is_raster:
            raise UnsupportedError(f"{operation} works on files, not on pixels; encode them first")
        if operation.each:
            value = [{operation.each: file} for file in (value if isinstance(value, list) else [value])]
        arguments = operations.arguments(self.module, operation.name, segment.decode)
        answer = self(operation.name, value, *arguments)
        if self.module == "pdf" and self.engine.name != "browser":
            from wasmcell.pdf.inputs import warn_if_cut

            warn_if_cut(self.source, value, stacklevel=5)
        return answer

    def steps(self, segment: _Segment, value: Any, is_raster: bool, output: Case | None) -> tuple[Any, bool]:
        """A file or a raster, and whether it is a raster."""
        if output is not None and not is_raster:
            try:
                return self.file(value, segment, output), False
            except (MalformedError, UnsupportedError, InvalidArgumentError) as error:
                if files := self._to_blame(value, segment, output):
                    with naming(*files, not_=self.source):
                        raise
                raise self._with_hint(error, segment) from error.__cause__
        if not operations.takes_pixels(self.module):
            raise UnsupportedError(f"{self.module} works on files, not on pixels; encode them first")
        picture = Case("raster" if is_raster else "file", value)
        answer = self("run-raster", picture, segment.decode, segment.steps, output)
        return answer.payload, answer.name == "raster"

    def _to_blame(self, value: Any, segment: _Segment, output: Case) -> list[sources.Source]:
        """The files of the step that fails: none if it has none, or if the source is at fault."""

        def is_sound(count: int) -> bool:
            try:
                self("run", value, segment.decode, segment.steps[:count], output)
            except Error:
                return False
            return True

        fails = (number for number, files in enumerate(segment.files, 1) if files and not is_sound(number))
        first = next(fails, None)
        return segment.files[first - 1] if first is not None and is_sound(first - 1) else []

    def _with_hint(self, error: Error, segment: _Segment) -> Error:
        """The error; where it asks for an option of `decode`, it says how that is given."""
        name, colon, _ = str(error).partition(": ")
        decode = operations.of(self.module).get("decode")
        known = [option.name for option in decode.parameters] if colon and decode is not None else []
        if name not in known or name in segment.decode:
            return error
        return type(error)(f"{error}: begin with {decode} {name}=…")

    def file(self, value: Any, segment: _Segment, output: Case) -> Any:
        """A file made of a file. What a document loses, or should have lost and has not, is a warning."""
        decode, steps = segment.decode, segment.steps
        if self.engine.name == "browser" or self.module != "pdf":
            return self("run", value, decode, steps, output)
        from wasmcell.pdf import encryption, inputs

        redacts = any(step.name == "redact" for step in steps)
        call = self._redacted if redacts else functools.partial(self, "run")
        made = call(value, decode, steps, output)
        files = [(sources.Data(value, self.source), value), *inputs.put_in(steps, segment.files)]
        for file, data in files:
            inputs.warn_if_cut(file.name, data, stacklevel=5)
        if name := encryption.among(files, lambda data: self("probe", data, None).encrypted):
            encryption.warn(name, output.payload or {}, stacklevel=5)
        return made

    def _redacted(self, value: Any, decode: dict[str, Any], steps: list[Case], output: Case) -> Any:
        from wasmcell.pdf.redactions import Redactions

        with self.engine.session(modules.get(self.module), self.limits) as session:
            opened = session.call("[static]document.open", value, decode, cancel=self.cancel)
            made = session.call("[method]document.apply", opened, steps, cancel=self.cancel)
            redactions = Redactions(session.call("[method]document.redactions", made))
            redactions.warn(self.source)
            self.notes.extend(redactions.summary)
            return session.call("[method]document.save", made, output, cancel=self.cancel)

    def kept(self, value: Any, is_raster: bool) -> Case:
        """The output for which nobody asked: the format of the source, or the module's first."""
        known = [operation for operation in operations.of(self.module).values() if operation.kind == "output"]
        cases = {operation.case: operation for operation in known}
        # Who writes one format alone need not be asked which it is.
        format = "" if is_raster or len(known) == 1 else self("probe", value).format
        chosen = cases.get(format, known[0])
        return Case(chosen.case, {} if chosen.payload else None)


def _modules_that_write(path: str) -> Iterator[str]:
    for module in operations.module_names():
        try:
            targets.case_of(module, path)
        except ValueError:
            continue
        yield module


def _size(value: Any, is_raster: bool) -> int:
    """The bytes of a file or of pixels; 0 for other values."""
    if isinstance(value, FileRef):
        return value.size
    if is_raster:
        value = value["pixels"] if isinstance(value, dict) else value.pixels
    try:
        return memoryview(value).nbytes
    except TypeError:
        return 0
