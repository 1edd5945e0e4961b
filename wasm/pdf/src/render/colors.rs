//! Plain colours as RGBA.
//!
//! hayro turns DeviceCMYK into RGB by a table of 17⁴ colours that is made of a profile at the first one, which takes
//! longer than many a page. Here a colour is made of its 16 neighbours in that table, and these of the same profile.

use super::paint::Rgba;
use hayro::hayro_interpret::color::Color;
use rustc_hash::FxHashMap;
use std::fmt::{self, Write};

/// hayro's own (CC0): inks to CIELAB.
const PROFILE: &[u8] = include_bytes!("../../assets/CGATS001Compat-v2-micro.icc");
/// Where its table begins, which is of the kind `mft2` (ICC.1, 10.10): for each ink a curve of 48 values, a grid of
/// 6⁴ colours, and for each of L, a and b a line from one value to another; values have 16 bits.
const TABLE: usize = 0xf0 + 52;
const CURVE: usize = 48;
const GRID: usize = 6;
const LINES: usize = 4 * CURVE + GRID * GRID * GRID * GRID * 3;
/// Steps of each ink in hayro's table.
const STEPS: usize = 16;

/// Most mixtures that are kept.
const MANY: usize = 1 << 14;

/// Mixtures of inks, once they were made.
#[derive(Default)]
pub struct Inks(FxHashMap<[u8; 4], [u8; 3]>);

impl Inks {
    /// A colour as it is painted.
    pub fn rgba(&mut self, color: &Color) -> Rgba {
        let inks = <[f32; 4]>::try_from(color.components()).ok();
        let Some((inks, opacity)) = inks.zip(opacity_of_device_cmyk(color)) else {
            return color.to_rgba().to_rgba8();
        };
        let byte = |value: f32| (value * 255.0 + 0.5) as u8;
        let inks = inks.map(byte);
        if self.0.len() >= MANY {
            self.0.clear();
        }
        let [red, green, blue] = *self.0.entry(inks).or_insert_with(|| rgb(inks));
        [red, green, blue, byte(opacity)]
    }
}

/// The opacity of a colour in DeviceCMYK. Only their debugging text tells such colours from others, and the opacity
/// without making the table.
pub fn opacity_of_device_cmyk(color: &Color) -> Option<f32> {
    const START: &[u8] = b"Color { color_space: ColorSpace(DeviceCmyk(";
    struct Text(String);
    impl Write for Text {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.0.push_str(part);
            let written = self.0.as_bytes();
            let is_so = written.starts_with(START) || START.starts_with(written);
            // Of others, which may be long, no more is needed.
            if is_so { Ok(()) } else { Err(fmt::Error) }
        }
    }
    let mut text = Text(String::new());
    write!(text, "{color:?}").ok()?;
    text.0.strip_suffix(" }")?.rsplit_once("opacity: ")?.1.parse().ok()
}

/// An ink's place between steps: the lower one, the upper one, and how far it is from the lower.
fn between(value: f32, steps: usize) -> (usize, usize, f32) {
    let lower = (value as usize).min(steps);
    (lower, (lower + 1).min(steps), value - lower as f32)
}

/// Interpolate between the 16 neighbours of a place in four dimensions.
fn interpolate(place: [(usize, usize, f32); 4], at: impl Fn([usize; 4]) -> [f32; 3]) -> [f32; 3] {
    let mut sum = [0.0; 3];
    for corner in 0..16 {
        let is_upper = [0, 1, 2, 3].map(|axis| corner >> axis & 1 == 1);
        let mut weight = 1.0;
        let mut neighbour = [0; 4];
        for axis in 0..4 {
            let (lower, upper, part) = place[axis];
            weight *= if is_upper[axis] { part } else { 1.0 - part };
            neighbour[axis] = if is_upper[axis] { upper } else { lower };
        }
        if weight != 0.0 {
            let color = at(neighbour);
            sum = [0, 1, 2].map(|channel| sum[channel] + weight * color[channel]);
        }
    }
    sum
}

/// DeviceCMYK as hayro has it.
fn rgb(inks: [u8; 4]) -> [u8; 3] {
    let place = inks.map(|ink| {
        let lower = usize::from(ink) * STEPS / 255;
        (lower, (lower + 1).min(STEPS), f32::from(ink) * (STEPS as f32 / 255.0) - lower as f32)
    });
    interpolate(place, neighbour).map(|value| (value + 0.5) as u8)
}

/// An entry of hayro's table.
fn neighbour(steps: [usize; 4]) -> [f32; 3] {
    let ink = |channel: usize| {
        let (lower, upper, part) = between(steps[channel] as f32 / STEPS as f32 * (CURVE - 1) as f32, CURVE - 1);
        let [from, to] = [lower, upper].map(|at| entry(channel * CURVE + at));
        between((from + (to - from) * part) * (GRID - 1) as f32, GRID - 1)
    };
    let lab = interpolate([0, 1, 2, 3].map(ink), |[c, m, y, k]| {
        let at = 4 * CURVE + 3 * (((c * GRID + m) * GRID + y) * GRID + k);
        [0, 1, 2].map(|channel| entry(at + channel))
    });
    let line = |channel: usize| {
        let [from, to] = [0, 1].map(|end| entry(LINES + 2 * channel + end));
        // In profiles of version 2, 0xff00 is what 0xffff is later.
        (from + (to - from) * lab[channel]) * (65535.0 / 65280.0)
    };
    linear([line(0) * 100.0, line(1) * 255.0 - 128.0, line(2) * 255.0 - 128.0]).map(encoded)
}

/// A value of the profile's table, from 0 to 1.
fn entry(at: usize) -> f32 {
    f32::from(u16::from_be_bytes([PROFILE[TABLE + 2 * at], PROFILE[TABLE + 2 * at + 1]])) / 65535.0
}

/// CIELAB as linear sRGB.
fn linear([l, a, b]: [f32; 3]) -> [f32; 3] {
    /// D50.
    const WHITE: [f32; 3] = [0.964_22, 1.0, 0.825_21];
    /// Of XYZ under D50.
    const TO_SRGB: [[f32; 3]; 3] =
        [[3.133_856, -1.616_867, -0.490_615], [-0.978_768, 1.916_142, 0.033_454], [0.071_945, -0.228_991, 1.405_243]];
    let y = (l + 16.0) / 116.0;
    let cube = |t: f32| if t <= 24.0 / 116.0 { (108.0 / 841.0) * (t - 16.0 / 116.0) } else { t * t * t };
    let [x, y, z] = [cube(y + 0.002 * a) * WHITE[0], cube(y) * WHITE[1], cube(y - 0.005 * b) * WHITE[2]];
    TO_SRGB.map(|row| row[0] * x + row[1] * y + row[2] * z)
}

/// sRGB's curve, from 0 to 255, by operations that are the same on every processor.
fn encoded(linear: f32) -> f32 {
    // hayro's table knows of as many values.
    let linear = (linear * 4095.0 + 0.5).floor().clamp(0.0, 4095.0) / 4095.0;
    if linear <= 0.003_130_8 {
        return (linear * 12.92 * 255.0).round();
    }
    // The power 1 / 2.4 is 1/4 and 1/6: two square roots, and a square root's cube root, by Newton's method.
    let root = linear.sqrt();
    let mut cube_root = 1.0;
    for _ in 0..8 {
        cube_root = (2.0 * cube_root + root / (cube_root * cube_root)) / 3.0;
    }
    ((1.055 * root.sqrt() * cube_root - 0.055) * 255.0).round()
}

#[cfg(test)]
mod tests {
    use super::rgb;
    use moxcms::{ColorProfile, Layout, TransformOptions};

    #[test]
    fn device_cmyk_is_as_by_the_whole_table() {
        let profile = ColorProfile::new_from_slice(super::PROFILE).unwrap();
        let transform = profile
            .create_transform_8bit(Layout::Rgba, &ColorProfile::new_srgb(), Layout::Rgb, TransformOptions::default())
            .unwrap();
        let values = [0, 1, 17, 64, 100, 128, 191, 230, 254, 255];
        for at in 0..values.len().pow(4) {
            let inks = [1, 10, 100, 1000].map(|place| values[at / place % 10]);
            let mut expected = [0; 3];
            transform.transform(&inks, &mut expected).unwrap();
            let found = rgb(inks);
            for channel in 0..3 {
                let by = found[channel].abs_diff(expected[channel]);
                assert!(by <= 2, "{inks:?}: {found:?}, not {expected:?}");
            }
        }
    }
}
