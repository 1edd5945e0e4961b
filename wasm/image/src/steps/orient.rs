//! Turn by right angles, mirror, set upright.

use crate::args;
use crate::error::Result;
use crate::pixels::{Pixels, Sample};
use crate::wit::Axis;

/// Side of the square blocks that are turned at a time, so that reads and writes both stay in cache.
const BLOCK: usize = 32;

/// Turn clockwise by 0, 90, 180 or 270 degrees.
pub fn rotate<T: Sample>(pixels: Pixels<T>, options: &args::Rotate) -> Result<Pixels<T>> {
    match options.degrees {
        90 => orient(pixels, 6),
        180 => orient(pixels, 3),
        270 => orient(pixels, 8),
        _ => Ok(pixels),
    }
}

/// Mirror, in place.
pub fn flip<T: Sample>(pixels: Pixels<T>, axis: Axis) -> Pixels<T> {
    match axis {
        Axis::Horizontal => flip_horizontal(pixels),
        Axis::Vertical => flip_vertical(pixels),
    }
}

/// Set a picture upright that is stored with this EXIF orientation (1 to 8).
pub fn orient<T: Sample>(pixels: Pixels<T>, orientation: u8) -> Result<Pixels<T>> {
    Ok(match orientation {
        2 => flip_horizontal(pixels),
        3 => flip_vertical(flip_horizontal(pixels)),
        4 => flip_vertical(pixels),
        5 => transpose(&pixels)?,
        6 => flip_horizontal(transpose(&pixels)?),
        7 => flip_vertical(flip_horizontal(transpose(&pixels)?)),
        8 => flip_vertical(transpose(&pixels)?),
        _ => pixels,
    })
}

fn flip_horizontal<T: Sample>(mut pixels: Pixels<T>) -> Pixels<T> {
    let row_length = pixels.row_length();
    for row in pixels.samples.chunks_exact_mut(row_length) {
        match pixels.channels {
            1 => row.reverse(),
            2 => row.as_chunks_mut::<2>().0.reverse(),
            3 => row.as_chunks_mut::<3>().0.reverse(),
            _ => row.as_chunks_mut::<4>().0.reverse(),
        }
    }
    pixels
}

fn flip_vertical<T: Sample>(mut pixels: Pixels<T>) -> Pixels<T> {
    let row_length = pixels.row_length();
    let half = pixels.height as usize / 2 * row_length;
    let (top, bottom) = pixels.samples.split_at_mut(half);
    for (upper, lower) in top.chunks_exact_mut(row_length).zip(bottom.rchunks_exact_mut(row_length)) {
        upper.swap_with_slice(lower);
    }
    pixels
}

/// Rows become columns.
fn transpose<T: Sample>(pixels: &Pixels<T>) -> Result<Pixels<T>> {
    let mut out = Pixels::zeroed("rotate", pixels.height, pixels.width, pixels.channels)?;
    let size = (pixels.width as usize, pixels.height as usize);
    match pixels.channels {
        1 => transpose_blocks::<T, 1>(&pixels.samples, &mut out.samples, size),
        2 => transpose_blocks::<T, 2>(&pixels.samples, &mut out.samples, size),
        3 => transpose_blocks::<T, 3>(&pixels.samples, &mut out.samples, size),
        _ => transpose_blocks::<T, 4>(&pixels.samples, &mut out.samples, size),
    }
    Ok(out)
}

fn transpose_blocks<T: Sample, const N: usize>(from: &[T], to: &mut [T], (width, height): (usize, usize)) {
    let from = from.as_chunks::<N>().0;
    let to = to.as_chunks_mut::<N>().0;
    for top in (0..height).step_by(BLOCK) {
        let bottom = (top + BLOCK).min(height);
        for left in (0..width).step_by(BLOCK) {
            for x in left..(left + BLOCK).min(width) {
                let column = from[top * width + x..].iter().step_by(width);
                let row = &mut to[x * height + top..x * height + bottom];
                row.iter_mut().zip(column).for_each(|(to, from)| *to = *from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 2
    /// 3 4
    /// 5 6
    fn sample() -> Pixels<u8> {
        Pixels { width: 2, height: 3, channels: 1, samples: vec![1, 2, 3, 4, 5, 6] }
    }

    #[test]
    fn turns_clockwise() {
        for (degrees, width, expected) in [
            (0, 2, [1, 2, 3, 4, 5, 6]),
            (90, 3, [5, 3, 1, 6, 4, 2]),
            (180, 2, [6, 5, 4, 3, 2, 1]),
            (270, 3, [2, 4, 6, 1, 3, 5]),
        ] {
            let turned = rotate(sample(), &args::Rotate { degrees }).unwrap();
            assert_eq!((turned.width, &turned.samples[..]), (width, &expected[..]), "{degrees}");
        }
    }

    #[test]
    fn mirrors() {
        assert_eq!(flip(sample(), Axis::Horizontal).samples, [2, 1, 4, 3, 6, 5]);
        assert_eq!(flip(sample(), Axis::Vertical).samples, [5, 6, 3, 4, 1, 2]);
    }

    #[test]
    fn sets_upright() {
        // The EXIF standard (JEITA CP-3451, orientation): where the stored first row and first
        // column are seen. 5: left, top; 6: right, top; 7: right, bottom; 8: left, bottom.
        for (orientation, expected) in [
            (1, [1, 2, 3, 4, 5, 6]),
            (2, [2, 1, 4, 3, 6, 5]),
            (3, [6, 5, 4, 3, 2, 1]),
            (4, [5, 6, 3, 4, 1, 2]),
            (5, [1, 3, 5, 2, 4, 6]),
            (6, [5, 3, 1, 6, 4, 2]),
            (7, [6, 4, 2, 5, 3, 1]),
            (8, [2, 4, 6, 1, 3, 5]),
        ] {
            assert_eq!(orient(sample(), orientation).unwrap().samples, expected, "{orientation}");
        }
    }

    #[test]
    fn blocks_meet_at_their_borders() {
        let (width, height) = (67, 45);
        let samples: Vec<u16> = (0..width * height * 3).map(|i| i as u16).collect();
        let pixels = Pixels { width: width as u32, height: height as u32, channels: 3, samples };
        let turned = transpose(&pixels).unwrap();
        for y in 0..height {
            for x in 0..width {
                for c in 0..3 {
                    assert_eq!(turned.samples[(x * height + y) * 3 + c], pixels.samples[(y * width + x) * 3 + c]);
                }
            }
        }
    }
}
