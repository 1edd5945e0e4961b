//! JPEG, by `libjpeg-turbo-rs`.

use super::{Decoded, check_header};
use crate::args;
use crate::color::Color as Background;
use crate::error::{Error, Result, malformed, too_much, unsupported};
use crate::limits::{MAX_JPEG_SCANS, MAX_PIXELS, MAX_SIDE};
use crate::metadata;
use crate::pixels::{Picture, Pixels};
use crate::steps::resize::Plan;
use crate::wit::{self, Color, Filter, Format, Info, Step};
use libjpeg_turbo_rs::{ColorSpace, DecodeLimits, Decoder, Encoder, JpegError, PixelFormat, ScalingFactor, Subsampling};

/// How many times larger than the result of a resize a reduced decode is, at least.
const MIN_REDUCED: u64 = 2;

/// Longest side that the format can hold.
const MAX_JPEG_SIDE: u32 = 65_500;

fn error(error: JpegError) -> Error {
    match error {
        JpegError::Unsupported(what) => unsupported(format!("JPEG: {what}")),
        JpegError::LimitExceeded { .. } | JpegError::AllocationFailed { .. } => too_much(format!("JPEG: {error}")),
        other => malformed(format!("JPEG: {other}")),
    }
}

fn limits() -> DecodeLimits {
    let mut limits = DecodeLimits::default();
    limits.max_width = MAX_SIDE as usize;
    limits.max_height = MAX_SIDE as usize;
    limits.max_pixels = MAX_PIXELS;
    limits.max_scans = MAX_JPEG_SCANS;
    limits
}

/// What a file is, from its markers.
pub fn probe(data: &[u8]) -> Result<Info> {
    let decoder = Decoder::new_with_limits(data, limits()).map_err(error)?;
    let frame = decoder.header();
    let (width, height) = (frame.width.into(), frame.height.into());
    check_header("JPEG", width, height, 1)?;
    let exif = metadata::exif(decoder.exif_data().map(<[u8]>::to_vec));
    Ok(Info {
        format: Format::Jpeg,
        width,
        height,
        color: match decoder.jpeg_color_space() {
            ColorSpace::Grayscale => Color::Gray,
            ColorSpace::Cmyk | ColorSpace::Ycck => Color::Cmyk,
            _ => Color::Rgb,
        },
        bits: frame.precision,
        frames: 1,
        orientation: metadata::orientation(exif.as_deref()),
        has_alpha: false,
        has_icc: matches!(decoder.icc_profile(), Ok(Some(_))),
        has_exif: exif.is_some(),
    })
}

/// Decode a file: grey levels, or RGB.
///
/// **Reduced decoding.** Where the first step is a resize (other than by `nearest`), the picture is
/// decoded at 1/2, 1/4 or 1/8 of its size, which the format can do in its transform, if that is
/// still [`MIN_REDUCED`] times what the resize makes of it or more, in both directions: the smallest
/// of them. The rule depends on the file and the steps alone.
pub fn decode(data: &[u8], options: &args::Decode, steps: &[Step]) -> Result<Decoded> {
    let mut decoder = Decoder::new_with_limits(data, limits()).map_err(error)?;
    let (width, height) = (decoder.header().width.into(), decoder.header().height.into());
    let is_inks = matches!(decoder.jpeg_color_space(), ColorSpace::Cmyk | ColorSpace::Ycck);
    let (format, channels) = match decoder.jpeg_color_space() {
        ColorSpace::Grayscale => (PixelFormat::Grayscale, 1),
        ColorSpace::Cmyk | ColorSpace::Ycck => (PixelFormat::Cmyk, 4),
        _ => (PixelFormat::Rgb, 3),
    };
    check_header("JPEG", width, height, channels)?;
    let orientation = if options.auto_orient { decoder.exif_orientation().unwrap_or(1) } else { 1 };
    let upright = if orientation > 4 { (height, width) } else { (width, height) };
    if let Some(scale) = reduction(upright, steps) {
        decoder.set_scale(scale);
    }
    decoder.set_output_format(format);
    let image = decoder.decode_image().map_err(error)?;
    let mut pixels = Pixels { width: image.width as u32, height: image.height as u32, channels, samples: image.data };
    let mut icc = image.icc_profile;
    if is_inks {
        pixels = inks_to_rgb(pixels);
        icc = None;
    }
    Ok(Decoded::new(pixels, icc, image.exif_data))
}

/// The scale at which a picture of this size can be decoded ahead of the steps.
fn reduction((width, height): (u32, u32), steps: &[Step]) -> Option<ScalingFactor> {
    let Some(Step::Resize(options)) = steps.first() else {
        return None;
    };
    let options = args::Resize::try_from(options.clone()).ok()?;
    if options.filter == Filter::Nearest {
        return None;
    }
    let plan = Plan::new((width, height), &options).ok()?;
    let [_, _, used_width, used_height] = plan.region.unwrap_or([0.0, 0.0, width.into(), height.into()]);
    let is_enough = |divisor: &u32| {
        let limit = (MIN_REDUCED * u64::from(*divisor)) as f64;
        used_width >= limit * f64::from(plan.size.0) && used_height >= limit * f64::from(plan.size.1)
    };
    let divisor = [8, 4, 2].into_iter().find(is_enough)?;
    ScalingFactor::try_new(1, divisor).ok()
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

/// Write a file; transparency is laid over the background.
pub fn encode(picture: Picture, options: &args::Jpeg) -> Result<Vec<u8>> {
    let background = Background::parse("jpeg: background", &options.background)?;
    let (width, height) = picture.pixels.size();
    if width > MAX_JPEG_SIDE || height > MAX_JPEG_SIDE {
        return Err(unsupported(format!(
            "JPEG: {width} × {height} px; the format holds sides of {MAX_JPEG_SIDE} px at most"
        )));
    }
    let pixels = super::flatten(picture.pixels.into_u8()?, background)?;
    let format = if pixels.is_color() { PixelFormat::Rgb } else { PixelFormat::Grayscale };
    let mut encoder = Encoder::new(&pixels.samples, width as usize, height as usize, format)
        .quality(options.quality)
        .progressive(options.progressive);
    if pixels.is_color() {
        encoder = encoder.subsampling(match options.subsampling {
            wit::Subsampling::Yuv444 => Subsampling::S444,
            wit::Subsampling::Yuv422 => Subsampling::S422,
            wit::Subsampling::Yuv420 => Subsampling::S420,
        });
    }
    if let Some(icc) = metadata::icc_for(picture.icc.as_deref(), pixels.is_color()) {
        encoder = encoder.icc_profile(icc);
    }
    if let Some(exif) = picture.exif.as_deref().filter(|_| options.exif) {
        encoder = encoder.exif_data(exif);
    }
    encoder.encode().map_err(|error| unsupported(format!("JPEG: {error}")))
}
