//! Pages as pixels.

use crate::common::{file, page, page_with, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Box, Error, Guest, PixelFormat, Raster, Rendered};

/// What is asked for; the rest is as by default.
#[derive(Default)]
struct View {
    dpi: Option<f32>,
    width: Option<u32>,
    height: Option<u32>,
    region: Option<Box>,
    background: Option<&'static str>,
    annotations: Option<bool>,
}

fn render(file: Vec<u8>, view: View) -> Result<Rendered, Error> {
    let View { dpi, width, height, region, background, annotations } = view;
    Module::render(file, 1, dpi, width, height, region, background.map(Into::into), annotations, None, None)
}

/// At one pixel a point.
fn pixels(file: Vec<u8>) -> Raster {
    render(file, View { dpi: Some(72.0), ..View::default() }).unwrap().raster
}

fn at(raster: &Raster, x: u32, y: u32) -> &[u8] {
    let channels = if raster.format == PixelFormat::Rgb8 { 3 } else { 4 };
    let start = (y * raster.width + x) as usize * channels;
    &raster.pixels[start..start + channels]
}

/// Red from (10, 60) to (60, 90) in the file's coordinates: seen, its upper edge is at 10.
const RED: &str = "1 0 0 rg 10 60 50 30 re f";
const WHITE: [u8; 3] = [255, 255, 255];

#[test]
fn what_is_drawn_is_where_it_belongs() {
    let raster = pixels(page(RED));
    assert_eq!((raster.width, raster.height, raster.format), (200, 100, PixelFormat::Rgb8));
    for (x, y, color) in [(9, 9, WHITE), (10, 10, [255, 0, 0]), (59, 39, [255, 0, 0]), (60, 40, WHITE)] {
        assert_eq!(at(&raster, x, y), color, "({x}, {y})");
    }
}

#[test]
fn pages_are_turned_and_cropped() {
    // Turned clockwise, what was at the upper left is at the upper right.
    let turned = pixels(page_with("/MediaBox [0 0 200 100] /Rotate 90", RED));
    assert_eq!((turned.width, turned.height), (100, 200));
    assert_eq!(at(&turned, 89, 10), [255, 0, 0]);
    assert_eq!(at(&turned, 59, 59), WHITE);
    let cropped = pixels(page_with("/MediaBox [0 0 200 100] /CropBox [50 50 100 100]", RED));
    assert_eq!((cropped.width, cropped.height), (50, 50));
    assert_eq!(at(&cropped, 9, 10), [255, 0, 0]);
    assert_eq!(at(&cropped, 10, 10), WHITE);
}

#[test]
fn sizes_follow_from_resolution_width_and_height() {
    for (dpi, width, height, expected) in [
        (None, None, None, (267, 133)),
        (Some(144.0), None, None, (400, 200)),
        (Some(144.0), Some(50), None, (50, 25)),
        (None, None, Some(300), (600, 300)),
        (None, Some(100), Some(100), (100, 50)),
        (None, Some(1000), Some(10), (20, 10)),
    ] {
        let raster = render(page(RED), View { dpi, width, height, ..View::default() }).unwrap().raster;
        assert_eq!((raster.width, raster.height), expected, "{dpi:?} {width:?} {height:?}");
        assert_eq!(raster.pixels.len(), (3 * raster.width * raster.height) as usize);
    }
}

#[test]
fn a_region_is_rendered_alone() {
    let region = Some(Box { x: 50.0, y: 30.0, width: 20.0, height: 20.0 });
    let raster = render(page(RED), View { dpi: Some(144.0), region, ..View::default() }).unwrap().raster;
    assert_eq!((raster.width, raster.height), (40, 40));
    assert_eq!(at(&raster, 19, 19), [255, 0, 0]);
    assert_eq!(at(&raster, 20, 20), WHITE);
}

#[test]
fn paper_has_the_colour_that_is_wanted() {
    let paper =
        |background| render(page(RED), View { dpi: Some(72.0), background: Some(background), ..View::default() });
    let raster = paper("#0080ff").unwrap().raster;
    assert_eq!(at(&raster, 0, 0), [0, 128, 255]);
    let raster = paper("transparent").unwrap().raster;
    assert_eq!(raster.format, PixelFormat::Rgba8);
    assert_eq!((at(&raster, 0, 0), at(&raster, 20, 20)), (&[0, 0, 0, 0][..], &[255, 0, 0, 255][..]));
    assert!(matches!(paper("paper"), Err(Error::InvalidArgument(text)) if text.starts_with("background:")));
}

#[test]
fn alpha_is_not_premultiplied() {
    let half = page_with("/MediaBox [0 0 200 100]", "q /H gs 1 0 0 rg 10 60 50 30 re f Q");
    let half = String::from_utf8(half).unwrap().replace("/Font <<", "/ExtGState << /H << /ca 0.5 >> >> /Font <<");
    let view = View { dpi: Some(72.0), background: Some("transparent"), ..View::default() };
    let raster = render(half.into_bytes(), view).unwrap().raster;
    let [red, green, blue, alpha] = at(&raster, 20, 20).try_into().unwrap();
    assert_eq!((red, green, blue), (255, 0, 0));
    assert!((127..=128).contains(&alpha), "{alpha}");
}

#[test]
fn annotations_are_drawn_unless_they_are_not_wanted() {
    let look = "<< /Type /XObject /Subtype /Form /BBox [0 0 10 10] /Length 26 >>\nstream\n\
                0 0 1 rg 0 0 10 10 re f   \nendstream";
    let file = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Annots [5 0 R] >>",
        &stream(RED),
        "<< /Type /Annot /Subtype /Stamp /Rect [100 50 120 70] /AP << /N 6 0 R >> >>",
        look,
    ]);
    for (annotations, color) in [(None, [0, 0, 255]), (Some(true), [0, 0, 255]), (Some(false), WHITE)] {
        let view = View { dpi: Some(72.0), annotations, ..View::default() };
        let raster = render(file.clone(), view).unwrap().raster;
        assert_eq!(at(&raster, 110, 40), color, "{annotations:?}");
        assert_eq!(at(&raster, 20, 20), [255, 0, 0]);
    }
}

#[test]
fn fonts_that_are_missing_are_named() {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /MS-Mincho /Encoding /UniJIS-UCS2-H /DescendantFonts [\
                << /Type /Font /Subtype /CIDFontType2 /BaseFont /MS-Mincho \
                /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> \
                /FontDescriptor << /Type /FontDescriptor /FontName /MS-Mincho /Flags 6 >> >>] >>";
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /J {font} >> >> >>"
    );
    let file = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        &page,
        &stream("BT /J 20 Tf 20 50 Td <65E5672C> Tj ET"),
    ]);
    let rendered = render(file.clone(), View::default()).unwrap();
    let [missing] = rendered.missing_fonts.as_slice() else { panic!("{:?}", rendered.missing_fonts) };
    assert_eq!((missing.name.as_str(), missing.collection.as_str()), ("MS-Mincho", "Adobe-Japan1"));
    assert!(missing.serif && !missing.bold && !missing.italic);
    assert!(rendered.notes.iter().any(|note| note.contains("MS-Mincho (Adobe-Japan1)")), "{:?}", rendered.notes);
    assert!(rendered.raster.pixels.iter().all(|value| *value == 255), "nothing is drawn in its place");
    // Its characters are read all the same.
    assert_eq!(Module::text(file, None, None).unwrap(), ["\u{65e5}\u{672c}"]);
}

#[test]
fn glyphs_of_a_standard_font_that_is_missing_are_not_known_by_their_numbers() {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /Arial,Bold /Encoding /Identity-H /DescendantFonts [\
                << /Type /Font /Subtype /CIDFontType2 /BaseFont /Arial,Bold /CIDToGIDMap /Identity \
                /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> \
                /FontDescriptor << /Type /FontDescriptor /FontName /Arial,Bold /Flags 32 >> >>] >>";
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /A {font} >> >> >>"
    );
    let file = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        &page,
        &stream("BT /A 20 Tf 20 50 Td <00240025> Tj ET"),
    ]);
    let rendered = render(file, View::default()).unwrap();
    assert_eq!(rendered.notes, ["the font Arial,Bold is not in the file: another one stands for it"]);
}

#[test]
fn what_cannot_be_rendered_is_refused() {
    let nowhere = Some(Box { x: 300.0, y: 0.0, width: 10.0, height: 10.0 });
    let unreal = Some(Box { x: f32::NAN, y: 0.0, width: 10.0, height: 10.0 });
    for (view, said) in [
        (View { dpi: Some(0.0), ..View::default() }, "dpi must be from 1"),
        (View { width: Some(70_000), ..View::default() }, "width must be from 1"),
        (View { region: nowhere, ..View::default() }, "no part of the page"),
        (View { region: unreal, ..View::default() }, "no part of the page"),
    ] {
        let error = render(page(RED), view).unwrap_err();
        assert!(matches!(&error, Error::InvalidArgument(text) if text.contains(said)), "{error:?}");
    }
    let error = render(page(RED), View { width: Some(65_000), ..View::default() }).unwrap_err();
    assert!(matches!(&error, Error::LimitExceeded(_)), "{error:?}");
}
