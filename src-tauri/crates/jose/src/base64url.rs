//! base64url without padding (RFC 7515 section 2): a strict decoder that also returns what it decoded before an error.

use std::ops::Range;

use crate::steps::walk;

/// The result of decoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes, as far as they could be read.
    pub bytes: Vec<u8>,
    /// The first thing that is not canonical base64url.
    pub issue: Option<Issue>,
}

/// The first deviation from canonical base64url. Positions count bytes of the decoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issue {
    /// A character outside the alphabet; decoding stops before it.
    WrongCharacter {
        /// Its position.
        at: usize,
        /// The character.
        found: char,
    },
    /// `=` at the end; everything before it was decoded.
    Padding {
        /// Its position.
        at: usize,
    },
    /// A single symbol is left at the end; its six bits make no byte.
    Dangling {
        /// Its position.
        at: usize,
    },
    /// The last symbol carries bits that no byte uses and that are not zero (RFC 4648 section 3.5).
    NonCanonical {
        /// Its position.
        at: usize,
    },
}

impl Issue {
    /// The position of the deviation.
    pub fn at(self) -> usize {
        match self {
            Issue::WrongCharacter { at, .. }
            | Issue::Padding { at }
            | Issue::Dangling { at }
            | Issue::NonCanonical { at } => at,
        }
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const NOT_IN_ALPHABET: u8 = 0xff;

const VALUES: [u8; 256] = {
    let mut values = [NOT_IN_ALPHABET; 256];
    let mut index = 0;
    while index < 64 {
        values[ALPHABET[index] as usize] = index as u8;
        index += 1;
    }
    values
};

/// Decodes `text` as far as it goes.
pub fn decode(text: &str) -> Decoded {
    use base64::Engine as _;
    walk(text.len());
    match base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text) {
        Ok(bytes) => Decoded { bytes, issue: None },
        Err(_) => decode_with_issue(text),
    }
}

/// The bytes that a text encodes, in order, up to the first character outside the alphabet.
pub(crate) fn decode_ahead(symbols: &[u8]) -> impl Iterator<Item = u8> {
    let values = symbols.iter().map(|symbol| VALUES[usize::from(*symbol)]);
    let mut values = values.take_while(|value| *value != NOT_IN_ALPHABET);
    let (mut buffer, mut bits) = (0u32, 0u32);
    std::iter::from_fn(move || {
        while bits < 8 {
            buffer = (buffer << 6 | u32::from(values.next()?)) & 0x3fff;
            bits += 6;
        }
        bits -= 8;
        Some((buffer >> bits & 0xff) as u8)
    })
}

/// The same, symbol by symbol, to find the position of an error.
fn decode_with_issue(text: &str) -> Decoded {
    let (end, mut issue) = match text.bytes().position(|byte| VALUES[usize::from(byte)] == NOT_IN_ALPHABET) {
        None => (text.len(), None),
        Some(at) => (at, Some(describe_stop(text, at))),
    };
    let symbols = &text.as_bytes()[..end];
    let mut bytes = Vec::with_capacity(symbols.len() / 4 * 3 + 3);
    let (mut buffer, mut bits) = (0u32, 0u32);
    for symbol in symbols {
        buffer = buffer << 6 | u32::from(VALUES[usize::from(*symbol)]);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 0xff) as u8);
        }
        buffer &= (1 << bits) - 1;
    }
    // After a wrong character the end is not the text's real end, so do not check its last bits.
    if issue.is_none_or(|issue| matches!(issue, Issue::Padding { .. })) && end > 0 {
        let own = match end % 4 {
            1 => Some(Issue::Dangling { at: end - 1 }),
            _ if buffer != 0 => Some(Issue::NonCanonical { at: end - 1 }),
            _ => None,
        };
        issue = own.filter(|_| issue.is_none()).or(issue);
    }
    Decoded { bytes, issue }
}

/// Decodes plain base64 (RFC 4648 section 4), padded or not. `None` for a text that has none of its own characters, or
/// characters of neither.
pub(crate) fn decode_plain(text: &str) -> Option<Vec<u8>> {
    walk(text.len());
    if !text.contains(['+', '/']) || text.contains(['-', '_']) {
        return None;
    }
    let decoded = decode(&text.trim_end_matches('=').replace('+', "-").replace('/', "_"));
    matches!(decoded.issue, None | Some(Issue::NonCanonical { .. })).then_some(decoded.bytes)
}

/// Decodes canonical base64url; anything else is `None`.
pub fn decode_strict(text: &str) -> Option<Vec<u8>> {
    let decoded = decode(text);
    decoded.issue.is_none().then_some(decoded.bytes)
}

/// True for the 64 characters of the alphabet.
pub fn is_symbol(byte: u8) -> bool {
    VALUES[usize::from(byte)] != NOT_IN_ALPHABET
}

/// True for a text of only symbols and the dots between segments.
pub fn is_symbols_and_dots(text: &str) -> bool {
    walk(text.len());
    // No early exit: without branches the compiler can vectorise the loop.
    let fits = |byte: u8| byte.is_ascii_alphanumeric() | matches!(byte, b'-' | b'_' | b'.');
    text.bytes().fold(true, |all, byte| all & fits(byte))
}

/// Encodes without padding.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    encode_to(bytes, &mut text);
    text
}

/// Appends the encoded bytes.
pub fn encode_to(bytes: &[u8], text: &mut String) {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// The symbols that carry at least one bit of these decoded bytes.
pub(crate) fn symbols_of(bytes: Range<usize>) -> Range<usize> {
    bytes.start * 4 / 3..(bytes.end * 4).div_ceil(3)
}

/// How many decoded bytes come before this symbol.
pub(crate) fn bytes_before(symbol: usize) -> usize {
    symbol * 3 / 4
}

fn describe_stop(text: &str, at: usize) -> Issue {
    let rest = text.get(at..).unwrap_or_default();
    if rest.bytes().all(|byte| byte == b'=') {
        return Issue::Padding { at };
    }
    Issue::WrongCharacter { at, found: rest.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_reads_back() {
        for length in 0..40u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(151)).collect();
            assert_eq!(decode_strict(&encode(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn a_wrong_character_is_named_and_what_came_before_is_kept() {
        let decoded = decode("YWJj+WRl");
        assert_eq!(decoded.bytes, b"abc");
        assert_eq!(decoded.issue, Some(Issue::WrongCharacter { at: 4, found: '+' }));
        let accented = decode("YWé");
        assert_eq!(accented.issue, Some(Issue::WrongCharacter { at: 2, found: 'é' }));
        assert_eq!(decode("YW=j").issue, Some(Issue::WrongCharacter { at: 2, found: '=' }));
    }

    #[test]
    fn padding_is_refused_and_still_decoded() {
        assert_eq!(decode("YWI="), Decoded { bytes: b"ab".to_vec(), issue: Some(Issue::Padding { at: 3 }) });
        assert_eq!(decode("YQ==").bytes, b"a");
    }

    #[test]
    fn a_last_symbol_with_spare_bits_is_refused() {
        assert_eq!(decode("YWI").issue, None);
        assert_eq!(decode("YWJ").issue, Some(Issue::NonCanonical { at: 2 }));
        assert_eq!(decode("YWJ").bytes, b"ab");
        assert_eq!(decode("YWJjZ").issue, Some(Issue::Dangling { at: 4 }));
        assert_eq!(decode("YWJjZ").bytes, b"abc");
    }

    #[test]
    fn decoded_bytes_map_to_the_symbols_that_carry_them() {
        assert_eq!(symbols_of(0..3), 0..4);
        assert_eq!(symbols_of(0..1), 0..2);
        assert_eq!(symbols_of(1..2), 1..3);
        assert_eq!(symbols_of(2..3), 2..4);
        assert_eq!(symbols_of(3..19), 4..26);
        assert_eq!(bytes_before(119), 89);
    }
}
