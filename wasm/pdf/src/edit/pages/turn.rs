//! `rotate` and `crop`.

use super::frame::Frame;
use crate::edit::Draft;
use crate::edit::write::numbers;
use crate::error::{Result, invalid};
use crate::{args, wit};
use hayro::kurbo::Rect;

/// Turn pages clockwise, from how they stand.
pub fn rotate(draft: &mut Draft, options: wit::Rotate) -> Result<()> {
    let args::Rotate { degrees, pages } = options.try_into()?;
    for id in draft.named(pages.as_deref())? {
        let rotation = (Frame::of(draft, id).rotation + i64::from(degrees)).rem_euclid(360);
        draft.page(id)?.set("Rotate", rotation);
    }
    Ok(())
}

/// Show a part of pages only.
pub fn crop(draft: &mut Draft, options: wit::Crop) -> Result<()> {
    let args::Crop { x, y, width, height, pages } = options.try_into()?;
    let [x, y, width, height] = [x, y, width, height].map(f64::from);
    for number in draft.numbers(pages.as_deref())? {
        let id = draft.pages[number as usize - 1];
        let frame = Frame::of(draft, id);
        let wanted = Rect::new(x, y, x + width, y + height);
        let shown = frame.to_seen.inverse().transform_rect_bbox(wanted).intersect(frame.shown);
        if shown.width() < 1e-3 || shown.height() < 1e-3 {
            return Err(invalid(format!(
                "crop: {width} × {height} pt at ({x}, {y}) has no part of page {number}, which has {} × {} pt",
                frame.size.width, frame.size.height
            )));
        }
        draft.page(id)?.set("CropBox", numbers([shown.x0, shown.y0, shown.x1, shown.y1]));
    }
    Ok(())
}
