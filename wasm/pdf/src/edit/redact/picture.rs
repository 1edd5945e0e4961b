//! A page as a picture of itself, in which what lies in boxes is painted over.

use super::written::packed;
use crate::document::Document;
use crate::error::{Result, unsupported};
use crate::limits::MAX_PIXELS;
use crate::{args, geometry};
use hayro::kurbo::{Affine, Rect};
use lopdf::{Stream, dictionary};

/// What a page becomes.
pub struct Picture {
    /// What draws it: `/Page Do`, in its place.
    pub content: Vec<u8>,
    /// The picture.
    pub image: Stream,
    /// What is missing in it.
    pub notes: Vec<String>,
}

/// Take a picture of a page, without these places.
pub fn of(document: &Document, number: u32, places: &[Rect], dpi: f32, fill: Option<[u8; 3]>) -> Result<Picture> {
    // Stand-ins are made for all fonts but these.
    if let Some(font) = document.missing_fonts(number)?.iter().find(|font| !font.collection.is_empty()) {
        let (name, collection) = (&font.name, &font.collection);
        return Err(unsupported(format!(
            "redact: page {number} can only become a picture, and text in the font {name} ({collection}), which is not in the file, would be lost in it; give a font for {collection} by use-fonts"
        )));
    }
    let page = document.page(number)?;
    let seen = geometry::seen(page);
    // As fine as it may be.
    let most = 72.0 * (MAX_PIXELS as f64 / seen.area().max(1.0)).sqrt() * 0.99;
    let dpi = dpi.min(most as f32).min((72.0 * 60_000.0 / seen.width().max(seen.height()).max(1.0)) as f32);
    let view = args::View { dpi: dpi.max(1.0), annotations: false, ..args::View::default() };
    let rendered = document.render(number, view)?;
    let (width, height) = (rendered.raster.width, rendered.raster.height);
    let mut pixels = rendered.raster.pixels;
    let color = fill.unwrap_or([0xff; 3]);
    let (x, y) = (f64::from(width) / seen.width(), f64::from(height) / seen.height());
    for rect in places {
        let across = |from: f64, to: f64, scale: f64, end: u32| {
            let end = f64::from(end);
            (from * scale).floor().clamp(0.0, end) as usize..(to * scale).ceil().clamp(0.0, end) as usize
        };
        let columns = across(rect.x0, rect.x1, x, width);
        for row in across(rect.y0, rect.y1, y, height) {
            let line = row * width as usize;
            let part = 3 * (line + columns.start)..3 * (line + columns.end);
            for pixel in pixels.get_mut(part).unwrap_or_default().as_chunks_mut::<3>().0 {
                *pixel = color;
            }
        }
    }
    let is_gray = pixels.as_chunks::<3>().0.iter().all(|[r, g, b]| r == g && g == b);
    if is_gray {
        pixels = pixels.as_chunks::<3>().0.iter().map(|pixel| pixel[0]).collect();
    }
    let dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(width), "Height" => i64::from(height),
        "ColorSpace" => if is_gray { "DeviceGray" } else { "DeviceRGB" }, "BitsPerComponent" => 8,
    };
    // From the unit square, whose y goes up, to the page as seen, and from there to the file.
    let square = Affine::new([seen.width(), 0.0, 0.0, -seen.height(), 0.0, seen.height()]);
    let place = (geometry::to_seen(page).inverse() * square).as_coeffs().map(|number| format!("{:.4}", number));
    let content = format!("q {} cm /Page Do Q", place.join(" ")).into_bytes();
    Ok(Picture { content, image: packed(dict, pixels), notes: rendered.notes })
}
