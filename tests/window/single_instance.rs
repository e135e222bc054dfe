//! Starting the program again brings its window to the front instead of opening another.

use workbench_tests::desktop::{Desktop, built};

#[tokio::test]
async fn a_second_start_ends_at_once_and_another_profile_opens() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "Paste a token").await;

    let second = desktop.command(built("token-workbench")).output().unwrap();
    assert!(second.status.success(), "it hands over to the first: {}", String::from_utf8_lossy(&second.stderr));
    app.find("heading", "Paste a token").await;

    let other = desktop.open_app(&["--profile", "other"]).await;
    other.shows("Profile other").await;
    other.quit().await;
    app.quit().await;
}
