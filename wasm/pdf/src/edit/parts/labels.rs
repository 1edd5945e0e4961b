//! What pages call themselves.

use super::names;
use crate::describe;
use crate::edit::Draft;
use crate::error::Result;
use crate::strings;
use lopdf::{Dictionary, Object};

/// What a page calls itself: a number of a style, behind a prefix.
#[derive(Clone, PartialEq)]
pub struct Label {
    style: Dictionary,
    number: u32,
}

impl Label {
    /// The page's number.
    fn plain(index: usize) -> Self {
        let style = Dictionary::from_iter([("S", Object::Name(b"D".to_vec()))]);
        Self { style, number: u32::try_from(index).map_or(u32::MAX, |index| index.saturating_add(1)) }
    }

    /// Nothing: what a page is called that was put between those of a book.
    pub fn empty() -> Self {
        Self { style: Dictionary::new(), number: 1 }
    }

    /// The label as it is read.
    pub fn text(&self) -> String {
        let prefix = self.style.get(b"P").and_then(Object::as_str).map(strings::text).unwrap_or_default();
        let style = self.style.get(b"S").and_then(Object::as_name).unwrap_or_default();
        describe::label(&prefix, style, self.number)
    }

    fn follows(&self, before: &Self) -> bool {
        let is_next = !self.style.has(b"S") || before.number.checked_add(1) == Some(self.number);
        self.style == before.style && is_next
    }
}

/// The labels of all pages; none if the document has none.
pub fn of(draft: &Draft) -> Option<Vec<Label>> {
    let mut ranges: Vec<(usize, Dictionary)> = names::entries(draft, draft.root_dict(b"PageLabels")?, b"Nums")
        .into_iter()
        .filter_map(|(first, style)| {
            let first = usize::try_from(first.as_i64().ok()?).ok()?;
            let style = draft.resolve(&style).as_dict().ok()?;
            // What styles have is short: its own copy.
            Some((first, style.iter().map(|(key, item)| (key.clone(), draft.resolve(item).clone())).collect()))
        })
        .collect();
    ranges.sort_by_key(|(first, _)| *first);
    let label = |index: usize| {
        let Some(range) = ranges.partition_point(|(first, _)| *first <= index).checked_sub(1) else {
            return Label::plain(index);
        };
        let (first, style) = &ranges[range];
        let start = draft.integer(style, b"St").and_then(|start| u32::try_from(start).ok()).unwrap_or(1);
        let number = start.saturating_add(u32::try_from(index - first).unwrap_or(u32::MAX));
        let mut style = style.clone();
        style.remove(b"St");
        style.remove(b"Type");
        Label { style, number }
    };
    Some((0..draft.pages.len()).map(label).collect())
}

/// The labels of all pages; their numbers if the document says nothing.
pub fn all(draft: &Draft) -> Vec<Label> {
    of(draft).unwrap_or_else(|| (0..draft.pages.len()).map(Label::plain).collect())
}

/// Give the pages labels.
pub fn set(draft: &mut Draft, labels: Option<Vec<Label>>) -> Result<()> {
    let catalog = draft.catalog()?;
    let Some(labels) = labels else {
        catalog.remove(b"PageLabels");
        return Ok(());
    };
    let mut list = Vec::new();
    for (index, label) in labels.iter().enumerate() {
        if index.checked_sub(1).is_some_and(|before| label.follows(&labels[before])) {
            continue;
        }
        let mut style = label.style.clone();
        if style.has(b"S") && label.number != 1 {
            style.set("St", i64::from(label.number));
        }
        list.extend([Object::Integer(index as i64), style.into()]);
    }
    catalog.set("PageLabels", Dictionary::from_iter([("Nums", Object::Array(list))]));
    Ok(())
}

/// The labels of two documents, one behind the other; none if neither has any.
pub fn joined(mine: &Draft, theirs: &Draft) -> Option<Vec<Label>> {
    let (one, other) = (of(mine), of(theirs));
    if one.is_none() && other.is_none() {
        return None;
    }
    let mut labels = one.unwrap_or_else(|| all(mine));
    labels.extend(other.unwrap_or_else(|| all(theirs)));
    Some(labels)
}
