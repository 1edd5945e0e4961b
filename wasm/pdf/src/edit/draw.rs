//! Drawing on pages, over what is there or under it.

use super::content::{self, Balance};
use super::draft::{Draft, damaged};
use crate::error::Result;
use lopdf::{Dictionary, Object, ObjectId};

impl Draft {
    /// Put a drawing on a page, or under what is on it. It finds the page's own coordinates, and a graphics state as it
    /// is at first; what it changes of that, it restores.
    pub fn draw(&mut self, page: ObjectId, drawn: String, under: bool) -> Result<()> {
        let before = self.contents(page);
        if under {
            let drawn = self.file.add_object(content::stream(drawn.into_bytes()));
            return self.set_contents(page, [vec![drawn], before].concat());
        }
        let unpacked = self.content(page);
        let balance = Balance::of(&unpacked);
        let end = format!("{}Q\n{drawn}", balance.close()).into_bytes();
        if !balance.is_broken() {
            let start = self.file.add_object(content::stream(b"q\n".to_vec()));
            let end = self.file.add_object(content::stream(end));
            return self.set_contents(page, [vec![start], before, vec![end]].concat());
        }
        // What restores too often would restore what is saved around it; what has no end would swallow it.
        let all = [b"q\n".to_vec(), balance.mend(unpacked), end].concat();
        let all = self.file.add_object(content::stream(all));
        self.set_contents(page, vec![all])
    }

    fn set_contents(&mut self, page: ObjectId, streams: Vec<ObjectId>) -> Result<()> {
        let streams: Vec<Object> = streams.into_iter().map(Object::Reference).collect();
        self.page(page)?.set("Contents", streams);
        Ok(())
    }

    /// Give a page resources of these kinds; the names under which it has them. Pages share their resources: the page
    /// gets its own.
    pub fn add_resources(&mut self, page: ObjectId, uses: &[(&str, ObjectId)]) -> Result<Vec<String>> {
        let dict = self.page(page)?.clone();
        let mut resources = self.dict(&dict, b"Resources").cloned().unwrap_or_default();
        let mut names = Vec::new();
        for (kind, id) in uses {
            if !matches!(resources.get(kind.as_bytes()), Ok(Object::Dictionary(_))) {
                let shared: Dictionary = self.dict(&resources, kind.as_bytes()).cloned().unwrap_or_default();
                resources.set(*kind, shared);
            }
            let of_kind = resources.get_mut(kind.as_bytes()).and_then(Object::as_dict_mut).map_err(damaged)?;
            let mut free = (of_kind.len()..).map(|number| format!("Own{number}"));
            let name = free.find(|name| !of_kind.has(name.as_bytes())).unwrap_or_default();
            of_kind.set(name.as_str(), *id);
            names.push(name);
        }
        self.page(page)?.set("Resources", resources);
        Ok(names)
    }
}
