//! What the store promises its readers and writers.

mod faults;
mod lists;
mod migrations;

use super::*;
use crate::{
    clock::Timestamp,
    records::{EventKind, NewEvent},
};

#[test]
fn a_full_disk_leaves_no_half_state_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("workbench.db"), Timestamp(0), "id").unwrap();
    let limit =
        |pages: i64| store.lock().query_row(&format!("PRAGMA max_page_count={pages}"), [], |row| row.get::<_, i64>(0));
    let free = limit(1_000_000).unwrap();
    let pages: i64 = store.read(|db| db.query_row("PRAGMA page_count", [], |row| row.get(0))).unwrap();
    limit(pages).unwrap();

    let fill = || {
        store.write(|tx| {
            (0..200).try_for_each(|n| {
                let long = "x".repeat(500);
                events::record(tx, Timestamp(n), &NewEvent::of(EventKind::SignedIn).sid(&long))
            })
        })
    };
    assert!(matches!(fill(), Err(StoreError::Full { .. })));
    let count = || store.read(|db| db.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0)));
    assert_eq!(count().unwrap(), 0, "nothing was saved by half");

    limit(free).unwrap();
    fill().unwrap();
    assert_eq!(count().unwrap(), 200, "and it works again when there is room");
}

#[test]
fn a_refusal_keeps_what_it_wrote_and_a_failure_keeps_nothing() {
    #[derive(Debug, PartialEq)]
    enum No {
        Refused,
        Store(StoreError),
    }
    impl From<StoreError> for No {
        fn from(error: StoreError) -> Self {
            Self::Store(error)
        }
    }
    let store = Store::in_memory(Timestamp(0), "id").unwrap();
    let count = || store.read(|db| db.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0)));
    let record = |tx: &Tx<'_>| events::record(tx, Timestamp(0), &NewEvent::of(EventKind::SignedIn));
    let refused = store.decide(|tx| {
        record(tx)?;
        Err::<(), _>(Stop::Refused(No::Refused))
    });
    assert_eq!((refused, count().unwrap()), (Err(No::Refused), 1));
    let failed = store.decide(|tx| {
        record(tx)?;
        Ok(tx.execute("INSERT INTO no_such_table VALUES (1)", [])?)
    });
    assert!(matches!(failed, Err(No::Store(StoreError::Failed { .. }))), "{failed:?}");
    assert_eq!(count().unwrap(), 1);
}

#[test]
fn the_version_moves_with_own_writes_and_with_those_of_another_connection() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workbench.db");
    let one = Store::open(&file, Timestamp(0), "id").unwrap();
    let other = Store::open(&file, Timestamp(0), "id").unwrap();
    let record = |store: &Store| {
        store.write(|tx| events::record(tx, Timestamp(0), &NewEvent::of(EventKind::SignedIn))).unwrap();
    };
    let before = one.version().unwrap();
    assert_eq!(before, one.version().unwrap());
    record(&one);
    let own = one.version().unwrap();
    assert_ne!(before, own);
    record(&other);
    assert_ne!(own, one.version().unwrap());
}

#[test]
fn a_read_does_not_wait_for_a_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("workbench.db"), Timestamp(0), "id").unwrap();
    let count = || store.read(|db| db.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0)));
    store
        .write(|tx| {
            events::record(tx, Timestamp(0), &NewEvent::of(EventKind::SignedIn))?;
            // Use another thread: SQLite would detect a lock held by this one.
            let seen = std::thread::scope(|scope| scope.spawn(|| count().unwrap()).join().unwrap());
            assert_eq!(seen, 0, "what is not committed is not seen");
            Ok(())
        })
        .unwrap();
    assert_eq!(count().unwrap(), 1);
    assert!(store.read(|db| db.execute("DELETE FROM events", [])).is_err(), "who reads changes nothing");
}
