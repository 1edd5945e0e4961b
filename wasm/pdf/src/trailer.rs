//! The trailer: where a file says that it is encrypted, and where its metadata is. hayro reads it, but does not show it.

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Dict, FromBytes, ObjRef};

/// How much of a file's end is looked at for where its trailer is.
const END: usize = 2048;

/// What the trailer says of encryption.
pub enum Encryption<'a> {
    /// A dictionary of its own.
    Object(ObjRef),
    /// One within the trailer.
    Direct(Dict<'a>),
}

/// What a file's last trailer says of encryption; none if it says nothing.
pub fn encryption(data: &[u8]) -> Option<Encryption<'_>> {
    let dict = trailer(data)?;
    dict.get_ref("Encrypt").map(Encryption::Object).or_else(|| dict.get::<Dict<'_>>("Encrypt").map(Encryption::Direct))
}

/// The dictionary of what a file says of itself.
pub fn info(pdf: &Pdf) -> Option<Dict<'_>> {
    pdf.xref().get(trailer(pdf.data().as_ref())?.get_ref("Info")?.into())
}

/// A dictionary that is an object of its own, in a file whose references cannot be followed without its password.
pub fn object(data: &[u8], reference: ObjRef) -> Option<Dict<'_>> {
    let head = format!("{} {} obj", reference.obj_number, reference.gen_number);
    let mut end = data.len();
    while let Some(at) = find_last(&data[..end], head.as_bytes()) {
        // Not the end of a longer number.
        if !data[..at].last().is_some_and(u8::is_ascii_digit) {
            return parse(&data[at + head.len()..]);
        }
        end = at + head.len() - 1;
    }
    None
}

fn trailer(data: &[u8]) -> Option<Dict<'_>> {
    at_end(data).filter(|dict| dict.contains_key("Root")).or_else(|| last(data))
}

/// The trailer that the end of a file points to.
fn at_end(data: &[u8]) -> Option<Dict<'_>> {
    const MARK: &[u8] = b"startxref";
    let end = data.len().saturating_sub(END);
    let mark = end + find_last(&data[end..], MARK)?;
    let digits: Vec<u8> = data[mark + MARK.len()..]
        .iter()
        .copied()
        .skip_while(u8::is_ascii_whitespace)
        .take_while(u8::is_ascii_digit)
        .take(20)
        .collect();
    let offset: usize = std::str::from_utf8(&digits).ok()?.parse().ok()?;
    // A table of references with a trailer behind it, or an object that is both.
    let table = data.get(offset..)?;
    if table.starts_with(b"xref") {
        let trailer = table.windows(7).position(|word| word == b"trailer")?;
        return parse(&table[trailer + 7..]);
    }
    let start = table.iter().take(64).position(|byte| *byte == b'<')?;
    parse(&table[start..])
}

/// The last trailer in a file whose end points nowhere.
fn last(data: &[u8]) -> Option<Dict<'_>> {
    parse(&data[find_last(data, b"trailer")? + 7..])
}

fn parse(data: &[u8]) -> Option<Dict<'_>> {
    Dict::from_bytes(data.trim_ascii_start())
}

fn find_last(data: &[u8], word: &[u8]) -> Option<usize> {
    data.windows(word.len()).rposition(|found| found == word)
}
