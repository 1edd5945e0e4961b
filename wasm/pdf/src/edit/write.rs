//! Objects as the standard writes them.

use crate::error::{Result, invalid};
use crate::strings;
use hayro::kurbo::Affine;
use lopdf::{Object, StringFormat};

/// A text string.
pub fn text(text: &str) -> Object {
    let bytes = strings::encode(text);
    let plain = bytes.iter().all(|byte| (32..127).contains(byte));
    Object::String(bytes, if plain { StringFormat::Literal } else { StringFormat::Hexadecimal })
}

/// A name.
pub fn name(name: impl Into<Vec<u8>>) -> Object {
    Object::Name(name.into())
}

/// A number within a content: no exponent, no more digits than matter, even to the scale of what is large.
pub fn number(value: impl Into<f64>) -> String {
    let value = value.into();
    let rounded = format!("{:.6}", if value.is_finite() { value } else { 0.0 });
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// A matrix within a content.
pub fn matrix(of: Affine) -> String {
    of.as_coeffs().map(number).join(" ")
}

/// Numbers as an array.
pub fn numbers(numbers: impl IntoIterator<Item = impl Into<f64>>) -> Object {
    numbers.into_iter().map(|number| Object::Real(number.into() as f32)).collect::<Vec<_>>().into()
}

/// A time of the standard's, out of one as in ISO 8601: a year at least, up to seconds and a time zone.
pub fn date(option: &str, iso: &str) -> Result<String> {
    parse_date(iso).ok_or_else(|| {
        invalid(format!("{option}: '{iso}' is no time as in ISO 8601, such as 2026-01-31 or 2026-01-31T12:30:00+02:00"))
    })
}

fn parse_date(iso: &str) -> Option<String> {
    if !iso.is_ascii() {
        return None;
    }
    let (day, time) = match iso.split_once(['T', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None => (iso, None),
    };
    let mut written = "D:".to_owned();
    let mut parts = day.split('-');
    let year = digits(parts.next()?, 4, 0..=9999)?;
    written += &format!("{year:04}");
    if let Some(month) = parts.next() {
        let month = digits(month, 2, 1..=12)?;
        written += &format!("{month:02}");
        if let Some(day) = parts.next() {
            written += &format!("{:02}", digits(day, 2, 1..=days(year, month))?);
        } else if time.is_some() {
            return None;
        }
    } else if time.is_some() {
        return None;
    }
    if parts.next().is_some() {
        return None;
    }
    let Some(time) = time else { return Some(written) };
    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone_at);
    let mut parts = time.split(':');
    let hour = digits(parts.next()?, 2, 0..=23)?;
    let minute = digits(parts.next()?, 2, 0..=59)?;
    // Of a second the standard knows no parts.
    let second = parts.next().map_or(Some(0), |second| digits(second.split(['.', ',']).next()?, 2, 0..=59))?;
    if parts.next().is_some() {
        return None;
    }
    written += &format!("{hour:02}{minute:02}{second:02}");
    match zone.split_at_checked(1) {
        None => {}
        Some(("Z" | "z", "")) => written.push('Z'),
        Some((sign @ ("+" | "-"), offset)) => {
            let (hours, minutes) = match offset.split_once(':') {
                Some(parts) => parts,
                None if offset.len() == 4 => offset.split_at(2),
                None => (offset, "00"),
            };
            written += &format!("{sign}{:02}'{:02}'", digits(hours, 2, 0..=23)?, digits(minutes, 2, 0..=59)?);
        }
        Some(_) => return None,
    }
    Some(written)
}

/// A time as in ISO 8601, out of one of the standard's.
pub fn iso(date: &[u8]) -> Option<String> {
    let date = std::str::from_utf8(date).ok()?.trim();
    let date = date.strip_prefix("D:").unwrap_or(date);
    let zone_at = date.find(|char: char| !char.is_ascii_digit()).unwrap_or(date.len());
    let (time, zone) = date.split_at(zone_at);
    let mut iso = digits(time.get(..4)?, 4, 0..=9999).map(|year| format!("{year:04}"))?;
    let parts = [("-", 1..=12), ("-", 1..=31), ("T", 0..=23), (":", 0..=59), (":", 0..=59)];
    let mut count = 0;
    for (index, (mark, range)) in parts.into_iter().enumerate() {
        let Some(part) = time.get(4 + 2 * index..6 + 2 * index) else { break };
        iso += &format!("{mark}{:02}", digits(part, 2, range)?);
        count += 1;
    }
    // Without minutes there is no hour.
    iso += if count == 3 { ":00" } else { "" };
    let numbers: String = zone.chars().filter(char::is_ascii_digit).collect();
    let zone = match (zone.chars().next(), numbers.get(..2), numbers.get(2..4)) {
        _ if count < 3 => String::new(),
        (Some('Z'), ..) => "Z".to_owned(),
        (Some(sign @ ('+' | '-')), Some(hours), minutes) => format!("{sign}{hours}:{}", minutes.unwrap_or("00")),
        _ => String::new(),
    };
    Some(iso + &zone)
}

fn digits(text: &str, count: usize, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let all = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|value| all && range.contains(value))
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{iso, number, parse_date};

    #[test]
    fn dates_are_checked_and_written() {
        for (iso, expected) in [
            ("2026", Some("D:2026")),
            ("2026-02", Some("D:202602")),
            ("2024-02-29", Some("D:20240229")),
            ("2026-01-02T03:04:05+02:00", Some("D:20260102030405+02'00'")),
            ("2026-01-02 03:04:05.678Z", Some("D:20260102030405Z")),
            ("2026-01-02T03:04-0530", Some("D:20260102030400-05'30'")),
            ("2026-02-29", None),
            ("2026-13-01", None),
            ("2026-1-1", None),
            ("2026-01T10:00", None),
            ("2026-01-02T25:00", None),
            ("2026-01-02T10:00+", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(parse_date(iso).as_deref(), expected, "{iso}");
        }
    }

    #[test]
    fn dates_are_read() {
        for (date, expected) in [
            ("D:2026", Some("2026")),
            ("D:20260102", Some("2026-01-02")),
            ("D:20260102030405+02'00'", Some("2026-01-02T03:04:05+02:00")),
            ("D:20260102030405-05'30", Some("2026-01-02T03:04:05-05:30")),
            ("20260102030405Z00'00'", Some("2026-01-02T03:04:05Z")),
            ("D:2026010203", Some("2026-01-02T03:00")),
            ("D:20261302", None),
            ("today", None),
            ("", None),
        ] {
            assert_eq!(iso(date.as_bytes()).as_deref(), expected, "{date}");
        }
    }

    #[test]
    fn numbers_are_short() {
        let written = [1.0, 0.5, -0.25, 1234.5678, 1e-9, -1e-9, f64::NAN, 100.0].map(number);
        assert_eq!(written, ["1", "0.5", "-0.25", "1234.5678", "0", "0", "0", "100"]);
    }
}
