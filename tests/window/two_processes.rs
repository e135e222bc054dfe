//! The window and `twb` on one profile at the same time: each shows what the other does.

use crate::steps::{add_user, create_user};
use workbench_tests::desktop::Desktop;

#[tokio::test]
async fn what_one_process_does_the_other_shows() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    app.find("heading", "No users yet").await;

    add_user(&desktop, "alice");
    app.find("row", "alice").await;

    create_user(&app, "bob").await;
    let list = desktop.twb(&["users", "list"], "");
    let list = String::from_utf8(list.stdout).unwrap();
    assert!(list.contains("alice") && list.contains("bob"), "{list}");
    app.quit().await;
}
