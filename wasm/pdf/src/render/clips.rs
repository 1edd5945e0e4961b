//! Where may be painted.

use hayro::hayro_interpret::{ClipPath, FillRule};
use hayro::kurbo::{Affine, BezPath, CubicBez, ParamCurve, PathEl, PathSeg, Point, QuadBez, Rect, Shape};
use hayro::vello_cpu::RenderContext;
use hayro::vello_cpu::peniko::Fill;
use std::borrow::Cow;

/// Clips within clips, in pixels. They are handed on to a context when something is drawn in it that they cut.
pub struct Clips {
    stack: Vec<Clip>,
    page: Rect,
    /// How many of them the context has.
    handed_on: usize,
}

enum Form {
    Rect(Rect),
    Path(ClipPath),
}

struct Clip {
    form: Form,
    area: Area,
}

/// What all clips together leave.
#[derive(Clone, Copy)]
pub struct Area {
    /// Nothing is painted beyond this.
    pub bounds: Rect,
    /// What is within this is painted as if there were no clip.
    pub inner: Rect,
    /// Whether all that is left is `bounds`.
    pub is_rect: bool,
}

impl Clips {
    /// None but the page's own edge.
    pub fn new(width: u16, height: u16) -> Self {
        Self { stack: Vec::new(), page: Rect::new(0.0, 0.0, width.into(), height.into()), handed_on: 0 }
    }

    /// How many there are.
    pub fn depth(&self) -> usize {
        self.stack.len()
    }

    /// What is left of the page.
    pub fn area(&self) -> Area {
        let whole = Area { bounds: self.page, inner: self.page, is_rect: true };
        self.stack.last().map_or(whole, |clip| clip.area)
    }

    /// Clip by a rectangle.
    pub fn push_rect(&mut self, rect: Rect) {
        self.push(Form::Rect(rect), rect.abs(), Some(rect.abs()), true);
    }

    /// Clip by a path.
    pub fn push_path(&mut self, path: &ClipPath) {
        let rect = upright(&path.path);
        self.push(Form::Path(path.clone()), path.path.bounding_box(), rect, rect.is_some());
    }

    fn push(&mut self, form: Form, bounds: Rect, inner: Option<Rect>, is_rect: bool) {
        let outer = self.area();
        // Pixels at its edges may be covered in part.
        let inner = inner.map_or(Rect::ZERO, |Rect { x0, y0, x1, y1 }| {
            outer.inner.intersect(Rect { x0: x0.ceil(), y0: y0.ceil(), x1: x1.floor(), y1: y1.floor() })
        });
        let area = Area { bounds: outer.bounds.intersect(bounds), inner, is_rect: outer.is_rect && is_rect };
        self.stack.push(Clip { form, area });
    }

    /// Undo the last one.
    pub fn pop(&mut self, context: &mut RenderContext) {
        self.stack.pop();
        if self.handed_on > self.stack.len() {
            self.handed_on -= 1;
            context.pop_clip();
        }
    }

    /// Have a context clip as the stack says.
    pub fn hand_on(&mut self, context: &mut RenderContext) {
        for clip in self.stack.iter().skip(self.handed_on) {
            context.set_transform(Affine::IDENTITY);
            match &clip.form {
                Form::Rect(rect) => {
                    context.set_fill_rule(Fill::NonZero);
                    context.push_clip_rect(rect);
                }
                Form::Path(path) => {
                    context.set_fill_rule(fill(path.fill));
                    context.push_clip_path(&followed(&path.path, Affine::IDENTITY));
                }
            }
        }
        self.handed_on = self.stack.len();
    }

    /// The context was emptied.
    pub fn take_back(&mut self) {
        self.handed_on = 0;
    }
}

/// Farthest from the page that curves are followed, in pixels: they are cut into lines, more the larger they are.
const FAR: f64 = 1e6;
/// As how many lines others are drawn.
const LINES: u32 = 256;

/// A path that is to be drawn with this transform: with some lines for each curve that reaches too far.
pub fn followed(path: &BezPath, transform: Affine) -> Cow<'_, BezPath> {
    let is_near = |point: Point| {
        let Point { x, y } = transform * point;
        x.abs() <= FAR && y.abs() <= FAR
    };
    let Rect { x0, y0, x1, y1 } = path.control_box();
    if [(x0, y0), (x1, y0), (x0, y1), (x1, y1)].into_iter().all(|corner| is_near(corner.into())) {
        return Cow::Borrowed(path);
    }
    let mut near = BezPath::new();
    let mut last = Point::ORIGIN;
    for part in path.elements() {
        let curve = match *part {
            PathEl::CurveTo(one, other, end) if ![last, one, other, end].into_iter().all(is_near) => {
                PathSeg::Cubic(CubicBez::new(last, one, other, end))
            }
            PathEl::QuadTo(middle, end) if ![last, middle, end].into_iter().all(is_near) => {
                PathSeg::Quad(QuadBez::new(last, middle, end))
            }
            other => {
                near.push(other);
                last = other.end_point().unwrap_or(last);
                continue;
            }
        };
        (1..=LINES).for_each(|line| near.line_to(curve.eval(f64::from(line) / f64::from(LINES))));
        last = curve.end();
    }
    Cow::Owned(near)
}

/// The rectangle that a path is, if its sides are upright and level.
pub fn upright(path: &BezPath) -> Option<Rect> {
    let [PathEl::MoveTo(a), PathEl::LineTo(b), PathEl::LineTo(c), PathEl::LineTo(d), PathEl::ClosePath] =
        *path.elements()
    else {
        return None;
    };
    let is_upright = (a.y == b.y && b.x == c.x && c.y == d.y && d.x == a.x)
        || (a.x == b.x && b.y == c.y && c.x == d.x && d.y == a.y);
    is_upright.then(|| Rect::from_points(a, c))
}

/// In vello_cpu's type.
pub fn fill(rule: FillRule) -> Fill {
    match rule {
        FillRule::NonZero => Fill::NonZero,
        FillRule::EvenOdd => Fill::EvenOdd,
    }
}
