//! Every action of every important transaction made to fail, one after the other; and the process ended at each.
//!
//! SQLite asks an authorizer before each action of a statement. A test refuses the n-th, for every n there is, and
//! copies the files as they are at that moment: what a process that is killed there leaves behind.

use crate::store::{
    self, Store, StoreError, mark,
    migrate::{APPLICATION_ID, MIGRATIONS},
};
use crate::{
    Engine, Policy, Profile,
    clock::{FrozenClock, Timestamp},
    entropy::SeededEntropy,
    keys::KeyError,
    policies::PolicyError,
    refresh::RefreshError,
    secret::{Password, RefreshToken},
    sign_in::{SignIn, SignedIn},
    users::NewUser,
    vault::MemoryVault,
};
use rusqlite::{
    Connection,
    hooks::{AuthAction, AuthContext, Authorization},
    types::Value,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// 2026-11-23 14:30:00 UTC.
const START: Timestamp = Timestamp(1_795_444_200_000);

const PASSWORD: &str = "correct horse battery staple";

/// Every row of every table, the schema's own included, and the version.
type Dump = BTreeMap<String, Vec<Vec<Value>>>;

fn dump(db: &Connection) -> Dump {
    let rows = |query: &str| {
        let mut statement = db.prepare(query).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect());
        rows.unwrap().collect::<rusqlite::Result<Vec<Vec<Value>>>>().unwrap()
    };
    let mut tables: Vec<String> = vec!["sqlite_schema".into(), "pragma_user_version".into()];
    for table in rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
        let [Value::Text(name)] = &table[..] else { panic!("{table:?}") };
        tables.push(name.clone());
    }
    tables.into_iter().map(|table| (table.clone(), rows(&format!("SELECT * FROM {table}")))).collect()
}

/// Refuses the `n`-th action that changes something, counted from 1, and copies the files of `folder` to `killed` then.
fn refuse(db: &mut Connection, n: usize, folder: &Path, killed: &Path) {
    let (folder, killed) = (folder.to_path_buf(), killed.to_path_buf());
    let mut actions = 0;
    let hook = move |context: AuthContext<'_>| {
        if matches!(
            context.action,
            AuthAction::Select | AuthAction::Read { .. } | AuthAction::Function { .. } | AuthAction::Recursive
        ) {
            return Authorization::Allow;
        }
        actions += 1;
        if actions != n {
            return Authorization::Allow;
        }
        copy_files(&folder, &killed);
        Authorization::Deny
    };
    db.authorizer(Some(hook)).unwrap();
}

fn allow(db: &mut Connection) {
    db.authorizer(None::<fn(AuthContext<'_>) -> Authorization>).unwrap();
}

/// All but the shared memory, which a killed process does not leave in a useful state either.
fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let file = entry.unwrap().path();
        if file.is_file() && file.extension().is_some_and(|extension| extension != "db-shm") {
            fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
    }
}

/// What another process finds after this one was killed.
fn dump_of_killed(killed: &Path) -> Dump {
    let db = Connection::open(killed.join("workbench.db")).unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    dump(&db)
}

/// A folder with nothing beside it: a profile of the same id that another test makes there would look like its twin.
struct Temporary {
    folder: PathBuf,
    _parent: TempDir,
}

impl Temporary {
    fn path(&self) -> &Path {
        &self.folder
    }
}

fn temporary() -> Temporary {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("profile");
    std::fs::create_dir(&folder).unwrap();
    Temporary { folder, _parent: parent }
}

fn workbench(folder: &Path) -> Engine {
    let profile = Profile::Folder { name: "faults".parse().unwrap(), folder: folder.to_path_buf() };
    let policy = Policy { bcrypt_cost: 4, ..Policy::default() };
    let (clock, entropy) = (Box::new(FrozenClock::new(START)), Box::new(SeededEntropy::new(1)));
    let engine = Engine::open_with(&profile, policy, clock, entropy, Box::new(MemoryVault::default())).unwrap();
    let (display_name, email) = (String::new(), String::new());
    let password = Password::new(PASSWORD);
    let scopes = vec!["items:read".into()];
    engine.create_user(&NewUser { username: "alice".into(), display_name, email, password, scopes }).unwrap();
    engine.prepare_keys().unwrap();
    engine
}

fn sign_in(engine: &Engine) -> SignedIn {
    match engine.sign_in("alice", &Password::new(PASSWORD), None).unwrap() {
        SignIn::Done(signed_in) => signed_in,
        SignIn::SecondFactorDue { .. } => panic!("alice has no second factor"),
    }
}

fn token(signed_in: &SignedIn) -> &RefreshToken {
    signed_in.refresh_token.as_ref().unwrap()
}

/// Makes `act` fail at each of its actions, on a fresh `arrange` each time, until it meets no more refusal. `act` says
/// whether it did what it was asked; only a failure of the database may keep it from that.
fn fail_everywhere<T>(
    arrange: impl Fn(&Engine) -> T,
    act: impl Fn(&Engine, &T) -> Result<bool, StoreError>,
    least: usize,
) {
    let folder = temporary();
    let engine = workbench(folder.path());
    let now = || engine.store.read(|db| Ok(dump(db))).unwrap();
    for n in 1.. {
        let subject = arrange(&engine);
        let (before, killed) = (now(), temporary());
        refuse(&mut engine.store.lock(), n, folder.path(), killed.path());
        let done = act(&engine, &subject);
        allow(&mut engine.store.lock());
        if done == Ok(true) {
            assert!(n > least, "only {} actions were refused", n - 1);
            assert_ne!(now(), before, "without a refusal it changes something");
            return;
        }
        assert!(matches!(done, Err(StoreError::Failed { .. })), "action {n}: {done:?}");
        assert_eq!(now(), before, "action {n} failed, and nothing of it is there");
        assert_eq!(dump_of_killed(killed.path()), before, "killed at action {n}, and nothing of it is there");
        assert_eq!(act(&engine, &subject), Ok(true), "after action {n} failed, the same call succeeds");
    }
}

fn refreshed(answer: Result<SignedIn, RefreshError>) -> Result<bool, StoreError> {
    match answer {
        Ok(_) => Ok(true),
        Err(RefreshError::Store(error) | RefreshError::Key(KeyError::Store(error))) => Err(error),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_rotation_that_fails_anywhere_did_not_happen() {
    fail_everywhere(sign_in, |engine, signed_in| refreshed(engine.refresh(token(signed_in), None)), 5);
}

#[test]
fn a_sign_in_that_fails_anywhere_did_not_happen() {
    fail_everywhere(
        |_| (),
        |engine, ()| match engine.sign_in("alice", &Password::new(PASSWORD), None) {
            Ok(_) => Ok(true),
            Err(crate::sign_in::SignInError::Store(error)) => Err(error),
            Err(other) => panic!("{other:?}"),
        },
        5,
    );
}

#[test]
fn a_replay_that_fails_anywhere_ends_the_session_the_next_time() {
    let used_up = |engine: &Engine| {
        let first = sign_in(engine);
        engine.refresh(token(&first), None).unwrap();
        first
    };
    let replay = |engine: &Engine, first: &SignedIn| match engine.refresh(token(first), None) {
        Err(RefreshError::Replayed { .. }) => Ok(true),
        other => refreshed(other).map(|_| panic!("a used token was taken")),
    };
    fail_everywhere(used_up, replay, 3);
}

#[test]
fn a_revocation_that_fails_anywhere_did_not_happen_and_can_be_had_again() {
    fail_everywhere(sign_in, |engine, signed_in| engine.end_session(&signed_in.sid), 3);
    let revoke = |engine: &Engine, token: &str| match engine.revoke(token) {
        Ok(outcome) => Ok(outcome != crate::revoke::Revoked::Nothing),
        Err(crate::revoke::RevokeError::Store(error)) => Err(error),
        Err(other) => panic!("{other:?}"),
    };
    fail_everywhere(sign_in, |engine, signed_in| revoke(engine, &signed_in.access_token), 4);
    fail_everywhere(sign_in, |engine, signed_in| revoke(engine, token(signed_in).expose()), 3);
}

#[test]
fn a_policy_is_saved_or_deleted_with_its_event_or_not_at_all() {
    let policy = jose::Policy { name: "partner".into(), ..jose::Policy::default() };
    let done = |answer: Result<(), PolicyError>| match answer {
        Ok(()) => Ok(true),
        Err(PolicyError::Store(error)) => Err(error),
        Err(other) => panic!("{other:?}"),
    };
    let save = |engine: &Engine| done(engine.save_policy(&policy).map(drop));
    fail_everywhere(|_| (), |engine, ()| save(engine), 3);
    fail_everywhere(save, |engine, _| done(engine.delete_policy("partner").map(drop)), 3);
}

/// A file as an older version left it, with a user and their session.
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
    let kinds = store.read(|db| Ok(dump(db))).unwrap()["sessions"]
        .iter()
        .map(|row| match (row.first(), row.last()) {
            (Some(Value::Text(sid)), Some(Value::Text(kind))) => (sid.clone(), kind.clone()),
            other => panic!("{other:?}"),
        })
        .collect::<BTreeMap<_, _>>();
    let expected = [("minted", "minted"), ("pair", "sign_in"), ("sid", "sign_in")];
    assert_eq!(kinds, expected.map(|(sid, kind)| (sid.to_owned(), kind.to_owned())).into());
}

/// The mark and the file stay one: a migration is no copy, and ends nothing.
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

/// Rows as the version before wrote them, and what each became.
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
    // Its mark is missing, so it is a copy, too: that is the last event.
    let store = Store::open(&file, START, "id").unwrap();
    let events = store.read(|db| store::events::after(db, 0, 100)).unwrap();
    for (event, (kind, subject, expected)) in events.iter().zip(old) {
        let mut found = serde_json::json!({
            "sid": event.sid, "jti": event.jti, "kid": event.kid, "generation": event.generation, "detail": event.detail,
        });
        found.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        assert_eq!((event.kind.as_str(), found), (kind, expected), "{subject}");
    }
}

fn fail_migration_everywhere(version: usize, least: usize) {
    let copy = format!("workbench.v{version}.db");
    for n in 1.. {
        // Not beside each other, where one would be a copied profile of the other.
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
            assert!(n > least, "only {} actions were refused", n - 1);
            return;
        };
        assert!(matches!(error, StoreError::Failed { .. } | StoreError::Damaged { .. }), "action {n}: {error:?}");
        for (dump, how) in
            [(dump(&Connection::open(&file).unwrap()), "failed"), (dump_of_killed(killed.path()), "killed")]
        {
            let is_new = dump["pragma_user_version"] == [[Value::Integer(MIGRATIONS.len() as i64)]];
            let is_whole = (dump["users"].len(), dump["sessions"].len()) == (1, 1);
            assert!(dump == old || (is_new && is_whole), "{how} at action {n}: never between two schemas");
        }
        // Either is looked at for every other action: nearly all of the time goes into the disk.
        let folder = if n % 2 == 0 { folder.path() } else { killed.path() };
        let copy = folder.join(&copy);
        // Under its name the copy is whole, wherever the process was killed.
        assert!(!copy.exists() || dump(&Connection::open(copy).unwrap()) == old, "action {n}: half a copy");
        let store = Store::open(&folder.join("workbench.db"), START, "other").unwrap();
        let id = store.read(store::profile::id).unwrap();
        // The files of the killed process lie elsewhere, so that they may be taken for the copy that they are.
        let is_same = id == "id" || folder == killed.path();
        assert!(is_same, "action {n}: the same call succeeds, in this process and after a kill");
    }
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

#[test]
fn a_full_disk_fails_a_rotation_and_keeps_the_token_good() {
    let folder = temporary();
    let engine = workbench(folder.path());
    let mut current = sign_in(&engine);
    let limit = |pages: i64| {
        let set = |db: &Connection| db.query_row(&format!("PRAGMA max_page_count={pages}"), [], |row| row.get(0));
        set(&engine.store.lock()).unwrap()
    };
    let free: i64 = limit(1_000_000);
    // The limit cannot go below what the file has: from now on it does not grow.
    limit(1);
    let before = loop {
        let before = engine.store.read(|db| Ok(dump(db))).unwrap();
        match engine.refresh(token(&current), None) {
            Ok(next) => current = next,
            Err(error) => {
                let full = StoreError::Full { file: folder.path().join("workbench.db") };
                assert_eq!(error, RefreshError::Store(full));
                break before;
            }
        }
    };
    assert_eq!(engine.store.read(|db| Ok(dump(db))).unwrap(), before);
    let report = engine.guard(&current.access_token, &[]).unwrap();
    assert_eq!(report.verdict.outcome, jose::judgement::VerdictOutcome::Accepted, "checking needs no room");
    limit(free);
    engine.refresh(token(&current), None).unwrap();
    let mark = mark::Mark::open(&folder.path().join("workbench.db")).unwrap().read().unwrap().unwrap();
    assert_eq!(mark.newest, engine.store.read(store::events::newest).unwrap(), "the mark did not run ahead");
}
