//! The events. Written only together with what they tell of.

use crate::{
    clock::Timestamp,
    events::{Event, EventKind},
};
use rusqlite::{Connection, OptionalExtension, params};

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

/// For counting off what strangers can write.
pub(crate) const SCHEMA_4: &str = "
CREATE INDEX events_of_refused_sign_ins ON events (id) WHERE kind = 'sign_in_refused';";

/// How many events are kept: of refused sign-ins, which anybody can cause, and of all others.
const KEPT_REFUSALS: i64 = 10_000;
const KEPT: i64 = 100_000;

/// Old events are forgotten whenever so many new ones came.
const FORGOTTEN_EVERY: i64 = 1_000;

/// Writes one event. `subject` names what it is about and never holds a secret.
pub(crate) fn record(
    db: &Connection,
    at: Timestamp,
    kind: EventKind,
    user: Option<i64>,
    subject: &str,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO events (at_ms, kind, user_id, subject) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![at.0, kind.as_str(), user, subject])?;
    if db.last_insert_rowid() % FORGOTTEN_EVERY == 0 { forget(db, KEPT_REFUSALS, KEPT) } else { Ok(()) }
}

/// Forgets the oldest events. By number, not by age: a clock that was wrong for a day must not empty the list. The newest
/// one always stays, so that numbers only grow. Refused sign-ins are counted off by themselves: nobody pushes the other
/// events out by knocking.
fn forget(db: &Connection, refusals: i64, others: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "DELETE FROM events WHERE kind = 'sign_in_refused' AND id <=
         (SELECT id FROM events WHERE kind = 'sign_in_refused' ORDER BY id DESC LIMIT 1 OFFSET ?1)",
    )?
    .execute([refusals.max(1)])?;
    db.prepare_cached(
        "DELETE FROM events WHERE kind <> 'sign_in_refused' AND id <=
         (SELECT id FROM events WHERE kind <> 'sign_in_refused' ORDER BY id DESC LIMIT 1 OFFSET ?1)",
    )?
    .execute([others.max(1)])
    .map(drop)
}

/// When the newest event was; `None` if there is none.
pub(crate) fn newest_at(db: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    db.query_row("SELECT at_ms FROM events ORDER BY id DESC LIMIT 1", [], |row| row.get(0).map(Timestamp)).optional()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn events_are_bounded_and_knocking_pushes_out_nothing_but_older_knocks() {
        let store = Store::in_memory(Timestamp(0), "id").unwrap();
        let count = |kind: &str| {
            store
                .read(|db| db.query_row("SELECT count(*) FROM events WHERE kind = ?1", [kind], |row| row.get(0)))
                .unwrap()
        };
        store
            .write(|tx| {
                for n in 0..50 {
                    record(tx, Timestamp(n), EventKind::TokenRevoked, None, "jti")?;
                }
                for n in 0..500 {
                    record(tx, Timestamp(n), EventKind::SignInRefused, None, "unknown user")?;
                }
                forget(tx, 100, 60)
            })
            .unwrap();
        let (kept, knocks): (i64, i64) = (count("token_revoked"), count("sign_in_refused"));
        assert_eq!((kept, knocks), (50, 100));
        let before = store.read(newest).unwrap();
        store.write(|tx| forget(tx, 0, 20)).unwrap();
        let (kept, knocks): (i64, i64) = (count("token_revoked"), count("sign_in_refused"));
        assert_eq!((kept, knocks), (20, 1), "and the newest stays");
        assert_eq!(store.read(newest).unwrap(), before, "numbers only grow");
        store.write(|tx| record(tx, Timestamp(0), EventKind::TokenRevoked, None, "jti")).unwrap();
        assert!(store.read(newest).unwrap() > before);
    }

    #[test]
    fn old_events_are_forgotten_while_new_ones_are_written() {
        let store = Store::in_memory(Timestamp(0), "id").unwrap();
        let knocks = KEPT_REFUSALS + 2 * FORGOTTEN_EVERY;
        store
            .write(|tx| {
                (0..knocks).try_for_each(|n| record(tx, Timestamp(n), EventKind::SignInRefused, None, "unknown user"))
            })
            .unwrap();
        let count: i64 = store.read(|db| db.query_row("SELECT count(*) FROM events", [], |row| row.get(0))).unwrap();
        assert!((KEPT_REFUSALS..KEPT_REFUSALS + FORGOTTEN_EVERY).contains(&count), "{count}");
    }
}
