"""What is to be awaited: it says so to those who forget, and where it was stopped, in a few words."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine, Generator
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Awaited(Coroutine[Any, Any, T]):
    """A coroutine that says what is missing when it is shown, or taken for its result."""

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine

    def __await__(self) -> Generator[Any, Any, T]:
        return self._coroutine.__await__()

    def send(self, value: Any) -> Any:
        """As of any coroutine."""
        return self._coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        """As of any coroutine."""
        return self._coroutine.throw(*error)

    def close(self) -> None:
        """As of any coroutine."""
        self._coroutine.close()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"It has not run yet, so it has no {name}: write `await` before it.")

    def _forgotten(self, *_: Any) -> Any:
        raise TypeError("It has not run yet: write `await` before it.")

    __getitem__ = __iter__ = __len__ = _forgotten

    def __repr__(self) -> str:
        return "<Not run yet: write `await` before it.>"


def awaited(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Awaited[T]]:
    """A decorator: calls of an asynchronous function give `Awaited`s."""

    @functools.wraps(function)
    async def stoppable(*args: P.args, **options: P.kwargs) -> T:
        try:
            return await function(*args, **options)
        except asyncio.CancelledError as error:
            # Raised anew, as the frames that lead to where it waited say nothing to a person.
            told = error.args or ("Stopped before it was done.",)
        raise asyncio.CancelledError(*told)

    @functools.wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> Awaited[T]:
        return Awaited(stoppable(*args, **options))

    return call
