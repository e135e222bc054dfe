//! Public keys as SubjectPublicKeyInfo, in PEM (RFC 7468 section 13) or DER (RFC 5280 section 4.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{KeyError, PublicMembers, VerifyingKey};
use crate::Algorithm;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const CURVES: [(&[u8], Algorithm); 4] = [
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], Algorithm::Es256),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], Algorithm::Es384),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], Algorithm::Es512),
    (&[0x2b, 0x81, 0x04, 0x00, 0x0a], Algorithm::Es256K),
];

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;

pub(super) fn verifying_key(input: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let from_pem = pem(input)?;
    let der = from_pem.as_deref().unwrap_or(input);
    let (identifier, parameters, key) = split(der).ok_or_else(|| unreadable("no SubjectPublicKeyInfo"))?;
    if identifier == RSA {
        let algorithm = wanted.ok_or(KeyError::AlgorithmNeeded)?;
        let (n, e) = rsa_numbers(key).ok_or_else(|| unreadable("no RSAPublicKey inside"))?;
        return VerifyingKey::from_members(algorithm, PublicMembers::Rsa { n, e });
    }
    if identifier == ED25519 {
        let point = PublicMembers::Okp { x: key.to_vec() };
        return VerifyingKey::from_members(wanted.unwrap_or(Algorithm::EdDsa), point);
    }
    let curve = take(&mut &*parameters, OBJECT_IDENTIFIER).filter(|_| identifier == EC);
    let own = curve.and_then(|curve| CURVES.iter().find(|(known, _)| *known == curve)).map(|(_, own)| *own);
    let Some((own, crv)) = own.and_then(|own| Some((own, own.curve()?))) else {
        return Err(KeyError::UnsupportedType("an unknown object identifier".to_owned()));
    };
    let Some((4, coordinates)) = key.split_first().map(|(form, rest)| (*form, rest)) else {
        return Err(KeyError::NotOnCurve);
    };
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    let point = PublicMembers::Ec { crv, x: x.to_vec(), y: y.to_vec() };
    VerifyingKey::from_members(wanted.unwrap_or(own), point)
}

/// The DER inside a `PUBLIC KEY` block, or `None` if the input is no PEM at all.
fn pem(input: &[u8]) -> Result<Option<Vec<u8>>, KeyError> {
    let Ok(text) = std::str::from_utf8(input) else { return Ok(None) };
    let Some(start) = text.find("-----BEGIN ") else { return Ok(None) };
    let block = text[start..].strip_prefix("-----BEGIN PUBLIC KEY-----");
    let block = block.ok_or_else(|| unreadable("the PEM block is not `PUBLIC KEY`"))?;
    let end = block.find("-----END PUBLIC KEY-----").ok_or_else(|| unreadable("the PEM block has no end"))?;
    let body: String = block[..end].split_ascii_whitespace().collect();
    STANDARD.decode(body).map(Some).map_err(|_| unreadable("the PEM block is not base64"))
}

/// Algorithm identifier, its parameters, and the key's bytes.
fn split(der: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut rest = der;
    let mut outer = take(&mut rest, SEQUENCE).filter(|_| rest.is_empty())?;
    let mut algorithm = take(&mut outer, SEQUENCE)?;
    let identifier = take(&mut algorithm, OBJECT_IDENTIFIER)?;
    let bits = take(&mut outer, BIT_STRING).filter(|_| outer.is_empty())?;
    let (unused, key) = bits.split_first()?;
    (*unused == 0).then_some((identifier, algorithm, key))
}

fn rsa_numbers(mut key: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut numbers = take(&mut key, SEQUENCE)?;
    let n = positive(take(&mut numbers, INTEGER)?)?;
    let e = positive(take(&mut numbers, INTEGER)?)?;
    (numbers.is_empty() && key.is_empty()).then_some((n, e))
}

/// A DER integer above zero without its sign byte.
fn positive(integer: &[u8]) -> Option<Vec<u8>> {
    match integer {
        [0, rest @ ..] if rest.first().is_some_and(|byte| byte & 0x80 != 0) => Some(rest.to_vec()),
        [first, ..] if (1..0x80).contains(first) => Some(integer.to_vec()),
        _ => None,
    }
}

/// Takes one DER element with this tag from the front and gives its content.
fn take<'a>(input: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
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

fn unreadable(reason: &str) -> KeyError {
    KeyError::Unreadable(reason.to_owned())
}
