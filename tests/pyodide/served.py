"""What runs in Pyodide for the tests: wasmcell's own engine there, asked by messages whose bodies are pickles."""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import Any

from pyodide.ffi import to_js

from wasmcell import engines, modules
from wasmcell.abi.handles import Handle
from wasmcell.engines import Cancel, Measure
from wasmcell.engines.remote import Frames, pack

_frames = Frames()
_modules: dict[str, Any] = {}
_sessions: dict[int, Any] = {}
_handles: list[Handle | None] = []
_cancels: dict[int, Cancel] = {}


class _Pickler(pickle.Pickler):
    """Handles stay here, and go out by number."""

    def persistent_id(self, value: Any) -> Any:
        if not isinstance(value, Handle):
            return None
        _handles.append(value)
        return len(_handles) - 1, value.resource, value.name


class _Unpickler(pickle.Unpickler):
    """Handles and modules that are here already come by number and name."""

    def persistent_load(self, key: Any) -> Any:
        return _handles[key] if isinstance(key, int) else _modules[key]


def messages(chunk: Any) -> list[Any]:
    """What a chunk of bytes makes whole."""
    return list(_frames.push(chunk.to_bytes()))


def answer(asked: Any, send: Any) -> None:
    """Do what a message asks, and send what came of it."""
    message, attachments = asked
    number = message["id"]
    if message["op"] == "cancel":
        if number in _cancels:
            _cancels[number].cancel()
        return
    cancel = _cancels[number] = Cancel()
    try:
        asked = _Unpickler(BytesIO(attachments[0])).load()
        value, raised = _OPERATIONS[message["op"]](cancel, *asked), None
    except Exception as error:
        value, raised = None, error
    del _cancels[number]
    gone = [place for place, handle in enumerate(_handles) if handle and handle.closed]
    try:
        body = _pickled((value, raised, gone))
    except Exception as error:
        body = _pickled((None, TypeError(f"{value or raised!r} cannot travel: {error}"), gone))
    send(to_js(b"".join(pack({"id": number}, [body]))))


def _pickled(value: Any) -> bytes:
    file = BytesIO()
    _Pickler(file).dump(value)
    return file.getvalue()


def _module(_cancel: Cancel, key: str, name: str, description: Any, data: bytes | None) -> None:
    _modules[key] = modules.get(name) if data is None else modules.Module(description, data=data)


def _call(cancel: Cancel, module: Any, function: str, args: Any, limits: Any) -> Any:
    measure = Measure()
    return engines.get("kernel").call(
        module, function, *args, limits=limits, cancel=cancel, measure=measure
    ), measure


def _open(_cancel: Cancel, number: int, module: Any, limits: Any) -> None:
    _sessions[number] = engines.get("kernel").session(module, limits)


def _use(cancel: Cancel, number: int, function: str, args: Any, abandoned: list[int]) -> Any:
    for place in abandoned:
        _handles[place] = None
    measure = Measure()
    return _sessions[number].call(function, *args, cancel=cancel, measure=measure), measure


def _drop(_cancel: Cancel, handle: Handle) -> None:
    handle.close()


def _close(_cancel: Cancel, number: int) -> None:
    _sessions.pop(number).close()


def _run(_cancel: Cancel, source: str) -> Any:
    space: dict[str, Any] = {}
    exec(source, space)
    return space.get("result")


_OPERATIONS = {"module": _module, "call": _call, "open": _open, "use": _use, "drop": _drop, "close": _close}
_OPERATIONS |= {"run": _run}
