"""What the engines in JavaScript have in common: they are asked by messages, and answer by messages.

A message is a header and binary attachments: the header's length (32 bits, little-endian), the header (JSON:
`{message, sizes}`), then attachments of these sizes. `src/wire/` is the other side.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import threading
from abc import ABC, abstractmethod
from collections import deque
from concurrent.futures import Future
from io import BytesIO
from itertools import count
from threading import Lock, RLock
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Final

from wasmcell.abi.handles import Handle
from wasmcell.abi.signature import Signature
from wasmcell.engines import apart, base
from wasmcell.engines.limits import default_limits
from wasmcell.engines.wire import Packer, Unpacker
from wasmcell.errors import (
    ArgumentTypeError,
    CancelledError,
    ClosedError,
    EngineUnavailableError,
    Error,
    InvalidArgumentError,
    LimitExceededError,
    ModuleError,
    RefusedError,
    TrappedError,
)
from wasmcell.modules.embedded import embedded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wasmcell.engines.limits import Cancel, Limits, Measure
    from wasmcell.modules import Module
    from wasmcell.modules.description import Resource

#: Seconds between two looks at whether a call was cancelled (or interrupted, where a wait cannot be).
_PERIOD: Final = 0.02
#: What the JavaScript side finds by itself, and what it is here.
_FAULTS: Final[dict[str, type[Error]]] = {
    "argument-type": ArgumentTypeError,
    "invalid-argument": InvalidArgumentError,
    "limit-exceeded": LimitExceededError,
    "cancelled": CancelledError,
    "trapped": TrappedError,
    "unavailable": EngineUnavailableError,
    "module": ModuleError,
    "closed": ClosedError,
    "refused": RefusedError,
}
_length = struct.Struct("<I")


def pack(message: Any, attachments: Sequence[Any]) -> list[Any]:
    """A message as chunks of bytes, to be written one after the other; attachments are not copied."""
    sizes = [memoryview(a).nbytes for a in attachments]
    header = json.dumps({"message": message, "sizes": sizes}, separators=(",", ":")).encode()
    return [_length.pack(len(header)) + header, *attachments]


def unpack(read: Callable[[int], bytes]) -> tuple[Any, list[bytes]]:
    """The next message; `read` gives as many bytes as it is asked for. Raises EOFError at the end."""

    def exactly(size: int) -> bytes:
        data = read(size)
        if len(data) != size:
            raise EOFError("the other side has ended")
        return data

    [size] = _length.unpack(exactly(4))
    header = json.loads(exactly(size))
    return header["message"], [exactly(size) if size else b"" for size in header["sizes"]]


def describe(module: Module) -> dict[str, Any]:
    """What the JavaScript side reads of a module's description."""
    # As it is written: the types say where the page's own callers leave something to their host.
    written = embedded(module.bytes) or {"types": [], "interfaces": []}
    params = {(i["name"], f["name"]): f["params"] for i in written["interfaces"] for f in i["functions"]}
    functions = [
        {
            "name": i.name,
            "functions": [{"name": f.name, "params": params.get((i.name, f.name), [])} for f in i.functions],
        }
        for i in module.description.interfaces
    ]
    cores = [{"offset": c.offset, "size": c.size} for c in module.description.core_modules]
    return {
        "module": module.name,
        "version": module.version,
        "sha256": module.sha256,
        "types": written["types"],
        "interfaces": functions,
        "core": {"modules": cores},
    }


def fault_error(fault: dict[str, Any]) -> Error:
    """What the JavaScript side found, as an error."""
    return _FAULTS.get(fault["code"], Error)(fault["message"])


class Frames:
    """Messages out of chunks of bytes, as they come."""

    def __init__(self) -> None:
        self._data = bytearray()

    def push(self, chunk: Any) -> Iterator[tuple[Any, list[bytes]]]:
        """Take the next chunk; gives the messages that it makes whole."""
        self._data += chunk
        while (end := self._end()) is not None:
            stream = BytesIO(self._data[:end])
            del self._data[:end]  # before it is heard: one that is heard badly must not come again
            yield unpack(stream.read)

    def _end(self) -> int | None:
        """Where the first message ends, if it is all here."""
        if len(self._data) < _length.size:
            return None
        [size] = _length.unpack_from(self._data)
        end = int(_length.size + size)
        if len(self._data) < end:
            return None
        end += sum(json.loads(self._data[_length.size : end])["sizes"])
        return end if len(self._data) >= end else None


class Link(ABC):
    """A connection to the JavaScript side, as long as that lives."""

    #: Names the page that private files are in.
    page = ""

    def __init__(self) -> None:
        self._ids = count(1)
        self._lock = Lock()
        self._modules: set[str] = set()
        self._pending: dict[int, Future[tuple[dict[str, Any], list[bytes]]]] = {}
        self._pid = os.getpid()
        #: Why it ended.
        self._end: Error | None = None

    @abstractmethod
    def send(self, message: Any, attachments: Sequence[Any] = ()) -> None:
        """Send a message. Raises OSError if the other side is gone."""

    @abstractmethod
    def source(self, module: Module) -> str:
        """Where the JavaScript side finds the module's bytes."""

    @abstractmethod
    def close(self) -> None:
        """End the other side."""

    @property
    def usable(self) -> bool:
        """Whether it lives, and is this process's own (a fork has only its parent's)."""
        return self._end is None and self._pid == os.getpid()

    def introduce(self, module: Module) -> None:
        """Tell the other side of a module, once."""
        if module.sha256 in self._modules:
            return
        self.request({"op": "module", "description": describe(module), "source": self.source(module)})
        self._modules.add(module.sha256)

    def request(
        self, message: dict[str, Any], attachments: Sequence[Any] = (), cancel: Cancel | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Ask, and wait for the answer. Raises TrappedError if the other side ends instead."""
        number = next(self._ids)
        answer: Future[tuple[dict[str, Any], list[bytes]]] = Future()
        with self._lock:
            if self._end is not None:
                raise self._end
            self._pending[number] = answer
        try:
            self.send({"id": number, **message}, attachments)
            told = False
            while True:
                try:
                    return apart.result(answer, _PERIOD if cancel is not None and not told else 1.0)
                except TimeoutError:
                    self.waited()
                    if cancel is not None and cancel.cancelled and not told:
                        told = True
                        self.send({"id": number, "op": "cancel"})
        except OSError as error:
            self.fail(TrappedError(f"The engine ended: {error}"))
            return answer.result()
        except BaseException:
            if not answer.done():
                self._abort(number)
            raise
        finally:
            self._pending.pop(number, None)

    def waited(self) -> None:  # noqa: B027 - most can rely on the other side's end being heard
        """Called now and then while an answer is awaited; may raise why none will come."""

    def _abort(self, number: int) -> None:
        with contextlib.suppress(OSError):  # what is gone needs no word
            self.send({"id": number, "op": "cancel"})

    def received(self, message: dict[str, Any], attachments: list[bytes]) -> None:
        """Take an answer; called by whatever thread reads."""
        answer = self._pending.get(message["id"])
        if answer is not None and not answer.done():
            answer.set_result((message, attachments))

    def fail_one(self, number: int, error: Error) -> None:
        """No answer to this request will come."""
        answer = self._pending.get(number)
        if answer is not None and not answer.done():
            answer.set_exception(error)

    def fail(self, error: Error) -> None:
        """The other side is gone: what is pending, and what comes, fails with this error."""
        with self._lock:
            if self._end is None:
                self._end = error
            pending = list(self._pending)
        for number in pending:
            self.fail_one(number, error)


class Remote(base.Engine):
    """An engine in JavaScript. Threads may call at the same time; each call has a worker of its own.

    `limits` are those of calls that name none. The other side is started at the first call; where it ends
    unexpectedly, the calls under way fail as TrappedError and the next one starts it again.
    """

    name: ClassVar[str]

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits
        self._link: Link | None = None
        self._lock = Lock()
        self._closed = False
        self._local = threading.local()

    @abstractmethod
    def _start(self) -> Link:
        """Start the other side. Raises EngineUnavailableError."""

    @property
    def worker_seconds(self) -> float:
        """How long this thread's last call took in its worker, without the way there and back."""
        return getattr(self._local, "seconds", 0.0)

    def call(
        self,
        module: Module,
        function: str,
        *args: Any,
        limits: Limits | None = None,
        cancel: Cancel | None = None,
        measure: Measure | None = None,
    ) -> Any:
        """Call a function in a fresh instance; as `Kernel.call`."""
        link = self._connect()
        link.introduce(module)
        return self.call_on(link, module, function, args, limits=limits, cancel=cancel, measure=measure)

    def call_on(
        self,
        link: Link,
        module: Module,
        function: str,
        args: Sequence[Any],
        *,
        limits: Limits | None,
        cancel: Cancel | None,
        measure: Measure | None,
    ) -> Any:
        """Call a function in a fresh instance at the other end of a link."""
        target = {"op": "call", "module": module.sha256}
        return self.invoke(
            link,
            module,
            function,
            args,
            target=target,
            owner=_Nowhere(module),
            limits=limits,
            cancel=cancel,
            measure=measure,
        )

    def session(self, module: Module, limits: Limits | None = None) -> Session:
        """A kept instance, for resources, in a worker of its own. Its limits are those of each call."""
        link = self._connect()
        link.introduce(module)
        return Session(self, link, module, limits or self._limits or default_limits())

    def close(self) -> None:
        """End the other side, with all calls and sessions. Doing so again does nothing."""
        with self._lock:
            self._closed = True
            if self._link is not None and self._link.usable:
                self._link.fail(ClosedError(f"This {self.name} engine is already closed."))
                self._link.close()
            self._link = None

    def _connect(self) -> Link:
        with self._lock:
            if self._closed:
                raise ClosedError(f"This {self.name} engine is already closed.")
            if self._link is None or not self._link.usable:
                self._link = self._start()
            return self._link

    def invoke(
        self,
        link: Link,
        module: Module,
        name: str,
        args: Sequence[Any],
        *,
        target: dict[str, Any],
        owner: Any,
        limits: Limits | None,
        cancel: Cancel | None,
        measure: Measure | None,
        keep: str | None = None,
    ) -> Any:
        """Call a function where `target` says; `owner` has the resources; `keep` is as for a `Session`."""
        began = perf_counter()
        if cancel is not None and cancel.cancelled:
            raise CancelledError("The call was cancelled before it began.")
        limits = limits or self._limits or default_limits()
        signatures = module.compiled.setdefault(Signature, {})
        signature = signatures.get(name) or signatures.setdefault(
            name, Signature(module.description.function(name))
        )
        function, packer = signature.function, Packer(owner)
        message = {
            **target,
            "function": f"{function.interface}#{function.name}",
            "args": packer.arguments(signature, args),
            "memory": limits.memory,
            "seconds": limits.seconds,
            **({} if keep is None else {"keep": keep}),
        }
        for handle in packer.transferred:
            handle.forget()
        answer, attachments = link.request(message, packer.attachments, cancel)
        unpacker = Unpacker(attachments, owner.adopt, link.page)
        if "fault" in answer:
            raise _error(unpacker, signature, answer["fault"])
        value = answer["value"]
        value = unpacker.result(function, value) if keep is None else unpacker.file(value)
        self._local.seconds = answer["seconds"]
        if measure is not None:
            measure.seconds = perf_counter() - began
            measure.bytes_in = sum(memoryview(a).nbytes for a in packer.attachments)
            measure.bytes_out = sum(map(len, attachments))
        return value


def _error(unpacker: Unpacker, signature: Signature, fault: dict[str, Any]) -> Error:
    error = unpacker.failure(signature.function, fault)
    if error is not None:
        return error
    kind, text = _FAULTS.get(fault["code"], Error), fault["message"]
    if kind is LimitExceededError and (what := next((w for w in ("memory", "seconds") if w in text), None)):
        text = f"{text.rstrip('.')}; Limits({what}=…), --{what} or WASMCELL_{what.upper()} sets another."
    return kind(f"{signature.function.name}: {text}" if kind is TrappedError else text)


class _Nowhere:
    """The owner of resources in a fresh instance: there are none."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def adopt(self, resource: Resource, number: int) -> Handle:
        raise InvalidArgumentError(
            f"A {resource} lives in the instance that made it: call this in a session of {self._module.name}."
        )


class Session(base.Session):
    """A kept instance of a module in a worker. Calls from several threads wait for each other.

    A trap, a time limit or a cancellation ends the session: later calls say so.
    """

    def __init__(self, engine: Remote, link: Link, module: Module, limits: Limits) -> None:
        self.module = module
        self._engine = engine
        self._link = link
        self._limits = limits
        self._lock = RLock()
        self._abandoned: deque[Handle] = deque()
        self._closed = False
        asked = {"op": "open", "module": module.sha256, "memory": limits.memory, "seconds": limits.seconds}
        answer, _ = link.request(asked)
        if "fault" in answer:
            raise fault_error(answer["fault"])
        self._number: int = answer["value"]

    def call(
        self,
        function: str,
        *args: Any,
        cancel: Cancel | None = None,
        measure: Measure | None = None,
        keep: str | None = None,
    ) -> Any:
        """Call a function; as `Kernel.call`, in this instance. Methods take their resource first.

        With `keep` the answer to a question about a private file stays where that is, as a file of this name.
        """
        with self._lock:
            if self._closed:
                raise ClosedError(f"This session of {self.module.name} is already closed.")
            while self._abandoned:
                self._drop(self._abandoned.popleft())
            target = {"op": "use", "session": self._number}
            return self._engine.invoke(
                self._link,
                self.module,
                function,
                args,
                target=target,
                owner=self,
                limits=self._limits,
                cancel=cancel,
                measure=measure,
                keep=keep,
            )

    def adopt(self, resource: Resource, number: int) -> Handle:
        """A resource that the module hands out becomes Python's."""
        return Handle(self, resource.number, str(resource), number)

    def release(self, handle: Handle) -> None:
        """End a resource of Python's."""
        with self._lock:
            if not self._closed and self._link.usable:
                self._drop(handle)

    def abandon(self, handle: Handle) -> None:
        """End a resource at the next occasion; called by the garbage collector."""
        self._abandoned.append(handle)

    def _drop(self, handle: Handle) -> None:
        answer, _ = self._link.request({"op": "drop", "session": self._number, "resource": handle.rep})
        if "fault" in answer:
            fault = answer["fault"]
            raise _FAULTS.get(fault["code"], Error)(f"the destructor of {handle.name}: {fault['message']}")

    def close(self) -> None:
        """Let go of the instance and of all resources in it. Doing so again does nothing."""
        with self._lock:
            if not self._closed:
                self._closed = True
                if self._link.usable:
                    self._link.request({"op": "close", "session": self._number})
