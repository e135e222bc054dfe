//! Editing and signing again with the keyboard alone, in the real window and its real editor.

use crate::steps::{add_user, mint, shown_token};
use thirtyfour::Key;
use workbench_tests::desktop::{App, Desktop};

const LISTEN: &str = "window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));";

#[tokio::test]
async fn a_token_is_edited_signed_and_broken_by_key() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let token = mint(&desktop, "alice");
    let app: App = desktop.open_app(&[]).await;
    let _: Option<()> = app.read(LISTEN).await;
    app.paste("Token", &token).await;
    app.find("heading", "Accepted").await;

    app.click("heading", "Accepted").await;
    app.press("e").await;
    app.find("heading", "Would be accepted").await;
    let payload = app.find("textbox", "Payload as JSON").await;
    let styled = "return getComputedStyle(document.querySelector('.cm-editor')).display";
    assert_eq!(app.read::<String>(styled).await, "flex", "the editor's own styles are let in");
    // To the end of the line of `sub`, over the comma and the quote, and two letters more.
    payload.click().await.unwrap();
    app.press(Key::Control + Key::Home).await;
    app.press(Key::Down + Key::Down + Key::End + Key::Left + Key::Left).await;
    app.press("xy").await;
    app.find("heading", "Would be rejected").await;
    app.shows("alicexy does not exist").await;
    assert_eq!(app.axe().await, [""; 0]);

    app.press(Key::Control + "z").await;
    app.find("heading", "Would be accepted").await;
    let number = "return [...document.querySelectorAll('.cm-line')].map((line) => line.textContent).find((line) => line.includes('\"exp\"'))";
    let before: String = app.read(number).await;
    app.click("button", "exp to +1 h").await;
    app.until("another exp", async || (app.read::<String>(number).await != before).then_some(())).await;
    app.press(Key::Control + Key::Enter).await;
    app.find("heading", "Accepted").await;
    let signed = shown_token(&app).await;
    assert_ne!(signed, token);
    assert!(desktop.twb(&["guard"], &format!("{signed}\n")).status.success(), "the profile takes it");

    app.click("heading", "Accepted").await;
    app.press("e").await;
    app.click("button", "Break it").await;
    app.click("menuitem", "bad signature").await;
    app.find("heading", "Would be rejected").await;
    app.shows("Signed wrongly").await;
    app.escape().await;
    app.find("heading", "Accepted").await;
    assert_eq!(shown_token(&app).await, signed, "discarding leaves the token as it was");
    let violations: Vec<String> = app.read("return window.violations").await;
    assert_eq!(violations, [""; 0]);
    app.quit().await;
}
