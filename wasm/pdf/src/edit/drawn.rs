//! Drawing what files leave to readers to draw: what is filled into fields, and marks that say where they lie, but not
//! what they look like.

use super::appearance::{self, Lacking};
use super::draft::Draft;
use super::embed::Embedded;
use super::forms::{self, Field, flag};
use super::marks;
use super::save::Made;
use crate::annotations;
use crate::document::{Document, Drawn};
use crate::limits::MAX_ENTRIES;
use crate::wit::FieldKind;
use lopdf::ObjectId;

pub use super::marks::is_drawn;

/// A copy of a document in which that is drawn; other pages are empty in it. None if it cannot be made.
pub fn drawn(document: &Document) -> Option<Drawn> {
    let is_wanted =
        |number: &u32| document.page(*number).is_ok_and(|page| annotations::are_to_be_drawn(document, page));
    let wanted: Vec<u32> = (1..=document.count()).filter(is_wanted).collect();
    let mut draft = Draft::with(document, &wanted).ok()?;
    let lacking = draw(&mut draft).map(|lacking| lacking.to_string());
    let copy = draft.made().and_then(Made::read).ok().filter(|copy| copy.count() == document.count())?;
    Some(Drawn { document: copy, lacking })
}

/// Draw it all. What could not be drawn, if there is something.
pub fn draw(draft: &mut Draft) -> Option<Lacking> {
    let fields = forms::fields(draft);
    let lacking = fill_out(draft, &fields, None);
    for page in draft.pages.clone() {
        let Ok(mut dict) = draft.page(page).cloned() else { continue };
        for id in forms::own_objects(draft, &mut dict, b"Annots").into_iter().take(MAX_ENTRIES) {
            if !has_look(draft, id) {
                marks::draw(draft, id);
            }
        }
        if let Ok(page) = draft.page(page) {
            *page = dict;
        }
    }
    lacking
}

/// Draw what is filled into the fields of a form, if it asks for that or if they have no look.
pub fn fill_out(draft: &mut Draft, fields: &[Field], given: Option<&Embedded>) -> Option<Lacking> {
    let form = draft.root_dict(b"AcroForm");
    let asked = form.is_some_and(|form| draft.get(form, b"NeedAppearances").as_bool().unwrap_or(false));
    let mut lacking = None;
    for field in fields {
        let is_seen = field.widgets.iter().all(|id| has_look(draft, *id));
        match field.kind {
            FieldKind::Text | FieldKind::Choice if asked || !is_seen => {
                // A look that it has stays.
                let undrawn = appearance::make(draft, field, given).err();
                lacking = lacking.or(undrawn.filter(|_| !is_seen));
            }
            FieldKind::Checkbox | FieldKind::Radio if !is_seen => tick(draft, field),
            _ => {}
        }
    }
    lacking
}

/// Draw the buttons that have no look, in the state that they are in.
fn tick(draft: &mut Draft, field: &Field) {
    for id in &field.widgets {
        let Ok(widget) = draft.file.get_dictionary(*id) else { continue };
        let state = draft.name(widget, b"AS").or_else(|| field.get(draft, b"V").as_name().ok());
        let state = state.unwrap_or(appearance::OFF).to_vec();
        if !has_look(draft, *id) {
            appearance::mark(draft, *id, &state, field.has(flag::RADIO));
        }
    }
}

fn has_look(draft: &Draft, id: ObjectId) -> bool {
    let annotation = draft.file.get_dictionary(id).ok();
    annotation.and_then(|annotation| draft.dict(annotation, b"AP")).is_some_and(|looks| looks.has(b"N"))
}
