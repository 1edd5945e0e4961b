//! Making forms, and notes and marks, part of the page.

use super::content::{self, Balance};
use super::draft::Draft;
use super::{appearance, fill, forms, write};
use crate::args;
use crate::error::{Result, unsupported};
use crate::limits::MAX_ENTRIES;
use crate::wit;
use hayro::kurbo::{Affine, Rect};
use lopdf::{Dictionary, Object, ObjectId, Stream};
use std::collections::BTreeSet;

/// Flags of annotations by which none is seen: hidden, and not for the screen.
const HIDDEN: i64 = 1 << 1 | 1 << 5;

/// Apply the step.
pub fn flatten(draft: &mut Draft, step: wit::Flatten) -> Result<()> {
    let args::Flatten { annotations } = step.try_into()?;
    let fields = forms::fields(draft);
    let is_xfa = draft.root_dict(b"AcroForm").is_some_and(|form| form.has(b"XFA"));
    if fields.is_empty() && is_xfa {
        return Err(unsupported("the form is one of XFA alone, which PDF has given up"));
    }
    if !fill::draw_what_is_asked_for(draft, &fields) {
        return Err(unsupported(
            "a field is filled in with characters that the form's font and Helvetica have not got",
        ));
    }
    let shared = draft.root_dict(b"AcroForm").map(|form| draft.get(form, b"DR").clone()).unwrap_or(Object::Null);
    let mut gone = BTreeSet::new();
    for page in draft.pages.clone() {
        flatten_page(draft, page, annotations, &shared, &mut gone)?;
    }
    for field in &fields {
        gone.extend(&field.widgets);
    }
    draft.catalog()?.remove(b"AcroForm");
    draft.forget(&gone);
    Ok(())
}

fn flatten_page(
    draft: &mut Draft,
    page: ObjectId,
    all: bool,
    shared: &Object,
    gone: &mut BTreeSet<ObjectId>,
) -> Result<()> {
    let mut dict = draft.page(page)?.clone();
    let ids = forms::own_objects(draft, &mut dict, b"Annots");
    let (mut kept, mut drawn) = (Vec::new(), Vec::new());
    for id in ids.into_iter().take(MAX_ENTRIES) {
        let Ok(annotation) = draft.file.get_dictionary(id).cloned() else { continue };
        let kind = draft.name(&annotation, b"Subtype").unwrap_or_default();
        let is_widget = kind == b"Widget";
        // A link is no picture, and a pop-up shows what its note says.
        if !is_widget && (!all || kind == b"Link") {
            kept.push(Object::Reference(id));
            continue;
        }
        let is_seen = draft.integer(&annotation, b"F").unwrap_or(0) & HIDDEN == 0;
        let look = if is_seen { look(draft, &annotation) } else { None };
        match look.and_then(|look| Some((look, placed(draft, look, &annotation)?))) {
            Some(place) => drawn.push(form(draft, place, &annotation, shared)),
            // What readers draw as they like stays theirs to draw.
            None if !is_widget && is_seen && kind != b"Popup" => {
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
    if !drawn.is_empty() {
        draw(draft, &mut dict, page, drawn);
    }
    *draft.page(page)? = dict;
    Ok(())
}

/// What an annotation looks like: an object that is a stream.
fn look(draft: &Draft, annotation: &Dictionary) -> Option<ObjectId> {
    let mut look = draft.dict(annotation, b"AP")?.get(b"N").ok()?;
    if let Object::Dictionary(states) = draft.resolve(look) {
        look = states.get(draft.name(annotation, b"AS")?).ok()?;
    }
    let (id, object) = draft.file.dereference(look).ok()?;
    id.filter(|_| matches!(object, Object::Stream(_)))
}

/// From a look's own coordinates to its place on the page: ISO 32000-1, 12.5.5, algorithm 8.1.
fn placed(draft: &Draft, look: ObjectId, annotation: &Dictionary) -> Option<Affine> {
    let look = draft.object(draft.file.objects.get(&look)?)?;
    let bounds = |[x0, y0, x1, y1]: [f32; 4]| Rect::new(x0.into(), y0.into(), x1.into(), y1.into());
    let place = bounds(appearance::rect(draft, annotation, b"Rect")?);
    let inner = bounds(appearance::rect(draft, look, b"BBox")?);
    let matrix: Option<[f32; 6]> = appearance::numbers(draft, draft.list(look, b"Matrix")).try_into().ok();
    let matrix = matrix.map_or(Affine::IDENTITY, |numbers| Affine::new(numbers.map(f64::from)));
    let seen = matrix.transform_rect_bbox(inner);
    let (x, y) = (place.width() / seen.width(), place.height() / seen.height());
    let affine = Affine::translate(place.origin().to_vec2())
        * Affine::scale_non_uniform(x, y)
        * Affine::translate(-seen.origin().to_vec2());
    (affine.is_finite() && x > 0.0 && y > 0.0).then_some(affine)
}

/// A look as something that a page can draw, and where.
fn form(
    draft: &mut Draft,
    (id, place): (ObjectId, Affine),
    annotation: &Dictionary,
    shared: &Object,
) -> (ObjectId, Affine) {
    let Some(Object::Stream(stream)) = draft.file.objects.get(&id) else { return (id, place) };
    let mut stream: Stream = stream.clone();
    stream.dict.set("Type", write::name("XObject"));
    stream.dict.set("Subtype", write::name("Form"));
    if !stream.dict.has(b"Resources") && !shared.is_null() {
        stream.dict.set("Resources", shared.clone());
    }
    // Whether it is seen may hang on a layer.
    if let Ok(layer) = annotation.get(b"OC") {
        stream.dict.set("OC", layer.clone());
    }
    if draft.file.objects.get(&id).is_some_and(|before| *before == Object::Stream(stream.clone())) {
        return (id, place);
    }
    (draft.file.add_object(stream), place)
}

/// Add drawings to a page, on top of what it has.
fn draw(draft: &mut Draft, dict: &mut Dictionary, page: ObjectId, drawn: Vec<(ObjectId, Affine)>) {
    let mut resources = draft.dict(dict, b"Resources").cloned().unwrap_or_default();
    let mut objects = draft.dict(&resources, b"XObject").cloned().unwrap_or_default();
    let mut content = Vec::new();
    let mut number = 0;
    for (id, place) in drawn {
        let name = loop {
            number += 1;
            let name = format!("Flat{number}");
            if !objects.has(name.as_bytes()) {
                break name;
            }
        };
        objects.set(name.clone(), Object::Reference(id));
        let matrix = place.as_coeffs().map(decimal).join(" ");
        content.extend(format!("q {matrix} cm /{name} Do Q\n").bytes());
    }
    resources.set("XObject", objects);
    dict.set("Resources", resources);

    let before = draft.contents(page);
    let balance = Balance::of(&draft.content(page));
    let mut contents: Vec<Object> = Vec::new();
    if !before.is_empty() {
        let open = b"q\n".to_vec();
        content = [balance.close().as_bytes(), b"Q\n", &content].concat();
        if !balance.is_broken() {
            contents.push(draft.file.add_object(content::stream(open)).into());
            contents.extend(before.into_iter().map(Object::Reference));
        } else {
            let all = balance.mend(draft.content(page));
            let all = [open, all].concat();
            contents.push(draft.file.add_object(content::stream(all)).into());
        }
    }
    contents.push(draft.file.add_object(content::stream(content)).into());
    dict.set("Contents", contents);
}

/// A number of a matrix: parts of small scales matter.
fn decimal(value: f64) -> String {
    let rounded = format!("{value:.6}");
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}
