//! A script in the page can do nothing without the user: not read the clipboard, use the network, sign, or change
//! anything. These scripts are injected through WebDriver, bypassing the page's content security policy.

use crate::steps::{PASSWORD, add_user, mint, shown_token};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, ErrorKind, Write},
    net::{Ipv4Addr, TcpListener},
    thread::{self, JoinHandle},
};
use workbench_tests::desktop::{App, Desktop, key};

/// The names of all commands, from the table that declares them.
pub(crate) fn commands() -> impl Iterator<Item = &'static str> {
    let table = include_str!("../../src-tauri/src/commands/table.rs");
    let name = |line: &'static str| Some(line.trim().split_once("::")?.1.split_once(':')?.0);
    table.lines().filter(|line| !line.starts_with("//")).filter_map(name)
}

/// Text on the clipboard that no script may read.
const CANARY: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjbGlwYm9hcmQtY2FuYXJ5In0.";

/// Commands that need no gesture: they return what the page shows anyway, or only compute.
const FREE: &[&str] = &[
    "workbench",
    "retry_store",
    "retry_keyring",
    "list_users",
    "show_user",
    "list_scopes",
    "rate_password",
    "generate_password",
    "user_security",
    "enrollment_codes",
    "find_secrets",
    "drop_enrollment",
    "plan_import",
    "list_scope_uses",
    "inspect",
    "guess_secret",
    "make_sample",
    "appearance",
    "set_appearance",
    "start_draft",
    "begin_token",
    "edit_draft",
    "list_signers",
    "list_faults",
    "compare_tokens",
    "take_handover",
    "list_policies",
    "test_key_published",
    "list_sessions",
    "list_events",
    "own_token",
    "list_denied",
    "show_session",
    "list_keys",
    "show_key",
    "show_jwks",
];

/// Arguments that the command would accept from the page.
pub(crate) fn arguments(command: &str, token: &str, port: u16) -> Value {
    let policy = json!({"name": "script", "builtin": false, "issuer": null, "audience": null, "algorithms": ["none"],
        "typ": null, "required_claims": [], "required_scopes": [], "leeway_seconds": 0, "max_lifetime_seconds": 0, "jwks": null});
    let draft = json!({"header": r#"{"alg":"ES256","typ":"at+jwt"}"#, "payload": r#"{"sub":"alice","scope":"users:admin"}"#,
        "compact": true, "follow_key": true, "fault": null, "lossy": false});
    let user = json!({"username": "mallory", "display_name": "", "email": "", "password": PASSWORD, "scopes": []});
    let import = json!({"text": "user\nmallory\n", "fields": null, "update_scopes": true});
    match command {
        "list_users" => json!({"request": {"text": "", "sort": "username", "descending": false, "after": null,
            "most": 10}}),
        "show_user" => json!({"username": "alice"}),
        "create_user" => json!({"user": user}),
        "set_user_active" => json!({"username": "alice", "active": false}),
        "set_user_scopes" => json!({"username": "alice", "scopes": ["users:admin"]}),
        "user_security" => json!({"username": "alice"}),
        "edit_user" => {
            json!({"username": "alice", "changes": {"display_name": "Mallory", "email": "", "scopes": null}})
        }
        "set_user_password" => json!({"username": "alice", "password": "a password of mallory"}),
        "plan_import" | "save_import_report" => json!({"request": import}),
        "import_users" => json!({"request": import, "fingerprint": ""}),
        "save_scope" => json!({"before": null, "name": "everything", "description": ""}),
        "delete_scope" => json!({"name": "items:read"}),
        "delete_user" => json!({"username": "alice"}),
        "begin_enrollment" => json!({"username": "alice"}),
        "shape_enrollment" => {
            json!({"enrollment": 0, "settings": {"algorithm": "SHA1", "digits": 6, "period_seconds": 30}})
        }
        "reveal_enrollment" | "drop_enrollment" | "save_recovery_codes" | "print_recovery_codes" => {
            json!({"enrollment": 0})
        }
        "copy_enrollment" => json!({"enrollment": 0, "what": "secret"}),
        "enrollment_codes" => json!({"enrollment": 0, "driftSeconds": 0}),
        "find_secrets" => json!({"enrollment": 0, "source": {"kind": "text", "text": "otpauth://totp/a?secret=A"}}),
        "use_secret" => json!({"enrollment": 0, "index": 0}),
        "confirm_enrollment" => json!({"enrollment": 0, "code": "123456"}),
        "new_recovery_codes" | "remove_second_factor" => json!({"username": "alice", "password": PASSWORD}),
        "copy_secret" => json!({"text": "rm -rf ~"}),
        "rate_password" => json!({"password": PASSWORD, "username": "alice"}),
        "sign_in" => json!({"request": {"username": "alice", "password": PASSWORD, "scopes": null}}),
        "confirm_sign_in" => json!({"pending": 0, "code": "123456"}),
        "reveal_pending" => json!({"pending": 0}),
        "list_sessions" => json!({"request": {"text": "", "active": null, "sort": "started", "descending": true,
            "after": null, "most": 10}}),
        "own_token" | "revoke_token" => json!({"token": token}),
        "list_denied" => json!({"after": null, "most": 10}),
        "set_revocation" => json!({"shortLived": true}),
        "list_events" => {
            json!({"filter": {"subject": {"kind": "all"}, "group": null, "source": null, "text": ""}, "after": null,
            "most": 10})
        }
        "export_events" => json!({"filter": {"subject": {"kind": "all"}, "group": null, "source": null, "text": ""}}),
        "show_session" | "end_session" => json!({"sid": "any"}),
        "refresh_session" | "reveal_token" => json!({"sid": "any", "jti": "any"}),
        "race_refresh" => json!({"sid": "any", "jti": "any", "requests": 8, "grace": false}),
        "end_sessions_of" | "reset_failures" => json!({"username": "alice"}),
        "list_keys" => json!({"request": {"after": null, "most": 10}}),
        "show_key" | "retire_key" | "delete_key" | "copy_private_key" => json!({"kid": "any"}),
        "save_public_key" => json!({"file": {"kind": "jwk_set"}}),
        "rotate_key" => json!({"purpose": "access", "algorithm": null}),
        "rename_key" => json!({"kid": "any", "name": "mallory"}),
        "import_key" => json!({"key": {"text": "any", "algorithm": null, "passphrase": null}}),
        "inspect" => json!({"text": token, "key": null, "policy": null, "aside": false, "exact": false}),
        "guess_secret" | "start_draft" => json!({"token": token}),
        "begin_token" => json!({"claims": null}),
        "set_appearance" => json!({"appearance": {"theme": "system", "text_size": 100}}),
        "make_sample" => json!({"sample": "valid"}),
        "fetch_jwks" => json!({"url": format!("http://127.0.0.1:{port}/stolen?c=canary")}),
        "edit_draft" => json!({"draft": draft, "edit": {"kind": "set_claim", "name": "sub", "value": "\"bob\""}}),
        "preview_draft" => json!({"original": token, "draft": draft, "signer": {"kind": "profile", "kid": null},
            "fault": null, "key": null, "policy": null}),
        "compare_tokens" => json!({"before": token, "after": token}),
        "move_clock" => json!({"seconds": 3600}),
        "save_policy" => json!({"policy": policy, "before": null}),
        "delete_policy" => json!({"name": "script"}),
        "enter_passphrase" => json!({"passphrase": PASSWORD}),
        "choose_vault" => json!({"kind": "session", "passphrase": null}),
        "publish_test_key" => json!({"publish": true}),
        "open_reference" => json!({"address": "https://www.rfc-editor.org/rfc/rfc7519.html"}),
        "copy_text" => json!({"text": "rm -rf ~"}),
        _ => json!({}),
    }
}

fn is_refused(answer: &Value) -> bool {
    answer["error"]["code"] == "gesture_required"
}

#[tokio::test]
async fn a_script_gets_nothing_that_no_person_asked_for() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let token = mint(&desktop, "alice");
    let display = desktop.display();
    display.put("CLIPBOARD", CANARY);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let state = || {
        let said = [&["users", "list", "--json"][..], &["policies", "list", "--json"], &["sessions", "list", "--json"]];
        said.map(|command| String::from_utf8(desktop.twb(command, "").stdout).unwrap())
    };
    let app = desktop.open_app(&[]).await;
    app.find("heading", "Paste a token").await;
    let before = state();

    for command in commands() {
        let answer = app.calls(command, arguments(command, &token, port)).await;
        if FREE.contains(&command) {
            assert!(answer["error"].is_null(), "{command}: {answer}");
        } else {
            assert!(is_refused(&answer), "{command}: {answer}");
        }
        assert!(!answer.to_string().contains(CANARY), "{command}: {answer}");
    }
    // A script's click is not a gesture.
    let paste: bool = app.read("const all = [...document.querySelectorAll('button')]; const one = all.find((b) => b.innerText.includes('Paste from clipboard')); one.click(); return !!one").await;
    assert!(paste);
    app.shows("This needs a click or a key press in this window").await;
    assert!(!app.sees("clipboard-canary").await);

    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody was connected to");
    assert_eq!(state(), before);
    assert!(app.sees("Real time").await);
    assert_eq!(display.selection("CLIPBOARD").as_deref(), Some(CANARY), "the clipboard was left alone");
    assert_eq!(display.titles(), ["Token Workbench"], "nobody was asked anything");

    // The same works for the user, once per press.
    app.click("button", "Paste from clipboard").await;
    app.shows("clipboard-canary").await;
    assert!(is_refused(&app.calls("read_clipboard", json!({})).await), "the click is used up");
    for command in ["create_user", "sign_in", "copy_text", "preview_draft", "move_clock"] {
        app.click("heading", "Rejected").await;
        let answer = app.calls(command, arguments(command, &token, port)).await;
        assert!(answer["error"].is_null(), "{command}: {answer}");
    }
    assert!(is_refused(&app.calls("set_user_active", arguments("set_user_active", &token, port)).await));
    app.quit().await;
}

const SET: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#;

/// Answers every request with the JWK Set and counts the requests.
fn issuer(requests: usize) -> (u16, JoinHandle<usize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = thread::spawn(move || {
        let answered = listener.incoming().take(requests).map(|stream| {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let length = SET.len();
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{SET}").unwrap();
        });
        answered.count()
    });
    (port, served)
}

#[tokio::test]
async fn a_host_is_fetched_from_only_after_a_yes_in_a_dialog_of_the_shell() {
    let desktop = Desktop::start();
    let display = desktop.display();
    let (port, served) = issuer(2);
    let unasked = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    unasked.set_nonblocking(true).unwrap();
    let app: App = desktop.open_app(&[]).await;
    app.paste("Token", CANARY).await;
    app.find("heading", "Rejected").await;
    app.click("heading", "Rejected").await;
    app.press("k").await;
    app.click("button", "Fetch a JWK Set").await;

    let host = format!("127.0.0.1:{port}");
    app.fill("Address of a JWK Set", &format!("http://{host}/jwks.json")).await;
    app.click("button", &format!("Fetch from {host}")).await;
    let asked = display.waits_for("Fetch keys");
    assert_eq!(asked, format!("Fetch keys from http://{host}?"));
    // A key press meant for the page declines.
    display.press("Fetch keys", &[key::RETURN]);
    app.shows(&format!("Nothing was fetched from http://{host}")).await;
    display.waits_until_gone("Fetch keys");
    app.click("button", &format!("Fetch from {host}")).await;
    display.waits_for("Fetch keys");
    display.press("Fetch keys", &[key::ESCAPE]);
    app.shows(&format!("Nothing was fetched from http://{host}")).await;
    display.waits_until_gone("Fetch keys");

    app.click("button", &format!("Fetch from {host}")).await;
    display.waits_for("Fetch keys");
    display.press("Fetch keys", &[key::TAB, key::RETURN]);
    app.shows(&format!("From {host} at")).await;
    // The same host is not asked about again; another port counts as another host.
    app.click("button", &format!("Fetch from {host}")).await;
    assert_eq!(served.join().unwrap(), 2);
    let other = unasked.local_addr().unwrap();
    app.fill("Address of a JWK Set", &format!("http://{other}/")).await;
    app.click("button", &format!("Fetch from {other}")).await;
    display.waits_for(&format!("Fetch keys from http://{other}?"));
    display.press("Fetch keys", &[key::ESCAPE]);
    app.shows(&format!("Nothing was fetched from http://{other}")).await;
    assert_eq!(unasked.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody came");
    app.quit().await;
}

#[tokio::test]
async fn a_copied_token_leaves_with_the_program_and_what_others_copied_stays() {
    let desktop = Desktop::start();
    let display = desktop.display();
    let token = CANARY.to_owned() + "AAAA";
    let copies = async || {
        let app = desktop.open_app(&[]).await;
        app.paste("Token", &token).await;
        app.find("heading", "Rejected").await;
        assert_eq!(shown_token(&app).await, token);
        app.click("heading", "Rejected").await;
        app.press("c").await;
        app.shows("It leaves the clipboard in 60 s").await;
        assert_eq!(display.selection("CLIPBOARD"), Some(token.clone()));
        // What clipboard managers ask for before they keep a text.
        let hint = display.selection_as("CLIPBOARD", "x-kde-passwordManagerHint");
        assert_eq!(hint.as_deref(), Some("secret"));
        app
    };
    let app = copies().await;
    app.quit().await;
    assert_eq!(display.selection("CLIPBOARD"), None);

    let app = copies().await;
    display.put("CLIPBOARD", "what somebody else copied");
    app.quit().await;
    assert_eq!(display.selection("CLIPBOARD").as_deref(), Some("what somebody else copied"));
}
