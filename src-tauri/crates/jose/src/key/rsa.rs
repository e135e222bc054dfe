//! What an RSA public key must satisfy before it is used (RFC 7518 section 3.3, RFC 8725 section 3.5).

use super::KeyError;
use crate::Algorithm;

const LEAST_BITS: usize = 2048;
const MOST_BITS: usize = 8192;

/// Checks modulus and exponent, both big-endian as a JWK carries them.
pub(super) fn inspect(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<(), KeyError> {
    if n.first().is_none_or(|byte| *byte == 0) || e.first().is_none_or(|byte| *byte == 0) {
        return Err(KeyError::BadRsaNumbers("a number is empty or starts with a zero byte"));
    }
    let bits = bits(n);
    if bits < LEAST_BITS {
        return Err(KeyError::TooShort { algorithm, least: LEAST_BITS, found: bits });
    }
    if bits > MOST_BITS {
        return Err(KeyError::TooLong(bits));
    }
    if n.last().is_none_or(|byte| byte % 2 == 0) {
        return Err(KeyError::BadRsaNumbers("the modulus is even"));
    }
    if e.len() > 4 {
        return Err(KeyError::BadRsaNumbers("the exponent has more than 32 bits"));
    }
    let exponent = e.iter().fold(0u32, |value, byte| value << 8 | u32::from(*byte));
    if exponent < 3 || exponent % 2 == 0 {
        return Err(KeyError::BadRsaNumbers("the exponent is even or below 3"));
    }
    if has_roca_fingerprint(n) { Err(KeyError::Roca) } else { Ok(()) }
}

pub(super) fn bits(number: &[u8]) -> usize {
    let leading = number.first().map_or(0, |byte| byte.leading_zeros() as usize);
    number.len() * 8 - leading
}

/// Moduli of the broken generator are powers of 65537 modulo every small prime (CVE-2017-15361). By chance that
/// happens to one key in 2^27.
fn has_roca_fingerprint(n: &[u8]) -> bool {
    const PRIMES: [u32; 38] = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
        109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ];
    PRIMES.into_iter().all(|prime| {
        let residue = n.iter().fold(0u32, |rest, byte| (rest * 256 + u32::from(*byte)) % prime);
        let mut power = 1;
        for _ in 0..prime {
            if power == residue {
                return true;
            }
            power = power * (65537 % prime) % prime;
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: usize) -> Vec<u8> {
        let mut n = vec![0xA7; bytes];
        n[0] = 0xC1;
        n
    }

    #[test]
    fn numbers_that_cannot_be_a_key_are_refused() {
        let e = [1, 0, 1];
        let check = |n: &[u8], e: &[u8]| inspect(Algorithm::Rs256, n, e);
        assert_eq!(check(&number(256), &e), Ok(()));
        assert!(matches!(check(&number(128), &e), Err(KeyError::TooShort { found: 1024, .. })));
        assert_eq!(check(&number(2048), &e), Err(KeyError::TooLong(16384)));
        for exponent in [&[1][..], &[2], &[4], &[0, 3], &[], &[1, 0, 0, 0, 1]] {
            assert!(matches!(check(&number(256), exponent), Err(KeyError::BadRsaNumbers(_))), "{exponent:?}");
        }
        let mut even = number(256);
        even[255] = 2;
        assert!(matches!(check(&even, &e), Err(KeyError::BadRsaNumbers(_))));
        assert!(matches!(check(&[], &e), Err(KeyError::BadRsaNumbers(_))));
    }

    #[test]
    fn a_power_of_65537_has_the_fingerprint_and_an_honest_modulus_has_not() {
        // 65537^k is 1 0…0 1 patterns; 65537^2 = 0x1_0002_0001.
        assert!(has_roca_fingerprint(&[1, 0, 2, 0, 1]));
        assert!(!has_roca_fingerprint(&number(256)));
    }
}
