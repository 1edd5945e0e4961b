"""The built JupyterLite site in a real browser, which no other host answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jupyter_notebook import Notebook
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from site_server import SITE, Foreign, SiteServer

from wasmcell.engines.chromium import find, flags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.lite)


class Lite(Notebook):
    """A notebook on the site, with Python in the page."""

    patience = 120_000  # a download, and a start of Python

    def reach(self, path: Path) -> str:
        self.run(f"open({path.name!r}, 'wb').write({path.read_bytes()!r})")
        return path.name


@pytest.fixture(scope="session")
def site() -> Iterator[SiteServer]:
    """The site on a server."""
    assert SITE.exists(), "build the site first: make lite"
    server = SiteServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def foreign() -> Iterator[Foreign]:
    """All other hosts; when a module's tests are done, none was asked for anything."""
    proxy = Foreign()
    yield proxy
    proxy.close()
    assert proxy.asked == []


@pytest.fixture(scope="module")
def browser(foreign: Foreign) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = {"server": foreign.url, "bypass": "localhost"}
        browser = playwright.chromium.launch(executable_path=find(), args=flags(), proxy=options)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visit(browser: Browser, foreign: Foreign) -> Callable[[], BrowserContext]:
    """A browser that has never been on the site; what a policy forbids it to ask of others counts, too."""

    def visit() -> BrowserContext:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        context.on("request", lambda request: foreign.note(request.url))
        return context

    return visit


@pytest.fixture
def fresh(visit: Callable[[], BrowserContext]) -> Iterator[BrowserContext]:
    """A browser that has never been on the site."""
    with visit() as context:
        yield context


@pytest.fixture(scope="module")
def opened(visit: Callable[[], BrowserContext], site: SiteServer) -> Iterator[Callable[[str], Lite]]:
    """Opens notebooks of the site, or new ones, each in a page of its own of one browser."""
    with visit() as context:
        yield lambda path="": open_notebook(context.new_page(), site, path)


def open_lab(page: Page, site: SiteServer) -> None:
    """JupyterLab on the site."""
    page.set_default_timeout(60_000)
    page.goto(f"{site.url}lab/index.html?reset")
    page.wait_for_selector(".jp-DirListing-content")


def open_notebook(page: Page, site: SiteServer, path: str = "") -> Lite:
    """A notebook of the site, or a new one."""
    open_lab(page, site)
    page.wait_for_function("globalThis.jupyterapp")
    page.evaluate(
        """async path => {
          await jupyterapp.restored;
          const made = path || (await jupyterapp.serviceManager.contents.newUntitled({ type: 'notebook' })).path;
          await jupyterapp.commands.execute('docmanager:open', { path: made, kernel: { name: 'python' } });
        }""",
        path,
    )
    notebook = Lite(page)
    notebook.wait()
    return notebook
