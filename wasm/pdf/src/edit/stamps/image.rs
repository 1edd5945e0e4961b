//! `stamp-image`: a picture on pages.

use super::{opacity, paint, picture, place};
use crate::edit::Draft;
use crate::edit::pages::Frame;
use crate::edit::write::matrix;
use crate::error::Result;
use crate::{args, wit};
use hayro::kurbo::{Affine, Size};

/// Put a picture on pages.
pub fn stamp_image(draft: &mut Draft, options: wit::StampImage) -> Result<()> {
    let options = args::StampImage::try_from(options)?;
    let ids = draft.named(options.pages.as_deref())?;
    let picture = picture::add(draft, &options.image)?;
    let mut uses = vec![("XObject", picture.id)];
    uses.extend(opacity(draft, options.opacity));
    for id in ids {
        let Frame { to_seen, size, .. } = Frame::of(draft, id);
        let width = options.width.map_or(size.width / 4.0, f64::from);
        let thing = Size::new(width, width * picture.size.height / picture.size.width);
        let corner = place(options.anchor, options.margin, size, thing);
        // An image is a square of 1 × 1, with its lower left corner at the origin.
        let unit = Affine::translate(corner.to_vec2())
            * Affine::scale_non_uniform(thing.width, thing.height)
            * picture.upright;
        let place = to_seen.inverse() * unit * Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 1.0]);
        paint(draft, id, options.under, &uses, |names| match names {
            [image, state] => format!("/{state} gs {} cm /{image} Do", matrix(place)),
            names => format!("{} cm /{} Do", matrix(place), names.join("")),
        })?;
    }
    Ok(())
}
