//! Makes a file of sheets.

use crate::args;
use crate::error::{Error, Result, invalid, malformed, unsupported};
use crate::limits::MIN_PAGE;
use crate::sheet::{Document, Entry, Kind, Part, Thing};
use crate::wit;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TagGroup, TagTree};
use krilla::text::Font;

/// How thick rules are, in points, and how light.
const RULE: (f32, u8) = (0.5, 160);

/// Write a document.
///
/// # Errors
/// A picture or a font turns out to be corrupt, or the language is none.
pub fn file(document: Document, metadata: wit::Metadata) -> Result<Vec<u8>> {
    let Document { fonts, sheets, outline, parts } = document;
    let metadata = described(metadata.try_into()?)?;
    let mut pdf = krilla::Document::new_with(SerializeSettings::default());
    pdf.set_metadata(metadata);
    let mut content: Vec<Vec<Identifier>> = parts.iter().map(|_| Vec::new()).collect();
    for sheet in sheets {
        let size = (sheet.width.max(MIN_PAGE), sheet.height.max(MIN_PAGE));
        let settings = PageSettings::from_wh(size.0, size.1).ok_or_else(|| invalid("a page has no size"))?;
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        for thing in sheet.things {
            let part = thing.part;
            let tag = match (&thing.kind, part) {
                (_, None) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
                (Kind::Line(_), _) => ContentTag::Span(SpanTag::empty()),
                _ => ContentTag::Other,
            };
            let id = surface.start_tagged(tag);
            draw(&mut surface, thing, &fonts);
            surface.end_tagged();
            if let Some(part) = part {
                content[part].push(id);
            }
        }
        surface.finish();
        page.finish();
    }
    pdf.set_outline(tree_of(&outline));
    pdf.set_tag_tree(structure(parts, content));
    pdf.finish().map_err(refused)
}

/// Draw one thing.
fn draw(surface: &mut Surface, thing: Thing, fonts: &[Font]) {
    let Thing { x, y, kind, .. } = thing;
    match kind {
        Kind::Line(line) => {
            for piece in &line.pieces {
                let (start, font) = (Point::from_xy(x + piece.x, y), fonts[piece.face].clone());
                surface.draw_glyphs(start, &piece.glyphs, font, &line.text, line.size, false);
            }
        }
        Kind::Picture { picture, width, height, clip } => {
            let window = clip.and_then(|[left, top, right, bottom]| rectangle(left, top, right, bottom));
            if let Some(window) = &window {
                surface.push_clip_path(window, &FillRule::NonZero);
            }
            let ((own_width, own_height), turn) = picture.turned(width, height);
            surface.push_transform(&Transform::from_translate(x, y));
            surface.push_transform(&turn);
            if let Some(size) = Size::from_wh(own_width, own_height) {
                surface.draw_image(picture.image, size);
            }
            surface.pop();
            surface.pop();
            if window.is_some() {
                surface.pop();
            }
        }
        Kind::Rule(width) => {
            let (thickness, grey) = RULE;
            let color = rgb::Color::new(grey, grey, grey);
            surface.set_fill(Some(Fill { paint: color.into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }));
            if let Some(rule) = rectangle(x, y - thickness / 2.0, x + width, y + thickness / 2.0) {
                surface.draw_path(&rule);
            }
            surface.set_fill(None);
        }
    }
}

fn rectangle(left: f32, top: f32, right: f32, bottom: f32) -> Option<krilla::geom::Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_ltrb(left, top, right, bottom)?);
    path.finish()
}

/// The tree of the parts with what is on pages of them.
fn structure(parts: Vec<Part>, content: Vec<Vec<Identifier>>) -> TagTree {
    let parents: Vec<_> = parts.iter().map(|part| part.parent).collect();
    let mut groups: Vec<TagGroup> = parts.into_iter().map(|part| TagGroup::new(part.tag)).collect();
    for (group, ids) in groups.iter_mut().zip(content) {
        group.children.extend(ids.into_iter().rev().map(Into::into));
    }
    // Parts come after what they are in, so from the last one on, each is whole when it is put there,
    // with its children from the last to the first.
    let mut tree = TagTree::new();
    while let Some(mut group) = groups.pop() {
        group.children.reverse();
        match parents[groups.len()] {
            Some(parent) => groups[parent].children.push(group.into()),
            None => tree.children.push(group.into()),
        }
    }
    tree.children.reverse();
    tree
}

/// The outline as a tree: an entry is in the last one before it that has a lower level.
fn tree_of(entries: &[Entry]) -> Outline {
    let mut outline = Outline::new();
    let mut open: Vec<(u32, OutlineNode)> = Vec::new();
    let mut close = |open: &mut Vec<(u32, OutlineNode)>| {
        if let Some((_, node)) = open.pop() {
            match open.last_mut() {
                Some((_, parent)) => parent.push_child(node),
                None => outline.push_child(node),
            }
        }
    };
    for entry in entries {
        while open.last().is_some_and(|(level, _)| *level >= entry.level) {
            close(&mut open);
        }
        let place = XyzDestination::new(entry.page, Point::from_xy(0.0, entry.y));
        open.push((entry.level, OutlineNode::new(entry.text.clone(), place).with_open(true)));
    }
    while !open.is_empty() {
        close(&mut open);
    }
    outline
}

fn described(given: args::Metadata) -> Result<Metadata> {
    // XML, in which the file says it once more, has no room for control characters.
    let clean = |text: Option<String>| text.unwrap_or_default().replace(char::is_control, " ");
    let keywords = clean(given.keywords);
    let keywords = keywords.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty());
    let author = clean(given.author);
    let metadata = Metadata::new()
        .producer("wasmcell".to_owned())
        .title(clean(given.title))
        .description(clean(given.subject))
        .keywords(keywords.collect())
        .authors(Some(author).filter(|author| !author.is_empty()).into_iter().collect());
    match given.language {
        None => Ok(metadata),
        Some(language) if is_language(&language) => Ok(metadata.language(language)),
        Some(language) => Err(invalid(format!("language: {language:?} is no language tag, such as en-GB"))),
    }
}

/// Whether it has the form of a language tag.
fn is_language(text: &str) -> bool {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.starts_with(|char: char| char.is_ascii_alphabetic()) && text.split('-').all(is_part)
}

fn refused(error: KrillaError) -> Error {
    match error {
        KrillaError::Image(_, _, text) => malformed(format!("a picture cannot be unpacked: {text}")),
        KrillaError::Font(_, text) => malformed(format!("a font cannot be embedded: {text}")),
        other => unsupported(other.to_string()),
    }
}
