"""Where the input of a pipeline comes from: paths, URLs, bytes, file objects, arrays of pixels."""

from __future__ import annotations

import contextlib
import errno
import fnmatch
import glob
import os
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

from wasmcell.engines.apart import IN_PAGE
from wasmcell.errors import Error, InvalidArgumentError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from wasmcell.engines.wire import FileRef

MAX_SIDE = 65535
"""The largest width and height of a raster, as in `wasmcell:core`."""

_MAX_HINTS = 3
_FORMATS = {1: "l", 2: "la", 3: "rgb", 4: "rgba"}
_PIL_MODES = ("L", "LA", "RGB", "RGBA", "I;16", "I;16B", "I;16L", "I;16N")


@dataclass(frozen=True, slots=True)
class Location:
    """A file by its path or URL. It is read when a pipeline runs."""

    path: str

    @property
    def name(self) -> str:
        """What people know it by."""
        return self.path

    def read(self) -> bytes:
        """The file's bytes. Raises OSError if it cannot be read."""
        if not is_url(self.path):
            return Path(self.path).read_bytes()
        filesystem, path = filesystem_of(self.path)
        with foreign_errors("Cannot be read", self.path):
            data: bytes = filesystem.cat_file(path)
        return data


@dataclass(frozen=True, slots=True)
class Data:
    """The bytes of a file. They are not copied: what changes them changes later runs."""

    data: Any
    name: str
    paths: tuple[str, ...] = ()
    """The files that it was made of, where that is known."""

    def read(self) -> Any:
        """Something with the buffer protocol."""
        return self.data


@dataclass(frozen=True, slots=True)
class Pixels:
    """An array of pixels, rows × columns or rows × columns × channels. It is not copied unless it must be."""

    array: np.ndarray

    @property
    def name(self) -> str:
        """What people know it by."""
        return f"{'×'.join(map(str, self.array.shape))} {self.array.dtype} array"

    def read(self) -> dict[str, Any]:
        """The record `raster` of `wasmcell:core`."""
        import numpy as np

        height, width = self.array.shape[:2]
        channels = self.array.shape[2] if self.array.ndim == 3 else 1
        bits = 8 * self.array.dtype.itemsize
        pixels = (
            np.ascontiguousarray(self.array, self.array.dtype.newbyteorder("<")).reshape(-1).view(np.uint8)
        )
        return {"width": width, "height": height, "format": f"{_FORMATS[channels]}{bits}", "pixels": pixels}

    def copy(self) -> np.ndarray:
        """An array of one's own: rows × columns for grey, else rows × columns × channels."""
        import numpy as np

        array = np.array(self.array, self.array.dtype.newbyteorder("="), order="C")
        return array[:, :, 0] if array.shape[2:] == (1,) else array


@dataclass(frozen=True, slots=True)
class Raster(Pixels):
    """Pixels that a module gave, as the record `raster`: they go on as they are, without numpy."""

    array: Any

    @property
    def name(self) -> str:
        """What people know it by."""
        layout = self.array.format
        channels, depth = len(layout.rstrip("0123456789")), layout.lstrip("rgbla")
        shape = (self.array.height, self.array.width, *([channels] if channels > 1 else []))
        return f"{'×'.join(map(str, shape))} uint{depth} array"

    def read(self) -> dict[str, Any]:
        """The record."""
        return dict(self.array._asdict())

    def copy(self) -> np.ndarray:
        """An array of one's own, as of `Pixels`."""
        np = _numpy()
        flat = np.frombuffer(self.array.pixels, "<u2" if self.array.format.endswith("16") else np.uint8)
        return Pixels(flat.reshape(self.array.height, self.array.width, -1)).copy()


@dataclass(frozen=True, slots=True)
class Private:
    """A private file, which is in a page. What reads it gets a reference, by which the page knows it."""

    file: FileRef

    @property
    def name(self) -> str:
        """What people know it by."""
        return self.file.name

    def read(self) -> FileRef:
        """The reference."""
        return self.file


@dataclass(frozen=True, slots=True)
class Files:
    """Several files that are worked on at once."""

    files: tuple[Location | Data, ...]

    @property
    def name(self) -> str:
        """What people know them by."""
        more = f" and {len(self.files) - 1} more" if len(self.files) > 1 else ""
        return f"{self.files[0].name}{more}"

    def read(self) -> list[Any]:
        """The files' bytes. Raises OSError if one cannot be read."""
        return [file.read() for file in self.files]


Source: TypeAlias = Location | Data | Pixels | Private | Files


def of(source: Any) -> Source:
    """What `source` stands for.

    Parameters
    ----------
    source
        A path; a URL that fsspec understands; bytes or anything with the buffer protocol, or a binary file
        object (read here), with an encoded file; a uint8 or uint16 array of pixels, height × width or
        height × width × 1–4 channels, or anything with ``__array_interface__`` or ``__array__``, such as a
        PIL image; anything whose ``__wasmcell_source__()`` gives one of these, such as a `Result` or a
        `PrivateFile`.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        A local path leads nowhere, or to a folder.
    InvalidArgumentError
        It is none of these, or an array of another shape or type.
    UnsupportedError
        It is an array, and numpy is not here.
    """
    if isinstance(source, (Location, Data, Pixels, Private, Files)):
        return source
    if isinstance(source, (str, os.PathLike)):
        if source == "":
            raise InvalidArgumentError("open: the path is empty")
        return _location(source)
    if callable(stands_for := getattr(source, "__wasmcell_source__", None)):
        return of(stands_for())
    if hasattr(source, "__array_interface__") or hasattr(source, "__array__"):
        return _array(source)
    if callable(read := getattr(source, "read", None)):
        return _file_object(source, read)
    try:
        view = memoryview(source)
    except TypeError:
        many = "; image.map and image.amap work on many" if isinstance(source, (list, tuple, set)) else ""
        raise InvalidArgumentError(
            "open: source must be a path, a URL, bytes, a file object or an array, "
            f"not {type(source).__name__}{many}"
        ) from None
    return Data(source, f"{view.nbytes} bytes")


def file_of_value(value: Any) -> Source:
    """The file that an option of an operation is: as `of`, but pixels are none, and bytes become a value.

    Raises
    ------
    InvalidArgumentError
        It is no file.
    """
    found = of(value)
    if isinstance(found, Pixels):
        raise InvalidArgumentError("pixels are no file; encode them: image.open(array).encode('png')")
    return replace(found, data=bytes(found.data)) if isinstance(found, Data) else found


def is_url(path: str) -> bool:
    """Whether fsspec is to find it (``s3://…``, ``https://…``, ``zip://a.png::photos.zip``)."""
    return "://" in path


def local(path: str) -> Path:
    """A local path; ``~`` and ``~/…`` lead to the home folder, other names with ``~`` are names."""
    at_home = path == "~" or path.startswith(("~/", f"~{os.sep}"))
    # Path.expanduser raises RuntimeError where there is no home; this keeps the ~.
    return Path(os.path.expanduser(path) if at_home else path)  # noqa: PTH111


def near_files(path: str) -> str:
    """A hint at what is there where a local path, or a pattern, leads nowhere; or nothing.

    At names that differ in their extension or in upper and lower case alone, else at those written alike.
    """
    from wasmcell.operations.parameters import listed  # parameters take sources

    near: list[Path] = []
    if not is_url(path) and not glob.has_magic(str(local(path).parent)):
        with contextlib.suppress(OSError):
            near = _near(local(path))
    return f" (did you mean {listed([str(one) for one in near])}?)" if near else ""


def _near(path: Path) -> list[Path]:
    """Some of what could be meant; where the folder is missing, in folders that could be."""
    if not path.parent.is_dir():
        folders = [one for one in _near(path.parent) if one.is_dir()]
        return [one / path.name for one in folders if (one / path.name).exists()] or folders
    stems: dict[str, list[str]] = {}
    for entry in sorted(os.scandir(path.parent), key=lambda entry: entry.name):
        hidden = entry.name.startswith(".") and not path.name.startswith(".")
        if not hidden and entry.name != path.name and not (path.suffix and entry.is_dir()):
            stems.setdefault(PurePath(entry.name).stem.lower(), []).append(entry.name)
    wanted = path.stem.lower()
    near = fnmatch.filter(stems, wanted)
    if not near:
        import difflib

        near = difflib.get_close_matches(wanted, stems, n=_MAX_HINTS)
    return [path.with_name(name) for stem in near for name in stems[stem]][:_MAX_HINTS]


def file_of(path: str) -> PurePath:
    """A local path as it is; of a URL, the link of its chain that names the file."""
    return PurePath(next((link for link in path.split("::") if "://" in link), path))


def filesystem_of(url: str) -> tuple[Any, str]:
    """The fsspec file system of a URL, and the path there.

    Raises
    ------
    OSError
        The URL's protocol is unknown, its library is not installed, or what it leads through cannot
        be opened.
    """
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]

    if IN_PAGE:
        # The page's own requests in place of sockets, for http and https; it registers itself.
        import fsspec.implementations.http_sync  # type: ignore[import-untyped]  # noqa: F401

    with foreign_errors("Cannot be opened", url):
        try:
            filesystem, path = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise OSError(errno.EPROTONOSUPPORT, f"{error}", url) from error
    return filesystem, path


@contextlib.contextmanager
def foreign_errors(message: str, name: str) -> Iterator[None]:
    """Raise what is neither ours nor an OSError as an OSError: each file system has errors of its own."""
    try:
        yield
    except (Error, OSError):
        raise
    except Exception as error:
        raise OSError(errno.EIO, f"{message}: {type(error).__name__} {error}", name) from error


def paths(source: Source) -> tuple[str, ...]:
    """The files that a source comes from: what must not be overwritten by what is made of it."""
    match source:
        case Location(path=path):
            return (path,)
        case Data():
            return source.paths
        case Files(files=files):
            return tuple(path for file in files for path in paths(file))
    return ()


def stem(source: Source) -> str:
    """The name of a source without folder and extension; empty where it has none."""
    match source:
        case Location(path=path):
            return file_of(path).stem
        case Private():
            return PurePath(source.name).stem
        case Files(files=[first, *_]):
            return stem(first)
    return ""


def _location(source: str | os.PathLike[str]) -> Location:
    path = os.fsdecode(source)
    if not is_url(path):
        path = str(found := local(path))
        if found.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not found.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return Location(path)


def _file_object(source: Any, read: Callable[[], Any]) -> Data:
    name = getattr(source, "name", None)
    with foreign_errors("Cannot be read", str(name or type(source).__name__)):
        data = read()
    if isinstance(data, str):
        raise InvalidArgumentError("open: the file object is in text mode; open it with mode 'rb'")
    return Data(data, PurePath(name).name if isinstance(name, str) else f"{len(data)} bytes")


def _numpy() -> Any:
    """The library. Raises UnsupportedError where there is none, as may be in Pyodide."""
    try:
        import numpy as np
    except ModuleNotFoundError as error:
        raise UnsupportedError(
            "Arrays of pixels need numpy, which is not here. Install it; in a page, `import numpy` in a cell "
            "loads it if the site has it. Files need none: `.encode('png').bytes()`, `.save(path)`."
        ) from error
    return np


def _array(source: Any) -> Source:
    """The pixels of an array, or the bytes of a file from a flat one."""
    np = _numpy()
    mode = getattr(source, "mode", None)
    if hasattr(source, "getbands") and mode not in _PIL_MODES:
        raise InvalidArgumentError(
            f"open: a PIL image of mode {mode} has no plain pixels; convert it: image.convert('RGB')"
        )
    array = np.asarray(source)
    if array.dtype == np.uint8 and array.ndim == 1:
        return Data(array, f"{array.size} bytes")
    if array.dtype.kind != "u" or array.dtype.itemsize > 2:
        raise InvalidArgumentError(f"open: pixels must be uint8 or uint16, not {array.dtype}{_advice(array)}")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in _FORMATS):
        raise InvalidArgumentError(
            "open: pixels must be height × width or height × width × 1 to 4 channels, "
            f"not of shape {array.shape}"
        )
    if not all(1 <= side <= MAX_SIDE for side in array.shape[:2]):
        raise InvalidArgumentError(
            f"open: height and width must be from 1 to {MAX_SIDE} px, not {array.shape[0]} × {array.shape[1]}"
        )
    return Pixels(array)


def _advice(array: np.ndarray) -> str:
    """How an array of another type becomes one of pixels."""
    match array.dtype.kind:
        case "b":
            return "; convert it: array.astype('uint8') * 255"
        case "f":
            return "; convert it: (array * 255).round().astype('uint8') if its values run from 0 to 1"
        case "i" | "u":
            return "; convert it: array.astype('uint8') or 'uint16', if its values fit"
    return ""
