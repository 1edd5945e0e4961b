//! `blank`: empty pages.

use super::frame::{A4, Frame};
use crate::edit::Draft;
use crate::edit::parts::labels::{self, Label};
use crate::edit::write::numbers;
use crate::error::{Result, invalid};
use crate::{args, wit};
use lopdf::{Dictionary, dictionary};

/// Insert empty pages. Others keep what they call themselves; these call themselves nothing.
pub fn blank(draft: &mut Draft, options: wit::Blank) -> Result<()> {
    let args::Blank { at, count, width, height } = options.try_into()?;
    let (pages, count) = (draft.pages.len(), count as usize);
    let place = at as usize - 1;
    if place > pages {
        return Err(invalid(format!(
            "at: {at} is behind the end; the document has {pages} pages, the next is {}",
            pages + 1
        )));
    }
    super::select::check_count(pages + count)?;
    let neighbour = draft.pages.get(place.saturating_sub(1)).or(draft.pages.first());
    let like = neighbour.map_or(A4, |id| Frame::of(draft, *id).size);
    let size = [0.0, 0.0, width.map_or(like.width, f64::from), height.map_or(like.height, f64::from)];
    let new: Vec<_> = (0..count)
        .map(|_| {
            draft.file.add_object(dictionary! {
                "Type" => "Page", "MediaBox" => numbers(size), "Resources" => Dictionary::new(),
            })
        })
        .collect();
    let labels = labels::of(draft).map(|mut labels| {
        labels.splice(place..place, vec![Label::empty(); count]);
        labels
    });
    draft.pages.splice(place..place, new);
    labels::set(draft, labels)
}
