//! Pictures with more pixels than they are drawn with.

use super::draft::{Draft, damaged};
use super::{copy, write};
use crate::document::Document;
use crate::error::Result;
use crate::limits::MAX_PIXELS;
use crate::{fonts, geometry};
use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, LumaData, RasterImage,
    SoftMask, interpret_page,
};
use hayro::kurbo::BezPath;
use libjpeg_turbo_rs::{Encoder, PixelFormat, Subsampling};
use lopdf::{Dictionary, Object, ObjectId, SaveOptions, Stream, dictionary};
use std::collections::{BTreeMap, BTreeSet};

/// A picture is made smaller if a side has this many times the pixels that are wanted.
const WORTH_IT: f64 = 1.25;
/// Points of an inch.
const INCH: f64 = 72.0;
/// Fewest pixels of a side that are left.
const FEWEST: u32 = 8;

/// How a picture is drawn.
#[derive(Default)]
struct Drawn {
    /// The largest width and height, in points.
    size: (f64, f64),
    /// A page that it is on.
    page: u32,
}

/// A picture that was made smaller.
struct Smaller {
    stream: Stream,
    mask: Option<Stream>,
}

/// Make pictures smaller.
pub fn shrink(draft: &mut Draft, dpi: f32, quality: u8) -> Result<()> {
    let elsewhere = drawn_elsewhere(draft);
    let streams = draft.file.objects.iter().filter_map(|(id, object)| Some((*id, object.as_stream().ok()?)));
    let pictures: BTreeSet<ObjectId> = streams
        .filter(|(id, stream)| !elsewhere.contains(id) && is_picture(draft, &stream.dict))
        .map(|(id, _)| id)
        .collect();
    if pictures.is_empty() {
        return Ok(());
    }
    let seen = as_it_is(draft)?;
    let mut drawn: BTreeMap<ObjectId, Drawn> = BTreeMap::new();
    for page in 1..=seen.count() {
        on_page(&seen, page, &mut |id, (width, height), _| {
            let drawn = drawn.entry(id).or_insert(Drawn { size: (0.0, 0.0), page });
            drawn.size = (drawn.size.0.max(width), drawn.size.1.max(height));
        })?;
    }
    let mut wanted: BTreeMap<u32, BTreeMap<ObjectId, (u32, u32)>> = BTreeMap::new();
    for (id, Drawn { size, page }) in drawn {
        if pictures.contains(&id)
            && let Some(size) = fewer(draft, id, size, dpi)
        {
            wanted.entry(page).or_default().insert(id, size);
        }
    }
    for (page, mut wanted) in wanted {
        let mut made = Vec::new();
        on_page(&seen, page, &mut |id, _, image| {
            if let Some(size) = wanted.remove(&id) {
                let lossless = draft.file.objects.get(&id).is_some_and(is_lossless);
                image.with_rgba(
                    |color, alpha| made.extend(smaller(&color, alpha, size, quality, lossless).map(|made| (id, made))),
                    None,
                );
            }
        })?;
        for (id, made) in made {
            replace(draft, id, made);
        }
    }
    Ok(())
}

/// Whether a picture's colours can be kept by a JPEG. What is for printers' inks, has two colours, or has one
/// that lets through, stays as it is.
fn is_picture(draft: &Draft, dict: &Dictionary) -> bool {
    let plain = draft.name(dict, b"Subtype") == Some(b"Image")
        && !draft.get(dict, b"ImageMask").as_bool().unwrap_or(false)
        && draft.integer(dict, b"BitsPerComponent").is_none_or(|bits| bits > 1)
        && draft.integer(dict, b"SMaskInData").is_none_or(|kind| kind == 0)
        && draft.get(dict, b"Mask").as_array().is_err()
        && !dict.has(b"OPI")
        && !dict.has(b"F");
    let matted = draft.object(draft.get(dict, b"SMask")).is_some_and(|mask| mask.has(b"Matte"));
    plain && !matted && is_of_light(draft, draft.get(dict, b"ColorSpace"), 0)
}

fn is_of_light(draft: &Draft, space: &Object, depth: usize) -> bool {
    match space {
        Object::Name(name) => matches!(name.as_slice(), b"DeviceRGB" | b"DeviceGray" | b"CalRGB" | b"CalGray"),
        Object::Array(items) => {
            match items.first().map(|first| draft.resolve(first)).and_then(|first| first.as_name().ok()) {
                Some(b"ICCBased") => {
                    let profile = items.get(1).and_then(|profile| draft.object(profile));
                    profile.is_some_and(|profile| matches!(draft.integer(profile, b"N"), Some(1 | 3)))
                }
                Some(b"Indexed") => {
                    depth == 0 && items.get(1).is_some_and(|base| is_of_light(draft, draft.resolve(base), 1))
                }
                Some(b"CalRGB" | b"CalGray") => true,
                _ => false,
            }
        }
        _ => false,
    }
}

/// Pictures within patterns, glyphs and masks: how large those are drawn is not known here.
fn drawn_elsewhere(draft: &Draft) -> BTreeSet<ObjectId> {
    let is_start = |dict: &Dictionary| {
        dict.has(b"PatternType")
            || draft.name(dict, b"Subtype") == Some(b"Type3")
            || matches!(draft.name(dict, b"S"), Some(b"Luminosity" | b"Alpha"))
    };
    let mut found = BTreeSet::new();
    let mut queue: Vec<&Object> = Vec::new();
    for object in draft.file.objects.values() {
        find(object, &mut |dict, object| {
            if is_start(dict) {
                queue.push(object)
            }
        });
    }
    while let Some(object) = queue.pop() {
        references(object, &mut |id| {
            if let Some(object) = draft.file.objects.get(&id)
                && !draft.pages.contains(&id)
                && found.insert(id)
            {
                queue.push(object);
            }
        });
    }
    found
}

/// Look at every dictionary in an object.
fn find<'a>(object: &'a Object, look: &mut impl FnMut(&'a Dictionary, &'a Object)) {
    match object {
        Object::Array(items) => items.iter().for_each(|item| find(item, look)),
        Object::Dictionary(dict) | Object::Stream(Stream { dict, .. }) => {
            look(dict, object);
            dict.iter().for_each(|(_, item)| find(item, look));
        }
        _ => {}
    }
}

/// Look at every reference in an object.
fn references(object: &Object, look: &mut impl FnMut(ObjectId)) {
    match object {
        Object::Reference(id) => look(*id),
        Object::Array(items) => items.iter().for_each(|item| references(item, look)),
        Object::Dictionary(dict) | Object::Stream(Stream { dict, .. }) => {
            dict.iter().for_each(|(_, item)| references(item, look));
        }
        _ => {}
    }
}

/// The draft as a document whose objects have the draft's numbers.
fn as_it_is(draft: &Draft) -> Result<Document> {
    let mut data = Vec::new();
    draft
        .copied()
        .finish()?
        .save_with_options(&mut data, SaveOptions::default())
        .map_err(|error| damaged(error.into()))?;
    Document::new(data, None)
}

type Visit<'v> = &'v mut dyn FnMut(ObjectId, (f64, f64), &RasterImage<'_>);

/// Look at the pictures of a page, and at how large they are drawn.
fn on_page(document: &Document, number: u32, visit: Visit<'_>) -> Result<()> {
    document.with_page(number, |page, caches| {
        let seen = geometry::seen(page);
        let mut context = Context::new(geometry::to_seen(page), seen, &caches.pictures, page.xref(), fonts::to_read());
        interpret_page(page, &mut context, &mut Watch(visit));
        Ok(())
    })
}

struct Watch<'v>(Visit<'v>);

impl<'a> Device<'a> for Watch<'_> {
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let Image::Raster(image) = image else { return };
        let Some(id) = image.stream().dict().obj_id().and_then(copy::id) else { return };
        let [a, b, c, d, ..] = props.transform.as_coeffs();
        let size = (a.hypot(b) * f64::from(image.width()), c.hypot(d) * f64::from(image.height()));
        if size.0.is_finite() && size.1.is_finite() {
            (self.0)(id, size, &image);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// The pixels that a picture needs; none if it has not many more.
fn fewer(draft: &Draft, id: ObjectId, size: (f64, f64), dpi: f32) -> Option<(u32, u32)> {
    let dict = draft.object(draft.file.objects.get(&id)?)?;
    let side = |key: &[u8]| draft.integer(dict, key).and_then(|side| u32::try_from(side).ok()).filter(|side| *side > 0);
    let (width, height) = (side(b"Width")?, side(b"Height")?);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return None;
    }
    let wanted =
        |points: f64, pixels: u32| ((points / INCH * f64::from(dpi)).ceil() as u32).clamp(FEWEST, pixels.max(FEWEST));
    let (across, down) = (wanted(size.0, width), wanted(size.1, height));
    // Both sides by the same factor, so that pixels keep their shape.
    let factor = (f64::from(width) / f64::from(across)).min(f64::from(height) / f64::from(down));
    let divide = |pixels: u32| ((f64::from(pixels) / factor).round() as u32).max(1);
    (factor >= WORTH_IT).then(|| (divide(width), divide(height)))
}

fn is_lossless(object: &Object) -> bool {
    let Ok(stream) = object.as_stream() else { return false };
    stream.filters().is_ok_and(|filters| !filters.iter().any(|filter| matches!(*filter, b"DCTDecode" | b"JPXDecode")))
}

fn smaller(
    color: &ImageData,
    alpha: Option<LumaData>,
    size: (u32, u32),
    quality: u8,
    lossless: bool,
) -> Option<Smaller> {
    let (samples, width, height, channels) = match color {
        ImageData::Rgb(rgb) => (&rgb.data, rgb.width, rgb.height, 3),
        ImageData::Luma(luma) => (&luma.data, luma.width, luma.height, 1),
    };
    let samples = average(samples, (width, height), size, channels)?;
    let format = if channels == 3 { PixelFormat::Rgb } else { PixelFormat::Grayscale };
    let encoder =
        Encoder::new(&samples, size.0 as usize, size.1 as usize, format).quality(quality).optimize_huffman(true);
    let encoder = if channels == 3 { encoder.subsampling(Subsampling::S420) } else { encoder };
    let mut stream = picture(encoder.encode().ok()?, size, channels);
    stream.dict.set("Filter", write::name("DCTDecode"));
    if lossless {
        // Drawings with few colours are smaller without loss.
        let mut flat = picture(samples, size, channels);
        flat.compress().ok()?;
        if flat.content.len() < stream.content.len() {
            stream = flat;
        }
    }
    let mask = alpha.filter(|alpha| alpha.width > size.0 && alpha.height > size.1).and_then(|alpha| {
        let mut mask = picture(average(&alpha.data, (alpha.width, alpha.height), size, 1)?, size, 1);
        mask.compress().ok()?;
        Some(mask)
    });
    Some(Smaller { stream, mask })
}

fn picture(data: Vec<u8>, (width, height): (u32, u32), channels: usize) -> Stream {
    let space = if channels == 3 { "DeviceRGB" } else { "DeviceGray" };
    let dict = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => i64::from(width),
        "Height" => i64::from(height),
        "BitsPerComponent" => 8,
        "ColorSpace" => space,
    };
    Stream::new(dict, data)
}

/// Each pixel is the mean of those that it takes the place of. None if the samples are not what is said.
fn average(samples: &[u8], (width, height): (u32, u32), to: (u32, u32), channels: usize) -> Option<Vec<u8>> {
    let (width, height, across, down) = (width as usize, height as usize, to.0 as usize, to.1 as usize);
    if samples.len() != width * height * channels || width < across || height < down {
        return None;
    }
    let range = |index: usize, from: usize, to: usize| index * from / to..((index + 1) * from).div_ceil(to);
    let mut out = Vec::with_capacity(across * down * channels);
    let mut sums = vec![0_u64; width * channels];
    for y in 0..down {
        let rows = range(y, height, down);
        sums.fill(0);
        for row in samples[rows.start * width * channels..rows.end * width * channels].chunks_exact(width * channels) {
            sums.iter_mut().zip(row).for_each(|(sum, sample)| *sum += u64::from(*sample));
        }
        for x in 0..across {
            let columns = range(x, width, across);
            let count = (columns.len() * rows.len()) as u64;
            for channel in 0..channels {
                let sum: u64 = columns.clone().map(|column| sums[column * channels + channel]).sum();
                out.push(((sum + count / 2) / count) as u8);
            }
        }
    }
    Some(out)
}

/// Take the smaller picture, and the smaller mask, where they are smaller.
fn replace(draft: &mut Draft, id: ObjectId, made: Smaller) {
    let Some(Object::Stream(before)) = draft.file.objects.get(&id) else { return };
    if made.stream.content.len() >= before.content.len() {
        return;
    }
    let mut stream = before.clone();
    let mask = stream.dict.get(b"SMask").and_then(Object::as_reference).ok();
    for key in [&b"Decode"[..], b"DecodeParms", b"Filter", b"Alternates"] {
        stream.dict.remove(key);
    }
    for (key, item) in made.stream.dict {
        stream.dict.set(key, item);
    }
    stream.set_content(made.stream.content);
    if let Some(smaller) = made.mask
        && let Some(Ok(before)) = mask.and_then(|mask| draft.file.objects.get(&mask)).map(Object::as_stream)
        && smaller.content.len() < before.content.len()
    {
        // Others may share the mask as it is.
        let smaller = draft.file.add_object(smaller);
        stream.dict.set("SMask", smaller);
    }
    draft.file.objects.insert(id, stream.into());
}

#[cfg(test)]
mod tests {
    use super::average;

    #[test]
    fn pixels_are_means() {
        assert_eq!(average(&[0, 10, 20, 30], (4, 1), (2, 1), 1).unwrap(), [5, 25]);
        assert_eq!(average(&[0, 10, 20, 30], (2, 2), (1, 1), 1).unwrap(), [15]);
        assert_eq!(average(&[0, 100, 2, 200], (2, 1), (1, 1), 2).unwrap(), [1, 150]);
        // Of three pixels, each of the two takes one and the middle one.
        assert_eq!(average(&[0, 10, 20], (3, 1), (2, 1), 1).unwrap(), [5, 15]);
        assert_eq!(average(&[0; 3], (2, 2), (1, 1), 1), None);
    }
}
