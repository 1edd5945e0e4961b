//! Why something could not be done.

wasmcell_guest::errors!(crate::wit::Error);
