//! The operations on pixels, one a file.
//!
//! Each is a function over [`Pixels`](crate::pixels::Pixels) of any depth, which takes its options
//! checked. To add one: a case of `step` with its record in the WIT, a file here, a line in
//! [`apply`].

pub mod adjust;
pub mod blur;
pub mod crop;
pub mod grayscale;
pub mod orient;
pub mod pad;
pub mod resize;
pub mod sharpen;

use crate::args;
use crate::error::{Result, too_much};
use crate::limits::MAX_STEPS;
use crate::pixels::{AnyPixels, Pixels, Sample, for_depth};
use crate::wit::Step;

/// Apply the steps, in their order.
///
/// # Errors
/// An option is out of its range or does not fit the picture; a result would be too large.
pub fn apply_all(mut pixels: AnyPixels, steps: &[Step]) -> Result<AnyPixels> {
    if steps.len() > MAX_STEPS {
        return Err(too_much(format!("steps: {} given; {MAX_STEPS} are allowed at most", steps.len())));
    }
    for step in steps {
        pixels = for_depth!(pixels, pixels => apply(pixels, step.clone())?.into());
    }
    Ok(pixels)
}

/// Apply one step.
fn apply<T: Sample>(pixels: Pixels<T>, step: Step) -> Result<Pixels<T>> {
    match step {
        Step::Resize(options) => resize::resize(pixels, &args::Resize::try_from(options)?),
        Step::Crop(options) => crop::crop(&pixels, &args::Crop::try_from(options)?),
        Step::Rotate(options) => orient::rotate(pixels, &args::Rotate::try_from(options)?),
        Step::Flip(options) => Ok(orient::flip(pixels, options.axis)),
        Step::Grayscale => grayscale::grayscale(pixels),
        Step::Blur(options) => blur::blur(pixels, &args::Blur::try_from(options)?),
        Step::Sharpen(options) => sharpen::sharpen(pixels, &args::Sharpen::try_from(options)?),
        Step::Brightness(options) => Ok(adjust::brightness(pixels, &args::Brightness::try_from(options)?)),
        Step::Contrast(options) => Ok(adjust::contrast(pixels, &args::Contrast::try_from(options)?)),
        Step::Pad(options) => pad::pad(pixels, &args::Pad::try_from(options)?),
    }
}
