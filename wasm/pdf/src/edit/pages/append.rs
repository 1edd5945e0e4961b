//! `append`: the pages of another file.

use super::select;
use crate::document::Document;
use crate::edit::Draft;
use crate::edit::look::visit;
use crate::edit::parts::{fields, labels, layers, links, names, outline, structure};
use crate::error::{Result, too_much};
use crate::limits::MAX_OBJECT_NUMBER;
use crate::{args, pages, wit};
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::BTreeMap;

/// Put the pages of another file behind those that are there.
pub fn append(draft: &mut Draft, options: wit::Append) -> Result<()> {
    let args::Append { file, pages, password } = options.try_into()?;
    let document = Document::new(file, password)?;
    let numbers = pages::numbers(pages.as_deref(), document.count())?;
    let mut other = Draft::with(&document, &numbers)?;
    drop(document);
    if pages.is_some() {
        select::take(&mut other, &numbers)?;
    }
    select::check_count(draft.pages.len() + other.pages.len())?;
    links::by_reference(draft);
    links::by_reference(&mut other);
    let labels = labels::joined(draft, &other);
    if other.file.version > draft.file.version {
        draft.file.version.clone_from(&other.file.version);
    }

    let (root, pages, after) = graft(draft, other)?;
    draft.pages.extend(pages);
    labels::set(draft, labels)?;
    links::join(draft, &root, after)?;
    names::join(draft, &root)?;
    outline::join(draft, &root)?;
    fields::join(draft, &root, after)?;
    layers::join(draft, &root)?;
    structure::join(draft, &root, after)?;
    let threads = [draft.root(b"Threads").as_array(), draft.get(&root, b"Threads").as_array()];
    let threads: Vec<Object> = threads.into_iter().flatten().flatten().cloned().collect();
    if !threads.is_empty() {
        draft.catalog()?.set("Threads", threads);
    }
    Ok(())
}

/// Bring the objects of another draft here. What they say of the document as a whole is returned: its
/// catalogue, and its pages; and the number after which its objects are.
pub fn graft(draft: &mut Draft, mut other: Draft) -> Result<(Dictionary, Vec<ObjectId>, u32)> {
    let after = draft.file.max_id;
    let count = other.file.objects.len() as u64;
    let last = u32::try_from(u64::from(after) + count).ok().filter(|last| *last <= MAX_OBJECT_NUMBER);
    let last = last.ok_or_else(|| too_much("the files have too many objects to join"))?;
    let new: BTreeMap<ObjectId, ObjectId> =
        other.file.objects.keys().zip(after..last).map(|(id, before)| (*id, (before + 1, 0))).collect();
    let moved = |object: &mut Object| {
        if let Object::Reference(id) = object {
            match new.get(id) {
                Some(other) => *id = *other,
                None => *object = Object::Null,
            }
        }
    };
    let mut root: Object = other.catalog()?.clone().into();
    visit(&mut root, &mut { moved });
    for (id, mut object) in std::mem::take(&mut other.file.objects) {
        visit(&mut object, &mut { moved });
        if let Some(id) = new.get(&id) {
            draft.file.objects.insert(*id, object);
        }
    }
    draft.file.max_id = last;
    let pages = other.pages.iter().filter_map(|id| new.get(id).copied()).collect();
    let root = match root {
        Object::Dictionary(root) => root,
        _ => Dictionary::new(),
    };
    Ok((root, pages, after))
}
