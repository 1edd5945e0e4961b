//! Trees of names and of numbers: read whole, written flat.

use crate::edit::Draft;
use crate::error::Result;
use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use lopdf::{Dictionary, Object};
use std::collections::{BTreeMap, BTreeSet};

/// The entries of a tree: keys, and values that may be references. `list` is what its leaves call
/// them (`Names`, `Nums`).
pub fn entries(draft: &Draft, root: &Dictionary, list: &[u8]) -> Vec<(Object, Object)> {
    let mut entries = Vec::new();
    let mut seen = BTreeSet::new();
    let mut ahead = vec![(root, 0)];
    while let Some((node, depth)) = ahead.pop() {
        if depth > MAX_DEPTH || !seen.insert(std::ptr::from_ref(node)) {
            continue;
        }
        for pair in draft.list(node, list).as_chunks::<2>().0 {
            if entries.len() >= MAX_ENTRIES {
                return entries;
            }
            entries.push((draft.resolve(&pair[0]).clone(), pair[1].clone()));
        }
        let kids = draft.list(node, b"Kids").iter().rev();
        ahead.extend(kids.filter_map(|kid| Some((draft.resolve(kid).as_dict().ok()?, depth + 1))));
    }
    entries
}

/// A tree of names, in order.
pub fn tree(names: BTreeMap<Vec<u8>, Object>) -> Dictionary {
    let list: Vec<Object> = names.into_iter().flat_map(|(name, value)| [Object::string_literal(name), value]).collect();
    Dictionary::from_iter([("Names", Object::Array(list))])
}

/// A tree of names, as a map. A name that is there twice leads to what is there first.
pub fn map(draft: &Draft, root: &Dictionary) -> BTreeMap<Vec<u8>, Object> {
    let mut names = BTreeMap::new();
    for (name, value) in entries(draft, root, b"Names") {
        if let Object::String(name, _) = name {
            names.entry(name).or_insert(value);
        }
    }
    names
}

/// A name like this one that is not taken.
pub fn free(name: &[u8], taken: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let numbered = |number: u32| -> Vec<u8> {
        match name {
            // UTF-16.
            [0xfe, 0xff, ..] => {
                let number = format!("-{number}").into_bytes();
                name.iter().copied().chain(number.into_iter().flat_map(|byte| [0, byte])).collect()
            }
            _ => [name, format!("-{number}").as_bytes()].concat(),
        }
    };
    (2..).map(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// New names for those of another document that are taken here.
pub fn clashes<'a>(
    theirs: impl Iterator<Item = &'a [u8]> + Clone,
    is_mine: impl Fn(&[u8]) -> bool,
) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let all: BTreeSet<&[u8]> = theirs.clone().collect();
    let mut new: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    let mut given: BTreeSet<Vec<u8>> = BTreeSet::new();
    for name in theirs.filter(|name| is_mine(name)) {
        let free = free(name, |name| is_mine(name) || all.contains(name) || given.contains(name));
        given.insert(free.clone());
        new.insert(name.to_vec(), free);
    }
    new
}

/// Join the trees in the catalogue's `Names` with those of another document, whose objects are here
/// already. Destinations come joined: [`links`](super::links) knows what leads to them.
pub fn join(draft: &mut Draft, other: &Dictionary) -> Result<()> {
    let Some(theirs) = draft.dict(other, b"Names").cloned() else { return Ok(()) };
    let mut mine = draft.root_dict(b"Names").cloned().unwrap_or_default();
    for (kind, tree) in theirs.iter().filter(|(kind, _)| kind.as_slice() != b"Dests") {
        let Ok(tree) = draft.resolve(tree).as_dict() else { continue };
        let theirs = map(draft, tree);
        let mut names = draft.dict(&mine, kind).map(|tree| map(draft, tree)).unwrap_or_default();
        let new = clashes(theirs.keys().map(Vec::as_slice), |name| names.contains_key(name));
        for (name, value) in theirs {
            names.insert(new.get(&name).cloned().unwrap_or(name), value);
        }
        mine.set(kind.clone(), self::tree(names));
    }
    if !mine.is_empty() {
        draft.catalog()?.set("Names", mine);
    }
    Ok(())
}
