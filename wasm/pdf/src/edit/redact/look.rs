//! What is looked for on a page, and whether a search can be sure of it.

use super::annotations;
use super::place::Grid;
use super::walk::{Found, Walker};
use crate::document::Document;
use crate::error::{Result, too_much};
use crate::geometry;
use crate::text::collect::{Glyph, Glyphs};
use crate::text::layout::Layout;
use crate::text::search::{Query, Searched};
use crate::wit;
use hayro::kurbo::{Point, Rect};

/// The parts in which a page is compared with its pictures, across and down.
const PARTS: (usize, usize) = (12, 16);
/// A picture has its text over it if letters stand in one of so many parts that it covers.
const TEXT_OVER: usize = 5;
/// Pictures of fewer parts are logos, and the like.
const SMALL: usize = 4;

/// Most places that are compared with one another.
const MAX_COMPARED: usize = 1 << 27;

/// What was seen of a page.
pub struct Look {
    /// Where something stands that is looked for.
    pub hits: Vec<wit::Hit>,
    /// Which of the queries stand there.
    pub found: Vec<bool>,
    /// Why a search cannot be sure.
    pub unsure: Option<&'static str>,
    /// Whether there are pictures, which no search sees into.
    pub has_pictures: bool,
    /// Whether texts beside what is drawn have it too.
    pub is_marked: bool,
}

/// Look at a page, in three ways: as texts are searched, with what is hidden or beyond the edges,
/// and in the order of places instead of that of drawing.
pub fn at<'a>(document: &'a Document, walker: &mut Walker<'a>, number: u32, queries: &[Query]) -> Result<Look> {
    let page = document.page(number)?;
    let endless = || too_much(format!("page {number} draws more than can be followed"));
    let mut found = walker.look(page);
    let is_marked = found.is_marked;
    let mut letters = letters(&found.glyphs);
    if found.is_endless() {
        return Err(endless());
    }
    for (look, place) in annotations::looks(page, walker) {
        if look.is_endless() {
            return Err(too_much(format!("page {number}: its annotations draw more than can be followed")));
        }
        found.unsure.extend(&look.unsure);
        found.has_drawings |= look.has_drawings;
        found.pictures.extend(look.pictures.iter().map(|picture| place.transform_rect_bbox(*picture)));
        letters.extend(self::letters(&look.glyphs).into_iter().map(|letter| place * letter));
    }
    let has_pictures = !found.pictures.is_empty();
    let unsure = unsure(&found, &letters, geometry::seen(page));
    if queries.is_empty() {
        return Ok(Look { hits: Vec::new(), found: Vec::new(), unsure, has_pictures, is_marked });
    }
    let sorted = Layout::new(sorted(&found.glyphs));
    let layouts = [document.layout(number)?, Layout::new(found.glyphs), sorted];
    let searched = layouts.each_ref().map(|layout| Searched::new(layout, number));
    let mut hits: Vec<wit::Hit> = Vec::new();
    let mut known = Vec::new();
    let mut compared = 0;
    for query in queries {
        let before = hits.len();
        let mut places = Grid::default();
        for hit in searched.iter().flat_map(|searched| searched.hits(query)) {
            let mut is_known = |one: &wit::Box| {
                let near = places.near(rect(one)).unwrap_or_else(|| (before..hits.len()).collect());
                compared += near.iter().map(|known| hits[*known].boxes.len()).sum::<usize>();
                near.iter().any(|known| covers(&hits[*known], one))
            };
            if hit.boxes.iter().all(&mut is_known) {
                continue;
            }
            if compared > MAX_COMPARED {
                return Err(too_much(format!(
                    "page {number}: what is looked for stands there too often; redact the page by a box"
                )));
            }
            hit.boxes.iter().for_each(|one| places.add(rect(one).inflate(0.1, 0.1), hits.len()));
            hits.push(hit);
        }
        known.push(hits.len() > before);
    }
    Ok(Look { hits, found: known, unsure, has_pictures, is_marked })
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

/// The middles of the letters.
fn letters(glyphs: &Glyphs) -> Vec<Point> {
    glyphs.glyphs.iter().filter(|glyph| !glyph.is_space).map(|glyph| glyph.bounds.center()).collect()
}

/// Why a search cannot be sure of a page: it may be a scan, of which more is picture than text. It is
/// searched as one whose text was recognised if letters stand all over its pictures; a few lines, such
/// as a stamp or a number at its edge, are not the text of a picture.
fn unsure(found: &Found, letters: &[Point], page: Rect) -> Option<&'static str> {
    if let Some(reason) = found.unsure.first() {
        return Some(reason);
    }
    if letters.is_empty() && (!found.pictures.is_empty() || found.has_drawings) {
        return Some("it has no text");
    }
    let (columns, rows) = PARTS;
    let (width, height) = (page.width() / columns as f64, page.height() / rows as f64);
    let part = |x: f64, y: f64| {
        let (x, y) = ((x - page.x0) / width, (y - page.y0) / height);
        let is_inside = (0.0..columns as f64).contains(&x) && (0.0..rows as f64).contains(&y);
        is_inside.then_some((x as usize, y as usize))
    };
    let mut has_letters = vec![false; columns * rows];
    for (x, y) in letters.iter().filter_map(|letter| part(letter.x, letter.y)) {
        has_letters[y * columns + x] = true;
    }
    let mut is_covered = vec![false; columns * rows];
    for picture in &found.pictures {
        // The parts whose middles it covers.
        let span = |from: f64, to: f64, start: f64, size: f64, count: usize| {
            let end = count as f64;
            let at = |edge: f64| ((edge - start) / size - 0.5).ceil().clamp(0.0, end) as usize;
            at(from)..at(to)
        };
        for row in span(picture.y0, picture.y1, page.y0, height, rows) {
            let columns_covered = span(picture.x0, picture.x1, page.x0, width, columns);
            is_covered[row * columns..][columns_covered].fill(true);
        }
    }
    let count = |covered: bool| {
        let parts = is_covered.iter().zip(&has_letters).filter(|(is, _)| **is == covered);
        (parts.clone().count(), parts.filter(|(_, has)| **has).count())
    };
    let ((covered, over), (_, beside)) = (count(true), count(false));
    let has_text = over * TEXT_OVER >= covered;
    (covered >= SMALL && covered >= beside && !has_text).then_some("most of it is pictures, with little text over them")
}
