//! Fonts that a file uses without having them within it: stand-ins, and those that the host gives.
//!
//! For the 14 standard fonts and what is named like them, and for other Latin fonts, there are
//! stand-ins in the module. Chinese, Japanese and Korean ones come from the host as data.

use crate::error::{Result, invalid};
use crate::resources::{self, FontDict};
use crate::{document::Document, wit};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::font::{FallbackFontQuery, FontData, FontQuery, StandardFont};
use hayro::hayro_interpret::hayro_cmap::CidFamily;
use std::sync::Arc;

/// The fonts that the host gave: what each stands for, its data and its number in a collection.
pub type Fonts = Arc<Vec<(String, FontData, u32)>>;

/// Take the host's fonts.
pub fn check(given: Vec<wit::Font>) -> Result<Fonts> {
    let mut fonts = Vec::new();
    for font in given {
        const STARTS: [&[u8]; 5] = [b"\0\x01\0\0", b"OTTO", b"ttcf", b"true", b"\x01\0\x04"];
        if !STARTS.iter().any(|start| font.data.starts_with(start)) {
            return Err(invalid(format!(
                "fonts: what is given for {} is neither TrueType, OpenType nor CFF",
                font.name
            )));
        }
        fonts.push((font.name, Arc::new(font.data) as FontData, font.face.unwrap_or_default()));
    }
    Ok(Arc::new(fonts))
}

/// How pages are interpreted for pixels: a font that is missing is not drawn.
pub fn to_draw(fonts: Fonts) -> InterpreterSettings {
    InterpreterSettings {
        font_resolver: Arc::new(move |query| match query {
            FontQuery::Standard(font) => {
                find(&fonts, font.postscript_name(), "").or_else(|| Some(font.get_font_data()))
            }
            FontQuery::Fallback(query) => {
                let name = query.post_script_name.as_deref().unwrap_or_default();
                let collection = query.character_collection.as_ref().map_or("", |found| collection(&found.family));
                find(&fonts, name, collection)
                    .or_else(|| collection.is_empty().then(|| stand_in(query).get_font_data()))
            }
        }),
        ..InterpreterSettings::default()
    }
}

/// How pages are interpreted for text: only the characters matter.
pub fn to_read() -> InterpreterSettings {
    InterpreterSettings {
        font_resolver: Arc::new(|query| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(query) => Some(stand_in(query).get_font_data()),
        }),
        ..InterpreterSettings::default()
    }
}

fn find(fonts: &Fonts, name: &str, collection: &str) -> Option<(FontData, u32)> {
    let named = |wanted: &str| fonts.iter().find(|(given, ..)| !wanted.is_empty() && given == wanted);
    named(name).or_else(|| named(collection)).map(|(_, data, index)| (data.clone(), *index))
}

/// The collections whose characters no stand-in has.
fn collection(family: &CidFamily) -> &'static str {
    match family {
        CidFamily::AdobeJapan1 => "Adobe-Japan1",
        CidFamily::AdobeGB1 => "Adobe-GB1",
        CidFamily::AdobeCNS1 => "Adobe-CNS1",
        CidFamily::AdobeKorea1 => "Adobe-Korea1",
        _ => "",
    }
}

/// The standard font that is most like the one asked for; names say more than flags do.
fn stand_in(query: &FallbackFontQuery) -> StandardFont {
    let name = query.post_script_name.as_deref().unwrap_or_default().to_lowercase();
    let is_like = |names: &[&str]| names.iter().any(|part| name.contains(part));
    let mut query = query.clone();
    query.is_fixed_pitch |= is_like(&["courier", "mono", "consolas", "typewriter", "fixed"]);
    query.is_serif |= is_like(&["times", "roman", "serif", "georgia", "garamond", "palatino", "bookman", "cambria"])
        && !is_like(&["sans"]);
    query.is_italic |= is_like(&["oblique"]);
    query.is_bold |= query.font_weight >= 600 || is_like(&["black", "heavy"]);
    query.pick_standard_font()
}

/// What the names of fonts begin with for which the module has a stand-in of the same widths.
const STANDARD: [&str; 9] =
    ["arial", "courier", "couriernew", "helvetica", "symbol", "times", "timesnewroman", "timesroman", "zapfdingbats"];

/// Whether a font is a standard one under any of its names, such as `Arial,Bold` or `TimesNewRomanPS-BoldMT`.
fn is_standard(name: &str) -> bool {
    let plain: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let mut base = plain.as_str();
    while let Some(rest) =
        ["mt", "ps", "bold", "italic", "oblique", "regular"].iter().find_map(|end| base.strip_suffix(end))
    {
        base = rest;
    }
    STANDARD.contains(&base)
}

impl Document {
    /// The fonts that a page wants and that are neither in the file nor given.
    pub fn missing_fonts(&self, number: u32) -> Result<Vec<wit::MissingFont>> {
        let given = self.given_fonts();
        let mut missing = Vec::<wit::MissingFont>::new();
        for font in resources::fonts_of(self.seen(number)?.page(number)?) {
            let FontDict { name, collection, .. } = &font;
            if font.embedded
                || (is_standard(name) && font.kind != "Type0")
                || missing.iter().any(|known| known.name == *name)
                || find(&given, name, collection).is_some()
            {
                continue;
            }
            let lower = name.to_lowercase();
            missing.push(wit::MissingFont {
                bold: lower.contains("bold") || font.weight >= 600,
                italic: lower.contains("italic") || lower.contains("oblique") || font.flags & (1 << 6) != 0,
                serif: font.flags & (1 << 1) != 0,
                name: font.name,
                collection: font.collection,
            });
        }
        Ok(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::is_standard;

    #[test]
    fn standard_fonts_are_known_by_all_their_names() {
        for name in ["Arial", "Arial,Bold", "ArialMT", "Arial-BoldItalicMT", "TimesNewRomanPS-BoldMT", "Times-Roman"] {
            assert!(is_standard(name), "{name}");
        }
        for name in ["ArialNarrow", "ArialUnicodeMS", "MS-Mincho", "Symbola", ""] {
            assert!(!is_standard(name), "{name}");
        }
    }
}
