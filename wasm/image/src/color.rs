//! Colours as options name them: `white`, `#08f`, `#0080ff`, `#0080ff80`.

use crate::error::{Result, invalid};
use crate::pixels::Sample;

/// A colour in 8 bits a channel, alpha not premultiplied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Color {
    /// Red, green, blue.
    pub rgb: [u8; 3],
    /// 0 transparent, 255 opaque.
    pub alpha: u8,
}

/// The names that are known. The sixteen of HTML 4 and `transparent`.
const NAMES: [(&str, u32); 17] = [
    ("transparent", 0x0000_0000),
    ("black", 0x0000_00ff),
    ("silver", 0xc0c0_c0ff),
    ("gray", 0x8080_80ff),
    ("white", 0xffff_ffff),
    ("maroon", 0x8000_00ff),
    ("red", 0xff00_00ff),
    ("purple", 0x8000_80ff),
    ("fuchsia", 0xff00_ffff),
    ("green", 0x0080_00ff),
    ("lime", 0x00ff_00ff),
    ("olive", 0x8080_00ff),
    ("yellow", 0xffff_00ff),
    ("navy", 0x0000_80ff),
    ("blue", 0x0000_ffff),
    ("teal", 0x0080_80ff),
    ("aqua", 0x00ff_ffff),
];

impl Color {
    /// Read a name or `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`; capitals do not matter.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::error::Error) with the `option`'s name and what is possible.
    pub fn parse(option: &str, text: &str) -> Result<Self> {
        let found = match text.strip_prefix('#') {
            Some(digits) => from_digits(digits),
            None => NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|&(_, value)| value),
        };
        let [r, g, b, alpha] = found
            .ok_or_else(|| {
                let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
                invalid(format!(
                    "{option}: must be #rgb, #rrggbb, #rrggbbaa or a name ({}), not {text:?}",
                    names.join(", ")
                ))
            })?
            .to_be_bytes();
        Ok(Self { rgb: [r, g, b], alpha })
    }

    /// As samples of a pixel with so many channels; grey is the luma.
    pub fn samples<T: Sample>(self, channels: usize) -> [T; 4] {
        let [r, g, b] = self.rgb.map(T::from_u8);
        let alpha = T::from_u8(self.alpha);
        match channels {
            1 | 2 => [crate::steps::grayscale::luma([r, g, b]), alpha, alpha, alpha],
            _ => [r, g, b, alpha],
        }
    }

    /// Whether red, green and blue are equal.
    pub fn is_gray(self) -> bool {
        self.rgb[0] == self.rgb[1] && self.rgb[1] == self.rgb[2]
    }
}

fn from_digits(digits: &str) -> Option<u32> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    // A short form repeats each digit.
    let repeated = |value: u32| {
        let spread = (0..4).fold(0, |sum, digit| sum | (value >> (4 * digit) & 15) << (8 * digit));
        spread * 17
    };
    match digits.len() {
        3 => Some(repeated(value << 4 | 15)),
        4 => Some(repeated(value)),
        6 => Some(value << 8 | 255),
        8 => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn colors_are_read() {
        for (text, rgb, alpha) in [
            ("white", [255, 255, 255], 255),
            ("Transparent", [0, 0, 0], 0),
            ("#08f", [0, 0x88, 255], 255),
            ("#08f8", [0, 0x88, 255], 0x88),
            ("#102030", [0x10, 0x20, 0x30], 255),
            ("#A0b0C0d0", [0xa0, 0xb0, 0xc0], 0xd0),
        ] {
            assert_eq!(Color::parse("background", text).unwrap(), Color { rgb, alpha }, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "#", "#12", "#12345", "#+12", "#gggggg", "whitish", "# 12345", "#123456789"] {
            let error = Color::parse("background", text).unwrap_err();
            assert!(matches!(&error, Error::InvalidArgument(text) if text.starts_with("background:")), "{text}");
        }
    }

    #[test]
    fn samples_follow_the_channels() {
        let color = Color { rgb: [255, 0, 0], alpha: 128 };
        // Luma of pure red: 0.299 × 255 = 76.2.
        assert_eq!(color.samples::<u8>(2)[..2], [76, 128]);
        assert_eq!(color.samples::<u16>(4), [65535, 0, 0, 128 * 257]);
    }
}
