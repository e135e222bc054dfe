//! The sessions: a sign-in starts one, and its state decides whether its tokens are valid.

use super::{
    error::damaged,
    paging::{List, has_words},
    scopes, totp_factors,
};
use crate::{
    clock::Timestamp,
    paging::Page,
    records::{EndReason, Scope, SessionCounts, SessionKind, SessionQuery, SessionSort},
};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, params_from_iter, types::Value};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE sessions (
    sid TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);";

pub(crate) const SCHEMA_2: &str = "
ALTER TABLE sessions ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN amr TEXT NOT NULL DEFAULT 'pwd';
ALTER TABLE sessions ADD COLUMN last_used_at_ms INTEGER;
ALTER TABLE sessions ADD COLUMN expires_at_ms INTEGER;
ALTER TABLE sessions ADD COLUMN end_reason TEXT;";

/// Since version 2 every sign-in has a refresh token, so a session without one was minted. In version 1 no session had
/// a refresh token or an expiry.
pub(crate) const SCHEMA_4: &str = "
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'sign_in' CHECK (kind IN ('sign_in', 'minted'));
UPDATE sessions SET kind = 'minted'
    WHERE expires_at_ms IS NOT NULL AND sid NOT IN (SELECT sid FROM refresh_tokens);";

/// The list shows the newest sessions first. For one user, only sessions that were not ended are queried.
pub(crate) const SCHEMA_8: &str = "
CREATE INDEX sessions_by_start ON sessions (started_at_ms);
DROP INDEX sessions_by_user;
CREATE INDEX open_sessions_by_user ON sessions (user_id) WHERE ended_at_ms IS NULL;";

/// The client that its tokens were issued to; NULL for the one that always exists.
pub(crate) const SCHEMA_12: &str = "
ALTER TABLE sessions ADD COLUMN client_id TEXT;
CREATE INDEX open_sessions_by_client ON sessions (client_id) WHERE ended_at_ms IS NULL AND client_id IS NOT NULL;";

/// A session's row.
#[derive(Debug, Clone)]
pub(crate) struct SessionRow {
    pub(crate) sid: String,
    /// Its client; `None` for the one that always exists.
    pub(crate) client_id: Option<String>,
    pub(crate) kind: SessionKind,
    pub(crate) user_id: i64,
    pub(crate) username: String,
    pub(crate) started_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
    /// When it expires; a session from before schema version 2 has no refresh tokens and no expiry.
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) amr: Vec<String>,
    pub(crate) ended: Option<(Timestamp, Option<EndReason>)>,
}

/// What decides whether a user's session continues, and with which scopes.
#[derive(Debug)]
pub(crate) struct UserNow {
    pub(crate) active: bool,
    pub(crate) scopes: Vec<Scope>,
}

/// A session to start.
pub(crate) struct NewSession<'a> {
    pub(crate) sid: &'a str,
    pub(crate) kind: SessionKind,
    pub(crate) user_id: i64,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) scopes: &'a [Scope],
    pub(crate) amr: &'a [&'a str],
    /// `None` for the client that always exists.
    pub(crate) client_id: Option<&'a str>,
}

const COLUMNS: &str = "sid, user_id, username, started_at_ms, last_used_at_ms, expires_at_ms, scope, amr, ended_at_ms, \
                       end_reason, kind, client_id";
const FROM: &str = "sessions JOIN users ON users.id = user_id";

pub(crate) fn start(db: &Connection, new: &NewSession<'_>) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO sessions (sid, user_id, started_at_ms, last_used_at_ms, expires_at_ms, scope, amr, kind, client_id)
         VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        new.sid,
        new.user_id,
        new.now.0,
        new.expires_at.0,
        crate::records::join(new.scopes),
        new.amr.join(" "),
        new.kind.as_str(),
        new.client_id
    ])
    .map(drop)
}

pub(crate) fn by_sid(db: &Connection, sid: &str) -> rusqlite::Result<Option<SessionRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM {FROM} WHERE sid = ?1"))?.query_row([sid], read).optional()
}

/// A session, and its user's current state.
pub(crate) fn with_user(db: &Connection, sid: &str) -> rusqlite::Result<Option<(SessionRow, UserNow)>> {
    db.prepare_cached(&format!(
        "SELECT {COLUMNS}, active, (SELECT group_concat(held.scope, ' ') FROM user_scopes AS held
             WHERE held.user_id = users.id) FROM {FROM} WHERE sid = ?1"
    ))?
    .query_row([sid], |row| {
        let scopes = scopes::in_text(row.get_ref(13)?.as_str_or_null()?);
        Ok((read(row)?, UserNow { active: row.get(12)?, scopes }))
    })
    .optional()
}

/// When a session expires. `?3` is the idle limit in milliseconds.
const ENDS: &str = "min(coalesce(expires_at_ms, 9223372036854775807), coalesce(last_used_at_ms, started_at_ms) + ?3)";

/// The condition that a session can still be used. `?2` is the present.
pub(super) fn active() -> String {
    format!("(ended_at_ms IS NULL AND {ENDS} > ?2)")
}

/// A page of the sessions that match a query, and how many there are in each state.
pub(crate) fn page(
    db: &Connection,
    query: &SessionQuery,
    now: Timestamp,
    idle: i64,
) -> rusqlite::Result<(Page<SessionRow>, SessionCounts)> {
    let (found, active) = (has_words(&["username", "sid", "scope"]), active());
    let mut values = vec![Value::Text(query.text.clone()), Value::Integer(now.0), Value::Integer(idle)];
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let counts = db
        .prepare_cached(&format!("SELECT count(*), count(*) FILTER (WHERE {active}) FROM {FROM} WHERE {found}"))?
        .query_row(params_from_iter(&values), |row| {
            Ok(SessionCounts { all: number(row.get(0)?), active: number(row.get(1)?) })
        })?;
    values.push(match query.active {
        None => Value::Null,
        Some(active) => Value::Integer(i64::from(active)),
    });
    let ended = format!("coalesce(ended_at_ms, {ENDS})");
    let list = List {
        columns: COLUMNS,
        from: FROM,
        condition: &format!("{found} AND (?4 IS NULL OR ?4 = {active})"),
        values,
        sort: match query.sort {
            SessionSort::User => "username",
            SessionSort::Sid => "sid",
            SessionSort::Started => "started_at_ms",
            SessionSort::LastUsed => "coalesce(last_used_at_ms, started_at_ms)",
            SessionSort::Ends => &ended,
        },
        key: "sid",
        descending: query.descending,
    };
    Ok((list.page(db, query.after.as_ref(), query.most, read)?, counts))
}

/// Records a refresh. A clock that was set back does not shorten the idle limit.
pub(crate) fn used(db: &Connection, sid: &str, now: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE sessions SET last_used_at_ms = max(coalesce(last_used_at_ms, ?2), ?2) WHERE sid = ?1")?
        .execute(params![sid, now.0])
        .map(drop)
}

/// Ends a session. Returns whether it was still active.
pub(crate) fn end(db: &Connection, sid: &str, reason: EndReason, now: Timestamp) -> rusqlite::Result<bool> {
    end_where(db, "sid = ?3", sid, reason, now).map(|ended| ended == 1)
}

/// How many sessions of a user were not ended.
pub(crate) fn open_of(db: &Connection, user: i64) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT count(*) FROM sessions WHERE user_id = ?1 AND ended_at_ms IS NULL")?
        .query_row([user], |row| row.get(0))
}

/// Ends every active session of a user. Returns how many.
pub(crate) fn end_all_of(db: &Connection, user: i64, reason: EndReason, now: Timestamp) -> rusqlite::Result<usize> {
    end_where(db, "user_id = ?3", user, reason, now)
}

/// Ends every active session of a client. Returns how many.
pub(crate) fn end_all_of_client(
    db: &Connection,
    client: &str,
    reason: EndReason,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    end_where(db, "client_id = ?3", client, reason, now)
}

/// Ends every active session. Returns how many.
pub(crate) fn end_all(db: &Connection, reason: EndReason, now: Timestamp) -> rusqlite::Result<usize> {
    end_where(db, "?3", true, reason, now)
}

/// Enrollments that were begun in a session and never confirmed end with it.
fn end_where(
    db: &Connection,
    which: &str,
    value: impl ToSql,
    reason: EndReason,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    let end = format!("UPDATE sessions SET ended_at_ms = ?1, end_reason = ?2 WHERE {which} AND ended_at_ms IS NULL");
    let ended = db.prepare_cached(&end)?.execute(params![now.0, reason.as_str(), value])?;
    totp_factors::forget_pending_of_ended(db)?;
    Ok(ended)
}

fn read(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    let started_at = Timestamp(row.get(3)?);
    let ended_at: Option<i64> = row.get(8)?;
    let reason: Option<String> = row.get(9)?;
    let kind: String = row.get(10)?;
    Ok(SessionRow {
        sid: row.get(0)?,
        client_id: row.get(11)?,
        kind: kind.parse().map_err(|error| damaged(10, error))?,
        user_id: row.get(1)?,
        username: row.get(2)?,
        started_at,
        last_used_at: row.get::<_, Option<i64>>(4)?.map_or(started_at, Timestamp),
        expires_at: row.get::<_, Option<i64>>(5)?.map(Timestamp),
        scopes: scopes::in_text(row.get_ref(6)?.as_str_or_null()?),
        amr: row.get::<_, String>(7)?.split_whitespace().map(str::to_owned).collect(),
        ended: ended_at.map(|at| (Timestamp(at), reason.as_deref().and_then(EndReason::stored))),
    })
}
