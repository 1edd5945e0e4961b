"""A picture to work on: before and after, with a pipeline that page and kernel both edit."""

from __future__ import annotations

import base64
import threading
from html import escape
from typing import TYPE_CHECKING, Any

import traitlets

from wasmcell import crossings, display, image, modules, sources
from wasmcell.awaited import awaited
from wasmcell.engines.browser import STATIC
from wasmcell.errors import Error, InvalidArgumentError
from wasmcell.pipeline import Pipeline, encoding
from wasmcell.pipeline.run import with_encode
from wasmcell.widgets.described import described
from wasmcell.widgets.link import LinkedWidget

if TYPE_CHECKING:
    from wasmcell.engines import Engine
    from wasmcell.engines.browser import Page
    from wasmcell.engines.limits import Limits
    from wasmcell.pipeline.result import Result
    from wasmcell.private import PrivateImage

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


class Workbench(LinkedWidget):
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
    page = traitlets.Unicode().tag(sync=True)
    file = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    source = traitlets.Unicode(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, source: Any, pipeline: Pipeline | str | None = None) -> None:
        opened = image.open(source)
        #: Held, so that the page keeps a private picture.
        self._held = source
        self._source = opened.source
        steps: Any = opened.pipeline.steps
        start = Pipeline(steps=steps) if pipeline is None else pipeline
        name = self._source.name
        traits: dict[str, Any] = {}
        if isinstance(self._source, sources.Private):
            ref = self._source.file
            traits = {"page": ref.page, "file": ref.packed}
        elif isinstance(self._source, sources.Location):
            traits["source"] = self._source.path
            name = sources.file_of(self._source.path).name
        super().__init__(pipeline=start, description=described(modules.get(_MODULE)), name=name, **traits)

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
    ) -> Result | PrivateImage:
        """As `run`, to be awaited; of a private picture it gives a `PrivateImage`; see `Image.arun`."""
        return await self.image.arun(engine=engine, limits=limits)

    def event(self, page: Page, message: dict[str, Any]) -> None:
        """Hear that the page wants the picture."""
        if message.get("event") == "open":
            # It waits for the page's answers, which come in by this thread.
            threading.Thread(target=self._open, args=(page,), name="wasmcell-workbench", daemon=True).start()

    def _open(self, page: Page) -> None:
        said: dict[str, Any] = {}
        data: list[Any] = []
        try:
            page.introduce(modules.get(_MODULE))
            if not isinstance(self._source, sources.Private):
                data = [self._file()]
        except (Error, OSError) as error:
            said = {"error": f"{self.name} cannot be shown: {error}"}
        page.send({"id": 0, "op": "say", "said": said}, data, by=self)
        for one in data:
            crossings.record("kernel", "page", self.name, memoryview(one).nbytes)

    def _file(self) -> Any:
        """The picture as a file: pixels are made a PNG."""
        if isinstance(self._source, sources.Pixels):
            return image.Image(self._source).encode("png", level=1).bytes()
        return self._source.read()

    @property
    def fallback(self) -> str:  # type: ignore[override]
        """The steps, and a small picture; of a private one its name and size."""
        steps = f"<code>{escape(str(self.pipeline))}</code>" if self.pipeline.steps else ""
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
        return f"<Workbench {self.name} {self.pipeline}>".replace(" >", ">")
