"""The same in every host: Notebook 7 with the extension and without, marimo, and one that has only anywidget's API."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from afm import Afm
from marimo_host import Marimo, MarimoServer
from PIL import Image as Pillow

from wasmcell import engines, image
from wasmcell.engines import browser as engine

PHOTO = Path(__file__).parents[2] / "examples" / "media" / "photo.jpg"
#: No frame can be scripted under this one.
STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; img-src blob:; style-src 'unsafe-inline'"
STRICT += "; frame-src 'none'"


def afm(browser, policy):
    with pytest.MonkeyPatch.context() as patch, browser.new_context() as context:
        # What it brings goes with it.
        patch.setattr(engines, "_engines", dict(engines._engines))
        patch.setattr(engine, "_pages", {})
        host = Afm(context.new_page(), policy, patch)
        yield host
        host.close()


@pytest.fixture(scope="module")
def free(browser):
    yield from afm(browser, None)


@pytest.fixture(scope="module")
def strict(browser):
    """One that allows no vault."""
    yield from afm(browser, STRICT)


@pytest.fixture(scope="module")
def notebook(jupyter, open_in):
    return open_in(jupyter, "notebooks")


@pytest.fixture(scope="module")
def plain_notebook(plain_jupyter, open_in):
    return open_in(plain_jupyter, "notebooks")


@pytest.fixture(scope="module")
def marimo(browser, tmp_path_factory):
    server = MarimoServer(tmp_path_factory.mktemp("marimo"))
    try:
        server.wait()
        with browser.new_context(viewport={"width": 1100, "height": 900}) as context:
            yield Marimo(context.new_page(), server.url)
    finally:
        server.close()


SLOW = [pytest.param(name, marks=pytest.mark.ui) for name in ("notebook", "plain_notebook", "marimo")]


@pytest.fixture(scope="module", params=["free", "strict", *SLOW])
def host(request):
    """A host in which a photograph is chosen."""
    host = request.getfixturevalue(request.param)
    host.run("import hashlib, wasmcell; from wasmcell import image, widgets; f = wasmcell.pick()")
    host.pick(PHOTO)
    host.run("p, = f.files")
    return host


def test_a_private_file(host):
    home = "vault" if host.sealed else "workers"
    told = host.run("print(p.name, p.sha256, f.home)")
    assert told == f"photo.jpg {hashlib.sha256(PHOTO.read_bytes()).hexdigest()} {home}"
    said = host.frame(".zone").inner_text(".zone p")
    assert ("in a vault" in said) == host.sealed
    assert ("other scripts of this page could read them" in said) == (not host.sealed)


def test_a_private_picture(host):
    frame = host.show("made = await image.open(f).resize(width=80).encode('png').arun()\nmade", "figure img")
    shown = "i => i.decode().then(() => [i.naturalWidth, i.naturalHeight])"
    assert frame.wait_for_selector("figure img[src]").evaluate(shown) == [80, 54]
    download = host.download(lambda: host.run("await made.download('small.png')"))
    assert download.suggested_filename == "small.png"
    assert download.path().read_bytes() == image.open(PHOTO).resize(width=80).encode("png").bytes()


@pytest.mark.parametrize("word", ["Refuse", "Allow"])
def test_consent(host, word):
    cell = host.start(f"pulled_{word} = await p.pull()\nprint(hashlib.sha256(pulled_{word}).hexdigest())")
    host.answer(word)
    told = host.finish(cell)
    assert ("RefusedError" in told) == (word == "Refuse")
    assert (hashlib.sha256(PHOTO.read_bytes()).hexdigest() in told) == (word == "Allow")


def until(host, code, value):
    """Wait until Python knows."""
    for _ in range(50):
        if (told := host.run(code)) == value:
            return
        host.pause()
    assert told == value


def shows(host, bench, width, height):
    """Wait for a result of that size, and its file."""
    status, wanted = (
        bench.locator(".wasmcell-Workbench-status"),
        rf"→.*{width} × {height} px · [A-Z]+ · [\d.]+ k?B",
    )
    host.until(lambda: status.count() and re.search(wanted, " ".join(status.inner_text().split())))


@pytest.mark.parametrize("source", ["kernel", "private"])
def test_a_workbench_for_both_ends(host, source, tmp_path):
    path = tmp_path / "made.png"
    Pillow.linear_gradient("L").save(path)
    given = f"image.open({host.reach(path)!r})" if source == "kernel" else "made"
    host.run(f"w_{source} = widgets.Workbench({given}, '| image.resize width=60')")
    host.run(f"w_{source}")
    bench = host.page.locator(".wasmcell-Workbench").last
    host.until(lambda: host.page.locator(".wasmcell-Workbench").count() > (source == "private"))
    bench.scroll_into_view_if_needed()  # what nobody sees is not drawn
    shows(host, bench, 60, 60 if source == "kernel" else 41)
    bench.get_by_label("Step to add").select_option("flip")
    bench.get_by_role("button", name="Add", exact=True).click()
    until(host, f"print(w_{source}.pipeline)", "| image.resize width=60 | image.flip horizontal")
    host.run(f"w_{source}.pipeline = '| image.crop 0 0 40 30 | image.encode webp lossless=true'")
    shows(host, bench, 40, 30)
    assert bench.get_by_label("Format").input_value() == "webp"
    download = host.download(bench.get_by_role("button", name="Download").click)
    small = image.open(
        path if source == "kernel" else image.open(PHOTO).resize(width=80).encode("png").bytes()
    )
    assert download.path().read_bytes() == small.crop(0, 0, 40, 30).encode("webp", lossless=True).bytes()


def test_a_form_for_both_ends(host):
    host.run("g = widgets.Form(image.Image.resize)")
    host.run("g")
    form = host.page.locator(".wasmcell-Forms").last
    host.until(form.count)
    form.get_by_label("Width").fill("320")
    until(host, "print(g.pipeline)", "| image.resize width=320")
    host.run("g.values = {'height': 10, 'enlarge': False}")
    host.until(lambda: form.get_by_label("Height").input_value() == "10")
    assert form.get_by_label("Width").input_value() == ""
    assert not form.get_by_label("Enlarge").is_checked()


def test_the_ledger(host):
    host.run("l = widgets.Ledger()")
    host.run("l")
    table = host.page.locator(".wasmcell-ledger:visible tbody").last
    home = "vault" if host.sealed else "workers"
    host.until(lambda: table.count() and f"{home}\tpage\tphoto.jpg: name" in table.inner_text())
    rows = table.inner_text()
    assert rows.count("Plain workers are used") == (not host.sealed)
    assert f"{home}\tdisk\tsmall.png" in rows
    assert "page\tkernel\tphoto.jpg\t2.8 MB" in rows
    count = table.locator("tr").count()
    host.run("print(await image.probe(f))")
    host.until(lambda: table.locator("tr").count() > count)


in_marimo = pytest.mark.parametrize("host", [SLOW[-1]], indirect=True)


@in_marimo
def test_marimo_runs_cells_again(host):
    """Their widgets are closed then; the page keeps what a person chose."""
    cell = host.start("again = wasmcell.pick()")
    host.finish(cell)
    host.choose(PHOTO, frame=host.show("again", ".zone button"))
    until(host, "print(len(again.files))", "1")
    host.run("__import__('builtins').kept = again.files[0]")
    zones = host.frames(".zone button")
    host.page.locator(f"[data-cell-id='{cell}'] .cm-content").press("Control+Enter")
    host.until(lambda: [zone for zone in host.frames(".zone button") if zone not in zones])
    assert host.run("print((await image.probe(__import__('builtins').kept)).width)") == "3872"


@in_marimo
def test_a_marimo_that_cannot_be_heard(host):
    told = host.run("""
from wasmcell.engines import hearing as _hearing
_inspect, _hearing.inspect = _hearing.inspect, None
try:
    await wasmcell.pick().chosen()
finally:
    _hearing.inspect = _inspect
""")
    assert "BlockingError: This version of marimo does not let the page be heard while a cell waits" in told
