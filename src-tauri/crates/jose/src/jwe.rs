//! Decrypting a JWE with a given key, for display (RFC 7516 section 5.2). What comes out is no more proven than the key
//! is secret: the judgement of the token does not change.

mod envelope;
mod seal;
#[cfg(test)]
mod tests;
pub mod x25519;

use std::fmt;
use std::num::NonZeroU32;

use aes_kw::KeyInit as _;
use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap as _};
use aws_lc_rs::rsa::{self, OaepAlgorithm, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::{agreement, constant_time, digest, hmac, iv::FixedLength, pbkdf2};
use zeroize::Zeroizing;

use crate::base64url;
use crate::inflate::{Inflated, inflate};
use crate::json::{self, Number, ValueKind};
use crate::parse::{Format, Lookup, Parsed, Part};
use envelope::Envelope;

pub use seal::{Seal, seal};

/// The most rounds that a password is derived with: more would keep its reader busy (RFC 8725 section 3.5).
pub const MOST_ROUNDS: u32 = 1_200_000;

/// A key to decrypt with.
pub enum DecryptionKey<'a> {
    /// A shared secret, or a password.
    Secret(&'a [u8]),
    /// A private key as PKCS#8 DER.
    Private(&'a [u8]),
}

/// Why a token was not decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JweError {
    /// This build does not know `alg`, `enc` or `zip`, or `crit` asks for an extension.
    #[error("this build cannot decrypt the algorithms in its header")]
    Unsupported,
    /// The key is of another kind or length than `alg` and `enc` ask for.
    #[error("the key is not of the kind or length that alg and enc ask for")]
    UnfitKey,
    /// A segment or a header parameter is missing or damaged.
    #[error("a segment or a parameter of the header is missing or damaged")]
    Damaged,
    /// The token asks for more than [`MOST_ROUNDS`].
    #[error("it asks for more than 1,200,000 rounds before a password can be tried, so it is not opened")]
    TooCostly,
    /// The key does not fit, or the token was changed: nobody can tell which (RFC 7516 section 11.5).
    #[error("the tag does not match this key: it is another one, or the token was changed")]
    WrongKey,
    /// The content cannot be inflated within the limit.
    #[error("the content does not inflate, or to more than 250 KB")]
    NotInflated,
    /// Something follows the compressed content.
    #[error("bytes follow the compressed content, so readers disagree on what it is")]
    TrailingBytes,
}

/// The content of a JWE. `Debug` does not print it.
pub struct Decrypted {
    /// The content.
    pub content: Zeroizing<Vec<u8>>,
    /// Was it compressed in the ZLIB format (RFC 1950)? `DEF` means bare DEFLATE, so most readers refuse that.
    pub is_zlib: bool,
}

impl fmt::Debug for Decrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decrypted").field("bytes", &self.content.len()).finish_non_exhaustive()
    }
}

/// The content of a JWE: compact, or in JSON for one or more recipients, of which the first that the key fits is
/// taken.
///
/// # Errors
/// [`JweError`]; where the key fits no recipient, the error of the one that came furthest.
pub fn decrypt(parsed: &Parsed, key: &DecryptionKey<'_>) -> Result<Decrypted, JweError> {
    let envelopes = match parsed.format {
        Format::JweCompact => vec![Envelope::of_compact(parsed)?],
        Format::JweJson => envelope::of_json(&parsed.token)?,
        _ => return Err(JweError::Unsupported),
    };
    let mut rounds = MOST_ROUNDS;
    let mut error = None;
    for envelope in &envelopes {
        match envelope.open(key, &mut rounds) {
            Ok(plain) => return Ok(plain),
            // A key of the right kind that does not open it says more than one of another kind.
            Err(found @ (JweError::WrongKey | JweError::NotInflated | JweError::TrailingBytes)) => error = Some(found),
            Err(found) => error = error.or(Some(found)),
        }
    }
    Err(error.unwrap_or(JweError::Damaged))
}

impl Envelope {
    fn open(&self, key: &DecryptionKey<'_>, rounds: &mut u32) -> Result<Decrypted, JweError> {
        let header = &self.header;
        if header.has("crit") {
            return Err(JweError::Unsupported);
        }
        let enc = header.text("enc").and_then(Content::named).ok_or(JweError::Unsupported)?;
        let content_key = content_key(header, key, &self.encrypted_key, enc, rounds)?;
        let plain = enc.open(&content_key, &self.iv, self.aad.as_bytes(), &self.ciphertext, &self.tag)?;
        match header.find("zip") {
            Lookup::Absent => Ok(Decrypted { content: plain, is_zlib: false }),
            Lookup::Duplicate => Err(JweError::Damaged),
            Lookup::Found(item) => {
                let zip = item.text.as_deref().filter(|zip| *zip == "DEF").ok_or(JweError::Unsupported)?;
                let Inflated { bytes, is_zlib, unread } = inflate(zip, &plain).map_err(|_| JweError::NotInflated)?;
                let content = Zeroizing::new(bytes);
                if unread > 0 { Err(JweError::TrailingBytes) } else { Ok(Decrypted { content, is_zlib }) }
            }
        }
    }
}

/// A content encryption algorithm (RFC 7518 section 5).
#[derive(Clone, Copy)]
enum Content {
    Gcm(&'static aead::Algorithm),
    Cbc { cipher: &'static cipher::Algorithm, mac: hmac::Algorithm, half: usize },
}

impl Content {
    fn named(name: &str) -> Option<Content> {
        let cbc = |cipher, mac, half| Some(Content::Cbc { cipher, mac, half });
        match name {
            "A128GCM" => Some(Content::Gcm(&aead::AES_128_GCM)),
            "A192GCM" => Some(Content::Gcm(&aead::AES_192_GCM)),
            "A256GCM" => Some(Content::Gcm(&aead::AES_256_GCM)),
            "A128CBC-HS256" => cbc(&cipher::AES_128, hmac::HMAC_SHA256, 16),
            "A192CBC-HS384" => cbc(&cipher::AES_192, hmac::HMAC_SHA384, 24),
            "A256CBC-HS512" => cbc(&cipher::AES_256, hmac::HMAC_SHA512, 32),
            _ => None,
        }
    }

    fn key_len(self) -> usize {
        match self {
            Content::Gcm(algorithm) => algorithm.key_len(),
            Content::Cbc { half, .. } => 2 * half,
        }
    }

    fn open(self, key: &[u8], iv: &[u8], aad: &[u8], text: &[u8], tag: &[u8]) -> Result<Zeroizing<Vec<u8>>, JweError> {
        match self {
            Content::Gcm(algorithm) => gcm(algorithm, key, iv, aad, text, tag),
            Content::Cbc { cipher, mac, half } => {
                // RFC 7518 section 5.2.2.1: the tag is over the header, the vector, the text and the header's bits.
                let bits = u64::try_from(aad.len()).unwrap_or_default().saturating_mul(8).to_be_bytes();
                let (mac_key, enc_key) = key.split_at_checked(half).ok_or(JweError::UnfitKey)?;
                let wanted = hmac::sign(&hmac::Key::new(mac, mac_key), &[aad, iv, text, &bits].concat());
                constant_time::verify_slices_are_equal(&wanted.as_ref()[..half], tag)
                    .map_err(|_| JweError::WrongKey)?;
                let key = UnboundCipherKey::new(cipher, enc_key).map_err(|_| JweError::UnfitKey)?;
                let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).map_err(|_| JweError::UnfitKey)?;
                let iv: [u8; 16] = iv.try_into().map_err(|_| JweError::Damaged)?;
                let mut out = Zeroizing::new(text.to_vec());
                let plain = key.decrypt(&mut out, DecryptionContext::Iv128(FixedLength::from(iv)));
                Ok(Zeroizing::new(plain.map_err(|_| JweError::WrongKey)?.to_vec()))
            }
        }
    }
}

fn gcm(
    algorithm: &'static aead::Algorithm,
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    text: &[u8],
    tag: &[u8],
) -> Result<Zeroizing<Vec<u8>>, JweError> {
    let nonce = Nonce::try_assume_unique_for_key(iv).map_err(|_| JweError::Damaged)?;
    // A shorter tag would be taken from the end of the text.
    if tag.len() != algorithm.tag_len() {
        return Err(JweError::Damaged);
    }
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).map_err(|_| JweError::UnfitKey)?);
    let mut out = Zeroizing::new([text, tag].concat());
    let plain = key.open_in_place(nonce, Aad::from(aad), &mut out).map_err(|_| JweError::WrongKey)?;
    Ok(Zeroizing::new(plain.to_vec()))
}

/// The key that encrypts the content (RFC 7518 section 4). `rounds` are left for passwords.
fn content_key(
    header: &Part,
    key: &DecryptionKey<'_>,
    encrypted: &[u8],
    enc: Content,
    rounds: &mut u32,
) -> Result<Zeroizing<Vec<u8>>, JweError> {
    let alg = header.text("alg").ok_or(JweError::Unsupported)?;
    let found = match (alg, key) {
        ("dir", DecryptionKey::Secret(secret)) if encrypted.is_empty() => Zeroizing::new(secret.to_vec()),
        ("dir", DecryptionKey::Secret(_)) => return Err(JweError::Damaged),
        ("A128KW" | "A192KW" | "A256KW", DecryptionKey::Secret(secret)) => unwrap(secret, len_of(alg), encrypted)?,
        ("A128GCMKW" | "A192GCMKW" | "A256GCMKW", DecryptionKey::Secret(secret)) => {
            let algorithm = match len_of(alg) {
                16 => &aead::AES_128_GCM,
                24 => &aead::AES_192_GCM,
                _ => &aead::AES_256_GCM,
            };
            gcm(algorithm, secret, &parameter(header, "iv")?, b"", encrypted, &parameter(header, "tag")?)?
        }
        ("PBES2-HS256+A128KW" | "PBES2-HS384+A192KW" | "PBES2-HS512+A256KW", DecryptionKey::Secret(password)) => {
            unwrap(&derived(header, alg, password, rounds)?, len_of(&alg[12..]), encrypted)?
        }
        ("RSA-OAEP", DecryptionKey::Private(der)) => oaep(der, &rsa::OAEP_SHA1_MGF1SHA1, encrypted)?,
        ("RSA-OAEP-256", DecryptionKey::Private(der)) => oaep(der, &rsa::OAEP_SHA256_MGF1SHA256, encrypted)?,
        ("ECDH-ES", DecryptionKey::Private(_)) if !encrypted.is_empty() => return Err(JweError::Damaged),
        ("ECDH-ES", DecryptionKey::Private(der)) => {
            let name = header.text("enc").unwrap_or_default();
            agreed(header, der, name, enc.key_len())?
        }
        ("ECDH-ES+A128KW" | "ECDH-ES+A192KW" | "ECDH-ES+A256KW", DecryptionKey::Private(der)) => {
            let length = len_of(&alg[8..]);
            unwrap(&agreed(header, der, alg, length)?, length, encrypted)?
        }
        _ if is_known(alg) => return Err(JweError::UnfitKey),
        _ => return Err(JweError::Unsupported),
    };
    if found.len() == enc.key_len() { Ok(found) } else { Err(JweError::UnfitKey) }
}

fn is_known(alg: &str) -> bool {
    const KNOWN: [&str; 16] = [
        "dir",
        "A128KW",
        "A192KW",
        "A256KW",
        "A128GCMKW",
        "A192GCMKW",
        "A256GCMKW",
        "PBES2-HS256+A128KW",
        "PBES2-HS384+A192KW",
        "PBES2-HS512+A256KW",
        "RSA-OAEP",
        "RSA-OAEP-256",
        "ECDH-ES",
        "ECDH-ES+A128KW",
        "ECDH-ES+A192KW",
        "ECDH-ES+A256KW",
    ];
    KNOWN.contains(&alg)
}

/// The length of the key that `A128KW` and the like name, in bytes.
fn len_of(alg: &str) -> usize {
    match alg.get(..4) {
        Some("A128") => 16,
        Some("A192") => 24,
        _ => 32,
    }
}

/// RFC 7518 section 4.4.
fn unwrap(key: &[u8], length: usize, encrypted: &[u8]) -> Result<Zeroizing<Vec<u8>>, JweError> {
    let mut out = Zeroizing::new(vec![0; encrypted.len()]);
    if length == 24 {
        // The one length that aws-lc-rs leaves out.
        let key = aes_kw::KwAes192::new_from_slice(key).map_err(|_| JweError::UnfitKey)?;
        let plain = key.unwrap_key(encrypted, &mut out).map_err(|_| JweError::WrongKey)?;
        return Ok(Zeroizing::new(plain.to_vec()));
    }
    let cipher = if length == 16 { &key_wrap::AES_128 } else { &key_wrap::AES_256 };
    let key = AesKek::new(cipher, key).map_err(|_| JweError::UnfitKey)?;
    let plain = key.unwrap(encrypted, &mut out).map_err(|_| JweError::WrongKey)?;
    Ok(Zeroizing::new(plain.to_vec()))
}

/// RFC 7518 section 4.8.1: the password's key, from a salt and a number of rounds in the header.
fn derived(header: &Part, alg: &str, password: &[u8], left: &mut u32) -> Result<Zeroizing<Vec<u8>>, JweError> {
    let asked = match header.find("p2c") {
        Lookup::Found(item) if item.kind == ValueKind::Number => json::number(header.raw(item)),
        _ => return Err(JweError::Damaged),
    };
    let rounds = match asked {
        Number::Seconds(rounds) => u32::try_from(rounds).map_err(|_| JweError::TooCostly)?,
        Number::TooLarge => return Err(JweError::TooCostly),
        Number::Fraction(_) | Number::Negative => return Err(JweError::Damaged),
    };
    let rounds = NonZeroU32::new(rounds).ok_or(JweError::Damaged)?;
    *left = left.checked_sub(rounds.get()).ok_or(JweError::TooCostly)?;
    let salt = [alg.as_bytes(), &[0], &parameter(header, "p2s")?].concat();
    let (algorithm, length) = match alg {
        "PBES2-HS256+A128KW" => (pbkdf2::PBKDF2_HMAC_SHA256, 16),
        "PBES2-HS384+A192KW" => (pbkdf2::PBKDF2_HMAC_SHA384, 24),
        _ => (pbkdf2::PBKDF2_HMAC_SHA512, 32),
    };
    let mut out = Zeroizing::new(vec![0; length]);
    pbkdf2::derive(algorithm, rounds, &salt, password, &mut out);
    Ok(out)
}

fn oaep(der: &[u8], algorithm: &'static OaepAlgorithm, encrypted: &[u8]) -> Result<Zeroizing<Vec<u8>>, JweError> {
    let key = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| JweError::UnfitKey)?;
    let key = OaepPrivateDecryptingKey::new(key).map_err(|_| JweError::UnfitKey)?;
    let mut out = Zeroizing::new(vec![0; key.min_output_size()]);
    let plain = key.decrypt(algorithm, encrypted, &mut out, None).map_err(|_| JweError::WrongKey)?;
    Ok(Zeroizing::new(plain.to_vec()))
}

/// RFC 7518 section 4.6: the key that both sides agree on, for `name`, by the Concat KDF with SHA-256.
fn agreed(header: &Part, der: &[u8], name: &str, length: usize) -> Result<Zeroizing<Vec<u8>>, JweError> {
    let Lookup::Found(item) = header.find("epk") else { return Err(JweError::Damaged) };
    let members = json::scan(header.raw(item)).members;
    let text = |name: &str| members.iter().find(|member| member.name == name).and_then(|member| member.text.as_deref());
    let bytes = |name: &str, size: usize| {
        let bytes = text(name).and_then(base64url::decode_strict).filter(|bytes| bytes.len() == size);
        bytes.ok_or(JweError::Damaged)
    };
    let (algorithm, size) = match text("crv") {
        Some("P-256") => (&agreement::ECDH_P256, 32),
        Some("P-384") => (&agreement::ECDH_P384, 48),
        Some("P-521") => (&agreement::ECDH_P521, 66),
        // RFC 8037 section 3.2.
        Some("X25519") => (&agreement::X25519, 32),
        _ => return Err(JweError::Unsupported),
    };
    let is_montgomery = algorithm == &agreement::X25519;
    let (own, point) = if is_montgomery {
        let own = x25519::number(der).ok_or(JweError::UnfitKey)?;
        (agreement::PrivateKey::from_private_key(algorithm, &own), bytes("x", size)?)
    } else {
        let point = [&[4][..], &bytes("x", size)?, &bytes("y", size)?].concat();
        (agreement::PrivateKey::from_private_key_der(algorithm, der), point)
    };
    let own = own.map_err(|_| JweError::UnfitKey)?;
    // The library checks that the point is on the curve.
    let peer = agreement::UnparsedPublicKey::new(algorithm, point);
    let party = |name: &str| if header.has(name) { parameter(header, name) } else { Ok(Vec::new()) };
    let (sender, receiver) = (party("apu")?, party("apv")?);
    let long = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes();
    let bits = u32::try_from(8 * length).unwrap_or_default().to_be_bytes();
    let info =
        [&long(name.as_bytes())[..], name.as_bytes(), &long(&sender), &sender, &long(&receiver), &receiver, &bits]
            .concat();
    agreement::agree(&own, peer, JweError::WrongKey, |shared| {
        let mut out = Zeroizing::new(Vec::with_capacity(length + 32));
        for round in 1_u32.. {
            if out.len() >= length {
                break;
            }
            let input = Zeroizing::new([&round.to_be_bytes()[..], shared, &info].concat());
            out.extend_from_slice(digest::digest(&digest::SHA256, &input).as_ref());
        }
        out.truncate(length);
        Ok(out)
    })
}

/// A header parameter in base64url.
fn parameter(header: &Part, name: &str) -> Result<Vec<u8>, JweError> {
    header.text(name).and_then(base64url::decode_strict).ok_or(JweError::Damaged)
}
