//! Files within the document: those of the document as a whole, and those on its pages.

use crate::describe::catalog;
use crate::document::Document;
use crate::error::{Result, invalid, malformed};
use crate::{strings, trees, wit};
use hayro::hayro_syntax::object::{Array, Dict, Object, Stream};

impl Document {
    /// The files within the document.
    pub fn attachments(&self) -> Result<Vec<wit::Attachment>> {
        let found = self.files().into_iter();
        Ok(found
            .map(|(name, file)| {
                let stream = stream(&file);
                let said = stream.as_ref().and_then(|stream| {
                    stream.dict().get::<Dict<'_>>("Params").and_then(|params| params.get::<u32>("Size"))
                });
                let size = said.map(u64::from).or_else(|| Some(stream.as_ref()?.decoded().ok()?.len() as u64));
                wit::Attachment {
                    name,
                    description: strings::entry(&file, "Desc"),
                    mime: stream.as_ref().and_then(|stream| strings::name(stream.dict(), "Subtype")),
                    size: size.unwrap_or(0),
                }
            })
            .collect())
    }

    /// One file within the document.
    pub fn attachment_data(&self, name: &str) -> Result<Vec<u8>> {
        let files = self.files();
        let Some((_, file)) = files.iter().find(|(found, _)| found == name) else {
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            return Err(invalid(match names.as_slice() {
                [] => format!("name: there is no attachment {name:?}, nor any other"),
                names => format!("name: there is no attachment {name:?}; there are {}", names.join(", ")),
            }));
        };
        let data = stream(file).and_then(|stream| stream.decoded().ok().map(|data| data.into_owned()));
        data.ok_or_else(|| malformed(format!("the attachment {name:?} cannot be read: its data is missing or damaged")))
    }

    fn files(&self) -> Vec<(String, Dict<'_>)> {
        let catalog = catalog(self.pdf());
        let tree = catalog.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles"));
        let mut files = Vec::new();
        for (key, value) in tree.map(|tree| trees::entries(&tree, "Names")).unwrap_or_default() {
            if let (Object::String(key), Object::Dict(file)) = (key, value) {
                files.push((file_name(&file).unwrap_or_else(|| strings::text(&key)), file));
            }
        }
        for page in self.pdf().pages().iter() {
            for annotation in page.raw().get::<Array<'_>>("Annots").iter().flat_map(Array::iter::<Dict<'_>>) {
                if let Some(file) = annotation.get::<Dict<'_>>("FS") {
                    files.push((file_name(&file).unwrap_or_default(), file));
                }
            }
        }
        files
    }
}

fn file_name(file: &Dict<'_>) -> Option<String> {
    strings::entry(file, "UF").or_else(|| strings::entry(file, "F"))
}

fn stream<'a>(file: &Dict<'a>) -> Option<Stream<'a>> {
    let embedded = file.get::<Dict<'a>>("EF")?;
    embedded.get::<Stream<'a>>("UF").or_else(|| embedded.get::<Stream<'a>>("F"))
}
