//! Sessions: the refresh token family of a sign-in, and how it ends.

mod list;

pub use crate::records::{EndReason, SessionCounts, SessionKind, SessionQuery, SessionSort};

use crate::{
    Engine,
    clock::Timestamp,
    credentials::begin_epoch,
    records::{EventKind, NewEvent, Scope},
    rules::{Revocation, Rules},
    store::{
        self, StoreError,
        refresh_tokens::{RefreshRow, RefreshState},
        revoked_tokens::Listed,
        sessions::SessionRow,
    },
    users::UserError,
};
use serde_json::json;

/// The state of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// It can be refreshed.
    Live,
    /// It was not refreshed in time, or reached its absolute expiry.
    Expired,
    /// It was ended.
    Ended {
        /// When.
        at: Timestamp,
        /// The reason, if recorded.
        reason: Option<EndReason>,
    },
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its ID, the `sid` of its tokens.
    pub sid: String,
    /// How it was started.
    pub kind: SessionKind,
    /// Its user.
    pub username: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
    /// When it expires unless it is refreshed: the idle limit or the absolute one, whichever comes first.
    pub expires_at: Option<Timestamp>,
    /// The granted scopes.
    pub scopes: Vec<Scope>,
    /// How the user authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// Its state.
    pub state: SessionState,
}

/// One refresh token of a family, without the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyMember {
    /// 0 for the token from the sign-in, plus one for each rotation or replacement.
    pub generation: i64,
    /// The token ID.
    pub jti: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was used, if it was.
    pub used_at: Option<Timestamp>,
    /// Whether it is the one that may be used.
    pub active: bool,
    /// Another successor of its parent replaced it before it was used.
    pub replaced: bool,
    /// The access token most recently issued with it.
    pub access_jti: String,
    /// When that access token expires.
    pub access_expires_at: Timestamp,
    /// Whether that access token is refused before it expires, because it was revoked or its session ended. Always
    /// false for short-lived tokens that are not looked up.
    pub access_refused: bool,
}

impl Engine {
    /// The refresh tokens of a session, oldest first. Empty if there is no such session, or it never had any.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn family(&self, sid: &str) -> Result<Vec<FamilyMember>, StoreError> {
        self.store.snapshot(|db| {
            let rules = self.rules_in(db)?;
            let shortest = i64::try_from(rules.short_lived_lifetime.as_millis()).unwrap_or(i64::MAX);
            let Some(session) = store::sessions::by_sid(db, sid)? else { return Ok(Vec::new()) };
            let are_short_lived = rules.revocation == Revocation::ShortLived;
            let members = store::refresh_tokens::of_session(db, sid)?.into_iter().map(|row| {
                // Without rotation the access token is newer than the refresh token it was issued with.
                let is_current = row.state == RefreshState::Active;
                let issued_at = if is_current { session.last_used_at } else { row.issued_at };
                let lifetime = row.access_expires_at.0.saturating_sub(issued_at.0);
                let is_looked_up = !are_short_lived || lifetime > shortest;
                let is_listed = || store::revoked_tokens::look_up(db, &row.access_jti, None).map(|at| at != Listed::No);
                let access_refused = is_looked_up && (session.ended.is_some() || is_listed()?);
                Ok(describe_member(row, access_refused))
            });
            members.collect()
        })
    }

    /// Ends one session: its refresh and access tokens are refused from now on. `false` if there is no such session or
    /// it has already ended.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn end_session(&self, sid: &str) -> Result<bool, StoreError> {
        let now = self.now()?;
        self.store.write(|tx| {
            let Some(session) = store::sessions::by_sid(tx, sid)? else { return Ok(false) };
            let ended = store::sessions::end(tx, sid, EndReason::Revoked, now)?;
            if ended {
                let event = NewEvent::of(EventKind::SessionEnded).user(session.user_id).sid(sid);
                store::events::record(tx, now, &event)?;
            }
            Ok(ended)
        })
    }

    /// Ends all sessions of a user, and any sign-in that waits for a second factor. Returns the number of sessions.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`UserError::Store`]
    pub fn end_sessions_of(&self, username: &str) -> Result<usize, UserError> {
        let now = self.now()?;
        let ended = self.store.write(|tx| {
            let Some(user) = store::users::by_name(tx, username)? else { return Ok(None) };
            let ended = store::sessions::end_all_of(tx, user.id, EndReason::Revoked, now)?;
            let event = NewEvent::of(EventKind::SessionEnded).user(user.id).detail(json!({ "sessions": ended }));
            store::events::record(tx, now, &event)?;
            begin_epoch(tx, user.id, now)?;
            Ok(Some(ended))
        })?;
        ended.ok_or_else(|| UserError::NotFound(username.into()))
    }
}

/// When a session expires unless it is refreshed.
pub(crate) fn session_end(rules: &Rules, row: &SessionRow) -> Option<Timestamp> {
    end_of_session(rules, row.expires_at, row.last_used_at)
}

/// The same for an absolute expiry and a last use; `None` for a session without an expiry.
pub(crate) fn end_of_session(rules: &Rules, expires_at: Option<Timestamp>, used_at: Timestamp) -> Option<Timestamp> {
    let idle = rules.session_idle_ms();
    expires_at.map(|absolute| absolute.min(Timestamp(used_at.0.saturating_add(idle))))
}

fn describe_session(rules: &Rules, row: SessionRow, now: Timestamp) -> Session {
    let expires_at = session_end(rules, &row);
    let state = match row.ended {
        Some((at, reason)) => SessionState::Ended { at, reason },
        None if expires_at.is_some_and(|end| end <= now) => SessionState::Expired,
        None => SessionState::Live,
    };
    Session {
        sid: row.sid,
        kind: row.kind,
        username: row.username,
        started_at: row.started_at,
        last_used_at: row.last_used_at,
        expires_at,
        scopes: row.scopes,
        amr: row.amr,
        state,
    }
}

fn describe_member(row: RefreshRow, access_refused: bool) -> FamilyMember {
    FamilyMember {
        generation: row.generation,
        jti: row.jti,
        issued_at: row.issued_at,
        used_at: match row.state {
            RefreshState::Used { at, .. } => Some(at),
            RefreshState::Active | RefreshState::Replaced => None,
        },
        active: row.state == RefreshState::Active,
        replaced: row.state == RefreshState::Replaced,
        access_jti: row.access_jti,
        access_expires_at: row.access_expires_at,
        access_refused,
    }
}
