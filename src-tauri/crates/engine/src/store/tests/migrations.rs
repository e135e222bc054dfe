//! Migrations of older files: complete or not at all, and without losing anything.

use super::faults::{START, allow, dump, dump_of_killed, refuse, temporary};
use crate::{
    Rules,
    rules::KnownRules,
    store::{
        self, Store, StoreError, mark,
        migrate::{APPLICATION_ID, MIGRATIONS},
        settings,
    },
};
use rusqlite::{Connection, types::Value};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    thread,
};

/// A file as an older version left it, with a user and a session.
fn old_file(folder: &Path, version: usize) -> PathBuf {
    let file = folder.join("workbench.db");
    let db = Connection::open(&file).unwrap();
    db.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(())).unwrap();
    let step = |step: &[&str]| step.iter().for_each(|statements| db.execute_batch(statements).unwrap());
    step(MIGRATIONS[0]);
    db.execute_batch(&format!(
        "PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={version};
         INSERT INTO profile VALUES (1, 'id', 0);
         INSERT INTO users VALUES (1, 'alice', '', '', 'hash', 1, 0, NULL);
         INSERT INTO sessions VALUES ('sid', 1, 5, NULL);
         INSERT INTO signing_keys VALUES ('kid', 'access', 'ES256', 'active', NULL, 0);"
    ))
    .unwrap();
    MIGRATIONS[1..version].iter().copied().for_each(step);
    file
}

#[test]
fn a_migration_that_fails_anywhere_leaves_the_old_schema_and_a_copy_of_it() {
    fail_migration_everywhere(1, 30);
    fail_migration_everywhere(3, 5);
}

/// Each rule's own setting in version 6, and what it became.
#[test]
fn settings_of_an_older_version_become_rules() {
    let cases = [
        (&[][..], None),
        (&[("clock", "real")], None),
        (&[("rotation", "grace 10")], Some(r#"{"rotation":"grace 10"}"#)),
        (&[("rotation", "grace 999999")], Some(r#"{"rotation":"grace 86400"}"#)),
        (&[("rotation", "grace 0")], Some(r#"{"rotation":"grace 1"}"#)),
        (&[("rotation", "grace x"), ("revocation", "odd"), ("shortest_password_alone", "7"), ("test_key", "no")], None),
        (
            &[("rotation", "none"), ("revocation", "short-lived"), ("shortest_password_alone", "15")],
            Some(r#"{"revocation":"short-lived","rotation":"none","shortest_password_alone":15}"#),
        ),
        (&[("test_key", "published")], Some(r#"{"test_key_published":true}"#)),
    ];
    for (before, after) in cases {
        let folder = temporary();
        let file = old_file(folder.path(), 6);
        let db = Connection::open(&file).unwrap();
        let home = folder.path().canonicalize().unwrap().display().to_string();
        db.execute("UPDATE profile SET life = 'life', home = ?1", [home]).unwrap();
        for (name, value) in before {
            db.execute("INSERT INTO settings VALUES (?1, ?2)", [name, value]).unwrap();
        }
        drop(db);
        mark::Mark::open(&file).unwrap().set(0, "life").unwrap();
        let store = Store::open(&file, START, "fresh").unwrap();
        let kept = store.read(|db| settings::read(db, settings::RULES)).unwrap();
        let kept: Option<serde_json::Value> = kept.map(|kept| serde_json::from_str(&kept).unwrap());
        let changed = after.map(|after| serde_json::from_str::<serde_json::Value>(after).unwrap());
        assert_eq!(kept, changed.map(|changed| json!({"version": 1, "changed": changed})), "{before:?}");
        let rules = KnownRules::new(Rules::default());
        rules.by(kept.map(|kept| kept.to_string()).as_deref()).unwrap();
        let left = ["rotation", "revocation", "shortest_password_alone", "test_key"];
        assert!(left.iter().all(|name| store.read(|db| settings::read(db, name)).unwrap().is_none()), "{before:?}");
    }
}

#[test]
fn sessions_of_an_older_version_are_known_as_signed_in_or_minted() {
    let folder = temporary();
    let file = old_file(folder.path(), 3);
    Connection::open(&file)
        .unwrap()
        .execute_batch(
            "INSERT INTO sessions (sid, user_id, started_at_ms, expires_at_ms)
             VALUES ('minted', 1, 5, 9), ('pair', 1, 5, 9);
             INSERT INTO refresh_tokens
             VALUES (x'00', 'pair', 0, NULL, NULL, 'active', 'r', 'kid', 5, NULL, 'a', 9, NULL);",
        )
        .unwrap();
    let store = Store::open(&file, START, "id").unwrap();
    let kinds = store.read(|db| {
        let mut select = db.prepare("SELECT sid, kind FROM sessions")?;
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<BTreeMap<String, String>, _>>()
    });
    let kinds = kinds.unwrap();
    let expected = [("minted", "minted"), ("pair", "sign_in"), ("sid", "sign_in")];
    assert_eq!(kinds, expected.map(|(sid, kind)| (sid.to_owned(), kind.to_owned())).into());
}

/// The mark still matches the file: a migration makes no copy and ends nothing.
#[test]
fn a_migration_of_a_marked_profile_begins_no_new_life() {
    for version in 4..MIGRATIONS.len() {
        let folder = temporary();
        let file = old_file(folder.path(), version);
        let home = folder.path().canonicalize().unwrap().display().to_string();
        let db = Connection::open(&file).unwrap();
        db.execute("UPDATE profile SET life = 'life', home = ?1", [home]).unwrap();
        drop(db);
        mark::Mark::open(&file).unwrap().set(0, "life").unwrap();
        let store = Store::open(&file, START, "fresh").unwrap();
        let (ended, restores) = store
            .read(|db| {
                let ended = db.query_row("SELECT ended_at_ms FROM sessions", [], |row| row.get::<_, Option<i64>>(0))?;
                Ok((ended, db.query_row("SELECT count(*) FROM restores", [], |row| row.get::<_, i64>(0))?))
            })
            .unwrap();
        assert_eq!((ended, restores), (None, 0), "from version {version}");
    }
}

/// Rows as the previous version wrote them, and what each became.
#[test]
fn events_of_an_older_version_become_data() {
    let old = [
        ("signed_in", "SID", r#"{"sid":"SID"}"#),
        ("session_ended", "SID", r#"{"sid":"SID"}"#),
        ("session_ended", "all 3", r#"{"detail":{"sessions":3}}"#),
        ("token_revoked", "JTI", r#"{"jti":"JTI"}"#),
        ("key_retired", "KID", r#"{"kid":"KID"}"#),
        ("refreshed", "session SID, generation 12", r#"{"sid":"SID","generation":12}"#),
        (
            "refresh_replayed",
            "session SID, token JTI, generation 4, used 77 s before",
            r#"{"sid":"SID","jti":"JTI","generation":4,"detail":{"used_seconds_ago":77}}"#,
        ),
        ("sign_in_refused", "wrong password", r#"{"detail":{"reason":"wrong_password"}}"#),
        ("user_created", "alice", "{}"),
        ("user_scopes_changed", "items:read users:admin", r#"{"detail":{"scopes":["items:read","users:admin"]}}"#),
        ("recovery_code_used", "9 left", r#"{"detail":{"left":9}}"#),
        ("clock_set", "shifted -90000", r#"{"detail":{"clock":"shifted","ms":-90000}}"#),
        ("clock_set", "real", r#"{"detail":{"clock":"real"}}"#),
        ("policy_changed", "rotation grace 10", r#"{"detail":{"note":"rotation grace 10"}}"#),
        ("policy_saved", "a \"b\"", r#"{"detail":{"name":"a \"b\""}}"#),
        ("user_scopes_changed", "a\\b", r#"{"detail":{"note":"a\\b"}}"#),
        (
            "token_signed",
            "key KID, subject \"eve\", by hand",
            r#"{"kid":"KID","detail":{"note":"key KID, subject \"eve\", by hand"}}"#,
        ),
        ("refreshed", "odd", r#"{"detail":{"note":"odd"}}"#),
    ];
    let folder = temporary();
    let file = old_file(folder.path(), 4);
    let db = Connection::open(&file).unwrap();
    for (kind, subject, _) in old {
        db.execute("INSERT INTO events (at_ms, kind, subject) VALUES (0, ?1, ?2)", [kind, subject]).unwrap();
    }
    drop(db);
    // Without its mark the file is a copy too: that adds the last event.
    let store = Store::open(&file, START, "id").unwrap();
    let events = store.read(|db| store::events::after(db, 0, 100)).unwrap();
    for (event, (kind, subject, expected)) in events.iter().zip(old) {
        let mut found = json!({
            "sid": event.sid, "jti": event.jti, "kid": event.kid, "generation": event.generation, "detail": event.detail,
        });
        found.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        assert_eq!((event.kind.as_str(), found), (kind, expected), "{subject}");
    }
}

fn fail_migration_everywhere(version: usize, least: usize) {
    const WORKERS: usize = 4;
    // Side by side, because each waits for the disk most of the time.
    thread::scope(|scope| {
        for first in 1..=WORKERS {
            scope.spawn(move || {
                let succeeded = (first..).step_by(WORKERS).find(|&n| !fails_at(version, n)).unwrap();
                assert!(succeeded > least, "only {} actions were refused", succeeded - 1);
            });
        }
    });
}

/// Refuses the migration's action `n`, if it has so many, and checks what that leaves.
fn fails_at(version: usize, n: usize) -> bool {
    let copy = format!("workbench.v{version}.db");
    // Keep them apart: side by side, one would be a copied profile of the other.
    let (folder, elsewhere) = (temporary(), temporary());
    let killed = tempfile::tempdir_in(elsewhere.path()).unwrap();
    let file = old_file(folder.path(), version);
    let old = dump(&Connection::open(&file).unwrap());
    let mut connection = Connection::open(&file).unwrap();
    refuse(&mut connection, n, folder.path(), killed.path());
    let (mark, here) = (mark::Mark::open(&file).unwrap(), store::life::Here { file: &file, fresh: "life" });
    let opened = Store::open_on(connection, &file, mark, &here, START);
    let copy = folder.path().join(&copy);
    let Err(error) = opened else {
        let store = opened.unwrap();
        allow(&mut store.lock());
        let new = store.read(|db| Ok(dump(db))).unwrap();
        assert_eq!(new["pragma_user_version"], [[Value::Integer(MIGRATIONS.len() as i64)]]);
        assert_eq!((new["users"].len(), new["sessions"].len(), new["signing_keys"].len()), (1, 1, 1));
        let second = "INSERT INTO signing_keys (kid, purpose, algorithm, state, created_at_ms)
                      VALUES ('other', 'access', 'ES256', 'active', 0)";
        assert!(store.lock().execute(second, []).is_err(), "one key of a purpose signs");
        assert_eq!(dump(&Connection::open(copy).unwrap()), old, "and the old file is kept");
        return false;
    };
    assert!(matches!(error, StoreError::Failed { .. } | StoreError::Damaged { .. }), "action {n}: {error:?}");
    for (dump, how) in [(dump(&Connection::open(&file).unwrap()), "failed"), (dump_of_killed(killed.path()), "killed")]
    {
        let is_new = dump["pragma_user_version"] == [[Value::Integer(MIGRATIONS.len() as i64)]];
        let is_whole = (dump["users"].len(), dump["sessions"].len()) == (1, 1);
        assert!(dump == old || (is_new && is_whole), "{how} at action {n}: never between two schemas");
    }
    // Alternate between the two: nearly all of the time goes into the disk.
    let folder = if n.is_multiple_of(2) { folder.path() } else { killed.path() };
    let copy = folder.join(&copy);
    // Under its final name the copy is complete, wherever the process was killed.
    assert!(!copy.exists() || dump(&Connection::open(copy).unwrap()) == old, "action {n}: half a copy");
    let store = Store::open(&folder.join("workbench.db"), START, "other").unwrap();
    let id = store.read(store::profile::id).unwrap();
    // The killed process's files are in another folder, so they may be recognised as the copy they are.
    let is_same = id == "id" || folder == killed.path();
    assert!(is_same, "action {n}: the same call succeeds, in this process and after a kill");
    true
}

#[test]
fn what_an_earlier_migration_kept_is_replaced_by_what_this_one_finds() {
    let folder = temporary();
    let file = old_file(folder.path(), 3);
    let (kept, part) = (folder.path().join("workbench.v3.db"), folder.path().join("workbench.v3.db.part"));
    fs::write(&kept, "half a copy, from a program that was killed").unwrap();
    fs::write(&part, "and half of another").unwrap();
    let old = dump(&Connection::open(&file).unwrap());
    drop(Store::open(&file, START, "life").unwrap());
    assert_eq!(dump(&Connection::open(&kept).unwrap()), old);
    assert!(!part.exists());
}
