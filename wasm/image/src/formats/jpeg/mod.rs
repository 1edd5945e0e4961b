//! JPEG, by `libjpeg-turbo-rs`.

mod color;
mod decode;
mod encode;
mod planes;
mod transform;

pub use decode::decode;
pub use encode::encode;

use super::check_header;
use crate::error::{Error, Result, malformed, too_much, unsupported};
use crate::limits::{MAX_JPEG_SCANS, MAX_PIXELS, MAX_SIDE};
use crate::metadata;
use crate::wit::{Color, Format, Info};
use libjpeg_turbo_rs::{ColorSpace, DecodeLimits, Decoder, JpegError};

fn error(error: JpegError) -> Error {
    match error {
        JpegError::Unsupported(what) => unsupported(format!("JPEG: {what}")),
        JpegError::LimitExceeded { .. } | JpegError::AllocationFailed { .. } => too_much(format!("JPEG: {error}")),
        other => malformed(format!("JPEG: {other}")),
    }
}

fn limits() -> DecodeLimits {
    DecodeLimits {
        max_width: MAX_SIDE as usize,
        max_height: MAX_SIDE as usize,
        max_pixels: MAX_PIXELS,
        max_scans: MAX_JPEG_SCANS,
        ..DecodeLimits::default()
    }
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
