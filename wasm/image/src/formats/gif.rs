//! GIF, by the `gif` crate: its first picture.

use super::{Decoded, check_header};
use crate::error::{Error, Result, malformed, too_much};
use crate::limits::{self, MAX_FRAMES, MAX_PICTURE_BYTES};
use crate::pixels::Pixels;
use crate::wit::{Color, Format, Info};
use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};
use std::num::NonZeroU64;

fn error(error: DecodingError) -> Error {
    match error {
        DecodingError::OutOfMemory | DecodingError::MemoryLimit => too_much(format!("GIF: {error}")),
        other => malformed(format!("GIF: {other}")),
    }
}

fn decoder(data: &[u8], skips_pixels: bool) -> Result<gif::Decoder<&[u8]>> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.set_memory_limit(MemoryLimit::Bytes(NonZeroU64::new(MAX_PICTURE_BYTES).unwrap_or(NonZeroU64::MIN)));
    options.skip_frame_decoding(skips_pixels);
    options.allow_unknown_blocks(true);
    let decoder = options.read_info(data).map_err(error)?;
    check_header("GIF", decoder.width().into(), decoder.height().into(), 1)?;
    Ok(decoder)
}

/// What a file is, from its blocks; pixels are passed over.
pub fn probe(data: &[u8]) -> Result<Info> {
    let mut decoder = decoder(data, true)?;
    let (width, height) = (decoder.width(), decoder.height());
    let first = decoder.next_frame_info().map_err(error)?.ok_or_else(no_picture)?;
    let has_alpha = first.transparent.is_some() || !covers(first, width, height);
    let colors = first.palette.as_ref().map(Vec::len);
    let colors = colors.or_else(|| decoder.global_palette().map(<[u8]>::len)).unwrap_or(0) / 3;
    let mut frames = 1;
    // What follows the first picture may be cut: what there is counts.
    while frames < MAX_FRAMES && matches!(decoder.next_frame_info(), Ok(Some(_))) {
        frames += 1;
    }
    Ok(Info {
        format: Format::Gif,
        width: width.into(),
        height: height.into(),
        color: Color::Palette,
        bits: colors.max(2).next_power_of_two().trailing_zeros() as u8,
        frames,
        orientation: 1,
        has_alpha,
        has_icc: decoder.icc_profile().is_some(),
        has_exif: false,
    })
}

fn no_picture() -> Error {
    malformed("GIF: there is no picture in it")
}

fn covers(frame: &gif::Frame, width: u16, height: u16) -> bool {
    let reaches = |start: u16, length: u16, side: u16| start == 0 && length >= side;
    reaches(frame.left, frame.width, width) && reaches(frame.top, frame.height, height)
}

/// Decode the first picture, as RGB, or RGBA if it has a transparent colour or does not cover the
/// whole.
pub fn decode(data: &[u8]) -> Result<Decoded> {
    let mut decoder = decoder(data, false)?;
    let (width, height) = (decoder.width(), decoder.height());
    let frame = decoder.next_frame_info().map_err(error)?.ok_or_else(no_picture)?.clone();
    check_header("GIF", frame.width.into(), frame.height.into(), 1)?;
    let mut indices = limits::samples::<u8>("GIF", frame.width.into(), frame.height.into(), 1)?;
    decoder.read_into_buffer(&mut indices).map_err(error)?;
    let palette = frame.palette.as_deref().or_else(|| decoder.global_palette());
    let palette = palette.ok_or_else(|| malformed("GIF: the picture has no palette"))?;
    let channels = if frame.transparent.is_some() || !covers(&frame, width, height) { 4 } else { 3 };
    // An index beyond the palette is black.
    let mut table = [[0, 0, 0, u8::MAX]; 256];
    for (entry, color) in table.iter_mut().zip(palette.as_chunks::<3>().0) {
        entry[..3].copy_from_slice(color);
    }
    if let Some(index) = frame.transparent {
        table[usize::from(index)][3] = 0;
    }
    let mut pixels = Pixels::<u8>::zeroed("GIF", width.into(), height.into(), channels)?;
    let row_length = pixels.row_length();
    let rows = pixels.samples.chunks_exact_mut(row_length).skip(frame.top.into());
    for (row, indices) in rows.zip(indices.chunks_exact(frame.width.into())) {
        let row = row.chunks_exact_mut(channels).skip(frame.left.into());
        for (pixel, &index) in row.zip(indices) {
            pixel.copy_from_slice(&table[usize::from(index)][..channels]);
        }
    }
    Ok(Decoded::new(pixels, decoder.icc_profile().map(<[u8]>::to_vec), None))
}
