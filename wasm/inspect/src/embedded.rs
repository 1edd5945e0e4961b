//! The description inside a component: a custom section.

use crate::description::{Description, FORMAT};
use wasmparser::{Parser, Payload};

/// Name of the custom section that holds the description.
pub const SECTION: &str = "wasmcell:interface";

/// The description that the component carries. A section which cannot be read counts as none: it
/// only holds docs, and a component without docs is still a component.
pub(crate) fn read(component: &[u8]) -> Option<Description> {
    Parser::new(0).parse_all(component).find_map(|payload| match payload {
        Ok(Payload::CustomSection(section)) if section.name() == SECTION => {
            let description: Description = serde_json::from_slice(section.data()).ok()?;
            (description.wasmcell == FORMAT).then_some(description)
        }
        _ => None,
    })
}
