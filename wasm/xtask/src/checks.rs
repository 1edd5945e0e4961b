//! What a module must hold to, read from the built component.

use anyhow::{Result, bail, ensure};
use wasmparser::{Parser, Payload};

/// Most memory that a module may declare: 2 GiB, in pages of 64 KiB.
pub const MAX_PAGES: u64 = 32768;

/// Check that a component is closed, bounded and deterministic.
///
/// # Errors
/// It imports something, or declares a memory without a maximum or with one above [`MAX_PAGES`], or
/// uses relaxed SIMD, whose results differ between machines.
pub fn check(component: &[u8]) -> Result<()> {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                if let Some(import) = section.into_iter().next() {
                    bail!("it imports '{}'; a module must be closed, with no imports at all", import?.name.name);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    let memory = memory?;
                    ensure!(
                        memory.maximum.is_some_and(|pages| pages <= MAX_PAGES),
                        "its memory has no maximum, or one above {MAX_PAGES} pages"
                    );
                    ensure!(!memory.memory64 && !memory.shared, "its memory is 64-bit or shared");
                }
            }
            Payload::CodeSectionEntry(body) => {
                let mut operators = body.get_operators_reader()?;
                while !operators.eof() {
                    let operator = format!("{:?}", operators.read()?);
                    ensure!(!operator.contains("Relaxed"), "it uses relaxed SIMD ({operator})");
                }
            }
            _ => {}
        }
    }
    Ok(())
}
