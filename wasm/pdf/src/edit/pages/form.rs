//! A page as a drawing (a Form XObject), which other pages can show.

use super::frame::Frame;
use crate::edit::content::{self, Balance};
use crate::edit::write::{matrix, numbers};
use crate::edit::{Draft, annotations};
use crate::error::Result;
use hayro::kurbo::Rect;
use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary};

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

    let annotations: Vec<_> =
        draft.list(&dict, b"Annots").iter().filter_map(|item| draft.resolve(item).as_dict().ok().cloned()).collect();
    let looks: Vec<_> = annotations.iter().filter_map(|annotation| annotations::drawing(draft, annotation)).collect();
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
