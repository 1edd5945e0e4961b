//! Making files smaller: what is there twice is kept once, what is not packed is packed, and pictures with more
//! pixels than they are drawn with lose them. What nothing refers to is not written anyway.

use super::content;
use super::draft::{Draft, damaged};
use super::look::visit;
use super::{images, jpeg};
use crate::args;
use crate::error::Result;
use crate::limits::MAX_CONTENT_BYTES;
use crate::wit;
use lopdf::{Dictionary, Object, ObjectId, Stream, Writer};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// Filters that anything can be packed with, and worse than with Flate.
const OUTDATED: [&[u8]; 4] = [b"ASCIIHexDecode", b"ASCII85Decode", b"LZWDecode", b"RunLengthDecode"];
/// Dictionaries that mean the same wherever they are referred to.
const VALUES: [&[u8]; 5] = [b"Font", b"FontDescriptor", b"Encoding", b"ExtGState", b"Pattern"];
/// Most rounds of merging: each may make equal what refers to what was merged.
const ROUNDS: usize = 8;

/// Apply the step.
pub fn compress(draft: &mut Draft, step: wit::Compress) -> Result<()> {
    let args::Compress { dpi, quality } = step.try_into()?;
    if dpi > 0.0 {
        images::shrink(draft, dpi, quality as u8)?;
    }
    let streams: Vec<ObjectId> =
        draft.file.objects.iter().filter(|(_, object)| object.as_stream().is_ok()).map(|(id, _)| *id).collect();
    for id in streams {
        if let Some(packed) = packed(draft, id) {
            draft.file.objects.insert(id, packed.into());
        }
    }
    merge(draft)
}

/// A stream, packed better than it is; none if it cannot be.
fn packed(draft: &Draft, id: ObjectId) -> Option<Stream> {
    let stream = draft.file.objects.get(&id)?.as_stream().ok()?;
    let mut copy = stream.clone();
    jpeg::remove_metadata(&mut copy);
    let filters = match draft.get(&stream.dict, b"Filter") {
        Object::Null => Vec::new(),
        Object::Name(name) => vec![name.as_slice()],
        Object::Array(names) => {
            names.iter().map(|name| draft.resolve(name).as_name()).collect::<lopdf::Result<_>>().ok()?
        }
        _ => return None,
    };
    // Metadata is plain for programs that look for it without reading PDF; a file elsewhere stays there.
    let stays = stream.dict.has_type(b"Metadata") || stream.dict.has(b"F");
    if !stays && filters.iter().all(|filter| OUTDATED.contains(filter)) {
        let plain = content::unpack(draft, stream, MAX_CONTENT_BYTES).ok()?;
        for key in [&b"Filter"[..], b"DecodeParms"] {
            copy.dict.remove(key);
        }
        copy.set_content(plain);
        copy.compress().ok()?;
    }
    (copy.content.len() < stream.content.len()).then_some(copy)
}

/// Keep once what is there twice.
fn merge(draft: &mut Draft) -> Result<()> {
    let pages: BTreeSet<ObjectId> = draft.pages.iter().copied().collect();
    for _ in 0..ROUNDS {
        let mut first: BTreeMap<[u8; 32], ObjectId> = BTreeMap::new();
        let mut same: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
        for (id, object) in &draft.file.objects {
            if pages.contains(id) || !is_value(object) {
                continue;
            }
            let key = fingerprint(object)?;
            match first.get(&key) {
                Some(kept) => drop(same.insert(*id, *kept)),
                None => drop(first.insert(key, *id)),
            }
        }
        if same.is_empty() {
            break;
        }
        draft.file.objects.retain(|id, _| !same.contains_key(id));
        for object in draft.file.objects.values_mut() {
            visit(object, &mut |object| {
                if let Object::Reference(id) = object
                    && let Some(kept) = same.get(id)
                {
                    *id = *kept;
                }
            });
        }
    }
    Ok(())
}

/// Whether an object is what it says, and not which one it is.
fn is_value(object: &Object) -> bool {
    match object {
        Object::Stream(stream) => !stream.dict.has(b"StructParent") && !stream.dict.has(b"StructParents"),
        Object::Dictionary(dict) => dict.get_type().is_ok_and(|kind| VALUES.contains(&kind)),
        Object::Array(items) => {
            items.iter().all(|item| matches!(item, Object::Integer(_) | Object::Real(_) | Object::Name(_)))
        }
        _ => false,
    }
}

fn fingerprint(object: &Object) -> Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut bytes = Vec::new();
    let (object, content) = match object {
        Object::Stream(stream) => (sorted(&stream.dict).into(), stream.content.as_slice()),
        Object::Dictionary(dict) => (sorted(dict).into(), &[][..]),
        object => (object.clone(), &[][..]),
    };
    Writer::write_object(&mut bytes, &object).map_err(|error| damaged(error.into()))?;
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(&bytes);
    hash.update(content);
    Ok(hash.finalize().into())
}

/// A dictionary by the order of its keys, without what a writer adds.
fn sorted(dict: &Dictionary) -> Dictionary {
    let entries: BTreeMap<_, _> = dict.iter().filter(|(key, _)| *key != b"Length").collect();
    entries.into_iter().map(|(key, item)| (key.clone(), item.clone())).collect()
}
