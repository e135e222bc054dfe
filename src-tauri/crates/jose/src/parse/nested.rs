//! Tokens inside tokens (RFC 7519 sections 2 and 5.2): what is one, by its text alone.

use super::Part;
use crate::base64url;
use crate::clean::starts_like_header;
use crate::report::SegmentKind;

/// The JOSE header of a text that is a whole compact token and nothing else: three or five segments of base64url, the
/// first of them an object with `alg` (RFC 7515 section 7.1, RFC 7516 section 7.1).
pub(crate) fn compact_header(text: &str) -> Option<Part> {
    // Base64url of a brace begins with an e: most texts are told apart by this.
    if !text.starts_with('e') || !text.bytes().all(|byte| base64url::is_symbol(byte) || byte == b'.') {
        return None;
    }
    let (first, rest) = text.split_once('.')?;
    if !starts_like_header(first) || !matches!(rest.split('.').count(), 2 | 4) {
        return None;
    }
    let header = Part::of_bytes(&base64url::decode_strict(first)?, None, SegmentKind::Header, &mut Vec::new());
    (header.is_whole_object() && header.has("alg")).then_some(header)
}
