//! What fields look like with what is filled in: the form's fonts, sizes and colours, as its widgets say.

use super::draft::Draft;
use super::embed::Embedded;
use super::forms::{Field, flag};
use super::write::number;
use super::{content, metrics, write};
use crate::error::{Error, unsupported};
use crate::limits::MAX_CONTENT_BYTES;
use crate::strings;
use crate::wit::FieldKind;
use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary};
use std::collections::BTreeSet;
use std::fmt;

/// How far capitals and tails of letters reach from the baseline, in parts of a font's size.
const ASCENT: f32 = metrics::ASCENT as f32;
const DESCENT: f32 = metrics::DESCENT as f32;
/// From one line to the next.
const LEADING: f32 = 1.15;
/// Sizes where the form leaves them to the reader.
const SMALLEST: f32 = 4.0;
const LARGEST: f32 = 144.0;
const LARGEST_OF_LINES: f32 = 12.0;
/// The state of a button that is not pressed.
pub const OFF: &[u8] = b"Off";
/// The name of the font that is taken where the form's has not got a character.
const FALLBACK: &[u8] = b"FillHelvetica";
/// The name of the font that was given for that.
const GIVEN: &[u8] = b"FillGiven";

/// A character as a font has it.
#[derive(Clone, Copy)]
struct Glyph {
    code: u16,
    /// Whether its code takes two bytes.
    is_wide: bool,
    /// In parts of the font's size.
    width: f32,
    is_space: bool,
}

type Line = Vec<Glyph>;

/// A widget's place and frame.
struct Frame {
    /// Width and height as the text runs.
    size: [f32; 2],
    matrix: [f32; 6],
    /// Width of its border, if it has one.
    border: f32,
    /// Width that its border would have, if that is said.
    width: Option<f32>,
    /// What draws background and border.
    drawn: String,
}

/// A font with a text that it has all characters of.
struct Set {
    name: Vec<u8>,
    font: Object,
    lines: Vec<Line>,
}

/// The style that a field says: name of the font, size, colour.
struct Style {
    font: Vec<u8>,
    /// 0 leaves it to the reader.
    size: f32,
    color: String,
}

/// A character that no font at hand has.
pub struct Lacking {
    /// The field that it is filled into.
    field: String,
    char: char,
}

impl Lacking {
    /// As an error of what wanted to draw it.
    pub fn refuse(&self, option: &str) -> Error {
        unsupported(format!("{option}: {self}"))
    }
}

impl fmt::Display for Lacking {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, char } = self;
        let number = u32::from(*char);
        write!(to, "the field '{field}' has {char:?} (U+{number:04X}), which no font at hand has")
    }
}

/// Make what a text or a choice looks like with its value. Where that cannot be drawn, the look that it has stays.
pub fn make(draft: &mut Draft, field: &Field, given: Option<&Embedded>) -> Result<(), Lacking> {
    let shown = shown(draft, field);
    let mut made = Ok(());
    for widget in field.widgets.clone() {
        let Ok(dict) = draft.file.get_dictionary(widget).cloned() else { continue };
        // What has no room is not seen.
        let Some(frame) = frame(draft, &dict) else { continue };
        match look(draft, field, &dict, frame, &shown, given) {
            Some(stream) => {
                let stream = draft.file.add_object(stream);
                draft.change(widget, |widget| widget.set("AP", dictionary! { "N" => stream }));
            }
            None => made = Err(Lacking { field: field.name.clone(), char: lacking(draft, &shown.lines, given) }),
        }
    }
    made
}

/// Make what a text that lies on a page looks like; what cannot be drawn has no look.
pub fn write(draft: &mut Draft, id: ObjectId, text: &Dictionary) {
    let said = draft.get(text, b"Contents").as_str().map(strings::text).unwrap_or_default();
    let lines = broken(&said);
    let field = Field::of(id, FieldKind::Text, flag::MULTILINE);
    let Some(mut frame) = frame(draft, text) else { return };
    // Its colour is that of its ground; its border has that of its letters.
    let [width, height] = frame.size;
    let (ground, letters) = (color(draft, text, b"C", ["g", "rg", "k"]), style(draft, &field, text).color);
    let ground =
        ground.map(|ground| format!("{ground} {} f ", rectangle([0.0, 0.0, width, height]))).unwrap_or_default();
    let border = frame.width.filter(|border| *border > 0.0).map(|border| {
        let line = match letters.rsplit_once(' ') {
            Some((numbers, operator)) => format!("{numbers} {}", operator.to_uppercase()),
            None => letters.clone(),
        };
        frame.border = border;
        let path = rectangle([border / 2.0, border / 2.0, width - border, height - border]);
        format!("{line} {} w {path} S ", number(border))
    });
    frame.drawn = format!("q {ground}{}Q\n", border.unwrap_or_default());
    if let Some(stream) = look(draft, &field, text, frame, &Shown { lines, marked: Vec::new() }, None) {
        let stream = draft.file.add_object(stream);
        draft.change(id, |text| text.set("AP", dictionary! { "N" => stream }));
    }
}

fn broken(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').map(str::to_owned).collect()
}

/// The first character that the last font to be tried has not got.
fn lacking(draft: &Draft, lines: &[String], given: Option<&Embedded>) -> char {
    let mut chars = lines.iter().flat_map(|line| line.chars());
    let is_lacking = |char: &char| match given {
        Some(font) => font.glyph(plain(*char)).is_none(),
        None => glyphs(draft, &metrics::helvetica(), &[char.to_string()]).is_none(),
    };
    chars.find(is_lacking).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The lines that are shown, and which of them are marked.
struct Shown {
    lines: Vec<String>,
    marked: Vec<usize>,
}

fn shown(draft: &Draft, field: &Field) -> Shown {
    let values = values(draft, field.get(draft, b"V"));
    if field.kind == FieldKind::Choice {
        let options = field.options(draft);
        if !field.has(flag::COMBO) {
            let first =
                field.get(draft, b"TI").as_i64().ok().and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
            let options = options.into_iter().skip(first);
            let marked = options.clone().enumerate().filter(|(_, (stored, _))| values.contains(stored));
            let marked = marked.map(|(index, _)| index).collect();
            return Shown { lines: options.map(|(_, shown)| shown).collect(), marked };
        }
        let value = values.into_iter().next().unwrap_or_default();
        let shown = options.into_iter().find(|(stored, _)| *stored == value).map_or(value, |(_, shown)| shown);
        return Shown { lines: vec![shown], marked: Vec::new() };
    }
    let mut lines = broken(&values.into_iter().next().unwrap_or_default());
    if field.has(flag::PASSWORD) {
        lines = vec!["*".repeat(lines.join("\n").chars().count())];
    } else if !field.has(flag::MULTILINE) {
        lines = vec![lines.join(" ")];
    }
    Shown { lines, marked: Vec::new() }
}

/// The texts of a value.
pub fn values(draft: &Draft, value: &Object) -> Vec<String> {
    match value {
        Object::String(text, _) => vec![strings::text(text)],
        Object::Name(name) => vec![String::from_utf8_lossy(name).into_owned()],
        Object::Array(items) => {
            items.iter().filter_map(|item| draft.resolve(item).as_str().ok()).map(strings::text).collect()
        }
        Object::Stream(stream) => {
            content::unpack(draft, stream, MAX_CONTENT_BYTES).map(|text| vec![strings::text(&text)]).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn look(
    draft: &mut Draft,
    field: &Field,
    widget: &Dictionary,
    frame: Frame,
    shown: &Shown,
    given: Option<&Embedded>,
) -> Option<Stream> {
    let style = style(draft, field, widget);
    let resources = resources(draft, field, widget);
    let Set { name, font, lines } = set(draft, &style, &resources, &shown.lines, given)?;

    let [width, height] = frame.size;
    let edge = frame.border.max(1.0);
    let inner = (width - 4.0 * edge).max(1.0);
    let (across, quadding) = (2.0 * edge, field.get(draft, b"Q").as_i64().unwrap_or(0));
    let cells = field.get(draft, b"MaxLen").as_i64().ok().filter(|cells| *cells > 0 && field.has(flag::COMB));
    let is_list = field.kind == FieldKind::Choice && !field.has(flag::COMBO);
    let is_block = field.kind == FieldKind::Text && field.has(flag::MULTILINE);

    let auto = style.size <= 0.0;
    let mut size = if auto { LARGEST_OF_LINES } else { style.size };
    let mut lines = lines;
    if is_block {
        let room = height - 4.0 * edge;
        let mut wrapped = wrap(&lines, inner / size);
        while auto && size > SMALLEST && wrapped.len() as f32 * size * LEADING > room {
            size -= 0.5;
            wrapped = wrap(&lines, inner / size);
        }
        lines = wrapped;
    } else if auto && !is_list {
        let widest = cells.map_or_else(
            || width_of(lines.first().map_or(&[], Vec::as_slice)),
            |cells| cells as f32 * lines.iter().flatten().map(|glyph| glyph.width).fold(0.5, f32::max),
        );
        let by_height = (height - 2.0 * edge) / LEADING;
        let by_width = if widest > 0.0 { inner / widest } else { by_height };
        size = by_height.min(by_width).clamp(SMALLEST, LARGEST);
    }
    // In a field that is too flat for it, a text would be cut.
    if !is_list {
        size = size.min(((height - 2.0 * edge) / (ASCENT - DESCENT)).max(SMALLEST));
    }

    let mut drawn = frame.drawn;
    drawn += "/Tx BMC\nq\n";
    let inset = edge.min(width / 2.0).min(height / 2.0);
    drawn += &rectangle([inset, inset, width - 2.0 * inset, height - 2.0 * inset]);
    drawn += " W n\n";
    let mut first = height / 2.0 - size * (ASCENT + DESCENT) / 2.0;
    if is_block || is_list {
        first = first.max(height - 2.0 * edge - size * ASCENT);
    }
    for line in &shown.marked {
        let bottom = first - *line as f32 * size * LEADING + size * DESCENT;
        drawn += &format!("0.6 0.75 0.85 rg {} f\n", rectangle([inset, bottom, width - 2.0 * inset, size * LEADING]));
    }
    drawn += &format!("BT\n{}\n/{} {} Tf\n", style.color, String::from_utf8_lossy(&escaped(&name)), number(size));
    for (index, line) in lines.iter().enumerate() {
        let y = first - index as f32 * size * LEADING;
        if y < -size {
            break;
        }
        match cells {
            Some(cells) => drawn += &comb(line, cells, quadding, size, width, y),
            None => {
                let room = inner - width_of(line) * size;
                let x = across + [0.0, room / 2.0, room].get(quadding as usize).copied().unwrap_or(0.0).max(0.0);
                drawn += &place(line, x, y);
            }
        }
    }
    drawn += "ET\nQ\nEMC\n";

    let mut fonts = Dictionary::new();
    fonts.set(name, font);
    Some(form(drawn, frame.size, frame.matrix, fonts))
}

/// What is drawn, as an appearance.
fn form(drawn: String, [width, height]: [f32; 2], matrix: [f32; 6], fonts: Dictionary) -> Stream {
    let mut stream = content::stream(drawn.into_bytes());
    stream.dict.set("Type", write::name("XObject"));
    stream.dict.set("Subtype", write::name("Form"));
    stream.dict.set("BBox", write::numbers([0.0, 0.0, width, height]));
    stream.dict.set("Matrix", write::numbers(matrix));
    stream.dict.set("Resources", dictionary! { "Font" => fonts });
    stream
}

fn comb(line: &[Glyph], cells: i64, quadding: i64, size: f32, width: f32, y: f32) -> String {
    let cell = width / cells as f32;
    let free = (cells - line.len() as i64).max(0);
    let start = [0, free / 2, free].get(quadding as usize).copied().unwrap_or(0);
    let placed = line.iter().enumerate().map(|(index, glyph)| {
        let middle = (start as f32 + index as f32 + 0.5) * cell;
        place(&[*glyph], middle - glyph.width * size / 2.0, y)
    });
    placed.collect()
}

fn place(line: &[Glyph], x: f32, y: f32) -> String {
    let code = |glyph: &Glyph| format!("{:0width$X}", glyph.code, width = if glyph.is_wide { 4 } else { 2 });
    let codes: String = line.iter().map(code).collect();
    format!("1 0 0 1 {} {} Tm <{codes}> Tj\n", number(x), number(y))
}

fn rectangle(numbers: [f32; 4]) -> String {
    numbers.map(number).join(" ") + " re"
}

/// A name as it stands in a content.
fn escaped(name: &[u8]) -> Vec<u8> {
    let one = |byte: &u8| {
        if byte.is_ascii_alphanumeric() || b"_-.+".contains(byte) {
            vec![*byte]
        } else {
            format!("#{byte:02X}").into_bytes()
        }
    };
    name.iter().flat_map(one).collect()
}

fn width_of(line: &[Glyph]) -> f32 {
    line.iter().map(|glyph| glyph.width).sum()
}

/// Break lines at spaces, and words that are too long where they have to.
fn wrap(lines: &[Line], room: f32) -> Vec<Line> {
    let mut wrapped = Vec::new();
    for line in lines {
        let (mut start, mut space, mut width) = (0, None, 0.0);
        let mut at = 0;
        while let Some(glyph) = line.get(at) {
            width += glyph.width;
            if glyph.is_space {
                space = Some(at);
            } else if width > room && at > start {
                let end = space.unwrap_or(at);
                wrapped.push(line[start..end].to_vec());
                start = space.map_or(at, |space| space + 1);
                width = width_of(&line[start..=at]);
                space = None;
            }
            at += 1;
        }
        wrapped.push(line[start..].to_vec());
    }
    wrapped
}

fn frame(draft: &Draft, widget: &Dictionary) -> Option<Frame> {
    let place = draft.rect(draft.get(widget, b"Rect"))?;
    let (wide, high) = (place.width() as f32, place.height() as f32);
    if wide <= 0.0 || high <= 0.0 {
        return None;
    }
    let empty = Dictionary::new();
    let looks = draft.dict(widget, b"MK").unwrap_or(&empty);
    let (size, matrix) = match draft.integer(looks, b"R").unwrap_or(0).rem_euclid(360) {
        90 => ([high, wide], [0.0, 1.0, -1.0, 0.0, wide, 0.0]),
        180 => ([wide, high], [-1.0, 0.0, 0.0, -1.0, wide, high]),
        270 => ([high, wide], [0.0, -1.0, 1.0, 0.0, 0.0, high]),
        _ => ([wide, high], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
    };
    let style = draft.dict(widget, b"BS").unwrap_or(&empty);
    let line = color(draft, looks, b"BC", ["G", "RG", "K"]);
    let given = draft.get(style, b"W").as_float().ok();
    let given = given.or_else(|| draft.reals(draft.list(widget, b"Border")).get(2).copied());
    let given = given.filter(|width| (0.0..=100.0).contains(width));
    let border = given.unwrap_or(1.0);
    let [width, height] = size;
    let mut drawn = String::new();
    if let Some(ground) = color(draft, looks, b"BG", ["g", "rg", "k"]) {
        drawn += &format!("q {ground} {} f Q\n", rectangle([0.0, 0.0, width, height]));
    }
    if let Some(line) = line.as_ref().filter(|_| border > 0.0) {
        let path = match draft.name(style, b"S") {
            Some(b"U") => format!("0 {} m {} {} l", number(border / 2.0), number(width), number(border / 2.0)),
            _ => rectangle([border / 2.0, border / 2.0, width - border, height - border]),
        };
        let dashes = if draft.name(style, b"S") == Some(b"D") { "[3] 0 d " } else { "" };
        drawn += &format!("q {line} {} w {dashes}{path} S Q\n", number(border));
    }
    let border = if line.is_some() { border } else { 0.0 };
    Some(Frame { size, matrix, border, width: given, drawn })
}

/// A colour with the operator that sets it.
pub fn color(draft: &Draft, dict: &Dictionary, key: &[u8], operators: [&str; 3]) -> Option<String> {
    let numbers = draft.reals(draft.list(dict, key));
    let operator = match numbers.len() {
        1 => operators[0],
        3 => operators[1],
        4 => operators[2],
        _ => return None,
    };
    let numbers: Vec<String> = numbers.into_iter().map(number).collect();
    Some(format!("{} {operator}", numbers.join(" ")))
}

/// What a field's default appearance says; nothing else of it gets into a content.
fn style(draft: &Draft, field: &Field, widget: &Dictionary) -> Style {
    let form = draft.root_dict(b"AcroForm");
    let said = [draft.get(widget, b"DA"), field.get(draft, b"DA")];
    let said = said.into_iter().chain(form.map(|form| draft.get(form, b"DA"))).find_map(|said| said.as_str().ok());
    let said = String::from_utf8_lossy(said.unwrap_or_default()).into_owned();
    let words: Vec<&str> = said.split_ascii_whitespace().collect();
    let mut style = Style { font: Vec::new(), size: 0.0, color: "0 g".to_owned() };
    for (at, word) in words.iter().enumerate() {
        let count = match *word {
            "Tf" => 2,
            "g" => 1,
            "rg" => 3,
            "k" => 4,
            _ => continue,
        };
        let Some(before) = at.checked_sub(count).map(|start| &words[start..at]) else { continue };
        if *word == "Tf" {
            style.font = unescaped(before[0].trim_start_matches('/'));
            style.size = before[1].parse().ok().filter(|size| (0.0..=1000.0).contains(size)).unwrap_or(0.0);
        } else if let Ok(parts) = before.iter().map(|part| part.parse()).collect::<Result<Vec<f32>, _>>() {
            let parts: Vec<String> = parts.into_iter().map(number).collect();
            style.color = format!("{} {word}", parts.join(" "));
        }
    }
    style
}

/// A name as it stands in a content, without its escapes.
fn unescaped(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.first_chunk::<2>().and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'#') {
            Some(byte) => (bytes.push(byte), rest = &tail[2..]).1,
            None => (bytes.push(*first), rest = tail).1,
        }
    }
    bytes
}

/// The fonts that a field may name, by name.
fn resources(draft: &Draft, field: &Field, widget: &Dictionary) -> Dictionary {
    let form = draft.root_dict(b"AcroForm");
    let shared = form.and_then(|form| draft.dict(form, b"DR"));
    let own = field.get(draft, b"DR").as_dict().ok();
    let looks = draft.dict(widget, b"AP").map(|looks| draft.get(looks, b"N"));
    let before = looks.and_then(|looks| looks.as_stream().ok()).and_then(|look| draft.dict(&look.dict, b"Resources"));
    let mut fonts = Dictionary::new();
    for resources in [shared, own, before].into_iter().flatten() {
        if let Some(found) = draft.dict(resources, b"Font") {
            fonts.extend(found);
        }
    }
    fonts
}

/// The lines in the form's font, or in one that has more.
fn set(
    draft: &mut Draft,
    style: &Style,
    fonts: &Dictionary,
    lines: &[String],
    given: Option<&Embedded>,
) -> Option<Set> {
    if let Ok(font) = fonts.get(&style.font)
        && let Some(dict) = draft.object(font)
        && let Some(lines) = glyphs(draft, dict, lines)
    {
        return Some(Set { name: style.font.clone(), font: font.clone(), lines });
    }
    let fallback = metrics::helvetica();
    if let Some(lines) = glyphs(draft, &fallback, lines) {
        return Some(Set { name: FALLBACK.to_vec(), font: fallback.into(), lines });
    }
    let given = given?;
    let chars: BTreeSet<char> = lines.iter().flat_map(|line| line.chars()).map(plain).collect();
    let font = given.font(draft, &chars)?;
    let glyph = |char: char| {
        let char = plain(char);
        let (code, width) = given.glyph(char)?;
        Some(Glyph { code, is_wide: true, width, is_space: char == ' ' })
    };
    let lines = lines.iter().map(|line| line.chars().map(glyph).collect()).collect::<Option<_>>()?;
    Some(Set { name: GIVEN.to_vec(), font: font.into(), lines })
}

/// A character as it is drawn.
fn plain(char: char) -> char {
    if char == '\t' { ' ' } else { char }
}

/// The lines in a font; none if that has not got all of their characters.
fn glyphs(draft: &Draft, font: &Dictionary, lines: &[String]) -> Option<Vec<Line>> {
    if !matches!(draft.name(font, b"Subtype"), Some(b"Type1" | b"TrueType" | b"MMType1")) {
        return None;
    }
    let mut named = font.clone();
    named.set("Type", write::name("Font"));
    let encoding = named.get_font_encoding_with_limit(&draft.file, MAX_CONTENT_BYTES).ok()?;
    let base = String::from_utf8_lossy(draft.name(font, b"BaseFont").unwrap_or_default()).into_owned();
    let widths = draft.reals(draft.list(font, b"Widths"));
    let first = draft.integer(font, b"FirstChar").unwrap_or(0);
    let glyph = |char: char| {
        let char = plain(char);
        let code = encoding.string_to_bytes(char.encode_utf8(&mut [0; 4]));
        let [code] = code[..] else { return None };
        if !encoding.bytes_to_string(&[code]).is_ok_and(|back| back.chars().eq([char])) {
            return None;
        }
        let width = if widths.is_empty() {
            metrics::width(&base, char).into()
        } else {
            let at = usize::try_from(i64::from(code) - first).ok()?;
            widths.get(at).copied().filter(|width| *width > 0.0)?
        };
        Some(Glyph { code: code.into(), is_wide: false, width: width / 1000.0, is_space: char == ' ' })
    };
    lines.iter().map(|line| line.chars().map(glyph).collect()).collect()
}

/// Give a tick or a button that has no looks of its own a mark for this state, and a look without it for the other.
pub fn mark(draft: &mut Draft, widget: ObjectId, state: &[u8], round: bool) {
    let Some(frame) = draft.file.get_dictionary(widget).ok().and_then(|dict| frame(draft, dict)) else { return };
    let [width, height] = frame.size;
    let size = width.min(height) * 0.8;
    // Of Zapf Dingbats: a tick, and a disc.
    let (code, advance, rise) = if round { ('l', 0.791, 0.35) } else { ('4', 0.755, 0.35) };
    let (x, y) = (width / 2.0 - size * advance / 2.0, height / 2.0 - size * rise);
    let ticked =
        format!("{}q BT 0 g /ZaDb {} Tf {} {} Td ({code}) Tj ET Q\n", frame.drawn, number(size), number(x), number(y));
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "ZapfDingbats" };
    let look = |drawn| form(drawn, frame.size, frame.matrix, dictionary! { "ZaDb" => font.clone() });
    let (on, off) = (draft.file.add_object(look(ticked)), draft.file.add_object(look(frame.drawn.clone())));
    let mut looks = dictionary! { "Off" => off };
    looks.set(if state == OFF { b"Yes" } else { state }, on);
    draft.change(widget, |widget| {
        widget.set("AP", dictionary! { "N" => looks });
        widget.set("AS", write::name(state));
    });
}
