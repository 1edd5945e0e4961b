//! TIFF, by the `tiff` crate: its first picture.

use super::{Decoded, check_header};
use crate::args;
use crate::error::{Error, Result, malformed, too_much, unsupported};
use crate::limits::{MAX_DECODER_BYTES, MAX_FRAMES, MAX_ICC_BYTES, MAX_PICTURE_BYTES};
use crate::metadata;
use crate::pixels::{AnyPixels, Picture, Pixels, Sample};
use crate::wit::{self, Color, Format, Info};
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::encoder::{Compression, DeflateLevel, Predictor, TiffEncoder, TiffValue, colortype};
use tiff::tags::{ExtraSamples, Tag};
use tiff::{ColorType, TiffError};

fn error(error: TiffError) -> Error {
    match error {
        TiffError::UnsupportedError(_) => unsupported(format!("TIFF: {error}")),
        TiffError::LimitsExceeded => too_much(format!("TIFF: {error}")),
        other => malformed(format!("TIFF: {other}")),
    }
}

fn decoder(data: &[u8]) -> Result<Decoder<Cursor<&[u8]>>> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_PICTURE_BYTES as usize;
    limits.intermediate_buffer_size = MAX_DECODER_BYTES;
    limits.ifd_value_size = MAX_ICC_BYTES;
    let mut decoder = Decoder::new(Cursor::new(data)).map_err(error)?.with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(error)?;
    check_header("TIFF", width, height, 1)?;
    Ok(decoder)
}

/// Channels, bits of each, and what they say.
struct Layout {
    channels: usize,
    bits: u8,
    color: Color,
}

fn layout(decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<Layout> {
    let color = decoder.colortype().map_err(error)?;
    let (channels, bits, color) = match color {
        ColorType::Gray(bits) => (1, bits, Color::Gray),
        ColorType::GrayA(bits) => (2, bits, Color::GrayAlpha),
        ColorType::RGB(bits) => (3, bits, Color::Rgb),
        ColorType::RGBA(bits) => (4, bits, Color::Rgba),
        ColorType::Palette(bits) => (1, bits, Color::Palette),
        ColorType::CMYK(bits) => (4, bits, Color::Cmyk),
        other => return Err(unsupported(format!("TIFF: colours stored as {other:?}"))),
    };
    Ok(Layout { channels, bits, color })
}

/// What a file is, from its directories.
pub fn probe(data: &[u8]) -> Result<Info> {
    let mut decoder = decoder(data)?;
    let (width, height) = decoder.dimensions().map_err(error)?;
    let Layout { bits, color, .. } = layout(&mut decoder)?;
    let mut info = Info {
        format: Format::Tiff,
        width,
        height,
        color,
        bits,
        frames: 1,
        orientation: orientation(&mut decoder),
        has_alpha: matches!(color, Color::GrayAlpha | Color::Rgba),
        has_icc: matches!(decoder.find_tag(Tag::IccProfile), Ok(Some(_))),
        has_exif: matches!(decoder.find_tag(Tag::ExifDirectory), Ok(Some(_))),
    };
    // What follows the first picture may be cut: what there is counts.
    while info.frames < MAX_FRAMES && decoder.more_images() && decoder.next_image().is_ok() {
        info.frames += 1;
    }
    Ok(info)
}

fn orientation(decoder: &mut Decoder<Cursor<&[u8]>>) -> u8 {
    let found = decoder.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten();
    found.filter(|value| (1..=8).contains(value)).unwrap_or(metadata::UPRIGHT)
}

/// Decode the first picture. Palettes, inks and less than 8 bits are expanded.
pub fn decode(data: &[u8]) -> Result<Decoded> {
    let mut decoder = decoder(data)?;
    let (width, height) = decoder.dimensions().map_err(error)?;
    let layout = layout(&mut decoder)?;
    check_header("TIFF", width, height, layout.channels * usize::from(layout.bits).div_ceil(8))?;
    let orientation = orientation(&mut decoder);
    let icc = decoder.get_tag_u8_vec(Tag::IccProfile).ok();
    let icc = icc.filter(|_| layout.color != Color::Cmyk);
    let mut result = DecodingResult::U8(Vec::new());
    let planes = decoder.read_image_to_buffer(&mut result).map_err(error)?.planes;
    let pixels: AnyPixels = match result {
        DecodingResult::U8(samples) if layout.bits <= 8 => {
            let mut samples = interleave(samples, planes, layout.channels)?;
            if layout.bits < 8 {
                samples = unpack(&samples, width as usize * layout.channels, layout.bits);
                if layout.color != Color::Palette {
                    let factor = u8::MAX / ((1 << layout.bits) - 1);
                    samples.iter_mut().for_each(|sample| *sample *= factor);
                }
            }
            if is_inverted(&mut decoder) {
                samples.iter_mut().for_each(|sample| *sample = !*sample);
            }
            expand(&mut decoder, Pixels { width, height, channels: layout.channels, samples }, &layout)?
        }
        DecodingResult::U16(samples) if layout.bits == 16 => {
            let mut samples = interleave(samples, planes, layout.channels)?;
            if is_inverted(&mut decoder) {
                samples.iter_mut().for_each(|sample| *sample = !*sample);
            }
            expand(&mut decoder, Pixels { width, height, channels: layout.channels, samples }, &layout)?
        }
        _ => return Err(unsupported(format!("TIFF: samples of {} bits, or signed or float ones", layout.bits))),
    };
    let mut decoded = Decoded::new(pixels, icc, None);
    decoded.orientation = orientation;
    Ok(decoded)
}

/// Whether 0 is white.
fn is_inverted(_decoder: &mut Decoder<Cursor<&[u8]>>) -> bool {
    // The crate inverts such pictures itself.
    false
}

/// Samples that are stored plane by plane, pixel by pixel.
fn interleave<T: Sample>(samples: Vec<T>, planes: usize, channels: usize) -> Result<Vec<T>> {
    if planes <= 1 {
        return Ok(samples);
    }
    if planes != channels {
        return Err(unsupported(format!("TIFF: {planes} planes for {channels} channels")));
    }
    let length = samples.len() / planes;
    let mut interleaved = crate::limits::reserve("TIFF", samples.len())?;
    for i in 0..length {
        interleaved.extend((0..planes).map(|plane| samples[plane * length + i]));
    }
    Ok(interleaved)
}

/// Values of less than 8 bits, rows of which begin on whole bytes, a byte each.
fn unpack(packed: &[u8], row_length: usize, bits: u8) -> Vec<u8> {
    let per_byte = 8 / usize::from(bits);
    let mask = ((1u16 << bits) - 1) as u8;
    let rows = packed.chunks_exact(row_length.div_ceil(per_byte));
    rows.flat_map(|row| {
        (0..row_length).map(move |i| {
            let shift = 8 - bits * (1 + (i % per_byte) as u8);
            row[i / per_byte] >> shift & mask
        })
    })
    .collect()
}

/// Palette and inks to RGB.
fn expand<T>(decoder: &mut Decoder<Cursor<&[u8]>>, pixels: Pixels<T>, layout: &Layout) -> Result<AnyPixels>
where
    T: Sample,
    AnyPixels: From<Pixels<T>>,
{
    match layout.color {
        Color::Palette => {
            let map = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(error)?;
            let entries = map.len() / 3;
            let mut out = Pixels::<u8>::zeroed("TIFF", pixels.width, pixels.height, 3)?;
            for (pixel, index) in out.samples.as_chunks_mut::<3>().0.iter_mut().zip(&pixels.samples) {
                let index: u32 = (*index).into();
                let entry = (index as usize).min(entries.saturating_sub(1));
                *pixel = [0, 1, 2].map(|c| map.get(c * entries + entry).map_or(0, |value| (value >> 8) as u8));
            }
            Ok(out.into())
        }
        Color::Cmyk => {
            let mut out = Pixels::<T>::zeroed("TIFF", pixels.width, pixels.height, 3)?;
            for (pixel, inks) in out.samples.as_chunks_mut::<3>().0.iter_mut().zip(pixels.samples.as_chunks::<4>().0) {
                let [c, m, y, k]: [u32; 4] = inks.map(Into::into);
                let max: u32 = T::MAX.into();
                *pixel = [c, m, y].map(|ink| T::from_u32((u64::from(max - ink) * u64::from(max - k) + u64::from(max) / 2).div_euclid(max.into()) as u32));
            }
            Ok(out.into())
        }
        _ => Ok(pixels.into()),
    }
}

/// Write a file.
pub fn encode(picture: Picture, options: &args::Tiff) -> Result<Vec<u8>> {
    let icc = metadata::icc_for(picture.icc.as_deref(), picture.pixels.channels() > 2);
    let compression = match options.compression {
        wit::Compression::None => Compression::Uncompressed,
        wit::Compression::Lzw => Compression::Lzw,
        wit::Compression::Deflate => Compression::Deflate(DeflateLevel::Balanced),
    };
    let written = match &picture.pixels {
        AnyPixels::U8(pixels) if pixels.is_color() => write::<colortype::RGB8>(pixels, icc, compression),
        AnyPixels::U8(pixels) => write::<colortype::Gray8>(pixels, icc, compression),
        AnyPixels::U16(pixels) if pixels.is_color() => write::<colortype::RGB16>(pixels, icc, compression),
        AnyPixels::U16(pixels) => write::<colortype::Gray16>(pixels, icc, compression),
    };
    written.map_err(|error| unsupported(format!("TIFF: {error}")))
}

fn write<C>(pixels: &Pixels<C::Inner>, icc: Option<&[u8]>, compression: Compression) -> tiff::TiffResult<Vec<u8>>
where
    C: colortype::ColorType<Inner: Sample>,
    [C::Inner]: TiffValue,
{
    let mut file = Cursor::new(Vec::new());
    let has_predictor = compression != Compression::Uncompressed && !pixels.has_alpha();
    let mut encoder = TiffEncoder::new(&mut file)?.with_compression(compression);
    if has_predictor {
        encoder = encoder.with_predictor(Predictor::Horizontal);
    }
    let mut image = encoder.new_image::<C>(pixels.width, pixels.height)?;
    if pixels.has_alpha() {
        image.extra_samples(&[ExtraSamples::UnassociatedAlpha])?;
    }
    if let Some(icc) = icc {
        image.encoder().write_tag(Tag::IccProfile, icc)?;
    }
    image.write_data(&pixels.samples)?;
    Ok(file.into_inner())
}
