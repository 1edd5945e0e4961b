//! What a component is: its interfaces with docs, defaults and ranges, and how to link the core
//! modules inside it.
//!
//! The build uses this crate natively: [`interface::from_wit`] reads the WIT sources with their doc
//! tags, [`describe`] adds what the built binary says. The same crate is a module of its own, so
//! that components which come at run time are described by the same code.

pub mod description;
mod embedded;
pub mod interface;
mod link;
mod tags;

#[cfg(target_family = "wasm")]
mod module;

use anyhow::{Context, Result, bail, ensure};
use description::Description;
use wit_parser::decoding::{self, DecodedWasm};

pub use embedded::SECTION;

/// Describe a built component.
///
/// Docs, defaults and ranges do not survive into a binary; they are taken from its custom section
/// [`SECTION`], where names and structure agree, or from `documented` (the build knows the sources).
///
/// # Errors
/// The bytes are no valid component, or one that cannot be linked without imports.
pub fn describe(component: &[u8], documented: Option<&Description>) -> Result<Description> {
    ensure!(wasmparser::Parser::is_component(component), "this is not a WebAssembly component");
    wasmparser::Validator::new().validate_all(component).context("this is not a valid WebAssembly component")?;
    let decoded = decoding::decode(component).context("this component has no readable interface")?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        bail!("this is a WIT package, not a component that can be run");
    };
    let (core, exports) = link::plan(component)?;
    let mut description = interface::from_world(&resolve, world, interface::Docs::Optional)?;
    exports.attach(&mut description)?;
    description.core = core;
    let embedded = embedded::read(component);
    if let Some(source) = documented.or(embedded.as_ref()) {
        description.document(source);
    }
    Ok(description)
}
