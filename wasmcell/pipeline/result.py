"""What a run gave: a file, pixels or a function's answer, with what it took."""

from __future__ import annotations

import builtins
import json
import os
from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wasmcell.errors import InvalidArgumentError
from wasmcell.sources import Data, Raster, file_of

if TYPE_CHECKING:
    import numpy as np

    from wasmcell.pipeline.value import Step


@dataclass(frozen=True, slots=True)
class Result:
    """What a run gave, and what it took."""

    value: Any
    """The bytes of a file, a `raster` record, or what a function answered."""
    format: str | None
    """The format of the file, such as ``webp``; None for all else."""
    engine: str
    """The name of the engine that ran it."""
    seconds: float
    """The time of the calls, without reading the source and writing the output."""
    bytes_in: int
    bytes_out: int
    """The size of a file or of pixels; 0 for other answers."""
    steps: tuple[Step, ...] = ()
    """What was done."""
    notes: tuple[str, ...] = ()
    """What people should know of it, such as how much a redaction removed."""

    @property
    def bytes(self) -> builtins.bytes:
        """The file. Raises TypeError if the result is none."""
        if not isinstance(self.value, builtins.bytes):
            raise TypeError(f"the result is of type {type(self.value).__name__}, no file")
        return self.value

    def __bytes__(self) -> builtins.bytes:
        """The result as a file holds it: a file as it is, text as UTF-8, all other answers as JSON."""
        if isinstance(self.value, builtins.bytes):
            return self.value
        text = (
            self.value if isinstance(self.value, str) else json.dumps(_plain(self.value), ensure_ascii=False)
        )
        return text.encode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, as a whole or not at all: as its `bytes()`, but where the name ends with .txt,
        the texts of pages as one text, with a form feed after each.

        Raises OSError if the path cannot be written; an existing file is left as it was.
        """
        from wasmcell.pipeline import targets

        path = os.fspath(path)
        is_text = file_of(path).suffix.lower() == ".txt" and _are_texts(self.value)
        text = "".join(f"{page.rstrip()}\n\f" for page in self.value) if is_text else ""
        targets.write(path, text.encode() if is_text else bytes(self))

    def without_value(self) -> Result:
        """What the run took, for when the value is elsewhere and need not be held."""
        return replace(self, value=None)

    def numpy(self) -> np.ndarray:
        """The pixels, rows × columns or rows × columns × channels, uint8 or uint16, writable.

        Raises TypeError if the result is no raster, UnsupportedError where numpy is not here.
        """
        if not hasattr(self.value, "pixels"):
            raise TypeError(f"the result is of type {type(self.value).__name__}, no raster")
        return Raster(self.value).copy()

    def __wasmcell_source__(self) -> Data | Raster:
        """A file, or pixels, is a source again. Raises InvalidArgumentError if the result is neither."""
        if isinstance(self.value, builtins.bytes):
            return Data(self.value, repr(self))
        if hasattr(self.value, "pixels"):
            return Raster(self.value)
        raise InvalidArgumentError(f"open: {self!r} is neither a file nor pixels")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from wasmcell import display

        return display.of_result(self)

    def __repr__(self) -> str:
        what = self.format or type(self.value).__name__
        return f"<Result {what}, {self.bytes_out} bytes, {self.seconds * 1000:.1f} ms, {self.engine}>"


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(isinstance(item, str) for item in value)


def _plain(value: Any) -> Any:
    """An answer as what JSON can hold: records by their field names, bytes in hex."""
    match value:
        case tuple() if hasattr(value, "_asdict"):
            return {name: _plain(field) for name, field in value._asdict().items()}
        case frozenset():
            return sorted(value)
        case list() | tuple():
            return [_plain(item) for item in value]
        case bytes():
            return value.hex()
        case array():
            return value.tolist()
    return value
