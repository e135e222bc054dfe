//! A token passed from outside: `token-workbench --inspect FILE`, and `twb inspect --gui`.

use engine::Profile;
use std::{fs, process::Command};
use workbench_tests::desktop::{Desktop, built};

const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJoYW5kZWQtb3ZlciJ9.";

#[test]
fn a_token_that_no_window_can_show_is_not_left_behind_and_a_users_file_is() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data/token-workbench/profiles/default");
    let profile = Profile::Folder { name: "default".parse().unwrap(), folder };
    let own = home.path().join("own.txt");
    fs::write(&own, TOKEN).unwrap();
    let handed_over = profile.hand_over(TOKEN).unwrap();
    for file in [&handed_over, &own] {
        let mut command = Command::new(built("token-workbench"));
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env("XDG_DATA_HOME", home.path().join("data"));
        assert_eq!(command.arg("--inspect").arg(file).output().unwrap().status.code(), Some(2));
    }
    assert!(!handed_over.exists() && own.exists());
}

#[test]
fn a_file_that_cannot_be_shown_is_said_where_it_was_named() {
    let desktop = Desktop::start();
    let large = desktop.home().join("large.txt");
    fs::write(&large, ".".repeat(8 * 1024 * 1024 + 1)).unwrap();
    for (file, sentence) in [
        ("missing.txt", "There is no file missing.txt"),
        (".", ". cannot be read: it is a folder"),
        ("large.txt", "large.txt has more than 8 MiB: check that it is the right file"),
    ] {
        let mut command = desktop.command(built("token-workbench"));
        let said = command.current_dir(desktop.home()).args(["--inspect", file]).output().unwrap();
        assert_eq!(String::from_utf8(said.stderr).unwrap(), format!("token-workbench: {sentence}\n"));
        assert_eq!((said.status.code(), said.stdout.as_slice()), (Some(2), &b""[..]));
    }
}

#[tokio::test]
async fn an_open_window_takes_what_twb_hands_over_and_leaves_a_users_file_where_it_is() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    let said = desktop.twb(&["inspect", "--gui"], TOKEN);
    assert_eq!((said.status.code(), said.stderr), (Some(0), Vec::new()));
    let folder = desktop.home().join(".local/share/token-workbench/profiles/default/handover");
    app.until("the handed-over file to be taken", async || {
        fs::read_dir(&folder).unwrap().next().is_none().then_some(())
    })
    .await;
    app.find("heading", "Rejected").await;
    app.shows("handed-over").await;
    app.click("button", "Clear the token").await;
    app.click("button", "Users").await;

    let own = desktop.home().join("own.txt");
    fs::write(&own, TOKEN).unwrap();
    let mut command = desktop.command(built("token-workbench"));
    let said = command.current_dir(desktop.home()).args(["--inspect", "own.txt"]).output().unwrap();
    assert_eq!((said.status.code(), said.stderr), (Some(0), Vec::new()));
    assert_eq!(fs::read_to_string(own).unwrap(), TOKEN);
    app.shows("handed-over").await;
    app.quit().await;
}
