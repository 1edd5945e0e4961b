//! `stamp-page`: a page of another file on pages.

use super::{opacity, paint};
use crate::document::Document;
use crate::edit::pages::{Frame, form, graft};
use crate::edit::parts::layers;
use crate::edit::write::matrix;
use crate::edit::{Draft, drawn};
use crate::error::{Result, malformed};
use crate::{args, pages, wit};
use hayro::kurbo::Affine;
use lopdf::dictionary;

/// Put a page of another file on pages: as large as it fits, in their middle.
pub fn stamp_page(draft: &mut Draft, options: wit::StampPage) -> Result<()> {
    let options = args::StampPage::try_from(options)?;
    let ids = draft.named(options.pages.as_deref())?;
    let document = Document::new(options.file, options.password)?;
    if !(1..=document.count()).contains(&options.page) {
        return Err(pages::no_page(options.page, document.count()));
    }
    let mut other = Draft::with(&document, &[options.page])?;
    drop(document);
    if let Some(lacking) = drawn::draw(&mut other) {
        return Err(lacking.refuse("stamp-page"));
    }
    let page = other.pages[options.page as usize - 1];
    let own = Frame::of(&other, page);
    let form = form(&mut other, page)?;
    other.pages = vec![form];
    let (root, forms, _) = graft(draft, other)?;
    let Some(form) = forms.first().copied() else { return Err(malformed("the page cannot be drawn")) };
    layers::join(draft, &root)?;

    let mut uses = vec![("XObject", form)];
    if let Some(state) = opacity(draft, options.opacity) {
        uses.push(state);
        // It covers so much as a whole, not each of its parts.
        draft.change(form, |form| {
            if !form.has(b"Group") {
                form.set("Group", dictionary! { "S" => "Transparency" });
            }
        });
    }
    for id in ids {
        let Frame { to_seen, size, .. } = Frame::of(draft, id);
        let scale = (size.width / own.size.width).min(size.height / own.size.height);
        let x = (size.width - own.size.width * scale) / 2.0;
        let y = (size.height - own.size.height * scale) / 2.0;
        let place = to_seen.inverse() * Affine::translate((x, y)) * Affine::scale(scale) * own.to_seen;
        paint(draft, id, options.under, &uses, |names| match names {
            [form, state] => format!("/{state} gs {} cm /{form} Do", matrix(place)),
            names => format!("{} cm /{} Do", matrix(place), names.join("")),
        })?;
    }
    Ok(())
}
