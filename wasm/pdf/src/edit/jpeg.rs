//! JPEG files within documents: what they say of themselves.

use crate::error::{Result, malformed, unsupported};
use lopdf::{Object, Stream};

/// What the header of a JPEG says.
#[derive(Debug, Default, PartialEq)]
pub struct Header {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// 1, 3 or 4 if PDF shows it.
    pub channels: u8,
    /// Whether Adobe wrote it: inks are stored the other way round then.
    pub is_adobe: bool,
    /// How it is turned, as Exif numbers it.
    pub orientation: u8,
}

/// Read the header of a JPEG: segments, each with its length, up to the one that says how large the picture is.
pub fn header(data: &[u8]) -> Result<Header> {
    let cut = || malformed("image: the JPEG file is cut short or damaged");
    let mut header = Header { orientation: 1, ..Header::default() };
    let mut rest = data.get(2..).ok_or_else(cut)?;
    loop {
        let start = rest.iter().position(|byte| *byte != 0xff).ok_or_else(cut)?;
        if start == 0 {
            return Err(cut());
        }
        let marker = rest[start];
        rest = &rest[start + 1..];
        if marker == 0x01 || (0xd0..=0xd8).contains(&marker) {
            continue;
        }
        let [high, low, ..] = rest else { return Err(cut()) };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let segment = rest.get(2..length).ok_or_else(cut)?;
        rest = &rest[length..];
        match (marker, segment) {
            // Baseline, extended and progressive, with Huffman's code; PDF knows no others.
            (0xc0..=0xc2, [bits, y1, y0, x1, x0, channels, ..]) => {
                header.width = u16::from_be_bytes([*x1, *x0]);
                header.height = u16::from_be_bytes([*y1, *y0]);
                header.channels = *channels;
                if *bits != 8 {
                    return Err(unsupported(format!("image: a JPEG of {bits} bits; PDF shows 8")));
                }
                if header.width == 0 || header.height == 0 {
                    return Err(cut());
                }
                return Ok(header);
            }
            (0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf, _) => {
                return Err(unsupported("image: a lossless or arithmetic JPEG, which PDF cannot show"));
            }
            (0xc0..=0xc2 | 0xd9 | 0xda, _) => return Err(cut()),
            (0xee, [b'A', b'd', b'o', b'b', b'e', ..]) => header.is_adobe = true,
            (0xe1, [b'E', b'x', b'i', b'f', 0, 0, tiff @ ..]) => header.orientation = orientation(tiff).unwrap_or(1),
            _ => {}
        }
    }
}

/// The orientation in Exif's data, which is a TIFF file.
fn orientation(tiff: &[u8]) -> Option<u8> {
    let is_big = tiff.starts_with(b"MM");
    let short = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(if is_big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let bytes: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let first = if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) } as usize;
    let first = (first < tiff.len()).then_some(first)?;
    let mut entries = (0..usize::from(short(first)?)).map(|index| first + 2 + 12 * index);
    let entry = entries.find(|entry| short(*entry) == Some(0x0112))?;
    u8::try_from(short(entry + 8)?).ok().filter(|turn| (1..=8).contains(turn))
}

/// Whether a stream is a JPEG file, packed in no other way.
pub fn is_one(stream: &Stream) -> bool {
    let filter = match stream.dict.get(b"Filter") {
        Ok(Object::Array(filters)) if filters.len() == 1 => filters.first(),
        filter => filter.ok(),
    };
    filter.and_then(|filter| filter.as_name().ok()) == Some(b"DCTDecode")
}

/// Take out what cameras and programs write into a picture: Exif with its places, XMP, comments. What tells
/// colours apart stays.
pub fn remove_metadata(stream: &mut Stream) {
    if is_one(stream)
        && let Some(data) = without_metadata(&stream.content)
    {
        stream.set_content(data);
    }
}

/// The file without its metadata; none if there is none, or if it is not what is expected.
fn without_metadata(data: &[u8]) -> Option<Vec<u8>> {
    let mut rest = data.strip_prefix(b"\xff\xd8")?;
    let mut kept = b"\xff\xd8".to_vec();
    loop {
        let [0xff, marker, high, low, ..] = rest else { return None };
        if *marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (segment, behind) = rest.split_at_checked(2 + length).filter(|_| length >= 2)?;
        match marker {
            // APP1 and APP3 to APP13, COM; APP0 is JFIF, APP2 a colour profile, APP14 Adobe's mark of colours.
            0xe1 | 0xe3..=0xed | 0xef | 0xfe => {}
            // From where the picture starts all stays.
            0xda => {
                kept.extend_from_slice(rest);
                return (kept.len() < data.len()).then_some(kept);
            }
            _ => kept.extend_from_slice(segment),
        }
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::{Header, header, without_metadata};
    use crate::error::Error;

    #[test]
    fn metadata_goes_and_the_picture_stays() {
        let file =
            b"\xff\xd8\xff\xe0\0\x03J\xff\xe1\0\x06Exif\xff\xff\xfe\0\x03c\xff\xee\0\x03A\xff\xda\0\x02\xff\xe1picture";
        let expected = b"\xff\xd8\xff\xe0\0\x03J\xff\xee\0\x03A\xff\xda\0\x02\xff\xe1picture";
        assert_eq!(without_metadata(file).as_deref(), Some(&expected[..]));
        assert_eq!(without_metadata(expected), None);
        for bad in [&b""[..], b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xffx", b"\xff\xd8\xff\xe1\0\0x", b"GIF89a"] {
            assert_eq!(without_metadata(bad), None);
        }
    }
    #[test]
    fn headers_are_read() {
        let exif = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0";
        let frame = b"\xff\xff\xc2\0\x08\x08\0\x10\x01\0\x04";
        let data = [b"\xff\xd8".as_slice(), exif, adobe, frame].concat();
        let expected = Header { width: 256, height: 16, channels: 4, is_adobe: true, orientation: 6 };
        assert_eq!(header(&data).unwrap(), expected);
        for length in 0..data.len() {
            assert!(header(&data[..length]).is_err(), "{length}");
        }
        let lossless = [b"\xff\xd8\xff\xc3".as_slice(), &frame[3..]].concat();
        assert!(matches!(header(&lossless), Err(Error::Unsupported(_))));
    }
}
