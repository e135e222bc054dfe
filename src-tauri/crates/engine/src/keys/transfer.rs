//! Bringing keys in from outside, and handing them out.

use super::{
    KeyError, KeyInfo, KeyState, Purpose,
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

/// The longest `kid` that is taken over from outside, in bytes: it stands in every token.
const LONGEST_KID: usize = 128;

/// The bits of an RSA key that is made here.
const NEW_RSA_BITS: usize = 3072;

/// Why a key was not brought in. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is no private key, or none that may be used; the reason names what is wrong with it.
    #[error("This key cannot be used: {0}")]
    Refused(#[from] jose::KeyError),
    /// The policy lets no access token be signed with this algorithm.
    #[error("Access tokens of this profile are not signed with {0}")]
    Algorithm(Algorithm),
    /// The `kid` of the JWK is empty, longer than 128 bytes or holds characters that cannot be seen or turn the line
    /// around.
    #[error("The kid must have 1 to 128 bytes and no invisible characters")]
    Kid,
    /// The profile knows this key, or another one of that name; perhaps it is retired.
    #[error("This profile has that key already, as {kid}")]
    Known {
        /// The name it has here.
        kid: String,
    },
    /// As many keys as there may be wait for the last of their tokens.
    #[error(transparent)]
    TooMany(RotateError),
    /// Another change of the key came in between and stands.
    #[error("Another change of the access key came in between: see which key is active now")]
    Overtaken,
    /// No randomness to name a shared secret with.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The vault or the database failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A key that was brought in, and signs now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The key.
    pub key: KeyInfo,
    /// The bits of an RSA key if they are fewer than the 3072 that a new one gets, for security of 128 bits (NIST SP
    /// 800-57 part 1). From 2048 on such a key works, and deserves a word.
    pub short_rsa_bits: Option<usize>,
}

/// Why a key was not handed out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// No key has that name.
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
    Key(#[from] KeyError),
}

impl From<StoreError> for ImportError {
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
}

impl Engine {
    /// Brings in a private key, which signs access tokens from now on; the one before it verifies only. It takes the
    /// way of every change of the key: kept in the vault, published, active.
    ///
    /// `input` is PEM or DER (also in base64) of PKCS#8, PKCS#1 or SEC 1, or a private JWK. `algorithm` is needed
    /// where the key fits several and no `alg` names one: RSA without a JWK. A JWK keeps its `kid`; every other key
    /// is named by its thumbprint, and a shared secret at random.
    ///
    /// # Errors
    /// [`ImportError`]
    pub fn import_key(&self, input: &[u8], algorithm: Option<Algorithm>) -> Result<Imported, ImportError> {
        let now = self.now()?;
        let private = PrivateKey::read(input, algorithm)?;
        if !self.may_sign(Purpose::Access, private.algorithm())? {
            return Err(ImportError::Algorithm(private.algorithm()));
        }
        if self.too_many_retiring(Purpose::Access, now)? {
            return Err(ImportError::TooMany(RotateError::TooMany(Purpose::Access)));
        }
        let kid = match private.kid() {
            // Two secrets of one name would be one entry in the vault.
            _ if private.algorithm().is_symmetric() => Some(entropy::make_id(&*self.entropy)?),
            kid => kid.map(str::to_owned),
        };
        let fits = |kid: &String| (1..=LONGEST_KID).contains(&kid.len()) && jose::first_unseen(kid).is_none();
        if !kid.as_ref().is_none_or(fits) {
            return Err(ImportError::Kid);
        }
        let new = NewKey::new(Purpose::Access, private, kid.as_deref(), now)?;
        if let Some(Published::Known { kid, .. }) = self.store.read(|db| known(db, &new))? {
            return Err(ImportError::Known { kid });
        }
        let being_made = self.keep(&new.row, &new.private)?;
        // If the database fails the entry stays for now: another process may just be bringing in the same key.
        match self.publish(&new, Waiting::Replace, EventKind::KeyImported)? {
            Published::Ours => being_made.done(),
            Published::Other(row) => return Err(ImportError::Known { kid: row.info.kid }),
            Published::Known { kid, same_key } => {
                if !same_key {
                    self.give_up(&new.row, being_made);
                }
                return Err(ImportError::Known { kid });
            }
        }
        let short_rsa_bits = new.key.verifying_key().rsa_bits().filter(|bits| *bits < NEW_RSA_BITS);
        let info = new.row.info;
        self.loaded_keys().insert(info.kid.clone(), Arc::new(new.key));
        let key = self.activate(&info, now)?.ok_or(ImportError::Overtaken)?;
        self.retire_along();
        Ok(Imported { key, short_rsa_bits })
    }

    /// The public part of a key, of a retired one too. The keyring is not asked.
    ///
    /// # Errors
    /// [`ExportError`]
    pub fn export_public(&self, kid: &str) -> Result<PublicKeyText, ExportError> {
        let row = self.key_row(kid)?;
        let key = self.store.read(|_| row.public_key())?;
        let texts = key.and_then(|key| Some(PublicKeyText { jwk: key.public_jwk()?, pem: key.public_pem()? }));
        texts.ok_or_else(|| ExportError::NoPublicPart(kid.into()))
    }

    /// The private part of a key: whoever gets it can sign tokens in this profile's name, and nobody can tell them
    /// from ours, until the key is retired. That it was handed out is an event. The text is PKCS#8 in PEM, or a JWK
    /// for a shared secret.
    ///
    /// # Errors
    /// [`ExportError`]
    pub fn dangerous_export_private(&self, kid: &str) -> Result<SecretText, ExportError> {
        let now = self.now()?;
        let row = self.key_row(kid)?;
        if row.info.state == KeyState::Retired {
            return Err(ExportError::Retired(kid.into()));
        }
        // Only a key that is what the database says is handed out as that.
        let text = self.kept(&row)?.0.dangerous_text(kid);
        self.store.write(|tx| store::events::record(tx, now, &NewEvent::of(EventKind::KeyExported).kid(kid)))?;
        Ok(SecretText::new(text.as_str()))
    }

    fn key_row(&self, kid: &str) -> Result<KeyRow, ExportError> {
        let row = self.store.read(|db| store::signing_keys::by_kid(db, kid))?;
        row.ok_or_else(|| ExportError::NotFound(kid.into()))
    }
}
