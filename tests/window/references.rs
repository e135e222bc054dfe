//! A click on a reference opens the specification in the browser, and nothing else can be opened.

use crate::steps::{add_user, mint};
use serde_json::json;
use std::fs;
use workbench_tests::desktop::Desktop;

#[tokio::test]
async fn a_click_on_a_reference_opens_the_specification_and_no_script_opens_anything_else() {
    let mut desktop = Desktop::start();
    add_user(&desktop, "alice");
    let token = mint(&desktop, "alice");
    let opened = desktop.home().join("opened");
    desktop.stand_in("xdg-open", &format!("echo \"$1\" >> '{}'", opened.display()));
    let app = desktop.open_app(&[]).await;
    app.paste("Token", &token).await;
    app.find("heading", "Accepted").await;
    app.click("button", "Open 7519 §4.1.2").await;
    let read = || fs::read_to_string(&opened).ok().filter(|text| text.ends_with('\n'));
    let address = app.until("the browser to start", async || read()).await;
    assert_eq!(address, "https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1.2\n");
    // The click is used up, and the next one opens no address of a script's choice.
    let call = async |address: &str| app.calls("open_reference", json!({"address": address})).await;
    assert_eq!(call("https://www.rfc-editor.org/rfc/rfc7519.html").await["error"]["code"], "gesture_required");
    app.click("heading", "Accepted").await;
    assert_eq!(call("https://evil.example/").await["error"]["code"], "elsewhere");
    assert_eq!(read().as_deref(), Some(&*address));
    app.quit().await;
}
