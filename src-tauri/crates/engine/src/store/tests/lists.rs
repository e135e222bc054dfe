//! The cost of a page of a long list: a fixed number of statements, and work only for its own rows.

use super::*;
use crate::{
    clock::Timestamp,
    paging::Page,
    records::{EventsOf, SessionQuery, UserQuery, UserSort},
    store::paging::FILTERS_READ,
};
use rusqlite::{
    StatementStatus,
    trace::{TraceEvent, TraceEventCodes},
};
use std::{collections::HashMap, sync::Arc};

const USERS: usize = 10_000;
const NOW: Timestamp = Timestamp(1_000_000);
const IDLE: i64 = 86_400_000;
const LIMITS: users::Limits =
    users::Limits { now: NOW, idle: IDLE, enrollment: 600_000, computer: NOW, most_failures: 100 };

/// Ten thousand users, each with scopes, sessions and events.
fn with_many() -> Store {
    let store = Store::in_memory(Timestamp(0), "id").unwrap();
    let fill = format!(
        "CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {USERS})
             SELECT i FROM n;
         INSERT INTO users (id, username, display_name, email, password_hash, active, created_at_ms, last_sign_in_at_ms)
             SELECT i, printf('user-%05d', i * 7919 % 10007), 'Number ' || i, '', '', i % 5 > 0, i * 31 % 9973,
                 CASE i % 3 WHEN 0 THEN NULL ELSE i * 17 % 9967 END FROM n;
         INSERT INTO user_scopes SELECT i, name FROM n, scopes WHERE name LIKE 'items:%';
         INSERT INTO sessions (sid, user_id, started_at_ms, last_used_at_ms, expires_at_ms, ended_at_ms)
             SELECT 's' || k || '-' || i, i, i * 13 % 9949, 0, 9000000, CASE k WHEN 1 THEN 5 END
             FROM n, (SELECT 1 AS k UNION SELECT 2 UNION SELECT 3);
         INSERT INTO events (at_ms, kind, user_id, sid, kid)
             SELECT i, 'signed_in', i % 7 + 1, 's1-' || (i % 9 + 1), 'k' || (i % 11) FROM n;
         DROP TABLE n;"
    );
    store.write(|tx| tx.execute_batch(&fill)).unwrap();
    store
}

/// The statements that `work` runs, each with the number of SQLite VM steps it took.
fn cost<T>(store: &Store, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> (T, Vec<(String, i32)>) {
    let mut db = store.lock();
    let ran = Arc::new(Mutex::new(Vec::new()));
    let note = {
        let ran = Arc::clone(&ran);
        move |event: TraceEvent<'_>| {
            if let TraceEvent::Profile(statement, _) = event {
                let steps = statement.get_status(StatementStatus::VmStep);
                ran.lock().unwrap().push((statement.sql().into_owned(), steps));
            }
        }
    };
    db.flush_prepared_statement_cache();
    db.trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(note)).unwrap();
    let done = work(&db).unwrap();
    db.trace_v2(TraceEventCodes::empty(), None::<fn(TraceEvent<'_>)>).unwrap();
    let ran = ran.lock().unwrap().clone();
    (done, ran)
}

#[test]
fn a_page_of_ten_thousand_users_is_two_statements_and_costs_its_own_rows() {
    let store = with_many();
    for sort in [UserSort::Username, UserSort::Created, UserSort::LastSignIn, UserSort::Active] {
        for descending in [false, true] {
            let mut query = UserQuery { sort, descending, most: 200, ..UserQuery::default() };
            let mut seen = HashMap::new();
            loop {
                let ((page, counts), ran) = cost(&store, |db| users::page(db, &query, LIMITS));
                let [_, (sql, steps)] = &ran[..] else { panic!("{ran:?}") };
                assert!(*steps < 200 * 1_000, "{sort:?} {descending}, after {}: {steps} steps of {sql}", seen.len());
                assert_eq!((counts.all, counts.found), (USERS as u64, USERS as u64));
                for row in page.rows {
                    assert_eq!((row.active_sessions, row.user.scopes.len()), (2, 2));
                    assert_eq!(seen.insert(row.user.username.to_string(), ()), None, "{sort:?} {descending}");
                }
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len(), USERS, "{sort:?} {descending}");
        }
    }
    let filtered = UserQuery { text: "number 77 items".into(), most: 200, ..UserQuery::default() };
    let ((page, counts), ran) = cost(&store, |db| users::page(db, &filtered, LIMITS));
    assert_eq!((page.rows.len(), ran.len()), (200, 2));
    assert!((200..1_000).contains(&counts.found), "{counts:?}");
}

#[test]
fn a_page_of_many_sessions_or_events_costs_its_own_rows() {
    let store = with_many();
    let query = SessionQuery { descending: true, most: 200, ..SessionQuery::default() };
    let ((page, counts), ran) = cost(&store, |db| sessions::page(db, &query, NOW, IDLE));
    assert_eq!((page.rows.len(), counts.all, counts.active), (200, 30_000, 20_000));
    assert!(ran.len() == 2 && ran[1].1 < 200 * 200, "{ran:?}");
    for of in [EventsOf::All, EventsOf::User("user-07919"), EventsOf::Session("s1-3"), EventsOf::Key("k4")] {
        let mut after = None;
        for _ in 0..4 {
            let (Page { rows, next }, ran) = cost(&store, |db| events::page(db, of, after.as_ref(), 200));
            assert_eq!(rows.len(), 200, "{of:?}");
            assert!(ran.len() == 1 && ran[0].1 < 200 * 100, "{of:?}: {ran:?}");
            after = next;
        }
    }
}

/// What was pasted by mistake into the field of a filter must not hold up every other reader of the database.
#[test]
fn a_long_filter_is_read_once_for_all_rows() {
    let store = with_many();
    for (text, found) in [("user ".repeat(200_000), USERS as u64), ("x".repeat(1_000_000), 0)] {
        let query = UserQuery { text, most: 200, ..UserQuery::default() };
        let before = FILTERS_READ.get();
        let (_, counts) = store.read(|db| users::page(db, &query, LIMITS)).unwrap();
        assert_eq!(counts.found, found);
        // At most once for each place in the two statements.
        let read = FILTERS_READ.get() - before;
        assert!((1..=4).contains(&read), "{read}");
    }
}
