//! What is asked of the module as a whole. One program: linking it takes longer than its tests.

mod bad;
mod change;
mod common;
mod describe;
mod pages;
mod redact;
mod redact_copies;
mod redact_limits;
mod redact_seen;
mod redact_text;
mod redact_true;
mod render;
mod save;
mod text;
