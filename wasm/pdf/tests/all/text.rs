//! The text of pages: order, words, places, search.

use crate::common::{assert_at, file, page, page_with, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Error, Guest, Hit, Word};

fn text(file: Vec<u8>) -> String {
    let pages = Module::text(file, None, None).unwrap();
    assert_eq!(pages.len(), 1);
    pages.into_iter().next().unwrap()
}

fn words(file: Vec<u8>) -> Vec<Word> {
    Module::words(file, None, None).unwrap()
}

fn search(file: Vec<u8>, query: &str, ignore_case: bool, regex: bool) -> Result<Vec<Hit>, Error> {
    Module::search(file, query.into(), Some(ignore_case), Some(regex), None, None)
}

fn found(file: Vec<u8>, query: &str, ignore_case: bool, regex: bool) -> Vec<String> {
    search(file, query, ignore_case, regex).unwrap().into_iter().map(|hit| hit.text).collect()
}

#[test]
fn lines_and_paragraphs_are_kept() {
    let content = "BT /F 10 Tf 12 TL 20 80 Td (One line) Tj T* (and an-) Tj T* (other) Tj 0 -30 Td (Far below) Tj ET";
    assert_eq!(text(page(content)), "One line\nand an-\nother\n\nFar below");
}

#[test]
fn a_gap_is_a_space_and_kerning_is_none() {
    for (content, expected) in [
        ("[(Ker) -30 (ned)] TJ", "Kerned"),
        ("[(two) -400 (words)] TJ", "two words"),
        ("(one ) Tj ( two) Tj", "one two"),
        ("(a) Tj 40 0 Td (b) Tj", "a b"),
        (r"(a\tb\rc\nd) Tj", "a b c d"),
    ] {
        assert_eq!(text(page(&format!("BT /F 10 Tf 20 50 Td {content} ET"))), expected, "{content}");
    }
}

#[test]
fn text_that_is_not_seen_is_read_and_bold_by_drawing_twice_is_read_once() {
    assert_eq!(text(page("BT /F 10 Tf 3 Tr 20 50 Td (scanned) Tj ET")), "scanned");
    assert_eq!(text(page("BT /F 10 Tf 2 Tr 20 50 Td (outlined) Tj ET")), "outlined");
    let twice = "BT /F 10 Tf 20 50 Td (A) Tj ET BT /F 10 Tf 20.3 50 Td (A) Tj ET";
    assert_eq!(text(page(twice)), "A");
}

#[test]
fn what_is_beyond_the_page_is_not_read() {
    assert_eq!(text(page("BT /F 10 Tf 20 50 Td (in) Tj 0 500 Td (out) Tj ET")), "in");
}

#[test]
fn actual_text_takes_the_place_of_glyphs() {
    let content = "BT /F 10 Tf 20 50 Td (a ) Tj /Span << /ActualText <FEFF00E9> >> BDC (e) Tj (x) Tj EMC ( b) Tj ET";
    assert_eq!(text(page(content)), "a \u{e9} b");
}

#[test]
fn what_is_seen_of_annotations_is_read() {
    let look = "<< /Type /XObject /Subtype /Form /BBox [0 0 60 20] /Resources << /Font << /F << /Type /Font \
                /Subtype /Type1 /BaseFont /Helvetica >> >> >> /Length 37 >>\nstream\n\
                BT /F 10 Tf 5 5 Td (filled in) Tj ET \nendstream";
    let file = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Annots [4 0 R] >>",
        "<< /Type /Annot /Subtype /FreeText /Rect [100 50 160 70] /AP << /N 5 0 R >> >>",
        look,
    ]);
    assert_eq!(text(file), "filled in");
}

#[test]
fn words_are_where_they_stand() {
    // Courier: each glyph is 0.6 em wide. Boxes reach from 0.8 em above the baseline to 0.2 em below.
    let found = words(page("BT /M 10 Tf 20 50 Td (one two) Tj 0 -12 Td (three) Tj ET"));
    let texts: Vec<&str> = found.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, ["one", "two", "three"]);
    assert_at(found[0].box_, [20.0, 42.0, 18.0, 10.0]);
    assert_at(found[1].box_, [44.0, 42.0, 18.0, 10.0]);
    assert_at(found[2].box_, [20.0, 54.0, 30.0, 10.0]);
    assert_eq!(
        found.iter().map(|word| (word.page, word.block, word.line)).collect::<Vec<_>>(),
        [(1, 0, 0), (1, 0, 0), (1, 0, 1)]
    );
}

#[test]
fn places_are_those_of_the_page_as_seen() {
    // Cropped: the crop box's upper left corner is (10, 90) in the file.
    let cropped = words(page_with("/MediaBox [0 0 200 100] /CropBox [10 10 150 90]", "BT /M 10 Tf 20 50 Td (x) Tj ET"));
    assert_at(cropped[0].box_, [10.0, 32.0, 6.0, 10.0]);
    // Turned by 90 degrees clockwise: what is at (x, y) in the file is seen at (y, x).
    let turned = words(page_with("/MediaBox [0 0 200 100] /Rotate 90", "BT /M 10 Tf 20 50 Td (x) Tj ET"));
    assert_at(turned[0].box_, [48.0, 20.0, 10.0, 6.0]);
}

#[test]
fn text_stands_where_each_operator_leads() {
    // Courier of 10 pt: 6 pt a glyph. Words begin at these places, and are so wide.
    for (content, places) in [
        ("20 50 Td (a) Tj 30 -12 Td (b) Tj", vec![(20.0, 42.0, 6.0), (50.0, 54.0, 6.0)]),
        ("20 50 Td 0 -12 TD (a) Tj T* (b) Tj", vec![(20.0, 54.0, 6.0), (20.0, 66.0, 6.0)]),
        (
            "12 TL 20 50 Td (a) Tj (b) ' 1 2 (c d) \"",
            vec![
                (20.0, 42.0, 6.0),
                (20.0, 54.0, 6.0),
                (20.0, 66.0, 6.0),
                // Two glyphs with 2 pt after each, and a space with 1 pt more.
                (37.0, 66.0, 6.0),
            ],
        ),
        ("1 0 0 1 20 50 Tm (a) Tj", vec![(20.0, 42.0, 6.0)]),
        ("0 1 -1 0 20 50 Tm (ab) Tj", vec![(12.0, 38.0, 10.0)]),
        ("20 50 Td 50 Tz (ab) Tj", vec![(20.0, 42.0, 6.0)]),
        ("20 50 Td 3 Ts (a) Tj", vec![(20.0, 39.0, 6.0)]),
        ("20 50 Td [(a) -1000 (b)] TJ", vec![(20.0, 42.0, 6.0), (36.0, 42.0, 6.0)]),
        ("ET q 2 0 0 1 0 0 cm BT 20 50 Td (a) Tj ET Q BT 20 50 Td (b) Tj", vec![(40.0, 42.0, 12.0), (20.0, 42.0, 6.0)]),
    ] {
        let found = words(page(&format!("BT /M 10 Tf {content} ET")));
        let begins: Vec<_> = found.iter().map(|word| (word.box_.x, word.box_.y, word.box_.width)).collect();
        let is_near = |(found, wanted): (&(f32, f32, f32), &(f32, f32, f32))| {
            (found.0 - wanted.0).abs() + (found.1 - wanted.1).abs() + (found.2 - wanted.2).abs() < 0.01
        };
        assert!(begins.len() == places.len() && begins.iter().zip(&places).all(is_near), "{content}: {begins:?}");
    }
}

/// A page whose content draws this, with Courier as `/M`, these resources beside it, and objects from 6 on.
fn drawing(content: &str, resources: &str, catalog: &str, objects: &[&str]) -> Vec<u8> {
    let courier = "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>";
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R \
         /Resources << /Font << /M 5 0 R >> {resources} >> >>"
    );
    let (catalog, content) = (format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"), stream(content));
    let tree = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
    file(&[&[catalog.as_str(), tree, page.as_str(), content.as_str(), courier], objects].concat())
}

fn form(entries: &str, content: &str) -> String {
    let length = content.len();
    format!(
        "<< /Type /XObject /Subtype /Form /BBox [0 0 200 100] {entries} /Length {length} >>\nstream\n{content}\nendstream"
    )
}

#[test]
fn text_in_drawings_is_read_with_their_fonts_or_those_around_them() {
    let own = form(
        "/Matrix [1 0 0 1 10 20] /Resources << /Font << /O 5 0 R >> >>",
        "BT /O 10 Tf 20 50 Td (own) Tj ET Q Q 0 0 0 0 0 0 cm",
    );
    let bare = form("", "BT /M 10 Tf 20 10 Td (bare) Tj ET");
    // A font may come with a graphics state.
    let content = "q /Own Do Q /Bare Do /G gs BT 100 80 Td (given) Tj ET";
    let resources = "/XObject << /Own 6 0 R /Bare 7 0 R >> /ExtGState << /G << /Font [5 0 R 20] >> >>";
    let found = words(drawing(content, resources, "", &[&own, &bare]));
    let texts: Vec<&str> = found.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, ["own", "bare", "given"]);
    assert_at(found[0].box_, [30.0, 22.0, 18.0, 10.0]);
    assert_at(found[1].box_, [20.0, 82.0, 24.0, 10.0]);
    assert_at(found[2].box_, [100.0, 4.0, 60.0, 20.0]);
}

#[test]
fn text_of_layers_that_are_off_is_not_read() {
    let of = |(at, name): (usize, &str)| format!("/OC /{name} BDC BT /M 10 Tf 20 {} Td ({name}) Tj ET EMC ", 15 * at);
    let content: String = (1..).zip(["On", "Off", "All", "Any", "None", "NotAll"]).map(of).collect();
    let content = content + "/X Do";
    let resources = "/XObject << /X 8 0 R >> /Properties << /On 6 0 R /Off 7 0 R /All 9 0 R /Any 10 0 R /None 11 0 R /NotAll 12 0 R >>";
    let drawn = form("/OC 7 0 R", "BT /M 10 Tf 120 20 Td (drawn) Tj ET");
    let several = |policy: &str| format!("<< /Type /OCMD /OCGs [6 0 R 7 0 R] /P /{policy} >>");
    let policies = ["AllOn", "AnyOn", "AllOff", "AnyOff"].map(several);
    let mut objects = vec!["<< /Type /OCG /Name (on) >>", "<< /Type /OCG /Name (off) >>", drawn.as_str()];
    objects.extend(policies.iter().map(String::as_str));
    for (config, expected) in [
        ("/OFF [7 0 R]", vec!["On", "Any", "NotAll"]),
        ("/BaseState /OFF /ON [6 0 R]", vec!["On", "Any", "NotAll"]),
        ("", vec!["On", "Off", "All", "Any", "drawn"]),
        ("/OFF [6 0 R 7 0 R]", vec!["None", "NotAll"]),
    ] {
        let catalog = format!("/OCProperties << /OCGs [6 0 R 7 0 R] /D << {config} >> >>");
        let found = words(drawing(&content, resources, &catalog, &objects));
        let texts: Vec<&str> = found.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, expected, "{config}");
    }
}

#[test]
fn lines_that_run_to_the_left_are_in_the_order_of_reading() {
    // A font whose codes 1 to 3 are alef, bet, gimel; the file draws them from left to right, as they are seen.
    let map = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
               3 beginbfchar <01> <05D0> <02> <05D1> <03> <05D2> endbfchar endcmap";
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << \
                /H << /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 5 0 R /FirstChar 1 /LastChar 3 \
                /Widths [600 600 600] >> /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>";
    let content = "BT /H 10 Tf 20 50 Td <030201> Tj /M 10 Tf ( 12 ) Tj /H 10 Tf <0201> Tj ET";
    let hebrew = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        &stream(content),
        &stream(map),
    ]);
    assert_eq!(text(hebrew.clone()), "\u{5d0}\u{5d1} 12 \u{5d0}\u{5d1}\u{5d2}");
    let hits = search(hebrew, "\u{5d0}\u{5d1}\u{5d2}", false, false).unwrap();
    assert_eq!(hits.len(), 1);
    assert_at(hits[0].boxes[0], [20.0, 42.0, 18.0, 10.0]);
}

#[test]
fn texts_are_found() {
    let content = "BT /M 10 Tf 20 80 Td (Find the) Tj 0 -12 Td (words, the) Tj 0 -12 Td (e\\256cient \\(x\\)) Tj ET";
    let file = || page(content);
    assert_eq!(found(file(), "THE", true, false), ["the", "the"]);
    assert!(found(file(), "THE", false, false).is_empty());
    assert_eq!(found(file(), "the  words", true, false), ["the words"]);
    assert_eq!(found(file(), "(x)", true, false), ["(x)"]);
    assert_eq!(found(file(), r"\bw\w+|f.nd", true, true), ["Find", "words"]);
    assert_eq!(found(file(), "eficient", true, false), ["eficient"], "a ligature is its letters");
    assert!(found(file(), "nowhere", true, false).is_empty());
}

#[test]
fn texts_are_found_in_any_style_and_over_lines() {
    // In the standard encoding, 47 is ’, 252 “, 272 ” and 261 –.
    let content =
        "BT /M 10 Tf 20 80 Td (\\252It's\\272 1\\2612, an-) Tj 0 -12 Td (other well-) Tj 0 -12 Td (known) Tj ET";
    let file = || page(content);
    assert_eq!(found(file(), "\"it's\"", true, false), ["“It’s”"]);
    assert_eq!(found(file(), "“It’s” 1–2", true, false), ["“It’s” 1–2"]);
    assert_eq!(found(file(), "1-2", true, false), ["1–2"]);
    assert_eq!(found(file(), "another", true, false), ["an-other"]);
    assert_eq!(found(file(), "well-known", true, false), ["well-known"]);
    assert_eq!(found(file(), "otherwell", true, false), [""; 0], "words are words");
    assert_eq!(found(file(), r"\ban\w+", true, true), ["an-other"]);
    assert_eq!(found(file(), "n", true, false).len(), 3, "what is found in several ways is one");
}

#[test]
fn a_hit_over_two_lines_has_a_box_on_each() {
    let hits =
        search(page("BT /M 10 Tf 20 80 Td (Find the) Tj 0 -12 Td (words) Tj ET"), "the wor", true, false).unwrap();
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].page, 1);
    assert_at(hits[0].boxes[0], [50.0, 12.0, 18.0, 10.0]);
    assert_at(hits[0].boxes[1], [20.0, 24.0, 18.0, 10.0]);
}

#[test]
fn lines_in_a_font_that_is_not_there_are_words_however_they_are_turned() {
    let widths: Vec<String> = (32..127).map(|code| (300 + code * 37 % 500).to_string()).collect();
    let font = format!(
        "<< /Type /Font /Subtype /TrueType /BaseFont /Nowhere /FirstChar 32 /LastChar 126 /Widths [{}] /FontDescriptor \
         << /Type /FontDescriptor /FontName /Nowhere /Flags 32 >> >>",
        widths.join(" ")
    );
    for matrix in ["1 0 0 1 20 50", "0 1 -1 0 50 5", "0.7 0.7 -0.7 0.7 30 5"] {
        let content = format!("BT /N 6 Tf {matrix} Tm (Stretched words) Tj ET");
        let page = format!("<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /N {font} >> >> >>");
        let file = file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 100] >>",
            &page,
            &stream(&content),
        ]);
        assert_eq!(search(file, "stretched words", true, false).unwrap().len(), 1, "{matrix}");
    }
}

#[test]
fn queries_that_make_no_sense_are_refused() {
    for (query, regex, said) in [("", false, "nothing"), ("  ", false, "nothing"), ("a(", true, "unclosed group")] {
        let error = search(page(""), query, true, regex).unwrap_err();
        assert!(matches!(&error, Error::InvalidArgument(text) if text.contains(said)), "{query:?}: {error:?}");
    }
    let error = search(page(""), r"(\w{1000}){1000}", true, true).unwrap_err();
    assert!(matches!(error, Error::LimitExceeded(_)), "{error:?}");
}

#[test]
fn pages_are_chosen() {
    let error = Module::text(page("BT /F 10 Tf 20 50 Td (x) Tj ET"), Some("2".into()), None).unwrap_err();
    assert!(matches!(&error, Error::InvalidArgument(text) if text.contains("no page 2")), "{error:?}");
    let twice = Module::text(page("BT /F 10 Tf 20 50 Td (x) Tj ET"), Some("1,1".into()), None).unwrap();
    assert_eq!(twice, ["x", "x"]);
}

#[test]
fn maps_are_read_as_far_as_they_are_sound() {
    let entries = "4 beginbfchar <0001> <> <0002> <062d064e0628> <0003> <0041> endbfchar \
                   1 beginbfrange <0010> <0013> [<0062> <0063>] endbfrange";
    for (map, content, expected) in [
        (stream(entries), "<00010002000300100011>", "\u{62d}\u{64e}\u{628}Abc"),
        ("/Identity-H".to_owned(), "<004100e4>", "Aä"),
    ] {
        let font = "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 5 0 R /DescendantFonts [<< \
                    /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 500 \
                    /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >>";
        let file = file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 100] >>",
            &format!("<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /A {font} >> >> >>"),
            &stream(&format!("BT /A 20 Tf 20 50 Td {content} Tj ET")),
            &map,
        ]);
        let found = Module::text(file, None, None).unwrap();
        assert_eq!(found[0], expected);
    }
}
