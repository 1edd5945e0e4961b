//! BMP, by the `image` crate.

use super::{Decoded, check_header};
use crate::error::{Error, Result, malformed, too_much, unsupported};
use crate::pixels::{Picture, Pixels};
use crate::wit::{Color, Format, Info};
use image::codecs::bmp::{BmpDecoder, BmpEncoder};
use image::{ColorType, ExtendedColorType, ImageDecoder, ImageError};
use std::io::Cursor;

fn error(error: ImageError) -> Error {
    match error {
        ImageError::Unsupported(_) => unsupported(format!("BMP: {error}")),
        ImageError::Limits(_) => too_much(format!("BMP: {error}")),
        other => malformed(format!("BMP: {other}")),
    }
}

fn decoder(data: &[u8]) -> Result<BmpDecoder<Cursor<&[u8]>>> {
    let decoder = BmpDecoder::new(Cursor::new(data)).map_err(error)?;
    let (width, height) = decoder.dimensions();
    check_header("BMP", width, height, decoder.color_type().bytes_per_pixel().into())?;
    Ok(decoder)
}

/// What a file is, from its headers.
pub fn probe(data: &[u8]) -> Result<Info> {
    let decoder = decoder(data)?;
    let (width, height) = decoder.dimensions();
    // The bits of a pixel stand behind the size, which is shorter in the oldest header.
    let at = if data.get(14) == Some(&12) { 24 } else { 28 };
    let bits = data.get(at).copied().unwrap_or(8);
    let has_alpha = decoder.color_type() == ColorType::Rgba8;
    Ok(Info {
        format: Format::Bmp,
        width,
        height,
        color: match decoder.get_palette() {
            Some(_) => Color::Palette,
            None if has_alpha => Color::Rgba,
            None => Color::Rgb,
        },
        bits: if decoder.get_palette().is_some() { bits } else { 8 },
        frames: 1,
        orientation: 1,
        has_alpha,
        has_icc: false,
        has_exif: false,
    })
}

/// Decode a file: RGB, or RGBA where not all is transparent.
pub fn decode(data: &[u8]) -> Result<Decoded> {
    let decoder = decoder(data)?;
    let (width, height) = decoder.dimensions();
    let channels = decoder.color_type().channel_count().into();
    let mut pixels = Pixels::<u8>::zeroed("BMP", width, height, channels)?;
    decoder.read_image(&mut pixels.samples).map_err(error)?;
    // Many writers leave the fourth byte at 0 and mean an opaque picture.
    if pixels.has_alpha() && pixels.samples.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 0) {
        pixels = pixels.with_channels(3)?;
    }
    Ok(Decoded::new(pixels, None, None))
}

/// Write a file; 16 bits become 8.
pub fn encode(picture: Picture) -> Result<Vec<u8>> {
    let pixels = picture.pixels.into_u8()?;
    // Grey levels with alpha have no place in the format.
    let channels = if pixels.channels == 2 { 4 } else { pixels.channels };
    let pixels = pixels.with_channels(channels)?;
    let color = match channels {
        1 => ExtendedColorType::L8,
        3 => ExtendedColorType::Rgb8,
        _ => ExtendedColorType::Rgba8,
    };
    let mut file = Vec::new();
    BmpEncoder::new(&mut file)
        .encode(&pixels.samples, pixels.width, pixels.height, color)
        .map_err(|error| unsupported(format!("BMP: {error}")))?;
    Ok(file)
}
