//! Tests of the harness itself, on an empty window.

use std::fs;
use workbench_tests::desktop::{Desktop, built};

#[tokio::test]
async fn a_window_is_read_pictured_and_closed() {
    let desktop = Desktop::start();
    let app = desktop.open(&built("bare-window"), &[]).await;
    app.find("heading", "Bare window").await;
    app.shows("what a window costs").await;
    assert_eq!(app.axe().await, [""; 0]);

    app.resize(1000, 700).await;
    let picture = desktop.home().join("bare.png");
    app.screenshot(&picture).await;
    assert!(fs::read(&picture).expect("there is a picture").starts_with(b"\x89PNG"));
    app.quit().await;
}

#[tokio::test]
async fn nothing_is_left_behind() {
    let desktop = Desktop::start();
    let home = desktop.home().to_owned();
    let app = desktop.open(&built("bare-window"), &[]).await;
    assert!(running_in(&home) > 4);
    drop(app);
    drop(desktop);
    assert_eq!(running_in(&home), 0);
    assert!(!home.exists());
}

#[tokio::test]
async fn the_keyring_locks_stops_and_comes_back() {
    let mut desktop = Desktop::start();
    desktop.lock_keyring();
    desktop.unlock_keyring();
    desktop.stop_keyring();
    desktop.start_keyring();
    desktop.lock_keyring();
}

/// How many processes have this home folder.
fn running_in(home: &std::path::Path) -> usize {
    let variable = format!("HOME={}\0", home.display());
    let processes = fs::read_dir("/proc").expect("Linux").flatten();
    let environments = processes.filter_map(|process| fs::read(process.path().join("environ")).ok());
    environments.filter(|bytes| String::from_utf8_lossy(bytes).contains(&variable)).count()
}
