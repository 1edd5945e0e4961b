//! Lines, words and paragraphs out of glyphs.
//!
//! Glyphs are taken in the order in which the file draws them: that is the order of reading in
//! nearly all files, columns and tables included, and where it is not, no rule that looks at places
//! alone does better on the whole.

use super::bidi;
use super::collect::{Glyph, Glyphs};
use crate::{geometry, wit};
use hayro::kurbo::{Point, Rect, Vec2};
use std::ops::Range;

/// A wider gap between glyphs parts words, in ems.
const WORD_GAP: f64 = 0.15;
/// A wider gap parts columns, in ems.
const WIDE_GAP: f64 = 3.0;
/// A glyph that is farther from the baseline begins a new line, in ems.
const OFF_BASELINE: f64 = 0.5;
/// A glyph that goes farther back begins a new line, in ems: kerning does not go so far.
const BACKWARDS: f64 = 0.6;
/// Lines farther apart than this are not of one paragraph, in ems.
const LEADING: f64 = 1.9;
/// Lines farther apart than this, compared with those before, are not of one paragraph.
const EXTRA_LEADING: f64 = 1.25;
/// Sizes that differ more are not of one paragraph.
const OTHER_SIZE: f64 = 1.25;

/// A line of text.
pub struct Line {
    /// Its glyphs in [`Layout::glyphs`], in the order of reading.
    pub glyphs: Range<usize>,
    /// The paragraph that it is in, from 0.
    pub block: u32,
}

/// The text of a page.
pub struct Layout {
    chars: String,
    /// All glyphs, line by line, in the order of reading.
    glyphs: Vec<Glyph>,
    /// Whether a space stands before each glyph that no glyph of the file makes.
    spaced: Vec<bool>,
    lines: Vec<Line>,
}

impl Layout {
    /// Lay out the glyphs of a page.
    pub fn new(found: Glyphs) -> Self {
        let Glyphs { chars, mut glyphs } = found;
        let mut lines: Vec<Line> = Vec::new();
        let mut spaced = Vec::with_capacity(glyphs.len());
        let mut paragraph = Paragraph::default();
        let mut start = 0;
        for end in 1..=glyphs.len() {
            if end < glyphs.len() && continues(&chars, &glyphs[start..end], &glyphs[end]) {
                continue;
            }
            let line = &mut glyphs[start..end];
            if line.iter().any(|glyph| bidi::is_leftward(&chars[glyph.chars.clone()])) {
                reorder(&chars, line);
            }
            let before = spaced.len();
            spaced.push(false);
            spaced
                .extend(line.windows(2).map(|pair| !pair[0].is_space && !pair[1].is_space && gap(&pair[0], &pair[1])));
            debug_assert_eq!(spaced.len() - before, line.len());
            if line.iter().any(|glyph| !glyph.is_space) {
                let block = paragraph.take(line);
                lines.push(Line { glyphs: start..end, block });
            }
            start = end;
        }
        Self { chars, glyphs, spaced, lines }
    }

    /// The lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// A glyph.
    pub fn glyph(&self, glyph: usize) -> &Glyph {
        &self.glyphs[glyph]
    }

    /// The characters of a glyph.
    pub fn chars(&self, glyph: usize) -> &str {
        &self.chars[self.glyphs[glyph].chars.clone()]
    }

    /// Whether a gap stands before a glyph.
    pub fn is_spaced(&self, glyph: usize) -> bool {
        self.spaced[glyph]
    }

    /// Whether that gap is so wide that spaced letters do not have it.
    pub fn is_far(&self, glyph: usize) -> bool {
        let last = glyph.checked_sub(1).and_then(|last| self.glyphs.get(last));
        last.is_some_and(|last| distance(last, &self.glyphs[glyph]) > WIDE_GAP * last.size.max(self.glyphs[glyph].size))
    }

    /// Where glyphs stand.
    pub fn bounds(&self, glyphs: Range<usize>) -> wit::Box {
        let bounds = self.glyphs[glyphs].iter().map(|glyph| glyph.bounds).reduce(|one, other| one.union(other));
        geometry::to_box(bounds.unwrap_or(Rect::ZERO))
    }

    /// All of it: lines as they stand, paragraphs parted by an empty line.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.chars.len() + self.glyphs.len() / 4);
        let mut block = 0;
        for line in &self.lines {
            if !text.is_empty() {
                text.push_str(if line.block == block { "\n" } else { "\n\n" });
            }
            block = line.block;
            let from = text.len();
            for glyph in line.glyphs.clone() {
                if self.spaced[glyph] {
                    text.push(' ');
                }
                // A line does not start or end with spaces, nor has it two of them in a row.
                if !self.glyphs[glyph].is_space {
                    text.push_str(self.chars(glyph));
                } else if text.len() > from && !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            text.truncate(text.trim_end().len().max(from));
        }
        text
    }

    /// The words.
    pub fn words(&self, page: u32) -> Vec<wit::Word> {
        let mut words = Vec::new();
        for (number, line) in (0..).zip(&self.lines) {
            let mut start = line.glyphs.start;
            for end in line.glyphs.start + 1..=line.glyphs.end {
                let is_end = end == line.glyphs.end || self.glyphs[end].is_space || self.spaced[end];
                if !is_end && !self.glyphs[start].is_space {
                    continue;
                }
                if !self.glyphs[start].is_space {
                    let text = (start..end).map(|glyph| self.chars(glyph)).collect();
                    words.push(wit::Word {
                        page,
                        text,
                        box_: self.bounds(start..end),
                        block: line.block,
                        line: number,
                    });
                }
                start = end;
            }
        }
        words
    }
}

/// Whether a glyph stands in a line that has others.
fn continues(chars: &str, line: &[Glyph], next: &Glyph) -> bool {
    let Some(last) = line.last() else {
        return false;
    };
    let size = last.size.max(next.size);
    // A raised or lowered glyph is measured from the line's own baseline, which is that of its first.
    let first = &line[0];
    if last.along.dot(next.along) < 0.95 {
        return false;
    }
    let off = |from: Point| (next.start - from).cross(last.along).abs();
    if off(last.start) > OFF_BASELINE * size || off(first.start) > OFF_BASELINE * size.max(first.size) {
        return false;
    }
    let forwards = (next.start - last.end).dot(last.along);
    if forwards > -BACKWARDS * size {
        return true;
    }
    // Text that runs to the left may be drawn so too.
    let leftwards = |glyph: &Glyph| glyph.is_space || bidi::is_leftward(&chars[glyph.chars.clone()]);
    let backwards = (last.start - next.end).dot(last.along);
    leftwards(next) && leftwards(last) && backwards > -BACKWARDS * size
}

/// Whether the gap between glyphs that follow each other parts words.
fn gap(one: &Glyph, other: &Glyph) -> bool {
    distance(one, other) > WORD_GAP * one.size.max(other.size)
}

/// How far glyphs that follow each other are apart.
fn distance(one: &Glyph, other: &Glyph) -> f64 {
    let forwards = (other.start - one.end).dot(one.along);
    let backwards = (one.start - other.end).dot(one.along);
    forwards.max(backwards)
}

/// Bring a line that has parts which run to the left into the order of reading.
fn reorder(chars: &str, line: &mut [Glyph]) {
    let along = line[0].along;
    let at = |glyph: &Glyph| (glyph.start.to_vec2() + glyph.end.to_vec2()).dot(along);
    line.sort_by(|one, other| at(one).total_cmp(&at(other)));
    let texts: Vec<&str> = line.iter().map(|glyph| &chars[glyph.chars.clone()]).collect();
    let ordered: Vec<Glyph> = bidi::reading_order(&texts).into_iter().map(|index| line[index].clone()).collect();
    line.clone_from_slice(&ordered);
}

/// Follows lines and tells where paragraphs begin.
#[derive(Default)]
struct Paragraph {
    block: u32,
    last: Option<LastLine>,
    leading: Option<f64>,
}

struct LastLine {
    start: Point,
    along: Vec2,
    size: f64,
    /// Its extent along the line.
    extent: Range<f64>,
}

impl Paragraph {
    /// The paragraph that the next line belongs to.
    fn take(&mut self, line: &[Glyph]) -> u32 {
        let along = line[0].along;
        let visible = line.iter().filter(|glyph| !glyph.is_space);
        let size = visible.clone().map(|glyph| glyph.size).fold(0.0, f64::max);
        let ends = visible.flat_map(|glyph| [glyph.start, glyph.end]).map(|point| point.to_vec2().dot(along));
        let extent = ends.fold(f64::MAX..f64::MIN, |range, at| range.start.min(at)..range.end.max(at));
        let next = LastLine { start: line[0].start, along, size, extent };
        if let Some(last) = &self.last {
            let down = last.along.cross(next.start - last.start);
            let follows = last.along.dot(along) > 0.95
                && down > 0.0
                && down <= LEADING * size.max(last.size)
                && size.max(last.size) <= OTHER_SIZE * size.min(last.size)
                && self.leading.is_none_or(|leading| down <= EXTRA_LEADING * leading)
                && next.extent.start < last.extent.end
                && last.extent.start < next.extent.end;
            self.leading = follows.then_some(down);
            self.block += u32::from(!follows);
        }
        self.last = Some(next);
        self.block
    }
}
