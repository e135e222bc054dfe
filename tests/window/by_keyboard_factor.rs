//! A second factor by keyboard alone: set up, used to sign in, given new recovery codes, removed.

use crate::{
    by_keyboard::use_button,
    enrolling::{computed, freeze},
    steps::{PASSWORD, add_user, focus},
};
use thirtyfour::Key;
use workbench_tests::desktop::Desktop;

#[tokio::test]
async fn a_second_factor_is_set_up_used_and_removed() {
    let desktop = Desktop::start();
    add_user(&desktop, "bob");
    freeze(&desktop, "2026-11-23T14:30:11Z");
    let app = desktop.open_app(&[]).await;
    app.resize(1280, 800).await;
    app.press(Key::Control + "3").await;
    app.find("row", "bob").await;
    use_button(&app, "Enroll").await;
    app.find("dialog", "Enroll a second factor for bob").await;
    app.find("group", "Virtual phone").await;
    use_button(&app, "Copy the secret").await;
    app.shows("It leaves the clipboard in 60 s").await;
    let secret = desktop.display().selection("CLIPBOARD").unwrap();
    focus(&app, "Code of the authenticator").await;
    app.press(computed(&secret, "2026-11-23 14:30:11 UTC", "sha1", 6)).await;
    app.shows("Would pass as step 0").await;
    app.press(Key::Enter + "").await;
    app.shows("The second factor is on").await;
    use_button(&app, "Copy").await;
    app.shows("The set of recovery codes is copied").await;
    app.escape().await;
    app.gone("dialog", "Enroll a second factor for bob").await;

    freeze(&desktop, "2026-11-23T14:31:11Z");
    app.press("f").await;
    app.find("dialog", "Sign in as bob").await;
    app.press(PASSWORD).await;
    app.press(Key::Enter + "").await;
    app.find("textbox", "Code of the authenticator").await;
    // The last digit sends it.
    app.press(computed(&secret, "2026-11-23 14:31:11 UTC", "sha1", 6)).await;
    app.find("heading", "Accepted").await;

    app.press(Key::Control + "3").await;
    use_button(&app, "New recovery codes").await;
    app.find("dialog", "New recovery codes for bob").await;
    app.press(PASSWORD).await;
    app.press(Key::Enter + "").await;
    app.find("list", "Recovery codes").await;
    // The message about the first set must not pass for the one about this set.
    app.hides("The set of recovery codes is copied").await;
    use_button(&app, "Copy").await;
    app.shows("The set of recovery codes is copied").await;
    app.escape().await;
    app.gone("dialog", "New recovery codes for bob").await;
    use_button(&app, "Remove").await;
    app.find("dialog", "Remove the second factor of bob").await;
    app.press(PASSWORD).await;
    app.press(Key::Enter + "").await;
    app.gone("dialog", "Remove the second factor of bob").await;
    app.shows("none: the password alone signs in").await;
    app.quit().await;
}
