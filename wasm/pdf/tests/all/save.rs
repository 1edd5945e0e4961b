//! Documents that are written anew, without a change.

use crate::common::{data, file_with, page, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Decode, Guest, Output, Pdf};

fn saved(file: Vec<u8>, password: Option<&str>) -> Vec<u8> {
    let plain =
        Pdf { user_password: None, owner_password: None, allow: None, object_streams: None, entropy: vec![0; 32] };
    Module::run(file, Decode { password: password.map(str::to_owned) }, Vec::new(), Output::Pdf(plain)).unwrap()
}

fn has(file: &[u8], text: &str) -> bool {
    file.windows(text.len()).any(|found| found == text.as_bytes())
}

#[test]
fn a_page_is_as_it_was() {
    let source = page("BT /F 10 Tf 20 80 Td (As it was) Tj ET");
    let file = saved(source.clone(), None);
    assert_eq!(Module::text(file.clone(), None, None).unwrap(), ["As it was"]);
    let describe = |file| Module::describe(file, None).unwrap().pages;
    assert_eq!(format!("{:?}", describe(file)), format!("{:?}", describe(source)));
}

#[test]
fn what_pages_inherit_stays_theirs_and_what_nothing_needs_goes() {
    let source = file_with(
        &[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 300 400] /Rotate 90 >>",
            "<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
            &stream(""),
            "(nothing leads here)",
            "<< /Title (Kept) /Own (too) >>",
        ],
        "/Info 6 0 R",
    );
    let file = saved(source, None);
    let found = Module::describe(file.clone(), None).unwrap();
    assert_eq!((found.pages[0].width, found.pages[0].height), (400.0, 300.0));
    assert_eq!(found.metadata.title.as_deref(), Some("Kept"));
    assert!(!has(&file, "nothing leads here"));
}

#[test]
fn an_encrypted_file_is_written_plainly() {
    for (name, password) in
        [("rc4-40.pdf", "user"), ("rc4-128.pdf", "user"), ("aes-128.pdf", "user"), ("aes-256.pdf", "user")]
    {
        let before = Module::text(data(name), None, Some(password.into())).unwrap();
        let file = saved(data(name), Some(password));
        assert!(!Module::describe(file.clone(), None).unwrap().encrypted, "{name}");
        assert_eq!(Module::text(file, None, None).unwrap(), before, "{name}");
    }
}
