//! What a call may use at most. Every buffer whose size follows from a header or an option is asked
//! for here, so that a hostile header is refused before memory is touched.
//!
//! All sizes are checked in 64 bits (`usize` has 32 on the target). The largest picture is held in
//! [`MAX_PICTURE_BYTES`]; the work on it needs up to about four times that (a progressive JPEG's
//! coefficients, component planes and pixels; a resize's premultiplied copy), which stays within
//! what a 32-bit memory can address.

use crate::error::{Result, too_much};

/// Longest side of a picture, in pixels.
pub const MAX_SIDE: u32 = 65_535;

/// Most pixels of a picture.
pub const MAX_PIXELS: u64 = 1 << 28;

/// Most bytes of a picture's pixels: 178 million RGB pixels of 8 bits, 67 million RGBA of 16.
pub const MAX_PICTURE_BYTES: u64 = 1 << 29;

/// Largest colour profile (ICC) that is carried over; a larger one is dropped.
pub const MAX_ICC_BYTES: usize = 4 << 20;

/// Largest EXIF block that is carried over; a larger one is dropped.
pub const MAX_EXIF_BYTES: usize = 1 << 20;

/// Most memory that a decoder may use beside the pixels (tables, compressed metadata).
pub const MAX_DECODER_BYTES: usize = 64 << 20;

/// Most scans of a progressive JPEG: real files have about ten, each costs a pass over the picture.
pub const MAX_JPEG_SCANS: usize = 500;

/// Most pictures that are counted in a file.
pub const MAX_FRAMES: u32 = 1 << 20;

/// Most steps of a pipeline.
pub const MAX_STEPS: usize = 1_000;

/// Refuse a picture of this size: `what` names it in the error.
///
/// # Errors
/// [`Error::LimitExceeded`](crate::error::Error) if a side, the pixels or the bytes are too many.
pub fn check_size(what: &str, width: u32, height: u32, bytes_per_pixel: usize) -> Result<()> {
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(too_much(format!("{what}: {width} × {height} px; a side may have {MAX_SIDE} px at most")));
    }
    if pixels > MAX_PIXELS {
        return Err(too_much(format!(
            "{what}: {width} × {height} is {pixels} px; {MAX_PIXELS} px are allowed at most"
        )));
    }
    if pixels * bytes_per_pixel as u64 > MAX_PICTURE_BYTES {
        return Err(too_much(format!(
            "{what}: {width} × {height} px of {bytes_per_pixel} bytes each; \
             {MAX_PICTURE_BYTES} bytes are allowed at most"
        )));
    }
    Ok(())
}

/// An empty vector with room for `length` elements.
///
/// # Errors
/// [`Error::LimitExceeded`](crate::error::Error) if the memory is not to be had.
pub fn reserve<T>(what: &str, length: usize) -> Result<Vec<T>> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(length).map_err(|_| {
        too_much(format!(
            "{what}: {} bytes of memory could not be had: that is more than the call may use",
            length as u64 * size_of::<T>() as u64
        ))
    })?;
    Ok(vector)
}

/// Zeroed samples for a picture, after [`check_size`].
///
/// # Errors
/// [`Error::LimitExceeded`](crate::error::Error) as the two above.
pub fn samples<T: Copy + Default>(what: &str, width: u32, height: u32, channels: usize) -> Result<Vec<T>> {
    check_size(what, width, height, channels * size_of::<T>())?;
    let length = width as usize * height as usize * channels;
    let mut samples = reserve(what, length)?;
    samples.resize(length, T::default());
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn enormous_headers_are_refused_before_allocation() {
        for (width, height, bytes) in [
            (100_000, 100_000, 1),
            (u32::MAX, u32::MAX, 8),
            (65_536, 1, 1),
            (1, 65_536, 1),
            (16_385, 16_384, 1),
            (16_384, 16_384, 3),
        ] {
            let result = samples::<u8>("test", width, height, bytes);
            assert!(matches!(result, Err(Error::LimitExceeded(_))), "{width} × {height}");
        }
    }

    #[test]
    fn sizes_at_the_limits_pass() {
        check_size("test", 65_535, 4_096, 2).unwrap();
        check_size("test", 16_384, 16_384, 2).unwrap();
        check_size("test", 8_192, 8_192, 8).unwrap();
    }
}
