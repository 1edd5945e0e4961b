"""Pictures and documents, processed by Rust-compiled WebAssembly: the same bytes in Python and in the page.

>>> from wasmcell import image
>>> image.open("photo.jpg").resize(width=1280).encode("webp", quality=80).save("small.webp")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wasmcell.errors import (
    CancelledError,
    EngineUnavailableError,
    Error,
    InvalidArgumentError,
    LimitExceededError,
    MalformedError,
    ModuleError,
    PipelineError,
    TrappedError,
    UnsupportedError,
)

if TYPE_CHECKING:
    from wasmcell import image as image
    from wasmcell.engines.limits import Limits as Limits
    from wasmcell.pipeline import Pipeline as Pipeline

__version__ = "0.1.0"

__all__ = [
    "CancelledError",
    "EngineUnavailableError",
    "Error",
    "InvalidArgumentError",
    "LimitExceededError",
    "Limits",
    "MalformedError",
    "ModuleError",
    "Pipeline",
    "PipelineError",
    "TrappedError",
    "UnsupportedError",
    "__version__",
    "image",
]

_LAZY = {
    "Limits": ("wasmcell.engines.limits", "Limits"),
    "Pipeline": ("wasmcell.pipeline", "Pipeline"),
    "image": ("wasmcell.image", None),
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


def __dir__() -> list[str]:
    return sorted(__all__)
