//! `fast_image_resize`, compiled once.
//!
//! Its functions are generic, so whoever calls them compiles them: for a native processor, with its tests, thousands of
//! unrolled loops, which would take minutes wherever they are called. Here they are called for the pixels that a
//! picture may have, and for no others.

#![forbid(unsafe_code)]

pub use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeError, ResizeOptions};
use fast_image_resize::{PixelTrait, Resizer, images, pixels};

/// Where pixels lie: rows from top to bottom without padding.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Channels and their bits: 1 to 4 of 8 or 16.
    pub pixel: PixelType,
}

/// Resample `from` to all of `to`.
///
/// # Errors
/// The region of the options lies outside of the picture.
///
/// # Panics
/// A buffer does not fit its layout, or the pixels are of different kinds or of one that is not here.
pub fn resample(from: (Layout, &[u8]), to: (Layout, &mut [u8]), options: &ResizeOptions) -> Result<(), ResizeError> {
    assert_eq!(from.0.pixel, to.0.pixel);
    match from.0.pixel {
        PixelType::U8 => typed::<pixels::U8>(from, to, options),
        PixelType::U8x2 => typed::<pixels::U8x2>(from, to, options),
        PixelType::U8x3 => typed::<pixels::U8x3>(from, to, options),
        PixelType::U8x4 => typed::<pixels::U8x4>(from, to, options),
        PixelType::U16 => typed::<pixels::U16>(from, to, options),
        PixelType::U16x2 => typed::<pixels::U16x2>(from, to, options),
        PixelType::U16x3 => typed::<pixels::U16x3>(from, to, options),
        PixelType::U16x4 => typed::<pixels::U16x4>(from, to, options),
        other => panic!("no picture here has pixels of {other:?}"),
    }
}

fn typed<P: PixelTrait>(
    (layout, bytes): (Layout, &[u8]),
    (wanted, out): (Layout, &mut [u8]),
    options: &ResizeOptions,
) -> Result<(), ResizeError> {
    let source = images::TypedImageRef::<P>::from_buffer(layout.width, layout.height, bytes).expect("it fits");
    let mut target = images::TypedImage::<P>::from_buffer(wanted.width, wanted.height, out).expect("it fits");
    Resizer::new().resize_typed(&source, &mut target, options)
}
