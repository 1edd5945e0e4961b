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

#[test]
fn pictures_of_impossible_size_are_refused() {
    let inline = "q 10 0 0 10 0 0 cm BI /W 2000000000 /H 59 /IM true /D [1 0] ID x EI Q";
    let glyph = stream(&format!("10 0 d0 {inline}"));
    let font = "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 65 /LastChar 65 \
                /Widths [10] /CharProcs << /a 6 0 R >> /Encoding << /Differences [65 /a] >> /Resources << >> >>";
    let image = |entries: &str| {
        format!("<< /Type /XObject /Subtype /Image /BitsPerComponent 1 {entries} /Length 1 >>\nstream\nx\nendstream")
    };
    let mask = image("/ImageMask true /Width 40000000 /Height 400");
    let masked = image("/ColorSpace /DeviceGray /Width 8 /Height 1 /SMask 5 0 R");
    for content in [inline, "BT /T 9 Tf (A) Tj ET", "/M Do", "/S Do", "/Q gs 0 0 9 9 re f"] {
        let file = file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 50 50] >>",
            &format!(
                "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /T {font} >> \
                 /XObject << /M 5 0 R /S 7 0 R >> /ExtGState << /Q << /SMask << /S /Luminosity /G 8 0 R >> >> >> >> >>"
            ),
            &stream(content),
            &mask,
            &glyph,
            &masked,
            "<< /Subtype /Form /BBox [0 0 9 9] /Group << /S /Transparency /CS /DeviceGray >> \
             /Resources << /XObject << /M 5 0 R >> >> /Length 5 >>\nstream\n/M Do\nendstream",
        ]);
        let error = Module::render(file, 1, Some(72.0), None, None, None, None, None, None, None).unwrap_err();
        assert!(matches!(&error, Error::LimitExceeded(text) if text.contains("picture")), "{content}: {error:?}");
    }
}

#[test]
fn meshes_far_beyond_the_page_are_refused() {
    let mesh = |kind: u8, entries: &str, data: &str| {
        format!(
            "<< /ShadingType {kind} /ColorSpace /DeviceGray /BitsPerCoordinate 8 /BitsPerComponent 8 /BitsPerFlag 8 \
             {entries} /Length {} >>\nstream\n{data}\nendstream",
            data.len()
        )
    };
    // A triangle on all sides of the page: a flag, coordinates up to a half and a colour, a byte each.
    let triangle = |far: u32| {
        let more = 3 * far;
        mesh(4, &format!("/Decode [-{far} {more} -{far} {more} 0 1]"), "\0\0\0\0\0\x7f\0\0\0\0\x7f\x7f")
    };
    // Patches of a point each: a flag, twelve points and four colours.
    let patches = mesh(6, "/Decode [0 1 0 1 0 1]", &"\0".repeat((1 + 24 + 4) * 20_000));
    let render = |mesh: &str, content: &str| {
        let font = "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 65 \
                    /LastChar 65 /Widths [9] /CharProcs << /a 6 0 R >> /Encoding << /Differences [65 /a] >> \
                    /Resources << /Shading << /S 5 0 R >> >> >>";
        let file = file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 50 50] >>",
            &format!(
                "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Shading << /S 5 0 R >> \
                 /Font << /T {font} >> /Pattern << /P << /PatternType 2 /Shading 5 0 R >> /T 7 0 R >> \
                 /ExtGState << /Q << /SMask << /S /Luminosity /G 8 0 R >> >> >> >> >>"
            ),
            &stream(content),
            mesh,
            &stream("9 0 d0 /S sh"),
            "<< /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 \
             /Resources << /Shading << /S 5 0 R >> >> /Length 5 >>\nstream\n/S sh\nendstream",
            "<< /Subtype /Form /BBox [0 0 9 9] /Group << /S /Transparency /CS /DeviceGray >> \
             /Resources << /Shading << /S 5 0 R >> >> /Length 5 >>\nstream\n/S sh\nendstream",
        ]);
        Module::render(file, 1, Some(72.0), None, None, None, None, None, None, None).map(drop)
    };
    for content in [
        "/S sh",
        "/Pattern cs /P scn 0 0 20 20 re f",
        "/Pattern cs /P scn BI /W 8 /H 1 /IM true /D [1 0] ID x EI",
        "BT /T 20 Tf (A) Tj ET",
        "/Pattern cs /T scn 0 0 20 20 re f",
        "/Q gs 0 0 9 9 re f",
    ] {
        for mesh in [&triangle(1_000_000), &patches] {
            let error = render(mesh, content).expect_err(content);
            assert!(matches!(&error, Error::LimitExceeded(text) if text.contains("shading")), "{content}: {error:?}");
        }
        render(&triangle(100), content).expect(content);
    }
}

#[test]
fn tiles_without_measure_are_refused() {
    let render = |entries: &str| {
        let file = file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 50 50] >>",
            "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Pattern << /P 5 0 R >> >> >>",
            &stream("/Pattern cs /P scn 0 0 20 20 re f"),
            &format!(
                "<< /PatternType 1 /PaintType 1 /TilingType 1 /Resources << >> {entries} /Length 26 >>\nstream\n\
                 1 0 0 rg 0 0 3 3 re f     \nendstream"
            ),
        ]);
        Module::render(file, 1, Some(72.0), None, None, None, None, None, None, None)
    };
    for entries in [
        "/BBox [0 0 9 9] /XStep 100000 /YStep 9 /Matrix [1 0 1000000 1 0 0]",
        "/BBox [0 0 9 9] /XStep 100000 /YStep 100000 /Matrix [1 1 1 1.000001 0 0]",
        "/BBox [0 0 9000 9000] /XStep 1 /YStep 1",
    ] {
        let error = render(entries).map(drop).expect_err(entries);
        assert!(matches!(&error, Error::LimitExceeded(text) if text.contains("pattern")), "{entries}: {error:?}");
    }
    assert!(render("/BBox [0 0 9 9] /XStep 9 /YStep 5 /Matrix [2 0.5 0 2 3 4]").is_ok());
}

#[test]
fn what_is_near_the_page_is_drawn_whatever_reaches_far() {
    let pixels = |content: &str| {
        let rendered = Module::render(page(content), 1, Some(72.0), None, None, None, None, None, None, None).unwrap();
        rendered.raster.pixels
    };
    let disc = "1 0 0 1 50 40 cm 20 5 m 20 25 -20 25 -20 5 c -20 -15 20 -15 20 5 c";
    let near = pixels(&format!("{disc} f"));
    assert!(near.iter().filter(|level| **level < 128).count() > 1000);
    let far = "0 -90 m 1000000000 -90 l 0 -91 l";
    assert_eq!(pixels(&format!("{disc} {far} f")), near);
    assert!(
        pixels(&format!("{disc} {far} W n -90 -90 300 300 re f")).iter().filter(|level| **level < 128).count() > 1000
    );
    // Each would be a million lines.
    let curve = "0 0 m 1000000000000 0 1000000000000 1000000000000 5 5 c";
    for content in [format!("{curve} f"), format!("{curve} S"), format!("{curve} W n 0 0 9 9 re f")] {
        pixels(&content);
    }
    pixels("BT /F 1000000000000 Tf 1 0 0 1 -400000000000 -200000000000 Tm (S) Tj ET");
}
