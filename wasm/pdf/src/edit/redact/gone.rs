//! What is not to be left anywhere: texts that are looked for, and what lay in boxes.

use crate::strings;
use crate::text::fold::{Form, Letters, Lines, Text, wanted};
use crate::text::search::{self, Query};
use lopdf::Stream;
use std::cell::Cell;
use std::collections::HashMap;

/// What stands where something was found in a text that stays.
pub const MARK: &str = "[redacted]";
/// Shortest text under a box of which copies elsewhere are looked for, in characters.
pub const SHORTEST_COPY: usize = 4;
/// Most comparisons of words; after them all may be copies.
const MAX_COMPARED: usize = 1 << 28;

/// What is not to be left.
pub struct Gone {
    queries: Vec<Query>,
    /// The words of what lay in boxes, one after the other.
    words: Vec<String>,
    /// Where in these each word is.
    places: HashMap<String, Vec<usize>>,
    /// How many comparisons may still be made.
    budget: Cell<usize>,
}

impl Gone {
    /// What these find, and what is a part of these texts.
    pub fn new<'a>(queries: Vec<Query>, texts: impl Iterator<Item = &'a str>) -> Self {
        let words: Vec<String> = texts.flat_map(words).collect();
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        words.iter().enumerate().for_each(|(place, word)| places.entry(word.clone()).or_default().push(place));
        Self { queries, words, places, budget: Cell::new(MAX_COMPARED) }
    }

    /// What is left of a string, if anything of it goes.
    pub fn rest(&self, bytes: &[u8]) -> Option<String> {
        let Some(readings) = strings::readings(bytes) else { return Some(MARK.to_owned()) };
        if !readings.iter().any(|text| self.has(text)) {
            return None;
        }
        // What is found only when it is read in another way goes whole.
        let rest = self.without(readings.first()?);
        let is_clean = |text: &String| strings::escaped(text).iter().all(|text| !self.has(text));
        Some(rest.filter(is_clean).unwrap_or_else(|| MARK.to_owned()))
    }

    /// A text without what goes; none if that is not in it. What is left may have it again, where words have
    /// other edges.
    pub fn without(&self, text: &str) -> Option<String> {
        let mut rest = self.without_once(text)?;
        while let Some(less) = self.without_once(&rest) {
            rest = less;
        }
        Some(rest)
    }

    fn without_once(&self, text: &str) -> Option<String> {
        let part = |part| match self.is_part(part) {
            true => Some(MARK.to_owned()),
            false => search::replaced(&self.queries, &Text::new(part), MARK),
        };
        let parts: Vec<(&str, Option<String>)> = text.split(MARK).map(|text| (text, part(text))).collect();
        let is_changed = parts.iter().any(|(_, rest)| rest.is_some());
        let rests: Vec<&str> = parts.iter().map(|(part, rest)| rest.as_deref().unwrap_or(part)).collect();
        is_changed.then(|| rests.join(MARK))
    }

    /// Whether a string has it, or cannot be read.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        strings::readings(bytes).is_none_or(|readings| readings.iter().any(|text| self.has(text)))
    }

    /// Whether a stream has it, or cannot be read.
    pub fn is_in_stream(&self, stream: &Stream) -> bool {
        match stream.dict.has(b"Filter") {
            true => stream.decompressed_content().map_or(true, |text| self.is_in(&text)),
            false => self.is_in(&stream.content),
        }
    }

    fn has(&self, text: &str) -> bool {
        text.split(MARK).any(|part| {
            let text = Text::new(part);
            self.is_part(part) || self.queries.iter().any(|query| query.stands_in(&text))
        })
    }

    /// Whether a text is a part of what lay in boxes, from one word to another.
    fn is_part(&self, text: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let words: Vec<String> = words(text).collect();
        if words.iter().map(|word| word.chars().count()).sum::<usize>() < SHORTEST_COPY {
            return false;
        }
        // Where its rarest word is.
        let mut rarest: Option<(usize, &[usize])> = None;
        for (number, word) in words.iter().enumerate() {
            let Some(places) = self.places.get(word) else { return false };
            if rarest.is_none_or(|(_, fewest)| places.len() < fewest.len()) {
                rarest = Some((number, places));
            }
        }
        let Some((number, places)) = rarest else { return false };
        let effort = places.len().saturating_mul(words.len());
        self.budget.set(self.budget.get().saturating_sub(effort));
        self.budget.get() == 0
            || places
                .iter()
                .filter_map(|place| place.checked_sub(number))
                .any(|start| self.words.get(start..start + words.len()).is_some_and(|part| part == words))
    }
}

/// The words of a text, as they are compared.
fn words(text: &str) -> impl Iterator<Item = String> {
    let form = Form { letters: Letters::Lone, small: true, lines: Lines::Whole };
    let text = wanted(text, form);
    let words: Vec<String> =
        text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.into_iter()
}
