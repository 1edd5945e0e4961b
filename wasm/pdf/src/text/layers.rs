//! Which parts of the content are to be seen: files may have layers that are off.

use hayro::hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier};
use hayro::hayro_syntax::xref::XRef;
use std::collections::HashSet;

/// The layers that are off.
pub struct Layers {
    off: HashSet<ObjectIdentifier>,
}

impl Layers {
    /// Those of a file.
    pub fn of(xref: &XRef) -> Self {
        Self { off: xref.get::<Dict<'_>>(xref.root_id()).and_then(|catalog| off(&catalog)).unwrap_or_default() }
    }

    /// Whether what belongs to a layer, or to several as they say, is to be seen.
    pub fn shows(&self, layer: &Dict<'_>, id: Option<ObjectIdentifier>) -> bool {
        let is_on = |id: &ObjectIdentifier| !self.off.contains(id);
        match id {
            Some(id) if layer.get::<Name<'_>>("Type").as_deref() != Some(b"OCMD") => is_on(&id),
            _ => {
                let several = match layer.get::<Array<'_>>("OCGs") {
                    Some(array) => ids(&array),
                    None => layer.get_ref("OCGs").map(ObjectIdentifier::from).into_iter().collect(),
                };
                let mut several = several.iter();
                several.len() == 0
                    || match layer.get::<Name<'_>>("P").as_deref() {
                        Some(b"AllOn") => several.all(is_on),
                        Some(b"AnyOff") => !several.all(is_on),
                        Some(b"AllOff") => !several.any(is_on),
                        _ => several.any(is_on),
                    }
            }
        }
    }
}

fn off(catalog: &Dict<'_>) -> Option<HashSet<ObjectIdentifier>> {
    let properties = catalog.get::<Dict<'_>>("OCProperties")?;
    let config = properties.get::<Dict<'_>>("D")?;
    let listed = |dict: &Dict<'_>, key: &str| dict.get::<Array<'_>>(key).map(|array| ids(&array)).unwrap_or_default();
    let mut off = HashSet::new();
    if config.get::<Name<'_>>("BaseState").as_deref() == Some(b"OFF") {
        off.extend(listed(&properties, "OCGs"));
    }
    for id in listed(&config, "ON") {
        off.remove(&id);
    }
    off.extend(listed(&config, "OFF"));
    Some(off)
}

fn ids(array: &Array<'_>) -> Vec<ObjectIdentifier> {
    array.raw_iter().filter_map(|item| item.as_obj_ref()).map(ObjectIdentifier::from).collect()
}
