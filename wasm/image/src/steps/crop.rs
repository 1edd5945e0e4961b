//! Cut out a rectangle.

use crate::args;
use crate::error::{Result, invalid};
use crate::pixels::{Pixels, Sample};

/// The rectangle, which must lie within the picture.
pub fn crop<T: Sample>(pixels: &Pixels<T>, options: &args::Crop) -> Result<Pixels<T>> {
    let &args::Crop { x, y, width, height } = options;
    for (name, start, length, side) in [("width", x, width, pixels.width), ("height", y, height, pixels.height)] {
        if start.checked_add(length).is_none_or(|end| end > side) {
            let edge = if name == "width" { "x" } else { "y" };
            return Err(invalid(format!(
                "crop: {edge} {start} + {name} {length} is over the picture's {name} of {side} px"
            )));
        }
    }
    let mut out = Pixels::zeroed("crop", width, height, pixels.channels)?;
    let start = x as usize * pixels.channels;
    let length = out.row_length();
    let rows = pixels.rows().skip(y as usize);
    for (target, row) in out.samples.chunks_exact_mut(length).zip(rows) {
        target.copy_from_slice(&row[start..start + length]);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn rectangle_is_cut_out() {
        let pixels = Pixels { width: 4, height: 3, channels: 1, samples: (0u8..12).collect() };
        let cut = crop(&pixels, &args::Crop { x: 1, y: 1, width: 2, height: 2 }).unwrap();
        assert_eq!((cut.width, cut.height, cut.samples), (2, 2, vec![5, 6, 9, 10]));
    }

    #[test]
    fn rectangle_must_lie_within() {
        let pixels = Pixels { width: 4, height: 3, channels: 1, samples: vec![0u8; 12] };
        for (x, y, width, height) in [(3, 0, 2, 1), (0, 3, 1, 1), (u32::MAX, 0, 2, 1), (0, 0, 5, 3)] {
            let result = crop(&pixels, &args::Crop { x, y, width, height });
            assert!(matches!(result, Err(Error::InvalidArgument(_))));
        }
    }
}
