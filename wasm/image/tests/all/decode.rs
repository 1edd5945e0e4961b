//! What files hold: pixels and headers as Pillow reads them, metadata, orientation.

use crate::common::{FORMATS, UPRIGHT, data, decode, layout, pixel, pixels};
use wasmcell_image::Module;
use wasmcell_image::wit::{Color, Error, Format, Guest, Info, Picture, PixelFormat};

/// File, format of the pixels, and what Pillow reads at (0, 0), (15, 0), (7, 5) and (15, 11).
const PIXELS: [(&str, PixelFormat, [&[u32]; 4]); 17] = {
    use PixelFormat::{L8, L16, La8, Rgb8, Rgba8};
    const RGB: [&[u32]; 4] = [&[0, 0, 255], &[240, 0, 15], &[112, 100, 143], &[240, 220, 15]];
    const PALETTE: [&[u32]; 4] = [&[48, 40, 207], &[176, 10, 79], &[176, 120, 79], &[208, 190, 47]];
    const TRANSPARENT: [&[u32]; 4] =
        [&[48, 40, 207, 255], &[176, 10, 79, 255], &[176, 120, 79, 255], &[208, 190, 47, 0]];
    const OPAQUE: [&[u32]; 4] = [&[48, 40, 207, 255], &[176, 10, 79, 255], &[176, 120, 79, 255], &[208, 190, 47, 255]];
    const BILEVEL: [&[u32]; 4] = [&[0], &[0], &[0], &[255]];
    [
        ("rgb.png", Rgb8, RGB),
        ("palette.png", Rgba8, TRANSPARENT),
        ("gray16.png", L16, [&[7453], &[18761], &[27756], &[52171]]),
        ("bilevel.png", L8, BILEVEL),
        ("animated.png", Rgb8, PALETTE),
        ("rgb.jpg", Rgb8, [&[0, 1, 254], &[241, 1, 14], &[114, 98, 143], &[242, 219, 17]]),
        ("cmyk.jpg", Rgb8, RGB),
        ("gray.jpg", L8, [&[29], &[74], &[108], &[203]]),
        ("rgba.webp", Rgba8, [&[0, 0, 255, 29], &[240, 0, 15, 73], &[112, 100, 143, 108], &[240, 220, 15, 203]]),
        ("animated.webp", Rgba8, OPAQUE),
        ("animated.gif", Rgba8, TRANSPARENT),
        ("palette.bmp", Rgb8, PALETTE),
        ("palette.tiff", Rgb8, PALETTE),
        ("cmyk.tiff", Rgb8, RGB),
        ("gray-alpha.tiff", La8, [&[29, 255], &[73, 255], &[108, 255], &[203, 255]]),
        ("bilevel.tiff", L8, BILEVEL),
        ("rgb.qoi", Rgb8, RGB),
    ]
};

/// The files of [`PIXELS`]; Pillow writes no QOI, so that one is made by hand.
fn file(name: &str) -> Vec<u8> {
    if name != "rgb.qoi" {
        return data(name);
    }
    let mut file = b"qoif\0\0\0\x10\0\0\0\x0c\x03\0".to_vec();
    for y in 0..12 {
        for x in 0..16 {
            file.extend([0xfe, 16 * x, 20 * y, 255 - 16 * x]);
        }
    }
    file.extend([0, 0, 0, 0, 0, 0, 0, 1]);
    file
}

#[test]
fn pixels_are_those_that_pillow_reads() {
    for (name, format, expected) in PIXELS {
        let raster = decode(&file(name)).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!((raster.width, raster.height), (16, 12), "{name}");
        if name != "animated.webp" {
            assert_eq!(raster.format, format, "{name}");
        }
        let found = [(0, 0), (15, 0), (7, 5), (15, 11)].map(|(x, y)| pixel(&raster, x, y));
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found[..], expected[..found.len()], "{name}");
        }
    }
}

#[test]
fn headers_are_told() {
    let expected = |format, color, bits, frames, has_alpha| Info {
        format,
        width: 16,
        height: 12,
        color,
        bits,
        frames,
        orientation: 1,
        has_alpha,
        has_icc: false,
        has_exif: false,
    };
    let with_metadata = |info: Info| Info { orientation: 6, has_icc: true, has_exif: true, ..info };
    for (name, info) in [
        ("rgb.png", with_metadata(expected(Format::Png, Color::Rgb, 8, 1, false))),
        ("palette.png", expected(Format::Png, Color::Palette, 4, 1, true)),
        ("gray16.png", expected(Format::Png, Color::Gray, 16, 1, false)),
        ("bilevel.png", expected(Format::Png, Color::Gray, 1, 1, false)),
        ("animated.png", expected(Format::Png, Color::Rgb, 8, 2, false)),
        ("rgb.jpg", with_metadata(expected(Format::Jpeg, Color::Rgb, 8, 1, false))),
        ("cmyk.jpg", expected(Format::Jpeg, Color::Cmyk, 8, 1, false)),
        ("gray.jpg", expected(Format::Jpeg, Color::Gray, 8, 1, false)),
        ("rgba.webp", with_metadata(expected(Format::Webp, Color::Rgba, 8, 1, true))),
        ("animated.gif", expected(Format::Gif, Color::Palette, 3, 2, true)),
        ("palette.bmp", expected(Format::Bmp, Color::Palette, 8, 1, false)),
        ("palette.tiff", expected(Format::Tiff, Color::Palette, 8, 1, false)),
        ("cmyk.tiff", expected(Format::Tiff, Color::Cmyk, 8, 1, false)),
        ("gray-alpha.tiff", expected(Format::Tiff, Color::GrayAlpha, 8, 1, true)),
        ("bilevel.tiff", expected(Format::Tiff, Color::Gray, 1, 1, false)),
        ("rgb.qoi", expected(Format::Qoi, Color::Rgb, 8, 1, false)),
    ] {
        let found = Module::probe(file(name)).unwrap();
        assert_eq!(format!("{found:?}"), format!("{info:?}"), "{name}");
    }
    assert_eq!(Module::probe(data("animated.webp")).unwrap().frames, 2);
}

#[test]
fn pictures_are_turned_upright() {
    // Orientation 6: the stored first row is the right side of the upright picture.
    for name in ["rgb.png", "rgb.jpg", "rgba.webp"] {
        let stored = decode(&data(name)).unwrap();
        let upright = pixels(Picture::File(data(name)), UPRIGHT, &[]).unwrap();
        assert_eq!((upright.width, upright.height), (12, 16), "{name}");
        assert_eq!(pixel(&upright, 11, 0), pixel(&stored, 0, 0), "{name}");
        assert_eq!(pixel(&upright, 11, 15), pixel(&stored, 15, 0), "{name}");
        assert_eq!(pixel(&upright, 0, 15), pixel(&stored, 15, 11), "{name}");
    }
}

#[test]
fn cut_files_are_refused() {
    for (name, ..) in PIXELS {
        let whole = file(name);
        for length in 0..whole.len() {
            // A file may end after its pixels: what comes then (a trailer, a second picture) is not
            // needed. So whatever is decoded must be the whole picture.
            match decode(&whole[..length]) {
                Ok(raster) => {
                    assert_eq!(raster.pixels, decode(&whole).unwrap().pixels, "{name}, cut at {length}");
                }
                Err(Error::Malformed(_) | Error::Unsupported(_) | Error::LimitExceeded(_)) => {}
                Err(error) => panic!("{name}, cut at {length}: {error:?}"),
            }
            let _ = Module::probe(whole[..length].to_vec());
        }
    }
}

#[test]
fn changed_bytes_do_no_harm() {
    for (name, ..) in PIXELS {
        let whole = file(name);
        for at in 0..whole.len() {
            for value in [0, 0x7f, 0xff, whole[at] ^ 0x10] {
                let mut changed = whole.clone();
                changed[at] = value;
                if let Ok(raster) = decode(&changed) {
                    let (channels, bytes) = layout(raster.format);
                    assert!(FORMATS.contains(&raster.format));
                    assert_eq!(raster.pixels.len(), raster.width as usize * raster.height as usize * channels * bytes);
                }
                let _ = Module::probe(changed);
            }
        }
    }
}

#[test]
fn enormous_headers_are_refused() {
    let side = 100_000_u32;
    let mut png = data("rgb.png");
    png[16..20].copy_from_slice(&side.to_be_bytes());
    png[20..24].copy_from_slice(&side.to_be_bytes());
    // The checksum of the changed header: CRC-32 of "IHDR" and 100000 × 100000, 8 bits, RGB.
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let mut bmp = data("palette.bmp");
    bmp[18..22].copy_from_slice(&side.to_le_bytes());
    bmp[22..26].copy_from_slice(&side.to_le_bytes());
    let mut qoi = file("rgb.qoi");
    qoi[4..8].copy_from_slice(&side.to_be_bytes());
    qoi[8..12].copy_from_slice(&side.to_be_bytes());
    for (name, file) in [("png", png), ("bmp", bmp), ("qoi", qoi)] {
        let refused = |error: &Error| matches!(error, Error::LimitExceeded(_) | Error::Malformed(_));
        assert!(decode(&file).is_err_and(|error| refused(&error)), "{name}");
        assert!(Module::probe(file).is_err_and(|error| refused(&error)), "{name}");
    }
}

/// CRC-32 as PNG has it (ISO 3309), bit by bit.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// A JPEG that is resized while it is decoded looks like one that is resized afterwards.
#[test]
fn jpeg_is_resized_as_after_decoding() {
    use crate::common::{encode, raster};
    use wasmcell_image::wit::{Filter, Fit, Jpeg, Output, Raster, Resize, Step, Subsampling};
    // Smooth waves: what is lost is lost by rounding and chroma alone. The larger one is decoded at a
    // quarter of its size.
    for (width, height, wavelength) in [(203, 151, 1.0), (1030, 771, 5.0)] {
        let wave = |x: u32, y: u32, k: f32| {
            let (x, y) = (x as f32 / wavelength, y as f32 / wavelength);
            (127.0 + 100.0 * ((x * k).sin() * (y * 0.05).cos())) as u8
        };
        let pixels = (0..width * height)
            .flat_map(|i| [0.031, 0.05, 0.043].map(|k| wave(i % width, i / width, k)))
            .collect::<Vec<_>>();
        for subsampling in [Subsampling::Yuv444, Subsampling::Yuv422, Subsampling::Yuv420] {
            let original = Raster { pixels: pixels.clone(), ..raster(PixelFormat::Rgb8, width, height) };
            let output = Output::Jpeg(Jpeg {
                quality: Some(95),
                subsampling: Some(subsampling),
                progressive: Some(subsampling == Subsampling::Yuv422),
                background: None,
                exif: None,
            });
            let file = encode(original, output).unwrap();
            for (to_width, to_height, fit) in [
                (100, 100, Fit::Inside),
                (100, 100, Fit::Cover),
                (90, 40, Fit::Fill),
                (60, 100, Fit::Contain),
                (60, 41, Fit::Cover),
            ] {
                let steps = [Step::Resize(Resize {
                    width: Some(to_width),
                    height: Some(to_height),
                    fit: Some(fit),
                    filter: Some(Filter::Lanczos3),
                    enlarge: None,
                    background: None,
                })];
                let direct = pixels_of(Picture::File(file.clone()), &steps);
                let after = pixels_of(Picture::Raster(decode(&file).unwrap()), &steps);
                assert_eq!((direct.width, direct.height), (after.width, after.height));
                let differences = direct.pixels.iter().zip(&after.pixels).map(|(a, b)| u32::from(a.abs_diff(*b)));
                let worst = differences.clone().max().unwrap();
                let mean = f64::from(differences.sum::<u32>()) / direct.pixels.len() as f64;
                let what = format!("{width}, {subsampling:?}, {to_width} × {to_height}, {fit:?}");
                assert!(worst <= 12 && mean < 1.5, "{what}: {worst}, {mean}");
            }
        }
    }
}

/// Filters that promise which pixels count keep to it, also in what is resized as it is read.
#[test]
fn jpeg_is_resized_exactly_by_exact_filters() {
    use crate::common::{encode, jpeg, raster};
    use wasmcell_image::wit::{Filter, Resize, Step};
    let file = encode(raster(PixelFormat::Rgb8, 400, 300), jpeg()).unwrap();
    for filter in [Filter::Nearest, Filter::Box, Filter::Hamming] {
        let steps = [Step::Resize(Resize {
            width: Some(100),
            height: None,
            fit: None,
            filter: Some(filter),
            enlarge: None,
            background: None,
        })];
        let direct = pixels_of(Picture::File(file.clone()), &steps);
        let after = pixels_of(Picture::Raster(decode(&file).unwrap()), &steps);
        assert!(direct.pixels == after.pixels, "{filter:?}");
    }
}

fn pixels_of(input: Picture, steps: &[wasmcell_image::wit::Step]) -> wasmcell_image::wit::Raster {
    pixels(input, UPRIGHT, steps).unwrap()
}

/// The same with a picture that is stored on its side.
#[test]
fn sideways_jpeg_is_resized_upright() {
    use wasmcell_image::wit::{Fit, Resize, Step};
    let resize = |width, height, fit| {
        [Step::Resize(Resize { width, height, fit: Some(fit), filter: None, enlarge: None, background: None })]
    };
    for steps in [resize(Some(6), None, Fit::Inside), resize(Some(5), Some(6), Fit::Cover)] {
        let direct = pixels_of(Picture::File(data("rgb.jpg")), &steps);
        let upright = pixels_of(Picture::File(data("rgb.jpg")), &[]);
        assert_eq!((upright.width, upright.height), (12, 16));
        let after = pixels_of(Picture::Raster(upright), &steps);
        assert_eq!((direct.width, direct.height), (after.width, after.height));
        let worst = direct.pixels.iter().zip(&after.pixels).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(6), "{worst:?}");
    }
}
