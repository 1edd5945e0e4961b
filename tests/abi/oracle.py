"""An independent canonical ABI: wasmtime's own component calls, in place of wasmcell's lift and lower."""

from __future__ import annotations

from array import array
from typing import Any

import wasmtime
from wasmtime import component as wc

from wasmcell.abi.values import Ok, Some
from wasmcell.modules import Module
from wasmcell.modules.description import (
    Flags,
    List,
    Option,
    Primitive,
    Record,
    Result,
    Tuple,
    Type,
    Variant,
    resolve,
)


class Oracle:
    """A component in wasmtime's hands."""

    def __init__(self, module: Module) -> None:
        self._module = module
        engine = wasmtime.Engine()
        self._component = wc.Component(engine, module.bytes)
        self._engine = engine
        self._linker = wc.Linker(engine)

    def call(self, name: str, *args: Any) -> Any:
        """Call a function of one result, in a fresh instance."""
        function = self._module.description.function(name)
        store = wasmtime.Store(self._engine)
        instance = self._linker.instantiate(store, self._component)
        interface = instance.get_export_index(store, function.interface)
        index = instance.get_export_index(store, name, interface)
        assert index is not None
        found = instance.get_func(store, index)
        assert found is not None
        kind = found.type(store)
        given = [
            _give(theirs, ours.type, value)
            for (_, theirs), ours, value in zip(kind.params, function.params, args, strict=True)
        ]
        result = found(store, *given)
        assert function.result is not None
        return _take(kind.result, function.result, result)


def _give(theirs: Any, ours: Type, value: Any) -> Any:
    """A value of wasmcell's as wasmtime wants it."""
    ours = resolve(ours)
    match ours:
        case List(type=element):
            if isinstance(value, bytes):
                return value
            return [_give(theirs.element, element, v) for v in value]
        case Record(fields=fields):
            record = wc.Record()
            for (name, kind), field, item in zip(theirs.fields, fields, value, strict=True):
                setattr(record, name, _give(kind, field.type, item))
            return record
        case Tuple(types=types):
            return tuple(map(_give, theirs.elements, types, value))
        case Flags():
            return set(value)
        case Variant() | Option() | Result():
            name, payload, kind = _case(ours, value)
            inner = dict(theirs._cases())[name]
            given = None if kind is None else _give(inner, kind, payload)
            return wc.Variant(name, given) if theirs._tagged() else given
    return value


def _case(ours: Variant | Option | Result, value: Any) -> tuple[str, Any, Type | None]:
    if isinstance(ours, Variant):
        return value.name, value.payload, next(c.type for c in ours.cases if c.name == value.name)
    if isinstance(ours, Result):
        return ("ok", value.value, ours.ok) if isinstance(value, Ok) else ("err", value.value, ours.err)
    if value is None:
        return "none", None, None
    return "some", value.value if isinstance(value, Some) else value, ours.type


def _take(theirs: Any, ours: Type, value: Any) -> Any:
    """A value of wasmtime's as wasmcell gives it; for the types that the tests need."""
    ours = resolve(ours)
    if isinstance(ours, List) and isinstance(ours.type, Primitive) and ours.type.name == "s16":
        return array("h", value)
    assert isinstance(ours, Primitive), ours
    return value
