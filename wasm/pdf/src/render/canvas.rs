//! A device for what most pages are made of: text, lines and areas of plain colours.
//!
//! Glyphs and rectangles go straight onto the pixels. All else waits in a context of `vello_cpu`, and is painted when
//! the page is done, at the latest; what overlaps something that waits must wait too. Where something blends with what is
//! under it, all waits. Of a page with other things, the canvas lets go.

use super::blend::compositing;
use super::clips::{Area, Clips, fill, followed, upright};
use super::colors::Inks;
use super::glyphs::{Glyphs, Look};
use super::images;
use super::paint::{self, Mask, Rgba};
use super::strokes::{self, LINE, TEXT_LINE};
use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::WritingMode;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, Paint, SoftMask, StrokeProps,
};
use hayro::kurbo::{Affine, BezPath, Rect, Shape};
use hayro::vello_cpu::color::{AlphaColor, Srgb};
use hayro::vello_cpu::peniko::{Extend, ImageAlphaType, ImageQuality, ImageSampler};
use hayro::vello_cpu::{
    ImageSource, PixelMetadata, Pixmap, PixmapMut, RasterizerSettings, RenderContext, Resources, TargetInit, Tint,
    TintMode,
};
use std::f64::consts::SQRT_2;

/// A waiting glyph takes as long as painting what waits does for so many pixels of the page.
const PIXELS_OF_A_GLYPH: usize = 2000;
/// So many pages' area of rectangles is painted at once; of those that wait, `vello_cpu` leaves out what is covered.
const LAYERS: f64 = 8.0;
/// Clips that are few enough to be handed on again and again.
const FEW: usize = 64;
/// Most bytes of pictures that wait.
const MAX_HELD: f64 = 256e6;
/// Side of the squares by which it is known where something waits, in pixels.
const CELL: f64 = 16.0;

/// Pixels, and what is to be painted over them.
pub struct Canvas<'g> {
    pixmap: Pixmap,
    glyphs: &'g mut Glyphs,
    inks: &'g mut Inks,
    clips: Clips,
    /// What waits.
    context: RenderContext,
    /// Where something waits.
    cells: Cells,
    /// How many glyphs wait for what is under them.
    waiting: usize,
    /// How many bytes of pictures wait, about.
    held: f64,
    /// How many pixels of rectangles may still be painted at once.
    left: f64,
    /// Of the transparency groups that are open, whether they are layers of the context.
    groups: Vec<bool>,
    layers: usize,
    /// How what is drawn blends with what is under it.
    blend_mode: BlendMode,
    /// Whether all waits.
    is_scene: bool,
    end: Option<End>,
}

/// Why a canvas does not paint a page.
pub enum End {
    /// Something blends with what is under it: all has to wait.
    Blends,
    /// There is something that it does not paint.
    LetsGo,
}

impl<'g> Canvas<'g> {
    /// A canvas of one colour. In a scene all waits, so that it can blend.
    pub fn new(
        width: u16,
        height: u16,
        background: AlphaColor<Srgb>,
        glyphs: &'g mut Glyphs,
        inks: &'g mut Inks,
        is_scene: bool,
    ) -> Self {
        let color = background.premultiply().to_rgba8().to_u8_array();
        let pixels = color.repeat(usize::from(width) * usize::from(height));
        let metadata =
            PixelMetadata { may_have_transparency: color[3] < 255, alpha_type: ImageAlphaType::AlphaPremultiplied };
        Self {
            pixmap: Pixmap::from_parts(pixels, width, height, metadata),
            glyphs,
            inks,
            clips: Clips::new(width, height),
            context: RenderContext::new(width, height),
            cells: Cells::new(width, height),
            waiting: 0,
            held: 0.0,
            left: LAYERS * f64::from(width) * f64::from(height),
            groups: Vec::new(),
            layers: 0,
            blend_mode: BlendMode::Normal,
            is_scene,
            end: None,
        }
    }

    /// Everything painted, unless there was something that this canvas does not paint.
    pub fn finish(mut self) -> Result<Pixmap, End> {
        if let Some(end) = self.end {
            return Err(end);
        }
        self.flush();
        Ok(self.pixmap)
    }

    /// Whether something waits.
    #[cfg(test)]
    pub fn is_waiting(&self) -> bool {
        !self.cells.is_empty
    }

    /// Whether what waits may be painted before the page is done.
    fn can_flush(&self) -> bool {
        !self.is_scene && self.layers == 0 && self.clips.depth() <= FEW
    }

    /// Paint what waits.
    fn flush(&mut self) {
        if self.cells.is_empty {
            return;
        }
        self.context.flush();
        let settings = RasterizerSettings { target_init: TargetInit::SrcOver, ..RasterizerSettings::default() };
        // What is below all that waits need not be gone through.
        let width = self.pixmap.width();
        let height = self.cells.lowest().min(self.pixmap.height());
        let upper = &mut self.pixmap.data_as_u8_slice_mut()[..4 * usize::from(width) * usize::from(height)];
        if let Some(upper) = PixmapMut::new(width, height, upper) {
            self.context.render_with(upper, &mut Resources::default(), settings);
        }
        self.context.reset();
        self.clips.take_back();
        self.cells.clear();
        self.waiting = 0;
        self.held = 0.0;
    }

    fn let_go(&mut self) {
        self.end.get_or_insert(End::LetsGo);
    }

    fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Have what is drawn next blend so. Whether this canvas can.
    fn blend(&mut self, mode: BlendMode) -> bool {
        self.blend_mode = mode;
        if mode != BlendMode::Normal && !self.is_scene {
            self.end.get_or_insert(End::Blends);
        }
        !self.has_ended()
    }

    /// The colour to paint with, if there is nothing else to it.
    fn plain(&mut self, props: &DrawProps<'_>) -> Option<Rgba> {
        if let Paint::Color(color) = &props.paint
            && props.soft_mask.is_none()
            && self.blend(props.blend_mode)
        {
            return Some(self.inks.rgba(color)).filter(|color| color[3] != 0);
        }
        self.let_go();
        None
    }

    /// Whether something may be painted at once, none of which is beyond `bounds`.
    fn is_free(&self, bounds: Rect) -> bool {
        !self.is_scene && self.layers == 0 && !self.cells.any(bounds)
    }

    /// Whether some of what lies within `bounds` is seen; it has to wait there.
    fn wait_in(&mut self, bounds: Rect, area: Area) -> bool {
        let is_seen = bounds.overlaps(area.bounds);
        if is_seen {
            self.cells.mark(bounds.intersect(area.bounds));
        }
        is_seen
    }

    /// The context, for what waits.
    fn waiting(&mut self) -> &mut RenderContext {
        self.clips.hand_on(&mut self.context);
        self.context.set_blend_mode(compositing(self.blend_mode));
        &mut self.context
    }

    /// The context, for something of one colour.
    fn waiting_with(&mut self, color: Rgba, transform: Affine) -> &mut RenderContext {
        let context = self.waiting();
        context.set_transform(transform);
        context.set_paint(alpha_color(color));
        context
    }

    fn fill_path(&mut self, path: &BezPath, rule: FillRule, transform: Affine, color: Rgba) {
        let bounds = transform.transform_rect_bbox(path.control_box());
        if self.wait_in(bounds, self.clips.area()) {
            let context = self.waiting_with(color, transform);
            context.set_fill_rule(fill(rule));
            context.fill_path(&followed(path, transform));
        }
    }

    fn fill_rect(&mut self, rect: Rect, rule: FillRule, transform: Affine, color: Rgba) {
        let [_, b, c, ..] = transform.as_coeffs();
        if b != 0.0 || c != 0.0 {
            return self.fill_path(&rect.to_path(0.1), rule, transform, color);
        }
        let bounds = transform.transform_rect_bbox(rect);
        let area = self.clips.area();
        let seen = bounds.intersect(area.bounds);
        if seen.is_zero_area() {
            return;
        }
        let is_sharp = area.is_rect || area.inner.contains_rect(seen);
        if color[3] == 255 && is_sharp && self.left > 0.0 && self.is_free(seen) {
            self.left -= seen.area();
            paint::rect(&mut self.pixmap, seen, color);
        } else if self.wait_in(bounds, area) {
            self.waiting_with(color, transform).fill_rect(&rect);
        }
    }

    fn stroke_path(&mut self, path: &BezPath, props: &StrokeProps, transform: Affine, color: Rgba, thinnest: f32) {
        let stroke = strokes::stroke(path, props, &transform, thinnest);
        if let Some(outline) = strokes::outline(path, &stroke) {
            return match upright(&outline) {
                // Cut by a clip, a path's edge is less smooth than that of a rectangle.
                Some(rect) if self.clips.area().inner.contains_rect(transform.transform_rect_bbox(rect)) => {
                    self.fill_rect(rect, FillRule::NonZero, transform, color);
                }
                _ => self.fill_path(&outline, FillRule::NonZero, transform, color),
            };
        }
        let extent = stroke.width / 2.0 * stroke.miter_limit.max(SQRT_2);
        let area = self.clips.area();
        // A frame has much within it that need not wait, and marks for those who cut paper are beyond its edges.
        let mut is_seen = false;
        for part in strokes::parts(path) {
            is_seen |= self.wait_in(transform.transform_rect_bbox(part.inflate(extent, extent)), area);
        }
        if is_seen {
            let context = self.waiting_with(color, transform);
            context.set_stroke(stroke);
            context.stroke_path(&followed(path, transform));
        }
    }

    fn fill_glyphs(&mut self, run: &GlyphRun<'_, '_>, transform: Affine, color: Rgba) {
        let is_horizontal = run.writing_mode() == WritingMode::Horizontal;
        for glyph in run.glyphs() {
            let Glyph::Outline(outline) = &**glyph else { return self.let_go() };
            let transform = transform * glyph.transform();
            if !is_horizontal {
                let outline = self.glyphs.outline(outline);
                self.fill_path(&outline, FillRule::NonZero, transform, color);
                continue;
            }
            match self.glyphs.look(outline, transform) {
                Look::Empty => {}
                Look::Mask(mask, x, y) => self.fill_mask(&mask, x, y, color),
                Look::Outline(outline, transform) => self.fill_path(&outline, FillRule::NonZero, transform, color),
            }
        }
    }

    fn fill_mask(&mut self, mask: &Mask, x: i32, y: i32, color: Rgba) {
        let (left, top) = (f64::from(x) + f64::from(mask.x), f64::from(y) + f64::from(mask.y));
        let bounds = Rect::new(left, top, left + f64::from(mask.width), top + f64::from(mask.height));
        let area = self.clips.area();
        if !bounds.overlaps(area.bounds) {
            return;
        }
        let is_whole = area.inner.contains_rect(bounds);
        if (is_whole || area.is_rect) && self.layers == 0 && !self.is_scene {
            let pixels = usize::from(self.pixmap.width()) * usize::from(self.pixmap.height());
            if self.waiting > FEW + pixels / PIXELS_OF_A_GLYPH && self.can_flush() {
                self.flush();
            }
            if self.is_free(bounds.intersect(area.bounds)) {
                if is_whole {
                    paint::mask(&mut self.pixmap, mask, left as usize, top as usize, color);
                } else if let Some((cut, left, top)) = mask.within(left as i32, top as i32, area.bounds) {
                    paint::mask(&mut self.pixmap, &cut, left, top, color);
                }
                return;
            }
            self.waiting += 1;
        }
        let image = ImageSource::Pixmap(self.glyphs.picture(mask));
        self.wait_in(bounds, area);
        let context = self.waiting();
        context.set_transform(Affine::translate((left, top)));
        context.set_paint(hayro::vello_cpu::Image { image, sampler: PIXEL_BY_PIXEL });
        context.set_tint(Some(Tint { color: alpha_color(color), mode: TintMode::AlphaMask }));
        context.fill_rect(&Rect::new(0.0, 0.0, mask.width.into(), mask.height.into()));
        context.set_tint(None);
    }
}

/// How a picture of a glyph is taken.
const PIXEL_BY_PIXEL: ImageSampler =
    ImageSampler { x_extend: Extend::Pad, y_extend: Extend::Pad, quality: ImageQuality::Low, alpha: 1.0 };

fn alpha_color([red, green, blue, alpha]: Rgba) -> AlphaColor<Srgb> {
    AlphaColor::from_rgba8(red, green, blue, alpha)
}

impl<'a> Device<'a> for Canvas<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        if self.has_ended() {
            return;
        }
        let Some(color) = self.plain(&props) else { return };
        if let DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) = mode {
            self.fill_path(path, *rule, props.transform, color);
        }
        if let DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) = mode {
            self.stroke_path(path, stroke, props.transform, color, LINE);
        }
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        let DrawMode::Fill(rule) = mode else { return self.draw_path(&rect.to_path(0.1), props, mode) };
        if self.has_ended() {
            return;
        }
        if let Some(color) = self.plain(&props) {
            self.fill_rect(*rect, *rule, props.transform, color);
        }
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if self.has_ended() || matches!(mode, DrawMode::Invisible) {
            return;
        }
        let Some(color) = self.plain(&props) else { return };
        if let DrawMode::Fill(_) | DrawMode::FillAndStroke(..) = mode {
            self.fill_glyphs(run, props.transform, color);
        }
        if let DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) = mode {
            for glyph in run.glyphs() {
                let Glyph::Outline(outline) = &**glyph else { return self.let_go() };
                let outline = glyph.transform() * self.glyphs.outline(outline).as_ref().clone();
                self.stroke_path(&outline, stroke, props.transform, color, TEXT_LINE);
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        if props.soft_mask.is_some() {
            self.let_go();
        }
        if !self.blend(props.blend_mode) {
            return;
        }
        let transform = props.transform;
        let size = Rect::new(0.0, 0.0, image.width().into(), image.height().into());
        // All pixels that it touches are its.
        let bounds = transform.transform_rect_bbox(size).expand();
        let area = self.clips.area();
        if !bounds.overlaps(area.bounds) {
            return;
        }
        if self.held > MAX_HELD && self.can_flush() {
            self.flush();
        }
        self.held += 4.0 * size.area().min(bounds.area());
        self.wait_in(bounds, area);
        self.waiting();
        match image {
            Image::Raster(image) => images::raster(&mut self.context, &image, transform),
            Image::Stencil(image) => {
                if !images::stencil(&mut self.context, self.inks, &image, transform) {
                    self.let_go();
                }
            }
        }
    }

    fn push_clip_path(&mut self, path: &ClipPath) {
        if !self.has_ended() {
            self.clips.push_path(path);
        }
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        if !self.has_ended() {
            self.clips.push_rect(*rect);
        }
    }

    fn pop_clip(&mut self) {
        if !self.has_ended() {
            self.clips.pop(&mut self.context);
        }
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend_mode: BlendMode) {
        if mask.is_some() {
            self.let_go();
        }
        if !self.blend(blend_mode) {
            return;
        }
        // Others are as if they were not there: what is in them blends with what is under them.
        let is_layer = opacity < 1.0 || blend_mode != BlendMode::Normal;
        if is_layer {
            self.context.push_layer(None, Some(compositing(blend_mode)), Some(opacity), None, None);
            self.layers += 1;
        }
        self.groups.push(is_layer);
    }

    fn pop_transparency_group(&mut self) {
        if !self.has_ended() && self.groups.pop() == Some(true) {
            self.context.pop_layer();
            self.layers -= 1;
        }
    }
}

/// Squares of the page, and in which of them something waits.
struct Cells {
    columns: usize,
    rows: usize,
    marks: Vec<bool>,
    is_empty: bool,
}

impl Cells {
    fn new(width: u16, height: u16) -> Self {
        let count = |side: u16| (f64::from(side) / CELL).ceil() as usize;
        let (columns, rows) = (count(width), count(height));
        Self { columns, rows, marks: vec![false; columns * rows], is_empty: true }
    }

    /// Row by row, what `bounds` touches.
    fn touched(&self, bounds: Rect) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let Rect { x0, y0, x1, y1 } = bounds.expand();
        let range = |from: f64, to: f64, count: usize| {
            let end = ((to / CELL).ceil() as usize).min(count);
            ((from / CELL) as usize).min(end)..end
        };
        let (across, columns) = (range(x0, x1, self.columns), self.columns);
        range(y0, y1, self.rows).map(move |row| row * columns + across.start..row * columns + across.end)
    }

    fn any(&self, bounds: Rect) -> bool {
        !self.is_empty && self.touched(bounds).any(|cells| self.marks[cells].contains(&true))
    }

    fn mark(&mut self, bounds: Rect) {
        self.is_empty = false;
        for cells in self.touched(bounds) {
            self.marks[cells].fill(true);
        }
    }

    /// How far down something waits, in pixels.
    fn lowest(&self) -> u16 {
        let last = self.marks.iter().rposition(|mark| *mark);
        last.map_or(0, |last| ((last / self.columns + 1) as f64 * CELL) as u16)
    }

    fn clear(&mut self) {
        self.marks.fill(false);
        self.is_empty = true;
    }
}
