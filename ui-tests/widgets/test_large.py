"""Large files, many files, and files that change on the disk: the page and the kernel go on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

pytestmark = pytest.mark.ui

PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"
SIZE = 2_200_000_000
MANY = 3000


@pytest.fixture(scope="module")
def notebook(plain_jupyter, open_in):
    """One notebook for all, without the extension."""
    notebook = open_in(plain_jupyter)
    notebook.run("import asyncio, wasmcell; from wasmcell import image")
    return notebook


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file of 2.2 GB that takes no room on the disk."""
    path = tmp_path_factory.mktemp("large") / "large.png"
    with path.open("wb") as file:
        file.truncate(SIZE)
    yield path
    path.unlink()


def drop_zone(notebook, name):
    notebook.run(f"{name} = wasmcell.pick()")
    return notebook.show(name, ".zone button")


def row(frame, name):
    return frame.locator("li", has_text=name)


def kept(notebook):
    """How many files the vault keeps, by its own count."""
    return notebook.page.evaluate("""async () => {
      const bridge = await globalThis[Symbol.for('wasmcell.bridge')].bridge();
      return (await bridge.status()).files.count;
    }""")


def reading(notebook):
    """How many workers read files, or are kept by sessions."""
    return notebook.page.evaluate("""async () => {
      const bridge = await globalThis[Symbol.for('wasmcell.bridge')].bridge();
      return (await bridge.status()).workers.leased;
    }""")


def wait_for(notebook, done, seconds=300):
    for _ in range(seconds * 10):
        if value := done():
            return value
        notebook.page.wait_for_timeout(100)
    raise AssertionError("it never came to that")


def test_a_large_file_is_read_while_others_are_worked_on(notebook, large):
    frame = drop_zone(notebook, "a")
    notebook.choose(large, PHOTO, frame=frame)
    line = row(frame, "large.png")
    # It is said before anything is read.
    line.get_by_text("2.2 GB · too large to be worked on in a page (more than 1 GiB)").wait_for()
    bar = line.locator("progress")
    height = line.bounding_box()["height"]
    assert bar.get_attribute("aria-label") == "Reading large.png"
    first = wait_for(notebook, lambda: bar.evaluate("bar => bar.value"))
    # The other one is known, and can be worked on.
    assert notebook.run("p, = await a.chosen(); print(p.name)") == "photo.jpg"
    assert notebook.run("(await image.open(p).resize(width=50).arun()).width") == "50"
    assert wait_for(notebook, lambda: bar.evaluate("bar => bar.value") > first)
    told = notebook.run("""
for _ in range(3000):
    if len(a.files) == 2: break
    await asyncio.sleep(.1)
print([one.name for one in a.files], a.files[0].sha256)""")
    with large.open("rb") as file:
        assert told == f"['large.png', 'photo.jpg'] {hashlib.file_digest(file, 'sha256').hexdigest()}"
    bar.wait_for(state="detached")
    assert line.bounding_box()["height"] == height
    told = notebook.run("await image.open(a.files[0]).resize(width=5).arun()")
    assert told == "LimitExceededError: large.png has 2.0 GiB; a page can work on files of up to 1 GiB."


def test_removing_a_file_ends_its_reading(notebook, large):
    frame = drop_zone(notebook, "b")
    before = kept(notebook)
    notebook.choose(large, frame=frame)
    line = row(frame, "large.png")
    wait_for(notebook, lambda: line.locator("progress").evaluate("bar => bar.value"))
    assert kept(notebook) == before + 1
    frame.click("text=×")
    wait_for(notebook, lambda: kept(notebook) == before)
    assert frame.locator("li").count() == 0
    wait_for(notebook, lambda: reading(notebook) == 0)
    assert notebook.run("b.files") == "()"
    assert frame.inner_text(".zone ~ .bad") == ""


def test_a_view_that_is_moved_goes_on_reading(notebook, large):
    frame = drop_zone(notebook, "c")
    notebook.choose(large, frame=frame)
    wait_for(notebook, lambda: row(frame, "large.png").locator("progress").evaluate("bar => bar.value"))
    before = notebook.frames(".zone")
    notebook.move_view()
    wait_for(notebook, lambda: set(notebook.frames(".zone")) - set(before))
    # The frame that was before is gone, and what it read is read once.
    line = row(notebook.frame(".zone"), "large.png")
    wait_for(notebook, lambda: line.locator("progress").evaluate("bar => bar.value"))
    assert reading(notebook) == 1
    line.get_by_label("Remove large.png").click()
    assert notebook.run("c.files") == "()"


def test_a_folder_of_many_files(notebook, tmp_path):
    for number in range(MANY):
        (tmp_path / f"{number:04}.png").write_bytes(b"%d" % number)
    notebook.page.evaluate("""() => {
      globalThis.longest = 0;
      let last = performance.now();
      globalThis.beat = setInterval(() => {
        const now = performance.now();
        globalThis.longest = Math.max(globalThis.longest, now - last);
        last = now;
      }, 10);
    }""")
    frame = drop_zone(notebook, "d")
    notebook.choose(tmp_path, button="text=Choose a folder…", frame=frame)
    told = notebook.run(f"""
for _ in range(3000):
    if len(d.files) == {MANY}: break
    await asyncio.sleep(.1)
import hashlib
print(len(d.files), all(one.sha256 == hashlib.sha256(str(int(one.name[:4])).encode()).hexdigest() for one in d.files))
""")
    assert told == f"{MANY} True"
    assert frame.locator("li").count() == MANY
    # The page went on: a generous bound, for a machine that does other things.
    assert notebook.page.evaluate("clearInterval(beat), longest") < 5000


def test_a_file_that_is_deleted_before_it_is_used(notebook, tmp_path):
    path = tmp_path / "short.jpg"
    path.write_bytes(PHOTO.read_bytes())
    frame = drop_zone(notebook, "e")
    notebook.choose(path, frame=frame)
    notebook.run("p, = await e.chosen()")
    path.unlink()
    told = notebook.run("await image.open(p).arun()")
    assert told.startswith("ClosedError: short.jpg cannot be read any more, it was perhaps moved or changed")
    assert row(frame, "short.jpg").count() == 1


def test_a_file_that_changes_while_it_is_read(notebook, tmp_path):
    path = tmp_path / "changing.png"
    with path.open("wb") as file:
        file.truncate(SIZE)
    frame = drop_zone(notebook, "g")
    before = kept(notebook)
    notebook.choose(path, frame=frame)
    line = row(frame, "changing.png")
    wait_for(notebook, lambda: line.locator("progress").evaluate("bar => bar.value"))
    with path.open("r+b") as file:
        file.truncate(5)
    line.get_by_text("changing.png cannot be read any more").wait_for()
    wait_for(notebook, lambda: kept(notebook) == before)
    assert notebook.run("g.files") == "()"
    line.get_by_label("Remove changing.png").click()
    assert frame.locator("li").count() == 0
