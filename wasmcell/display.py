"""How a picture shows itself in a notebook: the picture, and one line on it."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

from wasmcell.errors import Error
from wasmcell.pipeline import Pipeline, grammar
from wasmcell.pipeline.run import run

if TYPE_CHECKING:
    from wasmcell.image import Image
    from wasmcell.pdf import Document, Page, Redactions
    from wasmcell.pipeline.result import Result

MAX_SIDE = 1024
"""Width and height within which a picture is shown, in px."""

MAX_PAGES = 12
"""Of a document, the pages that are shown."""

THUMB_HEIGHT = 180
"""How high they are, in px."""

PAGE_WIDTH = 800
"""How wide a page is that is shown alone, in px."""

_SHOWABLE = ("png", "jpeg")
_MAX_AS_IT_IS = 512 * 1024
"""Bytes up to which a small enough PNG or JPEG goes into the notebook unchanged."""


def bundle(image: Image) -> dict[str, str]:
    """The MIME bundle of an image: PNG or JPEG, HTML and text; of an error, what went wrong.

    The image runs, on the engine that it runs on by itself. The picture is in the bundle, so saved notebooks
    and exports show it.
    """
    try:
        return _picture(image.run(), repr(image))
    except (Error, OSError) as error:
        return _error(error, image)


def of_result(result: Result) -> dict[str, str]:
    """The MIME bundle of what a run gave: a picture, pages of a document, all else as text."""
    try:
        if result.format == "pdf":
            from wasmcell import pdf

            with pdf.open(result) as document:
                return of_document(document) | {"text/plain": repr(result)}
        return _picture(result, repr(result)) if result.format else {"text/plain": repr(result)}
    except Error:  # no picture, or one that cannot be shown: it is sound for all that
        return {"text/plain": repr(result)}


def of_page(page: Page) -> dict[str, str]:
    """The MIME bundle of a page: what it looks like, and its text."""
    try:
        return _picture(page.render(width=PAGE_WIDTH).encode("png").run(), repr(page))
    except Error as error:
        return _error(error, page)


def of_document(document: Document) -> dict[str, str]:
    """The MIME bundle of a document: a strip of its first pages."""
    text = repr(document)
    try:
        thumbs = [_thumb(page) for page in document[:MAX_PAGES]]
    except Error as error:
        return _error(error, document)
    more = "<span>…</span>" if len(document) > MAX_PAGES else ""
    line = f"{document.name} · {len(document)} page{'s' * (len(document) != 1)} · {document.engine}"
    html = (
        '<div style="display: flex; gap: 12px; align-items: end; overflow-x: auto; padding: 4px">'
        f'{"".join(thumbs)}{more}</div><div style="opacity: 0.7; font-size: 0.9em">{escape(line)}</div>'
    )
    return {"text/html": html, "text/plain": text}


def of_redactions(redactions: Redactions) -> dict[str, str]:
    """The MIME bundle of a report on what was redacted: a row for each page."""
    text = repr(redactions)
    if not redactions.reports:
        return {"text/html": "<p>Nothing was redacted.</p>", "text/plain": text}
    rows = [
        [
            [str(one.page)],
            [escape(part) for part in (one.handling, one.reason) if part],
            [escape(hit.text) or "<i>a box</i>" for hit in one.hits],
            [escape(note) for note in one.notes],
        ]
        for one in redactions
    ]
    cells = [[f"<td>{'<br>'.join(cell)}</td>" for cell in row] for row in rows]
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    head = "<tr><th>page</th><th>how</th><th>removed</th><th>notes</th></tr>"
    notes = "".join(f"<li>{escape(note)}</li>" for note in redactions.notes)
    html = f"<table><thead>{head}</thead><tbody>{body}</tbody></table><ul>{notes}</ul>"
    return {"text/html": html, "text/plain": text}


def facts(result: Result) -> str:
    """One line on a file: of a picture its caption without the steps, else its size."""
    try:
        if result.format:
            return caption(result, _info(result), [])
    except Error:  # no picture
        pass
    return size(len(bytes(result)))


def caption(result: Result, info: Any, steps: list[str]) -> str:
    """One line: format, size in pixels and bytes, steps, time and engine."""
    return " · ".join(
        [
            f"{(result.format or '').upper()} {info.width} × {info.height} px",
            size(result.bytes_out),
            *([" | ".join(steps)] if steps else []),
            duration(result.seconds),
            result.engine,
        ]
    )


def size(count: int) -> str:
    """Bytes as people read them: ``512 B``, ``143 kB``, ``2.4 MB``."""
    if count < 1000:
        return f"{count} B"
    for unit in ("kB", "MB"):
        count_in_unit = count / 1000 ** (1 if unit == "kB" else 2)
        if count_in_unit < 999.5:
            return f"{count_in_unit:.{0 if count_in_unit >= 99.5 else 1}f} {unit}"
    return f"{count / 1e9:.1f} GB"


def duration(seconds: float) -> str:
    """A time as people read it: ``0.4 ms``, ``45 ms``, ``2.1 s``."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.{0 if seconds >= 0.01 else 1}f} ms"


def _picture(result: Result, text: str) -> dict[str, str]:
    """The bundle of a picture, with `text` for those who see none."""
    info = _info(result)
    format, picture = _preview(result, info)
    line = caption(result, info, [grammar.format_step(step, module=False) for step in result.steps])
    mime = f"image/{format}"
    encoded = base64.b64encode(picture).decode("ascii")
    html = (
        f'<figure style="margin: 0"><img src="data:{mime};base64,{encoded}" alt="{escape(line)}" '
        f'style="max-width: 100%"><figcaption style="opacity: 0.7; font-size: 0.9em">{escape(line)}'
        "</figcaption></figure>"
    )
    return {mime: encoded, "text/html": html, "text/plain": f"{text}\n{line}"}


def _info(result: Result) -> Any:
    """What a picture says of itself."""
    return run(Pipeline().then("image.probe"), result.bytes).value


def _preview(result: Result, info: Any) -> tuple[str, bytes]:
    """Format and bytes of what is shown: the file itself if it is small, else a smaller picture of it."""
    fits = max(info.width, info.height) <= MAX_SIDE
    if result.format in _SHOWABLE and fits and result.bytes_out <= _MAX_AS_IT_IS:
        return result.format, result.bytes
    format = "png" if info.has_alpha or info.color == "palette" else "jpeg"
    smaller = Pipeline().then("image.resize", width=MAX_SIDE, height=MAX_SIDE, enlarge=False)
    return format, run(smaller.then(f"image.encode {format}"), result.bytes).bytes


def _thumb(page: Page) -> str:
    """A page in the strip, with its number."""
    picture = page.render(height=THUMB_HEIGHT).encode("png").bytes()
    source = f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
    return (
        '<figure style="margin: 0; flex: none; text-align: center">'
        f'<img src="{source}" alt="Page {page.number}" style="display: block; border: 1px solid #8888">'
        f'<figcaption style="opacity: 0.7; font-size: 0.9em">{page.number}</figcaption></figure>'
    )


def _error(error: Exception, shown: object) -> dict[str, str]:
    """A message in place of a picture."""
    kind, text = type(error).__name__, str(error)
    html = (
        f'<pre style="color: var(--jp-error-color0, #b00020); white-space: pre-wrap"><b>{escape(kind)}</b>: '
        f"{escape(text)}</pre>"
    )
    return {"text/html": html, "text/plain": f"{shown!r}\n{kind}: {text}"}
