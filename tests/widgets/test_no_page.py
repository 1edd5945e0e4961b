"""What waits for a page that is not there ends with an error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jupyter_client import KernelManager
from jupyter_client.blocking import BlockingKernelClient

from wasmcell import image
from wasmcell.engines import browser
from wasmcell.engines.wire import FileRef
from wasmcell.errors import ClosedError, EngineUnavailableError, InvalidArgumentError
from wasmcell.private import PrivateFile
from wasmcell.widgets import Pick


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    """A kernel to which no page listens, as when a notebook is run by nbconvert."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client: BlockingKernelClient, code: str) -> str:
    """What the code raised."""
    reply = client.execute_interactive(code, timeout=60, output_hook=lambda _: None)
    return f"{reply['content']['ename']}: {reply['content']['evalue']}"


def test_no_page_answers(client: BlockingKernelClient) -> None:
    told = run(
        client,
        "from wasmcell import image; from wasmcell.engines import browser; browser.READY = 1;"
        "await image.open(bytes(9)).arun(engine='browser')",
    )
    assert told.startswith("EngineUnavailableError: No page answered within 1 s.")


def test_a_blocking_call(client: BlockingKernelClient) -> None:
    told = run(client, "from wasmcell import image; image.open(bytes(9)).bytes(engine='browser')")
    assert told.startswith("BlockingError")


def test_outside_of_a_notebook() -> None:
    with pytest.raises(EngineUnavailableError, match="runs in the page of a notebook"):
        image.open(bytes(9)).bytes(engine="browser")


class Silent:
    """A widget of a page that never answers."""

    def __init__(self) -> None:
        self.sent = 0

    def put(self, page: str, chunk: object) -> None:
        self.sent += 1


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[browser.Page]:
    """A page that is there, but silent."""
    monkeypatch.setattr(browser, "_ASK", 0.1)
    monkeypatch.setattr(browser, "_GIVE_UP", 0.6)
    monkeypatch.setattr(browser, "_TICK", 0.2)
    page = browser.page("silent")
    page.join(Silent())
    yield page
    page.close()


def file(page: str, name: str = "scan.jpg") -> PrivateFile:
    """A file in a page."""
    return PrivateFile(FileRef(page, 1, name, 10, "image/jpeg"), "0" * 64)


async def test_a_page_that_does_not_answer(page: browser.Page) -> None:
    with pytest.raises(ClosedError, match="holds scan.jpg was closed or reloaded; choose the file again"):
        await file("silent").pull()


async def test_a_widget_that_closes_meanwhile(page: browser.Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_GIVE_UP", 1000)
    [channel] = page._channels
    monkeypatch.setattr(Silent, "put", lambda *_: page.part(channel))
    with pytest.raises(ClosedError, match="holds scan.jpg was closed or reloaded"):
        await file("silent").download()


async def test_a_page_that_nobody_knows() -> None:
    with pytest.raises(ClosedError, match="holds scan.jpg was closed or reloaded"):
        await file("gone").pull()


def test_files_of_two_pages(page: browser.Page) -> None:
    refs = [file(name).__wasmcell_source__().file for name in ("silent", "other")]
    with pytest.raises(InvalidArgumentError, match="different pages"):
        browser.page_of(*refs)


def test_a_picker_stands_for_its_one_file(page: browser.Page) -> None:
    picker = Pick("*.pdf, image/*")
    assert picker.accept == ".pdf,image/*"
    with pytest.raises(InvalidArgumentError, match="0 files are chosen"):
        image.open(picker)
    chosen = {"$file": 1, "name": "<a>.png", "size": 5, "type": "image/png", "sha256": "0"}
    picker.event(page, {"event": "chosen", "files": [chosen]})
    assert repr(image.open(picker)) == "<Image <a>.png>"
    assert "&lt;a&gt;.png, 5 B" in picker.fallback
    picker.event(page, {"event": "chosen", "files": [chosen | {"$file": 2}]})
    with pytest.raises(InvalidArgumentError, match="2 files are chosen"):
        image.open(picker)
