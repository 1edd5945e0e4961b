"""The bridge in Chromium against what else a page has."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.inputs import Inputs, pixels
from bench.measure import Case, Faster
from bench.page_peers import Peers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

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
def cases(inputs: Inputs, browser: Browser) -> Iterator[list[Case]]:
    """All cases, which can be measured while the context lasts."""
    files = {
        "photo.jpg": inputs.jpeg,
        "example.png": inputs.png,
        "raster.rgba": inputs.raster.tobytes(),
        "screenshot.rgba": inputs.screenshot.tobytes(),
        "small.rgba": inputs.photo_small.convert("RGBA").tobytes(),
    }
    with Peers.of(browser, "pictures", files) as peers:
        yield _cases(inputs, peers)


def _cases(inputs: Inputs, peers: Peers) -> list[Case]:
    small = pixels(inputs.photo_small)
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
