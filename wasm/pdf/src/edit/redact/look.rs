//! What is looked for on a page, and whether a search can be sure of it.

use super::across::Edges;
use super::place::{Grid, Target};
use super::unknown::Wide;
use super::walk::{Found, Walker};
use super::{annotations, orders};
use crate::document::Document;
use crate::error::{Result, too_much};
use crate::geometry;
use crate::text::collect::{Glyph, Glyphs};
use crate::text::fold::Text;
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

/// What is said where something that is looked for could stand in letters that are not known.
const UNKNOWN_LETTERS: &str = "it has text whose letters are not known, and what is looked for could stand there";

/// Most places that are compared with one another.
const MAX_COMPARED: usize = 1 << 27;

/// What was seen of a page.
pub struct Look {
    /// Where something stands that is looked for.
    pub hits: Vec<wit::Hit>,
    /// What is to go for that.
    pub targets: Vec<Target>,
    /// Which of the queries stand there.
    pub found: Vec<bool>,
    /// Why a search cannot be sure.
    pub unsure: Option<&'static str>,
    /// Whether there are pictures, which no search sees into.
    pub has_pictures: bool,
    /// Whether there are drawings that may be letters.
    pub has_outlines: bool,
    /// Whether texts beside what is drawn have it too.
    pub is_marked: bool,
    /// Whether it stands in what annotations look like.
    pub is_annotated: bool,
    /// What may go on on another page.
    pub edges: Edges,
}

/// Look at a page, in several ways: as texts are searched, with what is hidden or beyond the edges, and in the
/// order of places, row by row and column by column, instead of that of drawing.
pub fn at<'a>(
    document: &'a Document,
    walker: &mut Walker<'a>,
    number: u32,
    queries: &[Query],
    wide: &[Wide<'_>],
) -> Result<Look> {
    let page = document.page(number)?;
    let endless = || too_much(format!("page {number} draws more than can be followed"));
    let mut found = walker.look(page);
    if found.is_endless() {
        return Err(endless());
    }
    let mut letters = letters(&found.glyphs);
    let (has_outlines, are_outlines) = (found.outlines.are_some(), found.outlines.are_text(letters.len()));
    let mut is_annotated = false;
    for (look, place) in annotations::looks(page, walker) {
        if look.is_endless() {
            return Err(too_much(format!("page {number}: its annotations draw more than can be followed")));
        }
        found.unsure.extend(&look.unsure);
        found.has_drawings |= look.has_drawings;
        found.pictures.extend(look.pictures.iter().map(|picture| place.transform_rect_bbox(*picture)));
        letters.extend(self::letters(&look.glyphs).into_iter().map(|letter| place * letter));
        let texts = annotations::layouts(look.glyphs).map(|layout| Text::of(&layout).0);
        is_annotated |= texts.iter().any(|text| queries.iter().any(|query| query.stands_in(text)));
        if texts.iter().any(|text| wide.iter().any(|wide| wide.could_stand_in(text))) {
            found.unsure.insert(UNKNOWN_LETTERS);
        }
    }
    if are_outlines {
        found.unsure.insert("it has drawings that may be letters");
    }
    let mut look = Look {
        hits: Vec::new(),
        targets: Vec::new(),
        found: Vec::new(),
        unsure: unsure(&found, &letters, geometry::seen(page)),
        has_pictures: !found.pictures.is_empty(),
        has_outlines,
        is_marked: found.is_marked,
        is_annotated,
        edges: Edges::default(),
    };
    if queries.is_empty() {
        return Ok(look);
    }
    let Found { glyphs, pictures, .. } = found;
    let rows = orders::rows(&glyphs);
    let columns = Layout::new(orders::columns(&rows));
    // That of drawing first: it is by its places that glyphs go.
    let layouts = [Layout::new(glyphs), Layout::new(rows), columns, document.layout(number)?];
    look.edges = Edges::of(&layouts[2], pictures.clone());
    let searched = layouts.each_ref().map(|layout| Searched::new(layout, number));
    let joined = Searched::new(&layouts[1], number).without_gaps();
    // What the reader shows has signs that are known here.
    let could_stand = |text: &Text| wide.iter().any(|wide| wide.could_stand_in(text));
    if look.unsure.is_none() && searched[..3].iter().any(|searched| could_stand(searched.text())) {
        look.unsure = Some(UNKNOWN_LETTERS);
    }
    // Most pages read the same in all orders.
    let mut orders: Vec<&Searched<'_>> = Vec::new();
    for one in &searched {
        if orders.iter().all(|known| known.text().raw() != one.text().raw()) {
            orders.push(one);
        }
    }
    let mut compared = 0;
    for query in queries {
        let before = look.hits.len();
        let mut places = Grid::default();
        for (searched, place) in orders
            .iter()
            .copied()
            .chain(query.is_long().then_some(&joined))
            .flat_map(|one| one.places(query).into_iter().map(move |place| (one, place)))
        {
            let hits = &look.hits;
            let mut is_known = |one: &wit::Box| {
                let near = places.near(rect(one)).unwrap_or_else(|| (before..hits.len()).collect());
                compared += near.iter().map(|known| hits[*known].boxes.len()).sum::<usize>();
                near.iter().any(|known| covers(&hits[*known], one))
            };
            if place.hit.boxes.iter().all(&mut is_known) {
                continue;
            }
            if compared > MAX_COMPARED {
                return Err(too_much(format!(
                    "page {number}: what is looked for stands there too often; redact the page by a box"
                )));
            }
            for (one, glyphs) in place.hit.boxes.iter().zip(place.glyphs) {
                places.add(rect(one).inflate(0.1, 0.1), look.hits.len());
                let glyphs: Vec<&Glyph> = glyphs.map(|glyph| searched.layout().glyph(glyph)).collect();
                look.targets.push(Target::found(rect(one), &glyphs, &pictures));
            }
            look.hits.push(place.hit);
        }
        look.found.push(look.hits.len() > before);
    }
    Ok(look)
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
