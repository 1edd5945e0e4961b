"""The engine `browser`: modules run in the page in which a notebook is open, in its vault.

A page is reached through the widgets that it shows: each is a channel between kernel and page
(`wasmcell/widgets/link.py`, `src/widgets/link.ts`). A private file belongs to a page, not to a widget, so it
outlives the cell that made it.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import gzip
import re
import weakref
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from itertools import chain
from pathlib import Path
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from wasmcell import crossings
from wasmcell.engines import apart
from wasmcell.engines.hearing import hearing
from wasmcell.engines.limits import default_limits
from wasmcell.engines.remote import Link, Remote, Session, describe, fault_error, pack
from wasmcell.engines.wire import FileRef
from wasmcell.errors import BlockingError, ClosedError, EngineUnavailableError, Error, InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wasmcell.engines.limits import Cancel, Limits, Measure
    from wasmcell.modules import Module

T = TypeVar("T")
STATIC: Final = Path(__file__).parents[1] / "static"
#: Bytes in one message. Jupyter's server takes 10 MiB from a page, and shorter ones let others through.
PIECE: Final = 4 << 20
#: Seconds that a page may take to say that it is there.
READY: Final = 20.0
#: Seconds of silence after which a page that is waited for is asked whether it is there, and is given up.
_ASK: Final = 2
_GIVE_UP: Final = 12
#: What is left out of `wasmcell:image/image@0.1.0#probe`.
_FUNCTION: Final = re.compile(r"^.*:(.*)/.*#")
#: Seconds between two looks whether messages can come in at all.
_TICK: Final = 0.5


class Channel(Protocol):
    """A widget, as a way to the pages that show it."""

    @property
    def reachable(self) -> bool:
        """Whether it can be spoken by."""

    def put(self, page: str, chunk: Any) -> None:
        """Send bytes to a page. Raises OSError if the widget is closed."""


class Page(Link):
    """A page (one load of it), by whichever of its widgets lives."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        #: Whether it was closed or reloaded.
        self.left = False
        self._channels: deque[Channel] = deque()
        #: By which of them each request went: the answer comes by the same.
        self._ways: dict[int, Channel] = {}
        self._sending = RLock()
        self._introducing = RLock()
        self._heard = monotonic()
        self._silent = 0.0
        self._asked = 0.0
        self._looked = 0.0
        self._turned = False
        self._forgotten: deque[dict[str, Any]] = deque()

    @property
    def heard(self) -> float:
        """When it gave its last sign of life."""
        return self._heard

    @property
    def usable(self) -> bool:
        return super().usable and any(channel.reachable for channel in self._channels)

    def join(self, channel: Channel) -> None:
        """A widget of this page that can be spoken with."""
        with self._sending:
            if channel not in self._channels:
                self._channels.append(channel)
            self._end = None
            self.left = False
        self.hear()

    def part(self, channel: Channel) -> None:
        """A widget is closed: no answer comes by it any more. With the last one the page is out of reach."""
        with self._sending, contextlib.suppress(ValueError):
            self._channels.remove(channel)
        for number, way in list(self._ways.items()):
            if way is channel:
                self.fail_one(
                    number, ClosedError("The widget that asked the page was closed; run this again.")
                )
        if not self._channels:
            self.fail(ClosedError("All of wasmcell's widgets in the page were closed."))

    def close(self) -> None:
        """The page was closed or reloaded."""
        with self._sending:
            self._channels.clear()
            self.left = True
        self.fail(ClosedError("The page was closed or reloaded."))

    def hear(self) -> None:
        """The page gave a sign of life."""
        self._heard = monotonic()
        self._silent = 0.0

    def send(self, message: Any, attachments: Sequence[Any] = (), by: Channel | None = None) -> None:
        with self._sending:
            those = [channel for channel in self._channels if channel.reachable]
            if not those:
                raise OSError("all of its widgets were closed")
            number = message.get("id")
            wanted = by or self._ways.get(number)
            channel = wanted if wanted in those and wanted is not None else those[-1]
            self._ways = {one: way for one, way in self._ways.items() if one in self._pending}
            self._ways[number] = channel
            for piece in _pieces(pack(message, attachments)):
                channel.put(self.page, piece)

    def request(
        self, message: dict[str, Any], attachments: Sequence[Any] = (), cancel: Cancel | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        self._heard = monotonic()  # it cannot have answered before it was asked
        self._silent = 0.0
        self._forget()
        what, names = "", []
        if message["op"] in ("call", "use"):
            names = list(_packed_names(message["args"]))
            what = " ".join([_FUNCTION.sub(r"\1 ", message["function"]), *names])
            # When it goes, and not when an answer comes: there may be none.
            crossings.record("kernel", "page", what, sum(memoryview(one).nbytes for one in attachments))
        answer, given = super().request(message, attachments, cancel)
        if what:
            bytes_out = sum(map(len, given)) + (crossings.json_size(answer) if names else 0)
            crossings.record("page", "kernel", what, bytes_out)
        return answer, given

    def ask(
        self, message: dict[str, Any], attachments: Sequence[Any] = (), cancel: Cancel | None = None
    ) -> tuple[Any, list[bytes]]:
        """Ask, and wait for the answer's value and attachments. Raises what the page answers."""
        answer, given = self.request(message, attachments, cancel)
        if "fault" in answer:
            raise fault_error(answer["fault"])
        return answer["value"], given

    def forget(self, file: dict[str, Any]) -> None:
        """Let go of a file in the page, at the next occasion; called by the garbage collector."""
        self._forgotten.append(file)
        loop = _kernel_loop()
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._forget)

    def _forget(self) -> None:
        with contextlib.suppress(OSError):  # what is gone holds nothing
            while self._forgotten:
                self.send({"id": 0, "op": "forget", "file": self._forgotten.popleft()})

    def source(self, module: Module) -> str:
        return module.sha256

    def introduce(self, module: Module) -> None:
        """Tell the page of a module, and send its bytes unless it has them: once a page."""
        with self._introducing:
            if module.sha256 in self._modules:
                return
            has, _ = self.ask({"op": "has", "sha256": module.sha256})
            if not has:
                packed = gzip.compress(module.bytes, 6)
                message = {"op": "module", "description": describe(module), "source": module.sha256}
                self.ask(message, [packed])
                crossings.record("kernel", "page", f"module {module.name}", len(packed))
            self._modules.add(module.sha256)

    def waited(self) -> None:
        now = monotonic()
        if now - self._looked < _TICK:
            return
        self._looked = now
        # A kernel that is busy hears nothing: only silence while messages could come in counts.
        if self._turned:
            self._silent += _TICK
        self._turned = False
        loop = _kernel_loop()
        if loop is None or loop.is_closed():
            self._turned = True
        else:
            loop.call_soon_threadsafe(setattr, self, "_turned", True)
        if self._silent > _GIVE_UP:
            self.fail(ClosedError("The page does not answer; it was perhaps closed or reloaded."))
        elif self._silent > _ASK and now - self._asked > _ASK:
            self._asked = now
            with contextlib.suppress(OSError):
                self.send({"id": 0, "op": "ping"})


class Browser(Remote):
    """Runs modules in the page in which this notebook is open.

    What is private runs in the page that has it; anything else in the page that was heard of last, to which
    it is sent. The page answers while this thread does other things, so its calls are made in other threads:
    `arun` and its like do that.
    """

    name = "browser"

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits)
        try:
            import anywidget  # noqa: F401
            import IPython  # noqa: F401
        except ImportError as error:
            raise EngineUnavailableError(f"The engine browser needs {error.name}: install it.") from error

    def call(
        self,
        module: Module,
        function: str,
        *args: Any,
        limits: Limits | None = None,
        cancel: Cancel | None = None,
        measure: Measure | None = None,
    ) -> Any:
        """Call a function in a fresh instance; as `Kernel.call`, but not in the event loop's own thread."""
        must_not_block()
        files = list(_files(args))  # those in its options, too
        page = page_of(*files) if files else any_page()
        with about(page, *files):
            page.introduce(module)
            value = self.call_on(page, module, function, args, limits=limits, cancel=cancel, measure=measure)
        for made in _files(value):
            weakref.finalize(made, page.forget, made.packed)
        return value

    def session(self, module: Module, limits: Limits | None = None, page: Page | None = None) -> Session:
        """A kept instance in a page; in the one that was heard of last unless told."""
        must_not_block()
        page = page or any_page()
        page.introduce(module)
        return Session(self, page, module, limits or self._limits or default_limits())

    def close(self) -> None:
        """Do nothing: pages are their own."""

    def _start(self) -> Link:
        return any_page()


_pages: dict[str, Page] = {}
#: Who wait for a page.
_waiting: list[Future[None]] = []


def page(name: str) -> Page:
    """The page of that name, known or new."""
    return _pages.get(name) or _pages.setdefault(name, Page(name))


def arrived() -> None:
    """A page can be spoken with."""
    while _waiting:
        _waiting.pop().set_result(None)


def page_of(*files: FileRef) -> Page:
    """The page that has these files.

    Raises
    ------
    ClosedError
        It was closed or reloaded.
    InvalidArgumentError
        They are in different pages.
    """
    names = {file.page for file in files}
    if len(names) > 1:
        raise InvalidArgumentError(f"{_listed(files)} are in different pages; choose them in one.")
    found = _pages.get(names.pop())
    if found is None or not found.usable:
        raise _gone_error(files)
    return found


def any_page() -> Page:
    """The page that was heard of last; where there is none, one that answers now.

    Raises
    ------
    EngineUnavailableError
        None does.
    """
    # Engines know no widgets; but where there is none yet, one must be made to find a page.
    from wasmcell.widgets.link import PageWidget

    if (found := _latest()) is None:
        if _kernel() is None:
            raise EngineUnavailableError(
                "The engine browser runs in the page of a notebook; this is none, or it shows none of "
                "wasmcell's widgets. Use the engine kernel."
            )
        arrival: Future[None] = Future()
        _waiting.append(arrival)
        widget = PageWidget()
        try:
            with contextlib.suppress(TimeoutError):
                apart.result(arrival, READY)
        finally:
            if (found := _latest()) is None:
                widget.close()
            if arrival in _waiting:
                _waiting.remove(arrival)
    if found is None:
        raise EngineUnavailableError(
            f"No page answered within {READY:.0f} s. The engine browser needs this notebook to be open in a "
            "browser, and widgets to work there (in some hosts: install anywidget beside the front-end). Use "
            "the engine kernel elsewhere."
        )
    return found


def _latest() -> Page | None:
    return max((one for one in list(_pages.values()) if one.usable), key=lambda one: one.heard, default=None)


def must_not_block() -> None:
    """Raise BlockingError where waiting would keep the page's answer from coming in."""
    if apart.is_apart():
        return
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise BlockingError(
        "What runs in the page cannot be waited for by blocking: its answer could not come in. Await it: "
        "`await ….arun(engine='browser')`."
    )


async def heard(function: Callable[..., T], *args: Any, **options: Any) -> T:
    """As `apart.future`, for what waits for the page: it is heard meanwhile, in every host."""
    return await hearing(apart.future(function, *args, **options))


@contextlib.contextmanager
def about(page: Page, *files: FileRef) -> Iterator[None]:
    """Where it fails, say with which files; where the page goes away meanwhile, that."""
    try:
        yield
    except Error as error:
        if not page.usable:
            raise _gone_error(files) from error
        if all(_is_named(file.name, str(error)) for file in files):
            raise
        # A copy: others may wait for the same error.
        named = copy.copy(error)
        named.args = (f"{_listed(files)}: {error}", *error.args[1:])
        raise named from error.__cause__


def _is_named(name: str, text: str) -> bool:
    """Whether a text speaks of a file; a short name, such as ``a``, can stand in any."""
    return text.startswith((f"{name}:", f"The file {name} ")) or ("." in name and name in text)


def _gone_error(files: Sequence[FileRef]) -> ClosedError:
    if not files:
        return ClosedError("The page was closed or reloaded while it worked; run this again.")
    them = "file" if len(files) == 1 else "files"
    return ClosedError(
        f"The page that holds {_listed(files)} was closed or reloaded; choose the {them} again."
    )


def _listed(files: Sequence[FileRef]) -> str:
    return ", ".join(file.name for file in files)


def _files(value: Any) -> Iterator[FileRef]:
    """The private files in arguments or in an answer."""
    if isinstance(value, FileRef):
        yield value
    elif isinstance(value, (list, tuple)):
        yield from chain.from_iterable(map(_files, value))
    elif isinstance(value, Mapping):
        yield from _files(list(value.values()))


def _packed_names(data: Any) -> Iterator[str]:
    """The names of the private files in packed arguments."""
    if isinstance(data, dict):
        if "$file" in data:
            yield data["name"]
        else:
            yield from chain.from_iterable(map(_packed_names, data.values()))
    elif isinstance(data, list):
        yield from chain.from_iterable(map(_packed_names, data))


def _pieces(chunks: Sequence[Any]) -> Iterator[memoryview]:
    """Chunks as pieces that are short enough for one message."""
    for chunk in chunks:
        view = memoryview(chunk).cast("B")
        for start in range(0, view.nbytes, PIECE):
            yield view[start : start + PIECE]


def scripts() -> list[bytes]:
    """What a page needs to start its bridge, packed: the vault's script and the worker's."""
    return [gzip.compress((STATIC / name).read_bytes(), 6) for name in ("vault-frame.js", "worker.js")]


def _kernel_loop() -> asyncio.AbstractEventLoop | None:
    """The loop in which the kernel hears messages."""
    if apart.IN_PAGE:
        return asyncio.get_event_loop()
    return getattr(getattr(_kernel(), "io_loop", None), "asyncio_loop", None)


def _kernel() -> Any:
    """The kernel of the notebook that this process belongs to, or None."""
    from IPython.core.getipython import get_ipython

    return getattr(get_ipython(), "kernel", None)
