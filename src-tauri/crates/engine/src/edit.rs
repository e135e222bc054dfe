//! Editing a token and signing it again, with a key of this profile or one that a person gave.

use crate::{
    Engine,
    clock::Timestamp,
    events::{EventKind, NewEvent},
    inspect::Inspection,
    keys::{KeyError, KeyInfo, KeyState, Purpose},
    store::{self, StoreError},
    users::LONGEST_USERNAME,
};
use jose::{
    Draft, Edit, EditError, Fault, GivenKey, SignError, SigningKey,
    report::{Change, Report},
};
use serde_json::json;
use std::collections::HashMap;

/// What an edited token is signed with.
#[derive(Debug, Clone, Copy)]
pub enum Signer<'a> {
    /// An access key of this profile; without a name the active one.
    Profile {
        /// Its name.
        kid: Option<&'a str>,
    },
    /// This profile's test key, made if there is none yet.
    Test,
    /// A key that a person gave. It is used and forgotten.
    Given(&'a GivenKey),
    /// Nothing: the token keeps the signature it had.
    Original,
}

/// What an edited token is signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedFor {
    /// A change by hand.
    Edit,
    /// A token that is wrong in one way.
    Fault(Fault),
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
    /// That it was signed could not be written down, so the token is not given out.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A preview signs at every change. The same signature again within this time is not written down again.
const ONE_EVENT: i64 = 60_000;

/// What was signed lately, by the subject of its event, and when that was written down.
pub(crate) type SignedLately = HashMap<String, Timestamp>;

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
        let (now, mut keys) = (self.now()?, self.keys()?);
        keys.retain(|key| self.still_verifies(key, Purpose::Access, now));
        keys.sort_by_key(|key| key.state != KeyState::Active);
        Ok(keys)
    }

    /// Signs a draft of a report's token, `original`, and inspects what comes out, `how` as for
    /// [`Engine::inspect_with`] but for the key: what was signed with a given key is checked with that key.
    ///
    /// This is how any claims get this profile's signature, on purpose: the engine mints nothing else this way. So each
    /// signature with a key of the profile is an event that names the key, the subject and what it is `signed_for`,
    /// written before the token is given out; once a minute for the same three.
    ///
    /// # Errors
    /// [`PreviewError`]
    pub fn preview(
        &self,
        original: &str,
        draft: &Draft,
        signer: Signer<'_>,
        signed_for: SignedFor,
        how: Inspection<'_>,
    ) -> Result<Preview, PreviewError> {
        // It was cleaned when it was inspected. Cleaning it again could take off more.
        let before = jose::parse_exact(original);
        let (token, given) = match signer {
            Signer::Original => (draft.with_signature_of(&before), how.key),
            Signer::Profile { kid } => (self.sign_openly(draft, &*self.signer(kid)?, signed_for)?, None),
            Signer::Test => (self.sign_openly(draft, &*self.signing_key(Purpose::Test)?, signed_for)?, None),
            Signer::Given(key) => {
                let (algorithm, kid) = draft.key_named();
                let signing: SigningKey = key.signing_key(algorithm, kid.as_deref()).map_err(PreviewError::Given)?;
                (draft.sign(&signing)?, Some(key))
            }
        };
        let changes = jose::changes(&before, &jose::parse_exact(&token));
        Ok(Preview { report: self.inspect_with(&token, Inspection { key: given, ..how }), changes })
    }

    /// Signs with a key of this profile, and writes that down.
    fn sign_openly(&self, draft: &Draft, key: &SigningKey, signed_for: SignedFor) -> Result<String, PreviewError> {
        let token = draft.sign(key)?;
        let signed_for = draft.fault.map_or(signed_for, SignedFor::Fault);
        let parsed = jose::parse_exact(&token);
        let sub = parsed.claim_text("sub");
        let fault = match signed_for {
            SignedFor::Edit => None,
            SignedFor::Fault(fault) => Some(fault),
        };
        let detail = json!({ "sub": sub.map(shortened), "fault": fault });
        // Which key, whom the token speaks of and what it is for.
        let what = format!("{} {detail}", key.kid());
        // By the computer's clock: a profile whose clock stands still must not stop writing.
        let real = self.clock.now();
        let is_lately = |at: Timestamp| (0..ONE_EVENT).contains(&real.0.saturating_sub(at.0));
        if !self.signed_lately().get(&what).is_some_and(|at| is_lately(*at)) {
            let now = self.now()?;
            self.store.write(|tx| {
                let user = sub.map(|sub| store::users::by_name(tx, sub)).transpose()?.flatten();
                let signed = NewEvent::of(EventKind::TokenSigned).kid(key.kid()).detail(detail);
                store::events::record(tx, now, &NewEvent { user: user.map(|user| user.id), ..signed })
            })?;
            let mut lately = self.signed_lately();
            lately.retain(|_, at| is_lately(*at));
            lately.insert(what, real);
        }
        Ok(token)
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

/// A subject of the longest username's length at most: anybody can write any text into a token.
fn shortened(sub: &str) -> String {
    match sub.char_indices().nth(LONGEST_USERNAME) {
        None => sub.to_owned(),
        Some((end, _)) => format!("{}…", &sub[..end]),
    }
}
