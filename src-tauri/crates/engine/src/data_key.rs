//! The profile's data key: 32 random bytes in the vault, made when something is first sealed.
//!
//! The vault has no compare-and-swap, so the entry is named after the key's fingerprint and the database says which
//! fingerprint counts. If two processes make the key at the same time, each stores its own under its own name; one
//! commits its fingerprint, and the other deletes its entry. No key is made while anything is sealed with another one.

use crate::{
    Engine,
    entropy::NoEntropy,
    records::{EventKind, NewEvent},
    sealed::DataKey,
    store::{self, StoreError},
    vault::VaultError,
};
use serde_json::json;
use std::sync::{Arc, PoisonError};

/// Why nothing can be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataKeyError {
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault works, but does not hold the key that the database knows.
    #[error("The keyring does not hold the data key, which this profile's second factors are sealed with")]
    Missing,
    /// The vault's entry for this key holds a different key.
    #[error("The keyring's entry for the data key contains a different key")]
    Foreign,
    /// Another process replaced this data key in the meantime. A retry uses the new one.
    #[error("The data key was replaced meanwhile; try again")]
    Replaced,
    /// The crypto library failed to seal.
    #[error("The secret could not be sealed")]
    Unsealed,
    /// No randomness was available for a key or a nonce.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// The key for opening sealed values.
    pub(crate) fn data_key(&self) -> Result<Arc<DataKey>, DataKeyError> {
        let known = self.store.read(store::profile::data_key_fingerprint)?;
        self.load_data_key(&known.ok_or(DataKeyError::Missing)?)
    }

    /// The key that seals second factors; `None` if it was never made, because nobody ever had a second factor.
    pub(crate) fn data_key_if_made(&self) -> Result<Option<Arc<DataKey>>, DataKeyError> {
        let known = self.store.read(store::profile::data_key_fingerprint)?;
        known.map(|known| self.load_data_key(&known)).transpose()
    }

    /// The key for sealing: made if there is none, or if it was lost while nothing was sealed with it.
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

    /// Loads the key. Cached: a fingerprint always means the same key.
    fn load_data_key(&self, fingerprint: &str) -> Result<Arc<DataKey>, DataKeyError> {
        let mut loaded = self.loaded_data_key.lock().unwrap_or_else(PoisonError::into_inner).clone();
        loaded = loaded.filter(|key| key.fingerprint() == fingerprint);
        if let Some(key) = loaded {
            return Ok(key);
        }
        let text = self.read_or_take_over::<DataKeyError>(&data_key_name(fingerprint))?.ok_or(DataKeyError::Missing)?;
        let key = DataKey::from_text(&text, fingerprint).ok_or(DataKeyError::Foreign)?;
        Ok(self.remember_data_key(key))
    }

    fn make_data_key(&self, lost: Option<&str>) -> Result<Arc<DataKey>, DataKeyError> {
        let key = DataKey::make(&*self.entropy)?;
        let name = data_key_name(key.fingerprint());
        let text = key.to_text();
        let being_made = self.keep_entry::<DataKeyError>(&name, &text)?;
        let now = self.now()?;
        // If this fails, keep the entry for now: it is needed if the commit went through after all.
        let known = self.store.write(|tx| {
            let free = !store::totp_factors::any(tx)?;
            if free && store::profile::replace_data_key_fingerprint(tx, lost, key.fingerprint())? {
                let event = NewEvent::of(EventKind::DataKeyCreated).detail(json!({ "fingerprint": key.fingerprint() }));
                store::events::record(tx, now, &event)?;
            }
            store::profile::data_key_fingerprint(tx)
        })?;
        if known.as_deref() == Some(key.fingerprint()) {
            being_made.done();
            return Ok(self.remember_data_key(key));
        }
        // Another process made the profile's key in the meantime: use that one. Nothing was sealed with ours.
        match self.vault()?.delete(&self.data_key_entry(key.fingerprint())) {
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

    /// The name of the data key's vault entry, if there is one.
    pub(crate) fn known_data_key_entry(&self) -> Result<Option<String>, StoreError> {
        let known = self.store.read(store::profile::data_key_fingerprint)?;
        Ok(known.map(|fingerprint| self.data_key_entry(&fingerprint)))
    }

    /// The name of the data key's vault entry; see `keys` for why it contains the profile ID.
    fn data_key_entry(&self, fingerprint: &str) -> String {
        format!("{}:{}", self.profile_id, data_key_name(fingerprint))
    }
}

fn data_key_name(fingerprint: &str) -> String {
    format!("data-key:{fingerprint}")
}
