//! What marks look like whose file does not say it: lines, areas and texts, in the words of ISO 32000-1, 12.5.6.

use super::draft::Draft;
use super::write::{self, number, numbers};
use super::{appearance, content};
use crate::limits::MAX_ENTRIES;
use hayro::kurbo::{Point, Rect};
use lopdf::{Dictionary, Object, ObjectId, dictionary};

/// How far a curve's handles reach for a quarter of a circle, in parts of its radius.
const ROUND: f64 = 0.5523;
/// How thick lines at texts are, in parts of their height.
const THICK: f64 = 1.0 / 16.0;

/// Whether a kind of annotation is drawn where its file leaves that to readers: those that say enough of themselves.
pub fn is_drawn(kind: &str) -> bool {
    const KINDS: [&str; 11] = [
        "FreeText",
        "Highlight",
        "Underline",
        "StrikeOut",
        "Squiggly",
        "Square",
        "Circle",
        "Line",
        "PolyLine",
        "Polygon",
        "Ink",
    ];
    KINDS.contains(&kind)
}

/// Give an annotation a look, if it is of these kinds.
pub fn draw(draft: &mut Draft, id: ObjectId) {
    let Ok(dict) = draft.file.get_dictionary(id).cloned() else { return };
    let kind = draft.name(&dict, b"Subtype").map(|kind| String::from_utf8_lossy(kind).into_owned()).unwrap_or_default();
    if kind == "FreeText" {
        appearance::write(draft, id, &dict);
        return;
    }
    let Some(place) = draft.rect(draft.get(&dict, b"Rect")).filter(|_| is_drawn(&kind)) else { return };
    let mark = Mark { draft, dict: &dict, place };
    let (drawn, bounds) = match kind.as_str() {
        "Highlight" => mark.over_text(|quad| format!("{} f\n", path(&quad.corners())), "1 1 0 rg"),
        "Underline" => mark.over_text(|quad| quad.line(0.0), "0 G"),
        "StrikeOut" => mark.over_text(|quad| quad.line(0.5), "0 G"),
        "Squiggly" => mark.over_text(Quad::waves, "0 G"),
        "Square" | "Circle" => mark.shape(kind == "Circle"),
        "Line" => mark.lines(&[mark.points(draft.get(&dict, b"L"))], false),
        "PolyLine" => mark.lines(&[mark.points(draft.get(&dict, b"Vertices"))], false),
        "Polygon" => mark.lines(&[mark.points(draft.get(&dict, b"Vertices"))], true),
        _ => {
            let strokes = draft.list(&dict, b"InkList").iter().take(MAX_ENTRIES);
            mark.lines(&strokes.map(|stroke| mark.points(draft.resolve(stroke))).collect::<Vec<_>>(), false)
        }
    };
    let opacity = draft.get(&dict, b"CA").as_float().ok().filter(|opacity| (0.0..1.0).contains(opacity)).unwrap_or(1.0);
    let blend = if kind == "Highlight" { "Multiply" } else { "Normal" };
    let state = dictionary! { "ca" => opacity, "CA" => opacity, "BM" => write::name(blend) };
    let sides = || numbers([bounds.x0, bounds.y0, bounds.x1, bounds.y1]);
    let mut stream = content::stream(format!("/Mark gs\n{drawn}").into_bytes());
    stream.dict.extend(&dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => sides(),
        "Resources" => dictionary! { "ExtGState" => dictionary! { "Mark" => state } },
    });
    let rect = sides();
    let look = draft.file.add_object(stream);
    draft.change(id, |annotation| {
        annotation.set("AP", dictionary! { "N" => look });
        annotation.set("Rect", rect);
    });
}

struct Mark<'a> {
    draft: &'a Draft,
    dict: &'a Dictionary,
    place: Rect,
}

impl Mark<'_> {
    /// At each line of the text that it marks, in its colour.
    fn over_text(&self, draw: impl Fn(&Quad) -> String, default: &str) -> (String, Rect) {
        let points = self.points(self.draft.get(self.dict, b"QuadPoints"));
        let mut quads: Vec<Quad> = points.as_chunks::<4>().0.iter().map(|corners| Quad::of(*corners)).collect();
        if quads.is_empty() {
            let Rect { x0, y0, x1, y1 } = self.place;
            quads.push(Quad::of([Point::new(x0, y1), Point::new(x1, y1), Point::new(x0, y0), Point::new(x1, y0)]));
        }
        let operators = if default.ends_with("rg") { ["g", "rg", "k"] } else { ["G", "RG", "K"] };
        let color = appearance::color(self.draft, self.dict, b"C", operators).unwrap_or_else(|| default.to_owned());
        let bounds = quads.iter().fold(self.place, |bounds, quad| {
            quad.corners().iter().fold(bounds, |bounds, corner| bounds.union_pt(*corner))
        });
        (format!("{color}\n{}", quads.iter().map(draw).collect::<String>()), bounds.inflate(1.0, 1.0))
    }

    fn shape(&self, is_round: bool) -> (String, Rect) {
        let (style, width) = self.style();
        let insets = self.draft.floats::<4>(self.draft.get(self.dict, b"RD")).unwrap_or_default();
        let [left, lower, right, upper] = insets.map(|inset| inset.max(0.0) + width / 2.0);
        let at = self.place;
        let inner = Rect::new(
            at.x0 + left,
            at.y0 + lower,
            (at.x1 - right).max(at.x0 + left),
            (at.y1 - upper).max(at.y0 + lower),
        );
        let path = if is_round { ellipse(inner) } else { rectangle(inner) };
        (format!("{style}{path} {}\n", self.paint(true, width)), at)
    }

    /// Lines through points.
    fn lines(&self, lines: &[Vec<Point>], is_closed: bool) -> (String, Rect) {
        let (style, width) = self.style();
        let paint = self.paint(is_closed, width);
        let close = if is_closed { "h " } else { "" };
        let drawn: String = lines.iter().map(|line| format!("{} {close}{paint}\n", open_path(line))).collect();
        let bounds = lines
            .iter()
            .flatten()
            .fold(self.place, |bounds, point| bounds.union(Rect::from_center_size(*point, (2.0 * width, 2.0 * width))));
        (format!("{style}{drawn}"), bounds)
    }

    /// What sets colours, width and dashes of lines; and the width.
    fn style(&self) -> (String, f64) {
        let (draft, dict) = (self.draft, self.dict);
        let border = draft.dict(dict, b"BS");
        let width = border.and_then(|border| draft.get(border, b"W").as_float().ok());
        let width = width.or_else(|| draft.reals(draft.list(dict, b"Border")).get(2).copied());
        let width = f64::from(width.filter(|width| (0.0..=100.0).contains(width)).unwrap_or(1.0));
        let color = appearance::color(draft, dict, b"C", ["G", "RG", "K"]).unwrap_or_else(|| "0 G".to_owned());
        let inner = appearance::color(draft, dict, b"IC", ["g", "rg", "k"]).unwrap_or_default();
        let dashes = border.filter(|border| draft.name(border, b"S") == Some(b"D")).map(|border| {
            let lengths: Vec<f32> =
                draft.reals(draft.list(border, b"D")).into_iter().filter(|one| *one > 0.0).collect();
            let lengths = if lengths.is_empty() { vec![3.0] } else { lengths };
            format!("[{}] 0 d ", lengths.into_iter().map(number).collect::<Vec<_>>().join(" "))
        });
        (format!("{color} {inner} {} w {}", number(width), dashes.unwrap_or_default()), width)
    }

    /// What paints a path: its line, its area, or both.
    fn paint(&self, is_area: bool, width: f64) -> &'static str {
        match (is_area && !self.draft.list(self.dict, b"IC").is_empty(), width > 0.0) {
            (true, true) => "B",
            (true, false) => "f",
            (false, true) => "S",
            (false, false) => "n",
        }
    }

    fn points(&self, list: &Object) -> Vec<Point> {
        let list = list.as_array().map_or(&[][..], Vec::as_slice);
        let numbers = self.draft.reals(&list[..list.len().min(MAX_ENTRIES)]);
        let side = |number: f32| f64::from(number).clamp(-1e6, 1e6);
        numbers.as_chunks::<2>().0.iter().map(|[x, y]| Point::new(side(*x), side(*y))).collect()
    }
}

/// Where a line of text stands, as it is written: from its start to its end, and up.
struct Quad {
    start: Point,
    end: Point,
    above_start: Point,
    above_end: Point,
}

impl Quad {
    /// Of corners in the order in which programs write them: upper left, upper right, lower left, lower right.
    fn of([above_start, above_end, start, end]: [Point; 4]) -> Self {
        Self { start, end, above_start, above_end }
    }

    fn corners(&self) -> [Point; 4] {
        [self.start, self.end, self.above_end, self.above_start]
    }

    fn thick(&self) -> f64 {
        ((self.above_start - self.start).hypot() * THICK).max(0.5)
    }

    /// A line along the text, this far up.
    fn line(&self, up: f64) -> String {
        let points = [self.start.lerp(self.above_start, up), self.end.lerp(self.above_end, up)];
        format!("{} w {} S\n", number(self.thick()), open_path(&points))
    }

    fn waves(&self) -> String {
        let step = 2.0 * self.thick();
        let count = ((self.end - self.start).hypot() / step).ceil().clamp(1.0, 1000.0) as usize;
        let up = (self.above_start - self.start) * (2.0 * THICK);
        let point = |at: usize| self.start.lerp(self.end, at as f64 / count as f64) + up * ((at % 2) as f64);
        let points: Vec<Point> = (0..=count).map(point).collect();
        format!("{} w {} S\n", number(self.thick() / 2.0), open_path(&points))
    }
}

fn open_path(points: &[Point]) -> String {
    let step = |(at, point): (usize, &Point)| {
        format!("{} {} {} ", number(point.x), number(point.y), if at == 0 { "m" } else { "l" })
    };
    points.iter().enumerate().map(step).collect()
}

fn path(points: &[Point]) -> String {
    open_path(points) + "h"
}

fn rectangle(of: Rect) -> String {
    [of.x0, of.y0, of.width(), of.height()].map(number).join(" ") + " re"
}

fn ellipse(of: Rect) -> String {
    let (middle, x, y) = (of.center(), of.width() / 2.0, of.height() / 2.0);
    let at = |across: f64, up: f64| format!("{} {} ", number(middle.x + across * x), number(middle.y + up * y));
    let mut path = at(1.0, 0.0) + "m ";
    for [one, other, to] in [
        [(1.0, ROUND), (ROUND, 1.0), (0.0, 1.0)],
        [(-ROUND, 1.0), (-1.0, ROUND), (-1.0, 0.0)],
        [(-1.0, -ROUND), (-ROUND, -1.0), (0.0, -1.0)],
        [(ROUND, -1.0), (1.0, -ROUND), (1.0, 0.0)],
    ] {
        path += &[one, other, to].map(|(across, up)| at(across, up)).concat();
        path += "c ";
    }
    path + "h"
}
