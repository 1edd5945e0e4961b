"""What a result looks like: its size, and how near it is to what it should be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from PIL import Image, ImageOps

WORDS = 0.9
"""The least F1 of a text's words; readers differ where words are parted."""


@dataclass(frozen=True)
class Look:
    """Of a result. `size` is that of the file in bytes (0 for pixels); psnr in dB."""

    size: int
    psnr: float | None = None
    ssim: float | None = None


def look(name: str, result: bytes | str | np.ndarray, like: np.ndarray | str | None, floor: float) -> Look:
    """Look at a result. Raises ValueError if it is not the picture, or has not the words, that it should."""
    if isinstance(result, str):
        if isinstance(like, str) and (score := _f1(result.split(), like.split())) < WORDS:
            raise ValueError(
                f"{name} gave another text: F1 of its words {score:.3f}, where {WORDS} is the least"
            )
        return Look(0)
    size = 0 if isinstance(result, np.ndarray) else len(result)
    if like is None or isinstance(like, str):
        return Look(size)
    found = _rgb(result if isinstance(result, np.ndarray) else _decoded(result))
    wanted = _rgb(like)
    if max(abs(a - b) for a, b in zip(found.shape, wanted.shape, strict=True)) == 1:
        rows, columns = (min(sides) for sides in zip(found.shape[:2], wanted.shape[:2], strict=True))
        found, wanted = found[:rows, :columns], wanted[:rows, :columns]  # pages are rounded up, down, or not
    if found.shape != wanted.shape:
        raise ValueError(f"{name} gave a picture of shape {found.shape}, not {wanted.shape}")
    psnr = _psnr(found, wanted)
    if psnr < floor:
        raise ValueError(f"{name} gave another picture: PSNR {psnr:.1f} dB, where {floor} is the least")
    return Look(size, psnr, _ssim(found, wanted))


def _f1(found: list[str], wanted: list[str]) -> float:
    same = (Counter(found) & Counter(wanted)).total()
    return 2 * same / (len(found) + len(wanted))


def _decoded(data: bytes) -> np.ndarray:
    picture = ImageOps.exif_transpose(Image.open(BytesIO(data)))
    return np.asarray(picture.convert("RGBA" if picture.has_transparency_data else "RGB"))


def _rgb(pixels: np.ndarray) -> np.ndarray:
    """Colours over black, so that those under transparent pixels do not count."""
    if pixels.ndim == 2:
        return np.repeat(pixels[..., None], 3, 2)
    if pixels.shape[2] == 3:
        return pixels
    return (pixels[..., :3] * (pixels[..., 3:] / np.float32(255)) + 0.5).astype(np.uint8)


def _psnr(found: np.ndarray, wanted: np.ndarray) -> float:
    error = np.mean(np.square(found.astype(np.float32) - wanted))
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


def _ssim(found: np.ndarray, wanted: np.ndarray) -> float:
    """Mean structural similarity of the luma, Gaussian window of 11 pixels (Wang et al. 2004)."""
    x, y = (cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float64) for pixels in (found, wanted))

    def mean(pixels: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(pixels, (11, 11), 1.5)

    mx, my = mean(x), mean(y)
    vx, vy, vxy = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similarity = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return float(similarity.mean())
