//! The WIT of every module is complete: docs everywhere, tags that fit.
#![allow(missing_docs)]

use std::path::Path;

#[test]
fn every_package_is_documented() {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let mut seen = 0;
    for entry in wit.read_dir().expect("the WIT folder") {
        let module = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if module != "core" {
            wasmcell_guest_build::read_wit(&wit, &module).unwrap_or_else(|error| panic!("{module}: {error:#}"));
            seen += 1;
        }
    }
    assert!(seen > 0);
}
