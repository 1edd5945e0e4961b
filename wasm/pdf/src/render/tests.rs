//! The canvas against hayro.

use super::*;
use hayro::hayro_interpret::color::Color;
use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{BlendMode, ClipPath, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask};
use hayro::kurbo::BezPath;

const MODES: [&str; 15] = [
    "Multiply",
    "Screen",
    "Overlay",
    "Darken",
    "Lighten",
    "ColorDodge",
    "ColorBurn",
    "HardLight",
    "SoftLight",
    "Difference",
    "Exclusion",
    "Hue",
    "Saturation",
    "Color",
    "Luminosity",
];

/// A page of 200 × 100 pt; `/F` is Times, `/H` half transparent.
fn page(content: &str, entries: &str, resources: &str) -> Document {
    let stream = |dict: &str, data: &str| format!("<< {dict} /Length {} >>\nstream\n{data}\nendstream", data.len());
    let modes: String = MODES.iter().map(|mode| format!("/{mode} << /BM /{mode} >> ")).collect();
    // A group, a marker's yellow over all in one, and the same isolated. Only the page that uses it has the last.
    let isolated = if content.contains("/I Do") { "/I 7 0 R" } else { "" };
    let drawings = format!("/XObject << /G 5 0 R /Y 6 0 R {isolated} >>");
    let marker = |entry: &str| {
        let group = format!("/Group << /S /Transparency {entry} >> /Resources << /ExtGState << {modes} >> >>");
        stream(
            &format!("/Type /XObject /Subtype /Form /BBox [0 0 200 100] {group}"),
            "/Multiply gs 1 1 0 rg 0 0 200 100 re f",
        )
    };
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] {entries} /Contents 4 0 R /Resources << \
             /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >> >> \
             /ExtGState << /H << /ca 0.5 /CA 0.5 >> {modes} >> {drawings} {resources} >> >>"
        ),
        stream("", content),
        stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Group << /S /Transparency >> \
             /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >> >> >>",
            "1 0 0 rg 20 20 60 60 re f 0 0 1 rg BT /F 40 Tf 30 30 Td (Group) Tj ET",
        ),
        marker(""),
        marker("/I true"),
        // A triangle of 900 pt to each side: a flag, coordinates and a colour of each corner.
        stream(
            "/ShadingType 4 /ColorSpace /DeviceGray /BitsPerCoordinate 8 /BitsPerComponent 8 /BitsPerFlag 8 \
             /Decode [-900 2700 -900 2700 0 1]",
            "\0\0\0\0\0\x7f\0\0\0\0\x7f\x7f",
        ),
    ];
    let mut file = "%PDF-1.7\n".to_owned();
    for (number, object) in (1..).zip(objects) {
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    file += "trailer\n<< /Root 1 0 R >>\n%%EOF\n";
    Document::new(file.into_bytes(), None).unwrap()
}

/// On paper of a colour, with the upper left corner at a place.
type Sheet = (AlphaColor<Srgb>, (f64, f64));
const WHITE: Sheet = (AlphaColor::WHITE, (0.0, 0.0));

/// The first page by the first way that can, which way that is, and the page by hayro.
fn both(document: &Document, dpi: f64, sheet: Sheet) -> Result<(Pixmap, Way, Pixmap)> {
    let (background, corner) = sheet;
    let settings = fonts::to_draw(document.given_fonts());
    document.seen(1)?.with_page(1, |page, caches| {
        let seen = geometry::seen(page);
        let scale = dpi / 72.0;
        let side = |points: f64| (points * scale).round().clamp(1.0, 4000.0) as u16;
        let (width, height) = (side(seen.width()), side(seen.height()));
        let (x, y) = (f64::from(width) / seen.width(), f64::from(height) / seen.height());
        let drawing = Drawing {
            page,
            settings: &settings,
            width,
            height,
            transform: Affine::scale_non_uniform(x, y)
                * Affine::translate((-corner.0, -corner.1))
                * geometry::to_seen(page),
            background,
            has_patterns: true,
        };
        let cache = caches.render.borrow();
        let mut way = Way::default();
        let drawn = drawing.by(&mut way, &cache).unwrap();
        Ok((drawn, way, drawing.by_hayro(&cache)))
    })
}

/// The first page as people get it, a pixel a point.
fn pixels(document: &Document) -> Vec<u8> {
    let background = "white".to_owned();
    let view = args::View { dpi: 72.0, width: None, height: None, region: None, background, annotations: true };
    document.render(1, view).unwrap().raster.pixels
}

/// Show a device the first page, a pixel a point.
fn show(document: &Document, device: &mut impl for<'a> Device<'a>) {
    let shown = document.with_page(1, |page, caches| {
        let (target, settings) = (Rect::new(0.0, 0.0, 200.0, 100.0), InterpreterSettings::default());
        let mut context = Context::new(Affine::IDENTITY, target, &caches.pictures, page.xref(), settings);
        interpret_page(page, &mut context, device);
        Ok(())
    });
    shown.unwrap();
}

/// Mean and greatest difference.
fn difference(one: &Pixmap, other: &Pixmap) -> (f64, u8) {
    let pairs = one.data_as_u8_slice().iter().zip(other.data_as_u8_slice());
    let (mut sum, mut most) = (0u64, 0);
    for (one, other) in pairs {
        let by = one.abs_diff(*other);
        sum += u64::from(by);
        most = most.max(by);
    }
    (sum as f64 / one.data_as_u8_slice().len() as f64, most)
}

/// What the canvas paints, which is as hayro does but for a rounding or two.
fn alike(content: &str) -> Pixmap {
    alike_within(2, content)
}

fn alike_within(tolerance: u8, content: &str) -> Pixmap {
    let document = page(content, "", "");
    let turned = page(content, "/Rotate 90 /CropBox [5.5 3 190 95.2]", "");
    for sheet in [(AlphaColor::TRANSPARENT, (0.0, 0.0)), (AlphaColor::from_rgba8(250, 240, 9, 128), (7.3, 4.6)), WHITE]
    {
        for document in [&document, &turned] {
            let (canvas, way, hayro) = both(document, 96.0, sheet).unwrap();
            assert!(!matches!(way, Way::Hayro), "{content}: the canvas paints it");
            let (_, most) = difference(&canvas, &hayro);
            assert!(most <= tolerance, "{content}: {most} on {sheet:?}");
        }
    }
    let (canvas, ..) = both(&document, 96.0, WHITE).unwrap();
    let white = canvas.data_as_u8_slice().iter().all(|value| *value == 255);
    assert!(!white, "{content}: nothing is painted");
    // With all glyphs at hand, it is the same to the last bit.
    let (again, ..) = both(&document, 96.0, WHITE).unwrap();
    assert_eq!(difference(&canvas, &again), (0.0, 0), "{content}");
    canvas
}

const TEXT: &str = "BT /F 30 Tf 20 40 Td (Overlaps: fgjW) Tj ET";
const CURVE: &str = "20 20 m 60 120 140 -20 180 80 c";

#[test]
fn what_comes_later_is_above() {
    for content in [
        // Between and over areas that wait, and over those that do not.
        format!(
            "1 0 0 rg {CURVE} f 0 g {TEXT} 0 1 0 rg 30 30 m 100 90 l 170 30 l f 0 0 1 rg BT /F 18 Tf 60 42 Td (above) Tj ET"
        ),
        format!("1 1 0 rg 10 10 180 80 re f 0 g {TEXT} 0 1 1 rg 50 30 40 60 re f 5 w 1 0 0 RG {CURVE} S {TEXT}"),
        format!("{CURVE} S 0 1 0 rg 100 40 50 30 re f {TEXT} 1 0 0 rg 60 30 20.5 40.25 re f"),
    ] {
        alike(&content);
    }
    let above = alike(&format!("0 g {TEXT} 1 0 0 rg 0 0 m 0 100 l 200 100 l 210 -10 l f"));
    assert!(above.data_as_u8_slice().as_chunks::<4>().0.iter().all(|pixel| *pixel == [255, 0, 0, 255]));
}

#[test]
fn glyphs_that_wait_are_painted_in_order_however_many() {
    let lines: String = (0..200)
        .map(|line| format!("0 {} 0 rg BT /F 12 Tf {} 50 Td (many of them) Tj ET ", line % 2, line % 97))
        .collect();
    alike(&format!("0.9 g 0 0 m 0 100 l 200 100 l 200 -5 l f {lines}"));
}

#[test]
fn clips_cut_glyphs_lines_and_areas() {
    for clip in [
        "30.3 45.6 100.7 14.2 re W n",
        "q 30.3 20 100.7 50 re W n Q",
        "40 10 m 150 50 l 40 90 l h W n",
        "10 10 180 80 re 60 30 50 50 re W* n",
        "20 30 160 40 re W n 30 40 m 100 90 l 170 10 l h W n",
    ] {
        alike(&format!(
            "q {clip} {TEXT} 1 0 0 rg 20 20 33.3 60 re f 0 0 1 RG 3 w 10 55 m 190 55 l S {CURVE} S Q 0 1 0 rg BT /F 20 Tf 10 5 Td (free) Tj ET"
        ));
    }
}

#[test]
fn what_shines_through_is_as_by_hayro() {
    for content in [
        format!("/H gs 1 0 0 rg {TEXT} 0 0 1 rg 30 30 50 50 re f {CURVE} f"),
        format!("{TEXT} q /H gs /G Do Q 0 1 0 rg {TEXT}"),
        format!("{TEXT} /G Do"),
    ] {
        alike(&content);
    }
}

#[test]
fn what_blends_is_as_by_hayro() {
    let stripes = (0..).zip(MODES).map(|(index, mode)| format!("/{mode} gs {} 5 9 80 re f ", 10 + 12 * index));
    let stripes: String = stripes.collect();
    // Some modes enlarge a rounding.
    alike_within(8, &format!("0.9 0.5 0.1 rg 5 20 190 30 re f {TEXT} 0.2 0.6 0.8 rg {stripes} {TEXT} {CURVE} S"));
}

#[test]
fn what_is_in_groups_blends_with_what_is_under_them_unless_it_is_isolated() {
    let marker = |isolated: &str| {
        let document = page(&format!("0 g 20 20 60 60 re f /{isolated} Do"), "", "");
        let pixels = pixels(&document);
        [50, 150].map(|x| <[u8; 3]>::try_from(&pixels[3 * (200 * 50 + x)..][..3]).unwrap())
    };
    let (black, yellow) = ([0, 0, 0], [255, 255, 0]);
    assert_eq!(marker("Y"), [black, yellow]);
    assert_eq!(marker("I"), [yellow, yellow]);
}

#[test]
fn lines_of_all_kinds_are_as_by_hayro() {
    for line in ["0 w", "0.3 w 1 J", "4 w 1 J 1 j", "2 w [5 3] 1 d", "6 w 2 J", "1 w 2 Tr"] {
        alike(&format!(
            "{line} 20 20 m 180 20 l S 20 30.5 m 20 90 l S 30 30 m 180 80 l S {CURVE} S 90 40 50 30 re S {TEXT}"
        ));
    }
}

#[test]
fn pictures_are_as_by_hayro() {
    let dots = "BI /W 4 /H 4 /BPC 8 /CS /G /F /AHx ID 00ff20c0 40ff80e0 10ff20c0 00f020ff> EI";
    let colors = "BI /W 2 /H 2 /BPC 8 /CS /RGB /F /AHx ID ff000000ff00 0000ffffff00> EI";
    let stencil = "BI /W 8 /H 4 /IM true /F /AHx ID aa55f00f> EI";
    for (picture, place) in [
        (dots, "60 0 0 60 20 20"),
        (colors, "50 20 -20 50 60 20"),
        (stencil, "90 0 0 40 70 30"),
        (dots, "2 0 0 2 50 50"),
        (stencil, "4 0 0 2 90 50"),
    ] {
        alike(&format!("{TEXT} q 1 0 1 rg {place} cm {picture} Q {TEXT}"));
        alike(&format!("q /H gs 1 0 1 rg {place} cm {picture} Q {TEXT}"));
    }
}

#[test]
fn pictures_reach_to_the_end_of_the_pixels_that_a_clip_cuts() {
    let black = "BI /W 1 /H 1 /BPC 8 /CS /G /F /AHx ID 00> EI";
    let clipped = format!("q 28.82 44.40 -21.26 -35.83 re W n q -25.16 0 0 -25.37 54.23 26.55 cm {black} Q Q {TEXT}");
    alike(&clipped);
}

#[test]
fn areas_over_areas_are_not_all_painted() {
    let (mut glyphs, mut inks) = (Glyphs::default(), Inks::default());
    let mut canvas = Canvas::new(40, 40, AlphaColor::WHITE, &mut glyphs, &mut inks, false);
    show(&page(&"1 0 0 rg 0 0 200 100 re f ".repeat(20), "", ""), &mut canvas);
    assert!(canvas.is_waiting());
    assert_eq!(canvas.finish().ok().unwrap().data_as_u8_slice()[..4], [255, 0, 0, 255]);
}

#[test]
fn lines_wait_where_they_are_alone() {
    let marks = "-10 50 m -30 60 l 100 110 m 110 130 l 90 140 120 150 130 110 c h 210 -20 m 230 -40 l S";
    let (mut glyphs, mut inks) = (Glyphs::default(), Inks::default());
    let mut canvas = Canvas::new(200, 100, AlphaColor::WHITE, &mut glyphs, &mut inks, false);
    show(&page(marks, "", ""), &mut canvas);
    assert!(!canvas.is_waiting(), "nothing of them is on the page");
    alike(&format!("{marks} 6 w 2 J 8 8 180 84 re S 0 0.5 1 rg {TEXT} 1 0 0 RG 1 j 12 w 15 25 m 15 25 l S"));
    alike("0 1 m 100 -3 l 200 2 l S");
    alike("3 w 0 99 m 100 97 l 200 101 l S");
}

#[test]
fn dashes_are_painted_but_for_those_that_nobody_sees() {
    alike("[7 3] 2 d 4 w 10 20 m 190 30 l S [0.4 0.3] 0 d 10 60 m 190 60 l S");
    for lines in ["[0.0001] 0 d 0 50 m 200 50 l S", "[1] 0 d 0 50 m 10000000 50 l S", "[0] 0 d 0 50 m 200 50 l S"] {
        let whole = pixels(&page("5 w 0 50 m 200 50 l S", "", ""));
        assert!(pixels(&page(&format!("5 w {lines}"), "", "")) == whole, "{lines}");
    }
}

#[test]
fn a_picture_is_made_smaller_in_one_direction_alone() {
    let thin = "BI /W 1 /H 4000 /BPC 8 /CS /G /F [/AHx /RL] ID 81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF81FF80> EI";
    let document = page(&format!("1 0 0 rg 0 0 200 100 re f q 100000 0 0 50 0 50 cm {thin} Q"), "", "");
    let pixels = pixels(&document);
    assert_eq!(pixels[..3], [255; 3]);
    assert_eq!(pixels[pixels.len() - 3..], [255, 0, 0]);
}

#[test]
fn inks_are_painted_as_hayro_mixes_them() {
    for inks in ["0 0 0 1", "1 0 0 0", "0 0.7 0.9 0.1", "0.4 0.3 0.2 0.6"] {
        alike(&format!("{inks} k 10 10 80 80 re f {inks} K 10 w 120 10 m 180 90 l S /H gs {TEXT}"));
    }
}

/// The colours of the paths that are drawn.
struct Colors(Vec<Color>);

impl<'a> Device<'a> for Colors {
    fn draw_path(&mut self, _: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        let Paint::Color(color) = props.paint else { panic!("a plain colour") };
        self.0.push(color);
    }
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn pop_clip(&mut self) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_transparency_group(&mut self) {}
}

#[test]
fn inks_are_known_from_other_colours() {
    let document =
        page("0.1 0.2 0.3 0.4 k 0 0 9 9 re f /H gs 0 0 9 9 re f 1 0 0 rg 0 0 9 9 re f 0 g 0 0 9 9 re f", "", "");
    let mut colors = Colors(Vec::new());
    show(&document, &mut colors);
    let opacities: Vec<_> = colors.0.iter().map(colors::opacity_of_device_cmyk).collect();
    assert_eq!(opacities, [Some(1.0), Some(0.5), None, None]);
}

#[test]
fn other_pages_are_left_to_hayro() {
    let shading = "/Shading << /S << /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 200 0] \
                   /Function << /FunctionType 2 /Domain [0 1] /N 1 /C0 [1 0 0] /C1 [0 0 1] >> >> >>";
    let document = page(&format!("{TEXT} /S sh {TEXT}"), "", shading);
    for _ in 0..2 {
        let (_, way, hayro) = both(&document, 72.0, WHITE).unwrap();
        assert!(matches!(way, Way::Hayro));
        assert_eq!(pixels(&document), raster(hayro, true).pixels);
    }
}

#[test]
fn what_was_drawn_is_looked_at_again_where_it_is_larger() {
    let document = page("/M sh", "", "/Shading << /M 8 0 R >>");
    let render = |dpi: f32| {
        let background = "white".to_owned();
        document.render(1, args::View { dpi, width: None, height: None, region: None, background, annotations: true })
    };
    render(20.0).unwrap();
    assert!(matches!(render(1000.0), Err(wit::Error::LimitExceeded(_))));
    render(20.0).unwrap();
}

#[test]
#[ignore = "renders the first page of every document in the folder WASMCELL_DOCUMENTS twice"]
fn documents_are_painted_as_by_hayro() {
    let (mut quick, mut all) = (0, 0);
    let mut folders = vec![std::path::PathBuf::from(std::env::var("WASMCELL_DOCUMENTS").unwrap())];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(document) = Document::new(std::fs::read(&path).unwrap(), None) else { continue };
            let Ok((canvas, way, hayro)) = both(&document, 96.0, WHITE) else { continue };
            all += 1;
            // Within groups, hayro blends with nothing.
            if !matches!(way, Way::Canvas) {
                continue;
            }
            quick += 1;
            let (mean, most) = difference(&canvas, &hayro);
            // Where a path cuts glyphs, its edge is another's arithmetic.
            assert!(most <= 40 && mean < 0.01, "{}: {most}, {mean} in the mean", path.display());
        }
    }
    println!("{quick} of {all} pages by the canvas");
    assert!(quick > all / 2);
}
