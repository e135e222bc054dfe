//! The auth engine: users, passwords, scopes, sign-in, sessions, keys, policy and events, over one profile.
//!
//! It knows neither Tauri nor HTTP nor argv. A use case is one function of [`Engine`] in the file of its subject, and
//! reads the clock once. Every function may block, on the disk, the keyring or a password hash: shells call them from
//! threads that nobody waits on.

pub mod by_hand;
pub mod clock;
pub mod entropy;
pub mod events;
pub mod evidence;
pub mod handover;
pub mod hardening;
pub mod keys;
pub mod named_file;
pub mod paging;
pub mod passwords;
pub mod policies;
pub mod policy;
pub mod private_file;
pub mod profile;
pub mod records;
pub mod refresh;
pub mod restore;
pub mod revoke;
pub mod scopes;
pub mod sealed;
pub mod secret;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod throttle;
pub mod tokens;
pub mod totp;
pub mod users;
pub mod vault;

mod store;

pub use policy::Policy;
pub use profile::Profile;
pub use store::{StoreError, StoreVersion};

use jose::{SigningKey, VerifyingKey};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// One open profile. Shared between threads; another process may have the same profile open.
pub struct Engine {
    store: store::Store,
    places: vault::Places,
    clock: Box<dyn clock::Clock>,
    entropy: Box<dyn entropy::Entropy>,
    policy: Policy,
    profile_id: String,
    /// The ids of the profiles that this one is a copy of, the nearest first: its keys may still lie under theirs.
    origins: Vec<String>,
    hashing: passwords::Slots,
    /// Private keys that were read from the vault, by `kid`.
    loaded_keys: Mutex<HashMap<String, Arc<SigningKey>>>,
    /// Public keys that were read from the database, by `kid`.
    checking_keys: Mutex<HashMap<String, VerifyingKey>>,
    /// What was signed by hand lately: see [`Engine::sign_by_hand`].
    signed_lately: Mutex<by_hand::SignedLately>,
    /// The data key, once it was read from the vault.
    loaded_data_key: Mutex<Option<Arc<sealed::DataKey>>>,
}

impl Engine {
    /// The rules this engine works by.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Differs from an earlier answer if anything in the profile has changed since, here or in another process.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn version(&self) -> Result<StoreVersion, StoreError> {
        self.store.version()
    }

    fn loaded_keys(&self) -> MutexGuard<'_, HashMap<String, Arc<SigningKey>>> {
        self.loaded_keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signed_lately(&self) -> MutexGuard<'_, by_hand::SignedLately> {
        self.signed_lately.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn checking_keys(&self) -> MutexGuard<'_, HashMap<String, VerifyingKey>> {
        self.checking_keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
