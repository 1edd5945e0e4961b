//! Digital signatures: any change makes them invalid, so what is written anew has none.

use super::draft::Draft;
use lopdf::{Dictionary, Object};

/// Take signatures out. Their fields stay, and what they look like.
pub fn forget(draft: &mut Draft) {
    let signed: Vec<_> =
        draft.file.objects.iter().filter(|(_, object)| is_signature(object)).map(|(id, _)| *id).collect();
    let goes = |value: &Object| match value {
        Object::Reference(id) => signed.contains(id),
        value => is_signature(value),
    };
    for object in draft.file.objects.values_mut() {
        if let Object::Dictionary(dict) = object
            && dict.get(b"V").is_ok_and(goes)
        {
            dict.remove(b"V");
        }
    }
    let Ok(catalog) = draft.catalog() else { return };
    // What the signatures allow, and what they are checked with.
    catalog.remove(b"Perms");
    catalog.remove(b"DSS");
    if let Some(mut form) = draft.root_dict(b"AcroForm").filter(|form| form.has(b"SigFlags")).cloned() {
        form.remove(b"SigFlags");
        draft.set_form(form);
    }
}

/// Whether this is a signature: it says which bytes it is of.
fn is_signature(object: &Object) -> bool {
    let has = |dict: &Dictionary| dict.has(b"ByteRange") && dict.has(b"Contents");
    object.as_dict().is_ok_and(has)
}
