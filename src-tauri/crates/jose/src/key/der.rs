//! The little of DER (X.690) that keys need: taking elements apart and putting them together.

use zeroize::Zeroizing;

use crate::Algorithm;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// rsaEncryption (RFC 8017 appendix A.1).
pub(super) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// id-RSASSA-PSS (RFC 8017 appendix A.2.3).
pub(super) const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
/// id-ecPublicKey (RFC 5480 section 2.1.1).
pub(super) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// id-Ed25519 (RFC 8410 section 3).
pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const CURVES: [(&[u8], Algorithm); 4] = [
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], Algorithm::Es256),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], Algorithm::Es384),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], Algorithm::Es512),
    (&[0x2b, 0x81, 0x04, 0x00, 0x0a], Algorithm::Es256K),
];

/// The algorithm of a named curve.
pub(super) fn algorithm_of(curve: &[u8]) -> Option<Algorithm> {
    CURVES.iter().find(|(known, _)| *known == curve).map(|(_, algorithm)| *algorithm)
}

/// The name of an algorithm's curve (RFC 5480 section 2.1.1.1).
pub(super) fn curve_of(algorithm: Algorithm) -> Option<&'static [u8]> {
    CURVES.iter().find(|(_, known)| *known == algorithm).map(|(curve, _)| *curve)
}

/// Takes one element with this tag from the front and gives its content.
pub(super) fn take<'a>(input: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (&[found, first], rest) = input.split_first_chunk()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => rest.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
        0x82 => rest.split_first_chunk().map(|(length, rest)| (usize::from(u16::from_be_bytes(*length)), rest))?,
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length).filter(|_| found == tag)?;
    *input = rest;
    Some(content)
}

/// Takes the one element that fills the whole input.
pub(super) fn whole(mut input: &[u8], tag: u8) -> Option<&[u8]> {
    take(&mut input, tag).filter(|_| input.is_empty())
}

/// Takes a positive integer from the front, without its sign byte.
pub(super) fn take_positive<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    match take(input, INTEGER)? {
        [0, rest @ ..] if rest.first().is_some_and(|byte| byte & 0x80 != 0) => Some(rest),
        integer @ [first, ..] if (1..0x80).contains(first) => Some(integer),
        _ => None,
    }
}

/// The r and s of an ECDSA signature side by side (RFC 7518 section 3.4), from DER (RFC 3279 section 2.2.3).
pub fn raw_from_der(algorithm: Algorithm, signature: &[u8]) -> Option<Vec<u8>> {
    let length = algorithm.coordinate_len()?;
    let mut numbers = whole(signature, SEQUENCE)?;
    let mut raw = Vec::with_capacity(2 * length);
    for _ in ["r", "s"] {
        let number = take_positive(&mut numbers)?;
        raw.resize(raw.len() + length.checked_sub(number.len())?, 0);
        raw.extend_from_slice(number);
    }
    numbers.is_empty().then_some(raw)
}

/// One element.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    // All the room at once: a vector that grows leaves its old copy behind, unwiped.
    let mut der = Zeroizing::new(Vec::with_capacity(length + 10));
    der.push(tag);
    if length < 0x80 {
        der.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let leading = bytes.iter().take_while(|byte| **byte == 0).count();
        der.push(0x80 | (bytes.len() - leading) as u8);
        der.extend_from_slice(&bytes[leading..]);
    }
    for part in parts {
        der.extend_from_slice(part);
    }
    der
}

/// A positive integer, from big-endian bytes.
pub(super) fn positive(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let leading = bytes.iter().take_while(|byte| **byte == 0).count();
    let number = &bytes[leading..];
    let sign: &[u8] = if number.first().is_none_or(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    element(INTEGER, &[sign, number])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_together_comes_apart_again() {
        for length in [0, 1, 127, 128, 255, 256, 65_535] {
            let content = vec![7; length];
            let der = element(OCTET_STRING, &[&content]);
            assert_eq!(whole(&der, OCTET_STRING), Some(&*content), "{length}");
            assert_eq!(whole(&der, SEQUENCE), None);
            assert_eq!(whole(&der[..der.len() - 1], OCTET_STRING), None);
        }
        for number in [&[1][..], &[0x7f], &[0x80], &[0xff, 0], &[1, 0, 1]] {
            assert_eq!(take_positive(&mut &**positive(number)), Some(number));
            assert_eq!(*positive(&[&[0, 0], number].concat()), *positive(number), "zeros in front say nothing");
        }
        assert_eq!(**positive(&[]), [INTEGER, 1, 0]);
    }
}
