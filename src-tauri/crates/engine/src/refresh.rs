//! Refresh token rotation with reuse detection (RFC 9700 section 4.14.2).
//!
//! A session is a token family: each use of its refresh token yields a successor and uses up the token. Of any number
//! of simultaneous uses exactly one wins, by a guarded UPDATE in a transaction that holds the write lock from the
//! start. Presenting a used token again is a replay, and ends the family in a transaction committed before the answer.
//!
//! Only hashes are stored. A successor that must be handed out again (the *grace* preset) is signed again from its row:
//! HMAC is deterministic, so the result is the same token.

mod race;
mod rotator;

pub use race::{Race, RaceAnswer, RaceTimes, Rehearsed};

use crate::{
    Engine,
    entropy::{self, NoEntropy},
    keys::{ExchangeKeys, SigningKeyError},
    records::{Client, Purpose, RefreshHash},
    rules::{Rotation, Rules},
    secret::RefreshToken,
    sign_in::SignedIn,
    store::{Stop, StoreError, Tx},
    tokens::{REFRESH_TYP, is_own},
};
use jose::SigningKey;
use rotator::Rotator;
use std::sync::Arc;

/// Why a refresh failed. In the terms of RFC 6749 section 5.2: `Unknown`, `NotRefresh`, `OtherClient`, `SessionEnded`,
/// `Expired`, `Replayed` and `Inactive` are `invalid_grant`, and `Scope` is `invalid_scope`; the rest are not the fault of
/// the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefreshError {
    /// Not a refresh token of this profile. Nothing was revoked.
    #[error("The refresh token is unknown")]
    Unknown,
    /// Something else than a refresh token, which is said. Nothing was revoked.
    #[error("This is {0}, where a refresh token is wanted")]
    NotRefresh(&'static str),
    /// It was issued to another client. Nothing was revoked.
    #[error("This refresh token was issued to another client")]
    OtherClient,
    /// The session was ended.
    #[error("The session of this refresh token has ended")]
    SessionEnded,
    /// The session was not refreshed in time, or reached its absolute expiry.
    #[error("The refresh token has expired")]
    Expired,
    /// The token was used before. Its session has now ended.
    #[error("The refresh token was used before, so its session was ended")]
    Replayed {
        /// Its generation within the family; 0 is the first token.
        generation: i64,
        /// How long ago it was used, in seconds.
        used_seconds_ago: i64,
    },
    /// The user is inactive.
    #[error("Inactive user")]
    Inactive,
    /// A requested scope was not granted to the session, or does not exist.
    #[error("The scope \"{0}\" was not granted to this session")]
    Scope(String),
    /// There is no key to verify or to sign with.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    /// The crypto library did not sign.
    #[error("The token could not be signed")]
    Unsigned,
    /// No randomness was available for a token ID.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed. The token is unchanged.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Exchanges a refresh token for a new pair. `wanted` narrows the scopes of the new access token; the session keeps
    /// its own.
    ///
    /// # Errors
    /// [`RefreshError`]
    pub fn refresh(&self, token: &RefreshToken, wanted: Option<&[String]>) -> Result<SignedIn, RefreshError> {
        self.prepare(token)?.present(wanted, None, None, |_| ())
    }

    /// The same for a client, which presented itself: see [`Engine::authenticate_client`]. A token of another client is
    /// refused, and its family is left alone (RFC 6749 section 10.4).
    ///
    /// # Errors
    /// [`RefreshError`]
    pub fn refresh_as(
        &self,
        client: &Client,
        token: &RefreshToken,
        wanted: Option<&[String]>,
    ) -> Result<SignedIn, RefreshError> {
        self.prepare(token)?.present(wanted, Some(client), None, |_| ())
    }

    /// Does what must be done before the transaction: nothing inside it may wait for the keyring.
    fn prepare(&self, token: &RefreshToken) -> Result<Prepared<'_>, RefreshError> {
        let unopened = || unopened(token.expose());
        let parsed = jose::parse_exact(token.expose());
        let kid = parsed.header_text("kid").ok_or_else(unopened)?;
        let ExchangeKeys { named, access, refresh } =
            self.exchange_keys(kid).map_err(SigningKeyError::from)?.ok_or_else(unopened)?;
        if !is_own(&parsed, kid, self.checking_half(&named)?, REFRESH_TYP) {
            return Err(unopened());
        }
        let access_key = self.loaded_or_first(Purpose::Access, access)?;
        let refresh_key = self.loaded_or_first(Purpose::Refresh, refresh)?;
        let presented_key = (kid != refresh_key.kid()).then(|| self.load(&named)).transpose()?;
        let hash = RefreshHash::of(token.expose());
        Ok(Prepared { engine: self, hash, access_key, refresh_key, presented_key })
    }
}

/// A refresh token that was opened, with the keys for its answer.
struct Prepared<'a> {
    engine: &'a Engine,
    hash: RefreshHash,
    access_key: Arc<SigningKey>,
    refresh_key: Arc<SigningKey>,
    presented_key: Option<Arc<SigningKey>>,
}

impl Prepared<'_> {
    /// Presents the token, as a client or as the owner of the profile, who may use any, and by another preset than the
    /// stored one if `rotation` is given. `note` is told when the
    /// decision begins and when it is made.
    fn present(
        &self,
        wanted: Option<&[String]>,
        client: Option<&Client>,
        rotation: Option<Rotation>,
        note: impl Fn(Stage),
    ) -> Result<SignedIn, RefreshError> {
        let ids = self.ids()?;
        self.engine.store.decide(|tx| {
            note(Stage::Decides);
            self.engine.note_time(tx)?;
            let answer =
                self.rotator(tx, rotation, ids).and_then(|rotator| rotator.present(tx, self.hash, client, wanted));
            note(Stage::Decided);
            answer
        })
    }

    /// The IDs of the tokens to issue.
    fn ids(&self) -> Result<(String, String), NoEntropy> {
        Ok((entropy::make_id(&*self.engine.entropy)?, entropy::make_id(&*self.engine.entropy)?))
    }

    /// Reads the time inside the transaction: after waiting for the lock, an earlier reading could predate the data it
    /// finds.
    fn rotator(
        &self,
        tx: &Tx<'_>,
        rotation: Option<Rotation>,
        (jti, access_jti): (String, String),
    ) -> Result<Rotator<'_>, Stop<RefreshError>> {
        let (now, mut rules) = self.engine.now_and_rules_in(tx)?;
        if let Some(rotation) = rotation {
            rules = Arc::new(Rules { rotation, ..Rules::clone(&rules) });
        }
        Ok(Rotator {
            engine: self.engine,
            rules,
            access_key: Arc::clone(&self.access_key),
            refresh_key: Arc::clone(&self.refresh_key),
            presented_key: self.presented_key.clone(),
            jti,
            access_jti,
            now,
        })
    }
}

/// A moment in the handling of a refresh.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Its transaction has the write lock.
    Decides,
    /// The decision is made, but not yet committed.
    Decided,
}

/// Why a text opens as no refresh token.
fn unopened(text: &str) -> RefreshError {
    let text = text.trim();
    if text.starts_with('{') {
        return RefreshError::NotRefresh("JSON, of which only the value of refresh_token is needed");
    }
    if text.starts_with(['"', '\'', '`']) {
        return RefreshError::NotRefresh("a text in quotes, which do not belong to the token");
    }
    if text.is_empty() || matches!(text, "null" | "undefined") {
        return RefreshError::NotRefresh("not a token");
    }
    let scheme = text.split_once(' ').map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer")) {
        return RefreshError::NotRefresh("a text with the scheme Bearer, which does not belong to the token");
    }
    let parsed = jose::parse_exact(text);
    match parsed.header_text("typ").map(jose::parse::media_type).as_deref() {
        Some("at+jwt") => RefreshError::NotRefresh("an access token"),
        Some("mfa+jwt") => RefreshError::NotRefresh("the pending token of a sign-in"),
        _ => RefreshError::Unknown,
    }
}
