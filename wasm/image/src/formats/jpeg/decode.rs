//! Reading: whole, or straight to the size that is wanted.

use super::{error, limits};
use crate::args;
use crate::error::Result;
use crate::formats::{Decoded, check_header};
use crate::metadata::UPRIGHT;
use crate::pixels::Pixels;
use crate::steps::resize::{Plan, scale};
use crate::wit::{Filter, Step};
use libjpeg_turbo_rs::{ColorSpace, Decoder, PixelFormat, ScalingFactor};

/// How many times larger than the result of a resize a reduced decode is, at least.
const MIN_REDUCED: u64 = 2;

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
/// Where the first step is a resize that makes the picture smaller (by any filter but `nearest`),
/// the work is cut short. What is done depends on the file's header and the steps alone:
///
/// - The picture is decoded at 1/8 or 1/4 of its size, which the format can do in its transform, if
///   that is still [`MIN_REDUCED`] times what the resize makes of it or more, in both directions,
///   and has sides of [`MIN_REDUCED_SIDE`] pixels.
///   (At 1/2 there is nothing to gain: entropy coding takes most of the time, whatever the size.)
/// - Else luma and chroma are resized before they become RGB, so that chroma which is stored at half
///   the size is never enlarged, and few pixels are converted. The step finds nothing left to do.
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
    match ahead(&decoder, (width, height), options, steps) {
        Some(Ahead::Planes(plan, filter)) => return decode_planes(decoder, plan, filter),
        Some(Ahead::Reduced(factor)) => decoder.set_scale(factor),
        None => {}
    }
    decoder.set_output_format(format);
    let image = decoder.decode_image().map_err(error)?;
    let mut pixels = Pixels { width: image.width as u32, height: image.height as u32, channels, samples: image.data };
    let mut icc = image.icc_profile;
    if format == PixelFormat::Cmyk {
        pixels = inks_to_rgb(pixels);
        icc = None;
    }
    Ok(Decoded::new(pixels, icc, image.exif_data))
}

/// How a picture of this size, as stored, can be decoded ahead of the steps.
fn ahead(decoder: &Decoder<'_>, size: (u32, u32), options: &args::Decode, steps: &[Step]) -> Option<Ahead> {
    let Some(Step::Resize(resize)) = steps.first() else {
        return None;
    };
    let resize = args::Resize::try_from(resize.clone()).ok()?;
    if resize.filter == Filter::Nearest {
        return None;
    }
    let is_sideways = options.auto_orient && decoder.exif_orientation().unwrap_or(UPRIGHT) > 4;
    let plan = if is_sideways {
        Plan::new((size.1, size.0), &resize).ok()?.transposed()
    } else {
        Plan::new(size, &resize).ok()?
    };
    let [_, _, used_width, used_height] = plan.region.unwrap_or([0.0, 0.0, size.0.into(), size.1.into()]);
    let shrinks_by = |factor: u64| {
        used_width >= (factor * u64::from(plan.size.0)) as f64
            && used_height >= (factor * u64::from(plan.size.1)) as f64
    };
    let divisor = [8, 4].into_iter().find(|divisor| {
        size.0.min(size.1) / divisor >= MIN_REDUCED_SIDE && shrinks_by(MIN_REDUCED * u64::from(*divisor))
    });
    if let Some(divisor) = divisor {
        return ScalingFactor::try_new(1, divisor).ok().map(Ahead::Reduced);
    }
    let frame = decoder.header();
    let has_planes = decoder.jpeg_color_space() == ColorSpace::YCbCr && frame.precision == 8 && !frame.is_lossless;
    (has_planes && shrinks_by(1)).then_some(Ahead::Planes(plan, resize.filter))
}

/// Decode luma and chroma at their own sizes, resize each as planned, and make RGB of the results.
fn decode_planes(decoder: Decoder<'_>, plan: Plan, filter: Filter) -> Result<Decoded> {
    let icc = decoder.icc_profile().map_err(error)?;
    let exif = decoder.exif_data().map(<[u8]>::to_vec);
    let sampling: Vec<_> = decoder
        .header()
        .components
        .iter()
        .map(|component| (u32::from(component.horizontal_sampling), u32::from(component.vertical_sampling)))
        .collect();
    let most = sampling.iter().fold((1, 1), |most, own| (most.0.max(own.0), most.1.max(own.1)));
    let image = decoder.decode_raw().map_err(error)?;
    let (width, height) = (image.width as u32, image.height as u32);
    let region = plan.region.unwrap_or([0.0, 0.0, width.into(), height.into()]);
    let planes = image.planes.into_iter().zip(image.plane_widths).zip(sampling);
    let planes = planes.map(|((samples, stored_width), own)| {
        let used = ((width * own.0).div_ceil(most.0), (height * own.1).div_ceil(most.1));
        let plane = without_padding(samples, stored_width, used);
        // A plane of half the size ends at half a pixel where the picture's side is odd.
        let ratio = (f64::from(own.0) / f64::from(most.0), f64::from(own.1) / f64::from(most.1));
        let [left, top, right, bottom] = region;
        let region = [left * ratio.0, top * ratio.1, right * ratio.0, bottom * ratio.1];
        scale(plane, plan.size, Some(region), filter)
    });
    let planes = planes.collect::<Result<Vec<_>>>()?;
    let mut pixels = Pixels::<u8>::zeroed("JPEG", plan.size.0, plan.size.1, 3)?;
    let row_length = pixels.row_length();
    let routines = libjpeg_turbo_rs::simd::detect();
    let width = pixels.width as usize;
    for (y, row) in pixels.samples.chunks_exact_mut(row_length).enumerate() {
        let plane_row = |plane: usize| &planes[plane].samples[y * width..(y + 1) * width];
        routines.ycbcr_to_rgb_row(plane_row(0), plane_row(1), plane_row(2), row, width);
    }
    Ok(Decoded::new(pixels, icc, exif))
}

/// The used part of a plane, which is stored in whole blocks.
fn without_padding(mut samples: Vec<u8>, stored_width: usize, (width, height): (u32, u32)) -> Pixels<u8> {
    let (used_width, used_height) = (width as usize, height as usize);
    if stored_width > used_width {
        for y in 1..used_height {
            samples.copy_within(y * stored_width..y * stored_width + used_width, y * used_width);
        }
    }
    samples.truncate(used_width * used_height);
    Pixels { width, height, channels: 1, samples }
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
