//! The order of reading in lines that run, or partly run, from right to left.

use unicode_bidi::{BidiClass, bidi_class};

/// Where a part of a line runs to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Direction {
    Right,
    Left,
    /// As what is around it.
    Neutral,
}

/// The direction of a text by its characters; numbers run to the right, and so does what has both: it is read as it is.
fn direction(text: &str) -> Direction {
    let mut found = Direction::Neutral;
    for char in text.chars() {
        match bidi_class(char) {
            BidiClass::R | BidiClass::AL => found = Direction::Left,
            BidiClass::L | BidiClass::EN | BidiClass::AN => return Direction::Right,
            _ => {}
        }
    }
    found
}

/// Whether a text runs to the left.
pub fn is_leftward(text: &str) -> bool {
    // What is below is never Hebrew, Arabic or their kin.
    text.chars().any(|char| char >= '\u{590}') && direction(text) == Direction::Left
}

/// Whether a number or its like: those run to the right, but do not make a line do so.
fn is_number(text: &str) -> bool {
    text.chars().any(|char| matches!(bidi_class(char), BidiClass::EN | BidiClass::AN))
}

/// The order of reading for items (glyphs) that stand from left to right: indices into `texts`.
pub fn reading_order(texts: &[&str]) -> Vec<usize> {
    let mut directions: Vec<Direction> = texts.iter().map(|text| direction(text)).collect();
    let base = base(&directions, texts);
    resolve_neutrals(&mut directions, texts, base);

    let mut runs = Vec::new();
    let mut start = 0;
    for end in 1..=directions.len() {
        if end == directions.len() || directions[end] != directions[start] {
            runs.push((directions[start], start..end));
            start = end;
        }
    }
    if base == Direction::Left {
        runs.reverse();
    }
    let mut order = Vec::with_capacity(texts.len());
    for (direction, run) in runs {
        match direction {
            Direction::Left => order.extend(run.rev()),
            _ => order.extend(run),
        }
    }
    order
}

/// Where a line runs to: as both of its ends do, or else as most of it does.
fn base(directions: &[Direction], texts: &[&str]) -> Direction {
    let strong = || {
        let all = directions.iter().zip(texts);
        all.filter(|(found, text)| **found != Direction::Neutral && !is_number(text)).map(|(found, _)| *found)
    };
    match (strong().next(), strong().next_back()) {
        (Some(first), Some(last)) if first == last => first,
        _ if 2 * strong().filter(|found| *found == Direction::Left).count() > strong().count() => Direction::Left,
        _ => Direction::Right,
    }
}

/// Give each neutral item a direction: that of its neighbours where they agree, else the line's.
fn resolve_neutrals(directions: &mut [Direction], texts: &[&str], base: Direction) {
    let mut index = 0;
    while index < directions.len() {
        if directions[index] != Direction::Neutral {
            index += 1;
            continue;
        }
        let end =
            (index..directions.len()).find(|&at| directions[at] != Direction::Neutral).unwrap_or(directions.len());
        let before = index.checked_sub(1).map_or(base, |at| directions[at]);
        let after = directions.get(end).copied().unwrap_or(base);
        // Two numbers are one (1,5 or 12:30) only if a single mark parts them.
        let joins_numbers = index > 0
            && end < directions.len()
            && is_number(texts[index - 1])
            && is_number(texts[end])
            && (end - index > 1 || texts[index].trim().is_empty());
        let resolved = if before == after && !(joins_numbers && base == Direction::Left) { before } else { base };
        directions[index..end].fill(resolved);
        index = end;
    }
}

#[cfg(test)]
mod tests {
    use super::reading_order;

    fn read(visual: &str) -> String {
        let texts: Vec<&str> = visual.split_inclusive(|_| true).collect();
        reading_order(&texts).into_iter().map(|index| texts[index]).collect()
    }

    #[test]
    fn one_that_runs_both_ways_is_read_as_it_is() {
        let texts = ["\u{5d0} h", "a", "i", " ", "\u{5d1}"];
        assert_eq!(reading_order(&texts), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn visual_lines_become_logical() {
        // As they stand on paper from left to right, and as they are read.
        for (visual, logical) in [
            ("abc", "abc"),
            ("\u{5d2}\u{5d1}\u{5d0}", "\u{5d0}\u{5d1}\u{5d2}"),
            (".\u{5d3}\u{5d2} 42 \u{5d1}\u{5d0}", "\u{5d0}\u{5d1} 42 \u{5d2}\u{5d3}."),
            ("\u{5d2} 1,5 \u{5d1}", "\u{5d1} 1,5 \u{5d2}"),
            ("say \u{5d1}\u{5d0} now", "say \u{5d0}\u{5d1} now"),
            ("\u{5d3}\u{5d2} pdf file \u{5d1}\u{5d0}", "\u{5d0}\u{5d1} pdf file \u{5d2}\u{5d3}"),
        ] {
            assert_eq!(read(visual), logical);
        }
    }
}
