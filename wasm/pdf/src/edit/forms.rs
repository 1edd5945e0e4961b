//! The form's fields in a draft, for what fills them in and for what makes them part of the page.

use super::draft::Draft;
use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use crate::strings;
use crate::wit::FieldKind;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::BTreeSet;

/// Flags of fields, as the standard numbers their bits.
pub mod flag {
    /// It may not be changed.
    pub const READ_ONLY: i64 = 1;
    /// Texts of several lines.
    pub const MULTILINE: i64 = 1 << 12;
    /// Texts that are not shown.
    pub const PASSWORD: i64 = 1 << 13;
    /// One of several buttons.
    pub const RADIO: i64 = 1 << 15;
    /// A button that keeps nothing.
    pub const PUSH_BUTTON: i64 = 1 << 16;
    /// A choice that shows what is chosen alone.
    pub const COMBO: i64 = 1 << 17;
    /// A choice that takes other texts too.
    pub const EDIT: i64 = 1 << 18;
    /// More than one can be chosen.
    pub const MULTI_SELECT: i64 = 1 << 21;
    /// As many cells as the longest text has characters.
    pub const COMB: i64 = 1 << 24;
}

/// A field that something can be filled into.
pub struct Field {
    /// Its full name.
    pub name: String,
    /// What one fills in.
    pub kind: FieldKind,
    /// Its object.
    pub id: ObjectId,
    /// Its flags.
    pub flags: i64,
    /// Where it is seen; it may be a widget itself.
    pub widgets: Vec<ObjectId>,
    /// The fields above it, nearest first.
    above: Vec<ObjectId>,
}

impl Field {
    /// Something else that is read as a field is.
    pub fn of(id: ObjectId, kind: FieldKind, flags: i64) -> Self {
        Self { name: String::new(), kind, id, flags, widgets: vec![id], above: Vec::new() }
    }

    /// An entry of the field's, or of those above it; null if there is none.
    pub fn get<'a>(&self, draft: &'a Draft, key: &[u8]) -> &'a Object {
        let own = std::iter::once(&self.id).chain(&self.above);
        own.filter_map(|id| draft.file.get_dictionary(*id).ok())
            .map(|dict| draft.get(dict, key))
            .find(|object| !object.is_null())
            .unwrap_or(&Object::Null)
    }

    /// Whether it has these flags.
    pub fn has(&self, flags: i64) -> bool {
        self.flags & flags == flags
    }

    /// What may be chosen: what is stored, and what is shown.
    pub fn options(&self, draft: &Draft) -> Vec<(String, String)> {
        let options = self.get(draft, b"Opt").as_array().map_or(&[][..], Vec::as_slice);
        let text = |object: &Object| draft.resolve(object).as_str().map(strings::text).unwrap_or_default();
        options
            .iter()
            .take(MAX_ENTRIES)
            .map(|option| match draft.resolve(option) {
                Object::Array(pair) => {
                    let stored = pair.first().map(text).unwrap_or_default();
                    let shown = pair.get(1).map(text).unwrap_or_else(|| stored.clone());
                    (stored, shown)
                }
                option => (text(option), text(option)),
            })
            .collect()
    }
}

/// The fields of a draft's form.
pub fn fields(draft: &mut Draft) -> Vec<Field> {
    let Some(mut form) = draft.root_dict(b"AcroForm").cloned() else { return Vec::new() };
    let roots = own_objects(draft, &mut form, b"Fields");
    draft.set_form(form);
    let mut walk = Walk { draft, seen: BTreeSet::new(), fields: Vec::new() };
    for id in roots {
        walk.field(id, "", None, 0, &[]);
    }
    walk.fields
}

impl Draft {
    /// Change the form's dictionary.
    pub fn set_form(&mut self, form: Dictionary) {
        match self.file.catalog().ok().and_then(|catalog| catalog.get(b"AcroForm").and_then(Object::as_reference).ok())
        {
            Some(id) => drop(self.file.objects.insert(id, form.into())),
            None => {
                if let Ok(catalog) = self.catalog() {
                    catalog.set("AcroForm", form);
                }
            }
        }
    }
}

struct Walk<'a> {
    draft: &'a mut Draft,
    seen: BTreeSet<ObjectId>,
    fields: Vec<Field>,
}

impl Walk<'_> {
    fn field(
        &mut self,
        id: ObjectId,
        above_name: &str,
        above_kind: Option<&[u8]>,
        above_flags: i64,
        above: &[ObjectId],
    ) {
        if above.len() > MAX_DEPTH || self.fields.len() >= MAX_ENTRIES || !self.seen.insert(id) {
            return;
        }
        let Ok(mut dict) = self.draft.file.get_dictionary(id).cloned() else { return };
        let name = match self.draft.get(&dict, b"T").as_str().map(strings::text) {
            Ok(own) if above_name.is_empty() => own,
            Ok(own) => format!("{above_name}.{own}"),
            Err(_) => above_name.to_owned(),
        };
        let kind = self.draft.name(&dict, b"FT").or(above_kind).map(<[u8]>::to_vec);
        let flags = self.draft.integer(&dict, b"Ff").unwrap_or(above_flags);
        let kids = own_objects(self.draft, &mut dict, b"Kids");
        self.draft.change(id, |field| *field = dict);
        // What has a name is a field; what has none is a place where the field above it is seen.
        let is_field = |id: &ObjectId| self.draft.file.get_dictionary(*id).is_ok_and(|kid| kid.has(b"T"));
        let (fields, mut widgets): (Vec<_>, Vec<_>) = kids.into_iter().partition(is_field);
        if fields.is_empty() {
            if widgets.is_empty() {
                widgets.push(id);
            }
            let kind = match kind.as_deref() {
                Some(b"Tx") => FieldKind::Text,
                Some(b"Ch") => FieldKind::Choice,
                Some(b"Sig") => FieldKind::Signature,
                Some(_) if flags & flag::PUSH_BUTTON != 0 => FieldKind::Button,
                Some(_) if flags & flag::RADIO != 0 => FieldKind::Radio,
                Some(_) => FieldKind::Checkbox,
                None => return,
            };
            self.fields.push(Field { name, kind, id, flags, widgets, above: above.to_vec() });
            return;
        }
        let above: Vec<ObjectId> = std::iter::once(id).chain(above.iter().copied()).collect();
        for field in fields {
            self.field(field, &name, kind.as_deref(), flags, &above);
        }
    }
}

/// What a list in a dictionary refers to. Dictionaries that stand in the list become objects of their own.
pub fn own_objects(draft: &mut Draft, dict: &mut Dictionary, key: &[u8]) -> Vec<ObjectId> {
    let mut items = draft.list(dict, key).to_vec();
    let mut ids = Vec::new();
    let mut moved = false;
    for item in &mut items {
        if let Object::Dictionary(inner) = item {
            *item = Object::Reference(draft.file.add_object(std::mem::take(inner)));
            moved = true;
        }
        if let Object::Reference(id) = item {
            ids.push(*id);
        }
    }
    if moved {
        dict.set(key.to_vec(), items);
    }
    ids
}
