//! Writing a draft as a file.

use super::draft::{Draft, damaged};
use super::encrypt::Encryption;
use super::entropy;
use crate::args;
use crate::error::Result;
use crate::wit;
use lopdf::{Object, SaveOptions, StringFormat, Writer};
use sha2::{Digest, Sha256};
use std::io;

impl Draft {
    /// The draft as a file, as the options say.
    pub fn save(self, output: wit::Output) -> Result<Vec<u8>> {
        let wit::Output::Pdf(options) = output;
        let options = args::Pdf::try_from(options)?;
        let encryption = Encryption::of(&options)?;
        let mut file = self.finish()?;
        file.renumber_objects();
        match encryption {
            Some(encryption) => entropy::with(options.entropy, || encryption.apply(&mut file))?,
            None => identify(&mut file)?,
        }
        write(file, options.object_streams)
    }

    /// The draft as a plain file, to be read here.
    pub fn write(self) -> Result<Vec<u8>> {
        let mut file = self.finish()?;
        file.renumber_objects();
        write(file, false)
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
