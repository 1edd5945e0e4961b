//! Texts in Helvetica, which every reader has: their codes (Windows' Latin letters), and how wide they are.

use crate::edit::metrics;
use crate::error::{Result, invalid};

/// The name of the font.
const NAME: &str = "Helvetica";

/// The characters of the codes from 128 to 159; all others have the numbers of their characters.
const HIGH: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// A text in the font's codes.
pub fn codes(option: &str, text: &str) -> Result<Vec<u8>> {
    let codes = text.chars().map(|char| {
        code(char).ok_or_else(|| {
            let number = u32::from(char);
            invalid(format!(
                "{option}: the standard font has no {char:?} (U+{number:04X}); it has the letters of western Europe: give a font that has it"
            ))
        })
    });
    codes.collect()
}

fn code(char: char) -> Option<u8> {
    let high = HIGH.iter().position(|high| *high == char && char != '\0').map(|index| 128 + index as u8);
    let code = high.or_else(|| u8::try_from(char).ok().filter(|code| !(128..160).contains(code)))?;
    (metrics::width_of_code(NAME, code) > 0).then_some(code)
}

/// How wide a text in the font's codes is, in ems.
pub fn width(codes: &[u8]) -> f64 {
    codes.iter().map(|code| f64::from(metrics::width_of_code(NAME, *code))).sum::<f64>() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::{codes, width};
    use crate::error::Error;

    #[test]
    fn letters_have_codes_and_widths() {
        assert_eq!(codes("text", "Ä€ –z").unwrap(), [0xc4, 0x80, 0x20, 0x96, 0x7a]);
        // Adidas: 667 + 556 + 222 + 556 + 556 + 500.
        assert!((width(b"Adidas") - 3.057).abs() < 1e-9);
        for (text, named) in
            [("a\u{3b1}", "'α' (U+03B1)"), ("\t", "(U+0009)"), ("\u{81}", "(U+0081)"), ("\0", "(U+0000)")]
        {
            let error = codes("text", text).unwrap_err();
            assert!(matches!(&error, Error::InvalidArgument(said) if said.contains(named)), "{error:?}");
        }
    }
}
