//! WebP: decoding and lossless encoding by the crate `image-webp`, lossy encoding by `oxideav-vp8`.

mod alpha;
mod container;
mod lossless;
mod lossy;
mod planes;

use super::{Decoded, check_header};
use crate::args;
use crate::error::{Error, Result, malformed, too_much, unsupported};
use crate::limits::MAX_DECODER_BYTES;
use crate::metadata;
use crate::pixels::{Picture, Pixels};
use crate::wit::{Color, Format, Info};
use image_webp::{DecodingError, WebPDecoder};
use std::io::Cursor;

/// Longest side that the format can hold.
const MAX_WEBP_SIDE: u32 = 16_383;

fn error(error: DecodingError) -> Error {
    match error {
        DecodingError::UnsupportedFeature(_) => unsupported(format!("WebP: {error}")),
        DecodingError::ImageTooLarge | DecodingError::MemoryLimitExceeded => too_much(format!("WebP: {error}")),
        other => malformed(format!("WebP: {other}")),
    }
}

/// Refuse a file that is cut: the crate takes missing data for zeros.
fn check_chunks(data: &[u8]) -> Result<()> {
    let mut rest = data.get(12..).unwrap_or_default();
    while let Some((header, content)) = rest.split_at_checked(8) {
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        if length > content.len() {
            return Err(malformed(format!(
                "WebP: the file is cut: chunk {:?} has {length} bytes, {} are left",
                String::from_utf8_lossy(&header[..4]),
                content.len()
            )));
        }
        // Chunks begin at even places; the last byte of padding may be missing.
        rest = content.get(length.next_multiple_of(2)..).unwrap_or_default();
    }
    Ok(())
}

fn decoder(data: &[u8]) -> Result<WebPDecoder<Cursor<&[u8]>>> {
    let end = data.get(4..8).map_or(0, |size| u32::from_le_bytes([size[0], size[1], size[2], size[3]])) as usize;
    check_chunks(data.get(..end.saturating_add(8)).unwrap_or(data))?;
    let mut decoder = WebPDecoder::new(Cursor::new(data)).map_err(error)?;
    decoder.set_memory_limit(MAX_DECODER_BYTES);
    let (width, height) = decoder.dimensions();
    check_header("WebP", width, height, 4)?;
    Ok(decoder)
}

/// What a file is, from its chunks.
pub fn probe(data: &[u8]) -> Result<Info> {
    let mut decoder = decoder(data)?;
    let (width, height) = decoder.dimensions();
    let exif = metadata::exif(decoder.exif_metadata().map_err(error)?);
    Ok(Info {
        format: Format::Webp,
        width,
        height,
        color: if decoder.has_alpha() { Color::Rgba } else { Color::Rgb },
        bits: 8,
        frames: decoder.num_frames().max(1),
        orientation: metadata::orientation(exif.as_deref()),
        has_alpha: decoder.has_alpha(),
        has_icc: decoder.icc_profile().map_err(error)?.is_some(),
        has_exif: exif.is_some(),
    })
}

/// Decode a file: RGB, or RGBA.
pub fn decode(data: &[u8]) -> Result<Decoded> {
    let mut decoder = decoder(data)?;
    let (width, height) = decoder.dimensions();
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut pixels = Pixels::<u8>::zeroed("WebP", width, height, channels)?;
    decoder.read_image(&mut pixels.samples).map_err(error)?;
    let icc = decoder.icc_profile().map_err(error)?;
    let exif = decoder.exif_metadata().map_err(error)?;
    Ok(Decoded::new(pixels, icc, exif))
}

/// Write a file.
pub fn encode(picture: Picture, options: &args::Webp) -> Result<Vec<u8>> {
    let pixels = picture.pixels.into_u8()?;
    let (width, height) = (pixels.width, pixels.height);
    if width > MAX_WEBP_SIDE || height > MAX_WEBP_SIDE {
        return Err(unsupported(format!(
            "WebP: {width} × {height} px; the format holds sides of {MAX_WEBP_SIDE} px at most"
        )));
    }
    // The format has no grey levels: a profile for them would not fit.
    let icc = metadata::icc_for(picture.icc.as_deref(), true).filter(|_| pixels.is_color());
    let exif = picture.exif.as_deref().filter(|_| options.exif);
    if options.lossless {
        return lossless::encode(&pixels, true, icc, exif);
    }
    container::file(&lossy::encode(&pixels, options.quality)?, width, height, icc, exif)
}
