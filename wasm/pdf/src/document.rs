//! An open document: the parsed file, with the caches that borrow from it.

use crate::error::{Result, invalid, malformed, too_much, unsupported};
use crate::fonts::{self, Fonts};
use crate::limits::{MAX_PAGES, MAX_PICTURE};
use crate::text::letters::Faces;
use crate::work::{Checked, Traits};
use crate::{annotations, edit, pages, passwords, render, wit};
use hayro::hayro_interpret::InterpreterCache;
use hayro::hayro_syntax::object::ObjectIdentifier;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf, PdfData};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// What was learnt of fonts and colours while pages were interpreted.
#[derive(Default)]
pub struct Caches<'a> {
    /// For pixels.
    pub render: RefCell<render::Cache<'a>>,
    /// For the sizes of pictures.
    pub pictures: InterpreterCache<'a>,
    /// For text, where stand-ins take the place of missing fonts: their glyphs do not matter.
    pub text: Faces<'a>,
}

self_cell::self_cell!(
    struct Opened {
        owner: Pdf,
        #[not_covariant]
        dependent: Caches,
    }
);

/// A copy in which all is drawn that a file leaves to readers to draw.
pub struct Drawn {
    /// The copy.
    pub document: Document,
    /// What could not be drawn, for people to read.
    pub lacking: Option<String>,
}

/// An open document.
pub struct Document {
    opened: Opened,
    fonts: RefCell<Fonts>,
    checked: RefCell<Checked>,
    /// Made when a page is looked at that leaves something to readers to draw.
    drawn: OnceCell<Option<Box<Drawn>>>,
}

impl Document {
    /// Open a file.
    pub fn new(data: Vec<u8>, password: Option<String>) -> Result<Self> {
        let pdf = parse(data, password.as_deref())?;
        check_count(pdf.pages().len())?;
        Ok(Self {
            opened: Opened::new(pdf, |_| Caches::default()),
            fonts: RefCell::default(),
            checked: RefCell::default(),
            drawn: OnceCell::new(),
        })
    }

    /// The same document, with fonts that were given before.
    pub fn with_fonts(self, fonts: Fonts) -> Self {
        Self { fonts: RefCell::new(fonts), ..self }
    }

    /// The file.
    pub fn pdf(&self) -> &Pdf {
        self.opened.borrow_owner()
    }

    /// How many pages there are.
    pub fn count(&self) -> u32 {
        self.pdf().pages().len() as u32
    }

    /// A page by its number, which is counted from 1.
    pub fn page(&self, number: u32) -> Result<&Page<'_>> {
        page(self.pdf(), number)
    }

    /// The numbers of the pages that an option names.
    pub fn numbers(&self, option: Option<String>) -> Result<Vec<u32>> {
        pages::numbers(option.as_deref(), self.count())
    }

    /// What `read` finds on the pages that an option names, one after the other.
    pub fn over<T>(&self, option: Option<String>, read: impl Fn(&Self, u32) -> Result<Vec<T>>) -> Result<Vec<T>> {
        let mut found = Vec::new();
        for number in self.numbers(option)? {
            found.append(&mut read(self, number)?);
        }
        Ok(found)
    }

    /// The pages' numbers by the identifiers of their objects.
    pub fn numbers_by_object(&self) -> BTreeMap<ObjectIdentifier, u32> {
        let numbers = (1..).zip(self.pdf().pages().iter());
        numbers.filter_map(|(number, page)| Some((page.raw().obj_id()?, number))).collect()
    }

    /// Refuse a page that would take too much to interpret.
    pub fn check(&self, number: u32) -> Result<Traits> {
        self.checked.borrow_mut().page(self.page(number)?, number)
    }

    /// Refuse a page that would take too much to draw.
    pub fn check_drawn(&self, number: u32) -> Result<Traits> {
        let traits = self.check(number)?;
        if traits.has_huge_picture {
            return Err(too_much(format!(
                "page {number}: a picture says that it has more than {MAX_PICTURE} pixels, the most that are allowed"
            )));
        }
        Ok(traits)
    }

    /// Where a page is to be looked at: here, or in a copy, if the file leaves it to readers to draw what is filled in
    /// there, or marks.
    pub fn seen(&self, number: u32) -> Result<&Self> {
        if !annotations::are_to_be_drawn(self, self.page(number)?) {
            return Ok(self);
        }
        let drawn = self.drawn.get_or_init(|| {
            let drawn = edit::drawn(self)?;
            // What could not be drawn in it never will be.
            drawn.document.drawn.set(None).ok()?;
            Some(Box::new(drawn))
        });
        Ok(drawn.as_ref().map_or(self, |drawn| &drawn.document))
    }

    /// What people are to know of a page as it is seen.
    pub fn lacking(&self, number: u32) -> Result<Option<&str>> {
        let here = std::ptr::eq(self.seen(number)?, self);
        let drawn = self.drawn.get().and_then(Option::as_ref).filter(|_| !here);
        Ok(drawn.and_then(|drawn| drawn.lacking.as_deref()))
    }

    /// Interpret a page with the caches at hand.
    pub fn with_page<T>(
        &self,
        number: u32,
        read: impl for<'a> FnOnce(&'a Page<'a>, &Caches<'a>) -> Result<T>,
    ) -> Result<T> {
        self.check(number)?;
        self.opened.with_dependent(|pdf, caches| read(page(pdf, number)?, caches))
    }

    /// Take fonts for those that the file does not have within it.
    pub fn use_fonts(&self, given: Vec<wit::Font>) -> Result<()> {
        *self.fonts.borrow_mut() = fonts::check(given)?;
        let drawn = self.drawn.get().and_then(Option::as_ref).map(|drawn| &drawn.document);
        for document in std::iter::once(self).chain(drawn) {
            document.opened.with_dependent(|_, caches| drop(caches.render.take()));
        }
        Ok(())
    }

    /// The fonts that were given.
    pub fn given_fonts(&self) -> Fonts {
        self.fonts.borrow().clone()
    }
}

fn page<'a>(pdf: &'a Pdf, number: u32) -> Result<&'a Page<'a>> {
    let pages = pdf.pages();
    let index = (number as usize).checked_sub(1);
    index.and_then(|index| pages.get(index)).ok_or_else(|| pages::no_page(number, pages.len() as u32))
}

/// Refuse a document with no pages, or too many.
pub fn check_count(count: usize) -> Result<()> {
    match count {
        0 => Err(malformed("the file has no pages, or they are damaged beyond repair")),
        1..=MAX_PAGES => Ok(()),
        _ => Err(too_much(format!("the file has {count} pages; {MAX_PAGES} are allowed at most"))),
    }
}

/// Parse a file, mending what can be mended.
pub fn parse(data: Vec<u8>, password: Option<&str>) -> Result<Pdf> {
    let data = PdfData::from(data);
    let mut opened = Pdf::new_with_password(data.clone(), password.unwrap_or_default());
    if let (Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)), Some(password)) = (&opened, password) {
        for other in passwords::others(data.as_ref(), password) {
            opened = opened.or_else(|_| Pdf::new_with_password(data.clone(), &other));
        }
    }
    opened.map_err(|error| match error {
        LoadPdfError::Invalid => malformed(why_not(data.as_ref())),
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => match password {
            None => invalid("password: the file is encrypted and wants a password"),
            Some(_) => invalid("password: the file is encrypted, and this is not its password"),
        },
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => {
            unsupported("the file is encrypted in a way that is not PDF's standard one")
        }
        LoadPdfError::Decryption(_) => malformed("the file is encrypted, but what belongs to that is damaged"),
    })
}

/// How files of other kinds begin that are taken for documents.
const OTHERS: [(&[u8], &str); 8] = [
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"PK\x03\x04", "a ZIP archive, as Word's, Excel's and e-book files are"),
    (b"{\\rtf", "a text in RTF"),
    (b"<", "a page of the web, or other XML"),
];
/// Where a file's first and last words are looked for, in bytes.
const EDGE: usize = 1024;

fn has(part: &[u8], word: &[u8]) -> bool {
    part.windows(word.len()).any(|found| found == word)
}

/// Whether a file has no end, as if it were cut off.
pub fn is_cut(data: &[u8]) -> bool {
    !has(&data[data.len().saturating_sub(EDGE)..], b"%%EOF")
}

/// Why a file cannot be read.
fn why_not(data: &[u8]) -> String {
    let start = &data[..data.len().min(EDGE)];
    if data.is_empty() {
        return "the file is empty".to_owned();
    }
    if !has(start, b"%PDF-") {
        let other = OTHERS.iter().find(|(begin, _)| start.trim_ascii_start().starts_with(begin));
        return match other {
            Some((_, kind)) => format!("this is no PDF file, but {kind}"),
            None => "this is no PDF file".to_owned(),
        };
    }
    if is_cut(data) {
        return "the PDF file ends early, as if it were cut off, and what is there cannot be repaired".to_owned();
    }
    "the PDF file is damaged beyond repair".to_owned()
}
