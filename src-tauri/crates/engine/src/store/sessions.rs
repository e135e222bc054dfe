//! The sessions: what a sign-in starts, and what makes its tokens good or not.

use crate::clock::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

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

/// A session's row.
pub(crate) struct Session {
    pub(crate) ended_at: Option<Timestamp>,
}

pub(crate) fn start(db: &Connection, sid: &str, user: i64, now: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO sessions (sid, user_id, started_at_ms) VALUES (?1, ?2, ?3)")?
        .execute(params![sid, user, now.0])
        .map(drop)
}

pub(crate) fn by_sid(db: &Connection, sid: &str) -> rusqlite::Result<Option<Session>> {
    db.prepare_cached("SELECT ended_at_ms FROM sessions WHERE sid = ?1")?
        .query_row([sid], |row| Ok(Session { ended_at: row.get::<_, Option<i64>>(0)?.map(Timestamp) }))
        .optional()
}

/// Ends every session of a user that has not ended yet.
pub(crate) fn end_all_of(db: &Connection, user: i64, now: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE sessions SET ended_at_ms = ?2 WHERE user_id = ?1 AND ended_at_ms IS NULL")?
        .execute(params![user, now.0])
        .map(drop)
}
