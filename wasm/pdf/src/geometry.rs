//! Places on a page as it is seen: points from its upper left corner, y downwards.

use crate::wit;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::object;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Rect};

/// From the file's coordinates to those of the page as seen.
pub fn to_seen(page: &Page<'_>) -> Affine {
    Affine::scale(page_unit(page)) * page.initial_transform(true).to_kurbo()
}

/// The page as seen.
pub fn seen(page: &Page<'_>) -> Rect {
    let (width, height) = page.render_dimensions();
    let unit = page_unit(page);
    let side = |length: f32| finite(f64::from(length) * unit).into();
    Rect::new(0.0, 0.0, side(width), side(height))
}

/// How many points a unit of the page's coordinates is, by what the page says.
pub fn unit(said: Option<f32>) -> f64 {
    said.filter(|unit| unit.is_finite() && *unit > 0.0).map_or(1.0, |unit| f64::from(unit).clamp(1e-3, 75_000.0))
}

fn page_unit(page: &Page<'_>) -> f64 {
    unit(page.raw().get::<f32>("UserUnit"))
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
