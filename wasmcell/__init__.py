"""Pictures and documents, processed by Rust-compiled WebAssembly: the same bytes in Python and in the page.

>>> from wasmcell import image
>>> image.open("photo.jpg").resize(width=1280).encode("webp", quality=80).save("small.webp")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wasmcell.errors import (
    BlockingError,
    CancelledError,
    ClosedError,
    EngineUnavailableError,
    Error,
    InvalidArgumentError,
    LimitExceededError,
    MalformedError,
    ModuleError,
    PipelineError,
    PrivateError,
    RefusedError,
    TrappedError,
    UnsupportedError,
)

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from wasmcell import image as image
    from wasmcell import pdf as pdf
    from wasmcell import widgets as widgets
    from wasmcell.crossings import ledger as ledger
    from wasmcell.engines.limits import Limits as Limits
    from wasmcell.pipeline import Pipeline as Pipeline
    from wasmcell.private import PrivateDocument as PrivateDocument
    from wasmcell.private import PrivateFile as PrivateFile
    from wasmcell.private import PrivateImage as PrivateImage
    from wasmcell.widgets import pick as pick

__version__ = "0.1.0"

__all__ = [
    "BlockingError",
    "CancelledError",
    "ClosedError",
    "EngineUnavailableError",
    "Error",
    "InvalidArgumentError",
    "LimitExceededError",
    "Limits",
    "MalformedError",
    "ModuleError",
    "Pipeline",
    "PipelineError",
    "PrivateDocument",
    "PrivateError",
    "PrivateFile",
    "PrivateImage",
    "RefusedError",
    "TrappedError",
    "UnsupportedError",
    "__version__",
    "image",
    "ledger",
    "pdf",
    "pick",
    "widgets",
]

_LAZY = {
    "Limits": ("wasmcell.engines.limits", "Limits"),
    "Pipeline": ("wasmcell.pipeline", "Pipeline"),
    "PrivateDocument": ("wasmcell.private", "PrivateDocument"),
    "PrivateFile": ("wasmcell.private", "PrivateFile"),
    "PrivateImage": ("wasmcell.private", "PrivateImage"),
    "image": ("wasmcell.image", None),
    "ledger": ("wasmcell.crossings", "ledger"),
    "pdf": ("wasmcell.pdf", None),
    "pick": ("wasmcell.widgets", "pick"),
    "widgets": ("wasmcell.widgets", None),
}
"""What is loaded at first use, so that the import stays light."""


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _LAZY[name]
    found = import_module(module)
    value = getattr(found, attribute) if attribute else found
    globals()[name] = value
    return value


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext wasmcell`` calls: the magics ``%wasm`` and ``%%wasm``."""
    from wasmcell import magics

    magics.load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%unload_ext wasmcell`` calls."""
    from wasmcell import magics

    magics.unload(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
