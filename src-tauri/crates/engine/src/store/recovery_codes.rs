//! The recovery codes: only their hashes, each good once.

use crate::clock::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE recovery_codes (
    hash BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    used_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);";

/// Replaces a user's codes. An empty set leaves the user without any.
pub(crate) fn replace(db: &Connection, user: i64, hashes: &[Vec<u8>]) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1")?.execute([user])?;
    let mut insert = db.prepare_cached("INSERT INTO recovery_codes (hash, user_id) VALUES (?1, ?2)")?;
    hashes.iter().try_for_each(|hash| insert.execute(params![hash, user]).map(drop))
}

/// Uses up a code. Returns `true` to exactly one of any number of callers.
pub(crate) fn use_up(db: &Connection, user: i64, hash: &[u8], now: Timestamp) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "UPDATE recovery_codes SET used_at_ms = ?3 WHERE hash = ?2 AND user_id = ?1 AND used_at_ms IS NULL",
    )?
    .execute(params![user, hash, now.0])
    .map(|changed| changed == 1)
}

/// Uses up every unused code. Returns how many there were.
pub(crate) fn use_up_all(db: &Connection, now: Timestamp) -> rusqlite::Result<usize> {
    db.prepare_cached("UPDATE recovery_codes SET used_at_ms = ?1 WHERE used_at_ms IS NULL")?.execute([now.0])
}

/// When a code was used. The outer `None` means that the user has no such code.
pub(crate) fn used_at(db: &Connection, user: i64, hash: &[u8]) -> rusqlite::Result<Option<Option<Timestamp>>> {
    db.prepare_cached("SELECT used_at_ms FROM recovery_codes WHERE hash = ?2 AND user_id = ?1")?
        .query_row(params![user, hash], |row| Ok(row.get::<_, Option<i64>>(0)?.map(Timestamp)))
        .optional()
}

/// How many unused codes a user has left.
pub(crate) fn left(db: &Connection, user: i64) -> rusqlite::Result<u32> {
    db.prepare_cached("SELECT count(*) FROM recovery_codes WHERE user_id = ?1 AND used_at_ms IS NULL")?
        .query_row([user], |row| row.get(0))
}
