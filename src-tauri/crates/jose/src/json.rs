//! A JSON reader that loses nothing: digits, escapes, order, duplicates and byte offsets all stay as they stand.
//!
//! It never builds a tree. It walks the text once, keeps the members of the outermost object, and stops at the first
//! break with everything read before it. Depth and member count are bounded.

mod pretty;
mod scan;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub(crate) use pretty::{compact, pretty, string_end};

use crate::report::ValueKind;

/// The deepest nesting that is read.
pub(crate) const MAX_DEPTH: usize = 64;

/// The most members an outermost object may have.
pub(crate) const MAX_MEMBERS: usize = 10_000;

/// What a JSON text holds, as far as it could be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scanned {
    /// The type of the outermost value, once its first character was seen.
    pub(crate) root: Option<ValueKind>,
    /// The members of the outermost object in order, all duplicates included; empty for any other root.
    pub(crate) members: Vec<Item>,
    /// Where reading stopped, if it did before the end.
    pub(crate) broken: Option<Broken>,
    /// The first `\ud800`-like escape without its partner: no Unicode text (RFC 8259 section 8.2).
    pub(crate) lone_surrogate: Option<usize>,
    /// The first name that stands twice in one inner object.
    pub(crate) inner_duplicate: Option<String>,
}

/// One member of the outermost object. Offsets count bytes of the scanned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// The name, unescaped.
    pub(crate) name: String,
    /// From the name's quote to the end of the value.
    pub(crate) span: Range<usize>,
    /// The value alone.
    pub(crate) value: Range<usize>,
    /// The value's type.
    pub(crate) kind: ValueKind,
    /// The value unescaped, for strings.
    pub(crate) text: Option<String>,
    /// True if the name stands more than once.
    pub(crate) duplicate: bool,
}

/// Why and where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The byte of the text.
    pub(crate) at: usize,
    /// One sentence.
    pub(crate) message: String,
}

/// Reads `text`.
pub(crate) fn scan(text: &str) -> Scanned {
    scan::Scanner::new(text).document()
}

/// One element of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its type.
    pub(crate) kind: ValueKind,
    /// Where it lies in the array's text.
    pub(crate) range: Range<usize>,
    /// It unescaped, for strings.
    pub(crate) text: Option<String>,
}

/// The elements of a JSON array, whatever they are; none for any other text.
pub(crate) fn elements(array: &str) -> Vec<Element> {
    scan::Scanner::new(array).elements().unwrap_or_default()
}

/// The strings of a JSON array that holds nothing else.
pub(crate) fn strings(array: &str) -> Option<Vec<String>> {
    scan::Scanner::new(array).elements()?.into_iter().map(|element| element.text).collect()
}

/// Where the objects of a JSON array lie in it; `None` if it holds anything else.
pub(crate) fn objects(array: &str) -> Option<Vec<Range<usize>>> {
    let elements = scan::Scanner::new(array).elements()?;
    elements.into_iter().map(|element| (element.kind == ValueKind::Object).then_some(element.range)).collect()
}

/// `text` as a JSON string, quotes included.
pub(crate) fn quoted(text: &str) -> String {
    // Serializing a string cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

/// A JSON number, as a NumericDate wants to see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// Whole, zero or more, and it fits.
    Seconds(i64),
    /// Below zero.
    Negative,
    /// With a fraction or an exponent.
    NotWhole,
    /// Beyond 64 bits.
    TooLarge,
}

/// Classifies the digits of a JSON number without rounding them.
pub(crate) fn number(digits: &str) -> Number {
    if digits.starts_with('-') {
        Number::Negative
    } else if digits.bytes().any(|byte| !byte.is_ascii_digit()) {
        Number::NotWhole
    } else {
        digits.parse().map_or(Number::TooLarge, Number::Seconds)
    }
}
