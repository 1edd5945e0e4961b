//! Pictures, one a page.

use crate::args;
use crate::error::{Result, invalid};
use crate::limits::{MAX_PAGE, MAX_PARTS, MIN_PAGE};
use crate::paper;
use crate::picture::Picture;
use crate::sheet::{Document, Kind, Sheet, Thing};
use crate::wit::{self, Fit};
use krilla::tagging::Tag;

/// Put each picture on a sheet of its own.
///
/// # Errors
/// There is no picture, one cannot be read, or the margins leave no room.
pub fn sheets(pictures: Vec<wit::Picture>, mount: args::Mount) -> Result<Document> {
    if pictures.is_empty() || pictures.len() > MAX_PARTS {
        return Err(invalid(format!("pictures: there must be from 1 to {MAX_PARTS}, not {}", pictures.len())));
    }
    let mut document = Document::default();
    for (number, given) in (1..).zip(pictures) {
        let picture = Picture::read(given.data, &format!("picture {number}"))?;
        let part = document.part(None, Tag::Figure(given.alt));
        document.sheets.push(sheet(picture, part, &mount)?);
    }
    Ok(document)
}

fn sheet(picture: Picture, part: usize, mount: &args::Mount) -> Result<Sheet> {
    let own = picture.size(mount.dpi);
    let margins = 2.0 * mount.margin;
    let (width, height) = match mount.paper {
        Some(paper) => paper::turned(paper, mount.landscape.unwrap_or(own.0 > own.1)),
        None => {
            // What is larger than a page can be becomes smaller.
            let scale = ((MAX_PAGE - margins) / own.0.max(own.1)).min(1.0);
            let side = |side: f32| side.mul_add(scale, margins).max(MIN_PAGE);
            (side(own.0), side(own.1))
        }
    };
    let room = (width - margins, height - margins);
    if room.0 < 1.0 || room.1 < 1.0 {
        let margin = mount.margin;
        return Err(invalid(format!("margin: {margin} pt leave no room on a page of {width:.0} × {height:.0} pt")));
    }
    let scales = (room.0 / own.0, room.1 / own.1);
    let contain = scales.0.min(scales.1);
    let scale = match (mount.paper, mount.fit) {
        (None, _) | (_, Fit::Shrink) => contain.min(1.0),
        (_, Fit::Contain) => contain,
        (_, Fit::Cover) => scales.0.max(scales.1),
    };
    let size = (own.0 * scale, own.1 * scale);
    let is_cut = mount.paper.is_some() && matches!(mount.fit, Fit::Cover);
    let clip = is_cut.then_some([mount.margin, mount.margin, width - mount.margin, height - mount.margin]);
    let kind = Kind::Picture { picture: Box::new(picture), width: size.0, height: size.1, clip };
    let thing = Thing { x: (width - size.0) / 2.0, y: (height - size.1) / 2.0, kind, part: Some(part) };
    Ok(Sheet { width, height, things: vec![thing] })
}
