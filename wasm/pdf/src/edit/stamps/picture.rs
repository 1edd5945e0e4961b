//! Pictures as objects of a file: JPEG as it is, PNG unpacked.

use crate::edit::{Draft, jpeg};
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

fn jpeg(draft: &mut Draft, data: &[u8]) -> Result<Picture> {
    let header = jpeg::header(data)?;
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
