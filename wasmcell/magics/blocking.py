"""What a magic cannot do, as it blocks: wait for the page, whose answers come in between cells only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wasmcell import options, sources
from wasmcell.errors import BlockingError
from wasmcell.image import Image

if TYPE_CHECKING:
    from wasmcell.engines import Engine


def engine(name: str) -> Engine:
    """The engine of that name. Raises BlockingError if it must be awaited, else as `options.engine`."""
    if name == "browser":
        raise BlockingError(
            "%wasm blocks, and the engine browser must be awaited: "
            "await image.open(…).arun(engine='browser')."
        )
    return options.engine(name)


def check(source: Any, name: str) -> None:
    """Raise BlockingError if a source is private: its bytes are in the page, and so is what can be done."""
    if isinstance(source, Image):
        source = source.source
    # Not `sources.of`: that reads file objects.
    stands_for = getattr(source, "__wasmcell_source__", None)
    if isinstance(stands_for() if callable(stands_for) else source, sources.Private):
        raise BlockingError(
            f"%wasm blocks, and {name} is private: what is done to it must be awaited, "
            f"as in await image.open({name}).resize(width=320).arun(). "
            "(await ….pull() brings its bytes to the kernel, if the person at the page agrees.)"
        )
