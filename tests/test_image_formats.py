"""Reading and writing every format, against Pillow."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

from wasmcell import image, operations
from wasmcell.errors import MalformedError

WIDTH, HEIGHT = 61, 43


def photo_like(channels, *, seed=1):
    """A smooth picture with some detail: height × width × channels, uint8."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    waves = [127 + 80 * np.sin(x / (5 + 2 * c) + c) * np.cos(y / (7 + c)) for c in range(channels)]
    noise = np.random.default_rng(seed).normal(0, 6, (HEIGHT, WIDTH, channels))
    pixels = np.clip(np.stack(waves, -1) + noise, 0, 255).astype(np.uint8)
    return pixels[:, :, 0] if channels == 1 else pixels


def file_of(pixels, format, mode=None, **options):
    """Pixels as a file that Pillow wrote."""
    picture = Pillow.fromarray(pixels)
    buffer = io.BytesIO()
    (picture.convert(mode) if mode else picture).save(buffer, format, **options)
    return buffer.getvalue()


def pillow_pixels(data, mode=None):
    """What Pillow makes of a file."""
    picture = Pillow.open(io.BytesIO(data))
    return np.asarray(picture.convert(mode) if mode else picture)


def difference(one, other):
    """The mean absolute difference of two pictures, in levels of 255."""
    assert one.shape == other.shape
    return np.abs(one.astype(float) - other.astype(float)).mean()


def png16(pixels):
    """A 16-bit PNG, written by hand after the PNG specification (colour types 0, 4, 2, 6)."""
    height, width, channels = pixels.shape
    color = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


LOSSLESS = [
    ("PNG", 1, "L", {}),
    ("PNG", 2, "LA", {}),
    ("PNG", 3, "RGB", {}),
    ("PNG", 4, "RGBA", {}),
    ("WEBP", 3, "RGB", {"lossless": True}),
    ("WEBP", 4, "RGBA", {"lossless": True, "exact": True}),
    ("BMP", 3, "RGB", {}),
    ("TIFF", 1, "L", {}),
    ("TIFF", 3, "RGB", {"compression": "tiff_lzw"}),
    ("TIFF", 4, "RGBA", {"compression": "tiff_adobe_deflate"}),
    ("QOI", 3, "RGB", {}),
    ("QOI", 4, "RGBA", {}),
]


@pytest.mark.parametrize(("format", "channels", "mode", "options"), LOSSLESS)
def test_lossless_files_are_read_exactly(engine, format, channels, mode, options):
    pixels = photo_like(channels)
    data = file_of(pixels, format, **options)
    found = image.open(data).numpy(engine=engine)
    assert found.dtype == np.uint8
    assert found.flags.writeable
    assert np.array_equal(found, pixels)
    info = image.open(data).info(engine=engine)
    assert (info.format, info.width, info.height) == (format.lower(), WIDTH, HEIGHT)
    assert (info.bits, info.frames, info.orientation) == (8, 1, 1)
    assert info.has_alpha == mode.endswith("A")
    assert info.color == {"L": "gray", "LA": "gray-alpha", "RGB": "rgb", "RGBA": "rgba"}[mode]


@pytest.mark.parametrize(("format", "mode"), [("PNG", "P"), ("GIF", "P"), ("BMP", "P"), ("PNG", "1")])
def test_palettes_and_bits_are_read_exactly(engine, format, mode):
    data = file_of(photo_like(3), format, mode)
    expected = pillow_pixels(data, "L" if mode == "1" else "RGB")
    found = image.open(data).numpy(engine=engine)
    if found.ndim == 3 and found.shape[2] == 4:
        assert (found[:, :, 3] == 255).all()
        found = found[:, :, :3]
    if found.ndim == 2 and expected.ndim == 3:
        found = np.repeat(found[:, :, None], 3, 2)
    assert np.array_equal(found, expected)
    assert image.probe(data, engine=engine).color == ("gray" if mode == "1" else "palette")


def test_transparent_palette(engine):
    picture = Pillow.fromarray(photo_like(3)).quantize(16)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", transparency=3)
    data = buffer.getvalue()
    assert np.array_equal(image.open(data).numpy(engine=engine), pillow_pixels(data, "RGBA"))
    assert image.probe(data, engine=engine).has_alpha


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_sixteen_bits_are_kept(engine, channels):
    pixels = np.random.default_rng(2).integers(0, 65536, (HEIGHT, WIDTH, channels), np.uint16)
    data = png16(pixels)
    assert image.probe(data, engine=engine).bits == 16
    opened = image.open(data)
    found = opened.numpy(engine=engine)
    assert found.dtype == np.uint16
    assert found.dtype.isnative
    expected = pixels[:, :, 0] if channels == 1 else pixels
    assert np.array_equal(found, expected)
    again = opened.encode("png").bytes(engine=engine)
    assert image.probe(again, engine=engine).bits == 16
    assert np.array_equal(image.open(again).numpy(engine=engine), expected)
    assert np.array_equal(image.open(expected).numpy(engine=engine), expected)


def test_sixteen_bits_as_pillow_reads_them(engine):
    pixels = np.random.default_rng(3).integers(0, 65536, (HEIGHT, WIDTH), np.uint16)
    assert np.array_equal(pillow_pixels(image.open(pixels).encode("png").bytes(engine=engine)), pixels)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_is_read_as_pillow_reads_it(engine, mode, subsampling, progressive):
    data = file_of(photo_like(3), "JPEG", mode, quality=90, subsampling=subsampling, progressive=progressive)
    found = image.open(data).numpy(engine=engine)
    expected = pillow_pixels(data)
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).max() <= 2


def test_cmyk_jpeg(engine):
    data = file_of(photo_like(3), "JPEG", "CMYK", quality=95)
    assert image.probe(data, engine=engine).color == "cmyk"
    found = image.open(data).numpy(engine=engine)
    assert found.shape == (HEIGHT, WIDTH, 3)
    assert difference(found, pillow_pixels(data, "RGB")) <= 2


def test_lossy_webp_is_read_as_pillow_reads_it(engine):
    for channels in (3, 4):
        data = file_of(photo_like(channels), "WEBP", quality=80)
        assert difference(image.open(data).numpy(engine=engine), pillow_pixels(data)) <= 1


def test_animations_give_their_first_frame(engine):
    frames = [Pillow.fromarray(photo_like(3, seed=seed)) for seed in range(3)]
    for format in ("GIF", "WEBP"):
        buffer = io.BytesIO()
        options = {"lossless": True} if format == "WEBP" else {}
        frames[0].save(buffer, format, save_all=True, append_images=frames[1:], duration=50, **options)
        data = buffer.getvalue()
        assert image.probe(data, engine=engine).frames == 3
        found = image.open(data).numpy(engine=engine)
        assert np.array_equal(found[:, :, :3], pillow_pixels(data, "RGB"))


@pytest.mark.parametrize("level", [0, 1, 4, 9])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_is_written_exactly(engine, channels, level):
    pixels = photo_like(channels)
    assert np.array_equal(
        pillow_pixels(image.open(pixels).encode("png", level=level).bytes(engine=engine)), pixels
    )


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("compression", ["none", "lzw", "deflate"])
def test_tiff_is_written_exactly(engine, channels, compression):
    pixels = photo_like(channels)
    data = image.open(pixels).encode("tiff", compression=compression).bytes(engine=engine)
    assert np.array_equal(pillow_pixels(data), pixels)
    names = {"none": "raw", "lzw": "tiff_lzw", "deflate": "tiff_adobe_deflate"}
    assert Pillow.open(io.BytesIO(data)).info["compression"] == names[compression]


@pytest.mark.parametrize(("format", "options"), [("webp", {"lossless": True}), ("qoi", {}), ("bmp", {})])
@pytest.mark.parametrize("channels", [3, 4])
def test_other_lossless_formats_are_written_exactly(engine, format, options, channels):
    pixels = photo_like(channels)
    if channels == 4:
        pixels[:, :, 3] = np.maximum(pixels[:, :, 3], 1)  # WebP may change colours that cannot be seen
    data = image.open(pixels).encode(format, **options).bytes(engine=engine)
    assert np.array_equal(pillow_pixels(data, "RGBA" if channels == 4 else "RGB"), pixels)


@pytest.mark.parametrize("quality", [30, 60, 90])
@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_lossy_formats_are_as_close_as_pillows(engine, format, quality):
    """Also in the last columns and rows, which fill no block."""
    pixels = photo_like(3)
    data = image.open(pixels).encode(format, quality=quality).bytes(engine=engine)
    assert Pillow.open(io.BytesIO(data)).format == format.upper()
    found, reference = pillow_pixels(data), pillow_pixels(file_of(pixels, format, quality=quality))
    for part in (slice(None), (slice(None), slice(-8, None)), slice(-8, None)):
        assert difference(found[part], pixels[part]) <= 1.5 * difference(reference[part], pixels[part]) + 1


@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_lower_quality_is_smaller(engine, format):
    opened = image.open(photo_like(3))
    sizes = [len(opened.encode(format, quality=quality).bytes(engine=engine)) for quality in (10, 50, 90)]
    assert sizes == sorted(set(sizes))


def test_jpeg_options(engine):
    opened = image.open(photo_like(3))
    for name, factors in (("yuv444", (1, 1)), ("yuv422", (2, 1)), ("yuv420", (2, 2))):
        data = opened.encode("jpeg", subsampling=name).bytes(engine=engine)
        layers = Pillow.open(io.BytesIO(data)).layer
        assert (layers[0][1], layers[0][2]) == factors
    progressive = Pillow.open(io.BytesIO(opened.encode("jpeg", progressive=True).bytes(engine=engine)))
    assert progressive.info.get("progressive")
    assert not Pillow.open(io.BytesIO(opened.encode("jpeg").bytes(engine=engine))).info.get("progressive")


def test_jpeg_lays_transparency_over_the_background(engine):
    pixels = np.zeros((16, 16, 4), np.uint8)
    for background, expected in (("white", 255), ("black", 0), ("#404040", 64)):
        data = image.open(pixels).encode("jpeg", background=background, quality=100).bytes(engine=engine)
        assert np.abs(pillow_pixels(data).astype(int) - expected).max() <= 1


def test_gray_stays_gray(engine):
    for format in ("png", "jpeg", "tiff"):
        data = image.open(photo_like(1)).encode(format).bytes(engine=engine)
        assert Pillow.open(io.BytesIO(data)).mode == "L"


def test_lossy_webp_keeps_alpha(engine):
    pixels = photo_like(4)
    found = pillow_pixels(image.open(pixels).encode("webp", quality=90).bytes(engine=engine))
    assert np.array_equal(found[:, :, 3], pixels[:, :, 3])


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "QOI", "GIF"])
def test_the_format_is_kept_where_it_can_be_written(engine, format):
    result = image.open(file_of(photo_like(3), format)).run(engine=engine)
    written = {operation.case for operation in operations.of("image").values() if operation.kind == "output"}
    expected = format.lower() if format.lower() in written else "png"
    assert result.format == expected
    assert Pillow.open(io.BytesIO(result.bytes)).format == expected.upper()


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "QOI"])
def test_files_that_are_cut(engine, format):
    """A cut file is refused, or read as far as it goes; nothing else comes of it."""
    data = file_of(photo_like(3), format)
    for length in (0, 1, 8, 20, len(data) // 2):
        try:
            found = image.open(data[:length]).numpy(engine=engine)
        except MalformedError:
            continue
        assert length == len(data) // 2
        assert found.shape[:2] == (HEIGHT, WIDTH)
