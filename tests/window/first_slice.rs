//! From an empty profile to a verified token; all of it is still there after a restart.

use crate::steps::{create_user, sign_in};
use workbench_tests::desktop::{App, Desktop};

#[tokio::test]
async fn a_user_signs_in_and_the_token_still_verifies_after_a_restart() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "Paste a token, see why it passes or fails").await;
    create_user(&app, "alice").await;
    let token = sign_in(&app, "alice").await;
    assert_eq!(token.split('.').count(), 3, "{token}");
    let signature = signature(&app).await;
    assert!(signature.contains("Verified"), "{signature}");
    it_counts_down(&app).await;
    app.quit().await;

    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    app.find("row", "alice").await;
    app.click("button", "Inspect").await;
    app.paste("Token", &token).await;
    app.find("heading", "Accepted").await;
    assert_eq!(self::signature(&app).await, signature, "the same key verifies it");
    it_counts_down(&app).await;
    app.quit().await;
}

/// What the window says about the signature: the verdict, the key, the bytes.
async fn signature(app: &App) -> String {
    app.find("region", "Signature").await.text().await.unwrap()
}

async fn it_counts_down(app: &App) {
    let timer = app.find("timer", "").await;
    let first = timer.text().await.unwrap();
    assert!(first.contains(':'), "{first}");
    app.until("a countdown that moves", async || (timer.text().await.ok()? != first).then_some(())).await;
}
