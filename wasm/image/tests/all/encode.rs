//! Files that are written can be read again: the same pixels, or near ones, and the metadata.

use crate::common::{AS_STORED, FORMATS, UPRIGHT, data, decode, encode, jpeg, pixel, png, raster, tiff, webp};
use wasmcell_image::Module;
use wasmcell_image::wit::{Compression, Error, Guest, Jpeg, Output, PixelFormat, Png, Raster, Subsampling, Tiff, Webp};

fn assert_same(found: &Raster, expected: &Raster, what: &str) {
    assert_eq!((found.width, found.height), (expected.width, expected.height), "{what}");
    assert_eq!(found.format, expected.format, "{what}");
    assert_eq!(found.pixels, expected.pixels, "{what}");
}

#[test]
fn png_and_tiff_keep_everything() {
    for format in FORMATS {
        let original = raster(format, 13, 7);
        for level in 0..=9 {
            let file = encode(original.clone(), Output::Png(Png { level: Some(level), exif: None })).unwrap();
            assert_same(&decode(&file).unwrap(), &original, &format!("PNG {format:?}, level {level}"));
        }
        for compression in [Compression::None, Compression::Lzw, Compression::Deflate] {
            let file = encode(original.clone(), Output::Tiff(Tiff { compression: Some(compression) })).unwrap();
            assert_same(&decode(&file).unwrap(), &original, &format!("TIFF {format:?}, {compression:?}"));
        }
    }
}

#[test]
fn lossless_formats_keep_colors() {
    for format in [PixelFormat::Rgb8, PixelFormat::Rgba8] {
        let original = raster(format, 13, 7);
        for output in [webp(true), Output::Qoi, Output::Bmp] {
            let file = encode(original.clone(), output.clone()).unwrap();
            assert_same(&decode(&file).unwrap(), &original, &format!("{output:?}, {format:?}"));
        }
    }
}

#[test]
fn every_format_takes_every_picture() {
    for format in FORMATS {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (16, 16), (17, 33)] {
            for output in [png(), jpeg(), webp(true), webp(false), tiff(), Output::Bmp, Output::Qoi] {
                let what = format!("{output:?}, {format:?}, {width} × {height}");
                let file = encode(raster(format, width, height), output).unwrap_or_else(|e| panic!("{what}: {e:?}"));
                let again = decode(&file).unwrap_or_else(|e| panic!("{what}: {e:?}"));
                assert_eq!((again.width, again.height), (width, height), "{what}");
            }
        }
    }
}

#[test]
fn lossy_formats_come_near() {
    // A smooth picture: lossy formats keep it well.
    let (width, height) = (64, 48);
    let pixels = (0..width * height).flat_map(|i| [(i % width * 3) as u8, (i / width * 4) as u8, 90]).collect();
    let original = Raster { width, height, format: PixelFormat::Rgb8, pixels };
    let jpeg = |subsampling, progressive| {
        let (subsampling, progressive) = (Some(subsampling), Some(progressive));
        Output::Jpeg(Jpeg { quality: Some(95), subsampling, progressive, background: None, exif: None })
    };
    for output in [
        jpeg(Subsampling::Yuv444, false),
        jpeg(Subsampling::Yuv422, true),
        jpeg(Subsampling::Yuv420, false),
        Output::Webp(Webp { quality: Some(90), lossless: None, exif: None }),
    ] {
        let again = decode(&encode(original.clone(), output.clone()).unwrap()).unwrap();
        let differences = again.pixels.iter().zip(&original.pixels).map(|(a, b)| u32::from(a.abs_diff(*b)));
        let mean = f64::from(differences.sum::<u32>()) / original.pixels.len() as f64;
        assert!(mean < 2.5, "{output:?}: {mean}");
    }
}

#[test]
fn transparency_is_laid_over_the_background() {
    // Three columns of one pixel would be lost in the transform: each is sixteen wide.
    let wide: Vec<u8> =
        (0..16).flat_map(|_| [255, 128, 0].into_iter().flat_map(|alpha| [255, 0, 0, alpha].repeat(16))).collect();
    let picture = Raster { width: 48, height: 16, format: PixelFormat::Rgba8, pixels: wide };
    let output = Output::Jpeg(Jpeg {
        quality: Some(100),
        subsampling: Some(Subsampling::Yuv444),
        progressive: None,
        background: Some("blue".to_owned()),
        exif: None,
    });
    let flat = decode(&encode(picture, output).unwrap()).unwrap();
    // Half of red over blue: 255 × 128 / 255 = 128 and 255 × 127 / 255 = 127.
    for (x, expected) in [(8, [255, 0, 0]), (24, [128, 0, 127]), (40, [0, 0, 255])] {
        for (found, expected) in pixel(&flat, x, 8).into_iter().zip(expected) {
            assert!(found.abs_diff(expected) <= 2, "{x}: {found}, not {expected}");
        }
    }
}

#[test]
fn profile_is_kept_and_exif_on_request() {
    for (from, is_kept) in [("rgb.png", false), ("rgb.jpg", true), ("rgba.webp", true)] {
        for output in [
            Output::Png(Png { level: None, exif: Some(is_kept) }),
            Output::Jpeg(Jpeg {
                quality: None,
                subsampling: None,
                progressive: None,
                background: None,
                exif: Some(is_kept),
            }),
            Output::Webp(Webp { quality: None, lossless: Some(true), exif: Some(is_kept) }),
            Output::Webp(Webp { quality: None, lossless: None, exif: Some(is_kept) }),
        ] {
            let what = format!("{from} to {output:?}");
            let file = Module::run(data(from), UPRIGHT, Vec::new(), output.clone()).unwrap();
            let info = Module::probe(file).unwrap();
            // The picture was turned: the tag must not turn it again.
            assert_eq!((info.has_icc, info.has_exif, info.orientation), (true, is_kept, 1), "{what}");
            assert_eq!((info.width, info.height), (12, 16), "{what}");
            let file = Module::run(data(from), AS_STORED, Vec::new(), output).unwrap();
            let orientation = Module::probe(file).unwrap().orientation;
            assert_eq!(orientation, if is_kept { 6 } else { 1 }, "{what}");
        }
        let file = Module::run(data(from), UPRIGHT, Vec::new(), tiff()).unwrap();
        assert!(Module::probe(file).unwrap().has_icc, "{from} to TIFF");
    }
}

#[test]
fn profiles_for_colors_do_not_go_with_grey() {
    use wasmcell_image::wit::Step;
    let file = Module::run(data("rgb.png"), UPRIGHT, vec![Step::Grayscale], png()).unwrap();
    assert!(!Module::probe(file).unwrap().has_icc);
}

#[test]
fn sides_that_a_format_cannot_hold_are_refused() {
    for (width, output) in [(65_535, jpeg()), (16_384, webp(false)), (16_384, webp(true))] {
        let picture = Raster { width, height: 1, format: PixelFormat::L8, pixels: vec![0; width as usize] };
        assert!(matches!(encode(picture, output), Err(Error::Unsupported(_))));
    }
}

#[test]
fn options_out_of_range_are_refused() {
    for output in [
        Output::Png(Png { level: Some(10), exif: None }),
        Output::Webp(Webp { quality: Some(0), lossless: None, exif: None }),
        Output::Jpeg(Jpeg { quality: Some(101), subsampling: None, progressive: None, background: None, exif: None }),
        Output::Jpeg(Jpeg {
            quality: None,
            subsampling: None,
            progressive: None,
            background: Some("whitish".into()),
            exif: None,
        }),
    ] {
        assert!(matches!(encode(raster(PixelFormat::L8, 2, 2), output), Err(Error::InvalidArgument(_))));
    }
}
