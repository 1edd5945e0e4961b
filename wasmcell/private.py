"""Private files: bytes that stay in the page, in its vault. Python says what is done to them."""

from __future__ import annotations

import io
import json
import re
import weakref
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from wasmcell import crossings, display, engines, modules, operations, sources
from wasmcell.awaited import awaited
from wasmcell.engines import browser
from wasmcell.errors import BlockingError, CancelledError
from wasmcell.pipeline import Pipeline, grammar, methods, targets
from wasmcell.pipeline.run import run as run_pipeline
from wasmcell.pipeline.run import segments
from wasmcell.progress import bar as progress_bar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wasmcell.engines import Engine
    from wasmcell.engines.limits import Cancel, Limits
    from wasmcell.engines.wire import FileRef
    from wasmcell.operations.operation import Operation
    from wasmcell.pdf import Redactions
    from wasmcell.pipeline.result import Result
    from wasmcell.pipeline.value import Step
    from wasmcell.widgets.preview import Preview
    from wasmcell.widgets.report import Report

_OUTPUT = operations.find("pdf.encode pdf")

if TYPE_CHECKING:
    _DocumentSteps: Any
else:
    _DocumentSteps = methods.of("pdf", "PrivateDocument", ("step",))


class _Kept:
    """Bytes that are in the page, and not here."""

    def __init__(self, ref: FileRef) -> None:
        self._ref = ref
        self.name = ref.name
        self.type = ref.type
        self.size = ref.size

    def __getattr__(self, name: str) -> Any:
        """Say what to do instead of what pictures of the kernel's do."""
        if name in ("bytes", "numpy", "save"):
            raise AttributeError(
                f"{self.name} is private, its bytes are in the page: `await ….download(name)` saves them "
                "there, and `await ….pull()` brings them here, if the person at the page agrees."
            )
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    @awaited
    async def pull(self, *, progress: bool = True) -> bytes:
        """The bytes, if the person at the page allows it: they are asked there.

        Parameters
        ----------
        progress : bool
            Show a bar for files of more than one piece (4 MB).

        Raises
        ------
        RefusedError
            They do not.
        ClosedError
            The page was closed or reloaded.
        """
        return bytes(await browser.heard(self._pull, progress=progress))

    @awaited
    async def download(self, name: str | None = None) -> None:
        """Save the file from the page to the person's disk, as a browser does; the kernel does not see it.

        Parameters
        ----------
        name : str, optional
            Of the file there; its own unless told.
        """
        await browser.heard(self._ask, {"op": "save", "name": name or self.name})

    def __wasmcell_source__(self) -> sources.Private:
        """What a pipeline reads."""
        return sources.Private(self._ref)

    def _ask(self, message: dict[str, Any], cancel: Cancel | None = None) -> tuple[Any, list[bytes]]:
        page = browser.page_of(self._ref)
        with browser.about(page, self._ref):
            return page.ask(message | {"file": self._ref.packed}, (), cancel)

    def _pull(self, *, progress: bool, cancel: Cancel) -> bytes:
        self._ask({"op": "consent"}, cancel)
        data = io.BytesIO()
        hidden = not progress or self.size <= browser.PIECE
        try:
            bar = progress_bar(total=self.size, unit="B", unit_scale=True, desc=self.name, disable=hidden)
            with bar:
                while data.tell() < self.size:
                    if cancel.cancelled:
                        raise CancelledError(f"The pull of {self.name} was cancelled.")
                    start = data.tell()
                    end = min(start + browser.PIECE, self.size)
                    _, [piece] = self._ask({"op": "read", "start": start, "end": end}, cancel)
                    crossings.record("page", "kernel", self.name, len(piece))
                    data.write(piece)
                    bar.update(len(piece))
        finally:
            self._ask({"op": "revoke"})
        return data.getvalue()

    def __repr__(self) -> str:
        about = ", ".join(filter(None, [repr(self.name), self.type, display.size(self.size)]))
        return f"<{type(self).__name__} {about}>"


class PrivateFile(_Kept):
    """A file that is in the page, and not here. What is to be had of it must be awaited.

    Attributes
    ----------
    name : str
        Without a folder.
    type : str
        The media type, empty if unknown.
    size : int
        In bytes.
    sha256 : str
        In hex.
    """

    def __init__(self, ref: FileRef, sha256: str) -> None:
        super().__init__(ref)
        self.sha256 = sha256


class PrivateImage(_Kept):
    """A picture that was made in the page of a private one, and stays there. It shows itself in a cell.

    It has no sha256: of a picture that was cut down to a pixel, that would tell the pixel.

    Attributes
    ----------
    name, type : str
        As those of a `PrivateFile`.
    size : int
        In bytes.
    format : str
        Such as ``webp``.
    width, height : int
        In px.
    seconds : float
        How long it took.
    engine : str
        Where.
    steps : sequence of Step
        What was done.
    """

    def __init__(self, ref: FileRef, info: Any, result: Result, steps: Sequence[Step]) -> None:
        super().__init__(ref)
        self.format: str = info.format
        self.width: int = info.width
        self.height: int = info.height
        self.seconds = result.seconds
        self.engine = result.engine
        self.steps = tuple(steps)

    @property
    def caption(self) -> str:
        """One line: format, size in pixels and bytes, steps, time and engine."""
        return " · ".join(
            [
                f"{self.format.upper()} {self.width} × {self.height} px",
                display.size(self.size),
                *(
                    [" | ".join(grammar.format_step(step, module=False) for step in self.steps)]
                    if self.steps
                    else []
                ),
                display.duration(self.seconds),
                f"{self.engine}, private",
            ]
        )

    def show(self) -> None:
        """Draw it in the notebook, inside the vault."""
        from IPython.display import display as show

        show(self)  # type: ignore[no-untyped-call]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self._display_()._repr_mimebundle_(**options)

    def _display_(self) -> Preview:
        """What shows it; marimo asks for that."""
        from wasmcell.widgets.preview import Preview

        return Preview(self)


class PrivateRedactions(_Kept):
    """What `redact` did to a private document: pages, places, how each page was handled, what was verified.

    It names what was found, so it is as private as the document, and stays in the page. The places alone
    would tell every word, to whoever asks for each letter in turn. It shows itself in a cell, in the vault.

    Attributes
    ----------
    name, type : str
        As those of a `PrivateFile`.
    size : int
        In bytes, roundly.
    """

    @awaited
    async def pull(self, *, progress: bool = True) -> Redactions:  # type: ignore[override]
        """The report, if the person at the page allows it: they are asked there.

        Parameters and errors are those of `PrivateFile.pull`.
        """
        from wasmcell.pdf import Redactions

        data = await _Kept.pull(self, progress=progress)
        return Redactions(json.loads(data, object_hook=_record))

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self._display_()._repr_mimebundle_(**options)

    def _display_(self) -> Report:
        """What shows it, to people alone; marimo asks for that."""
        from wasmcell.widgets.report import Report

        return Report(self)


def _record(fields: dict[str, Any]) -> SimpleNamespace:
    """A record of the page's, whose names are in camelCase, with Python's names."""
    return SimpleNamespace(
        **{re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name): one for name, one in fields.items()}
    )


class PrivateDocument(_DocumentSteps, _Kept):  # type: ignore[misc]
    """A PDF document that is in the page, and what is to be done to it: lazy and immutable.

    `rotate`, `select`, `redact` and so on each give another one. Nothing is done before an end is awaited:
    `arun`, `download` or `pull`. What is in it stays in the page: its text and what else can be read of it
    are not told, nor what `redact` found, whose report stays there, too; and where a step fails, the error
    says of which kind it is, and no more.

    Attributes
    ----------
    name, type : str
        As those of a `PrivateFile`.
    size : int
        In bytes, before any step.
    steps : sequence of Step
        What is to be done.
    redactions : PrivateRedactions
        Of what `arun` has made: what `redact` did.
    """

    def __init__(
        self,
        ref: FileRef,
        steps: Sequence[Step] = (),
        *,
        redactions: FileRef | None = None,
        engine: str | Engine | None = None,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(ref)
        self.steps = tuple(steps)
        self._options: dict[str, Any] = {"engine": engine, "limits": limits}
        if redactions is not None:
            self.redactions = PrivateRedactions(redactions)

    @classmethod
    def made(
        cls, ref: FileRef, source: sources.Source, redactions: FileRef | None = None, **options: Any
    ) -> PrivateDocument:
        """What steps have made of a source."""
        ref.name = f"{sources.stem(source) or 'document'}.pdf"
        ref.type = "application/pdf"
        return cls(ref, redactions=redactions, **options)

    @classmethod
    def opened(cls, source: sources.Private, decode: Mapping[str, Any], **options: Any) -> PrivateDocument:
        """What `pdf.open` gives for a private file."""
        return cls(source.file, Pipeline().then("pdf.decode", **decode).steps if decode else (), **options)

    def then(self, operation: str | Operation, *args: Any, **options: Any) -> PrivateDocument:
        """This document with one more step, such as ``"pdf.rotate"``; see `Pipeline.then`."""
        steps = Pipeline(steps=self.steps).then(operation, *args, **options).steps
        return PrivateDocument(self._ref, steps, **self._options)

    @methods.taking(_OUTPUT)
    @awaited
    async def arun(self, **output: Any) -> PrivateDocument:
        """Do the steps in the page. What comes of it stays there, and so does the report of `redact`."""
        if not self.steps and not output:
            return self
        pipeline = Pipeline(steps=self.steps).then(_OUTPUT, **output)
        source = sources.Private(self._ref)
        report = None
        if any(step.definition.case == "redact" for step in self.steps):
            made, report = await browser.heard(self._redact, pipeline)
        else:
            made = (await browser.heard(run_pipeline, pipeline, source, **self._options)).value
        return PrivateDocument.made(made, source, report, **self._options)

    def _redact(self, pipeline: Pipeline, *, cancel: Cancel) -> tuple[FileRef, FileRef]:
        """The document after the steps, and the report, which only an open document has."""
        engine = engines.get("browser")
        assert isinstance(engine, browser.Browser)
        [call] = segments(pipeline)
        files = [file for files in call.files for file in files]
        others = [file.file for file in files if isinstance(file, sources.Private)]
        page = browser.page_of(self._ref, *others)
        with (
            browser.about(page, self._ref, *others),
            engine.session(modules.get("pdf"), self._options["limits"], page) as session,
        ):
            document = session.call("[static]document.open", self._ref, call.decode, cancel=cancel)
            changed = session.call("[method]document.apply", document, call.steps, cancel=cancel)
            name = f"{sources.stem(sources.Private(self._ref)) or 'document'}-redactions.json"
            report = session.call("[method]document.redactions", changed, cancel=cancel, keep=name)
            report.type = "application/json"
            weakref.finalize(report, page.forget, report.packed)
            made = session.call("[method]document.save", changed, call.output, cancel=cancel)
            weakref.finalize(made, page.forget, made.packed)
        return made, report

    @methods.taking(_OUTPUT)
    @awaited
    async def download(self, name: str | None = None, **output: Any) -> None:
        """Do the steps, and save the file from the page to the person's disk; the kernel does not see it.

        Parameters
        ----------
        name : str, optional
            Of the file there; its own unless told.
        """
        await _Kept.download(await self.arun(**output), name)

    @awaited
    async def pull(self, *, progress: bool = True) -> bytes:
        """Do the steps, and bring the file here, if the person at the page allows it.

        Parameters and errors are those of `PrivateFile.pull`.
        """
        return await _Kept.pull(await self.arun(), progress=progress)

    def __wasmcell_source__(self) -> sources.Private:
        if self.steps:
            raise BlockingError(
                f"{self.name} is private and worked on in the page, which must be awaited: "
                "`document = await document.arun()` does its steps."
            )
        return super().__wasmcell_source__()

    def __getattr__(self, name: str) -> Any:
        if name == "redactions":
            raise AttributeError(
                f"{self.name} has no report: `document = await document.redact(…).arun()` gives one that has."
            )
        if name in operations.methods("pdf", "document") or name in ("pages", "info"):
            raise AttributeError(
                f"{self.name} is private: {name} would tell what is in it. Its steps can be run; or bring it "
                "here by `await ….pull()`, if the person at the page agrees."
            )
        return super().__getattr__(name)

    def __repr__(self) -> str:
        steps = "".join(f" | {grammar.format_step(step)}" for step in self.steps)
        return f"<PrivateDocument {self.name!r}{steps}>"


async def run(
    call: Any, source: sources.Source, steps: Sequence[Step], **options: Any
) -> Result | PrivateImage | PrivateDocument:
    """What `call(cancel=…, **options)` gives, where it may wait for the page.

    What is made of a private file stays there, as a picture or a document.
    """
    from wasmcell.engines.wire import FileRef

    result: Result = await browser.heard(call, **options)
    ref = result.value
    if not isinstance(ref, FileRef):
        return result
    if result.format == _OUTPUT.case:
        return PrivateDocument.made(ref, source, **options)

    probe = Pipeline().then("image.probe")
    asked = {"engine": "browser", "limits": options.get("limits")}
    info = (await browser.heard(run_pipeline, probe, sources.Private(ref), **asked)).value
    ref.name = f"{sources.stem(source) or 'image'}.{targets.extensions(info.format)[0]}"
    ref.type = f"image/{info.format}"
    return PrivateImage(ref, info, result, steps)
