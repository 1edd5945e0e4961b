//! Steps that change a document: files that go round in circles or lie, and what is read again of what was written.

use crate::common::{data, file, page, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{
    Clean, Compress, Decode, Error, FieldValue, Fill, Flatten, Guest, Output, Pdf, SetMetadata, Step,
};

fn run(file: Vec<u8>, steps: Vec<Step>, user: Option<&str>, owner: Option<&str>) -> Result<Vec<u8>, Error> {
    let passwords = [user, owner].map(|password| password.map(str::to_owned));
    let [user_password, owner_password] = passwords;
    let output = Pdf { user_password, owner_password, allow: None, object_streams: None, entropy: vec![7; 32] };
    Module::run(file, Decode { password: None }, steps, Output::Pdf(output))
}

fn fill(name: &str, value: &str) -> Step {
    Step::Fill(Fill { values: vec![FieldValue { name: name.into(), value: value.into() }], font: None })
}

fn steps() -> Vec<Step> {
    vec![
        Step::Flatten(Flatten { annotations: Some(true) }),
        Step::Clean(Clean { annotations: None, attachments: None, scripts: None, metadata: None }),
        Step::Compress(Compress { dpi: None, quality: None }),
    ]
}

#[test]
fn owners_passwords_open_old_files() {
    for name in ["rc4-40.pdf", "rc4-128.pdf", "aes-128.pdf", "aes-256.pdf"] {
        assert_eq!(Module::text(data(name), None, Some("owner".into())).unwrap(), ["Secret"], "{name}");
        let wrong = Module::text(data(name), None, Some("Owner".into()));
        assert!(matches!(wrong, Err(Error::InvalidArgument(_))), "{name}");
    }
}

#[test]
fn what_is_encrypted_is_opened_by_either_password() {
    let source = page("BT /F 10 Tf 20 80 Td (Told to few) Tj ET");
    let file = run(source, Vec::new(), Some("geheim ½"), Some("Владелец")).unwrap();
    for password in ["geheim ½", "Владелец"] {
        assert_eq!(Module::text(file.clone(), None, Some(password.into())).unwrap(), ["Told to few"]);
    }
    // ½ is written as 1⁄2 before keys are made of it.
    assert_eq!(Module::text(file.clone(), None, Some("geheim 1⁄2".into())).unwrap(), ["Told to few"]);
    assert!(Module::text(file, None, None).is_err());
}

#[test]
fn a_look_that_cannot_be_drawn_anew_stays() {
    let source = |look: &str| {
        file(&[
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /NeedAppearances true >> >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Annots [4 0 R] /Resources << /Font << \
             /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
            &format!("<< /Subtype /Widget /FT /Tx /T (a) /V <FEFF0416> /Rect [0 0 90 20] {look} >>"),
            "<< /Subtype /Form /BBox [0 0 90 20] /Length 31 >>\nstream\nBT /F 9 Tf 2 5 Td (Drawn) Tj ET\nendstream",
        ])
    };
    let flatten = |look: &str| run(source(look), vec![Step::Flatten(Flatten { annotations: None })], None, None);
    assert_eq!(Module::text(source("/AP << /N 5 0 R >>"), None, None).unwrap(), ["Drawn"]);
    assert!(flatten("/AP << /N 5 0 R >>").is_ok());
    assert!(matches!(flatten(""), Err(Error::Unsupported(said)) if said.contains("'Ж' (U+0416)")));
    let filled = run(source("/AP << /N 5 0 R >>"), vec![fill("a", "Я")], None, None);
    assert!(matches!(filled, Err(Error::Unsupported(said)) if said.contains("'Я' (U+042F)")));
}

#[test]
fn marks_that_say_nonsense_are_drawn_or_not() {
    let numbers = |count: usize| "1e38 -1e38 ".repeat(count);
    for entries in [
        "/Subtype /Highlight /QuadPoints [1 2 3]".to_owned(),
        format!("/Subtype /Squiggly /QuadPoints [{}]", numbers(4)),
        format!("/Subtype /Ink /InkList [4 0 R [] [1] [{}]] /BS << /W 1e9 /S /D /D [0 -1] >>", numbers(50)),
        "/Subtype /Circle /RD [99 99 99 99] /IC [] /C [2 2 2 2]".to_owned(),
        "/Subtype /Polygon /Vertices 4 0 R /CA 7 /BS << /W 0 >>".to_owned(),
        "/Subtype /Line /L [0 0] /AP << >>".to_owned(),
        "/Subtype /FreeText /Contents (a) /DA (1 rg /X 0 Tf Tf) /Q 9 /BS << /W 90 >> /MK << /R 90 >>".to_owned(),
        "/Subtype /FreeText /Contents 4 0 R /Rect 4 0 R".to_owned(),
    ] {
        let source = file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Annots [4 0 R] >>",
            &format!("<< /Type /Annot /Rect [10 10 60 60] {entries} >>"),
        ]);
        assert!(Module::text(source.clone(), None, None).is_ok(), "{entries}");
        let flat = run(source, vec![Step::Flatten(Flatten { annotations: Some(true) })], None, None).unwrap();
        assert!(Module::text(flat, None, None).is_ok(), "{entries}");
    }
}

#[test]
fn forms_that_go_round_in_circles_end() {
    let form = |fields: &str, kid: &str| {
        file(&[
            &format!("<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields {fields} /NeedAppearances true >> >>"),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Annots [4 0 R 4 0 R 5 0 R 99 0 R null 7] >>",
            kid,
            &stream(""),
        ])
    };
    let text = "/Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 50 20]";
    for (fields, kid) in [
        ("[4 0 R]", format!("<< {text} /Kids [4 0 R] /Parent 4 0 R >>")),
        ("[4 0 R 4 0 R]", format!("<< {text} /AP << /N 4 0 R >> /DA (/Helv 1e99 Tf -1 g Q Q) >>")),
        ("4 0 R", format!("<< {text} /V 4 0 R >>")),
        ("[[4 0 R] << /T (b) /FT /Tx /Rect [1 2] >>]", format!("<< {text} >>")),
        ("[4 0 R]", format!("<< {text} /Rect [0 0 1e38 1e38] /MaxLen -1 /Ff 16777216 /V (x) >>")),
        ("[4 0 R]", format!("<< {text} /Ff 4096 /V ({}) >>", "word ".repeat(5000))),
        ("[4 0 R]", "<< /FT /Ch /T (a) /Opt 4 0 R /V [4 0 R] /Rect [0 0 9 9] /TI -4 >>".to_owned()),
    ] {
        let source = form(fields, &kid);
        assert!(Module::text(source.clone(), None, None).is_ok(), "{kid}");
        let filled = run(source.clone(), vec![fill("a", "x")], None, None);
        assert!(matches!(filled, Ok(_) | Err(Error::InvalidArgument(_))), "{kid}: {filled:?}");
        let changed = run(source, steps(), None, None).unwrap_or_else(|error| panic!("{kid}: {error:?}"));
        assert!(Module::fields(changed, None).unwrap().is_empty(), "{kid}");
    }
}

#[test]
fn pictures_that_lie_stay() {
    for picture in [
        "/Width 4000000000 /Height 4000000000 /ColorSpace /DeviceRGB /BitsPerComponent 8",
        "/Width 500 /Height 500 /ColorSpace /DeviceRGB /BitsPerComponent 8",
        "/Width 500 /Height 500 /ColorSpace [/Indexed 5 0 R 255 5 0 R] /BitsPerComponent 8",
        "/Width 500 /Height 500 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
        "/Width 500 /Height 500 /ColorSpace /DeviceGray /BitsPerComponent 8 /SMask 5 0 R",
        "/Width -1 /Height 0",
    ] {
        let source = file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
            &stream("9 0 0 9 0 0 cm /X Do"),
            &format!("<< /Type /XObject /Subtype /Image {picture} /Length 9 >>\nstream\n123456789\nendstream"),
        ]);
        let changed = run(source, steps(), None, None).unwrap_or_else(|error| panic!("{picture}: {error:?}"));
        assert!(changed.windows(9).any(|bytes| bytes == b"123456789"), "{picture}");
    }
}

#[test]
fn metadata_is_read_as_it_was_set() {
    let step = SetMetadata {
        title: Some("Ünïcode € 日本".into()),
        author: None,
        subject: None,
        keywords: None,
        creator: None,
        created: Some("2026-01-02T03:04:05+02:00".into()),
        modified: None,
        language: Some("de".into()),
    };
    let file = run(page(""), vec![Step::SetMetadata(step)], None, None).unwrap();
    let found = Module::describe(file, None).unwrap();
    assert_eq!(found.metadata.title.as_deref(), Some("Ünïcode € 日本"));
    assert_eq!(found.metadata.created.as_deref(), Some("2026-01-02T03:04:05+02:00"));
    assert_eq!(found.language.as_deref(), Some("de"));
}
