//! Reading in a draft: what is behind references, and walks that change.

use super::draft::Draft;
use hayro::kurbo::Rect;
use lopdf::{Dictionary, Object, ObjectId};

impl Draft {
    /// An entry of a dictionary, or what it refers to; null if there is none.
    pub fn get<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> &'a Object {
        dict.get(key).map_or(&Object::Null, |object| self.resolve(object))
    }

    /// A dictionary in a dictionary.
    pub fn dict<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
        self.get(dict, key).as_dict().ok()
    }

    /// An array in a dictionary; empty if there is none.
    pub fn list<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> &'a [Object] {
        self.get(dict, key).as_array().map_or(&[], Vec::as_slice)
    }

    /// A name in a dictionary.
    pub fn name<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
        self.get(dict, key).as_name().ok()
    }

    /// A whole number in a dictionary.
    pub fn integer(&self, dict: &Dictionary, key: &[u8]) -> Option<i64> {
        self.get(dict, key).as_i64().ok()
    }

    /// The numbers of a list, without what is none.
    pub fn reals(&self, list: &[Object]) -> Vec<f32> {
        list.iter().filter_map(|item| self.resolve(item).as_float().ok()).filter(|number| number.is_finite()).collect()
    }

    /// The numbers that an array begins with, none of them beyond what pages have; none if there are fewer.
    pub fn floats<const N: usize>(&self, array: &Object) -> Option<[f64; N]> {
        let start = array.as_array().ok()?.get(..N)?;
        let numbers = self.reals(start).try_into().ok()?;
        Some(<[f32; N]>::map(numbers, |number| f64::from(number).clamp(-1e6, 1e6)))
    }

    /// A rectangle: two corners of it.
    pub fn rect(&self, array: &Object) -> Option<Rect> {
        let [x0, y0, x1, y1] = self.floats(array)?;
        Some(Rect::new(x0, y0, x1, y1).abs())
    }

    /// The dictionary of an object, of a stream too.
    pub fn object<'a>(&'a self, object: &'a Object) -> Option<&'a Dictionary> {
        match self.resolve(object) {
            Object::Dictionary(dict) => Some(dict),
            Object::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    /// An entry of the catalogue, or what it refers to; null if there is none.
    pub fn root(&self, key: &[u8]) -> &Object {
        self.file.catalog().map_or(&Object::Null, |catalog| self.get(catalog, key))
    }

    /// A dictionary of the catalogue.
    pub fn root_dict(&self, key: &[u8]) -> Option<&Dictionary> {
        self.root(key).as_dict().ok()
    }

    /// Change a dictionary that is an object of its own; of what is something else nothing is changed.
    pub fn change(&mut self, id: ObjectId, change: impl FnOnce(&mut Dictionary)) {
        match self.file.objects.get_mut(&id) {
            Some(Object::Dictionary(dict)) => change(dict),
            Some(Object::Stream(stream)) => change(&mut stream.dict),
            _ => {}
        }
    }

    /// Change every dictionary of the objects whose numbers are above this; told is the number of the object.
    pub fn change_all(&mut self, after: u32, mut change: impl FnMut(u32, &mut Dictionary)) {
        for (id, object) in self.file.objects.iter_mut().filter(|(id, _)| id.0 > after) {
            visit(object, &mut |object| match object {
                Object::Dictionary(dict) => change(id.0, dict),
                Object::Stream(stream) => change(id.0, &mut stream.dict),
                _ => {}
            });
        }
    }
}

/// Do something to an object and to all within it. How deep those nest is bounded by the parser.
pub fn visit(object: &mut Object, change: &mut impl FnMut(&mut Object)) {
    change(object);
    match object {
        Object::Array(items) => items.iter_mut().for_each(|item| visit(item, change)),
        Object::Dictionary(dict) => dict.iter_mut().for_each(|(_, item)| visit(item, change)),
        Object::Stream(stream) => stream.dict.iter_mut().for_each(|(_, item)| visit(item, change)),
        _ => {}
    }
}

/// The references in a list.
pub fn references(list: &[Object]) -> impl Iterator<Item = ObjectId> + '_ {
    list.iter().filter_map(|item| item.as_reference().ok())
}
