//! The alpha plane of a lossy file, which is kept exactly.

use super::lossless;
use crate::error::{Result, malformed};
use crate::pixels::Pixels;
use std::borrow::Cow;

/// The alpha plane, if there is one with a pixel that is not opaque.
pub fn plane(pixels: &Pixels<u8>) -> Option<Pixels<u8>> {
    let Pixels { width, height, channels, ref samples } = *pixels;
    if channels % 2 == 1 {
        return None;
    }
    let samples: Vec<u8> = samples.iter().skip(channels - 1).step_by(channels).copied().collect();
    samples.iter().any(|&alpha| alpha != 255).then_some(Pixels { width, height, channels: 1, samples })
}

/// The content of a chunk `ALPH`, lossless: a VP8L stream without its header of five bytes, the
/// plane being its green; or the bare plane, where that is shorter.
pub fn chunk(plane: Pixels<u8>) -> Result<Vec<u8>> {
    const HEADERS: usize = 12 + 8 + 5; // of the file, the chunk and the stream
    let width = plane.width as usize;
    let mut best = [&[0], plane.samples.as_slice()].concat();
    // The filter of the alpha plane, and whether the stream has predictors of its own.
    for (filter, predictor) in [(0, true), (1, true), (2, false), (3, false)] {
        let filtered = match filter {
            0 => Cow::Borrowed(&plane),
            _ => Cow::Owned(Pixels { samples: filtered(&plane.samples, width, filter), ..plane }),
        };
        let file = lossless::encode(&filtered, predictor, None, None)?;
        let size = file.get(16..20).map_or(0, |size| u32::from_le_bytes([size[0], size[1], size[2], size[3]]));
        let stream = file.get(HEADERS..size as usize + 20);
        let stream = stream.ok_or_else(|| malformed("WebP: the alpha plane could not be written"))?;
        if stream.len() + 1 < best.len() {
            best = [&[filter << 2 | 1], stream].concat();
        }
    }
    Ok(best)
}

/// Differences from predictions: by the left pixel (1), the one above (2), or their gradient (3).
fn filtered(plane: &[u8], width: usize, filter: u8) -> Vec<u8> {
    let mut filtered = plane.to_vec();
    for (at, sample) in filtered.iter_mut().enumerate() {
        let prediction = match (at % width, at / width) {
            (0, 0) => 0,
            (_, 0) => plane[at - 1],
            (0, _) => plane[at - width],
            _ => {
                let (left, above, corner) = (plane[at - 1], plane[at - width], plane[at - width - 1]);
                match filter {
                    1 => left,
                    2 => above,
                    _ => (i32::from(left) + i32::from(above) - i32::from(corner)).clamp(0, 255) as u8,
                }
            }
        };
        *sample = sample.wrapping_sub(prediction);
    }
    filtered
}

/// Give pixels that are not seen at all a colour that costs little: in each macroblock the mean
/// of those that are seen, or else the one of the macroblock before.
pub fn fill_transparent(pixels: &Pixels<u8>) -> Pixels<u8> {
    let Pixels { ref samples, channels, .. } = *pixels;
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let mut filled = samples.clone();
    let mut mean = [0_u8; 3];
    let colors = channels - 1;
    for top in (0..height).step_by(16) {
        for left in (0..width).step_by(16) {
            let lines = top..height.min(top + 16);
            let at = |y: usize| (y * width + left) * channels..(y * width + width.min(left + 16)) * channels;
            let (mut sums, mut seen) = ([0_usize; 3], 0);
            for pixel in lines.clone().flat_map(|y| samples[at(y)].chunks_exact(channels)) {
                if pixel[colors] > 0 {
                    seen += 1;
                    sums.iter_mut().zip(&pixel[..colors]).for_each(|(sum, &sample)| *sum += usize::from(sample));
                }
            }
            if seen > 0 {
                mean = sums.map(|sum| (sum / seen) as u8);
            }
            for y in lines {
                for pixel in filled[at(y)].chunks_exact_mut(channels).filter(|pixel| pixel[colors] == 0) {
                    pixel[..colors].copy_from_slice(&mean[..colors]);
                }
            }
        }
    }
    Pixels { samples: filled, ..*pixels }
}
