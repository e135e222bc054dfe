//! Steps shared by several stories.

use thirtyfour::Key;
use workbench_tests::desktop::{App, Desktop};

pub(crate) const PASSWORD: &str = "four unrelated grey words";

/// Adds a user without the window.
pub(crate) fn add_user(desktop: &Desktop, name: &str) {
    let arguments = ["users", "add", name, "--scope", "items:read", "--scope", "items:write"];
    let said = desktop.twb(&arguments, &format!("{PASSWORD}\n"));
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

/// Mints a token without the window, which creates the signing key if there is none.
pub(crate) fn mint(desktop: &Desktop, name: &str) -> String {
    let said = desktop.twb(&["token", "--user", name], "");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

/// Creates a user through the window; ends in Users with that user selected.
pub(crate) async fn create_user(app: &App, name: &str) {
    app.click("button", "Users").await;
    app.click("button", "New user").await;
    app.find("dialog", "New user").await;
    app.fill("Username", name).await;
    app.fill("Password", PASSWORD).await;
    app.click("checkbox", "items:read").await;
    app.click("button", "Create user").await;
    app.gone("dialog", "New user").await;
    app.find("row", name).await;
}

/// Signs in the user selected in Users; ends in Inspect and returns the new token.
pub(crate) async fn sign_in(app: &App, name: &str) -> String {
    app.click("button", &format!("Sign in as {name}")).await;
    app.find("dialog", &format!("Sign in as {name}")).await;
    app.fill("Password", PASSWORD).await;
    app.click("button", "Sign in").await;
    app.find("heading", "Accepted").await;
    shown_token(app).await
}

/// Where a button is, from the top of the page in pixels.
pub(crate) async fn place(app: &App, button: &str) -> f64 {
    app.find("button", button).await.rect().await.unwrap().y
}

/// The token that Inspect shows.
pub(crate) async fn shown_token(app: &App) -> String {
    // The start page's field is replaced by another one; a query in between finds none.
    app.until("the token field", async || app.all("textbox", "Token").await.first()?.prop("value").await.ok()?).await
}

/// Moves the focus to a control by Tab; the start of its name is enough.
pub(crate) async fn focus(app: &App, name: &str) {
    const NAME: &str = "const one = document.activeElement;
        return one.getAttribute('aria-label') || (one.labels && one.labels[0] && one.labels[0].innerText) || one.innerText || ''";
    let words = async || {
        let focused: String = app.read(NAME).await;
        focused.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    app.until(&format!("Tab to come to {name}"), async || {
        if words().await.starts_with(name) {
            return Some(());
        }
        app.press(Key::Tab + "").await;
        None
    })
    .await;
}
