"""Every step, against Pillow and numpy."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from wasmcell import image, operations
from wasmcell.errors import Error, InvalidArgumentError

WIDTH, HEIGHT = 120, 80


def picture(channels=3, dtype=np.uint8):
    """Waves and edges: height × width × channels."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    layers = [127 + 100 * np.sin(x / (6 + 3 * c) + c) * np.cos(y / (9 + c)) for c in range(channels)]
    pixels = np.stack(layers, -1)
    pixels[20:40, 30:60] = 250
    pixels[50:70, 80:100] = 5
    pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    if channels in (2, 4):
        pixels[:, :, -1] = np.clip(2 * x - 20, 0, 255)
    pixels = pixels[:, :, 0] if channels == 1 else pixels
    return pixels if dtype == np.uint8 else pixels.astype(np.uint16) * 257


def close(found, expected, *, most=2, mean=0.6, rare=0.0):
    """Whether two pictures differ by rounding only, but for a `rare` part of the values."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    off = np.abs(found.astype(float) - expected.astype(float))
    assert (off > most).mean() <= rare
    assert off.mean() <= mean


# resize

PILLOW_FILTERS = {
    "nearest": Pillow.Resampling.NEAREST,
    "box": Pillow.Resampling.BOX,
    "bilinear": Pillow.Resampling.BILINEAR,
    "hamming": Pillow.Resampling.HAMMING,
    "bicubic": Pillow.Resampling.BICUBIC,
    "lanczos3": Pillow.Resampling.LANCZOS,
}


def resample(pixels, width, height, kernel, support):
    """Separable resampling in floats, after its definition."""

    def weights(size, new):
        scale = size / new
        wide = max(scale, 1)
        centers = (np.arange(new) + 0.5) * scale
        positions = np.arange(size) + 0.5
        found = kernel((positions[None] - centers[:, None]) / wide)
        found[np.abs(positions[None] - centers[:, None]) > support * wide] = 0
        return found / found.sum(1, keepdims=True)

    across = np.einsum("nw,hwc->hnc", weights(pixels.shape[1], width), pixels.astype(float))
    return np.einsum("nh,hwc->nwc", weights(pixels.shape[0], height), across)


def mitchell(x):
    """The cubic of Mitchell and Netravali (1988) with B = C = 1/3."""
    x = np.abs(x)
    near = (7 * x**3 - 12 * x**2 + 16 / 3) / 6
    far = (-7 / 3 * x**3 + 12 * x**2 - 20 * x + 32 / 3) / 6
    return np.where(x < 1, near, np.where(x < 2, far, 0))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("width", "height"), [(40, 30), (32, 64), (240, 200)])
@pytest.mark.parametrize("filter", PILLOW_FILTERS)
def test_resize_as_pillow(engine, filter, width, height, channels):
    pixels = picture(channels)
    found = (
        image.open(pixels).resize(width=width, height=height, fit="fill", filter=filter).numpy(engine=engine)
    )
    expected = np.asarray(Pillow.fromarray(pixels).resize((width, height), PILLOW_FILTERS[filter]))
    # At sharp corners it matters which direction comes first: what overshoots is clipped in between.
    close(found, expected, rare=0.005 if filter in ("bicubic", "lanczos3") else 0)


@pytest.mark.parametrize(("width", "height"), [(40, 30), (200, 160)])
def test_resize_by_mitchell(engine, width, height):
    pixels = picture()
    found = (
        image.open(pixels)
        .resize(width=width, height=height, fit="fill", filter="mitchell")
        .numpy(engine=engine)
    )
    expected = np.clip(np.rint(resample(pixels, width, height, mitchell, 2)), 0, 255).astype(np.uint8)
    close(found, expected)


def test_every_filter_is_tested():
    choices = operations.find("image.resize").parameter("filter").choices
    assert {name for name, _ in choices} == {*PILLOW_FILTERS, "mitchell"}


def test_resize_weighs_colours_by_alpha(engine):
    """Colours of pixels that cannot be seen do not bleed."""
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:, :20] = (255, 0, 0, 255)
    pixels[:, 20:] = (0, 255, 0, 0)
    found = image.open(pixels).resize(width=13).numpy(engine=engine)
    seen = found[found[:, :, 3] > 0]
    assert len(seen)
    assert seen[:, 1].max() <= 2
    close(
        found[:, :, 3],
        np.asarray(Pillow.fromarray(pixels[:, :, 3]).resize((13, 13), Pillow.Resampling.LANCZOS)),
    )


def test_resize_of_sixteen_bits(engine):
    pixels = picture(dtype=np.uint16)
    found = image.open(pixels).resize(width=40, height=30, fit="fill", filter="bilinear").numpy(engine=engine)
    reference = resample(pixels, 40, 30, lambda x: np.maximum(1 - np.abs(x), 0), 1)
    close(found, np.rint(reference).astype(np.uint16), most=40, mean=8)


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"width": 60}, (60, 40)),
        ({"height": 40}, (60, 40)),
        ({"width": 60, "height": 60}, (60, 40)),
        ({"width": 30, "height": 60}, (30, 20)),
        ({"width": 240}, (240, 160)),
        ({"width": 240, "enlarge": False}, (120, 80)),
        ({"width": 60, "height": 60, "fit": "cover"}, (60, 60)),
        ({"width": 60, "height": 60, "fit": "contain"}, (60, 60)),
        ({"width": 60, "height": 60, "fit": "fill"}, (60, 60)),
        ({"width": 7}, (7, 5)),
        ({"width": 1}, (1, 1)),
    ],
)
def test_sizes_by_fit(engine, options, size):
    found = image.open(picture()).resize(**options).numpy(engine=engine)
    assert (found.shape[1], found.shape[0]) == size


@pytest.mark.parametrize("wanted", [10, 20, 33, 50, 64, 100])
def test_the_side_that_is_asked_for_is_met(engine, wanted):
    """The other one follows by rounding, and never reacts upon the first."""
    pixels = np.zeros((81, 121), np.uint8)
    across = image.open(pixels).resize(width=wanted).numpy(engine=engine)
    assert across.shape == (round(wanted * 81 / 121), wanted)
    down = image.open(pixels).resize(height=wanted).numpy(engine=engine)
    assert down.shape == (wanted, round(wanted * 121 / 81))


def test_contain_fills_with_the_background(engine):
    resized = image.open(picture()).resize(width=60, height=60, fit="contain", background="#102030")
    found = resized.numpy(engine=engine)
    close(found[10:50], image.open(picture()).resize(width=60).numpy(engine=engine), most=0, mean=0)
    assert (found[:10, :, :3] == (16, 32, 48)).all()
    assert (found[50:, :, :3] == (16, 32, 48)).all()


def test_contain_can_be_transparent(engine):
    found = image.open(picture()).resize(width=60, height=60, fit="contain", background="transparent")
    pixels = found.numpy(engine=engine)
    assert pixels.shape == (60, 60, 4)
    assert (pixels[:10, :, 3] == 0).all()
    assert (pixels[10:50, :, 3] == 255).all()


def test_cover_cuts_both_sides_alike(engine):
    found = (
        image.open(picture()).resize(width=60, height=60, fit="cover", filter="bilinear").numpy(engine=engine)
    )
    expected = Pillow.fromarray(picture()).resize((60, 60), Pillow.Resampling.BILINEAR, box=(20, 0, 100, 80))
    close(found, np.asarray(expected), most=3)


# geometry


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_crop_rotate_and_flip_move_pixels_only(engine, channels, dtype):
    pixels = picture(channels, dtype)
    opened = image.open(pixels)
    assert np.array_equal(opened.crop(7, 5, 31, 17).numpy(engine=engine), pixels[5:22, 7:38])
    for degrees in (0, 90, 180, 270):
        expected = np.rot90(pixels, -degrees // 90)
        assert np.array_equal(opened.rotate(degrees).numpy(engine=engine), expected)
    assert np.array_equal(opened.flip("horizontal").numpy(engine=engine), pixels[:, ::-1])
    assert np.array_equal(opened.flip("vertical").numpy(engine=engine), pixels[::-1])


def test_a_crop_must_lie_within(engine):
    for box in ((0, 0, 121, 1), (0, 0, 1, 81), (120, 0, 1, 1), (100, 0, 21, 1)):
        with pytest.raises(InvalidArgumentError, match=r"crop: .* (120|80) px"):
            image.open(picture()).crop(*box).numpy(engine=engine)
    assert image.open(picture()).crop(0, 0, 120, 80).numpy(engine=engine).shape == (80, 120, 3)


@pytest.mark.parametrize("channels", [1, 3])
def test_pad(engine, channels):
    pixels = picture(channels)
    padded = (
        image.open(pixels).pad(left=1, top=2, right=3, bottom=4, background="#404040").numpy(engine=engine)
    )
    margins = [(2, 4), (1, 3), (0, 0)][: pixels.ndim]
    expected = np.pad(pixels, margins, constant_values=64)
    assert np.array_equal(padded, expected)
    assert np.array_equal(image.open(pixels).pad().numpy(engine=engine), pixels)


# colours


def test_grayscale(engine):
    pixels = picture()
    found = image.open(pixels).grayscale().numpy(engine=engine)
    close(found, np.asarray(Pillow.fromarray(pixels).convert("L")), most=1)
    with_alpha = image.open(picture(4)).grayscale().numpy(engine=engine)
    assert with_alpha.shape == (HEIGHT, WIDTH, 2)
    assert np.array_equal(with_alpha[:, :, 1], picture(4)[:, :, 3])


def test_brightness(engine):
    pixels = picture()
    for factor in (0, 0.5, 1, 1.7):
        found = image.open(pixels).brightness(factor).numpy(engine=engine)
        close(found, np.clip(np.rint(pixels * factor), 0, 255).astype(np.uint8), most=1)


def test_contrast(engine):
    """As Pillow: the distance from the mean grey level of the picture."""
    pixels = picture()
    mean = np.asarray(Pillow.fromarray(pixels).convert("L")).mean()
    for factor in (0, 0.5, 1, 1.7):
        found = image.open(pixels).contrast(factor).numpy(engine=engine)
        close(
            found, np.clip(np.rint(mean + (pixels - mean) * factor), 0, 255).astype(np.uint8), most=2, mean=1
        )


def test_colours_leave_alpha_alone(engine):
    pixels = picture(4)
    opened = image.open(pixels)
    for changed in (opened.brightness(1.5), opened.contrast(0.5)):
        assert np.array_equal(changed.numpy(engine=engine)[:, :, 3], pixels[:, :, 3])


# neighbourhoods


def gaussian(pixels, sigma):
    """The convolution with a Gaussian in floats; the edges are those of reflection and not to be compared."""
    radius = int(4 * sigma + 1)
    kernel = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * sigma**2))
    kernel /= kernel.sum()
    padded = np.pad(pixels.astype(float), [(radius, radius), (radius, radius), (0, 0)], mode="edge")
    rows = sum(weight * padded[:, i : i + pixels.shape[1]] for i, weight in enumerate(kernel))
    return sum(weight * rows[i : i + pixels.shape[0]] for i, weight in enumerate(kernel))


@pytest.mark.parametrize("sigma", [0.5, 1.0, 3.0])
def test_blur(engine, sigma):
    found = image.open(picture()).blur(sigma).numpy(engine=engine)
    inner = (slice(14, -14), slice(14, -14))
    close(found[inner], np.rint(gaussian(picture(), sigma)).astype(np.uint8)[inner], most=6, mean=1)


def test_sharpen(engine):
    pixels = picture()
    inner = (slice(10, -10), slice(10, -10))
    unsharp = pixels + 0.8 * (pixels - gaussian(pixels, 1.5))
    expected = np.clip(np.rint(unsharp), 0, 255).astype(np.uint8)
    found = image.open(pixels).sharpen(0.8, radius=1.5).numpy(engine=engine)
    close(found[inner], expected[inner], most=6, mean=1)
    assert np.array_equal(image.open(pixels).sharpen(0).numpy(engine=engine), pixels)


def test_sharpen_spares_small_differences(engine):
    pixels = picture()
    found = image.open(pixels).sharpen(1, threshold=255).numpy(engine=engine)
    assert np.array_equal(found, pixels)
    some = image.open(pixels).sharpen(1, threshold=40).numpy(engine=engine)
    assert not np.array_equal(some, pixels)
    assert (some == pixels).mean() > 0.5


# all of them

SAMPLES = {
    "resize": {"width": 30},
    "crop": {"x": 1, "y": 2, "width": 30, "height": 20},
    "rotate": {"degrees": 90},
    "flip": {"axis": "vertical"},
    "grayscale": {},
    "blur": {"sigma": 1.5},
    "sharpen": {"amount": 0.5},
    "brightness": {"factor": 1.2},
    "contrast": {"factor": 1.2},
    "pad": {"left": 2},
}


def test_every_step_has_a_sample():
    """A new step needs a test here; this fails until it has one."""
    assert set(SAMPLES) == {one.name for one in operations.of("image").values() if one.kind == "step"}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_step_takes_all_pixels(engine, name, channels, dtype):
    found = image.open(picture(channels, dtype)).then(f"image.{name}", **SAMPLES[name]).numpy(engine=engine)
    assert found.dtype == dtype
    assert found.size
    grown = 3 if name == "grayscale" and channels == 3 else 1
    assert (found.shape[2] if found.ndim == 3 else 1) in {channels, channels - 2, channels - grown + 1}


def test_steps_in_a_row_are_those_steps_one_by_one(engine):
    pixels = picture()
    whole = (
        image.open(pixels).crop(10, 10, 90, 60).rotate(90).resize(width=30).grayscale().numpy(engine=engine)
    )
    one = image.open(pixels).crop(10, 10, 90, 60).numpy(engine=engine)
    two = image.open(one).rotate(90).numpy(engine=engine)
    three = image.open(two).resize(width=30).numpy(engine=engine)
    assert np.array_equal(whole, image.open(three).grayscale().numpy(engine=engine))


@pytest.mark.parametrize("side", ["left", "top"])
def test_pictures_that_would_be_too_large(engine, side):
    huge = image.open(picture()).pad(**{side: 65535}).pad(**{side: 65535})
    with pytest.raises(Error, match="65535"):
        huge.numpy(engine=engine)


def test_colours_that_are_none(engine):
    for background in ("whit", "#12", "#ggg", "", "rgb(1,2,3)"):
        with pytest.raises(InvalidArgumentError, match="background"):
            image.open(picture()).pad(left=1, background=background).numpy(engine=engine)


def test_resize_needs_a_side(engine):
    with pytest.raises(InvalidArgumentError, match=r"width.*height"):
        image.open(picture()).resize(fit="cover").numpy(engine=engine)


def test_a_decode_at_a_smaller_scale_stays_close(engine):
    """JPEGs are decoded at a reduced scale before a resize: what comes out is close to the long way."""
    big = np.asarray(Pillow.fromarray(picture()).resize((1920, 1280), Pillow.Resampling.BICUBIC))
    buffer = io.BytesIO()
    Pillow.fromarray(big).save(buffer, "JPEG", quality=95)
    found = image.open(buffer.getvalue()).resize(width=240).numpy(engine=engine)
    expected = np.asarray(
        Pillow.open(io.BytesIO(buffer.getvalue())).resize((240, 160), Pillow.Resampling.LANCZOS)
    )
    close(found, expected, most=24, mean=1.5)
