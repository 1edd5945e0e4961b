//! Whether a page can be interpreted in bounded time: a few bytes may have drawings draw one another
//! over and over, or fonts say how wide billions of glyphs are.

use crate::error::{Result, too_much};
use crate::limits::{MAX_ENTRIES, MAX_PICTURE, MAX_WIDTHS, MAX_WORK_BYTES};
use crate::{resources, strings};
use hayro::hayro_syntax::content::UntypedIter;
use hayro::hayro_syntax::object::{Array, Dict, ObjRef, Object, Stream};
use hayro::hayro_syntax::page::{Page, Resources};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How deep drawings are interpreted.
const DEPTH: usize = 50;
/// What it takes to begin a drawing, in bytes of content.
const BEGIN: u64 = 100;

/// Content, and what it draws.
#[derive(Default)]
struct Node {
    bytes: u64,
    /// Other content, and how many times.
    draws: BTreeMap<usize, u64>,
}

/// The drawings of a page.
struct Graph<'a, 'k> {
    nodes: Vec<Node>,
    /// Nodes by where their stream, and the names in it, stand in the file.
    known: HashMap<(usize, usize), usize>,
    waiting: Vec<(usize, Stream<'a>, Resources<'a>)>,
    /// Fonts that draw nothing themselves.
    plain: &'k HashSet<ObjRef>,
    traits: Traits,
}

/// What tells what it takes to draw a page.
#[derive(Clone, Copy, Default)]
pub struct Traits {
    /// Whether there is a picture of more pixels than it may have.
    pub has_huge_picture: bool,
    /// Whether there are patterns or shadings.
    pub has_patterns: bool,
}

/// What of a document is known to take no more than it may.
#[derive(Default)]
pub struct Checked {
    pages: BTreeMap<u32, Traits>,
    /// Fonts that draw nothing themselves: most pages have the same ones.
    fonts: HashSet<ObjRef>,
}

impl Checked {
    /// Refuse a page that would take too much to interpret.
    pub fn page(&mut self, page: &Page<'_>, number: u32) -> Result<Traits> {
        if let Some(known) = self.pages.get(&number) {
            return Ok(*known);
        }
        for (font, reference) in resources::font_dicts(page, &self.fonts) {
            if widths(&font) > MAX_WIDTHS {
                return Err(too_much(format!(
                    "page {number}: a font says how wide more than {MAX_WIDTHS} glyphs are; no font has as many"
                )));
            }
            if !is(&font, "Type3") && !font.contains_key("Resources") {
                self.fonts.extend(reference);
            }
        }
        let graph = Graph::of(page, &self.fonts);
        if graph.bytes() > MAX_WORK_BYTES {
            return Err(too_much(format!(
                "page {number}: it draws the same over and over, more than {MAX_WORK_BYTES} bytes of content in all"
            )));
        }
        self.pages.insert(number, graph.traits);
        Ok(graph.traits)
    }
}

fn is(dict: &Dict<'_>, kind: &str) -> bool {
    strings::name(dict, "Subtype").as_deref() == Some(kind)
}

/// Whether a picture, or one that says how much of it is seen, has more pixels than it may.
fn is_huge(image: &Dict<'_>) -> bool {
    // In hayro's order.
    let side =
        |image: &Dict<'_>, keys: [&str; 2]| keys.iter().find_map(|key| image.get::<u32>(*key)).map_or(0, u64::from);
    let has_too_many = |image: &Dict<'_>| side(image, ["W", "Width"]) * side(image, ["H", "Height"]) > MAX_PICTURE;
    let mut masks = ["SMask", "Mask"].into_iter().filter_map(|key| image.get::<Stream<'_>>(key));
    has_too_many(image) || masks.any(|mask| has_too_many(mask.dict()))
}

/// What content draws, by its name.
#[derive(PartialEq, Eq, Hash)]
enum Use {
    Form(Vec<u8>),
    Mask(Vec<u8>),
    Pattern(Vec<u8>),
    /// Of a Type 3 font.
    Glyph(Vec<u8>, u8),
}

/// What can be drawn, by its name.
struct Drawings<'a> {
    forms: HashMap<Vec<u8>, Stream<'a>>,
    /// Of graphics states with a mask, that.
    masks: HashMap<Vec<u8>, Stream<'a>>,
    /// Patterns.
    tiles: HashMap<Vec<u8>, Stream<'a>>,
    /// Fonts whose glyphs are drawings.
    fonts: HashMap<Vec<u8>, Dict<'a>>,
    /// Pictures of more pixels than they may have.
    huge: HashSet<Vec<u8>>,
}

impl<'a> Drawings<'a> {
    fn of(resources: &Resources<'a>, plain: &HashSet<ObjRef>) -> Self {
        fn all<'a, T>(of: &Dict<'a>, get: impl Fn(&[u8]) -> Option<T>) -> HashMap<Vec<u8>, T> {
            of.keys().filter_map(|key| Some((key.to_vec(), get(&key)?))).collect()
        }
        let Resources { x_objects, patterns, ext_g_states, fonts, .. } = resources;
        let drawn = all(x_objects, |key| x_objects.get::<Stream<'a>>(key)).into_iter();
        let (images, forms): (HashMap<_, _>, HashMap<_, _>) = drawn.partition(|(_, stream)| is(stream.dict(), "Image"));
        let is_plain = |font: &[u8]| fonts.get_ref(font).is_some_and(|font| plain.contains(&font));
        Self {
            forms,
            masks: all(ext_g_states, |key| ext_g_states.get::<Dict<'a>>(key)?.get::<Dict<'a>>("SMask")?.get("G")),
            tiles: all(patterns, |key| patterns.get(key)),
            huge: images.into_iter().filter(|(_, image)| is_huge(image.dict())).map(|(name, _)| name).collect(),
            fonts: all(fonts, |key| {
                if is_plain(key) { None } else { fonts.get::<Dict<'a>>(key).filter(|font| is(font, "Type3")) }
            }),
        }
    }

    fn is_empty(&self) -> bool {
        self.forms.is_empty()
            && self.masks.is_empty()
            && self.tiles.is_empty()
            && self.fonts.is_empty()
            && self.huge.is_empty()
    }
}

/// The codes that are shown.
fn codes(shown: &Object<'_>) -> Vec<u8> {
    match shown {
        Object::String(codes) => codes.to_vec(),
        Object::Array(items) => {
            let strings = items.iter::<Object<'_>>().filter_map(Object::into_string);
            strings.flat_map(|codes| codes.to_vec()).collect()
        }
        _ => Vec::new(),
    }
}

/// What a Type 3 font draws for a code.
fn glyph<'a>(font: &Dict<'a>, code: u8) -> Option<Stream<'a>> {
    let (_, name) = resources::differences(font).filter(|(of, _)| *of == i64::from(code)).last()?;
    font.get::<Dict<'a>>("CharProcs")?.get::<Stream<'a>>(&*name)
}

impl<'a, 'k> Graph<'a, 'k> {
    fn of(page: &Page<'a>, plain: &'k HashSet<ObjRef>) -> Self {
        let mut graph = Self {
            nodes: vec![Node::default()],
            known: HashMap::new(),
            waiting: Vec::new(),
            plain,
            traits: Traits::default(),
        };
        graph.content(0, page.page_stream().unwrap_or_default(), page.resources());
        for annotation in page.raw().get::<Array<'a>>("Annots").iter().flat_map(Array::iter::<Dict<'a>>) {
            let looks = annotation.get::<Dict<'a>>("AP").unwrap_or_default();
            for look in ["N", "R", "D"].into_iter().filter_map(|key| looks.get::<Object<'a>>(key)) {
                let streams = match look {
                    Object::Stream(stream) => vec![stream],
                    Object::Dict(states) => states.keys().filter_map(|key| states.get(&*key)).collect(),
                    _ => Vec::new(),
                };
                for stream in streams {
                    graph.draw(0, &stream, page.resources(), 1);
                }
            }
        }
        while let Some((node, stream, parent)) = graph.waiting.pop() {
            let own = stream.dict().get::<Dict<'a>>("Resources").map(Resources::new);
            let data = stream.decoded_data().unwrap_or_default();
            graph.content(node, &data, own.as_ref().unwrap_or(&parent));
        }
        graph
    }

    fn content(&mut self, node: usize, data: &[u8], resources: &Resources<'a>) {
        self.nodes[node].bytes = BEGIN + data.len() as u64;
        let drawings = Drawings::of(resources, self.plain);
        self.traits.has_patterns |=
            [&resources.patterns, &resources.shadings].iter().any(|all| all.keys().next().is_some());
        if drawings.is_empty() && memchr::memmem::find(data, b"BI").is_none() {
            return;
        }
        let mut times: HashMap<Use, u64> = HashMap::new();
        let mut font: Vec<u8> = Vec::new();
        let mut fonts: Vec<Vec<u8>> = Vec::new();
        let mut operators = UntypedIter::new(data);
        while let Some(instruction) = operators.next() {
            let operator: &[u8] = instruction.operator;
            let name = || match instruction.operands().last() {
                Some(Object::Name(name)) => Some(name.to_vec()),
                _ => None,
            };
            let used = match operator {
                b"BI" => {
                    let is_huge = |image: &Object<'_>| matches!(image, Object::Stream(image) if is_huge(image.dict()));
                    self.traits.has_huge_picture |= instruction.operands().any(is_huge);
                    None
                }
                b"Do" => {
                    self.traits.has_huge_picture |= name().is_some_and(|name| drawings.huge.contains(&name));
                    name().map(Use::Form)
                }
                b"gs" => name().map(Use::Mask),
                b"scn" | b"SCN" => name().map(Use::Pattern),
                b"q" if fonts.len() < MAX_ENTRIES => {
                    fonts.push(font.clone());
                    None
                }
                b"Q" => {
                    font = fonts.pop().unwrap_or_default();
                    None
                }
                b"Tf" => {
                    let name = instruction.operands().find_map(|operand| match operand {
                        Object::Name(name) => Some(name.to_vec()),
                        _ => None,
                    });
                    font = name.unwrap_or_default();
                    None
                }
                b"Tj" | b"TJ" | b"'" | b"\"" if drawings.fonts.contains_key(&font) => {
                    let codes = instruction.operands().last().map(codes).unwrap_or_default();
                    for code in codes {
                        *times.entry(Use::Glyph(font.clone(), code)).or_default() += 1;
                    }
                    None
                }
                _ => None,
            };
            if let Some(used) = used {
                *times.entry(used).or_default() += 1;
            }
        }
        for (used, times) in times {
            let mut own = None;
            let drawn = match used {
                Use::Form(name) => drawings.forms.get(&name).cloned(),
                Use::Mask(name) => drawings.masks.get(&name).cloned(),
                Use::Pattern(name) => drawings.tiles.get(&name).cloned(),
                Use::Glyph(font, code) => drawings.fonts.get(&font).and_then(|font| {
                    own = font.get::<Dict<'a>>("Resources").map(Resources::new);
                    glyph(font, code)
                }),
            };
            if let Some(stream) = drawn {
                self.draw(node, &stream, own.as_ref().unwrap_or(resources), times);
            }
        }
    }

    fn draw(&mut self, node: usize, stream: &Stream<'a>, parent: &Resources<'a>, times: u64) {
        let names = if stream.dict().contains_key("Resources") { 0 } else { address(&parent.x_objects) };
        let next = self.nodes.len();
        let drawn = *self.known.entry((address(stream.dict()), names)).or_insert(next);
        if drawn == next {
            if next >= MAX_ENTRIES {
                return;
            }
            self.nodes.push(Node::default());
            self.waiting.push((drawn, stream.clone(), parent.clone()));
        }
        *self.nodes[node].draws.entry(drawn).or_default() += times;
    }

    /// The bytes of content that are interpreted in all, drawings once for each use.
    fn bytes(&self) -> u64 {
        let mut totals: Vec<u64> = self.nodes.iter().map(|node| node.bytes).collect();
        for _ in 0..DEPTH {
            let next = |node: &Node| {
                node.draws
                    .iter()
                    .fold(node.bytes, |sum, (drawn, times)| sum.saturating_add(totals[*drawn].saturating_mul(*times)))
            };
            let new: Vec<u64> = self.nodes.iter().map(next).collect();
            if new == totals {
                break;
            }
            totals = new;
        }
        totals.first().copied().unwrap_or(0)
    }
}

/// Where a dictionary stands tells it from all others.
fn address(dict: &Dict<'_>) -> usize {
    dict.data().as_ptr().addr()
}

/// Of how many glyphs a font says how wide they are.
fn widths(font: &Dict<'_>) -> u64 {
    let descendants = font.get::<Array<'_>>("DescendantFonts");
    let descendant = descendants.iter().flat_map(Array::iter::<Dict<'_>>).next();
    let first = font.get::<usize>("FirstChar").map_or(0, |first| first as u64);
    // What says the same of all glyphs from one to another takes three numbers, or five for vertical text.
    [("W", 3), ("W2", 5)].iter().fold(first, |sum, (key, size)| {
        let array = descendant.as_ref().and_then(|font| font.get::<Array<'_>>(*key));
        sum.saturating_add(array.map_or(0, |array| glyphs(&array, *size)))
    })
}

/// How many glyphs the ranges of widths have; the others have a number each in the file.
fn glyphs(widths: &Array<'_>, size: usize) -> u64 {
    let mut sum: u64 = 0;
    let mut range: Vec<f32> = Vec::new();
    for item in widths.iter::<Object<'_>>() {
        match item.into_f32() {
            Some(number) => range.push(number),
            None => range.clear(),
        }
        if range.len() == size {
            sum = sum.saturating_add((range[1] - range[0]).max(0.0) as u64);
            range.clear();
        }
    }
    sum
}
