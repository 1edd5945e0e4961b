"""The API of pictures: lazy, immutable, with ends that run."""

import asyncio
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import zlib

import fsspec
import numpy as np
import pytest
from PIL import Image as Pillow

import wasmcell
from wasmcell import image
from wasmcell.errors import (
    ArgumentTypeError,
    CancelledError,
    Error,
    InvalidArgumentError,
    LimitExceededError,
    MalformedError,
    UnsupportedError,
)

PIXELS = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)


@pytest.fixture
def photo(tmp_path):
    """A PNG on disk."""
    path = tmp_path / "photo.png"
    Pillow.fromarray(PIXELS).save(path)
    return path


def saved(path):
    """A saved file as Pillow sees it, read whole."""
    return Pillow.open(io.BytesIO(path.read_bytes()))


def test_the_first_example(engine, photo, tmp_path):
    data = image.open(photo).resize(width=20).encode("jpeg").bytes(engine=engine)
    assert Pillow.open(io.BytesIO(data)).size == (20, 15)
    result = image.open(photo).resize(width=20).save(tmp_path / "small.webp", engine=engine)
    small = saved(tmp_path / "small.webp")
    assert (small.format, small.size) == ("WEBP", (20, 15))
    assert result.format == "webp"
    assert result.bytes_out == (tmp_path / "small.webp").stat().st_size


def test_nothing_runs_before_it_must(tmp_path):
    path = tmp_path / "later.png"
    path.write_bytes(b"not yet")
    opened = image.open(path).resize(width=20)
    Pillow.fromarray(PIXELS).save(path)
    assert opened.numpy().shape == (15, 20, 3)


def test_steps_leave_the_image_as_it_was(photo):
    opened = image.open(photo)
    resized = opened.resize(width=20)
    assert opened.pipeline.steps == ()
    assert str(resized.pipeline) == f"{photo} | image.resize width=20"
    with pytest.raises(AttributeError):
        opened.source = 3
    assert image.open(photo).resize(width=20) == resized
    assert hash(image.open(photo).resize(width=20)) == hash(resized)
    assert resized != opened
    assert image.open(opened) is opened
    assert repr(resized) == f"<Image {photo} | image.resize width=20>"


def test_pipelines_are_applied(photo):
    thumb = image.pipeline().resize(width=20).encode("png")
    assert image.open(photo) | thumb == image.open(photo).resize(width=20).encode("png")
    assert image.open(photo).then(thumb) == image.open(photo) | thumb
    with pytest.raises(TypeError):
        image.open(photo) | "png"


def test_all_sources_give_the_same(engine, photo):
    data = photo.read_bytes()
    fsspec.filesystem("memory").pipe_file("/photo.png", data)
    with photo.open("rb") as file:
        givens = [photo, str(photo), "memory://photo.png", data, bytearray(data), memoryview(data), file]
        givens += [PIXELS, saved(photo), np.frombuffer(data, np.uint8)]
        found = [image.open(given).numpy(engine=engine) for given in givens]
    assert all(np.array_equal(pixels, PIXELS) for pixels in found)


def test_run_says_what_it_took(engine, photo):
    result = image.open(photo).encode("webp", lossless=True).run(engine=engine)
    assert (result.format, result.engine) == ("webp", getattr(engine, "name", engine))
    assert result.bytes_in == photo.stat().st_size
    assert result.bytes_out == len(result.bytes) == len(bytes(result))
    assert result.seconds > 0
    with pytest.raises(TypeError, match="no raster"):
        result.numpy()


def test_numpy_shows_what_would_be_encoded(engine):
    gray = image.open(PIXELS).grayscale().encode("jpeg", quality=1)
    assert gray.numpy(engine=engine).shape == (30, 40)
    pixels = image.open(PIXELS).numpy(engine=engine)
    pixels[0, 0] = 0
    assert not np.array_equal(pixels, PIXELS)


def test_info_is_of_the_source(engine, photo):
    info = image.open(photo).resize(width=3).info(engine=engine)
    assert (info.format, info.width, info.height, info.color, info.has_alpha) == ("png", 40, 30, "rgb", False)
    assert image.probe(photo, engine=engine) == info
    with pytest.raises(UnsupportedError, match="30×40×3 uint8 array, no file"):
        image.open(PIXELS).info(engine=engine)


async def test_arun(engine, photo):
    result = await image.open(photo).resize(width=20).encode("png").arun(engine=engine)
    assert Pillow.open(io.BytesIO(result.bytes)).size == (20, 15)


async def test_a_cancelled_task_ends_its_call():
    pixels = np.zeros((4000, 4000, 4), np.uint8)
    task = asyncio.create_task(
        image.open(pixels).blur(200).blur(200).blur(200).blur(200).encode("png").arun()
    )
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 60)
    assert image.open(PIXELS).numpy().shape == PIXELS.shape


@pytest.mark.parametrize("dtype", ["u1", "<u2", ">u2"])
def test_pixels_without_steps_are_given_as_a_copy(dtype):
    for array in (PIXELS.astype(dtype)[::2, ::-1], PIXELS.astype(dtype)[:, :, :1]):
        given = image.open(array).numpy()
        assert np.array_equal(given, array.squeeze())
        assert given.dtype == np.dtype(dtype).newbyteorder("=")
        assert given.flags.writeable
        assert given.flags.c_contiguous
        assert not np.shares_memory(given, array)


def test_limits_hold(engine):
    pixels = np.zeros((3000, 3000, 4), np.uint8)
    with pytest.raises(LimitExceededError):
        image.open(pixels).resize(width=2000).numpy(engine=engine, limits=wasmcell.Limits(memory=16 * 2**20))
    assert image.open(PIXELS).numpy(engine=engine).shape == PIXELS.shape


# saving


def test_the_extension_says_the_format(tmp_path):
    for name, format in (("a.jpg", "JPEG"), ("a.tif", "TIFF"), ("a.QOI", "QOI"), ("a.bmp", "BMP")):
        image.open(PIXELS).save(tmp_path / name)
        assert saved(tmp_path / name).format == format
    image.open(PIXELS).encode("png").save(tmp_path / "png.jpg")
    assert saved(tmp_path / "png.jpg").format == "PNG"
    image.open(PIXELS).encode("png").save(tmp_path / "no-extension")
    assert saved(tmp_path / "no-extension").format == "PNG"


def test_urls_can_be_saved_to():
    image.open(PIXELS).save("memory://saved/a.png")
    data = fsspec.filesystem("memory").cat_file("/saved/a.png")
    assert np.array_equal(np.asarray(Pillow.open(io.BytesIO(data))), PIXELS)


def test_a_source_can_be_replaced(photo):
    image.open(photo).rotate(90).save(photo)
    assert saved(photo).size == (30, 40)
    assert [path.name for path in photo.parent.iterdir()] == ["photo.png"]


def test_failures_leave_no_partial_file(photo, tmp_path):
    target = tmp_path / "out.webp"
    target.write_bytes(b"old")
    with pytest.raises(InvalidArgumentError):
        image.open(photo).crop(0, 0, 1000, 1000).save(target)
    with pytest.raises(InvalidArgumentError, match=r"out.xyz: the extension .xyz tells no format"):
        image.open(photo).save(tmp_path / "out.xyz")
    with pytest.raises(FileNotFoundError, match="no such folder"):
        image.open(photo).save(tmp_path / "nowhere" / "out.png")
    assert target.read_bytes() == b"old"
    assert {path.name for path in tmp_path.iterdir()} == {"photo.png", "out.webp"}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not hold for this user")
def test_a_folder_that_cannot_be_written_is_named(photo, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(PermissionError) as caught:
        image.open(photo).save(locked / "a.png")
    assert caught.value.filename == str(locked / "a.png")


# values


def test_images_pickle(photo):
    for opened in (image.open(photo), image.open(photo.read_bytes()), image.open(PIXELS)):
        again = pickle.loads(pickle.dumps(opened.resize(width=4)))
        assert again.pipeline == opened.resize(width=4).pipeline
        assert np.array_equal(again.numpy(), opened.resize(width=4).numpy())


def test_decode_options_are_arguments_of_open(photo):
    assert str(image.open(photo, auto_orient=False).pipeline) == f"{photo} | image.decode auto-orient=false"
    with pytest.raises(InvalidArgumentError, match="decode: there is no option orient"):
        image.open(photo, orient=True)
    with pytest.raises(InvalidArgumentError, match="is an Image already"):
        image.open(image.open(photo), auto_orient=False)


# errors


def huge_png():
    """A PNG that claims 100,000 × 100,000 pixels."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 6, 0, 0, 0)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", MalformedError),
        (b"This is text and no picture.", MalformedError),
        (b"\0" * 1000, MalformedError),
        (b"%PDF-1.7\n", UnsupportedError),
        (b"\x89PNG\r\n\x1a\n", MalformedError),
        (huge_png(), LimitExceededError),
    ],
)
def test_what_is_no_picture(engine, data, error):
    for end in (
        lambda: image.open(data).numpy(engine=engine),
        lambda: image.open(data).encode("png").bytes(engine=engine),
    ):
        with pytest.raises(error) as caught:
            end()
        assert len(str(caught.value)) > 10


def test_errors_have_one_head(photo):
    for call in (
        lambda: image.open(photo).resize(width=0),
        lambda: image.open(photo).encode("gif"),
        lambda: image.open(b"").bytes(),
        lambda: image.open(3),
        lambda: image.pipeline().then("image.nothing"),
    ):
        with pytest.raises(Error):
            call()
    assert issubclass(CancelledError, Error)


# the package


def test_the_import_is_light():
    """Neither numpy nor wasmtime nor anything else heavy comes with the import alone."""
    code = "import json, sys, wasmcell; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    heavy = {
        "numpy",
        "wasmtime",
        "fsspec",
        "tqdm",
        "PIL",
        "asyncio",
        "wasmcell.engines.kernel",
        "wasmcell.image",
    }
    assert not heavy & set(loaded)


def test_the_package_has_what_it_says():
    for name in wasmcell.__all__:
        assert getattr(wasmcell, name) is not None
    assert set(wasmcell.__all__) <= set(dir(wasmcell))
    with pytest.raises(AttributeError, match="nothing"):
        _ = wasmcell.nothing
    assert {"open", "map", "pipeline", "probe", "Image"} <= set(dir(image))
    with pytest.raises(AttributeError, match="nothing"):
        _ = image.nothing


def test_numpy_makes_an_array_of_an_image():
    assert (np.asarray(image.open(PIXELS)) == image.open(PIXELS).numpy()).all()
    assert np.asarray(image.open(PIXELS), dtype=np.float32).dtype == np.float32


def test_a_path_is_needed_to_save():
    with pytest.raises(ArgumentTypeError, match=r"not BytesIO; \.bytes\(\)"):
        image.open(PIXELS).save(io.BytesIO())


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\0\0\0\x1cftypheic", "HEIC"),
        (b"<svg xmlns=", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"\0\0\1\0\1\0", "ICO"),
    ],
)
def test_other_formats_are_named(engine, start, name):
    with pytest.raises(UnsupportedError, match=f"the file is {name}; pictures in PNG"):
        image.open(start.ljust(64, b"\0")).bytes(engine=engine)
