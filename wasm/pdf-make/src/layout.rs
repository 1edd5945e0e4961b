//! Puts lines and pictures on sheets, from top to bottom.

use crate::error::Result;
use crate::fonts::{Fonts, Look};
use crate::lines::{Line, Shaped};
use crate::paper::Frame;
use crate::sheet::{Document, Kind, PartId, Sheet, Thing};

/// Where a baseline is: letters reach this far above it and below, in heights of letters. The module's
/// own fonts say so.
const ASCENT: f32 = 1.069;
const DESCENT: f32 = 0.293;

/// A document while it is made.
pub struct Layout<'a> {
    /// What was made.
    pub document: Document,
    /// Its fonts.
    pub fonts: &'a Fonts<'a>,
    /// Its pages.
    pub frame: Frame,
    /// Distance of lines, in heights of letters.
    line_height: f32,
    /// Tab stops, in spaces.
    tab_width: f32,
    /// Where the next thing goes, from the top.
    y: f32,
    /// Room that is left above it, unless it begins a page.
    gap: f32,
}

impl<'a> Layout<'a> {
    /// An empty document.
    pub fn new(fonts: &'a Fonts<'a>, frame: Frame, style: &crate::args::Style) -> Self {
        let mut new = Self {
            document: Document::default(),
            fonts,
            frame,
            line_height: style.line_height,
            tab_width: style.tab_width as f32,
            y: 0.0,
            gap: 0.0,
        };
        new.break_page();
        new
    }

    /// Start a new page.
    pub fn break_page(&mut self) {
        let Frame { width, height, margin } = self.frame;
        self.document.sheets.push(Sheet { width, height, things: Vec::new() });
        (self.y, self.gap) = (margin, 0.0);
    }

    /// The index of the page that is worked on.
    pub fn page(&self) -> usize {
        self.document.sheets.len() - 1
    }

    /// Where the next thing goes, from the top.
    pub fn y(&self) -> f32 {
        self.y
    }

    /// The room from there to the lower margin.
    pub fn left(&self) -> f32 {
        self.frame.height - self.frame.margin - self.y
    }

    /// Leave room above the next thing; of two such wishes, the larger one counts.
    pub fn space(&mut self, height: f32) {
        self.gap = self.gap.max(height);
    }

    /// Start a new page unless there is room for this height.
    pub fn need(&mut self, height: f32) {
        // A thing as high as the page fits, rounding or not.
        const SLACK: f32 = 0.01;
        if self.is_top() {
            self.gap = 0.0;
        } else if self.gap + height > self.left() + SLACK {
            self.break_page();
        }
        self.y += self.gap;
        self.gap = 0.0;
    }

    fn is_top(&self) -> bool {
        self.y <= self.frame.margin
    }

    /// Go down.
    pub fn advance(&mut self, height: f32) {
        self.y += height;
    }

    /// Draw something on this page.
    pub fn draw(&mut self, x: f32, y: f32, kind: Kind, part: Option<PartId>) {
        if let Some(sheet) = self.document.sheets.last_mut() {
            sheet.things.push(Thing { x, y, kind, part });
        }
    }

    /// Distance of lines, in points.
    pub fn line_height(&self, size: f32) -> f32 {
        size * self.line_height
    }

    /// Draw a line between these edges, its upper edge at `y`.
    pub fn line(&mut self, line: Line, y: f32, left: f32, right: f32, part: Option<PartId>) {
        let above = (self.line_height(line.size) - (ASCENT + DESCENT) * line.size) / 2.0;
        let baseline = ASCENT.mul_add(line.size, y + above);
        self.draw(line.left(left, right), baseline, Kind::Line(line), part);
    }

    /// The lines of a text that may have line breaks.
    ///
    /// # Errors
    /// No font has one of its characters.
    pub fn lines(&self, text: &str, look: Look, width: f32) -> Result<Vec<Line>> {
        let stop = self.tab_width * self.advance_of_space(look);
        let mut lines = Vec::new();
        for shaped in self.shaped(text, look)? {
            lines.extend(shaped.lines(width, stop));
        }
        Ok(lines)
    }

    /// A text that may have line breaks, shaped.
    ///
    /// # Errors
    /// No font has one of its characters.
    pub fn shaped(&self, text: &str, look: Look) -> Result<Vec<Shaped>> {
        split(text).map(|one| Shaped::new(one, look, self.fonts)).collect()
    }

    /// Set a text between these edges, over as many pages as it needs.
    ///
    /// # Errors
    /// No font has one of its characters.
    pub fn text(&mut self, text: &str, look: Look, left: f32, right: f32, part: PartId) -> Result<()> {
        let height = self.line_height(look.size);
        for line in self.lines(text, look, right - left)? {
            self.need(height);
            self.line(line, self.y, left, right, Some(part));
            self.advance(height);
        }
        Ok(())
    }

    fn advance_of_space(&self, look: Look) -> f32 {
        let space = |face: usize| {
            let shaper = &self.fonts.face(face).shaper;
            let advance = shaper.glyph_hor_advance(shaper.glyph_index(' ')?)?;
            Some(f32::from(advance) / self.fonts.face(face).font.units_per_em() * look.size).filter(|it| *it > 0.0)
        };
        self.fonts.order(look).into_iter().find_map(space).unwrap_or(look.size / 2.0)
    }
}

/// The lines of a text, at whatever breaks them.
fn split(text: &str) -> impl Iterator<Item = &str> {
    const BREAKS: [char; 6] = ['\n', '\r', '\u{B}', '\u{85}', '\u{2028}', '\u{2029}'];
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let now = rest?;
        let Some(index) = now.find(BREAKS) else {
            rest = None;
            return Some(now);
        };
        let (line, after) = now.split_at(index);
        let length = if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(0, char::len_utf8) };
        rest = Some(&after[length..]);
        Some(line)
    })
}
