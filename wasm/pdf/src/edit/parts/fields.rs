//! Fields of forms: trees whose leaves, the widgets, lie on pages.

use super::names;
use crate::edit::Draft;
use crate::edit::look::references;
use crate::error::Result;
use crate::limits::MAX_DEPTH;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::{BTreeMap, BTreeSet};

/// The annotations of pages.
fn on_pages(draft: &Draft) -> BTreeSet<ObjectId> {
    let pages = draft.pages.iter().filter_map(|id| draft.file.get_dictionary(*id).ok());
    pages.flat_map(|page| references(draft.list(page, b"Annots"))).collect()
}

/// Let go of fields that were on pages that are gone alone.
pub fn keep(draft: &mut Draft) -> Result<()> {
    let Some(mut form) = draft.root_dict(b"AcroForm").cloned() else { return Ok(()) };
    let mut walk = Keep { here: on_pages(draft), seen: BTreeSet::new(), lost: BTreeSet::new() };
    let all = draft.list(&form, b"Fields").to_vec();
    let fields = walk.kept(draft, &all, 0);
    if walk.lost.is_empty() {
        return Ok(());
    }
    if fields.is_empty() {
        draft.catalog()?.remove(b"AcroForm");
        return Ok(());
    }
    // It is a copy of the whole form, which cannot be taken apart.
    form.remove(b"XFA");
    let order = draft.list(&form, b"CO").iter();
    let order: Vec<Object> =
        order.filter(|item| item.as_reference().is_ok_and(|id| !walk.lost.contains(&id))).cloned().collect();
    form.remove(b"CO");
    if !order.is_empty() {
        form.set("CO", order);
    }
    form.set("Fields", fields);
    draft.catalog()?.set("AcroForm", form);
    Ok(())
}

struct Keep {
    here: BTreeSet<ObjectId>,
    seen: BTreeSet<ObjectId>,
    lost: BTreeSet<ObjectId>,
}

impl Keep {
    fn kept(&mut self, draft: &mut Draft, fields: &[Object], depth: usize) -> Vec<Object> {
        fields.iter().filter(|field| self.keeps(draft, field, depth)).cloned().collect()
    }

    fn keeps(&mut self, draft: &mut Draft, field: &Object, depth: usize) -> bool {
        let Ok(id) = field.as_reference() else { return !field.is_null() };
        if depth > MAX_DEPTH || !self.seen.insert(id) {
            return false;
        }
        let Ok(dict) = draft.file.get_dictionary(id) else { return false };
        let kids = draft.list(dict, b"Kids").to_vec();
        let stays = if kids.is_empty() {
            // What is seen nowhere may hold a value.
            self.here.contains(&id) || draft.name(dict, b"Subtype") != Some(b"Widget")
        } else {
            let left = self.kept(draft, &kids, depth + 1);
            let stays = !left.is_empty();
            if left.len() < kids.len() {
                draft.change(id, |dict| dict.set("Kids", left));
            }
            stays
        };
        if !stays {
            self.lost.insert(id);
        }
        stays
    }
}

/// Give the copies of widgets on the copy of a page fields of their own: a copy keeps its own values.
/// `copies` has the copy of each annotation.
pub fn copy(draft: &mut Draft, copies: &BTreeMap<ObjectId, ObjectId>) -> Result<()> {
    let mut fields: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
    for (old, new) in copies {
        let Ok(widget) = draft.file.get_dictionary(*old) else { continue };
        if draft.name(widget, b"Subtype") != Some(b"Widget") {
            continue;
        }
        let above = widget.get(b"Parent").and_then(Object::as_reference).ok();
        match above.filter(|_| !widget.has(b"T")) {
            None => rename(draft, *new, above)?,
            Some(field) => {
                let own = match fields.get(&field) {
                    Some(own) => *own,
                    None => {
                        let Ok(mut dict) = draft.file.get_dictionary(field).cloned() else { continue };
                        let above = dict.get(b"Parent").and_then(Object::as_reference).ok();
                        dict.set("Kids", Vec::new());
                        let own = draft.file.add_object(dict);
                        rename(draft, own, above)?;
                        fields.insert(field, own);
                        own
                    }
                };
                draft.change(*new, |widget| widget.set("Parent", own));
                let new = *new;
                draft.change(own, |field| {
                    if let Ok(kids) = field.get_mut(b"Kids").and_then(Object::as_array_mut) {
                        kids.push(new.into());
                    }
                });
            }
        }
    }
    Ok(())
}

/// Put a field beside others, under a name that none of those has.
fn rename(draft: &mut Draft, field: ObjectId, above: Option<ObjectId>) -> Result<()> {
    let Some(form) = draft.root_dict(b"AcroForm").cloned() else { return Ok(()) };
    let parent = above.and_then(|id| draft.file.get_dictionary(id).ok().cloned());
    let (key, dict): (&[u8], &Dictionary) = parent.as_ref().map_or((b"Fields", &form), |parent| (b"Kids", parent));
    let mut beside = draft.list(dict, key).to_vec();
    let taken = named(draft, &beside);
    if let Ok(Object::String(name, format)) = draft.file.get_dictionary(field).and_then(|dict| dict.get(b"T")).cloned()
        && taken.contains(&name)
    {
        let name = names::free(&name, |name| taken.contains(name));
        draft.change(field, |dict| dict.set("T", Object::String(name, format)));
    }
    beside.push(field.into());
    match above.filter(|_| parent.is_some()) {
        Some(above) => draft.change(above, |dict| dict.set("Kids", beside)),
        None => {
            let mut form = form;
            form.set("Fields", beside);
            draft.catalog()?.set("AcroForm", form);
        }
    }
    Ok(())
}

fn named(draft: &Draft, fields: &[Object]) -> BTreeSet<Vec<u8>> {
    let fields = fields.iter().filter_map(|field| draft.object(field));
    fields.filter_map(|field| draft.get(field, b"T").as_str().ok().map(<[u8]>::to_vec)).collect()
}

/// Join the form of another document, whose objects are here already, to the one here. Fields whose
/// names are taken get others, so that no value becomes another's.
pub fn join(draft: &mut Draft, other: &Dictionary, after: u32) -> Result<()> {
    let Some(theirs) = draft.dict(other, b"AcroForm").cloned() else { return Ok(()) };
    let mut form = draft.root_dict(b"AcroForm").cloned().unwrap_or_default();
    let added = draft.list(&theirs, b"Fields").to_vec();

    let mine = named(draft, draft.list(&form, b"Fields"));
    let new = names::clashes(named(draft, &added).iter().map(Vec::as_slice), |name| mine.contains(name));
    let fonts = resources(draft, &mut form, &theirs);
    if !fonts.is_empty() {
        draft.change_all(after, |_, dict| {
            if let Ok(Object::String(text, _)) = dict.get_mut(b"DA") {
                *text = with_fonts(text, &fonts);
            }
        });
    }
    for id in references(&added) {
        let (appearance, alignment) = (draft.get(&theirs, b"DA").clone(), draft.get(&theirs, b"Q").clone());
        draft.change(id, |field| {
            if let Ok(Object::String(name, _)) = field.get_mut(b"T")
                && let Some(other) = new.get(name)
            {
                *name = other.clone();
            }
            // What the form says for all of its fields, they say themselves.
            if !field.has(b"DA")
                && let Object::String(text, format) = appearance
            {
                field.set("DA", Object::String(with_fonts(&text, &fonts), format));
            }
            if !field.has(b"Q") && !alignment.is_null() {
                field.set("Q", alignment);
            }
        });
    }

    for key in [&b"Fields"[..], b"CO"] {
        let all = [draft.list(&form, key), draft.list(&theirs, key)].concat();
        if !all.is_empty() {
            form.set(key, all);
        }
    }
    let bits = |form: &Dictionary| draft.integer(form, b"SigFlags").unwrap_or(0);
    let flags = bits(&form) | bits(&theirs);
    if flags != 0 {
        form.set("SigFlags", flags);
    }
    if draft.get(&theirs, b"NeedAppearances").as_bool().unwrap_or(false) {
        form.set("NeedAppearances", true);
    }
    form.remove(b"XFA");
    if form.has(b"Fields") {
        draft.catalog()?.set("AcroForm", form);
    }
    Ok(())
}

/// Join the resources of forms; new names of those that are taken by others.
fn resources(draft: &Draft, form: &mut Dictionary, theirs: &Dictionary) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut new = BTreeMap::new();
    let Some(theirs) = draft.dict(theirs, b"DR") else { return new };
    let mut all = draft.dict(form, b"DR").cloned().unwrap_or_default();
    for (kind, their) in theirs {
        let Ok(their) = draft.resolve(their).as_dict() else { continue };
        let mut mine = draft.dict(&all, kind).cloned().unwrap_or_default();
        let taken = |name: &[u8]| {
            mine.get(name)
                .is_ok_and(|mine| their.get(name).is_ok_and(|their| draft.resolve(mine) != draft.resolve(their)))
        };
        let clashes =
            names::clashes(their.iter().map(|(name, _)| name.as_slice()).filter(|name| taken(name)), |name| {
                mine.has(name) || their.has(name)
            });
        for (name, item) in their {
            mine.set(clashes.get(name).unwrap_or(name).clone(), item.clone());
        }
        all.set(kind.clone(), mine);
        if kind == b"Font" {
            new = clashes;
        }
    }
    form.set("DR", all);
    new
}

/// A default appearance, such as `/Helv 12 Tf 0 g`, with fonts under other names.
fn with_fonts(text: &[u8], new: &BTreeMap<Vec<u8>, Vec<u8>>) -> Vec<u8> {
    let words = text.split(|byte| byte.is_ascii_whitespace());
    let words = words.map(|word| match word.strip_prefix(b"/").and_then(|name| new.get(name)) {
        Some(other) => [b"/", other.as_slice()].concat(),
        None => word.to_vec(),
    });
    words.collect::<Vec<_>>().join(&b' ')
}
