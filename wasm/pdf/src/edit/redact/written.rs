//! What draws something, written anew.

use super::marks::Mark;
use crate::edit::copy::Copier;
use hayro::hayro_syntax::object::{self, Dict, MaybeRef};
use hayro::hayro_syntax::xref::XRef;
use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Object, ObjectId, dictionary};

/// What draws something, written anew; nothing but its marks where nothing is to be written.
#[derive(Default)]
pub struct Written {
    /// Whether it is to be written.
    pub writes: bool,
    /// What draws it.
    pub operations: Vec<Operation>,
    /// What that refers to.
    pub resources: Dictionary,
    /// Whether anything went.
    pub is_changed: bool,
    /// The marks that are open.
    pub marks: Vec<Mark>,
}

impl Written {
    /// Write an operation.
    pub fn push(&mut self, operator: &str, operands: Vec<Object>) {
        if self.writes {
            self.operations.push(Operation::new(operator, operands));
        }
    }

    /// Take note that something went here.
    pub fn change(&mut self) {
        self.is_changed = true;
        if let Some(mark) = self.marks.last_mut() {
            mark.is_cut = true;
        }
    }

    /// Refer to what a name means too.
    pub fn keep<'a>(&mut self, xref: &'a XRef, kind: &str, from: &Dict<'a>, name: &[u8]) {
        if !self.writes {
            return;
        }
        let object = match from.get_raw::<object::Object<'a>>(name) {
            Some(MaybeRef::Ref(reference)) => match u16::try_from(reference.gen_number) {
                Ok(generation) => Object::Reference((reference.obj_number, generation)),
                Err(_) => return,
            },
            Some(MaybeRef::NotRef(object)) => Copier::new(xref).object(&object),
            None => return,
        };
        self.set(kind, name.to_vec(), object);
    }

    /// Draw a made object.
    pub fn draw(&mut self, made: ObjectId) {
        let name = format!("Rdct{}", made.0).into_bytes();
        self.set("XObject", name.clone(), Object::Reference(made));
        self.push("Do", vec![Object::Name(name)]);
    }

    fn set(&mut self, kind: &str, name: Vec<u8>, object: Object) {
        if !self.resources.has(kind.as_bytes()) {
            self.resources.set(kind, dictionary! {});
        }
        if let Ok(Object::Dictionary(dict)) = self.resources.get_mut(kind.as_bytes()) {
            dict.set(name, object);
        }
    }
}

/// Content as a stream's data.
pub fn encode(operations: Vec<Operation>) -> Vec<u8> {
    Content { operations }.encode().unwrap_or_default()
}

/// A stream that is packed.
pub fn packed(dict: Dictionary, content: Vec<u8>) -> lopdf::Stream {
    let mut stream = lopdf::Stream::new(dict, content);
    // It may not get smaller; then it stays as it is.
    let _ = stream.compress();
    stream
}
