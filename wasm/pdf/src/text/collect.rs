//! Collects the glyphs of a page, in the order in which the file draws them.

use super::letters::{Letter, readable};
use crate::limits::{MAX_GLYPH_CHARS, MAX_GLYPHS};
use crate::strings;
use hayro::hayro_syntax::object::{self, Dict};
use hayro::kurbo::{Affine, Point, Rect, Vec2};
use std::ops::Range;
use std::rc::Rc;

/// How far above and below the baseline glyphs reach, in ems: fonts say it too, but lie.
pub const ASCENT: f64 = 0.8;
/// As [`ASCENT`], below.
pub const DESCENT: f64 = 0.2;

/// How far a line goes up or down while it goes on by one, to be level still: pages that were scanned are not straight.
const SLANT: f64 = 0.06;

/// A glyph where it stands on the page.
#[derive(Clone, Debug)]
pub struct Glyph {
    /// Its characters in [`Glyphs::chars`].
    pub chars: Range<usize>,
    /// Where it starts on the baseline.
    pub start: Point,
    /// Where it ends, and the next one starts.
    pub end: Point,
    /// The direction of the line that it stands in.
    pub along: Vec2,
    /// Size of its font.
    pub size: f64,
    /// Its bounding box.
    pub bounds: Rect,
    /// Whether it is white space.
    pub is_space: bool,
}

impl Glyph {
    /// Whether its line is neither level nor upright: boxes of such lines hold much that is not theirs.
    pub fn is_slanted(&self) -> bool {
        self.along.x.abs().min(self.along.y.abs()) > SLANT
    }
}

/// The glyphs of a page.
#[derive(Default)]
pub struct Glyphs {
    /// All characters.
    pub chars: String,
    /// In the order of drawing.
    pub glyphs: Vec<Glyph>,
}

/// Text that the file gives for glyphs that have another one, or none.
struct Replacement {
    text: String,
    /// The first glyph that it replaces.
    first: usize,
    /// How many marks were open before this one.
    depth: usize,
}

/// How glyphs are painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Paint {
    /// Filled.
    Fill,
    /// Only their edges.
    Stroke,
    /// Both, or not at all.
    Other,
}

/// A glyph that is shown.
pub struct Shown {
    /// What it says.
    pub letter: Rc<Letter>,
    /// From thousandths of an em to the page.
    pub place: Affine,
}

/// Takes glyphs while a page is interpreted.
pub struct Collector {
    page: Rect,
    found: Glyphs,
    replacement: Option<Replacement>,
    depth: usize,
    /// The run that was filled last, if nothing was drawn since: its first glyph's place, and its length.
    filled: Option<(Affine, usize)>,
}

impl Collector {
    /// For a page of this size.
    pub fn new(page: Rect) -> Self {
        Self { page: page.inflate(1.0, 1.0), found: Glyphs::default(), replacement: None, depth: 0, filled: None }
    }

    /// What was found.
    pub fn finish(mut self) -> Glyphs {
        self.end_replacement();
        self.found
    }

    /// Take glyphs that are shown at once.
    pub fn show(&mut self, run: &[Shown], line: Line, paint: Paint) {
        let Some(first) = run.first().map(|first| (first.place, run.len())) else { return };
        // What is filled and stroked may come twice.
        let before = std::mem::replace(&mut self.filled, Some(first).filter(|_| paint == Paint::Fill));
        if paint == Paint::Stroke && before == Some(first) {
            return;
        }
        let mut frame = Frame::new(first.0, line);
        for shown in run {
            if !frame.fits(shown.place) {
                frame = Frame::new(shown.place, line);
            }
            self.add(&shown.letter, frame.glyph(shown));
        }
    }

    fn add(&mut self, letter: &Letter, glyph: Glyph) {
        if self.found.glyphs.len() >= MAX_GLYPHS || (letter.text.is_empty() && self.replacement.is_none()) {
            return;
        }
        let start = glyph.start;
        if !(start.is_finite() && glyph.end.is_finite() && glyph.size.is_finite() && self.page.contains(start)) {
            return;
        }
        // Bold that is made by drawing twice.
        let is_twin = |known: &Glyph| {
            (known.start - start).hypot2() < (0.1 * glyph.size).powi(2)
                && self.found.chars[known.chars.clone()] == *letter.text
        };
        if self.found.glyphs.iter().rev().take(TWINS).any(is_twin) {
            return;
        }
        let from = self.found.chars.len();
        self.found.chars.push_str(&letter.text);
        let chars = from..self.found.chars.len();
        self.found.glyphs.push(Glyph { chars, is_space: letter.is_space, ..glyph });
    }

    /// Take note of the beginning of a part of the content that may say what stands in it.
    pub fn begin(&mut self, properties: Option<&Dict<'_>>) {
        let given = properties.and_then(|properties| properties.get::<object::String<'_>>("ActualText"));
        if let (None, Some(text)) = (&self.replacement, given) {
            let text = strings::text(&text);
            self.replacement = Some(Replacement { text, first: self.found.glyphs.len(), depth: self.depth });
        }
        self.depth += 1;
    }

    /// Take note of its end.
    pub fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.replacement.as_ref().is_some_and(|replacement| replacement.depth == self.depth) {
            self.end_replacement();
        }
    }

    fn end_replacement(&mut self) {
        let Some(Replacement { text, first, .. }) = self.replacement.take() else {
            return;
        };
        let mut replaced = self.found.glyphs.drain(first.min(self.found.glyphs.len())..);
        let Some(mut glyph) = replaced.next() else {
            return;
        };
        for other in replaced {
            glyph.bounds = glyph.bounds.union(other.bounds);
            glyph.end = other.end;
        }
        self.found.chars.truncate(glyph.chars.start);
        self.found.chars.extend(text.chars().take(MAX_GLYPH_CHARS).filter_map(readable));
        glyph.chars.end = self.found.chars.len();
        let text = &self.found.chars[glyph.chars.clone()];
        glyph.is_space = text.chars().all(char::is_whitespace);
        if !text.is_empty() {
            self.found.glyphs.push(glyph);
        }
    }
}

/// How many glyphs back a twin is looked for.
const TWINS: usize = 3;

/// How the glyphs of a run follow each other.
#[derive(Clone, Copy)]
pub struct Line {
    /// Whether it runs downwards.
    pub is_vertical: bool,
    /// Whether glyphs are stretched, each as it needs: their own width is not what they take.
    pub is_stretched: bool,
}

/// What glyphs have in common that follow each other.
struct Frame {
    line: Line,
    /// A thousandth of an em.
    right: Vec2,
    up: Vec2,
    /// As glyphs advance by it.
    step: Vec2,
    along: Vec2,
    size: f64,
}

impl Frame {
    fn new(place: Affine, line: Line) -> Self {
        let [a, b, c, d, ..] = place.as_coeffs();
        let (right, up) = (Vec2::new(a, b), Vec2::new(c, d));
        let height = up.hypot();
        let step = if line.is_stretched && !line.is_vertical { right.normalize() * height } else { right };
        let along = if line.is_vertical { up * -1.0 } else { step }.normalize();
        Self { line, right, up, step, along, size: 1000.0 * height }
    }

    /// Whether it is that of a glyph too.
    fn fits(&self, place: Affine) -> bool {
        place.as_coeffs()[..4] == [self.right.x, self.right.y, self.up.x, self.up.y]
    }

    fn glyph(&self, shown: &Shown) -> Glyph {
        let Self { line, right, up, step, along, size } = *self;
        let [.., e, f] = shown.place.as_coeffs();
        let origin = Point::new(e, f);
        let (start, whole, down, height) = if line.is_vertical {
            let start = origin + right * 500.0 + up * 880.0;
            (start, up * -1000.0, right * -500.0, right * 1000.0)
        } else {
            let advance = f64::from(shown.letter.advance);
            (origin, step * advance, up * (-1000.0 * DESCENT), up * (1000.0 * (ASCENT + DESCENT)))
        };
        let end = start + whole;
        let corner = start + down;
        let span = |from: f64, one: f64, other: f64| {
            (from + one.min(0.0) + other.min(0.0), from + one.max(0.0) + other.max(0.0))
        };
        let (x0, x1) = span(corner.x, whole.x, height.x);
        let (y0, y1) = span(corner.y, whole.y, height.y);
        let bounds = Rect::new(x0, y0, x1, y1);
        Glyph { chars: 0..0, start, end, along, size, bounds, is_space: false }
    }
}
