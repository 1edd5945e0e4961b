//! A page as a drawing (a Form XObject), which other pages can show.

use super::frame::{Frame, floats, numbers, rect};
use crate::edit::Draft;
use crate::edit::content::{self, Balance};
use crate::error::Result;
use hayro::kurbo::{Affine, Rect};
use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary};

/// Flags of annotations that are not seen: hidden, and not for the screen.
const HIDDEN: i64 = 1 << 1 | 1 << 5;

/// A page with what lies on it as a drawing in the page's own coordinates.
pub fn form(draft: &mut Draft, page: ObjectId) -> Result<ObjectId> {
    let frame = Frame::of(draft, page);
    let dict = draft.page(page)?.clone();
    let resources = dict.get(b"Resources").ok().filter(|item| draft.resolve(item).as_dict().is_ok()).cloned();
    let resources = resources.unwrap_or_else(|| Dictionary::new().into());
    let mut form = drawing(draft, page);
    frame_it(&mut form.dict, frame.shown, resources);
    if let Some(group) = draft.dict(&dict, b"Group").cloned() {
        form.dict.set("Group", group);
    }
    let form = draft.file.add_object(form);

    let annotations = draft.list(&dict, b"Annots").to_vec();
    let looks: Vec<_> = annotations.iter().filter_map(|item| look(draft, item)).collect();
    if looks.is_empty() {
        return Ok(form);
    }
    let mut all = dictionary! { "Page" => form };
    let mut content = String::from("/Page Do\n");
    for (index, (look, place)) in looks.into_iter().enumerate() {
        content += &format!("q {} cm /A{index} Do Q\n", matrix(place));
        all.set(format!("A{index}"), look);
    }
    let mut outer = content::stream(content.into_bytes());
    frame_it(&mut outer.dict, frame.shown, dictionary! { "XObject" => all }.into());
    Ok(draft.file.add_object(outer))
}

fn frame_it(dict: &mut Dictionary, shown: Rect, resources: Object) {
    dict.set("Type", Object::Name(b"XObject".to_vec()));
    dict.set("Subtype", Object::Name(b"Form".to_vec()));
    dict.set("BBox", numbers([shown.x0, shown.y0, shown.x1, shown.y1]));
    dict.set("Resources", resources);
}

/// What draws a page as one stream; as it is packed, if it is one already and sound.
fn drawing(draft: &Draft, page: ObjectId) -> Stream {
    let unpacked = draft.content(page);
    let balance = Balance::of(&unpacked);
    if let [only] = draft.contents(page).as_slice()
        && balance == Balance::default()
        && let Some(Object::Stream(stream)) = draft.file.objects.get(only)
    {
        let mut copy = Stream::new(Dictionary::new(), stream.content.clone());
        for key in [&b"Filter"[..], b"DecodeParms"] {
            if let Ok(item) = stream.dict.get(key) {
                copy.dict.set(key, item.clone());
            }
        }
        return copy;
    }
    content::stream([balance.mend(unpacked), balance.close().into_bytes()].concat())
}

/// How an annotation looks, and where its drawing goes; none if it is not seen.
fn look(draft: &mut Draft, annotation: &Object) -> Option<(ObjectId, Affine)> {
    let dict = draft.object(annotation)?;
    if draft.integer(dict, b"F").unwrap_or(0) & HIDDEN != 0 || draft.name(dict, b"Subtype") == Some(b"Popup") {
        return None;
    }
    let normal = draft.dict(dict, b"AP")?.get(b"N").ok()?;
    let look = match draft.resolve(normal) {
        Object::Stream(_) => normal,
        Object::Dictionary(states) => {
            let state = draft.name(dict, b"AS").and_then(|state| states.get(state).ok());
            state.or_else(|| states.get(b"Off").ok())?
        }
        _ => return None,
    };
    let id = look.as_reference().ok()?;
    let Object::Stream(stream) = draft.resolve(look) else { return None };
    let place = rect(draft, draft.get(dict, b"Rect"))?;
    let own = rect(draft, draft.get(&stream.dict, b"BBox"))?;
    let turn = floats(draft, draft.get(&stream.dict, b"Matrix")).map_or(Affine::IDENTITY, Affine::new);
    let drawn = turn.transform_rect_bbox(own);
    if drawn.width() <= 0.0 || drawn.height() <= 0.0 {
        return None;
    }
    let (x, y) = (place.width() / drawn.width(), place.height() / drawn.height());
    let to_place = Affine::new([x, 0.0, 0.0, y, place.x0 - x * drawn.x0, place.y0 - y * drawn.y0]);

    // A drawing has to say what it is, which the looks of annotations often do not; and an annotation may be
    // on a layer.
    let mut drawing = stream.clone();
    let layer = dict.get(b"OC").ok().cloned();
    if layer.is_none() && drawing.dict.has(b"Subtype") {
        return Some((id, to_place));
    }
    drawing.dict.set("Subtype", Object::Name(b"Form".to_vec()));
    if let Some(layer) = layer {
        drawing.dict.set("OC", layer);
    }
    Some((draft.file.add_object(drawing), to_place))
}

/// A matrix as content streams have it.
pub fn matrix(of: Affine) -> String {
    of.as_coeffs().map(number).join(" ")
}

/// A number as content streams have it: no exponent, no more digits than matter.
pub fn number(value: f64) -> String {
    let text = format!("{value:.5}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
