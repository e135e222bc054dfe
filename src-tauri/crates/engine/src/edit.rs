//! Editing a token and signing it again, with a key of this profile or one that a person gave.

use crate::{
    Engine,
    inspect::Inspection,
    keys::{KeyError, KeyInfo, KeyState, Purpose},
    store::StoreError,
};
use jose::{
    Draft, Edit, EditError, GivenKey, SignError, SigningKey,
    report::{Change, Report},
};

/// What an edited token is signed with.
#[derive(Debug, Clone, Copy)]
pub enum Signer<'a> {
    /// An access key of this profile; without a name the active one.
    Profile {
        /// Its name.
        kid: Option<&'a str>,
    },
    /// A key that a person gave. It is used and forgotten.
    Given(&'a GivenKey),
    /// Nothing: the token keeps the signature it had.
    Original,
}

/// An edited token as it would be.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What [`Engine::inspect`] says about it; the token itself stands in it.
    pub report: Report,
    /// What differs from the original.
    pub changes: Vec<Change>,
}

/// Why an edited token could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// The key that was given cannot sign; the sentence says why.
    #[error("{0}")]
    Given(String),
    /// No access key of this profile has that name, or it is retired.
    #[error("This profile has no access key {0} that signs")]
    NoSuchKey(String),
    /// The profile's key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key could not sign this.
    #[error("The token could not be signed: {0}")]
    Sign(#[from] SignError),
}

impl Engine {
    /// Makes one change of a draft, by this profile's clock.
    ///
    /// # Errors
    /// [`EditError`]
    pub fn edit(&self, draft: &Draft, edit: &Edit) -> Result<Draft, EditError> {
        let now = self.now().unwrap_or_else(|_| self.clock.now());
        draft.apply(edit, now.seconds())
    }

    /// The access keys that may sign an edited token: the active one first, never a retired one. The keyring is not
    /// asked.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn signers(&self) -> Result<Vec<KeyInfo>, StoreError> {
        let mut keys = self.keys()?;
        keys.retain(|key| key.verifies(Purpose::Access));
        keys.sort_by_key(|key| key.state != KeyState::Active);
        Ok(keys)
    }

    /// Signs a draft of a report's token, `original`, and inspects what comes out, `how` as for [`Engine::inspect_with`] but for the key: what was signed
    /// with a given key is checked with that key.
    ///
    /// This is how any claims get this profile's signature, on purpose: the engine mints nothing else this way.
    ///
    /// # Errors
    /// [`PreviewError`]
    pub fn preview(
        &self,
        original: &str,
        draft: &Draft,
        signer: Signer<'_>,
        how: Inspection<'_>,
    ) -> Result<Preview, PreviewError> {
        // It was cleaned when it was inspected. Cleaning it again could take off more.
        let before = jose::parse_exact(original);
        let (token, given) = match signer {
            Signer::Original => (draft.with_signature_of(&before), how.key),
            Signer::Profile { kid } => (draft.sign(&*self.signer(kid)?)?, None),
            Signer::Given(key) => {
                let (algorithm, kid) = draft.key_named();
                let signing: SigningKey = key.signing_key(algorithm, kid.as_deref()).map_err(PreviewError::Given)?;
                (draft.sign(&signing)?, Some(key))
            }
        };
        let changes = jose::changes(&before, &jose::parse_exact(&token));
        Ok(Preview { report: self.inspect_with(&token, Inspection { key: given, ..how }), changes })
    }

    fn signer(&self, kid: Option<&str>) -> Result<std::sync::Arc<SigningKey>, PreviewError> {
        match kid {
            None => Ok(self.signing_key(Purpose::Access)?),
            Some(kid) => {
                let key = self.signing_key_named(Purpose::Access, kid)?;
                key.ok_or_else(|| PreviewError::NoSuchKey(kid.escape_debug().to_string()))
            }
        }
    }
}
