//! Fails every action of every important transaction in turn, and simulates a kill at each one.
//!
//! SQLite calls an authorizer before each action of a statement. The tests refuse the n-th action, for every n, and
//! copy the files at that moment: the state a killed process leaves behind.

use crate::{
    Engine, Profile, Rules,
    clock::{FrozenClock, Timestamp},
    entropy::SeededEntropy,
    keys::SigningKeyError,
    policies::PolicyError,
    refresh::RefreshError,
    secret::{Password, RefreshToken},
    sign_in::{SignIn, SignedIn},
    store::{self, StoreError, mark},
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
pub(super) const START: Timestamp = Timestamp(1_795_444_200_000);

const PASSWORD: &str = "correct horse battery staple";

/// Every row of every table, including the schema, and the version.
pub(super) type Dump = BTreeMap<String, Vec<Vec<Value>>>;

pub(super) fn dump(db: &Connection) -> Dump {
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

/// Refuses the `n`-th changing action, counted from 1, and copies the files of `folder` to `killed` at that moment.
pub(super) fn refuse(db: &mut Connection, n: usize, folder: &Path, killed: &Path) {
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

pub(super) fn allow(db: &mut Connection) {
    db.authorizer(None::<fn(AuthContext<'_>) -> Authorization>).unwrap();
}

/// Skips the shared memory: a killed process leaves it in no useful state either.
fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let file = entry.unwrap().path();
        if file.is_file() && file.extension().is_some_and(|extension| extension != "db-shm") {
            fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
    }
}

/// What another process finds after this one was killed.
pub(super) fn dump_of_killed(killed: &Path) -> Dump {
    let db = Connection::open(killed.join("workbench.db")).unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    dump(&db)
}

/// A folder without siblings: a profile with the same ID from another test would look like its twin.
pub(super) struct Temporary {
    folder: PathBuf,
    _parent: TempDir,
}

impl Temporary {
    pub(super) fn path(&self) -> &Path {
        &self.folder
    }
}

pub(super) fn temporary() -> Temporary {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("profile");
    std::fs::create_dir(&folder).unwrap();
    Temporary { folder, _parent: parent }
}

fn workbench(folder: &Path) -> Engine {
    let profile = Profile::Folder { name: "faults".parse().unwrap(), folder: folder.to_path_buf() };
    let policy = Rules { bcrypt_cost: 4, ..Rules::default() };
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

/// Fails `act` at each of its actions, with a fresh `arrange` each time, until no action is left to refuse. `act`
/// returns whether it did its job; only a database failure may prevent it.
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
        Err(RefreshError::Store(error) | RefreshError::Key(SigningKeyError::Store(error))) => Err(error),
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
    // The limit cannot be lower than the current size: from now on the file cannot grow.
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
