//! Steps that put something on pages: numbers, texts, pictures, pages of other files.

mod helvetica;
mod image;
mod page;
mod picture;
mod text;

pub use image::stamp_image;
pub use page::stamp_page;
pub use text::{number_pages, stamp_text};

use super::content::{self, Balance};
use super::draft::Draft;
use crate::error::{Result, invalid};
use crate::wit::Anchor;
use hayro::kurbo::{Point, Size};
use hayro::vello_cpu::color::{Srgb, parse_color};
use lopdf::{Object, ObjectId, dictionary};

/// Put something on a page, or under what is on it. `uses` are resources by their kind; what draws is told
/// their names, and finds the page's own coordinates, and a graphics state as it is at first.
fn paint(
    draft: &mut Draft,
    page: ObjectId,
    under: bool,
    uses: &[(&str, ObjectId)],
    draw: impl FnOnce(&[String]) -> String,
) -> Result<()> {
    let names = add_resources(draft, page, uses)?;
    // Readers for the blind need not read it out.
    let drawn = format!("/Artifact BMC\nq\n{}\nQ\nEMC\n", draw(&names));
    let before = draft.contents(page);
    if under {
        let drawn = draft.file.add_object(content::stream(drawn.into_bytes()));
        return set_contents(draft, page, [vec![drawn], before].concat());
    }
    let unpacked = draft.content(page);
    let balance = Balance::of(&unpacked);
    let end = format!("{}Q\n{drawn}", balance.close()).into_bytes();
    if !balance.is_broken() {
        let start = draft.file.add_object(content::stream(b"q\n".to_vec()));
        let end = draft.file.add_object(content::stream(end));
        return set_contents(draft, page, [vec![start], before, vec![end]].concat());
    }
    // What restores too often would restore what is saved around it; what has no end would swallow it.
    let all = [b"q\n".to_vec(), balance.mend(unpacked), end].concat();
    let all = draft.file.add_object(content::stream(all));
    set_contents(draft, page, vec![all])
}

fn set_contents(draft: &mut Draft, page: ObjectId, streams: Vec<ObjectId>) -> Result<()> {
    let streams: Vec<Object> = streams.into_iter().map(Object::Reference).collect();
    draft.page(page)?.set("Contents", streams);
    Ok(())
}

/// Give a page resources of these kinds; the names under which it has them. Pages share their resources: the
/// page gets its own.
fn add_resources(draft: &mut Draft, page: ObjectId, uses: &[(&str, ObjectId)]) -> Result<Vec<String>> {
    let dict = draft.page(page)?.clone();
    let mut resources = draft.dict(&dict, b"Resources").cloned().unwrap_or_default();
    let mut names = Vec::new();
    for (kind, id) in uses {
        let mut of_kind = draft.dict(&resources, kind.as_bytes()).cloned().unwrap_or_default();
        let mut number = of_kind.len();
        let mut name = format!("Stamp{number}");
        while of_kind.has(name.as_bytes()) {
            number += 1;
            name = format!("Stamp{number}");
        }
        of_kind.set(name.as_str(), *id);
        resources.set(*kind, of_kind);
        names.push(name);
    }
    draft.page(page)?.set("Resources", resources);
    Ok(names)
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
