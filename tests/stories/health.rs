//! Unusable database files are reported and left alone.

use engine::{StoreError, profile::OpenError, sign_in::SignInError};
use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
};
use workbench_tests::app::App;

#[test]
fn a_damaged_database_is_named_and_left_alone() {
    let app = App::new().with_user("alice");
    let file = app.database();
    fs::write(&file, b"<html>this is not a database</html>".repeat(200)).unwrap();
    let _ = fs::remove_file(file.with_extension("db-wal"));
    let before = fs::read(&file).unwrap();
    let refused = app.try_another_process().err();
    assert!(
        matches!(&refused, Some(OpenError::Store(StoreError::Damaged { file: named, .. })) if *named == file),
        "{refused:?}"
    );
    assert_eq!(fs::read(&file).unwrap(), before);
}

/// A database with data in every table, as one file.
fn whole_file(app: &App) -> Vec<u8> {
    let copy = app.database().with_extension("copy");
    app.engine.back_up(&copy).unwrap();
    fs::read(copy).unwrap()
}

#[test]
fn a_damaged_byte_anywhere_opens_no_door() {
    let app = App::new().with_user("alice");
    let revoked = app.sign_in("alice").access_token;
    app.engine.revoke(&revoked).unwrap();
    // Use the file itself, not a backup: opening a copy would end the sessions that a damaged byte could let in.
    let whole = rusqlite::Connection::open(app.database()).unwrap();
    whole.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(whole);
    let mark = app.database().with_extension("mark");
    let (bytes, marked) = (fs::read(app.database()).unwrap(), fs::read(&mark).unwrap());
    let mut opened = 0;
    for n in 0..1000 {
        let mut damaged = bytes.clone();
        let at = n * bytes.len() / 1000;
        damaged[at] ^= 0x41;
        for side in ["db", "db-wal", "db-shm"] {
            let _ = fs::remove_file(app.database().with_extension(side));
        }
        fs::write(app.database(), &damaged).unwrap();
        fs::write(&mark, &marked).unwrap();
        // It is refused with a reason or it opens; in that case a wrong password and a forged token must still be
        // refused.
        let Ok(other) = app.try_another_process() else { continue };
        opened += 1;
        let answer = other.try_sign_in("alice", "wrong password");
        assert!(answer.is_err(), "byte {at}");
        let forged = format!("{}AAAA", &revoked[..revoked.len() - 4]);
        let judged = other.engine.guard(&forged, &[]);
        assert!(!judged.is_ok_and(|judged| judged.verdict.status == Some(200)), "byte {at}");
    }
    assert!(opened < 1000, "damage to SQLite's own structure is found when it opens");
}

#[test]
fn a_database_that_was_cut_is_refused_or_whole() {
    let app = App::new().with_user("alice");
    let bytes = whole_file(&app);
    for n in 1..100 {
        let length = n * bytes.len() / 100;
        match app.on_database(&bytes[..length]) {
            Err(OpenError::Store(StoreError::Damaged { .. })) => {}
            Err(other) => panic!("{length}: {other:?}"),
            // Only unused pages were missing.
            Ok(whole) => {
                let access = whole.sign_in("alice").access_token;
                assert!(whole.lets_in(&access), "{length}");
            }
        }
    }
    let mut headless = bytes.clone();
    headless[..4096].fill(0);
    assert!(app.on_database(&headless).is_err());
    let whole = app.on_database(&bytes).unwrap();
    assert_eq!(whole.try_sign_in("alice", "wrong password"), Err(SignInError::WrongCredentials));
}

#[test]
fn a_backup_taken_while_others_write_is_a_state_that_was() {
    let app = App::new().with_user("alice");
    let first = app.sign_in("alice");
    let other = app.another_process();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut token = first.refresh_token.clone().unwrap();
            while !stop.load(Ordering::Relaxed) {
                token = other.refresh(&token).unwrap().refresh_token.unwrap();
            }
        });
        for n in 0..50 {
            let copy = app.database().with_extension(format!("copy{n}"));
            app.engine.back_up(&copy).unwrap();
            let copied = app.on_database(&fs::read(&copy).unwrap()).unwrap();
            let family = copied.engine.family(&first.sid).unwrap();
            assert_eq!(family.iter().filter(|member| member.active).count(), 1, "copy {n}");
            let generations: Vec<_> = family.iter().map(|member| member.generation).collect();
            assert_eq!(generations, (0..generations.len() as i64).collect::<Vec<_>>(), "copy {n}");
        }
        stop.store(true, Ordering::Relaxed);
    });
}
