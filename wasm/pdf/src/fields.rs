//! The fields of forms.

use crate::describe::{catalog, items};
use crate::document::Document;
use crate::error::Result;
use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use crate::trees::Seen;
use crate::{geometry, strings, wit};
use hayro::hayro_syntax::object::{Array, Dict, Object, ObjectIdentifier, Rect};
use std::collections::BTreeMap;

/// Flags of fields, as the standard numbers their bits.
const READ_ONLY: u32 = 1;
const REQUIRED: u32 = 1 << 1;
const RADIO: u32 = 1 << 15;
const PUSH_BUTTON: u32 = 1 << 16;

/// What a field takes over from those above it.
#[derive(Clone, Default)]
struct Above<'a> {
    name: String,
    kind: Option<String>,
    flags: u32,
    value: Option<Object<'a>>,
    options: Vec<Object<'a>>,
}

struct Walk<'a> {
    document: &'a Document,
    /// The pages of widgets that say theirs by being in a page's list.
    pages: BTreeMap<ObjectIdentifier, u32>,
    seen: Seen,
    fields: Vec<wit::Field>,
}

impl Document {
    /// The fields of forms, with what is filled in.
    pub fn fields(&self) -> Result<Vec<wit::Field>> {
        let Some(form) = catalog(self.pdf()).get::<Dict<'_>>("AcroForm") else {
            return Ok(Vec::new());
        };
        let mut pages = BTreeMap::new();
        for (number, page) in (1..).zip(self.pdf().pages().iter()) {
            for widget in page.raw().get::<Array<'_>>("Annots").iter().flat_map(Array::raw_iter) {
                if let Some(object) = widget.as_obj_ref() {
                    pages.entry(object.into()).or_insert(number);
                }
            }
        }
        let mut walk = Walk { document: self, pages, seen: Seen::default(), fields: Vec::new() };
        for field in form.get::<Array<'_>>("Fields").iter().flat_map(Array::iter::<Dict<'_>>) {
            walk.field(&field, Above::default(), 0);
        }
        Ok(walk.fields)
    }

    /// Whether a signature is filled in.
    pub fn is_signed(&self) -> bool {
        let fields = self.fields().unwrap_or_default();
        fields.iter().any(|field| field.kind == wit::FieldKind::Signature && field.value.is_some())
    }
}

impl<'a> Walk<'a> {
    fn field(&mut self, dict: &Dict<'a>, above: Above<'a>, depth: usize) {
        if !self.seen.is_new(dict) || depth > MAX_DEPTH || self.fields.len() >= MAX_ENTRIES {
            return;
        }
        let own = strings::entry(dict, "T");
        let name = match own {
            Some(own) if above.name.is_empty() => own,
            Some(own) => format!("{}.{own}", above.name),
            None => above.name,
        };
        let options = items(dict, "Opt");
        let this = Above {
            name,
            kind: strings::name(dict, "FT").or(above.kind),
            flags: dict.get::<u32>("Ff").unwrap_or(above.flags),
            value: dict.get::<Object<'a>>("V").or(above.value),
            options: if options.is_empty() { above.options } else { options },
        };
        let kids: Vec<Dict<'a>> = dict.get::<Array<'a>>("Kids").iter().flat_map(Array::iter::<Dict<'a>>).collect();
        // What has a name is a field; what has none is a place where the field above it is seen.
        let (fields, widgets): (Vec<_>, Vec<_>) = kids.into_iter().partition(|kid| kid.contains_key("T"));
        if fields.is_empty() {
            let widgets = if widgets.is_empty() { vec![dict.clone()] } else { widgets };
            self.fields.extend(self.terminal(this, &widgets));
            return;
        }
        for field in fields {
            self.field(&field, this.clone(), depth + 1);
        }
    }

    fn terminal(&self, field: Above<'a>, widgets: &[Dict<'a>]) -> Option<wit::Field> {
        let kind = match field.kind.as_deref()? {
            "Tx" => wit::FieldKind::Text,
            "Ch" => wit::FieldKind::Choice,
            "Sig" => wit::FieldKind::Signature,
            _ if field.flags & PUSH_BUTTON != 0 => wit::FieldKind::Button,
            _ if field.flags & RADIO != 0 => wit::FieldKind::Radio,
            _ => wit::FieldKind::Checkbox,
        };
        let options = match kind {
            wit::FieldKind::Choice => field.options.iter().filter_map(option).collect(),
            wit::FieldKind::Checkbox | wit::FieldKind::Radio => states(widgets),
            _ => Vec::new(),
        };
        Some(wit::Field {
            name: field.name,
            kind,
            value: field.value.as_ref().and_then(value),
            options,
            read_only: field.flags & READ_ONLY != 0,
            required: field.flags & REQUIRED != 0,
            widgets: widgets.iter().filter_map(|widget| self.widget(widget)).collect(),
        })
    }

    fn widget(&self, dict: &Dict<'a>) -> Option<wit::Widget> {
        let number = *self.pages.get(&dict.obj_id()?)?;
        let rect = dict.get::<Rect>("Rect")?;
        let page = self.document.page(number).ok()?;
        Some(wit::Widget { page: number, box_: geometry::place(page, rect) })
    }
}

/// What is filled in, as text.
fn value(value: &Object<'_>) -> Option<String> {
    match value {
        Object::String(text) => Some(strings::text(text)),
        Object::Name(name) => Some(name.as_str().to_owned()),
        Object::Stream(stream) => stream.decoded_data().ok().map(|data| strings::text(&data)),
        Object::Array(array) => {
            let lines: Vec<String> = array
                .iter::<Object<'_>>()
                .filter(|item| matches!(item, Object::String(_) | Object::Name(_)))
                .filter_map(|item| self::value(&item))
                .collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        }
        // A signature.
        Object::Dict(signature) => Some(strings::entry(signature, "Name").unwrap_or_default()),
        _ => None,
    }
}

/// What may be chosen: a text, or a pair of what is stored and what is shown.
fn option(option: &Object<'_>) -> Option<String> {
    match option {
        Object::String(text) => Some(strings::text(text)),
        Object::Array(pair) => match pair.iter::<Object<'_>>().next()? {
            Object::String(stored) => Some(strings::text(&stored)),
            _ => None,
        },
        _ => None,
    }
}

/// The names of the states that buttons can be in, but for the one in which all of them are off.
fn states(widgets: &[Dict<'_>]) -> Vec<String> {
    let mut states = Vec::new();
    for widget in widgets {
        let looks = widget.get::<Dict<'_>>("AP").and_then(|looks| looks.get::<Dict<'_>>("N")).unwrap_or_default();
        for state in looks.keys() {
            let state = state.as_str().to_owned();
            if state != "Off" && !states.contains(&state) {
                states.push(state);
            }
        }
    }
    states
}
