//! The events. Written only together with what they tell of.

use crate::{clock::Timestamp, events::EventKind};
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    subject TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_user ON events (user_id, id);";

/// Writes one event. `subject` names what it is about and never holds a secret.
pub(crate) fn record(
    db: &Connection,
    at: Timestamp,
    kind: EventKind,
    user: Option<i64>,
    subject: &str,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO events (at_ms, kind, user_id, subject) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![at.0, kind.as_str(), user, subject])
        .map(drop)
}
