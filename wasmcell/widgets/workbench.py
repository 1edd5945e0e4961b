"""A picture to work on: before and after, with a pipeline that page and kernel both edit."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

import traitlets

from wasmcell import display, image, modules, sources
from wasmcell.awaited import awaited
from wasmcell.engines.browser import STATIC
from wasmcell.errors import Error, InvalidArgumentError
from wasmcell.pipeline import Pipeline, encoding, grammar
from wasmcell.pipeline.run import with_encode
from wasmcell.widgets.described import described
from wasmcell.widgets.shown import Shown

if TYPE_CHECKING:
    from wasmcell.engines import Engine
    from wasmcell.engines.limits import Limits
    from wasmcell.pipeline.result import Result
    from wasmcell.private import PrivateDocument, PrivateImage

_MODULE = "image"
_SMALL = 480
"""Width and height within which a saved notebook shows the picture, in px."""


class _Steps(traitlets.TraitType[image.ImagePipeline, Any]):
    """A pipeline of operations on images; of a text, or what JSON says, it makes one."""

    info_text = "a pipeline of operations on images, or its text"
    default_value = image.ImagePipeline()

    def validate(self, obj: Any, value: Any) -> image.ImagePipeline:
        if isinstance(value, str):
            value = Pipeline.parse(value)
        if not isinstance(value, Pipeline):
            raise InvalidArgumentError(
                f"pipeline must be a Pipeline or its text, not {type(value).__name__}: "
                "image.pipeline().resize(width=800), or '| image.resize width=800'"
            )
        steps = with_encode(value, _MODULE).steps
        for step in steps:
            if step.module != _MODULE or step.definition.kind == "function":
                raise InvalidArgumentError(
                    f"pipeline: the workbench makes pictures of pictures; {step.definition} does not"
                )
        return image.ImagePipeline(steps=steps)


class Workbench(Shown):
    """A picture before and after, and the steps between, to be edited by hand and from Python.

    Parameters
    ----------
    source
        Whatever `wasmcell.image.open` takes: a path, bytes, an array, an `Image` (with whose steps it
        begins), a private file or a picker with one file. A private picture is drawn in the page's vault;
        any other is sent to the page once, when it is first shown.
    pipeline : Pipeline or str, optional
        The steps to begin with.

    Attributes
    ----------
    pipeline : ImagePipeline
        The steps as they are now. It can be set, also to a text (``"| image.resize width=800"``), and
        observed; steps that are switched off in the page are not in it.
    """

    _esm = STATIC / "widget-workbench.js"
    pipeline = _Steps().tag(
        sync=True,
        to_json=lambda value, _: encoding.encode(value),
        from_json=lambda value, _: Pipeline(*encoding.decode(value)),
    )
    description = traitlets.Dict().tag(sync=True)
    source = traitlets.Unicode(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, source: Any, pipeline: Pipeline | str | None = None) -> None:
        opened = image.open(source)
        steps: Any = opened.pipeline.steps
        start = Pipeline(steps=steps) if pipeline is None else pipeline
        path = opened.source.path if isinstance(opened.source, sources.Location) else None
        module = modules.get(_MODULE)
        super().__init__(
            opened.source, module, held=source, pipeline=start, description=described(module), source=path
        )

    @property
    def image(self) -> image.Image:
        """The picture with the steps as they are now: lazy, as of `wasmcell.image.open`."""
        return image.Image(self._source, self.pipeline)

    def run(self, *, engine: str | Engine | None = None, limits: Limits | None = None) -> Result:
        """What the steps make of the picture, at full size; see `Image.run`. Of a private one, use `arun`."""
        return self.image.run(engine=engine, limits=limits)

    @awaited
    async def arun(
        self, *, engine: str | Engine | None = None, limits: Limits | None = None
    ) -> Result | PrivateImage | PrivateDocument:
        """As `run`, to be awaited; of a private picture it gives a `PrivateImage`; see `Image.arun`."""
        return await self.image.arun(engine=engine, limits=limits)

    def _file(self) -> Any:
        """The picture as a file: pixels are made a PNG."""
        if isinstance(self._source, sources.Pixels):
            return image.Image(self._source).encode("png", level=1).bytes()
        return super()._file()

    @property
    def fallback(self) -> str:  # type: ignore[override]
        """The steps, and a small picture; of a private one its name and size."""
        done = grammar.format(self.pipeline, masked=True)
        steps = f"<code>{escape(done)}</code>" if done else ""
        if isinstance(self._source, sources.Private):
            return f"<p>{escape(self.name)}, {display.size(self._source.file.size)}, private. {steps}</p>"
        small = Pipeline(
            steps=tuple(step for step in self.pipeline.steps if step.definition.kind != "output")
        )
        small = small.then("image.resize", width=_SMALL, height=_SMALL, enlarge=False).then(
            "image.encode jpeg"
        )
        try:
            data = base64.b64encode(image.Image(self._source, small).bytes()).decode("ascii")
        except (Error, OSError) as error:
            return f"<p>{escape(self.name)}: {escape(str(error))} {steps}</p>"
        line = escape(self.name)
        return (
            f'<figure style="margin: 0"><img src="data:image/jpeg;base64,{data}" alt="{line}" '
            f'style="max-width: 100%"><figcaption>{line} {steps}</figcaption></figure>'
        )

    def __repr__(self) -> str:
        return f"<Workbench {self.name} {grammar.format(self.pipeline, masked=True)}>".replace(" >", ">")
