//! Looks for texts on pages.

use super::layout::Layout;
use crate::error::{Error, Result, invalid};
use crate::limits::MAX_REGEX_BYTES;
use crate::wit;
use regex::{Regex, RegexBuilder};
use std::ops::Range;

/// What is looked for.
#[derive(Clone)]
pub struct Query {
    regex: Regex,
    /// Letters of a text; none of a regular expression.
    letters: usize,
}

impl Query {
    /// A text or a regular expression, by default a text in which capitals do not matter.
    pub fn new(text: &str, ignore_case: Option<bool>, regex: Option<bool>) -> Result<Self> {
        let is_regex = regex.unwrap_or(false);
        let pattern = if is_regex { text.to_owned() } else { regex::escape(&plain(text)) };
        if pattern.is_empty() {
            return Err(invalid("query: there is nothing to look for"));
        }
        RegexBuilder::new(&pattern)
            .case_insensitive(ignore_case.unwrap_or(true))
            .size_limit(MAX_REGEX_BYTES)
            .build()
            .map(|regex| Self { regex, letters: if is_regex { 0 } else { plain(text).chars().count() } })
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => {
                    Error::LimitExceeded(format!("query: compiled, it has more than {MAX_REGEX_BYTES} bytes"))
                }
                error => invalid(format!("query: {}", last_line(&error.to_string()))),
            })
    }

    /// Whether it is a text that is hardly found by chance where words run into each other.
    pub fn is_long(&self) -> bool {
        self.letters >= 4
    }

    /// Whether a text has it.
    pub fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(&plain(text))
    }

    /// A text with something else in all places where this stands; none if it stands nowhere.
    pub fn replaced(&self, text: &str, by: &str) -> Option<String> {
        let text = plain(text);
        self.regex.is_match(&text).then(|| self.regex.replace_all(&text, regex::NoExpand(by)).into_owned())
    }
}

/// What the regular expression's parser says, without the picture that it draws of it.
fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// A text as pages are searched: each white space is one space, ligatures are letters.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.trim().chars() {
        push(&mut plain, char);
    }
    plain
}

fn push(text: &mut String, char: char) {
    match char {
        char if char.is_whitespace() => {
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
        }
        '\u{ad}' => {}
        'ﬀ' => text.push_str("ff"),
        'ﬁ' => text.push_str("fi"),
        'ﬂ' => text.push_str("fl"),
        'ﬃ' => text.push_str("ffi"),
        'ﬄ' => text.push_str("ffl"),
        'ﬅ' | 'ﬆ' => text.push_str("st"),
        char => text.push(char),
    }
}

/// Where the query stands on a page.
pub fn hits(query: &Query, layout: &Layout, page: u32) -> Vec<wit::Hit> {
    // The page as one text, and where in it each glyph starts.
    let mut text = String::new();
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for line in layout.lines() {
        push(&mut text, ' ');
        for glyph in line.glyphs.clone() {
            if layout.is_spaced(glyph) {
                push(&mut text, ' ');
            }
            let start = text.len();
            layout.chars(glyph).chars().for_each(|char| push(&mut text, char));
            if text.len() > start {
                starts.push((start, glyph));
            }
        }
    }
    let found = query.regex.find_iter(&text).filter(|found| !found.as_str().trim().is_empty());
    found
        .map(|found| {
            let first = starts.partition_point(|(start, _)| *start <= found.start()).saturating_sub(1);
            let last = starts.partition_point(|(start, _)| *start < found.end());
            let glyphs = starts[first..last].iter().map(|(_, glyph)| *glyph);
            wit::Hit { page, text: found.as_str().trim().to_owned(), boxes: boxes(layout, glyphs) }
        })
        .collect()
}

/// One rectangle a line.
fn boxes(layout: &Layout, glyphs: impl Iterator<Item = usize>) -> Vec<wit::Box> {
    let mut ranges: Vec<(usize, Range<usize>)> = Vec::new();
    for glyph in glyphs {
        let line = layout.lines().partition_point(|line| line.glyphs.end <= glyph);
        match ranges.last_mut() {
            Some((last, range)) if *last == line => range.end = glyph + 1,
            _ => ranges.push((line, glyph..glyph + 1)),
        }
    }
    ranges.into_iter().map(|(_, range)| layout.bounds(range)).collect()
}
