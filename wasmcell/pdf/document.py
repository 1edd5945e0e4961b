"""Open documents."""

from __future__ import annotations

import contextlib
import os
import time
import weakref
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, Self, overload

from wasmcell import operations, sources
from wasmcell.abi.values import Case
from wasmcell.engines import apart
from wasmcell.errors import (
    ArgumentTypeError,
    ClosedError,
    InvalidArgumentError,
    LimitExceededError,
    MalformedError,
    PrivateError,
    TrappedError,
    UnsupportedError,
)
from wasmcell.modules import description as wit
from wasmcell.pdf import encryption, inputs
from wasmcell.pdf.page import Page, Pages, on_pages
from wasmcell.pdf.redactions import Redactions
from wasmcell.pipeline import methods, targets
from wasmcell.pipeline.result import Result
from wasmcell.pipeline.run import naming, with_files

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from wasmcell.engines import Session
    from wasmcell.operations.operation import Operation

_MODULE = "pdf"
_OVER_ALL = ("text", "words", "search", "annotations", "images")
"""What a document has of these is what its pages have, one after the other."""
_OWN = ("open", "page-count", "apply", "save", "redactions")
"""What has a method of its own here."""


def _on_documents() -> list[Operation]:
    """The methods that read the document as a whole, and those that can be asked of all its pages."""
    pages = on_pages()
    known = operations.methods(_MODULE, "document").values()
    whole = [one for one in known if one.name not in (*pages, *_OWN)]
    return [*whole, *(pages[name] for name in _OVER_ALL)]


_OUTPUT = operations.find(f"{_MODULE}.encode pdf")

if TYPE_CHECKING:
    _DocumentMethods: Any
    _DocumentSteps: Any
else:
    _DocumentMethods = methods.of_resource(_on_documents(), "Document")
    _DocumentSteps = methods.of(_MODULE, "Document", ("step",))


class Room:
    """A session with the documents that are open in it. It ends with the last of them.

    Nor does it end while one is made: the last of the others might be closed before the new one is known.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.documents: weakref.WeakSet[Document] = weakref.WeakSet()
        # Held for no longer than it takes to look: where there are no threads, tasks share it.
        self._lock = Lock()
        self._made = 0
        self._error: BaseException | None = None
        """What the last call ended with, if it may have ended the session."""
        # Apart: the garbage collector may come while this one speaks with the engine.
        end = weakref.finalize(self, lambda: apart.start(session.close))
        end.atexit = False

    def call(self, name: str, method: str, *args: Any) -> Any:
        """Call a method of the document with this name; where an earlier call ended the session, say so."""
        try:
            answer = self.session.call(method, *args)
        except (TrappedError, LimitExceededError, KeyboardInterrupt) as error:
            if self._error is None:
                self._error = error
            elif isinstance(error, TrappedError):
                earlier = ": ".join(filter(None, [type(self._error).__name__, str(self._error)]))
                end = "" if earlier.endswith(".") else "."
                raise TrappedError(
                    f"{name} was closed by an earlier {earlier}{end} Open it again."
                ) from error
            raise
        self._error = None
        return answer

    @contextlib.contextmanager
    def making(self) -> Iterator[None]:
        """A document is made."""
        with self._lock:
            self._made += 1
        try:
            yield
        finally:
            with self._lock:
                self._made -= 1
                empty = self._empty
            if empty:
                self.session.close()

    def leave(self, document: Document) -> None:
        """A document is closed."""
        with self._lock:
            self.documents.discard(document)
            empty = self._empty
        if empty:
            self.session.close()
        else:
            with contextlib.suppress(TrappedError):  # a session that was ended has let go of all
                document._handle.close()  # noqa: SLF001

    @property
    def _empty(self) -> bool:
        return not self.documents and not self._made


class Document(_DocumentSteps, _DocumentMethods):  # type: ignore[misc]
    """An open document: a sequence of pages, which `open` gives.

    ``document[0]`` is its first page, whose number is 1. `rotate`, `select`, `redact` and so on each give
    another document, and leave this one as it is. It is closed by `close`, by leaving a ``with`` block, or
    when nothing refers to it or its pages any more. Threads may use it; calls wait for each other. A call
    that runs into a limit ends it, and all that were made of the same file: later calls say so.

    Attributes
    ----------
        name: what people know the file by.
        engine: the name of the engine that it is open on.
    """

    def __init__(
        self,
        room: Room,
        handle: Any,
        name: str,
        paths: Iterable[str],
        engine: str,
        *,
        encrypted: str = "",
    ) -> None:
        self.name = name
        self.engine = engine
        self._paths = tuple(paths)
        self._encrypted = encrypted
        """A file that it is made of and that is, so that nobody lays it open unawares."""
        self._room = room
        self._session = room.session
        self._handle = handle
        self._closed = False
        self._fonts: list[dict[str, Any]] = []
        room.documents.add(self)
        self._count: int = self._ask("page-count", {})

    @cached_property
    def info(self) -> Any:
        """What the document is: `describe`, asked once."""
        return self.describe()

    @property
    def pages(self) -> Pages:
        """Its pages, of which ``[2:10]`` is another document."""
        return Pages(self)

    @cached_property
    def redactions(self) -> Redactions:
        """What `redact` did to make this document, page by page."""
        return Redactions(self._ask("redactions", {}))

    def then(self, operation: str | Operation, *args: Any, **options: Any) -> Document:
        """Another document, made of this one by a step, such as ``"pdf.rotate"``."""
        found = operations.find(operation) if isinstance(operation, str) else operation
        if (found.module, found.kind) != (_MODULE, "step"):
            raise InvalidArgumentError(f"{found} is no step that changes documents")
        return self._apply([(found, found.bind(*args, **options))])

    @methods.taking(_OUTPUT)
    def bytes(self, **output: Any) -> builtins.bytes:
        """The document as a file."""
        return self._warned(output).bytes

    @methods.taking(_OUTPUT)
    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False, **output: Any) -> Result:
        """Write the document as a file, as a whole or not at all.

        Parameters
        ----------
        path : path or URL that fsspec understands
        overwrite : bool, default False
            Whether it may be a file that the document was opened from, or got pages or attachments from.

        Returns
        -------
        Result

        Raises
        ------
        ArgumentTypeError
            It is no path.
        InvalidArgumentError
            It is such a file, or its extension is not that of a PDF file.
        OSError
            The path cannot be written; an existing file is left as it was.

        Warns
        -----
        EncryptionWarning
            The source is encrypted, and this file is not, as it has no password of its own.
        """
        if not isinstance(path, (str, os.PathLike)):
            raise ArgumentTypeError(
                f"save: the path must be a path or a URL, not {type(path).__name__}; "
                ".bytes() gives the file itself."
            )
        target = os.fspath(path)
        targets.case_of(_MODULE, target)
        if not overwrite and targets.identity(target) in map(targets.identity, self._paths):
            raise InvalidArgumentError(
                f"save: the document was made of {target}, which would be overwritten: save it under "
                "another name, or say overwrite=True"
            )
        result = self._warned(output)
        targets.write(target, result.bytes)
        return result

    def __wasmcell_source__(self) -> sources.Data:
        """As an input of another operation: its file."""
        return encryption.Opened(self._written({}).bytes, self.name, self._paths, self._encrypted)

    def _warned(self, options: dict[str, Any]) -> Result:
        output = _OUTPUT.bind(**options)
        if self._encrypted:
            encryption.warn(self._encrypted, output, stacklevel=3)
        return self._written(output)

    def _written(self, options: dict[str, Any]) -> Result:
        start = time.perf_counter()
        data = self._ask("save", {"output": Case(_OUTPUT.case, options)})
        return Result(data, _OUTPUT.case, self.engine, time.perf_counter() - start, 0, len(data))

    def _apply(self, steps: Sequence[tuple[Operation, dict[str, Any]]]) -> Document:
        """Another document in the same session, which has the same fonts."""
        cases: list[Case] = []
        named: list[list[sources.Source]] = []
        appended: list[sources.Source] = []
        paths = dict.fromkeys(self._paths)
        for operation, options in steps:
            filled, files = filled_here(operation, options)
            for file in files:
                paths.update(dict.fromkeys(sources.paths(file)))
            cases.append(Case(operation.case, filled if operation.payload else None))
            named.append(files)
            appended += files if operation.name == "append" else []
        with self._room.making():
            try:
                handle = self._ask("apply", {"steps": cases})
            except (MalformedError, InvalidArgumentError, UnsupportedError):
                if len(appended) == len(cases) > 1:  # which of them?
                    for step in steps:
                        self._apply([step]).close()
                with naming(*appended) if appended else contextlib.nullcontext():
                    raise
            others = list(inputs.put_in(cases, named))
            encrypted = self._encrypted or encryption.among(others, self._is_encrypted)
            made = Document(self._room, handle, self.name, paths, self.engine, encrypted=encrypted)
        made._fonts = self._fonts
        for file, data in others:
            inputs.warn_if_cut(file.name, data, stacklevel=4)
        if any(case.name == "redact" for case in cases):
            made.redactions.warn(self.name, len(self.redactions.reports))
        return made

    def _is_encrypted(self, data: Any) -> bool:
        """Whether another file is encrypted."""
        return bool(self._room.call(self.name, "probe", data, None).encrypted)

    def close(self) -> None:
        """Let go of the document; those that were made of it stay. Doing so again does nothing."""
        if not self._closed:
            self._closed = True
            self._room.leave(self)

    def _call(self, operation: Operation, options: dict[str, Any]) -> Any:
        if operation.name not in _OVER_ALL:
            options, _ = filled_here(operation, options)
            answer = self._ask(operation.name, options)
            if operation.name == "use-fonts":
                self._fonts = options["fonts"]
            return answer
        found = [getattr(page, operation.python_name)(**options) for page in self]
        return found if operation.name == "text" else [one for answer in found for one in answer]

    def _ask(self, name: str, options: dict[str, Any]) -> Any:
        """Call a method of the resource; records among its parameters take the options of their fields."""
        if self._closed:
            raise ClosedError(f"{self.name} is already closed.")
        method = f"[method]document.{name}"
        arguments: list[Any] = []
        for param in self._session.module.description.function(method).params[1:]:
            record = wit.resolve(param.type)
            if isinstance(record, wit.Record):
                arguments.append({f.name: options[f.name] for f in record.fields if f.name in options})
            else:
                arguments.append(options.get(param.name))
        return self._room.call(self.name, method, self._handle, *arguments)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> list[Page]: ...
    def __getitem__(self, index: int | slice) -> Page | list[Page]:
        numbers = range(1, self._count + 1)
        if isinstance(index, slice):
            return [Page(self, number) for number in numbers[index]]
        try:
            return Page(self, numbers[index])
        except IndexError:
            raise IndexError(f"{self!r} has no page [{index}]") from None
        except TypeError:
            raise ArgumentTypeError(
                f"a page is asked for by a number from 0, pages by a slice, not by {type(index).__name__}; "
                'document.select("1,3") makes a document of some of them, counted from 1'
            ) from None

    def __getattr__(self, name: str) -> Any:
        """Raise AttributeError; where pages have what is asked for, it says so."""
        is_of_pages = not name.startswith("_") and name in {one.python_name for one in on_pages().values()}
        hint = f"; its pages have it: document[0].{name}" if is_of_pages else ""
        raise AttributeError(f"a Document has no {name}{hint}", name=name, obj=self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"{self._count} page{'s' * (self._count != 1)}"
        return f"<Document {self.name}, {state}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from wasmcell import display

        return display.of_document(self)


def filled_here(operation: Operation, options: dict[str, Any]) -> tuple[dict[str, Any], list[sources.Source]]:
    """As `with_files`. Raises PrivateError where one of the files is in the page."""
    filled, files = with_files(operation, options)
    for file in files:
        must_be_here(file)
    return filled, files


def must_be_here(given: Any) -> None:
    """Raise PrivateError for what is in the page."""
    from wasmcell.private import PrivateDocument

    if isinstance(given, (sources.Private, PrivateDocument)):
        raise PrivateError(
            f"{given.name} is private, its bytes are in the page: add it to a private document there, or "
            "bring it here by `await file.pull()`, if the person at the page allows it."
        )
