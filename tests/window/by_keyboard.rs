//! The stories of Inspect, Users, Sessions, Keys and Activity once more, by keyboard alone.

use crate::steps::{PASSWORD, add_user, focus};
use std::fs;
use thirtyfour::{By, Key};
use workbench_tests::desktop::{App, Desktop, key};

/// Presses a control that Tab comes to.
pub(crate) async fn use_button(app: &App, name: &str) {
    focus(app, name).await;
    app.press(Key::Enter + "").await;
}

/// What has the focus, by its name or its text.
async fn focused(app: &App) -> String {
    let name: String =
        app.read("const one = document.activeElement; return one.getAttribute('aria-label') || one.innerText").await;
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Counts how often nothing but the page itself has the focus, once the page has reacted.
const WATCH_FOCUS: &str = "window.lostFocus = 0;
    document.addEventListener('focusout', () => requestAnimationFrame(() => requestAnimationFrame(() => {
        if (document.activeElement === document.body) window.lostFocus += 1;
    })));";

/// Answers the shell's save dialog; returns what was written, and removes the file.
async fn saved(desktop: &Desktop, app: &App, title: &str, file: &str) -> String {
    let display = desktop.display();
    display.waits_for(title);
    display.press(title, &[key::RETURN]);
    app.shows(file).await;
    let page = app.text().await;
    let path = page.split_whitespace().find(|word| word.ends_with(file)).unwrap();
    let text = fs::read_to_string(path).unwrap();
    fs::remove_file(path).unwrap();
    text
}

#[tokio::test]
async fn a_user_is_created_and_signs_in_and_the_session_is_refreshed_raced_and_revoked() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.press(Key::Control + "3").await;
    app.find("heading", "No users yet").await;
    app.press("n").await;
    app.find("dialog", "New user").await;
    app.press("alice").await;
    focus(&app, "Password").await;
    app.press(PASSWORD).await;
    app.press(Key::Control + Key::Enter).await;
    app.gone("dialog", "New user").await;
    app.find("row", "alice").await;
    app.press("f").await;
    app.find("dialog", "Sign in as alice").await;
    app.press(PASSWORD).await;
    app.press(Key::Enter + "").await;
    app.find("heading", "Accepted").await;

    app.press(Key::Control + "2").await;
    app.find("region", "Session of alice").await;
    app.press("r").await;
    app.shows("R1").await;
    use_button(&app, "Race 8").await;
    app.shows("1 won").await;
    app.shows("7 refused").await;
    use_button(&app, "Sign alice in to race again").await;
    app.find("dialog", "Sign in as alice").await;
    app.press(PASSWORD).await;
    app.press(Key::Enter + "").await;
    app.gone("dialog", "Sign in as alice").await;
    app.press(Key::Control + "2").await;
    app.shows("2 in this profile, 1 active").await;
    app.press(Key::Delete + "").await;
    app.find("button", "Revoke alice’s session?").await;
    app.press(Key::Delete + "").await;
    app.shows("2 in this profile, 0 active").await;
    use_button(&app, "Deny list").await;
    app.find("dialog", "Deny list").await;
    app.escape().await;
    app.gone("dialog", "Deny list").await;
    app.quit().await;
}

#[tokio::test]
async fn a_key_is_rotated_and_saved_and_the_log_is_filtered_and_exported() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.press(Key::Control + "4").await;
    app.shows("1 public key").await;
    app.press("r").await;
    app.find("dialog", "Rotate the access key").await;
    app.press(Key::Control + Key::Enter).await;
    app.gone("dialog", "Rotate the access key").await;
    app.shows("2 public keys").await;
    use_button(&app, "Save…").await;
    let set = saved(&desktop, &app, "Save the JWK Set", "jwks.json").await;
    assert_eq!(set.as_bytes().trim_ascii(), desktop.twb(&["keys", "jwks"], "").stdout.trim_ascii());
    use_button(&app, "Save the public key").await;
    app.find("menuitem", "Save as JWK").await;
    app.press(Key::Down + "").await;
    app.press(Key::Enter + "").await;
    let pem = saved(&desktop, &app, "Save the public key", ".pem").await;
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----"), "{pem}");

    app.press(Key::Control + "j").await;
    app.find("region", "Activity").await;
    app.shows("User alice created").await;
    app.press("/").await;
    app.press("alice").await;
    app.hides("Key made").await;
    use_button(&app, "Export JSON Lines").await;
    let log = saved(&desktop, &app, "Export events", "events.jsonl").await;
    assert_eq!(log.lines().count(), 1, "{log}");
    app.escape().await;
    app.gone("region", "Activity").await;
    app.quit().await;
}

/// From a paste to a valid token, with the overlay, a policy and the editor opened and closed on the way.
#[tokio::test]
async fn an_expired_token_becomes_valid_and_the_focus_is_never_lost() {
    let secret = "the secret of a service, 36 characters";
    let key = jose::SigningKey::from_hmac(jose::Algorithm::Hs256, secret.as_bytes(), "k").unwrap();
    let claims = br#"{"iss":"https://issuer.example","sub":"42","iat":1795000000,"exp":1795000900}"#;
    let expired = key.dangerous_sign(r#"{"alg":"HS256","typ":"JWT"}"#, claims).unwrap();
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    let _: Option<()> = app.read(WATCH_FOCUS).await;
    focus(&app, "Token").await;
    app.paste("Token", &expired).await;
    app.find("heading", "Rejected").await;

    app.press("k").await;
    app.find("dialog", "Try another key").await;
    app.press(secret).await;
    app.shows("Secret, 38 bytes").await;
    app.escape().await;
    app.gone("dialog", "Try another key").await;
    app.press("k").await;
    app.find("dialog", "Try another key").await;
    app.press(secret).await;
    app.press(Key::Control + Key::Enter).await;
    app.gone("dialog", "Try another key").await;
    use_button(&app, "Re-sign for 15 m").await;
    app.find("heading", "Accepted").await;

    // Rows and checks are one stop each, in which the arrows move.
    focus(&app, "alg").await;
    app.press(Key::Down + "").await;
    assert!(focused(&app).await.starts_with("typ"), "{}", focused(&app).await);
    focus(&app, "Parse").await;
    app.press(Key::Down + "").await;
    assert!(focused(&app).await.starts_with("Algorithm"), "{}", focused(&app).await);
    app.press("?").await;
    app.find("dialog", "All shortcuts").await;
    app.escape().await;
    app.gone("dialog", "All shortcuts").await;
    assert!(focused(&app).await.starts_with("Algorithm"), "{}", focused(&app).await);
    app.press("j").await;
    app.find("region", "Header as JSON").await;
    app.press("j").await;
    app.press("p").await;
    app.find("dialog", "New policy").await;
    app.escape().await;
    app.gone("dialog", "New policy").await;
    app.press("e").await;
    app.find("heading", "Would be accepted").await;
    app.until("the editor to take the focus", async || focused(&app).await.eq("Payload as JSON").then_some(())).await;
    app.escape().await;
    app.find("heading", "Accepted").await;
    let lost: u32 = app.read("return window.lostFocus").await;
    assert_eq!(lost, 0, "the focus fell to the page's body");
    app.quit().await;
}

#[tokio::test]
async fn users_are_imported_and_one_is_edited_and_the_deny_list_gives_way_to_short_lived_tokens() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    assert!(desktop.twb(&["sign-in", "alice"], &format!("{PASSWORD}\n")).status.success());
    let app = desktop.open_app(&[]).await;
    app.press(Key::Control + "3").await;
    app.find("row", "alice").await;
    app.press("e").await;
    app.find("dialog", "Edit alice").await;
    focus(&app, "Display name").await;
    app.press("Alice Liddell").await;
    app.press(Key::Control + Key::Enter).await;
    app.gone("dialog", "Edit alice").await;
    app.shows("Alice Liddell").await;

    // The system's dialog belongs to the system: the file reaches the field as that would hand it over.
    let file = desktop.home().join("people.csv");
    fs::write(&file, "login,pw,roles\nheidi,,items:read\nol ivia,,\n").unwrap();
    use_button(&app, "Import and export").await;
    app.find("menuitem", "Import users").await;
    app.press(Key::Enter + "").await;
    app.find("dialog", "Import users").await;
    focus(&app, "Choose a file").await;
    let chooser = app.driver().find(By::Css("input[type=file]")).await.unwrap();
    chooser.send_keys(file.to_str().unwrap()).await.unwrap();
    app.shows("A username cannot contain a space").await;
    use_button(&app, "Change").await;
    use_button(&app, "Done").await;
    focus(&app, "Import").await;
    app.press(Key::Control + Key::Enter).await;
    app.shows("Created 1 user").await;
    app.find("row", "heidi").await;

    app.press(Key::Control + "2").await;
    use_button(&app, "Deny list").await;
    app.find("dialog", "Deny list").await;
    focus(&app, "Deny list").await;
    app.press(Key::Right + "").await;
    app.shows("works until it expires: up to 5 m").await;
    use_button(&app, "Use short-lived tokens").await;
    app.shows("Access tokens are short-lived now").await;
    app.escape().await;
    app.gone("dialog", "Deny list").await;
    app.quit().await;
}
