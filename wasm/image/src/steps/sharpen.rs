//! Sharpen by unsharp mask.

use crate::args;
use crate::error::Result;
use crate::pixels::{Pixels, Sample};
use crate::steps::blur::gaussian;

/// Add `amount` times the difference from a blurred copy, where it reaches the threshold; alpha
/// stays.
pub fn sharpen<T: Sample>(mut pixels: Pixels<T>, options: &args::Sharpen) -> Result<Pixels<T>> {
    let amount = options.amount;
    let threshold: f32 = T::from_u8(options.threshold).into();
    let (channels, color_channels) = (pixels.channels, pixels.color_channels());
    gaussian(&mut pixels, options.radius, |row, blurred| {
        for (pixel, blurred) in row.chunks_exact_mut(channels).zip(blurred.chunks_exact(channels)) {
            for (sample, blurred) in pixel[..color_channels].iter_mut().zip(blurred) {
                let value: f32 = (*sample).into();
                let difference = value - blurred;
                if difference.abs() >= threshold {
                    *sample = T::nearest(value + amount * difference);
                }
            }
        }
    })?;
    Ok(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge() -> Pixels<u8> {
        Pixels { width: 6, height: 1, channels: 1, samples: vec![100, 100, 100, 150, 150, 150] }
    }

    #[test]
    fn edges_become_steeper() {
        let out = sharpen(edge(), &args::Sharpen { amount: 1.0, radius: 1.0, threshold: 0 }).unwrap();
        // Weights of σ = 1: 0.399 in the middle, 0.242 beside, 0.054, 0.0044 further out; at the
        // third pixel 0.242 + 0.054 + 0.0044 = 0.3006 of the kernel lie on the bright side, so its
        // blurred value is 115.03 and it becomes 84.97.
        assert_eq!(out.samples[2], 85);
        assert_eq!(out.samples[3], 165);
    }

    #[test]
    fn small_differences_stay_below_the_threshold() {
        let out = sharpen(edge(), &args::Sharpen { amount: 1.0, radius: 1.0, threshold: 16 }).unwrap();
        assert_eq!(out, edge());
    }
}
