//! What is to go, and whether something lies there. All places are on the page as it is seen.

use crate::text::collect::Glyph;
use hayro::kurbo::{Rect, Vec2};
use std::collections::HashMap;

/// How far glyphs reach into a box before they are in it, as a part of the smaller of the two:
/// boxes of neighbouring lines and letters touch.
const REACH: f64 = 0.1;

/// How far [`around`] a recognised letter goes, in ems.
const ABOVE: f64 = 0.25;
const BELOW: f64 = 0.1;
const BESIDE: f64 = 0.15;

/// So many pictures are taken to lie everywhere.
const MANY_PICTURES: usize = 1000;

/// Of slanted text, those glyphs go whose middle is that of one that was found, to so many ems.
const SLANTED: f64 = 0.1;

/// A place that is to be emptied.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Where.
    pub rect: Rect,
    /// What is painted over: of what was recognised in a picture, letters reach beyond their boxes.
    pub reach: Rect,
    /// Whether a person drew it: then all that reaches into it goes. Where a text was found, its own
    /// glyphs are those whose middle lies in it, and those of the lines around it stay.
    pub is_drawn: bool,
}

impl Target {
    /// One that a person drew.
    pub fn drawn(rect: Rect) -> Self {
        Self { rect, reach: rect, is_drawn: true }
    }

    /// One for what was found: a box that it was found in, and its glyphs. Where pictures lie, letters that were
    /// recognised in them reach farther than was recognised.
    pub fn found(one: Rect, glyphs: &[&Glyph], pictures: &[Rect]) -> Self {
        let slanted = glyphs.first().filter(|glyph| glyph.is_slanted());
        let rect = slanted.map_or(one, |glyph| {
            let around = SLANTED * glyph.size;
            Rect::from_center_size(glyph.bounds.center(), (2.0 * around, 2.0 * around))
        });
        let is_pictured = pictures.len() > MANY_PICTURES || pictures.iter().any(|picture| overlaps(*picture, one));
        let around = glyphs.iter().filter(|_| is_pictured).map(|glyph| around(glyph));
        Self { rect, reach: around.fold(one, |all, one| all.union(one)), is_drawn: false }
    }

    /// Whether a glyph with this box, and this ink if it is known, is to go.
    pub fn takes(&self, bounds: Rect, ink: Option<Rect>) -> bool {
        if self.is_drawn {
            return meets(bounds, self.rect) || ink.is_some_and(|ink| meets(ink, self.rect));
        }
        let (middle, rect) = (bounds.center(), self.rect.inflate(0.01, 0.01));
        rect.x0 <= middle.x && middle.x <= rect.x1 && rect.y0 <= middle.y && middle.y <= rect.y1
    }
}

/// What a letter may reach beyond its box where it was recognised in a picture: accents above, strokes below, and
/// what stands askew.
fn around(glyph: &Glyph) -> Rect {
    let along = glyph.along * glyph.size;
    let up = Vec2::new(along.y, -along.x);
    let corners = [-BESIDE, BESIDE].into_iter().flat_map(|side| [(side, ABOVE), (side, -BELOW)]);
    corners.fold(glyph.bounds, |all, (side, height)| all.union(glyph.bounds + along * side + up * height))
}

/// Whether two boxes share more than their edges.
fn meets(one: Rect, other: Rect) -> bool {
    let shared = |start: f64, end: f64, smaller: f64| end - start >= (REACH * smaller).max(0.0);
    shared(one.x0.max(other.x0), one.x1.min(other.x1), one.width().min(other.width()))
        && shared(one.y0.max(other.y0), one.y1.min(other.y1), one.height().min(other.height()))
}

/// Whether two boxes have an inner point in common. A line has none itself, but may cut a box.
pub fn overlaps(one: Rect, other: Rect) -> bool {
    one.x0 < other.x1 && other.x0 < one.x1 && one.y0 < other.y1 && other.y0 < one.y1
}

/// Whether one box lies within another.
pub fn contains(outer: Rect, inner: Rect) -> bool {
    outer.x0 <= inner.x0 && outer.y0 <= inner.y0 && outer.x1 >= inner.x1 && outer.y1 >= inner.y1
}

/// Size of the cells in which places are looked up, in points.
const CELL: f64 = 4.0;
/// What lies in more cells is looked at each time.
const MANY: f64 = 256.0;

/// Places by where they lie, so that of very many only those nearby are compared.
#[derive(Default)]
pub struct Grid {
    cells: HashMap<(i32, i32), Vec<usize>>,
    /// Those that lie in too many cells.
    large: Vec<usize>,
}

impl Grid {
    /// Take a place with its number.
    pub fn add(&mut self, rect: Rect, number: usize) {
        match cells(rect) {
            Some(cells) => cells.for_each(|cell| self.cells.entry(cell).or_default().push(number)),
            None => self.large.push(number),
        }
    }

    /// The numbers of the places that may have a point in common with this one, each once; none if
    /// any may.
    pub fn near(&self, rect: Rect) -> Option<Vec<usize>> {
        let cells: Vec<&Vec<usize>> = cells(rect)?.filter_map(|cell| self.cells.get(&cell)).collect();
        let mut near: Vec<usize> = cells.iter().copied().chain([&self.large]).flatten().copied().collect();
        if cells.len() > 1 {
            near.sort_unstable();
            near.dedup();
        }
        Some(near)
    }
}

/// The cells that a place lies in; none if they are very many.
fn cells(rect: Rect) -> Option<impl Iterator<Item = (i32, i32)>> {
    let at = |edge: f64| (edge / CELL).floor();
    let (columns, rows) = ((at(rect.x0), at(rect.x1)), (at(rect.y0), at(rect.y1)));
    let count = (columns.1 - columns.0 + 1.0) * (rows.1 - rows.0 + 1.0);
    let is_far = [columns.0, columns.1, rows.0, rows.1].iter().any(|cell| cell.abs() > 1e9);
    if is_far || !(count > 0.0 && count <= MANY) {
        return None;
    }
    let (columns, rows) = (columns.0 as i32..=columns.1 as i32, rows.0 as i32..=rows.1 as i32);
    Some(rows.flat_map(move |row| columns.clone().map(move |column| (column, row))))
}

/// The places of a page that are to be emptied.
#[derive(Default)]
pub struct Targets {
    all: Vec<Target>,
    grid: Grid,
}

impl Targets {
    /// Of these.
    pub fn new(all: Vec<Target>) -> Self {
        let mut grid = Grid::default();
        for (number, target) in all.iter().enumerate() {
            // What only touches is compared too.
            grid.add(target.rect.union(target.reach).abs().inflate(0.1, 0.1), number);
        }
        Self { all, grid }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Those that may lie where this does.
    pub fn near(&self, rect: Rect) -> Vec<Target> {
        match self.grid.near(rect) {
            Some(near) => near.into_iter().map(|number| self.all[number]).collect(),
            None => self.all.clone(),
        }
    }
}
