//! The type that every use case is a method of. It is the layer below them: each use case is an `impl Engine` in its
//! own file.

use crate::{
    clock::{Clock, Timestamp},
    entropy::Entropy,
    passwords::Slots,
    rules::KnownRules,
    sealed::DataKey,
    store::{Store, StoreError, StoreVersion},
    vault::Places,
};
use jose::{SigningKey, VerifyingKey};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// An open profile. It can be shared between threads, and other processes may have the same profile open.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) places: Places,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) entropy: Box<dyn Entropy>,
    pub(crate) rules: KnownRules,
    pub(crate) profile_id: String,
    /// The IDs of the profiles that this one is a copy of, nearest first: its keys may still be stored under them.
    pub(crate) origins: Vec<String>,
    pub(crate) hashing: Slots,
    /// Private keys read from the vault, by `kid`.
    pub(crate) loaded_keys: Mutex<HashMap<String, Arc<SigningKey>>>,
    /// Public keys read from the database, by `kid`.
    pub(crate) checking_keys: Mutex<HashMap<String, VerifyingKey>>,
    /// What was recently signed by hand, and when that was recorded: see [`Engine::sign_by_hand`].
    pub(crate) signed_lately: Mutex<HashMap<String, Timestamp>>,
    /// The data key, once it was read from the vault.
    pub(crate) loaded_data_key: Mutex<Option<Arc<DataKey>>>,
}

impl Engine {
    /// Changes whenever anything in the profile changes, whether here or in another process.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn version(&self) -> Result<StoreVersion, StoreError> {
        self.store.version()
    }

    pub(crate) fn loaded_keys(&self) -> MutexGuard<'_, HashMap<String, Arc<SigningKey>>> {
        self.loaded_keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn signed_lately(&self) -> MutexGuard<'_, HashMap<String, Timestamp>> {
        self.signed_lately.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn checking_keys(&self) -> MutexGuard<'_, HashMap<String, VerifyingKey>> {
        self.checking_keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
