//! What lies on a page and holds, shows or covers what is to go.

use super::place::{Target, overlaps};
use super::walk::Walker;
use crate::document::Document;
use crate::edit::copy;
use crate::edit::draft::Draft;
use crate::error::Result;
use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use crate::text::layout::Layout;
use crate::text::search::Query;
use crate::{geometry, strings};
use hayro::hayro_syntax::object::{self, Array, Dict, MaybeRef, Stream};
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::Rect;
use lopdf::{Object, ObjectId};
use std::collections::BTreeSet;

/// Kinds that hold files, sounds or films.
const HOLDERS: [&str; 6] = ["FileAttachment", "Sound", "Movie", "Screen", "RichMedia", "3D"];

/// Remove annotations from a page; how many.
pub fn remove<'a>(
    draft: &mut Draft,
    document: &'a Document,
    walker: &mut Walker<'a>,
    number: u32,
    targets: &[Target],
    queries: &[Query],
) -> Result<usize> {
    let page = document.page(number)?;
    let Some(all) = page.raw().get::<Array<'a>>("Annots") else { return Ok(0) };
    let mut kept: Vec<Object> = Vec::new();
    let mut gone: BTreeSet<ObjectId> = BTreeSet::new();
    let mut others: Vec<(Option<ObjectId>, Vec<ObjectId>)> = Vec::new();
    let mut count = 0;
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
        let meets = place.is_some_and(|place| targets.iter().any(|target| overlaps(place, target.rect)));
        if meets
            || HOLDERS.contains(&kind.as_str())
            || says(&annotation, queries)
            || shows(&annotation, walker, page.resources(), queries)
        {
            count += 1;
            gone.extend(id);
            continue;
        }
        // A window of a note, or an answer to one, goes with it.
        let heads =
            ["Parent", "IRT"].iter().filter_map(|key| Some(annotation.get_ref(key)?.into())).filter_map(copy::id);
        others.push((id, heads.collect()));
        kept.push(match id {
            Some(id) => Object::Reference(id),
            None => copy::Copier::new(document.pdf().xref()).dict(&annotation).into(),
        });
    }
    // Answers to answers too: each time round at least one goes.
    loop {
        let before = kept.len();
        let mut stays = others.iter().map(|(_, heads)| !heads.iter().any(|head| gone.contains(head)));
        kept.retain(|_| stays.next().unwrap_or(true));
        others.retain(|(id, heads)| {
            let stays = !heads.iter().any(|head| gone.contains(head));
            if !stays {
                gone.extend(*id);
            }
            stays
        });
        if kept.len() == before {
            break;
        }
        count += before - kept.len();
    }
    for id in &gone {
        forget(draft, *id);
    }
    draft.page(draft.pages[number as usize - 1])?.set("Annots", kept);
    Ok(count)
}

/// Whether one of its texts has what is looked for.
fn says(annotation: &Dict<'_>, queries: &[Query]) -> bool {
    let texts = annotation.entries().filter_map(|(_, value)| match value {
        MaybeRef::NotRef(object::Object::String(text)) => Some(strings::text(text.as_bytes())),
        _ => None,
    });
    let action = annotation.get::<Dict<'_>>("A").and_then(|action| strings::entry(&action, "URI"));
    texts.chain(action).any(|text| queries.iter().any(|query| query.is_in(&text)))
}

/// Whether it looks like what is looked for, in any of its states. What it looks like is used.
fn shows<'a>(annotation: &Dict<'a>, walker: &mut Walker<'a>, resources: &Resources<'a>, queries: &[Query]) -> bool {
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
    let mut any = false;
    let mut seen = Vec::new();
    for stream in streams {
        let mut found = walker.look_at_form(&stream, resources);
        any |= found.is_marked;
        let layout = Layout::new(std::mem::take(&mut found.glyphs));
        any |= queries.iter().any(|query| query.is_in(&layout.text()));
        seen.push(found);
    }
    if !any {
        seen.iter_mut().for_each(|found| walker.keep(found));
    }
    any
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
