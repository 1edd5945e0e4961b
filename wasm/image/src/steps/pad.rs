//! Add a margin.

use crate::args;
use crate::color::Color;
use crate::error::Result;
use crate::pixels::{Pixels, Sample};

/// The picture with a margin of the background on each side.
pub fn pad<T: Sample>(pixels: Pixels<T>, options: &args::Pad) -> Result<Pixels<T>> {
    let &args::Pad { left, top, right, bottom, .. } = options;
    let background = Color::parse("pad: background", &options.background)?;
    let width = pixels.width.saturating_add(left).saturating_add(right);
    let height = pixels.height.saturating_add(top).saturating_add(bottom);
    place("pad", pixels, (width, height), (left, top), background)
}

/// Lay the picture on a larger canvas of the background, with its upper left corner at `at`.
///
/// A background with colours or transparency makes the picture one with colours or alpha.
pub fn place<T: Sample>(
    what: &str,
    pixels: Pixels<T>,
    (width, height): (u32, u32),
    (left, top): (u32, u32),
    background: Color,
) -> Result<Pixels<T>> {
    if (width, height) == (pixels.width, pixels.height) {
        return Ok(pixels);
    }
    let is_color = pixels.is_color() || !background.is_gray();
    let has_alpha = pixels.has_alpha() || background.alpha < u8::MAX;
    let channels = if is_color { 3 } else { 1 } + usize::from(has_alpha);
    crate::limits::check_size(what, width, height, channels * size_of::<T>())?;
    let pixels = pixels.with_channels(channels)?;
    let fill = background.samples::<T>(channels);
    let mut out = Pixels::zeroed(what, width, height, channels)?;
    for pixel in out.samples.chunks_exact_mut(channels) {
        pixel.copy_from_slice(&fill[..channels]);
    }
    let start = left as usize * channels;
    let length = pixels.row_length();
    let row_length = out.row_length();
    let rows = out.samples.chunks_exact_mut(row_length).skip(top as usize);
    for (row, source) in rows.zip(pixels.rows()) {
        row[start..start + length].copy_from_slice(source);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn options(background: &str) -> args::Pad {
        args::Pad { left: 1, top: 0, right: 0, bottom: 1, background: background.to_owned() }
    }

    fn gray() -> Pixels<u8> {
        Pixels { width: 1, height: 1, channels: 1, samples: vec![7] }
    }

    #[test]
    fn margin_has_the_background() {
        let out = pad(gray(), &options("white")).unwrap();
        assert_eq!((out.width, out.height, out.channels, out.samples), (2, 2, 1, vec![255, 7, 255, 255]));
    }

    #[test]
    fn background_brings_color_and_alpha() {
        let out = pad(gray(), &options("#f00")).unwrap();
        assert_eq!((out.channels, &out.samples[..6]), (3, &[255, 0, 0, 7, 7, 7][..]));
        let out = pad(gray(), &options("transparent")).unwrap();
        assert_eq!((out.channels, &out.samples[..4]), (2, &[0, 0, 7, 255][..]));
    }

    #[test]
    fn large_margins_are_refused() {
        let options = args::Pad { left: 65_535, right: u32::MAX, ..options("white") };
        assert!(matches!(pad(gray(), &options), Err(Error::LimitExceeded(_))));
    }
}
