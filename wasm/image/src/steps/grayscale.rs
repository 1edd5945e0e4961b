//! Take the colours away.

use crate::error::Result;
use crate::pixels::{Pixels, Sample};

/// Luma by ITU-R BT.601 in 16-bit fixed point: 0.299 R + 0.587 G + 0.114 B, as Pillow's
/// `convert("L")`.
#[inline]
pub fn luma<T: Sample>([r, g, b]: [T; 3]) -> T {
    let [r, g, b]: [u32; 3] = [r.into(), g.into(), b.into()];
    // The weights sum to 2^16, so that 16-bit samples fit, too.
    T::from_u32((r * 19_595 + g * 38_470 + b * 7_471 + 0x8000) >> 16)
}

/// Colours become luma; alpha stays.
pub fn grayscale<T: Sample>(pixels: Pixels<T>) -> Result<Pixels<T>> {
    let channels = if pixels.has_alpha() { 2 } else { 1 };
    pixels.with_channels(channels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luma_is_that_of_bt601() {
        assert_eq!(luma([255u8, 0, 0]), 76);
        assert_eq!(luma([0u8, 255, 0]), 150);
        assert_eq!(luma([0u8, 0, 255]), 29);
        assert_eq!(luma([255u8; 3]), 255);
        assert_eq!(luma([65535u16; 3]), 65535);
        assert_eq!(luma([65535u16, 0, 0]), 19595);
    }

    #[test]
    fn alpha_stays() {
        let pixels = Pixels { width: 2, height: 1, channels: 4, samples: vec![255u8, 0, 0, 9, 1, 1, 1, 0] };
        let gray = grayscale(pixels).unwrap();
        assert_eq!((gray.channels, gray.samples), (2, vec![76, 9, 1, 0]));
    }
}
