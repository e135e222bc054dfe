//! Importing and exporting keys.

use super::{
    KeyInfo, KeyState, Purpose, SigningKeyError,
    make::NewKey,
    rotation::{Published, RotateError, Waiting, known},
};
use crate::{
    Engine,
    entropy::{self, NoEntropy},
    records::{EventKind, NewEvent},
    secret::SecretText,
    store::{self, StoreError, signing_keys::KeyRow},
};
use jose::{Algorithm, PrivateKey};
use std::sync::Arc;

/// The longest `kid` accepted from outside, in bytes: every token carries it.
pub const LONGEST_KID: usize = 128;

/// The size of the RSA keys made here, in bits.
const NEW_RSA_BITS: usize = 3072;

/// Why a key was not imported. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyImportError {
    /// It is not a private key, or not a usable one; the reason says what is wrong.
    #[error("This key cannot be used: {0}")]
    Refused(#[from] jose::KeyError),
    /// The policy forbids signing access tokens with this algorithm.
    #[error("Access tokens of this profile are not signed with {0}")]
    Algorithm(Algorithm),
    /// The JWK's `kid` is empty, longer than [`LONGEST_KID`], or contains invisible characters or ones that change the
    /// text direction.
    #[error("The kid must have 1 to {LONGEST_KID} bytes and no invisible characters")]
    Kid,
    /// The profile already has this key, perhaps retired, or another key with the same ID.
    #[error("This profile has that key already, as {kid}")]
    Known {
        /// Its key ID here.
        kid: String,
    },
    /// The maximum number of keys is already retiring.
    #[error(transparent)]
    TooMany(RotateError),
    /// A concurrent change of the key came first and stands.
    #[error("Another change of the access key came in between: see which key is active now")]
    Overtaken,
    /// No randomness was available to name a shared secret.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The vault or the database failed.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
}

/// An imported key, which is active now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The key.
    pub key: KeyInfo,
    /// The size of an RSA key in bits, if it is shorter than the 3072 bits of a new one, which give 128 bits of
    /// security (NIST SP 800-57 part 1). Keys from 2048 bits on work, but deserve a warning.
    pub short_rsa_bits: Option<usize>,
}

/// Why a key was not exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// There is no key with this ID.
    #[error("There is no signing key {0}")]
    NotFound(String),
    /// A shared secret has no public part.
    #[error("The signing key {0} is a shared secret and has no public part")]
    NoPublicPart(String),
    /// The private part was deleted when the key was retired.
    #[error("The signing key {0} is retired, and its private part is gone")]
    Retired(String),
    /// The vault or the database failed.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
}

impl From<StoreError> for KeyImportError {
    fn from(error: StoreError) -> Self {
        Self::Key(error.into())
    }
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Key(error.into())
    }
}

/// The public part of a key, in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeyText {
    /// A JWK with `kid`, `use` and `alg` (RFC 7517).
    pub jwk: String,
    /// SubjectPublicKeyInfo in PEM (RFC 7468 section 13).
    pub pem: String,
    /// The thumbprint (RFC 7638).
    pub thumbprint: String,
}

impl Engine {
    /// Imports a private key, which signs access tokens from now on; the previous key only verifies. As in every
    /// rotation, it is stored in the vault, published, then activated.
    ///
    /// `input` is PKCS#8, PKCS#1 or SEC 1 in PEM or DER (also in base64), or a private JWK. `algorithm` is needed where
    /// the key fits several and no `alg` names one: RSA outside a JWK. A JWK keeps its `kid`; any other key is named by
    /// its thumbprint, and a shared secret gets a random name.
    ///
    /// # Errors
    /// [`KeyImportError`]
    pub fn import_key(&self, input: &[u8], algorithm: Option<Algorithm>) -> Result<Imported, KeyImportError> {
        let now = self.now()?;
        let private = PrivateKey::read(input, algorithm)?;
        if !self.may_sign(Purpose::Access, private.algorithm())? {
            return Err(KeyImportError::Algorithm(private.algorithm()));
        }
        if self.too_many_retiring(Purpose::Access, now)? {
            return Err(KeyImportError::TooMany(RotateError::TooMany(Purpose::Access)));
        }
        let kid = match private.kid() {
            // Two secrets with one name would share one vault entry.
            _ if private.algorithm().is_symmetric() => Some(entropy::make_id(&*self.entropy)?),
            kid => kid.map(str::to_owned),
        };
        let fits = |kid: &String| (1..=LONGEST_KID).contains(&kid.len()) && jose::first_unseen(kid).is_none();
        if !kid.as_ref().is_none_or(fits) {
            return Err(KeyImportError::Kid);
        }
        let new = NewKey::new(Purpose::Access, private, kid.as_deref(), now)?;
        if let Some(Published::Known { kid, .. }) = self.store.read(|db| known(db, &new))? {
            return Err(KeyImportError::Known { kid });
        }
        let being_made = self.keep(&new.row, &new.private)?;
        // If the database fails, keep the entry for now: another process may be importing the same key.
        match self.publish(&new, Waiting::Replace, EventKind::KeyImported)? {
            Published::Ours => being_made.done(),
            Published::Other(row) => return Err(KeyImportError::Known { kid: row.info.kid }),
            Published::Known { kid, same_key } => {
                if !same_key {
                    self.give_up(&new.row, being_made);
                }
                return Err(KeyImportError::Known { kid });
            }
        }
        let short_rsa_bits = new.key.verifying_key().rsa_bits().filter(|bits| *bits < NEW_RSA_BITS);
        let info = new.row.info;
        self.loaded_keys().insert(info.kid.clone(), Arc::new(new.key));
        let key = self.activate(&info, now)?.ok_or(KeyImportError::Overtaken)?;
        self.retire_along();
        Ok(Imported { key, short_rsa_bits })
    }

    /// The public part of a key, even a retired one. Does not access the keyring.
    ///
    /// # Errors
    /// [`ExportError`]
    pub fn export_public(&self, kid: &str) -> Result<PublicKeyText, ExportError> {
        let row = self.key_row(kid)?;
        let key = self.store.read(|_| row.public_key())?;
        let texts = key.and_then(|key| {
            let (jwk, pem, thumbprint) = (key.public_jwk()?, key.public_pem()?, key.thumbprint()?);
            Some(PublicKeyText { jwk, pem, thumbprint })
        });
        texts.ok_or_else(|| ExportError::NoPublicPart(kid.into()))
    }

    /// The private part of a key. Anyone who has it can sign tokens in this profile's name, indistinguishable from
    /// ours, until the key is retired. The export is recorded as an event. The text is PKCS#8 in PEM, or a JWK for a
    /// shared secret.
    ///
    /// # Errors
    /// [`ExportError`]
    pub fn dangerous_export_private(&self, kid: &str) -> Result<SecretText, ExportError> {
        let now = self.now()?;
        let row = self.key_row(kid)?;
        if row.info.state == KeyState::Retired {
            return Err(ExportError::Retired(kid.into()));
        }
        // Export a key only if it matches the database.
        let text = self.kept(&row)?.0.dangerous_text(kid);
        self.store.write(|tx| store::events::record(tx, now, &NewEvent::of(EventKind::KeyExported).kid(kid)))?;
        Ok(SecretText::new(text.as_str()))
    }

    fn key_row(&self, kid: &str) -> Result<KeyRow, ExportError> {
        let row = self.store.read(|db| store::signing_keys::by_kid(db, kid))?;
        row.ok_or_else(|| ExportError::NotFound(kid.into()))
    }
}
