//! A copy of a page, within its document.

use crate::edit::Draft;
use crate::edit::parts::fields;
use crate::error::Result;
use lopdf::{Object, ObjectId};
use std::collections::BTreeMap;

/// A copy of a page: with annotations and fields of its own; what draws it is shared. It is outside of
/// the document's structure, in which the first one stands.
pub fn page(draft: &mut Draft, id: ObjectId) -> Result<ObjectId> {
    let mut page = draft.page(id)?.clone();
    page.remove(b"StructParents");
    page.remove(b"B");
    let new = draft.file.new_object_id();

    let mut copies = BTreeMap::new();
    let mut annotations = Vec::new();
    for item in draft.list(&page, b"Annots").to_vec() {
        let Ok(mut annotation) = draft.resolve(&item).as_dict().cloned() else { continue };
        annotation.set("P", new);
        annotation.remove(b"StructParent");
        let copy = draft.file.add_object(annotation);
        annotations.push(Object::Reference(copy));
        if let Ok(old) = item.as_reference() {
            copies.insert(old, copy);
        }
    }
    // Notes and their windows refer to one another.
    for copy in copies.values() {
        draft.change(*copy, |annotation| {
            for key in [&b"Popup"[..], b"Parent", b"IRT"] {
                if let Ok(Object::Reference(to)) = annotation.get_mut(key)
                    && let Some(other) = copies.get(to)
                {
                    *to = *other;
                }
            }
        });
    }
    if !annotations.is_empty() {
        page.set("Annots", annotations);
    }
    draft.file.objects.insert(new, page.into());
    fields::copy(draft, &copies)?;
    Ok(new)
}
