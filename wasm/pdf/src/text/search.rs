//! Looks for texts on pages.

use super::fold::{Form, Letters, Lines, Text, wanted};
use super::layout::Layout;
use crate::error::{Error, Result, invalid};
use crate::limits::MAX_REGEX_BYTES;
use crate::wit;
use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// Texts of fewer letters are found by chance where words run into each other.
const SHORT: usize = 4;

/// Texts of so many letters are not.
const LONG: usize = 10;

/// What is looked for.
#[derive(Clone)]
pub struct Query {
    passes: Vec<Pass>,
    /// Whether what was found is looked for again in other forms, which may reach farther.
    is_thorough: bool,
}

/// One way to look for it.
#[derive(Clone)]
pub struct Pass {
    /// How texts are read.
    pub form: Form,
    /// What is looked for in them.
    pub regex: Regex,
    /// Whether what is found may not begin or end within words.
    pub is_whole: bool,
}

impl Query {
    /// A text or a regular expression, by default a text in which capitals do not matter.
    ///
    /// A text is found in any style of its letters, and over the ends of lines; a regular expression
    /// sees letters as they are.
    pub fn new(text: &str, ignore_case: Option<bool>, regex: Option<bool>) -> Result<Self> {
        let (ignore_case, is_regex) = (ignore_case.unwrap_or(true), regex.unwrap_or(false));
        if !is_regex {
            return Self::any_of(&[text], ignore_case);
        }
        let mut query = Self { passes: Vec::new(), is_thorough: false };
        let text: String = text.nfc().collect();
        query.add(Letters::Read, false, &compiled(&text, ignore_case)?);
        Ok(query)
    }

    /// As [`Query::new`], to miss nothing that a person would find: without regard to spaces and
    /// accents too, so that it rather finds too much.
    pub fn thorough(text: &str, ignore_case: bool, is_regex: bool) -> Result<Self> {
        if !is_regex {
            return Self::any_of(&[text], ignore_case)?.without_spaces(&[text], ignore_case);
        }
        let mut query = Self { is_thorough: true, ..Self::new(text, Some(ignore_case), Some(true))? };
        let regex = query.passes[0].regex.clone();
        query.add(Letters::Plain, false, &regex);
        let (pattern, letters) = bare(text, ignore_case)?;
        query.add_bare(letters, false, &pattern)?;
        Ok(query)
    }

    /// As [`Query::thorough`], for any of these texts.
    pub fn any_of_thorough(texts: &[&str]) -> Result<Self> {
        Self::any_of(texts, true)?.without_spaces(texts, true)
    }

    fn any_of(texts: &[&str], ignore_case: bool) -> Result<Self> {
        let form = Form { letters: Letters::Plain, small: ignore_case, lines: Lines::Spaced };
        let mut query = Self { passes: Vec::new(), is_thorough: false };
        let patterns = texts.iter().map(|text| regex::escape(wanted(text, form).trim()));
        query.add(Letters::Plain, ignore_case, &compiled(&any(patterns), false)?);
        Ok(query)
    }

    fn without_spaces(mut self, texts: &[&str], ignore_case: bool) -> Result<Self> {
        self.is_thorough = true;
        let form = Form { letters: Letters::Bare, small: ignore_case, lines: Lines::Joined };
        let (short, long): (Vec<String>, Vec<String>) =
            texts.iter().map(|text| wanted(text, form)).partition(|letters| letters.chars().count() < SHORT);
        let pattern = |texts: &[String]| any(texts.iter().map(|text| regex::escape(text)));
        self.add_bare(Letters::Bare, ignore_case, &pattern(&long))?;
        self.add_bare(Letters::Lone, ignore_case, &pattern(&short))?;
        Ok(self)
    }

    fn add_bare(&mut self, letters: Letters, small: bool, pattern: &str) -> Result<()> {
        if !pattern.is_empty() {
            let regex = compiled(pattern, false)?;
            let passes = [Lines::Joined, Lines::Whole].map(|lines| Form { letters, small, lines });
            let is_whole = letters == Letters::Lone;
            self.passes.extend(passes.map(|form| Pass { form, regex: regex.clone(), is_whole }));
        }
        Ok(())
    }

    fn add(&mut self, letters: Letters, small: bool, regex: &Regex) {
        let passes = [Lines::Spaced, Lines::Joined, Lines::Whole].map(|lines| Form { letters, small, lines });
        self.passes.extend(passes.map(|form| Pass { form, regex: regex.clone(), is_whole: false }));
    }

    /// Whether it is so long that its letters stand together by no chance, however far they are apart.
    pub fn is_long(&self) -> bool {
        let length = |pass: &Pass| parsed(pass.regex.as_str(), false).ok()?.properties().minimum_len();
        self.passes.first().and_then(length).is_some_and(|length| length >= LONG)
    }

    /// The ways in which it is looked for.
    pub fn passes(&self) -> &[Pass] {
        &self.passes
    }

    /// Where it stands in a text.
    pub fn find(&self, text: &Text) -> Vec<Range<usize>> {
        let raw = text.raw().as_bytes();
        let mut known = vec![false; raw.len()];
        let mut found: Vec<Range<usize>> = Vec::new();
        for pass in &self.passes {
            let folded = text.folded(pass.form);
            let before = found.len();
            for part in pass.regex.find_iter(&folded.text) {
                if part.as_str().trim().is_empty() {
                    continue;
                }
                let place = folded.source(part.range());
                let mut letters = place.clone().filter(|at| !raw[*at].is_ascii_whitespace());
                let is_known = if self.is_thorough { letters.all(|at| known[at]) } else { letters.any(|at| known[at]) };
                if !(is_known || pass.is_whole && text.is_cut(&place)) {
                    found.push(place);
                }
            }
            for place in &found[before..] {
                known[place.clone()].fill(true);
            }
        }
        found.sort_by_key(|place| place.start);
        found
    }

    /// Whether a text has it.
    pub fn is_in(&self, text: &str) -> bool {
        self.stands_in(&Text::new(text))
    }

    /// As [`Query::is_in`], for a text of which more is asked.
    pub fn stands_in(&self, text: &Text) -> bool {
        !self.find(text).is_empty()
    }
}

/// A text with something else in all places where one of these stands; none if none stands anywhere.
pub fn replaced(queries: &[Query], text: &Text, by: &str) -> Option<String> {
    let mut places: Vec<Range<usize>> = queries.iter().flat_map(|query| query.find(text)).collect();
    places.sort_by_key(|place| place.start);
    let mut rest = String::new();
    let mut at = 0;
    for place in &places {
        if place.start >= at {
            rest.push_str(&text.raw()[at..place.start]);
            rest.push_str(by);
        }
        at = at.max(place.end);
    }
    rest.push_str(&text.raw()[at..]);
    (!places.is_empty()).then_some(rest)
}

/// A pattern for any of these, the longest first: shorter ones may be their beginnings.
fn any(patterns: impl Iterator<Item = String>) -> String {
    let mut patterns: Vec<String> = patterns.filter(|pattern| !pattern.is_empty()).collect();
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.len()));
    patterns.join("|")
}

/// A regular expression.
pub fn compiled(pattern: &str, ignore_case: bool) -> Result<Regex> {
    if pattern.is_empty() {
        return Err(invalid("there is nothing to look for: the text is empty, or white space alone"));
    }
    // Whoever reads the pattern again is to read it so.
    let pattern = if ignore_case { format!("(?i){pattern}") } else { pattern.to_owned() };
    RegexBuilder::new(&pattern).size_limit(MAX_REGEX_BYTES).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => Error::LimitExceeded(format!(
            "what is looked for takes more than {MAX_REGEX_BYTES} bytes when it is compiled"
        )),
        error => invalid(format!("regular expression: {}", last_line(&error.to_string()))),
    })
}

/// What the regular expression's parser says, without the picture that it draws of it.
fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// A regular expression for texts without white space and accents, and for which of them. One that
/// speaks of the edges of words or lines, or matches more or fewer letters, would find what is not meant
/// where words run into each other: it looks at letters that stand alone.
fn bare(pattern: &str, ignore_case: bool) -> Result<(String, Letters)> {
    let parsed = parsed(pattern, ignore_case)?;
    let letters =
        if parsed.properties().look_set().is_empty() && !is_open(&parsed) { Letters::Bare } else { Letters::Lone };
    let bare = without_spaces(&parsed);
    let is_nothing = bare.properties().maximum_len() == Some(0);
    Ok((if is_nothing { String::new() } else { bare.to_string() }, letters))
}

/// What a regular expression is made of.
pub fn parsed(pattern: &str, ignore_case: bool) -> Result<Hir> {
    let parsed = ParserBuilder::new().case_insensitive(ignore_case).build().parse(pattern);
    parsed.map_err(|error| invalid(format!("regular expression: {}", last_line(&error.to_string()))))
}

/// Whether there may be more or fewer of some letters.
fn is_open(of: &Hir) -> bool {
    match of.kind() {
        HirKind::Repetition(repeated) => {
            repeated.max != Some(repeated.min) && has_class(&repeated.sub) || is_open(&repeated.sub)
        }
        HirKind::Capture(capture) => is_open(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(is_open),
        _ => false,
    }
}

/// Whether it stands for any of several letters.
fn has_class(of: &Hir) -> bool {
    match of.kind() {
        HirKind::Class(class) => !is_gap(class) && !is_letter(class),
        HirKind::Repetition(repeated) => has_class(&repeated.sub),
        HirKind::Capture(capture) => has_class(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(has_class),
        _ => false,
    }
}

fn without_spaces(of: &Hir) -> Hir {
    match of.kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(literal) => {
            let form = Form { letters: Letters::Bare, small: false, lines: Lines::Joined };
            let text = std::str::from_utf8(&literal.0).unwrap_or_default();
            Hir::literal(wanted(text, form).into_bytes())
        }
        // What stands for a space may stand for nothing.
        HirKind::Class(class) if is_gap(class) => Hir::alternation(vec![of.clone(), Hir::empty()]),
        HirKind::Class(_) => of.clone(),
        HirKind::Repetition(repeated) => {
            Hir::repetition(Repetition { sub: Box::new(without_spaces(&repeated.sub)), ..repeated.clone() })
        }
        HirKind::Capture(capture) => without_spaces(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_spaces).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(without_spaces).collect()),
    }
}

/// Whether a class has spaces, and no letters or digits.
pub fn is_gap(class: &Class) -> bool {
    let Class::Unicode(class) = class else { return false };
    let has = |char: char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&char));
    has(' ') && !"aAzZ09".chars().any(has)
}

/// Whether a class is one letter, small or capital.
fn is_letter(class: &Class) -> bool {
    matches!(class, Class::Unicode(class) if class.iter().map(|range| range.len()).sum::<usize>() <= 3)
}

/// Where the query stands on a page.
pub fn hits(query: &Query, layout: &Layout, page: u32) -> Vec<wit::Hit> {
    Searched::new(layout, page).hits(query)
}

/// Where something was found.
pub struct Place {
    /// What is said of it.
    pub hit: wit::Hit,
    /// The glyphs in each of its boxes.
    pub glyphs: Vec<Range<usize>>,
}

/// A page that is searched.
pub struct Searched<'a> {
    layout: &'a Layout,
    page: u32,
    text: Text,
    /// Where in the text each glyph starts.
    starts: Vec<(usize, usize)>,
}

impl<'a> Searched<'a> {
    /// As if there were no wide gaps.
    pub fn without_gaps(self) -> Self {
        // Places in the text stay as they are.
        Self { text: self.text.replaced('\t', " "), ..self }
    }

    /// The page as it is laid out.
    pub fn layout(&self) -> &'a Layout {
        self.layout
    }

    /// Its text.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// A page that is laid out.
    pub fn new(layout: &'a Layout, page: u32) -> Self {
        let (text, starts) = Text::of(layout);
        Self { layout, page, text, starts }
    }

    /// Where a query stands on it.
    pub fn hits(&self, query: &Query) -> Vec<wit::Hit> {
        self.places(query).into_iter().map(|place| place.hit).collect()
    }

    /// As [`Searched::hits`], with the glyphs of what was found.
    pub fn places(&self, query: &Query) -> Vec<Place> {
        let found = query.find(&self.text).into_iter();
        found
            .map(|found| {
                let first = self.starts.partition_point(|(start, _)| *start <= found.start).saturating_sub(1);
                let last = self.starts.partition_point(|(start, _)| *start < found.end);
                let glyphs = self.starts.get(first..last).unwrap_or_default().iter().map(|(_, glyph)| *glyph);
                let glyphs = in_lines(self.layout, glyphs);
                let boxes = glyphs.iter().map(|range| self.layout.bounds(range.clone())).collect();
                Place { hit: wit::Hit { page: self.page, text: self.text.read(found), boxes }, glyphs }
            })
            .collect()
    }
}

/// Glyphs line by line; each by itself where a line is slanted.
fn in_lines(layout: &Layout, glyphs: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut ranges: Vec<(usize, Range<usize>)> = Vec::new();
    for glyph in glyphs {
        let line = layout.lines().partition_point(|line| line.glyphs.end <= glyph);
        match ranges.last_mut() {
            Some((last, range)) if *last == line && !layout.glyph(glyph).is_slanted() => range.end = glyph + 1,
            _ => ranges.push((line, glyph..glyph + 1)),
        }
    }
    ranges.into_iter().map(|(_, range)| range).collect()
}
