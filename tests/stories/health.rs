//! Database files that cannot be used: named, and left alone.

use engine::{StoreError, profile::OpenError};
use std::fs;
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
