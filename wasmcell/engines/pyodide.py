"""The engine `pyodide`: modules run in the WebAssembly of the page that Python itself runs in.

Where Pyodide can wait (JSPI), each instance lives in a worker of its own beside Python's, which can be ended
at any time. Elsewhere it lives in Python's own worker: then nothing can end a call but the module itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wasmcell.engines.apart import IN_PAGE
from wasmcell.engines.kernel import Kernel
from wasmcell.engines.limits import default_limits
from wasmcell.errors import EngineUnavailableError

if TYPE_CHECKING:
    from wasmcell.engines.limits import Limits
    from wasmcell.engines.webassembly import WebProgram
    from wasmcell.modules import Module


class Pyodide(Kernel):
    """Runs modules in the page's own WebAssembly. `limits` are those of calls that name none.

    Raises EngineUnavailableError outside of Pyodide, or where WebAssembly is without SIMD.
    """

    name = "pyodide"

    def __init__(self, limits: Limits | None = None) -> None:
        if not IN_PAGE:
            raise EngineUnavailableError(
                "The engine pyodide is that of a Python in the page, as in JupyterLite; here it is kernel."
            )
        from wasmcell.engines.webassembly import WebCore

        super().__init__(limits, WebCore())

    def begin(self, module: Module) -> None:
        """Have a module fetched, and compiled in the background, for calls under default limits.

        Raises ModuleError if it cannot be had.
        """
        cast("WebProgram", self._program(module)).begin(self._limits or default_limits())

    @property
    def caveat(self) -> str:
        """Whether limits of time can be kept here."""
        from wasmcell.engines.webassembly import can_wait

        if can_wait():
            return ""
        return (
            "limits of time and cancelling are best effort: a call that runs cannot be ended, as that needs "
            "JSPI (Chrome and Edge 137, or later) and workers from blobs (worker-src in the page's policy)"
        )
