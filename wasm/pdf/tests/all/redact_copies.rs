//! Redaction leaves no copy of what went: in texts beside the pages, however they are written, and in bytes that no reader shows.

use crate::common::redact::{assert_gone, at, object, run, search, texts, unpacked, with, with_page};
use crate::common::stream;

/// A page that says this, with these entries in the catalogue.
fn cataloged(entries: &str, content: &str, more: &[&str]) -> Vec<u8> {
    let source = String::from_utf8(with("", content, more)).unwrap();
    source.replacen("/Type /Catalog", &format!("/Type /Catalog {entries}"), 1).into_bytes()
}

#[test]
fn a_part_of_what_lay_in_a_box_is_a_copy_of_it() {
    let outline = |title: &str| format!("/Outlines << /First << /Title ({title}) /Parent 1 0 R >> >>");
    let content = "BT /M 10 Tf 20 50 Td (3.1 Secret project of) Tj 0 -12 Td (the house) Tj 0 -30 Td (open) Tj ET";
    for (title, goes) in [
        ("Secret project", true),
        ("secret  Project", true),
        ("project of the house", true),
        ("3.1", false),
        ("Secret proj", false),
        ("Secret plans", false),
        ("open", false),
    ] {
        let file = run(cataloged(&outline(title), content, &[]), at(15.0, 38.0, 180.0, 26.0)).unwrap();
        assert_eq!(!unpacked(&file).contains(title), goes, "{title}");
    }
}

#[test]
fn elements_of_the_structure_say_nothing_of_what_went() {
    let content =
        "/P << /MCID 0 >> BDC BT /M 10 Tf 20 50 Td (Top Secret plan) Tj ET EMC BT /M 10 Tf 20 20 Td (open) Tj ET";
    let tree = "<< /Type /StructTreeRoot /K 6 0 R /IDTree << /Names [(a SECRET id) 6 0 R] >> >>";
    let element = "<< /Type /StructElem /S /Table /P 5 0 R /Pg 3 0 R /K 0 /ID (a SECRET id) /T (SECRET title) \
                   /A [<< /O /Table /Summary (a SECRET summary) >> 7 0 R] >>";
    let source = cataloged("/StructTreeRoot 5 0 R", content, &[tree, element, "<< /O /Table /Summary (SECRET too) >>"]);
    assert_gone(&run(source, at(15.0, 40.0, 150.0, 15.0)).unwrap(), "SECRET");
}

#[test]
fn addresses_are_read_as_they_are_meant() {
    for (uri, query) in [
        ("https://x.org/John%20Smith", "John Smith"),
        ("https://x.org/?q=John+Smith", "John Smith"),
        ("https://x.org/%4Aohn%53mith", "John Smith"),
        ("https://x.org/M%C3%BCller", "M\u{fc}ller"),
        ("https://x.org/M%FCller", "M\u{fc}ller"),
        ("https://x.org/John%2520Smith", "John Smith"),
    ] {
        let action = format!("/A << /S /URI /URI ({uri}) >>");
        let link = format!("/Annots [<< /Type /Annot /Subtype /Link /Rect [20 5 50 15] {action} >>]");
        let outline = format!("/Outlines << /First << /Title (x) {action} >> >>");
        let source = String::from_utf8(with_page(&link, "", "BT /M 10 Tf 20 50 Td (open) Tj ET", &[])).unwrap();
        let source = source.replacen("/Type /Catalog", &format!("/Type /Catalog {outline}"), 1).into_bytes();
        let all = unpacked(&run(source, search(query)).unwrap());
        assert!(!all.contains("x.org"), "{uri}: {all}");
    }
}

#[test]
fn bytes_that_no_reader_shows_are_searched() {
    let text = "BT /M 10 Tf 20 50 Td (open) Tj ET";
    let form = |subtype: &str, content: &str| {
        object(&format!("/Type /XObject /Subtype /{subtype} /BBox [0 0 200 100]"), content)
    };
    let drawn = |form: &str| with("/XObject << /O 5 0 R >>", &format!("{text} /O Do"), &[form]);
    let pixel = "q 10 0 0 10 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G";
    let halftone = object("/Type /Halftone /HalftoneType 6 /Width 1 /Height 1", "(SECRET)");
    for (what, source) in [
        ("comment", with("", &format!("% a SECRET\n{text}"), &[])),
        ("operator", with("", &format!("(SECRET) Foo {text}"), &[])),
        ("form's comment", drawn(&form("Form", "% a SECRET\n0 0 5 5 re f"))),
        ("form's operator", drawn(&form("Form", "(SECRET) Foo 0 0 5 5 re f"))),
        ("PostScript", drawn(&form("PS", "(SECRET) show"))),
        ("inline picture", with("", &format!("{text} {pixel} /Foo (SECRET) ID a EI Q"), &[])),
        ("halftone", with("/ExtGState << /G << /HT 5 0 R >> >>", &format!("/G gs {text}"), &[&halftone])),
        ("resource", with("/Foo 5 0 R", text, &[&stream("a SECRET")])),
        ("name of a resource", with("/Foo << /SECRET 1 >>", text, &[])),
    ] {
        let file = run(source, search("SECRET")).unwrap();
        assert_gone(&file, "SECRET");
        assert_eq!(texts(&file), ["open"], "{what}");
    }
}

#[test]
fn names_of_places_stay_sorted() {
    let names = ["adams", "jones", "smith2020", "taylor"];
    let tree: String = names.iter().map(|name| format!("({name}) [3 0 R /Fit] ")).collect();
    let entries = format!("/Names << /Dests << /Limits [(adams) (taylor)] /Names [{tree}] >> >>");
    let file = run(cataloged(&entries, "BT /M 10 Tf 20 50 Td (see smith here) Tj ET", &[]), search("smith")).unwrap();
    let document = lopdf::Document::load_mem(&file).unwrap();
    let places = document.catalog().unwrap().get(b"Names").unwrap().as_dict().unwrap().get(b"Dests").unwrap();
    let found = places.as_dict().unwrap().get(b"Names").unwrap().as_array().unwrap();
    let found: Vec<&[u8]> = found.iter().step_by(2).map(|name| name.as_str().unwrap()).collect();
    assert_eq!(found, [&b"adams"[..], b"jones", b"taylor"]);
}
