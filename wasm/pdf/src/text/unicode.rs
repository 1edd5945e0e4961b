//! What codes stand for by maps that hayro does not take: those with an entry that is none, of which it leaves all the
//! others, too, and those that are only named. Redaction does without: there, what is not sure is not known.

use hayro::hayro_interpret::hayro_cmap::CMap;
use hayro::hayro_syntax::object::{Dict, Name, Stream};

/// What it says that a map is named as an encoding is: codes are characters by their numbers.
const IDENTITY: &str = "<0000> <ffff> <0000>\n";

/// What ends a word that is no text.
const ENDS: &[u8] = b" \t\r\n\x0c\0<>[]()/";

/// The map of a font, as far as it can be read.
pub fn map(font: &Dict<'_>) -> Option<CMap> {
    let entries = match font.get::<Stream<'_>>("ToUnicode") {
        Some(map) => entries(&map.decoded_data().ok()?),
        None => {
            font.get::<Name<'_>>("ToUnicode").filter(|name| name.starts_with(b"Identity"))?;
            IDENTITY.to_owned()
        }
    };
    CMap::parse(format!("1 beginbfrange\n{entries}endbfrange").as_bytes(), |_| None)
}

/// A part of a map.
enum Part<'a> {
    /// The digits of a code, or of a text.
    Digits(String),
    List(Vec<String>),
    Word(&'a [u8]),
}

/// The parts of a map, one after the other.
fn parts(mut map: &[u8]) -> impl Iterator<Item = Part<'_>> {
    let mut next = move || {
        let start = map.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let ends = if map[start] == b'<' { b">" } else { ENDS };
        let length = map[start + 1..].iter().position(|byte| ends.contains(byte)).unwrap_or(map.len() - start - 1);
        let (word, rest) = map[start..].split_at(1 + length);
        map = rest;
        Some(word)
    };
    std::iter::from_fn(move || {
        let digits =
            |word: &[u8]| word.iter().filter(|byte| byte.is_ascii_hexdigit()).map(|byte| char::from(*byte)).collect();
        loop {
            match next()? {
                b">" => {}
                b"[" => {
                    let items = std::iter::from_fn(|| next().filter(|word| word != b"]"));
                    return Some(Part::List(items.filter(|item| item.starts_with(b"<")).map(digits).collect()));
                }
                word if word.starts_with(b"<") => return Some(Part::Digits(digits(word))),
                word => return Some(Part::Word(word)),
            }
        }
    })
}

/// The entries of a map that are sound, as ranges. Those of no characters, which all but one of the glyphs have that
/// stand for letters together, get one that is not for reading.
fn entries(map: &[u8]) -> String {
    let mut entries = String::new();
    let mut add = |from: &str, to: &str, text: &str| {
        let text = if text.is_empty() { "0000" } else { text };
        if [from, to].iter().all(|code| (1..=8).contains(&code.len())) {
            entries += &format!("<{from}> <{to}> <{text}>\n");
        }
    };
    let (mut size, mut entry) = (0, Vec::new());
    for part in parts(map) {
        if let Part::Word(word) = part {
            size = match word {
                b"beginbfchar" => 2,
                b"beginbfrange" => 3,
                _ => 0,
            };
            entry.clear();
            continue;
        }
        entry.push(part);
        if entry.len() < size || size == 0 {
            continue;
        }
        match entry.as_slice() {
            [Part::Digits(code), Part::Digits(text)] => add(code, code, text),
            [Part::Digits(from), Part::Digits(to), Part::Digits(text)] => add(from, to, text),
            [Part::Digits(from), Part::Digits(to), Part::List(texts)] => {
                let [from, to] = [from, to].map(|code| u32::from_str_radix(code, 16).unwrap_or(u32::MAX));
                for (code, text) in (from..=to).zip(texts) {
                    let code = format!("{code:08x}");
                    add(&code, &code, text);
                }
            }
            _ => {}
        }
        entry.clear();
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sound_in_a_map_is_read() {
        let map = b"/CMapName /X def 1 begincodespacerange <0000> <ffff> endcodespacerange\n\
            4 beginbfchar <0003> <> <03a3><062d064e> <> <0041> <123456789> <0042> (x) <0043>\nendbfchar\n\
            3 beginbfrange <0010><0012> [<0061> <00620063>] <20> <21> <0041 0042> <30> <31> <>\nendbfrange endcmap";
        let found = entries(map);
        let found: Vec<&str> = found.lines().collect();
        assert_eq!(
            found,
            [
                "<0003> <0003> <0000>",
                "<03a3> <03a3> <062d064e>",
                "<00000010> <00000010> <0061>",
                "<00000011> <00000011> <00620063>",
                "<20> <21> <00410042>",
                "<30> <31> <0000>",
            ]
        );
        assert!(
            CMap::parse(format!("1 beginbfrange\n{}\nendbfrange", found.join("\n")).as_bytes(), |_| None).is_some()
        );
    }

    #[test]
    fn what_is_no_map_has_no_entries() {
        for map in
            [&b""[..], b"<", b"[", b"beginbfchar <", b"beginbfrange <00> [ <01>", b"\xff\0 beginbfchar", b"<01> <02>"]
        {
            assert_eq!(entries(map), "", "{map:?}");
        }
    }
}
