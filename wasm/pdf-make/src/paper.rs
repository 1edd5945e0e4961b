//! Sizes of pages.

use crate::args;
use crate::error::{Result, invalid};
use crate::wit::Paper;

/// Points (1/72 inch) in a millimetre.
const MILLIMETRE: f32 = 72.0 / 25.4;

/// Width and height of upright paper, in points.
pub fn size(paper: Paper) -> (f32, f32) {
    let millimetres = |width: f32, height: f32| (width * MILLIMETRE, height * MILLIMETRE);
    match paper {
        Paper::A3 => millimetres(297.0, 420.0),
        Paper::A4 => millimetres(210.0, 297.0),
        Paper::A5 => millimetres(148.0, 210.0),
        Paper::A6 => millimetres(105.0, 148.0),
        Paper::Letter => (612.0, 792.0),
        Paper::Legal => (612.0, 1008.0),
        Paper::Tabloid => (792.0, 1224.0),
    }
}

/// Width and height of paper that may lie.
pub fn turned(paper: Paper, landscape: bool) -> (f32, f32) {
    let (width, height) = size(paper);
    if landscape { (height, width) } else { (width, height) }
}

/// The room for text on each page.
#[derive(Clone, Copy)]
pub struct Frame {
    /// Width of the paper.
    pub width: f32,
    /// Height of the paper.
    pub height: f32,
    /// Distance of the text from the edges.
    pub margin: f32,
}

impl Frame {
    /// # Errors
    /// The margins leave no room for a letter of this size.
    pub fn new(page: &args::Page, size: f32) -> Result<Self> {
        let (width, height) = turned(page.paper, page.landscape);
        let frame = Self { width, height, margin: page.margin };
        if frame.inner_width() < 2.0 * size || frame.inner_height() < 2.0 * size {
            return Err(invalid(format!(
                "margin: {} pt on all sides of {width:.0} × {height:.0} pt leave no room for letters of {size} pt",
                page.margin
            )));
        }
        Ok(frame)
    }

    /// Width between the margins.
    pub fn inner_width(&self) -> f32 {
        self.width - 2.0 * self.margin
    }

    /// Height between the margins.
    pub fn inner_height(&self) -> f32 {
        self.height - 2.0 * self.margin
    }
}
