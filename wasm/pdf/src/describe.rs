//! What a document is: versions, permissions, metadata, the pages' sizes and labels.

use crate::document::{self, Document};
use crate::error::{Error, Result};
use crate::limits::MAX_TEXT_BYTES;
use crate::trailer::Encryption;
use crate::{geometry, strings, trailer, trees, wit};
use hayro::hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream};
use hayro::hayro_syntax::page::Rotation;
use hayro::hayro_syntax::{Pdf, PdfVersion};

/// What can be told of a file at once.
pub fn probe(data: Vec<u8>, password: Option<String>) -> Result<wit::Info> {
    let header = header_version(&data);
    let encrypted = trailer::encryption(&data).is_some();
    match document::parse(data, password.as_deref()) {
        Ok(pdf) => Ok(wit::Info {
            version: version(pdf.version()).to_owned(),
            encrypted,
            locked: false,
            pages: Some(pdf.pages().len() as u32),
            title: info_text(pdf.metadata().title.as_deref()),
        }),
        // That a password is wrong is what this function is asked for.
        Err(Error::InvalidArgument(_)) => {
            Ok(wit::Info { version: header, encrypted: true, locked: true, pages: None, title: None })
        }
        Err(error) => Err(error),
    }
}

/// The version that a file begins with.
fn header_version(data: &[u8]) -> String {
    let start = data.windows(5).take(1024).position(|word| word == b"%PDF-").map_or(0, |at| at + 5);
    let version = data[start..].iter().take(3).copied().filter(u8::is_ascii_graphic);
    version.map(char::from).collect()
}

/// A version as it is written.
pub fn version(version: PdfVersion) -> &'static str {
    match version {
        PdfVersion::Pdf10 => "1.0",
        PdfVersion::Pdf11 => "1.1",
        PdfVersion::Pdf12 => "1.2",
        PdfVersion::Pdf13 => "1.3",
        PdfVersion::Pdf14 => "1.4",
        PdfVersion::Pdf15 => "1.5",
        PdfVersion::Pdf16 => "1.6",
        PdfVersion::Pdf17 => "1.7",
        PdfVersion::Pdf20 => "2.0",
    }
}

/// The document's root.
pub fn catalog(pdf: &Pdf) -> Dict<'_> {
    pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_default()
}

impl Document {
    /// Tell all about the document as a whole.
    pub fn describe(&self) -> Result<wit::Description> {
        let pdf = self.pdf();
        let catalog = catalog(pdf);
        let encryption = trailer::encryption(pdf.data().as_ref());
        let mark_info = catalog.get::<Dict<'_>>("MarkInfo").unwrap_or_default();
        Ok(wit::Description {
            version: version(pdf.version()).to_owned(),
            encrypted: encryption.is_some(),
            permissions: permissions(pdf, encryption),
            signed: self.is_signed(),
            tagged: mark_info.get::<bool>("Marked").unwrap_or(false),
            language: strings::entry(&catalog, "Lang"),
            metadata: metadata(pdf, &catalog),
            cut: document::is_cut(pdf.data().as_ref()),
            pages: self.page_infos(&catalog),
        })
    }

    fn page_infos(&self, catalog: &Dict<'_>) -> Vec<wit::PageInfo> {
        let labels = labels(catalog, self.count());
        let pages = self.pdf().pages().iter().zip(labels);
        pages
            .map(|(page, label)| {
                let seen = geometry::seen(page);
                let rotation = match page.rotation() {
                    Rotation::None => 0,
                    Rotation::Horizontal => 90,
                    Rotation::Flipped => 180,
                    Rotation::FlippedHorizontal => 270,
                };
                wit::PageInfo { width: seen.width() as f32, height: seen.height() as f32, rotation, label }
            })
            .collect()
    }
}

fn permissions(pdf: &Pdf, encryption: Option<Encryption<'_>>) -> wit::Permissions {
    let flags = match encryption {
        None => None,
        Some(Encryption::Object(object)) => {
            pdf.xref().get::<Dict<'_>>(object.into()).and_then(|dict| dict.get::<Number>("P"))
        }
        Some(Encryption::Direct(dict)) => dict.get::<Number>("P"),
    };
    let flags = flags.map_or(-1, |number| number.as_i64());
    // Bits as the standard numbers them, from 1.
    [
        (3, wit::Permissions::PRINT),
        (4, wit::Permissions::MODIFY),
        (5, wit::Permissions::COPY),
        (6, wit::Permissions::ANNOTATE),
        (9, wit::Permissions::FILL_FORMS),
        (10, wit::Permissions::ACCESSIBILITY),
        (11, wit::Permissions::ASSEMBLE),
        (12, wit::Permissions::PRINT_FINELY),
    ]
    .into_iter()
    .filter(|(bit, _)| flags & (1 << (bit - 1)) != 0)
    .fold(wit::Permissions::empty(), |all, (_, one)| all | one)
}

fn info_text(bytes: Option<&[u8]>) -> Option<String> {
    bytes.map(strings::text).filter(|text| !text.is_empty())
}

fn metadata(pdf: &Pdf, catalog: &Dict<'_>) -> wit::Metadata {
    let info = pdf.metadata();
    let xmp = catalog.get::<Stream<'_>>("Metadata").and_then(|stream| stream.decoded_data().ok());
    wit::Metadata {
        title: info_text(info.title.as_deref()),
        author: info_text(info.author.as_deref()),
        subject: info_text(info.subject.as_deref()),
        keywords: info_text(info.keywords.as_deref()),
        creator: info_text(info.creator.as_deref()),
        producer: info_text(info.producer.as_deref()),
        created: info.creation_date.as_ref().map(strings::time),
        modified: info.modification_date.as_ref().map(strings::time),
        xmp: xmp.filter(|xmp| xmp.len() <= MAX_TEXT_BYTES).map(|xmp| xml(&xmp)),
    }
}

/// XML in UTF-8, or in UTF-16 with its mark.
fn xml(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0xef, 0xbb, 0xbf, ..] => strings::text(bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// How the pages call themselves.
fn labels(catalog: &Dict<'_>, count: u32) -> Vec<String> {
    let tree = catalog.get::<Dict<'_>>("PageLabels").map(|tree| trees::entries(&tree, "Nums")).unwrap_or_default();
    let mut ranges: Vec<(u32, Dict<'_>)> = Vec::new();
    for (first, style) in tree {
        if let (Object::Number(first), Object::Dict(style)) = (first, style)
            && let Ok(first) = u32::try_from(first.as_i64())
        {
            ranges.push((first, style));
        }
    }
    ranges.sort_by_key(|(first, _)| *first);
    let label = |index: u32| {
        let range = ranges.partition_point(|(first, _)| *first <= index).checked_sub(1)?;
        let (first, style) = &ranges[range];
        let number = style.get::<u32>("St").unwrap_or(1).saturating_add(index - first);
        let prefix = strings::entry(style, "P").unwrap_or_default();
        let style = style.get::<Name<'_>>("S").map(|name| name.to_vec()).unwrap_or_default();
        Some(self::label(&prefix, &style, number))
    };
    (0..count).map(|index| label(index).unwrap_or_else(|| (index + 1).to_string())).collect()
}

/// What a page calls itself: a number, in a style of PDF, behind a prefix.
pub fn label(prefix: &str, style: &[u8], number: u32) -> String {
    let number = match style {
        b"D" => number.to_string(),
        b"R" => roman(number),
        b"r" => roman(number).to_lowercase(),
        b"A" => letters(number),
        b"a" => letters(number).to_lowercase(),
        _ => String::new(),
    };
    format!("{prefix}{number}")
}

/// The largest number that is written in letters or Roman; larger ones take too many letters.
const MAX_LETTERED: u32 = 20_000;

fn roman(number: u32) -> String {
    const PARTS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number > MAX_LETTERED {
        return number.to_string();
    }
    let mut left = number;
    let mut text = String::new();
    for (value, letters) in PARTS {
        text.push_str(&letters.repeat((left / value) as usize));
        left %= value;
    }
    text
}

/// A to Z, then AA to ZZ, and so on.
fn letters(number: u32) -> String {
    match number.checked_sub(1) {
        Some(index) if number <= MAX_LETTERED => {
            let letter = char::from(b'A' + (index % 26) as u8);
            letter.to_string().repeat((index / 26 + 1) as usize)
        }
        _ => number.to_string(),
    }
}

/// The elements of an array of objects; none if there is no array.
pub fn items<'a>(dict: &Dict<'a>, key: &str) -> Vec<Object<'a>> {
    dict.get::<Array<'a>>(key).map(|array| array.iter::<Object<'a>>().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{letters, roman};

    #[test]
    fn numbers_are_written_as_books_do() {
        for (number, expected) in [(1, "I"), (4, "IV"), (1994, "MCMXCIV"), (2026, "MMXXVI"), (99_999, "99999")] {
            assert_eq!(roman(number), expected);
        }
        for (number, expected) in [(1, "A"), (26, "Z"), (27, "AA"), (52, "ZZ"), (53, "AAA"), (0, "0")] {
            assert_eq!(letters(number), expected);
        }
    }
}
