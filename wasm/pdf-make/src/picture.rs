//! Pictures: JPEG files as they are, PNG files unpacked and packed again as PDF wants them.

use crate::error::{Result, malformed, too_much, unsupported};
use crate::limits::MAX_PIXELS;
use exif::{In, Tag, Value};
use krilla::geom::Transform;
use krilla::image::Image;
use std::io::Cursor;
use zune_jpeg::JpegDecoder;

/// Resolution where neither file nor caller says one: that of pictures on the web.
const DPI: f32 = 96.0;

/// A picture that can be drawn.
#[derive(Clone)]
pub struct Picture {
    /// For the file.
    pub image: Image,
    /// How it is to be turned, in the words of EXIF: 1 is upright.
    orientation: u32,
    /// Pixels an inch, along its rows and its columns.
    dpi: Option<(f32, f32)>,
}

impl Picture {
    /// `name` is for errors: which picture it is.
    ///
    /// # Errors
    /// It is cut or corrupt, of another format, or too large.
    pub fn read(data: Vec<u8>, name: &str) -> Result<Self> {
        let wrong = |error: String| malformed(format!("{name}: {error}"));
        if data.starts_with(b"\xFF\xD8\xFF") {
            let (exif, density) = jpeg(&data).map_err(wrong)?;
            let image = Image::from_jpeg(data.into(), false).map_err(wrong)?;
            Ok(Self::with(image, exif, density))
        } else if data.starts_with(b"\x89PNG\r\n\x1A\n") {
            let reader = png::Decoder::new(Cursor::new(&data)).read_info().map_err(|error| match error {
                png::DecodingError::LimitsExceeded => too_much(format!("{name}: its rows are too long")),
                other => wrong(other.to_string()),
            })?;
            let info = reader.info();
            if u64::from(info.width) * u64::from(info.height) > MAX_PIXELS {
                let size = format!("{} × {}", info.width, info.height);
                return Err(too_much(format!("{name}: {size} px; {MAX_PIXELS} px are allowed at most")));
            }
            let exif = info.exif_metadata.as_deref().map(<[u8]>::to_vec);
            let density = info
                .pixel_dims
                .filter(|dims| dims.unit == png::Unit::Meter)
                .map(|dims| (per_inch(dims.xppu), per_inch(dims.yppu)));
            let image = Image::from_png(data.into(), false).map_err(wrong)?;
            Ok(Self::with(image, exif, density))
        } else if data.is_empty() {
            Err(wrong("it is empty".to_owned()))
        } else {
            Err(unsupported(format!("{name}: it is neither JPEG nor PNG; convert it first")))
        }
    }

    fn with(image: Image, exif: Option<Vec<u8>>, density: Option<(f32, f32)>) -> Self {
        let (orientation, resolution) = exif.map_or((1, None), read_exif);
        let dpi = density.or(resolution).filter(|(x, y)| [x, y].iter().all(|dpi| (1.0..=10_000.0).contains(*dpi)));
        Self { image, orientation, dpi }
    }

    /// Width and height as it is seen at its resolution, in points; `dpi` goes before what the file says.
    pub fn size(&self, dpi: Option<f32>) -> (f32, f32) {
        let (x, y) = dpi.map(|dpi| (dpi, dpi)).or(self.dpi).unwrap_or((DPI, DPI));
        let (width, height) = self.image.size();
        let (width, height) = (width as f32 * 72.0 / x, height as f32 * 72.0 / y);
        if self.orientation >= 5 { (height, width) } else { (width, height) }
    }

    /// How it is drawn to fill a rectangle: its size before it is turned, and the turn.
    pub fn turned(&self, width: f32, height: f32) -> ((f32, f32), Transform) {
        let (w, h) = if self.orientation >= 5 { (height, width) } else { (width, height) };
        let turn = match self.orientation {
            2 => Transform::from_row(-1.0, 0.0, 0.0, 1.0, w, 0.0),
            3 => Transform::from_row(-1.0, 0.0, 0.0, -1.0, w, h),
            4 => Transform::from_row(1.0, 0.0, 0.0, -1.0, 0.0, h),
            5 => Transform::from_row(0.0, 1.0, 1.0, 0.0, 0.0, 0.0),
            6 => Transform::from_row(0.0, 1.0, -1.0, 0.0, h, 0.0),
            7 => Transform::from_row(0.0, -1.0, -1.0, 0.0, h, w),
            8 => Transform::from_row(0.0, -1.0, 1.0, 0.0, 0.0, w),
            _ => Transform::identity(),
        };
        ((w, h), turn)
    }
}

/// Pixels an inch. Whole numbers of them are no whole numbers of pixels a metre, and come back as they were.
fn per_inch(per_metre: u32) -> f32 {
    let exact = per_metre as f32 * 0.0254;
    if (exact - exact.round()).abs() < 0.0128 { exact.round() } else { exact }
}

type Told = (Option<Vec<u8>>, Option<(f32, f32)>);

/// The EXIF block of a JPEG file, and its resolution in the JFIF header.
fn jpeg(data: &[u8]) -> std::result::Result<Told, String> {
    let mut decoder = JpegDecoder::new(Cursor::new(data));
    decoder.decode_headers().map_err(|error| format!("{error:?}"))?;
    Ok((decoder.exif().cloned(), jfif(data)))
}

/// The resolution in the JFIF header, which is the first of a file's segments: marker, length, name,
/// version, unit, and two numbers.
fn jfif(data: &[u8]) -> Option<(f32, f32)> {
    let header = data.get(..18).filter(|header| header[2..4] == *b"\xFF\xE0" && header[6..11] == *b"JFIF\0")?;
    let unit = match header[13] {
        1 => 1.0,
        2 => 2.54,
        _ => return None,
    };
    let density = |high: u8, low: u8| f32::from(u16::from_be_bytes([high, low])) * unit;
    Some((density(header[14], header[15]), density(header[16], header[17])))
}

/// Orientation and resolution; what cannot be read is as if it were not there.
fn read_exif(data: Vec<u8>) -> (u32, Option<(f32, f32)>) {
    let Ok(found) = exif::Reader::new().read_raw(data) else { return (1, None) };
    let whole = |tag| found.get_field(tag, In::PRIMARY).and_then(|field| field.value.get_uint(0));
    let ratio = |tag| match &found.get_field(tag, In::PRIMARY)?.value {
        Value::Rational(values) => values.first().map(|value| value.to_f64() as f32),
        _ => None,
    };
    let unit = if whole(Tag::ResolutionUnit) == Some(3) { 2.54 } else { 1.0 };
    let resolution = ratio(Tag::XResolution).zip(ratio(Tag::YResolution)).map(|(x, y)| (x * unit, y * unit));
    (whole(Tag::Orientation).unwrap_or(1), resolution)
}
