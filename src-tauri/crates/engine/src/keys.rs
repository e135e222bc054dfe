//! The signing key of access tokens: made once, its private part in the vault, its public part in the database.
//!
//! Order matters. The private part is kept first, then the public part is committed, and only then is anything signed:
//! a crash in between leaves an unused entry in the keyring, never a token whose key nobody knows. And no key is ever
//! made while the database knows one.

use crate::{
    Engine,
    events::EventKind,
    secret::VaultText,
    store::{self, StoreError, signing_keys::KeyRow},
    vault::VaultError,
};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jose::{Algorithm, SigningKey};
use std::{str::FromStr, sync::Arc};
use zeroize::Zeroizing;

/// Why there is no key to sign with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The vault did not answer as it should.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault works, but does not hold the key that the database knows.
    #[error("The keyring does not hold the signing key {kid}, which this profile's tokens are signed with")]
    Missing {
        /// The key's name.
        kid: String,
    },
    /// What the vault holds under the key's name is not that key.
    #[error("What the keyring holds for the signing key {kid} is not that key")]
    Foreign {
        /// The key's name.
        kid: String,
    },
    /// The crypto library could not make a key.
    #[error("No signing key could be made: {0}")]
    Unmade(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Sees to it that there is a key to sign access tokens with. A profile's first call makes it.
    ///
    /// May wait for the keyring; never call it from a thread that draws or answers others.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn prepare_keys(&self) -> Result<(), KeyError> {
        self.access_key().map(drop)
    }

    /// The key that signs access tokens now.
    pub(crate) fn access_key(&self) -> Result<Arc<SigningKey>, KeyError> {
        match self.store.read(store::signing_keys::active_access)? {
            Some(row) => self.load(&row),
            None => self.make_access_key(),
        }
    }

    /// The private part of a known key, from memory if it was read before: a `kid` never changes its key.
    fn load(&self, row: &KeyRow) -> Result<Arc<SigningKey>, KeyError> {
        if let Some(key) = self.loaded_keys().get(&row.kid) {
            return Ok(Arc::clone(key));
        }
        let foreign = || KeyError::Foreign { kid: row.kid.clone() };
        let text = self.vault.read(&self.entry(&row.kid))?.ok_or_else(|| KeyError::Missing { kid: row.kid.clone() })?;
        let der = Zeroizing::new(STANDARD.decode(text.expose()).map_err(|_| foreign())?);
        let algorithm = Algorithm::from_str(&row.algorithm).map_err(|_| foreign())?;
        let key = SigningKey::from_pkcs8(algorithm, &der).map_err(|_| foreign())?;
        if key.kid() != row.kid {
            return Err(foreign());
        }
        let key = Arc::new(key);
        self.loaded_keys().insert(row.kid.clone(), Arc::clone(&key));
        Ok(key)
    }

    fn make_access_key(&self) -> Result<Arc<SigningKey>, KeyError> {
        let unmade = |error: String| KeyError::Unmade(error);
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|error| unmade(error.to_string()))?;
        let key =
            SigningKey::from_pkcs8(Algorithm::Es256, pkcs8.as_ref()).map_err(|error| unmade(error.to_string()))?;
        let jwk = key.public_jwk().ok_or_else(|| unmade("it has no public part".into()))?;
        let kid = key.kid().to_owned();

        self.vault.write(&self.entry(&kid), &VaultText::new(STANDARD.encode(pkcs8.as_ref())))?;
        let now = self.clock.now();
        let ours = self.store.write(|tx| {
            let ours = store::signing_keys::insert_active_access(tx, &kid, Algorithm::Es256.as_str(), &jwk, now)?;
            if ours {
                store::events::record(tx, now, EventKind::KeyCreated, None, &kid)?;
            }
            store::signing_keys::active_access(tx).map(|active| (ours, active))
        });
        match ours {
            Ok((true, _)) => {
                let key = Arc::new(key);
                self.loaded_keys().insert(kid, Arc::clone(&key));
                Ok(key)
            }
            // Another process made the profile's key meanwhile: that one is used, and ours was never published.
            Ok((false, active)) => {
                self.vault.delete(&self.entry(&kid))?;
                self.load(&active.ok_or(KeyError::Missing { kid })?)
            }
            Err(error) => {
                // The store's failure is what is told; an entry that stays behind is useless, not harmful.
                if let Err(left) = self.vault.delete(&self.entry(&kid)) {
                    tracing::warn!(%left, "an unpublished key stays in the keyring");
                }
                Err(error.into())
            }
        }
    }

    /// The name of a key's entry in the vault. It starts with the profile's random id, so that a profile that was
    /// deleted and made again never meets the old one's entries.
    fn entry(&self, kid: &str) -> String {
        format!("{}:{kid}", self.profile_id)
    }
}
