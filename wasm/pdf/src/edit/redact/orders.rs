//! Orders in which the glyphs of a page may be read, beside that of drawing.

use crate::text::collect::{Glyph, Glyphs};
use hayro::kurbo::Vec2;

/// Letters on about the same height are of one row, in ems.
const ROW: f64 = 0.25;
/// The same letter so near is its shadow, or makes it bold: in parts of its width, and in ems.
const TWIN: (f64, f64) = (0.6, 0.1);
/// A wider gap may part columns, in ems.
const GAP: f64 = 1.2;
/// Lines of a column are no farther apart, in ems.
const LEADING: f64 = 2.2;
/// Marks of footnotes are smaller than the text before them, as a part of its size, or raised, in ems.
const SMALLER: f64 = 0.85;
/// Most parts of lines that are compared with others.
const MAX_COMPARED: usize = 1 << 24;

/// Row by row: in the direction in which the letters stand, from above to below, each row along it. Letters that
/// stand there twice are there once.
pub fn rows(found: &Glyphs) -> Glyphs {
    let mut glyphs: Vec<Glyph> = Vec::with_capacity(found.glyphs.len());
    for row in in_rows(found) {
        for glyph in row {
            let is_twin = |last: &Glyph| {
                let near = (TWIN.0 * (glyph.end - glyph.start).hypot()).max(TWIN.1 * glyph.size);
                found.chars[last.chars.clone()] == found.chars[glyph.chars.clone()]
                    && (last.start - glyph.start).hypot() < near
            };
            if !glyphs.last().is_some_and(is_twin) {
                glyphs.push(glyph);
            }
        }
    }
    Glyphs { chars: found.chars.clone(), glyphs }
}

/// Column by column what stands [row by row](rows): rows are cut at wide gaps, and what lies below a part goes on
/// with it. Marks of footnotes are left out.
pub fn columns(found: &Glyphs) -> Glyphs {
    let mut parts: Vec<Vec<Glyph>> = Vec::new();
    for row in in_rows(found) {
        let is_near = |one: &Glyph, next: &Glyph| (next.start - one.end).dot(one.along) < GAP * one.size.max(next.size);
        parts.extend(row.chunk_by(is_near).map(|part| without_marks(part, &found.chars)));
    }
    parts.retain(|part| !part.is_empty());
    let mut glyphs: Vec<Glyph> = Vec::with_capacity(found.glyphs.len());
    let mut is_taken = vec![false; parts.len()];
    let mut compared = 0;
    for start in 0..parts.len() {
        let mut next = Some(start).filter(|start| !is_taken[*start]);
        while let Some(part) = next {
            is_taken[part] = true;
            next = below(&parts, part, &is_taken, &mut compared);
            glyphs.append(&mut parts[part].clone());
        }
    }
    Glyphs { chars: found.chars.clone(), glyphs }
}

/// What goes on below a part of a row: of what is near, what shares most of its width.
fn below(parts: &[Vec<Glyph>], part: usize, is_taken: &[bool], compared: &mut usize) -> Option<usize> {
    let first = parts[part].first()?;
    let span = |part: &[Glyph]| {
        let at = |glyph: &Glyph, end: bool| (if end { glyph.end } else { glyph.start }).to_vec2().dot(first.along);
        part.first().zip(part.last()).map_or(0.0..0.0, |(first, last)| at(first, false)..at(last, true))
    };
    let down = |other: &Glyph| first.along.cross(other.start - first.start);
    let mine = span(&parts[part]);
    let mut best: Option<(usize, f64, f64)> = None;
    for (number, other) in parts.iter().enumerate().skip(part + 1) {
        let Some(head) = other.first() else { continue };
        *compared += 1;
        let distance = down(head);
        if *compared > MAX_COMPARED || distance > LEADING * first.size || head.along.dot(first.along) < 0.95 {
            break;
        }
        // Of the next row only.
        if best.is_some_and(|(_, row, _)| distance > row + ROW * first.size) {
            break;
        }
        let theirs = span(other);
        let shared = theirs.end.min(mine.end) - theirs.start.max(mine.start);
        let is_better = best.is_none_or(|(.., most)| shared > most);
        if !is_taken[number] && distance > ROW * first.size && shared > 0.0 && is_better {
            best = Some((number, distance, shared));
        }
    }
    best.map(|(number, ..)| number)
}

/// A part of a row without the marks of footnotes.
fn without_marks(part: &[Glyph], chars: &str) -> Vec<Glyph> {
    let size = part.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
    let is_mark = |glyph: &Glyph| {
        chars[glyph.chars.clone()].chars().all(|char| match char {
            '¹' | '²' | '³' | '\u{2070}'..='\u{2079}' => true,
            '*' | '†' | '‡' | '§' | '0'..='9' => glyph.size < SMALLER * size,
            _ => false,
        })
    };
    part.iter().filter(|glyph| !is_mark(glyph)).cloned().collect()
}

/// The rows of glyphs, by the direction in which they stand.
fn in_rows(found: &Glyphs) -> Vec<Vec<Glyph>> {
    let placed = |glyph| {
        let (degrees, direction) = direction(glyph);
        let start = glyph.start.to_vec2();
        Placed { degrees, down: direction.cross(start), across: direction.dot(start), glyph }
    };
    let mut glyphs: Vec<Placed<'_>> = found.glyphs.iter().map(placed).collect();
    glyphs.sort_by(|one, other| one.degrees.cmp(&other.degrees).then_with(|| one.down.total_cmp(&other.down)));
    let mut rows = Vec::new();
    let mut rest = glyphs.as_mut_slice();
    while let Some(&Placed { degrees, down, glyph: first, .. }) = rest.first() {
        let is_row =
            |next: &&Placed<'_>| next.degrees == degrees && next.down - down <= ROW * first.size.max(next.glyph.size);
        let count = rest.iter().take_while(is_row).count().max(1);
        let (row, after) = rest.split_at_mut(count);
        row.sort_by(|one, other| one.across.total_cmp(&other.across));
        rows.push(row.iter().map(|placed| placed.glyph.clone()).collect());
        rest = after;
    }
    rows
}

/// A glyph, and where it stands in the direction of its line.
struct Placed<'a> {
    degrees: i32,
    down: f64,
    across: f64,
    glyph: &'a Glyph,
}

/// The direction of a glyph's line, to a degree.
fn direction(glyph: &Glyph) -> (i32, Vec2) {
    if glyph.along.y == 0.0 && glyph.along.x > 0.0 {
        return (0, Vec2::new(1.0, 0.0));
    }
    let degrees = glyph.along.atan2().to_degrees().round();
    let (sin, cos) = degrees.to_radians().sin_cos();
    (degrees as i32, Vec2::new(cos, sin))
}
