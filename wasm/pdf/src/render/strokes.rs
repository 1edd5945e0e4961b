//! Lines as hayro draws them: no thinner than a pixel, and with cheap ends where nobody sees the difference.

use hayro::hayro_interpret::StrokeProps;
use hayro::hayro_interpret::util::x_y_advances;
use hayro::kurbo::{Affine, BezPath, Cap, Join, PathEl, Stroke, Vec2};

/// Thinnest lines, in pixels.
pub const LINE: f32 = 1.0;
/// Thinnest lines around glyphs: small ones would look bold.
pub const TEXT_LINE: f32 = 0.25;

/// How a line is drawn whose coordinates `transform` turns into pixels.
pub fn stroke(props: &StrokeProps, transform: &Affine, thinnest: f32) -> Stroke {
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
    Stroke {
        width: f64::from(width),
        join,
        miter_limit: f64::from(props.miter_limit),
        start_cap: cap,
        end_cap: cap,
        dash_pattern: props.dash_array.iter().map(|length| f64::from(*length)).collect(),
        dash_offset: f64::from(props.dash_offset),
    }
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
