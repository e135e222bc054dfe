//! Detects tokens inside tokens (RFC 7519 sections 2 and 5.2).

use super::{ParseProblem, Part, SegmentKind, media_type};
use crate::base64url;
use crate::steps::walk;

/// The JOSE header of a text that is a whole compact token and nothing else: three segments of base64url, or with `enc`
/// five, the first of them an object with `alg` (RFC 7515 section 7.1, RFC 7516 section 7.1).
pub fn compact_header(text: &str) -> Option<Part> {
    // Base64url of a brace begins with an e, which rules out most texts quickly.
    if !text.starts_with('e') || !base64url::is_symbols_and_dots(text) {
        return None;
    }
    let (first, rest) = text.split_once('.')?;
    let count = rest.split('.').count();
    if !starts_like_header(first) || !matches!(count, 2 | 4) {
        return None;
    }
    let header = Part::of_bytes(&base64url::decode_strict(first)?, None, SegmentKind::Header, &mut Vec::new());
    (header.is_whole_object() && header.has("alg") && (count == 2 || header.has("enc"))).then_some(header)
}

/// The token in a payload, with its header: the payload itself, or a JSON string containing it.
pub fn payload_token(payload: &str) -> Option<(&str, Part)> {
    let text = payload.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    Some((text, compact_header(text)?))
}

/// A token that contains another must say so (RFC 7519 section 5.2).
pub(super) fn undeclared(header: &Part, payload: &Part) -> Option<ParseProblem> {
    let is_declared = header.text("cty").is_some_and(|cty| media_type(cty) == "jwt");
    let is_token = !payload.is_whole_object() && payload_token(&payload.text).is_some();
    (is_token && !is_declared).then(ParseProblem::undeclared_nesting)
}

/// True if the text starts like the base64url of a JSON object with a name in it.
pub fn starts_like_header(segment: &str) -> bool {
    /// The most white space before a header's first name, in symbols.
    const LONGEST: usize = 64;
    walk(segment.len().min(4));
    let mut bytes = base64url::decode_ahead(segment.as_bytes().get(..LONGEST).unwrap_or(segment.as_bytes()));
    let mut first = bytes.next();
    if first == Some(b'\xEF') && bytes.next() == Some(b'\xBB') && bytes.next() == Some(b'\xBF') {
        first = bytes.next();
    }
    let mut seen = first.into_iter().chain(bytes).filter(|byte| !byte.is_ascii_whitespace());
    seen.next() == Some(b'{') && matches!(seen.next(), Some(b'"' | b'}'))
}
