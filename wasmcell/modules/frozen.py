"""Values that do not change, as frozen dataclasses are, without the code that these generate.

A description has two dozen classes. As dataclasses they took longer to define than it
takes to load a module and call it; what they need is this little.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, dataclass_transform


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Frozen:
    """The base of classes whose annotations are their fields. Equal if of one class with equal fields.

    `kw_only` False lets fields be given by position.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _positional: ClassVar[int] = 0

    def __init_subclass__(cls, *, kw_only: bool = True) -> None:
        own = cls.__dict__.get("__annotations__", ())  # noqa: RUF063 - inspect takes longer than all the rest
        cls._fields += tuple(name for name in own if name not in cls._fields)
        cls._positional = 0 if kw_only else len(cls._fields)

    def __init__(self, *args: Any, **values: Any) -> None:
        if len(args) > self._positional:
            raise TypeError(
                f"{type(self).__name__} takes {self._positional} positional arguments, not {len(args)}"
            )
        values.update(zip(self._fields, args, strict=False))
        for name in self._fields:
            if name not in values:
                try:
                    values[name] = getattr(type(self), name)
                except AttributeError:
                    raise TypeError(f"{type(self).__name__} needs {name}") from None
        if len(values) > len(self._fields):
            raise TypeError(f"{type(self).__name__} has no {set(values) - set(self._fields)}")
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be removed")

    def _values(self) -> tuple[Any, ...]:
        return tuple(self.__dict__[name] for name in self._fields)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        known = self.__dict__.get("_hash")
        if known is None:
            known = self.__dict__["_hash"] = hash(self._values())
        return known

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)!r}' for n in self._fields)})"
