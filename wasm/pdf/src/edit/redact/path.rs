//! Cutting boxes out of drawings: what remains has no geometry within them.

use super::place::overlaps;
use hayro::kurbo::{BezPath, Line, ParamCurve, PathEl, PathSeg, Point, Rect, Shape};

/// How far a line that stands for a curve may be off, in points.
const TOLERANCE: f64 = 0.01;

/// How many lines it takes to cut a path, about.
pub fn effort(path: &BezPath) -> usize {
    let lines = |segment: PathSeg| match segment {
        PathSeg::Line(_) => 1.0,
        curve => 1.0 + (0.25 * path_length(curve) / TOLERANCE).sqrt(),
    };
    path.segments().map(lines).sum::<f64>() as usize
}

/// The length of the lines between a curve's points, which is no less than its own.
fn path_length(segment: PathSeg) -> f64 {
    let cubic = segment.to_cubic();
    (cubic.p1 - cubic.p0).hypot() + (cubic.p2 - cubic.p1).hypot() + (cubic.p3 - cubic.p2).hypot()
}

/// A side of a box: whether a point is on the side to keep, and where a line crosses over.
#[derive(Clone, Copy)]
enum Edge {
    Left(f64),
    Right(f64),
    Above(f64),
    Below(f64),
}

impl Edge {
    fn keeps(self, point: Point) -> bool {
        match self {
            Self::Left(at) => point.x <= at,
            Self::Right(at) => point.x >= at,
            Self::Above(at) => point.y <= at,
            Self::Below(at) => point.y >= at,
        }
    }

    fn crossing(self, from: Point, to: Point) -> Point {
        match self {
            Self::Left(at) | Self::Right(at) => {
                Point::new(at, from.y + (to.y - from.y) * (at - from.x) / (to.x - from.x))
            }
            Self::Above(at) | Self::Below(at) => {
                Point::new(from.x + (to.x - from.x) * (at - from.y) / (to.y - from.y), at)
            }
        }
    }
}

/// The part of a polygon on one side (Sutherland and Hodgman).
fn clip(polygon: &[Point], edge: Edge) -> Vec<Point> {
    let mut kept = Vec::with_capacity(polygon.len() + 4);
    for (index, to) in polygon.iter().enumerate() {
        let from = polygon[(index + polygon.len() - 1) % polygon.len()];
        if edge.keeps(from) != edge.keeps(*to) {
            kept.push(edge.crossing(from, *to));
        }
        if edge.keeps(*to) {
            kept.push(*to);
        }
    }
    kept
}

/// The parts of a path, each with what it starts with.
pub fn subpaths(path: &BezPath) -> Vec<BezPath> {
    let mut parts: Vec<BezPath> = Vec::new();
    for element in path.elements() {
        match (element, parts.last_mut()) {
            (PathEl::MoveTo(_), _) | (_, None) => parts.push(BezPath::from_vec(vec![*element])),
            // What follows on a closed part starts where that started.
            (other, Some(last)) if last.elements().last() == Some(&PathEl::ClosePath) => {
                if let Some(PathEl::MoveTo(start)) = last.elements().first().copied() {
                    parts.push(BezPath::from_vec(vec![PathEl::MoveTo(start), *other]));
                }
            }
            (other, Some(last)) => last.push(*other),
        }
    }
    parts.retain(|part| matches!(part.elements().first(), Some(PathEl::MoveTo(_))));
    parts
}

/// A path to fill or to clip by, without what lies in a box.
pub fn cut_filled(path: &BezPath, rect: Rect) -> BezPath {
    let mut kept = BezPath::new();
    for part in subpaths(path) {
        if !overlaps(part.control_box(), rect) {
            kept.extend(part);
            continue;
        }
        let mut polygon = Vec::new();
        hayro::kurbo::flatten(&part, TOLERANCE, |element| match element {
            PathEl::MoveTo(point) | PathEl::LineTo(point) => polygon.push(point),
            _ => {}
        });
        // Four regions around the box that share edges only: in one path these cancel.
        let middle = [Edge::Right(rect.x0), Edge::Left(rect.x1)];
        for region in [
            &[Edge::Left(rect.x0)][..],
            &[Edge::Right(rect.x1)],
            &[middle[0], middle[1], Edge::Above(rect.y0)],
            &[middle[0], middle[1], Edge::Below(rect.y1)],
        ] {
            let rest = region.iter().fold(polygon.clone(), |rest, edge| clip(&rest, *edge));
            if rest.len() > 2 {
                kept.move_to(rest[0]);
                rest[1..].iter().for_each(|point| kept.line_to(*point));
                kept.close_path();
            }
        }
    }
    kept
}

/// A path to draw with a pen, without what lies in a box.
pub fn cut_stroked(path: &BezPath, rect: Rect) -> BezPath {
    let mut kept = BezPath::new();
    for part in subpaths(path) {
        // A straight line's box has no area; it is cut if it enters.
        let bounds = part.control_box();
        if !overlaps(bounds.inflate(1e-6, 1e-6), rect) {
            kept.extend(part);
            continue;
        }
        let is_closed = part.elements().last() == Some(&PathEl::ClosePath);
        let mut pieces: Vec<Vec<PathSeg>> = Vec::new();
        let mut is_whole = true;
        let mut breaks = true;
        let mut add = |segment: PathSeg, breaks: &mut bool| {
            if std::mem::take(breaks) {
                pieces.push(Vec::new());
            }
            if let Some(piece) = pieces.last_mut() {
                piece.push(segment);
            }
        };
        for segment in part.segments() {
            let bounds = Shape::bounding_box(&segment);
            if !overlaps(bounds.inflate(1e-6, 1e-6), rect) {
                add(segment, &mut breaks);
                continue;
            }
            is_whole = false;
            for line in lines(segment) {
                let inside = within(line, rect);
                if inside.as_ref().is_none_or(|range| range.0 > 0.0) {
                    let end = inside.map_or(1.0, |range| range.0);
                    add(line.subsegment(0.0..end).into(), &mut breaks);
                }
                if let Some((_, end)) = inside {
                    breaks = true;
                    if end < 1.0 {
                        add(line.subsegment(end..1.0).into(), &mut breaks);
                    }
                }
            }
        }
        if is_whole {
            kept.extend(part);
            continue;
        }
        // A closed part that was cut elsewhere is still joined where it started.
        if is_closed && pieces.len() > 1 && !breaks {
            let joined = pieces.first().and_then(|piece| piece.first()).map(PathSeg::start)
                == pieces.last().and_then(|piece| piece.last()).map(PathSeg::end);
            if joined && let Some(mut last) = pieces.pop() {
                last.append(&mut pieces[0]);
                pieces[0] = last;
            }
        }
        for piece in pieces {
            if let Some(first) = piece.first() {
                kept.move_to(first.start());
            }
            piece.into_iter().for_each(|segment| kept.push(segment.as_path_el()));
        }
    }
    kept
}

fn lines(segment: PathSeg) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut last = segment.start();
    let path = [PathEl::MoveTo(last), segment.as_path_el()];
    hayro::kurbo::flatten(path, TOLERANCE, |element| {
        if let PathEl::LineTo(point) = element {
            lines.push(Line::new(last, point));
            last = point;
        }
    });
    lines
}

/// Which part of a line lies in a box (Liang and Barsky).
fn within(line: Line, rect: Rect) -> Option<(f64, f64)> {
    let (from, by) = (line.p0, line.p1 - line.p0);
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for (step, room) in
        [(-by.x, from.x - rect.x0), (by.x, rect.x1 - from.x), (-by.y, from.y - rect.y0), (by.y, rect.y1 - from.y)]
    {
        if step == 0.0 {
            if room <= 0.0 {
                return None;
            }
        } else if step < 0.0 {
            start = start.max(room / step);
        } else {
            end = end.min(room / step);
        }
    }
    (start < end).then_some((start, end))
}

/// The box of a path that is a rectangle parallel to the axes.
pub fn as_rect(path: &BezPath) -> Option<Rect> {
    let mut points: Vec<Point> = Vec::new();
    for element in path.elements() {
        match element {
            PathEl::MoveTo(point) if points.is_empty() => points.push(*point),
            PathEl::LineTo(point) => points.push(*point),
            PathEl::ClosePath => {}
            _ => return None,
        }
    }
    if points.len() == 5 && points[0] == points[4] {
        points.pop();
    }
    let [a, b, c, d] = points[..] else { return None };
    let near = |one: f64, other: f64| (one - other).abs() < 1e-3;
    let is_upright = near(a.x, b.x) && near(b.y, c.y) && near(c.x, d.x) && near(d.y, a.y);
    let is_lying = near(a.y, b.y) && near(b.x, c.x) && near(c.y, d.y) && near(d.x, a.x);
    (is_upright || is_lying).then(|| Rect::from_points(a, c))
}
