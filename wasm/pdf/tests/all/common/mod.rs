//! What the tests share: small files, written by hand.

pub mod redact;

use std::path::Path;
use wasmcell_pdf::wit::{Decode, Error, Guest, Output, Pdf, Step};
use wasmcell_pdf::{Module, wit};

/// Apply steps, and write the file so that it can be read.
pub fn run(file: Vec<u8>, steps: Vec<Step>) -> Result<Vec<u8>, Error> {
    let plain = Pdf {
        user_password: None,
        owner_password: None,
        allow: None,
        object_streams: Some(false),
        entropy: vec![0; 32],
    };
    Module::run(file, Decode { password: None }, steps, Output::Pdf(plain))
}

/// A file of `data/`.
pub fn data(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file of these objects, numbered from 1, of which the first is the root.
pub fn file(objects: &[&str]) -> Vec<u8> {
    file_with(objects, "")
}

/// As [`file`], with more in its trailer.
pub fn file_with(objects: &[&str], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(objects) {
        offsets.push(file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let start = file.len();
    let count = objects.len() + 1;
    file.extend(format!("xref\n0 {count}\n0000000000 65535 f \n").bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(format!("trailer\n<< /Size {count} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n").bytes());
    file
}

/// A stream with this content.
pub fn stream(content: &str) -> String {
    format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len())
}

/// A page of 200 × 100 pt with this content; `/F` is Helvetica, `/M` is Courier, whose glyphs are 0.6 em wide.
pub fn page(content: &str) -> Vec<u8> {
    page_with("/MediaBox [0 0 200 100]", content)
}

/// As [`page`], with these entries in place of its box.
pub fn page_with(entries: &str, content: &str) -> Vec<u8> {
    let page = format!(
        "<< /Type /Page /Parent 2 0 R {entries} /Contents 4 0 R /Resources << /Font << \
         /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> \
         /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>"
    );
    file(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", &page, &stream(content)])
}

/// Whether a box is where it is wanted, to within a hundredth of a point.
pub fn assert_at(found: wit::Box, [x, y, width, height]: [f32; 4]) {
    let numbers = [found.x - x, found.y - y, found.width - width, found.height - height];
    assert!(numbers.iter().all(|off| off.abs() < 0.01), "{found:?}, not {:?}", [x, y, width, height]);
}
