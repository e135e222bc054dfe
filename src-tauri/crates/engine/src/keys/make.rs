//! Making keys.

use super::{BeingMade, KeyInfo, KeyState, Purpose, SigningKeyError, fingerprint};
use crate::{
    Engine,
    clock::Timestamp,
    entropy::{self, Entropy},
    records::{EventKind, NewEvent},
    store::{self, signing_keys::KeyRow},
};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    error::Unspecified,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256K1_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaKeyPair,
    },
};
use jose::{Algorithm, Family, PrivateKey, SigningKey};
use std::sync::Arc;
use zeroize::Zeroizing;

/// 128 bits of security (NIST SP 800-57 part 1, table 2). The Windows keyring holds no longer RSA key.
const RSA_SIZE: KeySize = KeySize::Rsa3072;

/// A new key that is neither stored nor published.
pub(super) struct NewKey {
    pub(super) row: KeyRow,
    pub(super) private: PrivateKey,
    pub(super) key: SigningKey,
}

impl NewKey {
    /// Names a private key and gives it the state `next`.
    pub(super) fn new(
        purpose: Purpose,
        private: PrivateKey,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, jose::KeyError> {
        let key = private.signing_key(kid)?;
        let info = KeyInfo {
            kid: key.kid().to_owned(),
            purpose,
            algorithm: key.algorithm(),
            state: KeyState::Next,
            created_at: now,
            retiring_at: None,
            retired_at: None,
            proven: true,
        };
        let fingerprint = fingerprint(&private, key.kid());
        Ok(Self { row: KeyRow { info, public_jwk: key.public_jwk(), fingerprint }, private, key })
    }
}

impl Engine {
    /// Makes a key without storing it. The `kid` is the thumbprint (RFC 7638), or random for a shared secret, whose
    /// thumbprint would be a hash of the secret.
    pub(super) fn make_key(
        &self,
        purpose: Purpose,
        algorithm: Algorithm,
        now: Timestamp,
    ) -> Result<NewKey, SigningKeyError> {
        let unmade = |error: jose::KeyError| SigningKeyError::Unmade(error.to_string());
        let private = generate(algorithm, &*self.entropy)?;
        let kid = algorithm.is_symmetric().then(|| entropy::make_id(&*self.entropy)).transpose();
        let kid = kid.map_err(|error| SigningKeyError::Unmade(error.to_string()))?;
        let made = NewKey::new(purpose, private, kid.as_deref(), now).map_err(unmade)?;
        // Check the database first: writing to the vault would overwrite the other key's entry.
        if self.store.read(|db| store::signing_keys::by_kid(db, &made.row.info.kid))?.is_some() {
            return Err(SigningKeyError::Unmade("the source of randomness repeats itself".into()));
        }
        Ok(made)
    }

    /// Makes the first key of a purpose. It is published and activated in one step, since nobody needs advance notice
    /// of it.
    pub(super) fn first_key(&self, purpose: Purpose) -> Result<Arc<SigningKey>, SigningKeyError> {
        let now = self.now()?;
        if let Some(next) = self.store.read(|db| store::signing_keys::in_state(db, purpose, KeyState::Next))? {
            // A key was imported, and the program ended before it was activated.
            let key = self.load(&next)?;
            self.activate(&next.info, now)?;
            return Ok(key);
        }
        let mut made = self.make_key(purpose, purpose.default_algorithm(), now)?;
        made.row.info.state = KeyState::Active;
        let being_made = self.keep(&made.row, &made.private)?;
        let answer = self.store.write(|tx| {
            let ours = store::signing_keys::insert(tx, &made.row)?;
            if ours {
                store::events::record(tx, now, &NewEvent::of(EventKind::KeyCreated).kid(&made.row.info.kid))?;
            }
            store::signing_keys::in_state(tx, purpose, KeyState::Active).map(|active| (ours, active))
        });
        match answer {
            Ok((true, _)) => {
                being_made.done();
                let key = Arc::new(made.key);
                self.loaded_keys().insert(made.row.info.kid, Arc::clone(&key));
                Ok(key)
            }
            // Another process made a key in the meantime: use that one. Ours was never published.
            Ok((false, active)) => {
                self.give_up(&made.row, being_made);
                self.load(&active.ok_or(SigningKeyError::Missing { kid: made.row.info.kid })?)
            }
            Err(error) => {
                self.give_up(&made.row, being_made);
                Err(error.into())
            }
        }
    }

    /// Deletes the private part of a key that never signed and never will. Returns whether it is gone. If the vault
    /// fails, the entry left behind is useless but harmless.
    pub(super) fn forget(&self, row: &KeyRow) -> bool {
        let deleted =
            self.entry(row).map_err(SigningKeyError::from).and_then(|entry| Ok(self.vault()?.delete(&entry)?));
        deleted.inspect_err(|left| tracing::warn!(%left, "an unused key stays in the keyring")).is_ok()
    }

    /// Discards a key that was not published. If the vault fails now, the entry is deleted the next time.
    pub(super) fn give_up(&self, row: &KeyRow, being_made: BeingMade) {
        if self.forget(row) {
            being_made.done();
        }
    }
}

/// Generates a private key. The crypto library supplies the randomness, except for a shared secret.
fn generate(algorithm: Algorithm, entropy: &dyn Entropy) -> Result<PrivateKey, SigningKeyError> {
    let unmade = |error: Unspecified| SigningKeyError::Unmade(error.to_string());
    let ec = |curve: &'static EcdsaSigningAlgorithm| {
        EcdsaKeyPair::generate(curve)
            .and_then(|pair| pair.to_pkcs8v1())
            .map(|der| Zeroizing::new(der.as_ref().to_vec()))
    };
    let bytes = match algorithm {
        Algorithm::Es256 => ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
        Algorithm::Es384 => ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
        Algorithm::Es512 => ec(&ECDSA_P521_SHA512_FIXED_SIGNING),
        Algorithm::Es256K => ec(&ECDSA_P256K1_SHA256_FIXED_SIGNING),
        // PKCS#8 version 1: other libraries cannot read version 2.
        Algorithm::EdDsa => Ed25519KeyPair::generate()
            .and_then(|pair| pair.to_pkcs8v1())
            .map(|der| Zeroizing::new(der.as_ref().to_vec())),
        _ if algorithm.family() == Family::Rsa => RsaKeyPair::generate(RSA_SIZE)
            .and_then(|pair| AsDer::<Pkcs8V1Der<'_>>::as_der(&pair))
            .map(|der| Zeroizing::new(der.as_ref().to_vec())),
        _ => {
            let mut secret = Zeroizing::new(vec![0; algorithm.least_secret_len().unwrap_or(64)]);
            entropy.fill(&mut secret).map_err(|error| SigningKeyError::Unmade(error.to_string()))?;
            Ok(secret)
        }
    };
    Ok(PrivateKey::from_bytes(algorithm, bytes.map_err(unmade)?))
}
