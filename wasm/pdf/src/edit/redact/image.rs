//! Pictures without the pixels that lie in a box.

use self::Trouble::{Unreadable, Untrue};
use super::data;
use super::walk::Walker;
use super::written::packed;
use crate::edit::copy::Copier;
use crate::limits::MAX_PIXELS;
use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::stream::{ImageColorSpace, ImageDecodeParams};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{Affine, Point, Rect};
use lopdf::{Dictionary, ObjectId};

/// A pixel that is larger is of a colour, and no detail: it goes only if its middle lies in a box.
const LARGE: f64 = 3.0;
/// What it takes to decode a picture: an operator for so many pixels.
const PIXELS: u64 = 256;

/// What it takes to overwrite it, as [`PIXELS`].
const PIXELS_SET: usize = 128;

/// The pictures that a picture may have as its masks.
pub const MASKS: [&str; 2] = ["SMask", "Mask"];

/// What is left of a picture.
pub enum Rest {
    /// All of it.
    Same,
    /// A copy in which something is overwritten.
    Changed(ObjectId),
}

/// Why a picture cannot be cut.
pub enum Trouble {
    /// It cannot be decoded, or written again.
    Unreadable,
    /// Its data is of another size, or has other colours, than is said of it: readers differ in what they show where.
    Untrue,
}

/// The samples of a picture.
struct Samples {
    data: Vec<u8>,
    width: u32,
    height: u32,
    bits: usize,
    components: usize,
    /// The colour space that the data itself names.
    space: Option<&'static str>,
}

/// Whether a picture says only where to paint.
pub fn is_stencil(dict: &Dict<'_>) -> bool {
    dict.get::<bool>("ImageMask").or_else(|| dict.get::<bool>("IM")).unwrap_or(false)
}

/// A picture without what lies in the targets. Its masks are seen as well as its colours, and may be
/// finer: each goes by its own pixels.
pub fn without(
    walker: &mut Walker<'_>,
    stream: &Stream<'_>,
    ctm: Affine,
    resources: &Resources<'_>,
) -> Result<Rest, Trouble> {
    let dict = stream.dict();
    let is_mask = is_stencil(dict);
    let space = color_space(dict, resources);
    let mut samples = decode(walker, stream, is_mask, space.as_ref())?;
    // A picture whose decode array is turned round is white at zero.
    let decode_array: Vec<f64> =
        either::<Array<'_>>(dict, "Decode", "D").map(|array| array.iter::<f64>().collect()).unwrap_or_default();
    let is_inverted = decode_array.len() > 1 && decode_array[0] > decode_array[1];
    // Nothing is painted; else white, as far as that can be told.
    let empty = match (is_mask, samples.components) {
        (true, _) => !is_inverted,
        (false, 4) => is_inverted,
        (false, _) => !is_inverted && !is_indexed(space.as_ref()),
    };
    let mut is_changed = samples.overwrite(walker, ctm, if empty { 0xff } else { 0 }).ok_or(Unreadable)?;
    let mut masks = Vec::new();
    for key in MASKS {
        if let Some(mask) = dict.get::<Stream<'_>>(key) {
            let rest = mask_without(walker, &mask, ctm, key)?;
            is_changed |= rest.is_some();
            masks.push((key, mask, rest));
        }
    }
    if !is_changed {
        return Ok(Rest::Same);
    }
    let mut copy = Dictionary::new();
    copy.set("Type", lopdf::Object::Name(b"XObject".to_vec()));
    copy.set("Subtype", lopdf::Object::Name(b"Image".to_vec()));
    copy.set("Width", i64::from(samples.width));
    copy.set("Height", i64::from(samples.height));
    copy.set("BitsPerComponent", samples.bits as i64);
    let mut copier = Copier::new(walker.xref);
    let source = copier.dict(dict);
    for (long, short) in [("Decode", "D"), ("Interpolate", "I"), ("ImageMask", "IM"), ("Intent", ""), ("OC", "")] {
        if let Ok(value) = source.get(long.as_bytes()).or_else(|_| source.get(short.as_bytes())) {
            copy.set(long, value.clone());
        }
    }
    if !is_mask {
        let named = space.map(|space| long(copier.object(&space))).filter(|space| !space.is_null());
        let own = samples.space.map(|name| lopdf::Object::Name(name.into()));
        copy.set("ColorSpace", named.or(own).ok_or(Unreadable)?);
    }
    if let Some(colors) = dict.get::<Array<'_>>("Mask") {
        copy.set("Mask", copier.object(&Object::Array(colors)));
    }
    for (key, mask, rest) in masks {
        let id = match rest {
            Some(rest) => walker.make(rest),
            None => data::id(&mask).ok_or(Unreadable)?,
        };
        walker.found.used.insert(id);
        copy.set(key, lopdf::Object::Reference(id));
    }
    // What is transparent in the data itself would be lost.
    if dict.get::<u8>("SMaskInData").unwrap_or(0) != 0 {
        return Err(Unreadable);
    }
    Ok(Rest::Changed(walker.make(packed(copy, samples.data))))
}

/// A mask in which what lies in the targets is not painted, if anything does.
fn mask_without(
    walker: &mut Walker<'_>,
    mask: &Stream<'_>,
    ctm: Affine,
    key: &str,
) -> Result<Option<lopdf::Stream>, Trouble> {
    let dict = mask.dict();
    let is_stencil = key == "Mask";
    let decode_array: Vec<f64> =
        dict.get::<Array<'_>>("Decode").map(|array| array.iter::<f64>().collect()).unwrap_or_default();
    let is_inverted = decode_array.len() > 1 && decode_array[0] > decode_array[1];
    let mut samples = decode(walker, mask, true, None)?;
    let empty = if is_stencil != is_inverted { 0xff } else { 0 };
    if !samples.overwrite(walker, ctm, empty).ok_or(Unreadable)? {
        return Ok(None);
    }
    let source = Copier::new(walker.xref).dict(dict);
    let mut copy = Dictionary::new();
    for key in ["Type", "Subtype", "ImageMask", "ColorSpace", "Decode", "Interpolate"] {
        if let Ok(value) = source.get(key.as_bytes()) {
            copy.set(key, value.clone());
        }
    }
    if source.has(b"Matte") {
        // The colours around were mixed with what lay there.
        return Err(Unreadable);
    }
    copy.set("Width", i64::from(samples.width));
    copy.set("Height", i64::from(samples.height));
    copy.set("BitsPerComponent", samples.bits as i64);
    Ok(Some(packed(copy, samples.data)))
}

impl Samples {
    /// Set the pixels that lie in the targets; whether there are any. None if it has no place,
    /// or that is too much work.
    fn overwrite(&mut self, walker: &mut Walker<'_>, ctm: Affine, value: u8) -> Option<bool> {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let place = ctm * Affine::new([1.0 / width, 0.0, 0.0, -1.0 / height, 0.0, 1.0]);
        let back = place.inverse();
        if !(place.is_finite() && back.is_finite()) {
            return None;
        }
        let pixel = place.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
        let reach = |size: f64| if size > LARGE { 0.0 } else { 0.5 * size - 1e-6 };
        let (x, y) = (reach(pixel.width()), reach(pixel.height()));
        let mut any = false;
        for target in walker.near(place.transform_rect_bbox(Rect::new(0.0, 0.0, width, height))) {
            let rect = target.reach.inflate(x.max(0.0), y.max(0.0));
            let around = back.transform_rect_bbox(rect);
            let rows = around.y0.floor().clamp(0.0, height) as u32..around.y1.ceil().clamp(0.0, height) as u32;
            let columns = around.x0.floor().clamp(0.0, width) as u32..around.x1.ceil().clamp(0.0, width) as u32;
            if !walker.found.spend(rows.len() * columns.len() / PIXELS_SET) {
                return None;
            }
            for row in rows {
                for column in columns.clone() {
                    let middle = place * Point::new(f64::from(column) + 0.5, f64::from(row) + 0.5);
                    if rect.contains(middle) {
                        self.set(column, row, value);
                        any = true;
                    }
                }
            }
        }
        Some(any)
    }

    fn set(&mut self, column: u32, row: u32, value: u8) {
        let bits = self.bits * self.components;
        let stride = (self.width as usize * bits).div_ceil(8);
        let line = row as usize * stride;
        let (mut from, to) = (column as usize * bits, (column as usize + 1) * bits);
        while from < to {
            let within = from % 8;
            let count = (8 - within).min(to - from);
            let mask = ((0xff_u16 << (8 - count)) as u8) >> within;
            if let Some(byte) = self.data.get_mut(line + from / 8) {
                *byte = (*byte & !mask) | (value & mask);
            }
            from += count;
        }
    }
}

fn decode(
    walker: &mut Walker<'_>,
    stream: &Stream<'_>,
    is_mask: bool,
    space: Option<&Object<'_>>,
) -> Result<Samples, Trouble> {
    let dict = stream.dict();
    let width = either::<u32>(dict, "Width", "W").ok_or(Unreadable)?;
    let height = either::<u32>(dict, "Height", "H").ok_or(Unreadable)?;
    let said = if is_stencil(dict) { Some(1) } else { either::<u8>(dict, "BitsPerComponent", "BPC") };
    let known = if is_mask { Some(1) } else { space.and_then(components) };
    let pixels = u64::from(width) * u64::from(height);
    if !data::is_known(stream) || pixels > MAX_PIXELS || pixels == 0 {
        return Err(Unreadable);
    }
    if !walker.found.spend((pixels / PIXELS) as usize) {
        return Err(Unreadable);
    }
    let last = stream.filters().last().copied();
    // To a JPEG that is larger than is said, the reader gives the size that is said: one that is a pixel more is
    // not that of any.
    let more = u32::from(last == Some(Filter::DctDecode));
    // Of black and white there is one bit a pixel, as masks are to have.
    let is_bilevel = matches!(last, Some(Filter::CcittFaxDecode | Filter::Jbig2Decode));
    let params = ImageDecodeParams {
        is_indexed: is_indexed(space) || is_bilevel,
        bpc: said,
        num_components: known.and_then(|count| u8::try_from(count).ok()),
        target_dimension: None,
        width: width + more,
        height: height + more,
    };
    let decoded = stream.decoded_image(&params).map_err(|_| Unreadable)?;
    let mut data = decoded.data.into_owned();
    let mut bits = said.unwrap_or(8);
    let mut own = None;
    if let Some(image) = &decoded.image_data {
        // Faxes often end before their last rows, which are white.
        let is_cut = last == Some(Filter::CcittFaxDecode) && image.height < height;
        if image.width != width || image.height != height && !is_cut {
            return Err(Untrue);
        }
        bits = image.bits_per_component;
        own = image.color_space;
        if image.alpha.is_some() && !is_mask {
            return Err(Unreadable);
        }
    }
    if !matches!(bits, 1 | 2 | 4 | 8 | 16) {
        return Err(Unreadable);
    }
    let own = own.and_then(|space| match space {
        ImageColorSpace::Gray => Some((1, "DeviceGray")),
        ImageColorSpace::Rgb => Some((3, "DeviceRGB")),
        ImageColorSpace::Cmyk => Some((4, "DeviceCMYK")),
        ImageColorSpace::Unknown(_) => None,
    });
    let components = known.or(own.map(|own| own.0)).ok_or(Unreadable)?;
    let stride = (width as usize * components * usize::from(bits)).div_ceil(8);
    let wanted = stride * height as usize;
    match &decoded.image_data {
        Some(image) if data.len() != stride * image.height as usize => return Err(Untrue),
        Some(_) => data.resize(wanted, 0xff),
        None if data.len() < wanted / 2 => return Err(Unreadable),
        // What is too short is filled up as readers do; what follows the picture goes.
        None => data.resize(wanted, 0),
    }
    Ok(Samples { data, width, height, bits: bits.into(), components, space: own.map(|own| own.1) })
}

fn either<'a, T>(dict: &Dict<'a>, long: &str, short: &str) -> Option<T>
where
    T: TryFrom<Object<'a>>,
{
    dict.get::<Object<'a>>(long).or_else(|| dict.get::<Object<'a>>(short)).and_then(|object| object.try_into().ok())
}

/// The colour space of a picture; the short names of inline ones, and those of resources, are resolved.
fn color_space<'a>(dict: &Dict<'a>, resources: &Resources<'a>) -> Option<Object<'a>> {
    let space: Object<'a> = either(dict, "ColorSpace", "CS")?;
    let Object::Name(name) = &space else { return Some(space) };
    let long: &'static [u8] = match &**name {
        b"G" => b"DeviceGray",
        b"RGB" => b"DeviceRGB",
        b"CMYK" => b"DeviceCMYK",
        other => return resources.color_spaces.get::<Object<'a>>(other).or(Some(space)),
    };
    Some(Object::Name(Name::new_unescaped(long)))
}

/// A colour space without the short names of inline pictures.
fn long(space: lopdf::Object) -> lopdf::Object {
    match space {
        lopdf::Object::Array(items) => items.into_iter().map(long).collect::<Vec<_>>().into(),
        lopdf::Object::Name(name) => lopdf::Object::Name(match name.as_slice() {
            b"G" => b"DeviceGray".to_vec(),
            b"RGB" => b"DeviceRGB".to_vec(),
            b"CMYK" => b"DeviceCMYK".to_vec(),
            b"I" => b"Indexed".to_vec(),
            _ => name,
        }),
        other => other,
    }
}

fn family(space: &Object<'_>) -> Vec<u8> {
    match space {
        Object::Name(name) => name.to_vec(),
        Object::Array(array) => array.iter::<Name<'_>>().next().map(|name| name.to_vec()).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn is_indexed(space: Option<&Object<'_>>) -> bool {
    space.is_some_and(|space| matches!(family(space).as_slice(), b"Indexed" | b"I"))
}

/// How many components a colour space has.
fn components(space: &Object<'_>) -> Option<usize> {
    Some(match family(space).as_slice() {
        b"DeviceGray" | b"G" | b"CalGray" | b"Indexed" | b"I" | b"Separation" => 1,
        b"DeviceRGB" | b"RGB" | b"CalRGB" | b"Lab" => 3,
        b"DeviceCMYK" | b"CMYK" => 4,
        b"ICCBased" => {
            let Object::Array(array) = space else { return None };
            array
                .iter::<Object<'_>>()
                .nth(1)?
                .into_stream()?
                .dict()
                .get::<usize>("N")
                .filter(|n| (1..=4).contains(n))?
        }
        b"DeviceN" => {
            let Object::Array(array) = space else { return None };
            array.iter::<Object<'_>>().nth(1)?.into_array()?.raw_iter().count()
        }
        _ => return None,
    })
}
