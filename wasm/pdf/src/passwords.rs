//! Passwords that hayro does not try: an owner's of RC4 and AES-128, which unlocks the user's, and those that
//! the standard has written in another way than they are typed.

use crate::trailer::{self, Encryption};
use hayro::hayro_syntax::object::{self, Dict, Number};
use lopdf::Object;
use lopdf::encryption::PasswordAlgorithm;
use md5::{Digest, Md5};

/// What may open the file in place of a password that does not.
pub fn others(data: &[u8], password: &str) -> Vec<String> {
    let dict = match trailer::encryption(data) {
        Some(Encryption::Direct(dict)) => Some(dict),
        Some(Encryption::Object(object)) => trailer::object(data, object),
        None => None,
    };
    let Some(dict) = dict else { return Vec::new() };
    let Some(written) = written(&dict, password) else { return Vec::new() };
    let unlocked = unlocked(&dict, &written).unwrap_or_default();
    // hayro takes texts alone: a password with other bytes cannot be handed on.
    [written, unlocked].into_iter().filter_map(|bytes| String::from_utf8(bytes).ok()).collect()
}

/// A password as the standard has it written: by SASLprep with AES-256, else in PDFDocEncoding.
fn written(dict: &Dict<'_>, password: &str) -> Option<Vec<u8>> {
    let mut document = lopdf::Document::new();
    let mut copy = lopdf::Dictionary::new();
    for key in ["V", "R", "P"] {
        copy.set(key, dict.get::<Number>(key)?.as_i64());
    }
    for key in ["O", "U", "OE", "UE", "Perms"] {
        if let Some(value) = dict.get::<object::String<'_>>(key) {
            copy.set(key, Object::string_literal(value.as_bytes()));
        }
    }
    let encrypt = document.add_object(copy);
    document.trailer.set("Encrypt", encrypt);
    PasswordAlgorithm::try_from(&document).ok()?.sanitize_password(password).ok()
}

/// What fills passwords up to 32 bytes: ISO 32000-1, 7.6.3.3.
const PADDING: [u8; 32] = *b"\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\
    \x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a";

/// The user's password, which the owner's keeps: the same, algorithm 7. With a wrong one it is anything. By hand, as
/// lopdf asks for randomness on the way, and there is none when files are read.
fn unlocked(dict: &Dict<'_>, owner: &[u8]) -> Option<Vec<u8>> {
    let number = |key| dict.get::<Number>(key).map(|number| number.as_i64());
    let (version, revision) = (number("V")?, number("R")?);
    let length = match version {
        1 => 5,
        2 => usize::try_from(number("Length").unwrap_or(40) / 8).ok().filter(|length| (5..=16).contains(length))?,
        4 => 16,
        _ => return None,
    };
    let padded: Vec<u8> = owner.iter().chain(&PADDING).copied().take(32).collect();
    let mut key = Md5::digest(&padded);
    let rounds = if revision >= 3 { 50 } else { 0 };
    for _ in 0..rounds {
        key = Md5::digest(&key[..length]);
    }
    let mut password = dict.get::<object::String<'_>>("O")?.as_bytes().to_vec();
    password.truncate(32);
    for round in (0..if revision >= 3 { 20 } else { 1 }).rev() {
        let key: Vec<u8> = key[..length].iter().map(|byte| byte ^ round).collect();
        rc4(&key, &mut password);
    }
    let end = (0..password.len()).find(|at| PADDING.starts_with(&password[*at..]));
    password.truncate(end.unwrap_or(password.len()));
    Some(password)
}

/// RC4, there and back.
fn rc4(key: &[u8], data: &mut [u8]) {
    let mut state: [u8; 256] = std::array::from_fn(|index| index as u8);
    let mut j = 0_u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, j.into());
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    for byte in data {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(i.into(), j.into());
        *byte ^= state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))];
    }
}

#[cfg(test)]
mod tests {
    use super::rc4;

    #[test]
    fn rc4_is_as_published() {
        let mut text = *b"Plaintext";
        rc4(b"Key", &mut text);
        assert_eq!(text, [0xbb, 0xf3, 0x16, 0xe8, 0xd9, 0x40, 0xaf, 0x0a, 0xd3]);
    }
}
