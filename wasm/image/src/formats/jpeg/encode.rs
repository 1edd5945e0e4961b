//! Writing.

use crate::args;
use crate::color::Color as Background;
use crate::error::{Error, Result, unsupported};
use crate::formats::flatten;
use crate::limits;
use crate::metadata;
use crate::pixels::{Picture, Pixels};
use crate::wit;
use libjpeg_turbo_rs::encode::pipeline::inject_metadata;
use libjpeg_turbo_rs::{Encoder, JpegError, PixelFormat, Subsampling, compress_raw};

/// Longest side that the format can hold.
const MAX_JPEG_SIDE: u32 = 65_500;

/// Largest EXIF block that the format can hold.
const MAX_JPEG_EXIF: usize = 65_527;

/// Write a file; transparency is laid over the background.
pub fn encode(picture: Picture, options: &args::Jpeg) -> Result<Vec<u8>> {
    let background = Background::parse("jpeg: background", &options.background)?;
    let (width, height) = picture.pixels.size();
    if width > MAX_JPEG_SIDE || height > MAX_JPEG_SIDE {
        return Err(unsupported(format!(
            "JPEG: {width} × {height} px; the format holds sides of {MAX_JPEG_SIDE} px at most"
        )));
    }
    let exif = picture.exif.as_deref().filter(|_| options.exif);
    if let Some(exif) = exif.filter(|exif| exif.len() > MAX_JPEG_EXIF) {
        return Err(unsupported(format!(
            "JPEG: {} bytes of EXIF; the format holds {MAX_JPEG_EXIF} at most: write it without",
            exif.len()
        )));
    }
    let pixels = flatten(picture.pixels.into_u8()?, background)?;
    let icc = metadata::icc_for(picture.icc.as_deref(), pixels.is_color());
    let subsampling = match options.subsampling {
        wit::Subsampling::Yuv444 => Subsampling::S444,
        wit::Subsampling::Yuv422 => Subsampling::S422,
        wit::Subsampling::Yuv420 => Subsampling::S420,
    };
    let file = if options.progressive || !pixels.is_color() {
        encode_pixels(&pixels, options, subsampling)
    } else {
        encode_planes(&pixels, options, subsampling)?
    };
    file.and_then(|file| inject_metadata(&file, icc, exif)).map_err(failed)
}

fn failed(error: JpegError) -> Error {
    unsupported(format!("JPEG: {error}"))
}

fn encode_pixels(
    pixels: &Pixels<u8>,
    options: &args::Jpeg,
    subsampling: Subsampling,
) -> std::result::Result<Vec<u8>, JpegError> {
    let format = if pixels.is_color() { PixelFormat::Rgb } else { PixelFormat::Grayscale };
    let encoder = Encoder::new(&pixels.samples, pixels.width as usize, pixels.height as usize, format);
    let encoder = encoder.quality(options.quality).progressive(options.progressive);
    // Grey levels have no chroma to store at half the size.
    if pixels.is_color() { encoder.subsampling(subsampling).encode() } else { encoder.encode() }
}

/// Encode by way of luma and chroma planes, as the crate averages chroma slowly on this target. The
/// bytes are those of [`encode_pixels`] where chroma fills its blocks across; else what lies beyond
/// the picture's right edge differs, which no one sees.
fn encode_planes(
    pixels: &Pixels<u8>,
    options: &args::Jpeg,
    subsampling: Subsampling,
) -> Result<std::result::Result<Vec<u8>, JpegError>> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let (across, down) = match subsampling {
        Subsampling::S420 => (2, 2),
        Subsampling::S422 => (2, 1),
        _ => (1, 1),
    };
    let (chroma_width, chroma_height) = (width.div_ceil(across), height.div_ceil(down));
    let mut luma = limits::reserve("JPEG", width * height)?;
    luma.resize(width * height, 0);
    let mut chroma: [Vec<u8>; 2] = [Vec::new(), Vec::new()];
    for plane in &mut chroma {
        *plane = limits::reserve("JPEG", chroma_width * chroma_height)?;
    }
    let routines = libjpeg_turbo_rs::simd::detect_encoder();
    // Chroma of the rows that make one row of the plane, with an even number of columns.
    let padded = width.next_multiple_of(across);
    let mut rows = [0, 1].map(|_| vec![0; padded * down]);
    for (y, (row, luma)) in pixels.rows().zip(luma.chunks_exact_mut(width)).enumerate() {
        let start = y % down * padded;
        let [blue, red] = &mut rows;
        routines.rgb_to_ycbcr_row(row, luma, &mut blue[start..], &mut red[start..], width);
        for row in &mut rows {
            let last = row[start + width - 1];
            row[start + width..start + padded].fill(last);
        }
        if y + 1 == height {
            // The last row stands in for the one that is missing.
            rows.iter_mut().for_each(|rows| rows.copy_within(start..start + padded, (down - 1) * padded));
        }
        if y % down == down - 1 || y + 1 == height {
            for (plane, rows) in chroma.iter_mut().zip(&rows) {
                match (across, down) {
                    (2, 2) => average_squares(rows, padded, plane),
                    (2, 1) => average_pairs(rows, plane),
                    _ => plane.extend_from_slice(rows),
                }
            }
        }
    }
    Ok(compress_raw(
        &[&luma, &chroma[0], &chroma[1]],
        &[width, chroma_width, chroma_width],
        &[height, chroma_height, chroma_height],
        width,
        height,
        options.quality,
        subsampling,
    ))
}

/// Means of squares of four samples of two rows, halves rounded down and up in turn, as libjpeg does.
fn average_squares(rows: &[u8], width: usize, plane: &mut Vec<u8>) {
    let (upper, lower) = rows.split_at(width);
    let quads = upper.as_chunks::<4>().0.iter().zip(lower.as_chunks::<4>().0);
    plane.extend(quads.flat_map(|(upper, lower)| {
        let sum = |i: usize, bias: u16| {
            let [a, b] = [upper[i], upper[i + 1]].map(u16::from);
            let [c, d] = [lower[i], lower[i + 1]].map(u16::from);
            ((a + b + c + d + bias) >> 2) as u8
        };
        [sum(0, 1), sum(2, 2)]
    }));
    if let ([a, b], [c, d]) = (upper.as_chunks::<4>().1, lower.as_chunks::<4>().1) {
        let sum: u16 = [a, b, c, d].into_iter().map(|value| u16::from(*value)).sum();
        plane.push(((sum + 1) >> 2) as u8);
    }
}

/// Means of pairs of samples, halves rounded down and up in turn, as libjpeg does.
fn average_pairs(row: &[u8], plane: &mut Vec<u8>) {
    let pairs = row.as_chunks::<2>().0.iter().enumerate();
    plane.extend(pairs.map(|(i, [a, b])| ((u16::from(*a) + u16::from(*b) + (i as u16 & 1)) >> 1) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_make_the_same_file() {
        for (width, height) in [(16, 16), (16, 3), (31, 33), (32, 70), (64, 40), (80, 1)] {
            let samples = (0..width * height * 3).map(|i| (i * i / 7 + i * 31) as u8).collect();
            let pixels = Pixels { width, height, channels: 3, samples };
            for subsampling in [Subsampling::S444, Subsampling::S422, Subsampling::S420] {
                let options = args::Jpeg { quality: 83, ..args::Jpeg::default() };
                let planes = encode_planes(&pixels, &options, subsampling).unwrap().unwrap();
                let whole = encode_pixels(&pixels, &options, subsampling).unwrap();
                assert!(planes == whole, "{width} × {height}, {subsampling:?}");
            }
        }
    }
}
