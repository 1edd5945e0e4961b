//! Plain text.

use crate::args;
use crate::error::{Result, malformed, too_much};
use crate::fonts::{Data, Fonts, Look};
use crate::layout::Layout;
use crate::limits::MAX_TEXT_BYTES;
use crate::paper::Frame;
use crate::sheet::Document;
use krilla::tagging::Tag;

/// Set a text; a form feed starts a new page.
///
/// # Errors
/// It is no UTF-8, it is too long, no font has one of its characters, or the margins leave no room.
pub fn set(data: &[u8], page: args::Page, style: args::Style, fonts: &[Data]) -> Result<Document> {
    if data.len() > MAX_TEXT_BYTES {
        let length = data.len();
        return Err(too_much(format!("the text has {length} bytes; {MAX_TEXT_BYTES} are allowed at most")));
    }
    let text = std::str::from_utf8(data)
        .map_err(|error| malformed(format!("the text is no UTF-8 from byte {} on", error.valid_up_to())))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let known = Fonts::new(fonts, style.missing);
    let frame = Frame::new(&page, style.size)?;
    let look = Look { size: style.size, bold: false, family: style.family };
    let mut layout = Layout::new(&known, frame, &style);
    let (left, right) = (frame.margin, frame.width - frame.margin);
    // The line break that ends a file starts no line.
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    for (index, page) in text.split('\u{C}').enumerate() {
        if index > 0 {
            layout.break_page();
        }
        let part = layout.document.part(None, Tag::P);
        layout.text(page, look, left, right, part)?;
    }
    layout.document.fonts = fonts.iter().map(|one| one.font.clone()).collect();
    Ok(layout.document)
}
