//! Walks through what refers to one another in a file: no walk may go round in circles.

use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use hayro::hayro_syntax::object::{Array, Dict, Object};
use std::collections::BTreeSet;

/// The dictionaries that a walk has been to.
#[derive(Default)]
pub struct Seen(BTreeSet<usize>);

impl Seen {
    /// Whether the walk comes to a dictionary for the first time.
    pub fn is_new(&mut self, dict: &Dict<'_>) -> bool {
        // Where it lies tells it from all others; its identifier is that of the whole object around it.
        self.0.insert(dict.data().as_ptr().addr())
    }
}

/// The entries of a tree of names or numbers in their order: keys and values, `list` being what its
/// leaves call them (`Names`, `Nums`). Files keep tables so that are too long for one dictionary.
pub fn entries<'a>(root: &Dict<'a>, list: &str) -> Vec<(Object<'a>, Object<'a>)> {
    let mut entries = Vec::new();
    walk(root, list, 0, &mut Seen::default(), &mut entries);
    entries
}

fn walk<'a>(node: &Dict<'a>, list: &str, depth: usize, seen: &mut Seen, entries: &mut Vec<(Object<'a>, Object<'a>)>) {
    if !seen.is_new(node) || depth > MAX_DEPTH {
        return;
    }
    if let Some(array) = node.get::<Array<'a>>(list) {
        let mut items = array.iter::<Object<'a>>();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            if entries.len() >= MAX_ENTRIES {
                return;
            }
            entries.push((key, value));
        }
    }
    for kid in node.get::<Array<'a>>("Kids").iter().flat_map(Array::iter::<Dict<'a>>) {
        walk(&kid, list, depth + 1, seen, entries);
    }
}
