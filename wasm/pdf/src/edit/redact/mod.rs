//! Redaction: what is looked for, or lies in boxes, leaves the file.
//!
//! Each page is [followed](walk) glyph by glyph, with hidden layers and what lies beyond its edges,
//! and [looked at](look). Where something is to go, what draws the page is written anew without it;
//! where that cannot be sure, the page becomes a [picture]. [Annotations](annotations) that touch
//! it, and all [copies] that may be elsewhere, go too. Then all of it is looked at once more:
//! what is still there makes its page a picture, or the whole an error.

mod across;
mod annotations;
mod copies;
mod data;
mod drawings;
mod gone;
mod image;
mod inside;
mod letters;
mod look;
mod marks;
mod operators;
mod orders;
mod paint;
mod path;
mod picture;
mod place;
mod show;
mod state;
mod unknown;
mod walk;
mod written;

use super::draft::Draft;
use super::pages::Frame;
use crate::document::Document;
use crate::error::{Result, invalid, too_much, unsupported};
use crate::text::collect::{Glyph, Glyphs};
use crate::text::layout::Layout;
use crate::text::search::Query;
use crate::{args, geometry, pages, wit};
use across::Edges;
use gone::{Gone, SHORTEST_COPY};
use hayro::kurbo::Rect;
use hayro::vello_cpu::color::{Srgb, parse_color};
use look::{Look, rect};
use lopdf::{Dictionary, Object, dictionary};
use place::{Target, Targets};
use std::collections::{BTreeMap, BTreeSet};
use unknown::Wide;
use walk::{Found, Walker};
use written::packed;

/// Most lines under boxes of which copies are looked for.
const MAX_COPIES: usize = 10_000;
/// How many of them are looked for at once.
const COPIES: usize = 100;

/// What is to go.
struct Wanted {
    queries: Vec<Query>,
    /// As they were given.
    texts: Vec<String>,
    /// The pages to look on.
    pages: BTreeSet<u32>,
    boxes: BTreeMap<u32, Vec<wit::Box>>,
    acknowledged: BTreeSet<u32>,
    fill: Option<[u8; 3]>,
    dpi: f32,
}

/// A page on which something goes.
#[derive(Clone)]
struct Plan {
    hits: Vec<wit::Hit>,
    targets: Vec<Target>,
    inexact: Option<String>,
    notes: Vec<String>,
    /// The lines that lay in boxes.
    lines: BTreeSet<String>,
    /// All that lay in them.
    texts: Vec<String>,
}

/// What is to be done, and what is known of it beforehand.
struct Plans {
    pages: BTreeMap<u32, Plan>,
    /// The queries that stand nowhere.
    not_found: Vec<String>,
    /// The pages with pictures, which were not searched.
    pictures: Vec<u32>,
    /// Those with drawings that may be letters, which were not either.
    outlines: Vec<u32>,
    /// The pages of which a search cannot be sure, and that were looked through by a person.
    acknowledged: Vec<u32>,
}

/// Remove for good.
pub fn redact(draft: &mut Draft, options: wit::Redact) -> Result<()> {
    let wanted = wanted(args::Redact::try_from(options)?, draft)?;
    // From here on, objects have the same numbers in what hayro reads as in the draft.
    let seen = draft.seen()?;
    let redactions = std::mem::take(&mut draft.redactions);
    *draft = Draft { redactions, ..Draft::of(&seen)? };
    (1..=seen.count()).try_for_each(|number| seen.check(number).map(drop))?;
    let mut plans = plan(&seen, &wanted)?;

    // What is still there after the first time makes its page a picture.
    for _ in 0..2 {
        let mut done = Draft::of(&seen)?;
        let mut tried = plans.pages.clone();
        let gone = apply(&mut done, &seen, &wanted, &mut tried)?;
        let left = left(&done, &wanted, &tried)?;
        if left.is_empty() {
            if let Some(place) = copies::remain(&done, &gone) {
                return Err(unsupported(format!(
                    "redact: what was found is still in {place}, from which it cannot be removed; no file is made. Change that first"
                )));
            }
            done.redactions = std::mem::take(&mut draft.redactions);
            done.redactions.push(report(&wanted, seen.count(), Plans { pages: tried, ..plans }));
            *draft = done;
            return Ok(());
        }
        for (number, look) in left {
            let plan = plans.pages.entry(number).or_insert_with(Plan::empty);
            plan.inexact = Some("something was still found on it when it was rewritten".to_owned());
            plan.take(look);
        }
    }
    Err(unsupported(
        "redact: what was found could not be removed so that none of it is left; no file is made. Redact its pages by boxes that cover them",
    ))
}

impl Plan {
    fn empty() -> Self {
        Self {
            hits: Vec::new(),
            targets: Vec::new(),
            inexact: None,
            notes: Vec::new(),
            lines: BTreeSet::new(),
            texts: Vec::new(),
        }
    }

    /// What was found is to go.
    fn take(&mut self, look: Look) {
        self.hits.extend(look.hits);
        self.targets.extend(look.targets);
    }

    /// Take note of a text that lay in boxes.
    fn add_text(&mut self, text: String) {
        self.lines.extend(lines(&text));
        self.texts.push(text);
    }
}

fn wanted(options: args::Redact, draft: &Draft) -> Result<Wanted> {
    let mut queries = Vec::new();
    let mut texts = Vec::new();
    let given =
        |texts: Option<Vec<String>>, is_regex| texts.unwrap_or_default().into_iter().map(move |text| (text, is_regex));
    for (text, is_regex) in given(options.search, false).chain(given(options.regex, true)) {
        queries.push(Query::thorough(&text, options.ignore_case, is_regex)?);
        texts.push(text);
    }
    let count = draft.pages.len() as u32;
    let mut boxes: BTreeMap<u32, Vec<wit::Box>> = BTreeMap::new();
    for wit::PageBox { page, box_ } in options.boxes.unwrap_or_default() {
        if page == 0 || page > count {
            return Err(pages::no_page(page, count));
        }
        let numbers = [box_.x, box_.y, box_.width, box_.height];
        if !numbers.iter().all(|number| number.is_finite()) || box_.width <= 0.0 || box_.height <= 0.0 {
            let [x, y, width, height] = numbers;
            return Err(invalid(format!("boxes: {width} × {height} pt at ({x}, {y}) on page {page} has no area")));
        }
        let seen = Frame::of(draft, draft.pages[page as usize - 1]).size;
        if rect(&box_).intersect(seen.to_rect()).area() <= 0.0 {
            let [x, y, ..] = numbers;
            return Err(invalid(format!(
                "boxes: nothing of the one at ({x}, {y}) lies on page {page}, which has {:.0} × {:.0} pt; places are in points from its upper left corner",
                seen.width, seen.height
            )));
        }
        boxes.entry(page).or_default().push(box_);
    }
    if queries.is_empty() && boxes.is_empty() {
        return Err(invalid("redact: there is nothing to remove; give search, regex or boxes"));
    }
    let acknowledged = match &options.acknowledge {
        Some(pages) => draft.numbers(Some(pages))?.into_iter().collect(),
        None => BTreeSet::new(),
    };
    Ok(Wanted {
        queries,
        texts,
        pages: draft.numbers(options.pages.as_deref())?.into_iter().collect(),
        boxes,
        acknowledged,
        fill: color(&options.fill)?,
        dpi: options.dpi,
    })
}

fn color(text: &str) -> Result<Option<[u8; 3]>> {
    if text == "none" {
        return Ok(None);
    }
    let parsed = parse_color(text).ok().map(|color| color.to_alpha_color::<Srgb>().to_rgba8());
    match parsed {
        Some(color) if color.a == 255 => Ok(Some([color.r, color.g, color.b])),
        _ => Err(invalid(format!("fill: must be a name such as black, #rgb, #rrggbb or none, not {text:?}"))),
    }
}

/// What goes from which page.
fn plan(seen: &Document, wanted: &Wanted) -> Result<Plans> {
    let mut walker = Walker::new(seen.pdf().xref(), 0, &wanted.queries);
    let mut plans: BTreeMap<u32, Plan> = BTreeMap::new();
    let mut any = vec![false; wanted.queries.len()];
    let mut unsure: Vec<(u32, &str)> = Vec::new();
    let (mut pictures, mut outlines, mut acknowledged) = (Vec::new(), Vec::new(), Vec::new());
    let wide: Vec<Wide<'_>> = wanted.queries.iter().map(Wide::new).collect::<Result<_>>()?;
    let mut before: Option<(u32, Edges)> = None;
    for number in wanted.pages.iter().copied().filter(|_| !wanted.queries.is_empty()) {
        let mut look = look::at(seen, &mut walker, number, &wanted.queries, &wide)?;
        any.iter_mut().zip(&look.found).for_each(|(any, found)| *any |= found);
        if let Some((last, edges)) = before.filter(|(last, _)| last + 1 == number) {
            for (query, parts) in edges.meet(&look.edges, last, &wanted.queries) {
                any[query] = true;
                for (hit, targets) in parts {
                    let plan = plans.entry(hit.page).or_insert_with(Plan::empty);
                    plan.hits.push(hit);
                    plan.targets.extend(targets);
                }
            }
        }
        before = Some((number, std::mem::take(&mut look.edges)));
        pictures.extend((look.has_pictures && look.unsure.is_none()).then_some(number));
        outlines.extend((look.has_outlines && look.unsure.is_none()).then_some(number));
        match look.unsure {
            Some(_) if wanted.acknowledged.contains(&number) => acknowledged.push(number),
            reason => unsure.extend(reason.map(|reason| (number, reason))),
        }
        if !look.hits.is_empty() || look.is_marked {
            plans.entry(number).or_insert_with(Plan::empty).take(look);
        }
    }
    if !unsure.is_empty() {
        let numbers: Vec<u32> = unsure.iter().map(|(number, _)| *number).collect();
        let reasons: Vec<String> =
            unsure.iter().take(20).map(|(number, reason)| format!("page {number}: {reason}")).collect();
        return Err(invalid(format!(
            "search: it cannot see all of {}, which would look clean and may not be ({}{}); look through them, redact them by boxes, and name them in acknowledge",
            named(&numbers),
            reasons.join("; "),
            if unsure.len() > 20 { "; …" } else { "" },
        )));
    }
    for (number, boxes) in &wanted.boxes {
        let plan = plans.entry(*number).or_insert_with(Plan::empty);
        for one in boxes {
            plan.targets.push(Target::drawn(rect(one)));
            plan.hits.push(wit::Hit { page: *number, text: String::new(), boxes: vec![*one] });
        }
    }
    let not_found = wanted.texts.iter().zip(any).filter(|(_, any)| !any).map(|(text, _)| text.clone()).collect();
    Ok(Plans { pages: plans, not_found, pictures, outlines, acknowledged })
}

/// Do what is planned, so that nothing that drew what went is left. All that must not be left anywhere.
fn apply(draft: &mut Draft, seen: &Document, wanted: &Wanted, plans: &mut BTreeMap<u32, Plan>) -> Result<Gone> {
    let mut walker = Walker::new(seen.pdf().xref(), draft.file.max_id, &wanted.queries);
    for number in 1..=seen.count() {
        let page = seen.page(number)?;
        let Some(plan) = plans.get_mut(&number) else {
            let mut found = walker.look(page);
            is_followed(&found, number)?;
            walker.keep(&mut found);
            continue;
        };
        plan.notes.clear();
        let (content, resources, mut found) = walker.rewrite(page, plan.targets.clone());
        is_followed(&found, number)?;
        if plan.targets.iter().any(|target| target.is_drawn) {
            plan.add_text(removed(&found));
        }
        plan.notes.extend(found.notes.iter().map(|note| (*note).to_owned()));
        let inexact = plan.inexact.take().or_else(|| found.inexact.first().map(|reason| (*reason).to_owned()));
        let Some(reason) = inexact else {
            walker.keep(&mut found);
            let content = framed(content, page, &plan.targets, wanted.fill);
            set_content(draft, &mut walker, number, content, resources)?;
            continue;
        };
        walker.forget(&mut found);
        // Letters go whole, as they would from what draws the page.
        let places: Vec<Rect> = plan.targets.iter().map(|target| target.reach).chain(found.cut).collect();
        let picture = picture::of(seen, number, &places, wanted.dpi, wanted.fill)?;
        plan.notes.extend(picture.notes.into_iter().map(|note| format!("in the picture, {note}")));
        let image = walker.make(picture.image);
        let resources = dictionary! { "XObject" => dictionary! { "Page" => image } };
        set_content(draft, &mut walker, number, picture.content, resources)?;
        plan.inexact = Some(reason);
    }
    for number in 1..=seen.count() {
        let queries: &[Query] = if wanted.pages.contains(&number) { &wanted.queries } else { &[] };
        let targets = plans.get(&number).map(|plan| plan.targets.clone()).unwrap_or_default();
        let removed = annotations::remove(draft, seen, &mut walker, number, &targets, queries)?;
        if removed.count > 0 {
            let plan = plans.entry(number).or_insert_with(Plan::empty);
            plan.notes.push(format!("annotations, links and fields removed: {}", removed.count));
            removed.texts.into_iter().for_each(|text| plan.add_text(text));
        }
    }
    for (id, object) in std::mem::take(&mut walker.made) {
        walker.used.insert(id);
        draft.file.objects.insert(id, object);
        draft.file.max_id = draft.file.max_id.max(id.0);
    }
    let all: Vec<Query> = wanted.queries.iter().cloned().chain(copies_of(plans)?).collect();
    let touched = plans.keys().map(|number| draft.pages[*number as usize - 1]).collect();
    let texts = plans.values().flat_map(|plan| &plan.texts).map(String::as_str);
    let gone = Gone::new(all, texts);
    let lost = copies::remove(draft, &walker, &gone, &touched)?;
    if lost.iter().any(|id| draft.file.objects.contains_key(id)) {
        return Err(unsupported("redact: something that drew what went is still in the file; no file is made"));
    }
    Ok(gone)
}

fn is_followed(found: &Found, number: u32) -> Result<()> {
    match found.is_endless() {
        true => Err(too_much(format!("page {number} draws more than can be followed"))),
        false => Ok(()),
    }
}

/// The text of the glyphs that were removed: what lay together in lines.
fn removed(found: &Found) -> String {
    let mut text = String::new();
    for run in found.gone.chunk_by(|one, next| one + 1 == *next) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let mut glyphs = found.glyphs.glyphs.get(*first..=*last).unwrap_or_default().to_vec();
        let start = glyphs.first().map_or(0, |glyph| glyph.chars.start);
        let end = glyphs.last().map_or(0, |glyph| glyph.chars.end);
        for glyph in &mut glyphs {
            glyph.chars = glyph.chars.start - start..glyph.chars.end - start;
        }
        let chars = found.glyphs.chars[start..end].to_owned();
        text.push_str(&Layout::new(Glyphs { chars, glyphs }).text());
        text.push('\n');
    }
    text
}

/// The lines of a text that are long enough to be known again.
fn lines(text: &str) -> impl Iterator<Item = String> {
    let is_long = |line: &&str| line.chars().count() >= SHORTEST_COPY && line.chars().any(char::is_alphanumeric);
    text.lines().map(str::trim).filter(is_long).map(str::to_owned)
}

/// What finds copies of what lay in boxes.
fn copies_of(plans: &BTreeMap<u32, Plan>) -> Result<Vec<Query>> {
    let lines: BTreeSet<&str> = plans.values().flat_map(|plan| &plan.lines).map(String::as_str).collect();
    if lines.len() > MAX_COPIES {
        let count = lines.len();
        return Err(too_much(format!(
            "boxes: {count} lines of text lie in them, and copies of {MAX_COPIES} at most can be looked for; redact fewer pages at a time"
        )));
    }
    let lines: Vec<&str> = lines.into_iter().collect();
    lines.chunks(COPIES).map(Query::any_of_thorough).collect()
}

/// A page's content between what keeps its state to itself, with boxes where something was.
fn framed(
    content: Vec<u8>,
    page: &hayro::hayro_syntax::page::Page<'_>,
    targets: &[Target],
    fill: Option<[u8; 3]>,
) -> Vec<u8> {
    let mut framed = b"q\n".to_vec();
    framed.extend(content);
    framed.extend(b"\nQ");
    if let Some(color) = fill
        && !targets.is_empty()
    {
        let back = geometry::to_seen(page).inverse();
        let [r, g, b] = color.map(|part| format!("{:.4}", f32::from(part) / 255.0));
        framed.extend(format!("\n/Artifact BMC q {r} {g} {b} rg").bytes());
        for Target { reach, .. } in targets {
            let Rect { x0, y0, x1, y1 } = back.transform_rect_bbox(*reach);
            framed.extend(format!("\n{x0:.4} {y0:.4} {:.4} {:.4} re", x1 - x0, y1 - y0).bytes());
        }
        framed.extend(b"\nf Q EMC");
    }
    framed
}

fn set_content(
    draft: &mut Draft,
    walker: &mut Walker<'_>,
    number: u32,
    content: Vec<u8>,
    resources: Dictionary,
) -> Result<()> {
    let stream = walker.make(packed(Dictionary::new(), content));
    let page = draft.page(draft.pages[number as usize - 1])?;
    page.set("Contents", Object::Reference(stream));
    page.set("Resources", resources);
    Ok(())
}

/// The pages on which something is still found, and what that is.
fn left(draft: &Draft, wanted: &Wanted, plans: &BTreeMap<u32, Plan>) -> Result<Vec<(u32, Look)>> {
    let seen = draft.seen()?;
    let mut walker = Walker::new(seen.pdf().xref(), 0, &wanted.queries);
    let mut left = Vec::new();
    let looked: BTreeSet<u32> =
        plans.keys().copied().chain(wanted.pages.iter().copied().filter(|_| !wanted.queries.is_empty())).collect();
    for number in looked {
        let queries: &[Query] = if wanted.pages.contains(&number) { &wanted.queries } else { &[] };
        let look = look::at(&seen, &mut walker, number, queries, &[])?;
        let targets = Targets::new(plans.get(&number).map(|plan| plan.targets.clone()).unwrap_or_default());
        let found = walker.look(seen.page(number)?);
        let is_taken = |glyph: &Glyph| targets.near(glyph.bounds).iter().any(|target| target.takes(glyph.bounds, None));
        let stands = !targets.is_empty() && found.glyphs.glyphs.iter().any(is_taken);
        if !look.hits.is_empty() || look.is_marked || look.is_annotated || stands {
            left.push((number, look));
        }
    }
    Ok(left)
}

fn report(wanted: &Wanted, count: u32, plans: Plans) -> wit::RedactionReport {
    let pages = plans.pages.into_iter().map(|(page, plan)| wit::Redaction {
        page,
        hits: plan.hits,
        handling: if plan.inexact.is_some() { wit::Handling::Pictured } else { wit::Handling::Rewritten },
        reason: plan.inexact.unwrap_or_default(),
        notes: plan.notes,
    });
    let mut notes = vec![
        "removed from the document: metadata, attachments, scripts, signatures, thumbnails, data of programs, and what no page draws".to_owned(),
        "removed from pages with hits: annotations that touch them, alternate texts of their structure".to_owned(),
    ];
    let mut left_out = Vec::new();
    if !wanted.queries.is_empty() {
        left_out.extend((1..=count).filter(|number| !wanted.pages.contains(number)));
        let on = if left_out.is_empty() { "" } else { " on the pages that were named" };
        notes.push("texts of the outline, of fields, layers and destinations were searched too".to_owned());
        notes.push(format!("the new file was opened and searched again: nothing was found{on}"));
    }
    notes.push("no letter stands in a box of the new file".to_owned());
    let unseen = [
        ("what is on the pages that were not named", left_out),
        ("pictures, which may show texts", plans.pictures),
        ("drawings that look like letters", plans.outlines),
    ];
    let unseen = unseen.into_iter().filter(|(_, pages)| !pages.is_empty());
    wit::RedactionReport {
        pages: pages.collect(),
        not_found: plans.not_found,
        acknowledged: plans.acknowledged,
        not_searched: unseen.map(|(what, pages)| format!("{what}: {}", named(&pages))).collect(),
        notes,
    }
}

/// Pages by their numbers in rising order, as people write them: pages 1-3,8.
fn named(numbers: &[u32]) -> String {
    let runs = numbers.chunk_by(|one, next| one + 1 == *next);
    let runs = runs.filter_map(|run| Some((run.first()?, run.last()?)));
    let texts = runs.map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") });
    format!("{} {}", if numbers.len() == 1 { "page" } else { "pages" }, texts.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use crate::handle::Handle;
    use crate::wit;

    /// A file of two pages: a text, and a picture of one pixel with an annotation that says "secret".
    fn file() -> Vec<u8> {
        let page = |content: u32, more: &str| {
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents {content} 0 R {more} /Resources << /Font << \
                 /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>"
            )
        };
        let stream = |content: &str| format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
        let note = "/Annots [<< /Type /Annot /Subtype /Text /Rect [150 5 160 15] /Contents (secret) >>]";
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
            page(5, ""),
            page(6, note),
            stream("BT /M 10 Tf 20 50 Td (see SECRET here) Tj ET"),
            stream("q 200 0 0 100 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \0 EI Q"),
        ];
        let numbered = (1..).zip(objects).map(|(number, object)| format!("{number} 0 obj\n{object}\nendobj\n"));
        // Without a table of where they stand, which readers make themselves.
        format!("%PDF-1.7\n{}trailer\n<< /Root 1 0 R >>\n%%EOF", numbered.collect::<String>()).into_bytes()
    }

    fn redact(acknowledge: &str) -> wit::Step {
        wit::Step::Redact(wit::Redact {
            search: Some(vec!["secret".into()]),
            regex: None,
            boxes: None,
            ignore_case: None,
            pages: None,
            fill: None,
            acknowledge: Some(acknowledge.into()),
            dpi: None,
        })
    }

    #[test]
    fn reports_say_what_was_done() {
        let document = Handle::open(file(), None).unwrap().apply(vec![redact("1-2")]).unwrap();
        let [report] = document.redactions() else { panic!("one report") };
        assert_eq!(report.acknowledged, [2], "a search sees all of page 1");
        let pages: Vec<(u32, usize)> = report.pages.iter().map(|page| (page.page, page.hits.len())).collect();
        assert_eq!(pages, [(1, 1), (2, 0)]);
        assert_eq!(report.pages[1].notes, ["annotations, links and fields removed: 1"]);
    }

    #[test]
    fn given_fonts_stay_with_what_is_made() {
        let document = Handle::open(file(), None).unwrap();
        let font = wit::Font { name: "Adobe-Japan1".into(), data: b"OTTO".to_vec(), face: None };
        document.document().unwrap().use_fonts(vec![font]).unwrap();
        let rotate = wit::Step::Rotate(wit::Rotate { degrees: 90, pages: None });
        for steps in [vec![], vec![rotate], vec![redact("2")]] {
            let made = document.apply(steps).unwrap();
            assert_eq!(
                made.document().unwrap().given_fonts().iter().map(|font| font.0.as_str()).collect::<Vec<_>>(),
                ["Adobe-Japan1"]
            );
        }
    }
}
