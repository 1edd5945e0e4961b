//! QOI, by the `qoi` crate.

use super::{Decoded, check_header};
use crate::error::{Error, Result, malformed, unsupported};
use crate::pixels::{Picture, Pixels};
use crate::wit::{Color, Format, Info};
use qoi::{Channels, Header};

fn error(error: qoi::Error) -> Error {
    malformed(format!("QOI: {error}"))
}

fn header(data: &[u8]) -> Result<(Header, usize)> {
    let header = qoi::decode_header(data).map_err(error)?;
    let channels = if header.channels == Channels::Rgba { 4 } else { 3 };
    check_header("QOI", header.width, header.height, channels)?;
    Ok((header, channels))
}

/// What a file is, from its header.
pub fn probe(data: &[u8]) -> Result<Info> {
    let (header, channels) = header(data)?;
    Ok(Info {
        format: Format::Qoi,
        width: header.width,
        height: header.height,
        color: if channels == 4 { Color::Rgba } else { Color::Rgb },
        bits: 8,
        frames: 1,
        orientation: 1,
        has_alpha: channels == 4,
        has_icc: false,
        has_exif: false,
    })
}

/// Decode a file: RGB, or RGBA.
pub fn decode(data: &[u8]) -> Result<Decoded> {
    let (header, channels) = header(data)?;
    let mut pixels = Pixels::<u8>::zeroed("QOI", header.width, header.height, channels)?;
    qoi::decode_to_buf(&mut pixels.samples, data).map_err(error)?;
    Ok(Decoded::new(pixels, None, None))
}

/// Write a file; grey levels become RGB, 16 bits become 8.
pub fn encode(picture: Picture) -> Result<Vec<u8>> {
    let pixels = picture.pixels.into_u8()?;
    let channels = if pixels.has_alpha() { 4 } else { 3 };
    let pixels = pixels.with_channels(channels)?;
    qoi::encode_to_vec(&pixels.samples, pixels.width, pixels.height)
        .map_err(|error| unsupported(format!("QOI: {error}")))
}
