//! What a document says of itself: its dictionary of information, and the packet of XMP that says the same.

use super::content;
use super::draft::Draft;
use super::write;
use crate::args;
use crate::error::{Result, invalid};
use crate::limits::MAX_TEXT_BYTES;
use crate::{strings, wit};
use lopdf::{Dictionary, Object, Stream, dictionary};

/// What both say: the entry of the dictionary, and the element of XMP with what wraps its text.
const SAME: [(&str, &str, Wrap); 8] = [
    ("Title", "dc:title", Wrap::Alternatives),
    ("Author", "dc:creator", Wrap::Sequence),
    ("Subject", "dc:description", Wrap::Alternatives),
    ("Keywords", "pdf:Keywords", Wrap::Nothing),
    ("Creator", "xmp:CreatorTool", Wrap::Nothing),
    ("Producer", "pdf:Producer", Wrap::Nothing),
    ("CreationDate", "xmp:CreateDate", Wrap::Nothing),
    ("ModDate", "xmp:ModifyDate", Wrap::Nothing),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrap {
    Nothing,
    /// One text for each language.
    Alternatives,
    /// One text for each person.
    Sequence,
}

/// Apply the step.
pub fn set_metadata(draft: &mut Draft, step: wit::SetMetadata) -> Result<()> {
    let given = args::SetMetadata::try_from(step)?;
    let xmp = packet(draft);
    let mut info =
        draft.file.trailer.get(b"Info").ok().and_then(|info| draft.object(info)).cloned().unwrap_or_default();
    if let Some(xmp) = &xmp {
        take_from(xmp, &mut info);
    }
    for (key, text) in [
        ("Title", given.title),
        ("Author", given.author),
        ("Subject", given.subject),
        ("Keywords", given.keywords),
        ("Creator", given.creator),
    ] {
        set(&mut info, key, text.map(|text| (text.is_empty(), write::text(&text))));
    }
    for (key, option, time) in [("CreationDate", "created", given.created), ("ModDate", "modified", given.modified)] {
        let time = match time {
            Some(time) if !time.is_empty() => Some((false, Object::string_literal(write::date(option, &time)?))),
            time => time.map(|_| (true, Object::Null)),
        };
        set(&mut info, key, time);
    }
    if let Some(language) = given.language {
        let known = |char: char| char.is_ascii_alphanumeric() || char == '-';
        if !language.chars().all(known) {
            return Err(invalid(format!("language: '{language}' is none, such as en-GB")));
        }
        let language = (language.is_empty(), Object::string_literal(language));
        set(draft.catalog()?, "Lang", Some(language));
    }
    if xmp.is_some() {
        let packet = to_xmp(draft, &info);
        let dict = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
        // Plain, for programs that look for it without reading PDF.
        let packet = draft.file.add_object(Stream::new(dict, packet.into_bytes()).with_compression(false));
        draft.catalog()?.set("Metadata", packet);
    }
    let info = draft.file.add_object(info);
    draft.file.trailer.set("Info", info);
    Ok(())
}

/// Set an entry, or take it out.
fn set(dict: &mut Dictionary, key: &str, value: Option<(bool, Object)>) {
    match value {
        None => {}
        Some((true, _)) => drop(dict.remove(key.as_bytes())),
        Some((false, value)) => dict.set(key, value),
    }
}

/// The packet of XMP as text.
fn packet(draft: &Draft) -> Option<String> {
    let Object::Stream(stream) = draft.root(b"Metadata") else { return None };
    let bytes = content::unpack(draft, stream, MAX_TEXT_BYTES).unwrap_or_default();
    Some(match bytes.as_slice() {
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0xef, 0xbb, 0xbf, ..] => strings::text(&bytes),
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    })
}

/// What XMP alone says becomes part of the dictionary, so that it is not lost.
fn take_from(xmp: &str, info: &mut Dictionary) {
    for (key, element, wrap) in SAME {
        if info.has(key.as_bytes()) {
            continue;
        }
        let Some(text) = find(xmp, element, wrap).filter(|text| !text.is_empty()) else { continue };
        if key.ends_with("Date") {
            if let Ok(date) = write::date(key, &text) {
                info.set(key, Object::string_literal(date));
            }
        } else {
            info.set(key, write::text(&text));
        }
    }
}

/// The text of an element or an attribute of this name; of several the first.
fn find(xmp: &str, name: &str, wrap: Wrap) -> Option<String> {
    if wrap == Wrap::Nothing
        && let Some((_, rest)) = xmp.split_once(&format!("{name}=\""))
    {
        return rest.split_once('"').map(|(text, _)| unescape(text));
    }
    let (_, rest) = xmp.split_once(&format!("<{name}"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    let text = match wrap {
        Wrap::Nothing => inner.split_once('>')?.1,
        _ => inner.split_once("<rdf:li")?.1.split_once('>')?.1.split_once('<')?.0,
    };
    (!text.contains('<')).then(|| unescape(text.trim()))
}

fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    text.replace("&amp;", "&")
}

fn escape(text: &str) -> String {
    let allowed = text.chars().filter(|char| !char.is_control() || matches!(char, '\n' | '\t'));
    let text: String = allowed.collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A packet that says what the dictionary says.
fn to_xmp(draft: &Draft, info: &Dictionary) -> String {
    let mut elements = String::new();
    for (key, element, wrap) in SAME {
        let Ok(bytes) = draft.get(info, key.as_bytes()).as_str() else { continue };
        let text = strings::text(bytes);
        let text = if key.ends_with("Date") {
            let Some(time) = write::iso(bytes) else { continue };
            time
        } else {
            escape(&text)
        };
        let inner = match wrap {
            Wrap::Nothing => text,
            Wrap::Alternatives => format!("<rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li></rdf:Alt>"),
            Wrap::Sequence => format!("<rdf:Seq><rdf:li>{text}</rdf:li></rdf:Seq>"),
        };
        elements += &format!("<{element}>{inner}</{element}>\n");
    }
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n\
         {elements}</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{Wrap, find};

    #[test]
    fn texts_are_found() {
        let xmp = "<x xmp:CreatorTool=\"A &amp; B\"><dc:title><rdf:Alt><rdf:li xml:lang=\"x\">T &lt;1&gt;</rdf:li>\
                   </rdf:Alt></dc:title><pdf:Keywords>k</pdf:Keywords><dc:creator/>";
        assert_eq!(find(xmp, "xmp:CreatorTool", Wrap::Nothing).as_deref(), Some("A & B"));
        assert_eq!(find(xmp, "dc:title", Wrap::Alternatives).as_deref(), Some("T <1>"));
        assert_eq!(find(xmp, "pdf:Keywords", Wrap::Nothing).as_deref(), Some("k"));
        assert_eq!(find(xmp, "dc:creator", Wrap::Sequence), None);
        assert_eq!(find(xmp, "pdf:Producer", Wrap::Nothing), None);
    }
}
