//! Changing documents. hayro reads, as it mends what is damaged and decrypts; the objects that pages
//! and outline need are copied into a [`Draft`] of lopdf's objects, steps change that, and it is
//! written anew. What nothing refers to, and what earlier revisions held, is not copied.
//!
//! To add a step: a case of `step` with its record in the WIT, a file here, a line in [`apply`].

mod annotations;
mod appearance;
mod clean;
mod compress;
mod content;
mod copy;
mod draft;
mod draw;
mod drawn;
mod embed;
mod encrypt;
mod entropy;
mod fill;
mod flatten;
mod forms;
mod images;
mod jpeg;
mod look;
mod marks;
mod metadata;
mod metrics;
mod outline;
mod pages;
mod parts;
mod redact;
mod save;
mod signatures;
mod stamps;
mod write;

pub use draft::Draft;
pub use drawn::{drawn, is_drawn};
pub use save::Made;

use crate::document::Document;
use crate::error::{Result, too_much};
use crate::limits::MAX_STEPS;
use crate::wit::{self, Step};

/// Open a file, apply the steps, write it.
pub fn run(data: Vec<u8>, decode: wit::Decode, steps: Vec<Step>, output: wit::Output) -> Result<Vec<u8>> {
    let document = Document::new(data, decode.password)?;
    let draft = begin(&document, &steps)?;
    drop(document);
    apply_all(draft, steps)?.save(output)
}

/// A draft to apply steps to. If the first says which pages are kept, others need not be copied.
pub fn begin(document: &Document, steps: &[Step]) -> Result<Draft> {
    let kept = match steps.first() {
        Some(Step::Select(options)) => document.numbers(Some(options.pages.clone()))?,
        Some(Step::Delete(options)) => pages::left(&options.pages, document.count())?,
        _ => return Draft::of(document),
    };
    Draft::with(document, &kept)
}

/// What the steps make of a draft.
pub fn apply_all(mut draft: Draft, steps: Vec<Step>) -> Result<Made> {
    if steps.len() > MAX_STEPS {
        return Err(too_much(format!("steps: {} given; {MAX_STEPS} are allowed at most", steps.len())));
    }
    steps.into_iter().try_for_each(|step| apply(&mut draft, step))?;
    draft.made()
}

/// Apply one step.
fn apply(draft: &mut Draft, step: Step) -> Result<()> {
    match step {
        Step::Select(options) => pages::select(draft, &options),
        Step::Delete(options) => pages::delete(draft, &options),
        Step::Rotate(options) => pages::rotate(draft, options),
        Step::Crop(options) => pages::crop(draft, options),
        Step::NUp(options) => pages::n_up(draft, options),
        Step::Blank(options) => pages::blank(draft, options),
        Step::Append(options) => pages::append(draft, options),
        Step::NumberPages(options) => stamps::number_pages(draft, options),
        Step::StampText(options) => stamps::stamp_text(draft, options),
        Step::StampImage(options) => stamps::stamp_image(draft, options),
        Step::StampPage(options) => stamps::stamp_page(draft, options),
        Step::Redact(options) => redact::redact(draft, options),
        Step::SetMetadata(step) => metadata::set_metadata(draft, step),
        Step::SetOutline(step) => outline::set_outline(draft, step),
        Step::Fill(step) => fill::fill(draft, step),
        Step::Flatten(step) => flatten::flatten(draft, step),
        Step::Clean(step) => clean::clean(draft, step),
        Step::Compress(step) => compress::compress(draft, step),
    }
}
