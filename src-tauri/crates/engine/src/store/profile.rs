//! The profile itself: one row.

use crate::clock::Timestamp;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE profile (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;";

pub(crate) const SCHEMA_2: &str = "ALTER TABLE profile ADD COLUMN data_key_fingerprint TEXT;";

pub(crate) fn insert(db: &Connection, id: &str, at: Timestamp) -> rusqlite::Result<()> {
    db.execute("INSERT INTO profile (only_row, id, created_at_ms) VALUES (1, ?1, ?2)", params![id, at.0]).map(drop)
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
