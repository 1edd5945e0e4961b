"""The peers in a page of Chromium."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

from playwright.sync_api import sync_playwright

from bench.measure import Peer
from bench.server import FOLDERS, Server, serving
from wasmcell.engines.chromium import find, flags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, Page


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=flags())
        yield browser
        browser.close()


@dataclass(frozen=True)
class Peers:
    """The peers of a group, ready in a page: `peers(case)` are those that do a case."""

    _page: Page
    _server: Server
    _found: Mapping[str, list[str]]

    @classmethod
    @contextmanager
    def of(cls, browser: Browser, group: str, files: dict[str, bytes], *args: object) -> Iterator[Self]:
        """Open a page and load a group of peers, which get these files; `args` go to `bench.load`."""
        with serving(files) as server, browser.new_page() as page:
            page.set_default_timeout(120_000)
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{server.url}/page/index.html")
            page.wait_for_function("globalThis.bench")
            found: dict[str, list[str]] = page.evaluate("args => bench.load(...args)", [group, *args])
            if errors:
                raise RuntimeError(f"The page failed: {'; '.join(errors)}")
            yield cls(page, server, found)

    def __call__(self, case: str) -> tuple[Peer, ...]:
        return tuple(self._peer(case, name) for name in self._found[case])

    def _peer(self, case: str, name: str) -> Peer:
        def result() -> object:
            self._page.evaluate("([kind, name]) => bench.send(kind, name)", [case, name])
            return self._server.results.get(timeout=60)

        sample = partial(self._page.evaluate, "([kind, name]) => bench.time(kind, name)", [case, name])
        return Peer(name, sample, result)  # type: ignore[arg-type]


def versions() -> dict[str, str]:
    """Of the peers in the page, by package."""
    wanted = json.loads((FOLDERS["peers"].parent / "package.json").read_text())["dependencies"]
    return {
        name: json.loads((FOLDERS["peers"] / name / "package.json").read_text())["version"] for name in wanted
    }
