"""What waits for a page that is not there ends with an error that says what to do."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from threading import Timer

import numpy as np
import pytest
from jupyter_client import KernelManager
from jupyter_client.blocking import BlockingKernelClient

from wasmcell import engines, image
from wasmcell.engines import browser
from wasmcell.engines.remote import Frames, pack
from wasmcell.engines.wire import FileRef
from wasmcell.errors import BlockingError, ClosedError, EngineUnavailableError, InvalidArgumentError
from wasmcell.private import PrivateFile
from wasmcell.widgets import Pick


@pytest.fixture
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
    left = (
        "from ipywidgets.widgets.widget import _instances; assert not browser._waiting;"
        "assert not [one for one in _instances.values() if type(one).__name__ == 'PageWidget']"
    )
    reply = client.execute_interactive(left, timeout=60, output_hook=lambda _: None)
    assert reply["content"]["status"] == "ok"


def test_a_blocking_call(client: BlockingKernelClient) -> None:
    told = run(client, "from wasmcell import image; image.open(bytes(9)).bytes(engine='browser')")
    assert told.startswith("BlockingError")


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts by a POSIX signal")
def test_the_stop_button(client: BlockingKernelClient) -> None:
    """What is awaited ends, in a few words, with one frame of the package's at most."""
    imports = "import os, signal, threading, wasmcell; from wasmcell import image"
    client.execute_interactive(imports, timeout=60)
    for waiting in ("await image.open(bytes(9)).arun(engine='browser')", "await wasmcell.pick().chosen()"):
        reply = client.execute_interactive(
            f"threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()\n{waiting}",
            timeout=60,
            output_hook=lambda _: None,
        )
        told = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(reply["content"]["traceback"]))
        assert told.endswith("CancelledError: Stopped before it was done.")
        assert waiting in told
        assert told.count("\nFile ") == 1


def test_outside_of_a_notebook(page: browser.Page) -> None:
    engines.get("browser")  # made while there was a page
    page.close()
    with pytest.raises(EngineUnavailableError, match="runs in the page of a notebook"):
        image.open(bytes(9)).bytes(engine="browser")


class Silent:
    """A widget of a page that never answers."""

    reachable = True

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
    with pytest.raises(InvalidArgumentError, match="no file is chosen yet"):
        image.open(picker)
    chosen = {"$file": 1, "name": "<a>.png", "size": 5, "type": "image/png", "sha256": "0"}
    picker.event(page, {"event": "chosen", "files": [chosen]})
    assert repr(image.open(picker)) == "<Image <a>.png>"
    assert [one.name for one in picker] == [picker[0].name] == ["<a>.png"]
    assert "&lt;a&gt;.png, 5 B" in picker.fallback
    picker.event(page, {"event": "chosen", "files": [chosen | {"$file": 2}]})
    with pytest.raises(InvalidArgumentError, match=r"2 files are chosen.*image\.amap\(picker, pipeline\)"):
        image.open(picker)


def test_a_picker_that_cannot_be_reached(page: browser.Page) -> None:
    """Its files are still in the page: nobody is told to choose them again."""
    picker = Pick()
    chosen = {"$file": 1, "name": "old.png", "size": 5, "type": "image/png", "sha256": "0"}
    picker.event(page, {"event": "chosen", "files": [chosen]})
    [channel] = page._channels
    page.part(channel)
    with pytest.raises(ClosedError, match="cannot be reached.*Show this drop zone again"):
        list(picker)


def test_an_error_names_its_file_once_and_is_nobody_elses(page: browser.Page) -> None:
    ref = FileRef("silent", 1, "a", 10, "image/jpeg")
    shared = InvalidArgumentError("crop: a part that is outside")
    for _ in range(2):
        with pytest.raises(InvalidArgumentError) as caught, browser.about(page, ref):
            raise shared
        assert str(caught.value) == "a: crop: a part that is outside"
    for text in ("a: already said", "The file a is not kept any more; choose it again."):
        with pytest.raises(InvalidArgumentError) as caught, browser.about(page, ref):
            raise InvalidArgumentError(text)
        assert str(caught.value) == text


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
def test_a_forgotten_await() -> None:
    for use in (iter, len, lambda them: them[0]):
        with pytest.raises(TypeError, match="write `await` before it"):
            use(image.amap([], "| image.rotate 90"))


async def test_a_picker_whose_page_was_reloaded(page: browser.Page) -> None:
    picker = Pick()
    chosen = {"$file": 1, "name": "old.png", "size": 5, "type": "image/png", "sha256": "0"}
    picker.event(page, {"event": "chosen", "files": [chosen]})
    page.close()
    for use in (image.open, list, lambda them: them[0]):
        with pytest.raises(ClosedError, match="closed or reloaded.*choose files in the drop zone again"):
            use(picker)
    with pytest.raises(ClosedError, match="choose files in the drop zone again"):
        await image.amap(picker, image.pipeline().resize(width=5))
    assert picker.files == ()


class Slow(Silent):
    """A widget of a page that lets a file be read, slowly."""

    def __init__(self, page: browser.Page) -> None:
        super().__init__()
        self.page = page
        self.asked: list[str] = []
        self._frames = Frames()

    def put(self, page: str, chunk: object) -> None:
        for message, _ in self._frames.push(chunk):
            self.asked.append(message["op"])
            given = [bytes(message["end"] - message["start"])] if message["op"] == "read" else []
            answer = {"id": message["id"], "value": True}
            Timer(0.05, self.page.received, (answer, given)).start()


async def test_a_cancelled_pull_stops(page: browser.Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "PIECE", 1)
    slow = Slow(page)
    page.join(slow)
    task = asyncio.create_task(file("silent").pull(progress=False))
    while slow.asked.count("read") < 2:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError, match="Stopped before it was done"):
        await task
    while "revoke" not in slow.asked:
        await asyncio.sleep(0.01)
    assert slow.asked.count("read") < 5  # of ten


async def test_the_widget_that_asked_closes_and_another_lives(page: browser.Page) -> None:
    other = Silent()
    page.join(other)
    task = asyncio.create_task(file("silent").download())
    while not other.sent:
        await asyncio.sleep(0.01)
    page.part(other)
    with pytest.raises(ClosedError, match="The widget that asked the page was closed"):
        await task
    assert page.usable


def test_a_page_that_was_given_up_speaks_again(page: browser.Page) -> None:
    picker = Pick()
    page.fail(ClosedError("The page does not answer."))
    assert not page.usable
    picker._hear(picker, {"page": "silent", "link": "a", "number": 0}, [])
    assert page.usable


def test_a_message_that_is_heard_badly_comes_once() -> None:
    frames = Frames()
    first, second = (b"".join(pack({"id": number}, [])) for number in (1, 2))
    assert next(frames.push(first))[0] == {"id": 1}  # whoever hears it goes no further
    assert [message for message, _ in frames.push(second)] == [{"id": 2}]


def test_many_private_files_at_once_must_be_awaited(page: browser.Page) -> None:
    with pytest.raises(BlockingError, match=r"^scan\.jpg is worked on in the page.*await image\.amap\("):
        image.map([bytes(9), file("silent")], image.pipeline().resize(width=5), progress=False)
    with pytest.raises(BlockingError, match="engine browser"):
        image.map([bytes(9)], image.pipeline().resize(width=5), engine="browser", progress=False)


@pytest.mark.parametrize("name", ["bytes", "save", "numpy"])
def test_what_a_private_file_has_not(name: str) -> None:
    with pytest.raises(AttributeError, match=r"scan\.jpg is private.*download\(name\).*pull\(\)"):
        getattr(file("silent"), name)
    with pytest.raises(AttributeError, match="PrivateFile has no attribute 'nothing'"):
        file("silent").nothing  # noqa: B018


class Failing(Slow):
    """A widget of a page in which everything fails."""

    def put(self, page: str, chunk: object) -> None:
        for message, _ in self._frames.push(chunk):
            fault = {"code": "unavailable", "message": "no room left"}
            Timer(0.05, self.page.received, ({"id": message["id"], "fault": fault}, [])).start()


async def test_errors_of_the_page_name_the_file(page: browser.Page) -> None:
    page.join(Failing(page))
    with pytest.raises(EngineUnavailableError, match=r"^scan\.jpg: no room left$"):
        await file("silent").download()
    with pytest.raises(EngineUnavailableError, match=r"^scan\.jpg: no room left$"):
        await image.open(file("silent")).resize(width=5).arun()


async def test_many_at_once_keep_their_errors(page: browser.Page) -> None:
    """Private ones beside others, in the order in which they came."""
    page.join(Failing(page))
    pixels = [np.full((4, width), 9, np.uint8) for width in (5, 6)]
    mixed = [pixels[0], file("silent"), file("gone", "old.png"), pixels[1], "nowhere.png", 3]
    found = await image.amap(mixed, "| image.rotate 90 | image.encode png", progress=False)
    assert [type(one.error).__name__ for one in found] == [
        "NoneType",
        "EngineUnavailableError",
        "ClosedError",
        "NoneType",
        "FileNotFoundError",
        "InvalidArgumentError",
    ]
    assert [image.probe(found[at].get()).height for at in (0, 3)] == [5, 6]
    assert "  scan.jpg: EngineUnavailableError: no room left\n" in repr(found)

    with pytest.raises(InvalidArgumentError, match="image.map and image.amap work on many"):
        image.open(pixels)


async def test_a_stopped_batch_stops_all(page: browser.Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_GIVE_UP", 1000)
    [channel] = page._channels
    files = [file("silent", f"{number}.png") for number in range(20)]
    task = asyncio.create_task(image.amap(files, image.pipeline().encode("png"), progress=False))
    while channel.sent < 8:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError, match="Stopped"):
        await task
    assert not [one for one in asyncio.all_tasks() if "outcome" in repr(one)]


async def test_what_is_not_awaited_says_so(page: browser.Page) -> None:
    for waiting in (file("silent").pull(), image.open(file("silent")).arun(), Pick().chosen()):
        assert "await" in repr(waiting)
        with pytest.raises(AttributeError, match="not run yet, so it has no download: write `await`"):
            waiting.download  # noqa: B018
        waiting.close()
