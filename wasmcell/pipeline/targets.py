"""Where the output of a pipeline goes: the format that a name asks for, patterns, writing without halves."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import string
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wasmcell import operations
from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.operations.parameters import did_you_mean, listed
from wasmcell.sources import Source, file_of, filesystem_of, foreign_errors, is_url, local, stem

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXTENSIONS = json.loads(Path(__file__).with_name("extensions.json").read_text(encoding="utf-8"))
"""Extensions of formats that are not simply their names, the usual one first; the page reads them, too."""


def extensions(case: str) -> tuple[str, ...]:
    """The extensions of files of an output, the usual one first."""
    return tuple(_EXTENSIONS.get(case, (case,)))


def case_of(module: str, path: str) -> str:
    """The output of `module` that the extension of `path` asks for.

    Raises
    ------
    InvalidArgumentError
        There is none; says which there are.
    """
    cases = [known.case for known in operations.of(module).values() if known.kind == "output"]
    extension = file_of(path).suffix.removeprefix(".").lower()
    for case in cases:
        if extension in extensions(case):
            return case
    known = [f".{extensions(case)[0]}" for case in cases]
    found = f"the extension .{extension}" if extension else "a name without an extension"
    other = ", or say the format with encode" if len(cases) > 1 else ""
    raise InvalidArgumentError(
        f"{path}: {found} tells no format that can be written; end it with {listed(known)}{other}"
    )


def expand(pattern: str, sources: Sequence[Source], case: str | None) -> list[str]:
    """The paths for the outputs of `sources`.

    Parameters
    ----------
    pattern : str
        A path with ``{name}`` (the source's name without folder and extension), ``{ext}`` (its extension,
        without the dot), ``{index}`` (from 1; ``{index:04}`` with leading zeros); or a folder, which stands
        for ``folder/{name}.<the format's extension>``. ``{{`` is a brace.
    sources : sequence of Source
    case : str or None
        The output that the pipeline encodes, if it says so.

    Raises
    ------
    PipelineError
        An unknown placeholder, or two sources with the same output.
    """
    if pattern == "-":
        return ["-"] * len(sources)
    if pattern.endswith(("/", os.sep)) or (not is_url(pattern) and local(pattern).is_dir()):
        pattern = f"{pattern.rstrip('/' + os.sep)}/{{name}}.{extensions(case)[0] if case else '{ext}'}"
    paths = [_fill(pattern, source, index) for index, source in enumerate(sources, 1)]
    first: dict[str, Source] = {}
    for path, source in zip(paths, sources, strict=True):
        if path in first:
            raise PipelineError(
                f"{first[path].name} and {source.name} would both be written to {path}; "
                "tell the outputs apart with {name} or {index}."
            )
        first[path] = source
    return paths


def check(path: str) -> str:
    """`path`, if its folder is there and it is no folder itself; a URL as it is.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
    """
    if not is_url(path):
        target = local(path)
        if not target.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "There is no such folder to write to", str(target.parent))
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "A folder cannot be written as a file", path)
    return path


def write(path: str, data: Any) -> None:
    """Write a file as a whole or not at all.

    The bytes go to a temporary file in the same folder, which then takes the name; over fsspec likewise. What
    is there and is no file, such as a pipe or a device, is written to as it is; a link stays one.

    Raises
    ------
    OSError
        The folder is missing or cannot be written; names the path.
    """
    if is_url(path):
        _write_url(path, data)
        return
    target = local(check(path))
    try:
        mode = _mode(target)
        if mode is None or stat.S_ISREG(mode):
            _replace(Path(os.path.realpath(target)), data, mode)
        else:
            with target.open("wb") as file:
                file.write(data)
    except OSError as error:
        raise type(error)(error.errno, f"Cannot be written: {error.strerror}", path) from error


def identity(path: str) -> object:
    """What two names of one file have in common, also where they are links to it of any kind."""
    if is_url(path):
        return path
    with contextlib.suppress(OSError):
        found = local(path).stat()
        if found.st_ino and stat.S_ISREG(found.st_mode):
            return found.st_dev, found.st_ino
    return os.path.realpath(local(path))


def _mode(target: Path) -> int | None:
    """Kind and permissions of what is there, if anything is."""
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, data: Any, mode: int | None) -> None:
    temporary = target.with_name(_temporary_name())
    try:
        with temporary.open("xb") as file:
            file.write(data)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _temporary_name() -> str:
    """Short, as the target's own name may be as long as names can be."""
    return f".{os.urandom(4).hex()}.part"


def _write_url(url: str, data: Any) -> None:
    filesystem, path = filesystem_of(url)
    folder, slash, _ = path.rpartition("/")
    temporary = f"{folder}{slash}{_temporary_name()}"
    with foreign_errors("Cannot be written", url):
        try:
            filesystem.pipe_file(temporary, bytes(data))
            filesystem.mv(temporary, path)
        except Exception:
            with contextlib.suppress(Exception):
                filesystem.rm_file(temporary)
            raise


def _fill(pattern: str, source: Source, index: int) -> str:
    """`pattern` with its placeholders filled in for one source."""
    path = getattr(source, "path", "")
    values: dict[str, Any] = {
        "name": stem(source) or str(index),
        "ext": file_of(path).suffix.removeprefix("."),
        "index": index,
    }
    try:
        _check_names(pattern, list(values))
        return pattern.format_map(values)
    except PipelineError:
        raise
    except ValueError as error:
        raise PipelineError(
            f"The output {pattern} is no pattern: {error}. Write {{{{ for a brace."
        ) from error


def _check_names(pattern: str, known: Sequence[str]) -> None:
    """Refuse a pattern with other placeholders than those `known`, or with a format that they do not have."""
    for _, name, format, _ in string.Formatter().parse(pattern):
        if name is None:
            continue
        if name not in known:
            possible = ", ".join(f"{{{one}}}" for one in known)
            hint = did_you_mean(name, known)
            raise PipelineError(f"{{{name}}} in {pattern} is unknown{hint}; there are {possible}.")
        if format and (name != "index" or "{" in format):
            raise PipelineError(
                f"{{{name}:{format}}} in {pattern} is unknown; only {{index}} takes a format ({{index:04}})."
            )
