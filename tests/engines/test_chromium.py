"""What the engine `chromium` does beyond what all engines do."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from wasmcell.engines import Cancel, Limits
from wasmcell.engines import chromium as chromium_engine
from wasmcell.engines.chromium import Chromium
from wasmcell.errors import CancelledError, EngineUnavailableError, LimitExceededError, TrappedError


@pytest.fixture(scope="module", params=["workers", "vault", "isolated workers", "isolated vault"])
def chromium(request):
    """A page of each kind; all have a strict content security policy."""
    *isolated, home = request.param.split()
    with Chromium(home=home, isolated=bool(isolated), workers=2) as chromium:
        yield chromium


def test_the_work_is_done_where_it_should_be(chromium, request):
    assert chromium.home == request.node.callspec.params["chromium"].split()[-1]


def test_bytes_go_there_and_back(chromium, echo):
    data = bytes(range(256)) * 40_000
    assert chromium.call(echo, "echo-list-u8", data) == data


def test_an_endless_call_is_cancelled_and_spoils_no_other(chromium, echo):
    cancel = Cancel()
    with ThreadPoolExecutor(2) as pool:
        endless = pool.submit(chromium.call, echo, "spin", cancel=cancel)
        assert pool.submit(chromium.call, echo, "fill", 1000, 7).result(60) == bytes([7]) * 1000
        assert not endless.done()
        cancel.cancel()
        with pytest.raises(CancelledError):
            endless.result(60)
    assert chromium.call(echo, "echo-u8", 1) == 1


def test_time_is_limited(chromium, echo):
    with pytest.raises(LimitExceededError, match=r"0\.3 seconds"):
        chromium.call(echo, "spin", limits=Limits(seconds=0.3))


def test_memory_cannot_grow_beyond_its_limit(chromium, echo):
    assert chromium.call(echo, "try-allocate", 200 << 20, limits=Limits(memory=300 << 20)) is True
    assert chromium.call(echo, "try-allocate", 200 << 20, limits=Limits(memory=100 << 20)) is False


def test_many_calls_at_once(chromium, echo):
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda n: chromium.call(echo, "fill", n, n % 256), range(100)))
    assert results == [bytes([n % 256]) * n for n in range(100)]


def test_a_trap_spoils_its_session_alone(chromium, echo):
    with chromium.session(echo) as spoiled, chromium.session(echo) as other:
        counter = other.call("[constructor]counter", 5)
        with pytest.raises(TrappedError):
            spoiled.call("trap")
        with pytest.raises(TrappedError, match="ended by an earlier error"):
            spoiled.call("nothing")
        assert other.call("[method]counter.add", counter, 1) == 6


def test_a_stack_that_is_too_deep_is_a_trap(chromium, echo):
    with pytest.raises(TrappedError):
        chromium.call(echo, "recurse", 2**32 - 1)
    assert chromium.call(echo, "recurse", 10) == chromium.call(echo, "recurse", 10)


def test_a_crashed_page_is_an_error_and_the_next_call_opens_another(echo):
    import asyncio

    with Chromium() as chromium:
        assert chromium.call(echo, "echo-u8", 1) == 1
        page = chromium._link
        with ThreadPoolExecutor(1) as pool:
            endless = pool.submit(chromium.call, echo, "spin")
            asyncio.run_coroutine_threadsafe(page.page.goto("chrome://crash"), page._loop)
            with pytest.raises(TrappedError, match="Chromium"):
                endless.result(60)
        assert chromium.call(echo, "echo-u8", 2) == 2


def test_without_playwright_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright", None)
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    with pytest.raises(EngineUnavailableError, match="pip install"):
        Chromium()


def test_a_browser_that_is_named_must_be_there(monkeypatch):
    monkeypatch.setenv("WASMCELL_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(EngineUnavailableError, match="WASMCELL_CHROMIUM"):
        Chromium()


def test_without_a_browser_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(chromium_engine, "_EXECUTABLES", ())
    with pytest.raises(EngineUnavailableError, match="install one"):
        Chromium()
