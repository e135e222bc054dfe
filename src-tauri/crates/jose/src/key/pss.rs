//! RSA keys that are for RSASSA-PSS alone (RFC 4055 section 1.2): some are for one hash only.

use super::KeyError;
use super::der::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, take};
use crate::Algorithm;

/// id-mgf1 (RFC 8017 appendix A.2.3).
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];

/// SHA-2 (RFC 5754 section 2), with the algorithm whose hash it is and the hash's length in bytes.
const HASHES: [(&[u8], Algorithm, u8); 3] = [
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01], Algorithm::Ps256, 32),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02], Algorithm::Ps384, 48),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03], Algorithm::Ps512, 64),
];

/// The algorithm of a key with these RSASSA-PSS-params (RFC 4055 section 3.1), of those it allows the wanted one.
pub(super) fn algorithm(parameters: &[u8], wanted: Option<Algorithm>) -> Result<Algorithm, KeyError> {
    let is_pss = |algorithm: &Algorithm| HASHES.iter().any(|(_, known, _)| known == algorithm);
    // Without parameters the key is for every hash.
    let own = if parameters.is_empty() { None } else { Some(restricted(parameters).ok_or_else(unlike_any)?) };
    match (own, wanted) {
        (None, None) => Err(KeyError::AlgorithmNeeded),
        (None, Some(wanted)) if is_pss(&wanted) => Ok(wanted),
        (Some(own), None) => Ok(own),
        (Some(own), Some(wanted)) if own == wanted => Ok(own),
        (_, Some(wanted)) => Err(KeyError::WrongAlgorithm(wanted)),
    }
}

/// RFC 7518 section 3.5 has the same hash twice and a salt as long as it. What a key says of the salt is the least.
fn restricted(parameters: &[u8]) -> Option<Algorithm> {
    const HASH: u8 = 0xa0;
    const MASK: u8 = 0xa1;
    const SALT: u8 = 0xa2;
    const SALT_BY_DEFAULT: u8 = 20;
    let mut parameters = der::whole(parameters, SEQUENCE)?;
    let mut hash = der::whole(take(&mut parameters, HASH)?, SEQUENCE)?;
    let hash = take(&mut hash, OBJECT_IDENTIFIER)?;
    let (_, algorithm, length) = HASHES.into_iter().find(|(known, ..)| *known == hash)?;
    let mut mask = der::whole(take(&mut parameters, MASK)?, SEQUENCE)?;
    let is_mgf1 = take(&mut mask, OBJECT_IDENTIFIER)? == MGF1;
    let mut mask = der::whole(mask, SEQUENCE)?;
    let least_salt = match take(&mut parameters, SALT).map(|salt| der::whole(salt, INTEGER)) {
        None => SALT_BY_DEFAULT,
        Some(Some([salt])) => *salt,
        Some(_) => return None,
    };
    let fits = is_mgf1 && take(&mut mask, OBJECT_IDENTIFIER)? == hash && least_salt <= length;
    fits.then_some(algorithm)
}

fn unlike_any() -> KeyError {
    KeyError::UnsupportedType("RSASSA-PSS with other hashes or a longer salt than PS256, PS384 and PS512 have".into())
}
