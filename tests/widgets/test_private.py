"""Private files as Python sees them, with a page that is played here."""

from __future__ import annotations

import asyncio
import gc
from contextlib import contextmanager

import pytest

from wasmcell import pdf
from wasmcell.engines import browser
from wasmcell.engines.wire import FileRef
from wasmcell.errors import CancelledError
from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.result import Result
from wasmcell.private import PrivateDocument, PrivateFile, run
from wasmcell.sources import Private


def chosen(number: int = 1) -> PrivateFile:
    """A file that a person chose."""
    return PrivateFile(FileRef("a page", number, "secret.pdf", 5000, "application/pdf"), "0" * 64)


def test_passwords_are_not_shown():
    document = pdf.open(chosen(), password="hunter2").append("other.pdf", password="hunter3")
    assert repr(document) == (
        "<PrivateDocument 'secret.pdf' | pdf.decode password=*** | pdf.append other.pdf password=***>"
    )
    assert dict(document.steps[0].options) == {"password": "hunter2"}


async def test_a_pipeline_makes_a_document_of_a_document():
    """Nothing is asked of it: `image.probe` would fail, and what `pdf.probe` answers would tell."""
    steps = Pipeline.parse("| pdf.rotate 90").steps
    made = FileRef("a page", 2, "secret.pdf", 4000, "")
    got = await run(
        lambda **_: Result(made, "pdf", "browser", 0.1, 5000, 4000, steps), Private(chosen()._ref), steps
    )
    assert isinstance(got, PrivateDocument)
    assert (got.name, got.type, got.size) == ("secret.pdf", "application/pdf", 4000)
    assert (await got.arun()) is got


class Played:
    """A page and its session, whose `save` fails."""

    def __init__(self) -> None:
        self.forgotten: list[int] = []

    @contextmanager
    def session(self, *_):
        yield self

    def call(self, function, *_, keep=None, cancel):
        if function == "[method]document.save":
            raise CancelledError("The call was cancelled.")
        return FileRef("a page", 7, keep, 65536, "") if keep else object()

    def forget(self, file):
        self.forgotten.append(file["$file"])

    usable = True


async def test_a_report_is_forgotten_where_the_document_is_not_saved(monkeypatch):
    page = Played()
    monkeypatch.setattr(browser.Browser, "__init__", lambda *_: None)
    monkeypatch.setattr(browser.Browser, "session", page.session)
    monkeypatch.setattr(browser, "page_of", lambda *_: page)
    with pytest.raises(CancelledError):
        await pdf.open(chosen()).redact(search="a").arun()
    for _ in range(200):  # the thread that made it holds it until it ends
        gc.collect()
        if page.forgotten:
            break
        await asyncio.sleep(0.05)
    assert page.forgotten == [7]
