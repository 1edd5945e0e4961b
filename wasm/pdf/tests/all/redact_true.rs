//! Redaction is true: what lay under a box is nowhere in the file, whatever drew it.

use crate::common::redact::{assert_gone, at, object, pixel, run, search, texts, unpacked, with, with_page};
use crate::common::{file, page, stream};
use wasmcell_pdf::wit::{Error, Redact};

/// A picture of 12 × 1 grey pixels that can be read in the file.
const PIXELS: &str = "TOPSECRETPIX";
/// Where it is drawn: each pixel has 10 × 100 pt.
const DRAW: &str = "q 120 0 0 100 40 0 cm /P Do Q";

fn picture() -> String {
    image("", PIXELS)
}

fn image(entries: &str, pixels: &str) -> String {
    let width = pixels.len();
    object(
        &format!(
            "/Type /XObject /Subtype /Image /Width {width} /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 {entries}"
        ),
        pixels,
    )
}

/// The middle of [`DRAW`]: its six pixels that say SECRET.
fn middle() -> Redact {
    Redact { fill: Some("none".into()), ..at(70.0, 0.0, 60.0, 100.0) }
}

/// Two pages with the same resources, as most programs write them: the fonts `/M`, and the objects 7 and 8 as `/P`
/// and `/Q`.
fn two(first: &str, second: &str, more: &[&str]) -> Vec<u8> {
    let page = |number: u32| {
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents {number} 0 R /Resources 9 0 R >>")
    };
    let resources = "<< /Font << /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> \
                     /XObject << /P 7 0 R /Q 8 0 R >> /Pattern << /T 8 0 R >> >>";
    let (three, four) = (page(5), page(6));
    let (five, six) = (stream(first), stream(second));
    let tree = "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>";
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>", tree, &three, &four, &five, &six];
    objects.extend(more);
    while objects.len() < 8 {
        objects.push("null");
    }
    objects.push(resources);
    file(&objects)
}

/// Whether the first page is a picture of itself.
fn is_pictured(file: &[u8]) -> bool {
    let document = lopdf::Document::load_mem(file).unwrap();
    let page = *document.get_pages().get(&1).unwrap();
    String::from_utf8_lossy(&document.get_page_content(page)).contains("/Page Do")
}

fn error(result: Result<Vec<u8>, Error>) -> String {
    match result {
        Err(Error::InvalidArgument(text)) => text,
        other => panic!("no such error: {other:?}"),
    }
}

#[test]
fn the_original_of_a_cut_picture_is_gone_where_pages_share_their_resources() {
    let file = run(two(DRAW, "BT /M 10 Tf 20 50 Td (other) Tj ET", &[&picture()]), middle()).unwrap();
    assert!(!is_pictured(&file));
    assert_gone(&file, "SECRET");
    assert!(unpacked(&file).contains("TOP\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}PIX"));
    assert_eq!(texts(&file), ["other"]);
    // Its mask too.
    let masked = image("/SMask 8 0 R", "............");
    let file = run(two(DRAW, "", &[&masked, &picture()]), middle()).unwrap();
    assert_gone(&file, "SECRET");
    // Where another page shows it, it is seen there, and stays.
    let file = run(two(DRAW, DRAW, &[&picture()]), middle()).unwrap();
    assert!(unpacked(&file).contains(PIXELS));
}

#[test]
fn the_original_of_a_cut_drawing_is_gone_where_pages_share_their_resources() {
    let form = object(
        "/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources 9 0 R",
        "BT /M 10 Tf 20 50 Td (open SECRET) Tj ET",
    );
    let file = run(two("/P Do", "BT /M 10 Tf 20 50 Td (other) Tj ET", &[&form]), search("SECRET")).unwrap();
    assert_gone(&file, "SECRET");
    assert_eq!(texts(&file), ["open", "other"]);
}

#[test]
fn what_a_pictured_page_drew_is_gone_where_pages_share_their_resources() {
    // A picture that cannot be decoded makes the page a picture.
    let broken = image("/Filter /DCTDecode", "SECRETSECRET");
    let first = format!("{DRAW} q 60 0 0 100 70 0 cm /Q Do Q");
    let file = run(two(&first, "BT /M 10 Tf 20 50 Td (other) Tj ET", &[&picture(), &broken]), middle()).unwrap();
    assert!(is_pictured(&file));
    assert_gone(&file, "SECRET");
    assert_gone(&file, "TOP");
    assert_eq!(texts(&file), ["other"]);
}

#[test]
fn a_pattern_that_has_all_resources_does_not_keep_what_it_does_not_draw() {
    let tile = object(
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources 9 0 R",
        "0 0 5 5 re f",
    );
    let file = run(two(DRAW, "/Pattern cs /T scn 0 0 50 50 re f", &[&picture(), &tile]), middle()).unwrap();
    assert!(!is_pictured(&file));
    assert_gone(&file, "SECRET");
    assert!(unpacked(&file).contains("0 0 5 5 re"), "the pattern stays");
}

#[test]
fn what_the_structure_refers_to_is_gone() {
    let form = object(
        "/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << /Font << /M << /Type /Font /Subtype /Type1 \
         /BaseFont /Courier >> >> >>",
        "/P << /MCID 0 >> BDC BT /M 10 Tf 20 50 Td (SECRET) Tj ET EMC",
    );
    for (stream, redact) in [(5, search("SECRET")), (5, at(0.0, 0.0, 200.0, 100.0)), (4, at(0.0, 0.0, 200.0, 100.0))] {
        let tree = "<< /Type /StructTreeRoot /K 7 0 R >>";
        let element = format!(
            "<< /Type /StructElem /S /P /P 6 0 R /Pg 3 0 R /K [<< /Type /MCR /Pg 3 0 R /Stm {stream} 0 R /MCID 0 >> \
             << /Type /OBJR /Pg 3 0 R /Obj {stream} 0 R >>] >>"
        );
        let content = "/O Do BT /M 10 Tf 20 20 Td (SECRET) Tj ET";
        let source = with("/XObject << /O 5 0 R >>", content, &[&form, tree, &element]);
        let source = String::from_utf8(source).unwrap();
        let source = source.replace("/Type /Catalog", "/Type /Catalog /StructTreeRoot 6 0 R");
        assert_gone(&run(source.into_bytes(), redact).unwrap(), "SECRET");
    }
}

#[test]
fn a_pattern_around_a_box_may_be_a_picture() {
    let tile = object(
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 200 100] /XStep 200 /YStep 100 \
         /Resources << /XObject << /P 6 0 R >> >>",
        DRAW,
    );
    let mesh = object(
        "/ShadingType 4 /ColorSpace /DeviceGray /BitsPerCoordinate 8 /BitsPerComponent 8 /BitsPerFlag 8 \
         /Decode [0 200 0 100 0 1]",
        "\0SEC\0RET\0SEC",
    );
    let fill = "/Pattern cs /T scn 0 0 200 100 re f BT /M 10 Tf 20 20 Td 0 g (text) Tj ET";
    let tiled = with("/Pattern << /T 5 0 R >>", fill, &[&tile, &picture()]);
    let meshed = with("/Pattern << /T << /PatternType 2 /Shading 5 0 R >> >>", fill, &[&mesh]);
    for source in [tiled, meshed] {
        let file = run(source.clone(), middle()).unwrap();
        assert!(is_pictured(&file));
        assert_gone(&file, "SEC");
        // Elsewhere it stays as it is.
        let file = run(String::from_utf8(source).unwrap().replace("0 0 200 100 re", "0 0 060 100 re").into(), middle());
        assert!(!is_pictured(&file.unwrap()));
    }
    let smooth = "<< /PatternType 2 /Shading << /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 200 0] \
                  /Function << /FunctionType 2 /Domain [0 1] /C0 [0] /C1 [1] /N 1 >> >> >>";
    let file = run(with(&format!("/Pattern << /T {smooth} >>"), fill, &[]), middle()).unwrap();
    assert!(!is_pictured(&file), "colours between points are no picture");
}

#[test]
fn a_mask_that_is_finer_than_its_picture_is_cut() {
    for key in ["SMask", "Mask"] {
        let (entries, pixels) = if key == "Mask" {
            ("/Type /XObject /Subtype /Image /ImageMask true /Width 96 /Height 1 /BitsPerComponent 1", PIXELS)
        } else {
            ("/Type /XObject /Subtype /Image /Width 12 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", PIXELS)
        };
        let mask = object(entries, pixels);
        let one = image(&format!("/{key} 6 0 R"), "\0");
        // The middle of its only pixel is not in the box.
        let redact = Redact { fill: Some("none".into()), ..at(70.0, 0.0, 60.0, 49.0) };
        let file = run(with("/XObject << /P 5 0 R >>", DRAW, &[&one, &mask]), redact.clone()).unwrap();
        // That of the mask's pixels neither; ten rows of them have some.
        assert!(unpacked(&file).contains("SECRET"), "{key}");
        let redact = Redact { fill: Some("none".into()), ..at(105.0, 0.0, 20.0, 100.0) };
        let file = run(with("/XObject << /P 5 0 R >>", DRAW, &[&one, &mask]), redact).unwrap();
        assert_gone(&file, "SECRET");
        assert!(unpacked(&file).contains("TOPSEC"), "{key}");
    }
}

#[test]
fn a_picture_that_has_no_area_makes_its_page_a_picture() {
    let source = with("/XObject << /P 5 0 R >>", "q 120 0 0 0 40 50 cm /P Do Q", &[&picture()]);
    let file = run(source, middle()).unwrap();
    assert!(is_pictured(&file));
    assert_gone(&file, "SECRET");
}

/// A font whose glyphs A and B are these drawings.
fn drawn_font(matrix: &str, procedures: &str) -> String {
    format!(
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 0 0] /FontMatrix [{matrix}] /FirstChar 65 /LastChar 66 /Widths [10 10] \
         /Encoding << /Type /Encoding /Differences [65 /A /B] >> /CharProcs << {procedures} >> /Resources << >> >>"
    )
}

#[test]
fn glyphs_that_are_drawings_go_where_they_are_seen() {
    // Each stands 10 pt wide on the baseline, but is black 30 pt above it; and does not say so, or says else.
    for first in ["10 0 d0", "10 0 0 0 1 1 d1"] {
        let glyph = stream(&format!("{first} 0 30 10 10 re f"));
        let font = drawn_font("1 0 0 1 0 0", "/A 6 0 R /B 6 0 R");
        let source = with_page("", "", "", &[&font, &glyph]);
        let source = String::from_utf8(source).unwrap().replace("/Font <<", "/Font << /T 5 0 R").replace(
            "/Length 0 >>\nstream\n\nendstream",
            "/Length 32 >>\nstream\nBT /T 1 Tf 50 10 Td (ABABAB) Tj \nET\nendstream",
        );
        // From 30 to 40 pt above 10 pt: 50 to 60 pt below the upper edge.
        let redact = Redact { fill: Some("none".into()), ..at(71.0, 52.0, 8.0, 6.0) };
        let file = run(source.into_bytes(), redact).unwrap();
        assert!(!is_pictured(&file));
        let [before, there, after] = [65, 75, 85].map(|x| pixel(&file, x, 55));
        assert_eq!([before, there, after], [[0; 3], [255; 3], [0; 3]], "{first}");
    }
}

#[test]
fn a_glyph_that_is_a_picture_goes_from_its_font() {
    let inline =
        |pixels: &str| stream(&format!("10 0 d0 q 10 0 0 10 0 0 cm BI /W 12 /H 1 /CS /G /BPC 8 ID {pixels} EI Q"));
    let source = |second: &str| {
        let font = drawn_font("1 0 0 1 0 0", "/A 7 0 R /B 8 0 R");
        let file = two("BT /T 1 Tf 50 50 Td (AB) Tj ET", second, &[&inline(PIXELS), &inline("OPENopenOPEN")]);
        String::from_utf8(file).unwrap().replace("/Font <<", &format!("/Font << /T {font}")).into_bytes()
    };
    let redact = || Redact { fill: Some("none".into()), ..at(51.0, 41.0, 8.0, 8.0) };
    let file = run(source("BT /T 1 Tf 50 50 Td (B) Tj ET"), redact()).unwrap();
    assert!(!is_pictured(&file));
    assert_gone(&file, "SECRET");
    assert!(unpacked(&file).contains("OPENopen"));
    let file = run(source("BT /T 1 Tf 50 50 Td (A) Tj ET"), redact()).unwrap();
    assert!(unpacked(&file).contains("SECRET"), "another page shows it");
}

/// A page with a Courier that has these entries too, as `/X`.
fn with_font(entries: &str, content: &str, more: &[&str]) -> Vec<u8> {
    let source = String::from_utf8(with("", content, more)).unwrap();
    let font = format!("/Font << /X << /Type /Font /Subtype /Type1 /BaseFont /Courier {entries} >>");
    source.replace("/Font <<", &font).into_bytes()
}

#[test]
fn a_single_letter_that_is_not_known_makes_a_search_unsure() {
    let odd = "/Encoding << /Type /Encoding /Differences [67 /nosuchname] >>";
    for (content, is_sure) in [
        ("(SECRET)", false),
        ("(SE) Tj (C) Tj (RET)", false),
        ("[(SE) 50 (CRET)]", false),
        ("(XC)", true),
        ("(C item)", true),
        ("(SEGRET C)", true),
    ] {
        let operator = if content.starts_with('[') { "TJ" } else { "Tj" };
        let source = with_font(odd, &format!("BT /X 10 Tf 20 50 Td {content} {operator} ET"), &[]);
        let done = run(source, search("SECRET"));
        assert_eq!(done.is_ok(), is_sure, "{content}");
        if !is_sure {
            assert!(error(done).contains("letters are not known"));
        }
    }
}

#[test]
fn letters_that_are_said_to_be_nothing_make_a_search_unsure() {
    for nothing in ["0020", "200B", "00A0"] {
        let letters = ["53", "45", "43", "52", "54"].map(|code| format!("<{code}> <{nothing}> ")).concat();
        let map = stream(&format!(
            "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
             5 beginbfchar {letters} endbfchar endcmap"
        ));
        let source = with_font("/ToUnicode 5 0 R", "BT /X 10 Tf 20 50 Td (SECRET and) Tj ET", &[&map]);
        assert!(error(run(source, search("SECRET"))).contains("letters are not known"), "{nothing:?}");
    }
}

#[test]
fn a_font_that_cannot_be_read_is_not_sure() {
    let source = || page("BT /Nope 10 Tf 20 50 Td (SECRET) Tj ET BT /M 10 Tf 20 20 Td (more) Tj ET");
    assert!(error(run(source(), search("more"))).contains("a font cannot be read"));
    assert!(is_pictured(&run(source(), at(20.0, 70.0, 30.0, 20.0)).unwrap()));
}

#[test]
fn content_that_cannot_be_read_is_not_empty() {
    let text = "BT /M 10 Tf 20 50 Td (SECRET) Tj ET";
    let content = |entries: &str, content: &str| {
        let source = String::from_utf8(with("", "", &[&object(entries, content)])).unwrap();
        source.replace("/Contents 4 0 R", "/Contents [4 0 R 5 0 R]").into_bytes()
    };
    let form = |entries: &str| {
        let form = format!("/Type /XObject /Subtype /Form /BBox [0 0 200 100] {entries}");
        with("/XObject << /O 5 0 R >>", "/O Do", &[&object(&form, text)])
    };
    for source in [
        content("/Filter /Unknown", text),
        content("/Filter [/ASCIIHexDecode /Unknown]", text),
        content(
            "/Filter /FlateDecode /DecodeParms << /Predictor 99 >>",
            "this is no data that anything could be unpacked from",
        ),
        content("/F /AHx", &format!("{text} >")),
        content("/F (a.txt)", text),
        form("/Filter /Unknown"),
        form("/F /Fl"),
        // Readers go on behind what makes no sense.
        page(&format!("0 0 m ) {text}")),
        page(&format!("{} {text}", "1 ".repeat(50))),
        page(&format!("(open {text}")),
    ] {
        let said = error(run(source.clone(), search("SECRET")));
        assert!(said.contains("cannot be read"), "{said}");
        let file = run(source, at(0.0, 0.0, 10.0, 10.0)).unwrap();
        assert!(is_pictured(&file));
        assert_gone(&file, "SECRET");
    }
    // A picture whose filters are not known.
    let unknown = image("/Filter /Unknown", PIXELS);
    let file = run(with("/XObject << /P 5 0 R >>", DRAW, &[&unknown]), middle()).unwrap();
    assert!(is_pictured(&file));
    assert_gone(&file, "SECRET");
}

#[test]
fn curves_without_end_are_not_followed() {
    for curve in [
        "0 0 m 1000000000 1000000000 2000000000 0 90 50 c f",
        "0 0 m 1000000000 1000000000 2000000000 0 90 50 c S",
        "0 0 m 1000000000000000000000000000000 1000000000000000000000000000000 2 0 9 50 c W n",
    ] {
        let file = run(page(curve), at(20.0, 20.0, 100.0, 60.0)).unwrap();
        assert!(is_pictured(&file), "{curve}");
    }
    // Many long ones: each would be ten thousand lines.
    let many = "0 0 m 900000 900000 -900000 0 90 50 c f ".repeat(1000);
    assert!(is_pictured(&run(page(&many), at(20.0, 20.0, 100.0, 60.0)).unwrap()));
}

#[test]
fn what_is_drawn_often_is_cut_once() {
    let file =
        run(with("/XObject << /P 5 0 R >>", &format!("{DRAW}\n").repeat(1000), &[&picture()]), middle()).unwrap();
    assert_eq!(unpacked(&file).matches("PIX\n").count(), 1);
    // Marks without end.
    let source = page(&format!("{} BT /M 10 Tf 20 50 Td (SECRET) Tj ET", "/A BMC ".repeat(100_000)));
    assert!(error(run(source.clone(), search("SECRET"))).contains("marks nest"));
    assert!(is_pictured(&run(source, at(20.0, 20.0, 100.0, 60.0)).unwrap()));
    // One glyph of many, chosen often.
    let procedures: String = (0..2000).map(|glyph| format!("/g{glyph} 6 0 R ")).collect();
    let font = drawn_font("1 0 0 1 0 0", &format!("/A 6 0 R {procedures}"));
    let content = format!("BT {} ET", "/T 1 Tf (A) Tj ".repeat(5000));
    let source = with("", &content, &[&font, &stream("10 0 d0 0 0 5 5 re f")]);
    let source = String::from_utf8(source).unwrap().replace("/Font <<", "/Font << /T 5 0 R");
    run(source.into_bytes(), at(20.0, 20.0, 100.0, 60.0)).unwrap();
}

#[test]
fn what_is_seen_through_text_makes_the_page_a_picture() {
    for mode in 4..=7 {
        let content = format!("q BT /M 20 Tf {mode} Tr 20 50 Td (SECRET) Tj ET 1 0 0 rg 0 0 200 100 re f Q");
        let redact = Redact { fill: Some("none".into()), ..at(18.0, 30.0, 40.0, 30.0) };
        let file = run(page(&content), redact).unwrap();
        assert!(is_pictured(&file), "{mode}");
        // Beside the text nothing was painted, and nothing is.
        assert_eq!(pixel(&file, 150, 80), [255; 3], "{mode}");
        assert_gone(&file, "SECRET");
    }
}

#[test]
fn letters_go_whole_from_pictures_of_pages() {
    // A picture that cannot be decoded lies in the box, and so does the left half of a large letter.
    let broken = image("/Filter /DCTDecode", "no JPEG here");
    let content = "q 10 0 0 10 20 20 cm /P Do Q BT /M 90 Tf 20 30 Td (H) Tj ET";
    let redact = Redact { fill: Some("none".into()), ..at(15.0, 0.0, 25.0, 100.0) };
    let file = run(with("/XObject << /P 5 0 R >>", content, &[&broken]), redact).unwrap();
    assert!(is_pictured(&file));
    let right = (40..100).flat_map(|x| (0..100).map(move |y| (x, y))).all(|(x, y)| pixel_of(&file, x, y) == [255; 3]);
    assert!(right, "nothing is left of the letter");
}

/// As [`pixel`], of a file that is rendered once.
fn pixel_of(file: &[u8], x: u32, y: u32) -> [u8; 3] {
    thread_local! { static SEEN: std::cell::OnceCell<(u32, Vec<u8>)> = const { std::cell::OnceCell::new() }; }
    SEEN.with(|seen| {
        let (width, pixels) = seen.get_or_init(|| crate::common::redact::rendered(file));
        let at = 3 * (y * width + x) as usize;
        pixels[at..at + 3].try_into().unwrap()
    })
}

#[test]
fn points_that_are_marked_say_nothing() {
    for point in ["/P << /ActualText (SECRET) >> DP", "/P << /X [<< /Y (a SECRET) >>] >> DP", "/SECRET MP", "/P /Q DP"]
    {
        let content = format!("{point} BT /M 10 Tf 20 50 Td (open) Tj ET");
        let source = with("/Properties << /Q << /ActualText (SECRET) >> >>", &content, &[]);
        assert_gone(&run(source.clone(), at(0.0, 0.0, 10.0, 10.0)).unwrap(), "SECRET");
        if !point.contains("MP") {
            assert_gone(&run(source, search("SECRET")).unwrap(), "SECRET");
        }
    }
}

#[test]
fn words_that_are_drawn_are_found_by_the_texts_that_stand_for_them() {
    let word =
        |text: &str, x: u32| format!("/Span << /ActualText ({text}) >> BDC {x} 45 m {} 45 l {x} 55 l f EMC\n", x + 10);
    let redact = |text: &str| Redact { fill: Some("none".into()), ..search(text) };
    // In one, in several without a gap, and as words.
    for (words, query) in [
        (vec![("SECRET", 50)], "SECRET"),
        (vec![("SEC", 50), ("RET", 60)], "SECRET"),
        (vec![("TOP", 50), ("SECRET", 70)], "top secret"),
    ] {
        let content: String = words.iter().map(|(text, x)| word(text, *x)).collect();
        let source = page(&format!("{content}{}BT /M 10 Tf 20 10 Td (text) Tj ET", word("open", 120)));
        let file = run(source, redact(query)).unwrap();
        for (text, x) in words {
            assert_gone(&file, &format!("({text})"));
            assert_eq!(pixel(&file, x + 2, 52), [255; 3], "{text}");
        }
        assert_eq!(pixel(&file, 122, 52), [0; 3]);
        assert!(unpacked(&file).contains("(open)"));
    }
}

#[test]
fn a_layer_has_no_text_of_its_own() {
    let content = "/OC /L BDC BT /M 10 Tf 20 50 Td (open) Tj ET EMC";
    let layer = "<< /Type /OCG /Name (layer) /ActualText (SECRET) >>";
    for source in [
        with(&format!("/Properties << /L {layer} >>"), content, &[]),
        with("/Properties << /L (SECRET) >>", content, &[]),
    ] {
        assert_gone(&run(source, at(15.0, 40.0, 50.0, 15.0)).unwrap(), "SECRET");
    }
}

#[test]
fn what_annotations_look_like_stays_with_them_and_goes_with_them() {
    let look = |text: &str| {
        object(
            "/Type /XObject /Subtype /Form /BBox [0 0 100 10] /Resources << /Font << /M << /Type /Font /Subtype /Type1 \
             /BaseFont /Courier >> >> >>",
            &format!("BT /M 10 Tf 0 2 Td ({text}) Tj ET"),
        )
    };
    let stamp = |number: u32, y: u32| {
        format!("<< /Type /Annot /Subtype /Stamp /Rect [20 {y} 120 {}] /AP << /N {number} 0 R >> >>", y + 10)
    };
    let source = String::from_utf8(two("", "", &[&look("kept"), &look("SECRET")])).unwrap();
    let annotations = format!("/Annots [{} {}] /Contents 5 0 R", stamp(7, 10), stamp(8, 70));
    let source = source.replace("/Contents 5 0 R", &annotations).into_bytes();
    for redact in [search("SECRET"), at(15.0, 15.0, 150.0, 20.0)] {
        let file = run(source.clone(), redact).unwrap();
        assert_gone(&file, "SECRET");
        assert!(unpacked(&file).contains("(kept)"));
    }
}
