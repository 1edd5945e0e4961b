//! Damaged and hostile files: a typed error or a partial result, in bounded time.

use crate::common::{file, page, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Error, Guest};

/// Call all functions; the result does not matter, that there is one does.
fn exercise(file: &[u8]) {
    let data = || file.to_vec();
    let _ = Module::probe(data(), None);
    let _ = Module::describe(data(), None);
    let _ = Module::outline(data(), None);
    let _ = Module::annotations(data(), None, None);
    let _ = Module::fields(data(), None);
    let _ = Module::attachments(data(), None);
    let _ = Module::fonts(data(), None, None);
    let _ = Module::images(data(), None, None);
    let _ = Module::search(data(), "a".into(), None, None, None, None);
    let _ = Module::render(data(), 1, Some(72.0), None, None, None, None, None, None, None);
}

#[test]
fn what_is_no_pdf_is_malformed() {
    for (data, why) in [
        (&b""[..], "is empty"),
        (b"%PDF-1.7", "cut off"),
        (b"GIF89a", "a GIF picture"),
        (&[0; 4096], "no PDF file"),
        (b"%PDF-1.7 %%EOF", "beyond repair"),
    ] {
        let error = Module::text(data.to_vec(), None, None).unwrap_err();
        assert!(matches!(&error, Error::Malformed(text) if text.contains(why)), "{error:?}");
        exercise(data);
    }
}

#[test]
fn files_without_their_table_of_references_are_mended() {
    let whole = page("BT /F 10 Tf 20 50 Td (mended) Tj ET");
    let table = whole.windows(5).position(|word| word == b"\nxref").unwrap();
    assert_eq!(Module::text(whole[..table].to_vec(), None, None).unwrap(), ["mended"]);
    let lying = String::from_utf8(whole).unwrap().replace("startxref\n", "startxref\n9");
    assert_eq!(Module::text(lying.into_bytes(), None, None).unwrap(), ["mended"]);
}

#[test]
fn files_cut_anywhere_are_answered() {
    let whole = page("BT /F 10 Tf 20 50 Td (cut) Tj ET");
    for end in (0..whole.len()).step_by(7) {
        exercise(&whole[..end]);
    }
}

#[test]
fn trees_that_lead_back_into_themselves_end() {
    exercise(&file(&[
        "<< /Type /Catalog /Pages 2 0 R /Outlines 3 0 R /Names << /Dests 3 0 R /EmbeddedFiles 3 0 R >> \
         /PageLabels 3 0 R /AcroForm << /Fields [3 0 R] >> >>",
        "<< /Type /Pages /Kids [2 0 R 4 0 R] /Count 1000000 /Parent 2 0 R >>",
        "<< /T (x) /Kids [3 0 R 3 0 R 3 0 R] /First 3 0 R /Next 3 0 R /Names [(a) 3 0 R] /Nums [0 3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] /Contents 5 0 R /Annots [3 0 R] \
         /Resources << /XObject << /X 5 0 R >> /Font << /X 3 0 R >> /Pattern << /X 5 0 R >> >> >>",
        "<< /Type /XObject /Subtype /Form /BBox [0 0 10 10] /Length 6 \
         /Resources << /XObject << /X 5 0 R >> >> >>\nstream\n/X Do \nendstream",
    ]));
}

#[test]
fn deep_nesting_ends() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let saves = "q ".repeat(100_000);
    exercise(&page(&format!("{deep} TJ {saves} 0 0 10 10 re f")));
    let dictionaries = format!("{}{}", "<< /A ".repeat(10_000), ">>".repeat(10_000));
    exercise(&file(&[
        &format!("<< /Type /Catalog /Pages 2 0 R /Outlines {dictionaries} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] /Contents 4 0 R >>",
        &stream(""),
    ]));
}

#[test]
fn pages_of_impossible_size_are_refused() {
    for sides in ["0 0 1e9 1e9", "0 0 -5 -5", "0 0 0 0", "0 0 1e40 1e40", "nonsense"] {
        exercise(&crate::common::page_with(&format!("/MediaBox [{sides}]"), "0 0 10 10 re f"));
    }
    let enormous = crate::common::page_with("/MediaBox [0 0 900000 900000]", "");
    let error = Module::render(enormous, 1, Some(72.0), None, None, None, None, None, None, None).unwrap_err();
    assert!(matches!(error, Error::LimitExceeded(_)), "{error:?}");
}
