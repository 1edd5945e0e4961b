//! What is to go, and whether something lies there. All places are on the page as it is seen.

use hayro::kurbo::Rect;

/// How far glyphs reach into a box before they are in it, as a part of the smaller of the two:
/// boxes of neighbouring lines and letters touch.
const REACH: f64 = 0.1;

/// A place that is to be emptied.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Where.
    pub rect: Rect,
    /// Whether a person drew it: then all that reaches into it goes. Where a text was found, its own
    /// glyphs are those whose middle lies in it, and those of the lines around it stay.
    pub is_drawn: bool,
}

impl Target {
    /// Whether a glyph with this box, and this ink if it is known, is to go.
    pub fn takes(&self, bounds: Rect, ink: Option<Rect>) -> bool {
        if self.is_drawn {
            return meets(bounds, self.rect) || ink.is_some_and(|ink| meets(ink, self.rect));
        }
        let (middle, rect) = (bounds.center(), self.rect.inflate(0.01, 0.01));
        rect.x0 <= middle.x && middle.x <= rect.x1 && rect.y0 <= middle.y && middle.y <= rect.y1
    }
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
