"""The pictures and documents that all cases work on."""

from __future__ import annotations

import os
from functools import cached_property
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
WIDTH = 1280
DOCUMENTS = ROOT.parent / "shared/samples"


class Inputs:
    """Files as bytes, pixels as arrays of height × width × channels; each made when first asked for."""

    @cached_property
    def jpeg(self) -> bytes:
        """A photograph, 3872 × 2592."""
        return (ROOT / "examples/media/photo.jpg").read_bytes()

    @cached_property
    def png(self) -> bytes:
        """A screenshot, 2558 × 1348, RGBA."""
        return (ROOT / "examples/media/example.png").read_bytes()

    @cached_property
    def photo(self) -> Image.Image:
        """The photograph, decoded."""
        return _plain(Image.open(BytesIO(self.jpeg)).convert("RGB"))

    @cached_property
    def screenshot(self) -> Image.Image:
        """The screenshot, decoded."""
        return _plain(Image.open(BytesIO(self.png)).convert("RGBA"))

    @cached_property
    def raster(self) -> Image.Image:
        """The photograph at 3840 × 2160, RGBA."""
        return self.photo.resize((3840, 2160), Image.Resampling.LANCZOS).convert("RGBA")

    @cached_property
    def raster_small(self) -> Image.Image:
        """The raster at 1280 × 720, by Pillow."""
        return self.raster.resize((WIDTH, 720), Image.Resampling.LANCZOS)

    @cached_property
    def photo_small(self) -> Image.Image:
        """The photograph at 1280 × 857, by Pillow from all pixels."""
        return self.photo.resize((WIDTH, 857), Image.Resampling.LANCZOS)

    @property
    def documents(self) -> bool:
        """Whether the sample documents are here."""
        return DOCUMENTS.is_dir()

    @cached_property
    def book(self) -> bytes:
        """A book of 352 pages."""
        return (DOCUMENTS / "book-352-pages.pdf").read_bytes()

    @cached_property
    def paper(self) -> bytes:
        """A scientific paper of 14 pages."""
        return (DOCUMENTS / "paper-14-pages.pdf").read_bytes()

    @cached_property
    def thesis(self) -> bytes:
        """A thesis with pictures."""
        return (DOCUMENTS / "thesis-images.pdf").read_bytes()

    @cached_property
    def webp(self) -> bytes:
        """The photograph at 1280 × 857 as lossy WebP, by libwebp."""
        file = BytesIO()
        self.photo_small.save(file, "WEBP", quality=80)
        return file.getvalue()


def pixels(picture: Image.Image) -> np.ndarray:
    """The pixels of a picture, as an array of its own."""
    return np.array(picture)


def _plain(picture: Image.Image) -> Image.Image:
    """A picture without metadata, which would go into each file that is written."""
    picture.info.clear()
    return picture
