//! TIFF, by the `tiff` crate: its first picture.

use super::{Decoded, check_header};
use crate::args;
use crate::error::{Error, Result, malformed, too_much, unsupported};
use crate::limits::{MAX_DECODER_BYTES, MAX_FRAMES, MAX_ICC_BYTES, MAX_PICTURE_BYTES, reserve};
use crate::metadata;
use crate::pixels::{AnyPixels, Picture, Pixels, Sample};
use crate::wit::{self, Color, Format, Info};
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::encoder::{Compression, DeflateLevel, Predictor, TiffEncoder, TiffValue, colortype};
use tiff::tags::{ExtraSamples, PhotometricInterpretation, Tag};
use tiff::{ColorType, TiffError};

fn error(error: TiffError) -> Error {
    match error {
        TiffError::UnsupportedError(_) => unsupported(format!("TIFF: {error}")),
        TiffError::LimitsExceeded => too_much(format!("TIFF: {error}")),
        other => malformed(format!("TIFF: {other}")),
    }
}

type FileDecoder<'a> = Decoder<Cursor<&'a [u8]>>;

fn decoder(data: &[u8]) -> Result<FileDecoder<'_>> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_PICTURE_BYTES as usize;
    limits.intermediate_buffer_size = MAX_DECODER_BYTES;
    limits.ifd_value_size = MAX_ICC_BYTES;
    let mut decoder = Decoder::new(Cursor::new(data)).map_err(error)?.with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(error)?;
    check_header("TIFF", width, height, 1)?;
    Ok(decoder)
}

/// The file with its palette taken for grey levels, if it has one: the crate refuses palettes, but
/// what it reads as grey levels are their indices.
fn with_indices(data: &[u8]) -> Option<Vec<u8>> {
    let (at, order) = metadata::find_short(data, Tag::PhotometricInterpretation.to_u16())?;
    let is_palette = order.u16(data, at)? == PhotometricInterpretation::RGBPalette.to_u16();
    is_palette.then(|| {
        let mut patched = data.to_vec();
        order.put_u16(&mut patched, at, PhotometricInterpretation::BlackIsZero.to_u16());
        patched
    })
}

/// Channels, bits of each, and what they say.
struct Layout {
    channels: usize,
    bits: u8,
    color: Color,
    /// Colours are multiplied by alpha.
    is_premultiplied: bool,
    /// Colours are stored as luma and chroma.
    is_ycc: bool,
}

fn layout(decoder: &mut FileDecoder<'_>, has_palette: bool) -> Result<Layout> {
    let extra = decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten();
    let extra = extra.and_then(|extra| extra.first().copied());
    let is_premultiplied = extra == Some(ExtraSamples::AssociatedAlpha.to_u16());
    let has_alpha = is_premultiplied || extra == Some(ExtraSamples::UnassociatedAlpha.to_u16());
    let stored = decoder.colortype().map_err(error)?;
    let (channels, bits, color) = match stored {
        ColorType::Gray(bits) if has_palette => (1, bits, Color::Palette),
        ColorType::Gray(bits) => (1, bits, Color::Gray),
        ColorType::GrayA(bits) | ColorType::Multiband { bit_depth: bits, num_samples: 2 } if has_alpha => {
            (2, bits, Color::GrayAlpha)
        }
        ColorType::RGB(bits) | ColorType::YCbCr(bits @ 8) => (3, bits, Color::Rgb),
        ColorType::RGBA(bits) => (4, bits, Color::Rgba),
        ColorType::CMYK(bits) => (4, bits, Color::Cmyk),
        other => return Err(unsupported(format!("TIFF: colours stored as {other:?}"))),
    };
    if ![1, 2, 4, 8, 16].contains(&bits) {
        return Err(unsupported(format!("TIFF: samples of {bits} bits")));
    }
    Ok(Layout {
        channels,
        bits,
        color,
        is_premultiplied: is_premultiplied && has_alpha_channel(color),
        is_ycc: matches!(stored, ColorType::YCbCr(_)),
    })
}

fn has_alpha_channel(color: Color) -> bool {
    matches!(color, Color::GrayAlpha | Color::Rgba)
}

/// What a file is, from its directories.
pub fn probe(data: &[u8]) -> Result<Info> {
    let patched = with_indices(data);
    let mut decoder = decoder(patched.as_deref().unwrap_or(data))?;
    let (width, height) = decoder.dimensions().map_err(error)?;
    let Layout { bits, color, .. } = layout(&mut decoder, patched.is_some())?;
    let mut info = Info {
        format: Format::Tiff,
        width,
        height,
        color,
        bits,
        frames: 1,
        orientation: orientation(&mut decoder),
        has_alpha: has_alpha_channel(color),
        has_icc: matches!(decoder.find_tag(Tag::IccProfile), Ok(Some(_))),
        has_exif: matches!(decoder.find_tag(Tag::ExifDirectory), Ok(Some(_))),
    };
    // What follows the first picture may be cut: what there is counts.
    while info.frames < MAX_FRAMES && decoder.more_images() && decoder.next_image().is_ok() {
        info.frames += 1;
    }
    Ok(info)
}

fn orientation(decoder: &mut FileDecoder<'_>) -> u8 {
    let found = decoder.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten();
    found.filter(|value| (1..=8).contains(value)).unwrap_or(metadata::UPRIGHT)
}

/// Decode the first picture. Palettes, inks and less than 8 bits are expanded.
pub fn decode(data: &[u8]) -> Result<Decoded> {
    let patched = with_indices(data);
    let mut decoder = decoder(patched.as_deref().unwrap_or(data))?;
    let (width, height) = decoder.dimensions().map_err(error)?;
    let layout = layout(&mut decoder, patched.is_some())?;
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
            }
            if layout.bits < 8 && layout.color != Color::Palette {
                let factor = u8::MAX / ((1 << layout.bits) - 1);
                samples.iter_mut().for_each(|sample| *sample *= factor);
            }
            if layout.is_ycc {
                samples.as_chunks_mut::<3>().0.iter_mut().for_each(ycc_to_rgb);
            }
            expand(&mut decoder, (width, height), samples, &layout)?
        }
        DecodingResult::U16(samples) if layout.bits == 16 => {
            let samples = interleave(samples, planes, layout.channels)?;
            expand(&mut decoder, (width, height), samples, &layout)?
        }
        _ => return Err(unsupported("TIFF: signed or floating-point samples")),
    };
    let mut decoded = Decoded::new(pixels, icc, None);
    decoded.orientation = orientation;
    Ok(decoded)
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
    let mut interleaved = reserve("TIFF", samples.len())?;
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

/// Luma and chroma to RGB, by ITU-R BT.601 over the full range.
fn ycc_to_rgb(pixel: &mut [u8; 3]) {
    let [y, cb, cr] = pixel.map(f32::from);
    let (cb, cr) = (cb - 128.0, cr - 128.0);
    let rgb = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
    *pixel = rgb.map(Sample::nearest);
}

/// Samples as pixels: palette and inks become RGB, alpha is taken out of the colours.
fn expand<T>(
    decoder: &mut FileDecoder<'_>,
    (width, height): (u32, u32),
    samples: Vec<T>,
    layout: &Layout,
) -> Result<AnyPixels>
where
    T: Sample,
    AnyPixels: From<Pixels<T>>,
{
    if samples.len() != width as usize * height as usize * layout.channels {
        return Err(unsupported("TIFF: pixels with more samples than their colours have"));
    }
    match layout.color {
        Color::Palette => {
            let map = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(error)?;
            let entries = map.len() / 3;
            let mut out = Pixels::<u8>::zeroed("TIFF", width, height, 3)?;
            for (pixel, index) in out.samples.as_chunks_mut::<3>().0.iter_mut().zip(&samples) {
                let index: u32 = (*index).into();
                // An index beyond the palette is black.
                if (index as usize) < entries {
                    *pixel = [0, 1, 2].map(|channel| (map[channel * entries + index as usize] >> 8) as u8);
                }
            }
            Ok(out.into())
        }
        Color::Cmyk => {
            let max: u32 = T::MAX.into();
            let mut out = Pixels::<T>::zeroed("TIFF", width, height, 3)?;
            for (pixel, inks) in out.samples.as_chunks_mut::<3>().0.iter_mut().zip(samples.as_chunks::<4>().0) {
                let [c, m, y, k]: [u32; 4] = inks.map(Into::into);
                let light = u64::from(max - k);
                *pixel = [c, m, y].map(|ink| {
                    T::from_u32(((u64::from(max - ink) * light + u64::from(max) / 2) / u64::from(max)) as u32)
                });
            }
            Ok(out.into())
        }
        _ => {
            let mut pixels = Pixels { width, height, channels: layout.channels, samples };
            if layout.is_premultiplied {
                divide_alpha(&mut pixels);
            }
            Ok(pixels.into())
        }
    }
}

fn divide_alpha<T: Sample>(pixels: &mut Pixels<T>) {
    let max: u64 = Into::<u32>::into(T::MAX).into();
    for pixel in pixels.samples.chunks_exact_mut(pixels.channels) {
        let alpha: u32 = pixel[pixel.len() - 1].into();
        if alpha > 0 {
            let colors = pixel.len() - 1;
            for sample in &mut pixel[..colors] {
                let value: u64 = Into::<u32>::into(*sample).into();
                *sample = T::from_u32((value * max / u64::from(alpha)).min(max) as u32);
            }
        }
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
