"""What the tests in a real browser share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from recorder import Host, Recorder

from wasmcell.engines.chromium import find, flags

#: Starts a bridge in the page; the argument is the home.
START = """async home => {
  const at = name => new URL(name, location.href);
  const bridge = await wasmcell.Bridge.start({
    home, scripts: { worker: at('static/worker.js'), vault: at('static/vault-frame.js') }
  });
  bridge.modules.add(await wasmcell.moduleAt(at('modules/echo.wasm')));
  globalThis.bridge = bridge;
  return bridge.home;
}"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=flags())
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
def host() -> Iterator[Host]:
    """A page without any policy of its own."""
    with Host() as host:
        yield host


def start(page: Page, host: Host, home: str = "vault") -> str:
    """Open the page with a bridge in it; where its work is done."""
    page.goto(host.url)
    page.wait_for_function("globalThis.wasmcell")
    kind: str = page.evaluate(START, home)
    return kind
