//! What the tests of redaction share.

use super::{file, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Box, Error, Guest, PageBox, Redact, Step, Word};

pub fn options() -> Redact {
    Redact {
        search: None,
        regex: None,
        boxes: None,
        ignore_case: None,
        pages: None,
        fill: None,
        acknowledge: None,
        dpi: None,
    }
}

pub fn search(text: &str) -> Redact {
    Redact { search: Some(vec![text.into()]), ..options() }
}

pub fn regex(text: &str) -> Redact {
    Redact { regex: Some(vec![text.into()]), ..options() }
}

pub fn at(x: f32, y: f32, width: f32, height: f32) -> Redact {
    Redact { boxes: Some(vec![PageBox { page: 1, box_: Box { x, y, width, height } }]), ..options() }
}

pub fn run(file: Vec<u8>, redact: Redact) -> Result<Vec<u8>, Error> {
    super::run(file, vec![Step::Redact(redact)])
}

pub fn words(file: &[u8]) -> Vec<Word> {
    Module::words(file.to_vec(), None, None).unwrap()
}

pub fn texts(file: &[u8]) -> Vec<String> {
    words(file).into_iter().map(|word| word.text).collect()
}

/// All that the file holds, unpacked.
pub fn unpacked(file: &[u8]) -> String {
    let document = lopdf::Document::load_mem(file).unwrap();
    let mut all = String::new();
    for object in document.objects.values() {
        all.push_str(&format!("{object:?}\n"));
        if let lopdf::Object::Stream(stream) = object {
            let content = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
            all.extend(content.iter().map(|byte| char::from(*byte)));
            all.push('\n');
        }
    }
    all
}

pub fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}

pub fn assert_gone(file: &[u8], text: &str) {
    let all = unpacked(file);
    assert!(!all.contains(text), "{text}: {all}");
    assert!(!all.to_uppercase().contains(&hex(text)), "{text} in hexadecimal: {all}");
}

/// A page of 200 × 100 pt with these resources beside the fonts `/F` and `/M`, and these objects from 5 on.
pub fn with(resources: &str, content: &str, more: &[&str]) -> Vec<u8> {
    with_page("", resources, content, more)
}

pub fn with_page(entries: &str, resources: &str, content: &str, more: &[&str]) -> Vec<u8> {
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R {entries} /Resources << /Font << \
         /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> \
         /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> {resources} >> >>"
    );
    let content = stream(content);
    let tree = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>", tree, &page, &content];
    objects.extend(more);
    file(&objects)
}

pub fn object(entries: &str, content: &str) -> String {
    format!("<< {entries} /Length {} >>\nstream\n{content}\nendstream", content.len())
}

pub fn rendered(file: &[u8]) -> (u32, Vec<u8>) {
    let raster = Module::render(file.to_vec(), 1, Some(72.0), None, None, None, None, None, None, None).unwrap().raster;
    (raster.width, raster.pixels)
}

pub fn pixel(file: &[u8], x: u32, y: u32) -> [u8; 3] {
    let (width, pixels) = rendered(file);
    let at = 3 * (y * width + x) as usize;
    pixels[at..at + 3].try_into().unwrap()
}
