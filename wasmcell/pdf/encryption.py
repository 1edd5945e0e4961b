"""Encryption of sources, which what is made of them does not have by itself."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wasmcell import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

_PASSWORDS = ("user-password", "owner-password")


class EncryptionWarning(UserWarning):
    """A source is encrypted, and what is made of it is not."""


@dataclass(frozen=True, slots=True)
class Opened(sources.Data):
    """A file made of an open document, and the encrypted one that this was made of, if one was."""

    encrypted: str = ""


def of(source: sources.Source) -> str:
    """The encrypted file that a source was made of; empty if none is known."""
    return source.encrypted if isinstance(source, Opened) else ""


def is_encrypted(data: Any, ask: Callable[[], bool]) -> bool:
    """Whether a file is encrypted: `ask` is called for those that may be."""
    plain = data if isinstance(data, (bytes, bytearray)) else memoryview(data).tobytes()
    return b"/Encrypt" in plain and ask()


def among(files: Iterable[tuple[sources.Source, Any]], ask: Callable[[Any], bool]) -> str:
    """The first of some files, with their bytes, that is encrypted or made of one that is; else empty.

    `ask` is called with the bytes of those that may be.
    """
    for file, data in files:
        if name := of(file):
            return name
        if is_encrypted(data, lambda data=data: ask(data)):  # type: ignore[misc]
            return file.name
    return ""


def warn(name: str, output: Container[str], stacklevel: int) -> None:
    """Warn that of the encrypted file `name` one is written by options that have no password."""
    if not any(option in output for option in _PASSWORDS):
        warnings.warn(
            f"{name} is encrypted, and what is made of it is not: user_password encrypts it, too",
            EncryptionWarning,
            stacklevel=stacklevel + 1,
        )
