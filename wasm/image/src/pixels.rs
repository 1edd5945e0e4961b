//! Decoded pictures: 8 or 16 bits a sample, one to four interleaved channels.

use crate::error::Result;
use crate::limits;
use bytemuck::Pod;

/// A channel's value: `u8` or `u16`, 0 to [`Sample::MAX`].
pub trait Sample: Pod + Default + Ord + Into<u32> + Into<f32> {
    /// The largest value: white, or opaque.
    const MAX: Self;
    /// The value nearest to `value`, which is clamped to the range (NaN becomes 0).
    fn nearest(value: f32) -> Self;
    /// `value` without its fraction, clamped to the range (NaN becomes 0).
    fn truncated(value: f32) -> Self;
    /// The value itself; what is over the range is cut off.
    fn from_u32(value: u32) -> Self;
    /// The value at `value` / 255 of the range, exactly.
    fn from_u8(value: u8) -> Self;
    /// The value in 8 bits, rounded.
    fn to_u8(self) -> u8;
}

impl Sample for u8 {
    const MAX: Self = u8::MAX;

    #[inline]
    fn nearest(value: f32) -> Self {
        // A cast saturates and turns NaN into 0.
        (value + 0.5) as Self
    }

    #[inline]
    fn truncated(value: f32) -> Self {
        value as Self
    }

    #[inline]
    fn from_u32(value: u32) -> Self {
        value as Self
    }

    #[inline]
    fn from_u8(value: u8) -> Self {
        value
    }

    #[inline]
    fn to_u8(self) -> u8 {
        self
    }
}

impl Sample for u16 {
    const MAX: Self = u16::MAX;

    #[inline]
    fn nearest(value: f32) -> Self {
        (value + 0.5) as Self
    }

    #[inline]
    fn truncated(value: f32) -> Self {
        value as Self
    }

    #[inline]
    fn from_u32(value: u32) -> Self {
        value as Self
    }

    #[inline]
    fn from_u8(value: u8) -> Self {
        u16::from(value) * 257
    }

    #[inline]
    fn to_u8(self) -> u8 {
        // round(self × 255 / 65535), without a division.
        ((u32::from(self) * 255 + 32_895) >> 16) as u8
    }
}

/// Samples of one depth: rows from top to bottom without padding.
#[derive(Clone, Debug, PartialEq)]
pub struct Pixels<T> {
    /// Columns, 1 to [`limits::MAX_SIDE`].
    pub width: u32,
    /// Rows, 1 to [`limits::MAX_SIDE`].
    pub height: u32,
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; alpha is not premultiplied.
    pub channels: usize,
    /// Exactly width × height × channels.
    pub samples: Vec<T>,
}

impl<T: Sample> Pixels<T> {
    /// A picture of zeros (black, or transparent).
    ///
    /// # Errors
    /// The size is over a limit; `what` names it in the error.
    pub fn zeroed(what: &str, width: u32, height: u32, channels: usize) -> Result<Self> {
        let samples = limits::samples(what, width, height, channels)?;
        Ok(Self { width, height, channels, samples })
    }

    /// Samples of a row.
    pub fn row_length(&self) -> usize {
        self.width as usize * self.channels
    }

    /// Whether the last channel is alpha.
    pub fn has_alpha(&self) -> bool {
        self.channels.is_multiple_of(2)
    }

    /// Whether there are colours, rather than grey levels.
    pub fn is_color(&self) -> bool {
        self.channels > 2
    }

    /// The channels that are not alpha.
    pub fn color_channels(&self) -> usize {
        if self.is_color() { 3 } else { 1 }
    }

    /// Rows from top to bottom.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[T]> + DoubleEndedIterator {
        self.samples.chunks_exact(self.row_length())
    }

    /// The same picture with another number of channels: grey levels are repeated into RGB, colours
    /// become luma, new alpha is opaque, surplus alpha is dropped.
    pub fn with_channels(self, channels: usize) -> Result<Self> {
        if channels == self.channels {
            return Ok(self);
        }
        let mut out = Self::zeroed("picture", self.width, self.height, channels)?;
        if (self.channels, channels) == (3, 1) {
            let colors = self.samples.as_chunks::<3>().0.iter();
            out.samples.iter_mut().zip(colors).for_each(|(o, i)| *o = crate::steps::grayscale::luma(*i));
            return Ok(out);
        }
        let luma = |p: &[T]| crate::steps::grayscale::luma([p[0], p[1], p[2]]);
        let pairs = self.samples.chunks_exact(self.channels).zip(out.samples.chunks_exact_mut(channels));
        match (self.channels, channels) {
            (1, 2) => pairs.for_each(|(i, o)| o.copy_from_slice(&[i[0], T::MAX])),
            (1 | 2, 3) => pairs.for_each(|(i, o)| o.fill(i[0])),
            (1, _) => pairs.for_each(|(i, o)| o.copy_from_slice(&[i[0], i[0], i[0], T::MAX])),
            (2, 4) => pairs.for_each(|(i, o)| o.copy_from_slice(&[i[0], i[0], i[0], i[1]])),
            (2, _) => pairs.for_each(|(i, o)| o[0] = i[0]),
            (3, 4) => pairs.for_each(|(i, o)| o.copy_from_slice(&[i[0], i[1], i[2], T::MAX])),
            (4, 3) => pairs.for_each(|(i, o)| o.copy_from_slice(&i[..3])),
            (3, 2) => pairs.for_each(|(i, o)| o.copy_from_slice(&[luma(i), T::MAX])),
            (_, 2) => pairs.for_each(|(i, o)| o.copy_from_slice(&[luma(i), i[3]])),
            (_, _) => pairs.for_each(|(i, o)| o[0] = luma(i)),
        }
        Ok(out)
    }
}

/// Pixels of either depth.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyPixels {
    /// 8 bits a sample.
    U8(Pixels<u8>),
    /// 16 bits a sample.
    U16(Pixels<u16>),
}

impl From<Pixels<u8>> for AnyPixels {
    fn from(pixels: Pixels<u8>) -> Self {
        Self::U8(pixels)
    }
}

impl From<Pixels<u16>> for AnyPixels {
    fn from(pixels: Pixels<u16>) -> Self {
        Self::U16(pixels)
    }
}

/// Evaluate an expression for pixels of whichever depth they have.
macro_rules! for_depth {
    ($any:expr, $pixels:ident => $body:expr) => {
        match $any {
            $crate::pixels::AnyPixels::U8($pixels) => $body,
            $crate::pixels::AnyPixels::U16($pixels) => $body,
        }
    };
}
pub(crate) use for_depth;

impl AnyPixels {
    /// Columns and rows.
    pub fn size(&self) -> (u32, u32) {
        for_depth!(self, pixels => (pixels.width, pixels.height))
    }

    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
    pub fn channels(&self) -> usize {
        for_depth!(self, pixels => pixels.channels)
    }

    /// The pixels in 8 bits a sample, rounded.
    pub fn into_u8(self) -> Result<Pixels<u8>> {
        match self {
            Self::U8(pixels) => Ok(pixels),
            Self::U16(Pixels { width, height, channels, samples }) => {
                let mut reduced = limits::reserve("picture", samples.len())?;
                reduced.extend(samples.iter().map(|sample| sample.to_u8()));
                Ok(Pixels { width, height, channels, samples: reduced })
            }
        }
    }
}

/// A picture with what its file said of it.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The pixels.
    pub pixels: AnyPixels,
    /// The colour profile.
    pub icc: Option<Vec<u8>>,
    /// The EXIF block: a TIFF header and directories, without a container's prefix.
    pub exif: Option<Vec<u8>>,
}

impl From<AnyPixels> for Picture {
    fn from(pixels: AnyPixels) -> Self {
        Self { pixels, icc: None, exif: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits_round_to_eight() {
        for value in 0..=u16::MAX {
            assert_eq!(value.to_u8(), (f64::from(value) * 255.0 / 65535.0).round() as u8);
        }
        assert_eq!(u16::from_u8(255), 65535);
        assert_eq!(u16::from_u8(1), 257);
    }

    #[test]
    fn nearest_rounds_and_clamps() {
        assert_eq!(u8::nearest(1.49), 1);
        assert_eq!(u8::nearest(1.5), 2);
        assert_eq!(u8::nearest(-3.0), 0);
        assert_eq!(u8::nearest(300.0), 255);
        assert_eq!(u8::nearest(f32::NAN), 0);
        assert_eq!(u16::nearest(1e9), 65535);
    }

    #[test]
    fn channels_convert() {
        let of = |channels: usize, samples: &[u8]| Pixels { width: 1, height: 1, channels, samples: samples.to_vec() };
        let grey = [7];
        let gray_alpha = [7, 9];
        // Luma of (10, 20, 30): 0.299 × 10 + 0.587 × 20 + 0.114 × 30 = 18.15.
        let rgb = [10, 20, 30];
        let rgba = [10, 20, 30, 40];
        for (from, to) in [
            (&grey[..], &[7, 255][..]),
            (&grey, &[7, 7, 7]),
            (&grey, &[7, 7, 7, 255]),
            (&gray_alpha, &[7]),
            (&gray_alpha, &[7, 7, 7]),
            (&gray_alpha, &[7, 7, 7, 9]),
            (&rgb, &[18]),
            (&rgb, &[18, 255]),
            (&rgb, &[10, 20, 30, 255]),
            (&rgba, &[18]),
            (&rgba, &[18, 40]),
            (&rgba, &[10, 20, 30]),
        ] {
            let converted = of(from.len(), from).with_channels(to.len()).unwrap();
            assert_eq!(converted.samples, to, "{from:?}");
        }
    }
}
