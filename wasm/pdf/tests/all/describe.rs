//! What documents say of themselves.

use crate::common::{assert_at, data, file, file_with, page, stream};
use wasmcell_pdf::Module;
use wasmcell_pdf::wit::{Error, FieldKind, Guest, Permissions};

const PAGES: &str = "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 200 100] >>";
const PLAIN: &str = "<< /Type /Page /Parent 2 0 R >>";

/// Two pages, with these entries in the root and these objects from number 5.
fn document(root: &str, objects: &[&str]) -> Vec<u8> {
    let root = format!("<< /Type /Catalog /Pages 2 0 R {root} >>");
    let all: Vec<&str> = [root.as_str(), PAGES, PLAIN, PLAIN].iter().chain(objects).copied().collect();
    file(&all)
}

#[test]
fn sizes_rotation_and_labels_of_pages() {
    let pages = file(&[
        "<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [0 << /S /r >> 2 << /S /D /P (A-) /St 7 >>] >> >>",
        "<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 /MediaBox [0 0 200 100] >>",
        PLAIN,
        "<< /Type /Page /Parent 2 0 R /Rotate 270 >>",
        "<< /Type /Page /Parent 2 0 R /CropBox [10 20 60 90] >>",
    ]);
    let found = Module::describe(pages, None).unwrap().pages;
    let found: Vec<_> =
        found.iter().map(|page| (page.width, page.height, page.rotation, page.label.as_str())).collect();
    assert_eq!(found, [(200.0, 100.0, 0, "i"), (100.0, 200.0, 270, "ii"), (50.0, 70.0, 0, "A-7")]);
}

#[test]
fn metadata_is_read() {
    let xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    let file = file_with(
        &[
            "<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) /MarkInfo << /Marked true >> /Metadata 5 0 R >>",
            PAGES,
            PLAIN,
            PLAIN,
            &stream(xmp),
            "<< /Title <FEFF05D0> /Author (M\\374ller) /CreationDate (D:20240229123456+02'30') /Subject () >>",
        ],
        "/Info 6 0 R",
    );
    let probed = Module::probe(file.clone(), None).unwrap();
    assert_eq!(
        (probed.version.as_str(), probed.pages, probed.encrypted, probed.locked),
        ("1.7", Some(2), false, false)
    );
    assert_eq!(probed.title.as_deref(), Some("\u{5d0}"));
    let found = Module::describe(file, None).unwrap();
    assert_eq!(found.metadata.title.as_deref(), Some("\u{5d0}"));
    assert_eq!(found.metadata.author.as_deref(), Some("Müller"));
    assert_eq!(found.metadata.created.as_deref(), Some("2024-02-29T12:34:56+02:30"));
    assert_eq!(found.metadata.subject, None);
    assert_eq!(found.metadata.xmp.as_deref(), Some(xmp));
    assert_eq!((found.language.as_deref(), found.tagged), (Some("en-GB"), true));
    assert_eq!((found.encrypted, found.signed, found.permissions), (false, false, Permissions::from_bits_retain(0xff)));
}

#[test]
fn the_outline_leads_to_pages_and_addresses() {
    let file = document(
        "/Outlines 5 0 R /Names << /Dests << /Kids [<< /Names [(there) [4 0 R /Fit]] >>] >> >>",
        &[
            "<< /First 6 0 R /Last 9 0 R >>",
            "<< /Title (One) /Parent 5 0 R /Dest [3 0 R /XYZ 0 0 0] /First 7 0 R /Next 8 0 R >>",
            "<< /Title (Within) /Parent 6 0 R /A << /S /GoTo /D (there) >> >>",
            "<< /Title (Outside) /Parent 5 0 R /A << /S /URI /URI (https://example.org/) >> /Next 9 0 R >>",
            "<< /Title (Loop) /Parent 5 0 R /Next 6 0 R >>",
        ],
    );
    let found = Module::outline(file, None).unwrap();
    let found: Vec<_> =
        found.iter().map(|entry| (entry.title.as_str(), entry.level, entry.page, entry.uri.as_deref())).collect();
    assert_eq!(
        found,
        [
            ("One", 1, Some(1), None),
            ("Within", 2, Some(2), None),
            ("Outside", 1, None, Some("https://example.org/")),
            ("Loop", 1, None, None),
        ]
    );
}

#[test]
fn links_and_notes_are_read() {
    let with_annotations = "<< /Type /Page /Parent 2 0 R /Annots [5 0 R 6 0 R 7 0 R] >>";
    let file = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        PAGES,
        with_annotations,
        PLAIN,
        "<< /Type /Annot /Subtype /Link /Rect [10 60 60 90] /A << /S /URI /URI (https://example.org/) >> >>",
        "<< /Type /Annot /Subtype /Link /Rect [60 90 10 60] /Dest [4 0 R /Fit] >>",
        "<< /Type /Annot /Subtype /Text /Rect [0 0 20 20] /Contents (Why?) /T (Ada) /F 2 >>",
    ]);
    let found = Module::annotations(file.clone(), None, None).unwrap();
    assert_eq!(found.len(), 3);
    assert_at(found[0].box_, [10.0, 10.0, 50.0, 30.0]);
    assert_at(found[1].box_, [10.0, 10.0, 50.0, 30.0]);
    assert_eq!((found[0].uri.as_deref(), found[0].target), (Some("https://example.org/"), None));
    assert_eq!((found[1].uri.as_deref(), found[1].target), (None, Some(2)));
    assert_eq!((found[2].kind.as_str(), found[2].hidden, found[1].hidden), ("Text", true, false));
    assert_eq!((found[2].contents.as_deref(), found[2].author.as_deref()), (Some("Why?"), Some("Ada")));
    assert!(Module::annotations(file, Some("2".into()), None).unwrap().is_empty());
}

#[test]
fn fields_are_read_with_what_is_filled_in() {
    let with_widgets = "<< /Type /Page /Parent 2 0 R /Annots [6 0 R 8 0 R 9 0 R 10 0 R 11 0 R] >>";
    let file = file(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R 7 0 R 10 0 R 11 0 R] >> >>",
        PAGES,
        PLAIN,
        with_widgets,
        "<< /T (address) /FT /Tx /Kids [6 0 R] >>",
        "<< /T (street) /Parent 5 0 R /V (High St) /Ff 2 /Subtype /Widget /Rect [10 60 60 90] >>",
        "<< /T (size) /FT /Btn /Ff 32768 /V /L /Kids [8 0 R 9 0 R] >>",
        "<< /Parent 7 0 R /Subtype /Widget /Rect [0 0 10 10] /AP << /N << /S 12 0 R /Off 12 0 R >> >> >>",
        "<< /Parent 7 0 R /Subtype /Widget /Rect [20 0 30 10] /AP << /N << /L 12 0 R /Off 12 0 R >> >> >>",
        "<< /T (colours) /FT /Ch /V [(red) (blue)] /Opt [(red) [(blue) (Blue)]] /Ff 1 /Rect [0 0 1 1] >>",
        "<< /T (sign) /FT /Sig /Rect [0 0 1 1] >>",
        &stream(""),
    ]);
    let found = Module::fields(file.clone(), None).unwrap();
    let plain: Vec<_> = found.iter().map(|field| (field.name.as_str(), field.kind, field.value.as_deref())).collect();
    assert_eq!(
        plain,
        [
            ("address.street", FieldKind::Text, Some("High St")),
            ("size", FieldKind::Radio, Some("L")),
            ("colours", FieldKind::Choice, Some("red\nblue")),
            ("sign", FieldKind::Signature, None),
        ]
    );
    assert_eq!((found[0].required, found[0].read_only, found[2].read_only), (true, false, true));
    assert_eq!(found[1].options, ["S", "L"]);
    assert_eq!(found[2].options, ["red", "blue"]);
    assert_eq!((found[0].widgets.len(), found[0].widgets[0].page, found[1].widgets.len()), (1, 2, 2));
    assert_at(found[0].widgets[0].box_, [10.0, 10.0, 50.0, 30.0]);
    assert!(!Module::describe(file, None).unwrap().signed);
}

#[test]
fn attachments_are_told_and_taken_out() {
    let file = document(
        "/Names << /EmbeddedFiles << /Names [(key) 5 0 R] >> >>",
        &[
            "<< /Type /Filespec /F (a.csv) /UF (\\344.csv) /Desc (Numbers) /EF << /F 6 0 R >> >>",
            "<< /Type /EmbeddedFile /Subtype /text#2Fcsv /Length 3 >>\nstream\n1,2\nendstream",
        ],
    );
    let found = Module::attachments(file.clone(), None).unwrap();
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.name.as_str(), only.size), ("ä.csv", 3));
    assert_eq!((only.mime.as_deref(), only.description.as_deref()), (Some("text/csv"), Some("Numbers")));
    assert_eq!(Module::attachment_data(file.clone(), "ä.csv".into(), None).unwrap(), b"1,2");
    let error = Module::attachment_data(file, "b.csv".into(), None).unwrap_err();
    assert!(matches!(&error, Error::InvalidArgument(text) if text.contains("there are ä.csv")), "{error:?}");
}

#[test]
fn fonts_and_pictures_are_told() {
    let with_resources =
        "<< /Type /Page /Parent 2 0 R /Resources << /Font << /A 5 0 R >> /XObject << /I 6 0 R >> >> >>";
    let file = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        PAGES,
        with_resources,
        with_resources,
        "<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Ubuntu >>",
        "<< /Type /XObject /Subtype /Image /Width 2 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 2 >>\n\
         stream\n\0\x01\nendstream",
    ]);
    let fonts = Module::fonts(file.clone(), None, None).unwrap();
    let [font] = fonts.as_slice() else { panic!("{fonts:?}") };
    assert_eq!((font.name.as_str(), font.kind.as_str()), ("Ubuntu", "TrueType"));
    assert_eq!((font.embedded, font.subset, font.pages.as_slice()), (false, true, &[1, 2][..]));
    let images = Module::images(file, Some("2".into()), None).unwrap();
    let [image] = images.as_slice() else { panic!("{images:?}") };
    assert_eq!((image.page, image.width, image.height, image.bits, image.size), (2, 2, 1, 8, 2));
    assert_eq!((image.filter.as_str(), image.color.as_str()), ("", "DeviceGray"));
}

#[test]
fn encrypted_files_want_their_password() {
    // Made by pypdf: user's password "user", owner's "owner", printing allowed alone.
    for name in ["rc4-40.pdf", "rc4-128.pdf", "aes-128.pdf", "aes-256.pdf"] {
        let probed = Module::probe(data(name), None).unwrap();
        assert_eq!((probed.encrypted, probed.locked, probed.pages), (true, true, None), "{name}");
        let passwords: &[&str] = if name == "aes-256.pdf" { &["user", "owner"] } else { &["user"] };
        for password in passwords {
            let password = || Some((*password).to_owned());
            assert_eq!(Module::text(data(name), None, password()).unwrap(), ["Secret"], "{name}");
            let found = Module::describe(data(name), password()).unwrap();
            assert_eq!(found.metadata.title.as_deref(), Some("Hidden"), "{name}");
            assert!(found.encrypted, "{name}");
            let of_interest = Permissions::PRINT | Permissions::COPY | Permissions::MODIFY;
            assert_eq!(found.permissions & of_interest, Permissions::PRINT, "{name}");
        }
        for (password, said) in [(None, "wants a password"), (Some("wrong".to_owned()), "not its password")] {
            let error = Module::text(data(name), None, password).unwrap_err();
            assert!(matches!(&error, Error::InvalidArgument(text) if text.contains(said)), "{name}: {error:?}");
        }
    }
    assert!(!Module::probe(page(""), None).unwrap().encrypted);
}
