"""The bridge in Chromium against what else a page has."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench.inputs import Inputs, pixels
from bench.measure import Case, Faster, Peer
from bench.server import FOLDERS, Server, serving
from wasmcell.engines.chromium import find, flags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

INTRO = """\
All peers run in one page, which is cross-origin isolated, so that wasm-vips has its threads; a time is what
the page waits. Chromium is headless, without a GPU.

- wasmcell: the bridge in plain workers; pixels are copied once, then handed over without copying.
- wasmcell (vault): the same in the vault, a process of its own; what the page gives it is copied into that.
  Files that people choose go into it by reference, and do not pay for this.
- pica: canvas to canvas, as it is meant to be used, with as many workers as cores; pica (buffer): pixels to
  pixels, one thread.
- jSquash: one thread. It resizes in the file's own values here, as the others do, not in linear light.
- Photon: one thread, without SIMD. Its JPEG decoder traps in a page, so it is missing there.
- wasm-vips: threads by SharedArrayBuffer, as many as cores; also with one. It resizes without premultiplying
  alpha, its fastest way, where the others premultiply; the picture is opaque.
- canvas: the browser's native code (createImageBitmap, OffscreenCanvas). It does not say what filter its
  quality 'high' is.
"""


@contextmanager
def cases(inputs: Inputs) -> Iterator[tuple[list[Case], str]]:
    """All cases, which can be measured while the context lasts, and the version of Chromium."""
    files = {
        "photo.jpg": inputs.jpeg,
        "example.png": inputs.png,
        "raster.rgba": inputs.raster.tobytes(),
        "screenshot.rgba": inputs.screenshot.tobytes(),
        "small.rgba": inputs.photo_small.convert("RGBA").tobytes(),
    }
    with serving(files) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=flags())
        page = browser.new_page()
        page.set_default_timeout(120_000)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.url}/page/index.html")
        page.wait_for_function("globalThis.bench")
        found: dict[str, list[str]] = page.evaluate("bench.load()")
        if errors:
            raise RuntimeError(f"The page failed: {'; '.join(errors)}")
        yield _cases(inputs, page, server, found), browser.version
        browser.close()


def _cases(inputs: Inputs, page: Page, server: Server, found: dict[str, list[str]]) -> list[Case]:
    small = pixels(inputs.photo_small)

    def peers(case: str) -> tuple[Peer, ...]:
        return tuple(_peer(page, server, case, name) for name in found[case])

    return [
        Case(
            "3840 × 2160 RGBA → 1280 × 720, Lanczos3, pixels to pixels",
            peers("resize"),
            goals=(Faster(4, "pica"), Faster(4, "pica (buffer)"), Faster(4, "jSquash")),
            like=pixels(inputs.raster_small),
        ),
        Case(
            "JPEG of 10 megapixels → 1280 wide, Lanczos3 → JPEG of quality 80",
            peers("jpeg"),
            goals=(Faster(1.5, "wasm-vips"),),
            like=small,
            note="jSquash encodes by MozJPEG with its defaults, which takes its time to write smaller files.",
        ),
        Case(
            "PNG of 2558 × 1348 RGBA → pixels",
            peers("png-decode"),
            like=pixels(inputs.screenshot),
            floor=40,
        ),
        Case(
            "screenshot, 2558 × 1348 RGBA → PNG",
            peers("png-encode"),
            like=pixels(inputs.screenshot),
            floor=40,
        ),
        Case("1280 × 857 RGBA → lossy WebP of quality 80", peers("webp-encode"), like=small),
    ]


def _peer(page: Page, server: Server, case: str, name: str) -> Peer:
    def result() -> object:
        page.evaluate("([kind, name]) => bench.send(kind, name)", [case, name])
        return server.results.get(timeout=60)

    sample = partial(page.evaluate, "([kind, name]) => bench.time(kind, name)", [case, name])
    return Peer(name, sample, result)  # type: ignore[arg-type]


def versions() -> dict[str, str]:
    """Of the peers in the page, by package."""
    wanted = json.loads((FOLDERS["peers"].parent / "package.json").read_text())["dependencies"]
    return {
        name: json.loads((FOLDERS["peers"] / name / "package.json").read_text())["version"] for name in wanted
    }
