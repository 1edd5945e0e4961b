//! A document that is being changed: lopdf's objects, and which of them are the pages.

use super::copy::{self, Copier};
use super::pages::A4;
use super::signatures;
use super::write::numbers;
use crate::document::Document;
use crate::error::{Error, Result, malformed, too_much};
use crate::fonts::Fonts;
use crate::limits::MAX_OBJECT_NUMBER;
use crate::{describe, pages, trailer, wit};
use hayro::hayro_syntax::object::Dict;
use lopdf::{Dictionary, Object, ObjectId, dictionary};
use std::collections::BTreeSet;

/// A document that is being changed.
///
/// `file` has a trailer with `Root` and, if the source has one, `Info`; but no tree of pages: a page
/// is an object in `pages`, has all its attributes itself and no `Parent`. What a step leaves
/// without a reference is not written, so steps need not delete objects; references to pages that
/// are not in `pages` any more are written as null.
pub struct Draft {
    /// The objects.
    pub file: lopdf::Document,
    /// The pages, in their order. None is there twice.
    pub pages: Vec<ObjectId>,
    /// What redact did.
    pub redactions: Vec<wit::RedactionReport>,
    /// The fonts that the host gave for those that are not in the file.
    pub fonts: Fonts,
}

impl Draft {
    /// A copy of an open document.
    pub fn of(document: &Document) -> Result<Self> {
        Self::copy(document, |_| true)
    }

    /// A copy of an open document of which these pages will be kept alone: others are there, but empty.
    /// To take one page out of a book, the book need not be copied.
    pub fn with(document: &Document, pages: &[u32]) -> Result<Self> {
        let wanted: BTreeSet<u32> = pages.iter().copied().collect();
        Self::copy(document, |number| wanted.contains(&number))
    }

    fn copy(document: &Document, is_wanted: impl Fn(u32) -> bool) -> Result<Self> {
        let pdf = document.pdf();
        let xref = pdf.xref();
        let mut file = lopdf::Document::with_version(version(pdf.version()));
        let mut copier = Copier::new(xref);

        let root: Dict<'_> = xref.get(xref.root_id()).ok_or_else(|| malformed("the file has no catalogue"))?;
        let mut catalog = copier.dict(&root);
        catalog.remove(b"Pages");
        let info = trailer::info(pdf).map(|dict| copier.dict(&dict));

        let mut pages = Vec::new();
        let mut unnamed = Vec::new();
        for (number, page) in (1..).zip(pdf.pages().iter()) {
            let copy = if is_wanted(number) { copier.page(page.raw()) } else { Copier::stub() };
            // A page that stands in its parent, or stands there twice, gets a number below.
            match page.raw().obj_id().and_then(copy::id).filter(|id| !copier.objects.contains_key(id)) {
                Some(id) => {
                    copier.objects.insert(id, copy.into());
                    pages.push(id);
                }
                None => {
                    unnamed.push((pages.len(), copy));
                    pages.push((0, 0));
                }
            }
        }
        file.objects = copier.finish();
        file.max_id = file.objects.keys().map(|id| id.0).max().unwrap_or(0);
        if file.max_id > MAX_OBJECT_NUMBER {
            let number = file.max_id;
            return Err(too_much(format!(
                "the file numbers an object {number}; {MAX_OBJECT_NUMBER} is the highest allowed"
            )));
        }
        for (index, page) in unnamed {
            pages[index] = file.add_object(page);
        }
        let root = file.add_object(catalog);
        file.trailer.set("Root", root);
        if let Some(info) = info {
            let info = file.add_object(info);
            file.trailer.set("Info", info);
        }
        let mut draft = Self { file, pages, redactions: Vec::new(), fonts: document.given_fonts() };
        signatures::forget(&mut draft);
        Ok(draft)
    }

    /// The draft as a document to read from, without ending it.
    pub fn seen(&self) -> Result<Document> {
        self.copied().made()?.read()
    }

    /// The same again, but for what redact did.
    pub fn copied(&self) -> Self {
        Self { file: self.file.clone(), pages: self.pages.clone(), redactions: Vec::new(), fonts: self.fonts.clone() }
    }

    /// The numbers of the pages that an option names, counted from 1.
    pub fn numbers(&self, option: Option<&str>) -> Result<Vec<u32>> {
        pages::numbers(option, self.pages.len() as u32)
    }

    /// The pages that an option names.
    pub fn named(&self, option: Option<&str>) -> Result<Vec<ObjectId>> {
        Ok(self.numbers(option)?.into_iter().map(|number| self.pages[number as usize - 1]).collect())
    }

    /// The catalogue: the root of all objects.
    pub fn catalog(&mut self) -> Result<&mut Dictionary> {
        self.file.catalog_mut().map_err(damaged)
    }

    /// A page's dictionary.
    pub fn page(&mut self, id: ObjectId) -> Result<&mut Dictionary> {
        self.file.get_dictionary_mut(id).map_err(damaged)
    }

    /// The object behind a reference, or the object itself; null if the reference leads nowhere.
    pub fn resolve<'a>(&'a self, object: &'a Object) -> &'a Object {
        self.file.dereference(object).map_or(&Object::Null, |(_, object)| object)
    }

    /// Make the tree of pages, and let go of what nothing refers to.
    pub fn finish(mut self) -> Result<lopdf::Document> {
        let tree = self.file.new_object_id();
        let kids: Vec<Object> = self.pages.iter().map(|id| Object::Reference(*id)).collect();
        for id in self.pages.clone() {
            self.mend(id)?;
            self.page(id)?.set("Parent", tree);
        }
        let count = kids.len() as i64;
        self.file.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
        self.catalog()?.set("Pages", tree);
        self.catalog()?.set("Type", Object::Name(b"Catalog".to_vec()));
        self.forget_pages();
        self.file.prune_objects();
        Ok(self.file)
    }

    /// Give a page what it must have, and take what is no such thing.
    fn mend(&mut self, id: ObjectId) -> Result<()> {
        let page = self.page(id)?.clone();
        if self.dict(&page, b"Resources").is_none() {
            self.page(id)?.set("Resources", Dictionary::new());
        }
        let is_box = |key: &[u8]| {
            let sides = self.list(&page, key).iter().map(|side| self.resolve(side).as_float());
            sides.clone().count() == 4 && sides.flatten().filter(|side| side.is_finite()).count() == 4
        };
        let boxes = [b"MediaBox".as_slice(), b"CropBox", b"BleedBox", b"TrimBox", b"ArtBox"];
        let bad: Vec<&[u8]> = boxes.into_iter().filter(|key| page.has(key) && !is_box(key)).collect();
        let contents = self.get(&page, b"Contents");
        let draws = matches!(contents, Object::Array(_) | Object::Stream(_));
        let has_list = matches!(self.get(&page, b"Annots"), Object::Array(_));
        for key in bad {
            self.page(id)?.remove(key);
        }
        if !draws {
            self.page(id)?.remove(b"Contents");
        }
        if !has_list {
            self.page(id)?.remove(b"Annots");
        }
        if !self.page(id)?.has(b"MediaBox") {
            // As it is read.
            self.page(id)?.set("MediaBox", numbers([0.0, 0.0, A4.width, A4.height]));
        }
        Ok(())
    }

    /// References to pages that are no more become null.
    fn forget_pages(&mut self) {
        let here: BTreeSet<ObjectId> = self.pages.iter().copied().collect();
        let is_page = |object: &Object| object.as_dict().is_ok_and(|dict| dict.has_type(b"Page"));
        let pages = self.file.objects.iter().filter(|(_, object)| is_page(object)).map(|(id, _)| *id);
        let gone: BTreeSet<ObjectId> = pages.filter(|id| !here.contains(id)).collect();
        self.forget(&gone);
    }

    /// Let go of objects; references to them become null.
    pub fn forget(&mut self, gone: &BTreeSet<ObjectId>) {
        if gone.is_empty() {
            return;
        }
        self.file.objects.retain(|id, _| !gone.contains(id));
        for object in self.file.objects.values_mut() {
            forget(object, gone);
        }
    }
}

fn forget(object: &mut Object, gone: &BTreeSet<ObjectId>) {
    match object {
        Object::Reference(id) if gone.contains(id) => *object = Object::Null,
        Object::Array(items) => items.iter_mut().for_each(|item| forget(item, gone)),
        Object::Dictionary(dict) => dict.iter_mut().for_each(|(_, item)| forget(item, gone)),
        Object::Stream(stream) => stream.dict.iter_mut().for_each(|(_, item)| forget(item, gone)),
        _ => {}
    }
}

/// An error of lopdf's, which finds something else than what should be there.
pub fn damaged(error: lopdf::Error) -> Error {
    malformed(format!("the file's structure is damaged: {error}"))
}

fn version(of: hayro::hayro_syntax::PdfVersion) -> &'static str {
    // What is written has no features that are older than these, and many that came with them.
    match describe::version(of) {
        "2.0" => "2.0",
        _ => "1.7",
    }
}
