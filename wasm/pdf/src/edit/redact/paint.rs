//! Paths: filled, drawn, and to draw within, without what lies in the boxes.

use super::operators::numbers;
use super::path;
use super::place::{Target, contains, overlaps};
use super::state::{Ink, State};
use super::walk::Walker;
use super::written::Written;
use hayro::kurbo::{BezPath, PathEl, Point, Rect};
use lopdf::Object;
use lopdf::content::Operation;

/// A path that reaches farther is not cut, in points.
const FAR: f64 = 1e6;
/// Most lines of paths that are cut on a page.
const MAX_LINES: usize = 1 << 18;

/// A path that is being made.
#[derive(Default)]
pub struct Pending {
    path: BezPath,
    operations: Vec<Operation>,
    clip: Option<&'static str>,
}

impl Pending {
    /// Draw within it.
    pub fn clip(&mut self, operator: &str) {
        self.clip = Some(if operator == "W" { "W" } else { "W*" });
    }

    /// Make it longer, if that can be.
    pub fn extend(&mut self, operator: String, operands: Vec<Object>) {
        let numbers = numbers(&operands);
        let point = |index: usize| Point::new(numbers[index], numbers[index + 1]);
        let path = &mut self.path;
        let last = path.elements().last().and_then(|_| path.current_position());
        match (operator.as_str(), numbers.len()) {
            ("m", 2) => path.move_to(point(0)),
            ("re", 4) => {
                let (start, width, height) = (point(0), numbers[2], numbers[3]);
                path.move_to(start);
                path.line_to((start.x + width, start.y));
                path.line_to((start.x + width, start.y + height));
                path.line_to((start.x, start.y + height));
                path.close_path();
            }
            _ if path.elements().is_empty() => return,
            ("l", 2) => path.line_to(point(0)),
            ("c", 6) => path.curve_to(point(0), point(2), point(4)),
            ("v", 4) => path.curve_to(last.unwrap_or_default(), point(0), point(2)),
            ("y", 4) => path.curve_to(point(0), point(2), point(2)),
            ("h", 0) => path.close_path(),
            _ => return,
        }
        self.operations.push(Operation { operator, operands });
    }
}

impl<'a> Walker<'a> {
    pub(super) fn paint(&mut self, operator: &str, pending: Pending, state: &mut State<'a>, written: &mut Written) {
        let Pending { path, operations, clip } = pending;
        let (closes, fill, strokes) = match operator {
            "S" => (false, None, true),
            "s" => (true, None, true),
            "f" | "F" => (false, Some("f"), false),
            "f*" => (false, Some("f*"), false),
            "B" => (false, Some("f"), true),
            "B*" => (false, Some("f*"), true),
            "b" => (true, Some("f"), true),
            "b*" => (true, Some("f*"), true),
            _ => (false, None, false),
        };
        let paints = fill.is_some() || strokes;
        let mut seen = state.ctm * &path;
        if closes && !seen.is_empty() {
            seen.close_path();
        }
        let pen = if strokes { state.pen() } else { 0.0 };
        let bounds = if path.is_empty() { Rect::ZERO } else { seen.control_box() };
        if paints && !path.is_empty() {
            self.found.has_drawings = true;
            self.found.add_ink(bounds.inflate(pen, pen));
        }
        if fill.is_some() && !path.is_empty() {
            self.found.outlines.take(&seen);
            if state.fill == Ink::Pictures {
                self.shows_picture(bounds, state);
            }
        }
        let outer = state.clip;
        if clip.is_some() {
            state.clip = outer.intersect(bounds);
        }
        if !self.writes {
            return;
        }
        let whole = |written: &mut Written| {
            written.operations.extend(operations.iter().cloned());
            written.operations.extend(clip.map(|clip| Operation::new(clip, vec![])));
            written.push(operator, vec![]);
        };
        let reaches = |bounds: Rect, target: &Target| overlaps(bounds.inflate(pen + 1e-6, pen + 1e-6), target.rect);
        let mut touched = self.near(bounds.inflate(pen, pen));
        touched.retain(|target| reaches(bounds, target));
        let is_content = fill.is_some() && state.fill.is_content() || strokes && state.stroke.is_content();
        if is_content && touched.iter().any(|target| reaches(bounds.intersect(outer), target)) {
            self.found.inexact.insert("a pattern that may hold text or pictures lies there");
        }
        if !bounds.is_finite() {
            if !self.targets.is_empty() {
                self.found.inexact.insert("a drawing has no bounds");
            }
            return whole(written);
        }
        // A rectangle says nothing of what lies within it: papers and frames of clipping stay.
        let frame = path::as_rect(&seen);
        let holds = |target: &Target| frame.is_some_and(|frame| contains(frame.inflate(-pen, -pen), target.rect));
        if path.is_empty() || touched.iter().all(holds) || !paints && frame.is_some() {
            return whole(written);
        }
        let back = state.ctm.inverse();
        let is_far = [bounds.x0, bounds.y0, bounds.x1, bounds.y1].iter().any(|side| side.abs() > FAR);
        if !back.is_finite() || is_far {
            self.found.inexact.insert("a drawing there has no area, or no end");
            return whole(written);
        }
        self.found.lines = self.found.lines.saturating_add(path::effort(&seen).saturating_mul(touched.len()));
        if self.found.lines > MAX_LINES {
            self.found.inexact.insert("there are too many drawings to cut");
            return whole(written);
        }
        written.change();
        let cut =
            |path: &BezPath| touched.iter().fold(path.clone(), |rest, target| path::cut_filled(&rest, target.rect));
        if let Some(fill) = fill {
            // A rectangle around a box stays as it is, for filling and for clipping.
            let rest = if touched.iter().all(|target| frame.is_some_and(|frame| contains(frame, target.rect))) {
                seen.clone()
            } else {
                cut(&seen)
            };
            if !rest.is_empty() {
                write_path(&(back * rest), &mut written.operations);
                written.push(fill, vec![]);
            }
        }
        if strokes {
            let rest = touched
                .iter()
                .fold(seen.clone(), |rest, target| path::cut_stroked(&rest, target.rect.inflate(pen, pen)));
            if !rest.is_empty() {
                write_path(&(back * rest), &mut written.operations);
                written.push("S", vec![]);
            }
        }
        if let Some(clip) = clip {
            let rest = if frame.is_some() { seen } else { cut(&seen) };
            if rest.is_empty() {
                // Nothing is left to draw in.
                written.push("re", vec![0.into(), 0.into(), 0.into(), 0.into()]);
            } else {
                write_path(&(back * rest), &mut written.operations);
            }
            written.push(clip, vec![]);
            written.push("n", vec![]);
        }
    }
}

fn write_path(path: &BezPath, operations: &mut Vec<Operation>) {
    let write = |points: &[Point]| points.iter().flat_map(|p| [(p.x as f32).into(), (p.y as f32).into()]).collect();
    let mut last = Point::ZERO;
    for element in path.elements() {
        let (operator, points): (&str, Vec<Point>) = match *element {
            PathEl::MoveTo(to) => ("m", vec![to]),
            PathEl::LineTo(to) => ("l", vec![to]),
            PathEl::QuadTo(by, to) => {
                let third = |end: Point| end + (by - end) * (2.0 / 3.0);
                ("c", vec![third(last), third(to), to])
            }
            PathEl::CurveTo(one, two, to) => ("c", vec![one, two, to]),
            PathEl::ClosePath => ("h", vec![]),
        };
        last = points.last().copied().unwrap_or(last);
        operations.push(Operation::new(operator, write(&points)));
    }
}
