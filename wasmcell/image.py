"""Pictures: open, change, encode.

>>> from wasmcell import image
>>> image.open("photo.jpg").resize(width=1280).encode("webp", quality=80).save("small.webp")

Every operation is a method, and `probe` and its like are functions of this module; all of them are derived
from the description of the WebAssembly module ``image``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wasmcell import engines, sources
from wasmcell.awaited import awaited
from wasmcell.errors import ArgumentTypeError, BlockingError, InvalidArgumentError, UnsupportedError
from wasmcell.pipeline import Pipeline, grammar, methods
from wasmcell.pipeline.run import run as run_pipeline

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable

    import numpy as np

    from wasmcell import batch
    from wasmcell.engines import Engine
    from wasmcell.engines.limits import Limits
    from wasmcell.operations.operation import Operation
    from wasmcell.pipeline.result import Result
    from wasmcell.private import PrivateDocument, PrivateImage

__all__ = ["Image", "ImagePipeline", "amap", "map", "open", "pipeline"]

_MODULE = "image"

if TYPE_CHECKING:
    from wasmcell.modules.image import Steps as ImageSteps
    from wasmcell.modules.image import Steps as PipelineSteps
else:
    ImageSteps = methods.of(_MODULE, "Image")
    PipelineSteps = methods.of(_MODULE, "ImagePipeline", ("decode", "step", "output"))


class ImagePipeline(PipelineSteps, Pipeline):
    """A `Pipeline` with a method for every operation on images."""

    __slots__ = ()


class Image(ImageSteps):
    """A picture and what is to be done to it: lazy and immutable.

    Nothing is read or computed before an end is asked for: `bytes`, `save`, `numpy`, `run`, `arun`, or the
    display in a notebook. Each end takes `engine` (a name or an engine; ``"auto"`` unless told) and `limits`
    (`wasmcell.Limits`), and raises `wasmcell.Error` of the kinds in `wasmcell.errors`, or OSError where the
    source cannot be read.
    """

    __slots__ = ("_pipeline", "_source")

    def __init__(self, source: Any, pipeline: Pipeline | None = None) -> None:
        self._source = sources.of(source)
        self._pipeline = ImagePipeline(steps=pipeline.steps if pipeline is not None else ())

    @property
    def source(self) -> sources.Source:
        """What is to be changed."""
        return self._source

    @property
    def pipeline(self) -> ImagePipeline:
        """What is to be done, as a value; with the source, if that is a path or URL."""
        path = (self._source.path,) if isinstance(self._source, sources.Location) else ()
        return ImagePipeline(path, self._pipeline.steps)

    def then(self, operation: str | Operation | Pipeline, *args: Any, **options: Any) -> Image:
        """This image with one more step, or with all steps of a pipeline; see `Pipeline.then`."""
        if isinstance(operation, Pipeline):
            return Image(self._source, self._pipeline | operation)
        return Image(self._source, self._pipeline.then(operation, *args, **options))

    def __or__(self, other: Pipeline) -> Image:
        return self.then(other) if isinstance(other, Pipeline) else NotImplemented

    def run(self, *, engine: str | Engine | None = None, limits: Limits | None = None) -> Result:
        """Decode, apply the steps and encode, as one call.

        Without an encode step the source's format is kept if it can be written; else it is PNG.
        """
        self._must_be_here("run")
        return self._run(engine=engine, limits=limits)

    @awaited
    async def arun(
        self, *, engine: str | Engine | None = None, limits: Limits | None = None
    ) -> Result | PrivateImage | PrivateDocument:
        """As `run`, without blocking the event loop; cancelling the task ends the call.

        On private files and on the engine ``browser`` the page does it. What is made of a private file
        stays in the page: it is a `PrivateImage`, or a `PrivateDocument` where steps of ``pdf`` made it.
        """
        if isinstance(self._source, sources.Private) or engine == "browser":
            from wasmcell import private

            steps = self._pipeline.steps
            return await private.run(self._run, self._source, steps, engine=engine, limits=limits)

        import asyncio

        from wasmcell.engines import apart
        from wasmcell.engines.limits import Cancel

        if apart.IN_PAGE:  # no threads: it would run in this task, which then hears of nothing
            return await apart.future(self._run, engine=engine, limits=limits)
        cancel = Cancel()
        try:
            return await asyncio.to_thread(self._run, engine=engine, limits=limits, cancel=cancel)
        except asyncio.CancelledError:
            cancel.cancel()
            raise

    def bytes(self, *, engine: str | Engine | None = None, limits: Limits | None = None) -> builtins.bytes:
        """The encoded file."""
        self._must_be_here("bytes")
        return self.run(engine=engine, limits=limits).bytes

    def numpy(self, *, engine: str | Engine | None = None, limits: Limits | None = None) -> np.ndarray:
        """The pixels: height × width for grey, else height × width × channels; uint8 or uint16, writable.

        An encode step plays no part: pixels are what is encoded.
        """
        self._must_be_here("numpy")
        steps = tuple(step for step in self._pipeline.steps if step.definition.kind != "output")
        if not steps and engine is None and limits is None and isinstance(self._source, sources.Pixels):
            return self._source.copy()  # nothing is asked of a module, as for a page that was rendered
        pipeline = Pipeline(steps=steps)
        options: dict[str, Any] = {"engine": engine, "limits": limits, "module": _MODULE, "pixels": True}
        return run_pipeline(pipeline, self._source, **options).numpy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """What `numpy.asarray` makes of it: as `numpy`."""
        pixels = self.numpy()
        return pixels if dtype is None else pixels.astype(dtype)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        engine: str | Engine | None = None,
        limits: Limits | None = None,
    ) -> Result:
        """Write the file, as a whole or not at all.

        Parameters
        ----------
        path : path or URL that fsspec understands
            Its extension says the format, unless there is an encode step.

        Raises
        ------
        InvalidArgumentError
            The extension tells no format.
        OSError
            The path cannot be written; an existing file is left as it was.
        """
        self._must_be_here("save")
        if not isinstance(path, (str, os.PathLike)):
            raise ArgumentTypeError(
                f"save: the path must be a path or a URL, not {type(path).__name__}; "
                ".bytes() gives the file itself."
            )
        target = os.fspath(path)
        result = self._run(engine=engine, limits=limits, output=target)
        result.save(target)
        return result

    def info(self, *, engine: str | Engine | None = None) -> Any:
        """What the source says of itself, before any step: format, width, height, and so on.

        The header alone is read. Of a private file it is to be awaited. Raises UnsupportedError if the
        source is pixels and no file.
        """
        if isinstance(self._source, sources.Pixels):
            raise UnsupportedError(f"info: the source is a {self._source.name}, no file; it has no header")
        return methods.functions(_MODULE)["probe"](self._source, engine=engine)

    def _must_be_here(self, end: str) -> None:
        """Raise BlockingError if the source is private: its ends are to be awaited."""
        if isinstance(self._source, sources.Private):
            raise BlockingError(
                f"{end}: {self._source.name} is private and worked on in the page, which must be awaited: "
                "`result = await ….arun()`, then result.show(), `await result.download(name)`, or "
                "`await result.pull()` for its bytes."
            )

    def _run(self, output: str | None = None, **options: Any) -> Result:
        pipeline = Pipeline(steps=self._pipeline.steps, output=output)
        return run_pipeline(pipeline, self._source, module=_MODULE, **options)

    def __wasmcell_source__(self) -> sources.Source:
        """As an input of another operation: its file."""
        if self._pipeline.steps or isinstance(self._source, sources.Pixels):
            return sources.Data(self.bytes(), repr(self))
        return self._source

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Image):
            return NotImplemented
        same = self._source is other._source or (
            isinstance(self._source, sources.Location) and self._source == other._source
        )
        return same and self._pipeline == other._pipeline

    def __hash__(self) -> int:
        return hash(self._pipeline)

    def __reduce__(self) -> Any:
        return Image, (self._source, self._pipeline)

    def __repr__(self) -> str:
        steps = "".join(f" | {grammar.format_step(step)}" for step in self._pipeline.steps)
        return f"<Image {self._source.name}{steps}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from wasmcell import display

        if isinstance(self._source, sources.Private):
            return {"text/plain": f"{self!r}\nIt is private: `await ….arun()` runs it in the page."}
        return display.bundle(self)


@methods.taking(f"{_MODULE}.decode")
def open(source: Any, **decode: Any) -> Image:
    """Open a picture. It is read when something is asked of it.

    Parameters
    ----------
    source : path, URL, bytes-like, file object, array, Image or Result
        A path or a URL that fsspec understands; the bytes of a file, or a binary file object; pixels as a
        uint8 or uint16 array, height × width or height × width × 1 to 4 channels, or whatever numpy makes
        one of, such as a PIL image. Bytes and arrays are not copied.

    Returns
    -------
    Image

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        A local path leads nowhere, or to a folder.
    InvalidArgumentError
        The source is none of these, or an option is wrong.
    """
    start = ImagePipeline()
    if isinstance(source, Image):
        if decode:
            raise InvalidArgumentError(
                "open: the source is an Image already; open its file with these options"
            )
        return source
    return Image(source, start.then(f"{_MODULE}.decode", **decode) if decode else start)


def pipeline() -> ImagePipeline:
    """An empty pipeline, to which operations are added as to an image."""
    return ImagePipeline()


def map(
    inputs: Iterable[Any],
    pipeline: Pipeline | str,
    *,
    executor: Any = None,
    engine: str | Engine | None = None,
    limits: Limits | None = None,
    progress: bool = True,
) -> batch.Outcomes:
    """Run one pipeline on many sources; see `wasmcell.batch.run`."""
    from wasmcell import batch

    return batch.run(
        inputs, pipeline, module=_MODULE, executor=executor, engine=engine, limits=limits, progress=progress
    )


@awaited
async def amap(
    inputs: Iterable[Any],
    pipeline: Pipeline | str,
    *,
    engine: str | Engine | None = None,
    limits: Limits | None = None,
    progress: bool = True,
) -> batch.Outcomes:
    """Run one pipeline on many sources, such as all files of a picker; see `wasmcell.batch.arun`.

    >>> small = await image.amap(files, image.pipeline().resize(width=800).encode("webp"))
    >>> await small[0].get().download()
    """
    from wasmcell import batch

    return await batch.arun(inputs, pipeline, engine=engine, limits=limits, progress=progress)


__getattr__, __dir__ = methods.as_functions(_MODULE, __name__, __all__)
engines.begin(_MODULE)
