//! The profile itself: one row.

use crate::clock::{Readings, Timestamp};
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE profile (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;";

pub(crate) const SCHEMA_2: &str = "ALTER TABLE profile ADD COLUMN data_key_fingerprint TEXT;";

/// Three readings of the computer's clock, absent before the first; and when the last of the revoked tokens ended that
/// are forgotten.
pub(crate) const SCHEMA_4: &str = "
ALTER TABLE profile ADD COLUMN oldest_reading_ms INTEGER;
ALTER TABLE profile ADD COLUMN middle_reading_ms INTEGER;
ALTER TABLE profile ADD COLUMN newest_reading_ms INTEGER;
ALTER TABLE profile ADD COLUMN revoked_forgotten_ms INTEGER;";

pub(crate) fn insert(db: &Connection, id: &str, at: Timestamp) -> rusqlite::Result<()> {
    db.execute("INSERT INTO profile (only_row, id, created_at_ms) VALUES (1, ?1, ?2)", params![id, at.0])?;
    keep_readings(db, Readings::new(at))
}

/// The readings of the computer's clock.
pub(crate) fn readings(db: &Connection) -> rusqlite::Result<Readings> {
    db.prepare_cached("SELECT oldest_reading_ms, middle_reading_ms, newest_reading_ms FROM profile")?.query_row(
        [],
        |row| {
            let at = |column: usize| row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp));
            let Readings { oldest, middle, newest } = Readings::NONE;
            Ok(Readings {
                oldest: at(0)?.unwrap_or(oldest),
                middle: at(1)?.unwrap_or(middle),
                newest: at(2)?.unwrap_or(newest),
            })
        },
    )
}

pub(crate) fn keep_readings(db: &Connection, readings: Readings) -> rusqlite::Result<()> {
    let Readings { oldest, middle, newest } = readings;
    db.prepare_cached("UPDATE profile SET oldest_reading_ms = ?1, middle_reading_ms = ?2, newest_reading_ms = ?3")?
        .execute(params![oldest.0, middle.0, newest.0])
        .map(drop)
}

/// When the last of the revoked tokens ended that are forgotten; `None` if every one is still known.
pub(crate) fn revoked_forgotten_until(db: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    db.prepare_cached("SELECT revoked_forgotten_ms FROM profile")?
        .query_row([], |row| Ok(row.get::<_, Option<i64>>(0)?.map(Timestamp)))
}

/// Remembers that revoked tokens which ended by then may be forgotten.
pub(crate) fn forget_revoked_until(db: &Connection, end: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE profile SET revoked_forgotten_ms = max(coalesce(revoked_forgotten_ms, ?1), ?1)")?
        .execute([end.0])
        .map(drop)
}

/// The profile's own random name: what its entries in the keyring start with.
pub(crate) fn id(db: &Connection) -> rusqlite::Result<String> {
    db.query_row("SELECT id FROM profile", [], |row| row.get(0))
}

/// The fingerprint of the key that this profile's secret columns are sealed with; `None` before the first.
pub(crate) fn data_key_fingerprint(db: &Connection) -> rusqlite::Result<Option<String>> {
    db.query_row("SELECT data_key_fingerprint FROM profile", [], |row| row.get(0))
}

/// Puts a fingerprint in the place of `old`, if that still stands there. Says whether it did.
pub(crate) fn replace_data_key_fingerprint(db: &Connection, old: Option<&str>, new: &str) -> rusqlite::Result<bool> {
    db.execute("UPDATE profile SET data_key_fingerprint = ?2 WHERE data_key_fingerprint IS ?1", params![old, new])
        .map(|changed| changed == 1)
}
