//! Words of the sentences about a problem.

use super::SegmentKind;
use crate::json::ValueKind;

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
        _ => format!("Found `{shown}`. base64url has letters, digits, `-` and `_` only."),
    }
}
