//! Collects the licences of the crates inside the modules, and of the fonts and profiles in our own.

use crate::paths::{Paths, write};
use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand, Package, PackageId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

/// Licences that may not be in what ships.
const REFUSED: [&str; 3] = ["GPL", "AGPL", "SSPL"];

/// Write `THIRD_PARTY_LICENSES.txt` into the Python package.
///
/// # Errors
/// A crate's licence is missing or may not ship.
pub fn collect(paths: &Paths, modules: &[String]) -> Result<()> {
    let metadata = MetadataCommand::new()
        .manifest_path(paths.workspace.join("Cargo.toml"))
        .other_options(["--filter-platform".into(), crate::toolchain::TARGET.into()])
        .exec()?;
    let graph = metadata.resolve.as_ref().context("cargo gives no dependency graph")?;
    let mut wanted: Vec<&PackageId> = Vec::new();
    for package in metadata.workspace_packages() {
        if modules.iter().any(|name| package.name.as_str() == format!("wasmcell-{name}")) {
            wanted.push(&package.id);
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(id) = wanted.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = graph.nodes.iter().find(|node| node.id == *id).context("a crate is not in the graph")?;
        let linked =
            node.deps.iter().filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
        wanted.extend(linked.map(|dep| &dep.pkg));
    }
    // One text for all crates that have it, as most have the same.
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in metadata.packages.iter().filter(|p| seen.contains(&p.id)) {
        if package.source.is_none() {
            if let Some(text) = carried(package) {
                texts.entry(text).or_default().push(format!("assets of {}", package.name));
            }
            continue;
        }
        let licence = package.license.clone().unwrap_or_default();
        let is_free = spdx::Expression::parse_mode(&licence, spdx::ParseMode::LAX).is_ok_and(|expression| {
            expression.evaluate(|one| !REFUSED.iter().any(|no| one.license.to_string().starts_with(no)))
        });
        anyhow::ensure!(is_free, "{} {}: licence '{licence}' may not ship", package.name, package.version);
        let entry = format!("{} {} ({licence})", package.name, package.version);
        let none = || format!("(no licence file; see {})", package.repository.as_deref().unwrap_or("its package"));
        texts.entry(carried(package).unwrap_or_else(none)).or_default().push(entry);
    }
    let mut out = String::from(
        "What is in wasmcell's modules beside its own code: Rust's standard library (MIT OR Apache-2.0,\n\
         https://github.com/rust-lang/rust) and these crates, with their licences.\n",
    );
    for (text, packages) in texts {
        writeln!(out, "\n{}\n{}\n\n{}", "=".repeat(72), packages.join("\n"), text.trim())?;
    }
    write(&paths.root.join("wasmcell/THIRD_PARTY_LICENSES.txt"), out)
}

/// The licence texts that a crate carries, for itself and for what it has taken in (fonts, profiles):
/// all files whose names say so. None if there is none.
fn carried(package: &Package) -> Option<String> {
    let folder = package.manifest_path.parent().map(|folder| folder.as_std_path().to_owned());
    let mut files: Vec<_> = folder
        .into_iter()
        .flat_map(|folder| [folder.join("assets"), folder])
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            path.is_file() && ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|word| name.contains(word))
        })
        .collect();
    files.sort();
    let texts: Vec<String> = files.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}
