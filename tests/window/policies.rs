//! A policy saved in the window appears on the command line, and the other way round.

use crate::steps::{add_user, mint};
use workbench_tests::desktop::Desktop;

#[tokio::test]
async fn a_policy_that_is_saved_in_the_window_judges_here_and_on_the_command_line() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let token = mint(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.paste("Token", &token).await;
    app.find("heading", "Accepted").await;
    app.click("heading", "Accepted").await;
    app.press("p").await;
    app.find("dialog", "New policy").await;
    app.fill("Name", "Partner API").await;
    app.fill("Audience", "partner-api").await;
    assert_eq!(app.axe().await, [""; 0]);
    app.click("button", "Save and use").await;
    app.gone("dialog", "New policy").await;
    app.find("heading", "Rejected").await;
    app.shows("the policy wants \"partner-api\"").await;
    let judged = desktop.twb(&["inspect", &token, "--policy", "partner api"], "");
    assert_eq!(judged.status.code(), Some(1));

    app.click("button", "Set aud and re-sign").await;
    app.find("heading", "Would be accepted").await;
    app.escape().await;
    assert!(desktop.twb(&["policies", "delete", "Partner API"], "").status.success());
    app.find("heading", "Accepted").await;
    app.quit().await;
}
