//! Signing what a person wrote with a key of this profile, and writing down that it was done.

use crate::{
    Engine,
    clock::Timestamp,
    keys::{KeyError, still_verifies},
    records::{EventKind, KeyInfo, KeyState, LONGEST_USERNAME, NewEvent, Purpose},
    store::{self, StoreError},
};
use jose::{SignError, SigningKey};
use serde_json::json;
use std::sync::Arc;

/// Which key of this profile signs.
#[derive(Debug, Clone, Copy)]
pub enum Signer<'a> {
    /// An access key; without a name the active one.
    Access {
        /// Its name.
        kid: Option<&'a str>,
    },
    /// The test key, made if there is none yet.
    Test,
}

/// Why a token could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ByHandError {
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

impl Engine {
    /// The access keys that may sign an edited token: the active one first, never a retired one. The keyring is not
    /// asked.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn signers(&self) -> Result<Vec<KeyInfo>, StoreError> {
        let (now, mut keys) = (self.now()?, self.keys()?);
        let rules = self.rules()?;
        keys.retain(|key| still_verifies(&rules, key, Purpose::Access, now));
        keys.sort_by_key(|key| key.state != KeyState::Active);
        Ok(keys)
    }

    /// Lends a key of this profile to `sign`, which makes one token with it, and gives the token out once it is
    /// written down that it was made.
    ///
    /// This is how any claims get this profile's signature, on purpose: the engine mints nothing else this way. So
    /// each is an event that names the key, the subject and the `fault`, what the token is made wrong in; once a
    /// minute for the same three.
    ///
    /// # Errors
    /// [`ByHandError`]
    pub fn sign_by_hand(
        &self,
        signer: Signer<'_>,
        fault: Option<&str>,
        sign: impl FnOnce(&SigningKey) -> Result<String, SignError>,
    ) -> Result<String, ByHandError> {
        let key = match signer {
            Signer::Access { kid } => self.access_key_to_lend(kid)?,
            Signer::Test => self.signing_key(Purpose::Test)?,
        };
        let token = sign(&key)?;
        let parsed = jose::parse_exact(&token);
        let sub = parsed.claim_text("sub");
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

    fn access_key_to_lend(&self, kid: Option<&str>) -> Result<Arc<SigningKey>, ByHandError> {
        match kid {
            None => Ok(self.signing_key(Purpose::Access)?),
            Some(kid) => {
                let key = self.signing_key_named(Purpose::Access, kid)?;
                key.ok_or_else(|| ByHandError::NoSuchKey(kid.escape_debug().to_string()))
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
