//! Layers: optional content, which readers can show and hide.

use crate::edit::Draft;
use crate::edit::look::references;
use crate::error::Result;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::BTreeSet;

/// Lists that are joined as they are.
const LISTS: [&[u8]; 4] = [b"Order", b"RBGroups", b"Locked", b"AS"];

/// Join the layers of another document, whose objects are here already, to those here: each is shown or
/// hidden as it was.
pub fn join(draft: &mut Draft, other: &Dictionary) -> Result<()> {
    let Some(theirs) = draft.dict(other, b"OCProperties").cloned() else { return Ok(()) };
    let Some(mut layers) = draft.root_dict(b"OCProperties").cloned() else {
        draft.catalog()?.set("OCProperties", theirs);
        return Ok(());
    };
    let added = draft.list(&theirs, b"OCGs").to_vec();
    let mut shown = draft.dict(&layers, b"D").cloned().unwrap_or_default();
    let theirs_shown = draft.dict(&theirs, b"D").cloned().unwrap_or_default();

    let is_on = |config: &Dictionary| draft.name(config, b"BaseState") != Some(b"OFF");
    let listed = |key: &[u8]| -> BTreeSet<ObjectId> { references(draft.list(&theirs_shown, key)).collect() };
    let except = if is_on(&theirs_shown) { listed(b"OFF") } else { listed(b"ON") };
    let on = |id: &ObjectId| is_on(&theirs_shown) != except.contains(id);
    let key: &[u8] = if is_on(&shown) { b"OFF" } else { b"ON" };
    let mut others = draft.list(&shown, key).to_vec();
    others.extend(references(&added).filter(|id| on(id) != is_on(&shown)).map(Object::Reference));

    let mut joined: Vec<(&[u8], Vec<Object>)> = vec![(key, others)];
    for key in LISTS {
        joined.push((key, [draft.list(&shown, key), draft.list(&theirs_shown, key)].concat()));
    }
    let all = [draft.list(&layers, b"OCGs"), &added].concat();
    let configs = [draft.list(&layers, b"Configs"), draft.list(&theirs, b"Configs")].concat();
    for (key, list) in joined.into_iter().filter(|(_, list)| !list.is_empty()) {
        shown.set(key, list);
    }
    layers.set("D", shown);
    layers.set("OCGs", all);
    if !configs.is_empty() {
        layers.set("Configs", configs);
    }
    draft.catalog()?.set("OCProperties", layers);
    Ok(())
}
