//! What a host holds: a document that was opened, or one that steps made.

use crate::document::Document;
use crate::edit::{self, Draft, Made};
use crate::error::Result;
use crate::wit;
use std::cell::OnceCell;

/// A document that a host holds.
pub enum Handle {
    /// From a file.
    Opened(Box<Document>),
    /// By steps, and as it is read: many are written and never looked at.
    Made(Box<Made>, OnceCell<Result<Box<Document>>>),
}

impl Handle {
    /// Open a file.
    pub fn open(data: Vec<u8>, password: Option<String>) -> Result<Self> {
        Ok(Self::Opened(Box::new(Document::new(data, password)?)))
    }

    /// The document, to be read.
    pub fn document(&self) -> Result<&Document> {
        match self {
            Self::Opened(document) => Ok(document),
            Self::Made(made, read) => {
                let read = read.get_or_init(|| Made::clone(made).read().map(Box::new));
                read.as_deref().map_err(Clone::clone)
            }
        }
    }

    /// How many pages there are.
    pub fn count(&self) -> u32 {
        match self {
            Self::Opened(document) => document.count(),
            Self::Made(made, _) => made.count(),
        }
    }

    /// What redact did to make this document.
    pub fn redactions(&self) -> &[wit::RedactionReport] {
        match self {
            Self::Opened(_) => &[],
            Self::Made(made, _) => made.redactions(),
        }
    }

    /// A copy to which steps were applied.
    pub fn apply(&self, steps: Vec<wit::Step>) -> Result<Self> {
        let draft = edit::begin(self.document()?, &steps)?;
        let draft = Draft { redactions: self.redactions().to_vec(), ..draft };
        Ok(Self::Made(Box::new(edit::apply_all(draft, steps)?), OnceCell::new()))
    }

    /// The document as a file.
    pub fn save(&self, output: wit::Output) -> Result<Vec<u8>> {
        match self {
            Self::Opened(document) => Draft::of(document)?.made()?.save(output),
            Self::Made(made, _) => Made::clone(made).save(output),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Handle;
    use crate::wit;

    fn save(handle: &Handle) -> Vec<u8> {
        let plain = wit::Pdf {
            user_password: None,
            owner_password: None,
            allow: None,
            object_streams: None,
            entropy: vec![0; 32],
        };
        handle.save(wit::Output::Pdf(plain)).unwrap()
    }

    #[test]
    fn what_steps_made_is_written_as_it_is_read() {
        let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/aes-256.pdf")).unwrap();
        let opened = Handle::open(file, Some("user".into())).unwrap();
        let text = opened.document().unwrap().text(1).unwrap();
        assert!(!text.is_empty());
        let turn = || vec![wit::Step::Rotate(wit::Rotate { degrees: 90, pages: None })];
        let made = opened.apply(turn()).unwrap();
        let before = save(&made);
        assert_eq!(made.count(), opened.count());
        assert_eq!(made.document().unwrap().text(1).unwrap(), text);
        assert_eq!(save(&made), before);
        // And as any file is: with its turn, to which another one is added.
        let again = Handle::open(before, None).unwrap();
        let turned = |handle: &Handle| handle.document().unwrap().describe().unwrap().pages[0].rotation;
        assert_eq!(turned(&again), turned(&made));
        assert_eq!(turned(&made.apply(turn()).unwrap()), (turned(&opened) + 180) % 360);
    }
}
