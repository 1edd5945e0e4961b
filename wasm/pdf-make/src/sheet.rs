//! What a document is before it is written: sheets with things at their places, and what these are parts of.

use crate::lines::Line;
use crate::picture::Picture;
use krilla::tagging::TagKind;
use krilla::text::Font;

/// A document.
#[derive(Default)]
pub struct Document {
    /// The fonts by their numbers in lines.
    pub fonts: Vec<Font>,
    /// Pages.
    pub sheets: Vec<Sheet>,
    /// Headings and where they are.
    pub outline: Vec<Entry>,
    /// What things are parts of: a part comes after the one that it is in.
    pub parts: Vec<Part>,
}

/// A page.
pub struct Sheet {
    /// Width in points.
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// What is on it, in the order of reading.
    pub things: Vec<Thing>,
}

/// Something on a page.
pub struct Thing {
    /// Distance from the left.
    pub x: f32,
    /// Distance from the top; of a line: that of its baseline.
    pub y: f32,
    /// What it is.
    pub kind: Kind,
    /// The part that it belongs to; none for what is mere decoration.
    pub part: Option<PartId>,
}

/// What can be on a page.
pub enum Kind {
    /// Text.
    Line(Line),
    /// A picture.
    Picture {
        /// The picture.
        picture: Box<Picture>,
        /// Its width.
        width: f32,
        /// Its height.
        height: f32,
        /// What is seen of it, if not all: left, top, right, bottom.
        clip: Option<[f32; 4]>,
    },
    /// A thin line to the right.
    Rule(f32),
}

/// An entry of the outline.
pub struct Entry {
    /// What it says.
    pub text: String,
    /// Its depth, from 1.
    pub level: u32,
    /// The index of its page.
    pub page: usize,
    /// Distance from the top of the page.
    pub y: f32,
}

/// The index of a part.
pub type PartId = usize;

/// A part of the document's structure.
pub struct Part {
    /// What it is.
    pub tag: TagKind,
    /// What it is in.
    pub parent: Option<PartId>,
}

impl Document {
    /// Add a part.
    pub fn part(&mut self, parent: Option<PartId>, tag: impl Into<TagKind>) -> PartId {
        self.parts.push(Part { tag: tag.into(), parent });
        self.parts.len() - 1
    }
}
