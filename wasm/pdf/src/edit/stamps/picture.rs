//! Pictures as objects of a file: JPEG as it is, PNG unpacked.

use crate::edit::Draft;
use crate::error::{Result, malformed, too_much, unsupported};
use crate::limits::MAX_PIXELS;
use hayro::kurbo::{Affine, Size};
use lopdf::{Object, ObjectId, Stream, dictionary};
use std::io::Cursor;

/// A picture in a file.
pub struct Picture {
    /// Its object.
    pub id: ObjectId,
    /// Its size in pixels, upright.
    pub size: Size,
    /// How the unit square has to be turned, with y downwards, for it to stand upright.
    pub upright: Affine,
}

/// Add a picture to a file.
pub fn add(draft: &mut Draft, data: &[u8]) -> Result<Picture> {
    match data {
        [0xff, 0xd8, ..] => jpeg(draft, data),
        [0x89, b'P', b'N', b'G', ..] => png(draft, data),
        _ => Err(unsupported("image: must be a JPEG or PNG file")),
    }
}

/// What the header of a JPEG says.
#[derive(Debug, Default, PartialEq)]
struct Header {
    width: u16,
    height: u16,
    channels: u8,
    /// Whether Adobe wrote it: inks are stored the other way round then.
    is_adobe: bool,
    /// How it is turned, as Exif numbers it.
    orientation: u8,
}

fn jpeg(draft: &mut Draft, data: &[u8]) -> Result<Picture> {
    let header = header(data)?;
    let (width, height) = (f64::from(header.width), f64::from(header.height));
    let space = match header.channels {
        1 => "DeviceGray",
        3 => "DeviceRGB",
        4 => "DeviceCMYK",
        count => return Err(unsupported(format!("image: a JPEG of {count} channels; 1, 3 or 4 can be shown"))),
    };
    let mut dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Filter" => "DCTDecode",
        "Width" => i64::from(header.width), "Height" => i64::from(header.height),
        "ColorSpace" => space, "BitsPerComponent" => 8,
    };
    if header.channels == 4 && header.is_adobe {
        dict.set("Decode", [1, 0].repeat(4).into_iter().map(Object::Integer).collect::<Vec<_>>());
    }
    let mut stream = Stream::new(dict, data.to_vec());
    stream.allows_compression = false;
    let upright = match header.orientation {
        2 => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
        3 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
        4 => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
        5 => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        6 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
        7 => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
        8 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
        _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    };
    let size = if header.orientation >= 5 { Size::new(height, width) } else { Size::new(width, height) };
    Ok(Picture { id: draft.file.add_object(stream), size, upright: Affine::new(upright) })
}

/// Read the header of a JPEG: segments, each with its length, up to the one that says how large the picture is.
fn header(data: &[u8]) -> Result<Header> {
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

fn png(draft: &mut Draft, data: &[u8]) -> Result<Picture> {
    let damaged = |error| malformed(format!("image: the PNG file is damaged: {error}"));
    let mut decoder = png::Decoder::new(Cursor::new(data));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let (width, height) = reader.info().size();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(too_much(format!("image: {width} × {height} px; {MAX_PIXELS} px are allowed at most")));
    }
    let size = reader.output_buffer_size().ok_or_else(|| too_much("image: the PNG file is too large"))?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(damaged)?;
    pixels.truncate(frame.buffer_size());
    let (channels, space) = match frame.color_type {
        png::ColorType::Grayscale | png::ColorType::GrayscaleAlpha => (1, "DeviceGray"),
        _ => (3, "DeviceRGB"),
    };
    let has_alpha = matches!(frame.color_type, png::ColorType::GrayscaleAlpha | png::ColorType::Rgba);
    let image = |data: Vec<u8>, space: &str| {
        let dict = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "ColorSpace" => space, "BitsPerComponent" => 8,
            "Width" => i64::from(width), "Height" => i64::from(height),
        };
        let mut stream = Stream::new(dict, data);
        // If packing fails, it is plain.
        drop(stream.compress());
        stream
    };
    let mut mask = None;
    if has_alpha {
        let alpha: Vec<u8> = pixels.iter().skip(channels).step_by(channels + 1).copied().collect();
        pixels = pixels.chunks_exact(channels + 1).flat_map(|pixel| &pixel[..channels]).copied().collect();
        if alpha.iter().any(|alpha| *alpha < 255) {
            mask = Some(draft.file.add_object(image(alpha, "DeviceGray")));
        }
    }
    let mut picture = image(pixels, space);
    if let Some(mask) = mask {
        picture.dict.set("SMask", mask);
    }
    let id = draft.file.add_object(picture);
    Ok(Picture { id, size: Size::new(width.into(), height.into()), upright: Affine::IDENTITY })
}

#[cfg(test)]
mod tests {
    use super::{Header, header};
    use crate::error::Error;

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
