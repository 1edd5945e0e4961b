//! Making forms, and notes and marks, part of the page.

use super::draft::Draft;
use super::write::matrix;
use super::{annotations, drawn, forms};
use crate::args;
use crate::error::{Result, unsupported};
use crate::limits::MAX_ENTRIES;
use crate::wit;
use lopdf::{Object, ObjectId};
use std::collections::BTreeSet;

/// Apply the step.
pub fn flatten(draft: &mut Draft, step: wit::Flatten) -> Result<()> {
    let args::Flatten { annotations: all } = step.try_into()?;
    let fields = forms::fields(draft);
    let is_xfa = draft.root_dict(b"AcroForm").is_some_and(|form| form.has(b"XFA"));
    if fields.is_empty() && is_xfa {
        return Err(unsupported("the form is one of XFA alone, which PDF has given up"));
    }
    let lacking = if all { drawn::draw(draft) } else { drawn::fill_out(draft, &fields, None) };
    if let Some(lacking) = lacking {
        return Err(lacking.refuse("flatten"));
    }
    let mut gone = BTreeSet::new();
    for page in draft.pages.clone() {
        flatten_page(draft, page, all, &mut gone)?;
    }
    for field in &fields {
        gone.extend(&field.widgets);
    }
    draft.catalog()?.remove(b"AcroForm");
    draft.forget(&gone);
    Ok(())
}

fn flatten_page(draft: &mut Draft, page: ObjectId, all: bool, gone: &mut BTreeSet<ObjectId>) -> Result<()> {
    let mut dict = draft.page(page)?.clone();
    let ids = forms::own_objects(draft, &mut dict, b"Annots");
    let (mut kept, mut drawn, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for id in ids.into_iter().take(MAX_ENTRIES) {
        let Ok(annotation) = draft.file.get_dictionary(id).cloned() else { continue };
        let kind = draft.name(&annotation, b"Subtype").unwrap_or_default();
        let is_widget = kind == b"Widget";
        // A link is no picture.
        if !is_widget && (!all || kind == b"Link") {
            kept.push(Object::Reference(id));
            continue;
        }
        match annotations::drawing(draft, &annotation) {
            Some((drawing, place)) => {
                drawn.push(("XObject", drawing));
                places.push(place);
            }
            // What readers draw as they like stays theirs to draw.
            None if !is_widget && annotations::is_seen(draft, &annotation) => {
                kept.push(Object::Reference(id));
                continue;
            }
            None => {}
        }
        gone.insert(id);
    }
    dict.remove(b"Annots");
    if !kept.is_empty() {
        dict.set("Annots", kept);
    }
    *draft.page(page)? = dict;
    if drawn.is_empty() {
        return Ok(());
    }
    let names = draft.add_resources(page, &drawn)?;
    let placed = names.iter().zip(places).map(|(name, place)| format!("q {} cm /{name} Do Q\n", matrix(place)));
    draft.draw(page, placed.collect(), false)
}
