"""Documents out of pictures, text, blocks.

All options are derived from the description of the WebAssembly module ``pdf-make``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wasmcell import engines, modules, operations, sources
from wasmcell.abi.values import Case
from wasmcell.errors import ArgumentTypeError, InvalidArgumentError, PrivateError
from wasmcell.operations.parameters import did_you_mean, listed
from wasmcell.pipeline import methods
from wasmcell.pipeline.result import Result
from wasmcell.pipeline.run import naming, with_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wasmcell.engines import Engine
    from wasmcell.engines.limits import Limits
    from wasmcell.image import Image

__all__ = ["from_document", "from_images", "from_text"]

_MODULE = "pdf-make"
_IMAGES, _TEXT, _BLOCKS = (
    operations.function(_MODULE, name) for name in ("from-images", "from-text", "from-blocks")
)

_AS_THEY_ARE = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""How files begin that the module takes: JPEG and PNG. All others become PNG."""


@methods.taking(_IMAGES)
def from_images(
    images: Any, *, engine: str | Engine | None = None, limits: Limits | None = None, **options: Any
) -> Result:
    """Make a document of pictures, one a page.

    A JPEG file goes into it unchanged, byte for byte, and is shown upright; all else is packed without loss.

    Parameters
    ----------
    images : sequence of paths, URLs, bytes-like, file objects, arrays, Images or Results, or one of these
        Whatever `image.open` takes. ``{"image": …, "alt": …}`` says what there is to see as well.
    engine : str or Engine, optional
        Where it is made: ``kernel`` unless told.
    limits : Limits, optional
        What each call may use.

    Returns
    -------
    Result
        With ``.save(path)`` and ``.bytes``; `pdf.open` opens it.

    Raises
    ------
    MalformedError
        A picture cannot be read.
    InvalidArgumentError
        An option is wrong.
    PrivateError
        A picture is private; it is worked on in the page.
    OSError
        A source cannot be read.
    """
    many = isinstance(images, (list, tuple)) or (isinstance(images, Iterator) and not hasattr(images, "read"))
    run = _Run(engine, limits)
    pictures = [run.picture(one) for one in (images if many else [images])]
    return run(_IMAGES, pictures, options)


@methods.taking(_TEXT)
def from_text(
    text: Any, *, engine: str | Engine | None = None, limits: Limits | None = None, **options: Any
) -> Result:
    r"""Make a document of plain text. Lines that are too long are wrapped; ``"\f"`` starts a new page.

    Parameters
    ----------
    text : str, path, bytes-like or file object
        The text itself as a str, or a file with UTF-8: a `pathlib.Path` and whatever else `image.open` takes.
    engine : str or Engine, optional
        Where it is made: ``kernel`` unless told.
    limits : Limits, optional
        What each call may use.

    Returns
    -------
    Result
        With ``.save(path)`` and ``.bytes``; `pdf.open` opens it.

    Raises
    ------
    MalformedError
        A file is no UTF-8, or a font cannot be read.
    UnsupportedError
        No font has one of the characters; says which.
    InvalidArgumentError
        An option is wrong.
    """
    data = text.encode() if isinstance(text, str) else _file(text)
    return _Run(engine, limits)(_TEXT, data, options)


@methods.taking(_BLOCKS)
def from_document(
    blocks: Iterable[Any], *, engine: str | Engine | None = None, limits: Limits | None = None, **options: Any
) -> Result:
    """Make a document of blocks.

    >>> pdf.from_document([
    ...     {"heading": "Results"},
    ...     "A string is a paragraph.",
    ...     {"item": "of a list", "number": 1},
    ...     {"table": [["a", 1], ["b", 2]], "header": ["name", "count"]},
    ...     {"figure": "plot.png", "width": 300, "caption": "A picture"},
    ...     {"page-break": True},
    ...     {"heading": "Code", "level": 2},
    ...     {"code": "print(1)"},
    ... ]).save("report.pdf")  # doctest: +SKIP

    A data frame may stand for the rows of a table. The outline leads to the headings.

    Parameters
    ----------
    blocks : iterable of str and dict
        The first key of a dict names the block, its value is what the block is made of, and the others are
        its options.
    engine : str or Engine, optional
        Where it is made: ``kernel`` unless told.
    limits : Limits, optional
        What each call may use.

    Returns
    -------
    Result
        With ``.save(path)`` and ``.bytes``; `pdf.open` opens it.

    Raises
    ------
    MalformedError
        A picture or a font cannot be read.
    UnsupportedError
        No font has one of the characters; says which.
    InvalidArgumentError
        A block or an option is wrong.
    """
    run = _Run(engine, limits)
    if isinstance(blocks, (str, bytes, Mapping)):
        raise ArgumentTypeError(
            f"from_document: blocks must be a list of blocks, not {type(blocks).__name__}"
        )
    found = []
    for number, one in enumerate(blocks, 1):
        try:
            found.append(run.block(one))
        except InvalidArgumentError as error:
            raise InvalidArgumentError(f"block {number}: {error}") from None
    return run(_BLOCKS, found, options)


class _Run:
    """Where a document is made."""

    def __init__(self, engine: str | Engine | None, limits: Limits | None) -> None:
        self.engine = engines.chosen(engine)
        self.limits = engines.Limits.given(limits)

    def __call__(self, operation: operations.Operation, first: Any, options: dict[str, Any]) -> Result:
        if fonts := options.get("fonts"):
            many = fonts if isinstance(fonts, (list, tuple)) else [fonts]
            options = options | {
                "fonts": [one if isinstance(one, Mapping) else {"data": one} for one in many]
            }
        rest = operations.arguments(_MODULE, operation.name, _filled(operation, operation.bind(**options)))
        start = time.perf_counter()
        value = self.engine.call(modules.get(_MODULE), operation.name, first, *rest, limits=self.limits)
        seconds = time.perf_counter() - start
        bytes_in = memoryview(first).nbytes if not isinstance(first, list) else 0
        return Result(value, "pdf", self.engine.name, seconds, bytes_in, len(value))

    def block(self, block: Any) -> Case:
        """A block as the module takes it."""
        if isinstance(block, str):
            return Case("paragraph", {"text": block})
        known = operations.cases(_MODULE, "block")
        if not isinstance(block, Mapping) or not block:
            kind = type(block).__name__
            raise InvalidArgumentError(
                f"it must be a str or a dict that begins with {listed(list(known))}, not {kind}"
            )
        (name, main), *others = block.items()
        name = str(name).replace("_", "-")
        if name not in known:
            hint = did_you_mean(name, list(known)) or f" (there are {listed(list(known), 'and')})"
            raise InvalidArgumentError(f"there is no block {name}{hint}")
        options = dict(others)
        if name == "figure":
            main = self._picture_data(main)
        elif name == "table":
            main, options = _table(main, options)
        operation = known[name]
        if not operation.payload:
            return Case(name, None)
        return Case(name, _filled(operation, operation.bind(main, **options)))

    def picture(self, source: Any) -> dict[str, Any]:
        """A picture as the module takes it."""
        if not isinstance(source, Mapping):
            return {"data": self._picture_data(source)}
        options = dict(source)
        if "image" not in options or options.keys() - {"image", "alt"}:
            raise InvalidArgumentError(f"a picture has image and alt, not {listed(list(options), 'and')}")
        return {"data": self._picture_data(options["image"]), "alt": options.get("alt")}

    def _picture_data(self, source: Any) -> Any:
        """A file that the module takes: a JPEG as it is where nothing is to be done to it."""
        from wasmcell import image

        picture = source if isinstance(source, image.Image) else image.open(source)
        _must_be_here(picture.source)
        options: dict[str, Any] = {"engine": self.engine, "limits": self.limits}
        with naming(picture.source):
            return self._encoded(picture, options)

    @staticmethod
    def _encoded(picture: Image, options: dict[str, Any]) -> Any:
        """A picture as a JPEG or PNG file."""
        from wasmcell import image

        steps = picture.pipeline.steps
        data = picture.bytes(**options) if steps else None
        if data is None and isinstance(picture.source, (sources.Location, sources.Data)):
            data = picture.source.read()
        if data is not None and bytes(memoryview(data).cast("B")[:8]).startswith(_AS_THEY_ARE):
            return data
        if steps and steps[-1].definition.kind == "output":
            picture = image.open(data)
        return picture.encode("png").bytes(**options)


def _file(source: Any) -> Any:
    """The bytes of a file."""
    found = sources.of(source)
    _must_be_here(found)
    if isinstance(found, sources.Pixels):
        raise InvalidArgumentError(f"{found.name} is no file")
    return found.read()


def _filled(operation: operations.Operation, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options with what stands in the files that they name."""
    filled, files = with_files(operation, options)
    for file in files:
        _must_be_here(file)
    return filled


def _must_be_here(source: sources.Source) -> None:
    if isinstance(source, sources.Private):
        raise PrivateError(
            f"{source.name} is private, and documents are not made in the page yet; bring it here by "
            "`await file.pull()`, if the person at the page allows it."
        )


def _table(rows: Any, options: dict[str, Any]) -> tuple[list[list[str]], dict[str, Any]]:
    """Rows of texts out of rows of anything, of mappings by the names of columns, or of a data frame."""
    if hasattr(rows, "columns") and hasattr(rows, "itertuples"):
        options = {"header": list(rows.columns)} | options
        rows = rows.itertuples(index=False)
    rows = list(rows)
    if rows and all(isinstance(row, Mapping) for row in rows):
        # Columns by name: those of all rows, in the order in which they come.
        names = list(dict.fromkeys(name for row in rows for name in row))
        options = {"header": names} | options
        rows = [[row.get(name) for name in names] for row in rows]
    if (header := options.get("header")) is not None:
        options = options | {"header": _cells(header)}
    return [_cells(row) for row in rows], options


def _cells(row: Any) -> list[str]:
    """Texts out of anything; one alone is a row of one."""
    return [row] if isinstance(row, str) else ["" if cell is None else str(cell) for cell in row]
