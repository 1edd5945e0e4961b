//! Where things lie in the repository.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The repository's folders that the build reads and writes.
pub struct Paths {
    /// The repository.
    pub root: PathBuf,
    /// The Rust workspace.
    pub workspace: PathBuf,
    /// Built modules, descriptions and stubs: a part of the Python package.
    pub modules: PathBuf,
}

impl Paths {
    /// Start from this crate's own place.
    pub fn find() -> Result<Self> {
        let workspace =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the workspace")?.to_owned();
        let root = workspace.parent().context("the workspace lies in the repository")?.to_owned();
        Ok(Self { modules: root.join("wasmcell/modules"), workspace, root })
    }

    /// The names of all modules: those with a WIT package, but for what they share.
    pub fn modules(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.workspace.join("wit"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name != "core" {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }
}

/// Write a file if its content differs, so that what depends on it is not made again for nothing.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    let content = content.as_ref();
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    let folder = path.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
