//! How a page of a draft is seen.

use crate::edit::Draft;
use crate::geometry;
use hayro::kurbo::{Affine, Rect, Size};
use lopdf::{Object, ObjectId};

/// A4, standing.
pub const A4: Size = Size::new(595.0, 842.0);

/// How a page is seen: cropped, turned, in points of 1/72 inch.
#[derive(Clone, Copy)]
pub struct Frame {
    /// What is shown of the page, in the file's coordinates.
    pub shown: Rect,
    /// How it is turned, clockwise.
    pub rotation: i64,
    /// From the file's coordinates to those of the page as seen.
    pub to_seen: Affine,
    /// The page's size as seen.
    pub size: Size,
}

impl Frame {
    /// That of a page.
    pub fn of(draft: &Draft, page: ObjectId) -> Self {
        let dict = draft.file.get_dictionary(page).ok();
        let get = |key: &[u8]| dict.map_or(&Object::Null, |dict| draft.get(dict, key));
        let media = draft.rect(get(b"MediaBox")).unwrap_or(Rect::from_origin_size((0.0, 0.0), A4));
        let crop = draft.rect(get(b"CropBox")).unwrap_or(media);
        let both = crop.intersect(media);
        // Boxes without a place in common, or without an area.
        let shown =
            if both.width() > 1e-3 && both.height() > 1e-3 { both } else { Rect::from_origin_size(both.origin(), A4) };
        let rotation = match get(b"Rotate").as_float().map_or(0, |degrees| (degrees as i64).rem_euclid(360)) {
            rotation @ (90 | 180 | 270) => rotation,
            _ => 0,
        };
        let unit = geometry::unit(get(b"UserUnit").as_float().ok());
        let (width, height) = (shown.width() * unit, shown.height() * unit);
        // The four ways to turn, with y downwards.
        let (turn, size) = match rotation {
            90 => ([0.0, 1.0, 1.0, 0.0, 0.0, 0.0], Size::new(height, width)),
            180 => ([-1.0, 0.0, 0.0, 1.0, width, 0.0], Size::new(width, height)),
            270 => ([0.0, -1.0, -1.0, 0.0, height, width], Size::new(height, width)),
            _ => ([1.0, 0.0, 0.0, -1.0, 0.0, height], Size::new(width, height)),
        };
        let to_seen = Affine::new(turn) * Affine::scale(unit) * Affine::translate((-shown.x0, -shown.y0));
        Self { shown, rotation, to_seen, size }
    }
}
