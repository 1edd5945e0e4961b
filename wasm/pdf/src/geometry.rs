//! Places on a page as it is seen: points from its upper left corner, y downwards.

use crate::wit;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::object;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Rect};

/// From the file's coordinates to those of the page as seen.
pub fn to_seen(page: &Page<'_>) -> Affine {
    page.initial_transform(true).to_kurbo()
}

/// The page as seen.
pub fn seen(page: &Page<'_>) -> Rect {
    let (width, height) = page.render_dimensions();
    Rect::new(0.0, 0.0, finite(width.into()).into(), finite(height.into()).into())
}

/// A rectangle of the file, as seen.
pub fn place(page: &Page<'_>, rect: object::Rect) -> wit::Box {
    to_box(to_seen(page).transform_rect_bbox(Rect::new(rect.x0, rect.y0, rect.x1, rect.y1)))
}

/// A rectangle in the WIT's type.
pub fn to_box(rect: Rect) -> wit::Box {
    let rect = rect.abs();
    wit::Box { x: finite(rect.x0), y: finite(rect.y0), width: finite(rect.width()), height: finite(rect.height()) }
}

/// A number that any host takes for the same: no NaN, nothing infinite.
pub fn finite(value: f64) -> f32 {
    if value.is_finite() { value.clamp(-1e6, 1e6) as f32 } else { 0.0 }
}
