//! Keys as OpenSSH writes them: the line of a `.pub` file (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section
//! 4), and `openssh-key-v1` (PROTOCOL.key of OpenSSH), whose public part is never encrypted.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ssh_key::encoding::Decode as _;
use ssh_key::private::KeypairData;
use ssh_key::public::{EcdsaPublicKey, Ed25519PublicKey, KeyData, RsaPublicKey};
use ssh_key::{Cipher, Error as SshError, Kdf, Mpint, PrivateKey as SshPrivateKey, PublicKey as SshPublicKey};
use zeroize::Zeroizing;

use super::encrypted::MOST_ROUNDS;
use super::sign::ec_members;
use super::{KeyError, PublicMembers, VerifyingKey};
use crate::Algorithm;
use crate::visible::excerpt;

/// The beginning of a private key.
pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The key in a line of type, base64 and comment, in its binary form; `None` for any other text.
pub(super) fn line(text: &str) -> Option<Vec<u8>> {
    let mut words = text.split_ascii_whitespace();
    let name = words.next().filter(|name| name.len() < 80)?;
    let blob = STANDARD.decode(words.next()?).ok()?;
    (name_of(&blob)? == name).then_some(blob)
}

/// The type that a key in its binary form begins with.
fn name_of(mut blob: &[u8]) -> Option<String> {
    String::decode(&mut blob).ok()
}

/// The line without its comment.
pub(super) fn line_of(algorithm: Algorithm, members: &PublicMembers) -> Option<String> {
    let key = match members {
        PublicMembers::Rsa { n, e } => {
            KeyData::Rsa(RsaPublicKey::new(Mpint::from_positive_bytes(e), Mpint::from_positive_bytes(n)).ok()?)
        }
        // ES256K's curve has points of the same length as P-256, but no name in this format.
        PublicMembers::Ec { .. } if algorithm == Algorithm::Es256K => return None,
        PublicMembers::Ec { x, y, .. } => {
            KeyData::Ecdsa(EcdsaPublicKey::from_sec1_bytes(&[&[4][..], x, y].concat()).ok()?)
        }
        PublicMembers::Okp { x } => KeyData::Ed25519(Ed25519PublicKey(x.as_slice().try_into().ok()?)),
    };
    SshPublicKey::from(key).to_openssh().ok()
}

/// Reads a public key in its binary form.
pub(super) fn public(mut blob: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let damaged = || KeyError::Unreadable("the OpenSSH key is cut or damaged".to_owned());
    let name = name_of(blob).ok_or_else(damaged)?;
    if !["ssh-ed25519", "ssh-rsa"].contains(&&*name) && !name.starts_with("ecdsa-sha2-nistp") {
        return Err(KeyError::UnsupportedType(excerpt(&name, 40)));
    }
    let key = KeyData::decode(&mut blob).map_err(|_| damaged())?;
    if blob.is_empty() { of_data(&key, wanted) } else { Err(damaged()) }
}

fn of_data(key: &KeyData, wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let (algorithm, members) = match key {
        KeyData::Ed25519(key) => (wanted.unwrap_or(Algorithm::EdDsa), PublicMembers::Okp { x: key.0.to_vec() }),
        KeyData::Rsa(key) => {
            let number = |number: &Mpint| number.as_positive_bytes().unwrap_or_default().to_vec();
            (wanted.ok_or(KeyError::AlgorithmNeeded)?, PublicMembers::Rsa { n: number(key.n()), e: number(key.e()) })
        }
        KeyData::Ecdsa(key) => {
            let own = algorithm_of(key);
            (wanted.unwrap_or(own), ec_members(own, key.as_sec1_bytes()).ok_or(KeyError::NotOnCurve)?)
        }
        other => return Err(KeyError::UnsupportedType(excerpt(other.algorithm().as_str(), 40))),
    };
    VerifyingKey::from_members(algorithm, members)
}

/// The public part of a private key, encrypted or not.
pub(super) fn public_of_private(file: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    wiped(|| of_data(private(file)?.public_key().key_data(), wanted))
}

/// More stack than reading a key uses, in bytes.
const USED: usize = 128 * 1024;

/// Runs `work`, which handles a private key by value, and wipes the stack it used: the crate passes the key's numbers
/// between functions, and each leaves a copy behind.
fn wiped<T>(work: impl FnOnce() -> Result<T, KeyError>) -> Result<T, KeyError> {
    let done = below(work);
    wipe();
    done
}

#[inline(never)]
fn below<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// This frame's only value overlaps those of `below`.
#[inline(never)]
fn wipe() {
    let mut stack = [0_u8; USED];
    black_box(&mut stack);
}

fn private(file: &[u8]) -> Result<SshPrivateKey, KeyError> {
    SshPrivateKey::from_bytes(file).map_err(|_| KeyError::DamagedPrivateKey)
}

/// The private number of a key on a curve, with its curve's algorithm and its public point.
pub(super) struct OnCurve {
    pub(super) algorithm: Algorithm,
    pub(super) number: Zeroizing<Vec<u8>>,
    pub(super) point: Vec<u8>,
}

/// Reads an unencrypted private key. OpenSSH's RSA keys lack two numbers that every other format has.
pub(super) fn on_curve(file: &[u8]) -> Result<OnCurve, KeyError> {
    wiped(|| on_curve_here(file))
}

fn on_curve_here(file: &[u8]) -> Result<OnCurve, KeyError> {
    let key = private(file)?;
    match key.key_data() {
        KeypairData::Encrypted(_) => Err(KeyError::Encrypted),
        KeypairData::Ed25519(pair) => Ok(OnCurve {
            algorithm: Algorithm::EdDsa,
            number: Zeroizing::new(pair.private.as_ref().to_vec()),
            point: pair.public.0.to_vec(),
        }),
        KeypairData::Ecdsa(pair) => Ok(OnCurve {
            algorithm: algorithm_of(&pair.into()),
            number: Zeroizing::new(pair.private_key_bytes().to_vec()),
            point: pair.public_key_bytes().to_vec(),
        }),
        _ => Err(KeyError::OpenSsh("only its Ed25519 and ECDSA are read")),
    }
}

pub(super) fn is_encrypted(file: &[u8]) -> bool {
    wiped(|| Ok(private(file)?.is_encrypted())).unwrap_or(false)
}

/// Decrypts a private key, encrypted or not, and returns it unencrypted in the same format.
pub(super) fn decrypted(file: Zeroizing<Vec<u8>>, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    wiped(|| decrypted_here(file, passphrase))
}

fn decrypted_here(file: Zeroizing<Vec<u8>>, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let key = private(&file)?;
    if !key.is_encrypted() {
        return Ok(file);
    }
    if let Kdf::Bcrypt { rounds, .. } = key.kdf()
        && *rounds > MOST_ROUNDS
    {
        return Err(KeyError::TooCostly("256 rounds of bcrypt"));
    }
    if key.cipher() == Cipher::TdesCbc {
        return Err(KeyError::OpenSsh("it is encrypted with Triple DES"));
    }
    let opened = key.decrypt(passphrase).map_err(|error| match error {
        // It was opened, but does not match the public key before it.
        SshError::PublicKey => KeyError::HalvesDiffer,
        _ => KeyError::WrongPassphrase,
    })?;
    opened.to_bytes().map_err(|_| KeyError::DamagedPrivateKey)
}

fn algorithm_of(key: &EcdsaPublicKey) -> Algorithm {
    match key {
        EcdsaPublicKey::NistP256(_) => Algorithm::Es256,
        EcdsaPublicKey::NistP384(_) => Algorithm::Es384,
        EcdsaPublicKey::NistP521(_) => Algorithm::Es512,
    }
}
