//! Pages as pixels.

use crate::document::Document;
use crate::error::{Result, invalid, too_much};
use crate::limits::{MAX_PIXELS, MAX_SIDE};
use crate::{args, fonts, geometry, wit};
use hayro::hayro_interpret::{InterpreterWarning, RenderContent};
use hayro::kurbo::{Affine, Rect};
use hayro::vello_cpu::color::{AlphaColor, Srgb, parse_color};
use hayro::vello_cpu::peniko::ImageAlphaType;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderSettings, render_into};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Points in an inch.
const POINTS: f64 = 72.0;

impl Document {
    /// A page as pixels.
    pub fn render(&self, number: u32, view: args::View) -> Result<wit::Rendered> {
        let missing_fonts = self.missing_fonts(number)?;
        let warnings = Arc::new(AtomicU32::new(0));
        let mut settings = fonts::to_draw(self.given_fonts());
        settings.warning_sink = {
            let warnings = warnings.clone();
            Arc::new(move |warning| {
                warnings.fetch_or(flag(warning), Relaxed);
            })
        };
        if !view.annotations {
            settings.render_content = RenderContent::PAGE;
        }
        let background = background(&view.background)?;
        let raster = self.seen(number)?.with_page(number, |page, caches| {
            let region = region(&view, geometry::seen(page))?;
            let (scale, width, height) = size(&view, region)?;
            let transform = Affine::scale_non_uniform(scale.0, scale.1)
                * Affine::translate((-region.x0, -region.y0))
                * geometry::to_seen(page);
            let mut context = RenderContext::new(width, height);
            render_into(page, &caches.render.borrow(), &settings, &RenderSettings::default(), &mut context, transform);
            context.flush();
            let mut pixmap = Pixmap::new(width, height);
            let target_init = TargetInit::Clear(background);
            context.render_with(
                &mut pixmap,
                &mut Resources::default(),
                RasterizerSettings { target_init, ..RasterizerSettings::default() },
            );
            Ok(raster(pixmap, background.components[3] >= 1.0))
        })?;
        let mut notes: Vec<String> = missing_fonts.iter().map(note).collect();
        notes.extend(self.lacking(number)?.map(|lacking| format!("{lacking}: it is not drawn")));
        let warned = warnings.load(Relaxed);
        notes.extend(NOTES.iter().filter(|(flag, _)| warned & flag != 0).map(|(_, text)| (*text).to_owned()));
        Ok(wit::Rendered { raster, missing_fonts, notes })
    }
}

/// What people are told of what the interpreter warns of.
const NOTES: [(u32, &str); 3] = [
    (1, "a font could not be read: its text is not drawn"),
    (2, "a picture could not be decoded: it is not drawn"),
    (4, "an annotation has an appearance that could not be read: it is not drawn"),
];

fn flag(warning: InterpreterWarning) -> u32 {
    match warning {
        InterpreterWarning::UnsupportedFont => 1,
        InterpreterWarning::ImageDecodeFailure => 2,
        InterpreterWarning::UnresolvedAnnotationAppearance => 4,
        _ => 0,
    }
}

fn note(font: &wit::MissingFont) -> String {
    let name = &font.name;
    match font.collection.as_str() {
        "" => format!("the font {name} is not in the file: another one stands for it"),
        collection => format!("the font {name} ({collection}) is not in the file: its text is not drawn"),
    }
}

fn background(text: &str) -> Result<AlphaColor<Srgb>> {
    parse_color(text).map(|color| color.to_alpha_color::<Srgb>()).map_err(|_| {
        invalid(format!(
            "background: must be a name (white, black, transparent), #rgb, #rrggbb or #rrggbbaa, not {text:?}"
        ))
    })
}

/// The part of the page that is rendered.
fn region(view: &args::View, page: Rect) -> Result<Rect> {
    let Some(region) = view.region else {
        return Ok(page);
    };
    let numbers = [region.x, region.y, region.width, region.height];
    let [x, y, width, height] = numbers.map(f64::from);
    let wanted = Rect::new(x, y, x + width, y + height);
    let found = wanted.intersect(page);
    if numbers.iter().any(|number| !number.is_finite()) || found.width() <= 0.0 || found.height() <= 0.0 {
        return Err(invalid(format!(
            "region: {} × {} pt at ({}, {}) has no part of the page, which has {} × {} pt",
            region.width,
            region.height,
            region.x,
            region.y,
            page.width(),
            page.height()
        )));
    }
    Ok(found)
}

/// Pixels a point in both directions, and the size of the picture.
fn size(view: &args::View, region: Rect) -> Result<((f64, f64), u16, u16)> {
    let by_width = view.width.map(|width| f64::from(width) / region.width());
    let by_height = view.height.map(|height| f64::from(height) / region.height());
    let scale = match (by_width, by_height) {
        (Some(one), Some(other)) => one.min(other),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => f64::from(view.dpi) / POINTS,
    };
    let pixels = |points: f64| (points * scale).round().max(1.0);
    let (width, height) = (pixels(region.width()), pixels(region.height()));
    let longest = f64::from(MAX_SIDE);
    if width > longest || height > longest || width * height > MAX_PIXELS as f64 {
        return Err(too_much(format!(
            "the page would have {width} × {height} px; a side may have {MAX_SIDE} px, all of it {MAX_PIXELS} px at most"
        )));
    }
    // Whole pixels, all of them covered: the two scales may differ by less than one pixel in a side.
    Ok(((width / region.width(), height / region.height()), width as u16, height as u16))
}

fn raster(pixmap: Pixmap, is_opaque: bool) -> wit::Raster {
    let (width, height) = (pixmap.width().into(), pixmap.height().into());
    if !is_opaque {
        let pixels = pixmap.take_rgba8(ImageAlphaType::Alpha);
        return wit::Raster { width, height, format: wit::PixelFormat::Rgba8, pixels };
    }
    let mut pixels = pixmap.take_rgba8(ImageAlphaType::AlphaPremultiplied);
    let count = pixels.len() / 4;
    // Four pixels at a time, as three words: byte by byte it would take as long as much of the page.
    let fours = count / 4;
    for four in 0..fours {
        let [one, two, three, other] = [0, 4, 8, 12].map(|at| word(&pixels, 16 * four + at));
        let words = [one & 0xff_ffff | two << 24, two >> 8 & 0xffff | three << 16, three >> 16 & 0xff | other << 8];
        for (at, word) in [0, 4, 8].into_iter().zip(words) {
            pixels[12 * four + at..][..4].copy_from_slice(&word.to_le_bytes());
        }
    }
    for pixel in 4 * fours..count {
        pixels.copy_within(4 * pixel..4 * pixel + 3, 3 * pixel);
    }
    pixels.truncate(3 * count);
    pixels.shrink_to_fit();
    wit::Raster { width, height, format: wit::PixelFormat::Rgb8, pixels }
}

fn word(pixels: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]])
}
