//! An open document: the parsed file, with the caches that borrow from it.

use crate::error::{Result, invalid, malformed, too_much, unsupported};
use crate::fonts::{self, Fonts};
use crate::limits::MAX_PAGES;
use crate::work::Checked;
use crate::{pages, passwords, wit};
use hayro::RenderCache;
use hayro::hayro_interpret::InterpreterCache;
use hayro::hayro_syntax::object::ObjectIdentifier;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf, PdfData};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What was learnt of fonts and colours while pages were interpreted.
#[derive(Default)]
pub struct Caches<'a> {
    /// For pixels.
    pub render: RefCell<RenderCache<'a>>,
    /// For text, where stand-ins take the place of missing fonts: their glyphs do not matter.
    pub text: InterpreterCache<'a>,
}

self_cell::self_cell!(
    struct Opened {
        owner: Pdf,
        #[not_covariant]
        dependent: Caches,
    }
);

/// An open document.
pub struct Document {
    opened: Opened,
    fonts: RefCell<Fonts>,
    checked: RefCell<Checked>,
    redactions: Vec<wit::RedactionReport>,
}

impl Document {
    /// Open a file.
    pub fn new(data: Vec<u8>, password: Option<String>) -> Result<Self> {
        let pdf = parse(data, password.as_deref())?;
        let count = pdf.pages().len();
        if count > MAX_PAGES {
            return Err(too_much(format!("the file has {count} pages; {MAX_PAGES} are allowed at most")));
        }
        Ok(Self {
            opened: Opened::new(pdf, |_| Caches::default()),
            fonts: RefCell::default(),
            checked: RefCell::default(),
            redactions: Vec::new(),
        })
    }

    /// The same document, which redact made.
    pub fn with_redactions(self, redactions: Vec<wit::RedactionReport>) -> Self {
        Self { redactions, ..self }
    }

    /// The same document, with fonts that were given before.
    pub fn with_fonts(self, fonts: Fonts) -> Self {
        Self { fonts: RefCell::new(fonts), ..self }
    }

    /// What redact did to make this document.
    pub fn redactions(&self) -> &[wit::RedactionReport] {
        &self.redactions
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
    pub fn check(&self, number: u32) -> Result<()> {
        self.checked.borrow_mut().page(self.page(number)?, number)
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
        self.opened.with_dependent(|_, caches| drop(caches.render.take()));
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
        LoadPdfError::Invalid => malformed("this is no PDF file, or one that is damaged beyond repair"),
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
