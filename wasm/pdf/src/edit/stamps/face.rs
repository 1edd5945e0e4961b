//! What texts on pages are written with: Helvetica, or a font that is given.

use super::helvetica;
use crate::edit::Draft;
use crate::edit::embed::Embedded;
use crate::edit::metrics;
use crate::error::{Result, invalid, unsupported};
use lopdf::ObjectId;
use std::collections::BTreeSet;

/// A font for texts.
pub enum Face {
    /// The one that every reader has.
    Helvetica,
    /// One that goes into the file.
    Given(Embedded),
}

impl Face {
    /// The font that is given, if one is.
    pub fn new(draft: &mut Draft, font: Option<Vec<u8>>) -> Result<Self> {
        font.map_or(Ok(Self::Helvetica), |font| Embedded::new(draft, font).map(Self::Given))
    }

    /// A line in the font's codes, and how wide it is, in ems.
    pub fn line(&self, option: &str, line: &str) -> Result<(Vec<u8>, f64)> {
        let Self::Given(font) = self else {
            let codes = helvetica::codes(option, line)?;
            let width = helvetica::width(&codes);
            return Ok((codes, width));
        };
        let (mut codes, mut all) = (Vec::new(), 0.0);
        for char in line.chars() {
            let (glyph, width) = font.glyph(char).ok_or_else(|| lacks(option, char))?;
            codes.extend(glyph.to_be_bytes());
            all += f64::from(width);
        }
        Ok((codes, all))
    }

    /// The font, as pages refer to it that show these characters.
    pub fn font(&self, draft: &mut Draft, chars: &BTreeSet<char>) -> Result<ObjectId> {
        let font = match self {
            Self::Helvetica => metrics::helvetica(),
            Self::Given(font) => font.font(draft, chars).ok_or_else(|| unsupported("font: it is damaged"))?,
        };
        Ok(draft.file.add_object(font))
    }
}

fn lacks(option: &str, char: char) -> crate::error::Error {
    invalid(format!("{option}: the font that is given has no {char:?} (U+{:04X})", u32::from(char)))
}
