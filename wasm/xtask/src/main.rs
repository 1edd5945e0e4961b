//! Builds the modules. `cargo xtask build` makes, for each of them,
//!
//! 1. a core module (cargo, wasm32-unknown-unknown with SIMD),
//! 2. a component, checked to be closed and bounded, with its description embedded,
//! 3. its description as JSON, and Python stubs,
//!
//! and collects the licences of all that went in.

mod arithmetic;
mod checks;
mod component;
mod licences;
mod paths;
mod stubs;
mod toolchain;

use anyhow::{Context, Result};
use clap::Parser;
use paths::Paths;
use std::process::ExitCode;
use std::time::Instant;
use toolchain::Toolchain;

#[derive(Parser)]
#[command(about = "Builds wasmcell's modules")]
enum Command {
    /// Build all modules, or those named.
    Build {
        /// Names of modules (folders in wasm/).
        modules: Vec<String>,
    },
    /// Find or install what compiles to wasm32-unknown-unknown, and say which it is.
    Toolchain,
}

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Toolchain => Toolchain::find().map(drop),
        Command::Build { modules } => Paths::find().and_then(|paths| build(&paths, &modules)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build(paths: &Paths, wanted: &[String]) -> Result<()> {
    let all = paths.modules()?;
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        anyhow::bail!("there is no module '{unknown}' in wasm/wit; there are {}", all.join(", "));
    }
    let toolchain = Toolchain::find()?;
    for module in all.iter().filter(|name| wanted.is_empty() || wanted.contains(name)) {
        let start = Instant::now();
        println!("building {module} …");
        let built = component::build(paths, &toolchain, module).with_context(|| format!("module {module}"))?;
        built.write(paths)?;
        println!("  {module}.wasm: {} kB, {:.0} s", built.component.len() / 1000, start.elapsed().as_secs_f64());
    }
    licences::collect(paths, &all)
}
