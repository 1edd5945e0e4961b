//! What hayro would have to keep to paint a page: of patterns and meshes billions of pixels, whether they are seen or
//! not, if a few numbers ask for them.

use crate::limits::MAX_PIXELS;
use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::pattern::{Pattern, ShadingPattern, TilingPattern};
use hayro::hayro_interpret::shading::ShadingType;
use hayro::hayro_interpret::util::x_y_advances;
use hayro::hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};
use hayro::kurbo::{Affine, BezPath, Point, Rect};
use std::collections::HashSet;

/// Most samples that are kept of a mesh, of 25 bytes and more: as many as a table of 2^25 entries takes.
const MAX_SAMPLES: f64 = 28e6;
/// Most places that are looked at for them.
const MAX_LOOKS: f64 = (1 << 28) as f64;
/// Where samples are taken.
const PLANE: Rect = Rect::new(0.0, 0.0, u16::MAX as f64, u16::MAX as f64);
/// Most patches of a mesh: each becomes 722 triangles, of about 200 bytes, however small it is.
const MAX_PATCHES: usize = 1 << 13;
/// Longest side of a tile, in pixels: `vello_cpu` counts a bit farther.
const MAX_TILE: f64 = 65_532.0;
/// How many times the content of a tile is drawn in it at most, where it is larger than its steps.
const MAX_COPIES: f64 = (1 << 12) as f64;

/// A device that draws nothing, and finds out whether to draw would take too much.
pub struct Effort {
    /// What is drawn on.
    page: Rect,
    /// Whether it would.
    pub is_too_much: bool,
    /// Tiles and masks that were looked into.
    known: HashSet<u128>,
}

impl Effort {
    /// For a page of so many pixels.
    pub fn new(page: Rect) -> Self {
        Self { page, is_too_much: false, known: HashSet::new() }
    }

    /// Take note of what is painted within these bounds.
    fn paint(&mut self, paint: &Paint<'_>, bounds: Rect, is_stroke: bool) {
        let Paint::Pattern(pattern) = paint else { return };
        match &**pattern {
            Pattern::Shading(shading) => self.is_too_much |= is_too_large(shading),
            Pattern::Tiling(tiling) => {
                let tile = Tile::new(tiling, bounds.intersect(self.page));
                self.is_too_much |= tile.is_too_large();
                if !self.is_too_much && self.known.insert(tiling.cache_key()) {
                    let page = std::mem::replace(&mut self.page, tile.page);
                    tiling.interpret(self, tile.to_pixels, is_stroke);
                    self.page = page;
                }
            }
        }
    }

    fn mask<'a>(&mut self, mask: Option<SoftMask<'a>>) {
        if let Some(mask) = mask.filter(|mask| self.known.insert(mask.cache_key())) {
            mask.interpret(self);
        }
    }
}

impl<'a> Device<'a> for Effort {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        let bounds = props.transform.transform_rect_bbox(path.control_box());
        if let DrawMode::Fill(_) | DrawMode::FillAndStroke(..) = mode {
            self.paint(&props.paint, bounds, false);
        }
        if let DrawMode::Stroke(_) | DrawMode::FillAndStroke(..) = mode {
            self.paint(&props.paint, self.page, true);
        }
        self.mask(props.soft_mask);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if matches!(mode, DrawMode::Invisible) {
            return;
        }
        self.paint(&props.paint, self.page, matches!(mode, DrawMode::Stroke(_)));
        for glyph in run.glyphs() {
            if let Glyph::Type3(drawing) = &**glyph {
                drawing.interpret(self, props.transform, glyph.transform(), &props.paint);
            }
        }
        self.mask(props.soft_mask);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        if let Image::Stencil(stencil) = image {
            // There is no other way to its paint.
            stencil.with_stencil(|_, paint| self.paint(paint, self.page, false), Some((1, 1)));
        }
        self.mask(props.soft_mask);
    }

    fn push_transparency_group(&mut self, _: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.mask(mask);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// A tile as hayro has it.
struct Tile {
    /// Its pixels.
    page: Rect,
    to_pixels: Affine,
    /// How many times the content is drawn in it.
    copies: f64,
}

impl Tile {
    /// For what is painted within `bounds`.
    fn new(tiling: &TilingPattern<'_>, bounds: Rect) -> Self {
        let seen = tiling.matrix.inverse().transform_rect_bbox(bounds);
        let (across, down) = x_y_advances(&tiling.matrix);
        // Pixels a step, pixels in all, copies: a tile is a step long, or as long as what is seen of it.
        let axis = |scale: f64, cell: f64, step: f32, seen: f64| {
            let step = f64::from(step.abs());
            let scale = (step * scale).round().max(1.0) / step;
            (scale, (step.min(seen) * scale).ceil().max(1.0), cell / step + 2.0)
        };
        let cell = tiling.bbox;
        let (x_scale, width, columns) = axis(across.length(), cell.width(), tiling.x_step, seen.width());
        let (y_scale, height, rows) = axis(down.length(), cell.height(), tiling.y_step, seen.height());
        Self {
            page: Rect::new(0.0, 0.0, width, height),
            to_pixels: Affine::scale_non_uniform(x_scale, y_scale) * Affine::translate((-cell.x0, -cell.y0)),
            copies: columns * rows,
        }
    }

    fn is_too_large(&self) -> bool {
        let (width, height) = (self.page.width(), self.page.height());
        // None of these holds of what is no number.
        !(width <= MAX_TILE && height <= MAX_TILE && width * height <= MAX_PIXELS as f64 && self.copies <= MAX_COPIES)
    }
}

/// Whether a shading is a mesh that is too large.
fn is_too_large(ShadingPattern { shading, matrix, .. }: &ShadingPattern) -> bool {
    let mut mesh = Mesh::default();
    let at = |point: &Point| *matrix * *point;
    let patches = match &*shading.shading_type {
        ShadingType::TriangleMesh { triangles, .. } => {
            for triangle in triangles {
                mesh.add(around([&triangle.p0, &triangle.p1, &triangle.p2].map(|vertex| at(&vertex.point))), 0.5);
            }
            0
        }
        ShadingType::CoonsPatchMesh { patches, .. } => {
            patches.iter().for_each(|patch| mesh.add(around_coons(&patch.control_points.each_ref().map(at)), 1.0));
            patches.len()
        }
        ShadingType::TensorProductPatchMesh { patches, .. } => {
            patches.iter().for_each(|patch| mesh.add(around(patch.control_points.each_ref().map(at)), 1.0));
            patches.len()
        }
        _ => 0,
    };
    patches > MAX_PATCHES || mesh.is_too_large()
}

fn around<const N: usize>(points: [Point; N]) -> Rect {
    let first = Rect::from_points(points[0], points[0]);
    points.iter().fold(first, |bounds, point| bounds.union_pt(*point))
}

/// What a Coons patch lies within, which may reach beyond its control points: at each place it is the sum of two curves
/// less what is between its corners (ISO 32000-2, 8.7.4.5.7).
fn around_coons(points: &[Point; 12]) -> Rect {
    let curves = |one: [usize; 4], other: [usize; 4]| {
        around(one.map(|index| points[index])).union(around(other.map(|index| points[index])))
    };
    let across = curves([0, 11, 10, 9], [3, 4, 5, 6]);
    let along = curves([0, 1, 2, 3], [9, 8, 7, 6]);
    let corners = around([0, 3, 6, 9].map(|index| points[index]));
    Rect::new(
        across.x0 + along.x0 - corners.x1,
        across.y0 + along.y0 - corners.y1,
        across.x1 + along.x1 - corners.x0,
        across.y1 + along.y1 - corners.y0,
    )
}

/// What is known of a mesh.
#[derive(Default)]
struct Mesh {
    bounds: Option<Rect>,
    looks: f64,
    samples: f64,
}

impl Mesh {
    /// Add what lies within these bounds and takes up a share of them.
    fn add(&mut self, bounds: Rect, share: f64) {
        let bounds = bounds.expand().intersect(PLANE);
        let area = bounds.area();
        // Nothing is sampled where there are no numbers.
        if area > 0.0 {
            self.looks += area;
            self.samples += share * area;
            self.bounds = Some(self.bounds.map_or(bounds, |all| all.union(bounds)));
        }
    }

    fn is_too_large(&self) -> bool {
        let samples = self.samples.min(self.bounds.map_or(0.0, |bounds| bounds.area()));
        self.looks > MAX_LOOKS || samples > MAX_SAMPLES
    }
}
