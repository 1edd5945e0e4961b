//! Steps that put something on pages: numbers, texts, pictures, pages of other files.

mod face;
mod helvetica;
mod image;
mod page;
mod picture;
mod text;

pub use image::stamp_image;
pub use page::stamp_page;
pub use text::{number_pages, stamp_text};

use super::draft::Draft;
use crate::error::{Result, invalid};
use crate::wit::Anchor;
use hayro::kurbo::{Point, Size};
use hayro::vello_cpu::color::{Srgb, parse_color};
use lopdf::{ObjectId, dictionary};

/// Put something on a page, or under what is on it. `uses` are resources by their kind; what draws is told
/// their names.
fn paint(
    draft: &mut Draft,
    page: ObjectId,
    under: bool,
    uses: &[(&str, ObjectId)],
    draw: impl FnOnce(&[String]) -> String,
) -> Result<()> {
    let names = draft.add_resources(page, uses)?;
    // Readers for the blind need not read it out.
    draft.draw(page, format!("/Artifact BMC\nq\n{}\nQ\nEMC\n", draw(&names)), under)
}

/// A graphics state that covers only so much.
fn opacity(draft: &mut Draft, opacity: f32) -> Option<(&'static str, ObjectId)> {
    let state = || dictionary! { "Type" => "ExtGState", "ca" => opacity, "CA" => opacity };
    (opacity < 1.0).then(|| ("ExtGState", draft.file.add_object(state())))
}

/// Where the upper left corner of a thing is at an anchor, on a page as seen.
fn place(anchor: Anchor, margin: f32, page: Size, thing: Size) -> Point {
    let margin = f64::from(margin);
    let (left, middle, right) = (margin, (page.width - thing.width) / 2.0, page.width - margin - thing.width);
    let x = match anchor {
        Anchor::TopLeft | Anchor::Left | Anchor::BottomLeft => left,
        Anchor::Top | Anchor::Center | Anchor::Bottom => middle,
        Anchor::TopRight | Anchor::Right | Anchor::BottomRight => right,
    };
    let (top, middle, bottom) = (margin, (page.height - thing.height) / 2.0, page.height - margin - thing.height);
    let y = match anchor {
        Anchor::TopLeft | Anchor::Top | Anchor::TopRight => top,
        Anchor::Left | Anchor::Center | Anchor::Right => middle,
        Anchor::BottomLeft | Anchor::Bottom | Anchor::BottomRight => bottom,
    };
    Point::new(x, y)
}

/// A colour as three numbers from 0 to 1.
fn color(text: &str) -> Result<[f32; 3]> {
    let color = parse_color(text).map(|color| color.to_alpha_color::<Srgb>());
    let [red, green, blue, alpha] = color.map(|color| color.components).unwrap_or_default();
    if alpha < 1.0 {
        return Err(invalid(format!("color: must be a name (black, red) or #rgb, #rrggbb, not {text:?}")));
    }
    Ok([red, green, blue])
}
