//! Drawings and pictures within content: those of which something goes are written anew.

use super::state::State;
use super::walk::Walker;
use super::written::{Written, encode, packed};
use super::{data, image};
use crate::edit::copy::Copier;
use crate::limits::MAX_GLYPHS;
use crate::strings;
use hayro::hayro_syntax::object::{self, Array, Dict, Stream};
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{Affine, Rect};
use lopdf::{Dictionary, Object, ObjectId};

/// How deep drawings are followed.
const MAX_NESTING: usize = 24;
/// What it takes to follow a drawing, in operators.
const FORM: usize = 100;

/// What a copy of a drawing has of it.
const KEPT: [&[u8]; 9] =
    [b"Type", b"Subtype", b"FormType", b"BBox", b"Matrix", b"Group", b"OC", b"StructParent", b"StructParents"];

/// What an inline picture has that readers know; all else in it is seen by nobody.
const INLINE: [&[u8]; 21] = [
    b"W",
    b"Width",
    b"H",
    b"Height",
    b"BPC",
    b"BitsPerComponent",
    b"CS",
    b"ColorSpace",
    b"D",
    b"Decode",
    b"DP",
    b"DecodeParms",
    b"F",
    b"Filter",
    b"IM",
    b"ImageMask",
    b"I",
    b"Interpolate",
    b"Intent",
    b"L",
    b"Length",
];

/// What becomes of a drawing or a picture.
#[derive(Clone, Copy)]
pub enum Drawn {
    /// It stays as it is.
    Same,
    /// This takes its place.
    Made(ObjectId),
    /// It goes.
    Gone,
}

impl<'a> Walker<'a> {
    /// A drawing or a picture.
    pub(super) fn drawn(&mut self, drawn: &Stream<'a>, resources: &Resources<'a>, state: &State<'a>) -> Drawn {
        let is_picture = strings::name(drawn.dict(), "Subtype").as_deref() == Some("Image");
        let made = if is_picture {
            self.picture(drawn, state, resources)
        } else {
            self.form(drawn, resources, state).map_or(Drawn::Same, Drawn::Made)
        };
        let mut streams: Vec<ObjectId> = data::id(drawn).into_iter().collect();
        if is_picture {
            let masks = image::MASKS.iter().filter_map(|mask| drawn.dict().get::<Stream<'a>>(mask));
            streams.extend(masks.filter_map(|mask| data::id(&mask)));
        }
        match made {
            Drawn::Same => &mut self.found.used,
            Drawn::Made(_) | Drawn::Gone => &mut self.found.replaced,
        }
        .extend(streams);
        made
    }

    /// Take note of where pictures are seen.
    pub(super) fn shows_picture(&mut self, bounds: Rect, state: &State<'a>) {
        if self.found.pictures.len() < MAX_GLYPHS {
            self.found.pictures.push(bounds.intersect(state.clip));
        }
    }

    fn picture(&mut self, drawn: &Stream<'_>, state: &State<'a>, resources: &Resources<'a>) -> Drawn {
        let bounds = state.ctm.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
        // What is drawn beyond all edges is seen by nobody.
        if bounds.is_finite() && !state.shows(bounds) {
            return Drawn::Gone;
        }
        self.shows_picture(bounds, state);
        self.found.add_ink(bounds);
        if self.targets.is_empty() || bounds.is_finite() && !self.is_taken(bounds) {
            return Drawn::Same;
        }
        if state.fill.is_content() && image::is_stencil(drawn.dict()) {
            self.found.inexact.insert("a pattern that may hold text or pictures lies there");
        }
        let key = data::id(drawn).map(|id| (id, state.ctm.as_coeffs().map(f64::to_bits)));
        if let Some(known) = key.and_then(|key| self.pictures.get(&key)) {
            return *known;
        }
        let made = match image::without(self, drawn, state.ctm, resources) {
            Ok(image::Rest::Same) => Drawn::Same,
            Ok(image::Rest::Changed(made)) => Drawn::Made(made),
            Err(image::Trouble::Unreadable) => {
                self.found.inexact.insert("a picture there cannot be decoded");
                Drawn::Same
            }
            Err(image::Trouble::Untrue) => {
                // Nor does a picture of the page show it: others see other parts of it under the box.
                self.found.cut.push(bounds.intersect(state.clip));
                self.found
                    .notes
                    .insert("a picture whose size or colours are not those that the file says was removed whole");
                Drawn::Gone
            }
        };
        self.pictures.extend(key.map(|key| (key, made)));
        made
    }

    /// A picture within content.
    pub(super) fn inline(
        &mut self,
        picture: &Stream<'_>,
        resources: &Resources<'a>,
        state: &State<'a>,
        written: &mut Written,
    ) {
        let mut dict = Copier::new(self.xref).dict(picture.dict());
        let hidden = dict.iter().filter(|(key, _)| !INLINE.contains(&key.as_slice())).map(|(_, value)| value.clone());
        self.hides(&Object::Array(hidden.collect()), written);
        match self.picture(picture, state, resources) {
            Drawn::Same => {}
            Drawn::Made(made) => {
                written.change();
                return written.draw(made);
            }
            Drawn::Gone => return written.change(),
        }
        if !self.writes {
            return;
        }
        dict.as_hashmap_mut().retain(|key, _| INLINE.contains(&key.as_slice()));
        for key in ["CS", "ColorSpace"] {
            if let Ok(name) = dict.get(key.as_bytes()).and_then(Object::as_name) {
                written.keep(self.xref, "ColorSpace", &resources.color_spaces, name);
            }
        }
        let content = picture.raw_data().into_owned();
        let stream = lopdf::Stream { dict, content, allows_compression: false, start_position: None };
        written.push("BI", vec![Object::Stream(stream)]);
    }

    /// A drawing; if something in it goes, the copy for this use.
    pub(super) fn form(&mut self, form: &Stream<'a>, parent: &Resources<'a>, state: &State<'a>) -> Option<ObjectId> {
        if self.nesting >= MAX_NESTING {
            self.doubt("its drawings nest too deeply");
            return None;
        }
        if !self.found.spend(FORM) {
            return None;
        }
        let Some(data) = data::decoded(form) else {
            self.doubt("a drawing cannot be read");
            return None;
        };
        if !self.found.spend(data.len() / 16) {
            return None;
        }
        let dict = form.dict();
        let own = dict.get::<Dict<'a>>("Resources").map(Resources::new);
        let resources = own.as_ref().unwrap_or(parent);
        let mut inner = state.clone();
        if let Some(matrix) = dict.get::<[f64; 6]>("Matrix") {
            inner.ctm *= Affine::new(matrix);
        }
        if let Some(frame) = dict.get::<object::Rect>("BBox") {
            let frame = Rect::new(frame.x0, frame.y0, frame.x1, frame.y1);
            inner.clip = inner.clip.intersect(inner.ctm.transform_rect_bbox(frame));
        }
        self.nesting += 1;
        let written = self.stream(&data, resources, inner);
        self.nesting -= 1;
        if !(self.writes && written.is_changed) {
            return None;
        }
        let source = Copier::new(self.xref).dict(dict);
        let kept = source.into_iter().filter(|(key, _)| KEPT.contains(&key.as_slice()));
        let mut copy: Dictionary = kept.collect();
        copy.set("Resources", written.resources);
        Some(self.make(packed(copy, encode(written.operations))))
    }

    pub(super) fn graphics_state(&mut self, given: &Dict<'a>, resources: &Resources<'a>, state: &mut State<'a>) {
        if let Some(width) = given.get::<f64>("LW") {
            state.line_width = width;
        }
        if let Some(font) = given.get::<Array<'a>>("Font") {
            let mut items = font.flex_iter();
            if let (Some(font), Some(size)) = (items.next::<Dict<'a>>(), items.next::<f64>()) {
                self.set_font(Some(font), state);
                state.size = size;
            }
        }
        let Some(mask) = given.get::<Dict<'a>>("SMask").and_then(|mask| mask.get::<Stream<'a>>("G")) else {
            return;
        };
        self.found.used.extend(data::id(&mask));
        if self.form(&mask, resources, state).is_some() {
            self.found.inexact.insert("a mask there holds something");
        }
    }

    pub(super) fn shading(&mut self, shadings: &Dict<'a>, name: &[u8], state: &State<'a>) {
        self.found.has_drawings = true;
        self.found.add_ink(state.clip);
        if self.is_taken(state.clip) && !is_smooth(shadings.get::<Dict<'a>>(name)) {
            self.found.inexact.insert("a shading that may hold a picture lies there");
        }
    }
}

/// Shadings that are colours between points say nothing of what is where; others may be pictures.
pub fn is_smooth(shading: Option<Dict<'_>>) -> bool {
    shading.and_then(|dict| dict.get::<u8>("ShadingType")).is_some_and(|kind| matches!(kind, 2 | 3))
}
