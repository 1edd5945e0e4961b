//! Redaction, in its details: what goes from the file, and what stays where it was.

use crate::common::redact::{
    assert_gone, at, object, options, pixel, run, search, texts, unpacked, with, with_page, words,
};
use crate::common::{assert_at, file, page, page_with, stream};
use wasmcell_pdf::wit::{Box, Error, PageBox, Redact};

/// Redact, and see that what stays stands where it stood; words as they are in the file.
fn assert_redacted(source: Vec<u8>, redact: Redact, gone: &str, stays: &[&str]) -> Vec<u8> {
    let before = words(&source);
    let file = run(source, redact).unwrap();
    let after = words(&file);
    let found: Vec<&str> = after.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(found, stays);
    for word in after {
        let mut same = before.iter().filter(|known| known.text == word.text);
        assert!(
            same.any(|known| (known.box_.x - word.box_.x).abs() < 0.01 && (known.box_.y - word.box_.y).abs() < 0.01),
            "{word:?} has moved: {before:?}"
        );
    }
    assert_gone(&file, gone);
    file
}

#[test]
fn a_word_goes_and_the_others_stay_where_they_are() {
    for content in [
        "/M 10 Tf 20 50 Td (see SECRET here) Tj",
        "/M 10 Tf 20 50 Td [(see SE) -50 (CRET) 120 ( here)] TJ",
        "/M 10 Tf 80 Tz 20 50 Td (see SECRET here) Tj",
        "/M 10 Tf 1 Tc 5 Tw 20 50 Td (see SECRET here) Tj",
        "/M 10 Tf 4 Ts 20 50 Td (see SECRET here) Tj",
        "/M 10 Tf 20 50 Td 12 TL (see SECRET here) '",
        "/M 10 Tf 20 50 Td 12 TL 3 1 (see SECRET here) \"",
        "/M 10 Tf 20 50 Td (see SEC) Tj (RET here) Tj",
        "/M 1 Tf 10 0 0 10 20 50 Tm (see SECRET here) Tj",
        "/M 10 Tf 3 Tr 20 50 Td (see SECRET here) Tj",
        "/M 10 Tf 1 1 1 rg 20 50 Td (see SECRET here) Tj",
    ] {
        assert_redacted(page(&format!("BT {content} ET")), search("secret"), "SECRET", &["see", "here"]);
    }
}

#[test]
fn spaced_letters_are_a_word() {
    let content = "BT /M 10 Tf 4 Tc 20 50 Td (a SECRET b) Tj ET";
    assert_redacted(page(content), search("secret"), "SECRET", &["a", "b"]);
}

#[test]
fn text_over_several_text_objects_is_found() {
    let content = "BT /M 10 Tf 20 50 Td (see SEC) Tj ET BT /M 10 Tf 62 50 Td (RET here) Tj ET";
    assert_redacted(page(content), search("SECRET"), "RET", &["see", "here"]);
}

#[test]
fn text_that_is_drawn_out_of_order_is_found() {
    let content = "BT /M 10 Tf 38 50 Td (RET) Tj ET BT /M 10 Tf 20 50 Td (SEC) Tj ET BT /M 10 Tf 20 20 Td (more) Tj ET";
    assert_redacted(page(content), search("SECRET"), "SEC", &["more"]);
}

#[test]
fn turned_pages_and_turned_text_are_redacted() {
    let content = "BT /M 10 Tf 0.7071 0.7071 -0.7071 0.7071 40 20 Tm (see SECRET here) Tj ET";
    assert_redacted(page(content), search("SECRET"), "SECRET", &["see", "here"]);
    for turn in [90, 180, 270] {
        let entries = format!("/MediaBox [0 0 200 100] /CropBox [10 10 190 90] /Rotate {turn}");
        let source = page_with(&entries, "BT /M 10 Tf 20 50 Td (see SECRET here) Tj ET");
        assert_redacted(source, search("SECRET"), "SECRET", &["see", "here"]);
    }
}

const FONTS: &str = "/Font << /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >>";

#[test]
fn a_drawing_that_is_used_twice_changes_where_something_goes() {
    let outer = object(
        &format!(
            "/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Matrix [1 0 0 1 5 0] /Resources << {FONTS} /XObject << /I 6 0 R >> >>"
        ),
        "BT /M 10 Tf 20 20 Td (outer) Tj ET /I Do",
    );
    let inner = object(
        &format!("/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << {FONTS} >>"),
        "BT /M 10 Tf 20 30 Td (NAME) Tj ET",
    );
    let source = with("/XObject << /O 5 0 R >>", "/O Do q 1 0 0 1 0 40 cm /O Do Q", &[&outer, &inner]);
    assert_redacted(source.clone(), search("NAME"), "NAME", &["outer", "outer"]);
    // By a box, the upper one only: its lines stand 30 and 40 pt higher.
    let file = run(source, at(0.0, 0.0, 200.0, 30.0)).unwrap();
    assert_eq!(texts(&file), ["outer", "NAME", "outer"]);
}

#[test]
fn what_a_page_has_but_does_not_draw_goes() {
    let unused = object("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "BT (SECRET) Tj ET");
    let source = with("/XObject << /O 5 0 R >>", "BT /M 10 Tf 20 50 Td (SECRET open) Tj ET % SECRET", &[&unused]);
    assert_redacted(source, search("SECRET"), "SECRET", &["open"]);
    let source = with("/XObject << /O 5 0 R >>", "BT /M 10 Tf 20 50 Td (open) Tj ET", &[&unused]);
    assert_redacted(source, search("SECRET"), "SECRET", &["open"]);
}

#[test]
fn composite_fonts_keep_their_codes() {
    let map = stream(
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange \
         1 beginbfrange <0001> <001A> <0041> endbfrange endcmap",
    );
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 5 0 R /DescendantFonts [<< \
                /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) \
                /Supplement 0 >> /DW 500 /W [2 [700]] /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 >> >>] >>";
    let source = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        &format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /C {font} >> >> >>"
        ),
        &stream("BT /C 10 Tf 20 50 Td <000100020003> Tj 30 0 Td <000400050006> Tj ET"),
        &map,
    ]);
    // "B" is 7 pt wide, all others 5.
    let file = run(source, search("B")).unwrap();
    let left = words(&file);
    assert_eq!(left.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["A", "C", "DEF"]);
    assert!((left[1].box_.x - 32.0).abs() < 0.01, "{left:?}");
    assert!(!unpacked(&file).contains("00010002"));
}

#[test]
fn other_texts_for_what_went_go_too() {
    let content = "/P << /MCID 0 /ActualText (SECRET twice) >> BDC BT /M 10 Tf 20 50 Td (SECRET open) Tj ET EMC \
                   /Span /Q BDC BT /M 10 Tf 20 30 Td (x) Tj ET EMC";
    let properties = "<< /MCID 1 /Alt (a SECRET) >>";
    let source = with("/Properties << /Q 5 0 R >>", content, &[properties]);
    let file = run(source, search("SECRET")).unwrap();
    assert_gone(&file, "SECRET");
    let structured = "<< /Type /StructElem /S /P /P 9 0 R /K 0 /Pg 3 0 R /Alt (of the box) >>";
    let source = with("", "/P << /MCID 0 >> BDC BT /M 10 Tf 20 50 Td (here) Tj ET EMC", &[structured]);
    let source = String::from_utf8(source).unwrap().replace("/MediaBox", "/Mine 5 0 R /MediaBox").into_bytes();
    assert_gone(&run(source, at(0.0, 30.0, 100.0, 40.0)).unwrap(), "of the box");
}

#[test]
fn hidden_layers_and_what_lies_beyond_the_page_are_searched() {
    let content =
        "/OC /L BDC BT /M 10 Tf 20 50 Td (SECRET) Tj ET EMC BT /M 10 Tf 20 20 Td (open) Tj 0 500 Td (SECRET) Tj ET";
    let source = with("/Properties << /L 5 0 R >>", content, &["<< /Type /OCG /Name (SECRET layer) >>"]);
    let source = String::from_utf8(source).unwrap();
    let source =
        source.replace("/Type /Catalog", "/Type /Catalog /OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>");
    assert_redacted(source.into_bytes(), search("SECRET"), "SECRET", &["open"]);
}

#[test]
fn a_box_takes_what_reaches_into_it() {
    // Courier: each glyph is 6 pt wide; its box stands from 42 to 52 pt below the upper edge.
    let source = || page("BT /M 10 Tf 20 50 Td (abcdef) Tj ET");
    let file = run(source(), at(33.0, 40.0, 5.0, 14.0)).unwrap();
    assert_eq!(texts(&file), ["ab", "def"]);
    let touching = run(source(), at(32.0, 52.0, 6.0, 14.0)).unwrap();
    assert_eq!(texts(&touching), ["abcdef"]);
    let inside = run(page("BT /M 90 Tf 20 30 Td (X) Tj ET"), at(40.0, 40.0, 4.0, 4.0)).unwrap();
    assert!(texts(&inside).is_empty(), "a letter that is larger than the box");
}

#[test]
fn what_lies_there_is_painted_over_if_wanted() {
    let source = || page("BT /M 10 Tf 20 50 Td (see SECRET here) Tj ET");
    assert_eq!(pixel(&run(source(), search("SECRET")).unwrap(), 60, 47), [0, 0, 0]);
    let red = Redact { fill: Some("#ff0000".into()), ..search("SECRET") };
    assert_eq!(pixel(&run(source(), red).unwrap(), 60, 47), [255, 0, 0]);
    let none = Redact { fill: Some("none".into()), ..search("SECRET") };
    assert_eq!(pixel(&run(source(), none).unwrap(), 60, 47), [255, 255, 255]);
}

#[test]
fn drawings_lose_what_lies_in_a_box() {
    let plain = |content: &str| {
        let redact = Redact { fill: Some("none".into()), ..at(50.0, 40.0, 20.0, 20.0) };
        run(page(content), redact).unwrap()
    };
    // Filled triangle over the left half: all of the box in it.
    let file = plain("1 0 0 rg 0 0 m 150 0 l 0 200 l h f");
    assert_eq!(pixel(&file, 60, 50), [255, 255, 255]);
    for (x, y) in [(48, 50), (72, 62), (60, 38), (60, 62)] {
        assert_eq!(pixel(&file, x, y), [255, 0, 0], "at {x}, {y}");
    }
    // A line through it.
    let file = plain("4 w 0 50 m 200 50 l S");
    assert_eq!([pixel(&file, 40, 50), pixel(&file, 60, 50), pixel(&file, 80, 50)], [[0; 3], [255; 3], [0; 3]]);
    // A curve within it leaves nothing.
    let content = unpacked(&plain("52 45 m 55 58 60 42 67 57 c S"));
    assert!(!content.contains(" c\n"), "{content}");
    // A sheet of colour below it stays.
    assert_eq!(pixel(&plain("0 1 0 rg 0 0 200 100 re f"), 60, 50), [0, 255, 0]);
    // A rectangle that reaches into it is cut.
    let file = plain("0 0 1 rg 60 0 140 100 re f");
    assert_eq!(
        [pixel(&file, 62, 50), pixel(&file, 62, 30), pixel(&file, 75, 50)],
        [[255; 3], [0, 0, 255], [0, 0, 255]]
    );
}

#[test]
fn pixels_are_overwritten() {
    // 20 × 10 black pixels over the page: each has 10 × 10 pt.
    let black = "00".repeat(200) + ">";
    let picture = object(
        "/Type /XObject /Subtype /Image /Width 20 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /ASCIIHexDecode",
        &black,
    );
    let redact = || Redact { fill: Some("none".into()), ..at(50.0, 40.0, 20.0, 20.0) };
    let named = with("/XObject << /P 5 0 R >>", "q 200 0 0 100 0 0 cm /P Do Q", &[&picture]);
    let inline = page(&format!("q 200 0 0 100 0 0 cm BI /W 20 /H 10 /CS /G /BPC 8 /F /AHx ID {black} EI Q"));
    for source in [named, inline] {
        let file = run(source, redact()).unwrap();
        for (x, y, color) in [(55, 45, 255), (65, 55, 255), (45, 45, 0), (75, 45, 0), (55, 35, 0), (55, 65, 0)] {
            assert_eq!(pixel(&file, x, y), [color; 3], "at {x}, {y}");
        }
        let document = lopdf::Document::load_mem(&file).unwrap();
        let pictures = document.objects.values().filter_map(|object| object.as_stream().ok());
        let mut pictures = pictures.filter(|stream| stream.dict.has_type(b"XObject"));
        let data = pictures.next().unwrap().decompressed_content().unwrap();
        assert!(pictures.next().is_none(), "the picture as it was is gone");
        let white: Vec<usize> = (0..200).filter(|at| data[*at] == 255).collect();
        assert_eq!(white, [85, 86, 105, 106]);
    }
}

#[test]
fn a_page_that_is_not_sure_becomes_a_picture() {
    // A picture whose data cannot be read.
    let broken = object(
        "/Type /XObject /Subtype /Image /Width 20 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
        "no JPEG",
    );
    let source = with(
        "/XObject << /P 5 0 R >>",
        "q 200 0 0 100 0 0 cm /P Do Q BT /M 10 Tf 20 50 Td (SECRET open) Tj ET",
        &[&broken],
    );
    let file = run(source, at(15.0, 40.0, 50.0, 15.0)).unwrap();
    assert!(texts(&file).is_empty());
    assert_gone(&file, "SECRET");
    assert_gone(&file, "open");
    assert_eq!(pixel(&file, 30, 48), [0; 3]);
}

#[test]
fn a_search_fails_on_pages_that_it_cannot_see() {
    let scan = || page("q 200 0 0 100 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \0 EI Q");
    let error = run(scan(), search("SECRET")).unwrap_err();
    assert!(matches!(&error, Error::InvalidArgument(text) if text.contains("page 1: it has no text")), "{error:?}");
    run(scan(), Redact { acknowledge: Some("1".into()), ..search("SECRET") }).unwrap();
    let stamped =
        page("q 200 0 0 100 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \0 EI Q BT /M 10 Tf 20 50 Td (Page 1) Tj ET");
    assert!(run(stamped, search("SECRET")).is_err(), "a stamp is no text layer");
    run(page(""), search("SECRET")).unwrap();
    // A font that says nothing of its letters.
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /Type /Font \
                /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> \
                /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 >> >>] >>";
    let unknown = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        &format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /C {font} >> >> >>"
        ),
        &stream("BT /C 10 Tf 20 50 Td <0001000200030004> Tj ET"),
    ]);
    let error = run(unknown, search("SECRET")).unwrap_err();
    assert!(matches!(&error, Error::InvalidArgument(text) if text.contains("not known")), "{error:?}");
}

#[test]
fn annotations_and_copies_go() {
    let source = with_page(
        "/Annots [5 0 R 6 0 R 7 0 R 8 0 R]",
        "",
        "BT /M 10 Tf 20 50 Td (see SECRET here) Tj ET",
        &[
            "<< /Type /Annot /Subtype /Link /Rect [44 45 80 60] /A << /S /URI /URI (http://who.example) >> >>",
            "<< /Type /Annot /Subtype /Text /Rect [150 5 160 15] /Contents (says secret too) >>",
            "<< /Type /Annot /Subtype /Text /Rect [170 5 180 15] /Contents (answer) /IRT 6 0 R >>",
            "<< /Type /Annot /Subtype /Link /Rect [150 80 160 90] /A << /S /URI /URI (http://kept.example) >> >>",
        ],
    );
    let source = String::from_utf8(source).unwrap().replace(
        "/Type /Catalog",
        "/Type /Catalog /Lang (en) /Outlines << /First << /Title (On Secret things) >> >> /PieceInfo << /X (piece) >> \
         /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /Names << /EmbeddedFiles << /Names [(a.txt) << /Type /Filespec >>] >> >>",
    );
    let file = run(source.into_bytes(), search("SECRET")).unwrap();
    let all = unpacked(&file);
    for gone in ["SECRET", "ecret", "who.example", "answer", "piece", "app.alert", "a.txt"] {
        assert!(!all.contains(gone), "{gone}: {all}");
    }
    for stays in ["kept.example", "[redacted] things", "Lang"] {
        assert!(all.contains(stays), "{stays}: {all}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (redact, said) in [
        (options(), "nothing to remove"),
        (search(" "), "nothing to look for"),
        (Redact { regex: Some(vec!["(".into()]), ..options() }, "unclosed"),
        (Redact { fill: Some("blak".into()), ..search("a") }, "fill"),
        (at(0.0, 0.0, 0.0, 10.0), "no area"),
        (Redact { pages: Some("2".into()), ..search("a") }, "no page 2"),
        (Redact { acknowledge: Some("7".into()), ..search("a") }, "no page 7"),
        (
            Redact {
                boxes: Some(vec![PageBox { page: 3, box_: Box { x: 0.0, y: 0.0, width: 1.0, height: 1.0 } }]),
                ..options()
            },
            "no page 3",
        ),
    ] {
        let error = run(page("BT /M 10 Tf 20 50 Td (a) Tj ET"), redact).unwrap_err();
        assert!(matches!(&error, Error::InvalidArgument(text) if text.contains(said)), "{said}: {error:?}");
    }
}

#[test]
fn hostile_content_ends() {
    // Each drawing draws the next one twice, forty deep.
    let mut objects: Vec<String> = Vec::new();
    for number in 0..40 {
        let next = 6 + number;
        objects.push(object(
            &format!("/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << /XObject << /X {next} 0 R >> >>"),
            "/X Do /X Do",
        ));
    }
    objects.push(object("/Type /XObject /Subtype /Form /BBox [0 0 200 100]", "BT (x) Tj ET"));
    let more: Vec<&str> = objects.iter().map(String::as_str).collect();
    let source = with("/XObject << /X 5 0 R >>", "/X Do BT /M 10 Tf 20 50 Td (SECRET) Tj ET", &more);
    assert!(run(source, search("SECRET")).is_err(), "not all of it can be seen");
    for content in [
        "BT /M 0 Tf 3 Tc 20 50 Td (SECRET) Tj ET",
        "BT /M 1e30 Tf 20 50 Td (SECRET) Tj ET",
        "0 0 0 0 0 0 cm BT /M 10 Tf (SECRET) Tj ET 0 0 10 10 re f",
        "Q Q Q EMC ET BT BT /M 10 Tf 20 50 Td (SECRET) Tj",
        "q q q /P BMC BT /M 10 Tf 20 50 Td (SECRET) Tj",
        "1e38 0 0 1e38 0 0 cm 0 0 1e38 1e38 re f 0 0 m 1e38 1e38 l S",
    ] {
        let _ = run(page(content), search("SECRET"));
        let _ = run(page(content), at(10.0, 10.0, 100.0, 80.0));
    }
}

#[test]
fn places_are_those_of_the_found_text() {
    let file = run(page("BT /M 10 Tf 20 50 Td (one SECRET two) Tj ET"), search("SECRET")).unwrap();
    let left = words(&file);
    assert_at(left[0].box_, [20.0, 42.0, 18.0, 10.0]);
    assert_at(left[1].box_, [86.0, 42.0, 18.0, 10.0]);
}
