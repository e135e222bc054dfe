//! A token from elsewhere, checked with a key typed into the real window.

use inspect::{Draft, SecretForm, UserKey};
use thirtyfour::Key;
use workbench_tests::desktop::{App, Desktop};

/// The sample token of jwt.io, signed with `your-256-bit-secret`.
const FOREIGN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

#[tokio::test]
async fn a_typed_secret_verifies_a_token_from_elsewhere() {
    let desktop = Desktop::start();
    let app: App = desktop.open_app(&[]).await;
    app.find("textbox", "Token").await;
    app.paste("Token", FOREIGN).await;
    app.find("heading", "Not verified").await;
    app.shows("A well-known secret").await;

    app.click("heading", "Not verified").await;
    app.press("k").await;
    app.find("dialog", "Try another key").await;
    // The same secret in base64: the diagnosis detects that.
    app.press("eW91ci0yNTYtYml0LXNlY3JldA").await;
    app.shows("matches once the secret is read as base64").await;
    assert_eq!(app.axe().await, [""; 0]);
    app.click("button", "Read the secret as base64").await;
    app.find("radio", "Base64").await;
    app.shows("Secret, 19 bytes").await;
    app.click("button", "Use this key").await;
    app.gone("dialog", "Try another key").await;
    app.find("heading", "Accepted").await;
    app.shows("any issuer").await;
    assert_eq!(app.axe().await, [""; 0]);

    app.click("button", "Use the profile's keys").await;
    app.find("heading", "Not verified").await;
    app.shows("Chosen automatically: the token names no issuer").await;
    app.quit().await;
}

/// Signed with a password that is in every list.
const GUESSABLE: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6NDEwMjQ0NDgwMH0.eBv5zhpuwKNhcvhgWoB74qWQ4VRa7-pD4Ih9krNZAYk";

#[tokio::test]
async fn a_guessable_secret_is_told_and_a_time_opens_to_local_time_utc_and_distance() {
    let desktop = Desktop::start();
    let app: App = desktop.open_app(&[]).await;
    app.find("textbox", "Token").await;
    app.paste("Token", GUESSABLE).await;
    app.shows("Signed with trustno1").await;
    app.click("gridcell", "4102444800").await;
    app.press(Key::Enter + "").await;
    app.shows("2100-01-01T00:00:00Z").await;
    app.shows("From now").await;
    assert_eq!(app.axe().await, [""; 0]);
    app.quit().await;
}

#[tokio::test]
async fn an_expired_token_with_its_secret_is_valid_again_in_three_steps() {
    let secret = "the secret of a service, 36 characters";
    let unsigned = Draft {
        header: r#"{"alg":"HS256","typ":"JWT"}"#.into(),
        payload: r#"{"iss":"https://issuer.example","sub":"42","iat":1795000000,"exp":1795000900}"#.into(),
        compact: true,
        follow_key: true,
        fault: None,
        lossy: false,
        unbroken: None,
    };
    let expired = UserKey::new(secret, SecretForm::Text).sign(&unsigned).unwrap();
    let desktop = Desktop::start();
    let app: App = desktop.open_app(&[]).await;
    app.find("textbox", "Token").await;
    app.paste("Token", &expired).await;
    app.find("heading", "Rejected").await;

    app.click("heading", "Rejected").await;
    app.press("k").await;
    app.find("dialog", "Try another key").await;
    app.press(secret).await;
    app.shows("Secret, 38 bytes").await;
    app.click("button", "Use this key").await;
    app.gone("dialog", "Try another key").await;

    app.click("button", "Re-sign for 15 m").await;
    app.find("heading", "Accepted").await;
    app.shows("any issuer").await;
    app.shows("Re-signed. The original is under Recent").await;
    assert_eq!(app.axe().await, [""; 0]);

    // The secret is still the key, also of the next change.
    app.press("e").await;
    app.shows("Secret, 38 bytes").await;
    app.find("heading", "Would be accepted").await;
    app.quit().await;
}
