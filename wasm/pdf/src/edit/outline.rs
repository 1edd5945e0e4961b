//! The outline, written anew.

use super::draft::Draft;
use super::write;
use crate::error::{Result, invalid, too_much};
use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use crate::pages;
use crate::wit;
use hayro::kurbo::Rect;
use lopdf::{Dictionary, Object, ObjectId, dictionary};

/// Apply the step.
pub fn set_outline(draft: &mut Draft, step: wit::SetOutline) -> Result<()> {
    let wit::SetOutline { entries } = step;
    check(draft, &entries)?;
    draft.catalog()?.remove(b"Outlines");
    if entries.is_empty() {
        if draft.root(b"PageMode").as_name().is_ok_and(|mode| mode == b"UseOutlines") {
            draft.catalog()?.remove(b"PageMode");
        }
        return Ok(());
    }
    let root = draft.file.new_object_id();
    let ids: Vec<ObjectId> = entries.iter().map(|_| draft.file.new_object_id()).collect();
    let mut dicts = Vec::new();
    for entry in &entries {
        dicts.push(item(draft, entry)?);
    }
    let mut top = dictionary! { "Type" => "Outlines" };
    // The last entry of each level above the present one, the root being that of level 0.
    let mut path: Vec<usize> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let depth = entry.level as usize - 1;
        let before = path.get(depth).copied();
        path.truncate(depth);
        let above = path.last().copied();
        dicts[index].set("Parent", above.map_or(root, |above| ids[above]));
        if let Some(before) = before {
            dicts[before].set("Next", ids[index]);
            dicts[index].set("Prev", ids[before]);
        }
        let parent = above.map_or(&mut top, |above| &mut dicts[above]);
        if before.is_none() {
            parent.set("First", ids[index]);
        }
        parent.set("Last", ids[index]);
        // Below the first level entries are folded: their count is negative.
        let count = parent.get(b"Count").and_then(Object::as_i64).unwrap_or(0);
        parent.set("Count", if above.is_none() { count + 1 } else { count - 1 });
        path.push(index);
    }
    draft.file.objects.insert(root, top.into());
    draft.file.objects.extend(ids.into_iter().zip(dicts.into_iter().map(Object::Dictionary)));
    draft.catalog()?.set("Outlines", root);
    Ok(())
}

fn check(draft: &Draft, entries: &[wit::Bookmark]) -> Result<()> {
    if entries.len() > MAX_ENTRIES {
        return Err(too_much(format!("entries: {} given; {MAX_ENTRIES} are allowed at most", entries.len())));
    }
    let mut above = 0;
    for (number, entry) in (1..).zip(entries) {
        let (title, level) = (&entry.title, entry.level);
        if level == 0 || level > above + 1 || level as usize > MAX_DEPTH {
            return Err(invalid(format!(
                "entries: entry {number}, '{title}', has level {level}; behind one of level {above} it may be 1 to {}",
                (above + 1).min(MAX_DEPTH as u32)
            )));
        }
        above = level;
        if let Some(page) = entry.page.filter(|page| *page == 0 || *page as usize > draft.pages.len()) {
            return Err(pages::no_page(page, draft.pages.len() as u32));
        }
        if entry.page.is_some() && entry.uri.is_some() {
            return Err(invalid(format!(
                "entries: entry {number}, '{title}', has a page and an address; give one of them"
            )));
        }
    }
    Ok(())
}

fn item(draft: &mut Draft, entry: &wit::Bookmark) -> Result<Dictionary> {
    let mut item = dictionary! { "Title" => write::text(&entry.title) };
    if let Some(number) = entry.page {
        let page = draft.pages[number as usize - 1];
        let dict = draft.page(page)?.clone();
        let bounds = [b"CropBox".as_slice(), b"MediaBox"].into_iter().find_map(|key| draft.rect(draft.get(&dict, key)));
        // The upper left corner, as large as the page is shown then.
        let Rect { x0: left, y1: top, .. } = bounds.unwrap_or_default();
        let place = vec![page.into(), write::name("XYZ"), left.into(), top.into(), 0.into()];
        item.set("Dest", place);
    } else if let Some(uri) = &entry.uri {
        if !uri.is_ascii() {
            return Err(invalid(format!("entries: the address '{uri}' has characters that have to be written as %XX")));
        }
        let uri = Object::string_literal(uri.as_str());
        item.set("A", dictionary! { "Type" => "Action", "S" => "URI", "URI" => uri });
    }
    Ok(item)
}
