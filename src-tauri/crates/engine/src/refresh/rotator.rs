//! One rotation: deciding what a presented refresh token means and writing the result, in one transaction.

use super::RefreshError;
use crate::{
    Engine,
    clock::Timestamp,
    records::{Client, EndReason, EventKind, NewEvent, RefreshHash, Scope, UnknownScope, Username},
    rules::{Rotation, Rules},
    scopes,
    secret::RefreshToken,
    sessions::session_end,
    sign_in::SignedIn,
    store::{
        self, Stop, Tx,
        refresh_tokens::{RefreshRow, RefreshState},
        sessions::{SessionRow, UserNow},
    },
    tokens::{AccessEnd, AccessToken, RefreshTokenOf},
};
use jose::SigningKey;
use serde_json::json;
use std::sync::Arc;

/// The inputs of one rotation: what was prepared before its transaction, and the time read inside it.
pub(super) struct Rotator<'a> {
    pub(super) engine: &'a Engine,
    pub(super) rules: Arc<Rules>,
    pub(super) access_key: Arc<SigningKey>,
    pub(super) refresh_key: Arc<SigningKey>,
    /// The key that signed the presented token, if it differs from the active one.
    pub(super) presented_key: Option<Arc<SigningKey>>,
    pub(super) jti: String,
    pub(super) access_jti: String,
    pub(super) now: Timestamp,
}

/// What was presented: the token's row, its session and user, and the client that the session belongs to.
struct Presented {
    token: RefreshRow,
    session: SessionRow,
    user: UserNow,
    client: Client,
}

type Answer<T = SignedIn> = Result<T, Stop<RefreshError>>;

/// The access token to return.
struct Access {
    token: String,
    ends: AccessEnd,
    scopes: Vec<Scope>,
    client: Client,
}

impl Rotator<'_> {
    /// Handles a presented token. Checks for reuse before anything else: a late replay is still a replay.
    pub(super) fn present(
        &self,
        tx: &Tx<'_>,
        hash: RefreshHash,
        client: Option<&Client>,
        wanted: Option<&[String]>,
    ) -> Answer {
        let Some(token) = store::refresh_tokens::by_hash(tx, hash)? else {
            return Err(Stop::Refused(RefreshError::Unknown));
        };
        let Some((session, user)) = store::sessions::with_user(tx, &token.sid)? else {
            return Err(Stop::Refused(RefreshError::Unknown));
        };
        let issued_to = self.client_of(tx, &session)?;
        if client.is_some_and(|client| issued_to.as_ref().is_none_or(|issued_to| issued_to.id != client.id)) {
            return Err(Stop::Refused(RefreshError::OtherClient));
        }
        if session.ended.is_some() {
            return Err(Stop::Refused(RefreshError::SessionEnded));
        }
        // Removing a client ends its sessions.
        let Some(client) = issued_to else { return Err(Stop::Refused(RefreshError::SessionEnded)) };
        let presented = Presented { token, session, user, client };
        let (token, session) = (&presented.token, &presented.session);
        let preset = self.rules.rotation;
        let forgiven = match token.state {
            RefreshState::Active => None,
            RefreshState::Replaced => return self.replayed(tx, token, session, token.issued_at),
            RefreshState::Used { at, successor } => {
                let Some(successor) = store::refresh_tokens::by_hash(tx, successor)? else {
                    return self.replayed(tx, token, session, at);
                };
                if !self.forgives(preset, at, &successor) {
                    return self.replayed(tx, token, session, at);
                }
                Some(successor)
            }
        };
        let is_active = forgiven.is_none();
        let hash = token.hash;
        let answer = self.trade(tx, presented, forgiven, wanted);
        // Even a refused token proves that it reached its client, so its parent is not forgiven again. A token that was
        // used up has this recorded already.
        if is_active && (preset == Rotation::None || matches!(answer, Err(Stop::Refused(_)))) {
            store::refresh_tokens::arrived(tx, hash, self.now)?;
        }
        answer
    }

    /// Issues a new pair for an acceptable token: the active one, or one whose `forgiven` successor was lost.
    fn trade(
        &self,
        tx: &Tx<'_>,
        presented: Presented,
        forgiven: Option<RefreshRow>,
        wanted: Option<&[String]>,
    ) -> Answer {
        let Presented { token, session, user, client } = presented;
        let (token, session) = (&token, &session);
        let (Some(session_end), Some(end)) = (session.expires_at, session_end(&self.rules, session)) else {
            return Err(Stop::Refused(RefreshError::Expired));
        };
        if end <= self.now {
            return Err(Stop::Refused(RefreshError::Expired));
        }
        if !user.active {
            return Err(Stop::Refused(RefreshError::Inactive));
        }
        let mut scopes = self.narrow(tx, session, &user, wanted)?;
        scopes.retain(|scope| client.allows(scope));
        let access = self.access_token(session, session_end, scopes, client)?;
        match (self.rules.rotation, forgiven) {
            (Rotation::None, None) => self.keep(tx, token, session, access),
            (Rotation::Grace { .. }, Some(successor)) => self.keep(tx, &successor, session, access),
            (_, None) => self.rotate(tx, token, session, access),
            (_, Some(successor)) => self.replace(tx, token, &successor, session, access),
        }
    }

    /// Whether the preset forgives reusing a token that was used `at`.
    fn forgives(&self, preset: Rotation, at: Timestamp, successor: &RefreshRow) -> bool {
        // A token that was presented and refused has also reached its client.
        let unused = successor.state == RefreshState::Active && successor.arrived_at.is_none();
        match preset {
            Rotation::Strict | Rotation::None => false,
            Rotation::Grace { seconds } => {
                let end = at.0.saturating_add(i64::from(seconds).saturating_mul(1000));
                unused && at.0 <= self.now.0 && self.now.0 < end
            }
            Rotation::Evidence => unused,
        }
    }

    /// Ends the family after a replay.
    fn replayed(&self, tx: &Tx<'_>, token: &RefreshRow, session: &SessionRow, at: Timestamp) -> Answer {
        let used_seconds_ago = self.now.seconds().saturating_sub(at.seconds());
        store::sessions::end(tx, &token.sid, EndReason::Replay, self.now)?;
        let replayed = NewEvent::of(EventKind::RefreshReplayed).sid(&token.sid).jti(&token.jti);
        let replayed = replayed.generation(token.generation).detail(json!({ "used_seconds_ago": used_seconds_ago }));
        store::events::record(tx, self.now, &replayed.user(session.user_id))?;
        Err(Stop::Refused(RefreshError::Replayed { generation: token.generation, used_seconds_ago }))
    }

    /// Uses up the token and issues a successor.
    fn rotate(&self, tx: &Tx<'_>, token: &RefreshRow, session: &SessionRow, access: Access) -> Answer {
        let (successor, new) = self.successor(token, session, &access).map_err(Stop::Refused)?;
        if !store::refresh_tokens::use_up(tx, token.hash, new.hash, self.now)? {
            return self.replayed(tx, token, session, self.now);
        }
        store::refresh_tokens::insert(tx, &new, Some(token.hash))?;
        self.answer(tx, session, access, successor, EventKind::Refreshed, &new)
    }

    /// Forgives a lost answer: withdraws its pair and issues another.
    fn replace(
        &self,
        tx: &Tx<'_>,
        token: &RefreshRow,
        old: &RefreshRow,
        session: &SessionRow,
        access: Access,
    ) -> Answer {
        let (successor, new) = self.successor(old, session, &access).map_err(Stop::Refused)?;
        store::refresh_tokens::replace_successor(tx, token.hash, old.hash, new.hash)?;
        let settled = self.engine.settled_in(tx)?;
        store::revoked_tokens::insert(tx, &old.access_jti, old.access_expires_at, self.now, settled)?;
        store::refresh_tokens::insert(tx, &new, Some(token.hash))?;
        self.answer(tx, session, access, successor, EventKind::RefreshForgiven, &new)
    }

    /// Keeps the refresh token and issues only a new access token.
    fn keep(&self, tx: &Tx<'_>, token: &RefreshRow, session: &SessionRow, access: Access) -> Answer {
        let same = self.sign_again(token, session).map_err(Stop::Refused)?;
        store::refresh_tokens::set_access_token(tx, token.hash, &self.access_jti, access.ends.at)?;
        self.answer(tx, session, access, same, EventKind::Refreshed, token)
    }

    /// A new refresh token in the family of `before`. Rotation never extends the session's absolute expiry.
    fn successor(
        &self,
        before: &RefreshRow,
        session: &SessionRow,
        access: &Access,
    ) -> Result<(RefreshToken, RefreshRow), RefreshError> {
        let rules = &self.rules;
        let claims = RefreshTokenOf {
            user: &session.username,
            jti: &self.jti,
            sid: &session.sid,
            issued_at: self.now,
            expires_at: session.expires_at.unwrap_or(self.now),
            issuer: &rules.issuer,
            client_id: &access.client.id,
        };
        let token = claims.sign(&self.refresh_key).map_err(|_| RefreshError::Unsigned)?;
        let row = RefreshRow {
            hash: RefreshHash::of(&token),
            sid: session.sid.clone(),
            generation: before.generation + 1,
            state: RefreshState::Active,
            jti: self.jti.clone(),
            kid: self.refresh_key.kid().into(),
            issued_at: self.now,
            issuer: rules.issuer.clone(),
            client_id: access.client.id.clone(),
            access_jti: self.access_jti.clone(),
            access_expires_at: access.ends.at,
            arrived_at: None,
        };
        Ok((RefreshToken::new(token), row))
    }

    /// Signs a row's token again with the key that signed it first.
    fn sign_again(&self, row: &RefreshRow, session: &SessionRow) -> Result<RefreshToken, RefreshError> {
        // Use only keys loaded before the transaction: nothing inside one may wait for the keyring.
        let keys = [Some(&self.refresh_key), self.presented_key.as_ref()];
        let key = keys.into_iter().flatten().find(|key| key.kid() == row.kid).ok_or(RefreshError::Unsigned)?;
        let claims = RefreshTokenOf {
            user: &session.username,
            jti: &row.jti,
            sid: &session.sid,
            issued_at: row.issued_at,
            expires_at: session.expires_at.unwrap_or(row.issued_at),
            issuer: &row.issuer,
            client_id: &row.client_id,
        };
        let token = claims.sign(key).map_err(|_| RefreshError::Unsigned)?;
        if RefreshHash::of(&token) == row.hash { Ok(RefreshToken::new(token)) } else { Err(RefreshError::Unsigned) }
    }

    fn answer(
        &self,
        tx: &Tx<'_>,
        session: &SessionRow,
        access: Access,
        refresh_token: RefreshToken,
        kind: EventKind,
        row: &RefreshRow,
    ) -> Answer {
        store::sessions::used(tx, &session.sid, self.now)?;
        let refreshed = NewEvent::of(kind).user(session.user_id).sid(&session.sid).generation(row.generation);
        // A refresh token that is kept was signed before.
        let is_new = row.jti == self.jti;
        let detail = (!is_new).then(|| json!({ "kept": true }));
        store::events::record(tx, self.now, &NewEvent { detail, ..refreshed })?;
        let refresh_kid = is_new.then(|| self.refresh_key.kid());
        store::signing_keys::count_signed(tx, [Some(self.access_key.kid()), refresh_kid], self.now)?;
        Ok(SignedIn {
            username: Username::stored(session.username.clone()),
            access_token: access.token,
            refresh_token: Some(refresh_token),
            expires_in: access.ends.lifetime,
            scopes: access.scopes,
            sid: session.sid.clone(),
        })
    }

    /// The session's client; `None` if it was removed.
    fn client_of(&self, tx: &Tx<'_>, session: &SessionRow) -> Result<Option<Client>, Stop<RefreshError>> {
        match &session.client_id {
            None => Ok(Some(Client::builtin(&self.rules.client_id))),
            Some(id) => Ok(store::clients::by_id(tx, id)?),
        }
    }

    /// The access token to return. Signed before any change, so that a failure needs no undoing.
    fn access_token(
        &self,
        session: &SessionRow,
        session_end: Timestamp,
        scopes: Vec<Scope>,
        client: Client,
    ) -> Answer<Access> {
        let lifetime =
            client.access_token_lifetime.unwrap_or(self.rules.access_token_lifetime).min(self.rules.longest_lifetime());
        let ends = AccessEnd::of(self.now, lifetime, session_end);
        let says = AccessToken {
            user: &session.username,
            jti: &self.access_jti,
            sid: &session.sid,
            scopes: &scopes,
            amr: &session.amr,
            signed_in_at: session.started_at,
            now: self.now,
            ends,
            client_id: &client.id,
            typ: client.typ,
        };
        let signed = says.sign(&self.access_key, &self.rules);
        signed.map(|token| Access { token, ends, scopes, client }).map_err(|_| Stop::Refused(RefreshError::Unsigned))
    }

    /// The session's scopes that the user still holds, narrowed to the requested ones. Refuses a scope the session was
    /// never granted: a refresh may narrow, never widen (RFC 6749 section 6).
    fn narrow(
        &self,
        tx: &Tx<'_>,
        session: &SessionRow,
        user: &UserNow,
        wanted: Option<&[String]>,
    ) -> Answer<Vec<Scope>> {
        let held = session.scopes.iter().filter(|scope| user.scopes.contains(scope)).cloned().collect::<Vec<_>>();
        let Some(wanted) = wanted else { return Ok(held) };
        let refused = |scope: String| Stop::Refused(RefreshError::Scope(scope));
        let wanted = scopes::choose(&store::scopes::all(tx)?, wanted).map_err(|UnknownScope(scope)| refused(scope))?;
        match wanted.iter().find(|scope| !session.scopes.contains(scope)) {
            Some(wider) => Err(refused(wider.to_string())),
            None => Ok(held.into_iter().filter(|scope| wanted.contains(scope)).collect()),
        }
    }
}
