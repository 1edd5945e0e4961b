//! A font that is given for characters which the fonts at hand have not got: all of it goes into the file.

use super::content;
use super::draft::Draft;
use super::write::{self, numbers};
use crate::error::{Result, unsupported};
use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::string::StringId;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use std::collections::BTreeSet;

/// A font in the file.
pub struct Embedded {
    data: Vec<u8>,
    /// The object that it is.
    file: ObjectId,
}

impl Embedded {
    /// Put a font into the file.
    pub fn new(draft: &mut Draft, data: Vec<u8>) -> Result<Self> {
        if !FontRef::new(&data).is_ok_and(|font| font.glyf().is_ok()) {
            return Err(unsupported("font: it is no TrueType font"));
        }
        let mut stream = Stream::new(dictionary! { "Length1" => data.len() as i64 }, data.clone());
        // A font that cannot be packed goes as it is.
        drop(stream.compress());
        let file = draft.file.add_object(stream);
        Ok(Self { data, file })
    }

    /// A character's glyph and its width, in parts of the font's size; none if the font has not got it.
    pub fn glyph(&self, char: char) -> Option<(u16, f32)> {
        let font = FontRef::new(&self.data).ok()?;
        let glyph = font.charmap().map(char).filter(|glyph| *glyph != GlyphId::NOTDEF)?;
        let width = font.glyph_metrics(Size::new(1.0), LocationRef::default()).advance_width(glyph)?;
        Some((u16::try_from(glyph.to_u32()).ok()?, width))
    }

    /// What drawings refer to that show these characters of it.
    pub fn font(&self, draft: &mut Draft, chars: &BTreeSet<char>) -> Option<Dictionary> {
        let font = FontRef::new(&self.data).ok()?;
        let name = font.localized_strings(StringId::POSTSCRIPT_NAME).english_or_first();
        let name: String = name.iter().flat_map(|name| name.chars()).filter(char::is_ascii_alphanumeric).collect();
        let metrics = font.metrics(Size::new(1000.0), LocationRef::default());
        let bounds = metrics.bounds.map_or([0.0; 4], |all| [all.x_min, all.y_min, all.x_max, all.y_max]);
        let mut widths: Vec<Object> = Vec::new();
        let mut texts = String::new();
        for char in chars {
            let (glyph, width) = self.glyph(*char)?;
            widths.extend([i64::from(glyph).into(), vec![Object::Real(1000.0 * width)].into()]);
            let text: String = char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
            texts += &format!("1 beginbfchar\n<{glyph:04X}> <{text}>\nendbfchar\n");
        }
        let texts = format!(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Texts def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{texts}endcmap\nend\nend\n"
        );
        let texts = draft.file.add_object(content::stream(texts.into_bytes()));
        let descriptor = draft.file.add_object(dictionary! {
            "Type" => "FontDescriptor", "FontName" => name.as_str(), "Flags" => 4, "FontBBox" => numbers(bounds),
            "ItalicAngle" => 0, "Ascent" => metrics.ascent, "Descent" => metrics.descent,
            "CapHeight" => metrics.cap_height.unwrap_or(metrics.ascent), "StemV" => 80, "FontFile2" => self.file,
        });
        let descendant = draft.file.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => name.as_str(), "CIDToGIDMap" => "Identity",
            "CIDSystemInfo" => dictionary! {
                "Registry" => write::text("Adobe"), "Ordering" => write::text("Identity"), "Supplement" => 0,
            },
            "FontDescriptor" => descriptor, "W" => widths,
        });
        Some(dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => name.as_str(), "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()], "ToUnicode" => texts,
        })
    }
}
