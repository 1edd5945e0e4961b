"""Private files in JupyterLab: chosen in the vault, worked on there, and not to be had elsewhere."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from PIL import Image as Pillow

from wasmcell import InvalidArgumentError, display, image

PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"

IMPORT = "import asyncio, hashlib, wasmcell; from wasmcell import image; f = wasmcell.pick()"


@pytest.fixture(scope="module")
def notebook(plain_jupyter, open_in):
    """A notebook with a photograph in a drop zone, without the extension."""
    notebook = open_in(plain_jupyter)
    notebook.run(IMPORT)
    notebook.pick(PHOTO)
    return notebook


def test_what_python_knows(notebook):
    shown = notebook.run("p, = f.files; print(p.name, p.type, p.size, p.sha256, f.home, p)")
    digest = hashlib.sha256(PHOTO.read_bytes()).hexdigest()
    size = PHOTO.stat().st_size
    assert (
        shown == f"photo.jpg image/jpeg {size} {digest} vault <PrivateFile 'photo.jpg', image/jpeg, 2.8 MB>"
    )


def test_what_a_person_sees(notebook):
    row = notebook.frame(".zone").wait_for_selector("li")
    assert row.inner_text().split("\n")[:2] == ["photo.jpg", "JPEG · 2.8 MB"]
    canvas = row.wait_for_selector("canvas")
    drawn = canvas.evaluate(
        "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    )
    assert drawn > 100


PIPELINES = {
    "resize": "resize(width=300)",
    "webp": "crop(10, 20, 400, 300).rotate(90).encode('webp', quality=70)",
    "nothing": "encode('png')",
}


@pytest.mark.parametrize("steps", PIPELINES.values(), ids=PIPELINES)
def test_the_same_bytes_as_in_the_kernel(notebook, steps):
    picture = eval(f"image.open(PHOTO.read_bytes()).{steps}")
    notebook.run(f"r = await image.open(f).{steps}.arun()")
    made = notebook.download(lambda: notebook.run("await r.download()"))
    assert made.path().read_bytes() == picture.bytes()


def test_a_private_image_tells_what_it_is(notebook):
    told = notebook.run(
        "r = await image.open(f).resize(width=100).encode('webp').arun();"
        "print(r.name, r.type, r.format, r.width, r.height, r.engine, r.size > 500, r.seconds > 0)"
    )
    assert told == "photo.webp image/webp webp 100 67 browser True True"


def test_it_is_drawn_in_the_vault(notebook):
    index = notebook.start("await image.open(f).resize(width=120).encode('png').arun()")
    assert "PNG 120 × 80 px" in notebook.finish(index)
    picture = notebook.frame("figure img[width='120']").wait_for_selector("img")
    notebook.page.wait_for_timeout(100)
    assert picture.evaluate("i => i.decode().then(() => [i.naturalWidth, i.naturalHeight])") == [120, 80]
    # What a saved notebook would have of it.
    [output] = notebook.outputs(index)
    assert set(output["data"]) == {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"}
    assert "photo.png" in output["data"]["text/html"]


def test_questions_about_it_are_answered(notebook):
    assert "width=3872, height=2592" in notebook.run("await image.probe(f)")
    assert notebook.run("(await image.open(f).info()).format") == "'jpeg'"


@pytest.mark.parametrize("end", ["run()", "bytes()", "save('a.png')", "numpy()", "encode('png').bytes()"])
def test_what_would_block_says_what_to_do(notebook, end):
    told = notebook.run(f"image.open(f).{end}")
    assert told.startswith("BlockingError")
    assert "await ….arun()" in told


def test_the_kernel_engine_has_no_private_files(notebook):
    told = notebook.run("await image.open(f).arun(engine='kernel')")
    assert told.startswith("PrivateError: photo.jpg is private")


def test_many_at_once(notebook):
    assert (
        notebook.run(
            "them = await asyncio.gather(*(image.open(f).resize(width=w).arun() for w in range(20, 32)));"
            "print([one.width for one in them])"
        )
        == f"{[*range(20, 32)]}"
    )


def test_a_cancelled_task_ends_its_worker(notebook):
    """More endless calls than there are workers: a call after them finds one."""
    told = notebook.run("""
from wasmcell import engines, modules
from wasmcell.engines.browser import heard
call, echo = engines.get("browser").call, modules.get("echo")
await heard(call, echo, "nothing")
tasks = [asyncio.create_task(heard(call, echo, "spin")) for _ in range(10)]
await asyncio.sleep(0.5)
for task in tasks:
    task.cancel()
ended = await asyncio.gather(*tasks, return_exceptions=True)
print({type(one).__name__ for one in ended}, await heard(call, echo, "echo-u8", 7))
""")
    assert told == "{'CancelledError'} 7"


def test_errors_are_the_modules_own(notebook):
    """With the name of the file: many may be under way."""
    told = notebook.run("await image.open(f).crop(0, 0, 10000, 5).arun()")
    with pytest.raises(InvalidArgumentError) as here:
        image.open(PHOTO.read_bytes()).crop(0, 0, 10000, 5).bytes()
    assert told == f"InvalidArgumentError: photo.jpg: {here.value}"


def test_a_forgotten_await_says_so(notebook):
    assert notebook.run("image.open(f).arun()") == "<Not run yet: write `await` before it.>"


def test_kernel_data_goes_to_the_page_and_back(notebook):
    notebook.run(f"before = len(wasmcell.ledger()); data = open({str(PHOTO)!r}, 'rb').read()")
    told = notebook.run(
        "r = await image.open(data).resize(width=64).encode('png').arun(engine='browser');"
        "print(type(r).__name__, r.engine, hashlib.sha256(r.bytes).hexdigest())"
    )
    expected = image.open(PHOTO.read_bytes()).resize(width=64).encode("png").bytes()
    assert told == f"Result browser {hashlib.sha256(expected).hexdigest()}"
    rows = notebook.run("print([(c.source, c.target, c.bytes) for c in wasmcell.ledger()[before:]])")
    assert eval(rows) == [("kernel", "page", PHOTO.stat().st_size), ("page", "kernel", len(expected))]


def test_large_data_goes_in_pieces(notebook):
    """More than the server takes in one message, there and back."""
    told = notebook.run("""
import os
data = os.urandom(13_000_000)
back = await heard(call, echo, "echo-list-u8", data)
print(back == data)
""")
    assert told == "True"


def test_blocking_on_the_browser_says_what_to_do(notebook):
    told = notebook.run("image.open(data).bytes(engine='browser')")
    assert told.startswith("BlockingError")


def test_a_refused_pull(notebook):
    index = notebook.start("await f.files[0].pull()")
    question = notebook.frame(".question")
    assert "Send photo.jpg (2.8 MB) to the kernel?" in question.inner_text(".question")
    notebook.answer("Refuse")
    assert notebook.finish(index).startswith("RefusedError")
    assert not notebook.frames(".question")


def test_the_question_tells_the_name_that_the_vault_knows(notebook):
    """Not the one that is said by whoever asks."""
    notebook.run("p = f.files[0]; p._ref.name, p._ref.size = 'cat.png', 12")
    index = notebook.start("await p.pull()")
    assert "Send photo.jpg (2.8 MB) to the kernel?" in notebook.frame(".question").inner_text(".question")
    notebook.answer("Refuse")
    assert notebook.finish(index).startswith("RefusedError")
    notebook.run("p._ref.name, p._ref.size = p.name, p.size")


def test_the_question_says_that_a_result_is_one(notebook):
    """And of what; neither is what the kernel or the page calls it."""
    notebook.run("r = await image.open(f).resize(width=100).encode('webp').arun(); r._ref.name = 'cat.png'")
    size = display.size(len(image.open(PHOTO).resize(width=100).encode("webp").bytes()))
    index = notebook.start("await r.pull()")
    question = notebook.frame(".question")
    assert f"Send a result made from photo.jpg ({size}, WebP) to the kernel?" in question.inner_text(
        ".question"
    )
    notebook.answer("Refuse")
    assert notebook.finish(index).startswith("RefusedError")


def test_a_removed_file_is_not_waited_for(notebook, tmp_path):
    """The person removes it while they are asked."""
    picker = notebook.frame(".zone")
    notebook.choose(shutil.copy(PHOTO, tmp_path / "other.jpg"), frame=picker)
    notebook.run("while len(f.files) < 2: await asyncio.sleep(.05)")
    index = notebook.start("await f.files[1].pull()")
    notebook.frame(".question")
    picker.click("li:nth-child(2) button.icon")
    notebook.answer("Allow")
    assert notebook.finish(index).startswith("ClosedError")


def test_an_allowed_pull(notebook):
    notebook.run("before = len(wasmcell.ledger())")
    index = notebook.start("data = await f.files[0].pull(); print(hashlib.sha256(data).hexdigest())")
    notebook.answer("Allow")
    assert notebook.finish(index) == hashlib.sha256(PHOTO.read_bytes()).hexdigest()
    size = PHOTO.stat().st_size
    rows = notebook.run("print([(c.source, c.target, c.what, c.bytes) for c in wasmcell.ledger()[before:]])")
    assert eval(rows) == [("page", "kernel", "photo.jpg", size)]


def test_leave_to_pull_ends_with_the_pull(notebook):
    index = notebook.start("await f.files[0].pull()")
    notebook.answer("Refuse")
    assert notebook.finish(index).startswith("RefusedError")


def test_a_withdrawn_question_goes_away(notebook):
    index = notebook.start("await asyncio.wait_for(f.files[0].pull(), 2)")
    notebook.frame(".question")
    assert notebook.finish(index).startswith("TimeoutError")
    notebook.page.wait_for_timeout(300)
    assert not notebook.frames(".question")


def test_a_script_cannot_say_yes(notebook):
    index = notebook.start("await f.files[0].pull()")
    question = notebook.frame(".question")
    question.evaluate("document.querySelector('button').click()")
    notebook.page.wait_for_timeout(300)
    assert notebook.frames(".question")
    notebook.answer("Refuse")
    notebook.finish(index)


def test_it_is_saved_from_the_page(notebook):
    notebook.run(
        "r = await image.open(f).resize(width=90).encode('png').arun(); before = len(wasmcell.ledger())"
    )
    download = notebook.download(lambda: notebook.run("await r.download('small.png')"))
    assert download.suggested_filename == "small.png"
    expected = image.open(PHOTO.read_bytes()).resize(width=90).encode("png").bytes()
    assert download.path().read_bytes() == expected
    assert notebook.run("print(hasattr(r, 'sha256'), len(wasmcell.ledger()) - before)") == "False 0"


def test_the_ledger_shows_it_all(notebook):
    notebook.run("l = wasmcell.widgets.Ledger()")
    index = notebook.start("l")
    notebook.finish(index)
    rows = notebook.page.locator(".wasmcell-ledger tbody tr")
    rows.first.wait_for()
    count = rows.count()
    notebook.run("await image.probe(f)")
    notebook.page.wait_for_function(
        f"document.querySelectorAll('.wasmcell-ledger tbody tr').length > {count}"
    )
    texts = notebook.page.locator(".wasmcell-ledger tbody").inner_text()
    for line in (
        "vault\tpage\tphoto.jpg: name, type, size and sha256",
        "kernel\tpage\tmodule image",
        "vault\tpage\timage run\t0 B",
        "page\tkernel\timage probe photo.jpg",
        "page\tkernel\tphoto.jpg\t2.8 MB",
        "vault\tdisk\tsmall.png",
    ):
        assert line in texts


def test_other_types_are_turned_away(notebook, tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    notebook.run("g = wasmcell.pick('image/png, *.jpg', multiple=False)")
    notebook.choose(tmp_path / "notes.txt", frame=notebook.show("g", ".zone button"))
    complaint = notebook.frame("input[accept='image/png,.jpg']").locator(".bad").first
    complaint.get_by_text("notes.txt: not of the type that is asked for here").wait_for()
    assert notebook.run("g.files") == "()"


def test_a_removed_file_is_gone(notebook):
    notebook.choose(PHOTO)
    notebook.run("p, = await g.chosen()")
    frame = notebook.frame("input[accept='image/png,.jpg']")
    frame.click("text=×")
    told = notebook.run(
        "import time\nfor _ in range(50):\n  if not g.files: break\n  await asyncio.sleep(.1)\ng.files"
    )
    assert told == "()"
    told = notebook.run("await image.open(p).arun()")
    assert told.startswith("ClosedError: The file photo.jpg is not kept any more")


def test_dropped_files(notebook):
    notebook.run("d = wasmcell.pick()")
    frame = notebook.show("d", ".zone")  # the new one, and no zone of an earlier test
    frame.evaluate("""() => {
      const data = new DataTransfer();
      data.items.add(new File(['abc'], 'a.png'));
      data.items.add(new File(['abc'], 'b.exe'));
      document.querySelector('.zone').dispatchEvent(new DragEvent('drop', { dataTransfer: data }));
    }""")
    assert (
        notebook.run("[(p.name, p.type, p.size) for p in await d.chosen()]") == "[('a.png', 'image/png', 3)]"
    )
    assert "b.exe: not of the type" in frame.inner_text(".bad")


def test_a_file_that_is_chosen_twice_stands_there_once(notebook, tmp_path):
    """The same name with other bytes is another file."""
    other = tmp_path / PHOTO.name
    other.write_bytes(PHOTO.read_bytes()[:5000])
    notebook.run("t = wasmcell.pick()")
    frame = notebook.show("t", ".zone button")
    notebook.choose(PHOTO, frame=frame)
    notebook.run("p, = await t.chosen()")
    notebook.choose(PHOTO, frame=frame)
    notebook.until(lambda: "kept once: photo.jpg" in frame.inner_text("body"))
    notebook.choose(other, frame=frame)
    told = notebook.run("""
for _ in range(100):
    if len(t.files) == 2: break
    await asyncio.sleep(.1)
print([one.size for one in t.files], t.files[0] is p, (await image.probe(p)).width)
""")
    assert told == f"[{PHOTO.stat().st_size}, 5000] True 3872"
    assert frame.locator("li").count() == 2
    assert "kept once" not in frame.inner_text("body")


def test_a_folder(notebook, tmp_path):
    for name in ("a.png", "b.jpg", "c.txt"):
        (tmp_path / name).write_bytes(PHOTO.read_bytes()[:5000])
    notebook.run("h = wasmcell.pick()")
    frame = notebook.show("h", ".zone button")
    notebook.choose(tmp_path, button="text=Choose a folder…", frame=frame)
    told = notebook.run("""
for _ in range(50):
    if len(h.files) == 2: break
    await asyncio.sleep(.1)
print(sorted(one.name for one in h.files))
""")
    assert told == "['a.png', 'b.jpg']"


def test_rerun_cells_keep_handles(notebook):
    notebook.run("p = f.files[0]; f.close(); f = wasmcell.pick()")
    assert notebook.run("(await image.probe(p)).width") == "3872"


def test_many_files_in_one_line(notebook, tmp_path):
    """In order; one that fails leaves the others."""
    Pillow.new("RGB", (60, 40), "teal").save(tmp_path / "teal.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    notebook.run("m = wasmcell.pick()")
    notebook.choose(
        tmp_path / "teal.png", tmp_path / "bad.png", PHOTO, frame=notebook.show("m", ".zone button")
    )
    notebook.run("while len(m.files) < 3: await asyncio.sleep(.05)")
    told = notebook.run("""
them = await image.amap(m, "| image.resize width=30 | image.encode webp", progress=False)
print([(one.source, type(one.value).__name__, one.ok) for one in them], them[0].value.width, them[2].value.height)
print(them[1].error)
""")
    first, error = told.split("\n")
    assert first == (
        "[('teal.png', 'PrivateImage', True), ('bad.png', 'NoneType', False), "
        "('photo.jpg', 'PrivateImage', True)] 30 20"
    )
    assert error.startswith("bad.png: ")
    made = notebook.download(lambda: notebook.run("await them[2].get().download()"))
    assert made.path().read_bytes() == image.open(PHOTO).resize(width=30).encode("webp").bytes()
