"""The same bytes on every engine, on fresh and on kept instances.

Besides the examples, files of a shared corpus are used where it is there: the folder `shared` beside the
checkout, or the one that the environment variable WASMCELL_SHARED names.
"""

import functools
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from wasmcell import engines, image, modules
from wasmcell.abi.values import Case
from wasmcell.errors import (
    Error,
    InvalidArgumentError,
    LimitExceededError,
    MalformedError,
    UnsupportedError,
)
from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.run import run

ROOT = Path(__file__).parents[2]
MEDIA = sorted(path for path in (ROOT / "examples" / "media").iterdir() if path.suffix in (".jpg", ".png"))
CORPUS = Path(os.environ.get("WASMCELL_SHARED", ROOT.parent / "shared")) / "corpus" / "image"
PER_FORMAT = 4

PIPELINES = [
    "| image.resize width=640 | image.encode jpeg quality=80",
    "| image.resize width=320 height=320 fit=cover | image.sharpen 0.6 | image.encode webp quality=75",
    "| image.decode auto-orient=false | image.crop 0 0 1 1 | image.encode png",
    "| image.rotate 90 | image.grayscale | image.resize height=99 filter=mitchell | image.encode png level=9",
    """| image.resize width=200 height=100 fit=fill filter=bicubic
       | image.blur 2.5 | image.contrast 1.3 | image.brightness 0.9
       | image.pad left=3 background=#10203040
       | image.encode webp lossless=true""",
    "| image.resize width=256 | image.flip vertical | image.encode tiff",
    "| image.resize width=256 filter=box | image.encode jpeg subsampling=yuv444 progressive=true exif=true",
    "| image.resize width=100 filter=hamming | image.encode qoi",
    "| image.resize width=100 filter=nearest | image.encode bmp",
]


def corpus(folder):
    """All files of a folder of the corpus, by name."""
    return sorted(path for path in (CORPUS / folder).glob("*") if path.is_file()) if CORPUS.is_dir() else []


def sample(paths):
    """The same few files of each format, whoever asks: the names are hashes of what is in them."""
    by_format = {}
    for path in paths:
        by_format.setdefault(path.suffix, []).append(path)
    return [path for group in by_format.values() for path in group[:PER_FORMAT]]


def outcome(pipeline, source, engine):
    """The sha256 of what came out, or the kind and the text of the error."""
    try:
        return hashlib.sha256(run(pipeline, source, engine=engine).bytes).hexdigest()
    except Error as error:
        return f"{type(error).__name__}: {error}"


def needs_corpus():
    """Skip, and say so, where the corpus is not there."""
    if not CORPUS.is_dir():
        pytest.skip(f"there is no corpus at {CORPUS}: set WASMCELL_SHARED to the folder that holds it")


@pytest.mark.parametrize("path", MEDIA, ids=lambda path: path.name)
@pytest.mark.parametrize("text", PIPELINES)
def test_photographs(engine, path, text):
    pipeline = Pipeline.parse(text)
    expected = outcome(pipeline, path, "kernel")
    assert len(expected) == 64, expected
    assert outcome(pipeline, path, engine) == expected


def test_pixels(engine):
    for dtype in (np.uint8, np.uint16):
        pixels = np.random.default_rng(5).integers(0, np.iinfo(dtype).max, (90, 120, 4), dtype)
        opened = image.open(pixels).resize(width=77).blur(1.5)
        assert np.array_equal(opened.numpy(engine=engine), opened.numpy(engine="kernel"))
        assert opened.encode("png").bytes(engine=engine) == opened.encode("png").bytes(engine="kernel")


def test_kept_instances(engine):
    """An instance that has done other work before gives what a fresh one gives."""
    found = engines.get(engine) if isinstance(engine, str) else engine
    module = modules.get("image")
    jobs = [("jpeg", {"quality": 80}), ("webp", {}), ("png", {"level": 9}), ("tiff", {}), ("qoi", None)]
    with found.session(module) as session:
        for _ in range(3):
            for path in MEDIA:
                data = path.read_bytes()
                for format, options in jobs:
                    steps = [Case("resize", {"width": 300}), Case("sharpen", {"amount": 0.5})]
                    kept = session.call("run", data, {}, steps, Case(format, options))
                    fresh = engines.get("kernel").call(module, "run", data, {}, steps, Case(format, options))
                    assert hashlib.sha256(kept).digest() == hashlib.sha256(fresh).digest()


def test_bitmaps(engine):
    """A decoded picture that stays in the module gives what one call gives."""
    found = engines.get(engine) if isinstance(engine, str) else engine
    data = MEDIA[-1].read_bytes()
    with found.session(modules.get("image")) as session:
        bitmap = session.call("[static]bitmap.open", data, {})
        width, height = session.call("[method]bitmap.size", bitmap)
        smaller = session.call("[method]bitmap.apply", bitmap, [Case("rotate", {"degrees": 90})])
        assert tuple(session.call("[method]bitmap.size", smaller)) == (height, width)
        encoded = session.call("[method]bitmap.encode", smaller, Case("png", {}))
        bitmap.close()
        smaller.close()
    assert encoded == image.open(data).rotate(90).encode("png").bytes()


def test_good_files(engine):
    needs_corpus()
    differing = {}
    for path in sample(corpus("ok")):
        for text in PIPELINES[:4]:
            pipeline = Pipeline.parse(text)
            expected, found = outcome(pipeline, path, "kernel"), outcome(pipeline, path, engine)
            if found != expected:
                differing[f"{path.name} {text}"] = (expected, found)
    assert not differing


def test_bad_files(engine):
    """Each gives a result or a typed error, the same on every engine; none a trap."""
    needs_corpus()
    pipeline = Pipeline.parse("| image.resize width=64 | image.encode png")
    differing, untyped = {}, {}
    for path in corpus("bad"):
        try:
            found = hashlib.sha256(run(pipeline, path, engine=engine).bytes).hexdigest()
        except (MalformedError, UnsupportedError, LimitExceededError, InvalidArgumentError) as error:
            found = f"{type(error).__name__}: {error}"
        except Error as error:
            untyped[path.name] = f"{type(error).__name__}: {error}"
            continue
        expected = outcome(pipeline, path, "kernel")
        if found != expected:
            differing[path.name] = (expected, found)
    assert not untyped
    assert not differing


@functools.cache
def kernel_outcome(pipeline, source):
    """What the kernel makes of it: worked out once for all engines that are compared with it."""
    return outcome(pipeline, source, "kernel")


@pytest.mark.corpus
@pytest.mark.parametrize("text", [PIPELINES[1], PIPELINES[2], PIPELINES[4]])
def test_the_whole_corpus(engine, text):
    """Every file, good or bad: a result or a typed error, the same on every engine; none a trap."""
    needs_corpus()
    pipeline = Pipeline.parse(text)
    differing, trapped = {}, {}
    for path in [*corpus("ok"), *corpus("bad")]:
        expected, found = kernel_outcome(pipeline, path), outcome(pipeline, path, engine)
        if found != expected:
            differing[path.name] = (expected, found)
        if found.startswith("TrappedError"):
            trapped[path.name] = found
    assert not differing
    assert not trapped


@pytest.mark.corpus
def test_good_files_are_read():
    """At least 95 of 100 files that Pillow reads, of the formats that are read here."""
    needs_corpus()
    pipeline = Pipeline.parse("| image.encode png")
    paths = [path for path in corpus("ok") if path.suffix != ".ico"]
    refused = {path.name: found for path in paths if len(found := outcome(pipeline, path, "kernel")) != 64}
    assert len(refused) <= 0.05 * len(paths), refused
