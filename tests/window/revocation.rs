//! Revocation: of the token in Inspect, the deny list, and the mode that does without it.

use crate::steps::{add_user, sign_in};
use thirtyfour::Key;
use workbench_tests::desktop::Desktop;

#[tokio::test]
async fn a_token_is_revoked_in_inspect_and_leaves_the_deny_list_when_it_would_have_expired() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    app.click("gridcell", "alice").await;
    sign_in(&app, "alice").await;
    app.click("button", "Revoke the token").await;
    app.click("button", "Revoke it? Refused at once").await;
    app.find("heading", "Rejected").await;
    app.shows("jti was revoked").await;
    assert_eq!(app.axe().await, Vec::<String>::new());

    app.click("button", "Open its session").await;
    app.find("region", "Session of alice").await;
    app.click("button", "Deny list").await;
    app.find("dialog", "Deny list").await;
    app.shows("1 token, those that leave first on top").await;
    app.shows("14:").await;
    assert_eq!(app.axe().await, Vec::<String>::new());
    app.click("radio", "Short-lived tokens").await;
    app.shows("works until it expires: up to 5 m").await;
    app.click("button", "Use short-lived tokens").await;
    app.shows("Access tokens are short-lived now").await;
    let policy = desktop.twb(&["policy", "show", "--json"], "");
    assert!(String::from_utf8_lossy(&policy.stdout).contains("short-lived"));
    app.escape().await;
    app.gone("dialog", "Deny list").await;

    // Expired, the token is replaced by the session's refresh token.
    assert!(desktop.twb(&["clock", "shift", "+16m"], "").status.success());
    app.press(Key::Control + "1").await;
    app.shows("expired").await;
    app.click("button", "Refresh its session").await;
    app.find("heading", "Accepted").await;
    app.shows("Not checked: tokens are short-lived here").await;
    app.quit().await;
}
