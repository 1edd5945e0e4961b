//! Steps on pages: which there are, how they lie, what of them is shown.

mod append;
mod blank;
mod copy;
mod form;
mod frame;
mod select;
mod sheets;
mod turn;

pub use append::{append, graft};
pub use blank::blank;
pub use form::form;
pub use frame::{A4, Frame};
pub use select::{delete, left, select};
pub use sheets::n_up;
pub use turn::{crop, rotate};
