//! Gaussian blur.

use crate::args;
use crate::error::Result;
use crate::limits;
use crate::pixels::{Pixels, Sample};
use crate::steps::resize::scale;
use crate::wit::Filter;

/// Up to this standard deviation the kernel is applied as it is; a larger one to a reduced copy.
const MAX_DIRECT_SIGMA: f32 = 6.0;

/// Standard deviation that is left to do on a reduced copy, in its pixels, at least.
const REDUCED_SIGMA: f32 = 3.0;

/// Where a kernel is cut off, in standard deviations: 0.03 % of its weight lie outside.
const CUT_OFF: f32 = 3.6;

/// Blur all channels; colours weigh as much as they are opaque.
pub fn blur<T: Sample>(mut pixels: Pixels<T>, options: &args::Blur) -> Result<Pixels<T>> {
    gaussian(&mut pixels, options.sigma, |row, blurred| {
        row.iter_mut().zip(blurred).for_each(|(sample, value)| *sample = T::nearest(*value));
    })?;
    Ok(pixels)
}

/// Compute the Gaussian blur of a picture, whose edge pixels go on beyond its edges, and hand each
/// row with its blurred values, in the samples' range, to `combine`.
///
/// A kernel for a large standard deviation σ would take long, and one pixel in k tells all: the
/// picture is reduced by k with a triangle filter (whose variance is k²/6), blurred there with what
/// is left of σ², and enlarged with a cubic interpolation, which adds next to none.
pub fn gaussian<T: Sample>(
    pixels: &mut Pixels<T>,
    sigma: f32,
    mut combine: impl FnMut(&mut [T], &[f32]),
) -> Result<()> {
    if sigma <= MAX_DIRECT_SIGMA {
        return direct(pixels, sigma, combine);
    }
    let factor = (sigma / REDUCED_SIGMA).floor();
    let reduced = |side: u32| (side as f32 / factor).round().max(1.0) as u32;
    let (width, height) = (pixels.width, pixels.height);
    let small = scale(pixels.clone(), (reduced(width), reduced(height)), None, Filter::Bilinear)?;
    // Blurred values change slowly: 8 bits would show as bands.
    let mut small = Pixels {
        width: small.width,
        height: small.height,
        channels: small.channels,
        samples: small.samples.iter().map(|&sample| widen(sample)).collect(),
    };
    let rest = (sigma * sigma - factor * factor / 6.0).sqrt() / factor;
    direct(&mut small, rest, |row: &mut [u16], blurred| {
        row.iter_mut().zip(blurred).for_each(|(sample, value)| *sample = u16::nearest(*value));
    })?;
    let blurred = scale(small, (width, height), None, Filter::Bicubic)?;
    let to_range = Into::<f32>::into(T::MAX) / f32::from(u16::MAX);
    let row_length = pixels.row_length();
    let mut values = vec![0.0; row_length];
    for (row, blurred) in pixels.samples.chunks_exact_mut(row_length).zip(blurred.rows()) {
        values.iter_mut().zip(blurred).for_each(|(value, sample)| *value = f32::from(*sample) * to_range);
        combine(row, &values);
    }
    Ok(())
}

/// A sample in 16 bits.
fn widen<T: Sample>(sample: T) -> u16 {
    let value: u32 = sample.into();
    (value * (u32::from(u16::MAX) / Into::<u32>::into(T::MAX))) as u16
}

/// Convolve with the kernel, rows first. Rows that are blurred in their own direction are kept in a
/// ring as long as results need them, so that the picture is changed in place.
fn direct<T: Sample>(pixels: &mut Pixels<T>, sigma: f32, mut combine: impl FnMut(&mut [T], &[f32])) -> Result<()> {
    let kernel = half_kernel(sigma);
    let radius = kernel.len() - 1;
    let (height, channels) = (pixels.height as usize, pixels.channels);
    let row_length = pixels.row_length();
    let ring_rows = 2 * radius + 1;
    let mut ring = limits::samples::<f32>("blur", pixels.width, ring_rows as u32, channels)?;
    let mut padded = vec![0.0; row_length + 2 * radius * channels];
    let mut sum = vec![0.0; row_length];
    let mut filled = 0;
    for y in 0..height {
        while filled < (y + radius + 1).min(height) {
            let row = &pixels.samples[filled * row_length..][..row_length];
            load_row(row, channels, radius, &mut padded);
            let slot = filled % ring_rows * row_length;
            convolve_row(&padded, &kernel, channels, &mut ring[slot..slot + row_length]);
            filled += 1;
        }
        let ring_row = |y: usize| &ring[y % ring_rows * row_length..][..row_length];
        let center = kernel[0];
        sum.iter_mut().zip(ring_row(y)).for_each(|(sum, value)| *sum = center * value);
        for (distance, &weight) in kernel.iter().enumerate().skip(1) {
            let above = ring_row(y.saturating_sub(distance));
            let below = ring_row((y + distance).min(height - 1));
            for ((sum, above), below) in sum.iter_mut().zip(above).zip(below) {
                *sum += weight * (above + below);
            }
        }
        divide_alpha::<T>(&mut sum, channels);
        combine(&mut pixels.samples[y * row_length..][..row_length], &sum);
    }
    Ok(())
}

/// The middle of the kernel and one of its equal sides; all its weights sum to 1.
fn half_kernel(sigma: f32) -> Vec<f32> {
    let radius = (sigma * CUT_OFF).ceil().max(1.0) as usize;
    let scale = -0.5 / (f64::from(sigma) * f64::from(sigma));
    let weights: Vec<f64> = (0..=radius).map(|x| (scale * (x * x) as f64).exp()).collect();
    let sum: f64 = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

/// Samples as floats, colours times alpha, with the edge pixels repeated on both sides.
fn load_row<T: Sample>(row: &[T], channels: usize, radius: usize, padded: &mut [f32]) {
    let margin = radius * channels;
    let middle = &mut padded[margin..margin + row.len()];
    middle.iter_mut().zip(row).for_each(|(value, sample)| *value = (*sample).into());
    if channels.is_multiple_of(2) {
        let inverse = 1.0 / Into::<f32>::into(T::MAX);
        for pixel in middle.chunks_exact_mut(channels) {
            let alpha = pixel[channels - 1] * inverse;
            pixel[..channels - 1].iter_mut().for_each(|value| *value *= alpha);
        }
    }
    let last = margin + row.len() - channels;
    for step in 0..radius {
        padded.copy_within(margin..margin + channels, step * channels);
        padded.copy_within(last..last + channels, last + (step + 1) * channels);
    }
}

fn convolve_row(padded: &[f32], kernel: &[f32], channels: usize, out: &mut [f32]) {
    let margin = (kernel.len() - 1) * channels;
    let center = kernel[0];
    out.iter_mut().zip(&padded[margin..]).for_each(|(out, value)| *out = center * value);
    for (distance, &weight) in kernel.iter().enumerate().skip(1) {
        let left = &padded[margin - distance * channels..];
        let right = &padded[margin + distance * channels..];
        for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
            *out += weight * (left + right);
        }
    }
}

/// Take alpha out of the colours again; where nothing is left, colours are black.
fn divide_alpha<T: Sample>(row: &mut [f32], channels: usize) {
    if !channels.is_multiple_of(2) {
        return;
    }
    let max: f32 = T::MAX.into();
    for pixel in row.chunks_exact_mut(channels) {
        let alpha = pixel[channels - 1];
        let factor = if alpha > 0.0 { max / alpha } else { 0.0 };
        pixel[..channels - 1].iter_mut().for_each(|value| *value *= factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(side: u32, value: u16) -> Pixels<u16> {
        let mut pixels = Pixels::zeroed("test", side, side, 1).unwrap();
        pixels.samples[(side / 2 * side + side / 2) as usize] = value;
        pixels
    }

    /// The integral of the normal distribution around a pixel is close to its density.
    fn density(sigma: f64, distance: f64) -> f64 {
        (-distance * distance / (2.0 * sigma * sigma)).exp() / (2.0 * std::f64::consts::PI * sigma * sigma)
    }

    #[test]
    fn a_point_becomes_a_normal_distribution() {
        let sigma = 2.0;
        let out = blur(point(31, 65535), &args::Blur { sigma }).unwrap();
        for (y, row) in out.rows().enumerate() {
            for (x, &value) in row.iter().enumerate() {
                let distance = (x as f64 - 15.0).hypot(y as f64 - 15.0);
                let expected = 65535.0 * density(f64::from(sigma), distance);
                assert!((f64::from(value) - expected).abs() < 4.0, "{x}, {y}: {value}, {expected}");
            }
        }
    }

    #[test]
    fn large_sigmas_agree_with_the_exact_kernel() {
        // A bright square in the dark, large enough that the differences show.
        let side = 320;
        let square = |x: u32| (100..220).contains(&x);
        let samples = (0..side * side).map(|i| if square(i % side) && square(i / side) { 250u8 } else { 3 }).collect();
        let pixels = Pixels { width: side, height: side, channels: 1, samples };
        for sigma in [6.1, 8.5, 13.0, 20.0, 40.0] {
            let mut exact = pixels.clone();
            direct(&mut exact, sigma, |row, blurred| {
                row.iter_mut().zip(blurred).for_each(|(sample, value)| *sample = u8::nearest(*value));
            })
            .unwrap();
            let out = blur(pixels.clone(), &args::Blur { sigma }).unwrap();
            let worst = out.samples.iter().zip(&exact.samples).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(worst <= Some(3), "{sigma}: {worst:?}");
        }
    }

    #[test]
    fn flat_pictures_stay() {
        for sigma in [0.1, 1.0, 7.9, 30.0, 250.0] {
            let pixels = Pixels { width: 5, height: 3, channels: 3, samples: vec![77u8; 45] };
            assert_eq!(blur(pixels.clone(), &args::Blur { sigma }).unwrap(), pixels, "{sigma}");
        }
    }

    #[test]
    fn transparent_colors_do_not_bleed() {
        let pixels = Pixels { width: 2, height: 1, channels: 4, samples: vec![200u8, 0, 0, 255, 0, 255, 0, 0] };
        let out = blur(pixels, &args::Blur { sigma: 1.0 }).unwrap();
        assert_eq!((&out.samples[..3], &out.samples[4..7]), (&[200, 0, 0][..], &[200, 0, 0][..]));
        assert!(out.samples[3] < 255 && out.samples[7] > 0);
    }
}
