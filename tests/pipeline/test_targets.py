"""Where outputs go."""

import os
import stat

import fsspec
import pytest

from wasmcell.errors import InvalidArgumentError, PipelineError
from wasmcell.pipeline import targets
from wasmcell.sources import Data, Location


@pytest.mark.parametrize(
    ("path", "case"),
    [
        ("a.png", "png"),
        ("a.JPG", "jpeg"),
        ("a.jpeg", "jpeg"),
        ("x.y/a.b.webp", "webp"),
        ("a.tif", "tiff"),
        ("a.tiff", "tiff"),
        ("s3://bucket/a.qoi", "qoi"),
        ("memory://a.bmp", "bmp"),
    ],
)
def test_the_extension_says_the_format(path, case):
    assert targets.case_of("image", path) == case


@pytest.mark.parametrize("path", ["a", "a.gif", "a.txt", "png"])
def test_other_extensions_are_refused(path):
    with pytest.raises(InvalidArgumentError, match=r"end it with .png, .jpg, .webp, .tif, .bmp or .qoi"):
        targets.case_of("image", path)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("out/{name}.webp", ["out/a.webp", "out/b.c.webp", "out/3.webp"]),
        ("{index:03}.png", ["001.png", "002.png", "003.png"]),
        ("{name}-{{1}}.{ext}x", ["a-{1}.jpgx", "b.c-{1}.pngx", "3-{1}.x"]),
        ("out/", ["out/a.jpg", "out/b.c.jpg", "out/3.jpg"]),
    ],
)
def test_patterns(pattern, expected):
    sources = [Location("x/a.jpg"), Location("memory://y/b.c.png"), Data(b"", "0 bytes")]
    assert targets.expand(pattern, sources, "jpeg") == expected


def test_a_folder_keeps_extensions_where_nothing_is_encoded(tmp_path):
    assert targets.expand(str(tmp_path), [Location("x/a.png")], None) == [f"{tmp_path}/a.png"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("out/{nme}.webp", r"{nme} in out/{nme}.webp is unknown \(did you mean name\?\)"),
        ("out/{name.webp", "is no pattern"),
        (
            "o{index:{foo}}.png",
            r"{index:{foo}} in o{index:{foo}}.png is unknown; only {index} takes a format",
        ),
        ("{name:>9}.png", "only {index} takes a format"),
        ("{index:zz}.png", "is no pattern"),
        ("out/{}.webp", "there are {name}, {ext}, {index}"),
        ("out.webp", "a.jpg and y/a.png would both be written to out.webp"),
        ("{name}.webp", "tell the outputs apart with {name} or {index}"),
    ],
)
def test_patterns_that_are_refused(pattern, message):
    with pytest.raises(PipelineError, match=message):
        targets.expand(pattern, [Location("a.jpg"), Location("y/a.png")], None)


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    path.chmod(0o640)
    targets.write(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failed_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        targets.write(str(path), "no bytes")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_what_is_no_file_is_written_to(tmp_path):
    pipe = tmp_path / "pipe.bin"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        targets.write(str(pipe), b"through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert list(tmp_path.iterdir()) == [pipe]
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few people make links")
def test_links_stay_links(tmp_path):
    file, link, other = tmp_path / "files" / "a.bin", tmp_path / "link.bin", tmp_path / "other.bin"
    file.parent.mkdir()
    for path in (link, other):
        path.symlink_to(file)
        targets.write(str(path), path.name.encode())
        assert path.is_symlink()
        assert file.read_bytes() == path.name.encode()
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(OSError, match="Cannot be written"):
        targets.write(str(link), b"")


def test_names_may_be_as_long_as_names_can_be(tmp_path):
    path = tmp_path / f"{'a' * 245}.png"
    targets.write(str(path), b"long")
    assert path.read_bytes() == b"long"
    other = tmp_path / f"{'b' * 245}.png"
    targets.write(f"file://{other}", b"long")
    assert other.read_bytes() == b"long"


def test_folders_at_home_are_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "out").mkdir()
    [path] = targets.expand("~/out", [Location("x/a.jpg")], "png")
    assert path == "~/out/a.png"
    targets.write(path, b"home")
    assert (tmp_path / "out" / "a.png").read_bytes() == b"home"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder") as caught:
        targets.write(str(tmp_path / "nowhere" / "a.png"), b"")
    assert caught.value.filename == str(tmp_path / "nowhere")
    with pytest.raises(IsADirectoryError):
        targets.write(str(tmp_path), b"")


def test_urls_are_written_as_a_whole():
    targets.write("memory://folder/a.bin", b"data")
    filesystem = fsspec.filesystem("memory")
    assert filesystem.cat_file("/folder/a.bin") == b"data"
    assert [entry["name"] for entry in filesystem.ls("/folder")] == ["/folder/a.bin"]


def test_urls_that_cannot_be_written():
    with pytest.raises(OSError, match="nothing-like-that"):
        targets.write("nothing-like-that://a/b.png", b"")
