//! Follows what draws a page: where each glyph, drawing and picture lies, hidden ones too. When
//! there are places to be emptied, it writes what draws the page anew, without what lies there.
//!
//! Only operators that are known, with the operands that they take, are written: nothing can hide
//! in between. What is changed within a drawing (Form XObject) goes into a copy for this use.

use super::place::{Target, contains, overlaps};
use super::state::{Ink, State};
use super::{image, path};
use crate::edit::copy::{self, Copier};
use crate::limits::MAX_GLYPHS;
use crate::strings;
use crate::text::collect::Glyphs;
use crate::text::search::Query;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::content::UntypedIter;
use hayro::hayro_syntax::object::{self, Array, Dict, ObjRef, Stream};
use hayro::hayro_syntax::page::{Page, Resources};
use hayro::hayro_syntax::xref::XRef;
use hayro::kurbo::{Affine, BezPath, Point, Rect};
use hayro_font::{Font, FontCache};
use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Object, ObjectId, dictionary};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most operators that are followed on a page, those of drawings once for each use.
const MAX_OPERATORS: usize = 3_000_000;
/// What it takes to follow a drawing, in operators.
const FORM: usize = 100;
/// How deep drawings are followed.
const MAX_NESTING: usize = 24;
/// How deep graphics states are kept.
const MAX_STATES: usize = 4096;

/// What was learnt of a page.
#[derive(Default)]
pub struct Found {
    /// Its glyphs: hidden ones and those beyond its edges too.
    pub glyphs: Glyphs,
    /// Where pictures lie.
    pub pictures: Vec<Rect>,
    /// Whether anything but text and pictures is drawn.
    pub has_drawings: bool,
    /// Why a search cannot be sure of it.
    pub unsure: BTreeSet<&'static str>,
    /// Why exact removal cannot be sure of it.
    pub inexact: BTreeSet<&'static str>,
    /// Whether texts beside what is drawn have what is looked for.
    pub is_marked: bool,
    /// Which of the glyphs were removed.
    pub gone: Vec<usize>,
    pub(super) unknown: usize,
    pub(super) budget: usize,
}

impl Found {
    /// Whether there was more than can be followed.
    pub fn is_endless(&self) -> bool {
        self.budget == 0
    }
}

/// Follows pages of one file.
pub struct Walker<'a> {
    pub(super) xref: &'a XRef,
    pub(super) fonts: FontCache<'a>,
    pub(super) settings: InterpreterSettings,
    pub(super) queries: &'a [Query],
    pub(super) targets: Vec<Target>,
    pub(super) found: Found,
    pub(super) inks: HashMap<u128, Option<Rect>>,
    carries: HashMap<ObjectId, bool>,
    writes: bool,
    next: u32,
    /// The objects that rewritten pages need.
    pub made: BTreeMap<ObjectId, Object>,
    /// The drawings and pictures that something uses.
    pub used: BTreeSet<ObjectId>,
}

/// What draws something, written anew.
#[derive(Default)]
struct Written {
    operations: Vec<Operation>,
    resources: Dictionary,
    is_changed: bool,
}

/// A path that is being made.
#[derive(Default)]
struct Pending {
    path: BezPath,
    operations: Vec<Operation>,
    clip: Option<&'static str>,
}

impl<'a> Walker<'a> {
    /// For a file whose objects have numbers up to `last`.
    pub fn new(xref: &'a XRef, last: u32, queries: &'a [Query]) -> Self {
        Self {
            xref,
            fonts: FontCache::new(),
            settings: crate::fonts::to_read(),
            queries,
            targets: Vec::new(),
            found: Found::default(),
            inks: HashMap::new(),
            carries: HashMap::new(),
            writes: false,
            next: last,
            made: BTreeMap::new(),
            used: BTreeSet::new(),
        }
    }

    /// Look at a page.
    pub fn look(&mut self, page: &Page<'a>) -> Found {
        self.start(Vec::new(), false);
        self.content(page);
        std::mem::take(&mut self.found)
    }

    /// The text of what an annotation looks like, in any of its states.
    pub fn look_at_form(&mut self, form: &Stream<'a>, parent: &Resources<'a>) -> Found {
        self.start(Vec::new(), false);
        let state = State::new(Affine::IDENTITY, Rect::new(-1e6, -1e6, 1e6, 1e6));
        self.use_stream(form);
        self.form(form, parent, &state, 1);
        std::mem::take(&mut self.found)
    }

    /// Write a page's content without what lies in these places: what draws it, and what that uses.
    pub fn rewrite(&mut self, page: &Page<'a>, targets: Vec<Target>) -> (Vec<u8>, Dictionary, Found) {
        self.start(targets, true);
        let written = self.content(page);
        let content = encode(written.operations);
        (content, written.resources, std::mem::take(&mut self.found))
    }

    fn start(&mut self, targets: Vec<Target>, writes: bool) {
        self.targets = targets;
        self.writes = writes;
        self.found = Found { budget: MAX_OPERATORS, ..Found::default() };
    }

    fn content(&mut self, page: &Page<'a>) -> Written {
        let state = State::new(crate::geometry::to_seen(page), crate::geometry::seen(page));
        let data = page.page_stream().unwrap_or_default();
        self.stream(data, page.resources(), state, 0)
    }

    /// Take an object into what is written.
    pub fn make(&mut self, object: impl Into<Object>) -> ObjectId {
        self.next += 1;
        self.made.insert((self.next, 0), object.into());
        (self.next, 0)
    }

    pub(super) fn is_taken(&self, bounds: Rect) -> bool {
        self.targets.iter().any(|target| overlaps(bounds, target.rect))
    }

    fn use_stream(&mut self, stream: &Stream<'_>) -> bool {
        copy::id(stream.obj_id()).is_some_and(|id| self.used.insert(id))
    }

    fn stream(&mut self, data: &[u8], resources: &Resources<'a>, mut state: State<'a>, depth: usize) -> Written {
        let mut written = Written::default();
        let mut states: Vec<State<'a>> = Vec::new();
        let mut pending = Pending::default();
        // Marks that are open: where each began in what is written, and whether it holds something removed.
        let mut marks: Vec<Option<usize>> = Vec::new();
        let mut tainted = BTreeSet::new();
        let mut in_text = false;
        let mut is_changed = false;
        let mut operators = UntypedIter::new(data);
        while let Some(instruction) = operators.next() {
            is_changed |= std::mem::take(&mut written.is_changed);
            if self.found.budget == 0 {
                break;
            }
            self.found.budget -= 1;
            let operator: &[u8] = instruction.operator;
            let operator = match std::str::from_utf8(operator) {
                Ok(operator) if operator == "BI" || count(operator).is_some() => operator.to_owned(),
                _ => continue,
            };
            if operator == "BI" {
                let Some(object::Object::Stream(picture)) = instruction.operands().last() else { continue };
                self.inline(picture, resources, &state, &mut written, &marks, &mut tainted);
                continue;
            }
            let mut operands: Vec<Object> =
                instruction.operands().map(|operand| Copier::new(self.xref).object(operand)).collect();
            let wanted = count(&operator).unwrap_or(0);
            if operands.len() > wanted {
                operands.drain(..operands.len() - wanted);
            }
            if !is_text(&operator) {
                operands.retain(is_plain);
            }
            let numbers = numbers(&operands);
            let n = |index: usize| numbers.get(index).copied().unwrap_or(0.0);
            let mut emitted: Option<Vec<Operation>> = None;
            match operator.as_str() {
                "q" => {
                    if states.len() >= MAX_STATES {
                        self.found.inexact.insert("its states nest too deeply");
                        break;
                    }
                    states.push(state.clone());
                }
                "Q" => match states.pop() {
                    Some(saved) => state = saved,
                    None => continue,
                },
                "cm" if numbers.len() == 6 => state.ctm *= matrix(&numbers),
                "w" => state.line_width = n(0),
                "gs" => {
                    let Some(name) = name(&operands) else { continue };
                    self.keep(&mut written, "ExtGState", &resources.ext_g_states, name);
                    if let Some(given) = resources.ext_g_states.get::<Dict<'a>>(name) {
                        self.graphics_state(&given, resources, &mut state, depth);
                    }
                }
                "m" | "l" | "c" | "v" | "y" | "h" | "re" => {
                    if extend(&mut pending.path, &operator, &numbers) {
                        pending.operations.push(Operation { operator, operands });
                    }
                    continue;
                }
                "W" => {
                    pending.clip = Some("W");
                    continue;
                }
                "W*" => {
                    pending.clip = Some("W*");
                    continue;
                }
                "S" | "s" | "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" | "n" => {
                    let path = std::mem::take(&mut pending);
                    self.paint(&operator, path, &mut state, &mut written);
                    emitted = Some(Vec::new());
                }
                "BT" => {
                    state.start_text();
                    // Texts within texts are not allowed; readers differ in what they make of them.
                    if std::mem::replace(&mut in_text, true) {
                        emitted = Some(vec![Operation::new("ET", vec![]), Operation::new("BT", vec![])]);
                    }
                }
                "ET" => {
                    if !std::mem::replace(&mut in_text, false) {
                        continue;
                    }
                }
                "Tc" => state.char_space = n(0),
                "Tw" => state.word_space = n(0),
                "Tz" => state.scaling = n(0) / 100.0,
                "TL" => state.leading = n(0),
                "Ts" => state.rise = n(0),
                "Tr" => state.mode = n(0) as i64,
                "Tf" => {
                    let Some(named) = name(&operands) else { continue };
                    self.keep(&mut written, "Font", &resources.fonts, named);
                    let font = resources.fonts.get::<Dict<'a>>(named);
                    state.font = font.and_then(|font| self.font(&font, resources));
                    state.size = n(0);
                }
                "Td" => state.next_line(n(0), n(1)),
                "TD" => {
                    state.leading = -n(1);
                    state.next_line(n(0), n(1));
                }
                "Tm" if numbers.len() == 6 => state.set_text_matrix(matrix(&numbers)),
                "T*" => state.next_line(0.0, -state.leading),
                "Tj" | "TJ" | "'" | "\"" => {
                    let mut lead = Vec::new();
                    if operator == "\"" {
                        if operands.len() < 3 {
                            continue;
                        }
                        (state.word_space, state.char_space) = (n(0), n(1));
                        lead.push(Operation::new("Tw", vec![operands[0].clone()]));
                        lead.push(Operation::new("Tc", vec![operands[1].clone()]));
                    }
                    if operator == "'" || operator == "\"" {
                        state.next_line(0.0, -state.leading);
                        lead.push(Operation::new("T*", vec![]));
                    }
                    let items = match operands.pop() {
                        Some(Object::Array(items)) => items,
                        Some(text @ Object::String(..)) => vec![text],
                        _ => continue,
                    };
                    let (items, is_cut) = self.show(items, &mut state);
                    written.is_changed |= is_cut;
                    lead.push(Operation::new("TJ", vec![items.into()]));
                    emitted = Some(lead);
                }
                "Do" => {
                    let Some(named) = name(&operands) else { continue };
                    let Some(drawn) = resources.x_objects.get::<Stream<'a>>(named) else { continue };
                    match self.drawn(&drawn, resources, &state, depth) {
                        Some(made) => {
                            emitted = Some(vec![self.draw(&mut written, made)]);
                            written.is_changed = true;
                        }
                        None => self.keep(&mut written, "XObject", &resources.x_objects, named),
                    }
                }
                "sh" => {
                    let Some(named) = name(&operands) else { continue };
                    self.keep(&mut written, "Shading", &resources.shadings, named);
                    self.found.has_drawings = true;
                    if self.is_taken(state.clip) && !is_smooth(resources, named) {
                        self.found.inexact.insert("a shading that may hold a picture lies there");
                    }
                }
                "cs" | "CS" => {
                    let Some(named) = name(&operands) else { continue };
                    self.keep(&mut written, "ColorSpace", &resources.color_spaces, named);
                    *state.ink(operator == "cs") = Ink::Plain;
                }
                "g" | "rg" | "k" | "sc" => state.fill = Ink::Plain,
                "G" | "RG" | "K" | "SC" => state.stroke = Ink::Plain,
                "scn" | "SCN" => {
                    let mut ink = Ink::Plain;
                    if let Some(named) = name(&operands) {
                        self.keep(&mut written, "Pattern", &resources.patterns, named);
                        ink = self.pattern(resources, named);
                    }
                    *state.ink(operator == "scn") = ink;
                }
                "BMC" | "BDC" => {
                    let operation = self.mark(&operator, std::mem::take(&mut operands), resources, &mut written);
                    marks.push(self.writes.then_some(written.operations.len()));
                    emitted = Some(vec![operation]);
                }
                "EMC" => {
                    if marks.pop().is_none() {
                        continue;
                    }
                }
                _ => {}
            }
            if written.is_changed {
                tainted.extend(marks.iter().flatten().copied());
            }
            if self.writes {
                written.operations.append(&mut emitted.unwrap_or_else(|| vec![Operation { operator, operands }]));
            }
        }
        written.is_changed |= is_changed;
        self.close(&mut written, states.len(), marks.len(), in_text, &tainted);
        written
    }

    /// End what the content left open, and take the other texts from marks around what was removed.
    fn close(&self, written: &mut Written, states: usize, marks: usize, in_text: bool, tainted: &BTreeSet<usize>) {
        if !self.writes {
            return;
        }
        for index in tainted {
            if let Some(operation) = written.operations.get_mut(*index) {
                strip_mark(operation);
            }
        }
        if in_text {
            written.operations.push(Operation::new("ET", vec![]));
        }
        written.operations.extend((0..marks).map(|_| Operation::new("EMC", vec![])));
        written.operations.extend((0..states).map(|_| Operation::new("Q", vec![])));
    }

    /// Refer to what a name means from what is written too.
    fn keep(&self, written: &mut Written, kind: &str, from: &Dict<'a>, name: &[u8]) {
        if !self.writes {
            return;
        }
        let Some(raw) = from.get_raw::<object::Object<'a>>(name) else { return };
        let raw = match raw {
            object::MaybeRef::Ref(reference) => match reference_of(reference) {
                Some(id) => Object::Reference(id),
                None => return,
            },
            object::MaybeRef::NotRef(object) => Copier::new(self.xref).object(&object),
        };
        set_resource(&mut written.resources, kind, name.to_vec(), raw);
    }

    /// Draw a made object.
    fn draw(&self, written: &mut Written, made: ObjectId) -> Operation {
        let name = format!("Rdct{}", made.0).into_bytes();
        set_resource(&mut written.resources, "XObject", name.clone(), Object::Reference(made));
        Operation::new("Do", vec![Object::Name(name)])
    }

    /// A drawing or a picture; if something in it goes, the object that takes its place.
    fn drawn(
        &mut self,
        drawn: &Stream<'a>,
        resources: &Resources<'a>,
        state: &State<'a>,
        depth: usize,
    ) -> Option<ObjectId> {
        self.use_stream(drawn);
        match strings::name(drawn.dict(), "Subtype").as_deref() {
            Some("Image") => {
                for mask in ["SMask", "Mask"] {
                    if let Some(mask) = drawn.dict().get::<Stream<'a>>(mask) {
                        self.use_stream(&mask);
                    }
                }
                self.picture(drawn, state, resources)
            }
            _ => self.form(drawn, resources, state, depth + 1),
        }
    }

    fn picture(&mut self, drawn: &Stream<'_>, state: &State<'a>, resources: &Resources<'a>) -> Option<ObjectId> {
        let bounds = state.ctm.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
        if self.found.pictures.len() < MAX_GLYPHS {
            self.found.pictures.push(bounds.intersect(state.clip));
        }
        if !self.is_taken(bounds) {
            return None;
        }
        if state.fill == Ink::Content && image::is_stencil(drawn.dict()) {
            self.found.inexact.insert("a pattern that holds text or pictures lies there");
        }
        match image::without(self, drawn, state.ctm, resources) {
            Some(image::Rest::Same) => None,
            Some(image::Rest::Changed(made)) => Some(made),
            None => {
                self.found.inexact.insert("a picture there cannot be decoded");
                None
            }
        }
    }

    fn inline(
        &mut self,
        picture: &Stream<'_>,
        resources: &Resources<'a>,
        state: &State<'a>,
        written: &mut Written,
        marks: &[Option<usize>],
        tainted: &mut BTreeSet<usize>,
    ) {
        let made = self.picture(picture, state, resources);
        if !self.writes {
            return;
        }
        if let Some(made) = made {
            let operation = self.draw(written, made);
            written.operations.push(operation);
            written.is_changed = true;
            tainted.extend(marks.iter().flatten().copied());
            return;
        }
        let dict = Copier::new(self.xref).dict(picture.dict());
        for key in ["CS", "ColorSpace"] {
            if let Ok(name) = dict.get(key.as_bytes()).and_then(Object::as_name) {
                self.keep(written, "ColorSpace", &resources.color_spaces, name);
            }
        }
        let content = picture.raw_data().into_owned();
        let stream = lopdf::Stream { dict, content, allows_compression: false, start_position: None };
        written.operations.push(Operation::new("BI", vec![Object::Stream(stream)]));
    }

    /// A drawing; if something in it goes, the copy for this use.
    fn form(&mut self, form: &Stream<'a>, parent: &Resources<'a>, state: &State<'a>, depth: usize) -> Option<ObjectId> {
        if depth > MAX_NESTING {
            self.found.inexact.insert("its drawings nest too deeply");
            self.found.unsure.insert("its drawings nest too deeply");
            return None;
        }
        self.found.budget = self.found.budget.saturating_sub(FORM);
        if self.found.budget == 0 {
            return None;
        }
        let data = form.decoded_data().ok()?;
        self.found.budget = self.found.budget.saturating_sub(data.len() / 16);
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
        let written = self.stream(&data, resources, inner, depth);
        if !(self.writes && written.is_changed) {
            return None;
        }
        let mut copy = Dictionary::new();
        for (key, value) in Copier::new(self.xref).dict(dict) {
            const KEPT: [&[u8]; 9] = [
                b"Type",
                b"Subtype",
                b"FormType",
                b"BBox",
                b"Matrix",
                b"Group",
                b"OC",
                b"StructParent",
                b"StructParents",
            ];
            if KEPT.contains(&key.as_slice()) {
                copy.set(key, value);
            }
        }
        copy.set("Resources", written.resources);
        Some(self.make(packed(copy, encode(written.operations))))
    }

    fn graphics_state(&mut self, given: &Dict<'a>, resources: &Resources<'a>, state: &mut State<'a>, depth: usize) {
        if let Some(width) = given.get::<f64>("LW") {
            state.line_width = width;
        }
        if let Some(font) = given.get::<Array<'a>>("Font") {
            let mut items = font.flex_iter();
            if let (Some(font), Some(size)) = (items.next::<Dict<'a>>(), items.next::<f64>()) {
                state.font = self.font(&font, resources);
                state.size = size;
            }
        }
        let Some(mask) = given.get::<Dict<'a>>("SMask").and_then(|mask| mask.get::<Stream<'a>>("G")) else {
            return;
        };
        self.use_stream(&mask);
        let made = self.made.len();
        if self.form(&mask, resources, state, depth + 1).is_some() {
            self.found.inexact.insert("a mask there holds something");
            while self.made.len() > made {
                self.made.pop_last();
            }
        }
    }

    pub(super) fn font(&mut self, dict: &Dict<'a>, resources: &Resources<'a>) -> Option<Font<'a>> {
        if strings::name(dict, "Subtype").as_deref() == Some("Type3") {
            let procedures = dict.get::<Dict<'a>>("CharProcs").unwrap_or_default();
            let mut carries = false;
            for key in procedures.keys() {
                if let Some(glyph) = procedures.get::<Stream<'a>>(&*key) {
                    carries |= self.carries(&glyph, &["Tj", "TJ", "'", "\"", "Do"]);
                }
            }
            if carries {
                self.found.unsure.insert("a font has glyphs that are texts or drawings");
                self.found.inexact.insert("a font has glyphs that are texts or drawings");
            }
            match dict.get::<Dict<'a>>("Resources") {
                Some(own) => self.use_all(&own, 0),
                None if carries => self.use_names(resources, 0),
                None => {}
            }
        }
        self.fonts.font(dict, &self.settings.font_resolver, &self.settings.cmap_resolver)
    }

    fn pattern(&mut self, resources: &Resources<'a>, name: &[u8]) -> Ink {
        let Some(tile) = resources.patterns.get::<Stream<'a>>(name) else { return Ink::Plain };
        self.use_stream(&tile);
        if let Some(own) = tile.dict().get::<Dict<'a>>("Resources") {
            self.use_all(&own, 0);
        }
        if self.carries(&tile, &["Tj", "TJ", "'", "\""]) {
            self.found.unsure.insert("a pattern holds text");
        }
        if self.carries(&tile, &["Tj", "TJ", "'", "\"", "Do", "BI"]) { Ink::Content } else { Ink::Plain }
    }

    /// Whether a stream has one of these operators.
    fn carries(&mut self, stream: &Stream<'a>, wanted: &[&str]) -> bool {
        let id = copy::id(stream.obj_id()).map(|id| (id.0, wanted.len() as u16));
        if let Some(known) = id.and_then(|id| self.carries.get(&id)) {
            return *known;
        }
        let data = stream.decoded_data().unwrap_or_default();
        let mut operators = UntypedIter::new(&data);
        let mut found = false;
        while let (false, Some(instruction)) = (found, operators.next()) {
            let operator: &[u8] = instruction.operator;
            found = wanted.iter().any(|wanted| wanted.as_bytes() == operator);
        }
        if let Some(id) = id {
            self.carries.insert(id, found);
        }
        found
    }

    /// Whatever these resources lead to is used.
    pub fn use_all(&mut self, resources: &Dict<'a>, depth: usize) {
        self.use_names(&Resources::new(resources.clone()), depth);
    }

    fn use_names(&mut self, resources: &Resources<'a>, depth: usize) {
        if depth > MAX_NESTING {
            return;
        }
        for dict in [&resources.x_objects, &resources.patterns] {
            for key in dict.keys() {
                let Some(stream) = dict.get::<Stream<'a>>(&*key) else { continue };
                if !self.use_stream(&stream) {
                    continue;
                }
                for mask in ["SMask", "Mask"] {
                    if let Some(mask) = stream.dict().get::<Stream<'a>>(mask) {
                        self.use_stream(&mask);
                    }
                }
                if let Some(own) = stream.dict().get::<Dict<'a>>("Resources") {
                    self.use_all(&own, depth + 1);
                }
            }
        }
        for key in resources.ext_g_states.keys() {
            let state = resources.ext_g_states.get::<Dict<'a>>(&*key);
            let mask = state.and_then(|state| state.get::<Dict<'a>>("SMask"));
            if let Some(mask) = mask.and_then(|mask| mask.get::<Stream<'a>>("G"))
                && self.use_stream(&mask)
                && let Some(own) = mask.dict().get::<Dict<'a>>("Resources")
            {
                self.use_all(&own, depth + 1);
            }
        }
    }

    /// The beginning of a mark, without texts that are looked for.
    fn mark(
        &mut self,
        operator: &str,
        operands: Vec<Object>,
        resources: &Resources<'a>,
        written: &mut Written,
    ) -> Operation {
        let mut operands = operands.into_iter();
        let tag = operands.next().filter(|tag| tag.as_name().is_ok()).unwrap_or_else(|| "Span".into());
        let mut properties = match operands.next() {
            Some(Object::Name(name)) if operator == "BDC" => {
                let texts = resources.properties.get::<Dict<'a>>(&name);
                let is_layer = tag.as_name().is_ok_and(|tag| tag == b"OC");
                if is_layer || texts.is_none() {
                    self.keep(written, "Properties", &resources.properties, &name);
                    return Operation::new(operator, vec![tag, Object::Name(name)]);
                }
                Copier::new(self.xref).dict(&texts.unwrap_or_default())
            }
            Some(Object::Dictionary(dict)) if operator == "BDC" => dict,
            _ => return Operation::new("BMC", vec![tag]),
        };
        for (_, value) in properties.iter_mut() {
            if let Object::String(bytes, _) = value
                && self.queries.iter().any(|query| query.is_in(&strings::text(bytes)))
            {
                self.found.is_marked = true;
                written.is_changed = true;
                bytes.clear();
            }
        }
        // Only texts and the number that structure trees know it by; nothing that needs an object of its own.
        let kept = properties.into_iter().filter(|(_, value)| matches!(value, Object::String(..) | Object::Integer(_)));
        Operation::new("BDC", vec![tag, Object::Dictionary(kept.collect())])
    }

    fn paint(&mut self, operator: &str, pending: Pending, state: &mut State<'a>, written: &mut Written) {
        let Pending { path, operations, clip } = pending;
        let (closes, fill, strokes) = match operator {
            "S" => (false, None, true),
            "s" => (true, None, true),
            "f" | "F" => (false, Some("f"), false),
            "f*" => (false, Some("f*"), false),
            "B" => (false, Some("f"), true),
            "B*" => (false, Some("f*"), true),
            "b" => (true, Some("f"), true),
            "b*" => (true, Some("f*"), true),
            _ => (false, None, false),
        };
        self.found.has_drawings |= fill.is_some() || strokes;
        let mut seen = state.ctm * &path;
        if closes && !seen.is_empty() {
            seen.close_path();
        }
        let pen = if strokes { state.pen() } else { 0.0 };
        let bounds = if path.is_empty() { Rect::ZERO } else { seen.control_box() };
        if clip.is_some() {
            let frame = if path.is_empty() { Rect::ZERO } else { bounds };
            let outer = state.clip;
            state.clip = outer.intersect(frame);
        }
        if !self.writes {
            return;
        }
        let frame = path::as_rect(&seen);
        // A rectangle says nothing of what lies within it: papers and frames of clipping stay.
        let reaches = |target: &Target| overlaps(bounds.inflate(pen + 1e-6, pen + 1e-6), target.rect);
        let touched: Vec<Target> = self.targets.iter().filter(|target| reaches(target)).copied().collect();
        let holds = |target: &Target| frame.is_some_and(|frame| contains(frame.inflate(-pen, -pen), target.rect));
        let is_plain = path.is_empty()
            || touched.iter().all(holds)
            || fill.is_none() && !strokes && frame.is_some()
            || !bounds.is_finite();
        if is_plain {
            written.operations.extend(operations);
            written.operations.extend(clip.map(|clip| Operation::new(clip, vec![])));
            written.operations.push(Operation::new(operator, vec![]));
            if !bounds.is_finite() && !touched.is_empty() {
                self.found.inexact.insert("a drawing there has no bounds");
            }
            return;
        }
        written.is_changed = true;
        if fill.is_some() && state.fill == Ink::Content || strokes && state.stroke == Ink::Content {
            self.found.inexact.insert("a pattern that holds text or pictures lies there");
        }
        let back = state.ctm.inverse();
        if !back.is_finite() {
            self.found.inexact.insert("a drawing there has no area");
            return;
        }
        let cut =
            |path: &BezPath| touched.iter().fold(path.clone(), |rest, target| path::cut_filled(&rest, target.rect));
        if let Some(fill) = fill {
            // A rectangle around a box stays as it is, for filling and for clipping.
            let rest = if touched.iter().all(|target| frame.is_some_and(|frame| contains(frame, target.rect))) {
                seen.clone()
            } else {
                cut(&seen)
            };
            if !rest.is_empty() {
                write_path(&(back * rest), &mut written.operations);
                written.operations.push(Operation::new(fill, vec![]));
            }
        }
        if strokes {
            let rest = touched
                .iter()
                .fold(seen.clone(), |rest, target| path::cut_stroked(&rest, target.rect.inflate(pen, pen)));
            if !rest.is_empty() {
                write_path(&(back * rest), &mut written.operations);
                written.operations.push(Operation::new("S", vec![]));
            }
        }
        if let Some(clip) = clip {
            let rest = if frame.is_some() { seen } else { cut(&seen) };
            if rest.is_empty() {
                // Nothing is left to draw in.
                written.operations.push(Operation::new("re", vec![0.into(), 0.into(), 0.into(), 0.into()]));
            } else {
                write_path(&(back * rest), &mut written.operations);
            }
            written.operations.push(Operation::new(clip, vec![]));
            written.operations.push(Operation::new("n", vec![]));
        }
    }
}

/// Content as a stream's data.
fn encode(operations: Vec<Operation>) -> Vec<u8> {
    Content { operations }.encode().unwrap_or_default()
}

/// A stream that is packed.
pub fn packed(dict: Dictionary, content: Vec<u8>) -> lopdf::Stream {
    let mut stream = lopdf::Stream::new(dict, content);
    // It may not get smaller; then it stays as it is.
    let _ = stream.compress();
    stream
}

fn set_resource(resources: &mut Dictionary, kind: &str, name: Vec<u8>, object: Object) {
    if !resources.has(kind.as_bytes()) {
        resources.set(kind, dictionary! {});
    }
    if let Ok(Object::Dictionary(dict)) = resources.get_mut(kind.as_bytes()) {
        dict.set(name, object);
    }
}

fn reference_of(reference: ObjRef) -> Option<ObjectId> {
    Some((reference.obj_number, u16::try_from(reference.gen_number).ok()?))
}

/// Leave of a mark's properties what is no text.
fn strip_mark(operation: &mut Operation) {
    if let Some(Object::Dictionary(properties)) = operation.operands.get_mut(1) {
        let number = properties.remove(b"MCID");
        *properties = number.map(|number| dictionary! { "MCID" => number }).unwrap_or_default();
    }
}

/// How many operands an operator takes at most; none if it is not known, or draws nothing.
fn count(operator: &str) -> Option<usize> {
    Some(match operator {
        "q" | "Q" | "h" | "W" | "W*" | "S" | "s" | "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" | "n" | "BT" | "ET"
        | "T*" | "EMC" => 0,
        "w" | "J" | "j" | "M" | "ri" | "i" | "gs" | "g" | "G" | "cs" | "CS" | "Tc" | "Tw" | "Tz" | "TL" | "Ts"
        | "Tr" | "Tj" | "TJ" | "'" | "Do" | "sh" | "BMC" => 1,
        "d" | "m" | "l" | "Tf" | "Td" | "TD" | "BDC" | "d0" => 2,
        "rg" | "RG" | "\"" => 3,
        "k" | "K" | "v" | "y" | "re" => 4,
        "c" | "cm" | "Tm" | "d1" => 6,
        "sc" | "SC" | "scn" | "SCN" => 33,
        _ => return None,
    })
}

fn is_text(operator: &str) -> bool {
    matches!(operator, "Tj" | "TJ" | "'" | "\"" | "BDC")
}

/// Whether an operand is none that could hold a text.
fn is_plain(operand: &Object) -> bool {
    match operand {
        Object::Array(items) => items.iter().all(|item| item.as_float().is_ok()),
        Object::Integer(_) | Object::Real(_) | Object::Name(_) => true,
        _ => false,
    }
}

fn name(operands: &[Object]) -> Option<&[u8]> {
    operands.iter().find_map(|operand| operand.as_name().ok())
}

fn numbers(operands: &[Object]) -> Vec<f64> {
    operands.iter().filter_map(|operand| operand.as_float().ok()).map(f64::from).collect()
}

fn matrix(numbers: &[f64]) -> Affine {
    numbers.try_into().map_or(Affine::IDENTITY, Affine::new)
}

/// Shadings that are colours between points say nothing of what is where; others may be pictures.
fn is_smooth(resources: &Resources<'_>, name: &[u8]) -> bool {
    resources
        .shadings
        .get::<Dict<'_>>(name)
        .and_then(|dict| dict.get::<u8>("ShadingType"))
        .is_some_and(|kind| matches!(kind, 2 | 3))
}

/// Make a path longer; false if that cannot be.
fn extend(path: &mut BezPath, operator: &str, numbers: &[f64]) -> bool {
    let point = |index: usize| Point::new(numbers[index], numbers[index + 1]);
    let last = path.elements().last().and_then(|_| path.current_position());
    match (operator, numbers.len()) {
        ("m", 2) => path.move_to(point(0)),
        ("re", 4) => {
            let (start, width, height) = (point(0), numbers[2], numbers[3]);
            path.move_to(start);
            path.line_to((start.x + width, start.y));
            path.line_to((start.x + width, start.y + height));
            path.line_to((start.x, start.y + height));
            path.close_path();
        }
        _ if path.elements().is_empty() => return false,
        ("l", 2) => path.line_to(point(0)),
        ("c", 6) => path.curve_to(point(0), point(2), point(4)),
        ("v", 4) => path.curve_to(last.unwrap_or_default(), point(0), point(2)),
        ("y", 4) => path.curve_to(point(0), point(2), point(2)),
        ("h", 0) => path.close_path(),
        _ => return false,
    }
    true
}

fn write_path(path: &BezPath, operations: &mut Vec<Operation>) {
    use hayro::kurbo::PathEl;
    let write = |points: &[Point]| points.iter().flat_map(|p| [(p.x as f32).into(), (p.y as f32).into()]).collect();
    let mut last = Point::ZERO;
    for element in path.elements() {
        let (operator, points): (&str, Vec<Point>) = match *element {
            PathEl::MoveTo(to) => ("m", vec![to]),
            PathEl::LineTo(to) => ("l", vec![to]),
            PathEl::QuadTo(by, to) => {
                let third = |end: Point| end + (by - end) * (2.0 / 3.0);
                ("c", vec![third(last), third(to), to])
            }
            PathEl::CurveTo(one, two, to) => ("c", vec![one, two, to]),
            PathEl::ClosePath => ("h", vec![]),
        };
        last = points.last().copied().unwrap_or(last);
        operations.push(Operation::new(operator, write(&points)));
    }
}
