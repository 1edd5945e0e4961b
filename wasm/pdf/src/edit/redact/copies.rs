//! Copies of what was on pages, elsewhere in the file.

use super::walk::Walker;
use crate::edit::draft::Draft;
use crate::error::Result;
use crate::strings;
use crate::text::fold::Text;
use crate::text::search::{self, Query};
use lopdf::{Dictionary, Object, ObjectId, Stream, StringFormat};
use std::collections::BTreeSet;

/// What stands where something was found in a text that stays.
const MARK: &str = "[redacted]";

/// What a catalogue may keep: how the document is shown, and what leads through it.
const CATALOG: [&[u8]; 14] = [
    b"Type",
    b"Version",
    b"Extensions",
    b"Pages",
    b"PageLabels",
    b"Names",
    b"Dests",
    b"ViewerPreferences",
    b"PageLayout",
    b"PageMode",
    b"Outlines",
    b"AcroForm",
    b"Lang",
    b"OCProperties",
];
/// As [`CATALOG`], for readers that read aloud, and for printers.
const CATALOG_MORE: [&[u8]; 3] = [b"StructTreeRoot", b"MarkInfo", b"OutputIntents"];

/// What a page may keep: all that is its own, and not that of programs.
const PAGE: [&[u8]; 21] = [
    b"Type",
    b"Parent",
    b"Resources",
    b"MediaBox",
    b"CropBox",
    b"BleedBox",
    b"TrimBox",
    b"ArtBox",
    b"BoxColorInfo",
    b"Contents",
    b"Rotate",
    b"Group",
    b"Dur",
    b"Trans",
    b"Annots",
    b"StructParents",
    b"Tabs",
    b"PZ",
    b"UserUnit",
    b"VP",
    b"OutputIntents",
];

/// What programs leave in objects, and what runs or holds other files.
const LEFTOVERS: [&[u8]; 14] = [
    b"Metadata",
    b"PieceInfo",
    b"LastModified",
    b"Thumb",
    b"AF",
    b"SpiderInfo",
    b"Alternates",
    b"OPI",
    b"AA",
    b"XFA",
    b"RC",
    b"RV",
    b"EF",
    b"RF",
];

/// Texts that are no texts, but say how other things are to be read.
const TECHNICAL: [&[u8]; 6] = [b"DA", b"Lang", b"Registry", b"Ordering", b"M", b"CreationDate"];

/// Entries whose texts may be streams.
const STREAMS: [&[u8]; 5] = [b"V", b"DV", b"RV", b"RC", b"Desc"];
/// Entries whose names are a person's: what is filled in, states of buttons, and places.
const NAMED: [&[u8]; 5] = [b"V", b"DV", b"AS", b"D", b"Dest"];
/// Inks that every printer has.
const INKS: [&[u8]; 6] = [b"All", b"None", b"Cyan", b"Magenta", b"Yellow", b"Black"];

/// Objects that are not what they look like by themselves.
#[derive(Default)]
struct Roles {
    /// Strings that are colours.
    palettes: BTreeSet<ObjectId>,
    /// Streams that are texts.
    texts: BTreeSet<ObjectId>,
    /// Streams that go: what describes other objects, and files.
    leavings: BTreeSet<ObjectId>,
}

impl Roles {
    fn of(draft: &Draft) -> Self {
        let mut roles = Self::default();
        for (id, object) in &draft.file.objects {
            if let Object::Stream(stream) = object
                && (stream.dict.has_type(b"Metadata")
                    || stream.dict.has_type(b"EmbeddedFile")
                    || has_name(&stream.dict, b"Subtype", b"XML"))
            {
                roles.leavings.insert(*id);
            }
            roles.look(draft, object);
        }
        roles
    }

    fn look(&mut self, draft: &Draft, object: &Object) {
        let dict = match object {
            Object::Array(items) => {
                if is_palette(items) {
                    self.palettes.extend(items.iter().filter_map(|item| item.as_reference().ok()));
                }
                return items.iter().for_each(|item| self.look(draft, item));
            }
            Object::Dictionary(dict) => dict,
            Object::Stream(stream) => &stream.dict,
            _ => return,
        };
        for (key, value) in dict {
            match value {
                Object::Reference(id) if STREAMS.contains(&key.as_slice()) => drop(self.texts.insert(*id)),
                Object::Reference(id) if key == b"Metadata" => drop(self.leavings.insert(*id)),
                value if key == b"EF" || key == b"RF" => self.files(draft.resolve(value)),
                value => self.look(draft, value),
            }
        }
    }

    /// What an entry refers to by the names of systems is files; resources may be named like that entry.
    fn files(&mut self, files: &Object) {
        const SYSTEMS: [&[u8]; 5] = [b"F", b"UF", b"DOS", b"Mac", b"Unix"];
        let Ok(files) = files.as_dict() else { return };
        for (_, file) in files.iter().filter(|(key, _)| SYSTEMS.contains(&key.as_slice())) {
            let all = file.as_array().map_or(std::slice::from_ref(file), |all| all.as_slice());
            self.leavings.extend(all.iter().filter_map(|file| file.as_reference().ok()));
        }
    }
}

/// Remove all copies that can be of what went. `pages` are those on which something went. Which objects went
/// as nothing draws them as they were: they are nowhere in the file, whatever referred to them.
pub fn remove(
    draft: &mut Draft,
    walker: &Walker<'_>,
    queries: &[Query],
    pages: &BTreeSet<ObjectId>,
) -> Result<BTreeSet<ObjectId>> {
    draft.file.trailer.remove(b"Info");
    let catalog = draft.catalog()?;
    keep(catalog, |key| CATALOG.contains(&key) || CATALOG_MORE.contains(&key));
    names(draft, queries)?;
    if let Some(mut form) = draft.root_dict(b"AcroForm").cloned() {
        form.remove(b"XFA");
        draft.set_form(form);
    }
    for id in draft.pages.clone() {
        keep(draft.page(id)?, |key| PAGE.contains(&key));
    }
    let elsewhere: BTreeSet<ObjectId> = draft.pages.iter().filter(|id| !pages.contains(id)).copied().collect();
    let drawn = draft.file.objects.iter().filter_map(|(id, object)| {
        let stream = object.as_stream().ok()?;
        is_drawn(&stream.dict).then_some(id)
    });
    let gone: BTreeSet<ObjectId> =
        drawn.chain(&walker.replaced).filter(|id| !walker.used.contains(id)).copied().collect();
    draft.forget(&gone);
    let roles = Roles::of(draft);
    for (id, object) in &mut draft.file.objects {
        let goes = match object {
            Object::Stream(_) if roles.leavings.contains(id) => true,
            Object::Stream(stream) if roles.texts.contains(id) => is_text_of(stream, queries),
            _ => false,
        };
        if goes {
            *object = Object::Null;
        } else if !roles.palettes.contains(id) {
            scrub(object, queries, &elsewhere);
        }
    }
    Ok(gone)
}

fn keep(dict: &mut Dictionary, is_kept: impl Fn(&[u8]) -> bool) {
    dict.as_hashmap_mut().retain(|key, _| is_kept(key));
}

/// Of the trees of names, keep that of places; those that are named like what is looked for go.
fn names(draft: &mut Draft, queries: &[Query]) -> Result<()> {
    if let Some(mut places) = draft.root_dict(b"Dests").cloned() {
        keep(&mut places, |key| !is_in(key, queries));
        draft.catalog()?.set("Dests", places);
    }
    let Ok(names) = draft.catalog()?.get(b"Names").cloned() else { return Ok(()) };
    let places = draft.resolve(&names).as_dict().and_then(|names| names.get(b"Dests")).cloned();
    match places {
        Ok(places) => draft.catalog()?.set("Names", Dictionary::from_iter([("Dests", places)])),
        Err(_) => drop(draft.catalog()?.remove(b"Names")),
    }
    Ok(())
}

/// Whether a stream is a drawing, a picture or a pattern.
fn is_drawn(dict: &Dictionary) -> bool {
    let is = |name: &[u8]| has_name(dict, b"Subtype", name);
    is(b"Form") || is(b"Image") || dict.has_type(b"XObject") || dict.has(b"PatternType") && dict.has(b"BBox")
}

fn scrub(object: &mut Object, queries: &[Query], elsewhere: &BTreeSet<ObjectId>) {
    match object {
        Object::String(bytes, format) => {
            // Marks of languages that say it go, all of them.
            if without(&strings::languages(bytes), queries).is_some() {
                (*bytes, *format) = encode(&strings::text(bytes));
            }
            let rest = match strings::readings(bytes) {
                Some(readings) => readings.iter().find_map(|text| without(text, queries)),
                None => Some(MARK.to_owned()),
            };
            if let Some(rest) = rest {
                (*bytes, *format) = encode(&rest);
            }
        }
        Object::Array(items) if is_palette(items) => {}
        Object::Array(items) => {
            inks(items, queries);
            items.iter_mut().for_each(|item| scrub(item, queries, elsewhere));
        }
        Object::Dictionary(dict) => scrub_dict(dict, queries, elsewhere),
        Object::Stream(stream) => {
            for key in LEFTOVERS {
                stream.dict.remove(key);
            }
            scrub_dict(&mut stream.dict, queries, elsewhere);
        }
        _ => {}
    }
}

/// A text without what is looked for; none if that is not in it. What is left may have it again,
/// where words have other edges.
fn without(text: &str, queries: &[Query]) -> Option<String> {
    let mut rest = without_once(text, queries)?;
    while let Some(less) = without_once(&rest, queries) {
        rest = less;
    }
    Some(rest)
}

fn without_once(text: &str, queries: &[Query]) -> Option<String> {
    let parts: Vec<(&str, Option<String>)> =
        text.split(MARK).map(|part| (part, search::replaced(queries, &Text::new(part), MARK))).collect();
    let is_changed = parts.iter().any(|(_, rest)| rest.is_some());
    let rests: Vec<&str> = parts.iter().map(|(part, rest)| rest.as_deref().unwrap_or(part)).collect();
    is_changed.then(|| rests.join(MARK))
}

/// Whether a string has what is looked for, or cannot be read.
fn is_in(bytes: &[u8], queries: &[Query]) -> bool {
    let Some(readings) = strings::readings(bytes) else { return true };
    readings.iter().any(|text| {
        text.split(MARK).any(|part| {
            let text = Text::new(part);
            queries.iter().any(|query| query.stands_in(&text))
        })
    })
}

/// Whether a stream of text has what is looked for, or cannot be read.
fn is_text_of(stream: &Stream, queries: &[Query]) -> bool {
    let text =
        if stream.dict.has(b"Filter") { stream.decompressed_content().ok() } else { Some(stream.content.clone()) };
    text.is_none_or(|text| is_in(&text, queries))
}

/// The colours of a palette are no text.
fn is_palette(items: &[Object]) -> bool {
    items.first().is_some_and(|first| first.as_name().is_ok_and(|name| name == b"Indexed"))
}

/// Other names for inks that are named like what is looked for.
fn inks(items: &mut [Object], queries: &[Query]) {
    let rename = |(number, ink): (usize, &mut Object)| {
        if ink.as_name().is_ok_and(|name| is_ink_of(name, queries)) {
            *ink = Object::Name(format!("Ink{number}").into_bytes());
        }
    };
    match items {
        [Object::Name(kind), ink, ..] if kind == b"Separation" => rename((0, ink)),
        [Object::Name(kind), Object::Array(all), ..] if kind == b"DeviceN" => {
            all.iter_mut().enumerate().for_each(rename);
        }
        _ => {}
    }
}

fn is_ink_of(name: &[u8], queries: &[Query]) -> bool {
    !INKS.contains(&name) && is_in(name, queries)
}

/// Whether an entry names something like what is looked for.
fn is_named(key: &[u8], value: &Object, queries: &[Query]) -> bool {
    NAMED.contains(&key) && value.as_name().is_ok_and(|name| name != b"Off" && is_in(name, queries))
}

fn has_name(dict: &Dictionary, key: &[u8], name: &[u8]) -> bool {
    dict.get(key).and_then(Object::as_name).is_ok_and(|found| found == name)
}

fn scrub_dict(dict: &mut Dictionary, queries: &[Query], elsewhere: &BTreeSet<ObjectId>) {
    let is = |key: &[u8], name: &[u8]| has_name(dict, key, name);
    // Actions that run, or reach out with what is in the document.
    if [&b"JavaScript"[..], b"Launch", b"SubmitForm", b"ImportData", b"Rendition", b"RichMediaExecute"]
        .iter()
        .any(|kind| is(b"S", kind))
    {
        *dict = Dictionary::new();
        return;
    }
    let is_signature = is(b"Type", b"Sig") || dict.has(b"ByteRange");
    if is_signature {
        *dict = Dictionary::new();
        return;
    }
    // In other dictionaries, such as those of resources, keys are names that mean nothing.
    if [&b"Type"[..], b"Subtype", b"S", b"FT", b"Fields", b"T", b"F", b"UF"].iter().any(|key| dict.has(key)) {
        for key in LEFTOVERS {
            dict.remove(key);
        }
    }
    if is_element(dict) && !is_of(dict, elsewhere) {
        for key in [&b"ActualText"[..], b"Alt", b"E", b"T"] {
            dict.remove(key);
        }
    }
    dict.as_hashmap_mut().retain(|key, value| !is_named(key, value, queries));
    for (key, value) in dict.iter_mut() {
        if !TECHNICAL.contains(&key.as_slice()) {
            scrub(value, queries, elsewhere);
        }
    }
}

/// Whether this is an element of the structure with texts of its own.
fn is_element(dict: &Dictionary) -> bool {
    dict.get(b"S").is_ok_and(|kind| kind.as_name().is_ok())
        && (dict.has(b"K") || dict.has(b"P"))
        && !dict.has(b"FT")
        && !dict.has(b"Subtype")
}

/// Whether an element says that all of it is on pages on which nothing went.
fn is_of(dict: &Dictionary, elsewhere: &BTreeSet<ObjectId>) -> bool {
    let is_elsewhere =
        |dict: &Dictionary| dict.get(b"Pg").and_then(Object::as_reference).is_ok_and(|page| elsewhere.contains(&page));
    let parts: Vec<&Object> = match dict.get(b"K") {
        Ok(Object::Array(items)) => items.iter().collect(),
        Ok(item) => vec![item],
        Err(_) => Vec::new(),
    };
    let are_numbers = parts.iter().all(|part| match part {
        Object::Integer(_) => true,
        Object::Dictionary(part) => !part.has(b"Pg") || is_elsewhere(part),
        _ => false,
    });
    is_elsewhere(dict) && are_numbers
}

/// A text as PDF has it.
fn encode(text: &str) -> (Vec<u8>, StringFormat) {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return (text.as_bytes().to_vec(), StringFormat::Literal);
    }
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    (bytes, StringFormat::Hexadecimal)
}

/// Where a text outside of pages still has what is looked for, if any does.
pub fn remain(draft: &Draft, queries: &[Query]) -> Option<String> {
    fn has(object: &Object, queries: &[Query]) -> bool {
        match object {
            Object::String(bytes, _) => is_in(bytes, queries),
            Object::Array(items) if is_palette(items) => false,
            Object::Array(items) => items.iter().any(|item| has(item, queries)),
            Object::Dictionary(dict) => of_dict(dict, queries),
            Object::Stream(stream) => of_dict(&stream.dict, queries),
            _ => false,
        }
    }
    fn of_dict(dict: &Dictionary, queries: &[Query]) -> bool {
        dict.iter().any(|(key, value)| {
            !TECHNICAL.contains(&key.as_slice()) && (has(value, queries) || is_named(key, value, queries))
        })
    }
    let roles = Roles::of(draft);
    let place = draft.file.objects.iter().find(|(id, object)| match object {
        Object::Stream(stream) if roles.texts.contains(id) => is_text_of(stream, queries),
        object => !roles.palettes.contains(id) && has(object, queries),
    });
    place.map(|(id, object)| called(*id, object))
}

/// What people call an object.
fn called((number, _): ObjectId, object: &Object) -> String {
    let kind = object.as_dict().ok().and_then(|dict| {
        let kinds = [
            ("an entry of the outline", dict.has(b"Title") && dict.has(b"Parent")),
            ("a field", dict.has(b"FT") || dict.has(b"T") && dict.has(b"Kids")),
            ("a layer", dict.has_type(b"OCG")),
            ("an element of the structure", dict.has_type(b"StructElem")),
            ("the labels of pages", dict.has(b"Nums")),
            ("the catalogue", dict.has_type(b"Catalog")),
        ];
        kinds.into_iter().find(|(_, is)| *is).map(|(name, _)| name)
    });
    kind.map_or_else(|| format!("object {number}"), |kind| format!("{kind} (object {number})"))
}
