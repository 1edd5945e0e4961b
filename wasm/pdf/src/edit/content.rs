//! What draws a page: its content streams, and where they save and restore the graphics state.

use super::draft::Draft;
use super::look::references;
use crate::limits::MAX_CONTENT_BYTES;
use lopdf::{Object, ObjectId, Stream};

impl Draft {
    /// The content streams of a page.
    pub fn contents(&self, page: ObjectId) -> Vec<ObjectId> {
        let Some(contents) = self.file.get_dictionary(page).ok().and_then(|page| page.get(b"Contents").ok()) else {
            return Vec::new();
        };
        let all = match (contents, self.resolve(contents)) {
            (_, Object::Array(items)) => references(items).collect(),
            (Object::Reference(id), _) => vec![*id],
            _ => Vec::new(),
        };
        all.into_iter().filter(|id| matches!(self.file.objects.get(id), Some(Object::Stream(_)))).collect()
    }

    /// What draws a page, unpacked. A stream that cannot be read draws nothing.
    pub fn content(&self, page: ObjectId) -> Vec<u8> {
        let mut content = Vec::new();
        for id in self.contents(page) {
            if let Some(Object::Stream(stream)) = self.file.objects.get(&id)
                && let Ok(part) = unpack(self, stream, MAX_CONTENT_BYTES)
            {
                content.extend(part);
                content.push(b'\n');
            }
        }
        content
    }
}

/// A stream, unpacked. How it is packed may be said by reference.
pub fn unpack(draft: &Draft, stream: &Stream, limit: usize) -> lopdf::Result<Vec<u8>> {
    let mut here = Stream::new(lopdf::Dictionary::new(), Vec::new());
    for key in [&b"Filter"[..], b"DecodeParms"] {
        let mut item = draft.get(&stream.dict, key).clone();
        if let Object::Array(items) = &mut item {
            items.iter_mut().for_each(|item| *item = draft.resolve(item).clone());
        }
        if !item.is_null() {
            here.dict.set(key, item);
        }
    }
    here.content.clone_from(&stream.content);
    here.get_plain_content_with_limit(limit)
}

/// A stream of content.
pub fn stream(content: Vec<u8>) -> Stream {
    let mut stream = Stream::new(lopdf::Dictionary::new(), content);
    // What is short stays plain; that packing fails is no reason to fail.
    drop(stream.compress());
    stream
}

/// How a content begins and ends things: what is put behind it must not be within them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Where it restores a graphics state that was not saved: places of `Q`.
    strays: Vec<usize>,
    /// How many states are saved at its end.
    states: usize,
    /// How many marks are open at its end.
    marks: usize,
    /// Whether a text is.
    text: bool,
    /// Where a string or an image begins that has no end.
    cut: Option<usize>,
}

impl Balance {
    /// That of a content.
    pub fn of(content: &[u8]) -> Self {
        let mut balance = Self::default();
        let mut at = 0;
        while let Some(&byte) = content.get(at) {
            let end = match byte {
                b'(' => string(content, at),
                b'%' => Some(skip(content, at, |byte| !matches!(byte, b'\n' | b'\r'))),
                _ if is_regular(byte) => Some(skip(content, at, is_regular)),
                b'/' => Some(skip(content, at + 1, is_regular)),
                _ => Some(at + 1),
            };
            let end = match end.map(|end| &content[at..end]) {
                Some(b"ID") => image(content, at + 2),
                Some(word) => {
                    balance.count(word, at);
                    end
                }
                None => None,
            };
            match end {
                Some(end) => at = end,
                None => {
                    balance.cut = Some(at);
                    break;
                }
            }
        }
        balance
    }

    fn count(&mut self, word: &[u8], at: usize) {
        match word {
            b"q" => self.states += 1,
            b"Q" if self.states > 0 => self.states -= 1,
            b"Q" => self.strays.push(at),
            b"BT" => self.text = true,
            b"ET" => self.text = false,
            b"BMC" | b"BDC" => self.marks += 1,
            b"EMC" => self.marks = self.marks.saturating_sub(1),
            _ => {}
        }
    }

    /// Whether the content itself has to be mended; else it is enough to [`close`](Self::close) it.
    pub fn is_broken(&self) -> bool {
        !self.strays.is_empty() || self.cut.is_some()
    }

    /// The content without what restores too often, and without what has no end.
    pub fn mend(&self, mut content: Vec<u8>) -> Vec<u8> {
        for at in &self.strays {
            content[*at] = b' ';
        }
        content.truncate(self.cut.unwrap_or(content.len()));
        content
    }

    /// What ends all that is open.
    pub fn close(&self) -> String {
        let text = if self.text { "\nET" } else { "" };
        format!("{text}{}{}\n", "\nEMC".repeat(self.marks), "\nQ".repeat(self.states))
    }
}

fn is_regular(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && byte != 0 && !b"()<>[]{}/%".contains(&byte)
}

fn skip(content: &[u8], from: usize, goes_on: impl Fn(u8) -> bool) -> usize {
    content[from..].iter().position(|byte| !goes_on(*byte)).map_or(content.len(), |length| from + length)
}

/// The end of a string in parentheses; none if it has none.
fn string(content: &[u8], from: usize) -> Option<usize> {
    let (mut depth, mut at) = (0, from);
    while let Some(byte) = content.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The end of an image within the content: `EI` between spaces, and text behind it; none if it has none.
fn image(content: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + content[at..].windows(2).position(|word| word == b"EI")?;
        let is_space = |at: usize| content.get(at).is_none_or(u8::is_ascii_whitespace);
        let behind = &content[found + 2..content.len().min(found + 12)];
        let is_text = behind.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        if is_space(found.wrapping_sub(1)) && is_space(found + 2) && is_text {
            return Some(found + 2);
        }
        at = found + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::Balance;

    #[test]
    fn what_is_open_is_found() {
        for (content, mended, close) in [
            ("q 1 0 0 1 0 0 cm Q", "q 1 0 0 1 0 0 cm Q", "\n"),
            ("q q Q", "q q Q", "\nQ\n"),
            ("Q q", "  q", "\nQ\n"),
            ("q Q Q /Q gs (Q \\) q (Q)) Tj % Q\n<00> Tj q", "q Q   /Q gs (Q \\) q (Q)) Tj % Q\n<00> Tj q", "\nQ\n"),
            ("[(q)]TJ/q Do[q]q", "[(q)]TJ/q Do[q]q", "\nQ\nQ\n"),
            ("BI /W 1 ID \u{1}Q EIQ q EI\nq", "BI /W 1 ID \u{1}Q EIQ q EI\nq", "\nQ\n"),
            ("q /OC /L BDC BT (never ends q Q", "q /OC /L BDC BT ", "\nET\nEMC\nQ\n"),
            ("/P BMC EMC EMC BT ET BI ID q", "/P BMC EMC EMC BT ET BI ", "\n"),
            ("", "", "\n"),
        ] {
            let balance = Balance::of(content.as_bytes());
            assert_eq!(String::from_utf8(balance.mend(content.into())).unwrap(), mended);
            assert_eq!(balance.close(), close, "{content}");
            assert_eq!(balance.is_broken(), content != mended, "{content}");
        }
    }
}
