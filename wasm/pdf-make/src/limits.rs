//! What a call may use at most. All of these are strict.

/// Most bytes of all texts of a document: some thousand pages.
pub const MAX_TEXT_BYTES: usize = 8 << 20;

/// Longest side of a page, in points: what readers of PDF agree on.
pub const MAX_PAGE: f32 = 14_400.0;

/// Shortest side of a page, in points.
pub const MIN_PAGE: f32 = 3.0;

/// Most pixels of a PNG file, as it is unpacked; those of a JPEG file are not.
pub const MAX_PIXELS: u64 = 1 << 27;

/// Most blocks of a document, most pictures, and most cells of a table.
pub const MAX_PARTS: usize = 1 << 20;
