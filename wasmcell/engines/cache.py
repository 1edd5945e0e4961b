"""Compiled modules, kept on disk: compiling takes seconds, loading what was compiled less than a millisecond.

Loading runs native code, so the directory must belong to this user and nobody else may write to it; where
that is not so, nothing is kept. Each entry is `compiled/<key>/<checksum>`: the key says what was compiled by
what for which processor, the checksum finds damage. Entries appear by a rename, so several processes may
work on the same directory at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import stat
import sys
import time
import warnings
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Final

#: Entries that were not used for this long are removed when a new one is written.
_KEPT_SECONDS: Final = 90 * 86400


def directory() -> Path:
    """Where wasmcell keeps what it can make again: WASMCELL_CACHE_DIR, else the user's cache directory."""
    chosen = os.environ.get("WASMCELL_CACHE_DIR")
    if chosen:
        return Path(chosen)
    import platformdirs

    return platformdirs.user_cache_path("wasmcell", appauthor=False)


def key(*parts: str) -> str:
    """The name of what was made from these, on this kind of processor."""
    return hashlib.sha256("\n".join((*parts, _processor())).encode()).hexdigest()


@lru_cache(maxsize=1)
def _processor() -> str:
    features = ""
    try:
        with Path("/proc/cpuinfo").open(encoding="ascii", errors="replace") as file:
            lines = file.read(8192).splitlines()
        features = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    except OSError:
        features = platform.processor()
    return f"{sys.platform} {platform.machine()} {features}"


def find(name: str) -> Path | None:
    """The file of an entry, whole and safe to load; None if there is none."""
    entries = _entries(name)
    if entries is None:
        return None
    try:
        files = [f for f in entries.iterdir() if "." not in f.name]
    except OSError:
        return None
    for file in files:
        try:
            if _ours(file.stat()) and f"{zlib.crc32(file.read_bytes()):08x}" == file.name:
                os.utime(entries)
                return file
            file.unlink()
        except OSError:
            continue
    return None


def store(name: str, data: bytes | bytearray) -> None:
    """Keep an entry. A cache that cannot be written is no error."""
    import tempfile

    entries = _entries(name, make=True)
    if entries is None:
        return
    try:
        handle, temporary = tempfile.mkstemp(dir=entries, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(entries / f"{zlib.crc32(data):08x}")
        except BaseException:
            Path(temporary).unlink()
            raise
        _tidy(entries.parent)
    except OSError:
        pass


def forget(file: Path) -> None:
    """Remove an entry that turned out to be of no use."""
    with contextlib.suppress(OSError):
        file.unlink()


def _entries(name: str, make: bool = False) -> Path | None:
    base = directory() / "compiled"
    entries = base / name
    try:
        if make:
            base.mkdir(mode=0o700, parents=True, exist_ok=True)
            entries.mkdir(mode=0o700, exist_ok=True)
        for folder in (base, entries):
            if not _ours(folder.stat()):
                _warn(str(folder))
                return None
    except OSError:
        return None
    return entries


def _ours(found: os.stat_result) -> bool:
    if sys.platform == "win32":
        return True  # the user's profile is closed to others by its access list
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


@lru_cache(maxsize=8)
def _warn(folder: str) -> None:
    warnings.warn(
        f"{folder} belongs to another user, or others may write to it: compiled modules are not kept there. "
        f"Set WASMCELL_CACHE_DIR to a directory of your own.",
        RuntimeWarning,
        stacklevel=2,
    )


def _tidy(base: Path) -> None:
    import shutil

    oldest = time.time() - _KEPT_SECONDS
    for entries in base.iterdir():
        if entries.stat().st_mtime < oldest:
            shutil.rmtree(entries, ignore_errors=True)
