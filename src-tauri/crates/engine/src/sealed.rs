//! Sealing the secret columns of the database with the profile's data key.
//!
//! A sealed value is a version byte, a random nonce of 24 bytes, and the ciphertext of XChaCha20-Poly1305. Where it
//! stands (table, column, row) is authenticated with it: a value that was moved to another row does not open.
//!
//! The data key is 32 random bytes in the vault, made when something is first sealed. The vault cannot compare and
//! swap, so the entry is named after the key's fingerprint and the database says which fingerprint counts: of two
//! processes that make the key at the same moment each keeps its own under its own name, one commits its fingerprint,
//! and the other takes its entry away again. No key is made while anything is sealed with another.

use crate::{
    Engine,
    entropy::{Entropy, NoEntropy},
    records::{EventKind, NewEvent},
    secret::VaultText,
    store::{self, StoreError},
    vault::VaultError,
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
use serde_json::json;
use std::{
    fmt,
    sync::{Arc, PoisonError},
};
use zeroize::Zeroizing;

/// The first byte of a sealed value: how the rest is to be read.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Why nothing can be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataKeyError {
    /// The vault did not answer as it should.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault works, but does not hold the key that the database knows.
    #[error("The keyring does not hold the data key, which this profile's second factors are sealed with")]
    Missing,
    /// What the vault holds under the key's name is not that key.
    #[error("The keyring's entry for the data key contains a different key")]
    Foreign,
    /// Another process has put a new data key in the place of this one meanwhile. Trying again uses that.
    #[error("The data key was replaced meanwhile; try again")]
    Replaced,
    /// The crypto library did not seal.
    #[error("The secret could not be sealed")]
    Unsealed,
    /// No randomness for a key or a nonce.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a sealed value stands.
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

/// The key that secret columns are sealed with.
pub(crate) struct DataKey {
    bytes: Zeroizing<[u8; 32]>,
    fingerprint: String,
}

impl DataKey {
    fn make(entropy: &dyn Entropy) -> Result<Self, NoEntropy> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        entropy.fill(&mut *bytes)?;
        Ok(Self::from_bytes(bytes))
    }

    fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        let fingerprint = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &*bytes));
        Self { bytes, fingerprint }
    }

    /// The key that a vault kept, if it has this fingerprint.
    fn from_text(text: &VaultText, fingerprint: &str) -> Option<Self> {
        let decoded = Zeroizing::new(STANDARD.decode(text.expose()).ok()?);
        let mut bytes = Zeroizing::new([0_u8; 32]);
        if decoded.len() != bytes.len() {
            return None;
        }
        bytes.copy_from_slice(&decoded);
        Some(Self::from_bytes(bytes)).filter(|key| key.fingerprint == fingerprint)
    }

    /// SHA-256 of the key, in base64url. Public: nobody finds 256 random bits from it.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Seals a secret for one place.
    pub(crate) fn seal(&self, place: Place, secret: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, DataKeyError> {
        seal(&self.bytes, &place.to_string(), secret, entropy)?.ok_or(DataKeyError::Unsealed)
    }

    /// Opens what was sealed for that place; `None` if it was not, or was changed.
    pub(crate) fn open(&self, place: Place, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open(&self.bytes, &place.to_string(), sealed)
    }

    /// HMAC-SHA-256 of a message, under a key of its own for each purpose. Without the data key nobody can try
    /// messages.
    pub(crate) fn keyed_hash(&self, purpose: &str, message: &str) -> Vec<u8> {
        let whole = hmac::Key::new(hmac::HMAC_SHA256, &*self.bytes);
        let derived = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&whole, purpose.as_bytes()).as_ref());
        hmac::sign(&derived, message.as_bytes()).as_ref().to_vec()
    }
}

/// Seals a secret for the place that `place` names; `None` if the crypto library does not.
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

/// Opens what [`seal`] sealed with this key for this place; `None` if it was not, or was changed.
pub(crate) fn open(key: &[u8; 32], place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (&version, rest) = sealed.split_first()?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: ciphertext, aad: place.as_bytes() };
    let opened = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload).ok()?;
    (version == VERSION).then(|| Zeroizing::new(opened))
}

impl Engine {
    /// The key to open with.
    pub(crate) fn data_key(&self) -> Result<Arc<DataKey>, DataKeyError> {
        let known = self.store.read(store::profile::data_key_fingerprint)?;
        self.load_data_key(&known.ok_or(DataKeyError::Missing)?)
    }

    /// The key that second factors are sealed with; `None` if none was ever made, for nobody ever had one.
    pub(crate) fn data_key_if_made(&self) -> Result<Option<Arc<DataKey>>, DataKeyError> {
        let known = self.store.read(store::profile::data_key_fingerprint)?;
        known.map(|known| self.load_data_key(&known)).transpose()
    }

    /// The key to seal with: made if there is none, or if it was lost while nothing was sealed with it.
    pub(crate) fn data_key_or_new(&self) -> Result<Arc<DataKey>, DataKeyError> {
        let Some(known) = self.store.read(store::profile::data_key_fingerprint)? else {
            return self.make_data_key(None);
        };
        match self.load_data_key(&known) {
            Err(DataKeyError::Missing | DataKeyError::Foreign) if !self.store.read(store::totp_factors::any)? => {
                self.make_data_key(Some(&known))
            }
            answer => answer,
        }
    }

    /// From memory if it was read before: a fingerprint never changes its key.
    fn load_data_key(&self, fingerprint: &str) -> Result<Arc<DataKey>, DataKeyError> {
        let mut loaded = self.loaded_data_key.lock().unwrap_or_else(PoisonError::into_inner).clone();
        loaded = loaded.filter(|key| key.fingerprint == fingerprint);
        if let Some(key) = loaded {
            return Ok(key);
        }
        let text = self.read_or_take_over::<DataKeyError>(&data_key_name(fingerprint))?.ok_or(DataKeyError::Missing)?;
        let key = DataKey::from_text(&text, fingerprint).ok_or(DataKeyError::Foreign)?;
        Ok(self.remember_data_key(key))
    }

    fn make_data_key(&self, lost: Option<&str>) -> Result<Arc<DataKey>, DataKeyError> {
        let key = DataKey::make(&*self.entropy)?;
        let name = data_key_name(&key.fingerprint);
        let text = VaultText::new(STANDARD.encode(*key.bytes));
        let being_made = self.keep_entry::<DataKeyError>(&name, &text)?;
        let now = self.now()?;
        // If this fails, the entry stays for now: it is needed if something was committed after all.
        let known = self.store.write(|tx| {
            let free = !store::totp_factors::any(tx)?;
            if free && store::profile::replace_data_key_fingerprint(tx, lost, &key.fingerprint)? {
                let event = NewEvent::of(EventKind::DataKeyCreated).detail(json!({ "fingerprint": key.fingerprint }));
                store::events::record(tx, now, &event)?;
            }
            store::profile::data_key_fingerprint(tx)
        })?;
        if known.as_ref() == Some(&key.fingerprint) {
            being_made.done();
            return Ok(self.remember_data_key(key));
        }
        // Another process made the profile's key meanwhile: that one is used, and nothing was sealed with ours.
        match self.vault()?.delete(&self.data_key_entry(&key.fingerprint)) {
            Ok(()) => being_made.done(),
            Err(left) => tracing::warn!(%left, "an unused data key stays in the keyring"),
        }
        self.load_data_key(&known.ok_or(DataKeyError::Missing)?)
    }

    fn remember_data_key(&self, key: DataKey) -> Arc<DataKey> {
        let key = Arc::new(key);
        *self.loaded_data_key.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&key));
        key
    }

    /// The name of the entry that holds the data key, if there is one.
    pub(crate) fn known_data_key_entry(&self) -> Result<Option<String>, StoreError> {
        let known = self.store.read(store::profile::data_key_fingerprint)?;
        Ok(known.map(|fingerprint| self.data_key_entry(&fingerprint)))
    }

    /// The name of the data key's entry in the vault; see `keys` for the profile's id in it.
    fn data_key_entry(&self, fingerprint: &str) -> String {
        format!("{}:{}", self.profile_id, data_key_name(fingerprint))
    }
}

fn data_key_name(fingerprint: &str) -> String {
    format!("data-key:{fingerprint}")
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
        let sealed = key.seal(HERE, b"canary secret", &SeededEntropy::new(2)).unwrap();
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
        let sealed = key(1).seal(HERE, b"secret", &SeededEntropy::new(2)).unwrap();
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
        assert_ne!(key.seal(HERE, b"secret", &entropy).unwrap(), key.seal(HERE, b"secret", &entropy).unwrap());
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
        let text = |key: &DataKey| VaultText::new(STANDARD.encode(*key.bytes));
        assert!(DataKey::from_text(&text(&good), good.fingerprint()).is_some());
        assert!(DataKey::from_text(&text(&other), good.fingerprint()).is_none());
        for odd in ["", "!", "AAAA", &STANDARD.encode([0; 33])] {
            assert!(DataKey::from_text(&VaultText::new(odd), good.fingerprint()).is_none(), "{odd}");
        }
    }
}
