//! The text of pages: glyphs are [read](read) and [collected](collect) in the order in which the file draws them,
//! and [laid out](layout) as lines, words and paragraphs; [`search`] looks for texts in those, as
//! they are [compared](fold).

mod bidi;
pub mod collect;
pub mod fold;
mod layers;
pub mod layout;
pub mod letters;
pub mod maps;
mod read;
pub mod search;
mod unicode;

use crate::document::Document;
use crate::error::Result;
use crate::wit;
use layout::Layout;
use read::Reader;
use search::Query;

impl Document {
    /// The text of a page in the order of reading.
    pub fn text(&self, number: u32) -> Result<String> {
        Ok(self.layout(number)?.text())
    }

    /// The words of a page in the order of reading.
    pub fn words(&self, number: u32) -> Result<Vec<wit::Word>> {
        Ok(self.layout(number)?.words(number))
    }

    /// Where a text stands on a page.
    pub fn search(&self, number: u32, query: &Query) -> Result<Vec<wit::Hit>> {
        Ok(search::hits(query, &self.layout(number)?, number))
    }

    /// The text of a page as it is laid out.
    pub fn layout(&self, number: u32) -> Result<Layout> {
        self.seen(number)?.with_page(number, |page, caches| Ok(Layout::new(Reader::glyphs(&caches.text, page))))
    }
}
