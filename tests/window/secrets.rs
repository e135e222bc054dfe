//! No secret is in what the shell sends to the page, or in what a program writes to its terminal at the highest log
//! level.

use crate::{
    gestures::{arguments, commands},
    steps::{PASSWORD, sign_in},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use workbench_tests::desktop::Desktop;

/// Records the answer of every shell call, and every event.
const RECORD: &str = "
    window.answers = [];
    const fetch = window.fetch;
    window.fetch = async (...asked) => {
        const answer = await fetch.apply(window, asked);
        if (String(asked[0]?.url ?? asked[0]).startsWith('ipc:')) {
            window.answers.push(await answer.clone().text());
        }
        return answer;
    };
    const shell = window.__TAURI_INTERNALS__;
    const keep = shell.transformCallback((event) => window.answers.push('event ' + JSON.stringify(event)));
    for (const event of ['workbench-changed', 'handed-over']) {
        shell.invoke('plugin:event|listen', { event, target: { kind: 'Any' }, handler: keep });
    }";

/// Commands that open a dialog and wait for the user, or that move the keys, the profile or the test's own text.
const LEFT_OUT: [&str; 11] = [
    "fetch_jwks",
    "unlock_keyring",
    "read_clipboard",
    "start_anew",
    "choose_vault",
    "export_users",
    "save_import_report",
    "export_events",
    "copy_private_key",
    "save_public_key",
    "open_reference",
];

/// Commands that return the one secret that the user asks to see.
const REVEALS: [&str; 3] = ["reveal_token", "reveal_pending", "reveal_enrollment"];

/// Runs a `twb` command at the highest log level; returns its standard output and standard error.
fn twb(desktop: &Desktop, arguments: &[&str], input: &str) -> (Value, String) {
    let said = desktop.twb(&[arguments, &["--json"]].concat(), &format!("{input}\n"));
    let printed = serde_json::from_slice(&said.stdout).unwrap_or(Value::Null);
    (printed, String::from_utf8_lossy(&said.stderr).into_owned())
}

/// A text that must not occur, in every form that careless code might print.
fn forms(name: &str, bytes: &[u8]) -> Vec<(String, String)> {
    let debug = format!("{bytes:?}");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![STANDARD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes), hex, debug[1..debug.len() - 1].into()];
    forms.extend(std::str::from_utf8(bytes).ok().map(str::to_owned));
    forms.into_iter().map(|form| (name.to_owned(), form)).collect()
}

#[track_caller]
fn holds_none(canaries: &[(String, String)], place: &str, text: &str) {
    for (name, form) in canaries {
        let found = text.find(form).map(|at| {
            let around = text.char_indices().map(|(at, _)| at).filter(|&other| other + 300 > at && other < at + 100);
            let from = around.min().unwrap_or(0);
            text[from..at].to_owned()
        });
        assert_eq!(found, None, "{name} is in {place}, after this");
    }
}

/// TAU-07, REL-02.
#[tokio::test]
async fn no_answer_event_or_log_line_of_a_session_holds_a_secret_that_nobody_asked_for() {
    const GIVEN: &str = "a secret that is given for one token alone";
    const WRONG: &str = "a wrong but careful password";
    let mut desktop = Desktop::start();
    desktop.log_everything();
    let mut logs = String::new();
    let mut run = |arguments: &[&str], input: &str| {
        let (printed, log) = twb(&desktop, arguments, input);
        logs += &log;
        printed
    };
    run(&["users", "add", "alice", "--scope", "items:read", "--scope", "items:write"], PASSWORD);
    run(&["users", "add", "bob", "--scope", "items:read"], PASSWORD);
    let factor = run(&["second-factor", "begin", "bob"], PASSWORD);
    let codes = run(&["second-factor", "codes", "bob"], "");
    let code = codes["codes"][1]["code"].as_str().unwrap_or_else(|| panic!("{codes}")).to_owned();
    let recovery = run(&["second-factor", "confirm", "bob"], &code);
    let pair = run(&["sign-in", "alice"], PASSWORD);
    run(&["sign-in", "alice"], WRONG);
    let next = run(&["refresh"], pair["refresh_token"].as_str().unwrap_or_else(|| panic!("{pair}")));
    run(&["guard"], pair["access_token"].as_str().unwrap());
    run(&["inspect", "-"], pair["access_token"].as_str().unwrap());
    run(&["token", "--user", "alice"], "");
    run(&["keys", "list"], "");
    run(&["events"], "");
    run(&["keys", "rotate", "--algorithm", "RS256"], "");

    let app = desktop.open_app(&[]).await;
    app.find("heading", "Paste a token").await;
    let _: Option<()> = app.read(RECORD).await;
    app.click("button", "Users").await;
    app.find("row", "alice").await;
    let token = sign_in(&app, "alice").await;
    let sid = claim(&token, "sid");
    // The IDs of this session's tokens, the newest refresh token last.
    let newest = async || {
        let shown = app.calls("show_session", json!({"sid": sid})).await;
        shown["ok"]["held"].as_array().and_then(|held| held.last()).unwrap_or_else(|| panic!("{shown}")).clone()
    };
    let sign_in_as = async |username: &str, password: &str| {
        app.click("button", "Inspect").await;
        let request = json!({"username": username, "password": password, "scopes": null});
        app.calls("sign_in", json!({"request": request})).await
    };
    let pending = sign_in_as("bob", PASSWORD).await["ok"]["pending"].clone();
    // Every command that answers without a dialog, each after a gesture and with arguments that it accepts.
    for command in commands().filter(|command| !LEFT_OUT.contains(command) && !REVEALS.contains(command)) {
        let mut arguments = arguments(command, &token, 9);
        match command {
            "inspect" => arguments["key"] = json!({"text": GIVEN, "form": "text"}),
            // Keep Alice and her session.
            "set_user_active" | "set_user_scopes" | "edit_user" | "set_user_password" | "delete_user" => {
                arguments["username"] = json!("mallory")
            }
            "confirm_sign_in" => {
                let codes = run(&["second-factor", "codes", "bob"], "");
                arguments = json!({"pending": pending, "code": codes["codes"][2]["code"]});
            }
            "show_session" | "end_session" => arguments["sid"] = json!(sid),
            "refresh_session" | "race_refresh" => {
                arguments["sid"] = json!(sid);
                arguments["jti"] = newest().await;
            }
            _ => {}
        }
        app.click("button", "Inspect").await;
        let answer = app.calls(command, arguments).await;
        match command {
            "refresh_session" => assert_eq!(answer["ok"]["kind"], "refreshed", "{answer}"),
            "race_refresh" => assert_eq!(answer["ok"]["lanes"].as_array().map(Vec::len), Some(8), "{answer}"),
            "sign_in" => assert_eq!(answer["ok"]["kind"], "done", "{answer}"),
            "confirm_sign_in" => assert_eq!(answer["ok"]["username"], "bob", "{answer}"),
            _ => {}
        }
    }
    sign_in_as("alice", WRONG).await;
    let pending = sign_in_as("bob", PASSWORD).await["ok"]["pending"].clone();
    app.click("button", "Inspect").await;
    let begun = app.calls("begin_enrollment", json!({"username": "alice"})).await["ok"].clone();
    app.calls("enrollment_codes", json!({"enrollment": begun["enrollment"], "driftSeconds": 0})).await;
    let answers: Vec<String> = app.read("return window.answers").await;
    app.click("button", "Inspect").await;
    let enrolled = app.calls("reveal_enrollment", json!({"enrollment": begun["enrollment"]})).await["ok"].clone();
    let jti = newest().await;
    for (command, arguments) in
        [("reveal_token", json!({"sid": sid, "jti": jti})), ("reveal_pending", json!({"pending": pending}))]
    {
        app.click("button", "Inspect").await;
        let answer = app.calls(command, arguments).await;
        let given = answer["ok"].as_str().unwrap_or_else(|| panic!("{command}: {answer}"));
        assert_eq!(refresh_tokens(given), usize::from(command == "reveal_token"), "the one that was asked for");
    }
    let log = app.log();
    app.quit().await;

    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned();
    let mut canaries = Vec::new();
    for (name, secret) in [("a password", PASSWORD), ("a wrong password", WRONG), ("a given secret", GIVEN)] {
        canaries.extend(forms(name, secret.as_bytes()));
    }
    for (name, secret) in [
        ("the second factor's secret", text(&factor["secret"])),
        ("the secret of a factor that is being set up", text(&enrolled["secret"])),
        ("a code", code),
        ("a recovery code", text(&recovery["recovery_codes"][0])),
        ("a used refresh token", text(&pair["refresh_token"])),
        ("a refresh token", text(&next["refresh_token"])),
    ] {
        let secret = secret.rsplit('.').next().unwrap().to_owned();
        canaries.extend(forms(name, secret.as_bytes()).into_iter().filter(|(_, form)| form.len() > 6));
    }
    let kept = desktop.kept_in_the_keyring().await;
    assert!(kept.len() > 3, "keys and a data key: {}", kept.len());
    for secret in kept.iter().filter(|secret| secret.len() > 30) {
        let bytes = STANDARD.decode(secret).unwrap();
        canaries.extend(forms("a key as it is kept", &bytes));
        // The offset of a P-256 key's private number in its PKCS#8 document (RFC 5915).
        if bytes.len() == 138 {
            canaries.extend(forms("a private number", &bytes[36..68]));
        }
    }
    assert!(canaries.iter().any(|(name, _)| name == "a private number"), "the key that signed is among them");
    assert!(answers.len() > commands().count(), "{}", answers.len());
    let told = answers.join("\n");
    assert!(!told.contains("gesture_required"), "no command was refused");
    let odd = answers.iter().find(|answer| answer.contains("invalid args"));
    assert_eq!(odd, None, "each command got what it takes");
    assert!(told.contains("event {") && told.contains(&token), "what is told is recorded");
    holds_none(&canaries, "an answer", &told);
    assert_eq!(refresh_tokens(&told), 0, "nor any other refresh token");

    // A log contains no access token either: its bearer would be let in.
    let mut signature =
        |token: &str| canaries.push(("an access token".into(), token.rsplit('.').next().unwrap().into()));
    signature(&token);
    signature(&text(&pair["access_token"]));
    assert!(log.contains("TRACE"), "it logs all it can");
    holds_none(&canaries, "the window's log", &log);
    holds_none(&canaries, "what twb wrote to standard error", &logs);
}

/// A claim of a token, as text.
fn claim(token: &str, name: &str) -> String {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    claims[name].as_str().unwrap().to_owned()
}

/// How many tokens with the `typ` of a refresh token occur in a text.
fn refresh_tokens(text: &str) -> usize {
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
    let headers = runs.filter(|run| run.starts_with("eyJ")).filter_map(|run| URL_SAFE_NO_PAD.decode(run).ok());
    headers.filter(|header| String::from_utf8_lossy(header).contains("rt+jwt")).count()
}
