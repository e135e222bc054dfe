//! Bytes as they are displayed.

use serde::Serialize;

use jose::parse::offset;
use jose::visible::visible;

/// Longer bytes are truncated to this length.
const MAX_SHOWN_BYTES: usize = 1024;

/// A payload that is no JSON object: a signature may cover any bytes (RFC 7515 section 2, JWS Payload).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PayloadBytes {
    /// Its length in bytes.
    pub length: u32,
    /// Its first 1024 bytes in lower-case hexadecimal, in groups of eight digits.
    pub hex: String,
    /// The same bytes as text, with invisible characters written as `\u{…}`; `None` if they are no UTF-8 text.
    pub text: Option<String>,
}

impl PayloadBytes {
    pub(crate) fn of(bytes: &[u8]) -> PayloadBytes {
        let shown = bytes.get(..MAX_SHOWN_BYTES).unwrap_or(bytes);
        let text = match std::str::from_utf8(shown) {
            Ok(text) => Some(text),
            // The cut may be inside a character.
            Err(error) if error.error_len().is_none() => std::str::from_utf8(&shown[..error.valid_up_to()]).ok(),
            Err(_) => None,
        };
        let text =
            text.filter(|text| !text.is_empty() && !text.contains(|sign: char| sign.is_control() && sign != '\n'));
        PayloadBytes { length: offset(bytes.len()), hex: hex(bytes), text: text.map(|text| visible(text).into_owned()) }
    }
}

/// Hexadecimal in groups of eight digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    let mut hex = String::with_capacity(bytes.len().min(MAX_SHOWN_BYTES) * 9 / 4 + '…'.len_utf8());
    for (index, byte) in bytes.iter().take(MAX_SHOWN_BYTES).enumerate() {
        if index > 0 && index % 4 == 0 {
            hex.push(' ');
        }
        hex.push(digit(byte >> 4));
        hex.push(digit(byte & 15));
    }
    if bytes.len() > MAX_SHOWN_BYTES {
        hex.push('…');
    }
    hex
}
