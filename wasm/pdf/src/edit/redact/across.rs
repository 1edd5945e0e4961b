//! Texts that begin on one page and end on the next.

use super::look::rect;
use super::place::Target;
use crate::text::collect::{Glyph, Glyphs};
use crate::text::layout::{Layout, Line};
use crate::text::search::{Place, Query, Searched};
use crate::wit;
use hayro::kurbo::{Rect, Vec2};

/// So many lines at the foot of one page, and at the head of the other, may stand between.
const BETWEEN: usize = 2;
/// Over so many lines on each page a text may go.
const LINES: usize = 3;
/// Where the second page lies while both are one, in points: below all pages.
const BELOW: f64 = 20_000.0;

/// What stands at the edges of a page, line by line, and where its pictures are.
#[derive(Default)]
pub struct Edges {
    head: Vec<Glyphs>,
    foot: Vec<Glyphs>,
    pictures: Vec<Rect>,
}

/// What was found on one of the two pages.
pub type Part = (wit::Hit, Vec<Target>);

impl Edges {
    /// Those of a page.
    pub fn of(layout: &Layout, pictures: Vec<Rect>) -> Self {
        let line = |line: &Line| {
            let mut found = Glyphs::default();
            line.glyphs.clone().for_each(|glyph| add(&mut found, layout.glyph(glyph), layout.chars(glyph), 0.0));
            found
        };
        let lines = layout.lines();
        let (head, foot) = (&lines[..lines.len().min(BETWEEN + LINES)], lines.len().saturating_sub(BETWEEN + LINES));
        Self { head: head.iter().map(line).collect(), foot: lines[foot..].iter().map(line).collect(), pictures }
    }

    /// Where texts stand that begin on this page, of this number, and end on the next one; and which query finds them.
    pub fn meet(&self, next: &Self, number: u32, queries: &[Query]) -> Vec<(usize, [Part; 2])> {
        let mut found: Vec<(usize, [Part; 2])> = Vec::new();
        for (foot, head) in (0..=BETWEEN).flat_map(|foot| (0..=BETWEEN).map(move |head| (foot, head))) {
            let (Some(end), Some(_)) = (self.foot.len().checked_sub(foot), next.head.get(head)) else { continue };
            let mut both = Glyphs::default();
            for (lines, down) in [(&self.foot[end.saturating_sub(LINES)..end], 0.0), (&next.head[head..], BELOW)] {
                for line in lines.iter().take(LINES) {
                    line.glyphs.iter().for_each(|glyph| add(&mut both, glyph, &line.chars[glyph.chars.clone()], down));
                }
            }
            let layout = Layout::new(both);
            let searched = Searched::new(&layout, number);
            for (query, place) in queries
                .iter()
                .enumerate()
                .flat_map(|(index, query)| searched.places(query).into_iter().map(move |place| (index, place)))
            {
                let parts = [self.part(&layout, &place, false), next.part(&layout, &place, true)];
                let is_new =
                    |part: &Part| found.iter().flat_map(|(_, parts)| parts).all(|known| !is_same(&known.0, &part.0));
                if parts.iter().all(|part| !part.0.boxes.is_empty()) && parts.iter().any(is_new) {
                    found.push((query, parts));
                }
            }
        }
        found
    }

    /// What of something that was found is on one of the pages.
    fn part(&self, layout: &Layout, place: &Place, is_second: bool) -> Part {
        let down = if is_second { BELOW } else { 0.0 };
        let mut part = (wit::Hit { page: place.hit.page + u32::from(is_second), ..place.hit.clone() }, Vec::new());
        part.0.boxes.clear();
        for (one, glyphs) in place.hit.boxes.iter().zip(&place.glyphs) {
            if (f64::from(one.y) > BELOW / 2.0) != is_second {
                continue;
            }
            let one = wit::Box { y: (f64::from(one.y) - down) as f32, ..*one };
            let mut here = Glyphs::default();
            glyphs.clone().for_each(|glyph| add(&mut here, layout.glyph(glyph), "", -down));
            let glyphs: Vec<&Glyph> = here.glyphs.iter().collect();
            part.1.push(Target::found(rect(&one), &glyphs, &self.pictures));
            part.0.boxes.push(one);
        }
        part
    }
}

fn is_same(one: &wit::Hit, other: &wit::Hit) -> bool {
    let places =
        |hit: &wit::Hit| hit.boxes.iter().map(|one| [one.x, one.y, one.width].map(f32::to_bits)).collect::<Vec<_>>();
    one.page == other.page && places(one) == places(other)
}

/// Take a glyph that stands so much farther down.
fn add(to: &mut Glyphs, glyph: &Glyph, chars: &str, down: f64) {
    let from = to.chars.len();
    to.chars.push_str(chars);
    let by = Vec2::new(0.0, down);
    to.glyphs.push(Glyph {
        chars: from..to.chars.len(),
        start: glyph.start + by,
        end: glyph.end + by,
        bounds: glyph.bounds + by,
        ..*glyph
    });
}
