//! What a redaction finds: texts as people mean them, copies in all places, and scans.

use crate::common::redact::{at, regex, run, search, unpacked};
use crate::common::{file, page, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Error, Guest, Redact};

/// What is left of a page of this content.
fn left(content: &str, redact: Redact) -> String {
    let file = run(page(content), redact).unwrap();
    let text = Module::text(file, None, None).unwrap().remove(0);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn texts_are_found_as_people_mean_them() {
    // In the standard encoding, 47 is ’, 261 –, 256 ﬁ, 310 ¨ and 373 ß.
    for (shown, query) in [
        ("(SEC-) Tj 0 -12 Td (RET)", "secret"),
        ("(JOHN) Tj 0 -12 Td (SMITH)", "John Smith"),
        ("(well-) Tj 0 -12 Td (known)", "well-known"),
        ("(me@ex.) Tj 0 -12 Td (org)", "me@ex.org"),
        ("(O'Neil)", "O'Neil"),
        ("(12\\26134)", "12-34"),
        ("(e\\256cient)", "EFICIENT"),
        ("(S E C R E T)", "secret"),
        ("(SEC RET)", "secret"),
        ("[(SEC) -400 (RET)] TJ ()", "secret"),
        ("(JohnSmith)", "John Smith"),
        ("(M\\310uller)", "Müller"),
        ("(M\\310uller)", "Mu\u{308}ller"),
        ("(Stra\\373e)", "STRASSE"),
        ("(SECRET)", "SEC\u{200b}RET"),
        ("(SECRET)", "ＳＥＣＲＥＴ"),
        ("(W u)", "Wu"),
    ] {
        let content = format!("BT /M 10 Tf 20 80 Td (open) Tj 0 -12 Td {shown} Tj 0 -12 Td (end) Tj ET");
        assert_eq!(left(&content, search(query)), "open end", "{shown}: {query}");
    }
}

#[test]
fn regular_expressions_see_through_spaces_and_styles() {
    for (shown, pattern) in [
        ("(1 2 3 - 4 5)", r"\d{3}-\d\d"),
        ("(123-) Tj 0 -12 Td (45)", r"\b\d{3}-\d\d\b"),
        ("(123\\26145)", r"\d{3}-\d\d"),
        ("(J O H N S M I T H)", r"John\s+Smith"),
        ("(JohnSmith)", r"John\s+Smith"),
        ("(O'Neil)", r"O'\w+"),
        ("(SEC-) Tj 0 -12 Td (RET)", "^SECRET$|SEC?RET"),
        ("(S E C R E T)", r"\bsecret\b"),
        ("(m e @ e x . o r g)", r"\w+@\w+\.\w+"),
        ("(me@ex.) Tj 0 -12 Td (org)", r"\w+@\w+\.\w+"),
    ] {
        let content = format!("BT /M 10 Tf 20 80 Td (open) Tj 0 -12 Td {shown} Tj 0 -12 Td (end) Tj ET");
        assert_eq!(left(&content, regex(pattern)), "open end", "{shown}: {pattern}");
    }
}

#[test]
fn words_that_happen_to_meet_stay() {
    let content = "BT /M 10 Tf 20 80 Td (a new form remains) Tj 0 -12 Td (12 34) Tj ET";
    for redact in [search("an"), search("wf"), regex(r"\bmr\b"), regex(r"\b\d{4}\b")] {
        assert_eq!(left(content, redact), "a new form remains 12 34");
    }
}

#[test]
fn letters_of_any_style_are_found() {
    // A font whose codes 1 to 7 are wide S, e and a combining accent, c, r, a ligature and a soft hyphen.
    let map = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
               7 beginbfchar <01> <FF33> <02> <0065> <03> <0301> <04> <0063> <05> <0072> <06> <FB06> <07> <00AD> endbfchar endcmap";
    let source = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << \
         /H << /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 5 0 R /FirstChar 1 /LastChar 7 \
         /Widths [600 600 0 600 600 600 600] >> /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>",
        &stream("BT /M 10 Tf 20 50 Td (open ) Tj /H 10 Tf <010203040705020306> Tj /M 10 Tf ( end) Tj ET"),
        &stream(map),
    ]);
    for query in ["Sécrést", "SE\u{301}CRE\u{301}ST", "secrest"] {
        let file = run(source.clone(), search(query)).unwrap();
        assert_eq!(Module::text(file, None, None).unwrap(), ["open end"], "{query}");
    }
}

/// A page of 600 × 800 pt with a picture over this part of it, and these lines of Courier of 10 pt.
fn scan(place: &str, lines: &[(u32, u32, &str)]) -> Vec<u8> {
    let texts: String = lines.iter().map(|(x, y, text)| format!("BT /M 10 Tf {x} {y} Td ({text}) Tj ET ")).collect();
    let content = format!("q {place} cm BI /W 1 /H 1 /CS /G /BPC 8 ID \0 EI Q {texts}");
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << \
                /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>";
    file(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, &stream(&content)])
}

const LINE: &str = "a line of text that is as long as a page is wide, or about as long as that, but no longer";

fn all_over(from: u32, to: u32) -> Vec<(u32, u32, &'static str)> {
    (from..to).step_by(14).map(|y| (40, y, LINE)).collect()
}

#[test]
fn a_few_lines_do_not_make_a_scan_searchable() {
    let whole = "600 0 0 800 0 0";
    let banner = scan(whole, &[(10, 785, LINE), (10, 10, LINE)]);
    let beside = scan("360 0 0 480 120 100", &[(40, 700, LINE), (40, 686, LINE)]);
    for source in [banner, beside] {
        let error = run(source.clone(), search("SECRET")).unwrap_err();
        assert!(matches!(&error, Error::InvalidArgument(text) if text.contains("page 1,")), "{error:?}");
        run(source, Redact { acknowledge: Some("1".into()), ..search("SECRET") }).unwrap();
    }
    // Its text was recognised, or it is a picture among text.
    for source in [scan(whole, &all_over(60, 740)), scan("300 0 0 250 40 40", &all_over(300, 760))] {
        run(source, search("SECRET")).unwrap();
    }
}

#[test]
fn a_scan_may_be_an_annotation() {
    let picture = "<< /Type /XObject /Subtype /Form /BBox [0 0 10 10] /Length 56 >>\nstream\n\
                   q 10 0 0 10 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \0 EI Q\nendstream";
    let source = |rect: &str| {
        file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Annots [5 0 R] /Resources << /Font << \
             /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>",
            &stream(&format!("BT /M 10 Tf 20 700 Td ({LINE}) Tj ET")),
            &format!("<< /Type /Annot /Subtype /Stamp /Rect [{rect}] /AP << /N 6 0 R >> >>"),
            picture,
        ])
    };
    let error = run(source("50 50 550 650"), search("SECRET")).unwrap_err();
    assert!(matches!(&error, Error::InvalidArgument(text) if text.contains("pictures")), "{error:?}");
    run(source("50 50 80 80"), search("SECRET")).unwrap();
}

/// A page that says this, with these entries in the catalogue and the page, and these objects from 5 on.
fn with(catalog: &str, entries: &str, content: &str, more: &[&str]) -> Vec<u8> {
    let page = format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R {entries} >>");
    let catalog = format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>");
    let content = stream(content);
    let mut objects = vec![catalog.as_str(), "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", &page, &content];
    objects.extend(more);
    file(&objects)
}

const FONTS: &str = "/Resources << /Font << /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>";

#[test]
fn copies_of_what_lay_in_boxes_go() {
    let outline = "/Outlines << /First << /Title (On Agent Smith here) >> /Last << /Title (Of Number Nine) >> >>";
    let note = "/Annots [<< /Type /Annot /Subtype /Text /Rect [30 40 40 50] /Contents (Number Nine) >>]";
    // The gap between the words is none of the file's spaces.
    let content = "BT /M 10 Tf 20 50 Td [(Agent) -600 (Smith)] TJ 0 -30 Td (open) Tj ET";
    let file = run(with(outline, &format!("{FONTS} {note}"), content, &[]), at(15.0, 40.0, 80.0, 15.0)).unwrap();
    let all = unpacked(&file);
    for gone in ["Agent", "Smith", "Number Nine"] {
        assert!(!all.contains(gone), "{gone}: {all}");
    }
    assert!(all.contains("On [redacted] here") && all.contains("Of [redacted]"), "{all}");
}

#[test]
fn what_is_still_found_is_painted_over() {
    // Without the word between them, two others are one that is looked for too.
    let outline = "/Outlines << /First << /Title (Agent Smith) >> >>";
    let content = "BT /M 10 Tf 20 50 Td (OP XY EN) Tj 0 -30 Td (Agent Smith) Tj ET";
    let redact = Redact { search: Some(vec!["XY".into(), "OPEN".into()]), ..at(15.0, 70.0, 80.0, 15.0) };
    let file = run(with(outline, FONTS, content, &[]), redact).unwrap();
    assert_eq!(Module::text(file.clone(), None, None).unwrap(), [""]);
    let all = unpacked(&file);
    assert!(!all.contains("Agent"), "{all}");
    let raster = Module::render(file, 1, Some(72.0), None, None, None, None, None, None, None).unwrap().raster;
    let is_black = |x: usize, y: usize| raster.pixels[3 * (y * raster.width as usize + x)] == 0;
    // Courier's glyphs are 6 pt wide: "OP" is at 20, "XY" at 38, "EN" at 56.
    for x in [22, 30, 40, 48, 58, 66] {
        assert!(is_black(x, 43) && is_black(x, 50), "at {x}");
    }
    assert!(!is_black(100, 45));
}

#[test]
fn copies_go_from_all_places() {
    let form = "/AcroForm << /XFA 5 0 R >> /Dests << /SECRETplace [3 0 R /Fit] /other [3 0 R /Fit] >>";
    let entries = "/Mine (private) /MySECRET 12 /Annots [6 0 R 7 0 R] /Resources << /Font << /M << /Type /Font /Subtype /Type1 \
         /BaseFont /Courier >> >> /Properties << /P << /Metadata 8 0 R /Note (a\\001SECRET) >> >> \
         /ColorSpace << /C [/Separation /SECRETink /DeviceGray 9 0 R] /I [/Indexed /DeviceRGB 1 11 0 R] >> >>";
    let content = "/C cs 1 scn /P /P BDC /I cs BT /M 10 Tf 20 50 Td (see SECRET here) Tj ET EMC";
    let source = with(
        form,
        entries,
        content,
        &[
            &stream("<xdp>SECRET form</xdp>"),
            "<< /Type /Annot /Subtype /Widget /Rect [150 5 160 15] /Parent 10 0 R /AP << /N << /one 9 0 R >> >> >>",
            "<< /Type /Annot /Subtype /Link /Rect [170 5 180 15] /A << /S /GoTo /D /SECRETplace >> >>",
            &stream("<x:xmpmeta>SECRET packet</x:xmpmeta>"),
            "<< /FunctionType 2 /Domain [0 1] /N 1 /C0 [1] /C1 [0] >>",
            "<< /FT /Tx /T (field) /Kids [6 0 R] /V 12 0 R >>",
            "<0102030405FF>",
            &stream("says SECRET too"),
        ],
    );
    let file = run(source, search("SECRET")).unwrap();
    let all = unpacked(&file);
    for gone in ["SECRET", "private", "packet", "xdp", "says"] {
        assert!(!all.contains(gone), "{gone}: {all}");
    }
    assert!(all.contains("other"), "{all}");
}

#[test]
fn what_is_left_of_a_copy_is_looked_at_again() {
    let outline = "/Outlines << /First << /Title (a SECRETname) >> >>";
    let redact = Redact { regex: Some(vec![r"\bname\b".into()]), ..search("SECRET") };
    let file = run(with(outline, FONTS, "BT /M 10 Tf 20 50 Td (open) Tj ET", &[]), redact).unwrap();
    assert!(unpacked(&file).contains("a [redacted][redacted]"));
}

#[test]
fn values_above_a_widget_are_its_own() {
    let source = with(
        "/AcroForm << /Fields [5 0 R] >>",
        &format!("{FONTS} /Annots [6 0 R]"),
        "BT /M 10 Tf 20 50 Td (open) Tj ET",
        &[
            "<< /FT /Tx /T (field) /Kids [6 0 R] /V (the SECRET) >>",
            "<< /Type /Annot /Subtype /Widget /Rect [150 5 160 15] /Parent 5 0 R >>",
        ],
    );
    let file = run(source, search("SECRET")).unwrap();
    assert!(!unpacked(&file).contains("SECRET"));
    assert!(Module::annotations(file, None, None).unwrap().is_empty());
}

#[test]
fn fonts_and_drawings_without_end_are_refused() {
    let font = |entries: &str| {
        let font = format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype \
             /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> {entries} >>] >>"
        );
        with("", &format!("/Resources << /Font << /C {font} >> >>"), "BT /C 10 Tf 20 50 Td <0001> Tj ET", &[])
    };
    let simple =
        "<< /Type /Font /Subtype /TrueType /BaseFont /X /FirstChar 4000000000 /LastChar 4000000001 /Widths [1 2] >>";
    let simple = with("", &format!("/Resources << /Font << /C {simple} >> >>"), "BT /C 10 Tf 20 50 Td (a) Tj ET", &[]);
    // Each drawing draws the next one twice, forty deep.
    let drawing = |next: usize| {
        let content = "/X Do /X Do";
        format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << /XObject << /X {next} 0 R >> >> /Length {} >>\n\
             stream\n{content}\nendstream",
            content.len()
        )
    };
    let drawings: Vec<String> = (6..46).map(drawing).collect();
    let mut drawings: Vec<&str> = drawings.iter().map(String::as_str).collect();
    drawings.push("<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream");
    let nested = with("", "/Resources << /XObject << /X 5 0 R >> >>", "/X Do", &drawings);
    for source in [font("/W [0 4294967295 500]"), font("/W2 [1 [5 6 7] 0 4294967295 5 6 7]"), simple, nested] {
        for error in [
            Module::text(source.clone(), None, None).unwrap_err(),
            Module::search(source.clone(), "x".into(), None, None, None, None).unwrap_err(),
            run(source, search("x")).unwrap_err(),
        ] {
            assert!(matches!(error, Error::LimitExceeded(_)), "{error:?}");
        }
    }
    Module::text(font("/W [0 65535 500 1 [2 3 4] 60000 60001 7]"), None, None).unwrap();
}
