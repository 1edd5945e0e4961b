//! The fonts of a document: those that are given, then the module's own.

use crate::error::{Error, Result, malformed, unsupported};
use crate::wit::{self, Family, Missing};
use krilla::text::Font;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A font that is at hand.
pub struct Data {
    bytes: Bytes,
    index: u32,
    /// For the file.
    pub font: Font,
}

enum Bytes {
    Own(&'static [u8]),
    Given(Arc<Vec<u8>>),
}

/// Letters, bold letters, and letters of one width with symbols: subsets that `assets/make.py` makes.
const OWN: [&[u8]; 3] = [
    include_bytes!("../assets/NotoSans-Regular.ttf"),
    include_bytes!("../assets/NotoSans-Bold.ttf"),
    include_bytes!("../assets/DejaVuSansMono.ttf"),
];

/// Read the fonts that are given, and add the module's own.
///
/// # Errors
/// One of them cannot be read, or the collection has no such face.
pub fn read(given: Option<Vec<wit::Font>>) -> Result<Vec<Data>> {
    let mut found = Vec::new();
    for (number, font) in (1..).zip(given.unwrap_or_default()) {
        let font = crate::args::Font::try_from(font)?;
        let bytes = Arc::new(font.data);
        let read = Font::new(Arc::clone(&bytes).into(), font.face)
            .filter(|_| rustybuzz::Face::from_slice(&bytes, font.face).is_some());
        let Some(read) = read else {
            return Err(malformed(format!("font {number}: face {} cannot be read as a font", font.face)));
        };
        found.push(Data { bytes: Bytes::Given(bytes), index: font.face, font: read });
    }
    found.extend(
        OWN.into_iter()
            .filter_map(|bytes| Some(Data { bytes: Bytes::Own(bytes), index: 0, font: Font::new(bytes.into(), 0)? })),
    );
    Ok(found)
}

/// A font, ready for shaping.
pub struct Face<'a> {
    /// For the file.
    pub font: Font,
    /// For shaping.
    pub shaper: rustybuzz::Face<'a>,
}

/// The kind of letters that a text is set in.
#[derive(Clone, Copy, PartialEq)]
pub struct Look {
    /// Height of the letters, in points.
    pub size: f32,
    /// Whether they are bold.
    pub bold: bool,
    /// Of one width or not.
    pub family: Family,
}

/// All fonts of a document.
pub struct Fonts<'a> {
    faces: Vec<Face<'a>>,
    missing: Missing,
}

impl<'a> Fonts<'a> {
    /// The fonts of `data`, in this order.
    pub fn new(data: &'a [Data], missing: Missing) -> Self {
        let faces = data.iter().filter_map(|one| {
            let bytes: &[u8] = match &one.bytes {
                Bytes::Own(bytes) => bytes,
                Bytes::Given(bytes) => bytes,
            };
            Some(Face { font: one.font.clone(), shaper: rustybuzz::Face::from_slice(bytes, one.index)? })
        });
        Self { faces: faces.collect(), missing }
    }

    /// A font by its number in [`order`](Self::order).
    pub fn face(&self, index: usize) -> &Face<'a> {
        &self.faces[index]
    }

    /// The fonts for a look: those that have it best first, else in the order in which they were given.
    pub fn order(&self, look: Look) -> Vec<usize> {
        let unlike = |index: &usize| {
            let shaper = &self.faces[*index].shaper;
            let mono = shaper.is_monospaced() != matches!(look.family, Family::Mono);
            2 * u8::from(mono) + u8::from(shaper.is_bold() != look.bold)
        };
        let mut order: Vec<usize> = (0..self.faces.len()).collect();
        order.sort_by_key(unlike);
        order
    }

    /// Whether a font has a glyph for a character.
    pub fn has(&self, face: usize, char: char) -> bool {
        self.faces[face].shaper.glyph_index(char).is_some()
    }

    /// `text` as it can be set: all of its characters are in a font.
    ///
    /// # Errors
    /// Some are in none, and the caller did not want them replaced.
    pub fn settable(&self, text: &str) -> Result<String> {
        let known = |char: char| is_invisible(char) || (0..self.faces.len()).any(|face| self.has(face, char));
        let unknown: BTreeSet<char> = text.chars().filter(|char| !known(*char)).collect();
        if unknown.is_empty() {
            return Ok(text.to_owned());
        }
        match self.missing {
            Missing::Refuse => Err(refusal(&unknown)),
            Missing::Replace => {
                Ok(text.chars().map(|char| if unknown.contains(&char) { '\u{FFFD}' } else { char }).collect())
            }
        }
    }
}

/// Names the first of them.
fn refusal(unknown: &BTreeSet<char>) -> Error {
    const NAMED: usize = 5;
    let named: Vec<String> = unknown
        .iter()
        .take(NAMED)
        .map(|char| {
            let code = format!("U+{:04X}", *char as u32);
            if char.is_control() { code } else { format!("{char} ({code})") }
        })
        .collect();
    let more = if unknown.len() > NAMED { format!(" and {} more", unknown.len() - NAMED) } else { String::new() };
    unsupported(format!(
        "no font has {}{more}; give a font that does (fonts), or have them replaced (missing)",
        named.join(", ")
    ))
}

/// Whether a character is not meant to be seen, whether a font has it or not (Unicode's
/// Default_Ignorable_Code_Point, without what is not assigned).
pub fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}
