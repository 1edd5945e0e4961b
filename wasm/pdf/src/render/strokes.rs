//! Lines as hayro draws them: no thinner than a pixel, and with cheap ends where nobody sees the difference.

use hayro::hayro_interpret::StrokeProps;
use hayro::hayro_interpret::util::x_y_advances;
use hayro::kurbo::{Affine, BezPath, Cap, Join, PathEl, Point, Rect, Stroke, Vec2};

/// Thinnest lines, in pixels.
pub const LINE: f32 = 1.0;
/// Thinnest lines around glyphs: small ones would look bold.
pub const TEXT_LINE: f32 = 0.25;

/// Dashes that come again within less are seen as a line, in pixels.
const FINEST: f64 = 1.0 / 16.0;
/// Most times that they come again along a path; longer ones are drawn as lines.
const MOST: f64 = 1e5;

/// How a path is drawn whose coordinates `transform` turns into pixels.
pub fn stroke(path: &BezPath, props: &StrokeProps, transform: &Affine, thinnest: f32) -> Stroke {
    let (x, y) = x_y_advances(transform);
    let scale = x.length().max(y.length()) as f32;
    let mut width = props.line_width.max(0.01 / scale);
    let pixels = width * scale;
    if pixels < thinnest {
        width /= pixels;
        width *= thinnest;
    }
    let is_thin = pixels <= 1.0;
    let cap = if is_thin && props.line_cap == Cap::Round { Cap::Square } else { props.line_cap };
    let join = if is_thin && props.line_join == Join::Round { Join::Bevel } else { props.line_join };
    let dashes = || props.dash_array.iter().map(|length| f64::from(*length));
    let period: f64 = dashes().sum();
    let length: f64 = parts(path).map(|part| part.width() + part.height()).sum();
    let is_dashed = period * f64::from(scale) >= FINEST && length <= MOST * period;
    Stroke {
        width: f64::from(width),
        join,
        miter_limit: f64::from(props.miter_limit),
        start_cap: cap,
        end_cap: cap,
        dash_pattern: dashes().filter(|_| is_dashed).collect(),
        dash_offset: f64::from(props.dash_offset),
    }
}

/// Boxes around the parts of a path.
pub fn parts(path: &BezPath) -> impl Iterator<Item = Rect> {
    let (mut start, mut last) = (Point::ZERO, Point::ZERO);
    path.elements().iter().map(move |element| {
        let from = last;
        match *element {
            PathEl::MoveTo(to) => {
                (start, last) = (to, to);
                Rect::from_points(to, to)
            }
            PathEl::LineTo(to) => {
                last = to;
                Rect::from_points(from, to)
            }
            PathEl::QuadTo(by, to) => {
                last = to;
                Rect::from_points(from, to).union_pt(by)
            }
            PathEl::CurveTo(by, past, to) => {
                last = to;
                Rect::from_points(from, to).union_pt(by).union_pt(past)
            }
            PathEl::ClosePath => {
                last = start;
                Rect::from_points(from, start)
            }
        }
    })
}

/// The outline of a path that is a single plain line.
pub fn outline(path: &BezPath, stroke: &Stroke) -> Option<BezPath> {
    let [PathEl::MoveTo(from), PathEl::LineTo(to)] = *path.elements() else { return None };
    let length = (to - from).hypot();
    if !stroke.dash_pattern.is_empty() || stroke.start_cap == Cap::Round || !length.is_finite() || length <= 0.0 {
        return None;
    }
    let along = (to - from) / length;
    let half = 0.5 * stroke.width;
    let aside = Vec2::new(-along.y, along.x) * half;
    let beyond = if stroke.start_cap == Cap::Square { along * half } else { Vec2::ZERO };
    let (from, to) = (from - beyond, to + beyond);
    Some(BezPath::from_vec(vec![
        PathEl::MoveTo(from + aside),
        PathEl::LineTo(to + aside),
        PathEl::LineTo(to - aside),
        PathEl::LineTo(from - aside),
        PathEl::ClosePath,
    ]))
}
