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

/// How a content saves and restores the graphics state.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Where it restores what was not saved: places of `Q`.
    pub strays: Vec<usize>,
    /// How many states are saved at its end.
    pub open: usize,
}

impl Balance {
    /// That of a content.
    pub fn of(content: &[u8]) -> Self {
        let mut balance = Self::default();
        let mut at = 0;
        while let Some(&byte) = content.get(at) {
            let end = match byte {
                b'(' => string(content, at),
                b'%' => skip(content, at, |byte| !matches!(byte, b'\n' | b'\r')),
                _ if is_regular(byte) => skip(content, at, is_regular),
                b'/' => skip(content, at + 1, is_regular),
                _ => at + 1,
            };
            match &content[at..end] {
                b"q" => balance.open += 1,
                b"Q" if balance.open > 0 => balance.open -= 1,
                b"Q" => balance.strays.push(at),
                b"ID" => {
                    at = image(content, end);
                    continue;
                }
                _ => {}
            }
            at = end;
        }
        balance
    }

    /// The content without the strays.
    pub fn mend(&self, mut content: Vec<u8>) -> Vec<u8> {
        for at in &self.strays {
            content[*at] = b' ';
        }
        content
    }
}

fn is_regular(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && byte != 0 && !b"()<>[]{}/%".contains(&byte)
}

fn skip(content: &[u8], from: usize, goes_on: impl Fn(u8) -> bool) -> usize {
    content[from..].iter().position(|byte| !goes_on(*byte)).map_or(content.len(), |length| from + length)
}

/// The end of a string in parentheses.
fn string(content: &[u8], from: usize) -> usize {
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
            break;
        }
    }
    at.min(content.len())
}

/// The end of an image within the content: `EI` between spaces, and text behind it.
fn image(content: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = content[at..].windows(2).position(|word| word == b"EI").map(|found| at + found) {
        let is_space = |at: usize| content.get(at).is_none_or(u8::is_ascii_whitespace);
        let behind = &content[found + 2..content.len().min(found + 12)];
        let is_text = behind.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        if is_space(found.wrapping_sub(1)) && is_space(found + 2) && is_text {
            return found + 2;
        }
        at = found + 2;
    }
    content.len()
}

#[cfg(test)]
mod tests {
    use super::Balance;

    #[test]
    fn states_are_counted() {
        for (content, strays, open) in [
            ("q 1 0 0 1 0 0 cm Q", vec![], 0),
            ("q q Q", vec![], 1),
            ("Q q", vec![0], 1),
            ("q Q Q /Q gs (Q \\) q (Q)) Tj % Q\n<00> Tj q", vec![4], 1),
            ("[(q)]TJ/q Do[q]q", vec![], 2),
            ("BI /W 1 ID \u{1}Q EIQ q EI\nq", vec![], 1),
            ("(never ends q Q", vec![], 0),
            ("BI ID q", vec![], 0),
            ("", vec![], 0),
        ] {
            assert_eq!(Balance::of(content.as_bytes()), Balance { strays, open }, "{content}");
        }
        let content = b"Q q Q Q".to_vec();
        assert_eq!(Balance::of(&content).mend(content), b"  q Q  ");
    }
}
