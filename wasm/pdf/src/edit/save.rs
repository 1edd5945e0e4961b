//! Writing a draft as a file.

use super::draft::{Draft, damaged};
use super::encrypt::Encryption;
use super::entropy;
use crate::args;
use crate::error::Result;
use crate::wit;
use lopdf::SaveOptions;

impl Draft {
    /// The draft as a file, as the options say.
    pub fn save(self, output: wit::Output) -> Result<Vec<u8>> {
        let wit::Output::Pdf(options) = output;
        let options = args::Pdf::try_from(options)?;
        let encryption = Encryption::of(&options)?;
        entropy::with(options.entropy, || write(self.finish()?, options.object_streams, encryption))
    }

    /// The draft as a plain file.
    pub fn write(self) -> Result<Vec<u8>> {
        write(self.finish()?, false, None)
    }
}

fn write(mut file: lopdf::Document, object_streams: bool, encryption: Option<Encryption>) -> Result<Vec<u8>> {
    file.renumber_objects();
    if let Some(encryption) = encryption {
        encryption.apply(&mut file)?;
    }
    let options = SaveOptions::builder()
        .use_object_streams(object_streams)
        .use_xref_streams(object_streams)
        .compression_level(9)
        .build();
    let mut data = Vec::new();
    file.save_with_options(&mut data, options).map_err(|error| damaged(error.into()))?;
    Ok(data)
}
