//! Collects the glyphs of a page, in the order in which the file draws them.

use crate::limits::{MAX_GLYPH_CHARS, MAX_GLYPHS};
use crate::strings;
use hayro::hayro_interpret::CacheKey;
use hayro::hayro_interpret::font::{Glyph as Drawn, GlyphId, GlyphIdentifier, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro::hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};
use hayro::hayro_syntax::object::{self, Dict};
use hayro::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use rustc_hash::FxHashMap;
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

/// What a glyph says, as it goes into texts.
struct Saying {
    text: String,
    is_space: bool,
}

/// What tells glyphs apart, beside the code that they have in texts.
#[derive(PartialEq, Eq, Hash)]
enum Shape {
    Outline(GlyphIdentifier),
    Type3(u128),
}

impl Saying {
    fn of(glyph: &Drawn<'_>) -> Self {
        let said = glyph.as_unicode();
        let mut buffer = [0; 4];
        let text: &str = match &said {
            Some(BfString::Char(char)) => char.encode_utf8(&mut buffer),
            Some(BfString::String(text)) => text,
            None => "\u{fffd}",
        };
        let text: String = text.chars().take(MAX_GLYPH_CHARS).filter_map(readable).collect();
        let is_space = !text.is_empty() && text.chars().all(char::is_whitespace);
        Self { text, is_space }
    }
}

/// Takes glyphs while a page is interpreted.
pub struct Collector {
    page: Rect,
    found: Glyphs,
    replacement: Option<Replacement>,
    depth: usize,
    /// The run that was filled last, if nothing was drawn since: its first glyph's place, and its length.
    filled: Option<(Affine, usize)>,
    /// What glyphs say: to find it takes long.
    sayings: FxHashMap<(Shape, u32), Rc<Saying>>,
}

impl Collector {
    /// For a page of this size.
    pub fn new(page: Rect) -> Self {
        Self {
            page: page.inflate(1.0, 1.0),
            found: Glyphs::default(),
            replacement: None,
            depth: 0,
            filled: None,
            sayings: FxHashMap::default(),
        }
    }

    fn saying(&mut self, drawn: &Drawn<'_>) -> Rc<Saying> {
        let shape = match drawn {
            // All that a font has no glyph for has this one, whatever it says.
            Drawn::Outline(glyph) if glyph.glyph_id() == GlyphId::NOTDEF => return Rc::new(Saying::of(drawn)),
            Drawn::Outline(glyph) => Shape::Outline(glyph.identifier()),
            Drawn::Type3(glyph) => Shape::Type3(glyph.cache_key()),
        };
        self.sayings.entry((shape, drawn.char_code())).or_insert_with(|| Rc::new(Saying::of(drawn))).clone()
    }

    /// What was found.
    pub fn finish(mut self) -> Glyphs {
        self.end_replacement();
        self.found
    }

    fn add(&mut self, said: &Saying, line: Line, glyph: Affine, advance: f64) {
        if self.found.glyphs.len() >= MAX_GLYPHS || (said.text.is_empty() && self.replacement.is_none()) {
            return;
        }
        let glyph = line.place(glyph, advance);
        let start = glyph.start;
        if !(start.is_finite() && glyph.end.is_finite() && glyph.size.is_finite() && self.page.contains(start)) {
            return;
        }
        // Bold that is made by drawing twice.
        let is_twin = |known: &Glyph| {
            (known.start - start).hypot2() < (0.1 * glyph.size).powi(2)
                && self.found.chars[known.chars.clone()] == *said.text
        };
        if self.found.glyphs.iter().rev().take(TWINS).any(is_twin) {
            return;
        }
        let from = self.found.chars.len();
        self.found.chars.push_str(&said.text);
        let chars = from..self.found.chars.len();
        self.found.glyphs.push(Glyph { chars, is_space: said.is_space, ..glyph });
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

/// A character as it goes into texts: control characters are not for reading.
fn readable(char: char) -> Option<char> {
    match char {
        '\t' | '\n' | '\r' | '\u{a0}' => Some(' '),
        char if char.is_control() || char == '\u{feff}' => None,
        char => Some(char),
    }
}

/// How the glyphs of a run follow each other.
#[derive(Clone, Copy)]
struct Line {
    is_vertical: bool,
    /// Whether glyphs are stretched, each as it needs: their own width is not what they take.
    is_stretched: bool,
}

impl Line {
    /// Place a glyph whose transform leads from thousandths of an em to the page.
    fn place(self, glyph: Affine, advance: f64) -> Glyph {
        let [a, b, c, d, e, f] = glyph.as_coeffs();
        let origin = Point::new(e, f);
        let (right, up) = (Vec2::new(a, b), Vec2::new(c, d));
        let size = 1000.0 * up.hypot();
        let (start, along, down, height) = if self.is_vertical {
            let start = origin + right * 500.0 + up * 880.0;
            (start, up * -1000.0, right * -500.0, right * 1000.0)
        } else {
            let right = if self.is_stretched { right.normalize() * up.hypot() } else { right };
            (origin, right * advance, up * (-1000.0 * DESCENT), up * (1000.0 * (ASCENT + DESCENT)))
        };
        let end = start + along;
        let corner = start + down;
        let span = |from: f64, one: f64, other: f64| {
            (from + one.min(0.0) + other.min(0.0), from + one.max(0.0) + other.max(0.0))
        };
        let (x0, x1) = span(corner.x, along.x, height.x);
        let (y0, y1) = span(corner.y, along.y, height.y);
        let bounds = Rect::new(x0, y0, x1, y1);
        let direction = if self.is_vertical { up * -1.0 } else { right };
        Glyph { chars: 0..0, start, end, along: direction.normalize(), size, bounds, is_space: false }
    }
}

impl<'a> Device<'a> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let first = run.glyphs().first().map(|glyph| (props.transform * glyph.transform(), run.glyphs().len()));
        // What is filled and stroked comes twice.
        let before = std::mem::replace(&mut self.filled, first.filter(|_| matches!(mode, DrawMode::Fill(_))));
        if matches!(mode, DrawMode::Stroke(_)) && before.is_some() && before == first {
            return;
        }
        // A font that stands for another one has its glyphs stretched to the widths that the file wants.
        let stretch = |glyph: &Affine| glyph.as_coeffs()[0] / glyph.as_coeffs()[3];
        let mut stretches = run.glyphs().iter().map(|glyph| stretch(&glyph.transform()));
        let first = stretches.next().unwrap_or(1.0);
        let line = Line {
            is_vertical: run.writing_mode() == WritingMode::Vertical,
            is_stretched: stretches.any(|other| (other - first).abs() > 1e-6 * first.abs()),
        };
        for glyph in run.glyphs() {
            let advance = match &**glyph {
                Drawn::Outline(glyph) => glyph.advance_width(),
                Drawn::Type3(glyph) => glyph.advance_width(),
            };
            let said = self.saying(glyph);
            self.add(&said, line, props.transform * glyph.transform(), advance.unwrap_or(0.0).into());
        }
    }

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        let given = properties.and_then(|properties| properties.get::<object::String<'_>>("ActualText"));
        if let (None, Some(text)) = (&self.replacement, given) {
            let text = strings::text(&text);
            self.replacement = Some(Replacement { text, first: self.found.glyphs.len(), depth: self.depth });
        }
        self.depth += 1;
    }

    fn end_marked_content(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.replacement.as_ref().is_some_and(|replacement| replacement.depth == self.depth) {
            self.end_replacement();
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn pop_clip(&mut self) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_transparency_group(&mut self) {}
}
