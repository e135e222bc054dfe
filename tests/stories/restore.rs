//! Databases that are copies: of a backup, of a folder, of an earlier time. None of them revives what was ended.

use engine::{
    keys::{Existing, KeyState, Purpose},
    restore::Cause,
    secret::{Password, PendingToken},
    sign_in::{SignIn, SignInError},
    vault::{VaultError, VaultKind},
};
use jose::PrivateKey;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};
use workbench_tests::app::{App, PASSWORD};

fn pending(app: &App) -> PendingToken {
    match app.engine.sign_in("alice", &Password::new(PASSWORD), None).unwrap() {
        SignIn::SecondFactorDue { pending, .. } => pending,
        SignIn::Done(_) => panic!("the password alone must not be enough"),
    }
}

fn code(app: &App) -> String {
    let window = app.engine.code_window("alice").unwrap().unwrap();
    let now = window.now;
    window.steps.iter().rfind(|step| step.begins_at <= now).unwrap().code.expose().to_owned()
}

/// Alice with a second factor, half a minute later; and her recovery codes.
fn enrolled() -> (App, Vec<String>) {
    let app = App::new().with_user("alice");
    app.engine.begin_enrollment("alice", &Password::new(PASSWORD), "story", &Default::default()).unwrap();
    let codes = app.engine.confirm_enrollment("alice", "story", &code(&app)).unwrap();
    app.clock.advance_seconds(30);
    (app, codes.iter().map(|code| code.expose().to_owned()).collect())
}

pub(crate) fn backup(app: &App) -> PathBuf {
    let copy = app.folder().parent().unwrap().join("copy");
    app.engine.back_up(&copy).unwrap();
    copy
}

/// The same profile after its folder was lost and replaced by a backup.
pub(crate) fn restored_after_a_loss(app: App, copy: &Path) -> App {
    let folder = app.folder().to_path_buf();
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::rename(copy, folder.join("workbench.db")).unwrap();
    app.try_in(&folder).unwrap()
}

/// All files of a folder, as `cp -a` copies them.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let file = entry.unwrap().path();
        fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

pub(crate) fn active(app: &App, purpose: Purpose) -> String {
    let keys = app.engine.keys().unwrap();
    keys.into_iter().find(|key| key.purpose == purpose && key.state == KeyState::Active).unwrap().kid
}

/// A token forged with a stolen key: the claims of a good one, signed again.
fn forged(stolen: &str, kid: &str, good: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = URL_SAFE_NO_PAD.decode(good.split('.').nth(1).unwrap()).unwrap();
    let mut claims: Value = serde_json::from_slice(&payload).unwrap();
    claims["jti"] = "forged".into();
    let key = PrivateKey::read(stolen.as_bytes(), None).unwrap().signing_key(Some(kid)).unwrap();
    key.sign("at+jwt", &claims.to_string()).unwrap()
}

#[test]
fn a_backup_in_a_folder_that_was_lost_revives_nothing() {
    let app = App::new().with_user("alice").with_user("bob");
    let (revoked, ended) = (app.sign_in("alice"), app.sign_in("bob"));
    let copy = backup(&app);
    app.engine.revoke(&revoked.access_token).unwrap();
    app.engine.set_user_active("bob", false).unwrap();
    let later = app.sign_in("alice");

    let app = restored_after_a_loss(app, &copy);
    for session in [&revoked, &ended, &later] {
        assert!(!app.lets_in(&session.access_token));
        assert!(app.refresh(session.refresh_token.as_ref().unwrap()).is_err());
    }
    let notice = app.engine.restore_notice().unwrap().unwrap();
    assert_eq!((notice.cause, notice.sessions), (Cause::Backup, 2));
    assert_eq!(notice.since, Some(notice.at), "the clock stood still");
    assert!(app.engine.has_noticed_restore());

    let again = app.another_process();
    assert!(!again.engine.has_noticed_restore(), "once is enough");
    assert_eq!(again.engine.restore_notice().unwrap(), Some(notice), "and it stays until somebody has read it");
    let session = again.sign_in("alice");
    assert!(again.engine.confirm_restore().unwrap());
    assert!(!again.engine.confirm_restore().unwrap());
    let third = app.another_process();
    assert_eq!(third.engine.restore_notice().unwrap(), None);
    assert!(third.lets_in(&session.access_token), "it goes on from there");
}

#[test]
fn a_copy_without_its_mark_or_with_anothers_revives_nothing() {
    for foreign in [false, true] {
        let app = App::new().with_user("alice");
        let session = app.sign_in("alice");
        let other = App::new().with_user("bob");
        let mark = app.database().with_extension("mark");
        fs::remove_file(&mark).unwrap();
        if foreign {
            fs::copy(other.database().with_extension("mark"), &mark).unwrap();
        }
        let app = app.another_process();
        assert!(!app.lets_in(&session.access_token), "foreign: {foreign}");
        let cause = if foreign { Cause::ForeignMark } else { Cause::Unmarked };
        assert_eq!(app.engine.restore_notice().unwrap().unwrap().cause, cause);
    }
}

/// Restores a home directory as a backup program does: database and mark come back together.
#[cfg(unix)]
#[test]
fn a_whole_folder_that_is_put_back_revives_nothing() {
    let app = App::new().with_user("alice");
    let before = app.sign_in("alice");
    let (folder, kept) = (app.folder().to_path_buf(), app.folder().with_file_name("backups").join("today"));
    copy_folder(&folder, &kept);
    app.engine.set_user_active("alice", false).unwrap();
    assert!(!app.lets_in(&before.access_token));

    fs::remove_dir_all(&folder).unwrap();
    copy_folder(&kept, &folder);
    let app = app.another_process();
    assert_eq!(app.engine.restore_notice().unwrap().unwrap().cause, Cause::PutBack);
    assert!(!app.lets_in(&before.access_token));
    assert!(app.refresh(before.refresh_token.as_ref().unwrap()).is_err());

    // Only once: from here on the changes are this folder's own.
    app.engine.confirm_restore().unwrap();
    let after = app.sign_in("alice");
    let app = app.another_process();
    assert_eq!(app.engine.restore_notice().unwrap(), None);
    assert!(app.lets_in(&after.access_token));
}

#[test]
fn a_copy_takes_no_code_and_no_pending_token_from_before() {
    let (app, recovery) = enrolled();
    let (used_pending, open_pending) = (pending(&app), pending(&app));
    let copy = backup(&app);
    app.engine.confirm_sign_in(&used_pending, &code(&app)).unwrap();
    app.clock.advance_seconds(30);
    app.engine.confirm_sign_in(&pending(&app), &recovery[0]).unwrap();
    let typed = code(&app);
    app.engine.confirm_sign_in(&pending(&app), &typed).unwrap();

    let app = restored_after_a_loss(app, &copy);
    for token in [&used_pending, &open_pending] {
        assert_eq!(app.engine.confirm_sign_in(token, &recovery[1]), Err(SignInError::PendingInvalid));
    }
    let fresh = pending(&app);
    assert_eq!(app.engine.confirm_sign_in(&fresh, &typed), Err(SignInError::UsedCode));
    for code in [&recovery[0], &recovery[9]] {
        app.clock.advance_seconds(10);
        assert_eq!(app.engine.confirm_sign_in(&fresh, code), Err(SignInError::UsedRecoveryCode));
    }
    assert_eq!(app.engine.restore_notice().unwrap().unwrap().recovery_codes, 10);
    app.clock.advance_seconds(90);
    app.engine.confirm_sign_in(&pending(&app), &code(&app)).unwrap();
}

#[test]
fn a_stolen_key_that_was_retired_does_not_come_back_with_a_copy() {
    let app = App::new().with_user("alice");
    app.sign_in("alice");
    let stolen = active(&app, Purpose::Access);
    let key = app.engine.dangerous_export_private(&stolen).unwrap().expose().to_owned();
    let copy = backup(&app);
    app.engine.rotate_key(Purpose::Access, None).unwrap();
    app.engine.retire_key(&stolen).unwrap();

    let app = restored_after_a_loss(app, &copy);
    app.vault.fail_with(Some(VaultError::Locked { system: "locked".into() }));
    assert!(!app.engine.jwks().unwrap().contains(&stolen), "nobody is told to trust it");
    assert!(app.engine.prepare_keys().is_err());
    app.vault.fail_with(None);
    let good = app.sign_in("alice").access_token;
    assert!(app.lets_in(&good));
    assert!(!app.lets_in(&forged(&key, &stolen, &good)));
    let keys = app.engine.keys().unwrap();
    assert_eq!(keys.iter().find(|key| key.kid == stolen).unwrap().state, KeyState::Retired);
    assert_eq!(app.engine.restore_notice().unwrap().unwrap().retired_keys, 1);
}

#[test]
fn a_stolen_key_that_was_left_in_another_place_does_not_come_back_with_a_copy() {
    let passphrase = Password::new("quiet lantern, eleven otters");
    for next in [VaultKind::Passphrase, VaultKind::Session] {
        let app = App::new().with_user("alice");
        app.sign_in("alice");
        let stolen = active(&app, Purpose::Access);
        let key = app.engine.dangerous_export_private(&stolen).unwrap().expose().to_owned();
        let copy = backup(&app);
        app.engine.keep_keys_in(next, Some(&passphrase), Existing::Leave).unwrap();
        if active(&app, Purpose::Access) == stolen {
            app.engine.rotate_key(Purpose::Access, None).unwrap();
        }
        assert_eq!(app.engine.retire_key(&stolen).unwrap(), [""; 0]);

        let app = restored_after_a_loss(app, &copy);
        let good = app.sign_in("alice").access_token;
        assert!(app.lets_in(&good));
        assert!(!app.lets_in(&forged(&key, &stolen, &good)), "{next:?}");
    }
}

#[test]
fn whoever_retires_a_key_is_told_which_place_may_still_hold_it() {
    let passphrase = Password::new("quiet lantern, eleven otters");
    let app = App::new().with_user("alice");
    let old = app.sign_in("alice");
    let kid = active(&app, Purpose::Access);
    app.engine.keep_keys_in(VaultKind::Passphrase, Some(&passphrase), Existing::Leave).unwrap();
    app.vault.fail_with(Some(VaultError::Locked { system: "locked".into() }));
    assert_eq!(app.engine.retire_key(&kid).unwrap().len(), 1);
    assert!(!app.lets_in(&old.access_token), "retired it is all the same");
}

#[test]
fn a_copys_key_verifies_nothing_until_the_keyring_has_shown_it() {
    let app = App::new().with_user("alice");
    app.sign_in("alice");
    let kid = active(&app, Purpose::Access);
    let key = app.engine.dangerous_export_private(&kid).unwrap().expose().to_owned();
    let copy = backup(&app);
    let app = restored_after_a_loss(app, &copy);
    app.vault.fail_with(Some(VaultError::Locked { system: "locked".into() }));
    assert!(app.engine.prepare_keys().is_err());
    let good = App::new().with_user("alice").sign_in("alice").access_token;
    let judgement = app.engine.guard(&forged(&key, &kid, &good), &[]).unwrap();
    assert!(judgement.trace.iter().any(|step| step.reason.contains("database is a copy")), "{:?}", judgement.trace);
    assert_ne!(judgement.verdict.status, Some(200));

    app.vault.fail_with(None);
    app.engine.prepare_keys().unwrap();
    assert_eq!(active(&app, Purpose::Access), kid, "the keyring holds it: it goes on");
    assert!(app.lets_in(&app.sign_in("alice").access_token));
}

#[test]
fn a_copys_key_that_the_keyring_does_not_hold_neither_signs_nor_verifies_until_it_is_brought_back() {
    let app = App::new().with_user("alice");
    app.sign_in("alice");
    let kid = active(&app, Purpose::Access);
    let elsewhere = App::new();
    let copy = backup(&app);
    let folder = elsewhere.folder().with_file_name("restored");
    fs::create_dir(&folder).unwrap();
    fs::copy(&copy, folder.join("workbench.db")).unwrap();
    let other_computer = elsewhere.try_in(&folder).unwrap();
    let refused = other_computer.try_sign_in("alice", PASSWORD);
    assert!(matches!(refused, Err(SignInError::Key(engine::keys::SigningKeyError::Missing { .. }))), "{refused:?}");
    assert_eq!(active(&other_computer, Purpose::Access), kid, "and no key is made silently");
    assert!(!other_computer.engine.jwks().unwrap().contains(&kid));
    other_computer.engine.rotate_key(Purpose::Access, None).unwrap();
    assert!(other_computer.lets_in(&other_computer.sign_in("alice").access_token), "asked for, it is");
    assert!(!other_computer.engine.jwks().unwrap().contains(&kid));
}

#[test]
fn a_copy_under_another_name_never_reaches_the_originals_keys() {
    for with_mark in [false, true] {
        let (app, _) = enrolled();
        let before = app.engine.confirm_sign_in(&pending(&app), &code(&app)).unwrap();
        app.clock.advance_seconds(30);
        let mut entries = app.vault.entries();
        entries.sort();
        let folder = app.folder().with_file_name("copy-of-it");
        if with_mark {
            copy_folder(app.folder(), &folder);
        } else {
            fs::create_dir(&folder).unwrap();
            fs::rename(backup(&app), folder.join("workbench.db")).unwrap();
        }

        let copy = app.try_in(&folder).unwrap();
        assert!(!copy.lets_in(&before.access_token));
        copy.clock.advance_seconds(60);
        copy.engine.confirm_sign_in(&pending(&copy), &code(&copy)).unwrap();
        for purpose in Purpose::ALL {
            copy.engine.rotate_key(purpose, None).unwrap();
        }
        for key in copy.engine.keys().unwrap() {
            if key.state == KeyState::Retiring {
                copy.engine.retire_key(&key.kid).unwrap();
            }
        }
        let mut left = app.vault.entries();
        left.retain(|entry| entries.contains(entry));
        left.sort();
        assert_eq!(left, entries, "nothing of the original's is gone");
        app.clock.advance_seconds(30);
        let original = app.another_process();
        assert!(!original.engine.has_noticed_restore(), "the original is none");
        assert!(original.lets_in(&before.access_token));
        original.refresh(before.refresh_token.as_ref().unwrap()).unwrap();
        original.engine.confirm_sign_in(&pending(&original), &code(&original)).unwrap();
    }
}

/// The original is gone, so neither copy is the original: one must not affect the other.
#[cfg(unix)]
#[test]
fn two_copies_of_a_folder_that_is_gone_share_nothing() {
    for renamed in [false, true] {
        let app = App::new().with_user("alice");
        let before = app.sign_in("alice");
        let (one, two) = (app.folder().with_file_name("one"), app.folder().with_file_name("two"));
        copy_folder(app.folder(), &two);
        if renamed {
            fs::rename(app.folder(), &one).unwrap();
        } else {
            copy_folder(app.folder(), &one);
            fs::remove_dir_all(app.folder()).unwrap();
        }
        let one = app.try_in(&one).unwrap();
        assert!(!one.lets_in(&before.access_token) && one.refresh(before.refresh_token.as_ref().unwrap()).is_err());
        one.sign_in("alice");
        for purpose in [Purpose::Access, Purpose::Refresh] {
            let old = active(&one, purpose);
            one.engine.rotate_key(purpose, None).unwrap();
            one.engine.retire_key(&old).unwrap();
        }
        let two = one.try_in(&two).unwrap();
        assert!(!two.lets_in(&before.access_token) && two.refresh(before.refresh_token.as_ref().unwrap()).is_err());
        let after = two.sign_in("alice");
        assert!(two.lets_in(&after.access_token), "renamed: {renamed}");
        assert!(!one.lets_in(&after.access_token));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_where_a_database_could_be_holds_no_copy_up() {
    let app = App::new().with_user("alice");
    let other = app.folder().with_file_name("other");
    fs::create_dir(&other).unwrap();
    for pipe in [other.join("workbench.db"), app.folder().join("kept.db")] {
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    }
    fs::remove_file(app.database().with_extension("mark")).unwrap();
    let app = app.another_process();
    assert_eq!(app.engine.restore_notice().unwrap().unwrap().cause, Cause::Unmarked);
}
