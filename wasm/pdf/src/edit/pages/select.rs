//! `select` and `delete`: which pages there are.

use super::copy;
use crate::edit::Draft;
use crate::edit::parts::links::Gone;
use crate::edit::parts::{fields, labels, links, outline, structure};
use crate::error::{Result, invalid, too_much};
use crate::limits::MAX_PAGES;
use crate::{pages, wit};
use lopdf::ObjectId;
use std::collections::BTreeSet;

/// Keep these pages, in this order. One that is named twice is there twice, as a page of its own.
pub fn select(draft: &mut Draft, options: &wit::Select) -> Result<()> {
    let numbers = draft.numbers(Some(&options.pages))?;
    take(draft, &numbers)
}

/// Delete pages.
pub fn delete(draft: &mut Draft, options: &wit::Delete) -> Result<()> {
    let numbers = left(&options.pages, draft.pages.len() as u32)?;
    take(draft, &numbers)
}

/// The numbers of the pages that are left when some are deleted.
pub fn left(pages: &str, count: u32) -> Result<Vec<u32>> {
    let gone: BTreeSet<u32> = pages::numbers(Some(pages), count)?.into_iter().collect();
    if gone.len() == count as usize {
        return Err(invalid(format!("pages: {pages:?} names all pages; one has to stay")));
    }
    Ok((1..=count).filter(|number| !gone.contains(number)).collect())
}

/// Refuse more pages than a file may have.
pub fn check_count(count: usize) -> Result<()> {
    if count > MAX_PAGES {
        return Err(too_much(format!("the file would have {count} pages; {MAX_PAGES} are allowed at most")));
    }
    Ok(())
}

/// Keep the pages with these numbers, in this order, and what belongs to them.
pub fn take(draft: &mut Draft, numbers: &[u32]) -> Result<()> {
    check_count(numbers.len())?;
    links::by_reference(draft);
    let before = labels::of(draft);
    let labels = before.map(|labels| numbers.iter().map(|number| labels[*number as usize - 1].clone()).collect());

    let mut pages = Vec::with_capacity(numbers.len());
    let mut taken = BTreeSet::new();
    for number in numbers {
        let id = draft.pages[*number as usize - 1];
        pages.push(if taken.insert(id) { id } else { copy::page(draft, id)? });
    }
    let gone: BTreeSet<ObjectId> = draft.pages.iter().copied().filter(|id| !taken.contains(id)).collect();
    draft.pages = pages;
    labels::set(draft, labels)?;
    if gone.is_empty() { Ok(()) } else { forget(draft, gone) }
}

/// Let go of what belonged to pages that are gone.
fn forget(draft: &mut Draft, pages: BTreeSet<ObjectId>) -> Result<()> {
    let gone = Gone::with(draft, pages);
    outline::keep(draft, &gone)?;
    links::keep(draft, &gone)?;
    fields::keep(draft)?;
    structure::keep(draft, &gone)?;
    // Articles: chains of places on pages.
    draft.catalog()?.remove(b"Threads");
    for id in draft.pages.clone() {
        draft.page(id)?.remove(b"B");
    }
    Ok(())
}
