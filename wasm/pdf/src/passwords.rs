//! Passwords that hayro does not try: an owner's of RC4 and AES-128, which unlocks the user's, and those that
//! the standard has written in another way than they are typed.

use crate::trailer::{self, Encryption};
use hayro::hayro_syntax::object::{self, Dict, Name, Number};
use lopdf::encryption::PasswordAlgorithm;
use lopdf::{Dictionary, Object, StringFormat};

/// What may open the file in place of a password that does not.
pub fn others(data: &[u8], password: &str) -> Vec<String> {
    let Some((document, algorithm)) = algorithm(data) else { return Vec::new() };
    let Ok(written) = algorithm.sanitize_password(password) else { return Vec::new() };
    // With AES-256 this is what was written, with others the user's, padded, if either was right.
    let unlocked = algorithm.resolve_password_for_key_derivation(&document, &written).unwrap_or_default();
    // hayro takes texts alone: a password with other bytes cannot be handed on.
    [written, unlocked].into_iter().filter_map(|bytes| String::from_utf8(without_padding(bytes)).ok()).collect()
}

/// What fills passwords up to 32 bytes: ISO 32000-1, 7.6.3.3.
const PADDING: [u8; 32] = *b"\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\
    \x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a";

fn without_padding(mut password: Vec<u8>) -> Vec<u8> {
    let end = (0..password.len()).find(|at| PADDING.starts_with(&password[*at..]));
    password.truncate(end.unwrap_or(password.len()));
    password
}

/// What the file says of its encryption, as lopdf's algorithm.
fn algorithm(data: &[u8]) -> Option<(lopdf::Document, PasswordAlgorithm)> {
    let dict = match trailer::encryption(data)? {
        Encryption::Direct(dict) => dict,
        Encryption::Object(object) => trailer::object(data, object)?,
    };
    let id = trailer::id(data).unwrap_or_default();
    let mut document = lopdf::Document::new();
    let encrypt = document.add_object(encryption(&dict));
    document.trailer.set("Encrypt", encrypt);
    document.trailer.set("ID", vec![bytes(&id)]);
    let algorithm = PasswordAlgorithm::try_from(&document).ok()?;
    Some((document, algorithm))
}

/// The entries that keys are made of.
fn encryption(dict: &Dict<'_>) -> Dictionary {
    let mut copy = Dictionary::new();
    for key in ["V", "R", "P", "Length"] {
        if let Some(number) = dict.get::<Number>(key) {
            copy.set(key, number.as_i64());
        }
    }
    // Files say 40 or 256 where the version knows better.
    if matches!(copy.get(b"V"), Ok(Object::Integer(1 | 4 | 5))) {
        copy.remove(b"Length");
    }
    for key in ["O", "U", "OE", "UE", "Perms"] {
        if let Some(value) = dict.get::<object::String<'_>>(key) {
            copy.set(key, bytes(value.as_bytes()));
        }
    }
    if let Some(plain) = dict.get::<bool>("EncryptMetadata") {
        copy.set("EncryptMetadata", plain);
    }
    if let Some(filter) = dict.get::<Name<'_>>("Filter") {
        copy.set("Filter", Object::Name(filter.to_vec()));
    }
    copy
}

fn bytes(value: &[u8]) -> Object {
    Object::String(value.to_vec(), StringFormat::Hexadecimal)
}
