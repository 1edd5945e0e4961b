//! The structure of tagged documents: what is a heading, a paragraph, a picture.

use super::links::Gone;
use super::names;
use crate::edit::Draft;
use crate::error::Result;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::{BTreeMap, BTreeSet};

/// Deepest level of elements that is looked into; what is deeper stays as it is.
const MAX_LEVELS: usize = 256;

/// Let go of elements that stand for what was on pages that are gone: they may hold its text.
pub fn keep(draft: &mut Draft, gone: &Gone) -> Result<()> {
    let Some(mut root) = draft.root_dict(b"StructTreeRoot").cloned() else { return Ok(()) };
    let mut walk = Keep { gone, seen: BTreeSet::new(), lost: BTreeSet::new() };
    let kids = kids(draft, &root);
    let left = walk.kept(draft, &kids, false, 0);
    let lost = walk.lost;
    if left.is_empty() {
        return forget(draft);
    }
    let is_lost = |item: &Object| item.as_reference().is_ok_and(|id| lost.contains(&id));
    if let Some(tree) = draft.dict(&root, b"ParentTree") {
        let entries = names::entries(draft, tree, b"Nums").into_iter();
        let entries = entries.filter_map(|(key, value)| match draft.resolve(&value) {
            Object::Array(items) => {
                let items: Vec<Object> =
                    items.iter().map(|item| if is_lost(item) { Object::Null } else { item.clone() }).collect();
                items.iter().any(|item| !item.is_null()).then(|| (key, items.into()))
            }
            _ => (!is_lost(&value)).then_some((key, value)),
        });
        let tree = numbers(entries.collect());
        root.set("ParentTree", tree);
    }
    if let Some(tree) = draft.dict(&root, b"IDTree") {
        let mut ids = names::map(draft, tree);
        ids.retain(|_, element| !is_lost(element));
        root.set("IDTree", names::tree(ids));
    }
    root.set("K", left);
    replace_root(draft, root)
}

/// Take the structure away.
pub fn forget(draft: &mut Draft) -> Result<()> {
    let catalog = draft.catalog()?;
    catalog.remove(b"StructTreeRoot");
    catalog.remove(b"MarkInfo");
    Ok(())
}

/// Elements refer to the root: it stays where it is.
fn replace_root(draft: &mut Draft, root: Dictionary) -> Result<()> {
    let place = draft.file.catalog().and_then(|catalog| catalog.get(b"StructTreeRoot")?.as_reference());
    match place {
        Ok(id) => drop(draft.file.objects.insert(id, root.into())),
        Err(_) => draft.catalog()?.set("StructTreeRoot", root),
    }
    Ok(())
}

fn kids(draft: &Draft, element: &Dictionary) -> Vec<Object> {
    match element.get(b"K") {
        Ok(only) => match draft.resolve(only) {
            Object::Array(kids) => kids.clone(),
            Object::Null => Vec::new(),
            _ => vec![only.clone()],
        },
        Err(_) => Vec::new(),
    }
}

/// A tree of numbers.
fn numbers(entries: Vec<(Object, Object)>) -> Dictionary {
    let mut entries: Vec<_> =
        entries.into_iter().filter_map(|(key, value)| Some((key.as_i64().ok()?, value))).collect();
    entries.sort_by_key(|(key, _)| *key);
    let list: Vec<Object> = entries.into_iter().flat_map(|(key, value)| [key.into(), value]).collect();
    Dictionary::from_iter([("Nums", Object::Array(list))])
}

struct Keep<'a> {
    gone: &'a Gone,
    seen: BTreeSet<ObjectId>,
    lost: BTreeSet<ObjectId>,
}

impl Keep<'_> {
    fn kept(&mut self, draft: &mut Draft, kids: &[Object], page_is_gone: bool, level: usize) -> Vec<Object> {
        kids.iter().filter(|kid| self.keeps(draft, kid, page_is_gone, level)).cloned().collect()
    }

    /// Whether a kid of an element stays: marked content, an object, or another element.
    fn keeps(&mut self, draft: &mut Draft, kid: &Object, page_is_gone: bool, level: usize) -> bool {
        let dict = match draft.resolve(kid) {
            Object::Integer(_) => return !page_is_gone,
            Object::Dictionary(dict) => dict,
            _ => return false,
        };
        let page_is_gone = dict.get(b"Pg").map_or(page_is_gone, |page| self.gone.has_page(page));
        if matches!(draft.name(dict, b"Type"), Some(b"MCR" | b"OBJR")) || level > MAX_LEVELS {
            return !page_is_gone;
        }
        let Ok(id) = kid.as_reference() else { return !page_is_gone };
        if !self.seen.insert(id) {
            return !self.lost.contains(&id);
        }
        let kids = kids(draft, dict);
        let left = self.kept(draft, &kids, page_is_gone, level + 1);
        let stays = if kids.is_empty() { !page_is_gone } else { !left.is_empty() };
        if !stays {
            self.lost.insert(id);
        }
        if left.len() < kids.len() {
            draft.change(id, |element| element.set("K", left));
        }
        if page_is_gone {
            draft.change(id, |element| drop(element.remove(b"Pg")));
        }
        stays
    }
}

/// Join the structure of another document, whose objects are those after `after`, to the one here. The
/// whole is tagged if both are.
pub fn join(draft: &mut Draft, other: &Dictionary, after: u32) -> Result<()> {
    let is_marked =
        |info: Option<&Dictionary>| info.is_some_and(|info| draft.get(info, b"Marked").as_bool().unwrap_or(false));
    if is_marked(draft.root_dict(b"MarkInfo")) && !is_marked(draft.dict(other, b"MarkInfo")) {
        draft.catalog()?.remove(b"MarkInfo");
    }
    let place_of = |catalog: &Dictionary| {
        let place = catalog.get(b"StructTreeRoot").and_then(Object::as_reference).ok()?;
        draft.file.get_dictionary(place).is_ok().then_some(place)
    };
    let (place, their_place) = (draft.file.catalog().ok().and_then(place_of), place_of(other));
    // Without a structure, what says its place in one must not be taken for a place in the other's.
    let (Some(place), Some(their_place)) = (place, their_place) else {
        let has_none = |id: u32| if id > after { their_place.is_none() } else { place.is_none() };
        draft.change_all(0, |id, dict| {
            if has_none(id) {
                dict.remove(b"StructParents");
                dict.remove(b"StructParent");
            }
        });
        if let Some(root) = place.or(their_place) {
            draft.catalog()?.set("StructTreeRoot", root);
        }
        return Ok(());
    };
    let theirs = draft.file.get_dictionary(their_place).cloned().unwrap_or_default();
    let mut root = draft.file.get_dictionary(place).cloned().unwrap_or_default();

    let tree = |root: &Dictionary| {
        draft.dict(root, b"ParentTree").map(|tree| names::entries(draft, tree, b"Nums")).unwrap_or_default()
    };
    let (mut parents, their_parents) = (tree(&root), tree(&theirs));
    let next = parents.iter().filter_map(|(key, _)| key.as_i64().ok()).max().map_or(0, |last| last.saturating_add(1));
    let next = next.max(draft.integer(&root, b"ParentTreeNextKey").unwrap_or(0)).clamp(0, i64::from(i32::MAX));
    let last = their_parents.iter().filter_map(|(key, _)| key.as_i64().ok()).max().unwrap_or(0);
    for (key, value) in their_parents {
        if let Ok(key) = key.as_i64() {
            parents.push((key.saturating_add(next).into(), value));
        }
    }

    let mut roles = draft.dict(&root, b"RoleMap").cloned().unwrap_or_default();
    let their_roles = draft.dict(&theirs, b"RoleMap").cloned().unwrap_or_default();
    let differs =
        |name: &[u8]| roles.get(name).is_ok_and(|mine| their_roles.get(name).is_ok_and(|their| mine != their));
    let new =
        names::clashes(their_roles.iter().map(|(name, _)| name.as_slice()).filter(|name| differs(name)), |name| {
            roles.has(name) || their_roles.has(name)
        });
    draft.change_all(after, |_, dict| {
        for key in ["StructParents", "StructParent"] {
            if let Ok(number) = dict.get(key.as_bytes()).and_then(Object::as_i64) {
                dict.set(key, number.saturating_add(next));
            }
        }
        if !dict.has(b"P") {
            return;
        }
        if dict.get(b"P").and_then(Object::as_reference).is_ok_and(|above| above == their_place) {
            dict.set("P", place);
        }
        if let Ok(Object::Name(role)) = dict.get_mut(b"S")
            && let Some(other) = new.get(role)
        {
            *role = other.clone();
        }
    });
    for (role, standard) in &their_roles {
        let mapped = match standard.as_name().ok().and_then(|name| new.get(name)) {
            Some(other) => Object::Name(other.clone()),
            None => standard.clone(),
        };
        roles.set(new.get(role).unwrap_or(role).clone(), mapped);
    }

    let all = [kids(draft, &root), kids(draft, &theirs)].concat();
    let spaces = [draft.list(&root, b"Namespaces"), draft.list(&theirs, b"Namespaces")].concat();
    let mut classes = draft.dict(&theirs, b"ClassMap").cloned().unwrap_or_default();
    if let Some(mine) = draft.dict(&root, b"ClassMap") {
        classes.extend(mine);
    }
    let ids = |root: &Dictionary| draft.dict(root, b"IDTree").map(|tree| names::map(draft, tree)).unwrap_or_default();
    let mut by_id: BTreeMap<_, _> = ids(&theirs);
    by_id.extend(ids(&root));

    root.set("K", all);
    root.set("ParentTree", numbers(parents));
    root.set("ParentTreeNextKey", next.saturating_add(last).saturating_add(1));
    for (key, dict) in [("RoleMap", roles), ("ClassMap", classes)] {
        if !dict.is_empty() {
            root.set(key, dict);
        }
    }
    if !by_id.is_empty() {
        root.set("IDTree", names::tree(by_id));
    }
    if !spaces.is_empty() {
        root.set("Namespaces", spaces);
    }
    replace_root(draft, root)
}
