//! What the codes in texts stand for, by their fonts. To find it takes long, so it is kept.

use super::maps::Map;
use crate::fonts;
use crate::limits::MAX_GLYPH_CHARS;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{CacheKey, InterpreterSettings};
use hayro::hayro_syntax::object::{Dict, Name, ObjRef};
use hayro::kurbo::{Affine, Vec2};
use hayro_font::{Font, FontCache, FontGlyph, StandardFont};
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// What a code stands for.
pub struct Letter {
    /// Its characters, as they go into texts.
    pub text: String,
    /// Whether it is white space.
    pub is_space: bool,
    /// How wide it is, in thousandths of an em.
    pub advance: f32,
    /// How far it is to the next one, downwards in vertical text.
    pub step: Vec2,
    /// What is between the place of a code and that of its glyph, if anything is.
    pub shift: Option<Affine>,
    /// By how much the glyph is stretched.
    pub stretch: f64,
}

/// A font, and what is known of its codes.
pub struct Face<'a> {
    /// The font.
    pub font: Font<'a>,
    /// Whether texts run downwards.
    pub is_vertical: bool,
    /// Whether it stands for one that is not there.
    pub is_fallback: bool,
    letters: RefCell<FxHashMap<u32, Rc<Letter>>>,
    /// What codes stand for, if the font itself does not say it.
    map: Option<Map>,
}

impl<'a> Face<'a> {
    fn new(font: Font<'a>, is_fallback: bool, map: Option<Map>) -> Rc<Self> {
        Rc::new(Self { is_vertical: !font.is_horizontal(), is_fallback, letters: RefCell::default(), map, font })
    }

    /// What a code stands for.
    pub fn letter(&self, code: u32) -> Rc<Letter> {
        self.letters.borrow_mut().entry(code).or_insert_with(|| Rc::new(Letter::of(self, code))).clone()
    }
}

impl Letter {
    fn of(face: &Face<'_>, code: u32) -> Self {
        let font = &face.font;
        let id = font.map_code(code);
        let mapped = face.map.as_ref().and_then(|map| map.character(code));
        let glyph = font.glyph(id, code);
        let said = mapped.or_else(|| match &glyph {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        });
        let mut buffer = [0; 4];
        let text: &str = match &said {
            Some(BfString::Char(char)) => char.encode_utf8(&mut buffer),
            Some(BfString::String(text)) => text,
            None if matches!(glyph, FontGlyph::Outline(_)) && is_blank(font, code) => " ",
            None => "\u{fffd}",
        };
        let text: String = text.chars().take(MAX_GLYPH_CHARS).filter_map(readable).collect();
        let is_space = !text.is_empty() && text.chars().all(char::is_whitespace);
        let (step, displacement, stretch) =
            (font.code_advance(code), font.origin_displacement(code), font.glyph_stretch(id, code));
        let shift = (displacement != Vec2::ZERO || stretch != 1.0)
            .then(|| Affine::translate(displacement) * Affine::scale_non_uniform(stretch, 1.0));
        Self { text, is_space, advance: step.x as f32, step, shift, stretch }
    }
}

/// Whether a code of one byte is a tab, or ends a line: producers write these into texts, though no encoding has them.
fn is_blank(font: &Font<'_>, code: u32) -> bool {
    matches!(u8::try_from(code), Ok(byte @ (b'\t' | b'\n' | b'\r')) if font.read_code(&[byte, 0, 0, 0], 0) == (code, 1))
}

/// The fonts of a document.
pub struct Faces<'a> {
    fonts: FontCache<'a>,
    settings: InterpreterSettings,
    faces: RefCell<FxHashMap<u128, Option<Rc<Face<'a>>>>>,
    referred: RefCell<FxHashMap<ObjRef, Option<Rc<Face<'a>>>>>,
    fallback: OnceCell<Option<Rc<Face<'a>>>>,
}

impl Default for Faces<'_> {
    fn default() -> Self {
        Self {
            fonts: FontCache::new(),
            settings: fonts::to_read(),
            faces: RefCell::default(),
            referred: RefCell::default(),
            fallback: OnceCell::new(),
        }
    }
}

impl<'a> Faces<'a> {
    /// The font that a page has by a name, or what stands for it.
    pub fn named(&self, fonts: &Dict<'a>, name: &Name<'_>) -> Option<Rc<Face<'a>>> {
        let read = || fonts.get(name).map_or_else(|| self.fallback(), |dict| self.described(&dict));
        match fonts.get_ref(name) {
            // Most pages have the same fonts, and those have long dictionaries.
            Some(reference) => self.referred.borrow_mut().entry(reference).or_insert_with(read).clone(),
            None => read(),
        }
    }

    /// The font that a dictionary describes, or what stands for it.
    pub fn described(&self, dict: &Dict<'a>) -> Option<Rc<Face<'a>>> {
        self.face(dict).or_else(|| self.fallback())
    }

    fn face(&self, dict: &Dict<'a>) -> Option<Rc<Face<'a>>> {
        let InterpreterSettings { font_resolver, cmap_resolver, .. } = &self.settings;
        let read = || {
            let font = self.fonts.font(dict, font_resolver, cmap_resolver)?;
            Some(Face::new(font, false, Map::of(dict, cmap_resolver)))
        };
        self.faces.borrow_mut().entry(dict.cache_key()).or_insert_with(read).clone()
    }

    /// What stands for a font that is not there.
    pub fn fallback(&self) -> Option<Rc<Face<'a>>> {
        let font = || self.fonts.standard_font(StandardFont::Helvetica, &self.settings.font_resolver);
        self.fallback.get_or_init(|| font().map(|font| Face::new(font, true, None))).clone()
    }
}

/// A character as it goes into texts: control characters are not for reading.
pub fn readable(char: char) -> Option<char> {
    match char {
        '\t' | '\n' | '\r' | '\u{a0}' => Some(' '),
        char if char.is_control() || char == '\u{feff}' => None,
        char => Some(char),
    }
}
