//! The graphics state, as far as it says where things lie.

use crate::text::maps::Standard;
use hayro::kurbo::{Affine, Rect};
use hayro_font::Font;
use std::rc::Rc;

/// What something is painted with.
#[derive(Clone, Copy, PartialEq)]
pub enum Ink {
    /// A colour, or one that changes smoothly.
    Plain,
    /// A pattern that may hold text or pictures.
    Content,
    /// A pattern that holds pictures, and is too large for the kind of surface that patterns are made for.
    Pictures,
}

impl Ink {
    /// Whether it may hold text or pictures.
    pub fn is_content(self) -> bool {
        self != Self::Plain
    }
}

/// Glyphs that are known to be no letters, by the name of their font.
#[derive(Clone, Copy, PartialEq)]
pub enum Signs {
    /// None.
    None,
    /// Those of no width, which are laid over others: strokes that negate, ends of arrows.
    Overlays,
    /// All.
    All,
}

impl Signs {
    /// What the names of fonts begin with that have signs of mathematics alone, most of which have no code in
    /// Unicode: large brackets and their parts, arrows, pieces of circles.
    const ALL: [&str; 11] =
        ["cmex", "euex", "lcircle", "line10", "linew10", "lmmathextension", "msam", "pxex", "stmary", "txex", "yhex"];
    /// As [`Self::ALL`], of those that have letters too.
    const OVERLAYS: [&str; 4] = ["cmsy", "lmmathsymbols", "pxsy", "txsy"];

    /// Those of a font.
    pub fn of(font: &str) -> Self {
        let name = font.split_once('+').map_or(font, |(_, name)| name).to_lowercase();
        let is = |names: &[&str]| names.iter().any(|start| name.starts_with(start));
        match (is(&Self::ALL), is(&Self::OVERLAYS)) {
            (true, _) => Self::All,
            (_, true) => Self::Overlays,
            _ => Self::None,
        }
    }

    /// Whether a glyph of this width is one of them.
    pub fn has(self, width: f64) -> bool {
        self == Self::All || self == Self::Overlays && width == 0.0
    }
}

/// The graphics state.
#[derive(Clone)]
pub struct State<'a> {
    /// To the page as seen.
    pub ctm: Affine,
    /// What is drawn lies within this.
    pub clip: Rect,
    /// Width of the pen.
    pub line_width: f64,
    /// What is filled with.
    pub fill: Ink,
    /// What is drawn with.
    pub stroke: Ink,
    /// The font; none if it is not there or cannot be read.
    pub font: Option<Font<'a>>,
    /// Whether it says itself what letters its codes are.
    pub is_mapped: bool,
    /// If not, which of its glyphs are variants.
    pub standard: Option<Rc<Standard>>,
    /// Which of its glyphs are known to be no letters.
    pub signs: Signs,
    /// Its size.
    pub size: f64,
    /// Room after each glyph.
    pub char_space: f64,
    /// Room after each space.
    pub word_space: f64,
    /// Horizontal scaling: 1 is none.
    pub scaling: f64,
    /// From line to line.
    pub leading: f64,
    /// Above the baseline.
    pub rise: f64,
    /// How text is painted.
    pub mode: i64,
    text: Affine,
    line: Affine,
}

impl<'a> State<'a> {
    /// At the beginning of a page.
    pub fn new(ctm: Affine, clip: Rect) -> Self {
        Self {
            ctm,
            clip,
            line_width: 1.0,
            fill: Ink::Plain,
            stroke: Ink::Plain,
            font: None,
            is_mapped: true,
            standard: None,
            signs: Signs::None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            scaling: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
            text: Affine::IDENTITY,
            line: Affine::IDENTITY,
        }
    }

    /// For what has no place on a page of its own.
    pub fn anywhere() -> Self {
        Self::new(Affine::IDENTITY, Rect::new(-1e6, -1e6, 1e6, 1e6))
    }

    /// Whether anything is seen of what lies here.
    pub fn shows(&self, bounds: Rect) -> bool {
        let Self { clip, .. } = self;
        clip.area() > 0.0
            && bounds.x0 <= clip.x1
            && clip.x0 <= bounds.x1
            && bounds.y0 <= clip.y1
            && clip.y0 <= bounds.y1
    }

    /// What is filled, or else drawn, with.
    pub fn ink(&mut self, fills: bool) -> &mut Ink {
        if fills { &mut self.fill } else { &mut self.stroke }
    }

    /// Half of the pen's width on the page, where it is widest, with room for the corners of lines.
    pub fn pen(&self) -> f64 {
        let [a, b, c, d, ..] = self.ctm.as_coeffs();
        let scale = a.hypot(b).max(c.hypot(d));
        (0.5 * self.line_width.abs() * scale).clamp(0.05, 1e6)
    }

    /// Begin a text.
    pub fn start_text(&mut self) {
        self.set_text_matrix(Affine::IDENTITY);
    }

    /// Set where text stands.
    pub fn set_text_matrix(&mut self, matrix: Affine) {
        self.text = matrix;
        self.line = matrix;
    }

    /// Go to another line.
    pub fn next_line(&mut self, x: f64, y: f64) {
        self.set_text_matrix(self.line * Affine::translate((x, y)));
    }

    /// From units of the font's size to the page.
    pub fn glyph(&self) -> Affine {
        self.ctm * self.text * Affine::new([self.size * self.scaling, 0.0, 0.0, self.size, 0.0, self.rise])
    }

    /// How far the next glyph stands from one that is `width` thousandths wide, before scaling.
    pub fn advance(&self, width: f64, is_space: bool) -> f64 {
        let word_space = if is_space { self.word_space } else { 0.0 };
        width / 1000.0 * self.size + self.char_space + word_space
    }

    /// Move along the line.
    pub fn move_by(&mut self, advance: f64, is_horizontal: bool) {
        let by = if is_horizontal { (advance * self.scaling, 0.0) } else { (0.0, advance) };
        self.text *= Affine::translate(by);
    }
}
