//! The data of streams, where it is sure what they are.

use crate::edit::copy;
use hayro::hayro_syntax::object::{Object, Stream};
use lopdf::ObjectId;
use std::borrow::Cow;

/// More bytes than nothing is packed to.
const NOTHING: usize = 32;

/// What a stream unpacks to; none if that is not sure.
pub fn decoded<'a>(stream: &Stream<'a>) -> Option<Cow<'a, [u8]>> {
    if !is_known(stream) {
        return None;
    }
    let data = stream.decoded_data().ok()?;
    (!data.is_empty() || stream.raw_data().len() <= NOTHING).then_some(data)
}

/// Whether all of a stream's filters are known, and stand where all readers look for them: the
/// short names of their keys are for pictures within content alone, and mean files elsewhere.
pub fn is_known(stream: &Stream<'_>) -> bool {
    let dict = stream.dict();
    let key = match (id(stream), dict.contains_key("F")) {
        (Some(_), true) => return false,
        (None, true) if dict.contains_key("Filter") => return false,
        (None, true) => "F",
        (_, false) => "Filter",
    };
    let named = match dict.get::<Object<'_>>(key) {
        None => usize::from(dict.contains_key(key)),
        Some(Object::Null(_)) => 0,
        Some(Object::Name(_)) => 1,
        Some(Object::Array(filters)) => filters.raw_iter().count(),
        Some(_) => return false,
    };
    named == stream.filters().len()
}

/// A stream's identifier; pictures within content have none.
pub fn id(stream: &Stream<'_>) -> Option<ObjectId> {
    copy::id(stream.obj_id()).filter(|id| id.0 != 0)
}
