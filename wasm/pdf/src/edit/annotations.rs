//! What annotations look like, as drawings that pages can show.

use super::draft::Draft;
use super::write;
use hayro::kurbo::Affine;
use lopdf::{Dictionary, Object, ObjectId};

/// Flags of annotations by which none is seen: hidden, and not for the screen.
const HIDDEN: i64 = 1 << 1 | 1 << 5;

/// Whether an annotation lies on the page for all to see. A pop-up, which shows what its note says, does not.
pub fn is_seen(draft: &Draft, annotation: &Dictionary) -> bool {
    draft.integer(annotation, b"F").unwrap_or(0) & HIDDEN == 0 && draft.name(annotation, b"Subtype") != Some(b"Popup")
}

/// What an annotation looks like as something that a page can draw, and where; none if it is not seen, or is drawn by
/// readers as they like.
pub fn drawing(draft: &mut Draft, annotation: &Dictionary) -> Option<(ObjectId, Affine)> {
    if !is_seen(draft, annotation) {
        return None;
    }
    let (id, place) = (look(draft, annotation)?, place(draft, annotation)?);
    let Some(Object::Stream(stream)) = draft.file.objects.get(&id) else { return None };
    let mut dict = stream.dict.clone();
    dict.set("Type", write::name("XObject"));
    dict.set("Subtype", write::name("Form"));
    if !dict.has(b"Resources")
        && let Some(shared) = draft.root_dict(b"AcroForm").and_then(|form| form.get(b"DR").ok())
    {
        dict.set("Resources", shared.clone());
    }
    // Whether it is seen may hang on a layer.
    if let Ok(layer) = annotation.get(b"OC") {
        dict.set("OC", layer.clone());
    }
    if dict == stream.dict {
        return Some((id, place));
    }
    let mut own = stream.clone();
    own.dict = dict;
    Some((draft.file.add_object(own), place))
}

/// The object that says what an annotation looks like: a stream.
fn look(draft: &Draft, annotation: &Dictionary) -> Option<ObjectId> {
    let mut look = draft.dict(annotation, b"AP")?.get(b"N").ok()?;
    if let Object::Dictionary(states) = draft.resolve(look) {
        let state = draft.name(annotation, b"AS").and_then(|state| states.get(state).ok());
        look = state.or_else(|| states.get(b"Off").ok())?;
    }
    let (id, object) = draft.file.dereference(look).ok()?;
    id.filter(|_| matches!(object, Object::Stream(_)))
}

/// From a look's own coordinates to its place on the page: ISO 32000-1, 12.5.5, algorithm 8.1.
fn place(draft: &Draft, annotation: &Dictionary) -> Option<Affine> {
    let look = draft.object(draft.file.objects.get(&look(draft, annotation)?)?)?;
    let place = draft.rect(draft.get(annotation, b"Rect"))?;
    let inner = draft.rect(draft.get(look, b"BBox"))?;
    let matrix = draft.floats(draft.get(look, b"Matrix")).map_or(Affine::IDENTITY, Affine::new);
    let seen = matrix.transform_rect_bbox(inner);
    let (x, y) = (place.width() / seen.width(), place.height() / seen.height());
    let affine = Affine::translate(place.origin().to_vec2())
        * Affine::scale_non_uniform(x, y)
        * Affine::translate(-seen.origin().to_vec2());
    (affine.is_finite() && x > 0.0 && y > 0.0).then_some(affine)
}
