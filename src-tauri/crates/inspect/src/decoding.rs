//! Base64 and hexadecimal of every kind, as people and other formats than JWT write them.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jose::json;
use jose::json::ValueKind;
use zeroize::Zeroizing;

const FORGIVING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Base64 in either alphabet, with or without padding (RFC 4648 sections 4 and 5). The text may be a secret.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut url = Zeroizing::new(String::with_capacity(text.len()));
    url.extend(text.chars().map(|symbol| match symbol {
        '+' => '-',
        '/' => '_',
        other => other,
    }));
    GeneralPurpose::new(&URL_SAFE, FORGIVING).decode(&*url).ok()
}

/// The same, broken over lines.
pub(crate) fn base64_lines(text: &str) -> Option<Vec<u8>> {
    match text.contains(char::is_whitespace) {
        true => base64(&text.split_whitespace().collect::<String>()),
        false => base64(text),
    }
}

/// Pairs of hexadecimal digits, also as `0x…` and with colons or hyphens between the pairs. The text may be a secret.
pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |symbol: &u8| char::from(*symbol).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for group in digits.split([':', '-']) {
        if !group.len().is_multiple_of(2) {
            return None;
        }
        for pair in group.as_bytes().chunks_exact(2) {
            bytes.push(digit(&pair[0])? << 4 | digit(&pair[1])?);
        }
    }
    Some(std::mem::take(&mut *bytes))
}

/// A number as its big-endian bytes, from digits of this radix with the highest first. The time it takes grows with the
/// square of their count. The number may be a secret.
pub(crate) fn number(digits: impl Iterator<Item = u8>, radix: u8) -> Zeroizing<Vec<u8>> {
    let mut bytes: Zeroizing<Vec<u8>> = Zeroizing::default();
    for digit in digits {
        let mut carry = u32::from(digit);
        for byte in bytes.iter_mut() {
            carry += u32::from(*byte) * u32::from(radix);
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            bytes.push(carry as u8);
        }
    }
    bytes.reverse();
    bytes
}

/// Inflates bare DEFLATE or zlib's format (RFC 1951, RFC 1950), within the limit of `zip`.
pub(crate) fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    jose::inflate::inflate("DEF", bytes).ok().map(|inflated| inflated.bytes)
}

/// The bytes as whole JSON, and what it is.
pub(crate) fn as_json(bytes: Vec<u8>) -> Option<(String, ValueKind)> {
    let text = String::from_utf8(bytes).ok()?;
    let scanned = json::scan(&text);
    let root = scanned.root.filter(|_| scanned.broken.is_none())?;
    Some((text, root))
}
