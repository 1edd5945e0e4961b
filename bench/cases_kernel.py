"""The kernel engine against Pillow and OpenCV."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image, ImageFilter

from bench.inputs import CORES, WIDTH, Inputs, pixels
from bench.measure import Case, Faster, Peer, peer, timed
from wasmcell import image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LANCZOS = Image.Resampling.LANCZOS
BATCH = 4 * CORES
"""How many pictures are processed where all cores are at work."""


def cases(inputs: Inputs) -> list[Case]:
    """All cases of the kernel engine. A peer of one thread has one, OpenCV too."""
    cv2.setNumThreads(1)
    return [*_resize(inputs), *_jpeg(inputs), *_png(inputs), *_webp(inputs), *_filters(inputs)]


def _resize(inputs: Inputs) -> list[Case]:
    raster, array = inputs.raster, pixels(inputs.raster)
    size, like = (WIDTH, 720), pixels(inputs.raster_small)
    name = "3840 × 2160 RGBA → 1280 × 720, Lanczos3, pixels to pixels"

    def ours() -> np.ndarray:
        return image.open(array).resize(width=WIDTH).numpy()

    def pillow() -> np.ndarray:
        return np.asarray(raster.resize(size, LANCZOS))

    def opencv() -> np.ndarray:
        return cv2.resize(array, size, interpolation=cv2.INTER_AREA)

    area = "area filter: its Lanczos does not average when it shrinks"
    return [
        Case(
            name,
            (peer("wasmcell", ours), peer("Pillow", pillow), peer("OpenCV", opencv, area)),
            goals=(Faster(3, "Pillow"),),
            like=like,
        ),
        Case(
            f"the same, {BATCH} pictures on all cores",
            _on_all_cores(("wasmcell", ours, ""), ("Pillow", pillow, ""), ("OpenCV", opencv, area)),
            like=like,
        ),
    ]


def _jpeg(inputs: Inputs) -> list[Case]:
    data, buffer = inputs.jpeg, np.frombuffer(inputs.jpeg, np.uint8)
    size, quality = (WIDTH, 857), [cv2.IMWRITE_JPEG_QUALITY, 80]
    photo, small = inputs.photo, inputs.photo_small
    rgb, bgr = pixels(small), pixels(small)[..., ::-1].copy()

    def ours() -> bytes:
        return image.open(data).resize(width=WIDTH).encode("jpeg", quality=80).bytes()

    def pillow(draft: bool = False) -> bytes:
        picture = Image.open(BytesIO(data))
        if draft:
            picture.draft("RGB", size)
        return _saved(picture.resize(size, LANCZOS), "JPEG", quality=80)

    def opencv(flags: int = cv2.IMREAD_COLOR_BGR) -> bytes:
        picture = cv2.resize(_decoded(buffer, flags), size, interpolation=cv2.INTER_AREA)
        return _encoded(".jpg", picture, quality)

    def drafted() -> bytes:
        return pillow(draft=True)

    def reduced() -> bytes:
        return opencv(cv2.IMREAD_REDUCED_COLOR_2)

    draft_note, area = "draft mode: decodes at half the size", "area filter"
    half = "area filter, decodes at half the size"
    on_all_cores = _on_all_cores(("Pillow (draft)", drafted, draft_note), ("OpenCV (reduced)", reduced, half))
    return [
        Case(
            "JPEG of 10 megapixels → 1280 wide, Lanczos3 → JPEG of quality 80",
            (
                peer("wasmcell", ours),
                peer("Pillow (draft)", drafted, draft_note),
                peer("Pillow", pillow),
                peer("OpenCV (reduced)", reduced, half),
                peer("OpenCV", opencv, area),
            ),
            goals=(Faster(1, "Pillow (draft)"),),
            like=rgb,
        ),
        Case(
            f"the same, {BATCH} pictures on all cores",
            (_mapped(data, width=WIDTH), *on_all_cores),
            like=rgb,
        ),
        _thumbnails(inputs),
        Case(
            "JPEG of 10 megapixels → pixels",
            (
                peer("wasmcell", lambda: image.open(data).numpy()),
                peer("Pillow", lambda: np.asarray(Image.open(BytesIO(data)))),
                peer("OpenCV", lambda: _decoded(buffer, cv2.IMREAD_COLOR_RGB)),
            ),
            goals=(Faster(0.7, "Pillow"),),
            like=pixels(photo),
            floor=40,
        ),
        Case(
            "1280 × 857 RGB → JPEG of quality 80",
            (
                peer("wasmcell", lambda: image.open(rgb).encode("jpeg", quality=80).bytes()),
                peer("Pillow", lambda: _saved(small, "JPEG", quality=80)),
                peer("OpenCV", lambda: _encoded(".jpg", bgr, quality)),
            ),
            like=rgb,
        ),
    ]


def _thumbnails(inputs: Inputs) -> Case:
    data, buffer = inputs.jpeg, np.frombuffer(inputs.jpeg, np.uint8)
    size = (256, 171)

    def pillow() -> bytes:
        picture = Image.open(BytesIO(data))
        picture.thumbnail((size[0], size[0]))
        return _saved(picture, "JPEG", quality=80)

    def opencv() -> bytes:
        picture = _decoded(buffer, cv2.IMREAD_REDUCED_COLOR_8)
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        return _encoded(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])

    return Case(
        f"{BATCH} JPEGs of 10 megapixels → thumbnails of 256 × 171, JPEG, on all cores",
        (
            _mapped(data, width=size[0], height=size[0]),
            *_on_all_cores(
                ("Pillow (thumbnail)", pillow, "draft mode and box filter before bicubic"),
                ("OpenCV (reduced)", opencv, "area filter, decodes at an eighth of the size"),
            ),
        ),
        like=pixels(inputs.photo.resize(size, LANCZOS)),
    )


def _mapped(data: bytes, width: int, height: int | None = None) -> Peer:
    shrink = image.pipeline().resize(width=width, height=height).encode("jpeg", quality=80)

    def work() -> list[bytes]:
        return image.map([data] * BATCH, shrink, progress=False).values

    return Peer("wasmcell (image.map)", timed(work), lambda: work()[0])


def _png(inputs: Inputs) -> list[Case]:
    buffer = np.frombuffer(inputs.png, np.uint8)

    def opencv() -> np.ndarray:
        return cv2.cvtColor(_decoded(buffer, cv2.IMREAD_UNCHANGED), cv2.COLOR_BGRA2RGBA)

    decode = Case(
        "PNG of 2558 × 1348 RGBA → pixels",
        (
            peer("wasmcell", lambda: image.open(inputs.png).numpy()),
            peer("Pillow", lambda: np.asarray(Image.open(BytesIO(inputs.png)))),
            peer("OpenCV", opencv),
        ),
        goals=(Faster(1, "Pillow"),),
        like=pixels(inputs.screenshot),
        floor=60,
    )
    return [
        decode,
        _png_encode("screenshot, 2558 × 1348 RGBA → PNG", inputs.screenshot),
        _png_encode("photograph, 1280 × 857 RGB → PNG", inputs.photo_small),
    ]


def _png_encode(name: str, picture: Image.Image) -> Case:
    array = pixels(picture)
    flipped = cv2.cvtColor(array, cv2.COLOR_RGBA2BGRA if array.shape[2] == 4 else cv2.COLOR_RGB2BGR)

    def ours(level: int) -> Peer:
        default = " (default)" if level == 4 else ""
        return peer(
            f"wasmcell, level {level}{default}", lambda: image.open(array).encode("png", level=level).bytes()
        )

    def pillow(level: int) -> Peer:
        default = " (default)" if level == 6 else ""
        return peer(f"Pillow, level {level}{default}", lambda: _saved(picture, "PNG", compress_level=level))

    return Case(
        name,
        (
            *map(ours, (4, 1, 2, 3, 6)),
            *map(pillow, (1, 6)),
            peer("OpenCV", lambda: _encoded(".png", flipped)),
        ),
        goals=(
            Faster(1, "Pillow, level 6 (default)", size=1.05),
            Faster(1, "Pillow, level 1", size=1.05),
        ),
        like=array,
        floor=60,
    )


def _webp(inputs: Inputs) -> list[Case]:
    small, rgb = inputs.photo_small, pixels(inputs.photo_small)
    data, buffer = inputs.webp, np.frombuffer(inputs.webp, np.uint8)
    bgr, quality = rgb[..., ::-1].copy(), [cv2.IMWRITE_WEBP_QUALITY, 80]
    return [
        Case(
            "1280 × 857 RGB → lossy WebP of quality 80",
            (
                peer("wasmcell", lambda: image.open(rgb).encode("webp", quality=80).bytes()),
                peer("Pillow", lambda: _saved(small, "WEBP", quality=80)),
                peer("OpenCV", lambda: _encoded(".webp", bgr, quality)),
            ),
            like=rgb,
        ),
        Case(
            "lossy WebP of 1280 × 857 → pixels",
            (
                peer("wasmcell", lambda: image.open(data).numpy()),
                peer("Pillow", lambda: np.asarray(Image.open(BytesIO(data)))),
                peer("OpenCV", lambda: _decoded(buffer, cv2.IMREAD_COLOR_RGB)),
            ),
            like=pixels(Image.open(BytesIO(data))),
        ),
    ]


def _filters(inputs: Inputs) -> list[Case]:
    picture = inputs.photo_small
    array = pixels(picture)

    def unsharp() -> np.ndarray:
        return cv2.addWeighted(array, 1.6, cv2.GaussianBlur(array, (0, 0), 1), -0.6, 0)

    boxes = ImageFilter.GaussianBlur(3)
    mask = ImageFilter.UnsharpMask(radius=1, percent=60, threshold=0)
    return [
        Case(
            "blur, sigma 3, 1280 × 857 RGB, pixels to pixels",
            (
                peer("wasmcell", lambda: image.open(array).blur(3).numpy()),
                peer(
                    "Pillow",
                    lambda: np.asarray(picture.filter(boxes)),
                    "three box filters in place of a Gaussian",
                ),
                peer("OpenCV", lambda: cv2.GaussianBlur(array, (0, 0), 3)),
            ),
            like=cv2.GaussianBlur(array, (0, 0), 3),
            floor=30,
        ),
        Case(
            "sharpen, 0.6, 1280 × 857 RGB, pixels to pixels",
            (
                peer("wasmcell", lambda: image.open(array).sharpen(0.6).numpy()),
                peer(
                    "Pillow",
                    lambda: np.asarray(picture.filter(mask)),
                    "three box filters in place of a Gaussian",
                ),
                peer("OpenCV", unsharp),
            ),
            like=unsharp(),
            floor=30,
        ),
    ]


def _on_all_cores(*works: tuple[str, Callable[[], Any], str]) -> tuple[Peer, ...]:
    """Peers that do their work for `BATCH` pictures by a pool of threads, one a core."""
    pool = ThreadPoolExecutor(CORES)

    def batch(work: Callable[[], Any]) -> list[Any]:
        return [future.result() for future in [pool.submit(work) for _ in range(BATCH)]]

    return tuple(Peer(name, timed(partial(batch, work)), work, note) for name, work, note in works)


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _encoded(kind: str, bgr: np.ndarray, options: Sequence[int] = ()) -> bytes:
    return cv2.imencode(kind, bgr, options)[1].tobytes()


def _decoded(buffer: np.ndarray, flags: int) -> np.ndarray:
    picture = cv2.imdecode(buffer, flags)
    assert picture is not None, "OpenCV cannot decode it"
    return picture
