//! Public keys as SubjectPublicKeyInfo, in PEM (RFC 7468 section 13) or DER (RFC 5280 section 4.1).

use ::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use der::asn1::{AnyRef, BitStringRef, GeneralizedTime, ObjectIdentifier, UintRef, UtcTime};
use der::{Decode as _, Encode as _, Tag, Tagged as _};
use pkcs1::RsaPublicKeyRef;

use super::oid::{self, EC, ED25519, RSA, RSA_PSS, elements};
use super::{KeyError, PublicMembers, VerifyingKey, pem, pss};
use crate::Algorithm;

pub(super) fn verifying_key(input: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let from_pem = std::str::from_utf8(input).ok().filter(|text| pem::is_pem(text)).map(pem::decode).transpose()?;
    if from_pem.as_ref().is_some_and(|(label, _)| label != "PUBLIC KEY") {
        return Err(unreadable("the PEM block is not `PUBLIC KEY`"));
    }
    let der = from_pem.as_ref().map_or(input, |(_, der)| der);
    from_info(SubjectPublicKeyInfoRef::from_der(der).map_err(|_| no_info())?, wanted)
}

/// Reads SubjectPublicKeyInfo, RSAPublicKey or a certificate.
pub(super) fn from_der(der: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    if let Ok(key) = RsaPublicKeyRef::from_der(der) {
        return VerifyingKey::from_members(wanted.ok_or(KeyError::AlgorithmNeeded)?, rsa_members(&key));
    }
    let info = info_of_certificate(der).or_else(|| SubjectPublicKeyInfoRef::from_der(der).ok());
    from_info(info.ok_or_else(no_info)?, wanted)
}

/// The SubjectPublicKeyInfo in a certificate: after version, serial number, algorithm, issuer, validity and subject.
fn info_of_certificate(der: &[u8]) -> Option<SubjectPublicKeyInfoRef<'_>> {
    part_of_certificate(der, 5)?.decode_as().ok()
}

/// From when until when a certificate is valid, in seconds since the epoch (RFC 5280 section 4.1.2.5).
pub fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    let dates = elements(part_of_certificate(certificate, 3)?.value());
    let seconds = |date: &AnyRef<'_>| {
        let since = match date.tag() {
            Tag::UtcTime => date.decode_as::<UtcTime>().ok()?.to_unix_duration(),
            _ => date.decode_as::<GeneralizedTime>().ok()?.to_unix_duration(),
        };
        i64::try_from(since.as_secs()).ok()
    };
    Some((seconds(dates.first()?)?, seconds(dates.get(1)?)?))
}

/// A part of a certificate, counted from the serial number, which a version may precede.
fn part_of_certificate(der: &[u8], index: usize) -> Option<AnyRef<'_>> {
    let certificate = AnyRef::from_der(der).ok().filter(|certificate| certificate.tag() == Tag::Sequence)?;
    let body = elements(elements(certificate.value()).first()?.value());
    let is_version = body.first()?.tag().is_context_specific();
    body.get(index + usize::from(is_version)).copied()
}

fn from_info(info: SubjectPublicKeyInfoRef<'_>, wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let AlgorithmIdentifierRef { oid: identifier, parameters } = info.algorithm;
    let key = info.subject_public_key.as_bytes().ok_or_else(no_info)?;
    if identifier == RSA || identifier == RSA_PSS {
        let algorithm = match identifier {
            RSA => wanted.ok_or(KeyError::AlgorithmNeeded)?,
            _ => pss::algorithm(parameters, wanted)?,
        };
        let key = RsaPublicKeyRef::from_der(key).map_err(|_| unreadable("no RSAPublicKey inside"))?;
        return VerifyingKey::from_members(algorithm, rsa_members(&key));
    }
    if identifier == ED25519 {
        let point = PublicMembers::Okp { x: key.to_vec() };
        return VerifyingKey::from_members(wanted.unwrap_or(Algorithm::EdDsa), point);
    }
    let curve = parameters.filter(|_| identifier == EC).and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
    let own = curve.and_then(oid::algorithm_of);
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
pub(super) fn der_of(algorithm: Algorithm, members: &PublicMembers) -> Vec<u8> {
    let curve = oid::curve_of(algorithm);
    let (oid, parameters, key) = match members {
        PublicMembers::Rsa { n, e } => (RSA, Some(AnyRef::NULL), rsa_der_of(n, e)),
        PublicMembers::Ec { x, y, .. } => (EC, curve.as_ref().map(AnyRef::from), [&[4][..], x, y].concat()),
        PublicMembers::Okp { x } => (ED25519, None, x.clone()),
    };
    let algorithm = AlgorithmIdentifierRef { oid, parameters };
    let info = BitStringRef::from_bytes(&key)
        .and_then(|subject_public_key| SubjectPublicKeyInfo { algorithm, subject_public_key }.to_der());
    // This fails only for lengths that no key has.
    info.unwrap_or_default()
}

/// An RSAPublicKey (RFC 8017 appendix A.1.1).
pub(super) fn rsa_der_of(n: &[u8], e: &[u8]) -> Vec<u8> {
    let key = UintRef::new(n).and_then(|modulus| Ok((modulus, UintRef::new(e)?)));
    let der = key.and_then(|(modulus, public_exponent)| RsaPublicKeyRef { modulus, public_exponent }.to_der());
    der.unwrap_or_default()
}

fn rsa_members(key: &RsaPublicKeyRef<'_>) -> PublicMembers {
    PublicMembers::Rsa { n: key.modulus.as_bytes().to_vec(), e: key.public_exponent.as_bytes().to_vec() }
}

fn no_info() -> KeyError {
    unreadable("no SubjectPublicKeyInfo")
}

fn unreadable(reason: &str) -> KeyError {
    KeyError::Unreadable(reason.to_owned())
}
