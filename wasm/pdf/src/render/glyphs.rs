//! Glyphs as masks, which a document keeps: most of them come again and again.
//!
//! Quarters of pixels are as in hayro, which has `vello_cpu` draw each glyph: that takes longer. Outlines are as the font
//! has them: hinted for a size, they are further from what other readers show, and take their time.

use super::paint::Mask;
use ab_glyph_rasterizer::{Rasterizer, point};
use hayro::hayro_interpret::font::{GlyphIdentifier, OutlineGlyph};
use hayro::kurbo::{Affine, BezPath, PathEl, Point};
use hayro::vello_cpu::peniko::ImageAlphaType;
use hayro::vello_cpu::{PixelMetadata, Pixmap};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

/// Places within a pixel's width.
const STEPS: f64 = 4.0;
/// Longest side of a glyph that is kept as a mask, in pixels.
const MAX_SIDE: f64 = 128.0;
/// Most bytes of masks and outlines that are kept; then all are made anew.
const MAX_BYTES: usize = 32 << 20;
/// What an entry takes besides, about.
const ENTRY: usize = 128;

/// What is known of a document's glyphs.
#[derive(Default)]
pub struct Glyphs {
    masks: FxHashMap<Key, Known>,
    outlines: FxHashMap<GlyphIdentifier, Rc<BezPath>>,
    bytes: usize,
}

/// What decides on a mask.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    glyph: GlyphIdentifier,
    /// As f32: lines that differ in a sum's last bits alone have the same glyphs.
    linear: [u32; 4],
    step: u8,
}

#[derive(Clone)]
enum Known {
    Empty,
    /// It is too large to be kept.
    Large,
    Mask(Rc<Mask>),
}

/// What to draw for a glyph.
pub enum Look {
    /// Nothing.
    Empty,
    /// A mask, whose origin is at a pixel.
    Mask(Rc<Mask>, i32, i32),
    /// An outline, and its transformation to pixels.
    Outline(Rc<BezPath>, Affine),
}

impl Glyphs {
    /// How a glyph of a level line looks; `transform` is that from its outline to pixels.
    pub fn look(&mut self, glyph: &OutlineGlyph, transform: Affine) -> Look {
        let [a, b, c, d, e, f] = transform.as_coeffs();
        let linear = [a, b, c, d].map(|value| value as f32);
        let steps = (e * STEPS).round();
        let x = (steps / STEPS).floor();
        let step = (steps - x * STEPS) as u8;
        let key = Key { glyph: glyph.identifier(), linear: linear.map(f32::to_bits), step };
        let known = match self.masks.get(&key) {
            Some(known) => known.clone(),
            None => {
                let [a, b, c, d] = linear.map(f64::from);
                let known = rasterize(&self.outline(glyph), Affine::new([a, b, c, d, f64::from(step) / STEPS, 0.0]));
                self.note(ENTRY + if let Known::Mask(mask) = &known { mask.coverage.len() } else { 0 });
                self.masks.insert(key, known.clone());
                known
            }
        };
        match known {
            Known::Empty => Look::Empty,
            Known::Mask(mask) => Look::Mask(mask, x as i32, f.round() as i32),
            Known::Large => Look::Outline(self.outline(glyph), transform),
        }
    }

    /// A mask as `vello_cpu` takes it.
    pub fn picture(&mut self, mask: &Mask) -> Arc<Pixmap> {
        let make = || {
            let pixels: Vec<u8> = mask.coverage.iter().flat_map(|coverage| [0, 0, 0, *coverage]).collect();
            self.note(pixels.len());
            let metadata =
                PixelMetadata { may_have_transparency: true, alpha_type: ImageAlphaType::AlphaPremultiplied };
            Arc::new(Pixmap::from_parts(pixels, mask.width, mask.height, metadata))
        };
        mask.picture.get_or_init(make).clone()
    }

    /// An outline, in thousandths of an em.
    pub fn outline(&mut self, glyph: &OutlineGlyph) -> Rc<BezPath> {
        let id = glyph.identifier();
        if let Some(known) = self.outlines.get(&id) {
            return known.clone();
        }
        let path = Rc::new(glyph.outline());
        self.note(ENTRY + size_of_val(path.elements()));
        self.outlines.insert(id, path.clone());
        path
    }

    /// Make room for something more.
    fn note(&mut self, bytes: usize) {
        self.bytes += bytes;
        if self.bytes > MAX_BYTES {
            *self = Self { bytes, ..Self::default() };
        }
    }
}

fn rasterize(outline: &BezPath, transform: Affine) -> Known {
    let path = transform * outline.clone();
    // Of the points that curves go by, too: where curves end exactly would take as long as painting them.
    let bounds = path.control_box();
    if !(bounds.width() <= MAX_SIDE && bounds.height() <= MAX_SIDE) {
        return Known::Large;
    }
    if bounds.is_zero_area() {
        return Known::Empty;
    }
    let (left, top) = (bounds.x0.floor(), bounds.y0.floor());
    let (width, height) = ((bounds.x1.ceil() - left) as u16, (bounds.y1.ceil() - top) as u16);
    let mut rasterizer = Rasterizer::new(width.into(), height.into());
    let at = |p: Point| point((p.x - left) as f32, (p.y - top) as f32);
    let (mut start, mut last) = (Point::ZERO, Point::ZERO);
    let close = |rasterizer: &mut Rasterizer, last: Point, start: Point| {
        if last != start {
            rasterizer.draw_line(at(last), at(start));
        }
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => {
                close(&mut rasterizer, last, start);
                start = p;
            }
            PathEl::LineTo(p) => rasterizer.draw_line(at(last), at(p)),
            PathEl::QuadTo(p1, p) => rasterizer.draw_quad(at(last), at(p1), at(p)),
            PathEl::CurveTo(p1, p2, p) => rasterizer.draw_cubic(at(last), at(p1), at(p2), at(p)),
            PathEl::ClosePath => close(&mut rasterizer, last, start),
        }
        last = element.end_point().unwrap_or(start);
    }
    close(&mut rasterizer, last, start);
    let mut coverage = vec![0; usize::from(width) * usize::from(height)];
    rasterizer.for_each_pixel(|at, covered| coverage[at] = (covered.min(1.0) * 255.0).round() as u8);
    Known::Mask(Rc::new(Mask { x: left as i32, y: top as i32, width, height, coverage, picture: OnceCell::new() }))
}
