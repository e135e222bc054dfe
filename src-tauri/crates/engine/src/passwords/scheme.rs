//! The password hash: passlib's `bcrypt_sha256` version 2, which has no length limit, uses every byte, and is readable
//! by passlib.
//!
//! The format is `$bcrypt-sha256$v=2,t=2b,r=12$<salt>$<digest>`. The input to bcrypt is the base64 of HMAC-SHA-256(key:
//! the 22 characters of the salt, message: the password). Source: passlib 1.7.4, `passlib.hash.bcrypt_sha256`, section
//! "Format & Algorithm".

#[cfg(test)]
mod tests;

use super::normalise;
use crate::{
    entropy::{Entropy, NoEntropy},
    secret::Password,
};
use aws_lc_rs::{constant_time, digest, hmac};
use base64::{
    Engine as _, alphabet,
    engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD},
};
use std::str::FromStr;
use zeroize::Zeroizing;

const PREFIX: &str = "$bcrypt-sha256$v=2,t=2b,r=";

/// What version 1 begins with, up to the variant of bcrypt, `2a` or `2b`.
const PREFIX_1: &str = "$bcrypt-sha256$2";

/// bcrypt's own base64: a different alphabet, no padding.
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD);

/// The costs a stored hash may have. Above 16 a check takes too long to wait for, and anyone able to write a hash could
/// stall the engine with it.
pub const HASH_COSTS: std::ops::RangeInclusive<u32> = 4..=16;

/// Why a stored hash cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The format is unknown.
    #[error("This is not a password hash of a known format")]
    Unreadable,
    /// `$2x$`, which marks what a version of crypt_blowfish with a bug made (CVE-2011-2483).
    #[error("$2x$ marks hashes of a version with a bug (CVE-2011-2483), which many passwords may match")]
    BuggyBcrypt,
    /// Another scheme.
    #[error("This is a hash of {0}; only bcrypt and passlib's bcrypt_sha256 are taken")]
    OtherScheme(&'static str),
    /// The cost is outside the supported range.
    #[error(
        "The stored password hash has cost {0}; only {lowest} to {highest} are computed",
        lowest = HASH_COSTS.start(),
        highest = HASH_COSTS.end()
    )]
    Cost(u32),
    /// No randomness was available for a salt.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

/// Hashes a password with a new salt.
///
/// # Errors
/// [`HashError::Cost`] if `cost` is not in [`HASH_COSTS`]; [`HashError::Entropy`] if there is no randomness for the
/// salt.
pub fn make_hash(password: &Password, cost: u32, entropy: &dyn Entropy) -> Result<String, HashError> {
    let mut salt = [0_u8; 16];
    entropy.fill(&mut salt)?;
    derive_hash(password, cost, salt)
}

/// The supported hash schemes, newest first. Only the first is written; the others are replaced at sign-in.
enum Stored {
    /// passlib's `bcrypt_sha256` version 2.
    BcryptSha256 { cost: u32, salt: [u8; 16] },
    /// Its version 1, imported, with the bcrypt hash in it.
    PasslibVersion1 { cost: u32, bcrypt: String },
    /// bcrypt from other programs (`$2a$`, `$2b$` or `$2y$`), imported.
    Bcrypt { cost: u32 },
}

/// Checks a password against a stored hash; `None` stands for a user who does not exist.
///
/// Always does the work of one hash at `cost`, so that timing reveals nothing, even if there is no user, the hash has a
/// lower cost or is unusable, or the password is refused without hashing. A hash of a higher cost takes longer.
pub fn check(password: &Password, stored: Option<&str>, cost: u32, longest_password_bytes: usize) -> bool {
    let acceptable = password.expose().len() <= longest_password_bytes;
    // A user who was imported without a password has an empty hash, which nothing matches.
    let outcome = stored.filter(|hash| acceptable && !hash.is_empty()).map(|hash| compare(password, hash));
    let (right, done) = match outcome {
        Some(Ok(Some((right, done)))) => (right, Some(done)),
        Some(Ok(None)) | None => (false, None),
        Some(Err(unusable)) => {
            tracing::error!(%unusable, "a stored password hash cannot be used");
            (false, None)
        }
    };
    match done {
        None => idle(cost),
        // 2^c and 2^c, 2^(c+1) … 2^(cost-1) add up to 2^cost.
        Some(done) => (done..cost).for_each(idle),
    }
    right
}

/// Compares a password with a stored hash and returns the result and the cost. `None` if refused without hashing.
fn compare(password: &Password, hash: &str) -> Result<Option<(bool, u32)>, HashError> {
    match parse(hash)? {
        Stored::BcryptSha256 { cost, salt } => {
            let again = derive_hash(password, cost, salt)?;
            let right = constant_time::verify_slices_are_equal(again.as_bytes(), hash.as_bytes()).is_ok();
            Ok(Some((right, cost)))
        }
        Stored::PasslibVersion1 { cost, bcrypt } => {
            count(cost);
            // passlib hashes the bytes as typed.
            let prepared = digest::digest(&digest::SHA256, password.expose().as_bytes());
            let prepared = Zeroizing::new(STANDARD.encode(prepared));
            let right = bcrypt::verify(prepared.as_bytes(), &bcrypt).map_err(|_| HashError::Unreadable)?;
            Ok(Some((right, cost)))
        }
        // Plain bcrypt stops at a NUL and at byte 72, so passwords that differ only after a NUL would match. Compare
        // the bytes as typed, because the program that made the hash did not normalise them.
        Stored::Bcrypt { .. } if password.expose().contains('\0') => Ok(None),
        Stored::Bcrypt { cost } => {
            count(cost);
            let right = bcrypt::verify(password.expose(), hash).map_err(|_| HashError::Unreadable)?;
            Ok(Some((right, cost)))
        }
    }
}

/// Does the work of one hash and discards the result.
fn idle(cost: u32) {
    count(cost);
    // An invalid cost fails at once, but no hash has it either, so there is nothing to be as slow as.
    let _ = std::hint::black_box(bcrypt::hash_with_salt([0_u8; 44], cost, [0; 16]));
}

#[cfg(test)]
thread_local! {
    static WORK: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts the work for tests, because time would depend on the computer.
fn count(cost: u32) {
    #[cfg(test)]
    WORK.set(WORK.get() + (1 << cost));
    #[cfg(not(test))]
    let _ = cost;
}

/// The work this thread has done since the last call: 2^cost for each hash.
#[cfg(test)]
pub(crate) fn work_done() -> u64 {
    WORK.take()
}

/// Whether `hash` has an older scheme or a lower cost than `cost`.
///
/// # Errors
/// [`HashError`] if the text is not a hash this engine computes.
pub fn is_outdated(hash: &str, cost: u32) -> Result<bool, HashError> {
    Ok(match parse(hash)? {
        Stored::BcryptSha256 { cost: stored, .. } => stored < cost,
        Stored::PasslibVersion1 { .. } | Stored::Bcrypt { .. } => true,
    })
}

/// What a hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    /// The scheme: "bcrypt", or "bcrypt-sha256" of passlib.
    pub scheme: &'static str,
    /// The cost.
    pub cost: u32,
    /// Whether it is replaced at the first sign-in.
    pub outdated: bool,
}

/// Recognises a hash.
///
/// # Errors
/// [`HashError`] if the text is not a hash this engine computes.
pub fn recognise(hash: &str, cost: u32) -> Result<Recognised, HashError> {
    let (scheme, found) = match parse(hash)? {
        Stored::BcryptSha256 { cost, .. } => ("bcrypt-sha256", cost),
        Stored::PasslibVersion1 { cost, .. } => ("bcrypt-sha256 v1", cost),
        Stored::Bcrypt { cost } => ("bcrypt", cost),
    };
    Ok(Recognised { scheme, cost: found, outdated: is_outdated(hash, cost)? })
}

/// The hash made by another program, as it can be stored here: without the scheme in braces that LDAP and Spring
/// Security write (`{bcrypt}$2a$…`), without the name that Django writes (`bcrypt$$2b$…`), and without the name of the user
/// in front of it, as in a file of `htpasswd`.
///
/// # Errors
/// [`HashError`] if it cannot; it names the scheme, if that is known.
pub fn importable(hash: &str) -> Result<&str, HashError> {
    let hash = hash.trim();
    let after_name = hash.split_once(':').filter(|(name, rest)| !name.contains('$') && rest.starts_with(['$', '{']));
    let hash = after_name.map_or(hash, |(_, rest)| rest);
    let in_braces = hash.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let hash = match in_braces {
        Some((scheme, rest)) if ["bcrypt", "crypt"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => rest,
        _ => hash,
    };
    let hash = hash.strip_prefix("bcrypt$").filter(|rest| rest.starts_with("$2")).unwrap_or(hash);
    match parse(hash) {
        Err(HashError::Unreadable) => Err(scheme_of(hash)),
        other => other.map(|_| hash),
    }
}

/// Why a text is no hash of the schemes here.
fn scheme_of(hash: &str) -> HashError {
    // In lower case.
    const OTHERS: [(&str, &str); 31] = [
        ("$argon2", "Argon2"),
        ("$scrypt$", "scrypt"),
        ("$7$", "scrypt"),
        ("$y$", "yescrypt"),
        ("$pbkdf2", "PBKDF2"),
        ("pbkdf2_", "PBKDF2, as Django writes it"),
        ("argon2$", "Argon2, as Django writes it"),
        ("scrypt$", "scrypt, as Django writes it"),
        ("bcrypt_sha256$$", "bcrypt over SHA-256, as Django writes it"),
        ("md5$", "salted MD5, as Django writes it"),
        ("sha1$", "salted SHA-1, as Django writes it"),
        ("pbkdf2:", "PBKDF2, as Werkzeug writes it"),
        ("scrypt:", "scrypt, as Werkzeug writes it"),
        ("$6$", "SHA-512 crypt"),
        ("$5$", "SHA-256 crypt"),
        ("$1$", "MD5 crypt"),
        ("$apr1$", "MD5 crypt of Apache"),
        ("$p$", "phpass"),
        ("$h$", "phpass"),
        ("$s$", "SHA-512 of Drupal"),
        ("{ssha", "salted SHA of LDAP"),
        ("{sha}", "SHA of LDAP"),
        ("{sha256}", "SHA-256"),
        ("{sha-256}", "SHA-256"),
        ("{sha512}", "SHA-512"),
        ("{smd5", "salted MD5 of LDAP"),
        ("{md5", "MD5"),
        ("{pbkdf2", "PBKDF2"),
        ("{argon2", "Argon2"),
        ("{scrypt", "scrypt"),
        ("{sha384}", "SHA-384"),
    ];
    const HEXADECIMAL: [(usize, &str); 4] = [(32, "MD5 or NTLM"), (40, "SHA-1"), (64, "SHA-256"), (128, "SHA-512")];
    if hash.starts_with("$2x$") {
        return HashError::BuggyBcrypt;
    }
    let starts = |prefix: &str| hash.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let known = OTHERS.into_iter().find(|(prefix, _)| starts(prefix)).map(|(_, name)| name);
    let is_number = hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number =
        || HEXADECIMAL.into_iter().find(|(length, _)| is_number && hash.len() == *length).map(|(_, name)| name);
    known.or_else(number).map_or(HashError::Unreadable, HashError::OtherScheme)
}

fn derive_hash(password: &Password, cost: u32, salt: [u8; 16]) -> Result<String, HashError> {
    if !HASH_COSTS.contains(&cost) {
        return Err(HashError::Cost(cost));
    }
    let salt_text = BCRYPT_BASE64.encode(salt);
    let key = hmac::Key::new(hmac::HMAC_SHA256, salt_text.as_bytes());
    count(cost);
    let prepared = Zeroizing::new(STANDARD.encode(hmac::sign(&key, normalise(password.expose()).as_bytes())));
    let parts = bcrypt::hash_with_salt(prepared.as_bytes(), cost, salt).map_err(|_| HashError::Unreadable)?;
    // `$2b$12$` + 22 characters of salt + 31 of digest.
    let written = parts.format_for_version(bcrypt::Version::TwoB);
    let digest = written.get(29..).ok_or(HashError::Unreadable)?;
    Ok(format!("{PREFIX}{cost}${salt_text}${digest}"))
}

fn parse(hash: &str) -> Result<Stored, HashError> {
    if !hash.is_ascii() {
        return Err(HashError::Unreadable);
    }
    match (hash.strip_prefix(PREFIX), hash.strip_prefix(PREFIX_1)) {
        (Some(rest), _) => parse_bcrypt_sha256(rest),
        (None, Some(rest)) => parse_version_1(rest),
        (None, None) => parse_bcrypt(hash),
    }
}

/// `2b,12$<salt>$<digest>`: bcrypt of the base64 of SHA-256 of the password.
fn parse_version_1(rest: &str) -> Result<Stored, HashError> {
    let rest = rest.strip_prefix("a,").or_else(|| rest.strip_prefix("b,")).ok_or(HashError::Unreadable)?;
    let (cost, bcrypt, _) = parse_parts(rest)?;
    Ok(Stored::PasslibVersion1 { cost, bcrypt })
}

fn parse_bcrypt_sha256(rest: &str) -> Result<Stored, HashError> {
    let (cost, _, salt) = parse_parts(rest)?;
    Ok(Stored::BcryptSha256 { cost, salt })
}

/// The cost, the hash as bcrypt writes it, and the salt, of `<cost>$<salt>$<digest>`.
fn parse_parts(rest: &str) -> Result<(u32, String, [u8; 16]), HashError> {
    let (cost, rest) = rest.split_once('$').ok_or(HashError::Unreadable)?;
    let (salt, digest) = rest.split_once('$').ok_or(HashError::Unreadable)?;
    let cost = parse_cost(cost)?;
    if salt.len() != 22 || digest.len() != 31 {
        return Err(HashError::Unreadable);
    }
    let plain = format!("$2b${cost:02}${salt}{digest}");
    let parts = bcrypt::HashParts::from_str(&plain).map_err(|_| HashError::Unreadable)?;
    let salt = parts.get_salt_raw();
    Ok((cost, plain, salt))
}

fn parse_bcrypt(hash: &str) -> Result<Stored, HashError> {
    // `$2x$` marks hashes from a buggy version; the library would treat them like `$2b$`.
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| hash.strip_prefix(prefix));
    let (cost, tail) = rest.and_then(|rest| rest.split_once('$')).ok_or(HashError::Unreadable)?;
    let cost = parse_cost(cost)?;
    if tail.len() != 53 || bcrypt::HashParts::from_str(hash).is_err() {
        return Err(HashError::Unreadable);
    }
    Ok(Stored::Bcrypt { cost })
}

fn parse_cost(text: &str) -> Result<u32, HashError> {
    let cost = text.parse::<u32>().map_err(|_| HashError::Unreadable)?;
    if HASH_COSTS.contains(&cost) { Ok(cost) } else { Err(HashError::Cost(cost)) }
}
