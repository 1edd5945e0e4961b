//! The fonts, pictures and drawings that pages use.

use crate::document::Document;
use crate::error::Result;
use crate::limits::{MAX_DEPTH, MAX_ENTRIES};
use crate::trees::Seen;
use crate::{describe, strings, wit};
use hayro::hayro_syntax::object::{self, Array, Dict, Name, ObjRef, Object, Stream};
use hayro::hayro_syntax::page::Page;
use std::collections::{BTreeMap, HashSet};

/// Most names of glyphs that a font is asked for.
const MAX_NAMES: usize = 1024;

/// What a font's dictionary says.
pub struct FontDict {
    /// Its name, without the mark of a subset.
    pub name: String,
    /// Its kind in the words of PDF.
    pub kind: String,
    /// Whether it is within the file.
    pub embedded: bool,
    /// Whether its name has the mark of a subset.
    pub subset: bool,
    /// The collection of characters that it was made for; empty if none is said.
    pub collection: String,
    /// From 100 to 900; 400 if not said.
    pub weight: u32,
    /// Flags of its descriptor.
    pub flags: u32,
}

/// A font's dictionary, and the reference by which a page has it.
pub type UsedFont<'a> = (Dict<'a>, Option<ObjRef>);

/// Visits the resources of a page, those of drawings within it too.
struct Walk<'a, 'v> {
    seen: Seen,
    /// Fonts that need not be visited.
    known: &'v HashSet<ObjRef>,
    visit: &'v mut dyn FnMut(Used<'a>),
}

/// Something that a page uses.
enum Used<'a> {
    Font(UsedFont<'a>),
    Image(Stream<'a>),
    Form(Stream<'a>),
}

impl<'a, 'v> Walk<'a, 'v> {
    fn new(known: &'v HashSet<ObjRef>, visit: &'v mut dyn FnMut(Used<'a>)) -> Self {
        Self { seen: Seen::default(), known, visit }
    }

    fn content(&mut self, page: &Page<'a>) {
        self.resources(&page.resources().fonts, &page.resources().x_objects, &page.resources().patterns, 0);
    }

    fn page(&mut self, page: &Page<'a>) {
        self.content(page);
        for annotation in page.raw().get::<Array<'a>>("Annots").iter().flat_map(Array::iter::<Dict<'a>>) {
            match annotation.get::<Dict<'a>>("AP").and_then(|looks| looks.get::<Object<'a>>("N")) {
                Some(Object::Stream(stream)) => self.form(&stream, 1),
                Some(Object::Dict(states)) => {
                    let state = annotation.get::<Name<'a>>("AS");
                    if let Some(stream) = state.and_then(|state| states.get::<Stream<'a>>(&*state)) {
                        self.form(&stream, 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn resources(&mut self, fonts: &Dict<'a>, drawings: &Dict<'a>, patterns: &Dict<'a>, depth: usize) {
        for key in fonts.keys().take(MAX_ENTRIES) {
            let reference = fonts.get_ref(&*key);
            if reference.is_some_and(|reference| self.known.contains(&reference)) {
                continue;
            }
            if let Some(font) = fonts.get::<Dict<'a>>(&*key) {
                if let Some(own) = self.seen.is_new(&font).then(|| font.get::<Dict<'a>>("Resources")).flatten() {
                    self.nested(&own, depth);
                }
                (self.visit)(Used::Font((font, reference)));
            }
        }
        for drawings in [drawings, patterns] {
            for key in drawings.keys().take(MAX_ENTRIES) {
                if let Some(stream) = drawings.get::<Stream<'a>>(&*key) {
                    self.form(&stream, depth + 1);
                }
            }
        }
    }

    fn form(&mut self, stream: &Stream<'a>, depth: usize) {
        if !self.seen.is_new(stream.dict()) {
            return;
        }
        if strings::name(stream.dict(), "Subtype").as_deref() == Some("Image") {
            (self.visit)(Used::Image(stream.clone()));
        } else {
            (self.visit)(Used::Form(stream.clone()));
            if let Some(own) = stream.dict().get::<Dict<'a>>("Resources") {
                self.nested(&own, depth);
            }
        }
    }

    fn nested(&mut self, resources: &Dict<'a>, depth: usize) {
        if depth < MAX_DEPTH {
            let part = |key| resources.get::<Dict<'a>>(key).unwrap_or_default();
            self.resources(&part("Font"), &part("XObject"), &part("Pattern"), depth + 1);
        }
    }
}

/// The fonts that a page uses.
pub fn fonts_of(page: &Page<'_>) -> Vec<FontDict> {
    font_dicts(page, &HashSet::new()).iter().map(|(dict, _)| font(dict)).collect()
}

/// As [`fonts_of`], as they stand in the file, but for those that are known.
pub fn font_dicts<'a>(page: &Page<'a>, known: &HashSet<ObjRef>) -> Vec<UsedFont<'a>> {
    let mut fonts = Vec::new();
    let mut visit = |used: Used<'a>| {
        if let Used::Font(font) = used {
            fonts.push(font);
        }
    };
    Walk::new(known, &mut visit).page(page);
    fonts
}

/// The codes that a font has glyphs for by name, and these names.
pub fn differences<'a>(font: &Dict<'a>) -> impl Iterator<Item = (i64, Name<'a>)> {
    let names = font.get::<Dict<'a>>("Encoding").and_then(|encoding| encoding.get::<Array<'a>>("Differences"));
    let mut next = 0_i64;
    names.unwrap_or_default().iter::<Object<'a>>().take(MAX_NAMES).filter_map(move |item| match item {
        Object::Name(name) => {
            let code = next;
            next = next.saturating_add(1);
            Some((code, name))
        }
        item => {
            next = item.into_f32().map_or(next, |number| number as i64);
            None
        }
    })
}

/// Whether a page's content has drawings that blend among themselves alone, not with what is under them. Those of
/// annotations blend with the page, whatever they say.
pub fn isolates(page: &Page<'_>) -> bool {
    let mut found = false;
    let mut visit = |used: Used<'_>| {
        if let Used::Form(form) = used {
            let group = form.dict().get::<Dict<'_>>("Group").unwrap_or_default();
            found |= group.get::<bool>("I").unwrap_or(false);
        }
    };
    Walk::new(&HashSet::new(), &mut visit).content(page);
    found
}

fn font(dict: &Dict<'_>) -> FontDict {
    let kind = strings::name(dict, "Subtype").unwrap_or_default();
    let full = strings::name(dict, "BaseFont").or_else(|| strings::name(dict, "Name")).unwrap_or_default();
    let (name, subset) = match full.split_once('+') {
        Some((mark, rest)) if mark.len() == 6 => (rest.to_owned(), true),
        _ => (full, false),
    };
    // A composite font's descriptor is that of its one descendant.
    let descendant = describe::items(dict, "DescendantFonts").into_iter().next().and_then(Object::into_dict);
    let inner = descendant.as_ref().unwrap_or(dict);
    let descriptor = inner.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
    let embedded =
        kind == "Type3" || ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| descriptor.contains_key(key));
    let system = inner.get::<Dict<'_>>("CIDSystemInfo").unwrap_or_default();
    let text = |key| system.get::<object::String<'_>>(key).map(|text| strings::text(&text)).unwrap_or_default();
    let collection = match text("Ordering").as_str() {
        ordering @ ("Japan1" | "GB1" | "CNS1" | "Korea1") => format!("{}-{ordering}", text("Registry")),
        _ => String::new(),
    };
    FontDict {
        name,
        kind,
        embedded,
        subset,
        collection,
        weight: descriptor.get::<u32>("FontWeight").unwrap_or(400),
        flags: descriptor.get::<u32>("Flags").unwrap_or(0),
    }
}

fn image(stream: &Stream<'_>, page: u32) -> wit::ImageInfo {
    let dict = stream.dict();
    let name_or_first = |key: &str| match dict.get::<Object<'_>>(key) {
        Some(Object::Name(name)) => name.as_str().to_owned(),
        Some(Object::Array(array)) => {
            // Of filters it is the last one that packs the picture, of a colour space the first word.
            let mut names = array.iter::<Object<'_>>().filter_map(Object::into_name);
            let name = if key == "Filter" { names.last() } else { names.next() };
            name.map(|name| name.as_str().to_owned()).unwrap_or_default()
        }
        _ => String::new(),
    };
    let is_mask = dict.get::<bool>("ImageMask").unwrap_or(false);
    wit::ImageInfo {
        page,
        width: dict.get::<u32>("Width").unwrap_or(0),
        height: dict.get::<u32>("Height").unwrap_or(0),
        filter: name_or_first("Filter"),
        color: name_or_first("ColorSpace"),
        bits: if is_mask { 1 } else { dict.get::<u8>("BitsPerComponent").unwrap_or(8) },
        size: stream.raw_data().len() as u64,
    }
}

impl Document {
    /// The fonts that pages use, by name.
    pub fn fonts(&self, numbers: Vec<u32>) -> Result<Vec<wit::FontInfo>> {
        let mut found = BTreeMap::<(String, String, bool, bool), Vec<u32>>::new();
        for number in numbers {
            for font in fonts_of(self.page(number)?) {
                let pages = found.entry((font.name, font.kind, font.embedded, font.subset)).or_default();
                if !pages.contains(&number) {
                    pages.push(number);
                }
            }
        }
        let fonts = found.into_iter();
        Ok(fonts
            .map(|((name, kind, embedded, subset), pages)| wit::FontInfo { name, kind, embedded, subset, pages })
            .collect())
    }

    /// The pictures that a page uses.
    pub fn images(&self, number: u32) -> Result<Vec<wit::ImageInfo>> {
        let mut images = Vec::new();
        let mut visit = |used: Used<'_>| {
            if let Used::Image(stream) = used {
                images.push(image(&stream, number));
            }
        };
        Walk::new(&HashSet::new(), &mut visit).page(self.page(number)?);
        Ok(images)
    }
}
