"""What widgets have in common that show a file: one of the kernel's, or a private one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from wasmcell import crossings, sources
from wasmcell.engines import apart
from wasmcell.errors import Error
from wasmcell.widgets.link import LinkedWidget

if TYPE_CHECKING:
    from wasmcell.engines.browser import Page
    from wasmcell.modules import Module


class Shown(LinkedWidget):
    """A widget of a file. A private one is shown in the page's vault; any other is sent to the page once.

    Parameters
    ----------
    source : Source
    module : Module
        What the page works on it with.
    held
        What is held as long as the widget is, so that the page keeps a private file.
    """

    #: Of a private file, the page that has it; empty for one of the kernel's.
    page = traitlets.Unicode().tag(sync=True)
    file = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)

    def __init__(self, source: sources.Source, module: Module, /, *, held: object, **traits: Any) -> None:
        self._source = source
        self._module = module
        self._held = held
        name = source.name
        if isinstance(source, sources.Private):
            traits |= {"page": source.file.page, "file": source.file.packed}
        elif isinstance(source, sources.Location):
            name = sources.file_of(source.path).name
        super().__init__(name=name, **traits)

    def event(self, page: Page, message: dict[str, Any]) -> None:
        """Hear that the page wants the file."""
        if message.get("event") == "open":
            # It waits for the page's answers, which come in meanwhile.
            apart.start(lambda: self._open(page), "wasmcell-shown")

    def _open(self, page: Page) -> None:
        said: dict[str, Any] = {}
        data: list[Any] = []
        try:
            page.introduce(self._module)
            said, data = self._besides()
            if not isinstance(self._source, sources.Private):
                data = [self._file(), *data]
        except (Error, OSError) as error:
            said, data = {"error": f"{self.name} cannot be shown: {error}"}, []
        page.send({"id": 0, "op": "say", "said": said}, data, by=self)
        for one in data:
            crossings.record("kernel", "page", self.name, memoryview(one).nbytes)

    def _besides(self) -> tuple[dict[str, Any], list[Any]]:
        """What the page is told and gets besides the file."""
        return {}, []

    def _file(self) -> Any:
        """The file, as the page gets it."""
        return self._source.read()
