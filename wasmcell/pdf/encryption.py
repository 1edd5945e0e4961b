"""Encryption of sources, which what is made of them does not have by itself."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Container

_PASSWORDS = ("user-password", "owner-password")


class EncryptionWarning(UserWarning):
    """A source is encrypted, and what is made of it is not."""


def is_encrypted(data: Any, ask: Callable[[], bool]) -> bool:
    """Whether a file is encrypted: `ask` is called for those that may be."""
    plain = data if isinstance(data, (bytes, bytearray)) else memoryview(data).tobytes()
    return b"/Encrypt" in plain and ask()


def warn(name: str, output: Container[str], stacklevel: int) -> None:
    """Warn that of the encrypted file `name` one is written by options that have no password."""
    if not any(option in output for option in _PASSWORDS):
        warnings.warn(
            f"{name} is encrypted, and what is made of it is not: user_password encrypts it, too",
            EncryptionWarning,
            stacklevel=stacklevel + 1,
        )
