//! What belongs to a document as a whole, and has to follow its pages: each part knows what to do when
//! pages go (`keep`), and when another document's pages come in (`join`).

pub mod fields;
pub mod labels;
pub mod layers;
pub mod links;
pub mod names;
pub mod outline;
pub mod structure;
