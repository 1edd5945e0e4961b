"""Make the test files of this folder, with Pillow: `python make.py`.

The expected pixels in `../formats.rs` are what Pillow reads back from them.
"""

from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
EXIF_TURNED = Image.Exif()
EXIF_TURNED[0x0112] = 6


def gradient(mode: str, size: tuple[int, int] = (16, 12)) -> Image.Image:
    """A picture whose red grows to the right, green downwards, blue to the left."""
    width, height = size
    image = Image.new("RGB", size)
    image.putdata([(16 * x, 20 * y, 255 - 16 * x) for y in range(height) for x in range(width)])
    return image.convert(mode)


def icc() -> bytes:
    """The head of a profile for RGB, which is all that carrying it over looks at."""
    return bytes(16) + b"RGB " + bytes(16) + b"acsp" + bytes(88)


if __name__ == "__main__":
    rgb = gradient("RGB")
    rgb.save(HERE / "rgb.png", icc_profile=icc(), exif=EXIF_TURNED)
    palette = rgb.quantize(8, dither=Image.Dither.NONE)
    palette.save(HERE / "palette.png", transparency=0, bits=4)
    gradient("L").point(lambda v: v * 257, "I").convert("I;16").save(HERE / "gray16.png")
    gradient("1").save(HERE / "bilevel.png")
    rgb.save(HERE / "rgb.jpg", quality=95, subsampling=0, icc_profile=icc(), exif=EXIF_TURNED)
    gradient("CMYK").save(HERE / "cmyk.jpg", quality=95)
    gradient("L").save(HERE / "gray.jpg", quality=95, progressive=True)
    rgba = rgb.copy()
    rgba.putalpha(gradient("L"))
    rgba.save(HERE / "rgba.webp", lossless=True, exact=True, icc_profile=icc(), exif=EXIF_TURNED)
    palette.save(HERE / "palette.tiff", compression="tiff_lzw")
    gradient("CMYK").save(HERE / "cmyk.tiff")
    gradient("LA").save(HERE / "gray-alpha.tiff", compression="tiff_adobe_deflate")
    gradient("1").save(HERE / "bilevel.tiff", compression="group4")
    palette.save(HERE / "palette.bmp")
    frames = [palette, palette.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    frames[0].save(
        HERE / "animated.gif", save_all=True, append_images=frames[1:], transparency=0, duration=50
    )
    frames = [frame.convert("RGB") for frame in frames]
    frames[0].save(HERE / "animated.png", save_all=True, append_images=frames[1:], duration=50)
    frames[0].save(
        HERE / "animated.webp", save_all=True, append_images=frames[1:], duration=50, lossless=True
    )
