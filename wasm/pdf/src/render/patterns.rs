//! Paints that take too much. What hayro keeps of a pattern or a mesh may be billions of pixels, whether they are seen or
//! not, and a few numbers ask for them.

use crate::limits::MAX_PIXELS;
use hayro::hayro_interpret::Paint;
use hayro::hayro_interpret::pattern::{Pattern, ShadingPattern, TilingPattern};
use hayro::hayro_interpret::shading::ShadingType;
use hayro::hayro_interpret::util::x_y_advances;
use hayro::kurbo::{Affine, Point, Rect};

/// Most samples that are kept of a mesh, of 25 bytes and more.
const MAX_SAMPLES: f64 = (1 << 24) as f64;
/// Most places that are looked at for them.
const MAX_LOOKS: f64 = (1 << 28) as f64;
/// Where samples are taken.
const PLANE: Rect = Rect::new(0.0, 0.0, u16::MAX as f64, u16::MAX as f64);
/// Longest side of a tile, in pixels: `vello_cpu` counts a bit farther.
const MAX_TILE: f64 = 65_532.0;
/// How many times the content of a tile is drawn at most, where tiles overlap.
const MAX_COPIES: f64 = (1 << 16) as f64;

/// Whether to paint parts of a page so would take too much.
pub fn is_too_large(paint: &Paint<'_>, page: Rect) -> bool {
    match paint {
        Paint::Color(_) => false,
        Paint::Pattern(pattern) => match &**pattern {
            Pattern::Tiling(tiling) => is_too_large_a_tile(tiling, page),
            Pattern::Shading(shading) => is_too_large_a_mesh(shading),
        },
    }
}

fn is_too_large_a_tile(tiling: &TilingPattern<'_>, page: Rect) -> bool {
    let seen = tiling.matrix.inverse().transform_rect_bbox(page);
    let (across, down) = x_y_advances(&tiling.matrix);
    // As hayro has them: pixels of a tile, no more than are seen, and how many times its content is drawn in it.
    let axis = |scale: f64, cell: f64, step: f32, seen: f64| {
        let step = f64::from(step.abs());
        let scale = (step * scale).round().max(1.0) / step;
        (step.min(seen) * scale + 1.0, cell / step + 2.0)
    };
    let (width, columns) = axis(across.length(), tiling.bbox.width(), tiling.x_step, seen.width());
    let (height, rows) = axis(down.length(), tiling.bbox.height(), tiling.y_step, seen.height());
    // Neither holds of what is no number.
    !(width <= MAX_TILE && height <= MAX_TILE && width * height <= MAX_PIXELS as f64 && columns * rows <= MAX_COPIES)
}

fn is_too_large_a_mesh(ShadingPattern { shading, matrix, .. }: &ShadingPattern) -> bool {
    let mut mesh = Mesh { transform: *matrix, ..Mesh::default() };
    match &*shading.shading_type {
        ShadingType::TriangleMesh { triangles, .. } => {
            for triangle in triangles {
                mesh.add(&[&triangle.p0, &triangle.p1, &triangle.p2].map(|vertex| vertex.point), 0.5);
            }
        }
        ShadingType::CoonsPatchMesh { patches, .. } => {
            patches.iter().for_each(|patch| mesh.add(&patch.control_points, 1.0));
        }
        ShadingType::TensorProductPatchMesh { patches, .. } => {
            patches.iter().for_each(|patch| mesh.add(&patch.control_points, 1.0));
        }
        _ => {}
    }
    mesh.looks > MAX_LOOKS || mesh.samples.min(mesh.bounds.map_or(0.0, |bounds| bounds.area())) > MAX_SAMPLES
}

/// What is known of a mesh.
#[derive(Default)]
struct Mesh {
    transform: Affine,
    bounds: Option<Rect>,
    looks: f64,
    samples: f64,
}

impl Mesh {
    /// Add what lies within these points, which takes up a share of its bounds.
    fn add(&mut self, points: &[Point], share: f64) {
        let mut points = points.iter().map(|point| self.transform * *point);
        let Some(first) = points.next() else { return };
        let start = Rect::from_points(first, first);
        let bounds = points.fold(start, |bounds, point| bounds.union_pt(point)).expand().intersect(PLANE);
        let area = bounds.area();
        // Nothing is sampled where there are no numbers.
        if area > 0.0 {
            self.looks += area;
            self.samples += share * area;
            self.bounds = Some(self.bounds.map_or(bounds, |all| all.union(bounds)));
        }
    }
}
