//! The deny list: access tokens revoked before they expired, by `jti`, and one-time tokens that were used.

use super::{paging::List, profile};
use crate::{
    clock::{Settled, Timestamp},
    paging::{Cursor, Page},
    records::DenyEntry,
};
use rusqlite::{Connection, OptionalExtension, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE revoked_tokens (
    jti TEXT PRIMARY KEY,
    revoked_at_ms INTEGER NOT NULL,
    forget_after_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_tokens_by_end ON revoked_tokens (forget_after_ms);";

/// How many expired entries are purged with each insertion: two, so that the list shrinks in use.
const PURGED_ALONG: i64 = 2;

/// Lists a token until one second after it expires (a token is valid to the end of its last second). Returns whether
/// the entry is new or extended: two tokens may share a `jti`.
pub(crate) fn insert(
    db: &Connection,
    jti: &str,
    expires_at: Timestamp,
    now: Timestamp,
    settled: Settled,
) -> rusqlite::Result<bool> {
    purge(db, settled, PURGED_ALONG)?;
    db.prepare_cached(
        "INSERT INTO revoked_tokens (jti, revoked_at_ms, forget_after_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (jti) DO UPDATE SET forget_after_ms = excluded.forget_after_ms
         WHERE excluded.forget_after_ms > forget_after_ms",
    )?
    .execute(params![jti, now.0, end_of(expires_at).0])
    .map(|added| added == 1)
}

/// What the deny list says about a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// It was never listed.
    No,
    /// It has been listed since then.
    Since(Timestamp),
    /// It ended so long ago that its entry may be purged. Only a clock that was set back asks about such a token.
    Forgotten,
}

impl Listed {
    /// `since` is when the token was listed, if it was. Entries that ended by `forgotten` may be gone from the list.
    pub(super) fn of(since: Option<Timestamp>, expires_at: Option<Timestamp>, forgotten: Option<Timestamp>) -> Listed {
        match (since, expires_at.zip(forgotten)) {
            (Some(at), _) => Listed::Since(at),
            (None, Some((expires_at, until))) if end_of(expires_at) <= until => Listed::Forgotten,
            (None, _) => Listed::No,
        }
    }
}

/// Looks up a token. One without `exp` never expires.
pub(crate) fn look_up(db: &Connection, jti: &str, expires_at: Option<Timestamp>) -> rusqlite::Result<Listed> {
    let since = db
        .prepare_cached("SELECT revoked_at_ms FROM revoked_tokens WHERE jti = ?1")?
        .query_row([jti], |row| row.get(0).map(Timestamp))
        .optional()?;
    Ok(Listed::of(since, expires_at, profile::revoked_forgotten_until(db)?))
}

/// Purges at most `limit` expired entries. Returns how many.
pub(crate) fn purge(db: &Connection, settled: Settled, limit: i64) -> rusqlite::Result<usize> {
    let ends = db
        .prepare_cached(
            "DELETE FROM revoked_tokens WHERE jti IN
             (SELECT jti FROM revoked_tokens WHERE forget_after_ms < ?1 ORDER BY forget_after_ms LIMIT ?2)
             RETURNING forget_after_ms",
        )?
        .query_map(params![settled.at().0, limit], |row| row.get(0).map(Timestamp))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if let Some(last) = ends.iter().max() {
        profile::forget_revoked_until(db, *last)?;
    }
    Ok(ends.len())
}

/// The end of the last second in which a token is valid.
fn end_of(expires_at: Timestamp) -> Timestamp {
    Timestamp(expires_at.0.saturating_add(1000))
}

/// A page of the list; the entries that leave it first come first.
pub(crate) fn page(db: &Connection, after: Option<&Cursor>, most: u32) -> rusqlite::Result<Page<DenyEntry>> {
    let list = List {
        columns: "jti, revoked_at_ms, forget_after_ms,
            (SELECT sid FROM refresh_tokens WHERE access_jti = revoked_tokens.jti LIMIT 1) AS of_session,
            (SELECT username FROM refresh_tokens JOIN sessions USING (sid) JOIN users ON users.id = user_id
                WHERE access_jti = revoked_tokens.jti LIMIT 1) AS of_user",
        from: "revoked_tokens",
        condition: "TRUE",
        values: Vec::new(),
        sort: "forget_after_ms",
        key: "jti",
        descending: false,
    };
    list.page(db, after, most, |row| {
        Ok(DenyEntry {
            jti: row.get(0)?,
            revoked_at: Timestamp(row.get(1)?),
            leaves_at: Timestamp(row.get(2)?),
            sid: row.get(3)?,
            username: row.get(4)?,
        })
    })
}

/// The number of entries.
pub(crate) fn count(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT count(*) FROM revoked_tokens", [], |row| row.get(0))
}
