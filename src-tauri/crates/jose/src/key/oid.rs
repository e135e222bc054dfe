//! Object identifiers of keys and curves, and a helper to walk through DER of which only some fields matter.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, SliceReader};

use crate::Algorithm;

/// rsaEncryption (RFC 8017 appendix A.1).
pub(super) const RSA: ObjectIdentifier = pkcs1::ALGORITHM_OID;
/// id-RSASSA-PSS (RFC 8017 appendix A.2.3).
pub(super) const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
/// id-ecPublicKey (RFC 5480 section 2.1.1).
pub(super) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// id-Ed25519 (RFC 8410 section 3).
pub(super) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The named curves (RFC 5480 section 2.1.1.1, SEC 2 appendix A).
const CURVES: [(ObjectIdentifier, Algorithm); 4] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), Algorithm::Es256),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), Algorithm::Es384),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), Algorithm::Es512),
    (ObjectIdentifier::new_unwrap("1.3.132.0.10"), Algorithm::Es256K),
];

/// The algorithm of a named curve.
pub(super) fn algorithm_of(curve: ObjectIdentifier) -> Option<Algorithm> {
    CURVES.iter().find(|(known, _)| *known == curve).map(|(_, algorithm)| *algorithm)
}

/// The name of an algorithm's curve.
pub(super) fn curve_of(algorithm: Algorithm) -> Option<ObjectIdentifier> {
    CURVES.iter().find(|(_, known)| *known == algorithm).map(|(curve, _)| *curve)
}

/// The DER elements of the input, up to the first invalid one.
pub(super) fn elements(input: &[u8]) -> Vec<AnyRef<'_>> {
    let Ok(mut reader) = SliceReader::new(input) else { return Vec::new() };
    std::iter::from_fn(|| AnyRef::decode(&mut reader).ok()).collect()
}
