//! PDF documents: describe, render, read, search, change, redact. One closed WebAssembly component; its interface
//! is `wit/pdf/pdf.wit`.
//!
//! A file becomes a [`Document`](document::Document): the parsed file with the caches that hayro
//! keeps of it. All else reads from that: [`describe`](mod@describe) and its neighbours from the
//! objects of the file, [`render`] and [`text`] by interpreting pages; [`edit`] copies its objects to
//! change them. What a host holds is a [`Handle`](handle::Handle). Everything whose size comes
//! from outside is bounded by [`limits`].

#![deny(missing_docs)]

use wasmcell_guest as _;

#[allow(missing_docs, unsafe_code)]
mod bindings {
    wit_bindgen::generate!({
        world: "wasmcell:pdf/module",
        path: ["../wit/core", "../wit/pdf"],
    });
}

/// The WIT's types, and its functions as the trait [`Guest`](wit::Guest).
pub mod wit {
    pub use crate::bindings::exports::wasmcell::core::types::PixelFormat;
    pub use crate::bindings::exports::wasmcell::pdf::pdf::*;
}

/// The WIT's options with their defaults filled in and their ranges checked.
#[allow(clippy::derivable_impls, clippy::unnecessary_lazy_evaluations)] // Derived code treats all types alike.
mod args {
    use crate::wit;
    include!(concat!(env!("OUT_DIR"), "/args.rs"));
}

mod annotations;
mod attachments;
mod describe;
mod document;
mod edit;
mod error;
mod fields;
mod fonts;
mod geometry;
mod handle;
mod limits;
mod outline;
mod pages;
mod passwords;
mod render;
mod resources;
mod strings;
mod text;
mod trailer;
mod trees;
mod work;

use document::Document;
use error::Result;
use handle::Handle;
use text::search::Query;

/// The module's functions, in Rust: `Module::text(…)` and so on, by the trait
/// [`Guest`](wit::Guest).
pub struct Module;

type Password = Option<String>;

impl wit::Guest for Module {
    type Document = Handle;

    fn probe(data: Vec<u8>, password: Password) -> Result<wit::Info> {
        describe::probe(data, password)
    }

    fn describe(data: Vec<u8>, password: Password) -> Result<wit::Description> {
        Document::new(data, password)?.describe()
    }

    fn outline(data: Vec<u8>, password: Password) -> Result<Vec<wit::Bookmark>> {
        Document::new(data, password)?.outline()
    }

    fn annotations(data: Vec<u8>, pages: Option<String>, password: Password) -> Result<Vec<wit::Annotation>> {
        let document = Document::new(data, password)?;
        document.annotations(document.numbers(pages)?)
    }

    fn fields(data: Vec<u8>, password: Password) -> Result<Vec<wit::Field>> {
        Document::new(data, password)?.fields()
    }

    fn attachments(data: Vec<u8>, password: Password) -> Result<Vec<wit::Attachment>> {
        Document::new(data, password)?.attachments()
    }

    fn attachment_data(data: Vec<u8>, name: String, password: Password) -> Result<Vec<u8>> {
        Document::new(data, password)?.attachment_data(&name)
    }

    fn fonts(data: Vec<u8>, pages: Option<String>, password: Password) -> Result<Vec<wit::FontInfo>> {
        let document = Document::new(data, password)?;
        document.fonts(document.numbers(pages)?)
    }

    fn images(data: Vec<u8>, pages: Option<String>, password: Password) -> Result<Vec<wit::ImageInfo>> {
        Document::new(data, password)?.over(pages, Document::images)
    }

    fn render(
        data: Vec<u8>,
        page: u32,
        dpi: Option<f32>,
        width: Option<u32>,
        height: Option<u32>,
        region: Option<wit::Box>,
        background: Option<String>,
        annotations: Option<bool>,
        fonts: Option<Vec<wit::Font>>,
        password: Password,
    ) -> Result<wit::Rendered> {
        let view = wit::View { dpi, width, height, region, background, annotations };
        let document = Document::new(data, password)?;
        document.use_fonts(fonts.unwrap_or_default())?;
        document.render(page, view.try_into()?)
    }

    fn text(data: Vec<u8>, pages: Option<String>, password: Password) -> Result<Vec<String>> {
        Document::new(data, password)?.over(pages, |document, page| Ok(vec![document.text(page)?]))
    }

    fn words(data: Vec<u8>, pages: Option<String>, password: Password) -> Result<Vec<wit::Word>> {
        Document::new(data, password)?.over(pages, Document::words)
    }

    fn search(
        data: Vec<u8>,
        query: String,
        ignore_case: Option<bool>,
        regex: Option<bool>,
        pages: Option<String>,
        password: Password,
    ) -> Result<Vec<wit::Hit>> {
        let query = Query::new(&query, ignore_case, regex)?;
        Document::new(data, password)?.over(pages, |document, page| document.search(page, &query))
    }

    fn run(data: Vec<u8>, decode: wit::Decode, steps: Vec<wit::Step>, output: wit::Output) -> Result<Vec<u8>> {
        edit::run(data, decode, steps, output)
    }
}

impl wit::GuestDocument for Handle {
    fn open(data: Vec<u8>, decode: wit::Decode) -> Result<wit::Document> {
        Ok(wit::Document::new(Self::open(data, decode.password)?))
    }

    fn apply(&self, steps: Vec<wit::Step>) -> Result<wit::Document> {
        Ok(wit::Document::new(self.apply(steps)?))
    }

    fn save(&self, output: wit::Output) -> Result<Vec<u8>> {
        self.save(output)
    }

    fn redactions(&self) -> Vec<wit::RedactionReport> {
        self.redactions().to_vec()
    }

    fn page_count(&self) -> u32 {
        self.count()
    }

    fn describe(&self) -> Result<wit::Description> {
        self.document()?.describe()
    }

    fn outline(&self) -> Result<Vec<wit::Bookmark>> {
        self.document()?.outline()
    }

    fn fields(&self) -> Result<Vec<wit::Field>> {
        self.document()?.fields()
    }

    fn attachments(&self) -> Result<Vec<wit::Attachment>> {
        self.document()?.attachments()
    }

    fn attachment_data(&self, name: String) -> Result<Vec<u8>> {
        self.document()?.attachment_data(&name)
    }

    fn annotations(&self, page: u32) -> Result<Vec<wit::Annotation>> {
        self.document()?.annotations(vec![page])
    }

    fn fonts(&self, page: u32) -> Result<Vec<wit::FontInfo>> {
        self.document()?.fonts(vec![page])
    }

    fn images(&self, page: u32) -> Result<Vec<wit::ImageInfo>> {
        self.document()?.images(page)
    }

    fn missing_fonts(&self, page: u32) -> Result<Vec<wit::MissingFont>> {
        self.document()?.missing_fonts(page)
    }

    fn use_fonts(&self, fonts: Vec<wit::Font>) -> Result<()> {
        self.document()?.use_fonts(fonts)
    }

    fn render(&self, page: u32, view: wit::View) -> Result<wit::Rendered> {
        self.document()?.render(page, view.try_into()?)
    }

    fn text(&self, page: u32) -> Result<String> {
        self.document()?.text(page)
    }

    fn words(&self, page: u32) -> Result<Vec<wit::Word>> {
        self.document()?.words(page)
    }

    fn search(
        &self,
        page: u32,
        query: String,
        ignore_case: Option<bool>,
        regex: Option<bool>,
    ) -> Result<Vec<wit::Hit>> {
        self.document()?.search(page, &Query::new(&query, ignore_case, regex)?)
    }
}

#[allow(unsafe_code)]
mod export {
    use crate::{Module, bindings};
    bindings::export!(Module with_types_in bindings);
}
