//! Refresh rotation with reuse detection (RFC 9700 section 4.14.2).
//!
//! A session is a family: each use of its refresh token gives a successor and uses the token up. Of any number of
//! simultaneous uses exactly one wins, by one guarded UPDATE in a transaction that holds the write lock from its start.
//! A used token presented again is a replay; it ends the family in the transaction that is committed before the answer.
//!
//! Only hashes are stored. A successor that has to be given again (the *grace* preset) is signed again from its row:
//! HMAC is deterministic, so it is the same token.

mod rotator;

use crate::{
    Engine,
    entropy::{self, NoEntropy},
    keys::KeyError,
    records::{Purpose, RefreshHash},
    secret::RefreshToken,
    sign_in::SignedIn,
    store::StoreError,
    tokens::REFRESH_TYP,
};
use rotator::Rotator;

/// Why a refresh token gave nothing. In the words of RFC 6749 section 5.2: `Unknown`, `SessionEnded`, `Expired`,
/// `Replayed` and `Inactive` are `invalid_grant`, `Scope` is `invalid_scope`; the rest is no fault of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefreshError {
    /// Not a refresh token of this profile. Nothing was revoked.
    #[error("The refresh token is unknown")]
    Unknown,
    /// The session was ended.
    #[error("The session of this refresh token has ended")]
    SessionEnded,
    /// The session was not refreshed in time, or has reached its absolute end.
    #[error("The refresh token has expired")]
    Expired,
    /// The token was used before. Its session is ended now.
    #[error("The refresh token was used before, so its session was ended")]
    Replayed {
        /// Which token of the family it was; 0 is the first.
        generation: i64,
        /// How long ago it was used, in seconds.
        used_seconds_ago: i64,
    },
    /// The user is switched off.
    #[error("Inactive user")]
    Inactive,
    /// A scope is asked for that the session was not granted, or that does not exist.
    #[error("The scope \"{0}\" was not granted to this session")]
    Scope(String),
    /// There is no key to verify or to sign with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The crypto library did not sign.
    #[error("The token could not be signed")]
    Unsigned,
    /// No randomness for a token's id.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed. The token is as it was.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Trades a refresh token for a new pair. `wanted` narrows the new access token's scopes; the session keeps its
    /// own.
    ///
    /// # Errors
    /// [`RefreshError`]
    pub fn refresh(&self, token: &RefreshToken, wanted: Option<&[String]>) -> Result<SignedIn, RefreshError> {
        let opened = self.open_own(token.expose(), Purpose::Refresh, REFRESH_TYP)?.ok_or(RefreshError::Unknown)?;
        let (access_key, refresh_key) = self.pair_keys()?;
        let older = opened.header_text("kid").filter(|kid| *kid != refresh_key.kid());
        let presented_key = older.map(|kid| self.signing_key_named(Purpose::Refresh, kid)).transpose()?.flatten();
        let hash = RefreshHash::of(token.expose());
        let (jti, access_jti) = (entropy::make_id(&*self.entropy)?, entropy::make_id(&*self.entropy)?);
        // Now is read in the transaction, or one that waited for it would come from before what it finds there.
        self.store.decide(|tx| {
            self.note_time(tx)?;
            let (now, rules) = self.now_and_rules_in(tx)?;
            let rotator = Rotator { engine: self, rules, access_key, refresh_key, presented_key, jti, access_jti, now };
            rotator.present(tx, hash, wanted)
        })
    }
}
