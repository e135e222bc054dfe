//! Databases that are not copies: in a moved folder, behind a link, damaged, or lost.

use crate::restore::{active, backup, restored_after_a_loss};
use engine::{
    StoreError,
    keys::{KeyState, Purpose},
    profile::OpenError,
};
use std::{fs, path::Path};
use workbench_tests::app::App;

#[test]
fn a_folder_that_was_moved_goes_on() {
    let app = App::new().with_user("alice");
    let session = app.sign_in("alice");
    let entries = app.vault.entries().len();
    let moved = app.folder().with_file_name("moved");
    fs::rename(app.folder(), &moved).unwrap();
    for _ in 0..2 {
        let app = app.try_in(&moved).unwrap();
        assert!(!app.engine.has_noticed_restore());
        assert!(app.lets_in(&session.access_token));
    }
    let app = app.try_in(&moved).unwrap();
    app.sign_in("alice");
    assert_eq!(app.vault.entries().len(), entries, "with the same keys");
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_reached_another_way_is_the_same_folder() {
    let app = App::new().with_user("alice");
    let session = app.sign_in("alice");
    let room = app.folder().parent().unwrap().to_path_buf();
    let outer = tempfile::tempdir().unwrap();
    let link = outer.path().join("link");
    std::os::unix::fs::symlink(&room, &link).unwrap();
    let linked = app.try_in(&link.join("story")).unwrap();
    assert!(!linked.engine.has_noticed_restore() && linked.lets_in(&session.access_token));
    assert!(app.try_in(app.folder()).unwrap().lets_in(&session.access_token));
}

#[cfg(unix)]
#[test]
fn a_profile_that_is_a_link_touches_nothing_of_what_it_leads_to() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let app = App::new();
    let room = tempfile::tempdir().unwrap();
    let theirs = room.path().join("theirs");
    fs::create_dir(&theirs).unwrap();
    fs::set_permissions(&theirs, fs::Permissions::from_mode(0o755)).unwrap();
    let link = room.path().join("profile");
    symlink(&theirs, &link).unwrap();
    let names = |link: &Path, error: String| {
        let words = format!("{} is a link, and links are not followed here", link.display());
        assert!(error.ends_with(&words), "{error}");
    };
    names(&link, app.try_in(&link).err().unwrap().to_string());
    for name in ["workbench.db", "workbench.mark", "workbench.db-wal", "workbench.db-shm"] {
        let (target, folder) = (room.path().join(name), room.path().join(format!("with-{name}")));
        fs::write(&target, "theirs").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
        fs::create_dir(&folder).unwrap();
        symlink(&target, folder.join(name)).unwrap();
        names(&folder.join(name), app.try_in(&folder).err().unwrap().to_string());
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o644, "{name}");
        assert_eq!(fs::read(&target).unwrap(), b"theirs", "{name}");
    }
    assert_eq!(fs::metadata(&theirs).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(fs::read_dir(&theirs).unwrap().count(), 0);
}

#[test]
fn a_database_that_lost_its_content_is_damaged_and_a_lost_one_is_missing_never_new() {
    let app = App::new().with_user("alice");
    app.sign_in("alice");
    let file = app.database();
    for side in ["db-wal", "db-shm"] {
        let _ = fs::remove_file(file.with_extension(side));
    }
    for left in [0, 1, 99] {
        fs::write(&file, vec![0; left]).unwrap();
        let refused = app.try_another_process().err();
        assert!(matches!(refused, Some(OpenError::Store(StoreError::Damaged { .. }))), "{left}: {refused:?}");
        assert_eq!(fs::read(&file).unwrap().len(), left, "and left alone");
    }
    fs::remove_file(&file).unwrap();
    let refused = app.try_another_process().err();
    assert_eq!(refused, Some(OpenError::Store(StoreError::Missing { file: file.clone() })));
    assert!(!file.exists(), "and nothing is made in its place");
}

#[test]
fn a_profile_that_lost_its_database_begins_anew_only_when_asked() {
    let app = App::new().with_user("alice");
    app.sign_in("alice");
    assert!(app.profile().start_anew().is_err(), "a profile that works is not given up");
    let file = app.database();
    for side in ["db-wal", "db-shm"] {
        let _ = fs::remove_file(file.with_extension(side));
    }
    fs::write(&file, "no database ".repeat(99)).unwrap();
    let aside = app.profile().start_anew().unwrap();
    assert!(fs::read(aside.join("workbench.db")).unwrap().starts_with(b"no database"), "what there was is kept");
    let new = app.try_another_process().unwrap();
    assert!(new.engine.users().unwrap().is_empty());
    new.create("alice", &[]).unwrap();
    assert!(new.engine.restore_notice().unwrap().is_none());
    new.sign_in("alice");
}

#[test]
fn a_key_that_a_database_put_aside_knows_as_retired_is_retired() {
    let app = App::new().with_user("alice");
    app.sign_in("alice");
    let stolen = active(&app, Purpose::Access);
    let copy = backup(&app);
    app.engine.rotate_key(Purpose::Access, None).unwrap();
    app.engine.retire_key(&stolen).unwrap();
    let survivor = app.folder().with_file_name("survivor");
    fs::create_dir(&survivor).unwrap();
    let later = app.folder().parent().unwrap().join("later");
    app.engine.back_up(&later).unwrap();
    fs::rename(later, survivor.join("workbench.db")).unwrap();

    let app = restored_after_a_loss(app, &copy);
    let keys = app.engine.keys().unwrap();
    assert_eq!(
        keys.iter().find(|key| key.kid == stolen).unwrap().state,
        KeyState::Retired,
        "before any keyring answers"
    );
}
