"""The sealed frames of a page, by what they show."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page


def frames(page: Page, selector: str) -> list[Frame]:
    """Those that show it now."""
    found = []
    for frame in page.frames:
        with suppress(Error):  # it goes away while it is asked
            if frame.url == "about:srcdoc" and frame.query_selector(selector):
                found.append(frame)
    return found


def first(page: Page, selector: str, tries: int = 200) -> Frame:
    """The first of them, when there is one."""
    for _ in range(tries):
        if found := frames(page, selector):
            return found[0]
        page.wait_for_timeout(50)
    raise AssertionError(f"no sealed frame shows {selector}")
