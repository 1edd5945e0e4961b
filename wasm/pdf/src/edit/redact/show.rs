//! Text: where each glyph stands, and strings without those that go.

use super::inside::Inside;
use super::inside::is_large;
use super::state::State;
use super::unknown::{SIGN, UNKNOWN};
use super::walk::Walker;
use crate::limits::{MAX_GLYPH_CHARS, MAX_GLYPHS};
use crate::text::collect::{ASCENT, DESCENT, Glyph};
use crate::text::letters::readable;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{Affine, Point, Rect, Shape};
use hayro_font::{Font, FontGlyph, GlyphId, StandardFont};
use lopdf::{Object, StringFormat};
use std::rc::Rc;

/// From this mode of painting on, what is drawn later is seen through the text.
const CLIPS: i64 = 4;

impl<'a> Walker<'a> {
    /// Show strings: what is left of them, in the form of TJ, and whether something went.
    pub(super) fn show(
        &mut self,
        items: Vec<Object>,
        resources: &Resources<'a>,
        state: &mut State<'a>,
    ) -> (Vec<Object>, bool) {
        let font = state.font.clone().or_else(|| {
            self.doubt("a font cannot be read");
            self.fonts.standard_font(StandardFont::Helvetica, &self.settings.font_resolver)
        });
        let Some(font) = font else { return (items, false) };
        let is_horizontal = font.is_horizontal();
        let mut left = Vec::new();
        let mut is_cut = false;
        for item in items {
            let bytes = match item {
                Object::String(bytes, _) => bytes,
                item => {
                    if let Ok(number) = item.as_float().map(f64::from) {
                        state.move_by(-number / 1000.0 * state.size, is_horizontal);
                        push_number(&mut left, number);
                    }
                    continue;
                }
            };
            let mut at = 0;
            let mut kept = Vec::new();
            while at < bytes.len() {
                let (code, length) = font.read_code(&bytes, at);
                let end = (at + length.max(1)).min(bytes.len());
                let advance = font.code_advance(code);
                let width = if is_horizontal { advance.x } else { advance.y };
                let step = state.advance(width, code == 32 && length == 1);
                if self.glyph(&font, code, width, resources, state) {
                    is_cut = true;
                    push_string(&mut left, std::mem::take(&mut kept));
                    if state.size != 0.0 {
                        push_number(&mut left, -1000.0 * step / state.size);
                    } else if step != 0.0 {
                        self.found.inexact.insert("text of no size stands there");
                    }
                } else {
                    kept.extend_from_slice(&bytes[at..end]);
                }
                state.move_by(step, is_horizontal);
                at = end;
            }
            push_string(&mut left, kept);
        }
        if is_cut && (state.fill.is_content() || state.stroke.is_content()) {
            self.found.inexact.insert("a pattern that may hold text or pictures lies there");
        }
        if is_cut && state.mode >= CLIPS {
            self.found.inexact.insert("something is seen through text there");
        }
        (left, is_cut)
    }

    /// Take note of a glyph; whether it is to go.
    fn glyph(&mut self, font: &Font<'a>, code: u32, width: f64, resources: &Resources<'a>, state: &State<'a>) -> bool {
        if self.found.glyphs.glyphs.len() >= MAX_GLYPHS {
            self.doubt("it has too much text");
            return false;
        }
        let place = state.glyph();
        let ems = width / 1000.0;
        let (end, frame) = if font.is_horizontal() {
            (Point::new(ems, 0.0), Rect::new(0.0, -DESCENT, ems, ASCENT))
        } else {
            (Point::new(0.0, ems), Rect::new(-0.5, 0.0, 0.5, ems))
        };
        let bounds = place.transform_rect_bbox(frame.abs());
        // Letters that are spaced very far belong together still.
        let spaced = if state.char_space > state.size.abs() { state.char_space / state.size } else { 0.0 };
        let end = if font.is_horizontal() { Point::new(end.x + spaced, end.y) } else { end };
        let (start, end) = (place * Point::ZERO, place * end);
        if !(bounds.is_finite() && start.is_finite() && end.is_finite()) {
            self.doubt("text stands nowhere");
            return false;
        }
        let id = font.map_code(code);
        let glyph = font.glyph(id, code);
        let (unicode, drawing) = match &glyph {
            FontGlyph::Outline(glyph) => (glyph.as_unicode(), None),
            FontGlyph::Type3(glyph) => (glyph.as_unicode(), self.drawn_glyph(glyph, resources)),
        };
        let mut text = match unicode {
            Some(BfString::Char(char)) => String::from(char),
            Some(BfString::String(text)) => text.to_string(),
            None => "\u{fffd}".to_owned(),
        };
        let ink = |walker: &mut Self| match &glyph {
            FontGlyph::Outline(glyph) => {
                let key = glyph.identifier().cache_key();
                let known = walker.inks.entry(key).or_insert_with(|| {
                    let path = glyph.outline();
                    (!path.is_empty()).then(|| path.bounding_box())
                });
                let to_ems = place * Affine::scale(0.001) * Affine::translate(font.origin_displacement(code));
                let outline = to_ems * Affine::scale_non_uniform(font.glyph_stretch(id, code), 1.0);
                known.map(|ink| outline.transform_rect_bbox(ink))
            }
            FontGlyph::Type3(glyph) => {
                drawing.as_ref()?.ink.map(|ink| (place * glyph.font().matrix()).transform_rect_bbox(ink))
            }
        };
        self.found.shown += 1;
        self.found.add_ink(bounds);
        let is_empty = text.chars().all(is_blank);
        let ink = if is_empty || !self.targets.is_empty() { ink(self) } else { None };
        // What is black is no space, unless the font has no such glyph.
        let is_known = match is_empty {
            true => id == GlyphId::NOTDEF || ink.is_none_or(|ink| ink.area() == 0.0),
            false => !text.chars().all(is_unknown) && !is_variant(state, code, &text),
        };
        if !is_known {
            text = if state.signs.has(width) { SIGN } else { UNKNOWN }.to_string();
        }
        if ink.is_some_and(|ink| !ink.is_finite()) {
            self.found.inexact.insert("a glyph has no bounds");
        }
        let reach = ink.filter(|ink| ink.is_finite()).map_or(bounds, |ink| ink.union(bounds));
        let goes = !self.targets.is_empty() && self.near(reach).iter().any(|target| target.takes(bounds, ink));
        if let (FontGlyph::Type3(glyph), Some(drawing)) = (&glyph, drawing) {
            self.drew(&drawing, goes);
            let ink = drawing.ink.map(|ink| (place * glyph.font().matrix()).transform_rect_bbox(ink));
            if let Some(ink) = ink.filter(|ink| drawing.has_pictures && is_large(*ink)) {
                self.shows_picture(ink, state);
            }
        }
        if goes {
            self.found.cut.extend(ink);
        }
        let glyphs = &mut self.found.glyphs;
        let from = glyphs.chars.len();
        glyphs.chars.extend(text.chars().take(MAX_GLYPH_CHARS).filter_map(readable));
        let chars = from..glyphs.chars.len();
        let added = &glyphs.chars[chars.clone()];
        if !added.is_empty() {
            let is_space = added.chars().all(char::is_whitespace);
            let [a, b, c, d, ..] = place.as_coeffs();
            let along = if font.is_horizontal() { (a, b) } else { (-c, -d) };
            let along = hayro::kurbo::Vec2::from(along).normalize();
            let along = if along.is_finite() { along } else { hayro::kurbo::Vec2::new(1.0, 0.0) };
            if goes {
                self.found.gone.push(glyphs.glyphs.len());
            }
            glyphs.glyphs.push(Glyph { chars, start, end, along, size: c.hypot(d), bounds, is_space });
        }
        goes
    }

    /// What a glyph draws is used, or goes with it.
    fn drew(&mut self, drawing: &Rc<Inside>, goes: bool) {
        let streams = if goes { &mut self.found.replaced } else { &mut self.found.used };
        // Most glyphs draw nothing else; the same one comes often.
        if !drawing.streams.iter().all(|id| streams.contains(id)) {
            streams.extend(&drawing.streams);
        }
    }
}

/// Whether people may see another character than that which a collection has for a glyph: that of which it is a variant.
fn is_variant(state: &State<'_>, code: u32, text: &str) -> bool {
    let is_seen = |char| state.standard.as_ref().is_some_and(|standard| standard.has(code, char));
    !state.is_mapped && text.chars().any(|char| is_ideograph(char) && !is_seen(char))
}

/// Chinese characters, also those that are for compatibility, and what chooses a variant of one.
fn is_ideograph(char: char) -> bool {
    matches!(char, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '\u{e0100}'..='\u{e01ef}')
}

/// Letters that say nothing of what is seen; of those for private use, a part is known as pieces of brackets.
fn is_unknown(char: char) -> bool {
    char == UNKNOWN
        || char.is_control() && !char.is_whitespace()
        || matches!(char, '\u{e000}'..='\u{f8e4}' | '\u{f8ff}')
}

/// Letters that nothing is seen of.
fn is_blank(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn push_number(items: &mut Vec<Object>, number: f64) {
    if let Some(Object::Real(last)) = items.last_mut() {
        *last = (f64::from(*last) + number) as f32;
    } else {
        items.push(Object::Real(number as f32));
    }
}

fn push_string(items: &mut Vec<Object>, bytes: Vec<u8>) {
    if !bytes.is_empty() {
        items.push(Object::String(bytes, StringFormat::Hexadecimal));
    }
}
