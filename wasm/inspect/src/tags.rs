//! Tags in WIT doc comments: what WIT itself cannot say of a value.
//!
//! `@default 80` · `@range 1..=100` · `@values 0|90|180|270` · `@unit px` stand on lines of their
//! own in the docs of a record's field. WIT parameters have no docs, so those of a function stand in
//! its docs: `@param name Text. @default none @unit px`. `@host 32`, on a type, says that the host
//! fills such values in.

use crate::description::Tags;
use anyhow::{Context, Result, bail};
use serde_json::{Number, Value};

/// What a tag's value may be: it follows from the WIT type, `option<…>` taken off.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Domain {
    Bool,
    Integer { min: i128, max: i128 },
    Float,
    Text,
    Labels(Vec<String>),
    Other,
}

/// Docs with their tags taken out.
pub(crate) struct Doc {
    pub text: String,
    /// Name (without `@`) and value, in order.
    pub tags: Vec<(String, String)>,
}

impl Doc {
    pub fn parse(contents: Option<&str>) -> Self {
        let mut text = String::new();
        let mut tags: Vec<(String, String)> = Vec::new();
        for line in contents.unwrap_or_default().lines().map(str::trim) {
            match line.strip_prefix('@') {
                Some(tag) => {
                    let (name, value) = tag.split_once(' ').unwrap_or((tag, ""));
                    tags.push((name.to_owned(), value.trim().to_owned()));
                }
                // A @param's text goes on until the next tag.
                None if tags.last().is_some_and(|(name, _)| name == "param") && !line.is_empty() => {
                    let value = &mut tags.last_mut().expect("just seen").1;
                    value.push(' ');
                    value.push_str(line);
                }
                // Lines are joined: where they break in the source means nothing. Empty ones part paragraphs.
                None if line.is_empty() => text.push_str("\n\n"),
                None => {
                    if !text.is_empty() && !text.ends_with('\n') {
                        text.push(' ');
                    }
                    text.push_str(line);
                }
            }
        }
        Self { text: text.trim().to_owned(), tags }
    }

    /// The docs of a function's parameter, out of its `@param name …`.
    pub fn param(&self, name: &str) -> Option<Self> {
        self.tags.iter().find_map(|(tag, value)| {
            let (found, rest) = value.split_once(' ').unwrap_or((value, ""));
            (tag == "param" && found == name).then(|| {
                // Tags stand behind the text, each begins with ` @`.
                let mut parts = rest.split(" @");
                let text = parts.next().unwrap_or_default().trim().to_owned();
                let tags = parts
                    .map(|part| part.split_once(' ').unwrap_or((part, "")))
                    .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                    .collect();
                Self { text, tags }
            })
        })
    }

    /// The names in `@param` tags.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().filter(|(tag, _)| tag == "param").map(|(_, value)| value.split(' ').next().unwrap_or_default())
    }
}

/// Read the tags of a value of this domain.
///
/// `Some(None)` as the default in the result's second part says `@default none`.
pub(crate) fn read(tags: &[(String, String)], domain: &Domain) -> Result<(Tags, bool)> {
    let mut found = Tags::default();
    let mut has_default = false;
    for (name, value) in tags {
        match name.as_str() {
            "unit" if !value.is_empty() => found.unit = Some(value.clone()),
            "default" => {
                has_default = true;
                if value != "none" {
                    found.default = Some(domain.value(value)?);
                }
            }
            "range" => {
                let (min, max) = value.split_once("..=").with_context(|| format!("@range {value}: write 1..=100"))?;
                let bound = |text: &str| match text {
                    "" => Ok(Value::Null),
                    text => domain.value(text),
                };
                found.range = Some([bound(min)?, bound(max)?]);
            }
            "values" => {
                found.values = Some(value.split('|').map(|v| domain.value(v)).collect::<Result<_>>()?);
            }
            _ => bail!("@{name} {value}: no such tag here (default, range, values, unit)"),
        }
    }
    if let Some(default) = &found.default {
        check_allowed(&found, default)?;
    }
    Ok((found, has_default))
}

fn check_allowed(tags: &Tags, default: &Value) -> Result<()> {
    let outside = tags.range.as_ref().is_some_and(|[min, max]| {
        let number = default.as_f64();
        min.as_f64() > number || max.as_f64().is_some_and(|max| number.is_some_and(|n| n > max))
    });
    let unlisted = tags.values.as_ref().is_some_and(|values| !values.contains(default));
    if outside || unlisted {
        bail!("@default {default} is not an allowed value");
    }
    Ok(())
}

impl Domain {
    /// Whether `@range` or `@values` should say which numbers make sense.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Integer { .. } | Self::Float)
    }

    fn value(&self, text: &str) -> Result<Value> {
        Ok(match self {
            Self::Bool => Value::Bool(text.parse().with_context(|| format!("'{text}' is not a bool"))?),
            Self::Integer { min, max } => {
                let number: i128 = text.parse().with_context(|| format!("'{text}' is not an integer"))?;
                if !(*min..=*max).contains(&number) {
                    bail!("{number} does not fit the type ({min} to {max})");
                }
                Value::Number(Number::from_i128(number).context("too large")?)
            }
            Self::Float => {
                let number: f64 = text.parse().with_context(|| format!("'{text}' is not a number"))?;
                Value::Number(Number::from_f64(number).with_context(|| format!("{text} is not finite"))?)
            }
            Self::Text => Value::String(text.to_owned()),
            Self::Labels(labels) => {
                if !labels.iter().any(|label| label == text) {
                    bail!("'{text}' is none of {}", labels.join(", "));
                }
                Value::String(text.to_owned())
            }
            Self::Other => bail!("a value of this type cannot be written in a tag"),
        })
    }
}
