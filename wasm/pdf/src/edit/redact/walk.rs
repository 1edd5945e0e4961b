//! Follows what draws a page: where each glyph, drawing and picture lies, hidden ones too. When
//! there are places to be emptied, it writes what draws the page anew, without what lies there.
//!
//! Only operators that are known, with the operands that they take, are written: nothing can hide
//! in between. What is changed within a drawing (Form XObject) goes into a copy for this use.

use super::data;
use super::drawings::Drawn;
use super::inside::{Inside, Within};
use super::letters::Outlines;
use super::marks::comments;
use super::operators::{count, is_plain, is_text, matrix, name, numbers};
use super::paint::Pending;
use super::place::{Target, Targets, overlaps};
use super::state::{Ink, State};
use super::written::{Written, encode};
use crate::edit::copy::Copier;
use crate::text::collect::Glyphs;
use crate::text::maps::Standard;
use crate::text::search::Query;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::content::UntypedIter;
use hayro::hayro_syntax::object::{self, Dict, MaybeRef, Stream};
use hayro::hayro_syntax::page::{Page, Resources};
use hayro::hayro_syntax::xref::XRef;
use hayro::kurbo::Rect;
use hayro_font::FontCache;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// Most operators that are followed on a page, those of drawings once for each use; and as many for all
/// that its annotations look like.
pub const MAX_OPERATORS: usize = 3_000_000;
/// So many comparisons of places are as much work as an operator.
const COMPARISONS: usize = 64;
/// How deep graphics states are kept.
const MAX_STATES: usize = 4096;
/// Stands behind content: what does not come to it was not read to its end.
const END: &str = "EndOfContent";

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
    /// What may be letters among them.
    pub outlines: Outlines,
    /// Whether texts beside what is drawn have what is looked for.
    pub is_marked: bool,
    /// What people are to know of what was done.
    pub notes: BTreeSet<&'static str>,
    /// Which of the glyphs were removed.
    pub gone: Vec<usize>,
    /// Where the glyphs that were removed are black.
    pub cut: Vec<Rect>,
    /// The streams that it draws as they are.
    pub(super) used: BTreeSet<ObjectId>,
    /// The streams that it draws, but for what went.
    pub(super) replaced: BTreeSet<ObjectId>,
    /// Texts that stand for nothing.
    pub(super) unshown: String,
    /// How many glyphs were shown.
    pub(super) shown: usize,
    /// Where anything was drawn since the last mark.
    pub(super) ink: Option<Rect>,
    /// How many lines were cut.
    pub(super) lines: usize,
    pub(super) budget: usize,
}

impl Found {
    /// Whether there was more than can be followed.
    pub fn is_endless(&self) -> bool {
        self.budget == 0
    }

    /// Take note of something that is drawn.
    pub(super) fn add_ink(&mut self, ink: Rect) {
        self.ink = Some(self.ink.map_or(ink, |known| known.union(ink)));
    }

    /// Take work off the budget; whether there is more.
    pub(super) fn spend(&mut self, effort: usize) -> bool {
        self.budget = self.budget.saturating_sub(effort);
        self.budget > 0
    }
}

/// Follows pages of one file.
pub struct Walker<'a> {
    pub(super) xref: &'a XRef,
    pub(super) fonts: FontCache<'a>,
    pub(super) standards: HashMap<u128, Option<Rc<Standard>>>,
    pub(super) settings: InterpreterSettings,
    pub(super) queries: &'a [Query],
    pub(super) targets: Targets,
    pub(super) found: Found,
    pub(super) inks: HashMap<u128, Option<Rect>>,
    pub(super) insides: HashMap<Within, Rc<Inside>>,
    /// What is left of the pictures of this page.
    pub(super) pictures: HashMap<(ObjectId, [u64; 6]), Drawn>,
    pub(super) writes: bool,
    /// How many drawings are around what is followed.
    pub(super) nesting: usize,
    next: u32,
    /// The last object that was made before this page.
    before: u32,
    /// The objects that rewritten pages need.
    pub made: BTreeMap<ObjectId, Object>,
    /// The streams that something draws as they are.
    pub used: BTreeSet<ObjectId>,
    /// The streams that drew something that went.
    pub replaced: BTreeSet<ObjectId>,
}

impl<'a> Walker<'a> {
    /// For a file whose objects have numbers up to `last`.
    pub fn new(xref: &'a XRef, last: u32, queries: &'a [Query]) -> Self {
        Self {
            xref,
            fonts: FontCache::new(),
            standards: HashMap::new(),
            settings: crate::fonts::to_read(),
            queries,
            targets: Targets::default(),
            found: Found::default(),
            inks: HashMap::new(),
            insides: HashMap::new(),
            pictures: HashMap::new(),
            writes: false,
            nesting: 0,
            next: last,
            before: last,
            made: BTreeMap::new(),
            used: BTreeSet::new(),
            replaced: BTreeSet::new(),
        }
    }

    /// Look at a page.
    pub fn look(&mut self, page: &Page<'a>) -> Found {
        self.start(Vec::new(), false, MAX_OPERATORS);
        self.content(page);
        self.finish()
    }

    /// The text of what an annotation looks like, in any of its states. All of a page share a budget.
    pub fn look_at_form(&mut self, form: &Stream<'a>, parent: &Resources<'a>, budget: &mut usize) -> Found {
        self.start(Vec::new(), false, *budget);
        self.found.used.extend(data::id(form));
        self.form(form, parent, &State::anywhere());
        *budget = self.found.budget;
        self.finish()
    }

    /// Write a page's content without what lies in these places: what draws it, and what that uses.
    /// What was found says whether that is exact; it is to be [kept](Self::keep) or [forgotten](Self::forget).
    pub fn rewrite(&mut self, page: &Page<'a>, targets: Vec<Target>) -> (Vec<u8>, Dictionary, Found) {
        self.start(targets, true, MAX_OPERATORS);
        let written = self.content(page);
        (encode(written.operations), written.resources, self.finish())
    }

    /// What was looked at stays as it was found, or as it was rewritten.
    pub fn keep(&mut self, found: &mut Found) {
        self.used.append(&mut found.used);
        self.replaced.append(&mut found.replaced);
    }

    /// What was rewritten last is not drawn any more at all.
    pub fn forget(&mut self, found: &mut Found) {
        self.made.split_off(&(self.before + 1, 0));
        self.replaced.append(&mut found.used);
        self.replaced.append(&mut found.replaced);
    }

    fn start(&mut self, targets: Vec<Target>, writes: bool, budget: usize) {
        self.targets = Targets::new(targets);
        self.writes = writes;
        self.before = self.next;
        self.pictures.clear();
        self.found = Found { budget, ..Found::default() };
    }

    fn finish(&mut self) -> Found {
        let mut found = std::mem::take(&mut self.found);
        found.is_marked |= !found.unshown.is_empty() && self.queries.iter().any(|query| query.is_in(&found.unshown));
        found
    }

    fn content(&mut self, page: &Page<'a>) -> Written {
        let state = State::new(crate::geometry::to_seen(page), crate::geometry::seen(page));
        let mut data = Vec::new();
        for stream in self.contents(page) {
            let part = stream.as_ref().and_then(data::decoded);
            if part.is_none() {
                self.doubt("its content cannot be read");
            }
            data.extend_from_slice(&part.unwrap_or_default());
            data.push(b'\n');
            let id = stream.as_ref().and_then(data::id);
            let streams = if self.writes { &mut self.found.replaced } else { &mut self.found.used };
            streams.extend(id);
        }
        self.stream(&data, page.resources(), state)
    }

    /// The streams of a page's content; none for those that are no such thing.
    fn contents(&self, page: &Page<'a>) -> Vec<Option<Stream<'a>>> {
        match page.raw().get::<object::Object<'a>>("Contents") {
            Some(object::Object::Stream(stream)) => vec![Some(stream)],
            Some(object::Object::Array(items)) => items
                .raw_iter()
                .map(|item| match item {
                    MaybeRef::Ref(reference) => self.xref.get::<Stream<'a>>(reference.into()),
                    MaybeRef::NotRef(object) => object.into_stream(),
                })
                .collect(),
            Some(object::Object::Null(_)) => Vec::new(),
            Some(_) => vec![None],
            None if page.raw().contains_key("Contents") => vec![None],
            None => Vec::new(),
        }
    }

    /// Take an object into what is written.
    pub fn make(&mut self, object: impl Into<Object>) -> ObjectId {
        self.next += 1;
        self.made.insert((self.next, 0), object.into());
        (self.next, 0)
    }

    /// Neither a search nor exact removal can be sure.
    pub(super) fn doubt(&mut self, reason: &'static str) {
        self.found.unsure.insert(reason);
        self.found.inexact.insert(reason);
    }

    pub(super) fn is_taken(&mut self, bounds: Rect) -> bool {
        self.near(bounds).iter().any(|target| overlaps(bounds, target.reach))
    }

    /// The places to be emptied that may lie where this does.
    pub(super) fn near(&mut self, bounds: Rect) -> Vec<Target> {
        let near = self.targets.near(bounds);
        self.found.spend(near.len() / COMPARISONS);
        near
    }

    /// Follow content.
    pub(super) fn stream(&mut self, data: &[u8], resources: &Resources<'a>, mut state: State<'a>) -> Written {
        let mut written = Written { writes: self.writes, ..Written::default() };
        let mut states: Vec<State<'a>> = Vec::new();
        let mut pending = Pending::default();
        let mut in_text = false;
        // Whether it was read to its end, or why not is said.
        let mut is_said = false;
        if !self.queries.is_empty() && data.contains(&b'%') && self.found.spend(data.len() / 16) {
            self.hides(&Object::string_literal(comments(data)), &mut written);
        }
        let has_end = data.windows(END.len()).any(|part| part == END.as_bytes());
        let data = [data, b"\n", END.as_bytes()].concat();
        let mut operators = UntypedIter::new(&data);
        while let Some(instruction) = operators.next() {
            if !self.found.spend(1) {
                break;
            }
            let operator: &[u8] = instruction.operator;
            let operator = match std::str::from_utf8(operator) {
                Ok(END) => {
                    is_said = !has_end;
                    break;
                }
                Ok(operator) if operator == "BI" || count(operator).is_some() => operator.to_owned(),
                _ => {
                    let hidden = instruction.operands().map(|operand| match Copier::new(self.xref).object(operand) {
                        Object::Name(name) => Object::String(name, lopdf::StringFormat::Literal),
                        other => other,
                    });
                    self.hides(&Object::Array(hidden.collect()), &mut written);
                    continue;
                }
            };
            if operator == "BI" {
                match instruction.operands().last() {
                    Some(object::Object::Stream(picture)) => self.inline(picture, resources, &state, &mut written),
                    _ => self.doubt("a picture cannot be read"),
                }
                continue;
            }
            let mut operands: Vec<Object> =
                instruction.operands().map(|operand| Copier::new(self.xref).object(operand)).collect();
            let wanted = count(&operator).unwrap_or(0);
            let mut hidden: Vec<Object> = operands.drain(..operands.len().saturating_sub(wanted)).collect();
            if !is_text(&operator) {
                hidden.extend(operands.extract_if(.., |operand| !is_plain(operand)));
            }
            if !hidden.is_empty() {
                self.hides(&Object::Array(hidden), &mut written);
            }
            let numbers = numbers(&operands);
            let n = |index: usize| numbers.get(index).copied().unwrap_or(0.0);
            match operator.as_str() {
                "q" => {
                    if states.len() >= MAX_STATES {
                        self.doubt("its states nest too deeply");
                        is_said = true;
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
                    written.keep(self.xref, "ExtGState", &resources.ext_g_states, name);
                    if let Some(given) = resources.ext_g_states.get::<Dict<'a>>(name) {
                        self.graphics_state(&given, resources, &mut state);
                    }
                }
                "m" | "l" | "c" | "v" | "y" | "h" | "re" => {
                    pending.extend(operator, operands);
                    continue;
                }
                "W" | "W*" => {
                    pending.clip(&operator);
                    continue;
                }
                "S" | "s" | "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" | "n" => {
                    let path = std::mem::take(&mut pending);
                    self.paint(&operator, path, &mut state, &mut written);
                    continue;
                }
                "BT" => {
                    state.start_text();
                    // Texts within texts are not allowed; readers differ in what they make of them.
                    if std::mem::replace(&mut in_text, true) {
                        written.push("ET", vec![]);
                    }
                }
                "ET" if !std::mem::replace(&mut in_text, false) => continue,
                "Tc" => state.char_space = n(0),
                "Tw" => state.word_space = n(0),
                "Tz" => state.scaling = n(0) / 100.0,
                "TL" => state.leading = n(0),
                "Ts" => state.rise = n(0),
                "Tr" => state.mode = n(0) as i64,
                "Tf" => {
                    let Some(named) = name(&operands) else { continue };
                    written.keep(self.xref, "Font", &resources.fonts, named);
                    self.set_font(resources.fonts.get::<Dict<'a>>(named), &mut state);
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
                    if operator == "\"" {
                        if operands.len() < 3 {
                            continue;
                        }
                        (state.word_space, state.char_space) = (n(0), n(1));
                        written.push("Tw", vec![operands[0].clone()]);
                        written.push("Tc", vec![operands[1].clone()]);
                    }
                    if operator == "'" || operator == "\"" {
                        state.next_line(0.0, -state.leading);
                        written.push("T*", vec![]);
                    }
                    let items = match operands.pop() {
                        Some(Object::Array(items)) => items,
                        Some(text @ Object::String(..)) => vec![text],
                        _ => continue,
                    };
                    let (items, is_cut) = self.show(items, resources, &mut state);
                    if is_cut {
                        written.change();
                    }
                    written.push("TJ", vec![items.into()]);
                    continue;
                }
                "Do" => {
                    let Some(named) = name(&operands) else { continue };
                    let Some(drawn) = resources.x_objects.get::<Stream<'a>>(named) else { continue };
                    match self.drawn(&drawn, resources, &state) {
                        Drawn::Same => {}
                        Drawn::Made(made) => {
                            written.change();
                            written.draw(made);
                            continue;
                        }
                        Drawn::Gone => {
                            written.change();
                            continue;
                        }
                    }
                    written.keep(self.xref, "XObject", &resources.x_objects, named);
                }
                "sh" => {
                    let Some(named) = name(&operands) else { continue };
                    written.keep(self.xref, "Shading", &resources.shadings, named);
                    self.shading(&resources.shadings, named, &state);
                }
                "cs" | "CS" => {
                    let Some(named) = name(&operands) else { continue };
                    written.keep(self.xref, "ColorSpace", &resources.color_spaces, named);
                    *state.ink(operator == "cs") = Ink::Plain;
                }
                "g" | "rg" | "k" | "sc" => state.fill = Ink::Plain,
                "G" | "RG" | "K" | "SC" => state.stroke = Ink::Plain,
                "scn" | "SCN" => {
                    let mut ink = Ink::Plain;
                    if let Some(named) = name(&operands) {
                        written.keep(self.xref, "Pattern", &resources.patterns, named);
                        ink = self.pattern(resources, named);
                    }
                    *state.ink(operator == "scn") = ink;
                }
                "BMC" | "BDC" => {
                    if !self.begin_mark(&operator, operands, resources, &mut written) {
                        is_said = true;
                        break;
                    }
                    continue;
                }
                // Points that are marked draw nothing: they go with whatever they say.
                "MP" | "DP" => {
                    self.mark(&operator, operands, resources, &mut written);
                    continue;
                }
                "EMC" if !self.end_mark(&mut written) => continue,
                _ => {}
            }
            written.push(&operator, operands);
        }
        if !is_said && self.found.budget > 0 {
            self.doubt("its content cannot be read to its end");
        }
        // What the content left open.
        if in_text {
            written.push("ET", vec![]);
        }
        while self.end_mark(&mut written) {
            written.push("EMC", vec![]);
        }
        for _ in states {
            written.push("Q", vec![]);
        }
        written
    }
}
