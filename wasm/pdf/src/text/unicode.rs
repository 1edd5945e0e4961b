//! The entries of a font's map to Unicode, read as far as they are sound.

/// What ends a word.
const ENDS: &[u8] = b" \t\r\n\x0c\0<>[]()/%";

/// The words of a map, one after the other. Of what stands in angle brackets, the closing one is left out.
fn words(mut map: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        loop {
            let start = map.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != 0)?;
            map = &map[start..];
            let ends: &[u8] = match map[0] {
                b'<' => b">",
                b'%' => b"\r\n",
                _ => ENDS,
            };
            let length = match map[0] {
                b'>' | b'[' | b']' => 1,
                _ => map.iter().skip(1).position(|byte| ends.contains(byte)).map_or(map.len(), |at| at + 1),
            };
            let (word, rest) = map.split_at(length);
            map = rest;
            if !matches!(word[0], b'>' | b'%') {
                return Some(word);
            }
        }
    })
}

/// A part of a map.
enum Part<'a> {
    /// The digits of a code, or of a text.
    Digits(String),
    List(Vec<String>),
    Word(&'a [u8]),
}

/// The parts of a map, one after the other.
fn parts(map: &[u8]) -> impl Iterator<Item = Part<'_>> {
    let digits = |word: &[u8]| {
        let digits = word.iter().filter(|byte| byte.is_ascii_hexdigit());
        let mut digits: String = digits.map(|byte| char::from(*byte)).collect();
        if digits.len() % 2 == 1 {
            digits.push('0'); // ISO 32000-2, 7.3.4.3
        }
        digits
    };
    let mut words = words(map);
    std::iter::from_fn(move || {
        Some(match words.next()? {
            b"[" => {
                let items = words.by_ref().take_while(|word| word != b"]");
                Part::List(items.filter(|item| item.starts_with(b"<")).map(digits).collect())
            }
            word if word.starts_with(b"<") => Part::Digits(digits(word)),
            word => Part::Word(word),
        })
    })
}

/// The entries of a map that are sound, as ranges. A code of no characters, which all but one of the glyphs have that
/// stand for letters together, gets one that is not for reading.
pub fn entries(map: &[u8]) -> String {
    let mut entries = String::new();
    let mut add = |from: &str, to: &str, text: &str| {
        if [from, to].iter().all(|code| (1..=8).contains(&code.len())) && !text.is_empty() {
            entries += &format!("<{from}> <{to}> <{text}>\n");
        }
    };
    let one = |text: &str| if text.is_empty() { "0000".to_owned() } else { text.to_owned() };
    let (mut size, mut entry) = (0, Vec::new());
    for part in parts(map) {
        match part {
            Part::Word(word) if word.starts_with(b"begin") || word.starts_with(b"end") => {
                size = match word {
                    b"beginbfchar" => 2,
                    b"beginbfrange" => 3,
                    _ => 0,
                };
                entry.clear();
                continue;
            }
            _ if size == 0 => continue,
            part => entry.push(part),
        }
        if entry.len() < size {
            continue;
        }
        match entry.as_slice() {
            [Part::Digits(code), Part::Digits(text)] => add(code, code, &one(text)),
            [Part::Digits(from), Part::Digits(to), Part::Digits(text)] => add(from, to, text),
            [Part::Digits(from), Part::Digits(to), Part::List(texts)] => {
                let [from, to] = [from, to].map(|code| u32::from_str_radix(code, 16).unwrap_or(u32::MAX));
                for (code, text) in (from..=to).zip(texts) {
                    let code = format!("{code:08x}");
                    add(&code, &code, &one(text));
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
    use hayro::hayro_interpret::hayro_cmap::CMap;

    #[test]
    fn what_is_sound_in_a_map_is_read() {
        let map = b"/CMapName /X def 1 begincodespacerange <0000> <ffff> endcodespacerange\n\
            5 beginbfchar <0003> <> % a note <05>\n<03a3><062d064e> <> <0041> <1234567890> <0042> <0002> /quotesingle\n\
            <3> <7>\nendbfchar\n\
            3 beginbfrange <20> <21> <0041 0042> <30> <31> <> <0010><0012>[<0061> <>]endbfrange\n\
            1 beginbfrange <40> <41> <0061> endbfrange endcmap";
        let found = entries(map);
        let found: Vec<&str> = found.lines().collect();
        assert_eq!(
            found,
            [
                "<0003> <0003> <0000>",
                "<03a3> <03a3> <062d064e>",
                "<30> <30> <70>",
                "<20> <21> <00410042>",
                "<00000010> <00000010> <0061>",
                "<00000011> <00000011> <0000>",
                "<40> <41> <0061>",
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
