//! RSA keys for RSASSA-PSS only (RFC 4055 section 1.2); some are for one hash only.

use der::asn1::{AnyRef, ObjectIdentifier};
use pkcs1::RsaPssParamsOwned;

use super::KeyError;
use crate::Algorithm;

/// id-mgf1 (RFC 8017 appendix A.2.3).
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");

/// SHA-2 (RFC 5754 section 2), with the algorithm that uses the hash and the hash's length in bytes.
const HASHES: [(ObjectIdentifier, Algorithm, u8); 3] = [
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"), Algorithm::Ps256, 32),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"), Algorithm::Ps384, 48),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"), Algorithm::Ps512, 64),
];

/// The algorithm of a key with these RSASSA-PSS-params (RFC 4055 section 3.1); the wanted one if they allow it.
pub(super) fn algorithm(parameters: Option<AnyRef<'_>>, wanted: Option<Algorithm>) -> Result<Algorithm, KeyError> {
    let is_pss = |algorithm: &Algorithm| HASHES.iter().any(|(_, known, _)| known == algorithm);
    // Without parameters the key is for every hash.
    let own = parameters.map(|parameters| restricted(parameters).ok_or_else(unlike_any)).transpose()?;
    match (own, wanted) {
        (None, None) => Err(KeyError::AlgorithmNeeded),
        (None, Some(wanted)) if is_pss(&wanted) => Ok(wanted),
        (Some(own), None) => Ok(own),
        (Some(own), Some(wanted)) if own == wanted => Ok(own),
        (_, Some(wanted)) => Err(KeyError::WrongAlgorithm(wanted)),
    }
}

/// RFC 7518 section 3.5 uses the same hash twice and a salt of its length. A key's salt length is a minimum.
fn restricted(parameters: AnyRef<'_>) -> Option<Algorithm> {
    let RsaPssParamsOwned { hash, mask_gen, salt_len, .. } = parameters.decode_as().ok()?;
    let (_, algorithm, length) = HASHES.into_iter().find(|(known, ..)| *known == hash.oid)?;
    let fits = mask_gen.oid == MGF1 && mask_gen.parameters?.oid == hash.oid && salt_len <= length;
    fits.then_some(algorithm)
}

fn unlike_any() -> KeyError {
    KeyError::UnsupportedType("RSASSA-PSS with other hashes or a longer salt than PS256, PS384 and PS512 have".into())
}
