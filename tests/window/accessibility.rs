//! Every screen of the first slice passes axe-core, dark and light.

use crate::steps::{add_user, mint, sign_in};
use thirtyfour::Key;
use workbench_tests::desktop::{App, Desktop, Theme};

#[tokio::test]
async fn no_screen_has_a_violation_in_the_dark() {
    every_screen(Theme::Dark).await;
}

#[tokio::test]
async fn no_screen_has_a_violation_in_the_light() {
    every_screen(Theme::Light).await;
}

async fn every_screen(theme: Theme) {
    let mut desktop = Desktop::start();
    desktop.prefer(theme);
    let app = desktop.open_app(&[]).await;
    let dark: bool = app.read("return matchMedia('(prefers-color-scheme: dark)').matches").await;
    assert_eq!(dark, theme == Theme::Dark);

    app.find("heading", "Paste a token, see why it passes or fails").await;
    clean(&app, "first run").await;
    app.click("button", "Users").await;
    app.find("heading", "No users yet").await;
    clean(&app, "Users without users").await;
    app.click("button", "New user").await;
    app.find("dialog", "New user").await;
    clean(&app, "new user").await;
    app.click("button", "Create user").await;
    app.shows("username").await;
    clean(&app, "new user, refused").await;
    app.click("button", "Cancel").await;
    app.gone("dialog", "New user").await;

    add_user(&desktop, "alice");
    add_user(&desktop, "bob");
    app.click("gridcell", "alice").await;
    clean(&app, "Users with users").await;
    app.click("button", "Sign in as alice").await;
    app.find("dialog", "Sign in as alice").await;
    clean(&app, "sign-in").await;
    app.escape().await;
    app.gone("dialog", "Sign in as alice").await;
    sign_in(&app, "alice").await;
    clean(&app, "Inspect with an accepted token").await;
    app.resize(960, 640).await;
    clean(&app, "Inspect at its smallest").await;
    views_at_their_smallest(&app).await;
    app.quit().await;

    let token = mint(&desktop, "alice");
    desktop.lock_keyring();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "is locked").await;
    clean(&app, "keyring").await;
    app.click("button", "Continue without keys").await;
    app.paste("Token", &token[..token.len() / 2]).await;
    app.find("heading", "Not a valid token").await;
    clean(&app, "Inspect with a broken token").await;
    app.quit().await;
}

/// What 960 × 640 shows of Sessions, Keys, Activity and a second factor.
async fn views_at_their_smallest(app: &App) {
    app.click("button", "Sessions").await;
    app.find("region", "Session of alice").await;
    clean(app, "Sessions").await;
    app.click("button", "Race 8").await;
    app.shows("1 won").await;
    clean(app, "a race").await;
    app.click("button", "Deny list").await;
    app.find("dialog", "Deny list").await;
    clean(app, "the deny list").await;
    app.click("radio", "Short-lived tokens").await;
    app.shows("works until it expires").await;
    clean(app, "the other mode of revocation").await;
    app.escape().await;
    app.gone("dialog", "Deny list").await;
    app.press(Key::Control + "j").await;
    app.shows("Ended with it").await;
    clean(app, "Activity").await;
    app.escape().await;
    app.hides("Ended with it").await;
    app.click("button", "Keys").await;
    app.find("grid", "Signing keys").await;
    clean(app, "Keys").await;
    app.click("button", "Users").await;
    app.find("row", "bob").await;
    app.resize(1280, 800).await;
    app.click("gridcell", "bob").await;
    app.click("button", "Enroll").await;
    app.find("group", "Virtual phone").await;
    app.resize(960, 640).await;
    app.click("button", "Fill from phone").await;
    app.shows("Would pass").await;
    clean(app, "enrolling").await;
    app.click("button", "Confirm and turn on").await;
    app.shows("The second factor is on").await;
    clean(app, "recovery codes").await;
}

async fn clean(app: &App, screen: &str) {
    let violations = app.axe().await;
    assert!(violations.is_empty(), "{screen}:\n{}", violations.join("\n"));
}
