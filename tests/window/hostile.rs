//! Whatever is pasted is text: it adds nothing to the page, fetches nothing, and the window goes on answering.

use crate::steps::shown_token;
use workbench_tests::desktop::{App, Desktop};

/// Counts what a page of text has no need of. Icons are drawn, so a picture is foreign too.
const FOREIGN: &str = "return document.querySelectorAll(
    'img, script:not([src]), iframe, object, embed, base, meta[http-equiv], form[action], audio, video, link:not([rel~=stylesheet]):not([rel~=modulepreload]), [onerror], [onload]'
).length + performance.getEntriesByType('resource').filter((entry) => !/^(tauri|ipc):/.test(entry.name)).length";

const LISTEN: &str = "window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));";

#[tokio::test]
async fn nothing_pasted_becomes_anything_but_text() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("textbox", "Token").await;
    let _: Option<()> = app.read(LISTEN).await;
    let before: u32 = app.read(FOREIGN).await;

    let html = r#"<img src="https://example.org/x" onerror="violations.push('ran')"><script>violations.push('ran')</script><iframe src="https://example.org"></iframe>"#;
    // {"alg":"none","kid":"<img src=x onerror=violations.push(1)>"} . {"sub":"<script>violations.push(2)</script>","iss":"\u202egro.elpmaxe"}
    let inside = "eyJhbGciOiJub25lIiwia2lkIjoiPGltZyBzcmM9eCBvbmVycm9yPXZpb2xhdGlvbnMucHVzaCgxKT4ifQ.\
        eyJzdWIiOiI8c2NyaXB0PnZpb2xhdGlvbnMucHVzaCgyKTwvc2NyaXB0PiIsImlzcyI6Ilx1MjAyZWdyby5lbHBtYXhlIn0.";
    let huge = format!("eyJ{}", "A".repeat(1024 * 1024));
    let whole = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let bidi = "\u{202e}eyJhbGci\u{2066}.\u{200b}eyJ\u{feff}.\u{0}x";
    for text in [html, inside, bidi, &whole[..whole.len() / 2], &whole[..3], "{", "....", " \n\t ", &huge] {
        app.paste("Token", text).await;
        answers(&app, &text.chars().take(40).collect::<String>()).await;
        let after: u32 = app.read(FOREIGN).await;
        assert_eq!(after, before, "{text:.80}");
        clear(&app).await;
    }
    let violations: Vec<String> = app.read("return window.violations").await;
    assert_eq!(violations, [""; 0]);

    app.paste("Token", whole).await;
    app.find("heading", "Rejected").await;
    assert_eq!(shown_token(&app).await, whole);
    app.quit().await;
}

/// The window shows something for the text and still takes a click.
async fn answers(app: &App, what: &str) {
    app.until(&format!("an answer to {what:?}"), async || {
        let verdicts = ["Rejected", "Not verified", "Accepted", "Not a valid token", "No verdict yet"];
        let text = app.text().await;
        verdicts.iter().any(|verdict| text.contains(verdict)).then_some(())
    })
    .await;
    app.click("button", "Users").await;
    app.find("heading", "No users yet").await;
    app.click("button", "Inspect").await;
}

async fn clear(app: &App) {
    app.until("an empty field", async || {
        if let Some(button) = app.all("button", "Clear the token").await.into_iter().next() {
            button.click().await.ok()?;
        }
        (!app.all("textbox", "Token").await.is_empty() && app.all("button", "Clear the token").await.is_empty())
            .then_some(())
    })
    .await;
}
