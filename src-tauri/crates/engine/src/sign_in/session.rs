//! Starting a session: the last step of every sign-in and every minted token.

use super::{Answer, SignInError, SignedIn};
use crate::{
    Engine,
    clock::Timestamp,
    entropy,
    records::{Client, EventKind, Failures, NewEvent, Purpose, RefreshHash, Scope, SessionKind, User, Username},
    rules::Rules,
    secret::RefreshToken,
    store::{
        self, Stop, Tx,
        refresh_tokens::{RefreshRow, RefreshState},
        sessions::NewSession,
    },
    tokens::{AccessEnd, AccessToken, RefreshTokenOf},
};
use jose::SigningKey;
use std::{sync::Arc, time::Duration};

/// What a session needs, prepared before the transaction: nothing inside one may wait for the keyring.
pub(super) struct Opening {
    access_key: Arc<SigningKey>,
    refresh_key: Option<Arc<SigningKey>>,
    pub(super) jti: String,
    sid: String,
    refresh_jti: String,
    pub(super) wanted: Option<Vec<Scope>>,
    /// `None`: the policy's lifetime.
    lifetime: Option<Duration>,
    amr: &'static [&'static str],
    pub(super) now: Timestamp,
    pub(super) client: Client,
}

impl Engine {
    /// Loads the keys and generates the IDs.
    pub(super) fn opening(
        &self,
        client: &Client,
        wanted: Option<Vec<Scope>>,
        amr: &'static [&'static str],
        lifetime: Option<Duration>,
        refreshable: bool,
    ) -> Result<Opening, SignInError> {
        let id = || entropy::make_id(&*self.entropy);
        Ok(Opening {
            access_key: self.signing_key(Purpose::Access)?,
            refresh_key: if refreshable { Some(self.signing_key(Purpose::Refresh)?) } else { None },
            jti: id()?,
            sid: id()?,
            refresh_jti: id()?,
            wanted,
            lifetime,
            amr,
            now: self.now()?,
            client: client.clone(),
        })
    }

    /// The last step of a sign-in: resets the failures and starts a session.
    pub(super) fn finish(&self, tx: &Tx<'_>, user: User, opening: &Opening) -> Answer<SignedIn> {
        let signed_in = self.start_session(tx, &user, opening)?;
        store::users::set_failures(tx, user.id, Failures::default())?;
        store::users::signed_in(tx, user.id, opening.now)?;
        let event = NewEvent::of(EventKind::SignedIn).user(user.id).sid(&signed_in.sid);
        store::events::record(tx, opening.now, &event)?;
        Ok(signed_in)
    }

    /// Starts a session and signs its tokens, in the caller's transaction: no session exists without its tokens, and no
    /// tokens without a session.
    pub(super) fn start_session(&self, tx: &Tx<'_>, user: &User, opening: &Opening) -> Answer<SignedIn> {
        self.note_time(tx)?;
        let client = &opening.client;
        must_exist(tx, client)?;
        let granted = |scope: &&Scope| {
            client.allows(scope) && opening.wanted.as_ref().is_none_or(|wanted| wanted.contains(scope))
        };
        let scopes: Vec<Scope> = user.scopes.iter().filter(granted).cloned().collect();
        let now = opening.now;
        let rules = self.rules_in(tx)?;
        let longest = rules.longest_lifetime();
        let lifetime = match opening.lifetime {
            // The policy's own limit was checked earlier; this one may be new since then.
            Some(lifetime) if lifetime > longest => return Err(Stop::Refused(SignInError::ShortLived { longest })),
            Some(lifetime) => lifetime,
            None => client.access_token_lifetime.unwrap_or(rules.access_token_lifetime).min(longest),
        };
        let after = |lifetime: Duration| {
            let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
            Timestamp::from_seconds(now.seconds().saturating_add(seconds))
        };
        // Use whole seconds, because the refresh token carries the same time. A minted session ends with its only
        // token.
        let (kind, session_end) = match &opening.refresh_key {
            Some(_) => (SessionKind::SignIn, after(rules.session_lifetime)),
            None => (SessionKind::Minted, after(lifetime)),
        };
        let ends = AccessEnd::of(now, lifetime, session_end);
        let amr: Vec<String> = opening.amr.iter().map(ToString::to_string).collect();
        let access = AccessToken {
            user: user.username.as_str(),
            jti: &opening.jti,
            sid: &opening.sid,
            scopes: &scopes,
            amr: &amr,
            signed_in_at: now,
            now,
            ends,
            client_id: &client.id,
            typ: client.typ,
        };
        let unsigned = |_| Stop::Refused(SignInError::Unsigned);
        let access_token = access.sign(&opening.access_key, &rules).map_err(unsigned)?;
        let session = NewSession {
            sid: &opening.sid,
            kind,
            user_id: user.id,
            now,
            expires_at: session_end,
            scopes: &scopes,
            amr: opening.amr,
            client_id: (!client.is_builtin()).then_some(client.id.as_str()),
        };
        let first = opening.refresh_key.as_ref().map(|key| {
            let first = FirstToken {
                key,
                user: &user.username,
                sid: &opening.sid,
                jti: &opening.refresh_jti,
                access_jti: &opening.jti,
                access_expires_at: ends.at,
                session_end,
                now,
                client_id: &client.id,
            };
            first.sign(&rules)
        });
        let first = first.transpose().map_err(unsigned)?;
        store::sessions::start(tx, &session)?;
        let refresh_kid = opening.refresh_key.as_ref().map(|key| key.kid());
        store::signing_keys::count_signed(tx, [Some(opening.access_key.kid()), refresh_kid], now)?;
        let refresh_token = match first {
            None => None,
            Some((token, row)) => {
                store::refresh_tokens::insert(tx, &row, None)?;
                Some(token)
            }
        };
        Ok(SignedIn {
            username: user.username.clone(),
            access_token,
            refresh_token,
            expires_in: ends.lifetime,
            scopes,
            sid: opening.sid.clone(),
        })
    }
}

/// Refuses a client that was removed since it presented itself: removing it ended its sessions, and another must not
/// begin. One that was added again under the same ID is another client.
pub(super) fn must_exist(tx: &Tx<'_>, client: &Client) -> Answer<()> {
    if client.is_builtin() || store::clients::by_id(tx, &client.id)?.as_ref() == Some(client) {
        return Ok(());
    }
    Err(Stop::Refused(SignInError::PendingInvalid))
}

/// The inputs of a family's first refresh token.
struct FirstToken<'a> {
    key: &'a SigningKey,
    user: &'a Username,
    sid: &'a str,
    jti: &'a str,
    access_jti: &'a str,
    access_expires_at: Timestamp,
    session_end: Timestamp,
    now: Timestamp,
    client_id: &'a str,
}

impl FirstToken<'_> {
    /// The token, and the first row of its family.
    fn sign(&self, rules: &Rules) -> Result<(RefreshToken, RefreshRow), jose::SignError> {
        let claims = RefreshTokenOf {
            user: self.user.as_str(),
            jti: self.jti,
            sid: self.sid,
            issued_at: self.now,
            expires_at: self.session_end,
            issuer: &rules.issuer,
            client_id: self.client_id,
        };
        let token = claims.sign(self.key)?;
        let row = RefreshRow {
            hash: RefreshHash::of(&token),
            sid: self.sid.into(),
            generation: 0,
            state: RefreshState::Active,
            jti: self.jti.into(),
            kid: self.key.kid().into(),
            issued_at: self.now,
            issuer: rules.issuer.clone(),
            client_id: self.client_id.to_owned(),
            access_jti: self.access_jti.into(),
            access_expires_at: self.access_expires_at,
            arrived_at: None,
        };
        Ok((RefreshToken::new(token), row))
    }
}
