//! Operators and what they take.

use hayro::kurbo::Affine;
use lopdf::Object;

/// How many operands an operator takes at most; none if it is not known, or draws nothing.
pub fn count(operator: &str) -> Option<usize> {
    Some(match operator {
        "q" | "Q" | "h" | "W" | "W*" | "S" | "s" | "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" | "n" | "BT" | "ET"
        | "T*" | "EMC" => 0,
        "w" | "J" | "j" | "M" | "ri" | "i" | "gs" | "g" | "G" | "cs" | "CS" | "Tc" | "Tw" | "Tz" | "TL" | "Ts"
        | "Tr" | "Tj" | "TJ" | "'" | "Do" | "sh" | "BMC" | "MP" => 1,
        "d" | "m" | "l" | "Tf" | "Td" | "TD" | "BDC" | "DP" | "d0" => 2,
        "rg" | "RG" | "\"" => 3,
        "k" | "K" | "v" | "y" | "re" => 4,
        "c" | "cm" | "Tm" | "d1" => 6,
        "sc" | "SC" | "scn" | "SCN" => 33,
        _ => return None,
    })
}

/// Whether an operator takes texts.
pub fn is_text(operator: &str) -> bool {
    matches!(operator, "Tj" | "TJ" | "'" | "\"" | "BDC" | "DP")
}

/// Whether an operand is none that could hold a text.
pub fn is_plain(operand: &Object) -> bool {
    match operand {
        Object::Array(items) => items.iter().all(|item| item.as_float().is_ok()),
        Object::Integer(_) | Object::Real(_) | Object::Name(_) => true,
        _ => false,
    }
}

/// The first name.
pub fn name(operands: &[Object]) -> Option<&[u8]> {
    operands.iter().find_map(|operand| operand.as_name().ok())
}

/// All numbers.
pub fn numbers(operands: &[Object]) -> Vec<f64> {
    operands.iter().filter_map(|operand| operand.as_float().ok()).map(f64::from).collect()
}

/// Six numbers as a matrix.
pub fn matrix(numbers: &[f64]) -> Affine {
    numbers.try_into().map_or(Affine::IDENTITY, Affine::new)
}
