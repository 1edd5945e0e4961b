//! What is looked for on a page, and whether a search can be sure of it.

use super::walk::{Found, Walker};
use crate::document::Document;
use crate::error::{Result, too_much};
use crate::geometry;
use crate::text::collect::{Glyph, Glyphs};
use crate::text::layout::Layout;
use crate::text::search::{self, Query};
use crate::wit;
use hayro::kurbo::Rect;

/// A page of which pictures cover this part may be a scan,
const COVERED: f64 = 0.5;
/// unless so many letters stand over them.
const LETTERS: usize = 50;

/// What was seen of a page.
pub struct Look {
    /// Where something stands that is looked for.
    pub hits: Vec<wit::Hit>,
    /// Which of the queries do not stand there.
    pub found: Vec<bool>,
    /// Why a search cannot be sure.
    pub unsure: Option<&'static str>,
    /// Whether texts beside what is drawn have it too.
    pub is_marked: bool,
}

/// Look at a page, in four ways: as texts are searched, with what is hidden or beyond the edges,
/// in the order of places instead of that of drawing, and with letters that stand apart as words.
pub fn at<'a>(document: &'a Document, walker: &mut Walker<'a>, number: u32, queries: &[Query]) -> Result<Look> {
    let page = document.page(number)?;
    let found = walker.look(page);
    if found.is_endless() {
        return Err(too_much(format!("page {number} draws more than can be followed")));
    }
    let unsure = unsure(&found, geometry::seen(page));
    let is_marked = found.is_marked;
    if queries.is_empty() {
        return Ok(Look { hits: Vec::new(), found: Vec::new(), unsure, is_marked });
    }
    let sorted = Layout::new(sorted(&found.glyphs));
    let close =
        Layout::new(Glyphs { chars: found.glyphs.chars.clone(), glyphs: found.glyphs.glyphs.clone() }).without_gaps();
    let drawn = Layout::new(found.glyphs);
    let mut hits: Vec<wit::Hit> = Vec::new();
    let mut known = Vec::new();
    for query in queries {
        let before = hits.len();
        hits.append(&mut document.search(number, query)?);
        let mut any = hits.len() > before;
        for layout in [&drawn, &sorted].into_iter().chain(query.is_long().then_some(&close)) {
            for hit in search::hits(query, layout, number) {
                any = true;
                if !hit.boxes.iter().all(|one| hits[before..].iter().any(|known| covers(known, one))) {
                    hits.push(hit);
                }
            }
        }
        known.push(any);
    }
    Ok(Look { hits, found: known, unsure, is_marked })
}

fn covers(hit: &wit::Hit, one: &wit::Box) -> bool {
    let one = rect(one);
    hit.boxes.iter().any(|known| super::place::contains(rect(known).inflate(0.1, 0.1), one))
}

/// A box as a rectangle.
pub fn rect(of: &wit::Box) -> Rect {
    let [x, y, width, height] = [of.x, of.y, of.width, of.height].map(f64::from);
    Rect::new(x, y, x + width, y + height)
}

/// Glyphs from top to bottom and from left to right.
fn sorted(found: &Glyphs) -> Glyphs {
    let mut glyphs: Vec<Glyph> = found.glyphs.clone();
    glyphs.sort_by(|one, other| one.start.y.total_cmp(&other.start.y));
    // Letters on about the same height are of one line.
    let mut start = 0;
    for end in 1..=glyphs.len() {
        let is_line = |next: &Glyph| {
            let first = &glyphs[start];
            next.start.y - first.start.y <= 0.25 * first.size.max(next.size)
        };
        if end < glyphs.len() && is_line(&glyphs[end]) {
            continue;
        }
        glyphs[start..end].sort_by(|one, other| one.start.x.total_cmp(&other.start.x));
        start = end;
    }
    Glyphs { chars: found.chars.clone(), glyphs }
}

/// Why a search cannot be sure of a page.
fn unsure(found: &Found, page: Rect) -> Option<&'static str> {
    if let Some(reason) = found.unsure.first() {
        return Some(reason);
    }
    let letters = || found.glyphs.glyphs.iter().filter(|glyph| !glyph.is_space);
    if letters().next().is_none() && (!found.pictures.is_empty() || found.has_drawings) {
        return Some("it has no text");
    }
    let pictures: Vec<Rect> =
        found.pictures.iter().map(|one| one.intersect(page)).filter(|one| one.area() > 0.0).collect();
    let covered: f64 = pictures.iter().map(|picture| picture.area()).sum();
    let over = letters().filter(|glyph| pictures.iter().any(|picture| picture.contains(glyph.bounds.center())));
    (covered >= COVERED * page.area() && over.take(LETTERS).count() < LETTERS)
        .then_some("a picture covers it, with little text over it")
}
