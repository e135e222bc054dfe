//! Keys: a rotation, and what becomes of the key before.

use crate::steps::{add_user, mint};
use serde_json::Value;
use thirtyfour::Key;
use workbench_tests::desktop::Desktop;

#[tokio::test]
async fn a_key_is_rotated_retired_and_deleted_and_the_set_follows() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    mint(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.click("button", "Keys").await;
    app.find("grid", "Signing keys").await;
    app.shows("signs and verifies").await;
    app.shows("At most 1 token").await;
    assert_eq!(app.axe().await, Vec::<String>::new());

    app.press("r").await;
    app.find("dialog", "Rotate the access key").await;
    app.shows("Tokens that clients hold stay valid until they expire.").await;
    app.press(Key::Control + Key::Enter).await;
    app.gone("dialog", "Rotate the access key").await;
    app.shows("2 public keys").await;
    let shown: String = app
        .read("return [...document.querySelectorAll('[aria-label=\"JWK Set\"] div > span')].map(one => one.textContent).join('\\n')")
        .await;
    let published = String::from_utf8(desktop.twb(&["keys", "jwks"], "").stdout).unwrap();
    assert_eq!(shown.trim(), published.trim(), "what clients will fetch");

    // The key before is the next row.
    app.click("gridcell", "Retiring").await;
    app.press(Key::Delete + "").await;
    app.find("button", "Retire? Refuses up to 1 token").await;
    app.press(Key::Delete + "").await;
    app.shows("Private part deleted").await;
    app.shows("1 public key").await;
    app.press(Key::Delete + "").await;
    app.find("button", "Delete its record?").await;
    app.press(Key::Delete + "").await;
    app.shows("3 keys, 3 active").await;

    // A change made elsewhere shows by itself.
    desktop.twb(&["keys", "rotate", "--algorithm", "EdDSA"], "");
    app.shows("4 keys, 3 active").await;
    let listed: Value = serde_json::from_slice(&desktop.twb(&["keys", "list", "--json"], "").stdout).unwrap();
    assert_eq!(listed[0]["algorithm"], "EdDSA");
    app.quit().await;
}
