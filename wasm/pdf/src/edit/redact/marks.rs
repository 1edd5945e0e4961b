//! Marks around what is drawn, and the texts that they give it.

use super::walk::Walker;
use super::written::Written;
use crate::edit::copy::Copier;
use crate::limits::{MAX_GLYPH_CHARS, MAX_GLYPHS};
use crate::strings;
use crate::text::collect::Glyph;
use crate::text::search::Query;
use hayro::hayro_syntax::object::Dict;
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{Point, Rect, Vec2};
use lopdf::content::Operation;
use lopdf::{Dictionary, Object, dictionary};

/// How deep marks are followed.
const MAX_MARKS: usize = 4096;

/// A mark that is open.
#[derive(Default)]
pub struct Mark {
    /// Where it begins in what is written.
    at: usize,
    /// Whether it holds something that went.
    pub is_cut: bool,
    /// The text that stands for what it holds.
    text: Option<String>,
    /// How many glyphs stood before it.
    shown: usize,
    /// Where something was drawn before it.
    ink: Option<Rect>,
}

impl<'a> Walker<'a> {
    /// Begin a mark; false if there are too many.
    pub(super) fn begin_mark(
        &mut self,
        operator: &str,
        operands: Vec<Object>,
        resources: &Resources<'a>,
        written: &mut Written,
    ) -> bool {
        if written.marks.len() >= MAX_MARKS {
            self.doubt("its marks nest too deeply");
            return false;
        }
        let (operation, text) = self.mark(operator, operands, resources, written);
        let mark = Mark {
            at: written.operations.len(),
            is_cut: false,
            text,
            shown: self.found.shown,
            ink: self.found.ink.take(),
        };
        written.marks.push(mark);
        written.push(&operation.operator, operation.operands);
        true
    }

    /// End a mark; false if none is open. Nothing but its number stays with it if something in it went, or nothing
    /// is in it.
    pub(super) fn end_mark(&mut self, written: &mut Written) -> bool {
        let Some(mark) = written.marks.pop() else { return false };
        let ink = std::mem::replace(&mut self.found.ink, mark.ink);
        if (mark.is_cut || ink.is_none())
            && let Some(operation) = written.operations.get_mut(mark.at)
        {
            strip(operation);
        }
        if mark.is_cut {
            written.change();
        }
        if ink.is_none()
            && let Some(text) = &mark.text
        {
            self.found.unshown.push_str(text);
        }
        if let Some(ink) = ink {
            if let Some(text) = mark.text
                && mark.shown == self.found.shown
            {
                self.stand_in(&text, ink);
            }
            self.found.add_ink(ink);
        }
        true
    }

    /// A mark without texts that are looked for, and the text that it gives.
    pub(super) fn mark(
        &mut self,
        operator: &str,
        operands: Vec<Object>,
        resources: &Resources<'a>,
        written: &mut Written,
    ) -> (Operation, Option<String>) {
        let mut operands = operands.into_iter();
        let tag = operands.next().filter(|tag| tag.as_name().is_ok()).unwrap_or_else(|| "Span".into());
        let mut properties = match operands.next() {
            Some(Object::Name(name)) => {
                let Some(given) = resources.properties.get::<Dict<'a>>(&name) else {
                    return (Operation::new("BMC", vec![tag]), None);
                };
                let text = strings::entry(&given, "ActualText");
                let mut copy = Copier::new(self.xref).dict(&given);
                // Where a reference leads.
                if let Some(text) = &text {
                    copy.set("ActualText", Object::string_literal(strings::encode(text)));
                }
                if operator == "BDC" && tag.as_name().is_ok_and(|tag| tag == b"OC") {
                    if text.is_some() {
                        self.found.inexact.insert("a layer there has a text of its own");
                    }
                    written.keep(self.xref, "Properties", &resources.properties, &name);
                    return (Operation::new(operator, vec![tag, Object::Name(name)]), text);
                }
                copy
            }
            Some(Object::Dictionary(dict)) => dict,
            _ => return (Operation::new("BMC", vec![tag]), None),
        };
        let text = properties.get(b"ActualText").and_then(Object::as_str).map(strings::text).ok();
        for (_, value) in properties.iter_mut() {
            if says(value, self.queries) {
                self.found.is_marked = true;
                written.change();
                *value = Object::string_literal("");
            }
        }
        // Only texts and the number that structure trees know it by; nothing that needs an object of its own.
        let kept = properties.into_iter().filter(|(_, value)| matches!(value, Object::String(..) | Object::Integer(_)));
        let operation = Operation::new("BDC", vec![tag, Object::Dictionary(kept.collect())]);
        (operation, text.filter(|text| !text.trim().is_empty()))
    }

    /// Take note of something that no reader shows: if it has what is looked for, it is not to be kept.
    pub(super) fn hides(&mut self, object: &Object, written: &mut Written) {
        if says(object, self.queries) {
            self.found.is_marked = true;
            written.change();
        }
    }

    /// A text that stands for something drawn that is no text: as if it were one glyph.
    fn stand_in(&mut self, text: &str, ink: Rect) {
        let glyphs = &mut self.found.glyphs;
        if glyphs.glyphs.len() >= MAX_GLYPHS || !ink.is_finite() {
            self.doubt("a text stands for a drawing that has no place");
            return;
        }
        let from = glyphs.chars.len();
        glyphs.chars.extend(text.chars().take(MAX_GLYPH_CHARS));
        glyphs.glyphs.push(Glyph {
            chars: from..glyphs.chars.len(),
            start: Point::new(ink.x0, ink.y1),
            end: Point::new(ink.x1, ink.y1),
            along: Vec2::new(1.0, 0.0),
            size: ink.height(),
            bounds: ink,
            is_space: false,
        });
    }
}

/// Leave of a mark's properties what is no text.
fn strip(operation: &mut Operation) {
    if let Some(Object::Dictionary(properties)) = operation.operands.get_mut(1) {
        let number = properties.remove(b"MCID");
        *properties = number.map(|number| dictionary! { "MCID" => number }).unwrap_or_else(Dictionary::new);
    }
}

/// Whether a text in an object has what is looked for, or cannot be read.
fn says(object: &Object, queries: &[Query]) -> bool {
    match object {
        Object::String(bytes, _) => {
            let has = |text: &String| queries.iter().any(|query| query.is_in(text));
            strings::readings(bytes).is_none_or(|readings| readings.iter().any(has))
        }
        Object::Array(items) => items.iter().any(|item| says(item, queries)),
        Object::Dictionary(dict) => dict.iter().any(|(_, item)| says(item, queries)),
        _ => false,
    }
}

/// What content says in comments; and what stands behind signs that only look like their beginnings, unless that is
/// no text, but the data of a picture.
pub fn comments(content: &[u8]) -> Vec<u8> {
    let lines = content.split(|byte| matches!(byte, b'\n' | b'\r'));
    let comments = lines.filter_map(|line| line.get(line.iter().position(|byte| *byte == b'%')? + 1..));
    let is_text = |line: &&[u8]| line.iter().all(|byte| *byte >= b' ' || *byte == b'\t');
    comments.filter(is_text).collect::<Vec<_>>().join(&b'\n')
}
