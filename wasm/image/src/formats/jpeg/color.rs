//! From planes to pixels.

use super::planes::Plane;
use crate::error::Result;
use crate::limits::{check_size, reserve};
use crate::pixels::Pixels;
use libjpeg_turbo_rs::simd::{SimdRoutines, detect};

/// Fewest columns of a plane that is enlarged here: libjpeg makes exceptions for fewer.
const MIN_COLUMNS: u32 = 3;

/// Whether [`to_pixels`] can enlarge a plane of so many columns, whose sides are these parts of the picture's.
pub fn can_enlarge(columns: u32, ratio: (f64, f64)) -> bool {
    ratio == (1.0, 1.0) || (matches!(ratio, (0.5, 1.0 | 0.5)) && columns >= MIN_COLUMNS)
}

/// Grey levels of one plane, or RGB of luma, which has the picture's size, and two planes of chroma. What is
/// of half the size is enlarged as libjpeg does (`jdsample.c`: "fancy upsampling", a triangle filter).
pub fn to_pixels(mut planes: Vec<Plane>) -> Result<Pixels<u8>> {
    if planes.len() == 1 {
        return Ok(planes.remove(0).pixels);
    }
    let (width, height) = (planes[0].pixels.width, planes[0].pixels.height);
    let row_length = 3 * width as usize;
    check_size("JPEG", width, height, 3)?;
    let mut samples = reserve("JPEG", row_length * height as usize)?;
    let mut row = vec![0; row_length];
    let routines = detect();
    let mut planes: Vec<_> = planes.iter().map(|plane| Enlarged::new(plane, &routines)).collect();
    for y in 0..height as usize {
        planes.iter_mut().for_each(|plane| plane.go_to(y));
        let [luma, blue, red] = [0, 1, 2].map(|plane| planes[plane].row());
        routines.ycbcr_to_rgb_row(luma, blue, red, &mut row, width as usize);
        samples.extend_from_slice(&row);
    }
    Ok(Pixels { width, height, channels: 3, samples })
}

/// A plane's rows at the picture's size.
struct Enlarged<'a> {
    plane: &'a Plane,
    routines: &'a SimdRoutines,
    /// The current row, where it is not one of the plane's own.
    row: Vec<u8>,
    /// Two rows of the plane as one: three parts of the near, one of the far; the ends twice.
    sums: Vec<u16>,
    y: usize,
}

impl<'a> Enlarged<'a> {
    fn new(plane: &'a Plane, routines: &'a SimdRoutines) -> Self {
        let columns = plane.pixels.width as usize;
        Self { plane, routines, row: vec![0; 2 * columns], sums: vec![0; columns + 2], y: 0 }
    }

    fn row(&self) -> &[u8] {
        if self.plane.ratio.0 == 1.0 { self.stored(self.y) } else { &self.row }
    }

    fn stored(&self, y: usize) -> &'a [u8] {
        let length = self.plane.pixels.row_length();
        &self.plane.pixels.samples[y * length..][..length]
    }

    fn go_to(&mut self, y: usize) {
        self.y = y;
        let columns = self.plane.pixels.width as usize;
        if self.plane.ratio == (0.5, 1.0) {
            self.routines.fancy_upsample_h2v1(self.stored(y), columns, &mut self.row);
        } else if self.plane.ratio == (0.5, 0.5) {
            let last = self.plane.pixels.height as usize - 1;
            let far = if y.is_multiple_of(2) { (y / 2).saturating_sub(1) } else { (y / 2 + 1).min(last) };
            let rows = self.stored(y / 2).iter().zip(self.stored(far));
            for (sum, (near, far)) in self.sums[1..].iter_mut().zip(rows) {
                *sum = 3 * u16::from(*near) + u16::from(*far);
            }
            self.sums[0] = self.sums[1];
            self.sums[columns + 1] = self.sums[columns];
            let (before, after) = (&self.sums[..columns], &self.sums[2..]);
            let sums = self.sums[1..].iter().zip(before.iter().zip(after));
            for (out, (sum, (before, after))) in self.row.as_chunks_mut::<2>().0.iter_mut().zip(sums) {
                *out = [((3 * sum + before + 8) >> 4) as u8, ((3 * sum + after + 7) >> 4) as u8];
            }
        }
    }
}
