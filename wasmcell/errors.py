"""Every error that wasmcell raises, as one hierarchy with `Error` at its head.

The first four are what a module may answer (the cases of `error` in `wasmcell:core/types`, with the
module's own text); the others are found by the host.
"""

from __future__ import annotations

from typing import Any


class Error(Exception):
    """The head of the hierarchy: `except wasmcell.Error` catches whatever wasmcell raises."""


class MalformedError(Error, ValueError):
    """The input is not what it should be: cut, corrupt or of another type."""


class UnsupportedError(Error):
    """The input is sound, but uses a feature that the module does not have."""


class InvalidArgumentError(Error, ValueError):
    """An argument is out of its range, or does not fit this input."""


class ArgumentTypeError(Error, TypeError):
    """An argument is of another type than the function takes."""


class LimitExceededError(Error):
    """The work would need more time, memory, pixels or depth than is allowed."""


class CancelledError(Error):
    """The call was cancelled by `Cancel.cancel()`."""


class TrappedError(Error):
    """The module broke off, or broke the rules; its instance is spoiled, and nothing else is."""


class ResultError(Error):
    """A function answered with an error of its own type.

    Attributes
    ----------
        value: the error, as a Python value.
    """

    def __init__(self, message: str, value: Any) -> None:
        super().__init__(message)
        self.value = value

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.value)


class EngineUnavailableError(Error):
    """An engine cannot be had here; the text says what to install."""


class ModuleError(Error):
    """A module cannot be found, read or linked."""


class ClosedError(Error, ValueError):
    """A session, engine or handle is used after it was closed."""


class BlockingError(Error):
    """Something that waits for the page was called in a way that keeps the page's answer from coming in.

    The text says what to await instead.
    """


class PrivateError(Error):
    """The bytes of a private file are wanted where they are not: they stay in the page."""


class RefusedError(PrivateError):
    """The person at the page did not allow a private file's bytes to leave it."""


class PipelineError(Error, ValueError):
    """A pipeline's text cannot be understood.

    Attributes
    ----------
        text: the whole text.
        position: index of the character where it goes wrong.
    """

    def __init__(self, message: str, text: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.text = text
        self.position = position

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.text, self.position)


#: The cases of `wasmcell:core/types` `error` and what each becomes in Python.
CORE_ERRORS: dict[str, type[Error]] = {
    "malformed": MalformedError,
    "unsupported": UnsupportedError,
    "invalid-argument": InvalidArgumentError,
    "limit-exceeded": LimitExceededError,
}
