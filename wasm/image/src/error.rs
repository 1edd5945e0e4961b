//! Why something could not be done. A codec says what it found; the format's module adds which format it was.

wasmcell_guest::errors!(crate::wit::Error);
