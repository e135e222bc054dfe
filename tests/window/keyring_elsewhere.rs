//! Without a keyring the window offers other places for the keys, and chooses none by itself.

use crate::steps::{add_user, place, sign_in};
use workbench_tests::desktop::Desktop;

const PASSPHRASE: &str = "plaid lantern quorum drizzle";

#[tokio::test]
async fn a_passphrase_seals_the_keys_and_the_next_start_asks_for_it() {
    let mut desktop = Desktop::start();
    add_user(&desktop, "alice");
    desktop.stop_keyring();

    let app = desktop.open_app(&[]).await;
    app.find("heading", "No keyring service is running").await;
    app.click("button", "Seal with a passphrase").await;
    let before = place(&app, "Keep the keys there").await;
    app.fill("Passphrase", PASSPHRASE).await;
    app.shows("Strong.").await;
    assert_eq!(place(&app, "Keep the keys there").await, before, "typing does not move the button");
    app.fill("Passphrase again", PASSPHRASE).await;
    app.click("button", "Keep the keys there").await;
    app.gone("heading", "No keyring service is running").await;
    app.click("button", "Users").await;
    sign_in(&app, "alice").await;
    app.quit().await;

    let app = desktop.open_app(&[]).await;
    app.find("heading", "sealed with a passphrase").await;
    app.fill("Passphrase", "plaid lantern").await;
    app.click("button", "Open the keys").await;
    app.find("heading", "sealed with a passphrase").await;
    app.fill("Passphrase", PASSPHRASE).await;
    app.click("button", "Open the keys").await;
    app.gone("heading", "sealed with a passphrase").await;
    app.click("button", "Users").await;
    sign_in(&app, "alice").await;
    app.quit().await;
}

#[tokio::test]
async fn keys_for_this_session_only_are_marked_and_gone_at_the_next_start() {
    let mut desktop = Desktop::start();
    add_user(&desktop, "alice");
    desktop.stop_keyring();

    let app = desktop.open_app(&[]).await;
    app.find("heading", "No keyring service is running").await;
    app.click("button", "This session only").await;
    app.gone("heading", "No keyring service is running").await;
    app.click("button", "Users").await;
    sign_in(&app, "alice").await;
    app.quit().await;

    desktop.start_keyring();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "The keys of the last session are gone").await;
    app.click("button", "Make new keys").await;
    app.click("button", "Make new keys? This ends all sessions").await;
    app.gone("heading", "The keys of the last session are gone").await;
    app.click("button", "Sessions").await;
    app.shows("Ended, keys lost").await;
    app.quit().await;
}
