//! The one value that every use case is a function of. It stands below them: each is an `impl Engine` in its own file.

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

/// One open profile. Shared between threads; another process may have the same profile open.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) places: Places,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) entropy: Box<dyn Entropy>,
    pub(crate) rules: KnownRules,
    pub(crate) profile_id: String,
    /// The ids of the profiles that this one is a copy of, the nearest first: its keys may still lie under theirs.
    pub(crate) origins: Vec<String>,
    pub(crate) hashing: Slots,
    /// Private keys that were read from the vault, by `kid`.
    pub(crate) loaded_keys: Mutex<HashMap<String, Arc<SigningKey>>>,
    /// Public keys that were read from the database, by `kid`.
    pub(crate) checking_keys: Mutex<HashMap<String, VerifyingKey>>,
    /// What was signed by hand lately, and when that was written down: see [`Engine::sign_by_hand`].
    pub(crate) signed_lately: Mutex<HashMap<String, Timestamp>>,
    /// The data key, once it was read from the vault.
    pub(crate) loaded_data_key: Mutex<Option<Arc<DataKey>>>,
}

impl Engine {
    /// Differs from an earlier answer if anything in the profile has changed since, here or in another process.
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
