//! Numbers of pages as people write them: `1-3,8,10-`.

use crate::error::{Error, Result, invalid};

/// Read the option `pages` for a document with `count` pages: numbers and ranges, parted by commas.
/// A range may lack its end. Without the option it is all pages.
pub fn numbers(option: Option<&str>, count: u32) -> Result<Vec<u32>> {
    let Some(text) = option else {
        return Ok((1..=count).collect());
    };
    let mut numbers = Vec::new();
    for part in text.split(',').map(str::trim) {
        let number = |digits: &str| digits.trim().parse().map_err(|_| unreadable(text, part));
        let (first, last) = match part.split_once('-') {
            // It could be meant to count from the end.
            Some(("", last)) => {
                let last = number(last)?;
                return Err(invalid(format!(
                    "pages: {part:?} in {text:?} has no start: write 1-{last} for what comes first; the last page is {count}"
                )));
            }
            Some((first, "")) => (number(first)?, count),
            Some((first, last)) => (number(first)?, number(last)?),
            None => {
                let page = number(part)?;
                (page, page)
            }
        };
        if first == 0 || first > count {
            return Err(no_page(first, count));
        }
        if last > count {
            return Err(no_page(last, count));
        }
        if first > last {
            return Err(invalid(format!("pages: {part} in {text:?} runs backwards")));
        }
        numbers.extend(first..=last);
        if numbers.len() > MAX_NUMBERS {
            return Err(invalid(format!("pages: {text:?} names more than {MAX_NUMBERS} pages")));
        }
    }
    Ok(numbers)
}

/// Most pages that an option may name: some of them twice.
const MAX_NUMBERS: usize = 2 * crate::limits::MAX_PAGES;

/// There is no such page.
pub fn no_page(number: u32, count: u32) -> Error {
    invalid(match count {
        0 => "the document has no pages".to_owned(),
        1 => format!("there is no page {number}: the document has page 1 only"),
        _ => format!("there is no page {number}: the document has pages 1 to {count}"),
    })
}

fn unreadable(text: &str, part: &str) -> Error {
    invalid(format!("pages: must be numbers and ranges such as 1-3,8,10-, not {text:?} ({part:?} is neither)"))
}

#[cfg(test)]
mod tests {
    use super::numbers;
    use crate::error::Error;

    #[test]
    fn numbers_and_ranges_are_read() {
        for (text, expected) in [
            ("1", vec![1]),
            ("1-3,8,10-", vec![1, 2, 3, 8, 10, 11, 12]),
            ("11 -", vec![11, 12]),
            (" 12 , 3 - 4 ", vec![12, 3, 4]),
            ("2,2", vec![2, 2]),
        ] {
            assert_eq!(numbers(Some(text), 12).unwrap(), expected, "{text}");
        }
        assert_eq!(numbers(None, 3).unwrap(), [1, 2, 3]);
        assert!(numbers(None, 0).unwrap().is_empty());
    }

    #[test]
    fn other_texts_are_refused() {
        for (text, part) in [
            ("", "numbers and ranges"),
            ("-", "numbers and ranges"),
            ("1,,2", "numbers and ranges"),
            ("one", "numbers and ranges"),
            ("1-2-3", "numbers and ranges"),
            ("99999999999", "numbers and ranges"),
            ("0", "no page 0"),
            ("13", "no page 13"),
            ("3-13", "no page 13"),
            ("5-3", "backwards"),
            ("-2", "write 1-2"),
            ("1,-1", "the last page is 12"),
        ] {
            let error = numbers(Some(text), 12).unwrap_err();
            assert!(matches!(&error, Error::InvalidArgument(said) if said.contains(part)), "{text}: {error:?}");
        }
    }
}
