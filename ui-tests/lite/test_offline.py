"""The site opens without its server, speaks with nobody else, and says what keeps it from working."""

from __future__ import annotations

import pytest
from conftest import open_lab, open_notebook
from playwright.sync_api import expect

WHEEL = "static/pyodide/traitlets-5.16.1-py3-none-any.whl"


@pytest.fixture
def page(fresh):
    return fresh.new_page()


@pytest.fixture
def alert(page):
    return page.get_by_role("alert")


def copied(page, site):
    """Wait until the browser has a copy of the site."""
    page.wait_for_function("url => caches.match(url)", arg=f"{site.url}files.json", timeout=120_000)


def test_it_opens_again_when_the_server_is_gone(fresh, page, site, alert):
    notebook = open_notebook(page, site)
    assert notebook.run("import wasmcell; wasmcell.__version__") == "'0.1.0'"
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


def test_neither_page_nor_python_reach_other_hosts(page, site):
    notebook = open_notebook(page, site)
    page_asks = "fetch('https://example.org/').then(() => 'answered', error => error.name)"
    assert page.evaluate(page_asks) == "TypeError"
    python_asks = "from pyodide.http import pyfetch\nawait pyfetch('https://example.org/')"
    assert "Failed to fetch" in notebook.run(python_asks)


@pytest.mark.parametrize(
    ("kind", "message"), [("missing", "is missing (404)"), ("damaged", "is not the file that was built")]
)
def test_a_wheel_that_is_wrong(page, site, alert, kind, message):
    wrong = getattr(site, kind)
    wrong.add(WHEEL)
    try:
        open_lab(page, site)
        expect(alert).to_contain_text(f"{WHEEL} {message}", timeout=60_000)
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
