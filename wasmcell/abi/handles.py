"""Resources: the table in which a module keeps its handles, and the handles that Python holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self
from weakref import WeakMethod

from wasmcell.errors import ClosedError, TrappedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

#: More handles than this at once are a fault of the module, as in CanonicalABI.md.
MAX_HANDLES = 1 << 28


class Handles(Protocol):
    """A table of handles: `HandleTable`, or what speaks for one that lies beside a module elsewhere."""

    def new(self, resource: int, rep: int) -> int:
        """Add an owning handle (`resource.new`)."""

    def rep(self, resource: int, handle: int) -> int:
        """The representation behind a handle (`resource.rep`). Raises TrappedError for a handle that is
        none.
        """

    def take(self, resource: int, handle: int) -> int:
        """Remove a handle whose resource passes to another owner; the representation."""

    def drop(self, resource: int, handle: int) -> object:
        """Remove a handle and end its resource (`resource.drop`)."""

    def destroy(self, resource: int, rep: int) -> object:
        """End a resource."""


class HandleTable:
    """The handles that a module owns: numbers from 1, each for a resource and its representation.

    Every component instance has one table for all its resources. `destructor` finds, for a resource, what is
    called with the representation when its owner drops it, if anything is. It is held weakly, as it is a
    method of the instance that holds this table.
    """

    __slots__ = ("_destructor", "_free", "_slots")

    def __init__(self, destructor: Callable[[int], Callable[[int], Any] | None]) -> None:
        self._slots: list[tuple[int, int] | None] = [None]
        self._free: list[int] = []
        self._destructor = WeakMethod(destructor)

    def new(self, resource: int, rep: int) -> int:
        """Add an owning handle (`resource.new`)."""
        if self._free:
            handle = self._free.pop()
            self._slots[handle] = (resource, rep)
            return handle
        if len(self._slots) >= MAX_HANDLES:
            raise TrappedError("The module holds too many handles.")
        self._slots.append((resource, rep))
        return len(self._slots) - 1

    def rep(self, resource: int, handle: int) -> int:
        """The representation behind a handle (`resource.rep`). Raises TrappedError for a handle that is
        none.
        """
        slot = self._slots[handle] if 0 < handle < len(self._slots) else None
        if slot is None or slot[0] != resource:
            raise TrappedError(f"The module used handle {handle}, which is not a handle of that resource.")
        return slot[1]

    def take(self, resource: int, handle: int) -> int:
        """Remove a handle whose resource passes to another owner; the representation."""
        rep = self.rep(resource, handle)
        self._slots[handle] = None
        self._free.append(handle)
        return rep

    def drop(self, resource: int, handle: int) -> None:
        """Remove a handle and end its resource (`resource.drop`)."""
        self.destroy(resource, self.take(resource, handle))

    def destroy(self, resource: int, rep: int) -> None:
        """End a resource."""
        find = self._destructor()
        destructor = None if find is None else find(resource)
        if destructor is not None:
            destructor(rep)

    def __len__(self) -> int:
        return len(self._slots) - 1 - len(self._free)


class Owner(Protocol):
    """Where a resource lives: an instance of its module."""

    def release(self, handle: Handle) -> None:
        """End the resource; called once at most, by `Handle.close`."""

    def abandon(self, handle: Handle) -> None:
        """End the resource at the next occasion; called by the garbage collector, on any thread."""


class Handle:
    """A resource of a module that Python owns.

    It lives as long as the session that it came from; `close()` ends it, and so does leaving a `with` block.

    Attributes
    ----------
        owner: the instance that it lives in.
        resource: the number of the resource in the module's description.
        name: the resource's name.
        rep: what the module knows it by.
    """

    __slots__ = ("__weakref__", "_open", "name", "owner", "rep", "resource")

    def __init__(self, owner: Owner, resource: int, name: str, rep: Any) -> None:
        self._open = True
        self.owner = owner
        self.resource = resource
        self.name = name
        self.rep = rep

    @property
    def closed(self) -> bool:
        """Whether it was closed, or handed over to the module."""
        return not self._open

    def check(self) -> Any:
        """The representation. Raises ClosedError if the handle is closed."""
        if not self._open:
            raise ClosedError(f"This {self.name} is already closed.")
        return self.rep

    def forget(self) -> None:
        """The resource has another owner now, or has gone with its instance."""
        self._open = False

    def close(self) -> None:
        """End the resource. Doing so again does nothing."""
        if self._open:
            self._open = False
            self.owner.release(self)

    def __enter__(self) -> Self:
        self.check()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if self._open:
            self._open = False
            self.owner.abandon(self)

    def __repr__(self) -> str:
        return f"<{self.name} {'open' if self._open else 'closed'}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"A {self.name} lives in its module's instance and cannot be pickled.")
