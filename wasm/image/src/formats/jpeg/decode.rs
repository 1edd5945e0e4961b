//! Reading: whole, or straight to the size that is wanted.

use super::color::to_pixels;
use super::planes::{self, Baseline, Ratio};
use super::{error, limits};
use crate::args;
use crate::error::Result;
use crate::formats::{Decoded, check_header};
use crate::metadata::UPRIGHT;
use crate::pixels::Pixels;
use crate::steps::resize::Plan;
use crate::wit::{Filter, Step};
use libjpeg_turbo_rs::{ColorSpace, Decoder, PixelFormat, ScalingFactor};

/// How many times larger than the result of a resize a reduced decode is, at least.
const MIN_REDUCED: f64 = 1.5;

/// Shortest side of a picture that is decoded reduced. (Its sides are rounded up to whole pixels,
/// which stretches what is in them: too much, where they have few.)
const MIN_REDUCED_SIDE: u32 = 64;

/// How a file is decoded ahead of a resize.
enum Ahead {
    /// At 1/4 or 1/8 of its size.
    Reduced(ScalingFactor),
    /// Luma and chroma at their own sizes, each resized by itself.
    Planes(Plan, Filter),
}

/// Decode a file: grey levels, or RGB.
///
/// Where the first step is a resize that makes the picture smaller by a smooth filter (`nearest`, `box`
/// and `hamming` promise which pixels count, and how), the work is cut short. What is done depends on the file's header and the steps alone:
///
/// - The picture is decoded at 1/8 or 1/4 of its size, which the format can do in its transform, if
///   that is still [`MIN_REDUCED`] times what the resize makes of it or more, in both directions,
///   and has sides of [`MIN_REDUCED_SIDE`] pixels.
/// - Else luma and chroma are resized before they become RGB, so that chroma which is stored at half
///   the size is never enlarged, and few pixels are converted. The step finds nothing left to do.
///   Of a baseline file, planes are decoded at half their size by the same rule.
pub fn decode(data: &[u8], options: &args::Decode, steps: &[Step]) -> Result<Decoded> {
    let mut decoder = Decoder::new_with_limits(data, limits()).map_err(error)?;
    let color_space = decoder.jpeg_color_space();
    let (format, channels) = match color_space {
        ColorSpace::Grayscale => (PixelFormat::Grayscale, 1),
        ColorSpace::Cmyk | ColorSpace::Ycck => (PixelFormat::Cmyk, 4),
        _ => (PixelFormat::Rgb, 3),
    };
    let (width, height) = (decoder.header().width.into(), decoder.header().height.into());
    check_header("JPEG", width, height, channels)?;
    let (icc, exif) = (decoder.icc_profile().map_err(error)?, decoder.exif_data().map(<[u8]>::to_vec));
    let is_plain = matches!(color_space, ColorSpace::Grayscale | ColorSpace::YCbCr);
    let baseline = if is_plain { Baseline::new(data) } else { None };
    let pixels = match (ahead(&decoder, baseline.is_some(), (width, height), options, steps), baseline) {
        (Some(Ahead::Planes(plan, filter)), baseline) => {
            let region = plan.region.unwrap_or([0.0, 0.0, width.into(), height.into()]);
            let planes = match baseline {
                Some(baseline) => baseline.planes(|ratio| can_halve(ratio, (width, height), region, plan.size))?,
                None => planes::read(decoder)?,
            };
            let scaled = planes.into_iter().map(|plane| plane.scaled(plan.size, region, filter));
            to_pixels(scaled.collect::<Result<_>>()?)?
        }
        (None, Some(baseline)) if baseline.can_be_enlarged() => to_pixels(baseline.planes(|_| false)?)?,
        (ahead, _) => {
            if let Some(Ahead::Reduced(factor)) = ahead {
                decoder.set_scale(factor);
            }
            decoder.set_output_format(format);
            let image = decoder.decode_image().map_err(error)?;
            Pixels { width: image.width as u32, height: image.height as u32, channels, samples: image.data }
        }
    };
    if format == PixelFormat::Cmyk {
        return Ok(Decoded::new(inks_to_rgb(pixels), None, exif));
    }
    Ok(Decoded::new(pixels, icc, exif))
}

/// How a picture of this size, as stored, can be decoded ahead of the steps.
fn ahead(
    decoder: &Decoder<'_>,
    is_baseline: bool,
    size: (u32, u32),
    options: &args::Decode,
    steps: &[Step],
) -> Option<Ahead> {
    let Some(Step::Resize(resize)) = steps.first() else {
        return None;
    };
    let resize = args::Resize::try_from(resize.clone()).ok()?;
    if matches!(resize.filter, Filter::Nearest | Filter::Box | Filter::Hamming) {
        return None;
    }
    let is_sideways = options.auto_orient && decoder.exif_orientation().unwrap_or(UPRIGHT) > 4;
    let plan = if is_sideways {
        Plan::new((size.1, size.0), &resize).ok()?.transposed()
    } else {
        Plan::new(size, &resize).ok()?
    };
    let [_, _, used_width, used_height] = plan.region.unwrap_or([0.0, 0.0, size.0.into(), size.1.into()]);
    let shrinks_by =
        |factor| used_width >= factor * f64::from(plan.size.0) && used_height >= factor * f64::from(plan.size.1);
    let divisor = [8, 4].into_iter().find(|divisor| {
        size.0.min(size.1) / divisor >= MIN_REDUCED_SIDE && shrinks_by(MIN_REDUCED * f64::from(*divisor))
    });
    if let Some(divisor) = divisor {
        return ScalingFactor::try_new(1, divisor).ok().map(Ahead::Reduced);
    }
    let frame = decoder.header();
    let is_color = decoder.jpeg_color_space() == ColorSpace::YCbCr;
    let has_planes = is_baseline || is_color && frame.precision == 8 && !frame.is_lossless;
    (has_planes && shrinks_by(1.0)).then_some(Ahead::Planes(plan, resize.filter))
}

/// Whether a plane of this resolution may be decoded at half of it.
fn can_halve(ratio: Ratio, picture: (u32, u32), [_, _, width, height]: [f64; 4], to: (u32, u32)) -> bool {
    let (x, y) = ratio.halved().as_parts();
    let has_sides =
        f64::from(picture.0) * x >= MIN_REDUCED_SIDE.into() && f64::from(picture.1) * y >= MIN_REDUCED_SIDE.into();
    has_sides && width * x >= MIN_REDUCED * f64::from(to.0) && height * y >= MIN_REDUCED * f64::from(to.1)
}

/// Cyan, magenta, yellow and black, stored inverted as Adobe does, to RGB: each colour is what its
/// ink lets through of what black does.
fn inks_to_rgb(pixels: Pixels<u8>) -> Pixels<u8> {
    let mut samples = pixels.samples;
    let count = samples.len() / 4;
    for i in 0..count {
        let [c, m, y, k] = [0, 1, 2, 3].map(|channel| samples[4 * i + channel]);
        for (channel, ink) in [c, m, y].into_iter().enumerate() {
            // k - (255 - ink) × k / 255, rounded as Pillow does.
            samples[3 * i + channel] = k - multiply(255 - ink, k);
        }
    }
    samples.truncate(3 * count);
    Pixels { channels: 3, samples, ..pixels }
}

/// a × b / 255, rounded.
fn multiply(a: u8, b: u8) -> u8 {
    let product = u32::from(a) * u32::from(b) + 128;
    ((product + (product >> 8)) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use libjpeg_turbo_rs::{Encoder, Subsampling};

    /// Files of all layouts and of sizes around those of blocks give the pixels that the crate gives.
    #[test]
    fn pixels_are_those_of_libjpeg() {
        let samplings = [Subsampling::S444, Subsampling::S422, Subsampling::S420, Subsampling::S440, Subsampling::S411];
        let sizes = [(1, 1), (2, 5), (5, 2), (6, 7), (8, 8), (15, 17), (16, 16), (31, 33), (49, 30), (130, 3)];
        for (width, height) in sizes {
            let samples: Vec<u8> = (0..width * height * 3).map(|i| (i * i / 7 + i) as u8).collect();
            for (restart, sampling) in samplings.into_iter().enumerate() {
                let rgb = Encoder::new(&samples, width, height, PixelFormat::Rgb).quality(90).subsampling(sampling);
                let grey = Encoder::new(&samples, width, height, PixelFormat::Grayscale);
                let grey = grey.quality(90).subsampling(Subsampling::S444);
                for (encoder, format) in [(rgb, PixelFormat::Rgb), (grey, PixelFormat::Grayscale)] {
                    let file = encoder.restart_blocks(restart as u16).encode().unwrap();
                    let expected = Decoder::decode_to(&file, format).unwrap().data;
                    let ours = decode(&file, &args::Decode { auto_orient: true }, &[]).unwrap();
                    assert!(Baseline::new(&file).is_some());
                    let crate::pixels::AnyPixels::U8(ours) = ours.picture.pixels else { panic!("8 bits") };
                    assert_eq!(ours.samples, expected, "{width} × {height}, {sampling:?}, {format:?}");
                }
            }
        }
    }
}
