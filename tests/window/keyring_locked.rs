//! Without its keyring the window explains why, keeps working where no key is needed, and recovers without a restart.

use crate::steps::{add_user, mint, sign_in};
use thirtyfour::Key;
use workbench_tests::desktop::{App, Desktop};

/// The example of RFC 7515 (appendix A.3).
const PRIVATE: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

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

#[tokio::test]
async fn no_key_is_made_while_it_is_locked_and_each_dialog_says_what_to_do() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    mint(&desktop, "alice");
    assert!(desktop.twb(&["keys", "rotate"], "").status.success());
    let list = || String::from_utf8(desktop.twb(&["keys", "list", "--json"], "").stdout).unwrap();
    let before = list();

    desktop.lock_keyring();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "is locked").await;
    app.click("button", "Keys").await;
    for (button, dialog) in
        [("New key", "New key"), ("Rotate access key", "Rotate the access key"), ("Import", "Import a private key")]
    {
        app.click("button", button).await;
        app.find("dialog", dialog).await;
        if button == "Import" {
            app.paste("Private key as PEM", PRIVATE).await;
        }
        app.press(Key::Control + Key::Enter).await;
        app.shows("Unlock the keyring, then try again.").await;
        // The key opens nothing besides, such as the menu of algorithms that has the focus.
        app.escape().await;
        app.gone("dialog", dialog).await;
        app.hides("Unlock the keyring, then try again.").await;
    }
    // A key ends only together with its private part.
    app.click("gridcell", "Retiring").await;
    app.press(Key::Delete + "").await;
    app.find("button", "Retire?").await;
    app.press(Key::Delete + "").await;
    app.shows("Unlock the keyring, then try again.").await;
    app.shows("2 public keys").await;
    assert_eq!(list(), before, "nothing half done");
    app.quit().await;
}
