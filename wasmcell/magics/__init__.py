"""The magics ``%wasm`` and ``%%wasm``: pipelines in the cells of a notebook.

::

    %load_ext wasmcell
    %wasm photo.jpg | image.resize width=1280 | image.encode webp quality=80 > small.webp

The grammar is that of the command line (`wasmcell.pipeline.grammar`), with Python in braces; ``%wasm?`` shows
the options. Operations, options and completions all come from the modules' descriptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmcell.magics.completion import IDENTIFIER, matcher
from wasmcell.magics.magic import WasmMagics
from wasmcell.magics.questions import answered

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load", "unload"]


def load(shell: InteractiveShell) -> None:
    """Register the magics and their completions; again after a reload."""
    unload(shell)
    shell.register_magics(WasmMagics)
    shell.Completer.custom_matchers.append(matcher(shell))
    shell.input_transformers_cleanup.append(answered)


def unload(shell: InteractiveShell) -> None:
    """Take back what `load` did."""
    for magics in shell.magics_manager.magics.values():
        magics.pop("wasm", None)
    # By name: after a reload, the functions are others.
    matchers = shell.Completer.custom_matchers
    matchers[:] = [known for known in matchers if getattr(known, "matcher_identifier", "") != IDENTIFIER]
    cleanup = shell.input_transformers_cleanup
    cleanup[:] = [known for known in cleanup if getattr(known, "__module__", "") != answered.__module__]
