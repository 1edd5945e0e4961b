//! Pictures: decode, change, encode. One closed WebAssembly component; its interface is
//! `wit/image/image.wit`.
//!
//! A file is decoded into [`pixels`] (8 or 16 bits a sample) by one of the [`formats`], goes through
//! the [`steps`], and is encoded. Everything whose size comes from outside is bounded by [`limits`].

#![deny(missing_docs)]

use wasmcell_guest as _;

#[allow(missing_docs, unsafe_code)]
mod bindings {
    wit_bindgen::generate!({
        world: "wasmcell:image/module",
        path: ["../wit/core", "../wit/image"],
    });
}

/// The WIT's types, and its functions as the trait [`Guest`](wit::Guest).
pub mod wit {
    pub use crate::bindings::exports::wasmcell::core::types::PixelFormat;
    pub use crate::bindings::exports::wasmcell::image::image::*;
}

/// The WIT's options with their defaults filled in and their ranges checked.
#[allow(clippy::unnecessary_lazy_evaluations)] // Derived code treats all types alike.
mod args {
    use crate::wit;
    include!(concat!(env!("OUT_DIR"), "/args.rs"));
}

mod color;
mod error;
mod formats;
mod limits;
mod metadata;
mod pixels;
mod raster;
mod steps;

use error::Result;
use pixels::Picture;

/// The module's functions, in Rust: `Module::run(…)` and so on, by the trait
/// [`Guest`](wit::Guest).
pub struct Module;

impl wit::Guest for Module {
    type Bitmap = Bitmap;

    fn probe(data: Vec<u8>) -> Result<wit::Info> {
        formats::probe(&data)
    }

    fn run(data: Vec<u8>, decode: wit::Decode, steps: Vec<wit::Step>, output: wit::Output) -> Result<Vec<u8>> {
        let picture = open(data, decode, &steps)?;
        formats::encode(apply(picture, &steps)?, output)
    }

    fn run_raster(
        input: wit::Picture,
        decode: wit::Decode,
        steps: Vec<wit::Step>,
        output: Option<wit::Output>,
    ) -> Result<wit::Picture> {
        let picture = match input {
            wit::Picture::File(data) => open(data, decode, &steps)?,
            wit::Picture::Raster(raster) => raster::from_raster(raster)?.into(),
        };
        let picture = apply(picture, &steps)?;
        Ok(match output {
            Some(output) => wit::Picture::File(formats::encode(picture, output)?),
            None => wit::Picture::Raster(raster::into_raster(picture.pixels)?),
        })
    }
}

/// Decode a file; `steps` come after it, and may be made easier by how it is decoded.
fn open(data: Vec<u8>, decode: wit::Decode, steps: &[wit::Step]) -> Result<Picture> {
    formats::decode(&data, &decode.try_into()?, steps)
}

fn apply(mut picture: Picture, steps: &[wit::Step]) -> Result<Picture> {
    picture.pixels = steps::apply_all(picture.pixels, steps)?;
    Ok(picture)
}

/// The resource: a picture that stays.
pub struct Bitmap(Picture);

impl wit::GuestBitmap for Bitmap {
    fn open(data: Vec<u8>, decode: wit::Decode) -> Result<wit::Bitmap> {
        Ok(wit::Bitmap::new(Self(open(data, decode, &[])?)))
    }

    fn size(&self) -> (u32, u32) {
        self.0.pixels.size()
    }

    fn apply(&self, steps: Vec<wit::Step>) -> Result<wit::Bitmap> {
        Ok(wit::Bitmap::new(Self(apply(self.0.clone(), &steps)?)))
    }

    fn read(&self, width: Option<u32>, height: Option<u32>) -> Result<wit::Raster> {
        let pixels = self.0.pixels.clone();
        if width.is_none() && height.is_none() {
            return raster::into_raster(pixels);
        }
        let resize = wit::Resize { width, height, fit: None, filter: None, enlarge: Some(false), background: None };
        raster::into_raster(steps::apply_all(pixels, &[wit::Step::Resize(resize)])?)
    }

    fn encode(&self, output: wit::Output) -> Result<Vec<u8>> {
        formats::encode(self.0.clone(), output)
    }
}

#[allow(unsafe_code)]
mod export {
    use crate::{Module, bindings};
    bindings::export!(Module with_types_in bindings);
}
