//! Filling in forms. What is filled in is drawn too, so that all readers show it.

use super::appearance::OFF;
use super::draft::Draft;
use super::embed::Embedded;
use super::forms::{self, Field, flag};
use super::{appearance, drawn, write};
use crate::error::{Error, Result, invalid, unsupported};
use crate::limits::MAX_ENTRIES;
use crate::strings;
use crate::wit::{self, FieldKind};
use lopdf::{Dictionary, Object, ObjectId};

/// Most names that an error tells.
const MOST_NAMES: usize = 5;

/// Apply the step.
pub fn fill(draft: &mut Draft, step: wit::Fill) -> Result<()> {
    let wit::Fill { values, font } = step;
    let fields = forms::fields(draft);
    if fields.is_empty() {
        let is_xfa = draft.root_dict(b"AcroForm").is_some_and(|form| form.has(b"XFA"));
        return Err(if is_xfa {
            unsupported("the form is one of XFA alone, which PDF has given up")
        } else {
            invalid("values: the file has no form")
        });
    }
    let given = font.map(|font| Embedded::new(draft, font)).transpose()?;
    for wit::FieldValue { name, value } in values {
        let mut found = false;
        for field in fields.iter().filter(|field| field.name == name) {
            set(draft, field, &value, given.as_ref())?;
            found = true;
        }
        if !found {
            return Err(unknown(&name, &fields));
        }
    }
    let lacking = drawn::fill_out(draft, &fields, given.as_ref());
    if let Some(mut form) = draft.root_dict(b"AcroForm").cloned() {
        // The same form in another language, whose values would be the old ones.
        form.remove(b"XFA");
        form.remove(b"NeedAppearances");
        if lacking.is_some() {
            form.set("NeedAppearances", true);
        }
        draft.set_form(form);
    }
    Ok(())
}

fn unknown(name: &str, fields: &[Field]) -> Error {
    let mut near: Vec<(usize, &str)> =
        fields.iter().take(MAX_ENTRIES).map(|field| (distance(name, &field.name), field.name.as_str())).collect();
    near.sort();
    near.dedup();
    let names: Vec<String> = near.iter().take(MOST_NAMES).map(|(_, name)| format!("'{name}'")).collect();
    invalid(format!("values: there is no field '{name}'; the nearest of {} are {}", near.len(), names.join(", ")))
}

/// How many letters have to be changed to get from one name to the other; of long ones their beginnings count.
fn distance(from: &str, to: &str) -> usize {
    let letters = |name: &str| name.to_lowercase().chars().take(64).collect::<Vec<char>>();
    let (from, to) = (letters(from), letters(to));
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.iter().enumerate() {
        let mut corner = row[0];
        row[0] = index + 1;
        for (at, other) in to.iter().enumerate() {
            let replaced = corner + usize::from(letter != other);
            corner = row[at + 1];
            row[at + 1] = replaced.min(corner + 1).min(row[at] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

/// Fill in a field.
fn set(draft: &mut Draft, field: &Field, value: &str, given: Option<&Embedded>) -> Result<()> {
    let name = &field.name;
    if field.has(flag::READ_ONLY) {
        return Err(invalid(format!("values: the form says that '{name}' may not be changed")));
    }
    match field.kind {
        FieldKind::Text => set_text(draft, field, value, given),
        FieldKind::Choice => set_choice(draft, field, value, given),
        FieldKind::Checkbox | FieldKind::Radio => set_button(draft, field, value),
        FieldKind::Button => Err(invalid(format!("values: '{name}' is a button to press, which keeps no value"))),
        FieldKind::Signature => Err(invalid(format!("values: '{name}' is for a digital signature"))),
    }
}

fn store(draft: &mut Draft, field: &Field, value: Object) {
    draft.change(field.id, |dict| {
        // The same value with formats.
        dict.remove(b"RV");
        dict.remove(b"I");
        dict.set("V", value);
    });
}

fn draw(draft: &mut Draft, field: &Field, given: Option<&Embedded>) -> Result<()> {
    appearance::make(draft, field, given)
        .map_err(|lacking| unsupported(format!("values: {lacking}; give a font that has it")))
}

fn set_text(draft: &mut Draft, field: &Field, value: &str, given: Option<&Embedded>) -> Result<()> {
    let name = &field.name;
    if field.has(flag::PASSWORD) {
        return Err(invalid(format!("values: '{name}' is for a password, which is not kept in files")));
    }
    let length = value.chars().count();
    if let Ok(longest) = field.get(draft, b"MaxLen").as_i64()
        && longest >= 0
        && length > longest as usize
    {
        return Err(invalid(format!("values: '{name}' takes {longest} characters at most; this has {length}")));
    }
    store(draft, field, write::text(value));
    draw(draft, field, given)
}

fn set_choice(draft: &mut Draft, field: &Field, value: &str, given: Option<&Embedded>) -> Result<()> {
    let name = &field.name;
    let options = field.options(draft);
    let mut chosen = Vec::new();
    for line in value.lines().filter(|line| !line.is_empty()) {
        let at = options.iter().position(|(stored, _)| stored == line);
        let at = at.or_else(|| options.iter().position(|(_, shown)| shown == line));
        match at {
            Some(at) => chosen.push((Some(at), options[at].0.clone())),
            None if field.has(flag::COMBO | flag::EDIT) => chosen.push((None, line.to_owned())),
            None => {
                let known: Vec<String> = options.iter().take(20).map(|(stored, _)| format!("'{stored}'")).collect();
                return Err(invalid(format!("values: '{line}' is no choice of '{name}'; it has {}", known.join(", "))));
            }
        }
    }
    if chosen.len() > 1 && !field.has(flag::MULTI_SELECT) {
        return Err(invalid(format!("values: of '{name}' one can be chosen, not {}", chosen.len())));
    }
    let mut texts: Vec<Object> = chosen.iter().map(|(_, stored)| write::text(stored)).collect();
    let value = match texts.len() {
        0 => write::text(""),
        1 => texts.remove(0),
        _ => texts.into(),
    };
    store(draft, field, value);
    let mut places: Vec<usize> = chosen.iter().filter_map(|(at, _)| *at).collect();
    places.sort_unstable();
    places.dedup();
    if field.has(flag::MULTI_SELECT) && !places.is_empty() {
        let places: Vec<Object> = places.into_iter().map(|at| (at as i64).into()).collect();
        draft.change(field.id, |dict| dict.set("I", places));
    }
    draw(draft, field, given)
}

fn set_button(draft: &mut Draft, field: &Field, value: &str) -> Result<()> {
    let round = field.kind == FieldKind::Radio;
    let states: Vec<Option<Vec<u8>>> = field.widgets.iter().map(|id| state(draft, *id)).collect();
    let known: Vec<&Vec<u8>> = states.iter().flatten().collect();
    let wanted: Vec<u8> = match value {
        "" | "false" => OFF.to_vec(),
        _ if value.as_bytes() == OFF => OFF.to_vec(),
        _ if known.iter().any(|state| ***state == *value.as_bytes()) => value.as_bytes().to_vec(),
        "true" if !round || field.widgets.len() == 1 => known.first().map_or(b"Yes".to_vec(), |state| (*state).clone()),
        _ => match by_export(draft, field, value, &states) {
            Some(state) => state,
            None => {
                let mut known: Vec<String> =
                    known.iter().map(|state| format!("'{}'", String::from_utf8_lossy(state))).collect();
                known.dedup();
                let name = &field.name;
                return Err(invalid(format!("values: '{value}' is no state of '{name}'; it has {}", known.join(", "))));
            }
        },
    };
    store(draft, field, write::name(wanted.clone()));
    for (id, state) in field.widgets.iter().zip(&states) {
        if state.is_none() {
            appearance::mark(draft, *id, &wanted, round);
        }
        let is_on = state.as_ref().is_none_or(|state| *state == wanted);
        let shown = if is_on { wanted.clone() } else { OFF.to_vec() };
        draft.change(*id, |widget| widget.set("AS", write::name(shown)));
    }
    Ok(())
}

/// The state in which a widget is pressed.
fn state(draft: &Draft, widget: ObjectId) -> Option<Vec<u8>> {
    let widget = draft.file.get_dictionary(widget).ok()?;
    let looks: &Dictionary = draft.dict(draft.dict(widget, b"AP")?, b"N")?;
    looks.iter().map(|(state, _)| state).find(|state| *state != OFF).cloned()
}

/// The state of the button that stands for a text: buttons' states may be mere numbers.
fn by_export(draft: &Draft, field: &Field, value: &str, states: &[Option<Vec<u8>>]) -> Option<Vec<u8>> {
    let texts = field.get(draft, b"Opt").as_array().ok()?;
    let text = |object: &Object| draft.resolve(object).as_str().map(strings::text).unwrap_or_default();
    let at = texts.iter().position(|option| text(option) == value)?;
    states.get(at)?.clone()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn names_are_near_or_far() {
        for (from, to, expected) in
            [("name", "name", 0), ("Name", "name", 0), ("nme", "name", 1), ("", "abc", 3), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }
}
