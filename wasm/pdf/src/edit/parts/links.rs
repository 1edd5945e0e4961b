//! Where things lead: destinations, their names, and links.

use super::names;
use crate::edit::Draft;
use crate::edit::look::visit;
use crate::error::Result;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::{BTreeMap, BTreeSet};

/// Pages that are gone, and the names of places on them.
pub struct Gone {
    pages: BTreeSet<ObjectId>,
    names: BTreeSet<Vec<u8>>,
}

impl Gone {
    /// What goes with these pages.
    pub fn with(draft: &Draft, pages: BTreeSet<ObjectId>) -> Self {
        let mut gone = Self { pages, names: BTreeSet::new() };
        let named = destinations(draft).into_iter().filter(|(_, value)| gone.has(draft, value));
        gone.names = named.map(|(name, _)| name).collect();
        gone
    }

    /// Whether a page is gone.
    pub fn has_page(&self, page: &Object) -> bool {
        page.as_reference().is_ok_and(|id| self.pages.contains(&id))
    }

    /// Whether a destination is on a page that is gone.
    pub fn has(&self, draft: &Draft, destination: &Object) -> bool {
        match draft.resolve(destination) {
            Object::Array(items) => items.first().is_some_and(|page| self.has_page(page)),
            Object::Dictionary(dict) => {
                draft.get(dict, b"D").as_array().is_ok_and(|to| to.first().is_some_and(|page| self.has_page(page)))
            }
            Object::Name(name) | Object::String(name, _) => self.names.contains(name),
            _ => false,
        }
    }

    /// Whether a link or an entry of the outline leads to a page that is gone.
    pub fn leads(&self, draft: &Draft, from: &Dictionary) -> bool {
        if let Ok(destination) = from.get(b"Dest") {
            return self.has(draft, destination);
        }
        draft.dict(from, b"A").is_some_and(|action| self.is_action(draft, action))
    }

    fn is_action(&self, draft: &Draft, action: &Dictionary) -> bool {
        draft.name(action, b"S") == Some(b"GoTo") && action.get(b"D").is_ok_and(|to| self.has(draft, to))
    }
}

/// Names of destinations, those of old files too.
fn destinations(draft: &Draft) -> Vec<(Vec<u8>, Object)> {
    let old = draft.root_dict(b"Dests").into_iter().flat_map(Dictionary::iter);
    let mut found: Vec<_> = old.map(|(name, value)| (name.clone(), value.clone())).collect();
    if let Some(tree) = draft.root_dict(b"Names").and_then(|names| draft.dict(names, b"Dests")) {
        found.extend(names::map(draft, tree));
    }
    found
}

/// Links within documents say pages by reference; some say them by number, which is about to change.
pub fn by_reference(draft: &mut Draft) {
    let pages = draft.pages.clone();
    let number = |to: &mut Object| {
        if let Ok(items) = to.as_array_mut()
            && let Some(first) = items.first_mut()
            && let Ok(index) = first.as_i64()
            && let Some(page) = usize::try_from(index).ok().and_then(|index| pages.get(index))
        {
            *first = Object::Reference(*page);
        }
    };
    draft.change_all(0, |_, dict| {
        if let Ok(to) = dict.get_mut(b"Dest") {
            number(to);
        }
        if dict.get(b"S").and_then(Object::as_name).is_ok_and(|kind| kind == b"GoTo")
            && let Ok(to) = dict.get_mut(b"D")
        {
            number(to);
        }
    });
}

/// Let go of names and links that lead to pages that are gone.
pub fn keep(draft: &mut Draft, gone: &Gone) -> Result<()> {
    if let Some(mut old) = draft.root_dict(b"Dests").cloned() {
        let lost: Vec<_> = old.iter().filter(|(_, to)| gone.has(draft, to)).map(|(name, _)| name.clone()).collect();
        for name in lost {
            old.remove(&name);
        }
        draft.catalog()?.set("Dests", old);
    }
    if let Some(mut trees) = draft.root_dict(b"Names").cloned()
        && let Some(tree) = draft.dict(&trees, b"Dests")
    {
        let mut kept = names::map(draft, tree);
        kept.retain(|_, to| !gone.has(draft, to));
        trees.set("Dests", names::tree(kept));
        draft.catalog()?.set("Names", trees);
    }
    let opens_there = match draft.root(b"OpenAction") {
        Object::Dictionary(action) => gone.is_action(draft, action),
        to => gone.has(draft, to),
    };
    if opens_there {
        draft.catalog()?.remove(b"OpenAction");
    }
    for id in draft.pages.clone() {
        let Ok(page) = draft.file.get_dictionary(id) else { continue };
        let annotations = draft.list(page, b"Annots");
        let stays = |item: &&Object| {
            let link = draft.object(item).filter(|dict| draft.name(dict, b"Subtype") == Some(b"Link"));
            !link.is_some_and(|link| gone.leads(draft, link))
        };
        let kept: Vec<Object> = annotations.iter().filter(stays).cloned().collect();
        if kept.len() < annotations.len() {
            draft.page(id)?.set("Annots", kept);
        }
    }
    Ok(())
}

/// Join the named destinations of another document, whose objects are those after `after`, to those here.
/// What leads to a name that is taken is told its new name.
pub fn join(draft: &mut Draft, other: &Dictionary, after: u32) -> Result<()> {
    let theirs_old = draft.dict(other, b"Dests").cloned().unwrap_or_default();
    let mut old = draft.root_dict(b"Dests").cloned().unwrap_or_default();
    let new_old = names::clashes(theirs_old.iter().map(|(name, _)| name.as_slice()), |name| old.has(name));

    let tree = |draft: &Draft, root: Option<&Dictionary>| {
        root.and_then(|names| draft.dict(names, b"Dests")).map(|tree| names::map(draft, tree)).unwrap_or_default()
    };
    let theirs = tree(draft, draft.dict(other, b"Names"));
    let mut mine = tree(draft, draft.root_dict(b"Names"));
    let new = names::clashes(theirs.keys().map(Vec::as_slice), |name| mine.contains_key(name));

    if !new.is_empty() || !new_old.is_empty() {
        // Some files ask a tree of names by a name, and a dictionary by a string.
        let rename = |to: &mut Object| match to {
            Object::String(name, _) => {
                if let Some(other) = new.get(name).or_else(|| new_old.get(name)) {
                    *name = other.clone();
                }
            }
            Object::Name(name) => {
                if let Some(other) = new_old.get(name).or_else(|| new.get(name)) {
                    *name = other.clone();
                }
            }
            _ => {}
        };
        draft.change_all(after, |_, dict| {
            if let Ok(to) = dict.get_mut(b"Dest") {
                rename(to);
            }
            if dict.get(b"S").and_then(Object::as_name).is_ok_and(|kind| kind == b"GoTo")
                && let Ok(to) = dict.get_mut(b"D")
            {
                rename(to);
            }
        });
    }

    for (name, to) in &theirs_old {
        old.set(new_old.get(name).unwrap_or(name).clone(), to.clone());
    }
    if !old.is_empty() {
        draft.catalog()?.set("Dests", old);
    }
    for (name, to) in theirs {
        mine.insert(new.get(&name).cloned().unwrap_or(name), to);
    }
    if !mine.is_empty() {
        let mut trees = draft.root_dict(b"Names").cloned().unwrap_or_default();
        trees.set("Dests", names::tree(mine));
        draft.catalog()?.set("Names", trees);
    }
    Ok(())
}

/// Lead what leads to pages to others in their place, shown whole.
pub fn lead_to(draft: &mut Draft, others: &BTreeMap<ObjectId, ObjectId>) {
    for object in draft.file.objects.values_mut() {
        visit(object, &mut |object| {
            if let Object::Array(items) = object
                && let [Object::Reference(page), Object::Name(_), ..] = items.as_slice()
                && let Some(other) = others.get(page)
            {
                *items = vec![Object::Reference(*other), Object::Name(b"Fit".to_vec())];
            }
        });
    }
}
