//! What patterns and the glyphs of Type 3 fonts hold: drawings that are used where others are painted.

use super::data;
use super::drawings::is_smooth;
use super::state::{Ink, Signs, State};
use super::walk::{Found, Walker};
use crate::strings;
use crate::text::maps::Standard;
use hayro::hayro_interpret::CacheKey;
use hayro::hayro_syntax::object::{Dict, Stream};
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{Affine, Rect};
use hayro_font::Type3Glyph;
use lopdf::ObjectId;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What it takes to show a glyph that is a drawing, in operators.
const GLYPH: usize = 10;

/// A drawing, and where the resources are that it may take.
pub type Within = (ObjectId, [usize; 4]);

/// What such a drawing holds.
#[derive(Default)]
pub struct Inside {
    /// Whether it has text.
    pub has_text: bool,
    /// Where it draws, in its own coordinates.
    pub ink: Option<Rect>,
    /// The streams that it draws, and its own.
    pub streams: BTreeSet<ObjectId>,
    /// Whether it shows pictures.
    pub has_pictures: bool,
    /// Whether texts beside what it draws have what is looked for.
    is_marked: bool,
    doubts: BTreeSet<&'static str>,
}

/// Pictures in patterns and glyphs that are smaller, in square points, are no scans of pages, or parts of them.
const LARGE: f64 = 72.0 * 72.0;

/// Whether a picture in a pattern or a glyph may be a scan.
pub fn is_large(place: Rect) -> bool {
    place.area() >= LARGE
}

impl<'a> Walker<'a> {
    /// Take a font; none if it cannot be read.
    pub(super) fn set_font(&mut self, dict: Option<Dict<'a>>, state: &mut State<'a>) {
        let Self { fonts, standards, settings, .. } = self;
        let read = |dict| fonts.font(dict, &settings.font_resolver, &settings.cmap_resolver);
        state.font = dict.as_ref().and_then(read);
        let standard = |dict: &Dict<'_>| Standard::of(dict, &settings.cmap_resolver).map(Rc::new);
        state.is_mapped = dict.as_ref().is_none_or(|dict| {
            dict.contains_key("ToUnicode") || strings::name(dict, "Subtype").as_deref() != Some("Type0")
        });
        state.standard = dict
            .as_ref()
            .filter(|_| !state.is_mapped)
            .and_then(|dict| standards.entry(dict.cache_key()).or_insert_with(|| standard(dict)).clone());
        let name = dict.and_then(|dict| strings::name(&dict, "BaseFont")).unwrap_or_default();
        state.signs = Signs::of(&name);
    }

    /// A pattern. Tiles may be pictures, as many programs make them.
    pub(super) fn pattern(&mut self, resources: &Resources<'a>, name: &[u8]) -> Ink {
        let Some(tile) = resources.patterns.get::<Stream<'a>>(name) else {
            let pattern = resources.patterns.get::<Dict<'a>>(name);
            let is_plain = pattern.is_none_or(|pattern| is_smooth(pattern.get::<Dict<'a>>("Shading")));
            return if is_plain { Ink::Plain } else { Ink::Content };
        };
        let inside = self.inside(&tile, resources);
        self.found.used.extend(&inside.streams);
        if inside.has_text {
            self.found.unsure.insert("a pattern holds text");
        }
        let dict = tile.dict();
        let step = |key| dict.get::<f64>(key).unwrap_or(0.0);
        let matrix = dict.get::<[f64; 6]>("Matrix").map_or(Affine::IDENTITY, Affine::new);
        let size = matrix.transform_rect_bbox(Rect::new(0.0, 0.0, step("XStep"), step("YStep")).abs());
        if inside.has_pictures && is_large(size) { Ink::Pictures } else { Ink::Content }
    }

    /// Take note of a glyph that is a drawing: what it holds.
    pub(super) fn drawn_glyph(&mut self, glyph: &Type3Glyph<'a>, resources: &Resources<'a>) -> Option<Rc<Inside>> {
        self.found.spend(GLYPH);
        let own = glyph.font().resources().map(Resources::new);
        let inside = self.inside(glyph.program()?, own.as_ref().unwrap_or(resources));
        if inside.has_text {
            self.doubt("a font has glyphs that are texts");
        }
        Some(inside)
    }

    fn inside(&mut self, stream: &Stream<'a>, resources: &Resources<'a>) -> Rc<Inside> {
        let Resources { x_objects, fonts, patterns, ext_g_states, .. } = resources;
        let places = [x_objects, fonts, patterns, ext_g_states].map(|dict| dict.data().as_ptr() as usize);
        let key = data::id(stream).map(|id| (id, places));
        let known = key.and_then(|key| self.insides.get(&key).cloned());
        let inside = known.unwrap_or_else(|| {
            // What holds itself ends there.
            self.insides.extend(key.map(|key| (key, Rc::default())));
            let inside = Rc::new(self.look_inside(stream, resources));
            self.insides.extend(key.map(|key| (key, inside.clone())));
            inside
        });
        inside.doubts.iter().for_each(|doubt| self.doubt(doubt));
        self.found.is_marked |= inside.is_marked;
        inside
    }

    fn look_inside(&mut self, stream: &Stream<'a>, resources: &Resources<'a>) -> Inside {
        let writes = std::mem::take(&mut self.writes);
        let targets = std::mem::take(&mut self.targets);
        let budget = self.found.budget;
        let outer = std::mem::replace(&mut self.found, Found { budget, ..Found::default() });
        self.found.used.extend(data::id(stream));
        self.form(stream, resources, &State::anywhere());
        let found = std::mem::replace(&mut self.found, outer);
        (self.writes, self.targets) = (writes, targets);
        self.found.budget = found.budget;
        Inside {
            has_text: found.shown > 0,
            has_pictures: !found.pictures.is_empty(),
            is_marked: found.is_marked,
            ink: found.ink,
            streams: found.used,
            doubts: found.unsure.union(&found.inexact).copied().collect(),
        }
    }
}
