//! What a call may use at most.
//!
//! These are strict: a file or an option that asks for more is refused, or what is over is left
//! out where the docs say so. What streams unpack to is bounded by the module's memory alone, as
//! the parser unpacks them whole; and how deep objects and drawings nest by the parser's own limits
//! (512 and 50).

/// Longest side of a rendered page, in pixels.
pub const MAX_SIDE: u32 = 65_535;

/// Most pixels of a rendered page: 4 bytes each, and as many again for each layer of transparency.
pub const MAX_PIXELS: u64 = 1 << 26;

/// Most pages that are read in a file.
pub const MAX_PAGES: usize = 1 << 20;

/// Most glyphs that are read on a page; more are left out.
pub const MAX_GLYPHS: usize = 1 << 20;

/// Most characters of a glyph or of a replacement for glyphs; more are left out.
pub const MAX_GLYPH_CHARS: usize = 1 << 16;

/// Deepest level of an outline, a tree of names or of fields; what is deeper is left out.
pub const MAX_DEPTH: usize = 64;

/// Most entries of an outline, a tree of names, a form, or a page's annotations; more are left out.
pub const MAX_ENTRIES: usize = 1 << 18;

/// Most bytes of a text in the file, such as a title or an XMP packet; longer ones are left out.
pub const MAX_TEXT_BYTES: usize = 16 << 20;

/// Most bytes of a compiled regular expression.
pub const MAX_REGEX_BYTES: usize = 4 << 20;

/// Most steps that one call applies.
pub const MAX_STEPS: usize = 1000;

/// Most bytes that a content stream unpacks to where pages are changed; what is longer draws nothing there.
pub const MAX_CONTENT_BYTES: usize = 256 << 20;

/// The highest number of an object in a file that is changed: there has to be room for new ones.
pub const MAX_OBJECT_NUMBER: u32 = 1 << 30;

/// Most bytes of content that are interpreted for a page, those of drawings once for each use.
pub const MAX_WORK_BYTES: u64 = 256 << 20;

/// Most glyphs of which a font says how wide they are.
pub const MAX_WIDTHS: u64 = 1 << 20;

/// Most pixels of a picture in a file; pages that draw larger ones are refused.
pub const MAX_PICTURE: u64 = 1 << 29;
