//! Simple documents: headings, paragraphs, items of lists, code, tables, pictures.

use crate::args;
use crate::error::{Error, Result, too_much};
use crate::fonts::{Data, Fonts, Look};
use crate::layout::Layout;
use crate::limits::{MAX_PARTS, MAX_TEXT_BYTES};
use crate::paper::Frame;
use crate::picture::Picture;
use crate::sheet::{Document, Entry, Kind, PartId};
use crate::table;
use crate::wit::{Block, Family};
use krilla::tagging::{ListNumbering, Tag};
use std::num::NonZeroU16;

/// Heights of headings, by their level, in heights of the text's letters.
const HEADINGS: [f32; 6] = [2.0, 1.6, 1.3, 1.15, 1.0, 1.0];

/// What stands before items without a number, by their level.
const BULLETS: [&str; 3] = ["•", "◦", "▪"];

/// Set a document.
///
/// # Errors
/// The number of the block that cannot be set, and why.
pub fn set(blocks: Vec<Block>, page: args::Page, style: args::Style, fonts: &[Data]) -> Result<Document> {
    if blocks.len() > MAX_PARTS {
        return Err(too_much(format!("there are {} blocks; {MAX_PARTS} are allowed at most", blocks.len())));
    }
    let length: usize = blocks.iter().map(length).sum();
    if length > MAX_TEXT_BYTES {
        return Err(too_much(format!("the texts have {length} bytes; {MAX_TEXT_BYTES} are allowed at most")));
    }
    let known = Fonts::new(fonts, style.missing);
    let frame = Frame::new(&page, style.size * HEADINGS[0])?;
    let look = Look { size: style.size, bold: false, family: style.family };
    let mut setter = Setter { layout: Layout::new(&known, frame, &style), look, lists: Vec::new() };
    for (number, block) in (1..).zip(blocks) {
        setter.block(block).map_err(|error| at(number, error))?;
    }
    let mut document = setter.layout.document;
    document.fonts = fonts.iter().map(|one| one.font.clone()).collect();
    Ok(document)
}

/// The bytes of a block's texts.
fn length(block: &Block) -> usize {
    let sum = |cells: &Vec<String>| cells.iter().map(String::len).sum::<usize>();
    match block {
        Block::Heading(it) => it.text.len(),
        Block::Paragraph(it) => it.text.len(),
        Block::Item(it) => it.text.len(),
        Block::Code(it) => it.text.len(),
        Block::Table(it) => it.rows.iter().map(sum).sum::<usize>() + it.header.as_ref().map_or(0, sum),
        Block::Figure(it) => it.caption.as_ref().map_or(0, String::len),
        Block::PageBreak => 0,
    }
}

/// An error with the number of its block.
fn at(number: usize, error: Error) -> Error {
    let name = |text| format!("block {number}: {text}");
    match error {
        Error::Malformed(text) => Error::Malformed(name(text)),
        Error::Unsupported(text) => Error::Unsupported(name(text)),
        Error::InvalidArgument(text) => Error::InvalidArgument(name(text)),
        Error::LimitExceeded(text) => Error::LimitExceeded(name(text)),
    }
}

struct Setter<'a> {
    layout: Layout<'a>,
    look: Look,
    /// The lists that the last block was in, from the outermost.
    lists: Vec<List>,
}

struct List {
    part: PartId,
    /// Its last item.
    item: PartId,
    is_numbered: bool,
}

impl Setter<'_> {
    fn block(&mut self, block: Block) -> Result<()> {
        if !matches!(block, Block::Item(_)) {
            self.lists.clear();
        }
        match block {
            Block::Heading(it) => self.heading(&it.try_into()?),
            Block::Paragraph(it) => self.paragraph(&it.text, self.look),
            Block::Item(it) => self.item(&it.try_into()?),
            Block::Code(it) => {
                let look = Look { size: self.look.size * 0.9, family: Family::Mono, ..self.look };
                self.paragraph(it.text.strip_suffix('\n').unwrap_or(&it.text), look)
            }
            Block::Table(it) => table::set(&mut self.layout, &it.try_into()?, self.look),
            Block::Figure(it) => self.figure(it.try_into()?),
            Block::PageBreak => {
                self.layout.break_page();
                Ok(())
            }
        }
    }

    fn edges(&self) -> (f32, f32) {
        let frame = self.layout.frame;
        (frame.margin, frame.width - frame.margin)
    }

    fn paragraph(&mut self, text: &str, look: Look) -> Result<()> {
        let (left, right) = self.edges();
        let part = self.layout.document.part(None, Tag::P);
        self.layout.space(self.look.size * 0.7);
        self.layout.text(text, look, left, right, part)?;
        self.layout.space(self.look.size * 0.7);
        Ok(())
    }

    fn heading(&mut self, heading: &args::Heading) -> Result<()> {
        let size = self.look.size * HEADINGS[heading.level as usize - 1];
        let look = Look { size, bold: true, ..self.look };
        let (left, right) = self.edges();
        let lines = self.layout.lines(&heading.text, look, right - left)?;
        self.layout.space(size * 1.1);
        // It stays with the first lines of what follows.
        let height = self.layout.line_height(size) * lines.len() as f32;
        let next = 2.0 * self.layout.line_height(self.look.size) + size * 0.4;
        self.layout.need((height + next).min(self.layout.frame.inner_height()));
        let text = heading.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (page, y) = (self.layout.page(), self.layout.y());
        let level = NonZeroU16::MIN.saturating_add(heading.level as u16 - 1);
        let part = self.layout.document.part(None, Tag::Hn(level, Some(text.clone())));
        self.layout.document.outline.push(Entry { text, level: heading.level, page, y });
        for line in lines {
            let height = self.layout.line_height(size);
            self.layout.need(height);
            self.layout.line(line, self.layout.y(), left, right, Some(part));
            self.layout.advance(height);
        }
        self.layout.space(size * 0.4);
        Ok(())
    }

    fn item(&mut self, item: &args::Item) -> Result<()> {
        let size = self.look.size;
        let level = item.level as usize;
        let label = match item.number {
            Some(number) => format!("{number}."),
            None => BULLETS[(level - 1).min(BULLETS.len() - 1)].to_owned(),
        };
        let (name, body) = self.list(level, item.number.is_some());
        let (left, right) = self.edges();
        let mut labels = self.layout.lines(&label, self.look, f32::INFINITY)?;
        let label_width = labels.first().map_or(0.0, |label| label.width);
        let indent = (size * 1.8 * item.level as f32).min((right - left) / 2.0);
        let lines = self.layout.lines(&item.text, self.look, right - left - indent)?;
        let is_rtl = lines.first().is_some_and(|line| line.is_rtl);
        let (left, right) = if is_rtl { (left, right - indent) } else { (left + indent, right) };
        self.layout.space(size * 0.2);
        let height = self.layout.line_height(size);
        for line in lines {
            self.layout.need(height);
            if let Some(label) = labels.pop() {
                let x = if is_rtl { right + size * 0.5 } else { left - size * 0.5 - label.width };
                self.layout.line(label, self.layout.y(), x, x + label_width, Some(name));
            }
            self.layout.line(line, self.layout.y(), left, right, Some(body));
            self.layout.advance(height);
        }
        self.layout.space(size * 0.2);
        Ok(())
    }

    /// The parts for the next item of a list: its label and its text.
    fn list(&mut self, level: usize, is_numbered: bool) -> (PartId, PartId) {
        let document = &mut self.layout.document;
        self.lists.truncate(level);
        if self.lists.len() == level && self.lists.last().is_some_and(|list| list.is_numbered != is_numbered) {
            self.lists.pop();
        }
        if let (true, Some(list)) = (self.lists.len() == level, self.lists.last_mut()) {
            list.item = document.part(Some(list.part), Tag::LI);
        }
        while self.lists.len() < level {
            let numbering = match self.lists.len() {
                _ if is_numbered => ListNumbering::Decimal,
                0 => ListNumbering::Disc,
                1 => ListNumbering::Circle,
                _ => ListNumbering::Square,
            };
            let part = document.part(self.lists.last().map(|list| list.item), Tag::L(numbering));
            let item = document.part(Some(part), Tag::LI);
            self.lists.push(List { part, item, is_numbered });
        }
        let item = self.lists.last().map(|list| list.item);
        (document.part(item, Tag::Lbl), document.part(item, Tag::LBody))
    }

    fn figure(&mut self, figure: args::Figure) -> Result<()> {
        let picture = Picture::read(figure.data, "its picture")?;
        let (left, right) = self.edges();
        let own = picture.size(None);
        let wanted = figure.width.map_or(1.0, |width| width / own.0);
        let small = Look { size: self.look.size * 0.9, ..self.look };
        let caption = match &figure.caption {
            Some(text) => self.layout.lines(text, small, right - left)?,
            None => Vec::new(),
        };
        let below = self.layout.line_height(small.size) * caption.len() as f32;
        let room = (self.layout.frame.inner_height() - below).max(self.layout.frame.inner_height() / 2.0);
        let scale = wanted.min((right - left) / own.0).min(room / own.1);
        let (width, height) = (own.0 * scale, own.1 * scale);
        self.layout.space(self.look.size);
        self.layout.need((height + below).min(self.layout.frame.inner_height()));
        let part = self.layout.document.part(None, Tag::Figure(figure.alt));
        let kind = Kind::Picture { picture: Box::new(picture), width, height, clip: None };
        self.layout.draw(left, self.layout.y(), kind, Some(part));
        self.layout.advance(height);
        let part = self.layout.document.part(None, Tag::Caption);
        for line in caption {
            let height = self.layout.line_height(small.size);
            self.layout.need(height);
            self.layout.line(line, self.layout.y(), left, right, Some(part));
            self.layout.advance(height);
        }
        self.layout.space(self.look.size);
        Ok(())
    }
}
