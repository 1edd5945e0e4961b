"""What can be opened, and what is said of the rest."""

import array
import io
import mmap
import os
import zipfile

import fsspec
import numpy as np
import pytest
from PIL import Image as Pillow

from wasmcell import sources
from wasmcell.errors import InvalidArgumentError


def test_paths_are_read_when_asked(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"one")
    for given in (path, str(path)):
        source = sources.of(given)
        assert source == sources.Location(str(path))
        assert source.read() == b"one"
    path.write_bytes(b"two")
    assert source.read() == b"two"
    assert sources.stem(source) == "a"


def test_the_home_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"home")
    assert sources.of("~/a.png").read() == b"home"


@pytest.mark.parametrize("name", ["~$photo.png", "~root", "~"])
def test_names_with_a_tilde_are_names(tmp_path, monkeypatch, name):
    """Word calls its lock files so."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(b"here")
    assert sources.of(f"{'./' if name == '~' else ''}{name}").read() == b"here"


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no colon in names")
def test_names_with_colons_are_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a::b.png").write_bytes(b"here")
    source = sources.of("a::b.png")
    assert source.read() == b"here"
    assert sources.stem(source) == "a::b"


def test_missing_files_are_refused_at_once(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        sources.of(tmp_path / "a.png")
    assert caught.value.filename == str(tmp_path / "a.png")
    with pytest.raises(IsADirectoryError):
        sources.of(tmp_path)


@pytest.mark.parametrize(
    ("missing", "hint"),
    [
        ("Beach.jpg", "beach.JPG"),
        ("beach.webp", "beach.JPG"),
        ("baech.jpg", "beach.JPG"),
        ("photos/b.png", "photos/b.jpg or photos/b.webp"),
        ("photo/b.jpg", "photos/b.jpg"),
        ("photo/x.jpg", "photos"),
        ("photos/*.png", "photos/b.jpg or photos/b.webp"),
        ("quite different.jpg", None),
        ("nowhere/at/all.jpg", None),
        ("memory://beach.jpg", None),
        ("link.jpg", None),
        ("**/*.gif", None),
        ("phot*/x.jpg", None),
    ],
)
def test_hints_at_what_is_there(tmp_path, monkeypatch, missing, hint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    (tmp_path / "link.jpg").symlink_to("gone.jpg")
    for name in ("beach.JPG", ".beach.jpg", "photos/b.jpg", "photos/b.webp", "photos/.hidden.png"):
        (tmp_path / name).write_bytes(b"")
    assert sources.near_files(missing) == (f" (did you mean {hint}?)" if hint else "")


def test_urls_go_through_fsspec(tmp_path):
    fsspec.filesystem("memory").pipe_file("/photos/a.b.png", b"remote")
    source = sources.of("memory://photos/a.b.png")
    assert source.read() == b"remote"
    assert sources.stem(source) == "a.b"
    (tmp_path / "c.png").write_bytes(b"local")
    assert sources.of(f"file://{tmp_path}/c.png").read() == b"local"
    with pytest.raises(FileNotFoundError):
        sources.of("memory://photos/none.png").read()
    with pytest.raises(OSError, match="nothing-like-that"):
        sources.of("nothing-like-that://a.png").read()


def test_chains_of_urls(tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("x/a.png", b"zipped")
    source = sources.of(f"zip://x/a.png::{tmp_path}/photos.zip")
    assert source.read() == b"zipped"
    assert sources.stem(source) == "a"
    assert sources.stem(sources.of("simplecache::memory://photos/b.png")) == "b"


def test_errors_of_file_systems_are_oserrors(tmp_path, monkeypatch):
    (tmp_path / "bad.zip").write_bytes(b"bad")
    url = f"zip://a.png::{tmp_path}/bad.zip"
    with pytest.raises(OSError, match="Cannot be opened: BadZipFile File is not a zip file") as caught:
        sources.of(url).read()
    assert caught.value.filename == url

    def cat_file(self, path, **_):
        raise LookupError("the server was not in the mood")

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "cat_file", cat_file)
    with pytest.raises(OSError, match="Cannot be read: LookupError the server was not in the mood"):
        sources.of("memory://a.png").read()


def test_bytes_and_their_like(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"abcd")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        for given in (
            b"abcd",
            bytearray(b"abcd"),
            memoryview(b"abcd"),
            np.frombuffer(b"abcd", np.uint8),
            mapped,
        ):
            source = sources.of(given)
            assert bytes(source.read()) == b"abcd"
            assert source.name == "4 bytes"
            del source
    assert sources.of(array.array("B", b"abcd")).name == "4 bytes"


def test_file_objects_are_read(tmp_path):
    assert sources.of(io.BytesIO(b"abcd")).read() == b"abcd"
    path = tmp_path / "a.bin"
    path.write_bytes(b"abcd")
    with path.open("rb") as file:
        source = sources.of(file)
    assert (source.read(), source.name) == (b"abcd", "a.bin")
    with pytest.raises(OSError, match="Cannot be read: ValueError .*closed"):
        sources.of(file)
    with pytest.raises(InvalidArgumentError, match="text mode; open it with mode 'rb'"):
        sources.of(io.StringIO("abcd"))


@pytest.mark.parametrize(
    ("shape", "dtype", "format"),
    [
        ((2, 3), "u1", "l8"),
        ((2, 3, 1), "u1", "l8"),
        ((2, 3, 2), "u1", "la8"),
        ((2, 3, 3), "u1", "rgb8"),
        ((2, 3, 4), "u1", "rgba8"),
        ((2, 3), "<u2", "l16"),
        ((2, 3, 2), ">u2", "la16"),
        ((2, 3, 3), "<u2", "rgb16"),
        ((2, 3, 4), ">u2", "rgba16"),
    ],
)
def test_arrays_are_pixels(shape, dtype, format):
    pixels = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    raster = sources.of(pixels).read()
    assert (raster["width"], raster["height"], raster["format"]) == (3, 2, format)
    expected = pixels.astype("<u2" if format.endswith("16") else "u1").tobytes()
    assert bytes(raster["pixels"]) == expected


def test_arrays_that_are_not_contiguous():
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    raster = sources.of(pixels[::2, ::-1]).read()
    assert bytes(raster["pixels"]) == pixels[::2, ::-1].tobytes()


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
def test_pillow_images_are_pixels(mode):
    image = Pillow.new(mode, (3, 2))
    assert np.array_equal(sources.of(image).array, np.asarray(image))


@pytest.mark.parametrize(
    "mode", ["1", "P", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "RGBa", "La", "RGBX", "PA"]
)
def test_pillow_images_of_other_modes_are_refused(mode):
    """Their arrays would be mistaken for grey levels or colours."""
    with pytest.raises(InvalidArgumentError, match=f"a PIL image of mode {mode} .* convert it"):
        sources.of(Pillow.new(mode, (3, 2)))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((2, 3)), r"uint8 or uint16, not float64; convert it: \(array \* 255\)"),
        (np.zeros((2, 3), bool), r"not bool; convert it: array.astype\('uint8'\) \* 255"),
        (np.zeros((2, 3), np.int32), "not int32; convert it: array.astype"),
        (np.zeros((2, 3), np.uint32), "not uint32"),
        (np.array(["a"]), "not <U1"),
        (np.zeros((2, 3, 5), np.uint8), r"1 to 4 channels, not of shape \(2, 3, 5\)"),
        (np.zeros((1, 2, 3, 4), np.uint8), "not of shape"),
        (np.zeros((0, 3), np.uint8), "from 1 to 65535 px, not 0 × 3"),
        (np.zeros((1, 65536), np.uint8), "not 1 × 65536"),
        (3, "source must be a path, a URL, bytes, a file object or an array, not int"),
        (None, "not NoneType"),
        ([1, 2], "not list"),
    ],
)
def test_what_cannot_be_opened(given, message):
    with pytest.raises(InvalidArgumentError, match=message):
        sources.of(given)
