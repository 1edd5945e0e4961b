//! Copies of what was on pages, elsewhere in the file.

use super::gone::Gone;
use super::walk::Walker;
use crate::edit::draft::Draft;
use crate::edit::parts::names;
use crate::error::Result;
use crate::strings;
use lopdf::{Dictionary, Object, ObjectId, StringFormat, dictionary};
use std::collections::BTreeSet;

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

/// What pages and drawings may refer to.
const RESOURCES: [&[u8]; 8] =
    [b"ColorSpace", b"ExtGState", b"Font", b"Pattern", b"ProcSet", b"Properties", b"Shading", b"XObject"];
/// Entries that refer to data which is no text.
const DATA: [&[u8]; 9] = [
    b"CIDSet",
    b"CIDToGIDMap",
    b"DestOutputProfile",
    b"Encoding",
    b"FontFile",
    b"FontFile2",
    b"FontFile3",
    b"ToUnicode",
    b"UseCMap",
];

/// Objects that are not what they look like by themselves.
#[derive(Default)]
struct Roles {
    /// Strings that are colours.
    palettes: BTreeSet<ObjectId>,
    /// Streams that are texts.
    texts: BTreeSet<ObjectId>,
    /// Streams that are none: they are what is used of fonts and colours.
    technical: BTreeSet<ObjectId>,
    /// What pages and drawings refer to.
    resources: BTreeSet<ObjectId>,
    /// What is said of elements of pages on which something went.
    attributes: BTreeSet<ObjectId>,
    /// Streams that go: what describes other objects, and files.
    leavings: BTreeSet<ObjectId>,
}

impl Roles {
    fn of(draft: &Draft, elsewhere: &BTreeSet<ObjectId>) -> Self {
        let mut roles = Self::default();
        for (id, object) in &draft.file.objects {
            if let Object::Stream(stream) = object
                && (stream.dict.has_type(b"Metadata")
                    || stream.dict.has_type(b"EmbeddedFile")
                    || has_name(&stream.dict, b"Subtype", b"XML"))
            {
                roles.leavings.insert(*id);
            }
            roles.look(draft, elsewhere, object);
        }
        roles
    }

    fn look(&mut self, draft: &Draft, elsewhere: &BTreeSet<ObjectId>, object: &Object) {
        let dict = match object {
            Object::Array(items) => {
                if is_palette(items) {
                    self.palettes.extend(references(items));
                }
                if items.first().is_some_and(|first| first.as_name().is_ok_and(|name| name == b"ICCBased")) {
                    self.technical.extend(references(items));
                }
                return items.iter().for_each(|item| self.look(draft, elsewhere, item));
            }
            Object::Dictionary(dict) => dict,
            Object::Stream(stream) => &stream.dict,
            _ => return,
        };
        if let Ok(attributes) = dict.get(b"A")
            && is_element(dict)
            && !is_of(dict, elsewhere)
        {
            let all = attributes.as_array().map_or(std::slice::from_ref(attributes), Vec::as_slice);
            self.attributes.extend(references(all));
        }
        for (key, value) in dict {
            match value {
                Object::Reference(id) if DATA.contains(&key.as_slice()) => drop(self.technical.insert(*id)),
                Object::Reference(id) if key == b"Resources" || key == b"DR" => drop(self.resources.insert(*id)),
                Object::Reference(id) if STREAMS.contains(&key.as_slice()) => drop(self.texts.insert(*id)),
                Object::Reference(id) if key == b"Metadata" => drop(self.leavings.insert(*id)),
                value if key == b"EF" || key == b"RF" => self.files(draft.resolve(value)),
                value => self.look(draft, elsewhere, value),
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
    gone: &Gone,
    pages: &BTreeSet<ObjectId>,
) -> Result<BTreeSet<ObjectId>> {
    draft.file.trailer.remove(b"Info");
    let catalog = draft.catalog()?;
    keep(catalog, |key| CATALOG.contains(&key) || CATALOG_MORE.contains(&key));
    names(draft, gone)?;
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
    let lost: BTreeSet<ObjectId> =
        drawn.chain(&walker.replaced).filter(|id| !walker.used.contains(id)).copied().collect();
    draft.forget(&lost);
    let roles = Roles::of(draft, &elsewhere);
    for (id, object) in &mut draft.file.objects {
        let goes = match object {
            Object::Stream(_) if roles.leavings.contains(id) => true,
            Object::Stream(_) if roles.technical.contains(id) || walker.used.contains(id) => false,
            Object::Stream(stream) => !is_technical(&stream.dict) && gone.is_in_stream(stream),
            _ => false,
        };
        if goes {
            *object = Object::Null;
            continue;
        }
        if roles.resources.contains(id)
            && let Object::Dictionary(dict) = object
        {
            keep(dict, |key| RESOURCES.contains(&key));
        }
        if roles.attributes.contains(id) {
            silence(object);
        }
        if !roles.palettes.contains(id) {
            scrub(object, gone, &elsewhere);
        }
    }
    Ok(lost)
}

/// Whether a stream is data of a kind that is no text: the contents of fonts, colours, functions.
fn is_technical(dict: &Dictionary) -> bool {
    ["FunctionType", "ShadingType", "CMapName", "Length1"].iter().any(|key| dict.has(key.as_bytes()))
        || dict.has_type(b"CMap")
}

/// Leave no text in what says something of an element.
fn silence(object: &mut Object) {
    match object {
        Object::String(bytes, _) => bytes.clear(),
        Object::Array(items) => items.iter_mut().for_each(silence),
        Object::Dictionary(dict) => dict.iter_mut().for_each(|(_, item)| silence(item)),
        _ => {}
    }
}

fn keep(dict: &mut Dictionary, is_kept: impl Fn(&[u8]) -> bool) {
    dict.as_hashmap_mut().retain(|key, _| is_kept(key));
}

/// Of the trees of names, keep that of places; those that are named like what is looked for go.
fn names(draft: &mut Draft, gone: &Gone) -> Result<()> {
    if let Some(mut places) = draft.root_dict(b"Dests").cloned() {
        keep(&mut places, |key| !gone.is_in(key));
        draft.catalog()?.set("Dests", places);
    }
    let Ok(names) = draft.catalog()?.get(b"Names").cloned() else { return Ok(()) };
    let places = draft.resolve(&names).as_dict().ok().and_then(|names| draft.dict(names, b"Dests"));
    let Some(mut places) = places.map(|tree| names::map(draft, tree)) else {
        draft.catalog()?.remove(b"Names");
        return Ok(());
    };
    places.retain(|name, _| !gone.is_in(name));
    let tree = names::tree(places);
    draft.catalog()?.set("Names", dictionary! { "Dests" => tree });
    Ok(())
}

/// Whether a stream is a drawing, a picture or a pattern.
fn is_drawn(dict: &Dictionary) -> bool {
    let is = |name: &[u8]| has_name(dict, b"Subtype", name);
    is(b"Form") || is(b"Image") || dict.has_type(b"XObject") || dict.has(b"PatternType") && dict.has(b"BBox")
}

fn scrub(object: &mut Object, gone: &Gone, elsewhere: &BTreeSet<ObjectId>) {
    match object {
        Object::String(bytes, format) => {
            // Marks of languages that say it go, all of them.
            if gone.without(&strings::languages(bytes)).is_some() {
                (*bytes, *format) = encode(&strings::text(bytes));
            }
            if let Some(rest) = gone.rest(bytes) {
                (*bytes, *format) = encode(&rest);
            }
        }
        Object::Array(items) if is_palette(items) => {}
        Object::Array(items) => {
            inks(items, gone);
            items.iter_mut().for_each(|item| scrub(item, gone, elsewhere));
        }
        Object::Dictionary(dict) => scrub_dict(dict, gone, elsewhere),
        Object::Stream(stream) => {
            for key in LEFTOVERS {
                stream.dict.remove(key);
            }
            scrub_dict(&mut stream.dict, gone, elsewhere);
        }
        _ => {}
    }
}

/// The colours of a palette are no text.
fn is_palette(items: &[Object]) -> bool {
    items.first().is_some_and(|first| first.as_name().is_ok_and(|name| name == b"Indexed"))
}

/// Other names for inks that are named like what is looked for.
fn inks(items: &mut [Object], gone: &Gone) {
    let rename = |(number, ink): (usize, &mut Object)| {
        if ink.as_name().is_ok_and(|name| is_ink_of(name, gone)) {
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

fn is_ink_of(name: &[u8], gone: &Gone) -> bool {
    !INKS.contains(&name) && gone.is_in(name)
}

/// Whether an entry names something like what is looked for.
fn is_named(key: &[u8], value: &Object, gone: &Gone) -> bool {
    NAMED.contains(&key) && value.as_name().is_ok_and(|name| name != b"Off" && gone.is_in(name))
}

fn has_name(dict: &Dictionary, key: &[u8], name: &[u8]) -> bool {
    dict.get(key).and_then(Object::as_name).is_ok_and(|found| found == name)
}

fn scrub_dict(dict: &mut Dictionary, gone: &Gone, elsewhere: &BTreeSet<ObjectId>) {
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
        for key in [&b"ActualText"[..], b"Alt", b"E", b"T", b"ID"] {
            dict.remove(key);
        }
        if let Ok(attributes) = dict.get_mut(b"A") {
            silence(attributes);
        }
    }
    if dict.has_type(b"StructTreeRoot") {
        dict.remove(b"IDTree");
    }
    for key in [&b"Resources"[..], b"DR"] {
        if let Ok(Object::Dictionary(resources)) = dict.get_mut(key) {
            keep(resources, |key| RESOURCES.contains(&key));
        }
    }
    dict.as_hashmap_mut().retain(|key, value| !is_named(key, value, gone));
    for (key, value) in dict.iter_mut() {
        if !TECHNICAL.contains(&key.as_slice()) {
            scrub(value, gone, elsewhere);
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

fn references(items: &[Object]) -> impl Iterator<Item = ObjectId> {
    items.iter().filter_map(|item| item.as_reference().ok())
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
pub fn remain(draft: &Draft, gone: &Gone) -> Option<String> {
    fn has(object: &Object, gone: &Gone) -> bool {
        match object {
            Object::String(bytes, _) => gone.is_in(bytes),
            Object::Array(items) if is_palette(items) => false,
            Object::Array(items) => items.iter().any(|item| has(item, gone)),
            Object::Dictionary(dict) => of_dict(dict, gone),
            Object::Stream(stream) => of_dict(&stream.dict, gone),
            _ => false,
        }
    }
    fn of_dict(dict: &Dictionary, gone: &Gone) -> bool {
        dict.iter().any(|(key, value)| {
            !TECHNICAL.contains(&key.as_slice()) && (has(value, gone) || is_named(key, value, gone))
        })
    }
    let roles = Roles::of(draft, &BTreeSet::new());
    let place = draft.file.objects.iter().find(|(id, object)| match object {
        Object::Stream(stream) if roles.texts.contains(id) => gone.is_in_stream(stream),
        object => !roles.palettes.contains(id) && has(object, gone),
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
