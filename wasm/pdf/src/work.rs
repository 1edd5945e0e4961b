//! Whether a page can be interpreted in bounded time: a few bytes may have drawings draw one another
//! over and over, or fonts say how wide billions of glyphs are.

use crate::error::{Result, too_much};
use crate::limits::{MAX_ENTRIES, MAX_WIDTHS, MAX_WORK_BYTES};
use crate::{resources, strings};
use hayro::hayro_syntax::content::UntypedIter;
use hayro::hayro_syntax::object::{Array, Dict, Object, Stream};
use hayro::hayro_syntax::page::{Page, Resources};
use std::collections::{BTreeMap, HashMap};

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
#[derive(Default)]
struct Graph<'a> {
    nodes: Vec<Node>,
    /// Nodes by where their stream, and the names in it, stand in the file.
    known: HashMap<(usize, usize), usize>,
    waiting: Vec<(usize, Stream<'a>, Resources<'a>)>,
}

/// Refuse a page that would take too much.
pub fn check(page: &Page<'_>, number: u32) -> Result<()> {
    for font in resources::font_dicts(page) {
        if widths(&font) > MAX_WIDTHS {
            return Err(too_much(format!(
                "page {number}: a font says how wide more than {MAX_WIDTHS} glyphs are; no font has as many"
            )));
        }
    }
    if Graph::of(page).bytes() > MAX_WORK_BYTES {
        return Err(too_much(format!(
            "page {number}: it draws the same over and over, more than {MAX_WORK_BYTES} bytes of content in all"
        )));
    }
    Ok(())
}

impl<'a> Graph<'a> {
    fn of(page: &Page<'a>) -> Self {
        let mut graph = Self::default();
        graph.nodes.push(Node::default());
        graph.content(0, page.page_stream().unwrap_or_default(), page.resources());
        for annotation in page.raw().get::<Array<'a>>("Annots").iter().flat_map(Array::iter::<Dict<'a>>) {
            let looks = annotation.get::<Dict<'a>>("AP").and_then(|looks| looks.get::<Object<'a>>("N"));
            let streams = match looks {
                Some(Object::Stream(stream)) => vec![stream],
                Some(Object::Dict(states)) => states.keys().filter_map(|key| states.get(&*key)).collect(),
                _ => Vec::new(),
            };
            for stream in streams {
                graph.draw(0, &stream, page.resources(), 1);
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
        let all = &resources.x_objects;
        let named = all.keys().filter_map(|key| Some((key.to_vec(), all.get::<Stream<'a>>(&*key)?)));
        let is_drawing = |stream: &Stream<'_>| strings::name(stream.dict(), "Subtype").as_deref() != Some("Image");
        let drawings: HashMap<Vec<u8>, Stream<'a>> = named.filter(|(_, stream)| is_drawing(stream)).collect();
        if drawings.is_empty() {
            return;
        }
        let mut times: HashMap<Vec<u8>, u64> = HashMap::new();
        let mut operators = UntypedIter::new(data);
        while let Some(instruction) = operators.next() {
            let operator: &[u8] = instruction.operator;
            if operator == b"Do"
                && let Some(Object::Name(name)) = instruction.operands().last()
            {
                *times.entry(name.to_vec()).or_default() += 1;
            }
        }
        for (name, times) in times {
            if let Some(stream) = drawings.get(&name) {
                self.draw(node, stream, resources, times);
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
