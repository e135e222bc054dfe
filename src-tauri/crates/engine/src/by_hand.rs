//! Signing hand-edited tokens with a key of this profile, and recording that it was done.

use crate::{
    Engine,
    clock::Timestamp,
    keys::{SigningKeyError, still_verifies},
    records::{EventKind, KeyInfo, KeyState, LONGEST_USERNAME, NewEvent, Purpose},
    store::{self, StoreError},
};
use jose::{SignError, SigningKey};
use serde_json::json;
use std::sync::Arc;

/// The key of this profile that signs.
#[derive(Debug, Clone, Copy)]
pub enum Signer<'a> {
    /// An access key; the active one if none is named.
    Access {
        /// The key ID.
        kid: Option<&'a str>,
    },
    /// The test key, made if needed.
    Test,
}

/// Why a token could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ByHandError {
    /// This profile has no access key with this ID, or it is retired.
    #[error("This profile has no access key {0} that signs")]
    NoSuchKey(String),
    /// The profile's key is unavailable.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    /// The key could not sign this token.
    #[error("The token could not be signed: {0}")]
    Sign(#[from] SignError),
    /// The event could not be recorded, so the token is not released.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A preview signs on every change. The same signature is recorded at most once within this time, in milliseconds.
const ONE_EVENT: i64 = 60_000;

impl Engine {
    /// The access keys that may sign an edited token: the active one first, never a retired one. Does not access the
    /// keyring.
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

    /// Lends a key of this profile to `sign`, which makes one token with it. Releases the token once an event is
    /// recorded.
    ///
    /// This is the deliberate way to put this profile's signature on arbitrary claims; the engine mints nothing else
    /// this way. So each token gets an event that names the key, the subject and the `fault`, what is made wrong in the
    /// token, at most once a minute for the same three.
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
        // Identify the key, the subject and the fault.
        let what = format!("{} {detail}", key.kid());
        // Use the computer's clock: events must keep coming in a profile whose clock is frozen.
        let real = self.clock.now();
        let is_lately = |at: Timestamp| (0..ONE_EVENT).contains(&real.0.saturating_sub(at.0));
        if !self.signed_lately().get(&what).is_some_and(|at| is_lately(*at)) {
            let now = self.now()?;
            self.store.write(|tx| {
                let user = sub.map(|sub| store::users::by_name(tx, sub)).transpose()?.flatten();
                store::signing_keys::count_signed(tx, [Some(key.kid()), None], now)?;
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

/// The subject, shortened to the maximum length of a username: anyone can write any text into a token.
fn shortened(sub: &str) -> String {
    match sub.char_indices().nth(LONGEST_USERNAME) {
        None => sub.to_owned(),
        Some((end, _)) => format!("{}…", &sub[..end]),
    }
}
