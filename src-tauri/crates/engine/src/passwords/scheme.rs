//! How a password is kept: passlib's `bcrypt_sha256` version 2, so that any length and every byte counts and passlib
//! reads the hash.
//!
//! The text is `$bcrypt-sha256$v=2,t=2b,r=12$<salt>$<digest>`. What bcrypt is given is the base64 of
//! HMAC-SHA-256(key: the 22 characters of the salt, message: the password). Source: passlib 1.7.4,
//! `passlib.hash.bcrypt_sha256`, section "Format & Algorithm".

use super::normalise;
use crate::{
    entropy::{Entropy, NoEntropy},
    secret::Password,
};
use aws_lc_rs::{constant_time, hmac};
use base64::{
    Engine as _, alphabet,
    engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD},
};
use std::str::FromStr;
use zeroize::Zeroizing;

const PREFIX: &str = "$bcrypt-sha256$v=2,t=2b,r=";

/// bcrypt's own base64: another alphabet, no padding.
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD);

/// The costs a stored hash may name. Above 16, checking one password takes longer than anybody waits, and whoever can
/// write a hash could stop the engine with it.
const COSTS: std::ops::RangeInclusive<u32> = 4..=16;

/// Why a stored hash cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The text is not one this engine writes.
    #[error("The stored password hash is not in a known format")]
    Unreadable,
    /// The cost is outside what this engine computes.
    #[error("The stored password hash has cost {0}; only 4 to 16 are computed")]
    Cost(u32),
    /// No randomness for a salt.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

/// Hashes a password with a new salt.
///
/// # Errors
/// [`HashError::Cost`] if `cost` is not 4 to 16; [`HashError::Entropy`] if there is no randomness for the salt.
pub fn make_hash(password: &Password, cost: u32, entropy: &dyn Entropy) -> Result<String, HashError> {
    let mut salt = [0_u8; 16];
    entropy.fill(&mut salt)?;
    derive_hash(password, cost, salt)
}

/// The schemes a stored hash may have, newest first. Only the first is written; the others are replaced at sign-in.
enum Stored {
    /// passlib's `bcrypt_sha256` version 2.
    BcryptSha256 { cost: u32, salt: [u8; 16] },
    /// bcrypt as other programs write it, `$2a$`, `$2b$` or `$2y$`: imported.
    Bcrypt,
}

/// Does `password` belong to the stored `hash`?
///
/// # Errors
/// [`HashError`] if the stored text is not a hash this engine computes; it is then refused before any hashing.
pub fn verify(password: &Password, hash: &str) -> Result<bool, HashError> {
    match parse(hash)? {
        Stored::BcryptSha256 { cost, salt } => {
            let again = derive_hash(password, cost, salt)?;
            Ok(constant_time::verify_slices_are_equal(again.as_bytes(), hash.as_bytes()).is_ok())
        }
        // Plain bcrypt stops at a NUL and at byte 72: with a NUL, two passwords would be one. The bytes are those that
        // were typed, because the program that made the hash did not normalise them.
        Stored::Bcrypt if password.expose().contains('\0') => Ok(false),
        Stored::Bcrypt => bcrypt::verify(password.expose(), hash).map_err(|_| HashError::Unreadable),
    }
}

/// Is `hash` of an older scheme, or cheaper than `cost`?
///
/// # Errors
/// [`HashError`] if the text is not a hash this engine computes.
pub fn is_outdated(hash: &str, cost: u32) -> Result<bool, HashError> {
    Ok(match parse(hash)? {
        Stored::BcryptSha256 { cost: stored, .. } => stored < cost,
        Stored::Bcrypt => true,
    })
}

/// Can a hash that another program made be kept here?
///
/// # Errors
/// [`HashError`], the reason why not.
pub fn check_import(hash: &str) -> Result<(), HashError> {
    parse(hash).map(drop)
}

/// A hash that no password has, of the given cost: checked for users that do not exist, so that they take as long.
pub fn dummy_hash(cost: u32) -> String {
    format!("{PREFIX}{cost}${}${}", ".".repeat(22), ".".repeat(31))
}

fn derive_hash(password: &Password, cost: u32, salt: [u8; 16]) -> Result<String, HashError> {
    if !COSTS.contains(&cost) {
        return Err(HashError::Cost(cost));
    }
    let salt_text = BCRYPT_BASE64.encode(salt);
    let key = hmac::Key::new(hmac::HMAC_SHA256, salt_text.as_bytes());
    let prepared = Zeroizing::new(STANDARD.encode(hmac::sign(&key, normalise(password.expose()).as_bytes())));
    let parts = bcrypt::hash_with_salt(prepared.as_bytes(), cost, salt).map_err(|_| HashError::Unreadable)?;
    // `$2b$12$` + 22 characters of salt + 31 of digest
    let written = parts.format_for_version(bcrypt::Version::TwoB);
    let digest = written.get(29..).ok_or(HashError::Unreadable)?;
    Ok(format!("{PREFIX}{cost}${salt_text}${digest}"))
}

fn parse(hash: &str) -> Result<Stored, HashError> {
    if !hash.is_ascii() {
        return Err(HashError::Unreadable);
    }
    match hash.strip_prefix(PREFIX) {
        Some(rest) => parse_bcrypt_sha256(rest),
        None => parse_bcrypt(hash),
    }
}

fn parse_bcrypt_sha256(rest: &str) -> Result<Stored, HashError> {
    let (cost, rest) = rest.split_once('$').ok_or(HashError::Unreadable)?;
    let (salt, digest) = rest.split_once('$').ok_or(HashError::Unreadable)?;
    let cost = parse_cost(cost)?;
    if salt.len() != 22 || digest.len() != 31 {
        return Err(HashError::Unreadable);
    }
    let plain = format!("$2b${cost:02}${salt}{digest}");
    let parts = bcrypt::HashParts::from_str(&plain).map_err(|_| HashError::Unreadable)?;
    Ok(Stored::BcryptSha256 { cost, salt: parts.get_salt_raw() })
}

fn parse_bcrypt(hash: &str) -> Result<Stored, HashError> {
    // `$2x$` marks hashes of a version with a bug; the library would compute them as `$2b$`.
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| hash.strip_prefix(prefix));
    let (cost, tail) = rest.and_then(|rest| rest.split_once('$')).ok_or(HashError::Unreadable)?;
    parse_cost(cost)?;
    if tail.len() != 53 || bcrypt::HashParts::from_str(hash).is_err() {
        return Err(HashError::Unreadable);
    }
    Ok(Stored::Bcrypt)
}

fn parse_cost(text: &str) -> Result<u32, HashError> {
    let cost = text.parse::<u32>().map_err(|_| HashError::Unreadable)?;
    if COSTS.contains(&cost) { Ok(cost) } else { Err(HashError::Cost(cost)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    /// Written by passlib 1.7.4 with bcrypt 4.0.1: `bcrypt_sha256.using(rounds=…).hash(password)`.
    const BY_PASSLIB: [(&str, &str); 4] = [
        (
            "correct horse battery staple",
            "$bcrypt-sha256$v=2,t=2b,r=5$8UFaaX6fqPdee6DktupYJ.$HbtzjZ5swWUsALTMsyCl..oAfV.xPN6",
        ),
        (
            "correct horse battery staple",
            "$bcrypt-sha256$v=2,t=2b,r=12$aroPpUaySPES6.M4HjZ85.$N5768v0b0FoxSnw4L3ni3ElzZpLHwhS",
        ),
        ("pässwörd-é-😀", "$bcrypt-sha256$v=2,t=2b,r=12$O2RjqHT40OrW0vKnKuIshO$QVo5ZExH5TK3ob1aF0ou7T3.P9ke2pi"),
        (SIXTY_FOUR_FACES, "$bcrypt-sha256$v=2,t=2b,r=5$o59x5Dh/pK3qAT1pt78hK.$XMYf2klHqAnLaCA0j092Z9mIIbiAdom"),
    ];
    const SIXTY_FOUR_FACES: &str = "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀\
                                    😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀";

    #[test]
    fn hashes_that_passlib_made_verify() {
        for (password, hash) in BY_PASSLIB {
            assert_eq!(verify(&Password::new(password), hash), Ok(true), "{hash}");
            assert_eq!(verify(&Password::new(format!("{password}x")), hash), Ok(false), "{hash}");
        }
    }

    #[test]
    fn our_hashes_have_passlibs_form() {
        let hash = make_hash(&Password::new("correct horse battery staple"), 5, &SeededEntropy::new(7)).unwrap();
        assert_eq!(hash.len(), BY_PASSLIB[0].1.len());
        assert_eq!(hash.split('$').nth(2), BY_PASSLIB[0].1.split('$').nth(2));
    }

    #[test]
    fn every_byte_of_a_long_password_counts() {
        let long = "a".repeat(1000);
        let hash = make_hash(&Password::new(long.clone()), 4, &SeededEntropy::new(7)).unwrap();
        assert_eq!(verify(&Password::new(long.clone()), &hash), Ok(true));
        for changed in [format!("{}b", &long[1..]), format!("{}b{}", &long[..500], &long[501..]), "a".repeat(999)] {
            assert_eq!(verify(&Password::new(changed), &hash), Ok(false));
        }
        let after_nul = make_hash(&Password::new("before\0after"), 4, &SeededEntropy::new(7)).unwrap();
        assert_eq!(verify(&Password::new("before\0other"), &after_nul), Ok(false));
        let nul = make_hash(&Password::new("\0"), 4, &SeededEntropy::new(7)).unwrap();
        assert_eq!(verify(&Password::new("\0\0\0\0\0\0\0\0"), &nul), Ok(false));
    }

    #[test]
    fn one_letter_typed_in_two_ways_is_one_letter() {
        let hash = make_hash(&Password::new("\u{C5}ngstrom-"), 4, &SeededEntropy::new(7)).unwrap();
        assert_eq!(verify(&Password::new("A\u{30A}ngstrom-"), &hash), Ok(true));
    }

    #[test]
    fn a_hostile_hash_is_refused_before_any_hashing() {
        let good = BY_PASSLIB[0].1;
        for hash in [
            "",
            "$2b$31$aroPpUaySPES6.M4HjZ85.N5768v0b0FoxSnw4L3ni3ElzZpLHwhS",
            &good.replace("r=5", "r=31"),
            &good.replace("r=5", "r=17"),
            &good.replace("r=5", "r=99999999999999999999"),
            &good.replace("r=5", "r=-1"),
            &good.replace("v=2", "v=1"),
            &good[..good.len() - 1],
            &format!("{good}x"),
            &good.replace("8UFaaX", "8UFaaé"),
            &good.replace("8UFaaX", "8UFaa!"),
        ] {
            assert!(verify(&Password::new("correct horse battery staple"), hash).is_err(), "{hash}");
        }
    }

    #[test]
    fn nobody_has_the_password_of_the_dummy_hash() {
        assert_eq!(verify(&Password::new(""), &dummy_hash(4)), Ok(false));
        assert_eq!(verify(&Password::new("password"), &dummy_hash(4)), Ok(false));
    }
}
