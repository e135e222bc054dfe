//! What a token stands for, told to a client that asks (RFC 7662).

use crate::{
    Engine,
    keys::SigningKeyError,
    records::{Purpose, RefreshHash, join},
    sessions::session_end,
    store::{self, StoreError, refresh_tokens::RefreshState},
    tokens::REFRESH_TYP,
};
use jose::{Parsed, judgement::VerdictOutcome};

/// A token that would be accepted now (RFC 7662 section 2.2). Times are seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introspected {
    /// It is a refresh token; otherwise an access token.
    pub is_refresh_token: bool,
    /// Its scopes, separated by spaces.
    pub scope: String,
    /// The client it was issued to.
    pub client_id: String,
    /// The user's name, or the client's ID if it asked on its own behalf.
    pub sub: String,
    /// Whom it is for.
    pub aud: String,
    /// Its issuer.
    pub iss: String,
    /// Its ID.
    pub jti: String,
    /// When it was issued.
    pub iat: i64,
    /// When it expires.
    pub exp: i64,
}

/// Why a token could not be looked up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntrospectError {
    /// The key to recognise the token with is unavailable.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// What an access or refresh token of this profile stands for; `None` if it would be refused, whatever the reason.
    ///
    /// # Errors
    /// [`IntrospectError`]: what cannot be looked up is not called inactive.
    pub fn introspect(&self, token: &str) -> Result<Option<Introspected>, IntrospectError> {
        if let Some(parsed) = self.open_own(token, Purpose::Refresh, REFRESH_TYP)? {
            let scope = self.scope_of_usable(token)?;
            return Ok(scope.and_then(|scope| describe(&parsed, true, scope)));
        }
        // As at an endpoint, so that the two always agree.
        let judgement = self.guard(token, &[])?;
        if judgement.verdict.outcome != VerdictOutcome::Accepted {
            return Ok(None);
        }
        let parsed = jose::parse_exact(token);
        let scope = parsed.claim_text("scope").unwrap_or_default().to_owned();
        Ok(describe(&parsed, false, scope))
    }

    /// The scopes of the session of a refresh token, if the token can be used now.
    fn scope_of_usable(&self, token: &str) -> Result<Option<String>, StoreError> {
        self.store.read(|db| {
            let (now, rules) = self.now_and_rules_in(db)?;
            let Some(row) = store::refresh_tokens::by_hash(db, RefreshHash::of(token))? else { return Ok(None) };
            let Some((session, user)) = store::sessions::with_user(db, &row.sid)? else { return Ok(None) };
            let is_usable = row.state == RefreshState::Active
                && session.ended.is_none()
                && session_end(&rules, &session).is_some_and(|end| now < end)
                && user.active;
            Ok(is_usable.then(|| join(&session.scopes)))
        })
    }
}

fn describe(parsed: &Parsed, is_refresh_token: bool, scope: String) -> Option<Introspected> {
    let text = |name: &str| parsed.claim_text(name).map(str::to_owned);
    Some(Introspected {
        is_refresh_token,
        scope,
        client_id: text("client_id")?,
        sub: text("sub")?,
        aud: text("aud")?,
        iss: text("iss")?,
        jti: text("jti")?,
        iat: parsed.claim_seconds("iat")?,
        exp: parsed.claim_seconds("exp")?,
    })
}
