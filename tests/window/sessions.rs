//! Sessions: a family grows, a replay ends it. Also sign-in with a second factor.

use crate::steps::{PASSWORD, add_user, sign_in};
use serde_json::Value;
use thirtyfour::Key;
use workbench_tests::desktop::{App, Desktop, built};

/// The positions and names of the buttons in the row of the selected session.
const ROW: &str = "return [...document.querySelectorAll('.family .head button')].map(one => {
    const { x, y, width } = one.getBoundingClientRect();
    return [one.innerText.trim(), Math.round(x), Math.round(y), Math.round(width)];
})";

/// Alice has signed in, and the window shows her session.
async fn with_a_session() -> (Desktop, App) {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    app.click("gridcell", "alice").await;
    sign_in(&app, "alice").await;
    app.click("button", "Sessions").await;
    app.find("region", "Session of alice").await;
    (desktop, app)
}

#[tokio::test]
async fn a_replayed_refresh_token_ends_its_session_before_ones_eyes() {
    let (desktop, app) = with_a_session().await;
    app.shows("1 in this profile, 1 active").await;
    for (used, next) in [("R0", "R1"), ("R1", "R2")] {
        app.click("button", "Refresh").await;
        app.shows(next).await;
        // The chain may be drawn before the answer is there; the button waits for the answer.
        app.shows(&format!("Answer to {used} New tokens")).await;
    }
    app.click("button", "Replay R1").await;
    app.click("button", "Replay R1? The session ends").await;
    app.shows("R1 used again").await;
    app.shows("Reuse detected, whole family revoked").await;
    app.find("button", "Sign alice in again").await;
    app.shows("1 in this profile, 0 active").await;
    assert_eq!(app.axe().await, Vec::<String>::new());

    let listed: Value = serde_json::from_slice(&desktop.twb(&["sessions", "list", "--json"], "").stdout).unwrap();
    assert!(listed.to_string().contains("replay"), "{listed}");
    app.quit().await;
}

#[tokio::test]
async fn what_asks_before_it_ends_a_session_moves_nothing_else() {
    let (_desktop, app) = with_a_session().await;
    app.resize(960, 640).await;
    app.click("button", "Refresh").await;
    app.find("button", "Replay R0").await;
    let before: Vec<(String, i32, i32, i32)> = app.read(ROW).await;
    assert_eq!(before.len(), 4, "{before:?}");
    assert!(before.iter().all(|one| one.2 == before[0].2), "one row: {before:?}");

    app.press(Key::Delete + "").await;
    app.find("button", "Revoke alice’s session?").await;
    let asked: Vec<(String, i32, i32, i32)> = app.read(ROW).await;
    assert_eq!(asked[..3], before[..3]);
    app.press(Key::Delete + "").await;
    app.find("button", "Sign alice in again").await;
    assert_eq!(app.axe().await, Vec::<String>::new());
    app.quit().await;
}

#[tokio::test]
async fn of_requests_that_race_one_wins_and_a_session_started_elsewhere_cannot_be_refreshed() {
    let (desktop, app) = with_a_session().await;
    app.click("button", "Race 8").await;
    app.shows("1 won").await;
    app.shows("7 refused").await;
    let answers: Vec<String> =
        app.read("return [...document.querySelectorAll('.race li')].map(one => one.innerText)").await;
    assert!(answers[0].contains("New tokens") && answers[1].contains("Reuse of R0, family revoked"), "{answers:?}");
    assert!(answers.len() == 8 && answers[2..].iter().all(|one| one.contains("Family already revoked")), "{answers:?}");
    app.shows("no 5xx").await;
    let presets: Vec<String> =
        app.read("return [...document.querySelectorAll('.presets li .line')].map(one => one.innerText)").await;
    let got = ["1 of 8", "8 of 8", "8 of 8", "8 of 8"];
    assert!(presets.len() == 4 && presets.iter().zip(got).all(|(one, got)| one.contains(got)), "{presets:?}");
    assert_eq!(app.axe().await, Vec::<String>::new());
    app.find("button", "Sign alice in to race again").await;

    let elsewhere = desktop.twb(&["sign-in", "alice"], &format!("{PASSWORD}\n"));
    assert!(elsewhere.status.success());
    app.shows("2 in this profile, 1 active").await;
    app.click("button", "Sessions").await;
    app.click("radio", "Active 1").await;
    app.shows("Only hashes of refresh tokens are stored").await;
    app.quit().await;
}

#[tokio::test]
async fn a_family_of_three_hundred_is_folded_and_its_old_replay_is_seen() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let said = desktop.twb(&["--json", "sign-in", "alice"], &format!("{PASSWORD}\n"));
    let signed_in: Value = serde_json::from_slice(&said.stdout).unwrap();
    let first = signed_in["refresh_token"].as_str().unwrap();
    let rotated = desktop.run(&built("rotate"), &["300"], first);
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    let rotated = String::from_utf8(rotated.stdout).unwrap();
    let middle = rotated.lines().nth(149).unwrap();
    let app = desktop.open_app(&[]).await;
    app.press(Key::Control + "2").await;
    app.shows("300 rotations, the middle is folded").await;
    assert!(!desktop.twb(&["refresh"], middle).status.success());
    app.shows("R150 used again").await;
    for generation in ["R149", "R150", "R151", "R300"] {
        app.shows(generation).await;
    }
    app.click("button", "145 rotations").await;
    app.shows("R148").await;
    let drawn: usize = app.read("return document.querySelectorAll('.tree li').length").await;
    assert!(drawn < 100, "only what is in sight is drawn: {drawn}");
    assert_eq!(app.axe().await, Vec::<String>::new());
    app.quit().await;
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_its_code_signs_in() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let run = |arguments: &[&str], input: &str| -> Value {
        let said = desktop.twb(&[&["--json"], arguments].concat(), &format!("{input}\n"));
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        serde_json::from_slice(&said.stdout).unwrap()
    };
    run(&["second-factor", "begin", "alice"], PASSWORD);
    let codes = run(&["second-factor", "codes", "alice"], "");
    run(&["second-factor", "confirm", "alice"], codes["codes"][0]["code"].as_str().unwrap());

    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    app.click("gridcell", "alice").await;
    app.click("button", "Sign in as alice").await;
    app.fill("Password", PASSWORD).await;
    app.click("button", "Sign in").await;
    app.find("textbox", "Code of the authenticator").await;
    app.press("000000").await;
    app.shows("The code is not right").await;
    app.click("button", "Use a recovery code instead").await;
    app.click("button", "Use a code instead").await;
    assert_eq!(app.axe().await, Vec::<String>::new());
    // After a wrong code the next one is checked only a second later, so end the lock.
    assert!(desktop.twb(&["users", "unlock", "alice"], "").status.success());
    let codes = run(&["second-factor", "codes", "alice"], "");
    let unused = codes["codes"].as_array().unwrap().iter().find(|code| code["used"] == false).unwrap();
    app.press(unused["code"].as_str().unwrap()).await;
    app.find("heading", "Accepted").await;
    app.shows("Signed in as alice").await;
    app.press(Key::Control + "2").await;
    app.find("region", "Session of alice").await;
    app.shows("pwd, otp").await;
    app.quit().await;
}
