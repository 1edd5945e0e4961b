//! From a crate to a component with its description inside.

use crate::arithmetic;
use crate::checks;
use crate::paths::{Paths, write};
use crate::stubs;
use crate::toolchain::{TARGET, Toolchain, run};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use wasm_encoder::{ComponentSection, CustomSection};
use wasmcell_guest_build::read_wit;
use wasmcell_inspect::{SECTION, describe, description::Description};
use wit_component::ComponentEncoder;

/// A built module.
pub struct Built {
    /// Its name.
    pub name: String,
    /// The component's bytes.
    pub component: Vec<u8>,
    /// What it is.
    pub description: Description,
}

/// Compile a module and make it a component.
///
/// # Errors
/// It does not compile, its docs or tags are not complete, or it fails a check.
pub fn build(paths: &Paths, toolchain: &Toolchain, name: &str) -> Result<Built> {
    // First, as it is quick and fails often: are docs and tags complete?
    let documented = read_wit(&paths.workspace.join("wit"), name)?;
    let core = arithmetic::inline(&compile(paths, toolchain, name)?)?;
    let mut component = ComponentEncoder::default()
        .validate(true)
        .module(&core)
        .and_then(|encoder| encoder.encode())
        .context("wit-component cannot make a component of it")?;
    checks::check(&component)?;
    let description = describe(&component, Some(&documented))?;
    let json = serde_json::to_vec(&description)?;
    let section = CustomSection { name: SECTION.into(), data: json.into() };
    section.append_to_component(&mut component);
    Ok(Built { name: name.to_owned(), component, description })
}

fn compile(paths: &Paths, toolchain: &Toolchain, name: &str) -> Result<Vec<u8>> {
    let target = paths.workspace.join("target");
    // Paths of the machine must not get into the module: its bytes depend on its sources alone.
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| home + "/.cargo"))?;
    let flags = [
        "-Ctarget-feature=+simd128,+bulk-memory".to_owned(),
        format!("-Clink-arg=--max-memory={}", checks::MAX_PAGES * 65536),
        "-Clink-arg=-zstack-size=1048576".to_owned(),
        // A module makes its randomness of what the host hands it, or does without.
        "--cfg=getrandom_backend=\"custom\"".to_owned(),
        format!("--remap-path-prefix={}=/wasmcell", paths.root.display()),
        format!("--remap-path-prefix={home}=/cargo"),
    ];
    run(toolchain
        .cargo("rustc")
        .current_dir(&paths.workspace)
        .args(["--release", "--lib", "--crate-type", "cdylib", "--package"])
        .arg(format!("wasmcell-{name}"))
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")))?;
    let built =
        target.join(TARGET).join("release").join(format!("wasmcell_{name}.wasm", name = name.replace('-', "_")));
    fs::read(&built).with_context(|| format!("cannot read {}", built.display()))
}

impl Built {
    /// Write the component, its description as JSON, and its Python stubs.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, paths: &Paths) -> Result<()> {
        let file = |extension| paths.modules.join(format!("{}.{extension}", self.name));
        write(&file("wasm"), &self.component)?;
        let mut extract = serde_json::to_value(&self.description)?;
        let digest = Sha256::digest(&self.component);
        extract["sha256"] = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        extract["size"] = self.component.len().into();
        write(&file("json"), serde_json::to_string(&extract)?)?;
        write(&file("pyi"), stubs::python(&self.description)?)
    }
}
