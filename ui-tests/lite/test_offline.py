"""The site opens without its server, speaks with nobody else, and says what keeps it from working."""

from __future__ import annotations

import pytest
from conftest import open_lab, open_notebook
from playwright.sync_api import expect
from site_server import SITE, SiteServer

import wasmcell


@pytest.fixture
def page(fresh):
    return fresh.new_page()


@pytest.fixture
def alert(page):
    return page.get_by_role("alert")


def copied(page, site):
    """Wait until the browser has a copy of the site."""
    until(page, "url => caches.match(url)", f"{site.url}files.json")


def until(page, asked, arg):
    """Wait for the truth of what a page is to be asked; `wait_for_function` takes any promise for true."""
    for _ in range(600):
        if page.evaluate(f"async arg => Boolean(await ({asked})(arg))", arg):
            return
        page.wait_for_timeout(200)
    pytest.fail(f"{asked} stays false")


def test_it_opens_again_when_the_server_is_gone(fresh, page, site, alert):
    notebook = open_notebook(page, site)
    assert notebook.run("import wasmcell; wasmcell.__version__") == repr(wasmcell.__version__)
    copied(page, site)
    site.stop()
    try:
        again = open_notebook(fresh.new_page(), site)
        assert "pyodide" in again.run(
            "%wasm -o small media/photo.jpg | image.resize width=40 | image.encode png\nsmall"
        )
        page.reload()
        page.wait_for_selector(".jp-DirListing-content")
        expect(alert).to_have_count(0)
    finally:
        site.start()


@pytest.mark.parametrize("has_headers", [True, False], ids=["headers", "no headers"])
def test_neither_page_nor_python_reach_other_hosts(page, site, foreign, monkeypatch, has_headers):
    monkeypatch.setattr(site, "has_headers", has_headers)
    open_lab(page, site)  # from the second visit on, the service worker is there, and does what headers would
    page.wait_for_function("navigator.serviceWorker.controller")
    notebook = open_notebook(page, site)
    page_asks = "fetch('https://example.org/').then(() => 'answered', error => error.name)"
    assert page.evaluate(page_asks) == "TypeError"
    python_asks = """
import asyncio, js
from pyodide.ffi import create_once_callable
from pyodide.http import pyfetch
forbidden = asyncio.get_running_loop().create_future()
seen = create_once_callable(lambda event: forbidden.set_result(event.blockedURI))
js.addEventListener("securitypolicyviolation", seen)
try:
    await pyfetch("https://example.org/")
except OSError:
    print(await asyncio.wait_for(forbidden, 10))
"""
    assert notebook.run(python_asks) == "https://example.org/"
    assert {url for url in foreign.asked if "example.org" not in url} == set()
    foreign.asked.clear()  # these were on purpose


def test_it_lies_at_the_root_of_a_server(fresh):
    server = SiteServer("/")
    try:
        notebook = open_notebook(fresh.new_page(), server)
        assert notebook.page.evaluate(
            "fetch('/api/service-worker-heartbeat').then(async answer => [answer.status, await answer.text()])"
        ) == [200, "ok"]
        assert "pyodide" in notebook.run(
            "%wasm -o small media/photo.jpg | image.resize width=40 | image.encode png\nsmall"
        )
        copied(notebook.page, server)
        server.stop()
        again = open_notebook(fresh.new_page(), server)
        expect(again.page.locator(".jp-DirListing-item", has_text="pictures.ipynb")).to_be_visible()
    finally:
        server.stop()


def test_what_was_written_over_the_copy_is_fetched_again(page, site):
    open_lab(page, site)
    copied(page, site)
    written = """
      async text => {
        const [name] = (await caches.keys()).filter(name => name.startsWith('wasmcell-lite'));
        const cache = await caches.open(name);
        const [file] = (await cache.keys()).filter(({ url }) => url.includes('/bootstrap.js?'));
        if (text) {
          await cache.put(file, new Response(text));
        }
        const kept = file && (await cache.match(file)); // it is gone before it is there again
        return kept ? kept.text() : '';
      }
    """
    own = page.evaluate(written, "")
    assert page.evaluate(written, "alert('mine now')") == "alert('mine now')"
    page.reload()
    until(page, f"async text => (await ({written})('')) === text", own)


def test_python_says_that_it_starts_and_what_the_stop_button_does(page, site):
    open_lab(page, site)
    page.wait_for_function("globalThis.jupyterapp")
    page.evaluate("() => void jupyterapp.commands.execute('notebook:create-new', { kernelName: 'python' })")
    starts = page.get_by_role("status").filter(has_text="Python starts")
    expect(starts).to_be_visible()
    expect(starts).to_have_count(0, timeout=120_000)
    page.evaluate("() => void jupyterapp.commands.execute('notebook:interrupt-kernel')")
    expect(page.get_by_role("status").filter(has_text="Restart Kernel ends what runs")).to_be_visible()


@pytest.mark.parametrize(
    ("kind", "message"), [("missing", "is missing (404)"), ("damaged", "is not the file that was built")]
)
def test_a_wheel_that_is_wrong(page, site, alert, kind, message):
    [wheel] = (SITE / "static" / "pyodide").glob("traitlets-*.whl")
    name = wheel.relative_to(SITE).as_posix()
    wrong = getattr(site, kind)
    wrong.add(name)
    try:
        open_lab(page, site)
        expect(alert).to_contain_text(f"{name} {message}", timeout=60_000)
    finally:
        wrong.clear()


def test_a_python_that_does_not_start(page, site, alert):
    site.missing.add("static/pyodide/pyodide.mjs")
    try:
        open_lab(page, site)
        page.wait_for_function("globalThis.jupyterapp")
        page.evaluate(
            "() => void jupyterapp.commands.execute('notebook:create-new', { kernelName: 'python' })"
        )
        expect(alert.filter(has_text="Python cannot start")).to_contain_text("pyodide.mjs", timeout=60_000)
    finally:
        site.missing.clear()


@pytest.mark.parametrize(
    ("lack", "message"),
    [
        ("WebAssembly.validate = () => false", "This browser has no WebAssembly with SIMD"),
        ("delete Navigator.prototype.serviceWorker", "Open it by https or on localhost"),
        (
            "Cache.prototype.put = async () => { throw new DOMException('full', 'QuotaExceededError'); }",
            "the browser has no room for a copy. It needs",
        ),
    ],
)
def test_what_a_browser_lacks_is_said(page, site, alert, lack, message):
    page.add_init_script(lack)
    page.goto(f"{site.url}lab/index.html")
    expect(alert).to_contain_text(message, timeout=60_000)
    alert.get_by_role("button", name="Close").click()
    expect(alert).to_have_count(0)
