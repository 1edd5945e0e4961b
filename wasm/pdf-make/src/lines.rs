//! A line of text as it was written becomes lines of glyphs that fit a width.

use crate::error::Result;
use crate::fonts::{Fonts, Look, is_invisible};
use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{BufferFlags, Direction, UnicodeBuffer};
use std::ops::Range;
use std::rc::Rc;
use unicode_bidi::{BidiInfo, Level, ParagraphBidiInfo};
use unicode_script::{Script, UnicodeScript};

/// Rounding must not break a line that was measured to fit.
const SLACK: f32 = 0.01;

/// Text between two line breaks of its author, shaped.
pub struct Shaped {
    text: Rc<str>,
    look: Look,
    runs: Vec<Run>,
    clusters: Vec<Cluster>,
    tabs: Vec<usize>,
    /// Of each byte.
    levels: Vec<Level>,
    /// Of the text as a whole.
    base: Level,
}

/// Characters of one font, script and direction.
struct Run {
    range: Range<usize>,
    face: usize,
    is_rtl: bool,
    /// From left to right; sizes are in heights of letters.
    glyphs: Vec<KrillaGlyph>,
}

/// Characters that stand or fall together.
struct Cluster {
    start: usize,
    /// In points.
    advance: f32,
    is_space: bool,
    may_start_line: bool,
}

/// A line as it is drawn.
pub struct Line {
    /// All of the text that it is a part of.
    pub text: Rc<str>,
    /// Height of its letters.
    pub size: f32,
    /// Its parts from left to right.
    pub pieces: Vec<Piece>,
    /// Width with the spaces at its end.
    full: f32,
    /// Width without them.
    pub width: f32,
    /// Whether it starts at the right.
    pub is_rtl: bool,
}

/// Glyphs of one font.
pub struct Piece {
    /// The font's number.
    pub face: usize,
    /// Where it starts, from the left of the line.
    pub x: f32,
    /// What is drawn; ranges are of the line's text.
    pub glyphs: Vec<KrillaGlyph>,
}

impl Line {
    /// Where the line starts, if its text is to be between these edges.
    pub fn left(&self, left: f32, right: f32) -> f32 {
        if self.is_rtl { right - self.full } else { left }
    }
}

impl Shaped {
    /// Shape a text without line breaks. Tabs lead to stops in [`lines`](Self::lines).
    ///
    /// # Errors
    /// No font has one of its characters.
    pub fn new(text: &str, look: Look, fonts: &Fonts) -> Result<Self> {
        let tabs = text.match_indices('\t').map(|(index, _)| index).collect();
        let text: Rc<str> = fonts.settable(&text.replace('\t', " "))?.into();
        let ParagraphBidiInfo { levels, paragraph_level: base, .. } = ParagraphBidiInfo::new(&text, None);
        let mut runs = split(&text, &levels, look, fonts);
        let mut advances = vec![0.0; text.len()];
        for run in &mut runs {
            shape(&text, run, fonts);
            for glyph in &run.glyphs {
                advances[glyph.text_range.start] += glyph.x_advance * look.size;
            }
        }
        let clusters = clusters(&text, &runs, &advances);
        Ok(Self { text, look, runs, clusters, tabs, levels, base })
    }

    /// The width on one line, and that of the widest part that is not to be broken.
    pub fn widths(&self) -> (f32, f32) {
        let (mut all, mut part, mut widest) = (0.0, 0.0, 0.0_f32);
        for cluster in &self.clusters {
            part = if cluster.may_start_line { 0.0 } else { part };
            part += if cluster.is_space { 0.0 } else { cluster.advance };
            widest = widest.max(part);
            all += cluster.advance;
        }
        (all, widest)
    }

    /// Whether it runs from right to left.
    pub fn is_rtl(&self) -> bool {
        self.base.is_rtl()
    }

    /// Break it into lines of at most this width, each with one cluster at least. Tabs lead to multiples of `stop`.
    pub fn lines(&self, width: f32, stop: f32) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut tabs = vec![0.0; self.tabs.len()];
        let (mut first, mut index, mut x, mut chance) = (0, 0, 0.0_f32, None);
        while let Some(cluster) = self.clusters.get(index) {
            if cluster.may_start_line && index > first {
                chance = Some(index);
            }
            let mut advance = cluster.advance;
            if let Ok(tab) = self.tabs.binary_search(&cluster.start) {
                advance = ((x + SLACK) / stop).floor().mul_add(stop, stop) - x;
                tabs[tab] = advance;
            }
            if !cluster.is_space && x + advance > width + SLACK && index > first {
                let end = chance.take().unwrap_or(index);
                lines.push(self.line(first, end, &tabs));
                (first, index, x) = (end, end, 0.0);
                continue;
            }
            x += advance;
            index += 1;
        }
        lines.push(self.line(first, self.clusters.len(), &tabs));
        lines
    }

    /// The line of these clusters.
    fn line(&self, first: usize, end: usize, tabs: &[f32]) -> Line {
        let start_of = |index: usize| self.clusters.get(index).map_or(self.text.len(), |cluster| cluster.start);
        let range = start_of(first)..start_of(end);
        let mut line = Line {
            text: Rc::clone(&self.text),
            size: self.look.size,
            pieces: Vec::new(),
            full: 0.0,
            width: 0.0,
            is_rtl: self.is_rtl(),
        };
        for (part, level) in self.visual(range) {
            let first = self.runs.partition_point(|run| run.range.end <= part.start);
            let end = self.runs.partition_point(|run| run.range.start < part.end);
            let inside = &self.runs[first..end];
            for index in 0..inside.len() {
                let run = &inside[if level.is_rtl() { inside.len() - 1 - index } else { index }];
                self.piece(&mut line, run, &part, tabs);
            }
        }
        let spaces = self.clusters[first..end].iter().rev().take_while(|cluster| cluster.is_space);
        line.width = line.full - spaces.map(|cluster| cluster.advance).sum::<f32>();
        line
    }

    /// The parts of a line that have one direction each, from left to right.
    fn visual(&self, range: Range<usize>) -> Vec<(Range<usize>, Level)> {
        let kept = range.start + self.text[range.clone()].trim_end().len();
        let mut parts: Vec<(Range<usize>, Level)> = Vec::new();
        for index in range {
            // Spaces at the end go where the line ends.
            let level = if index < kept { self.levels[index] } else { self.base };
            match parts.last_mut() {
                Some((part, last)) if *last == level => part.end = index + 1,
                _ => parts.push((index..index + 1, level)),
            }
        }
        let levels: Vec<Level> = parts.iter().map(|(_, level)| *level).collect();
        BidiInfo::reorder_visual(&levels).into_iter().map(|index| parts[index].clone()).collect()
    }

    /// Add the glyphs of a run that are in a part of the text.
    fn piece(&self, line: &mut Line, run: &Run, part: &Range<usize>, tabs: &[f32]) {
        let until = |bound: usize| {
            if run.is_rtl {
                run.glyphs.partition_point(|glyph| glyph.text_range.start >= bound)
            } else {
                run.glyphs.partition_point(|glyph| glyph.text_range.start < bound)
            }
        };
        let (first, end) =
            if run.is_rtl { (until(part.end), until(part.start)) } else { (until(part.start), until(part.end)) };
        let mut glyphs = run.glyphs[first..end].to_vec();
        for glyph in &mut glyphs {
            if let Ok(tab) = self.tabs.binary_search(&glyph.text_range.start) {
                glyph.x_advance = tabs[tab] / self.look.size;
            }
        }
        let advance = glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>() * self.look.size;
        line.pieces.push(Piece { face: run.face, x: line.full, glyphs });
        line.full += advance;
    }
}

/// Runs of one font, script and direction.
fn split(text: &str, levels: &[Level], look: Look, fonts: &Fonts) -> Vec<Run> {
    let order = fonts.order(look);
    let mut runs: Vec<(Run, Level, Script)> = Vec::new();
    for (start, char) in text.char_indices() {
        let (level, script) = (levels[start], char.script());
        let is_loose = matches!(script, Script::Common | Script::Inherited | Script::Unknown);
        // Marks and what is not seen stay with what they are on; so do spaces where they can.
        let stays =
            |face: usize| is_invisible(char) || script == Script::Inherited || (char == ' ' && fonts.has(face, char));
        let face = match runs.last() {
            Some((run, _, _)) if stays(run.face) => run.face,
            _ => order.iter().copied().find(|face| fonts.has(*face, char)).unwrap_or(order[0]),
        };
        let range = start..start + char.len_utf8();
        match runs.last_mut() {
            Some((run, last, known))
                if run.face == face && *last == level && (is_loose || *known == script || *known == Script::Common) =>
            {
                run.range.end = range.end;
                if !is_loose {
                    *known = script;
                }
            }
            _ => {
                let known = if is_loose { Script::Common } else { script };
                runs.push((Run { range, face, is_rtl: level.is_rtl(), glyphs: Vec::new() }, level, known));
            }
        }
    }
    runs.into_iter().map(|(run, _, _)| run).collect()
}

/// Turn the characters of a run into glyphs.
fn shape(text: &str, run: &mut Run, fonts: &Fonts) {
    let face = fonts.face(run.face);
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&text[run.range.clone()]);
    // Otherwise they become spaces, and spaces would be read as them.
    buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
    buffer.guess_segment_properties();
    buffer.set_direction(if run.is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    let shaped = rustybuzz::shape(&face.shaper, &[], buffer);
    let starts = {
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    };
    let em = face.font.units_per_em();
    let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions()).map(|(info, position)| {
        let start = info.cluster as usize;
        let next = starts.partition_point(|other| *other <= start);
        let end = starts.get(next).copied().unwrap_or(run.range.len());
        KrillaGlyph::new(
            GlyphId::new(info.glyph_id),
            position.x_advance as f32 / em,
            position.x_offset as f32 / em,
            position.y_offset as f32 / em,
            0.0,
            run.range.start + start..run.range.start + end,
            None,
        )
    });
    run.glyphs = glyphs.collect();
}

/// The clusters of a text in the order of reading.
fn clusters(text: &str, runs: &[Run], advances: &[f32]) -> Vec<Cluster> {
    let mut starts: Vec<usize> =
        runs.iter().flat_map(|run| run.glyphs.iter().map(|glyph| glyph.text_range.start)).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut chances = unicode_linebreak::linebreaks(text).map(|(index, _)| index).peekable();
    let cluster = |start: usize| {
        while chances.next_if(|chance| *chance < start).is_some() {}
        Cluster {
            start,
            advance: advances[start],
            is_space: text[start..].starts_with(char::is_whitespace) && !text[start..].starts_with('\u{A0}'),
            may_start_line: chances.peek() == Some(&start),
        }
    };
    starts.into_iter().map(cluster).collect()
}
