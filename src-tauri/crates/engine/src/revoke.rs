//! Revoking a token by presenting it (RFC 7009), and the deny list.

use crate::{
    Engine,
    clock::Timestamp,
    evidence::is_short_lived,
    keys::SigningKeyError,
    paging::{Cursor, LONGEST_PAGE, Page},
    records::{Client, EndReason, EventKind, NewEvent, Purpose, RefreshHash},
    rules::Revocation,
    sessions::{Session, SessionState},
    store::{self, StoreError},
    tokens::REFRESH_TYP,
};
use jose::{Parsed, judgement::SignatureState};

pub use crate::records::DenyEntry;

/// The result of a revocation. Presenting an unknown or already revoked token is no error (RFC 7009 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// The access token is now on the deny list.
    AccessToken {
        /// The token ID.
        jti: String,
    },
    /// The refresh token's session was ended, along with its access tokens.
    Session {
        /// The session ID.
        sid: String,
    },
    /// Nothing changed: not a token of this profile, long expired, or already revoked.
    Nothing,
}

/// An access token that a key of this profile signed, as far as the profile knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnToken {
    /// The token ID.
    pub jti: Option<String>,
    /// Its session.
    pub session: Option<Session>,
    /// Its user, if there is one.
    pub username: Option<String>,
    /// It was revoked on its own, or its session has ended.
    pub is_revoked: bool,
    /// Revoking it refuses it at once; a short-lived token is not looked up.
    pub is_looked_up: bool,
    /// The refresh token that its session may use now.
    pub refresh_jti: Option<String>,
}

/// Why a token could not be revoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevokeError {
    /// The key to recognise the token with is unavailable.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Revokes a token: an access token by its `jti`, a refresh token together with its session. Only tokens signed by
    /// this profile count: anyone can write a `jti` into a token.
    ///
    /// # Errors
    /// [`RevokeError`]
    pub fn revoke(&self, token: &str) -> Result<Revoked, RevokeError> {
        self.revoke_of(token, None)
    }

    /// The same for a client, which presented itself: see [`Engine::authenticate_client`]. Nothing happens to a token
    /// of another client (RFC 7009 section 2.1).
    ///
    /// # Errors
    /// [`RevokeError`]
    pub fn revoke_as(&self, client: &Client, token: &str) -> Result<Revoked, RevokeError> {
        self.revoke_of(token, Some(client))
    }

    fn revoke_of(&self, token: &str, client: Option<&Client>) -> Result<Revoked, RevokeError> {
        let now = self.now()?;
        let is_anothers =
            |token: &Parsed| client.is_some_and(|client| token.claim_text("client_id") != Some(&client.id));
        if let Some(parsed) = self.open_own(token, Purpose::Refresh, REFRESH_TYP)? {
            if is_anothers(&parsed) {
                return Ok(Revoked::Nothing);
            }
            return Ok(self.revoke_family(RefreshHash::of(token), now)?);
        }
        let parsed = jose::parse_exact(token);
        let judgement = self.look_up(&parsed)?.judge(&parsed, &[]);
        if judgement.signature.state != SignatureState::Verified || is_anothers(&parsed) {
            return Ok(Revoked::Nothing);
        }
        let (Some(jti), Some(expires)) = (parsed.claim_text("jti"), parsed.claim_seconds("exp")) else {
            return Ok(Revoked::Nothing);
        };
        let expires_at = Timestamp::from_seconds(expires);
        let added = self.store.write(|tx| {
            let settled = self.settled_in(tx)?;
            // A token that has expired only by the engine's clock would be valid again if that clock were set back.
            if expires_at < settled.at() {
                return Ok(false);
            }
            // Revoking a token proves that it reached its client: its refresh token is not forgiven again.
            store::refresh_tokens::access_token_used(tx, jti, now)?;
            let added = store::revoked_tokens::insert(tx, jti, expires_at, now, settled)?;
            if added {
                let session =
                    parsed.claim_text("sid").map(|sid| store::sessions::by_sid(tx, sid)).transpose()?.flatten();
                let event = NewEvent::of(EventKind::TokenRevoked).jti(jti);
                let (user, sid) = (session.as_ref().map(|of| of.user_id), session.as_ref().map(|of| of.sid.as_str()));
                store::events::record(tx, now, &NewEvent { user, sid, ..event })?;
            }
            Ok(added)
        })?;
        Ok(if added { Revoked::AccessToken { jti: jti.to_owned() } } else { Revoked::Nothing })
    }

    /// What the profile knows of an access token; `None` if no key of this profile signed it.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn own_token(&self, token: &str) -> Result<Option<OwnToken>, StoreError> {
        let parsed = jose::parse_exact(token);
        if self.look_up(&parsed)?.judge(&parsed, &[]).signature.state != SignatureState::Verified {
            return Ok(None);
        }
        let (jti, sid, sub) = (parsed.claim_text("jti"), parsed.claim_text("sid"), parsed.claim_text("sub"));
        let session = sid.map(|sid| self.session(sid)).transpose()?.flatten();
        let family = session.as_ref().map(|of| self.family(&of.sid)).transpose()?.unwrap_or_default();
        let rules = self.rules()?;
        let is_looked_up = rules.revocation == Revocation::DenyList || !is_short_lived(&rules, &parsed, self.now()?);
        self.store.read(|db| {
            let listed = jti.map(|jti| store::revoked_tokens::look_up(db, jti, None)).transpose()?;
            let is_over = session.as_ref().is_some_and(|of| matches!(of.state, SessionState::Ended { .. }));
            Ok(Some(OwnToken {
                jti: jti.map(str::to_owned),
                username: sub
                    .map(|sub| store::users::by_name(db, sub))
                    .transpose()?
                    .flatten()
                    .map(|user| user.username.to_string()),
                is_revoked: is_over || listed.is_some_and(|listed| listed != store::revoked_tokens::Listed::No),
                is_looked_up,
                refresh_jti: family.iter().find(|member| member.active).map(|member| member.jti.clone()),
                session,
            }))
        })
    }

    /// A page of the deny list, with its length; the entries that leave it first come first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn deny_list(&self, after: Option<&Cursor>, most: u32) -> Result<(Page<DenyEntry>, u64), StoreError> {
        self.store.snapshot(|db| {
            let length = u64::try_from(store::revoked_tokens::count(db)?).unwrap_or_default();
            Ok((store::revoked_tokens::page(db, after, most.min(LONGEST_PAGE))?, length))
        })
    }

    /// Purges at most `limit` deny list entries whose tokens have expired by the settled time, which moving the clock
    /// cannot advance and which lags some hours behind. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn purge_deny_list(&self, limit: u32) -> Result<usize, StoreError> {
        self.store.write(|tx| {
            let settled = self.settled_in(tx)?;
            store::revoked_tokens::purge(tx, settled, i64::from(limit))
        })
    }

    /// The number of entries on the deny list.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn deny_list_length(&self) -> Result<i64, StoreError> {
        self.store.read(store::revoked_tokens::count)
    }

    fn revoke_family(&self, hash: RefreshHash, now: Timestamp) -> Result<Revoked, StoreError> {
        self.store.write(|tx| {
            let Some(token) = store::refresh_tokens::by_hash(tx, hash)? else { return Ok(Revoked::Nothing) };
            if !store::sessions::end(tx, &token.sid, EndReason::Revoked, now)? {
                return Ok(Revoked::Nothing);
            }
            let user = store::sessions::by_sid(tx, &token.sid)?.map(|session| session.user_id);
            let event = NewEvent::of(EventKind::SessionEnded).sid(&token.sid);
            store::events::record(tx, now, &NewEvent { user, ..event })?;
            Ok(Revoked::Session { sid: token.sid })
        })
    }
}
