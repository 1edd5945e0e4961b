//! `stamp-text` and `number-pages`: texts on pages.

use super::face::Face;
use super::{color, opacity, paint, place};
use crate::edit::Draft;
use crate::edit::metrics::{ASCENT, DESCENT};
use crate::edit::pages::Frame;
use crate::edit::parts::labels;
use crate::edit::write::{matrix, number};
use crate::error::{Result, invalid};
use crate::{args, wit};
use hayro::kurbo::{Affine, Rect, Size};
use lopdf::ObjectId;
use std::collections::BTreeSet;

/// How much of a page a text fills if its size is not said.
const FILLED: f64 = 0.75;

/// From one line to the next, in ems.
const LEADING: f64 = 1.2;

/// How texts are written.
struct Style {
    anchor: wit::Anchor,
    margin: f32,
    size: Option<f32>,
    angle: f32,
    color: [f32; 3],
    under: bool,
    font: ObjectId,
    state: Option<(&'static str, ObjectId)>,
}

/// A text in the font's own codes: lines with their widths in ems.
struct Text(Vec<(Vec<u8>, f64)>);

impl Text {
    fn new(face: &Face, option: &str, text: &str) -> Result<Self> {
        text.lines().map(|line| face.line(option, line)).collect::<Result<_>>().map(Self)
    }

    /// The size in ems.
    fn size(&self) -> Size {
        let width = self.0.iter().map(|(_, width)| *width).fold(0.0, f64::max);
        Size::new(width, ASCENT - DESCENT + LEADING * self.0.len().saturating_sub(1) as f64)
    }

    /// What draws it at a size, with its middle at the origin and y upwards.
    fn draw(&self, font: &str, size: f64) -> String {
        let top = self.size().height / 2.0;
        let mut drawn = format!("BT /{font} {} Tf\n", number(size));
        for (index, (codes, width)) in self.0.iter().enumerate() {
            let (x, y) = (-width / 2.0, top - ASCENT - LEADING * index as f64);
            let codes: String = codes.iter().map(|code| format!("{code:02X}")).collect();
            drawn += &format!("1 0 0 1 {} {} Tm <{codes}> Tj\n", number(x * size), number(y * size));
        }
        drawn + "ET"
    }
}

/// Write a text on pages.
pub fn stamp_text(draft: &mut Draft, options: wit::StampText) -> Result<()> {
    let options = args::StampText::try_from(options)?;
    if options.text.trim().is_empty() {
        return Err(invalid("text: there is nothing to write"));
    }
    let ids = draft.named(options.pages.as_deref())?;
    let face = Face::new(draft, options.font)?;
    let text = Text::new(&face, "text", &options.text)?;
    let style = Style {
        anchor: options.anchor,
        margin: options.margin,
        size: options.size,
        angle: options.angle,
        color: color(&options.color)?,
        under: options.under,
        font: face.font(draft, &chars(&options.text))?,
        state: opacity(draft, options.opacity),
    };
    ids.into_iter().try_for_each(|id| write(draft, id, &text, &style))
}

/// Write a number on each page.
pub fn number_pages(draft: &mut Draft, options: wit::NumberPages) -> Result<()> {
    let options = args::NumberPages::try_from(options)?;
    check(&options.format)?;
    let numbers = draft.numbers(options.pages.as_deref())?;
    let face = Face::new(draft, options.font)?;
    let labels = labels::all(draft);
    let count = draft.pages.len();
    let (mut texts, mut used) = (Vec::new(), BTreeSet::new());
    for (page, number) in (options.start..).zip(numbers) {
        let index = number as usize - 1;
        let text = fill(&options.format, page, count, &labels[index].text());
        texts.push((index, Text::new(&face, "format", &text)?));
        used.append(&mut chars(&text));
    }
    let style = Style {
        anchor: options.anchor,
        margin: options.margin,
        size: Some(options.size),
        angle: 0.0,
        color: color(&options.color)?,
        under: false,
        font: face.font(draft, &used)?,
        state: None,
    };
    texts.into_iter().try_for_each(|(index, text)| write(draft, draft.pages[index], &text, &style))
}

/// What a font is asked for.
fn chars(text: &str) -> BTreeSet<char> {
    text.lines().flat_map(str::chars).collect()
}

/// Refuse a format that has a name in braces of nothing that is known.
fn check(format: &str) -> Result<()> {
    for part in format.split('{').skip(1) {
        let Some((name, _)) = part.split_once('}') else { continue };
        if name.starts_with(char::is_alphabetic) && !["page", "pages", "label"].contains(&name) {
            return Err(invalid(format!("format: {{{name}}} is none of {{page}}, {{pages}} and {{label}}")));
        }
    }
    Ok(())
}

/// A format with what it stands for: what is put in is not looked at again.
fn fill(format: &str, page: u32, pages: usize, label: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some(start) = rest.find('{') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = [("{page}", page.to_string()), ("{pages}", pages.to_string()), ("{label}", label.to_owned())];
        let (mark, value) = known.into_iter().find(|(mark, _)| rest.starts_with(mark)).unwrap_or(("{", "{".to_owned()));
        text.push_str(&value);
        rest = &rest[mark.len()..];
    }
    text + rest
}

fn write(draft: &mut Draft, page: ObjectId, text: &Text, style: &Style) -> Result<()> {
    let Frame { to_seen, size, .. } = Frame::of(draft, page);
    // With y downwards, turning counter-clockwise is turning by less than nothing.
    let turn = Affine::rotate(-f64::from(style.angle).to_radians());
    let em = turn.transform_rect_bbox(Rect::from_center_size((0.0, 0.0), text.size())).size();
    let fitting = (FILLED * size.width / em.width.max(1e-6)).min(FILLED * size.height / em.height.max(1e-6));
    let font_size = style.size.map_or(fitting, f64::from);
    let thing = em * font_size;
    let middle = place(style.anchor, style.margin, size, thing) + thing.to_vec2() / 2.0;
    let place = to_seen.inverse() * Affine::translate(middle.to_vec2()) * turn * Affine::FLIP_Y;

    let mut uses = vec![("Font", style.font)];
    uses.extend(style.state);
    let color = style.color.map(number).join(" ");
    paint(draft, page, style.under, &uses, |names| {
        let state = names.get(1).map(|state| format!("/{state} gs ")).unwrap_or_default();
        let font = names.first().map_or("", String::as_str);
        format!("{state}{color} rg {} cm\n{}", matrix(place), text.draw(font, font_size))
    })
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn formats_are_filled_in() {
        for (format, expected) in [
            ("{page}", "3"),
            ("Page {page} of {pages} ({label})", "Page 3 of 12 ({page})"),
            ("{", "{"),
            ("{page}{other}", "3{other}"),
            ("ö{page", "ö{page"),
        ] {
            assert_eq!(fill(format, 3, 12, "{page}"), expected);
        }
    }
}
