//! Pages as pixels.

mod blend;
mod canvas;
mod clips;
mod colors;
mod effort;
mod glyphs;
mod images;
mod paint;
mod strokes;
#[cfg(test)]
mod tests;

use crate::document::Document;
use crate::error::{Result, invalid, too_much};
use crate::limits::{MAX_PIXELS, MAX_SIDE};
use crate::{args, fonts, geometry, resources, wit};
use canvas::{Canvas, End};
use colors::Inks;
use effort::Effort;
use glyphs::Glyphs;
use hayro::hayro_interpret::{
    Context, Device, InterpreterCache, InterpreterSettings, InterpreterWarning, RectExt, RenderContent, interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Rect};
use hayro::vello_cpu::color::{AlphaColor, Srgb, parse_color};
use hayro::vello_cpu::peniko::ImageAlphaType;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Points in an inch.
const POINTS: f64 = 72.0;

/// What was learnt while pages were rendered.
#[derive(Default)]
pub struct Cache<'a> {
    interpreter: InterpreterCache<'a>,
    glyphs: RefCell<Glyphs>,
    inks: RefCell<Inks>,
    /// Hayro's own, with fonts and colours of its own: it lends none.
    hayro: RenderCache<'a>,
    /// Of pages that were drawn, with or without their annotations.
    ways: RefCell<BTreeMap<(u32, bool), Way>>,
}

/// How a page can be drawn.
#[derive(Clone, Copy, Default)]
enum Way {
    /// By a canvas: several times as fast as by hayro.
    #[default]
    Canvas,
    /// By a canvas on which all waits.
    Scene,
    /// As every page can be, but for what blends within groups: to hayro, all groups are isolated.
    Hayro,
}

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
        let document = self.seen(number)?;
        let has_patterns = document.check_drawn(number)?.has_patterns;
        let raster = document.with_page(number, |page, caches| {
            let region = region(&view, geometry::seen(page))?;
            let (scale, width, height) = size(&view, region)?;
            let transform = Affine::scale_non_uniform(scale.0, scale.1)
                * Affine::translate((-region.x0, -region.y0))
                * geometry::to_seen(page);
            let cache = caches.render.borrow();
            let drawing = Drawing { page, settings: &settings, width, height, transform, background, has_patterns };
            let pixmap = if view.region.is_some() {
                // What a part needs is of that part alone.
                drawing.by(&mut Way::default(), &cache)
            } else {
                drawing.by(cache.ways.borrow_mut().entry((number, view.annotations)).or_default(), &cache)
            };
            let pixmap = pixmap.ok_or_else(|| {
                too_much(format!(
                    "page {number}: a pattern or a shading would take too many pixels, seen or not, at this resolution"
                ))
            })?;
            Ok(raster(pixmap, background.components[3] >= 1.0))
        })?;
        let mut notes: Vec<String> = missing_fonts.iter().map(note).collect();
        notes.extend(self.lacking(number)?.map(|lacking| format!("{lacking}: it is not drawn")));
        let warned = warnings.load(Relaxed);
        notes.extend(NOTES.iter().filter(|(flag, _)| warned & flag != 0).map(|(_, text)| (*text).to_owned()));
        Ok(wit::Rendered { raster, missing_fonts, notes })
    }
}

/// A page, and how it is to be drawn.
struct Drawing<'a, 's> {
    page: &'a Page<'a>,
    settings: &'s InterpreterSettings,
    width: u16,
    height: u16,
    /// From the page's coordinates to pixels.
    transform: Affine,
    background: AlphaColor<Srgb>,
    has_patterns: bool,
}

impl<'a> Drawing<'a, '_> {
    /// By the first way that can, from this one on; none if it would take too much.
    fn by(&self, way: &mut Way, cache: &Cache<'a>) -> Option<Pixmap> {
        loop {
            let drawn = match way {
                Way::Canvas => self.by_canvas(false, cache),
                Way::Scene => self.by_canvas(true, cache),
                Way::Hayro => return (!self.has_patterns || self.is_bounded(cache)).then(|| self.by_hayro(cache)),
            };
            *way = match drawn {
                Ok(pixmap) => return Some(pixmap),
                Err(End::Blends) if !resources::isolates(self.page) => Way::Scene,
                Err(_) => Way::Hayro,
            };
        }
    }

    fn by_canvas(&self, is_scene: bool, cache: &Cache<'a>) -> std::result::Result<Pixmap, End> {
        let &Self { width, height, background, .. } = self;
        let (mut glyphs, mut inks) = (cache.glyphs.borrow_mut(), cache.inks.borrow_mut());
        let mut canvas = Canvas::new(width, height, background, &mut glyphs, &mut inks, is_scene);
        self.interpret(&mut canvas, cache);
        canvas.finish()
    }

    /// Have a device draw it.
    fn interpret(&self, device: &mut impl Device<'a>, cache: &Cache<'a>) {
        let &Self { page, settings, transform, .. } = self;
        let target = self.target();
        let mut context = Context::new(transform, target, &cache.interpreter, page.xref(), settings.clone());
        let crop = transform.transform_rect_bbox(page.intersected_crop_box().to_kurbo());
        // As hayro has it: what is cropped to may end within a pixel by the last bits of a number alone.
        if !crop.inflate(1.0 / 256.0, 1.0 / 256.0).contains_rect(target) {
            device.push_clip_rect(&crop);
        }
        interpret_page(page, &mut context, device);
    }

    fn target(&self) -> Rect {
        Rect::new(0.0, 0.0, self.width.into(), self.height.into())
    }

    /// Whether hayro can draw its patterns.
    fn is_bounded(&self, cache: &Cache<'a>) -> bool {
        let mut effort = Effort::new(self.target());
        self.interpret(&mut effort, cache);
        !effort.is_too_much
    }

    fn by_hayro(&self, cache: &Cache<'a>) -> Pixmap {
        let &Self { page, settings, width, height, transform, background, .. } = self;
        let mut context = RenderContext::new(width, height);
        let unhinted = RenderSettings { hinting: false, ..RenderSettings::default() };
        render_into(page, &cache.hayro, settings, &unhinted, &mut context, transform);
        context.flush();
        let mut pixmap = Pixmap::new(width, height);
        let target_init = TargetInit::Clear(background);
        let settings = RasterizerSettings { target_init, ..RasterizerSettings::default() };
        context.render_with(&mut pixmap, &mut Resources::default(), settings);
        pixmap
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
        let mut from = [[0; 4]; 4];
        from.as_flattened_mut().copy_from_slice(&pixels[16 * four..16 * four + 16]);
        let [one, two, three, other] = from.map(u32::from_le_bytes);
        let words = [one & 0xff_ffff | two << 24, two >> 8 & 0xffff | three << 16, three >> 16 & 0xff | other << 8];
        pixels[12 * four..12 * four + 12].copy_from_slice(words.map(u32::to_le_bytes).as_flattened());
    }
    for pixel in 4 * fours..count {
        pixels.copy_within(4 * pixel..4 * pixel + 3, 3 * pixel);
    }
    pixels.truncate(3 * count);
    pixels.shrink_to_fit();
    wit::Raster { width, height, format: wit::PixelFormat::Rgb8, pixels }
}
