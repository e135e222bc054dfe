//! The event log: whole and on a subject, live, leading somewhere, and exported.

use crate::steps::{PASSWORD, add_user, sign_in};
use serde_json::Value;
use std::fs;
use thirtyfour::Key;
use workbench_tests::desktop::{App, Desktop, key};

/// The sentences of the log, from the top.
async fn sentences(app: &App) -> Vec<String> {
    app.read("return [...document.querySelectorAll('[role=feed] .sentence')].map(one => one.innerText)").await
}

#[tokio::test]
async fn what_happens_is_seen_at_once_and_a_replay_leads_to_its_session() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    add_user(&desktop, "bob");
    let app = desktop.open_app(&[]).await;
    app.press(Key::Control + "j").await;
    app.find("region", "Activity").await;
    app.shows("User bob created").await;
    assert_eq!(app.axe().await, Vec::<String>::new());

    // In another process, while the log is open.
    let signed = desktop.twb(&["sign-in", "bob", "--json"], &format!("{PASSWORD}\n"));
    assert!(!desktop.twb(&["sign-in", "bob"], "wrong\n").status.success());
    app.shows("Sign-in of bob refused: wrong password").await;
    let signed: Value = serde_json::from_slice(&signed.stdout).unwrap();
    let refresh = signed["refresh_token"].as_str().unwrap();
    assert!(desktop.twb(&["refresh"], refresh).status.success());
    assert!(!desktop.twb(&["refresh"], refresh).status.success());
    app.shows("R0 used again: bob’s session revoked").await;
    app.click("button", "Show in the tree").await;
    app.find("region", "Session of bob").await;
    app.shows("Reuse detected, whole family revoked").await;
    app.quit().await;
}

#[tokio::test]
async fn the_log_of_a_user_is_filtered_exported_and_closed_by_key_alone() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    add_user(&desktop, "bob");
    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    app.click("gridcell", "alice").await;
    sign_in(&app, "alice").await;
    app.press(Key::Control + "3").await;
    app.click("gridcell", "bob").await;
    app.click("button", "More about bob").await;
    app.click("menuitem", "Activity").await;
    app.find("button", "Show everything, not only user bob").await;
    app.shows("User bob created").await;
    assert_eq!(sentences(&app).await, ["User bob created"]);
    // It follows the selection.
    app.click("gridcell", "alice").await;
    app.shows("alice signed in").await;
    assert_eq!(sentences(&app).await, ["alice signed in", "User alice created"]);

    app.click("button", "Sign-in 1").await;
    app.hides("User alice created").await;
    app.click("button", "alice signed in").await;
    app.shows("the window, for alice").await;
    app.press("x").await;
    let display = desktop.display();
    display.waits_for("Export events");
    display.press("Export events", &[key::RETURN]);
    app.shows("Exported 1 event").await;
    let page = app.text().await;
    let path = page.split_whitespace().find(|word| word.ends_with("events.jsonl")).unwrap();
    let text = fs::read_to_string(path).unwrap();
    fs::remove_file(path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["kind"], &lines[0]["username"]), (&"signed_in".into(), &"alice".into()));
    assert_eq!((&lines[0]["source"], &lines[0]["on_behalf_of"]), (&"window".into(), &"alice".into()));

    app.escape().await;
    app.gone("region", "Activity").await;
    app.quit().await;
}
