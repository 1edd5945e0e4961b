//! The objects of a file that hayro has read, as lopdf's.

use hayro::hayro_syntax::object::{Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};
use hayro::hayro_syntax::xref::XRef;
use lopdf::{Dictionary, ObjectId, StringFormat};
use std::collections::BTreeMap;

/// What pages take from the nodes of the tree above them.
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];

/// Most nodes above a page.
const MAX_HEIGHT: usize = 64;

/// Copies what can be reached from the objects that it is asked for.
pub struct Copier<'a> {
    xref: &'a XRef,
    /// What was copied.
    pub objects: BTreeMap<ObjectId, lopdf::Object>,
    queue: Vec<ObjectId>,
}

impl<'a> Copier<'a> {
    /// A copier that has copied nothing.
    pub fn new(xref: &'a XRef) -> Self {
        Self { xref, objects: BTreeMap::new(), queue: Vec::new() }
    }

    /// An object's own copy; what it refers to is copied by [`finish`](Self::finish).
    pub fn object(&mut self, object: &Object<'a>) -> lopdf::Object {
        match object {
            Object::Null(_) => lopdf::Object::Null,
            Object::Boolean(value) => (*value).into(),
            Object::Number(number) => {
                let (value, whole) = (number.as_f64(), number.as_i64());
                if value == whole as f64 { whole.into() } else { lopdf::Object::Real(value as f32) }
            }
            Object::String(text) => lopdf::Object::String(text.as_bytes().to_vec(), format(text.as_bytes())),
            Object::Name(name) => lopdf::Object::Name(name.to_vec()),
            Object::Dict(dict) => self.dict(dict).into(),
            Object::Array(array) => array.raw_iter().map(|item| self.item(item)).collect::<Vec<_>>().into(),
            Object::Stream(stream) => self.stream(stream).into(),
        }
    }

    /// A dictionary's own copy.
    pub fn dict(&mut self, dict: &Dict<'a>) -> Dictionary {
        dict.entries().map(|(key, item)| (key.to_vec(), self.item(item))).collect()
    }

    /// A page's own copy, with what it takes from the nodes above it, and no way up to them.
    pub fn page(&mut self, page: &Dict<'a>) -> Dictionary {
        let mut above = page.get::<Dict<'_>>("Parent");
        let mut copy: Dictionary = page
            .entries()
            .filter(|(key, _)| &**key != b"Parent")
            .map(|(key, item)| (key.to_vec(), self.item(item)))
            .collect();
        for _ in 0..MAX_HEIGHT {
            let Some(node) = above else { break };
            for key in INHERITED {
                if !copy.has(key)
                    && let Some(item) = node.get_raw::<Object<'_>>(key)
                {
                    copy.set(key, self.item(item));
                }
            }
            above = node.get("Parent");
        }
        copy.set("Type", lopdf::Object::Name(b"Page".to_vec()));
        copy
    }

    /// A page that nothing is wanted of.
    pub fn stub() -> Dictionary {
        Dictionary::from_iter([("Type", lopdf::Object::Name(b"Page".to_vec()))])
    }

    /// Copy all that the copies refer to. What is missing in the file is null.
    pub fn finish(mut self) -> BTreeMap<ObjectId, lopdf::Object> {
        while let Some(id) = self.queue.pop() {
            if self.objects.contains_key(&id) {
                continue;
            }
            let found = self.xref.get::<Object<'_>>(ObjectIdentifier::new(id.0, id.1.into()));
            let copy = match found {
                // The tree of pages is made anew.
                Some(Object::Dict(dict)) if is_node(&dict) => lopdf::Object::Null,
                Some(object) => self.object(&object),
                None => lopdf::Object::Null,
            };
            self.objects.insert(id, copy);
        }
        self.objects
    }

    fn item(&mut self, item: MaybeRef<Object<'a>>) -> lopdf::Object {
        match item {
            MaybeRef::NotRef(object) => self.object(&object),
            MaybeRef::Ref(reference) => match u16::try_from(reference.gen_number) {
                Ok(generation) => {
                    let id = (reference.obj_number, generation);
                    self.queue.push(id);
                    lopdf::Object::Reference(id)
                }
                Err(_) => lopdf::Object::Null,
            },
        }
    }

    /// A stream as it is packed, decrypted.
    fn stream(&mut self, stream: &Stream<'a>) -> lopdf::Stream {
        // This says how long it is now: encryption may have made it longer.
        lopdf::Stream::new(self.dict(stream.dict()), stream.raw_data().into_owned())
    }
}

fn is_node(dict: &Dict<'_>) -> bool {
    dict.get::<Name<'_>>("Type").is_some_and(|name| &*name == b"Pages")
}

fn format(text: &[u8]) -> StringFormat {
    let plain = text.iter().all(|byte| (32..127).contains(byte) || byte.is_ascii_whitespace());
    if plain { StringFormat::Literal } else { StringFormat::Hexadecimal }
}

/// The identifier of one of hayro's objects; none if it cannot be one.
pub fn id(of: ObjectIdentifier) -> Option<ObjectId> {
    Some((of.obj_number, u16::try_from(of.gen_number).ok()?))
}
