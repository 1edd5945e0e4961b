//! Changing documents. hayro reads, as it mends what is damaged and decrypts; the objects that pages
//! and outline need are copied into a [`Draft`] of lopdf's objects, steps change that, and it is
//! written anew. What nothing refers to, and what earlier revisions held, is not copied.
//!
//! To add a step: a case of `step` with its record in the WIT, a file here, a line in [`apply`].

mod appearance;
mod clean;
mod compress;
mod content;
mod copy;
mod draft;
mod encrypt;
mod entropy;
mod fill;
mod flatten;
mod forms;
mod images;
mod jpeg;
mod look;
mod metadata;
mod metrics;
mod outline;
mod save;
mod signatures;
mod write;

pub use draft::Draft;

use crate::document::Document;
use crate::error::{Result, too_much, unsupported};
use crate::limits::MAX_STEPS;
use crate::wit::{self, Step};

/// Open a file, apply the steps, write it.
pub fn run(data: Vec<u8>, decode: wit::Decode, steps: Vec<Step>, output: wit::Output) -> Result<Vec<u8>> {
    let document = Document::new(data, decode.password)?;
    let mut draft = Draft::of(&document)?;
    drop(document);
    apply_all(&mut draft, steps)?;
    draft.save(output)
}

impl Document {
    /// A copy to which the steps were applied.
    pub fn apply(&self, steps: Vec<Step>) -> Result<Self> {
        let mut draft = Draft::of(self)?;
        apply_all(&mut draft, steps)?;
        draft.document()
    }

    /// The document as a file.
    pub fn save(&self, output: wit::Output) -> Result<Vec<u8>> {
        Draft::of(self)?.save(output)
    }
}

fn apply_all(draft: &mut Draft, steps: Vec<Step>) -> Result<()> {
    if steps.len() > MAX_STEPS {
        return Err(too_much(format!("steps: {} given; {MAX_STEPS} are allowed at most", steps.len())));
    }
    steps.into_iter().try_for_each(|step| apply(draft, step))
}

/// Apply one step.
fn apply(draft: &mut Draft, step: Step) -> Result<()> {
    match step {
        Step::SetMetadata(step) => metadata::set_metadata(draft, step),
        Step::SetOutline(step) => outline::set_outline(draft, step),
        Step::Fill(step) => fill::fill(draft, step),
        Step::Flatten(step) => flatten::flatten(draft, step),
        Step::Clean(step) => clean::clean(draft, step),
        Step::Compress(step) => compress::compress(draft, step),
        _ => Err(unsupported("not yet")),
    }
}
