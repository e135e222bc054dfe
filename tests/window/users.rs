//! Users: editing, a new password, deleting, and the frame beside a sheet.

use crate::steps::{PASSWORD, add_user, place};
use std::fs;
use thirtyfour::{By, Key};
use workbench_tests::desktop::{Desktop, key};

/// Clicks the middle of a button of the rail, as a person would beside an open sheet.
const RAIL: &str =
    "const one = [...document.querySelectorAll('nav button')].find((b) => b.innerText.includes('Sessions'));
    const { x, y, width, height } = one.getBoundingClientRect();
    return [Math.round(x + width / 2), Math.round(y + height / 2)]";

#[tokio::test]
async fn a_user_is_edited_given_a_password_and_deleted_and_others_see_it() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    add_user(&desktop, "bob");
    assert!(desktop.twb(&["sign-in", "bob"], &format!("{PASSWORD}\n")).status.success());
    assert!(!desktop.twb(&["sign-in", "bob"], "not that one\n").status.success());
    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    app.click("gridcell", "bob").await;
    app.shows("Wrong password").await;
    assert_eq!(app.axe().await, Vec::<String>::new());

    app.press("e").await;
    app.fill("Display name", "Bob the Builder").await;
    let (x, y): (i64, i64) = app.read(RAIL).await;
    app.driver().action_chain().move_to(x, y).click().perform().await.unwrap();
    app.find("region", "Session of bob").await;
    app.press(Key::Control + "3").await;
    app.find("dialog", "Edit bob").await;
    app.press(Key::Control + Key::Enter).await;
    app.gone("dialog", "Edit bob").await;
    app.shows("Bob the Builder").await;
    let listed = String::from_utf8(desktop.twb(&["users", "show", "bob"], "").stdout).unwrap();
    assert!(listed.contains("Bob the Builder"), "{listed}");

    app.click("button", "More about bob").await;
    app.click("menuitem", "Set the password").await;
    app.shows("This ends 1 active session of bob").await;
    let before = place(&app, "Generate").await;
    app.click("button", "Generate").await;
    app.shows("Strong").await;
    assert_eq!(place(&app, "Generate").await, before, "the strength does not move it");
    let made = app.find("textbox", "New password").await.prop("value").await.unwrap().unwrap();
    app.click("button", "Copy").await;
    app.shows("It leaves the clipboard in 60 s").await;
    assert_eq!(desktop.display().selection("CLIPBOARD").as_deref(), Some(made.as_str()));
    app.click("button", "Set the password").await;
    app.gone("dialog", "Set the password of bob").await;
    assert!(!desktop.twb(&["sign-in", "bob"], &format!("{PASSWORD}\n")).status.success());
    desktop.twb(&["users", "unlock", "bob"], "");
    assert!(desktop.twb(&["sign-in", "bob"], &format!("{made}\n")).status.success());
    app.shows("Signed in").await;

    // Deleted by another program while the form is open.
    app.click("gridcell", "alice").await;
    app.press("e").await;
    app.find("dialog", "Edit alice").await;
    assert!(desktop.twb(&["users", "delete", "alice"], "").status.success());
    app.shows("alice was deleted meanwhile").await;
    app.escape().await;
    app.gone("dialog", "Edit alice").await;

    app.click("gridcell", "bob").await;
    app.press(Key::Delete + "").await;
    app.shows("1 active session: their access and refresh tokens are refused").await;
    assert_eq!(app.axe().await, Vec::<String>::new());
    app.click("button", "Delete bob").await;
    app.find("heading", "No users yet").await;
    app.quit().await;
}

/// The bcrypt hash of "from elsewhere", as another program wrote it.
const HASH: &str = "$2b$04$abcdefghijklmnopqrstuuA9PDQlq4IlCrKHqaFK5eYwoS3YVpnn6";

#[tokio::test]
async fn users_are_imported_as_shown_and_exported_to_a_file_that_was_chosen() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    app.click("button", "Scope catalog").await;
    app.shows("Held by alice.").await;
    app.click("button", "New scope").await;
    app.fill("Name", "orders:all").await;
    app.click("button", "Save scope").await;
    app.find("button", "Edit orders:all").await;
    assert_eq!(app.axe().await, Vec::<String>::new());
    app.escape().await;
    app.gone("dialog", "Scopes").await;

    let file = desktop.home().join("people.csv");
    let lines = format!("login,pw,roles\nheidi,{HASH},orders:all\nalice,,items:read\nol ivia,,\n");
    fs::write(&file, lines).unwrap();
    app.click("button", "Import and export").await;
    app.click("menuitem", "Import users").await;
    app.find("dialog", "Import users").await;
    let chooser = app.driver().find(By::Css("input[type=file]")).await.unwrap();
    chooser.send_keys(file.to_str().unwrap()).await.unwrap();
    app.shows("A username cannot contain a space").await;
    app.shows("bcrypt, cost 4, upgraded").await;
    // WebKit would paint the scroll bar of the list over the sheet.
    let scrolls: String =
        app.read("return getComputedStyle(document.querySelector('main [role=rowgroup].scroller')).overflow").await;
    assert_eq!(scrolls, "hidden");
    assert_eq!(app.axe().await, Vec::<String>::new());
    app.click("button", "Import 2 of 3").await;
    app.shows("Created 1 user, updated 1").await;
    app.find("row", "heidi").await;
    assert!(desktop.twb(&["sign-in", "heidi"], "from elsewhere\n").status.success());

    app.click("button", "Import and export").await;
    app.click("menuitem", "Export without hashes").await;
    let display = desktop.display();
    display.waits_for("Export users");
    display.press("Export users", &[key::ESCAPE]);
    display.waits_until_gone("Export users");
    app.click("button", "Import and export").await;
    app.click("menuitem", "Export without hashes").await;
    display.waits_for("Export users");
    display.press("Export users", &[key::RETURN]);
    app.shows("Users exported, without hashes").await;
    let text = app.text().await;
    let path = text.split_whitespace().find(|word| word.ends_with("users.csv")).unwrap().to_owned();
    let exported = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(exported.contains("heidi,,,orders:all,yes") && !exported.contains("$2"), "{exported}");
    app.quit().await;
}

/// The place of the dialog's main button while a lock is shown there; null without one.
const DURING_A_LOCK: &str = "const dialog = document.querySelector('[role=dialog]');
    if (!dialog.innerText.includes('End the lock')) return null;
    return dialog.querySelector('[type=submit]').getBoundingClientRect().y";

#[tokio::test]
async fn a_lock_that_ends_leaves_the_button_where_it_is() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    app.click("button", "Sign in as alice").await;
    let during = app
        .until("the lock in the dialog", async || {
            app.fill("Password", "not that one").await;
            app.click("button", "Sign in").await;
            app.read::<Option<f64>>(DURING_A_LOCK).await
        })
        .await;
    app.gone("button", "End the lock").await;
    let after = place(&app, "Sign in").await;
    assert!((after - during).abs() < 1.0, "{during} and {after}");
    app.quit().await;
}
