//! Brightness and contrast, as Pillow's `ImageEnhance`.

use crate::args;
use crate::pixels::{Pixels, Sample};
use crate::steps::grayscale::luma;

/// Scale all values; alpha stays.
pub fn brightness<T: Sample>(pixels: Pixels<T>, options: &args::Brightness) -> Pixels<T> {
    scale_from(pixels, 0.0, options.factor)
}

/// Scale the distance from the mean grey level, which is the mean luma rounded to an integer;
/// alpha stays and does not weigh in the mean.
pub fn contrast<T: Sample>(pixels: Pixels<T>, options: &args::Contrast) -> Pixels<T> {
    let mean = mean_luma(&pixels);
    scale_from(pixels, mean as f32, options.factor)
}

/// The mean luma, rounded.
fn mean_luma<T: Sample>(pixels: &Pixels<T>) -> u64 {
    let mut sum = 0u64;
    for pixel in pixels.samples.chunks_exact(pixels.channels) {
        let value: u32 = if pixels.is_color() { luma([pixel[0], pixel[1], pixel[2]]).into() } else { pixel[0].into() };
        sum += u64::from(value);
    }
    let count = u64::from(pixels.width) * u64::from(pixels.height);
    (sum + count / 2) / count
}

/// Replace each colour value v by origin + (v - origin) × factor, clamped. Pillow cuts the fraction
/// off, and so does this: the results are the same.
fn scale_from<T: Sample>(mut pixels: Pixels<T>, origin: f32, factor: f32) -> Pixels<T> {
    let table: Vec<T> =
        (0..=T::MAX.into()).map(|value: u32| T::truncated(origin + (value as f32 - origin) * factor)).collect();
    let color_channels = pixels.color_channels();
    for pixel in pixels.samples.chunks_exact_mut(pixels.channels) {
        for sample in &mut pixel[..color_channels] {
            let index: u32 = (*sample).into();
            *sample = table[index as usize];
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(samples: Vec<u8>) -> Pixels<u8> {
        Pixels { width: samples.len() as u32, height: 1, channels: 1, samples }
    }

    #[test]
    fn brightness_scales() {
        let out = brightness(gray(vec![0, 10, 101, 200]), &args::Brightness { factor: 1.5 });
        assert_eq!(out.samples, [0, 15, 151, 255]);
        let out = brightness(gray(vec![0, 10, 255]), &args::Brightness { factor: 0.0 });
        assert_eq!(out.samples, [0, 0, 0]);
    }

    #[test]
    fn contrast_scales_from_the_mean() {
        // The mean of 10, 20 and 61 is 30.33, rounded 30: 30 + (10 - 30) × 2 = -10, cut at 0.
        let out = contrast(gray(vec![10, 20, 61]), &args::Contrast { factor: 2.0 });
        assert_eq!(out.samples, [0, 10, 92]);
        let out = contrast(gray(vec![10, 20, 61]), &args::Contrast { factor: 0.0 });
        assert_eq!(out.samples, [30, 30, 30]);
    }

    #[test]
    fn alpha_stays() {
        let pixels = Pixels { width: 1, height: 1, channels: 4, samples: vec![1000u16, 2000, 3000, 4000] };
        let out = brightness(pixels, &args::Brightness { factor: 2.0 });
        assert_eq!(out.samples, [2000, 4000, 6000, 4000]);
    }
}
