"""Colour profiles, EXIF and orientation, against Pillow."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps

from wasmcell import image

ORIENTATION, MODEL = 0x0112, 0x0110
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FORMATS = ("PNG", "JPEG", "WEBP")


def corners():
    """A picture whose corners tell its orientation: height × width × channels."""
    pixels = np.zeros((24, 40, 3), np.uint8)
    pixels[:12, :20] = (250, 20, 20)
    pixels[:12, 20:] = (20, 250, 20)
    pixels[12:, :20] = (20, 20, 250)
    return pixels


def file_of(format, *, orientation=1, profile=None):
    """That picture as a file with EXIF."""
    exif = Pillow.Exif()
    exif[ORIENTATION], exif[MODEL] = orientation, "A camera"
    options = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}.get(format, {})
    buffer = io.BytesIO()
    Pillow.fromarray(corners()).save(buffer, format, exif=exif, icc_profile=profile, **options)
    return buffer.getvalue()


def reopened(data):
    """The file as Pillow sees it."""
    return Pillow.open(io.BytesIO(data))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(engine, orientation, format):
    data = file_of(format, orientation=orientation)
    expected = np.asarray(ImageOps.exif_transpose(reopened(data)).convert("RGB"))
    found = image.open(data).numpy(engine=engine)
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).max() <= 2
    as_stored = image.open(data, auto_orient=False).numpy(engine=engine)
    assert np.abs(as_stored.astype(int) - np.asarray(reopened(data).convert("RGB"))).max() <= 2
    info = image.probe(data, engine=engine)
    assert (info.orientation, info.width, info.height, info.has_exif) == (orientation, 40, 24, True)


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_kept_exif_says_upright_what_is_upright(engine, orientation, format):
    data = file_of("JPEG", orientation=orientation)
    opened = image.open(data)
    kept = reopened(opened.encode(format, exif=True).bytes(engine=engine))
    assert kept.getexif()[MODEL] == "A camera"
    assert kept.getexif().get(ORIENTATION, 1) == 1
    assert kept.size == ((40, 24) if orientation == 1 else (24, 40))
    assert not reopened(opened.encode(format).bytes(engine=engine)).getexif()


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_what_was_not_turned_keeps_its_orientation(engine, format):
    opened = image.open(file_of("JPEG", orientation=6), auto_orient=False)
    kept = reopened(opened.encode(format, exif=True).bytes(engine=engine))
    assert kept.getexif()[ORIENTATION] == 6
    assert kept.size == (40, 24)


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", ["png", "jpeg", "webp", "tiff"])
def test_colour_profiles_are_kept(engine, source, target):
    data = file_of(source, profile=PROFILE)
    assert image.probe(data, engine=engine).has_icc
    written = image.open(data).resize(width=20).encode(target).bytes(engine=engine)
    assert reopened(written).info["icc_profile"] == PROFILE
    plain = image.open(file_of(source)).encode(target).bytes(engine=engine)
    assert not reopened(plain).info.get("icc_profile")
    assert not image.probe(plain, engine=engine).has_icc
