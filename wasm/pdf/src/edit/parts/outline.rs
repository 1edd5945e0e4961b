//! The outline: entries that refer to one another.

use super::links::Gone;
use crate::edit::Draft;
use crate::error::Result;
use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::BTreeSet;

/// An entry with those below it.
struct Entry {
    id: ObjectId,
    below: Vec<Entry>,
}

/// The entries below an entry or the root. Those that lead back to one another end there.
fn below(draft: &Draft, above: &Dictionary, depth: usize, seen: &mut BTreeSet<ObjectId>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut next = above.get(b"First").and_then(Object::as_reference);
    while let Ok(id) = next
        && seen.len() < MAX_ENTRIES
        && let Ok(entry) = draft.file.get_dictionary(id)
        && seen.insert(id)
    {
        let below = if depth < MAX_DEPTH { below(draft, entry, depth + 1, seen) } else { Vec::new() };
        entries.push(Entry { id, below });
        next = entry.get(b"Next").and_then(Object::as_reference);
    }
    entries
}

/// Let go of entries that lead to pages that are gone. Those that have others below them stay, and lead
/// nowhere.
pub fn keep(draft: &mut Draft, gone: &Gone) -> Result<()> {
    let Some(root) = draft.root_dict(b"Outlines").cloned() else { return Ok(()) };
    let entries = below(draft, &root, 1, &mut BTreeSet::new());
    let entries = kept(draft, entries, gone);
    write(draft, root, &entries)
}

fn kept(draft: &mut Draft, entries: Vec<Entry>, gone: &Gone) -> Vec<Entry> {
    let mut left = Vec::new();
    for Entry { id, below } in entries {
        let had_some = !below.is_empty();
        let below = kept(draft, below, gone);
        let dict = draft.file.get_dictionary(id).ok();
        let leads_away = dict.is_some_and(|entry| gone.leads(draft, entry));
        let led = dict.is_some_and(|entry| entry.has(b"Dest") || entry.has(b"A"));
        if below.is_empty() && (leads_away || had_some && !led) {
            continue;
        }
        draft.change(id, |entry| {
            // What it stands for in the structure may be gone too.
            entry.remove(b"SE");
            if leads_away {
                entry.remove(b"Dest");
                entry.remove(b"A");
            }
        });
        left.push(Entry { id, below });
    }
    left
}

/// Put the outline of another document, whose objects are here already, below the one that is here.
pub fn join(draft: &mut Draft, other: &Dictionary) -> Result<()> {
    let Some(theirs) = draft.dict(other, b"Outlines") else { return Ok(()) };
    let mut seen = BTreeSet::new();
    let theirs = below(draft, theirs, 1, &mut seen);
    let root = draft.root_dict(b"Outlines").cloned().unwrap_or_default();
    let mut entries = below(draft, &root, 1, &mut seen);
    entries.extend(theirs);
    write(draft, root, &entries)
}

/// Write the outline: how its entries refer to one another.
fn write(draft: &mut Draft, mut root: Dictionary, entries: &[Entry]) -> Result<()> {
    if entries.is_empty() {
        draft.catalog()?.remove(b"Outlines");
        return Ok(());
    }
    let id = draft.file.new_object_id();
    let shown = chain(draft, id, entries);
    ends(&mut root, entries, shown);
    root.set("Type", Object::Name(b"Outlines".to_vec()));
    draft.file.objects.insert(id, root.into());
    draft.catalog()?.set("Outlines", id);
    Ok(())
}

fn ends(above: &mut Dictionary, entries: &[Entry], count: i64) {
    match entries {
        [first, .., last] => {
            above.set("First", first.id);
            above.set("Last", last.id);
        }
        [only] => {
            above.set("First", only.id);
            above.set("Last", only.id);
        }
        [] => {
            above.remove(b"First");
            above.remove(b"Last");
            above.remove(b"Count");
            return;
        }
    }
    above.set("Count", count);
}

/// Write the entries below one, and tell how many of them and of those below them are seen.
fn chain(draft: &mut Draft, above: ObjectId, entries: &[Entry]) -> i64 {
    let mut shown = 0;
    for (index, entry) in entries.iter().enumerate() {
        let below = chain(draft, entry.id, &entry.below);
        let is_open = draft.file.get_dictionary(entry.id).is_ok_and(|dict| draft.integer(dict, b"Count") > Some(0));
        shown += 1 + if is_open { below } else { 0 };
        let before = index.checked_sub(1).map(|before| entries[before].id);
        let after = entries.get(index + 1).map(|after| after.id);
        draft.change(entry.id, |dict| {
            dict.set("Parent", above);
            for (key, neighbour) in [("Prev", before), ("Next", after)] {
                match neighbour {
                    Some(id) => dict.set(key, id),
                    None => drop(dict.remove(key.as_bytes())),
                }
            }
            ends(dict, &entry.below, if is_open { below } else { -below });
        });
    }
    shown
}
