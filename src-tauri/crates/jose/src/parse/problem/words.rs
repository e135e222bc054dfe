//! Words of the sentences about a problem.

use super::SegmentKind;
use crate::json::ValueKind;
use crate::words::list;

/// A JSON type with its article.
pub(crate) fn kind_words(kind: Option<ValueKind>) -> &'static str {
    match kind {
        Some(ValueKind::String) => "a string",
        Some(ValueKind::Number) => "a number",
        Some(ValueKind::Boolean) => "true or false",
        Some(ValueKind::Null) => "null",
        Some(ValueKind::Array) => "an array",
        Some(ValueKind::Object) => "an object",
        None => "nothing",
    }
}

/// A segment's name at the start of a sentence.
pub(super) fn name_of(kind: SegmentKind) -> &'static str {
    match kind {
        SegmentKind::Header => "Header",
        SegmentKind::Payload => "Payload",
        SegmentKind::Signature => "Signature",
        SegmentKind::EncryptedKey => "Encrypted key",
        SegmentKind::InitializationVector => "Initialization vector",
        SegmentKind::Ciphertext => "Ciphertext",
        SegmentKind::AuthenticationTag => "Authentication tag",
        SegmentKind::Extra => "Extra segment",
    }
}

/// How many members were read before the problem.
pub(super) fn recovered_words(kind: SegmentKind, count: usize) -> String {
    let noun = if kind == SegmentKind::Header { "parameter" } else { "claim" };
    if count == 1 { format!("1 {noun} recovered") } else { format!("{count} {noun}s recovered") }
}

/// The `\u{…}` that replaces a foreign character at this position of the token.
pub(super) fn written_out(token: &str, at: usize) -> Option<String> {
    let rest = token.get(at..)?;
    let end = rest.find('}').filter(|end| *end <= 9)?;
    rest.starts_with("\\u{").then(|| rest[..=end].to_owned())
}

/// What a character that base64url does not have tells about the text.
pub(super) fn why_not_base64url(shown: &str) -> String {
    match shown {
        "+" => "Found `+`, which belongs to plain base64. base64url writes `-` instead.".to_owned(),
        "/" => "Found `/`, which belongs to plain base64. base64url writes `_` instead.".to_owned(),
        "=" => "Found `=` inside a segment. base64url in a token has no padding.".to_owned(),
        "%" => "Found `%`: the text may still be URL-encoded.".to_owned(),
        "\\u{2026}" => "Found an ellipsis: whatever printed this token shortened it.".to_owned(),
        _ => match named(shown) {
            Some(name) => format!("Found {name}. base64url has letters, digits, `-` and `_` only."),
            None => format!("Found `{shown}`. base64url has letters, digits, `-` and `_` only."),
        },
    }
}

/// The name of a character that cannot be seen where it is quoted.
pub(super) fn named(shown: &str) -> Option<&'static str> {
    match shown {
        " " => Some("a space"),
        "\\u{0}" => Some("a NUL byte"),
        "\\u{9}" => Some("a tab"),
        "\\u{A}" | "\\u{D}" => Some("a line break"),
        "\\u{2026}" => Some("an ellipsis"),
        _ => None,
    }
}

/// What to do about a character that no encoding put there.
pub(super) fn instead_of_encoding(shown: &str) -> Option<&'static str> {
    match shown {
        "\\u{2026}" => Some("Paste the whole token"),
        _ => named(shown).map(|_| "Send the token without white space or NUL bytes"),
    }
}

/// How segments must be written.
pub(super) fn encode_again(segments: &[&str]) -> String {
    match segments {
        [several @ .., last] if !several.is_empty() => {
            format!("Re-encode {} as base64url, no padding", list(&[several, &[last]].concat()))
        }
        _ => format!("Re-encode the {} as base64url, no padding", segments.concat()),
    }
}
