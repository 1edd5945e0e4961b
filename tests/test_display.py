"""How pictures show themselves."""

import base64
import io
import re

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from PIL import Image as Pillow

from wasmcell import display, image


def picture_of(bundle, mime):
    """The picture in a bundle, which must be the same in its HTML."""
    assert f'src="data:{mime};base64,{bundle[mime]}"' in bundle["text/html"]
    return Pillow.open(io.BytesIO(base64.b64decode(bundle[mime])))


def smooth(height, width, channels=3):
    """A picture that compresses well: height × width × channels."""
    return np.tile(np.linspace(0, 255, width).astype(np.uint8)[None, :, None], (height, 1, channels))


def test_a_large_picture_is_shown_smaller():
    bundle = image.open(smooth(1500, 3000)).rotate(180).encode("webp", quality=80)._repr_mimebundle_()
    shown = picture_of(bundle, "image/jpeg")
    assert (shown.format, shown.size) == ("JPEG", (1024, 512))
    line = bundle["text/plain"].split("\n")[-1]
    assert re.fullmatch(
        r"WEBP 3000 × 1500 px · [\d.]+ k?B · rotate 180 \| encode webp quality=80 · [\d.]+ m?s · kernel", line
    )
    assert line in bundle["text/html"]


def test_a_picture_with_alpha_is_shown_as_png():
    bundle = image.open(smooth(40, 3000, 4)).encode("webp")._repr_mimebundle_()
    shown = picture_of(bundle, "image/png")
    assert (shown.size, shown.mode) == ((1024, 14), "RGBA")


def test_a_small_file_is_shown_as_it_is():
    opened = image.open(smooth(30, 40)).encode("jpeg", quality=90)
    assert base64.b64decode(opened._repr_mimebundle_()["image/jpeg"]) == opened.bytes()
    assert "image/png" in image.open(smooth(30, 40))._repr_mimebundle_()


@pytest.mark.parametrize(
    ("opened", "kind"),
    [
        (image.open(b"<script>alert(1)</script>"), "MalformedError"),
        (image.open(smooth(4, 4)).crop(0, 0, 99, 99), "InvalidArgumentError"),
    ],
)
def test_an_error_is_a_message(opened, kind):
    bundle = opened._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert f"<b>{kind}</b>" in bundle["text/html"]
    assert f"{kind}: " in bundle["text/plain"]
    assert "Traceback" not in bundle["text/plain"]


def test_names_and_options_are_escaped(tmp_path):
    path = tmp_path / "<img src=x>.png"
    Pillow.fromarray(smooth(4, 4)).save(path)
    good = image.open(path).pad(left=1, background="white")._repr_mimebundle_()
    bad = image.open(path).pad(left=1, background="<b>&'\"")._repr_mimebundle_()
    for bundle in (good, bad):
        tags = set(re.findall(r"<(/?\w+)", bundle["text/html"]))
        assert tags <= {"figure", "/figure", "img", "figcaption", "/figcaption", "pre", "/pre", "b", "/b"}
        assert bundle["text/html"].count("<b>") == (bundle is bad)


def test_ipython_finds_the_bundle():
    data, _ = DisplayFormatter().format(image.open(smooth(30, 40)))
    assert {"image/png", "text/html", "text/plain"} <= set(data)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (142_857, "143 kB"),
        (999_600, "1.0 MB"),
        (2_400_000, "2.4 MB"),
        (3e9, "3.0 GB"),
    ],
)
def test_sizes(count, text):
    assert display.size(int(count)) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.0004, "0.4 ms"), (0.045, "45 ms"), (2.06, "2.1 s")])
def test_durations(seconds, text):
    assert display.duration(seconds) == text
