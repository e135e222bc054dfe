//! Seals the secret columns of the database with the profile's data key.
//!
//! A sealed value is a version byte, a random nonce of 24 bytes, and the XChaCha20-Poly1305 ciphertext. Its place
//! (table, column, row) is authenticated as associated data, so a value moved to another row does not open.

use crate::{
    entropy::{Entropy, NoEntropy},
    secret::VaultText,
};
use aws_lc_rs::{digest, hmac};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use std::fmt;
use zeroize::Zeroizing;

/// The first byte of a sealed value: the format version.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// The place of a sealed value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: i64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.table, self.column, self.row)
    }
}

/// The key that seals secret columns.
pub(crate) struct DataKey {
    bytes: Zeroizing<[u8; 32]>,
    fingerprint: String,
}

impl DataKey {
    pub(crate) fn make(entropy: &dyn Entropy) -> Result<Self, NoEntropy> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        entropy.fill(&mut *bytes)?;
        Ok(Self::from_bytes(bytes))
    }

    fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        let fingerprint = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &*bytes));
        Self { bytes, fingerprint }
    }

    /// The key from a vault's text, if it has this fingerprint.
    pub(crate) fn from_text(text: &VaultText, fingerprint: &str) -> Option<Self> {
        let decoded = Zeroizing::new(STANDARD.decode(text.expose()).ok()?);
        let mut bytes = Zeroizing::new([0_u8; 32]);
        if decoded.len() != bytes.len() {
            return None;
        }
        bytes.copy_from_slice(&decoded);
        Some(Self::from_bytes(bytes)).filter(|key| key.fingerprint == fingerprint)
    }

    /// SHA-256 of the key, in base64url. Public: 256 random bits cannot be found from it.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Seals a secret for its place; `None` if the crypto library fails.
    pub(crate) fn seal(
        &self,
        place: Place,
        secret: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>, NoEntropy> {
        seal(&self.bytes, &place.to_string(), secret, entropy)
    }

    /// The key as text for a vault.
    pub(crate) fn to_text(&self) -> VaultText {
        VaultText::new(STANDARD.encode(*self.bytes))
    }

    /// Opens what was sealed for that place; `None` if it was not, or was modified.
    pub(crate) fn open(&self, place: Place, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open(&self.bytes, &place.to_string(), sealed)
    }

    /// HMAC-SHA-256 of a message, with a separate derived key for each purpose. Without the data key nobody can guess
    /// messages.
    pub(crate) fn keyed_hash(&self, purpose: &str, message: &str) -> Vec<u8> {
        let whole = hmac::Key::new(hmac::HMAC_SHA256, &*self.bytes);
        let derived = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&whole, purpose.as_bytes()).as_ref());
        hmac::sign(&derived, message.as_bytes()).as_ref().to_vec()
    }
}

/// Seals a secret for the given place; `None` if the crypto library fails.
pub(crate) fn seal(
    key: &[u8; 32],
    place: &str,
    secret: &[u8],
    entropy: &dyn Entropy,
) -> Result<Option<Vec<u8>>, NoEntropy> {
    let mut nonce = [0_u8; NONCE];
    entropy.fill(&mut nonce)?;
    let payload = Payload { msg: secret, aad: place.as_bytes() };
    let ciphertext = XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), payload).ok();
    Ok(ciphertext.map(|ciphertext| [&[VERSION], nonce.as_slice(), &ciphertext].concat()))
}

/// Opens what [`seal`] sealed with this key for this place; `None` if it was not, or was modified.
pub(crate) fn open(key: &[u8; 32], place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (&version, rest) = sealed.split_first()?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: ciphertext, aad: place.as_bytes() };
    let opened = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload).ok()?;
    (version == VERSION).then(|| Zeroizing::new(opened))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    const HERE: Place = Place { table: "totp_factors", column: "sealed_secret", row: 7 };

    fn key(seed: u64) -> DataKey {
        DataKey::make(&SeededEntropy::new(seed)).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_its_own_place_only() {
        let key = key(1);
        let sealed = key.seal(HERE, b"canary secret", &SeededEntropy::new(2)).unwrap().unwrap();
        assert_eq!(key.open(HERE, &sealed).unwrap().as_slice(), b"canary secret");
        for elsewhere in [
            Place { row: 8, ..HERE },
            Place { row: -7, ..HERE },
            Place { column: "other", ..HERE },
            Place { table: "other", ..HERE },
        ] {
            assert!(key.open(elsewhere, &sealed).is_none(), "{elsewhere}");
        }
    }

    #[test]
    fn another_key_or_a_changed_byte_opens_nothing() {
        let sealed = key(1).seal(HERE, b"secret", &SeededEntropy::new(2)).unwrap().unwrap();
        assert_eq!(sealed.len(), 1 + NONCE + 6 + 16);
        assert!(key(3).open(HERE, &sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key(1).open(HERE, &changed).is_none(), "byte {at}");
            assert!(key(1).open(HERE, &sealed[..at]).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn the_same_secret_never_seals_to_the_same_bytes() {
        let (key, entropy) = (key(1), SeededEntropy::new(2));
        assert_ne!(
            key.seal(HERE, b"secret", &entropy).unwrap().unwrap(),
            key.seal(HERE, b"secret", &entropy).unwrap().unwrap()
        );
    }

    #[test]
    fn a_keyed_hash_depends_on_key_purpose_and_message() {
        let hash = key(1).keyed_hash("a", "b");
        assert_eq!(hash, key(1).keyed_hash("a", "b"));
        for other in [key(2).keyed_hash("a", "b"), key(1).keyed_hash("x", "b"), key(1).keyed_hash("a", "x")] {
            assert_ne!(hash, other);
        }
    }

    #[test]
    fn only_the_key_of_that_fingerprint_is_taken_from_the_vault() {
        let (good, other) = (key(1), key(2));
        assert!(DataKey::from_text(&good.to_text(), good.fingerprint()).is_some());
        assert!(DataKey::from_text(&other.to_text(), good.fingerprint()).is_none());
        for odd in ["", "!", "AAAA", &STANDARD.encode([0; 33])] {
            assert!(DataKey::from_text(&VaultText::new(odd), good.fingerprint()).is_none(), "{odd}");
        }
    }
}
