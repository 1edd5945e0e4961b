//! Plain pixels, as hosts hand them in and take them out.

use crate::error::{Result, invalid};
use crate::limits::{check_size, reserve};
use crate::pixels::{AnyPixels, Pixels};
use crate::wit::{PixelFormat, Raster};

/// Channels and bytes of a sample.
fn layout(format: PixelFormat) -> (usize, usize) {
    match format {
        PixelFormat::L8 => (1, 1),
        PixelFormat::La8 => (2, 1),
        PixelFormat::Rgb8 => (3, 1),
        PixelFormat::Rgba8 => (4, 1),
        PixelFormat::L16 => (1, 2),
        PixelFormat::La16 => (2, 2),
        PixelFormat::Rgb16 => (3, 2),
        PixelFormat::Rgba16 => (4, 2),
    }
}

/// Take pixels in.
///
/// # Errors
/// A side is 0 or the bytes do not fit the size; the size is over a limit.
pub fn from_raster(raster: Raster) -> Result<AnyPixels> {
    let Raster { width, height, format, pixels } = raster;
    let (channels, bytes) = layout(format);
    if width == 0 || height == 0 {
        return Err(invalid(format!("raster: {width} × {height} px; both sides must have 1 px at least")));
    }
    check_size("raster", width, height, channels * bytes)?;
    let wanted = width as usize * height as usize * channels * bytes;
    if pixels.len() != wanted {
        return Err(invalid(format!(
            "raster: {} bytes of pixels; {width} × {height} px of {} bytes each make {wanted}",
            pixels.len(),
            channels * bytes
        )));
    }
    if bytes == 1 {
        return Ok(Pixels { width, height, channels, samples: pixels }.into());
    }
    let mut samples = reserve("raster", wanted / 2)?;
    samples.extend(pixels.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)));
    Ok(Pixels { width, height, channels, samples }.into())
}

/// Hand pixels out.
///
/// # Errors
/// There is not enough memory.
pub fn into_raster(pixels: AnyPixels) -> Result<Raster> {
    let (width, height) = pixels.size();
    let channels = pixels.channels();
    Ok(match pixels {
        AnyPixels::U8(pixels) => {
            let formats = [PixelFormat::L8, PixelFormat::La8, PixelFormat::Rgb8, PixelFormat::Rgba8];
            Raster { width, height, format: formats[channels - 1], pixels: pixels.samples }
        }
        AnyPixels::U16(pixels) => {
            let formats = [PixelFormat::L16, PixelFormat::La16, PixelFormat::Rgb16, PixelFormat::Rgba16];
            let mut bytes = reserve("raster", pixels.samples.len() * 2)?;
            bytes.resize(pixels.samples.len() * 2, 0);
            for (pair, sample) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(&pixels.samples) {
                *pair = sample.to_le_bytes();
            }
            Raster { width, height, format: formats[channels - 1], pixels: bytes }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn sixteen_bits_are_little_endian() {
        let raster = Raster { width: 1, height: 1, format: PixelFormat::La16, pixels: vec![1, 2, 3, 4] };
        let pixels = from_raster(raster).unwrap();
        let AnyPixels::U16(inner) = &pixels else { panic!("8 bits") };
        assert_eq!(inner.samples, [0x0201, 0x0403]);
        let raster = into_raster(pixels).unwrap();
        assert_eq!((raster.format, raster.pixels), (PixelFormat::La16, vec![1, 2, 3, 4]));
    }

    #[test]
    fn lengths_must_match() {
        for (width, height, length) in [(2, 2, 11), (2, 2, 13), (0, 2, 0), (2, 0, 0), (65_535, 4_096, 12)] {
            let raster = Raster { width, height, format: PixelFormat::Rgb8, pixels: vec![0; length] };
            assert!(matches!(from_raster(raster), Err(Error::InvalidArgument(_) | Error::LimitExceeded(_))));
        }
    }
}
