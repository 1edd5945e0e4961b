//! What is asked of the module as a whole. One program: linking it takes longer than its tests.

mod common;
mod decode;
mod encode;
