"""What an engine is: it runs functions of modules, somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from wasmcell.engines.limits import Cancel, Limits, Measure
    from wasmcell.modules import Module


class Session(Protocol):
    """A kept instance of a module, in which resources live."""

    module: Module

    def call(
        self, function: str, *args: Any, cancel: Cancel | None = None, measure: Measure | None = None
    ) -> Any:
        """Call a function in this instance."""

    def close(self) -> None:
        """Let go of the instance and of all resources in it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


class Engine(Protocol):
    """Runs functions of modules."""

    name: str

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

    def session(self, module: Module, limits: Limits | None = None) -> Session:
        """A kept instance."""

    def close(self) -> None:
        """Let go of whatever the engine holds."""
