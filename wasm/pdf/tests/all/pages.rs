//! Steps on pages: what of a document follows them.

use crate::common::{assert_at, file, page, page_with, run, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Append, Box, Crop, Error, Guest, NumberPages, Rotate, Select, Step};

fn select(pages: &str) -> Step {
    Step::Select(Select { pages: pages.into() })
}

fn append(file: Vec<u8>) -> Step {
    Step::Append(Append { file, pages: None, password: None })
}

/// Three pages, with these entries in the catalogue; further objects are numbered from 6.
fn three(catalog: &str, more: &[&str]) -> Vec<u8> {
    let catalog = format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>");
    let tree = "<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 /MediaBox [0 0 200 100] >>";
    let page = "<< /Type /Page /Parent 2 0 R >>";
    file(&[[catalog.as_str(), tree, page, page, page].as_slice(), more].concat())
}

fn labels(file: Vec<u8>) -> Vec<String> {
    Module::describe(file, None).unwrap().pages.into_iter().map(|page| page.label).collect()
}

#[test]
fn labels_follow_their_pages() {
    let book = three("/PageLabels << /Nums [0 << /S /r >> 2 << /S /A /P (App. ) /St 3 >>] >>", &[]);
    assert_eq!(labels(run(book.clone(), vec![select("3,1,2,2")]).unwrap()), ["App. C", "i", "ii", "ii"]);
    let both = run(three("", &[]), vec![append(book.clone())]).unwrap();
    assert_eq!(labels(both), ["1", "2", "3", "i", "ii", "App. C"]);
    // What is not numbered anew is not written anew.
    let again = run(book, vec![select("1-")]).unwrap();
    let count = |text: &[u8]| again.windows(text.len()).filter(|found| *found == text).count();
    assert_eq!((count(b"/S/r"), count(b"/St 3"), count(b"/P(App. )")), (1, 1, 1));
}

#[test]
fn entries_of_the_outline_go_with_their_pages() {
    let book = three(
        "/Outlines 6 0 R /Dests << /there [4 0 R /Fit] >>",
        &[
            "<< /First 7 0 R /Last 8 0 R >>",
            "<< /Title (heading) /Parent 6 0 R /First 9 0 R /Last 9 0 R /Count -1 /Next 8 0 R >>",
            "<< /Title (third) /Parent 6 0 R /Dest [2 /Fit] /Prev 7 0 R >>",
            "<< /Title (second) /Parent 7 0 R /A << /S /GoTo /D /there >> >>",
        ],
    );
    let outline = |pages: &str| {
        let found = Module::outline(run(book.clone(), vec![select(pages)]).unwrap(), None).unwrap();
        found.into_iter().map(|entry| (entry.title, entry.level, entry.page)).collect::<Vec<_>>()
    };
    let entry = |title: &str, level, page| (title.to_owned(), level, Some(page));
    let heading = || ("heading".to_owned(), 1, None);
    assert_eq!(outline("3,2"), [heading(), entry("second", 2, 2), entry("third", 1, 1)]);
    assert_eq!(outline("2"), [heading(), entry("second", 2, 1)]);
    assert_eq!(outline("1,3"), [entry("third", 1, 2)]);
    assert_eq!(outline("1"), []);
}

#[test]
fn hidden_layers_stay_hidden() {
    let layered = |config: &str| {
        three(
            &format!("/OCProperties << /OCGs [6 0 R 7 0 R] /D << {config} >> >>"),
            &["<< /Type /OCG /Name (one) >>", "<< /Type /OCG /Name (two) >>"],
        )
    };
    // All are shown but one here, none but one there.
    let file = run(layered("/OFF [6 0 R]"), vec![append(layered("/BaseState /OFF /ON [6 0 R]"))]).unwrap();
    let text = String::from_utf8_lossy(&file).into_owned();
    let (_, rest) = text.split_once("/OFF[").unwrap();
    let off: Vec<&str> =
        rest.split_once(']').unwrap().0.split(" R").map(str::trim).filter(|id| !id.is_empty()).collect();
    let names: Vec<&str> = off
        .iter()
        .map(|id| {
            let object = text.split_once(&format!("\n{id} obj")).unwrap().1.split_once("endobj").unwrap().0;
            if object.contains("(one)") { "one" } else { "two" }
        })
        .collect();
    assert_eq!(names, ["one", "two"]);
    assert!(!text.contains("BaseState"));
}

#[test]
fn places_are_of_the_page_as_seen_with_its_unit() {
    let source = page_with("/MediaBox [0 0 200 100] /UserUnit 2 /Rotate 90", "BT /M 10 Tf 20 80 Td (word) Tj ET");
    let seen = Module::describe(source.clone(), None).unwrap();
    assert_eq!((seen.pages[0].width, seen.pages[0].height), (200.0, 400.0));
    let found: Box = Module::words(source.clone(), None, None).unwrap().remove(0).box_;
    // 24 units along the line and 10 across; the page is turned, so the line goes down.
    assert_at(found, [156.0, 40.0, 20.0, 48.0]);
    let around = Crop { x: found.x, y: found.y, width: found.width, height: found.height, pages: None };
    let cropped = run(source, vec![Step::Crop(around)]).unwrap();
    assert_at(Module::words(cropped.clone(), None, None).unwrap().remove(0).box_, [0.0, 0.0, 20.0, 48.0]);
    let turned = run(cropped, vec![Step::Rotate(Rotate { degrees: 270, pages: None })]).unwrap();
    let seen = Module::describe(turned, None).unwrap();
    assert_eq!((seen.pages[0].width, seen.pages[0].height, seen.pages[0].rotation), (48.0, 20.0, 0));
}

#[test]
fn numbers_stand_where_they_should() {
    let options = |format: &str| NumberPages {
        format: Some(format.into()),
        start: None,
        anchor: None,
        margin: None,
        size: None,
        color: None,
        font: None,
        pages: None,
    };
    // Whatever state the page leaves, the number is where it should be.
    for content in ["", "q 9 0 0 9 5 5 cm", "Q 9 0 0 9 5 5 cm Q", "(unclosed", "BT /M 10 Tf 0 80 Td"] {
        let file = run(page(content), vec![Step::NumberPages(options("- {page} -"))]).unwrap();
        let words = Module::words(file, None, None).unwrap();
        let number = words.iter().find(|word| word.text == "1").unwrap_or_else(|| panic!("{content}: {words:?}"));
        let middle = number.box_.x + number.box_.width / 2.0;
        assert!((middle - 100.0).abs() < 0.1, "{content}: {:?}", number.box_);
    }
    let error = run(page(""), vec![Step::NumberPages(options("№ {page}"))]).unwrap_err();
    assert!(matches!(&error, Error::InvalidArgument(said) if said.contains("'№' (U+2116)")), "{error:?}");
}

#[test]
fn identifiers_that_leave_no_room_are_no_end() {
    let source = String::from_utf8(three("", &[&stream("")])).unwrap();
    let source = source.replace("5 0 obj", "4294967295 0 obj").replace("5 0 R", "4294967295 0 R").into_bytes();
    // Its table says otherwise: it is read anew.
    let broken = source.windows(4).position(|word| word == b"xref").map(|at| source[..at].to_vec()).unwrap();
    for steps in [vec![], vec![select("1,1")], vec![append(three("", &[]))]] {
        match run(broken.clone(), steps) {
            Ok(_) | Err(Error::Malformed(_) | Error::LimitExceeded(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}
