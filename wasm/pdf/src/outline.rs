//! The outline, and where its entries and links lead.

use crate::describe::catalog;
use crate::document::Document;
use crate::error::Result;
use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use crate::trees::{self, Seen};
use crate::{strings, wit};
use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, Object, ObjectIdentifier};
use std::collections::BTreeMap;

/// Finds where entries of the outline and links lead.
pub struct Targets<'a> {
    pages: BTreeMap<ObjectIdentifier, u32>,
    named: BTreeMap<Vec<u8>, Object<'a>>,
}

/// Where something leads: to a page, or to an address.
#[derive(Default)]
pub struct Target {
    /// The page.
    pub page: Option<u32>,
    /// The address.
    pub uri: Option<String>,
}

impl<'a> Targets<'a> {
    /// For a document.
    pub fn new(document: &'a Document) -> Self {
        let catalog = catalog(document.pdf());
        let mut named = BTreeMap::new();
        if let Some(old) = catalog.get::<Dict<'a>>("Dests") {
            for key in old.keys() {
                if let Some(value) = old.get::<Object<'a>>(&*key) {
                    named.insert(key.to_vec(), value);
                }
            }
        }
        let tree = catalog.get::<Dict<'a>>("Names").and_then(|names| names.get::<Dict<'a>>("Dests"));
        for (key, value) in tree.map(|tree| trees::entries(&tree, "Names")).unwrap_or_default() {
            if let Object::String(key) = key {
                named.insert(key.to_vec(), value);
            }
        }
        Self { pages: document.numbers_by_object(), named }
    }

    /// Where a dictionary with a destination or an action leads.
    pub fn of(&self, dict: &Dict<'a>) -> Target {
        if let Some(destination) = dict.get::<Object<'a>>("Dest") {
            return Target { page: self.page(destination), uri: None };
        }
        let Some(action) = dict.get::<Dict<'a>>("A") else {
            return Target::default();
        };
        match strings::name(&action, "S").as_deref() {
            Some("GoTo") => Target { page: action.get::<Object<'a>>("D").and_then(|to| self.page(to)), uri: None },
            Some("URI") => Target { page: None, uri: strings::entry(&action, "URI") },
            _ => Target::default(),
        }
    }

    /// The page of a destination: an array that starts with it, or a name for one.
    fn page(&self, destination: Object<'a>) -> Option<u32> {
        let named = match &destination {
            Object::Name(name) => self.named.get(&**name).cloned(),
            Object::String(name) => self.named.get(&**name).cloned(),
            _ => Some(destination),
        };
        let array = match named? {
            Object::Array(array) => array,
            Object::Dict(dict) => dict.get::<Array<'a>>("D")?,
            _ => return None,
        };
        match array.raw_iter().next()? {
            MaybeRef::Ref(page) => self.pages.get(&page.into()).copied(),
            // Some files count pages, from 0.
            MaybeRef::NotRef(Object::Number(index)) => {
                let number = u32::try_from(index.as_i64()).ok()?.checked_add(1)?;
                (number as usize <= self.pages.len()).then_some(number)
            }
            MaybeRef::NotRef(_) => None,
        }
    }
}

impl Document {
    /// The outline, from top to bottom.
    pub fn outline(&self) -> Result<Vec<wit::Bookmark>> {
        let mut bookmarks = Vec::new();
        if let Some(root) = catalog(self.pdf()).get::<Dict<'_>>("Outlines") {
            let targets = Targets::new(self);
            walk(&root, 1, &targets, &mut Seen::default(), &mut bookmarks);
        }
        Ok(bookmarks)
    }
}

fn walk<'a>(parent: &Dict<'a>, level: u32, targets: &Targets<'a>, seen: &mut Seen, bookmarks: &mut Vec<wit::Bookmark>) {
    let mut next = parent.get::<Dict<'a>>("First");
    while let Some(entry) = next {
        // Entries that lead back to one another end here.
        if !seen.is_new(&entry) || bookmarks.len() >= MAX_ENTRIES {
            return;
        }
        let Target { page, uri } = targets.of(&entry);
        bookmarks.push(wit::Bookmark { title: strings::entry(&entry, "Title").unwrap_or_default(), level, page, uri });
        if (level as usize) < MAX_DEPTH {
            walk(&entry, level + 1, targets, seen, bookmarks);
        }
        next = entry.get::<Dict<'a>>("Next");
    }
}
