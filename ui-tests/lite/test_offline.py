"""The site opens without its server, and says what keeps it from working."""

from __future__ import annotations

from conftest import open_lab, open_notebook
from playwright.sync_api import expect


def copied(page, site):
    """Wait until the browser has a copy of the site."""
    page.wait_for_function("url => caches.match(url)", arg=f"{site.url}files.json", timeout=120_000)


def test_it_opens_again_when_the_server_is_gone(fresh, site):
    page = fresh.new_page()
    notebook = open_notebook(page, site)
    assert notebook.run("import wasmcell; wasmcell.__version__") == "'0.1.0'"
    copied(page, site)
    site.stop()
    try:
        again = open_notebook(fresh.new_page(), site)
        assert (
            again.run("import wasmcell, os; print(sorted(os.listdir('media')))")
            == "['README.md', 'example.png', 'photo.jpg']"
        )
        page.reload()
        expect(page.get_by_role("alert")).to_have_count(0)
    finally:
        site.start()


def test_a_wheel_that_is_missing(fresh, site):
    page = fresh.new_page()
    site.missing.add("static/pyodide/traitlets-5.16.1-py3-none-any.whl")
    try:
        open_lab(page, site)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("traitlets-5.16.1-py3-none-any.whl is missing (404)", timeout=60_000)
    finally:
        site.missing.clear()
