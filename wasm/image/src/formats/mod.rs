//! File formats, one a file: what a file is, told from its content, and who reads and writes it.
//!
//! Each format has `probe` and `decode`, and `encode` where it can be written. To add one: a case of
//! `format` (and of `output`) in the WIT, a file here, a line in [`SIGNATURES`] and in the functions
//! below.

mod bmp;
mod gif;
mod jpeg;
mod png;
mod qoi;
mod tiff;
mod webp;

use crate::args;
use crate::color::Color as Background;
use crate::error::{Result, malformed, unsupported};
use crate::limits::check_size;
use crate::metadata;
use crate::pixels::{AnyPixels, Picture, Pixels, for_depth};
use crate::wit::{Format, Info, Output, Step};

/// How files of a format begin; `None` stands for any byte.
const SIGNATURES: [(Format, &[Option<u8>]); 11] = [
    (Format::Png, &exact(*b"\x89PNG\r\n\x1a\n")),
    (Format::Jpeg, &exact([0xff, 0xd8, 0xff])),
    (Format::Webp, &WEBP),
    (Format::Gif, &exact(*b"GIF87a")),
    (Format::Gif, &exact(*b"GIF89a")),
    (Format::Bmp, &exact(*b"BM")),
    (Format::Tiff, &exact(*b"II*\0")),
    (Format::Tiff, &exact(*b"MM\0*")),
    (Format::Tiff, &exact(*b"II+\0")),
    (Format::Tiff, &exact(*b"MM\0+")),
    (Format::Qoi, &exact(*b"qoif")),
];

const WEBP: [Option<u8>; 12] = after(exact(*b"RIFF\0\0\0\0WEBP"), 4, 8);

/// How files of formats begin that people may take for pictures, and that are not read.
const OTHERS: [(&str, &[Option<u8>]); 14] = [
    ("AVIF", &after(exact(*b"\0\0\0\0ftypavif"), 0, 4)),
    ("HEIC", &after(exact(*b"\0\0\0\0ftyphei"), 0, 4)),
    ("HEIF", &after(exact(*b"\0\0\0\0ftypmif1"), 0, 4)),
    ("video or raw photograph (ISO media)", &after(exact(*b"\0\0\0\0ftyp"), 0, 4)),
    ("JPEG XL", &exact([0xff, 0x0a])),
    ("JPEG XL", &exact(*b"\0\0\0\x0cJXL ")),
    ("JPEG 2000", &exact(*b"\0\0\0\x0cjP  ")),
    ("ICO", &exact([0, 0, 1, 0])),
    ("Photoshop", &exact(*b"8BPS")),
    ("PDF", &exact(*b"%PDF-")),
    ("SVG", &exact(*b"<svg")),
    ("SVG or XML", &exact(*b"<?xml")),
    ("ZIP", &exact(*b"PK\x03\x04")),
    ("OpenEXR", &exact([0x76, 0x2f, 0x31, 0x01])),
];

/// A signature of which the bytes from `start` to `end` may be any.
const fn after<const N: usize>(mut signature: [Option<u8>; N], start: usize, end: usize) -> [Option<u8>; N] {
    let mut i = start;
    while i < end {
        signature[i] = None;
        i += 1;
    }
    signature
}

const fn exact<const N: usize>(bytes: [u8; N]) -> [Option<u8>; N] {
    let mut signature = [None; N];
    let mut i = 0;
    while i < N {
        signature[i] = Some(bytes[i]);
        i += 1;
    }
    signature
}

/// The format of a file.
///
/// # Errors
/// It is none of the known ones.
pub fn sniff(data: &[u8]) -> Result<Format> {
    const READ: &str = "PNG, JPEG, WebP, GIF, BMP, TIFF or QOI";
    if data.is_empty() {
        return Err(malformed("the file is empty"));
    }
    if let Some((format, _)) = SIGNATURES.iter().find(|(_, signature)| begins(data, signature)) {
        return Ok(*format);
    }
    if let Some((other, _)) = OTHERS.iter().find(|(_, signature)| begins(data, signature)) {
        return Err(unsupported(format!("the file is {other}; pictures in {READ} are read")));
    }
    let start: Vec<_> = data.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Err(malformed(format!("not a picture in {READ}: the file begins with {}", start.join(" "))))
}

fn begins(data: &[u8], signature: &[Option<u8>]) -> bool {
    data.len() >= signature.len()
        && signature.iter().zip(data).all(|(wanted, byte)| wanted.is_none_or(|wanted| wanted == *byte))
}

/// Tell what a file is, from its header.
pub fn probe(data: &[u8]) -> Result<Info> {
    match sniff(data)? {
        Format::Png => png::probe(data),
        Format::Jpeg => jpeg::probe(data),
        Format::Webp => webp::probe(data),
        Format::Gif => gif::probe(data),
        Format::Bmp => bmp::probe(data),
        Format::Tiff => tiff::probe(data),
        Format::Qoi => qoi::probe(data),
    }
}

/// A decoded file.
pub struct Decoded {
    /// The picture, as stored.
    pub picture: Picture,
    /// Its orientation by EXIF, 1 (upright) to 8.
    pub orientation: u8,
}

impl Decoded {
    fn new(pixels: impl Into<AnyPixels>, icc: Option<Vec<u8>>, exif: Option<Vec<u8>>) -> Self {
        let exif = metadata::exif(exif);
        let orientation = metadata::orientation(exif.as_deref());
        Self { picture: Picture { pixels: pixels.into(), icc: metadata::icc(icc), exif }, orientation }
    }
}

/// Decode a file (of an animation, the first picture).
///
/// A JPEG may be decoded at a reduced size, where the first of the steps to come makes it smaller:
/// see [`jpeg::decode`]. The step is still to be applied.
pub fn decode(data: &[u8], options: &args::Decode, steps: &[Step]) -> Result<Picture> {
    let Decoded { mut picture, orientation } = match sniff(data)? {
        Format::Png => png::decode(data)?,
        Format::Jpeg => jpeg::decode(data, options, steps)?,
        Format::Webp => webp::decode(data)?,
        Format::Gif => gif::decode(data)?,
        Format::Bmp => bmp::decode(data)?,
        Format::Tiff => tiff::decode(data)?,
        Format::Qoi => qoi::decode(data)?,
    };
    if options.auto_orient && orientation != metadata::UPRIGHT {
        picture.pixels = for_depth!(picture.pixels, pixels => {
            crate::steps::orient::orient(pixels, orientation)?.into()
        });
        if let Some(exif) = &mut picture.exif {
            metadata::set_upright(exif);
        }
    }
    Ok(picture)
}

/// Write a picture as a file.
pub fn encode(picture: Picture, output: Output) -> Result<Vec<u8>> {
    match output {
        Output::Png(options) => png::encode(picture, &options.try_into()?),
        Output::Jpeg(options) => jpeg::encode(picture, &options.try_into()?),
        Output::Webp(options) => webp::encode(picture, &options.try_into()?),
        Output::Tiff(options) => tiff::encode(picture, &options.try_into()?),
        Output::Bmp => bmp::encode(picture),
        Output::Qoi => qoi::encode(picture),
    }
}

/// Refuse a size that a header gives: one without pixels, or one that is over the limits.
fn check_header(format: &str, width: u32, height: u32, bytes_per_pixel: usize) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(malformed(format!("{format}: the header says {width} × {height} px")));
    }
    check_size(format, width, height, bytes_per_pixel)
}

/// Lay transparency over a background, for formats that have no alpha.
fn flatten(pixels: Pixels<u8>, background: Background) -> Result<Pixels<u8>> {
    if !pixels.has_alpha() {
        return Ok(pixels);
    }
    let is_color = pixels.is_color() || !background.is_gray();
    let pixels = pixels.with_channels(if is_color { 4 } else { 2 })?;
    let channels = pixels.color_channels();
    let behind = background.samples::<u8>(channels);
    let mut out = Pixels::zeroed("picture", pixels.width, pixels.height, channels)?;
    let pairs = out.samples.chunks_exact_mut(channels).zip(pixels.samples.chunks_exact(pixels.channels));
    for (pixel, source) in pairs {
        let alpha = u32::from(source[channels]);
        for ((sample, &above), &below) in pixel.iter_mut().zip(source).zip(&behind) {
            *sample = ((u32::from(above) * alpha + u32::from(below) * (255 - alpha) + 127) / 255) as u8;
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn formats_are_told_by_content() {
        assert_eq!(sniff(b"RIFF\x12\x34\0\0WEBPVP8 ").unwrap(), Format::Webp);
        assert_eq!(sniff(b"\xff\xd8\xff\xe1").unwrap(), Format::Jpeg);
        assert_eq!(sniff(b"MM\0*").unwrap(), Format::Tiff);
        for other in [&b""[..], b"\x89PNG", b"RIFF\0\0\0\0WAVE", b"text", b"\0"] {
            assert!(matches!(sniff(other), Err(Error::Malformed(_))));
        }
        for other in [&b"<svg/>"[..], b"\0\0\0\x20ftypheic", b"\0\0\x01\0\x01\0"] {
            assert!(matches!(sniff(other), Err(Error::Unsupported(_))));
        }
    }
}
