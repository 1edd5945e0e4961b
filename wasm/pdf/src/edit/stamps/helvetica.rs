//! Helvetica, which every reader has: its codes (Windows' Latin letters) and how wide its glyphs are.

use crate::error::{Result, invalid};

/// How far letters reach above the baseline, in ems, as Adobe's metrics have it.
pub const ASCENT: f64 = 0.718;

/// How far letters reach below the baseline.
pub const DESCENT: f64 = -0.207;

/// The first code.
const FIRST: u8 = 32;

/// Widths of the codes from 32 on in thousandths of an em, from Adobe's metrics; 0 where there is no glyph.
#[rustfmt::skip]
const WIDTHS: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556,
    833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500,
    556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500,
    334, 260, 334, 584, 0, 556, 0, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 0, 611, 0, 0, 222, 222,
    333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 0, 500, 667, 278, 333, 556, 556, 556, 556, 260, 556, 333, 737,
    370, 556, 584, 333, 737, 333, 400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611, 667,
    667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778, 778,
    584, 778, 722, 722, 722, 722, 667, 667, 611, 556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278,
    278, 278, 556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

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
                "{option}: the standard font has no {char:?} (U+{number:04X}); it has the letters of western Europe"
            ))
        })
    });
    codes.collect()
}

fn code(char: char) -> Option<u8> {
    let high = HIGH.iter().position(|high| *high == char && char != '\0').map(|index| 128 + index as u8);
    let code = high.or_else(|| u8::try_from(char).ok().filter(|code| !(128..160).contains(code)))?;
    (thousandths(code) > 0).then_some(code)
}

fn thousandths(code: u8) -> u16 {
    code.checked_sub(FIRST).map_or(0, |index| WIDTHS[usize::from(index)])
}

/// How wide a text in the font's codes is, in ems.
pub fn width(codes: &[u8]) -> f64 {
    codes.iter().map(|code| f64::from(thousandths(*code))).sum::<f64>() / 1000.0
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
