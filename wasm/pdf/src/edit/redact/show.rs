//! Text: where each glyph stands, and strings without those that go.

use super::place::Target;
use super::state::{Ink, State};
use super::walk::Walker;
use crate::limits::{MAX_GLYPH_CHARS, MAX_GLYPHS};
use crate::text::collect::{ASCENT, DESCENT, Glyph};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_syntax::content::UntypedIter;
use hayro::kurbo::{Affine, Point, Rect, Shape};
use hayro_font::{Font, FontGlyph, StandardFont, Type3Glyph};
use lopdf::{Object, StringFormat};

/// So many glyphs in a row without known letters may be a word.
const UNKNOWN_WORD: usize = 3;

impl<'a> Walker<'a> {
    /// Show strings: what is left of them, in the form of TJ, and whether something went.
    pub(super) fn show(&mut self, items: Vec<Object>, state: &mut State<'a>) -> (Vec<Object>, bool) {
        let font = state
            .font
            .clone()
            .or_else(|| self.fonts.standard_font(StandardFont::Helvetica, &self.settings.font_resolver));
        let Some(font) = font else {
            self.found.unsure.insert("a font cannot be read");
            self.found.inexact.insert("a font cannot be read");
            return (items, false);
        };
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
                if self.glyph(&font, code, width, state) {
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
        if is_cut && (state.fill == Ink::Content || state.stroke == Ink::Content) {
            self.found.inexact.insert("a pattern that holds text or pictures lies there");
        }
        (left, is_cut)
    }

    /// Take note of a glyph; whether it is to go.
    fn glyph(&mut self, font: &Font<'a>, code: u32, width: f64, state: &State<'a>) -> bool {
        if self.found.glyphs.glyphs.len() >= MAX_GLYPHS {
            self.found.unsure.insert("it has too much text");
            self.found.inexact.insert("it has too much text");
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
        let (start, end) = (place * Point::ZERO, place * end);
        if !(bounds.is_finite() && start.is_finite() && end.is_finite()) {
            self.found.unsure.insert("text stands nowhere");
            return false;
        }
        let id = font.map_code(code);
        let glyph = font.glyph(id, code);
        let unicode = match &glyph {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        let text = match unicode {
            Some(BfString::Char(char)) => String::from(char),
            Some(BfString::String(text)) => text.to_string(),
            None => "\u{fffd}".to_owned(),
        };
        let is_unknown = !text.is_empty() && text.chars().all(is_unknown);
        self.found.unknown = if is_unknown { self.found.unknown + 1 } else { 0 };
        if self.found.unknown >= UNKNOWN_WORD {
            self.found.unsure.insert("it has text whose letters are not known");
        }
        let goes = self.goes(bounds, || {
            let to_ems = place * Affine::scale(0.001) * Affine::translate(font.origin_displacement(code));
            (to_ems * Affine::scale_non_uniform(font.glyph_stretch(id, code), 1.0), place, glyph)
        });
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

    fn goes(&mut self, bounds: Rect, of: impl FnOnce() -> (Affine, Affine, FontGlyph<'a>)) -> bool {
        if self.targets.is_empty() {
            return false;
        }
        if self.targets.iter().any(|target| target.takes(bounds, None)) {
            return true;
        }
        if !self.targets.iter().any(|target| target.is_drawn) {
            return false;
        }
        // Some glyphs reach far out of their box.
        let (outline, type3, glyph) = of();
        let ink = match &glyph {
            FontGlyph::Outline(glyph) => {
                let key = glyph.identifier().cache_key();
                let known = self.inks.entry(key).or_insert_with(|| {
                    let path = glyph.outline();
                    (!path.is_empty()).then(|| path.bounding_box())
                });
                known.map(|ink| outline.transform_rect_bbox(ink))
            }
            FontGlyph::Type3(glyph) => {
                type3_ink(glyph).map(|ink| (type3 * glyph.font().matrix()).transform_rect_bbox(ink))
            }
        };
        ink.is_some_and(|ink| self.targets.iter().any(|target: &Target| target.takes(bounds, Some(ink))))
    }
}

/// The box that a glyph of a Type 3 font says it has.
fn type3_ink(glyph: &Type3Glyph<'_>) -> Option<Rect> {
    let data = glyph.program()?.decoded_data().ok()?;
    let mut operators = UntypedIter::new(&data);
    let first = operators.next()?;
    let operator: &[u8] = first.operator;
    if operator != b"d1" {
        return None;
    }
    let numbers: Vec<f64> =
        first.operands().filter_map(|object| object.clone().into_number().map(|n| n.as_f64())).collect();
    let [_, _, x0, y0, x1, y1] = numbers[..] else { return None };
    let ink = Rect::new(x0, y0, x1, y1).abs();
    (ink.area() > 0.0).then_some(ink)
}

/// Letters that say nothing of what is seen.
fn is_unknown(char: char) -> bool {
    char == '\u{fffd}' || char.is_control() && !char.is_whitespace() || matches!(char, '\u{e000}'..='\u{f8ff}')
}

/// As texts are read and searched: control characters are not for reading.
fn readable(char: char) -> Option<char> {
    match char {
        '\t' | '\n' | '\r' | '\u{a0}' => Some(' '),
        char if char.is_control() || char == '\u{feff}' => None,
        char => Some(char),
    }
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
