//! Public keys as SubjectPublicKeyInfo, in PEM (RFC 7468 section 13) or DER (RFC 5280 section 4.1).

use zeroize::Zeroizing;

use super::der::{
    self, BIT_STRING, EC, ED25519, INTEGER, NULL, OBJECT_IDENTIFIER, RSA, RSA_PSS, SEQUENCE, element, take,
    take_positive,
};
use super::{KeyError, PublicMembers, VerifyingKey, pem, pss};
use crate::Algorithm;

pub(super) fn verifying_key(input: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let from_pem = std::str::from_utf8(input).ok().filter(|text| pem::is_pem(text)).map(pem::decode).transpose()?;
    if from_pem.as_ref().is_some_and(|(label, _)| label != "PUBLIC KEY") {
        return Err(unreadable("the PEM block is not `PUBLIC KEY`"));
    }
    from_info(from_pem.as_ref().map_or(input, |(_, der)| der), wanted)
}

/// Takes SubjectPublicKeyInfo, RSAPublicKey or a certificate.
pub(super) fn from_der(der: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    if let Some((n, e)) = rsa_numbers(der) {
        let algorithm = wanted.ok_or(KeyError::AlgorithmNeeded)?;
        return VerifyingKey::from_members(algorithm, PublicMembers::Rsa { n, e });
    }
    from_info(&info_of_certificate(der).unwrap_or_else(|| der.to_vec().into()), wanted)
}

/// The SubjectPublicKeyInfo in a certificate: after version, serial number, algorithm, issuer, validity and subject.
fn info_of_certificate(der: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    const VERSION: u8 = 0xa0;
    let mut certificate = der::whole(der, SEQUENCE)?;
    let mut body = take(&mut certificate, SEQUENCE)?;
    take(&mut body, VERSION);
    take(&mut body, INTEGER)?;
    for _ in ["algorithm", "issuer", "validity", "subject"] {
        take(&mut body, SEQUENCE)?;
    }
    Some(element(SEQUENCE, &[take(&mut body, SEQUENCE)?]))
}

fn from_info(der: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let (identifier, parameters, key) = split(der).ok_or_else(|| unreadable("no SubjectPublicKeyInfo"))?;
    if identifier == RSA || identifier == RSA_PSS {
        let algorithm = match identifier {
            RSA => wanted.ok_or(KeyError::AlgorithmNeeded)?,
            _ => pss::algorithm(parameters, wanted)?,
        };
        let (n, e) = rsa_numbers(key).ok_or_else(|| unreadable("no RSAPublicKey inside"))?;
        return VerifyingKey::from_members(algorithm, PublicMembers::Rsa { n, e });
    }
    if identifier == ED25519 {
        let point = PublicMembers::Okp { x: key.to_vec() };
        return VerifyingKey::from_members(wanted.unwrap_or(Algorithm::EdDsa), point);
    }
    let curve = take(&mut &*parameters, OBJECT_IDENTIFIER).filter(|_| identifier == EC);
    let own = curve.and_then(der::algorithm_of);
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

/// The members as SubjectPublicKeyInfo in PEM.
pub(super) fn pem_of(algorithm: Algorithm, members: &PublicMembers) -> String {
    pem::encode("PUBLIC KEY", &der_of(algorithm, members)).to_string()
}

/// The members as SubjectPublicKeyInfo in DER.
pub(super) fn der_of(algorithm: Algorithm, members: &PublicMembers) -> Zeroizing<Vec<u8>> {
    let name = |identifier: &[u8]| element(OBJECT_IDENTIFIER, &[identifier]);
    let (identifier, parameters, key) = match members {
        PublicMembers::Rsa { n, e } => (name(RSA), element(NULL, &[]), rsa_der_of(n, e)),
        PublicMembers::Ec { x, y, .. } => {
            let curve = name(der::curve_of(algorithm).unwrap_or_default());
            (name(EC), curve, [&[4][..], x, y].concat().into())
        }
        PublicMembers::Okp { x } => (name(ED25519), Vec::new().into(), x.clone().into()),
    };
    let algorithm = element(SEQUENCE, &[&identifier, &parameters]);
    element(SEQUENCE, &[&algorithm, &element(BIT_STRING, &[&[0], &key])])
}

/// An RSAPublicKey (RFC 8017 appendix A.1.1).
pub(super) fn rsa_der_of(n: &[u8], e: &[u8]) -> Zeroizing<Vec<u8>> {
    element(SEQUENCE, &[&der::positive(n), &der::positive(e)])
}

/// Algorithm identifier, its parameters, and the key's bytes.
fn split(der: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut outer = der::whole(der, SEQUENCE)?;
    let mut algorithm = take(&mut outer, SEQUENCE)?;
    let identifier = take(&mut algorithm, OBJECT_IDENTIFIER)?;
    let bits = take(&mut outer, BIT_STRING).filter(|_| outer.is_empty())?;
    let (unused, key) = bits.split_first()?;
    (*unused == 0).then_some((identifier, algorithm, key))
}

fn rsa_numbers(key: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut numbers = der::whole(key, SEQUENCE)?;
    let (n, e) = (take_positive(&mut numbers)?, take_positive(&mut numbers)?);
    numbers.is_empty().then(|| (n.to_vec(), e.to_vec()))
}

fn unreadable(reason: &str) -> KeyError {
    KeyError::Unreadable(reason.to_owned())
}
