//! The events. Written only together with what they tell of.

use crate::{
    clock::Timestamp,
    events::{Event, EventKind},
};
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

/// Nobody asks for one user's events, and every change would pay for the index.
pub(crate) const SCHEMA_2: &str = "
DROP INDEX events_by_user;";

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

/// The newest events, the newest first.
pub(crate) fn latest(db: &Connection, most: u32) -> rusqlite::Result<Vec<Event>> {
    db.prepare_cached(
        "SELECT at_ms, kind, username, subject FROM events LEFT JOIN users ON users.id = user_id
         ORDER BY events.id DESC LIMIT ?1",
    )?
    .query_map([most], |row| {
        Ok(Event { at: Timestamp(row.get(0)?), kind: row.get(1)?, username: row.get(2)?, subject: row.get(3)? })
    })?
    .collect()
}

/// The number of the newest event; 0 if there is none.
pub(crate) fn newest(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(id), 0) FROM events")?.query_row([], |row| row.get(0))
}

/// Lets the next event have a number above `mark`.
pub(crate) fn skip_to(
    db: &Connection,
    mark: i64,
    at: Timestamp,
    kind: EventKind,
    subject: &str,
) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO events (id, at_ms, kind, subject) VALUES (?1, ?2, ?3, ?4)",
        params![mark.saturating_add(1), at.0, kind.as_str(), subject],
    )
    .map(drop)
}
