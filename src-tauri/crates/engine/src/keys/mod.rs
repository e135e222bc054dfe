//! The signing keys: one active key per purpose, older ones that still verify, and the JWK Set that publishes them.
//!
//! Order matters. The private part is stored first, then the public part is committed, and only then is anything
//! signed. A crash in between leaves an unused keyring entry (see `being_made`), never a token whose key nobody knows.
//! And no key is made automatically while the database knows one.

mod being_made;
mod list;
mod make;
mod place;
mod proof;
mod rotation;
#[cfg(test)]
mod tests;
mod transfer;

pub(crate) use being_made::BeingMade;
pub use list::{DeleteError, LONGEST_KEY_NAME, NameError};
pub use place::{Existing, PlaceError, Replaced};
pub(crate) use rotation::still_verifies;
pub use rotation::{RetireError, RotateError};
pub use transfer::{ExportError, Imported, KeyImportError, LONGEST_KID, PublicKeyText};

pub use crate::records::{KeyInfo, KeyQuery, KeyState, ListedKey, Purpose, UnknownName};

use crate::{
    Engine,
    secret::VaultText,
    store::{self, DbResult, StoreError, signing_keys::KeyRow},
    vault::VaultError,
};
use aws_lc_rs::hmac;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jose::{PrivateKey, SigningKey, VerifyingKey};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Why there is no key to sign or verify with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault works, but does not hold a key that the database knows.
    #[error("The keyring does not hold the signing key {kid}, which this profile's tokens are signed with")]
    Missing {
        /// The key ID.
        kid: String,
    },
    /// The vault's entry for this key holds a different key.
    #[error("The keyring's entry for the signing key {kid} contains a different key")]
    Foreign {
        /// The key ID.
        kid: String,
    },
    /// The crypto library could not generate a key.
    #[error("No signing key could be made: {0}")]
    Unmade(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The keys for the exchange of a refresh token, as found in the database.
pub(crate) struct ExchangeKeys {
    /// The one that the token names; its tokens verify.
    pub(crate) named: KeyRow,
    /// The active ones.
    pub(crate) access: Option<KeyRow>,
    pub(crate) refresh: Option<KeyRow>,
}

impl Engine {
    /// Ensures that there is a signing key for every purpose but tests. The first call in a profile makes them.
    ///
    /// May wait for the keyring; never call it from a UI thread or one that serves others.
    ///
    /// # Errors
    /// [`SigningKeyError`]
    pub fn prepare_keys(&self) -> Result<(), SigningKeyError> {
        self.prove_keys()?;
        Purpose::FROM_THE_FIRST.into_iter().try_for_each(|purpose| self.signing_key(purpose).map(drop))?;
        self.forget_unfinished();
        Ok(())
    }

    /// All signing keys, by purpose, newest first. Does not access the keyring.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn keys(&self) -> Result<Vec<KeyInfo>, StoreError> {
        Ok(self.store.read(store::signing_keys::all)?.into_iter().map(|row| row.info).collect())
    }

    /// The name of the vault's entry with the private part of a key; `None` if there is no such key.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn key_item(&self, kid: &str) -> Result<Option<String>, StoreError> {
        let row = self.store.read(|db| store::signing_keys::by_kid(db, kid))?;
        row.map(|row| self.entry(&row)).transpose()
    }

    /// The JWK Set (RFC 7517 section 5) of the access keys whose tokens verify, the active one first. While
    /// [`Engine::publish_test_key`] is on, the test keys follow. Does not access the keyring. The set is empty for a
    /// profile that signs with HS256, which has no public part.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn jwks(&self) -> Result<String, StoreError> {
        let keys = self.store.read(|db| {
            let (now, mut rows) = (self.now_in(db)?, store::signing_keys::published(db, Purpose::Access)?);
            let rules = self.rules_in(db)?;
            if rules.test_key_published {
                rows.append(&mut store::signing_keys::published(db, Purpose::Test)?);
            }
            rows.retain(|row| still_verifies(&rules, &row.info, row.info.purpose, now));
            rows.iter().map(KeyRow::public_key).collect::<DbResult<Vec<_>>>()
        })?;
        // Build the set from the key parameters, so that nothing else in the stored text gets out.
        let keys: Vec<String> = keys.into_iter().flatten().filter_map(|key| key.public_jwk()).collect();
        Ok(jose::json::pretty(&format!(r#"{{"keys":[{}]}}"#, keys.join(","))))
    }

    /// The active key, made if the profile has none for this purpose yet.
    pub(crate) fn signing_key(&self, purpose: Purpose) -> Result<Arc<SigningKey>, SigningKeyError> {
        let row = self.store.read(|db| store::signing_keys::in_state(db, purpose, KeyState::Active))?;
        self.loaded_or_first(purpose, row)
    }

    /// The active key that was found, made if the profile has none for this purpose yet.
    pub(crate) fn loaded_or_first(
        &self,
        purpose: Purpose,
        active: Option<KeyRow>,
    ) -> Result<Arc<SigningKey>, SigningKeyError> {
        match active {
            Some(row) if row.info.proven => self.load(&row),
            None => self.first_key(purpose),
            Some(doubted) => {
                self.prove_keys()?;
                match self.store.read(|db| store::signing_keys::in_state(db, purpose, KeyState::Active))? {
                    Some(row) if row.info.proven => self.load(&row),
                    Some(row) => Err(SigningKeyError::Missing { kid: row.info.kid }),
                    // The keyring showed that the key was retired, so the profile continues with a new one.
                    None => self.first_key(doubted.info.purpose),
                }
            }
        }
    }

    /// The keys to exchange a refresh token that names `kid`; `None` if its tokens do not verify, or no longer.
    pub(crate) fn exchange_keys(&self, kid: &str) -> Result<Option<ExchangeKeys>, StoreError> {
        self.store.read(|db| {
            let found = store::signing_keys::for_exchange(db, kid)?;
            let Some(named) = found.named else { return Ok(None) };
            let (now, rules) = (self.now_kept(found.clock.as_deref()), self.rules_kept(found.rules.as_deref())?);
            let verifies = still_verifies(&rules, &named.info, Purpose::Refresh, now);
            Ok(verifies.then_some(ExchangeKeys { named, access: found.access, refresh: found.refresh }))
        })
    }

    /// The key with this `kid`, to recreate a token it signed before; `None` if its tokens no longer verify.
    pub(crate) fn signing_key_named(
        &self,
        purpose: Purpose,
        kid: &str,
    ) -> Result<Option<Arc<SigningKey>>, SigningKeyError> {
        self.verifying_row(purpose, kid)?.map(|row| self.load(&row)).transpose()
    }

    /// The key that verifies our tokens with this `kid`; `None` if this purpose has no such key, or its tokens no
    /// longer verify. Reads the keyring only for a shared secret.
    pub(crate) fn verifying_key(&self, purpose: Purpose, kid: &str) -> Result<Option<VerifyingKey>, SigningKeyError> {
        self.verifying_row(purpose, kid)?.map(|row| self.checking_half(&row)).transpose()
    }

    /// The verifying half of a known key. Cached: a `kid` always means the same key.
    pub(crate) fn checking_half(&self, row: &KeyRow) -> Result<VerifyingKey, SigningKeyError> {
        if let Some(key) = self.checking_keys().get(&row.info.kid) {
            return Ok(key.clone());
        }
        let Some(key) = self.store.read(|_| row.public_key())? else {
            return Ok(self.load(row)?.verifying_key().clone());
        };
        self.checking_keys().insert(row.info.kid.clone(), key.clone());
        Ok(key)
    }

    fn verifying_row(&self, purpose: Purpose, kid: &str) -> Result<Option<KeyRow>, StoreError> {
        self.store.snapshot(|db| {
            let (now, rules) = self.now_and_rules_in(db)?;
            let row = store::signing_keys::by_kid(db, kid)?;
            Ok(row.filter(|row| still_verifies(&rules, &row.info, purpose, now)))
        })
    }

    /// The private part of a known key. Cached: a `kid` always means the same key.
    pub(crate) fn load(&self, row: &KeyRow) -> Result<Arc<SigningKey>, SigningKeyError> {
        let kid = &row.info.kid;
        if let Some(key) = self.loaded_keys().get(kid) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(self.kept(row)?.1);
        self.loaded_keys().insert(kid.clone(), Arc::clone(&key));
        Ok(key)
    }

    /// Reads a key from the vault and checks that it is the expected one, by its public part or its fingerprint.
    fn kept(&self, row: &KeyRow) -> Result<(PrivateKey, SigningKey), SigningKeyError> {
        let kid = &row.info.kid;
        let foreign = || SigningKeyError::Foreign { kid: kid.clone() };
        let private = self.read_private(row)?;
        let key = private.signing_key(Some(kid)).map_err(|_| foreign())?;
        let public = self.store.read(|_| row.public_key())?;
        if public.and_then(|public| public.thumbprint()) != key.verifying_key().thumbprint() {
            return Err(foreign());
        }
        if let Some(found) = fingerprint(&private, kid) {
            let known = row.fingerprint.clone().unwrap_or_else(|| self.first_fingerprint(kid, &found));
            if known != found {
                return Err(foreign());
            }
        }
        Ok((private, key))
    }

    /// Trusts the vault's secret once, for a key from before fingerprints were stored. Returns the fingerprint that
    /// counts from now on.
    fn first_fingerprint(&self, kid: &str, found: &str) -> String {
        let kept = self.store.write(|tx| store::signing_keys::keep_fingerprint(tx, kid, found));
        kept.unwrap_or_else(|error| {
            tracing::warn!(%error, "the fingerprint of a key is not kept yet");
            None
        })
        .unwrap_or_else(|| found.into())
    }

    /// Reads the private part from the vault.
    fn read_private(&self, row: &KeyRow) -> Result<PrivateKey, SigningKeyError> {
        let KeyInfo { kid, algorithm, .. } = &row.info;
        let text = self.read_or_take_over::<SigningKeyError>(&self.entry_name(row)?)?;
        let text = text.ok_or_else(|| SigningKeyError::Missing { kid: kid.clone() })?;
        let bytes = STANDARD.decode(text.expose()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| SigningKeyError::Foreign { kid: kid.clone() })?;
        Ok(PrivateKey::from_bytes(*algorithm, bytes))
    }

    /// Stores a private part in the vault before the database knows the key.
    fn keep(&self, row: &KeyRow, private: &PrivateKey) -> Result<BeingMade, SigningKeyError> {
        self.keep_entry(&self.entry_name(row)?, &VaultText::new(STANDARD.encode(private.bytes())))
    }

    /// The name of a key's vault entry: its thumbprint, or the random `kid` of a shared secret. A name always means the
    /// same key, so writing an entry twice writes the same content.
    ///
    /// The prefix is the profile's random ID, so that a profile that was deleted and created again never meets the old
    /// one's entries.
    fn entry(&self, row: &KeyRow) -> Result<String, StoreError> {
        Ok(format!("{}:{}", self.profile_id, self.entry_name(row)?))
    }

    /// The entry's name without the profile ID.
    fn entry_name(&self, row: &KeyRow) -> Result<String, StoreError> {
        let thumbprint = self.store.read(|_| row.public_key())?.and_then(|key| key.thumbprint());
        Ok(thumbprint.unwrap_or_else(|| row.info.kid.clone()))
    }
}

/// Recognises a shared secret when the vault returns it: HMAC-SHA-256 under the secret itself, in base64url. It reveals
/// no more than any token the secret signs. `None` for a key recognised by its public part.
fn fingerprint(private: &PrivateKey, kid: &str) -> Option<String> {
    let secret = private.algorithm().is_symmetric().then(|| hmac::Key::new(hmac::HMAC_SHA256, private.bytes()))?;
    // No token starts like this: a signing input contains no spaces.
    let message = format!("token-workbench key fingerprint\n{kid}");
    Some(URL_SAFE_NO_PAD.encode(hmac::sign(&secret, message.as_bytes())))
}
