//! Other bytes that a signature segment may stand for, as other libraries write it.

use super::Segments;
use aws_lc_rs::hmac;

use crate::decoding::{base64, hex};
use jose::key::raw_from_der;
use jose::{Algorithm, Family};

/// At most this many zero bytes are put back: a shorter number is not part of a signature.
const MOST_ZEROS: usize = 4;

/// Another reading of the signature.
pub(super) struct Reading {
    pub(super) bytes: Vec<u8>,
    /// What the signature is, as it was written: "The signature is DER".
    pub(super) is: &'static str,
    /// What to change where it is written.
    pub(super) fix: &'static str,
}

fn reading(bytes: Vec<u8>, is: &'static str, fix: &'static str) -> Reading {
    Reading { bytes, is, fix }
}

/// The bytes of the segment in either alphabet of base64, with or without padding.
pub(super) fn lenient(token: &Segments<'_>) -> Option<Vec<u8>> {
    base64(token.signature).filter(|bytes| !bytes.is_empty())
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Fewer bytes of a signature may match by chance.
const LEAST_LEFT: usize = 6;

/// How many bytes of the HMAC of this secret are left, if the signature is its beginning.
pub(super) fn cut(token: &Segments<'_>, algorithm: Algorithm, secret: &[u8]) -> Option<usize> {
    let algorithm = match algorithm {
        Algorithm::Hs256 => hmac::HMAC_SHA256,
        Algorithm::Hs384 => hmac::HMAC_SHA384,
        Algorithm::Hs512 => hmac::HMAC_SHA512,
        _ => return None,
    };
    // The last symbol may be part of a byte.
    let whole = token.signature.len() / 4 * 4;
    let left = lenient(token).or_else(|| base64(token.signature.get(..whole)?))?;
    let mac = hmac::sign(&hmac::Key::new(algorithm, secret), token.input);
    let is_cut = left.len() >= LEAST_LEFT && left.len() < mac.as_ref().len() && mac.as_ref().starts_with(&left);
    is_cut.then_some(left.len())
}

/// The readings that fit the algorithm. None of them is what the segment holds.
pub(super) fn readings(token: &Segments<'_>, algorithm: Algorithm) -> Vec<Reading> {
    const HEXADECIMAL: &str = "The signature is written in hexadecimal";
    const NOT_HEX: &str = "Write the signature's bytes in base64url, not their hexadecimal digits";
    const ENCODE: &str = "Write the signature's bytes in base64url";
    const SIDE_BY_SIDE: &str = "Write the signature as r and s side by side (RFC 7518 §3.4)";
    let raw = lenient(token).unwrap_or_default();
    let fits = |bytes: &[u8]| match algorithm.signature_len() {
        Some(length) => length == bytes.len(),
        None => bytes.len() >= 256,
    };
    let mut readings = Vec::new();
    if let Some(length) = algorithm.signature_len().filter(|length| *length < raw.len()) {
        let is = "The signature has bytes after its end";
        readings.push(reading(raw[..length].to_vec(), is, "Remove what follows the signature"));
    }
    let is_mac = algorithm.family() == Family::Hmac;
    let in_hex = if is_mac { "The signature is the HMAC written in hexadecimal" } else { HEXADECIMAL };
    readings.extend(hex(token.signature).map(|bytes| reading(bytes, in_hex, NOT_HEX)));
    readings.extend(text_of(&raw).and_then(hex).map(|bytes| reading(bytes, in_hex, NOT_HEX)));
    let twice = text_of(&raw).and_then(base64);
    readings.extend(twice.map(|bytes| reading(bytes, "The signature is encoded in base64 twice", ENCODE)));
    if algorithm.family() == Family::Rsa {
        let little = raw.iter().rev().copied().collect();
        let fix = "Reverse the bytes of the signature, which JWS writes with the highest first";
        readings.push(reading(little, "The signature has its lowest byte first, as Windows CryptoAPI writes it", fix));
        for zeros in 1..=MOST_ZEROS {
            let bytes = [&[0; MOST_ZEROS][..zeros], &raw].concat();
            let is = "The signature lacks a zero byte at its beginning";
            readings.push(reading(bytes, is, "Write the signature as long as the key"));
        }
        return readings;
    }
    let Some(length) = algorithm.coordinate_len() else {
        readings.retain(|reading| fits(&reading.bytes));
        return readings;
    };
    let der = text_of(&raw).and_then(hex).or_else(|| hex(token.signature));
    for bytes in [Some(raw.clone()), der].into_iter().flatten() {
        readings.extend(raw_from_der(algorithm, &bytes).map(|raw| reading(raw, "The signature is DER", SIDE_BY_SIDE)));
    }
    if raw.len() == 2 * length {
        let swapped = [&raw[length..], &raw[..length]].concat();
        readings.push(reading(swapped, "The signature has s before r", "Write r before s (RFC 7518 §3.4)"));
    }
    for at in 0..=raw.len() {
        let (r, s) = raw.split_at(at);
        let is_short = raw.len() < 2 * length && raw.len() + MOST_ZEROS >= 2 * length;
        if is_short && r.len() <= length && s.len() <= length {
            let bytes = [&vec![0; length - r.len()][..], r, &vec![0; length - s.len()], s].concat();
            let is = "The signature lacks the zero byte at the beginning of r or s";
            readings.push(reading(bytes, is, "Write r and s at full length (RFC 7518 §3.4)"));
        }
    }
    readings.retain(|reading| fits(&reading.bytes));
    readings
}
