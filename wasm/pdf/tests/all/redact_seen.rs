//! Redaction finds what a person would read, in whatever order and style it was drawn, and takes away what is seen.

use crate::common::redact::{at, object, pixel, regex, run, search, texts, unpacked, with, with_page};
use crate::common::{file, page, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Error, Guest, Redact};

/// What is left of a page of this content.
fn left(content: &str, redact: Redact) -> String {
    texts(&run(page(content), redact).unwrap()).join(" ")
}

/// What keeps a search from being sure.
fn unsure(source: Vec<u8>, redact: Redact) -> Option<String> {
    match run(source, redact) {
        Ok(_) => None,
        Err(Error::InvalidArgument(text)) => Some(text),
        other => panic!("no such error: {other:?}"),
    }
}

/// A JPEG of 16 × 16 pixels in three colours, and one of 16 × 32 in grey, which Pillow wrote.
const RGB: &str = "ffd8ffe000104a46494600010100000100010000ffdb004300281c1e231e19282321232d2b28303c64413c37373c7b585d4964918099968f808c8aa0b4e6c3a0aadaad8a8cc8ffcbdaeef5ffffff9bc1fffffffaffe6fdfff8ffdb0043012b2d2d3c353c76414176f8a58ca5f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8ffc00011080010001003012200021101031101ffc4001500010100000000000000000000000000000005ffc40014100100000000000000000000000000000000ffc40014010100000000000000000000000000000000ffc40014110100000000000000000000000000000000ffda000c03010002110311003f008a003fffd9";
const GREY: &str = "ffd8ffe000104a46494600010100000100010000ffdb004300281c1e231e19282321232d2b28303c64413c37373c7b585d4964918099968f808c8aa0b4e6c3a0aadaad8a8cc8ffcbdaeef5ffffff9bc1fffffffaffe6fdfff8ffc0000b080020001001011100ffc4001500010100000000000000000000000000000005ffc40014100100000000000000000000000000000000ffda0008010100003f008a0003ffd9";

#[test]
fn a_jpeg_that_is_not_what_is_said_of_it_goes_whole() {
    let picture = |data: &str, entries: &str| {
        let entries = format!(
            "/Type /XObject /Subtype /Image /BitsPerComponent 8 /Filter [/ASCIIHexDecode /DCTDecode] {entries}"
        );
        object(&entries, &format!("{data}>"))
    };
    let draw = "q 100 0 0 100 0 0 cm /P Do Q BT /M 10 Tf 120 20 Td (open) Tj ET";
    let source = |picture: &str, mask: &str| with("/XObject << /P 5 0 R >>", draw, &[picture, mask]);
    let one =
        "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /SMask 6 0 R";
    for (what, source) in [
        ("colours", source(&picture(RGB, "/Width 16 /Height 16 /ColorSpace /DeviceGray"), "null")),
        ("height", source(&picture(GREY, "/Width 16 /Height 16 /ColorSpace /DeviceGray"), "null")),
        ("width", source(&picture(GREY, "/Width 32 /Height 16 /ColorSpace /DeviceGray"), "null")),
        ("mask", source(&object(one, "a"), &picture(RGB, "/Width 16 /Height 16 /ColorSpace /DeviceGray"))),
    ] {
        let file = run(source, at(10.0, 10.0, 20.0, 20.0)).unwrap();
        assert!(!unpacked(&file).contains("/Image"), "{what}");
        assert_eq!(texts(&file), ["open"], "{what}");
    }
    let right = source(&picture(RGB, "/Width 16 /Height 16 /ColorSpace /DeviceRGB"), "null");
    assert!(unpacked(&run(right, at(10.0, 10.0, 20.0, 20.0)).unwrap()).contains("/Image"));
}

#[test]
fn a_fax_that_is_a_mask_stays_one() {
    // Stripes of two pixels, 16 × 16, which Pillow wrote.
    let fax = |entries: &str| {
        let entries = format!(
            "/Type /XObject /Subtype /Image /Width 16 /Height 16 /BitsPerComponent 1 /Filter [/ASCIIHexDecode /CCITTFaxDecode] \
             /DecodeParms [null << /K -1 /Columns 16 /Rows 16 >>] {entries}"
        );
        let picture = object(&entries, "2f97cbe17fffffffffffffffffffffffffffffc0040040>");
        with("/XObject << /P 5 0 R >>", "q 80 0 0 80 0 0 cm /P Do Q", &[&picture])
    };
    for entries in ["/ImageMask true", "/ImageMask true /Decode [1 0]", "/ColorSpace /DeviceGray"] {
        let source = fax(entries);
        let file = run(source.clone(), Redact { fill: Some("none".into()), ..at(0.0, 60.0, 80.0, 40.0) }).unwrap();
        for x in (2..80).step_by(5) {
            assert_eq!(pixel(&file, x, 40), pixel(&source, x, 40), "{entries}");
            assert_eq!(pixel(&file, x, 80), [255; 3], "{entries}");
        }
    }
}

#[test]
fn a_picture_that_is_drawn_where_nothing_is_seen_of_it_is_not_kept() {
    let picture = object(
        "/Type /XObject /Subtype /Image /Width 12 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
        "TOPSECRETPIX",
    );
    for hidden in ["q 120 0 0 100 900 0 cm /P Do Q", "q 0 0 10 10 re W n 120 0 0 100 40 0 cm /P Do Q"] {
        let content = format!("q 120 0 0 100 40 0 cm /P Do Q {hidden}");
        let file = run(with("/XObject << /P 5 0 R >>", &content, &[&picture]), at(70.0, 0.0, 60.0, 100.0)).unwrap();
        assert!(!unpacked(&file).contains("SECRET"), "{hidden}");
        assert!(unpacked(&file).contains("TOP"), "{hidden}");
    }
}

/// A picture of a page of 600 × 800 pt, of white pixels of 1 pt, with this text over it that is not seen.
fn recognised(text: &str) -> Vec<u8> {
    let picture = object(
        "/Type /XObject /Subtype /Image /Width 600 /Height 800 /ColorSpace /DeviceGray /BitsPerComponent 8",
        &"7".repeat(600 * 800),
    );
    let lines: String = (20..780).step_by(14).map(|y| format!("BT 3 Tr /M 10 Tf 20 {y} Td ({text}) Tj ET ")).collect();
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> \
                /Font << /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>";
    let content = format!("q 600 0 0 800 0 0 cm /P Do Q {lines} BT 3 Tr /M 20 Tf 100 400 Td (SECRET) Tj ET");
    file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        &stream(&content),
        &picture,
    ])
}

#[test]
fn around_what_was_recognised_pixels_go_too() {
    let text = "some text that was read out of the picture, on all of the page of it";
    let redact = Redact { fill: Some("none".into()), ..search("SECRET") };
    let file = run(recognised(text), redact).unwrap();
    let raster = Module::render(file, 1, Some(72.0), None, None, None, None, None, None, None).unwrap().raster;
    let is_white = |x: usize, y: usize| raster.pixels[3 * (y * raster.width as usize + x)] == 0xff;
    // On the baseline 400 pt from below, 20 pt high and 72 pt long: a quarter of an em above its box, a tenth below.
    assert!(is_white(130, 400 - 16 - 4) && is_white(130, 400 + 4 + 1) && is_white(98, 400) && is_white(173, 400));
    assert!(!is_white(130, 400 - 16 - 8) && !is_white(130, 400 + 4 + 5) && !is_white(92, 400) && !is_white(180, 400));
}

#[test]
fn of_what_stands_slanted_its_own_letters_go() {
    let lines: String = (5..95)
        .step_by(8)
        .map(|y| format!("BT /M 5 Tf 5 {y} Td (ordinary text that stays where it is and was, all of it) Tj ET "))
        .collect();
    let content = format!("{lines} BT /M 30 Tf 0.7 0.7 -0.7 0.7 40 5 Tm (SECRET) Tj ET");
    let source = page(&content);
    let before = texts(&source).concat().len();
    let file = run(source, search("SECRET")).unwrap();
    let after = texts(&file).concat();
    assert!(!after.contains("SECRET") && after.len() + 40 > before, "{} of {before}", after.len());
}

/// A tiling pattern of the size of a page that shows a picture of that size.
fn tiled(text: &str) -> Vec<u8> {
    let tile = object(
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 200 100] /XStep 200 /YStep 100 \
         /Resources << /XObject << /P 6 0 R >> >>",
        "q 200 0 0 100 0 0 cm /P Do Q",
    );
    let picture = object(
        "/Type /XObject /Subtype /Image /Width 12 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
        "TOPSECRETPIX",
    );
    let content = format!("/Pattern cs /T scn 0 0 200 100 re f 0 g BT /M 5 Tf 5 3 Td ({text}) Tj ET");
    with("/Pattern << /T 5 0 R >>", &content, &[&tile, &picture])
}

#[test]
fn a_scan_may_be_painted_as_a_pattern() {
    assert!(unsure(tiled("Page 1 of 3"), search("SECRET")).is_some_and(|text| text.contains("pictures")));
    // Small tiles are how surfaces are painted.
    let small =
        String::from_utf8(tiled("Page 1 of 3")).unwrap().replace("/XStep 200 /YStep 100", "/XStep 9.5 /YStep 9.0 ");
    let small = small.replace("/BBox [0 0 200 100]", "/BBox [0 0 009 009]").into_bytes();
    assert_eq!(unsure(small, search("SECRET")), None);
}

/// Rows of shapes of the size and distance of letters.
fn outlined(rows: usize, of: &str) -> String {
    let mut content = "BT /M 5 Tf 150 3 Td (Page 1) Tj ET\n".to_owned();
    for row in 0..rows {
        for column in 0..30 {
            let (x, y) = (5 + 6 * column, 90 - 8 * row);
            content += &of
                .replace("X+", &(x + 4).to_string())
                .replace('X', &x.to_string())
                .replace("Y+", &(y + 6).to_string())
                .replace('Y', &y.to_string());
        }
    }
    content
}

#[test]
fn letters_may_be_drawn_as_outlines() {
    let letter = "X Y m X+ Y l X+ Y+ l X Y+ X Y X Y c h f\n";
    assert!(unsure(page(&outlined(10, letter)), search("SECRET")).is_some_and(|text| text.contains("drawings")));
    // All of them in one drawing.
    let joined = outlined(10, letter).replace("h f\n", "h\n") + "f";
    assert!(unsure(page(&joined), search("SECRET")).is_some_and(|text| text.contains("drawings")));
    // A few, and bars.
    assert_eq!(unsure(page(&outlined(1, letter)), search("SECRET")), None);
    assert_eq!(unsure(page(&outlined(10, "X Y 4 6 re f\n")), search("SECRET")), None);
}

#[test]
fn short_names_with_accents_are_found_however_they_were_made() {
    // In the standard encoding, 310 is ¨ and 302 ´.
    for (shown, query) in [("(L\\310ow)", "Löw"), ("(Ren\\302e)", "René"), ("(L\\310o)", "Lö")] {
        let content = format!("BT /M 10 Tf 20 80 Td (open) Tj 0 -12 Td {shown} Tj 0 -12 Td (end) Tj ET");
        assert_eq!(left(&content, search(query)), "open end", "{shown}");
    }
}

#[test]
fn phrases_are_found_across_numbers_of_lines_and_columns() {
    for (content, expected) in [
        // Numbers of lines, and columns that were drawn row by row.
        ("(11) Tj 40 0 Td (is John) Tj -40 -12 Td (12) Tj 40 0 Td (Smith of) Tj", "11 is 12 of"),
        ("(is John) Tj 90 0 Td (other) Tj -90 -12 Td (Smith of) Tj 90 0 Td (text) Tj", "is other of text"),
        // The mark of a footnote.
        ("(is John) Tj 7 Ts /M 6 Tf (1) Tj 0 Ts /M 10 Tf ( Smith of) Tj", "is 1 of"),
    ] {
        let content = format!("BT /M 10 Tf 10 80 Td {content} ET");
        assert_eq!(left(&content, search("John Smith")), expected, "{content}");
    }
}

/// Pages of 200 × 100 pt with these contents.
fn pages(contents: &[&str]) -> Vec<u8> {
    let kids: String = (0..contents.len()).map(|number| format!("{} 0 R ", 3 + 2 * number)).collect();
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    objects.push(format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", contents.len()));
    for (number, content) in contents.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents {} 0 R /Resources << /Font << \
             /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>",
            4 + 2 * number
        ));
        objects.push(stream(content));
    }
    file(&objects.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn phrases_are_found_over_the_ends_of_pages() {
    let first = "BT /M 10 Tf 20 50 Td (open) Tj 0 -20 Td (it is John) Tj ET";
    let second = "BT /M 10 Tf 20 80 Td (Smith of) Tj 0 -20 Td (here) Tj ET";
    let file = run(pages(&[first, second]), search("John Smith")).unwrap();
    assert_eq!(texts(&file).join(" "), "open it is of here");
    // Between what stands at the end of one page and at the beginning of the other.
    let first = format!("{first} BT /M 10 Tf 100 10 Td (7) Tj ET");
    let second = format!("BT /M 10 Tf 20 92 Td (A Title) Tj ET {second}");
    let file = run(pages(&[&first, &second]), search("John Smith")).unwrap();
    assert_eq!(texts(&file).join(" "), "open it is 7 A Title of here");
}

#[test]
fn letters_are_found_in_whatever_way_they_are_drawn() {
    let each = |place: &dyn Fn(usize, char) -> String| {
        "SECRET".chars().enumerate().map(|(number, letter)| place(number, letter)).collect::<String>()
    };
    let shadow = each(&|number, letter| {
        let x = 50 + 9 * number;
        format!("1 0 0 1 {x} 50 Tm ({letter}) Tj 1 0 0 1 {}.5 48.5 Tm ({letter}) Tj ", x + 1)
    });
    let outside = each(&|number, letter| {
        let x = 500 + 9 * number;
        format!("1 0 0 1 {x} 50 Tm ({letter}) Tj 1 0 0 1 {x}.2 50 Tm ({letter}) Tj ")
    });
    let order = [0, 3, 1, 5, 2, 4];
    let turned: String = order
        .iter()
        .map(|number| format!("0 1 -1 0 50 {} Tm ({}) Tj ", 20 + 9 * number, &"SECRET"[*number..=*number]))
        .collect();
    let wide = "40 Tc 1 0 0 1 10 50 Tm (SECRET) Tj".to_owned();
    for content in [shadow, outside, turned, wide] {
        let file = run(page(&format!("BT /M 12 Tf 120 10 Td (open) Tj {content} ET")), search("SECRET")).unwrap();
        assert_eq!(texts(&file), ["open"], "{content}");
    }
    let card = "BT /M 10 Tf 10 50 Td (4111 1111) Tj 100 0 Td (1111 1111) Tj ET";
    assert_eq!(left(card, search("4111111111111111")), "");
}

#[test]
fn texts_that_stand_for_nothing_are_searched() {
    let content =
        "BT /M 10 Tf 20 50 Td (open) Tj ET /Span << /ActualText (SEC) >> BDC EMC /Span << /ActualText (RET) >> BDC EMC";
    let all = unpacked(&run(page(content), search("SECRET")).unwrap());
    assert!(!all.contains("SEC") && !all.contains("RET"), "{all}");
}

#[test]
fn annotations_are_read_in_every_order() {
    let letters: String = [0, 3, 1, 5, 2, 4]
        .iter()
        .map(|number| format!("1 0 0 1 {} 5 Tm ({}) Tj ", 10 + 9 * number, &"SECRET"[*number..=*number]))
        .collect();
    let look = object(
        "/Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources << /Font << /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>",
        &format!("BT /M 12 Tf {letters} ET"),
    );
    let stamp = "/Annots [<< /Type /Annot /Subtype /Stamp /Rect [20 50 120 70] /AP << /N 5 0 R >> >>]";
    let source = with_page(stamp, "", "BT /M 10 Tf 20 20 Td (open) Tj ET", &[&look]);
    assert!(Module::annotations(run(source, search("SECRET")).unwrap(), None, None).unwrap().is_empty());
}

/// A page with a Courier of which these codes have no letters, as `/X`.
fn with_font(codes: &str, content: &str) -> Vec<u8> {
    let source = String::from_utf8(with("", content, &[])).unwrap();
    let font = format!(
        "/Font << /X << /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding << /Type /Encoding /Differences [{codes}] >> >>"
    );
    source.replace("/Font <<", &font).into_bytes()
}

#[test]
fn letters_that_are_not_known_matter_where_what_is_looked_for_could_stand() {
    let codes = "65 /nosucha /nosuchb";
    // Of A and B, nothing is known.
    for (shown, query, is_sure) in [
        ("(see AB AB there)", "42", false),
        ("(see AB, AB, there)", "SECRET", true),
        ("(see SECRE there) Tj (A) Tj", "SECRETS", true),
        ("(see SECRA there)", "SECRET", false),
        ("(see SEA onward)", "SECRET", true),
        ("(oAce)", "office", false),
        ("(SECARET)", "SECRET", false),
        ("(A SECRET)", "SECRET", true),
        ("(item A B and)", "SECRET", true),
    ] {
        let source = with_font(codes, &format!("BT /X 10 Tf 20 50 Td {shown} Tj ET"));
        assert_eq!(unsure(source, search(query)).is_none(), is_sure, "{shown}: {query}");
    }
    for (shown, pattern, is_sure) in
        [("(no. 12A4)", r"\b\d{4}\b", false), ("(no. AB)", r"\d{4}", true), ("(SECRA)", "secret|open", false)]
    {
        let source = with_font(codes, &format!("BT /X 10 Tf 20 50 Td {shown} Tj ET"));
        assert_eq!(unsure(source, regex(pattern)).is_none(), is_sure, "{shown}: {pattern}");
    }
}
