//! Taking out what readers do not see: notes, files, scripts, and what a file says of itself.

use super::draft::Draft;
use super::look::visit;
use super::{forms, jpeg};
use crate::args;
use crate::error::Result;
use crate::wit;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::BTreeSet;

/// Kinds of actions that run scripts, or reach out of the document without being asked for an address.
const ACTIONS: [&[u8]; 8] =
    [b"JavaScript", b"Launch", b"SubmitForm", b"ImportData", b"GoToR", b"GoToE", b"Rendition", b"RichMediaExecute"];

/// Apply the step.
pub fn clean(draft: &mut Draft, step: wit::Clean) -> Result<()> {
    let args::Clean { annotations, attachments, scripts, metadata } = step.try_into()?;
    remove_annotations(draft, |kind| annotations && kind != b"Widget" || attachments && kind == b"FileAttachment")?;
    if attachments {
        remove_attachments(draft)?;
    }
    if scripts {
        remove_scripts(draft)?;
    }
    if metadata {
        remove_metadata(draft)?;
    }
    Ok(())
}

fn remove_annotations(draft: &mut Draft, goes: impl Fn(&[u8]) -> bool) -> Result<()> {
    let mut gone = BTreeSet::new();
    for page in draft.pages.clone() {
        let mut dict = draft.page(page)?.clone();
        let mut kept: Vec<Object> = Vec::new();
        for id in forms::own_objects(draft, &mut dict, b"Annots") {
            let kind = draft.file.get_dictionary(id).ok().and_then(|dict| draft.name(dict, b"Subtype"));
            if goes(kind.unwrap_or_default()) {
                gone.insert(id);
            } else {
                kept.push(Object::Reference(id));
            }
        }
        dict.remove(b"Annots");
        if !kept.is_empty() {
            dict.set("Annots", kept);
        }
        *draft.page(page)? = dict;
    }
    draft.forget(&gone);
    Ok(())
}

/// Take a tree out of the catalogue's names.
fn remove_names(draft: &mut Draft, key: &[u8]) -> Result<()> {
    if let Some(mut names) = draft.root_dict(b"Names").cloned() {
        names.remove(key);
        draft.catalog()?.set("Names", names);
    }
    Ok(())
}

fn remove_attachments(draft: &mut Draft) -> Result<()> {
    remove_names(draft, b"EmbeddedFiles")?;
    // How a portfolio shows its files.
    draft.catalog()?.remove(b"Collection");
    every_dict(draft, |dict| {
        dict.remove(b"AF");
        if dict.has(b"EF") {
            dict.remove(b"EF");
            dict.remove(b"RF");
        }
    });
    Ok(())
}

fn remove_scripts(draft: &mut Draft) -> Result<()> {
    remove_names(draft, b"JavaScript")?;
    if let Some(mut form) = draft.root_dict(b"AcroForm").cloned() {
        form.remove(b"XFA");
        draft.set_form(form);
    }
    // What happens when a document is opened may be a place in it.
    let opens = match draft.root(b"OpenAction") {
        Object::Dictionary(action) => draft.name(action, b"S") == Some(b"GoTo"),
        Object::Array(_) => true,
        _ => false,
    };
    if !opens {
        draft.catalog()?.remove(b"OpenAction");
    }
    let is_one = |object: &Object| match object {
        Object::Dictionary(dict) => dict.get(b"S").and_then(Object::as_name).is_ok_and(|kind| ACTIONS.contains(&kind)),
        _ => false,
    };
    let found: BTreeSet<ObjectId> =
        draft.file.objects.iter().filter(|(_, object)| is_one(object)).map(|(id, _)| *id).collect();
    let goes = |object: &Object| object.as_reference().map_or_else(|_| is_one(object), |id| found.contains(&id));
    for object in draft.file.objects.values_mut() {
        visit(object, &mut |object| match object {
            Object::Array(items) => items.retain(|item| !goes(item)),
            Object::Dictionary(dict) => remove_actions(dict, &goes),
            Object::Stream(stream) => remove_actions(&mut stream.dict, &goes),
            _ => {}
        });
    }
    draft.file.objects.retain(|id, _| !found.contains(id));
    Ok(())
}

fn remove_actions(dict: &mut Dictionary, goes: &impl Fn(&Object) -> bool) {
    dict.as_hashmap_mut().retain(|_, item| !goes(item));
    // What happens of itself. Resources have names of their own, which may be the same.
    let is_action = [
        &b"E"[..],
        b"X",
        b"D",
        b"U",
        b"Fo",
        b"Bl",
        b"PO",
        b"PC",
        b"PV",
        b"PI",
        b"O",
        b"C",
        b"K",
        b"F",
        b"V",
        b"WC",
        b"WS",
        b"DS",
        b"WP",
        b"DP",
    ];
    let happens = match dict.get(b"AA") {
        Ok(Object::Dictionary(all)) => all.iter().all(|(key, _)| is_action.contains(&key.as_slice())),
        Ok(_) => [&b"Type"[..], b"Subtype", b"FT", b"T", b"Rect", b"MediaBox"].iter().any(|key| dict.has(key)),
        Err(_) => false,
    };
    if happens {
        dict.remove(b"AA");
    }
}

fn remove_metadata(draft: &mut Draft) -> Result<()> {
    draft.file.trailer.remove(b"Info");
    draft.catalog()?.remove(b"SpiderInfo");
    let is_packet = |object: &Object| match object {
        Object::Stream(stream) => {
            stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"XML")
        }
        _ => false,
    };
    let packets: BTreeSet<ObjectId> =
        draft.file.objects.iter().filter(|(_, object)| is_packet(object)).map(|(id, _)| *id).collect();
    for page in draft.pages.clone() {
        draft.page(page)?.remove(b"Thumb");
    }
    every_dict(draft, |dict| {
        if dict.get(b"Metadata").and_then(Object::as_reference).is_ok_and(|id| packets.contains(&id)) {
            dict.remove(b"Metadata");
        }
        dict.remove(b"PieceInfo");
        dict.remove(b"LastModified");
        // TeX tells the names of files here.
        dict.as_hashmap_mut().retain(|key, _| !key.starts_with(b"PTEX."));
    });
    for object in draft.file.objects.values_mut() {
        if let Object::Stream(stream) = object {
            jpeg::remove_metadata(stream);
        }
    }
    Ok(())
}

/// Change every dictionary.
fn every_dict(draft: &mut Draft, mut change: impl FnMut(&mut Dictionary)) {
    draft.change_all(0, |_, dict| change(dict));
}
