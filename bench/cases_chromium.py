"""The bridge in Chromium against what else a page has."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench.inputs import Inputs, pixels
from bench.measure import Case, Faster, Peer
from bench.server import Server, serving
from wasmcell.engines.chromium import find, flags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

#: What a reader must know of a peer; the page says which peers do what.
NOTES = {
    "wasmcell": "in the vault, as by default: pixels go into its worker and back",
    "wasmcell (workers)": "in plain workers",
    "pica": "canvas to canvas, as it is meant to be used: as many workers as cores",
    "pica (buffer)": "pixels to pixels, one thread",
    "jSquash": "one thread",
    "Photon": "one thread, no SIMD",
    "wasm-vips": "threads: as many as cores, by SharedArrayBuffer",
    "wasm-vips (1 thread)": "one thread",
    "canvas": "the browser's native code; its filter of quality 'high' is not specified",
}


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
            note="Photon is missing: its JPEG decoder traps in a page. jSquash's encoder is MozJPEG, "
            "which takes its time to write smaller files.",
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
    return Peer(name, sample, result, NOTES[name])  # type: ignore[arg-type]


def versions() -> dict[str, str]:
    """Of the peers in the page, by package."""
    from bench.server import FOLDERS

    wanted = json.loads((FOLDERS["peers"].parent / "package.json").read_text())["dependencies"]
    return {
        name: json.loads((FOLDERS["peers"] / name / "package.json").read_text())["version"] for name in wanted
    }
