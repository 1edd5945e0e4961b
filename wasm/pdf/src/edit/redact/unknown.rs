//! Glyphs whose letters are not known: whether what is looked for could stand there.

use crate::error::Result;
use crate::text::fold::Text;
use crate::text::search::{Pass, Query, compiled, is_gap, parsed};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

/// Stands in texts for what is not known.
pub const UNKNOWN: char = '\u{fffd}';
/// Stands in texts for what is known to be no letter.
pub const SIGN: char = '\u{fffc}';
/// Stands for what is not known where it is taken to be nothing: comparisons do not see it.
const NOTHING: char = '\u{e0001}';
/// Ligatures have up to so many letters.
const LETTERS: usize = 3;
/// Most bytes of texts that are gone through more than once.
const MAX_WORK: usize = 1 << 24;

/// What is looked for, as it may stand among letters that are not known.
pub struct Wide<'a> {
    query: &'a Query,
    passes: Vec<Pass>,
}

impl<'a> Wide<'a> {
    /// For a query: each of its letters may be one that is not known.
    pub fn new(query: &'a Query) -> Result<Self> {
        let wide = |pass: &Pass| {
            let regex = compiled(&widened(&parsed(pass.regex.as_str(), false)?).to_string(), false)?;
            Ok(Pass { regex, ..pass.clone() })
        };
        Ok(Self { query, passes: query.passes().iter().map(wide).collect::<Result<_>>()? })
    }

    /// Whether it could stand in a text where that has letters that are not known. Each of these is one letter,
    /// or all are ligatures, or nothing; then at least one letter is to be known, or all would be found everywhere,
    /// unless the text has no letter that is.
    pub fn could_stand_in(&self, text: &Text) -> bool {
        if !text.raw().contains(UNKNOWN) {
            return false;
        }
        // What is found goes, with all that is in it.
        let text = text.with(self.query.find(text), UNKNOWN, SIGN);
        let is_blind = !text.raw().contains(char::is_alphanumeric);
        let mut work = 0;
        (0..=LETTERS).any(|count| {
            let letters = if count == 0 { NOTHING.to_string() } else { UNKNOWN.to_string().repeat(count) };
            let text = text.replaced(UNKNOWN, &letters);
            self.passes.iter().any(|pass| stands(pass, &text, count, is_blind, &mut work))
        })
    }
}

/// Whether a pass finds something in which a letter is not known.
fn stands(pass: &Pass, text: &Text, count: usize, is_blind: bool, work: &mut usize) -> bool {
    let folded = text.folded(pass.form);
    let mut at = 0;
    while let Some(found) = pass.regex.find_at(&folded.text, at) {
        *work += found.len() + 1;
        if *work > MAX_WORK {
            return true;
        }
        let place = folded.source(found.range());
        let is_touched = match count {
            0 => text.raw()[place.clone()].contains(NOTHING),
            _ => found.as_str().contains(UNKNOWN),
        };
        let is_enough = count == 1 || is_blind || found.as_str().contains(char::is_alphanumeric);
        if is_touched && is_enough && !(pass.is_whole && text.is_cut(&place)) {
            return true;
        }
        let Some(first) = folded.text[found.start()..].chars().next() else { break };
        at = found.start() + first.len_utf8();
    }
    false
}

/// A pattern in which what is not known stands for any letter; edges of words cannot be told there.
fn widened(of: &Hir) -> Hir {
    match of.kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).unwrap_or_default();
            Hir::concat(
                text.chars().map(|char| or_unknown(ClassUnicode::new([ClassUnicodeRange::new(char, char)]))).collect(),
            )
        }
        HirKind::Class(class) if is_gap(class) => of.clone(),
        HirKind::Class(Class::Unicode(class)) => or_unknown(class.clone()),
        HirKind::Class(Class::Bytes(_)) => of.clone(),
        HirKind::Repetition(repeated) => {
            Hir::repetition(Repetition { sub: Box::new(widened(&repeated.sub)), ..repeated.clone() })
        }
        HirKind::Capture(capture) => widened(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(widened).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(widened).collect()),
    }
}

fn or_unknown(mut class: ClassUnicode) -> Hir {
    class.push(ClassUnicodeRange::new(UNKNOWN, UNKNOWN));
    Hir::class(Class::Unicode(class))
}
