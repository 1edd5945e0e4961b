"""What happens to private files when pages, kernels and themes change."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from wasmcell import image

pytestmark = pytest.mark.ui

PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"
IMPORT = "import asyncio, os, wasmcell; from wasmcell import image; f = wasmcell.pick()"


@pytest.fixture(scope="module")
def opened(plain_jupyter, open_in):
    """One notebook for all: each test leaves it in order."""
    return open_in(plain_jupyter)


@pytest.fixture
def notebook(opened):
    """A notebook with a photograph in a drop zone."""
    return prepare(opened)


def prepare(notebook):
    notebook.pid = int(notebook.run(f"{IMPORT}; os.getpid()"))
    notebook.pick(PHOTO)
    return notebook


def until(notebook, frame, condition):
    """Wait in a frame whose policy lets no text be run."""
    for _ in range(200):
        if frame.evaluate(condition):
            return
        notebook.page.wait_for_timeout(50)
    raise AssertionError(condition)


@pytest.mark.parametrize("isolated", [False, True], ids=["plain", "isolated"])
@pytest.mark.parametrize(
    ("extension", "sent"),
    [(True, "[]"), (False, "['scripts of vault and worker', 'module image']")],
    ids=["extension", "no extension"],
)
def test_in_each_kind_of_page(open_in, serve, extension, sent, isolated):
    """Where the extension is there, the kernel sends neither scripts nor modules."""
    notebook = prepare(open_in(serve(extension=extension, isolated=isolated)))
    shown = notebook.show("r = await image.open(f).resize(width=50).encode('png').arun(); r", "figure img")
    until(notebook, shown, "document.querySelector('img').naturalWidth === 50")
    assert notebook.run("f.home") == "'vault'"
    download = notebook.download(lambda: notebook.run("await r.download('small.png')"))
    expected = image.open(PHOTO).resize(width=50).encode("png").bytes()
    assert (download.suggested_filename, download.path().read_bytes()) == ("small.png", expected)
    told = notebook.run("print([c.what for c in wasmcell.ledger() if c.source == 'kernel'])")
    assert told == sent


def test_a_view_that_is_moved_shows_the_same(notebook):
    """A frame that is moved in the document starts anew."""
    notebook.move_view()
    until(notebook, notebook.frame(".zone"), "document.querySelectorAll('li canvas').length === 1")
    assert notebook.run("(await image.probe(f)).width") == "3872"


def test_the_theme_is_followed(notebook):
    color = "getComputedStyle(document.querySelector('.zone')).color"
    frame = notebook.frame(".zone")
    light = frame.evaluate(color)
    change = (
        "name => jupyterapp.commands.execute('apputils:change-theme', { theme: name }).then(() => undefined)"
    )
    notebook.page.evaluate(change, "JupyterLab Dark")
    until(notebook, frame, f"{color} !== {light!r} && document.body.classList.contains('dark')")
    notebook.page.evaluate(change, "JupyterLab Light")
    until(notebook, frame, f"{color} === {light!r}")


def status(notebook):
    """What the vault tells of itself."""
    return notebook.page.evaluate("""async () => {
      const bridge = await globalThis[Symbol.for('wasmcell.bridge')].bridge();
      return bridge.status();
    }""")


def kept(notebook):
    """How many files the vault keeps."""
    return status(notebook)["files"]["count"]


def wait_for(notebook, done):
    for _ in range(300):
        if done():
            return
        notebook.page.wait_for_timeout(100)
    raise AssertionError("it never came to that")


def restart(notebook):
    notebook.page.evaluate("panel.sessionContext.session.kernel.restart().then(() => undefined)")


def die(notebook):
    """Jupyter's server starts it again, and tells."""
    os.kill(notebook.pid, signal.SIGKILL)
    notebook.page.click(".jp-Dialog button")


def shut_down(notebook):
    notebook.page.evaluate("panel.sessionContext.shutdown().then(() => undefined)")


def shut_down_elsewhere(notebook):
    """In the list of what runs."""
    notebook.page.evaluate("""() => {
      const { sessionContext } = panel;
      return jupyterapp.serviceManager.sessions.shutdown(sessionContext.session.id).then(() => undefined);
    }""")


def change(notebook):
    notebook.page.evaluate("panel.sessionContext.changeKernel({ name: 'python3' }).then(() => undefined)")


@pytest.fixture
def ended(notebook):
    """A notebook whose kernel is gone; then it has a new one."""
    yield lambda end: end(notebook)
    notebook.page.evaluate("""() => {
      const { sessionContext } = panel;
      return sessionContext.session?.kernel ? undefined : sessionContext.changeKernel({ name: 'python3' }).then(() => undefined);
    }""")
    notebook.wait()


@pytest.mark.parametrize("end", [restart, die, shut_down, shut_down_elsewhere, change])
def test_a_kernel_that_ends(notebook, ended, end):
    """What nobody can name any more goes; what a person sees stays, and says what happened."""
    frame = notebook.frame(".zone")
    before = kept(notebook)
    notebook.run("r = [await image.open(f).resize(width=w).arun() for w in (30, 40)]")
    assert kept(notebook) == before + 2
    ended(end)
    until(notebook, frame, "document.querySelector('.zone').inert")
    assert "The kernel has ended" in frame.inner_text(".zone ~ .warn")
    assert frame.locator("li canvas").count() == 1
    wait_for(notebook, lambda: kept(notebook) == before)
    # With the drop zone goes its file.
    notebook.page.evaluate("panel.content.widgets.forEach(cell => cell.model.outputs?.clear())")
    wait_for(notebook, lambda: kept(notebook) == 0)


def work(notebook):
    """Have the page work for the kernel, for a while."""
    notebook.start("await image.open(f).resize(width=9000).encode('png').arun()")
    wait_for(notebook, lambda: status(notebook)["workers"]["busy"])


@pytest.mark.parametrize("end", [restart, die])
def test_a_kernel_that_ends_while_the_page_works(notebook, ended, end):
    """The old drop zone says so, and the next file is the new kernel's."""
    old = notebook.frame(".zone")
    work(notebook)
    ended(end)
    until(notebook, old, "document.querySelector('.zone').inert")
    assert "The kernel has ended" in old.inner_text(".zone ~ .warn")
    notebook.wait()
    notebook.run(f"{IMPORT}; f = wasmcell.pick(multiple=False)")
    notebook.pick(PHOTO)
    assert notebook.run("(await image.open(f).resize(width=40).arun()).width") == "40"


@pytest.mark.parametrize("works", [False, True], ids=["idle", "busy"])
def test_a_kernel_that_is_restarted_elsewhere(plain_jupyter, open_in, works):
    """In another page, of which this one is told nothing; it hears that another process speaks."""
    notebook = prepare(open_in(plain_jupyter))
    if works:
        work(notebook)
    notebook.page.evaluate("""() => {
      const { id, name } = panel.sessionContext.session.kernel;
      const other = jupyterapp.serviceManager.kernels.connectTo({ model: { id, name }, handleComms: false });
      return other.restart().then(() => undefined);
    }""")
    until(notebook, notebook.frame(".zone"), "document.querySelector('.zone').inert")


def test_a_new_kernel_after_that(notebook):
    assert notebook.run("(await image.open(f).resize(width=40).arun()).width") == "40"


def test_a_question_goes_with_the_kernel(notebook, ended):
    notebook.start("await f.files[0].pull()")
    notebook.frame(".question")
    ended(restart)
    wait_for(notebook, lambda: not notebook.frames(".question"))


def test_a_reloaded_page_has_no_files(notebook):
    notebook.run("r = await image.open(f).resize(width=50).arun(); p = f[0]")
    notebook.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => undefined)")
    notebook.page.reload()
    notebook.wait()
    told = notebook.run("await image.open(f).arun()")
    assert told.startswith(
        "ClosedError: The page was closed or reloaded, and the files that were chosen in it"
    )
    told = notebook.run("await p.pull()")
    assert told == "ClosedError: The page that holds photo.jpg was closed or reloaded; choose the file again."
    assert notebook.run("await r.pull()").startswith("ClosedError: The page that holds photo.jpg")
    # The widget that is still there says so, and takes another.
    zone = notebook.frame(".zone ~ .warn")
    said = "The page was closed or reloaded since; what was in it must be chosen again: photo.jpg"
    assert zone.inner_text(".zone ~ .warn") == said
    notebook.choose(PHOTO)
    until(notebook, zone, "!document.querySelector('.zone ~ .warn')")
    told = notebook.run("""
for _ in range(100):
    if len(f.files) == 1: break
    await asyncio.sleep(.1)
(await image.probe(f)).width""")
    assert told == "3872"


def test_a_page_that_closes_meanwhile_is_an_error(notebook, plain_jupyter):
    """The kernel goes on; what it waited for fails."""
    notebook.run("""
from wasmcell import engines, modules
from wasmcell.engines.browser import heard
async def wait():
    try:
        await heard(engines.get("browser").call, modules.get("echo"), "spin")
    except wasmcell.Error as error:
        open("told.txt", "w").write(f"{type(error).__name__}: {error}")
task = asyncio.create_task(wait())
await asyncio.sleep(1)
""")
    notebook.page.goto("about:blank")
    told = plain_jupyter.root / "told.txt"
    for _ in range(300):
        if told.exists() and told.read_text():
            break
        notebook.page.wait_for_timeout(100)
    assert told.read_text() == "ClosedError: The page was closed or reloaded while it worked; run this again."
