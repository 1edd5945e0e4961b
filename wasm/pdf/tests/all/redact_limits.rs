//! Redaction misses nothing that is out of the way, and ends on whatever it is given.

use crate::common::redact::{assert_gone, at, object, options, run, search, texts, with, with_page};
use crate::common::{page, stream};
use lopdf::Object;
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Box, Error, Guest, PageBox, Redact};

/// A page that says "open", with more in the catalogue, and these objects from 5 on.
fn cataloged(entries: &str, more: &[&str]) -> Vec<u8> {
    let source = String::from_utf8(with("", "BT /M 10 Tf 20 50 Td (open) Tj ET", more)).unwrap();
    source.replacen("/Type /Catalog", &format!("/Type /Catalog {entries}"), 1).into_bytes()
}

/// All strings of a file.
fn strings(file: &[u8]) -> Vec<Vec<u8>> {
    fn collect(object: &Object, found: &mut Vec<Vec<u8>>) {
        match object {
            Object::String(bytes, _) => found.push(bytes.clone()),
            Object::Array(items) => items.iter().for_each(|item| collect(item, found)),
            Object::Dictionary(dict) => dict.iter().for_each(|(_, item)| collect(item, found)),
            Object::Stream(stream) => stream.dict.iter().for_each(|(_, item)| collect(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    lopdf::Document::load_mem(file).unwrap().objects.values().for_each(|object| collect(object, &mut found));
    found
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn marks_of_languages_are_searched() {
    let title = |text: &str| -> String {
        let hex: String = utf16(text).iter().map(|byte| format!("{byte:02X}")).collect();
        format!("/Outlines << /First << /Title <FEFF{hex}> >> >>")
    };
    for text in ["\u{1b}SECRET\u{1b}open", "open\u{1b}SECRET", "\u{1b}en\u{1b}SEC\u{1b}de\u{1b}RET"] {
        let file = run(cataloged(&title(text), &[]), search("SECRET")).unwrap();
        for string in strings(&file) {
            let part = |of: &[u8]| string.windows(of.len()).any(|part| part == of);
            assert!(!part(&utf16("SECRET")) && !part(&utf16("RET")) && !part(b"SECRET"), "{text:?}: {string:?}");
        }
    }
    // Where they say nothing of it they stay.
    let file = run(cataloged(&title("\u{1b}en\u{1b}open"), &[]), search("SECRET")).unwrap();
    assert!(strings(&file).iter().any(|string| string.ends_with(&utf16("\u{1b}en\u{1b}open"))));
}

#[test]
fn texts_too_long_to_be_read_go() {
    let long = "-".repeat(17 << 20);
    let entries = format!("/Outlines << /First << /Title ({long} SECRET) >> >>");
    let file = run(cataloged(&entries, &[]), search("SECRET")).unwrap();
    assert!(strings(&file).iter().all(|string| string.len() < 100));
}

#[test]
fn files_go_wherever_they_are() {
    let entries = "/Dests << /A << /D [3 0 R /Fit] /X << /EF << /F 5 0 R >> >> >> /B << /D [3 0 R /Fit] /Y 6 0 R >> \
                   /C << /D [3 0 R /Fit] /X << /RF << /F [(a.txt) 7 0 R] >> >> >> >>";
    let files = [object("", "FILE ONE"), object("/Type /EmbeddedFile", "FILE TWO"), object("", "FILE THREE")];
    let file = run(cataloged(entries, &files.each_ref().map(String::as_str)), search("SECRET")).unwrap();
    assert_gone(&file, "FILE");
    assert_eq!(texts(&file), ["open"]);
}

#[test]
fn what_printers_are_told_is_searched() {
    let entries = "/OutputIntents [<< /Type /OutputIntent /S /GTS_PDFX /OutputConditionIdentifier (FOGRA39) \
                   /OutputCondition (for SECRET) /Info (of SECRET) >>]";
    let file = run(cataloged(entries, &[]), search("SECRET")).unwrap();
    assert_gone(&file, "SECRET");
    assert!(strings(&file).contains(&b"FOGRA39".to_vec()));
}

#[test]
fn a_font_whose_glyphs_are_named_like_entries_keeps_them() {
    let font = "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 69 /LastChar 69 \
                /Widths [10] /Encoding << /Differences [69 /E] >> /CharProcs 6 0 R >>";
    let content = "BT /T 10 Tf 20 50 Td (E) Tj ET";
    let source = with("", content, &[font, "<< /S 7 0 R /P 7 0 R /E 7 0 R >>", &stream("10 0 d0 0 0 5 5 re f")]);
    let source = String::from_utf8(source).unwrap().replace("/Font <<", "/Font << /T 5 0 R").into_bytes();
    let file = run(source, search("SECRET")).unwrap();
    assert_eq!(crate::common::redact::pixel(&file, 22, 48), [0; 3]);
}

#[test]
fn nothing_passes_for_a_font() {
    let entries =
        "/Outlines << /First << /Type /Font /Title (SECRET) >> /Last << /Type /FontDescriptor /Title (SECRET) >> >>";
    assert_gone(&run(cataloged(entries, &[]), search("SECRET")).unwrap(), "SECRET");
}

/// A composite font that says nothing of its letters, and is not in the file.
fn composite(name: &str, ordering: &str) -> String {
    format!(
        "<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [<< /Type /Font \
         /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo << /Registry (Adobe) /Ordering ({ordering}) /Supplement 0 >> \
         /FontDescriptor << /Type /FontDescriptor /FontName /{name} /Flags 4 >> >>] >>"
    )
}

fn in_font(font: &str, content: &str, resources: &str, more: &[&str]) -> Vec<u8> {
    let source = String::from_utf8(with(resources, content, more)).unwrap();
    source.replace("/Font <<", &format!("/Font << /C {font}")).into_bytes()
}

#[test]
fn signs_of_mathematics_are_no_letters() {
    let beside = "BT /M 10 Tf 20 50 Td (open) Tj /C 10 Tf <00010001> Tj /M 10 Tf (open) Tj ET";
    let source = |name: &str| in_font(&composite(name, "Identity"), beside, "", &[]);
    for name in ["ABCDEF+CMEX10", "CMEX9", "ABCDEF+LMMathExtension10-Regular"] {
        run(source(name), search("penanop")).unwrap();
    }
    // Strokes over what they negate, where letters have a width.
    let overlay = composite("ABCDEF+CMSY10", "Identity").replace("/FontDescriptor <<", "/W [1 [0]] /FontDescriptor <<");
    run(in_font(&overlay, beside, "", &[]), search("penanop")).unwrap();
    for name in ["ABCDEF+CMSY10", "ABCDEF+Other", "MyCMEX10"] {
        let error = run(source(name), search("penanop")).unwrap_err();
        assert!(matches!(&error, Error::InvalidArgument(text) if text.contains("not known")), "{name}: {error:?}");
    }
}

#[test]
fn text_that_a_picture_would_lose_is_an_error() {
    let broken = object(
        "/Type /XObject /Subtype /Image /Width 9 /Height 9 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
        "no JPEG",
    );
    let content = "q 20 0 0 20 20 20 cm /P Do Q BT /C 10 Tf 20 70 Td <03510352> Tj ET";
    let source = in_font(&composite("MS-Mincho", "Japan1"), content, "/XObject << /P 5 0 R >>", &[&broken]);
    let error = run(source, at(20.0, 60.0, 20.0, 20.0)).unwrap_err();
    let Error::Unsupported(text) = &error else { panic!("{error:?}") };
    assert!(text.contains("MS-Mincho (Adobe-Japan1)") && text.contains("use-fonts"), "{text}");
}

#[test]
fn a_page_of_digits_is_redacted() {
    let line = format!("({}) Tj T* ", "0123456789".repeat(100));
    let content = format!("BT /M 0.3 Tf 0.9 TL 5 95 Td {} ET", line.repeat(100));
    let redact = Redact { regex: Some(vec!["[0-9]".into()]), ..options() };
    assert!(texts(&run(page(&content), redact).unwrap()).is_empty());
}

#[test]
fn pixels_are_not_overwritten_without_end() {
    let picture = object(
        "/Type /XObject /Subtype /Image /Width 8000 /Height 8000 /ColorSpace /DeviceGray /BitsPerComponent 1",
        &"\0".repeat(8_000_000),
    );
    let source = with("/XObject << /P 5 0 R >>", "q 200 0 0 100 0 0 cm /P Do Q", &[&picture]);
    let all = PageBox { page: 1, box_: Box { x: 0.0, y: 0.0, width: 200.0, height: 100.0 } };
    let redact = Redact { boxes: Some(vec![all; 100_000]), ..options() };
    let error = run(source, redact).unwrap_err();
    assert!(matches!(error, Error::LimitExceeded(_)), "{error:?}");
}

#[test]
fn annotations_share_what_a_page_may_take() {
    let look = object("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", &"q Q ".repeat(50_000));
    let annotation = "<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /AP << /D 5 0 R >> >> ";
    let source = |count: usize| {
        with_page(&format!("/Annots [{}]", annotation.repeat(count)), "", "BT /M 10 Tf 20 50 Td (open) Tj ET", &[&look])
    };
    for redact in [search("SECRET"), at(100.0, 0.0, 10.0, 10.0)] {
        let error = run(source(40), redact).unwrap_err();
        assert!(matches!(&error, Error::LimitExceeded(text) if text.contains("annotations")), "{error:?}");
    }
    run(source(5), search("SECRET")).unwrap();
}

/// What draws the next one twice, and that the one after it, forty deep.
fn nested(kind: impl Fn(u32) -> String) -> Vec<String> {
    (0..40).map(|number| kind(6 + number)).collect()
}

#[test]
fn all_that_is_drawn_within_others_is_counted() {
    let tiles = nested(|next| {
        object(
            &format!(
                "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 \
                 /Resources << /Pattern << /X {next} 0 R >> >>"
            ),
            "/Pattern cs /X scn 0 0 1 1 re f /X scn 0 0 1 1 re f",
        )
    });
    let masks = nested(|next| {
        object(
            &format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Group << /S /Transparency /CS /DeviceGray >> \
                 /Resources << /ExtGState << /X << /SMask << /S /Luminosity /G {next} 0 R >> >> >> >>"
            ),
            "/X gs 0 0 1 1 re f /X gs 0 0 1 1 re f",
        )
    });
    let glyphs = nested(|next| {
        let font = format!(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 \
             /Widths [1] /Encoding << /Differences [65 /A] >> /CharProcs << /A {next} 0 R >> >>"
        );
        object(
            &format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /X {font} >> >>"),
            "1 0 d0 q BT /X 1 Tf (A) Tj [(A) -9] TJ ET Q",
        )
    });
    for (resources, content, objects) in [
        ("/Pattern << /X 5 0 R >>", "/Pattern cs /X scn 0 0 9 9 re f", tiles),
        ("/ExtGState << /X << /SMask << /S /Luminosity /G 5 0 R >> >> >>", "/X gs 0 0 9 9 re f", masks),
        ("/XObject << /X 5 0 R >>", "/X Do", glyphs),
    ] {
        let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
        let error = Module::text(with(resources, content, &objects), None, None).unwrap_err();
        assert!(matches!(error, Error::LimitExceeded(_)), "{resources}: {error:?}");
    }
}
