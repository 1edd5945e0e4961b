//! What codes stand for where hayro does not say it: by maps with an entry that is none, of which it leaves all the
//! others, too, by maps that are only named, by registered collections of glyphs, and by names of glyphs that are numbers.
//! Redaction does without: there, what is not sure is not known, nor are variants of characters.

use super::unicode;
use crate::{resources, strings};
use hayro::hayro_interpret::CMapResolverFn;
use hayro::hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, String as Bytes};

/// What it says that a map is named as an encoding is: codes are characters by their numbers.
const IDENTITY: &str = "<0000> <ffff> <0000>\n";

/// What codes stand for.
pub struct Map {
    /// The numbers of the glyphs by which characters are told, if not by the codes.
    glyphs: Option<CMap>,
    characters: CMap,
}

impl Map {
    /// The map of a font for which hayro has none.
    pub fn of(font: &Dict<'_>, resolver: &CMapResolverFn) -> Option<Self> {
        let entries = match font.get::<Object<'_>>("ToUnicode") {
            Some(Object::Stream(map)) => {
                let map = map.decoded_data().ok()?;
                if parsed(&map, resolver).is_some() {
                    return None;
                }
                unicode::entries(&map)
            }
            Some(Object::Name(name)) if name.starts_with(b"Identity") => IDENTITY.to_owned(),
            _ if strings::name(font, "Subtype").as_deref() == Some("Type3") => numbered(font),
            _ => return Self::of_collection(font, resolver),
        };
        let characters = parsed(format!("1 beginbfrange\n{entries}endbfrange").as_bytes(), resolver)?;
        Some(Self { glyphs: None, characters })
    }

    /// The map of a font that has none, but whose glyphs are those of a registered collection (ISO 32000-2, 9.10.2).
    fn of_collection(font: &Dict<'_>, resolver: &CMapResolverFn) -> Option<Self> {
        if font.contains_key("ToUnicode") {
            return None;
        }
        let characters = parsed(resolver(family(font)?.ucs2_cmap()?)?, resolver)?;
        Some(Self { glyphs: glyphs(font, resolver)?, characters })
    }

    /// What a code stands for, if it is known.
    pub fn character(&self, code: u32) -> Option<BfString> {
        self.characters.lookup_bf_string(number(&self.glyphs, code)?)
    }
}

/// Which glyphs of a collection are those of their characters, and not of variants that people see as other characters.
pub struct Standard {
    glyphs: Option<CMap>,
    numbers: CMap,
}

impl Standard {
    /// That of a font that has no map, if its glyphs are those of a registered collection.
    pub fn of(font: &Dict<'_>, resolver: &CMapResolverFn) -> Option<Self> {
        let numbers = parsed(resolver(family(font)?.unicode_cmap()?)?, resolver)?;
        Some(Self { glyphs: glyphs(font, resolver)?, numbers })
    }

    /// Whether a code has the glyph of a character.
    pub fn has(&self, code: u32, char: char) -> bool {
        let (units, length) = match *char.encode_utf16(&mut [0; 2]) {
            [high, low] => (u32::from(high) << 16 | u32::from(low), 4),
            _ => (u32::from(char), 2),
        };
        let found = self.numbers.lookup_cid_code(units, length);
        found.is_some() && found == number(&self.glyphs, code)
    }
}

/// The registered collection of a font's glyphs.
fn family(font: &Dict<'_>) -> Option<CidFamily> {
    let descendant = font.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
    let info = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
    let [registry, ordering] = ["Registry", "Ordering"].map(|key| info.get::<Bytes<'_>>(key));
    Some(CidFamily::from_registry_ordering(&registry?, &ordering?))
}

/// The numbers of a composite font's glyphs by codes, if they are not the codes.
fn glyphs(font: &Dict<'_>, resolver: &CMapResolverFn) -> Option<Option<CMap>> {
    Some(match font.get::<Object<'_>>("Encoding")? {
        Object::Name(name) => match CMapName::from_bytes(&name) {
            CMapName::IdentityH | CMapName::IdentityV => None,
            name => Some(parsed(resolver(name)?, resolver)?),
        },
        Object::Stream(map) => Some(parsed(&map.decoded_data().ok()?, resolver)?),
        _ => return None,
    })
}

fn number(glyphs: &Option<CMap>, code: u32) -> Option<u32> {
    match glyphs {
        Some(glyphs) => (1..=4).find_map(|length| glyphs.lookup_cid_code(code, length)),
        None => Some(code),
    }
}

fn parsed(map: &[u8], resolver: &CMapResolverFn) -> Option<CMap> {
    let resolver = resolver.clone();
    CMap::parse(map, move |name| resolver(name))
}

/// Entries for the codes whose glyphs are named after them, with a letter before it or none (`a65`), as TeX and others
/// name the glyphs that they draw: what people could read is in ASCII or, beyond that, as Windows has it. Where codes
/// are counted from 0, as Ghostscript does it, they tell nothing.
fn numbered(font: &Dict<'_>) -> String {
    if resources::differences(font).any(|(code, _)| code == 0) {
        return String::new();
    }
    let latin = lopdf::Encoding::SimpleEncoding(b"WinAnsiEncoding");
    let entry = |(code, name): (i64, Name<'_>)| {
        let code = u8::try_from(code).ok().filter(|code| !code.is_ascii_control())?;
        let name = std::str::from_utf8(&name).ok()?;
        let digits = name.strip_prefix(|first: char| first.is_ascii_alphabetic()).unwrap_or(name);
        let character = latin.bytes_to_string(&[code]).ok()?.chars().next().filter(|_| digits == code.to_string())?;
        Some(format!("<{code:02x}> <{code:02x}> <{:04x}>\n", u32::from(character)))
    };
    resources::differences(font).filter_map(entry).collect()
}
