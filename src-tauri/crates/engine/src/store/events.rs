//! The events. Each is written in the same transaction as the change it records.

use super::paging::{List, has_words};
use crate::{
    clock::Timestamp,
    paging::{Cursor, Page},
    records::{Event, EventCounts, EventKind, EventQuery, EventsOf, NewEvent, Source, UNKNOWN_SOURCE},
};
use rusqlite::{Connection, OptionalExtension, Row, functions::FunctionFlags, params, params_from_iter, types::Value};
use std::collections::BTreeMap;

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    subject TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_user ON events (user_id, id);";

/// At that version nobody listed one user's events, and the index slowed down every change.
pub(crate) const SCHEMA_2: &str = "
DROP INDEX events_by_user;";

/// For trimming the refused sign-ins, which strangers can cause.
pub(crate) const SCHEMA_4: &str = "
CREATE INDEX events_of_refused_sign_ins ON events (id) WHERE kind = 'sign_in_refused';";

/// Until this version an event's subject was a single text. Splits each kind's text into the new columns, and keeps
/// what does not parse as a note.
pub(crate) const SCHEMA_5: &str = "
ALTER TABLE events ADD COLUMN sid TEXT;
ALTER TABLE events ADD COLUMN jti TEXT;
ALTER TABLE events ADD COLUMN kid TEXT;
ALTER TABLE events ADD COLUMN generation INTEGER;
ALTER TABLE events ADD COLUMN detail TEXT;
UPDATE events SET sid = subject WHERE kind IN ('signed_in', 'token_minted');
UPDATE events SET sid = subject WHERE kind = 'session_ended' AND subject NOT LIKE 'all %';
UPDATE events SET detail = json_object('sessions', CAST(substr(subject, 5) AS INTEGER))
    WHERE kind = 'session_ended' AND subject LIKE 'all %';
UPDATE events SET jti = subject WHERE kind = 'token_revoked';
UPDATE events SET kid = subject WHERE kind IN ('key_created', 'key_imported', 'key_activated', 'key_retiring',
    'key_retired', 'key_exported', 'key_proven');
UPDATE events SET kid = substr(subject, 5, instr(subject, ', ') - 5), detail = json_object('note', subject)
    WHERE kind = 'token_signed' AND subject LIKE 'key %, %';
UPDATE events SET sid = substr(subject, 9, instr(subject, ',') - 9),
    generation = CAST(substr(subject, instr(subject, ', generation ') + 13) AS INTEGER)
    WHERE kind IN ('refreshed', 'refresh_forgiven') AND subject LIKE 'session %, generation %';
UPDATE events SET sid = substr(subject, 9, instr(subject, ', token ') - 9),
    jti = substr(subject, instr(subject, ', token ') + 8,
        instr(subject, ', generation ') - instr(subject, ', token ') - 8),
    generation = CAST(substr(subject, instr(subject, ', generation ') + 13) AS INTEGER),
    detail = json_object('used_seconds_ago', CAST(substr(subject, instr(subject, ', used ') + 7) AS INTEGER))
    WHERE kind = 'refresh_replayed' AND subject LIKE 'session %, token %, generation %, used % s before';
UPDATE events SET detail = json_object('reason', replace(subject, ' ', '_'))
    WHERE kind IN ('sign_in_refused', 'second_factor_refused');
UPDATE events SET detail = json_object('left', CAST(subject AS INTEGER)) WHERE kind = 'recovery_code_used';
UPDATE events SET detail = json_object('fingerprint', subject) WHERE kind = 'data_key_created';
UPDATE events SET detail = json_object('place', subject) WHERE kind = 'vault_chosen';
UPDATE events SET detail = CASE
    WHEN subject LIKE 'shifted %' THEN json_object('clock', 'shifted', 'ms', CAST(substr(subject, 9) AS INTEGER))
    WHEN subject LIKE 'frozen %' THEN json_object('clock', 'frozen', 'at_ms', CAST(substr(subject, 8) AS INTEGER))
    ELSE json_object('clock', subject) END WHERE kind = 'clock_set';
UPDATE events SET detail = json_object('scopes', json('[\"' || replace(subject, ' ', '\",\"') || '\"]'))
    WHERE kind = 'user_scopes_changed' AND subject <> '' AND instr(subject, '\"') = 0
        AND instr(subject, '\\') = 0;
UPDATE events SET detail = json_object('name', subject) WHERE kind IN ('policy_saved', 'policy_deleted');
UPDATE events SET detail = json_object('note', subject)
    WHERE coalesce(sid, jti, kid, detail) IS NULL AND subject <> '' AND kind NOT IN ('user_created', 'user_activated',
    'user_deactivated', 'second_factor_due', 'failures_reset', 'password_changed', 'hash_upgraded',
    'second_factor_begun', 'second_factor_confirmed', 'second_factor_removed', 'second_factor_lapsed',
    'recovery_codes_replaced');
ALTER TABLE events DROP COLUMN subject;
CREATE INDEX events_by_user ON events (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX events_by_session ON events (sid, id) WHERE sid IS NOT NULL;
CREATE INDEX events_by_key ON events (kid, id) WHERE kid IS NOT NULL;";

/// What each event came through; unknown for those already written.
pub(crate) const SCHEMA_11: &str = "
ALTER TABLE events ADD COLUMN source TEXT;";

/// How many events are kept: refused sign-ins, which anyone can cause, and all others.
const KEPT_REFUSALS: i64 = 10_000;
const KEPT: i64 = 100_000;

/// Old events are deleted each time this many new ones were written.
const FORGOTTEN_EVERY: i64 = 1_000;

/// Writes one event.
pub(crate) fn record(db: &Connection, at: Timestamp, event: &NewEvent<'_>) -> rusqlite::Result<()> {
    insert(db, None, at, event)?;
    if db.last_insert_rowid() % FORGOTTEN_EVERY == 0 { forget(db, KEPT_REFUSALS, KEPT) } else { Ok(()) }
}

/// Defines what the events come through that this connection writes from now on.
pub(super) fn write_through(connection: &Connection, source: Option<Source>) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    let name = source.map(Source::as_str);
    connection.create_scalar_function(c"written_through", 0, flags, move |_| Ok(name))
}

fn insert(db: &Connection, id: Option<i64>, at: Timestamp, event: &NewEvent<'_>) -> rusqlite::Result<()> {
    let NewEvent { kind, user, sid, jti, kid, generation, detail } = event;
    let detail = detail.as_ref().map(ToString::to_string);
    db.prepare_cached(
        "INSERT INTO events (id, at_ms, kind, user_id, sid, jti, kid, generation, detail, source)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, written_through())",
    )?
    .execute(params![id, at.0, kind.as_str(), user, sid, jti, kid, generation, detail])
    .map(drop)
}

/// Deletes the oldest events, by number instead of age: a clock that was wrong for a day must not empty the list. The
/// newest event always stays, so that numbers only increase. Refused sign-ins are counted separately, so that nobody
/// can push out other events by failing to sign in.
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

/// The time of the newest event; `None` if there are no events.
pub(crate) fn newest_at(db: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    db.query_row("SELECT at_ms FROM events ORDER BY id DESC LIMIT 1", [], |row| row.get(0).map(Timestamp)).optional()
}

const COLUMNS: &str = "events.id, at_ms, kind, username, sid, jti, kid, generation, detail, source";
const FROM: &str = "events LEFT JOIN users ON users.id = user_id";

/// The place last chosen for the keys; `None` if none was ever chosen.
pub(crate) fn last_place(db: &Connection) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT detail ->> 'place' FROM events WHERE kind = 'vault_chosen' ORDER BY id DESC LIMIT 1";
    Ok(db.query_row(sql, [], |row| row.get(0)).optional()?.flatten())
}

/// A page of events, newest first. Events of one kind are found by scanning: there are not many more than [`KEPT`], and
/// an index would slow down every change.
pub(crate) fn page(
    db: &Connection,
    of: EventsOf<'_>,
    after: Option<&Cursor>,
    most: u32,
) -> rusqlite::Result<Page<Event>> {
    let (condition, value) = about(of);
    let list = List {
        columns: COLUMNS,
        from: FROM,
        condition,
        values: value.map(|text| Value::Text(text.to_owned())).into_iter().collect(),
        sort: "events.id",
        key: "events.id",
        descending: true,
    };
    list.page(db, after, most, read)
}

/// The condition of these events, and the value of its `?1`.
fn about(of: EventsOf<'_>) -> (&'static str, Option<&str>) {
    match of {
        EventsOf::All => ("TRUE", None),
        EventsOf::User(username) => ("user_id = (SELECT id FROM users WHERE username = ?1)", Some(username)),
        EventsOf::Session(sid) => ("sid = ?1", Some(sid)),
        EventsOf::Key(kid) => ("kid = ?1", Some(kid)),
        EventsOf::Kind(kind) => ("kind = ?1", Some(kind.as_str())),
    }
}

/// The condition and values of a query without its group and source: those of its subject first, then the text.
fn matching(query: &EventQuery) -> (String, Vec<Value>) {
    let (of, value) = about(query.subject.of());
    let mut values: Vec<Value> = value.map(|text| Value::Text(text.to_owned())).into_iter().collect();
    if query.text.is_empty() {
        return (of.to_owned(), values);
    }
    values.push(Value::Text(query.text.clone()));
    let words =
        has_words(&["replace(kind, '_', ' ')", "username", "sid", "jti", "kid", "replace(detail, '_', ' ')", "source"]);
    (format!("{of} AND {}", words.replace("?1", &format!("?{}", values.len()))), values)
}

/// A page of the events that a query lists, newest first. Those of a group or a source are found by scanning, as those
/// of one kind.
pub(crate) fn listed(db: &Connection, query: &EventQuery) -> rusqlite::Result<Page<Event>> {
    let (mut condition, mut values) = matching(query);
    if let Some(group) = query.group {
        let kinds = EventKind::ALL.iter().filter(|kind| kind.groups().contains(&group));
        let kinds: Vec<String> = kinds.map(|kind| format!("'{}'", kind.as_str())).collect();
        condition += &format!(" AND kind IN ({})", kinds.join(", "));
    }
    match query.source.as_deref() {
        None => {}
        Some(UNKNOWN_SOURCE) => condition += " AND source IS NULL",
        Some(source) => {
            values.push(Value::Text(source.to_owned()));
            condition += &format!(" AND source = ?{}", values.len());
        }
    }
    let list = List {
        columns: COLUMNS,
        from: FROM,
        condition: &condition,
        values,
        sort: "events.id",
        key: "events.id",
        descending: true,
    };
    list.page(db, query.after.as_ref(), query.most, read)
}

/// How many events a query lists and finds, of all in the profile.
pub(crate) fn count(db: &Connection, query: &EventQuery) -> rusqlite::Result<EventCounts> {
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let all = db.prepare_cached("SELECT count(*) FROM events")?.query_row([], |row| row.get(0).map(number))?;
    let (matching, values) = matching(query);
    let sql = format!("SELECT kind, coalesce(source, ''), count(*) FROM {FROM} WHERE {matching} GROUP BY 1, 2");
    let mut counted = db.prepare_cached(&sql)?;
    let mut rows = counted.query(params_from_iter(&values))?;
    let (mut listed, mut found) = (0, 0);
    let (mut of_groups, mut of_sources) = (BTreeMap::new(), BTreeMap::new());
    while let Some(row) = rows.next()? {
        let (kind, source, count): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let count = number(count);
        // A kind of another version of this program belongs to no group.
        let groups = EventKind::ALL.iter().find(|one| one.as_str() == kind).map(|kind| kind.groups());
        let groups = groups.unwrap_or_default();
        let in_group = query.group.is_none_or(|wanted| groups.contains(&wanted));
        if query.source.as_ref().is_none_or(|wanted| *wanted == source) {
            found += count;
            listed += if in_group { count } else { 0 };
            for group in groups {
                *of_groups.entry(*group).or_default() += count;
            }
        }
        if in_group {
            *of_sources.entry(source).or_default() += count;
        }
    }
    let (groups, sources) = (of_groups.into_iter().collect(), of_sources.into_iter().collect());
    Ok(EventCounts { all, listed, found, groups, sources })
}

/// The latest events of a user that are attempts to sign in, or that forgot their failures, newest first.
pub(crate) fn attempts_of(db: &Connection, user: i64, most: u32) -> rusqlite::Result<Vec<Event>> {
    let list = List {
        columns: COLUMNS,
        from: FROM,
        condition: "events.user_id = ?1 AND kind IN ('sign_in_refused', 'signed_in', 'second_factor_due',
            'recovery_code_used', 'failures_reset', 'password_changed')",
        values: vec![Value::Integer(user)],
        sort: "events.id",
        key: "events.id",
        descending: true,
    };
    list.page(db, None, most, read).map(|page| page.rows)
}

/// The events after the one with this number, oldest first.
pub(crate) fn after(db: &Connection, id: i64, most: u32) -> rusqlite::Result<Vec<Event>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM {FROM} WHERE events.id > ?1 ORDER BY events.id LIMIT ?2"))?
        .query_map(params![id, most], read)?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    let detail: Option<String> = row.get(8)?;
    Ok(Event {
        id: row.get(0)?,
        at: Timestamp(row.get(1)?),
        kind: row.get(2)?,
        username: row.get(3)?,
        sid: row.get(4)?,
        jti: row.get(5)?,
        kid: row.get(6)?,
        generation: row.get(7)?,
        detail: detail.and_then(|text| serde_json::from_str(&text).ok()),
        source: row.get(9)?,
    })
}

/// The number of the newest event; 0 if there are none.
pub(crate) fn newest(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(id), 0) FROM events")?.query_row([], |row| row.get(0))
}

/// Writes one event with a number above `mark`.
pub(crate) fn record_above(db: &Connection, mark: i64, at: Timestamp, event: &NewEvent<'_>) -> rusqlite::Result<()> {
    insert(db, Some(mark.saturating_add(1)), at, event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        records::{EventKind, Reason},
        store::Store,
    };

    #[test]
    fn events_are_bounded_and_knocking_pushes_out_nothing_but_older_knocks() {
        let store = Store::in_memory(Timestamp(0), "id").unwrap();
        let revoked = NewEvent::of(EventKind::TokenRevoked).jti("jti");
        let knock = NewEvent::refusal(EventKind::SignInRefused, None, Reason::UnknownUser);
        let count = |kind: &str| {
            store
                .read(|db| db.query_row("SELECT count(*) FROM events WHERE kind = ?1", [kind], |row| row.get(0)))
                .unwrap()
        };
        store
            .write(|tx| {
                for n in 0..50 {
                    record(tx, Timestamp(n), &revoked)?;
                }
                for n in 0..500 {
                    record(tx, Timestamp(n), &knock)?;
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
        store.write(|tx| record(tx, Timestamp(0), &revoked)).unwrap();
        assert!(store.read(newest).unwrap() > before);
    }

    #[test]
    fn old_events_are_forgotten_while_new_ones_are_written() {
        let store = Store::in_memory(Timestamp(0), "id").unwrap();
        let knock = NewEvent::refusal(EventKind::SignInRefused, None, Reason::UnknownUser);
        let knocks = KEPT_REFUSALS + 2 * FORGOTTEN_EVERY;
        store.write(|tx| (0..knocks).try_for_each(|n| record(tx, Timestamp(n), &knock))).unwrap();
        let count: i64 = store.read(|db| db.query_row("SELECT count(*) FROM events", [], |row| row.get(0))).unwrap();
        assert!((KEPT_REFUSALS..KEPT_REFUSALS + FORGOTTEN_EVERY).contains(&count), "{count}");
    }
}
