//! What lies on pages: links, notes, marks.

use crate::describe;
use crate::document::Document;
use crate::edit;
use crate::error::Result;
use crate::limits::MAX_ENTRIES;
use crate::outline::{Target, Targets};
use crate::{geometry, strings, wit};
use hayro::hayro_syntax::object::{Array, Dict, Object, Rect};
use hayro::hayro_syntax::page::Page;

/// The flags by which an annotation is not seen: hidden, and not for the screen.
pub const HIDDEN: u32 = 1 << 1 | 1 << 5;

impl Document {
    /// What lies on pages.
    pub fn annotations(&self, numbers: Vec<u32>) -> Result<Vec<wit::Annotation>> {
        let targets = Targets::new(self);
        let mut found = Vec::new();
        for number in numbers {
            let page = self.page(number)?;
            let array = page.raw().get::<Array<'_>>("Annots");
            let annotations = array.iter().flat_map(Array::iter::<Dict<'_>>).take(MAX_ENTRIES);
            found.extend(annotations.map(|dict| annotation(&dict, number, page, &targets)));
        }
        Ok(found)
    }
}

/// Whether something on a page is to be seen, and the file leaves it to readers to draw it.
pub fn are_to_be_drawn(document: &Document, page: &Page<'_>) -> bool {
    let form = || describe::catalog(document.pdf()).get::<Dict<'_>>("AcroForm").unwrap_or_default();
    let are_all_asked_for = || form().get::<bool>("NeedAppearances").unwrap_or(false);
    let array = page.raw().get::<Array<'_>>("Annots");
    array.iter().flat_map(Array::iter::<Dict<'_>>).take(MAX_ENTRIES).any(|dict| {
        let has_look = dict.get::<Dict<'_>>("AP").is_some_and(|looks| looks.get::<Object<'_>>("N").is_some());
        match strings::name(&dict, "Subtype").as_deref() {
            Some("Widget") => !has_look || are_all_asked_for(),
            Some(kind) => !has_look && edit::is_drawn(kind),
            None => false,
        }
    })
}

fn annotation<'a>(dict: &Dict<'a>, number: u32, page: &Page<'_>, targets: &Targets<'a>) -> wit::Annotation {
    let Target { page: target, uri } = targets.of(dict);
    wit::Annotation {
        page: number,
        kind: strings::name(dict, "Subtype").unwrap_or_default(),
        box_: geometry::place(page, dict.get::<Rect>("Rect").unwrap_or(Rect::ZERO)),
        contents: strings::entry(dict, "Contents"),
        // Of a widget it is the name of its field.
        author: strings::entry(dict, "T").filter(|_| !dict.contains_key("FT")),
        target,
        uri,
        hidden: dict.get::<u32>("F").unwrap_or(0) & HIDDEN != 0,
    }
}
