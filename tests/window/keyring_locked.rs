//! Without its keyring the window explains why, keeps working where no key is needed, and recovers without a restart.

use crate::steps::{add_user, mint, sign_in};
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

    app.click("button", "locked").await;
    app.click("button", "Try again").await;
    app.find("heading", "is locked").await;
    // The window sees it without being asked.
    desktop.unlock_keyring();
    app.gone("heading", "is locked").await;
    app.gone("button", "locked").await;
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
    app.find("heading", "No keyring service is running").await;
    desktop.start_keyring();
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
async fn a_keyring_that_is_locked_or_ends_meanwhile_is_said_and_the_keys_at_hand_still_sign() {
    let mut desktop = Desktop::start();
    add_user(&desktop, "alice");
    let token = mint(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.paste("Token", &token).await;
    app.find("heading", "Accepted").await;
    app.shows("ready").await;
    desktop.lock_keyring();
    app.click("button", "locked").await;
    app.shows("stay in use until the program ends").await;
    app.click("button", "Users").await;
    sign_in(&app, "alice").await;
    // The test key was never read: it is made when a token is first broken on purpose.
    app.click("button", "Inspect").await;
    app.click("button", "Edit & re-sign").await;
    app.find("heading", "Would be accepted").await;
    app.click("button", "Break it").await;
    app.click("menuitem", "expired").await;
    app.shows("The keyring is locked").await;
    app.escape().await;
    desktop.unlock_keyring();
    app.gone("button", "locked").await;
    desktop.stop_keyring();
    app.find("button", "not running").await;
    desktop.start_keyring();
    app.gone("button", "not running").await;
    app.quit().await;
}
