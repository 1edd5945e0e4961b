//! `n-up`: several pages on each sheet.

use super::form::form;
use super::frame::{A4, Frame};
use crate::edit::parts::{labels, links, structure};
use crate::edit::write::{matrix, numbers};
use crate::edit::{Draft, content, drawn};
use crate::error::{Result, invalid};
use crate::{args, wit};
use hayro::kurbo::{Affine, Size};
use lopdf::{Dictionary, ObjectId, dictionary};
use std::collections::BTreeMap;

/// Put several pages on each sheet. The outline and named destinations lead to sheets; the form, labels and
/// the structure go, as they are of pages.
pub fn n_up(draft: &mut Draft, options: wit::NUp) -> Result<()> {
    let args::NUp { columns, rows, width, height, gap } = options.try_into()?;
    let Some(first) = draft.pages.first().map(|id| Frame::of(draft, *id).size) else { return Ok(()) };
    let gap = f64::from(gap);
    let cell = |sheet: Size| {
        let part = |side: f64, count: u32| (side - gap * f64::from(count + 1)) / f64::from(count);
        Size::new(part(sheet.width, columns), part(sheet.height, rows))
    };
    let (standing, lying) = (A4, Size::new(A4.height, A4.width));
    let usual = if scale(first, cell(lying)) > scale(first, cell(standing)) { lying } else { standing };
    let sheet = Size::new(width.map_or(usual.width, f64::from), height.map_or(usual.height, f64::from));
    let cell = cell(sheet);
    if cell.width < 1.0 || cell.height < 1.0 {
        return Err(invalid(format!(
            "n-up: {columns} × {rows} pages with a gap of {gap} pt leave no room on a sheet of {} × {} pt",
            sheet.width, sheet.height
        )));
    }

    if let Some(lacking) = drawn::draw(draft) {
        return Err(lacking.refuse("n-up"));
    }
    let pages = std::mem::take(&mut draft.pages);
    let mut others: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
    for group in pages.chunks((columns * rows) as usize) {
        let mut forms = Dictionary::new();
        let mut drawn = String::new();
        let new = draft.file.new_object_id();
        for (index, page) in group.iter().enumerate() {
            let frame = Frame::of(draft, *page);
            let (column, row) = ((index as u32 % columns), (index as u32 / columns));
            let scale = scale(frame.size, cell);
            let x = gap + f64::from(column) * (cell.width + gap) + (cell.width - frame.size.width * scale) / 2.0;
            let y = gap + f64::from(row) * (cell.height + gap) + (cell.height - frame.size.height * scale) / 2.0;
            let place = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, sheet.height])
                * Affine::translate((x, y))
                * Affine::scale(scale)
                * frame.to_seen;
            drawn += &format!("q {} cm /P{index} Do Q\n", matrix(place));
            forms.set(format!("P{index}"), form(draft, *page)?);
            others.insert(*page, new);
        }
        let drawn = draft.file.add_object(content::stream(drawn.into_bytes()));
        let page = dictionary! {
            "Type" => "Page",
            "MediaBox" => numbers([0.0, 0.0, sheet.width, sheet.height]),
            "Resources" => dictionary! { "XObject" => forms },
            "Contents" => drawn,
        };
        draft.file.objects.insert(new, page.into());
        draft.pages.push(new);
    }
    links::lead_to(draft, &others);
    labels::set(draft, None)?;
    structure::forget(draft)?;
    let catalog = draft.catalog()?;
    catalog.remove(b"AcroForm");
    catalog.remove(b"Threads");
    Ok(())
}

fn scale(page: Size, cell: Size) -> f64 {
    (cell.width / page.width).min(cell.height / page.height)
}
