//! PDF documents out of pictures, text and blocks. One closed WebAssembly component; its interface is
//! `wit/pdf-make/pdf-make.wit`.
//!
//! Text becomes [lines](lines) of glyphs, shaped with the [`fonts`] that have its characters. [`layout`] puts lines
//! and [pictures](picture) on [sheets](sheet), and [`write`](mod@write) makes a file of these with krilla.

#![deny(missing_docs)]

use wasmcell_guest as _;

#[allow(missing_docs, unsafe_code)]
mod bindings {
    wit_bindgen::generate!({
        world: "wasmcell:pdf-make/module",
        path: ["../wit/core", "../wit/pdf-make"],
        generate_unused_types: true, // derived code names all types of the core
    });
}

/// The WIT's types, and its functions as the trait [`Guest`](wit::Guest).
pub mod wit {
    pub use crate::bindings::exports::wasmcell::core::types::{PixelFormat, Raster};
    pub use crate::bindings::exports::wasmcell::pdf_make::pdf_make::*;
}

/// The WIT's options with their defaults filled in and their ranges checked.
#[allow(clippy::derivable_impls, clippy::unnecessary_lazy_evaluations)] // Derived code treats all types alike.
mod args {
    use crate::wit;
    include!(concat!(env!("OUT_DIR"), "/args.rs"));
}

mod blocks;
mod error;
mod fonts;
mod images;
mod layout;
mod limits;
mod lines;
mod paper;
mod picture;
mod sheet;
mod table;
mod text;
mod write;

use error::Result;

/// The module's functions, in Rust: `Module::from_text(…)` and so on, by the trait
/// [`Guest`](wit::Guest).
pub struct Module;

impl wit::Guest for Module {
    fn from_images(pictures: Vec<wit::Picture>, mount: wit::Mount, metadata: wit::Metadata) -> Result<Vec<u8>> {
        write::file(images::sheets(pictures, mount.try_into()?)?, metadata)
    }

    fn from_text(
        data: Vec<u8>,
        page: wit::Page,
        style: wit::Style,
        metadata: wit::Metadata,
        fonts: Option<Vec<wit::Font>>,
    ) -> Result<Vec<u8>> {
        let fonts = fonts::read(fonts)?;
        let document = text::set(&data, page.try_into()?, style.try_into()?, &fonts)?;
        write::file(document, metadata)
    }

    fn from_blocks(
        blocks: Vec<wit::Block>,
        page: wit::Page,
        style: wit::Style,
        metadata: wit::Metadata,
        fonts: Option<Vec<wit::Font>>,
    ) -> Result<Vec<u8>> {
        let fonts = fonts::read(fonts)?;
        let document = blocks::set(blocks, page.try_into()?, style.try_into()?, &fonts)?;
        write::file(document, metadata)
    }
}

#[allow(unsafe_code)]
mod export {
    use crate::{Module, bindings};
    bindings::export!(Module with_types_in bindings);
}
