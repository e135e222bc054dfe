//! Without its keyring the window explains why, keeps working where no key is needed, and recovers without a restart.

use crate::steps::{add_user, mint, sign_in};
use serde_json::json;
use workbench_tests::desktop::{App, Desktop};

#[tokio::test]
async fn a_locked_keyring_is_explained_and_recovers() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let token = mint(&desktop, "alice");

    desktop.lock_keyring();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "is locked").await;
    what_needs_no_key_works(&app, &token).await;

    desktop.unlock_keyring();
    app.click("button", "locked").await;
    app.click("button", "Try again").await;
    app.gone("heading", "is locked").await;
    app.click("button", "Users").await;
    sign_in(&app, "alice").await;
    app.quit().await;
}

#[tokio::test]
async fn a_keyring_that_starts_later_is_found_by_the_same_process() {
    let mut desktop = Desktop::start();
    add_user(&desktop, "alice");
    let token = mint(&desktop, "alice");

    desktop.stop_keyring();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "No keyring service is running").await;
    what_needs_no_key_works(&app, &token).await;

    app.click("button", "not running").await;
    // Not by the button: its answer could come after the keyring has started.
    let answer = app.calls("retry_keyring", json!({})).await;
    assert_eq!(answer["ok"]["state"], "absent", "{answer}");
    app.find("heading", "No keyring service is running").await;
    desktop.start_keyring();
    app.click("button", "Try again").await;
    app.gone("heading", "No keyring service is running").await;
    app.click("button", "Users").await;
    sign_in(&app, "alice").await;
    app.quit().await;
}

async fn what_needs_no_key_works(app: &App, token: &str) {
    app.click("button", "Inspect").await;
    app.paste("Token", token).await;
    // The public part of the key is in the database.
    app.find("heading", "Accepted").await;
    app.click("button", "Users").await;
    app.find("row", "alice").await;
    app.click("checkbox", "users:admin").await;
    app.find("row", "items:write users:admin").await;
}

#[tokio::test]
async fn any_command_that_fails_over_the_keyring_tells_the_window() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let token = mint(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.paste("Token", &token).await;
    app.find("heading", "Accepted").await;
    // The test key was never read: it is created when a token is first broken on purpose.
    desktop.lock_keyring();
    app.click("button", "Edit & re-sign").await;
    app.find("heading", "Would be accepted").await;
    app.click("button", "Break it").await;
    app.click("menuitem", "expired").await;
    // The frame around the views shows it too, not only the place where the command failed.
    app.find("button", "locked").await;
    app.quit().await;
}
