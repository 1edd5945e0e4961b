//! The text of pages: glyphs are [collected](collect) in the order in which the file draws them,
//! and [laid out](layout) as lines, words and paragraphs; [`search`] looks for texts in those, as
//! they are [compared](fold).

mod bidi;
pub mod collect;
pub mod fold;
pub mod layout;
pub mod search;

use crate::document::Document;
use crate::error::Result;
use crate::{fonts, geometry, wit};
use hayro::hayro_interpret::{Context, interpret_page};
use layout::Layout;
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
        self.seen(number)?.with_page(number, |page, caches| {
            let seen = geometry::seen(page);
            let mut context = Context::new(geometry::to_seen(page), seen, &caches.text, page.xref(), fonts::to_read());
            let mut collector = collect::Collector::new(seen);
            interpret_page(page, &mut context, &mut collector);
            Ok(Layout::new(collector.finish()))
        })
    }
}
