//! The profile itself: one row.

use crate::clock::Timestamp;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE profile (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;";

pub(crate) fn insert(db: &Connection, id: &str, at: Timestamp) -> rusqlite::Result<()> {
    db.execute("INSERT INTO profile (only_row, id, created_at_ms) VALUES (1, ?1, ?2)", params![id, at.0]).map(drop)
}

/// The profile's own random name: what its entries in the keyring start with.
pub(crate) fn id(db: &Connection) -> rusqlite::Result<String> {
    db.query_row("SELECT id FROM profile", [], |row| row.get(0))
}
