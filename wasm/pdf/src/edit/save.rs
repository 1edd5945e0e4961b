//! Writing a draft as a file.

use super::draft::{Draft, damaged};
use super::encrypt::Encryption;
use super::entropy;
use crate::document::{self, Document};
use crate::error::Result;
use crate::fonts::Fonts;
use crate::{args, wit};
use lopdf::{Object, SaveOptions, StringFormat, Writer};
use sha2::{Digest, Sha256};
use std::io;

/// What steps made of a draft: nothing is in it but what is to be written.
#[derive(Clone)]
pub struct Made {
    file: lopdf::Document,
    count: u32,
    redactions: Vec<wit::RedactionReport>,
    fonts: Fonts,
}

impl Draft {
    /// The draft as it is to be written.
    pub fn made(self) -> Result<Made> {
        document::check_count(self.pages.len())?;
        let (count, redactions, fonts) = (self.pages.len() as u32, self.redactions.clone(), self.fonts.clone());
        let mut file = self.finish()?;
        file.renumber_objects();
        Ok(Made { file, count, redactions, fonts })
    }
}

impl Made {
    /// How many pages it has.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// What redact did to make it.
    pub fn redactions(&self) -> &[wit::RedactionReport] {
        &self.redactions
    }

    /// It as a file, as the options say.
    pub fn save(mut self, output: wit::Output) -> Result<Vec<u8>> {
        let wit::Output::Pdf(options) = output;
        let options = args::Pdf::try_from(options)?;
        match Encryption::of(&options)? {
            Some(encryption) => entropy::with(options.entropy, || encryption.apply(&mut self.file))?,
            None => identify(&mut self.file)?,
        }
        write(self.file, options.object_streams)
    }

    /// It as a document to read from.
    pub fn read(self) -> Result<Document> {
        Ok(Document::new(write(self.file, false)?, None)?.with_fonts(self.fonts))
    }
}

/// Give a file an identifier, which tells it from others: the same for the same contents.
fn identify(file: &mut lopdf::Document) -> Result<()> {
    let mut hash = Hash(Sha256::new());
    for object in file.objects.values() {
        Writer::write_object(&mut hash, object).map_err(|error| damaged(error.into()))?;
    }
    let id = Object::String(hash.0.finalize()[..16].to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    Ok(())
}

struct Hash(Sha256);

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(mut file: lopdf::Document, object_streams: bool) -> Result<Vec<u8>> {
    let options = SaveOptions::builder()
        .use_object_streams(object_streams)
        .use_xref_streams(object_streams)
        .compression_level(9)
        .build();
    let mut data = Vec::new();
    file.save_with_options(&mut data, options).map_err(|error| damaged(error.into()))?;
    Ok(data)
}
