//! JPEG files within documents.

use lopdf::{Object, Stream};

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
    use super::without_metadata;

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
}
