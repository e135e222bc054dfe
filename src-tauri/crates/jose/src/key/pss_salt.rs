//! RSASSA-PSS signatures with a salt of another length than JWS asks for.

use aws_lc_rs::digest;
use num_bigint::BigUint;

use super::{Material, PublicMembers, VerifyingKey, rsa};
use crate::Algorithm;

/// The last byte of an encoded message (RFC 8017 section 9.1.1).
const TRAILER: u8 = 0xbc;

/// The length of a signature's salt in bytes, and the length that JWS asks for (RFC 7518 section 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PssSalt {
    /// The salt's own length.
    pub found: usize,
    /// The length of the hash.
    pub wanted: usize,
}

impl VerifyingKey {
    /// The salt in an RSASSA-PSS signature of `input` by this key, with the hash of the key's algorithm; `None` if it
    /// is no such signature. A signature with another salt than the wanted one never verifies: this only tells what is
    /// wrong with it.
    pub fn pss_salt(&self, input: &[u8], signature: &[u8]) -> Option<PssSalt> {
        let hash = match self.algorithm {
            Algorithm::Ps256 => &digest::SHA256,
            Algorithm::Ps384 => &digest::SHA384,
            Algorithm::Ps512 => &digest::SHA512,
            _ => return None,
        };
        let Material::Public { members: PublicMembers::Rsa { n, e }, .. } = &*self.material else { return None };
        if signature.len() != n.len() {
            return None;
        }
        let message = BigUint::from_bytes_be(signature).modpow(&BigUint::from_bytes_be(e), &BigUint::from_bytes_be(n));
        let found = salt_len(hash, input, &message.to_bytes_be(), rsa::bits(n) - 1)?;
        Some(PssSalt { found, wanted: hash.output_len() })
    }
}

/// EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) for a salt of any length. `message` is the encoded message without leading
/// zero bytes, of at most `bits` bits.
fn salt_len(hash: &'static digest::Algorithm, input: &[u8], message: &[u8], bits: usize) -> Option<usize> {
    let length = bits.div_ceil(8);
    let missing = length.checked_sub(message.len())?;
    let message = [&vec![0; missing][..], message].concat();
    let (masked, rest) = message.split_at_checked(length.checked_sub(hash.output_len() + 1)?)?;
    let (hashed, trailer) = rest.split_at(hash.output_len());
    if trailer != [TRAILER] {
        return None;
    }
    let mut block: Vec<u8> =
        masked.iter().zip(mask(hash, hashed, masked.len())).map(|(byte, mask)| byte ^ mask).collect();
    *block.first_mut()? &= 0xff >> (8 * length - bits);
    let separator = block.iter().position(|byte| *byte != 0)?;
    let salt = block.get(separator + 1..).filter(|_| block.get(separator) == Some(&1))?;
    let mut again = digest::Context::new(hash);
    again.update(&[0; 8]);
    again.update(digest::digest(hash, input).as_ref());
    again.update(salt);
    (again.finish().as_ref() == hashed).then_some(salt.len())
}

/// MGF1 (RFC 8017 appendix B.2.1).
fn mask(hash: &'static digest::Algorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let block = |counter: u32| digest::digest(hash, &[seed, &counter.to_be_bytes()[..]].concat());
    let mut mask: Vec<u8> = (0..).flat_map(|counter| block(counter).as_ref().to_vec()).take(length).collect();
    mask.truncate(length);
    mask
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::base64url::decode_strict;
    use crate::key::PrivateKey;

    const RSA: &[u8] = include_bytes!("../../vectors/keys/rsa2048.pkcs8.pem");
    /// Made by OpenSSL with that key.
    const SALTS: &str = include_str!("../../vectors/pss_salts.json");

    fn key(algorithm: Algorithm) -> VerifyingKey {
        let key = PrivateKey::read(RSA, Some(algorithm)).unwrap().signing_key(None).unwrap();
        key.verifying_key().clone()
    }

    #[test]
    fn the_salt_of_any_length_is_found_and_only_the_standard_one_verifies() {
        for case in serde_json::from_str::<Vec<Value>>(SALTS).unwrap() {
            let algorithm: Algorithm = case["alg"].as_str().unwrap().parse().unwrap();
            let salt = usize::try_from(case["salt"].as_u64().unwrap()).unwrap();
            let (input, signature) = case["token"].as_str().unwrap().rsplit_once('.').unwrap();
            let (input, mut signature) = (input.as_bytes(), decode_strict(signature).unwrap());
            let found = key(algorithm).pss_salt(input, &signature).unwrap();
            assert_eq!(found.found, salt, "{case}");
            assert_eq!(key(algorithm).verify(input, &signature).is_ok(), found.found == found.wanted, "{case}");
            for other in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512] {
                let found = key(other).pss_salt(input, &signature);
                assert_eq!(found.is_some(), other == algorithm, "{case} as {other}");
            }
            assert_eq!(key(algorithm).pss_salt(b"another input", &signature), None);
            signature[100] ^= 1;
            assert_eq!(key(algorithm).pss_salt(input, &signature), None);
        }
    }

    #[test]
    fn what_is_no_signature_has_no_salt() {
        let key = key(Algorithm::Ps256);
        for signature in [vec![], vec![1; 255], vec![0; 256], vec![1; 256], vec![0xff; 256], vec![1; 257]] {
            assert_eq!(key.pss_salt(b"e30.e30", &signature), None);
        }
    }
}
