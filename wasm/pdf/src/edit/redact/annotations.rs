//! What lies on a page and holds, shows or covers what is to go.

use super::orders;
use super::place::{Target, Targets, overlaps};
use super::walk::{Found, MAX_OPERATORS, Walker};
use crate::document::Document;
use crate::edit::copy;
use crate::edit::draft::Draft;
use crate::error::{Result, too_much};
use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use crate::text::collect::Glyphs;
use crate::text::fold::Text;
use crate::text::layout::Layout;
use crate::text::search::Query;
use crate::{geometry, strings};
use hayro::hayro_syntax::object::{self, Array, Dict, MaybeRef, Stream};
use hayro::hayro_syntax::page::{Page, Resources};
use hayro::kurbo::{Affine, Rect};
use lopdf::{Object, ObjectId};
use std::collections::BTreeSet;

/// Kinds that hold files, sounds or films.
const HOLDERS: [&str; 6] = ["FileAttachment", "Sound", "Movie", "Screen", "RichMedia", "3D"];

/// Entries that are no texts, or lead to other things than the annotation itself.
const ELSEWHERE: [&str; 13] =
    ["AP", "CreationDate", "DA", "IRT", "K", "Kids", "M", "NM", "OC", "P", "Parent", "Popup", "StructParent"];
/// Entries whose names are a person's; others are words of PDF.
const NAMED: [&str; 5] = ["AS", "D", "DV", "Dest", "V"];
/// What is filled in, which parts of a field take over from those above them.
const FILLED: [&str; 4] = ["V", "DV", "RV", "Opt"];
/// What people read in annotations.
const READ: [&str; 5] = ["Contents", "RC", "V", "DV", "RV"];
/// How deep the texts of an annotation lie.
const NESTING: usize = 6;
/// Most objects of an annotation that are read.
const MAX_OBJECTS: usize = 10_000;

/// What was removed from a page.
#[derive(Default)]
pub struct Removed {
    /// How many annotations.
    pub count: usize,
    /// The texts of those that lay in boxes.
    pub texts: Vec<String>,
}

/// An annotation that is no reason for itself to go.
struct Other {
    id: Option<ObjectId>,
    /// What it is a window of, or an answer to: it goes with that.
    heads: Vec<ObjectId>,
    looks: Vec<Found>,
}

/// Remove annotations from a page.
pub fn remove<'a>(
    draft: &mut Draft,
    document: &'a Document,
    walker: &mut Walker<'a>,
    number: u32,
    targets: &[Target],
    queries: &[Query],
) -> Result<Removed> {
    let page = document.page(number)?;
    let mut removed = Removed::default();
    let Some(all) = page.raw().get::<Array<'a>>("Annots") else { return Ok(removed) };
    let mut kept: Vec<Object> = Vec::new();
    let mut gone: BTreeSet<ObjectId> = BTreeSet::new();
    let mut others: Vec<Other> = Vec::new();
    let targets = Targets::new(targets.to_vec());
    let mut budget = MAX_OPERATORS;
    for item in all.raw_iter().take(MAX_ENTRIES) {
        let (id, raw) = match item {
            MaybeRef::Ref(reference) => {
                let id = (reference.obj_number, u16::try_from(reference.gen_number).unwrap_or(0));
                (Some(id), document.pdf().xref().get::<Dict<'a>>(reference.into()))
            }
            MaybeRef::NotRef(object) => (None, object.into_dict()),
        };
        let Some(annotation) = raw else { continue };
        let kind = strings::name(&annotation, "Subtype").unwrap_or_default();
        let place = annotation
            .get::<object::Rect>("Rect")
            .map(|rect| geometry::to_seen(page).transform_rect_bbox(Rect::new(rect.x0, rect.y0, rect.x1, rect.y1)));
        let near = place.map(|place| targets.near(place)).unwrap_or_default();
        let marked =
            quads(&annotation, &kind).into_iter().map(|quad| geometry::to_seen(page).transform_rect_bbox(quad));
        let marked: Vec<Rect> = marked.collect();
        let meets = |target: &Target| {
            place.is_some_and(|place| overlaps(place, target.rect))
                && (marked.is_empty() || marked.iter().any(|quad| overlaps(*quad, target.rect)))
        };
        let looks = shown(&annotation, walker, page.resources(), &mut budget);
        if budget == 0 {
            return Err(too_much(format!("page {number}: its annotations draw more than can be followed")));
        }
        let is_marked = looks.iter().any(|(found, _)| found.is_marked);
        let is_found = || {
            let texts = Texts::of(&annotation, None);
            let is_cut = texts.is_cut;
            let texts = texts.found.into_iter().chain(states(&annotation));
            let shown = looks.iter().flat_map(|(_, layouts)| layouts).map(|layout| Text::of(layout).0);
            let mut texts = texts.map(|text| Text::new(&text)).chain(shown);
            is_cut && !queries.is_empty() || texts.any(|text| queries.iter().any(|query| query.stands_in(&text)))
        };
        if near.iter().any(meets) || HOLDERS.contains(&kind.as_str()) || is_marked || is_found() {
            removed.count += 1;
            if near.iter().any(|target| target.is_drawn && meets(target)) {
                removed.texts.extend(Texts::of(&annotation, Some(&READ)).found);
                removed.texts.extend(looks.iter().map(|(_, [drawn, _])| drawn.text()));
            }
            gone.extend(id);
            continue;
        }
        let heads =
            ["Parent", "IRT"].iter().filter_map(|key| Some(annotation.get_ref(key)?.into())).filter_map(copy::id);
        let looks = looks.into_iter().map(|(found, _)| found).collect();
        others.push(Other { id, heads: heads.collect(), looks });
        kept.push(match id {
            Some(id) => Object::Reference(id),
            None => copy::Copier::new(document.pdf().xref()).dict(&annotation).into(),
        });
    }
    // Answers to answers too: each time round at least one goes.
    loop {
        let before = kept.len();
        let mut stays = others.iter().map(|other| !other.heads.iter().any(|head| gone.contains(head)));
        kept.retain(|_| stays.next().unwrap_or(true));
        others.retain(|other| {
            let stays = !other.heads.iter().any(|head| gone.contains(head));
            if !stays {
                gone.extend(other.id);
            }
            stays
        });
        if kept.len() == before {
            break;
        }
        removed.count += before - kept.len();
    }
    others.iter_mut().flat_map(|other| &mut other.looks).for_each(|found| walker.keep(found));
    for id in &gone {
        forget(draft, *id);
    }
    draft.page(draft.pages[number as usize - 1])?.set("Annots", kept);
    Ok(removed)
}

/// What the annotations of a page look like in all their states, and the way from there to the page as seen.
pub fn looks<'a>(page: &Page<'a>, walker: &mut Walker<'a>) -> Vec<(Found, Affine)> {
    let mut looks = Vec::new();
    let mut budget = MAX_OPERATORS;
    let all = page.raw().get::<Array<'a>>("Annots");
    for annotation in all.iter().flat_map(Array::iter::<Dict<'a>>).take(MAX_ENTRIES) {
        for stream in appearances(&annotation) {
            let found = walker.look_at_form(&stream, page.resources(), &mut budget);
            if let Some(place) = place(&annotation, &stream) {
                looks.push((found, geometry::to_seen(page) * place));
            }
        }
    }
    looks
}

/// What an appearance shows, in the orders in which it may be read.
pub fn layouts(glyphs: Glyphs) -> [Layout; 2] {
    let rows = Layout::new(orders::rows(&glyphs));
    [Layout::new(glyphs), rows]
}

/// The places of the letters that an annotation marks; its own box reaches from the first of them to the last.
fn quads(annotation: &Dict<'_>, kind: &str) -> Vec<Rect> {
    if !["Highlight", "Underline", "StrikeOut", "Squiggly"].contains(&kind) {
        return Vec::new();
    }
    let numbers = annotation.get::<Array<'_>>("QuadPoints");
    let numbers: Vec<f64> = numbers.iter().flat_map(Array::iter::<f64>).take(MAX_ENTRIES).collect();
    let corners = |quad: &[f64; 8]| {
        let [x0, y0, x1, y1, x2, y2, x3, y3] = *quad;
        Rect::new(x0, y0, x1, y1).abs().union(Rect::new(x2, y2, x3, y3).abs())
    };
    numbers.as_chunks().0.iter().map(corners).collect()
}

/// Where an appearance is put: its box is made to fit that of the annotation.
fn place(annotation: &Dict<'_>, look: &Stream<'_>) -> Option<Affine> {
    let rect = |of: object::Rect| Rect::new(of.x0, of.y0, of.x1, of.y1).abs();
    let to = rect(annotation.get::<object::Rect>("Rect")?);
    let matrix = look.dict().get::<[f64; 6]>("Matrix").map_or(Affine::IDENTITY, Affine::new);
    let from = matrix.transform_rect_bbox(rect(look.dict().get::<object::Rect>("BBox")?));
    let place = Affine::translate(to.origin().to_vec2())
        * Affine::scale_non_uniform(to.width() / from.width(), to.height() / from.height())
        * Affine::translate(-from.origin().to_vec2());
    place.is_finite().then_some(place)
}

/// What an annotation looks like, in any of its states.
fn appearances<'a>(annotation: &Dict<'a>) -> Vec<Stream<'a>> {
    let looks = annotation.get::<Dict<'a>>("AP").unwrap_or_default();
    let mut streams: Vec<Stream<'a>> = Vec::new();
    for key in ["N", "R", "D"] {
        match looks.get::<object::Object<'a>>(key) {
            Some(object::Object::Stream(stream)) => streams.push(stream),
            Some(object::Object::Dict(states)) => {
                streams.extend(states.keys().take(MAX_DEPTH).filter_map(|state| states.get::<Stream<'a>>(&*state)));
            }
            _ => {}
        }
    }
    streams
}

/// The texts of an annotation, and the names that are its own; what is filled in may stand above it.
struct Texts {
    found: Vec<String>,
    /// How many objects may still be read.
    budget: usize,
    /// Whether there are more, or longer ones, than are read.
    is_cut: bool,
}

impl Texts {
    /// Those that these keys have; of none given, all.
    fn of(annotation: &Dict<'_>, keys: Option<&[&str]>) -> Self {
        let mut texts = Self { found: Vec::new(), budget: MAX_OBJECTS, is_cut: false };
        let mut level = Some(annotation.clone());
        for depth in 0..MAX_DEPTH {
            let Some(dict) = level.filter(|dict| depth == 0 || dict.contains_key("FT") || dict.contains_key("T"))
            else {
                break;
            };
            let is_wanted =
                |key: &str| keys.is_none_or(|keys| keys.contains(&key)) && (depth == 0 || FILLED.contains(&key));
            texts.dict(&dict, is_wanted, 0);
            level = dict.get::<Dict<'_>>("Parent");
        }
        texts
    }

    fn dict(&mut self, dict: &Dict<'_>, is_wanted: impl Fn(&str) -> bool, depth: usize) {
        for key in dict.keys() {
            let name = key.as_str();
            if !ELSEWHERE.contains(&name)
                && is_wanted(name)
                && let Some(value) = dict.get::<object::Object<'_>>(&*key)
            {
                self.value(&value, NAMED.contains(&name), depth);
            }
        }
    }

    fn value(&mut self, value: &object::Object<'_>, may_be_named: bool, depth: usize) {
        if depth > NESTING || self.budget == 0 {
            self.is_cut |= self.budget == 0;
            return;
        }
        self.budget -= 1;
        match value {
            object::Object::String(text) => self.read(text),
            object::Object::Name(name) if may_be_named => self.found.push(name.as_str().to_owned()),
            object::Object::Stream(stream) => {
                if let Ok(data) = stream.decoded_data() {
                    self.read(&data);
                }
            }
            object::Object::Array(items) => {
                for item in items.iter::<object::Object<'_>>() {
                    self.value(&item, may_be_named, depth + 1);
                }
            }
            object::Object::Dict(dict) if !matches!(strings::name(dict, "Type").as_deref(), Some("Page" | "Pages")) => {
                self.dict(dict, |_| true, depth + 1);
            }
            _ => {}
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        let readings = strings::readings(bytes);
        self.is_cut |= readings.is_none();
        self.found.extend(readings.into_iter().flatten());
    }
}

/// The names of its states, which may be what a button stands for.
fn states(annotation: &Dict<'_>) -> Vec<String> {
    let looks = annotation.get::<Dict<'_>>("AP").unwrap_or_default();
    let states = ["N", "R", "D"].iter().filter_map(|key| looks.get::<Dict<'_>>(*key));
    let names = states
        .flat_map(|states| states.keys().take(MAX_DEPTH).map(|name| name.as_str().to_owned()).collect::<Vec<_>>());
    names.filter(|name| name != "Off").collect()
}

/// What it looks like in its states, and the texts of that.
fn shown<'a>(
    annotation: &Dict<'a>,
    walker: &mut Walker<'a>,
    resources: &Resources<'a>,
    budget: &mut usize,
) -> Vec<(Found, [Layout; 2])> {
    let shown = appearances(annotation).into_iter().map(|stream| {
        let mut found = walker.look_at_form(&stream, resources, budget);
        let layouts = layouts(std::mem::take(&mut found.glyphs));
        (found, layouts)
    });
    shown.collect()
}

/// Leave nothing of an annotation where something else refers to it; of a field its place in the form.
fn forget(draft: &mut Draft, id: ObjectId) {
    let mut above = None;
    if let Ok(dict) = draft.file.get_dictionary_mut(id) {
        above = dict.get(b"Parent").and_then(Object::as_reference).ok();
        let is_field = dict.has(b"FT") || dict.has(b"T");
        const FIELD: [&[u8]; 4] = [b"FT", b"T", b"Ff", b"Parent"];
        let kept = dict.iter().filter(|(key, _)| is_field && FIELD.contains(&key.as_slice()));
        *dict = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
    }
    // What is filled in may stand with the field that it is a part of.
    for _ in 0..MAX_DEPTH {
        let Some(dict) = above.and_then(|id| draft.file.get_dictionary_mut(id).ok()) else { break };
        if dict.has(b"FT") || dict.has(b"T") {
            for key in [&b"V"[..], b"DV", b"RV", b"Opt"] {
                dict.remove(key);
            }
        }
        above = dict.get(b"Parent").and_then(Object::as_reference).ok();
    }
}
