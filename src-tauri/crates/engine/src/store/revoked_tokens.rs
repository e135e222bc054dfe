//! The deny list: access tokens that were revoked before they expired, by `jti`; and one-time tokens that were used.

use crate::clock::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE revoked_tokens (
    jti TEXT PRIMARY KEY,
    revoked_at_ms INTEGER NOT NULL,
    forget_after_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_tokens_by_end ON revoked_tokens (forget_after_ms);";

/// How many forgotten entries go with each new one: two, so that the list shrinks while it is in use.
const PURGED_ALONG: i64 = 2;

/// Puts a token on the list until one second after it expires (a token is good to the end of its last second). Says
/// whether it was not there yet.
pub(crate) fn insert(db: &Connection, jti: &str, expires_at: Timestamp, now: Timestamp) -> rusqlite::Result<bool> {
    purge(db, now, PURGED_ALONG)?;
    db.prepare_cached(
        "INSERT INTO revoked_tokens (jti, revoked_at_ms, forget_after_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?
    .execute(params![jti, now.0, expires_at.0.saturating_add(1000)])
    .map(|added| added == 1)
}

/// When a token was revoked, if it was.
pub(crate) fn revoked_at(db: &Connection, jti: &str) -> rusqlite::Result<Option<Timestamp>> {
    db.prepare_cached("SELECT revoked_at_ms FROM revoked_tokens WHERE jti = ?1")?
        .query_row([jti], |row| row.get(0).map(Timestamp))
        .optional()
}

/// Forgets at most `limit` tokens that have expired. Says how many.
pub(crate) fn purge(db: &Connection, now: Timestamp, limit: i64) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "DELETE FROM revoked_tokens WHERE jti IN
         (SELECT jti FROM revoked_tokens WHERE forget_after_ms < ?1 ORDER BY forget_after_ms LIMIT ?2)",
    )?
    .execute(params![now.0, limit])
}

/// How many are on the list.
pub(crate) fn count(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT count(*) FROM revoked_tokens", [], |row| row.get(0))
}
