//! Lossy WebP: VP8 key frames, their quality numbers those of libwebp.
//!
//! The crate takes 4:2:0 planes and a quantizer index. The conversion from RGB, the meaning of the
//! quality number, the strength of the loop filter, the alpha plane and the container are ours.

use super::alpha;
use super::container::Chunks;
use super::planes::Planes;
use crate::error::{Result, too_much};
use crate::pixels::Pixels;
use oxideav_vp8::encoder::EncodeError;

/// Quantizer index (0 is the finest, 127 the coarsest) for a quality from 0 to 100: the one with
/// which pictures come, on average, as near to the source as with libwebp at that quality.
/// Knots, the indices between them are interpolated.
const QUANTIZERS: [(u8, u8); 15] = [
    (0, 126),
    (5, 94),
    (10, 84),
    (20, 70),
    (30, 61),
    (40, 53),
    (50, 46),
    (60, 40),
    (70, 34),
    (75, 32),
    (80, 24),
    (85, 17),
    (90, 10),
    (95, 5),
    (100, 0),
];

/// The quantizer index for a quality: see [`QUANTIZERS`].
fn quantizer(quality: u8) -> u8 {
    let quality = i32::from(quality.min(100));
    let last = QUANTIZERS.len() - 1;
    let above = QUANTIZERS.iter().position(|&(knot, _)| i32::from(knot) >= quality).unwrap_or(last).max(1);
    let [(q0, index0), (q1, index1)] =
        [QUANTIZERS[above - 1], QUANTIZERS[above]].map(|(q, index)| (i32::from(q), i32::from(index)));
    let span = q1 - q0;
    ((index0 * (q1 - quality) + index1 * (quality - q0) + span / 2) / span).clamp(0, 127) as u8
}

/// The chunks of a picture. Quality goes from 1 to 100 and means what it does for libwebp.
///
/// # Errors
/// The picture is too large for the first partition of a frame, whatever the quality.
pub fn encode(pixels: &Pixels<u8>, quality: u8) -> Result<Chunks> {
    let alpha = alpha::plane(pixels);
    let planes = match &alpha {
        None => Planes::new(pixels),
        Some(_) => Planes::new(&alpha::fill_transparent(pixels)),
    };
    // The modes of all macroblocks have to fit into 512 KiB. They take some 2.7 bytes each in noise
    // and photographs: enough for 45 megapixels. In greater pictures, a coarser quantizer
    // makes more blocks plain.
    let mut index = quantizer(quality);
    let vp8 = loop {
        match planes.encode(index) {
            Ok(vp8) => break vp8,
            Err(EncodeError::FirstPartitionTooLarge { .. }) if index < 127 => index = (index + 16).min(127),
            Err(error) => return Err(too_much(format!("WebP: {error}"))),
        }
    };
    let alpha = alpha.map(alpha::chunk).transpose()?;
    Ok(Chunks { vp8, alpha })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_better_quality_never_has_a_coarser_quantizer() {
        let indices: Vec<_> = (0..=100).map(quantizer).collect();
        assert!(indices.is_sorted_by(|a, b| a >= b));
        assert_eq!((indices[0], indices[75], indices[100]), (126, 32, 0));
    }
}
