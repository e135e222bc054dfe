//! An unusable database is reported, left alone, and tried again on request.

use crate::steps::add_user;
use std::{
    fs,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};
use workbench_tests::desktop::{Desktop, built};

/// The offset of the schema's version in a database's header (SQLite file format, section 1.3).
const USER_VERSION: std::ops::Range<usize> = 60..64;

#[tokio::test]
async fn a_damaged_or_newer_database_is_named_and_left_alone() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let file = database(&desktop);
    let good = fs::read(&file).unwrap();

    fs::write(&file, "this is a letter, not a database\n".repeat(200)).unwrap();
    let letter = fs::read(&file).unwrap();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "The database is damaged").await;
    app.shows(file.to_str().unwrap()).await;
    assert_eq!(fs::read(&file).unwrap(), letter, "the file is left alone");

    let mut newer = good.clone();
    newer[USER_VERSION].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&file, &newer).unwrap();
    app.click("button", "Try again").await;
    app.find("heading", "The database is from a newer version").await;
    app.shows(file.to_str().unwrap()).await;
    assert_eq!(fs::read(&file).unwrap(), newer, "the file is left alone");
    assert_eq!(app.axe().await, Vec::<String>::new());

    fs::write(&file, &good).unwrap();
    app.click("button", "Try again").await;
    app.click("button", "Users").await;
    app.find("row", "alice").await;
    app.quit().await;
}

/// Another program holds the write lock, or locks the whole database, which makes each statement wait for five seconds.
#[test]
fn the_window_is_there_within_two_seconds_whatever_holds_the_database() {
    // Additional time for a busy computer.
    const TOLERANCE: Duration = Duration::from_secs(2);
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    for hold in ["BEGIN IMMEDIATE", "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE users SET email='x'"] {
        let holder = rusqlite::Connection::open(database(&desktop)).unwrap();
        holder.execute_batch(hold).unwrap();
        let begun = Instant::now();
        let mut window = desktop.command(built("token-workbench")).stderr(Stdio::null()).spawn().unwrap();
        desktop.display().waits_for("Token Workbench");
        assert!(begun.elapsed() < Duration::from_secs(2) + TOLERANCE, "{hold}: {:?}", begun.elapsed());
        window.kill().unwrap();
        window.wait().unwrap();
        desktop.display().waits_until_gone("Token Workbench");
    }
}

fn database(desktop: &Desktop) -> PathBuf {
    desktop.home().join(".local/share/token-workbench/profiles/default/workbench.db")
}
