"""What an engine is: it runs functions of modules, somewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from types import TracebackType

    from wasmcell.engines.limits import Cancel, Limits, Measure
    from wasmcell.modules import Module


class _Closing(ABC):
    """What is closed at the end, at the latest by a `with` statement."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is held. Doing so again does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Session(_Closing):
    """A kept instance of a module, in which resources live."""

    module: Module

    @abstractmethod
    def call(
        self, function: str, *args: Any, cancel: Cancel | None = None, measure: Measure | None = None
    ) -> Any:
        """Call a function in this instance."""


class Engine(_Closing):
    """Runs functions of modules."""

    name: ClassVar[str]

    @property
    def caveat(self) -> str:
        """What does not hold of it here, if anything."""
        return ""

    @abstractmethod
    def call(
        self,
        module: Module,
        function: str,
        *args: Any,
        limits: Limits | None = None,
        cancel: Cancel | None = None,
        measure: Measure | None = None,
    ) -> Any:
        """Call a function in a fresh instance."""

    @abstractmethod
    def session(self, module: Module, limits: Limits | None = None) -> Session:
        """A kept instance."""
