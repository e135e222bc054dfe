//! A lossless JSON reader: digits, escapes, order, duplicates and byte offsets are all kept as written.
//!
//! It never builds a tree. It walks the text once, keeps the members of the outermost object, and stops at the first
//! error with everything read before it. Depth and member count are bounded.

mod pretty;
mod scan;
#[cfg(test)]
mod tests;

use std::ops::Range;

use compact_str::CompactString;
pub use pretty::{compact, pretty, string_end};

use serde::Serialize;

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;

/// The most members an outermost object may have.
pub const MAX_MEMBERS: usize = 10_000;

/// A JSON type (RFC 8259 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// Text in quotes.
    String,
    /// A number, its digits untouched.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
    /// A list.
    Array,
    /// Named members.
    Object,
}

/// What a JSON text holds, as far as it could be read.
#[derive(Debug, Clone, Default)]
pub struct Scanned {
    /// The type of the outermost value, once its first character was seen.
    pub root: Option<ValueKind>,
    /// The members of the outermost object in order, all duplicates included; empty for any other root.
    pub members: Vec<Item>,
    /// Where reading stopped, if it did before the end.
    pub broken: Option<Broken>,
    /// The first `\ud800`-like escape without its partner: no Unicode text (RFC 8259 section 8.2).
    pub lone_surrogate: Option<usize>,
    /// The first name that stands twice in one inner object.
    pub inner_duplicate: Option<String>,
}

/// One member of the outermost object. Offsets count bytes of the scanned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The name, unescaped.
    pub name: CompactString,
    /// From the name's quote to the end of the value.
    pub span: Range<usize>,
    /// The value alone.
    pub value: Range<usize>,
    /// The value's type.
    pub kind: ValueKind,
    /// The unescaped value, for strings. It may be a secret, so its type does not copy the text when it moves.
    pub text: Option<String>,
    /// True if the name appears more than once.
    pub duplicate: bool,
}

/// Why and where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The byte of the text.
    pub at: usize,
    /// One sentence.
    pub message: String,
    /// True if a limit of this crate ended the reading, not the text itself.
    pub limit: bool,
}

/// Reads `text`.
pub fn scan(text: &str) -> Scanned {
    scan::Scanner::new(text).document()
}

/// One element of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its type.
    pub kind: ValueKind,
    /// Its position in the array's text.
    pub range: Range<usize>,
    /// The unescaped value, for strings.
    pub text: Option<String>,
}

/// The elements of a JSON array of any type; none for any other text.
pub fn elements(array: &str) -> Vec<Element> {
    scan::Scanner::new(array).elements().unwrap_or_default()
}

/// The strings of a JSON array that contains only strings.
pub fn strings(array: &str) -> Option<Vec<String>> {
    scan::Scanner::new(array).elements()?.into_iter().map(|element| element.text).collect()
}

/// The positions of the objects in a JSON array; `None` if it contains anything else.
pub fn objects(array: &str) -> Option<Vec<Range<usize>>> {
    let elements = scan::Scanner::new(array).elements()?;
    elements.into_iter().map(|element| (element.kind == ValueKind::Object).then_some(element.range)).collect()
}

/// `text` as a JSON string, quotes included.
pub fn quoted(text: &str) -> String {
    // Serializing a string cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

/// A JSON number, classified for use as a NumericDate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// An integer, zero or more, that fits, however it is written: `1`, `1.0`, `1e0`.
    Seconds(i64),
    /// The same with a fraction, which is truncated.
    Fraction(i64),
    /// Below zero.
    Negative,
    /// Beyond 64 bits.
    TooLarge,
}

impl Number {
    /// The whole seconds, if they fit.
    pub fn seconds(self) -> Option<i64> {
        match self {
            Number::Seconds(seconds) | Number::Fraction(seconds) => Some(seconds),
            Number::Negative | Number::TooLarge => None,
        }
    }
}

/// Reads the digits of a JSON number exactly, without a floating-point number in between.
pub fn number(text: &str) -> Number {
    // A fast path for what nearly every token contains.
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_or(Number::TooLarge, Number::Seconds);
    }
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Number::Seconds(0);
    }
    if is_negative {
        return Number::Negative;
    }
    // The position of the decimal point among the significant digits. A huge exponent saturates in its direction.
    let down = exponent.starts_with('-');
    let shift: i64 = exponent.parse().unwrap_or(if down { i64::MIN } else { i64::MAX });
    let zeros = digits.len() - significant.len();
    let point = i64::try_from(whole.len()).unwrap_or(i64::MAX).saturating_add(shift);
    let point = point.saturating_sub(i64::try_from(zeros).unwrap_or(i64::MAX));
    let Ok(point) = usize::try_from(point) else { return Number::Fraction(0) };
    let (before, behind) = significant.split_at(point.min(significant.len()));
    // No 64-bit number has more digits.
    if point > 19 {
        return Number::TooLarge;
    }
    let padding = "0".repeat(point.saturating_sub(significant.len()));
    match [before, &padding].concat().parse() {
        Err(_) if point == 0 => Number::Fraction(0),
        Err(_) => Number::TooLarge,
        Ok(seconds) if behind.bytes().all(|digit| digit == b'0') => Number::Seconds(seconds),
        Ok(seconds) => Number::Fraction(seconds),
    }
}
