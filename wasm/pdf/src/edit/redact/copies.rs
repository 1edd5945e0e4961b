//! Copies of what was on pages, elsewhere in the file.

use super::walk::Walker;
use crate::edit::draft::Draft;
use crate::error::Result;
use crate::strings;
use crate::text::search::Query;
use lopdf::{Dictionary, Object, ObjectId, StringFormat};
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
    let kept =
        catalog.iter().filter(|(key, _)| CATALOG.contains(&key.as_slice()) || CATALOG_MORE.contains(&key.as_slice()));
    *catalog = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
    names(draft)?;
    let elsewhere: BTreeSet<ObjectId> = draft.pages.iter().filter(|id| !pages.contains(id)).copied().collect();
    let drawn = draft.file.objects.iter().filter_map(|(id, object)| {
        let stream = object.as_stream().ok()?;
        is_drawn(&stream.dict).then_some(id)
    });
    let gone: BTreeSet<ObjectId> =
        drawn.chain(&walker.replaced).filter(|id| !walker.used.contains(id)).copied().collect();
    draft.forget(&gone);
    for object in draft.file.objects.values_mut() {
        scrub(object, queries, &elsewhere);
    }
    Ok(gone)
}

/// Of the trees of names, keep that of places; destinations that are named like what is looked for go.
fn names(draft: &mut Draft) -> Result<()> {
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
    let is = |name: &[u8]| dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|found| found == name);
    is(b"Form") || is(b"Image") || dict.has_type(b"XObject") || dict.has(b"PatternType") && dict.has(b"BBox")
}

fn scrub(object: &mut Object, queries: &[Query], elsewhere: &BTreeSet<ObjectId>) {
    match object {
        Object::String(bytes, format) if is_text(bytes) => {
            let text = strings::text(bytes);
            if let Some(rest) = queries.iter().fold(None, |rest: Option<String>, query| {
                let replaced = query.replaced(rest.as_deref().unwrap_or(&text), MARK);
                replaced.or(rest)
            }) {
                (*bytes, *format) = encode(&rest);
            }
        }
        Object::Array(items) => {
            // The colours of a palette are no text.
            let is_palette = items.first().is_some_and(|first| first.as_name().is_ok_and(|name| name == b"Indexed"));
            if !is_palette {
                items.iter_mut().for_each(|item| scrub(item, queries, elsewhere));
            }
        }
        Object::Dictionary(dict) => scrub_dict(dict, queries, elsewhere),
        Object::Stream(stream) => scrub_dict(&mut stream.dict, queries, elsewhere),
        _ => {}
    }
}

/// Whether a string is one to read: palettes, checksums and the like have other bytes too.
fn is_text(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xfe\xff")
        || bytes.starts_with(b"\xff\xfe")
        || !bytes.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace())
}

fn scrub_dict(dict: &mut Dictionary, queries: &[Query], elsewhere: &BTreeSet<ObjectId>) {
    let is = |key: &[u8], name: &[u8]| dict.get(key).and_then(Object::as_name).is_ok_and(|found| found == name);
    if [&b"Font"[..], b"FontDescriptor", b"OutputIntent"].iter().any(|kind| is(b"Type", kind)) {
        dict.remove(b"Metadata");
        return;
    }
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
    for (key, value) in dict.iter_mut() {
        if !TECHNICAL.contains(&key.as_slice()) {
            scrub(value, queries, elsewhere);
        }
    }
}

/// Whether this is an element of the structure with texts of its own.
fn is_element(dict: &Dictionary) -> bool {
    dict.has(b"S") && (dict.has(b"K") || dict.has(b"P")) && !dict.has(b"FT") && !dict.has(b"Subtype")
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

/// Whether any text outside of pages still has what is looked for.
pub fn remain(draft: &Draft, queries: &[Query]) -> bool {
    fn has(object: &Object, queries: &[Query]) -> bool {
        match object {
            Object::String(bytes, _) if is_text(bytes) => {
                let text = strings::text(bytes);
                text != MARK && queries.iter().any(|query| query.is_in(&text.replace(MARK, "")))
            }
            Object::Array(items) => {
                let is_palette =
                    items.first().is_some_and(|first| first.as_name().is_ok_and(|name| name == b"Indexed"));
                !is_palette && items.iter().any(|item| has(item, queries))
            }
            Object::Dictionary(dict) => of_dict(dict, queries),
            Object::Stream(stream) => of_dict(&stream.dict, queries),
            _ => false,
        }
    }
    fn of_dict(dict: &Dictionary, queries: &[Query]) -> bool {
        let is_technical = [&b"Font"[..], b"FontDescriptor", b"OutputIntent"].iter().any(|kind| dict.has_type(kind));
        !is_technical && dict.iter().any(|(key, value)| !TECHNICAL.contains(&key.as_slice()) && has(value, queries))
    }
    draft.file.objects.values().any(|object| has(object, queries))
}
