//! The crate as a module: what hosts call for components that come at run time.

mod bindings {
    #![allow(missing_docs, unsafe_code, clippy::all, clippy::pedantic)]
    wit_bindgen::generate!({ world: "wasmcell:inspect/module", path: ["../wit/core", "../wit/inspect"] });
    export!(Module);

    use super::Module;
}

use wasmcell_guest as _;

use bindings::exports::wasmcell::{core::types::Error, inspect::inspect::Guest};

struct Module;

impl Guest for Module {
    fn describe(component: Vec<u8>) -> Result<String, Error> {
        let description = crate::describe(&component, None).map_err(|error| Error::Malformed(format!("{error:#}")))?;
        serde_json::to_string(&description).map_err(|error| Error::Malformed(error.to_string()))
    }
}
