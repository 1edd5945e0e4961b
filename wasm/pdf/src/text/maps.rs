//! What codes stand for where hayro does not say it: by maps with an entry that is none, of which it leaves all the
//! others, too, by maps that are only named, by registered collections of glyphs, and by names of glyphs that are numbers.
//! Redaction takes of these the collections alone, and those if they are [sure](Map::sure): there, what is not sure is
//! not known.

use super::unicode;
use crate::{resources, strings};
use hayro::hayro_interpret::CMapResolverFn;
use hayro::hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as Bytes};

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
    pub fn of_collection(font: &Dict<'_>, resolver: &CMapResolverFn) -> Option<Self> {
        if font.contains_key("ToUnicode") {
            return None;
        }
        let info = descendant(font)?.get::<Dict<'_>>("CIDSystemInfo")?;
        let [registry, ordering] = ["Registry", "Ordering"].map(|key| info.get::<Bytes<'_>>(key));
        let family = CidFamily::from_registry_ordering(&registry?, &ordering?);
        let characters = parsed(resolver(family.ucs2_cmap()?)?, resolver)?;
        let glyphs = match font.get::<Object<'_>>("Encoding")? {
            Object::Name(name) => match CMapName::from_bytes(&name) {
                CMapName::IdentityH | CMapName::IdentityV => None,
                name => Some(parsed(resolver(name)?, resolver)?),
            },
            Object::Stream(map) => Some(parsed(&map.decoded_data().ok()?, resolver)?),
            _ => return None,
        };
        Some(Self { glyphs, characters })
    }

    /// As [`Map::of_collection`], if the glyphs surely have the collection's numbers: programs that number them as a
    /// TrueType font does may name any collection.
    pub fn sure(font: &Dict<'_>, resolver: &CMapResolverFn) -> Option<Self> {
        let descendant = descendant(font)?;
        let is_sure = strings::name(&descendant, "Subtype").as_deref() == Some("CIDFontType0")
            || descendant.get::<Stream<'_>>("CIDToGIDMap").is_some()
            || strings::name(font, "Encoding").is_some_and(|name| !name.starts_with("Identity"));
        if is_sure { Self::of_collection(font, resolver) } else { None }
    }

    /// What a code stands for, if it is known.
    pub fn character(&self, code: u32) -> Option<BfString> {
        let number = match &self.glyphs {
            Some(glyphs) => (1..=4).find_map(|length| glyphs.lookup_cid_code(code, length))?,
            None => code,
        };
        self.characters.lookup_bf_string(number)
    }
}

/// The one font of which a composite font consists.
fn descendant<'a>(font: &Dict<'a>) -> Option<Dict<'a>> {
    font.get::<Array<'a>>("DescendantFonts")?.iter::<Dict<'a>>().next()
}

fn parsed(map: &[u8], resolver: &CMapResolverFn) -> Option<CMap> {
    let resolver = resolver.clone();
    CMap::parse(map, move |name| resolver(name))
}

/// Entries for the codes whose glyphs are named after them, with a letter before it or none (`a65`), as TeX and others
/// name the glyphs that they draw: what people could read is in ASCII or, beyond that, as Windows has it.
fn numbered(font: &Dict<'_>) -> String {
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
