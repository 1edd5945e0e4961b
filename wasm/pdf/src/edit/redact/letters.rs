//! Drawings that may be letters: many small shapes, one beside the other.

use super::path::subpaths;
use hayro::kurbo::{BezPath, PathSeg, Rect, Shape};

/// How high and wide a shape of the size of a letter is, in points.
const SIZES: std::ops::Range<f64> = 1.5..60.0;
/// A shape of fewer segments, all of them straight, is a bar, or a part of a hatching.
const SEGMENTS: usize = 5;
/// Letters that follow each other are no farther apart, as a part of their height.
const APART: f64 = 0.8;
/// So many in rows are letters, not signs in a diagram, unless there is more text.
const MANY: usize = 100;
/// So many are to be spoken of.
const SOME: usize = 30;

/// Counts the shapes that are filled and look like letters in a row.
#[derive(Default)]
pub struct Outlines {
    last: Option<Rect>,
    count: usize,
}

impl Outlines {
    /// Take what is filled.
    pub fn take(&mut self, path: &BezPath) {
        for part in subpaths(path) {
            let place = Shape::bounding_box(&part);
            let is_curved = part.segments().any(|segment| !matches!(segment, PathSeg::Line(_)));
            let is_shape = is_curved || part.segments().count() >= SEGMENTS;
            // A letter's holes are parts of it.
            let last = self.last;
            if !is_shape || last.is_some_and(|last| last.contains_rect(place)) {
                continue;
            }
            let is_size = SIZES.contains(&place.width().max(place.height()));
            self.count += usize::from(is_size && last.is_some_and(|last| follows(last, place)));
            self.last = is_size.then_some(place);
        }
    }

    /// Whether what is drawn may be the text of a page that shows so many letters.
    pub fn are_text(&self, letters: usize) -> bool {
        self.count >= MANY.max(letters)
    }

    /// Whether there are enough of them to be spoken of.
    pub fn are_some(&self) -> bool {
        self.count >= SOME
    }
}

/// Whether a shape stands beside another one, in a row or a column.
fn follows(one: Rect, other: Rect) -> bool {
    let height = one.height().max(other.height());
    let beside = (other.x0 - one.x1).max(one.x0 - other.x1);
    let below = (other.y0 - one.y1).max(one.y0 - other.y1);
    beside > -0.5 * height && beside < APART * height && below < -0.2 * one.height().min(other.height())
}
