//! Editing and signing again with the keyboard alone, in the real window and its real editor.

use crate::steps::{add_user, mint, shown_token};
use thirtyfour::Key;
use workbench_tests::desktop::{App, Desktop};

const LISTEN: &str = "window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));";

const MESSAGE_COVERS_SIGNING: &str = "const place = (found) => document.querySelector(found).getBoundingClientRect();
    const message = place('.toast'), bar = place('[role=group][aria-label=Sign]');
    return message.bottom > bar.top && message.left < bar.right;";

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
    // Go to the end of the `sub` line, back over the comma, the quote and two more letters.
    payload.click().await.unwrap();
    app.press(Key::Control + Key::Home).await;
    app.press(Key::Down + Key::Down + Key::End + Key::Left + Key::Left).await;
    app.press("xy").await;
    app.find("heading", "Would be rejected").await;
    app.shows("alicexy does not exist").await;
    assert_eq!(app.axe().await, [""; 0]);

    app.press(Key::Control + "z").await;
    app.find("heading", "Would be accepted").await;
    app.click("button", "Copy the verdict").await;
    app.shows("Verdict copied").await;
    assert!(!app.read::<bool>(MESSAGE_COVERS_SIGNING).await, "a message leaves Re-sign in sight");
    // Invalid JSON cannot be compared: the changes are not "none", and leaving asks first.
    payload.click().await.unwrap();
    app.press(Key::Control + Key::Home).await;
    app.press(Key::Delete).await;
    app.shows("not compared: a text is not JSON").await;
    app.escape().await;
    app.find("button", "Discard the changes?").await;
    app.press(Key::Control + "z").await;
    app.shows("none against the original").await;
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
    app.shows("Fault: ").await;
    app.find("button", "Sign with Test key not published").await;
    app.shows("is the test key, which is not published").await;
    app.escape().await;
    app.find("heading", "Accepted").await;
    assert_eq!(shown_token(&app).await, signed, "discarding leaves the token as it was");
    let violations: Vec<String> = app.read("return window.violations").await;
    assert_eq!(violations, [""; 0]);
    app.quit().await;
}

#[tokio::test]
async fn a_token_is_shifted_signed_with_another_key_and_kept_as_it_was_signed() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let token = mint(&desktop, "alice");
    let app: App = desktop.open_app(&[]).await;
    app.paste("Token", &token).await;
    app.find("heading", "Accepted").await;
    app.click("button", "Edit & re-sign").await;
    app.find("heading", "Would be accepted").await;

    // iat, nbf, exp and auth_time move together, so the token is not valid yet.
    app.click("button", "Shift the whole token").await;
    app.click("menuitem", "One hour later").await;
    app.shows("4 against the original").await;
    app.find("heading", "Would be rejected").await;

    // The old signature does not match the changed token.
    app.click("button", "Sign with").await;
    app.click("menuitemradio", "Keep the old signature").await;
    app.shows("The signature does not match the key").await;
    let draft = "return document.querySelector('[data-testid=draft-token]').innerText.replaceAll(/\\s/g, '')";
    let kept: String = app.read(draft).await;
    assert!(kept.contains(token.rsplit_once('.').unwrap().1), "{kept}");

    // With another key, the header takes its key ID and algorithm, or stays unchanged.
    app.click("button", "Sign with").await;
    app.click("menuitemradio", "Another key").await;
    app.find("dialog", "Sign with another key").await;
    app.press("a secret of thirty-two characters").await;
    app.click("button", "Sign with it").await;
    app.gone("dialog", "Sign with another key").await;
    app.shows("\"HS256\"").await;
    app.click("button", "How to write it").await;
    app.click("menuitemcheckbox", "Update alg and kid to the key's").await;
    app.escape().await;
    app.hides("\"HS256\"").await;
    app.shows("This reads as a secret; ES256 needs a public key").await;
    app.click("button", "How to write it").await;
    app.click("menuitemcheckbox", "Update alg and kid to the key's").await;
    app.escape().await;
    app.shows("\"HS256\"").await;
    app.click("button", "Re-sign").await;
    app.find("button", "Edit & re-sign").await;
    let signed = shown_token(&app).await;
    let said = desktop.twb(&["inspect", "--json", "--secret", "a secret of thirty-two characters"], &signed);
    assert!(String::from_utf8(said.stdout).unwrap().contains("\"signature\": \"verified\""));
    app.quit().await;
}
