"""What the engine `pyodide` does beyond what all engines do, and wasmcell itself in Pyodide."""

import re

import pytest

from wasmcell import engines, modules
from wasmcell.engines import Limits
from wasmcell.errors import (
    EngineUnavailableError,
    LimitExceededError,
    MalformedError,
    TrappedError,
)

from ..pyodide import Pyodide


@pytest.fixture(scope="module")
def pyodide():
    """A page in which Python can wait, and have workers."""
    with Pyodide() as pyodide:
        yield pyodide


@pytest.fixture(scope="module", params=["no JSPI", "no workers from blobs"])
def bare(request):
    """A page in which modules run in Python's own worker."""
    with Pyodide(waits=request.param != "no JSPI", blobs=request.param == "no JSPI") as bare:
        yield bare


def test_it_is_in_pages_alone():
    assert engines.names() == ["kernel", "node", "chromium"]
    with pytest.raises(EngineUnavailableError, match="of a Python in the page"):
        engines.get("pyodide")


def test_neither_numpy_nor_wasmtime_is_wanted():
    with Pyodide() as fresh:
        assert not fresh.run("""
import sys
from wasmcell import image, pdf
result = {"numpy", "wasmtime", "platformdirs", "difflib", "ctypes"} & sys.modules.keys()
""")


def test_it_is_the_kernels_own_there(pyodide):
    names, same, shown, traced = pyodide.run("""
from wasmcell import describe, engines, pdf
names, same = engines.names(), engines.get("kernel") is engines.get("pyodide")
result = names, same, describe.engines(), pdf.from_text("x").engine
""")
    assert names == ["pyodide"]
    assert same
    assert shown == "  pyodide  available"
    assert traced == "pyodide"


def test_where_time_cannot_be_limited_it_says_so(bare, echo):
    bare.call(echo, "calls")
    assert "limits of time and cancelling are best effort" in bare.run(
        "from wasmcell import describe; result = ' '.join(describe.engines().split())"
    )


def test_values_and_errors_in_pythons_own_worker(bare, echo):
    data = bytes(range(256)) * 4096
    assert bare.call(echo, "echo-list-u8", data) == data
    assert bare.call(echo, "echo-list-string", ["ä", "", "x" * 70_000]) == ["ä", "", "x" * 70_000]
    assert str(bare.call(echo, "echo-f64", -0.0)) == "-0.0"
    assert bare.call(echo, "echo-u64", 2**64 - 1) == 2**64 - 1
    assert bare.call(echo, "echo-s64", -5) == -5
    with pytest.raises(MalformedError, match="^what went wrong$"):
        bare.call(echo, "fail", "malformed", "what went wrong")
    with pytest.raises(TrappedError, match="unreachable"):
        bare.call(echo, "trap")
    with pytest.raises(TrappedError):
        bare.call(echo, "recurse", 1 << 30)
    assert bare.call(echo, "calls") == 1


def test_resources_in_pythons_own_worker(bare, echo):
    with bare.session(echo) as session:
        assert [session.call("calls") for _ in range(3)] == [1, 2, 3]
        given, lent = (session.call("[constructor]counter", start) for start in (5, 2))
        merged = session.call("[static]counter.merge", given, lent)
        assert session.call("[method]counter.value", merged) == 7
        assert (given.closed, lent.closed, session.call("ended")) == (True, False, 1)
        lent.close()
        assert session.call("ended") == 2
        with pytest.raises(TrappedError):
            session.call("trap")
        with pytest.raises(TrappedError, match="ended by an earlier error"):
            session.call("calls")


def test_memory_is_limited_in_pythons_own_worker(bare, echo):
    with pytest.raises(LimitExceededError, match="WASMCELL_MEMORY"):
        bare.call(echo, "allocate", 100 << 20, limits=Limits(memory=64 << 20))
    with pytest.raises(LimitExceededError, match="does not fit"):
        bare.call(echo, "nothing", limits=Limits(memory=65536))


def test_too_late_is_told_in_pythons_own_worker(bare, echo):
    with pytest.raises(LimitExceededError, match="longer than its limit"):
        bare.call(echo, "fill", 50_000_000, 7, limits=Limits(seconds=1e-6))


def test_a_session_cannot_be_waited_for_where_javascript_calls(pyodide):
    assert pyodide.run("""
import js
from pyodide.ffi import create_proxy
from wasmcell import engines, modules
engine, echo, said = engines.get("kernel"), modules.get("echo"), []
def called_back(*_):
    said.append(engine.call(echo, "calls"))
    try:
        session.call("calls")
    except Exception as error:
        said.append(type(error).__name__)
with engine.session(echo) as session:
    session.call("calls")
    js.Array.of(1).forEach(create_proxy(called_back))
    said.append(session.call("calls"))
result = said
""") == [1, "BlockingError", 2]


def test_other_tasks_go_on_and_can_cancel(pyodide):
    waited, ticks, ended = pyodide.run("""
import asyncio
from pyodide.ffi import can_run_sync, run_sync
from wasmcell import engines, modules
from wasmcell.engines import Cancel
engine, echo, cancel, seen = engines.get("kernel"), modules.get("echo"), Cancel(), []
async def spin():
    seen.append(can_run_sync())
    try:
        engine.call(echo, "spin", cancel=cancel)
    except Exception as error:
        seen.append(type(error).__name__)
async def tick():
    for n in range(5):
        await asyncio.sleep(0.02)
        seen.append(engine.call(echo, "sum", bytes([n])))
    cancel.cancel()
async def both():
    await asyncio.gather(spin(), tick())
run_sync(both())
result = seen[0], seen[1:-1], seen[-1]
""")
    assert (waited, ticks, ended) == (True, [0, 1, 2, 3, 4], "CancelledError")


def test_a_cancelled_task_ends_its_call(pyodide):
    told, ended, after = pyodide.run("""
import asyncio
from pyodide.ffi import run_sync
from wasmcell import image, pdf
page = pdf.open(bytes(pdf.from_text("x")))[0].render(dpi=600)
run, ended = image.Image._run, []
def noted(self, **options):
    try:
        run(self, **options)
        ended.append("done")
    except Exception as error:
        ended.append(type(error).__name__)
        raise
async def both():
    task = asyncio.create_task(page.blur(200).blur(200).blur(200).blur(200).encode("png").arun())
    await asyncio.sleep(0.3)
    task.cancel()
    told = (await asyncio.gather(task, return_exceptions=True))[0]
    while not ended:
        await asyncio.sleep(0.01)
    return type(told).__name__
image.Image._run = noted
told = run_sync(both())
image.Image._run = run
result = told, ended, page.resize(width=9).run().bytes_out > 0
""")
    assert (told, ended, after) == ("CancelledError", ["CancelledError"], True)


def test_a_document_outlives_the_one_that_it_was_made_of(pyodide):
    pages, text = pyodide.run("""
import asyncio
from pyodide.ffi import run_sync
from wasmcell import pdf
document = pdf.open(bytes(pdf.from_text("One.")))
made = []
async def make():
    made.append(document.rotate(90))
async def close():
    document.close()  # while the other one waits for the engine
async def both():
    await asyncio.gather(make(), close())
run_sync(both())
result = len(made[0]), made[0][0].text()
""")
    assert pages == 1
    assert "One." in text


def test_arrays_without_numpy_say_what_to_do(pyodide):
    said = pyodide.run("""
from wasmcell import UnsupportedError, image, pdf
page = pdf.open(bytes(pdf.from_text("x")))[0].render(dpi=30)
class Array:
    __array_interface__ = {}
result = []
for wanted in (page.numpy, page.resize(width=9).numpy, lambda: image.open(Array())):
    try:
        wanted()
    except UnsupportedError as error:
        result.append(str(error))
""")
    assert len(said) == 3
    assert all("`import numpy` in a cell" in one for one in said)


def test_engines_that_are_processes(pyodide):
    assert (
        pyodide.run("""
from wasmcell import engines
try:
    engines.get("node")
except Exception as error:
    result = f"{type(error).__name__}: {error}"
""")
        == "EngineUnavailableError: The engine node is a process, and a page has none: use kernel."
    )


def test_what_an_ended_worker_is_asked(pyodide):
    assert pyodide.run("""
from wasmcell import engines, modules
from wasmcell.engines import Limits
session = engines.get("kernel").session(modules.get("echo"), Limits(seconds=0.1))
result = []
for ask in (lambda: session.call("spin"), lambda: session._instance._linked.ask("memory"), session.close):
    try:
        ask()
    except Exception as error:
        result.append(type(error).__name__)
""") == ["LimitExceededError", "TrappedError"]


def test_a_worker_that_does_not_start_once(pyodide, echo):
    """What the page's policy allows, it allows again."""
    assert pyodide.call(echo, "calls") == 1
    assert pyodide.run("""
from wasmcell import engines, modules
from wasmcell.engines import webassembly, webassembly_worker
from wasmcell.errors import EngineUnavailableError
engine, echo = engines.get("kernel"), modules.get("echo")
def fail(*_):
    raise EngineUnavailableError("not now")
made, webassembly_worker.WorkerLinked = webassembly_worker.WorkerLinked, fail
result = [engine.call(echo, "calls")]
webassembly_worker.WorkerLinked = made
result.append(webassembly.can_wait())
""") == [1, True]


@pytest.mark.parametrize(
    ("name", "message", "error"),
    [
        ("RangeError", "Maximum call stack size exceeded", "TrappedError: the module recursed"),
        ("InternalError", "too much recursion", "TrappedError: the module recursed"),
        ("RangeError", "Array buffer allocation failed", "LimitExceededError: The browser has no memory"),
        (
            "RangeError",
            "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance",
            "LimitExceededError: The browser has no memory",
        ),
    ],
)
def test_what_browsers_throw(pyodide, name, message, error):
    said = pyodide.run(f"""
from wasmcell import engines, modules
with engines.get("kernel").session(modules.get("echo")) as session:
    found = session._instance._linked.broken({name!r}, {message!r}, lambda: 0)
result = f"{{type(found).__name__}}: {{found}}"
""")
    assert said.startswith(error)


def test_few_limits_of_memory_are_kept_compiled(pyodide):
    assert (
        pyodide.run("""
from wasmcell import engines, modules
from wasmcell.engines import Limits
engine, echo = engines.get("kernel"), modules.get("echo")
for pages in range(100, 105):
    assert engine.call(echo, "calls", limits=Limits(memory=pages << 16)) == 1
result = len(echo.compiled[engine]._compiled)
""")
        == 2
    )


def test_pictures_one_after_the_other(pyodide):
    paths, failed, size = pyodide.run("""
import os
from wasmcell import image, pdf
page = pdf.from_text("x")
with open("/tmp/a.png", "wb") as file:
    file.write(pdf.open(bytes(page))[0].render(dpi=30).encode("png").bytes())
outcomes = image.map(["/tmp/a.png", b"bad"], "| image.resize width=9 > /tmp/small-{index}.webp", progress=False)
result = [o.value for o in outcomes], type(outcomes[1].error).__name__, os.path.getsize(outcomes[0].value)
""")
    assert failed == "MalformedError"
    assert size > 20
    assert paths[1] is None


def test_documents_have_the_same_bytes(pyodide):
    code = """
import hashlib
from wasmcell import pdf
made = bytes(pdf.from_text("One.\\n\\nTwo."))
with pdf.open(made) as document:
    texts = [page.text() for page in document]
    picture = bytes(document[0].render(dpi=40).encode("png").bytes())
result = hashlib.sha256(made).hexdigest(), texts, hashlib.sha256(picture).hexdigest()
"""
    here = {}
    exec(code, here)
    assert pyodide.run(code) == here["result"]


def test_urls_by_the_pages_requests(pyodide):
    found, missing = pyodide.run("""
import hashlib, js
from wasmcell import sources
here = js.location.href.rsplit("/", 1)[0]
found = hashlib.sha256(sources.of(f"{here}/modules/echo.wasm").read()).hexdigest()
try:
    missing = sources.of(f"{here}/modules/none.wasm").read()
except OSError as error:
    missing = str(error)
result = found, missing
""")
    assert found == modules.get("echo").sha256
    assert "none.wasm" in missing


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("addresses.pop(sha256)", "Module inspect is not on this site: .* has no address for it"),
        ("addresses[sha256] = 'modules/none.wasm'", "none.wasm answers 404 .*Build the site again"),
        ("addresses[sha256] = 'modules/echo.wasm'", "echo.wasm is not the module inspect of this wasmcell"),
        (
            "addresses[sha256] = 'http://127.0.0.1:9/x.wasm'",
            "x.wasm cannot be read .*Is the site's server there",
        ),
    ],
)
def test_a_module_that_is_not_on_the_site(pyodide, change, text):
    said = pyodide.run(f"""
from wasmcell import engines, modules
from wasmcell.modules import site
addresses = site.addresses()
inspect = modules.load(modules.get("inspect").path)
sha256, before = inspect.sha256, dict(addresses)
{change}
try:
    result = engines.get("kernel").call(inspect, "describe", b"")
except Exception as error:
    result = f"{{type(error).__name__}}: {{error}}"
addresses.clear()
addresses.update(before)
""")
    assert said.startswith("ModuleError: ")
    assert re.search(text, said), said


def test_a_browser_without_simd(pyodide):
    said = pyodide.run("""
from wasmcell.engines import webassembly
from wasmcell.errors import EngineUnavailableError
simd, webassembly._SIMD = webassembly._SIMD, b"what no browser knows"
try:
    webassembly.WebCore()
except EngineUnavailableError as error:
    result = str(error)
webassembly._SIMD = simd
""")
    assert "without SIMD" in said
