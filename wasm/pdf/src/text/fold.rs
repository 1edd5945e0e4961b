//! Texts as they are compared: what reads the same is the same.

use super::layout::Layout;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// What becomes of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Letters {
    /// Each is one character, ligatures are their letters, and what is not seen is not there.
    Read,
    /// As [`Letters::Read`], and what is written in another style is the same: wide, raised or
    /// rounded letters, quotes, dashes.
    Plain,
    /// As [`Letters::Plain`], without accents, and letters that stand alone in a row are a word.
    Lone,
    /// As [`Letters::Plain`], without accents and white space.
    Bare,
}

/// What becomes of the ends of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lines {
    /// They are spaces.
    Spaced,
    /// They are nothing where words may go on: after dashes, in addresses, in writing without spaces.
    Joined,
    /// As [`Lines::Joined`], and hyphens before them are nothing too.
    Whole,
}

/// How a text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form {
    /// Its letters.
    pub letters: Letters,
    /// Whether capitals are small letters.
    pub small: bool,
    /// Its lines.
    pub lines: Lines,
}

/// A text in one form.
pub struct Folded {
    /// The text.
    pub text: String,
    /// Where in it letters start, and what they were made of.
    sources: Vec<(usize, Range<usize>)>,
}

impl Folded {
    /// What a part of it was made of.
    pub fn source(&self, part: Range<usize>) -> Range<usize> {
        let from = self.sources.partition_point(|(start, _)| *start <= part.start).saturating_sub(1);
        let to = self.sources.partition_point(|(start, _)| *start < part.end);
        match self.sources.get(from..to) {
            Some([(_, first), .., (_, last)]) => first.start..last.end,
            Some([(_, only)]) => only.clone(),
            _ => 0..0,
        }
    }

    fn space(&mut self, source: &Range<usize>) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.push(' ', source);
        }
    }

    fn push(&mut self, char: char, source: &Range<usize>) {
        // All that was made of one letter belongs together.
        if self.sources.last().is_none_or(|(_, last)| last != source) {
            self.sources.push((self.text.len(), source.clone()));
        }
        self.text.push(char);
    }
}

/// A text, and the forms of it that were wanted.
pub struct Text {
    /// White space is one character: `\n` at the end of a line, `\t` for a wide gap, else a space.
    raw: String,
    forms: RefCell<BTreeMap<Form, Rc<Folded>>>,
}

impl Text {
    /// For a text.
    pub fn new(text: &str) -> Self {
        let mut made = Self { raw: String::with_capacity(text.len()), forms: RefCell::default() };
        text.chars().for_each(|char| made.push(char));
        made
    }

    /// For a page, and where in it each glyph starts.
    pub fn of(layout: &Layout) -> (Self, Vec<(usize, usize)>) {
        let mut made = Self::new("");
        let mut starts = Vec::new();
        for line in layout.lines() {
            made.gap('\n');
            for glyph in line.glyphs.clone() {
                if layout.is_spaced(glyph) {
                    made.gap(if layout.is_far(glyph) { '\t' } else { ' ' });
                }
                let start = made.raw.len();
                layout.chars(glyph).chars().for_each(|char| made.push(char));
                if made.raw.len() > start {
                    starts.push((start, glyph));
                }
            }
        }
        (made, starts)
    }

    fn push(&mut self, char: char) {
        match char {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => self.gap('\n'),
            char if char.is_whitespace() => self.gap(' '),
            char => self.raw.push(char),
        }
    }

    /// Of white space in a row, that which parts most stays.
    fn gap(&mut self, gap: char) {
        match self.raw.chars().next_back() {
            None | Some('\n') => return,
            Some('\t') if gap == ' ' => return,
            Some(' ' | '\t') => drop(self.raw.pop()),
            Some(_) => {}
        }
        self.raw.push(gap);
    }

    /// The text with other characters in place of one.
    pub fn replaced(&self, char: char, by: &str) -> Self {
        Self { raw: self.raw.replace(char, by), forms: RefCell::default() }
    }

    /// The text with another character in place of one in some parts.
    pub fn with(&self, parts: Vec<Range<usize>>, char: char, by: char) -> Self {
        let mut raw = String::with_capacity(self.raw.len());
        let mut parts = parts.into_iter().peekable();
        for (at, letter) in self.raw.char_indices() {
            while parts.next_if(|part| part.end <= at).is_some() {}
            let is_in = letter == char && parts.peek().is_some_and(|part| part.contains(&at));
            raw.push(if is_in { by } else { letter });
        }
        Self { raw, forms: RefCell::default() }
    }

    /// All of it.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// A part of it, to read.
    pub fn read(&self, part: Range<usize>) -> String {
        let form = Form { letters: Letters::Read, small: false, lines: Lines::Joined };
        fold(self.raw.get(part).unwrap_or_default(), form).text.trim().to_owned()
    }

    /// The text in a form.
    pub fn folded(&self, form: Form) -> Rc<Folded> {
        self.forms.borrow_mut().entry(form).or_insert_with(|| Rc::new(fold(&self.raw, form))).clone()
    }

    /// Whether a part begins or ends within a word.
    pub fn is_cut(&self, part: &Range<usize>) -> bool {
        let is_letter = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
        let (before, found, after) = (&self.raw[..part.start], &self.raw[part.clone()], &self.raw[part.end..]);
        is_letter(before.chars().next_back()) && is_letter(found.chars().next())
            || is_letter(found.chars().next_back()) && is_letter(after.chars().next())
    }
}

/// A text to look for, in a form.
pub fn wanted(text: &str, form: Form) -> String {
    fold(&Text::new(text.trim()).raw, form).text
}

fn fold(raw: &str, form: Form) -> Folded {
    let mut folded = Folded { text: String::with_capacity(raw.len()), sources: Vec::new() };
    let mut before = '\n';
    let mut at = 0;
    while let Some(first) = raw[at..].chars().next() {
        let start = at;
        at += first.len_utf8();
        let rest = &raw[at..];
        if first.is_whitespace() {
            let goes_on = first == '\n' && form.lines != Lines::Spaced && goes_on(before, rest.chars().next());
            match form.letters {
                // What is found without spaces does not reach over wide gaps.
                Letters::Bare if first == '\t' => folded.push('\n', &(start..at)),
                Letters::Bare => {}
                // An accent that was drawn by itself stands over a letter.
                Letters::Lone if is_spacing(before) || rest.chars().next().is_some_and(is_spacing) => {}
                Letters::Lone if first != '\t' && is_lone(raw[..start].chars().rev()) && is_lone(rest.chars()) => {}
                _ if goes_on => {}
                _ => folded.space(&(start..at)),
            }
            continue;
        }
        let may_part = form.lines == Lines::Whole && is_hyphen(first) && before.is_alphabetic();
        let parts_word = || rest.starts_with('\n') && rest.chars().nth(1).is_some_and(char::is_alphabetic);
        before = first;
        if may_part && parts_word() {
            continue;
        }
        if first.is_ascii() && rest.bytes().next().is_none_or(|byte| byte.is_ascii()) {
            letter(&mut folded, first, &(start..at), form);
            continue;
        }
        at += rest.find(|char| !is_combining(char)).unwrap_or(rest.len());
        let cluster = &raw[start..at];
        let mut add = |char| letter(&mut folded, char, &(start..at), form);
        match form.letters {
            Letters::Read => cluster.nfc().for_each(&mut add),
            Letters::Plain => cluster.nfkc().for_each(&mut add),
            Letters::Lone | Letters::Bare if is_spacing(first) => {}
            Letters::Lone | Letters::Bare => cluster.nfkd().filter(|char| !is_accent(*char)).for_each(&mut add),
        }
    }
    folded
}

/// Take over a letter.
fn letter(folded: &mut Folded, char: char, source: &Range<usize>, form: Form) {
    if char.is_whitespace() {
        if form.letters != Letters::Bare {
            folded.space(source);
        }
        return;
    }
    if is_unseen(char) {
        return;
    }
    let char = if form.letters == Letters::Read { char } else { typed(char) };
    if let Some(letters) = ligature(char) {
        letters.chars().for_each(|char| folded.push(char, source));
    } else if !form.small {
        folded.push(char, source);
    } else if char.is_ascii() {
        folded.push(char.to_ascii_lowercase(), source);
    } else {
        // By way of its capital: ß is ss, and a final sigma is one like others.
        char.to_uppercase().flat_map(char::to_lowercase).for_each(|char| folded.push(char, source));
    }
}

/// Whether a word, a number or an address may go on in the next line.
fn goes_on(before: char, after: Option<char>) -> bool {
    let is_joined = |char: char| {
        is_hyphen(char) || matches!(char, '\u{2011}'..='\u{2014}' | '/' | '@' | '_' | '.' | '\\') || is_unspaced(char)
    };
    // A full stop ends a sentence, unless a small letter or a number follows.
    let ends = before == '.' && after.is_none_or(|after| !after.is_lowercase() && !after.is_numeric());
    is_joined(before) && !ends || after.is_some_and(|after| is_unspaced(after) || after == '@')
}

/// Whether what is next is a letter that stands alone.
fn is_lone(letters: impl Iterator<Item = char>) -> bool {
    let mut letters = letters.filter(|char| !is_combining(*char));
    letters.next().is_some() && letters.next().is_none_or(char::is_whitespace)
}

/// Writing that has no spaces between words.
fn is_unspaced(char: char) -> bool {
    matches!(char,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{312f}'
        | '\u{31a0}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// What parts words at the ends of lines.
fn is_hyphen(char: char) -> bool {
    matches!(char, '-' | '\u{ad}' | '\u{2010}' | '\u{ac}')
}

/// Whether a character changes the one before it: accents, and parts of Korean syllables.
fn is_combining(char: char) -> bool {
    canonical_combining_class(char) != 0 || matches!(char, '\u{1160}'..='\u{11ff}' | '\u{ff9e}' | '\u{ff9f}')
}

/// Accents, and points and lengths that many leave out.
fn is_accent(char: char) -> bool {
    matches!(char,
        '\u{2c6}' | '\u{2c7}' | '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Accents that stand by themselves, as some programs draw them over letters.
fn is_spacing(char: char) -> bool {
    matches!(char, '\u{a8}' | '\u{af}' | '\u{b4}' | '\u{b8}' | '\u{2c6}' | '\u{2c7}' | '\u{2d8}'..='\u{2dd}')
}

/// Characters that are not seen.
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Quotes and dashes as they are typed.
fn typed(char: char) -> char {
    match char {
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2035}' | '\u{2b9}' | '\u{2bc}' | '‹' | '›' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{2036}' | '\u{2ba}' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' => '-',
        '\u{2044}' => '/',
        char => char,
    }
}

/// Ligatures that are letters to all who read.
fn ligature(char: char) -> Option<&'static str> {
    Some(match char {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Form, Letters, Lines, Text, fold, wanted};

    fn folded(text: &str, letters: Letters, lines: Lines) -> String {
        wanted(text, Form { letters, small: true, lines })
    }

    #[test]
    fn what_reads_the_same_is_the_same() {
        for (text, expected) in [
            ("Ｗｉｄｅ　①", "wide 1"),
            ("“It’s” – so—so", "\"it's\" - so-so"),
            ("e\u{301}te\u{301}", "été"),
            ("zero\u{200b}wid\u{ad}th", "zerowidth"),
            ("Straße ΟΔΟΣ", "strasse οδοσ"),
            ("oﬃce ½", "office 1/2"),
            ("a \u{a0}\n b", "a b"),
            ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
        ] {
            assert_eq!(folded(text, Letters::Plain, Lines::Spaced), expected, "{text}");
        }
        assert_eq!(folded("the W u\u{308} and S E C", Letters::Lone, Lines::Spaced), "the wu and sec");
        for text in ["M¨uller", "Müller", "mu\u{308}ller", "M U L\u{200b}L E R", "MUL LER"] {
            assert_eq!(folded(text, Letters::Bare, Lines::Spaced), "muller", "{text}");
        }
    }

    #[test]
    fn lines_are_joined_where_words_go_on() {
        for (text, joined, whole) in [
            ("an-\nother", "an-other", "another"),
            ("an\u{ad}\nother", "another", "another"),
            ("12-\n34", "12-34", "12-34"),
            ("me@\nhere.\norg", "me@here.org", "me@here.org"),
            ("End.\nNext", "end. next", "end. next"),
            ("one\ntwo", "one two", "one two"),
            ("東\n京", "東京", "東京"),
        ] {
            assert_eq!(folded(text, Letters::Plain, Lines::Joined), joined, "{text}");
            assert_eq!(folded(text, Letters::Plain, Lines::Whole), whole, "{text}");
        }
    }

    #[test]
    fn parts_lead_back_to_what_they_were_made_of() {
        let text = Text::new("a ﬁe\u{301} b");
        let form = Form { letters: Letters::Plain, small: false, lines: Lines::Spaced };
        let folded = fold(text.raw(), form);
        assert_eq!(folded.text, "a fié b");
        for (part, source) in [(0..1, "a"), (2..3, "ﬁ"), (3..4, "ﬁ"), (4..6, "e\u{301}"), (6..8, " b")] {
            assert_eq!(&text.raw()[folded.source(part.clone())], source, "{part:?}");
        }
        assert_eq!(text.read(0..text.raw().len()), "a fié b");
    }
}
