//! The signing key: where it is, and what happens when it is not there.

use engine::{
    keys::{Purpose, Replaced, SigningKeyError},
    records::EndReason,
    refresh::RefreshError,
    secret::VaultText,
    sessions::SessionState,
    sign_in::SignInError,
    vault::{Vault, VaultError},
};
use inspect::report::VerdictOutcome;
use std::fs;
use workbench_tests::app::{App, key_failure};

#[test]
fn one_key_for_each_purpose_is_made_and_found_again() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    assert_eq!(app.vault.entries().len(), 3, "access, refresh and mfa");
    let later = app.another_process();
    later.engine.prepare_keys().unwrap();
    assert_eq!(app.vault.entries().len(), 3, "no more keys");
    assert_eq!(later.inspect(&token).verdict.outcome, VerdictOutcome::Accepted);
    let kid = |token: &str| app.inspect(token).signature.kid.unwrap();
    assert_eq!(kid(&later.sign_in("alice").access_token), kid(&token));
}

#[test]
fn no_new_key_is_ever_made_over_one_that_is_missing() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let kid = app.inspect(&token).signature.kid.unwrap();
    let entry = app.vault.entries().into_iter().find(|entry| entry.ends_with(&kid)).unwrap();
    let kept = app.vault.read(&entry).unwrap().unwrap();
    app.vault.delete(&entry).unwrap();

    let later = app.another_process();
    assert!(matches!(later.engine.prepare_keys(), Err(SigningKeyError::Missing { .. })));
    let refused = later.try_sign_in("alice", workbench_tests::app::PASSWORD).unwrap_err();
    assert!(matches!(key_failure(refused), Some(SigningKeyError::Missing { .. })));
    assert_eq!(later.vault.entries().len(), 2, "nothing was put in its place");
    assert_eq!(later.inspect(&token).verdict.outcome, VerdictOutcome::Accepted, "old tokens still verify");

    app.vault.write(&entry, &VaultText::new("not a key")).unwrap();
    assert!(matches!(later.engine.prepare_keys(), Err(SigningKeyError::Foreign { .. })));
    app.vault.write(&entry, &kept).unwrap();
    later.engine.prepare_keys().unwrap();
}

#[test]
fn new_keys_for_lost_ones_end_the_sessions_of_the_old() {
    for changed in [None, Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")] {
        for purpose in [Purpose::Access, Purpose::Refresh, Purpose::Mfa] {
            let app = App::new().with_user("alice");
            let before = app.sign_in("alice");
            let kid = app.engine.keys().unwrap().into_iter().find(|key| key.purpose == purpose).unwrap().kid;
            let entry = app.vault.entries().into_iter().find(|entry| entry.ends_with(&kid)).unwrap();
            match changed {
                Some(text) => app.vault.write(&entry, &VaultText::new(text)).unwrap(),
                None => app.vault.delete(&entry).unwrap(),
            }
            let later = app.another_process();
            let replaced = later.engine.replace_lost_keys().unwrap();
            assert_eq!(replaced, Replaced { purposes: vec![purpose], sessions: 1 }, "{purpose:?}");
            assert!(!later.lets_in(&before.access_token), "{purpose:?}");
            let reason = later.engine.session(&before.sid).unwrap().unwrap().state;
            assert!(matches!(reason, SessionState::Ended { reason: Some(EndReason::KeysLost), .. }), "{reason:?}");
            let refused = later.refresh(before.refresh_token.as_ref().unwrap()).unwrap_err();
            let expected = if purpose == Purpose::Refresh { RefreshError::Unknown } else { RefreshError::SessionEnded };
            assert_eq!(refused, expected, "{purpose:?}");
            assert!(later.lets_in(&later.sign_in("alice").access_token), "{purpose:?}");
        }
    }
}

#[test]
fn a_locked_keyring_stops_signing_and_nothing_else() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let later = app.another_process();
    let locked = VaultError::Locked { system: "IsLocked".into() };
    app.vault.fail_with(Some(locked.clone()));
    assert_eq!(later.engine.prepare_keys(), Err(SigningKeyError::Vault(locked)));
    assert!(matches!(later.try_sign_in("alice", workbench_tests::app::PASSWORD), Err(SignInError::Key(_))));
    later.create("bob", &[]).unwrap();
    assert_eq!(later.inspect(&token).verdict.outcome, VerdictOutcome::Accepted);

    app.vault.fail_with(None);
    later.engine.prepare_keys().unwrap();
    later.sign_in("alice");
}

#[test]
fn a_first_run_without_a_keyring_leaves_no_half_made_key() {
    let app = App::new().with_user("alice");
    app.vault.fail_with(Some(VaultError::Absent { system: "no bus".into() }));
    assert!(app.engine.prepare_keys().is_err());
    app.vault.fail_with(None);
    app.sign_in("alice");
    assert_eq!(app.vault.entries().len(), 3);
}

#[test]
fn two_processes_that_start_at_once_share_one_key() {
    for _ in 0..20 {
        let app = App::new().with_user("alice");
        let other = app.another_process();
        let kids = std::thread::scope(|scope| {
            let sign = |app: &App| {
                let token = app.sign_in("alice").access_token;
                app.inspect(&token).signature.kid.unwrap()
            };
            let (one, two) = (&app, &other);
            let first = scope.spawn(move || sign(one));
            let second = scope.spawn(move || sign(two));
            (first.join().unwrap(), second.join().unwrap())
        });
        assert_eq!(kids.0, kids.1);
        assert_eq!(app.vault.entries().len(), 3, "the loser's keys were taken back");
    }
}

#[test]
fn no_secret_reaches_the_database() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    let token = signed_in.access_token.clone();
    let _ = app.try_sign_in("alice", "canary-password-4711");
    let refresh_token = signed_in.refresh_token.as_ref().unwrap().expose().to_owned();
    let privates: Vec<_> =
        app.vault.entries().iter().map(|entry| app.vault.read(entry).unwrap().unwrap().expose().to_owned()).collect();
    let signature = token.rsplit('.').next().unwrap();
    let folder = app.database().parent().unwrap().to_path_buf();
    let mut written = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        written.push((path.extension().is_some_and(|end| end == "db-wal"), bytes.len()));
        let others = ["canary-password-4711", workbench_tests::app::PASSWORD, signature, &refresh_token];
        for secret in privates.iter().map(String::as_str).chain(others) {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret is in {}", path.display());
        }
    }
    assert!(written.iter().any(|(is_log, length)| *is_log && *length > 0), "the write-ahead log was read: {written:?}");
}
