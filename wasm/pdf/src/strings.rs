//! Texts in files: strings in one of three encodings, times, and names.

use crate::limits::MAX_TEXT_BYTES;
use hayro::hayro_syntax::object::{self, DateTime, Dict, Name};

/// How often what is written as numbers may be so itself.
const ESCAPES: usize = 3;

/// What the bytes 0x18 to 0x1f and 0x80 to 0xa0 are in PDFDocEncoding; all others are as in Latin-1.
const LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
const HIGH: [char; 33] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ',
    'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
];

/// A text string: UTF-16 or UTF-8 if it begins with their marks, else PDFDocEncoding.
pub fn text(bytes: &[u8]) -> String {
    let text = with_languages(&bytes[..bytes.len().min(MAX_TEXT_BYTES)]);
    // Only UTF-16 has marks of languages.
    let text = if matches!(bytes, [0xfe, 0xff, ..] | [0xff, 0xfe, ..]) { parts(&text, 0) } else { text };
    text.trim_end_matches('\0').to_owned()
}

/// What a string may say to whoever looks at it closely: its text, the marks of languages in that, what it is in
/// UTF-8, which some programs write without its mark, and as an address. None if it is too long to be read.
pub fn readings(bytes: &[u8]) -> Option<Vec<String>> {
    if bytes.len() > MAX_TEXT_BYTES {
        return None;
    }
    let mut readings = vec![text(bytes)];
    readings.extend(Some(languages(bytes)).filter(|marks| !marks.is_empty()));
    if !bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        readings.push(text.to_owned());
    }
    let escaped = escaped(&readings[0]);
    readings.extend(escaped);
    Some(readings)
}

/// What a text says if it is an address, in which letters may be written as numbers, and those again.
pub fn escaped(text: &str) -> Vec<String> {
    let mut readings: Vec<String> = Vec::new();
    while let Some(reading) = unescaped(readings.last().map_or(text, String::as_str))
        && readings.len() < ESCAPES
    {
        readings.push(reading);
    }
    readings
}

fn unescaped(text: &str) -> Option<String> {
    if !text.contains(['%', '+']) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = &after[if byte.is_some() { 2 } else { 0 }..];
    }
    let said = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect());
    (said != text).then_some(said)
}

/// The marks of languages in a text.
pub fn languages(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] => parts(&with_languages(bytes), 1),
        _ => String::new(),
    }
}

fn with_languages(bytes: &[u8]) -> String {
    let utf16 = |pair: fn([u8; 2]) -> u16| {
        let units = bytes[2..].as_chunks().0.iter().map(|unit| pair(*unit));
        char::decode_utf16(units).map(|char| char.unwrap_or('\u{fffd}')).collect::<String>()
    };
    match bytes {
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| pdf_doc(*byte)).collect(),
    }
}

fn pdf_doc(byte: u8) -> char {
    match byte {
        0x18..=0x1f => LOW[usize::from(byte - 0x18)],
        0x80..=0xa0 => HIGH[usize::from(byte - 0x80)],
        byte => byte.into(),
    }
}

/// A text string's bytes: PDFDocEncoding where that has all characters, else UTF-16.
pub fn encode(text: &str) -> Vec<u8> {
    let byte = |char| (0..=u8::MAX).find(|byte| pdf_doc(*byte) == char && char != '\u{fffd}');
    let plain: Option<Vec<u8>> = text.chars().map(byte).collect();
    // What begins like a mark of another encoding would be taken for one.
    match plain {
        Some(bytes)
            if !bytes.starts_with(b"\xfe\xff")
                && !bytes.starts_with(b"\xff\xfe")
                && !bytes.starts_with(b"\xef\xbb\xbf") =>
        {
            bytes
        }
        _ => [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
    }
}

/// Every other part of a text: marks of languages stand between escape characters.
fn parts(text: &str, first: usize) -> String {
    text.split('\u{1b}').skip(first).step_by(2).collect()
}

/// A text in a dictionary; none if it is empty.
pub fn entry(dict: &Dict<'_>, key: &str) -> Option<String> {
    let text = text(&dict.get::<object::String<'_>>(key)?);
    (!text.is_empty()).then_some(text)
}

/// A name in a dictionary.
pub fn name(dict: &Dict<'_>, key: &str) -> Option<String> {
    dict.get::<Name<'_>>(key).map(|name| name.as_str().to_owned())
}

/// A time as in ISO 8601.
pub fn time(time: &DateTime) -> String {
    let DateTime { year, month, day, hour, minute, second, utc_offset_hour, utc_offset_minute } = time;
    let start = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    match (utc_offset_hour, utc_offset_minute) {
        (0, 0) => start + "Z",
        _ => format!("{start}{utc_offset_hour:+03}:{utc_offset_minute:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{encode, text};

    #[test]
    fn texts_are_written_as_they_are_read() {
        for (written, expected) in [
            ("plain", &b"plain"[..]),
            ("• é €", b"\x80 \xe9 \xa0"),
            ("Ж", b"\xfe\xff\x04\x16"),
            ("😀", b"\xfe\xff\xd8\x3d\xde\x00"),
            ("þÿ", b"\xfe\xff\0\xfe\0\xff"),
            ("\u{fffd}", b"\xfe\xff\xff\xfd"),
            ("", b""),
        ] {
            assert_eq!(encode(written), expected, "{written}");
            assert_eq!(text(expected), written);
        }
    }

    #[test]
    fn all_encodings_are_read() {
        for (bytes, expected) in [
            (&b"plain"[..], "plain"),
            (b"\x80 \x8d\x8e \xa0 \xe9 \x1f", "• “” € é ˜"),
            (b"\xfe\xff\x05\xd0\xd8\x3d\xde\x00", "א😀"),
            (b"\xff\xfe\xd0\x05", "א"),
            (b"\xfe\xff\0\x1b\0e\0n\0\x1b\0h\0i", "hi"),
            (b"\xef\xbb\xbf\xd7\x90", "א"),
            (b"\xfe\xff\xd8\x00\0a\0", "\u{fffd}a"),
            (b"end\0", "end"),
            (b"", ""),
        ] {
            assert_eq!(text(bytes), expected, "{bytes:?}");
        }
    }
}
