//! Base64 of every kind, and bounded inflating, as the formats that are no JWT use them.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jose::json;
use jose::json::ValueKind;

/// The most bytes that compressed content is inflated to.
const MOST_INFLATED: usize = 250_000;

const FORGIVING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Base64 or base64url, with or without padding (RFC 4648 sections 4 and 5).
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    GeneralPurpose::new(alphabet, FORGIVING).decode(text).ok()
}

/// The same, broken over lines.
pub(crate) fn base64_lines(text: &str) -> Option<Vec<u8>> {
    match text.contains(char::is_whitespace) {
        true => base64(&text.split_whitespace().collect::<String>()),
        false => base64(text),
    }
}

/// Inflates raw DEFLATE (RFC 1951), as far as the limit.
pub(crate) fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, MOST_INFLATED).ok()
}

/// Inflates zlib's format (RFC 1950), as far as the limit.
pub(crate) fn inflated_zlib(bytes: &[u8]) -> Option<Vec<u8>> {
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(bytes, MOST_INFLATED).ok()
}

/// The bytes as whole JSON, and what it is.
pub(crate) fn as_json(bytes: Vec<u8>) -> Option<(String, ValueKind)> {
    let text = String::from_utf8(bytes).ok()?;
    let scanned = json::scan(&text);
    let root = scanned.root.filter(|_| scanned.broken.is_none())?;
    Some((text, root))
}
