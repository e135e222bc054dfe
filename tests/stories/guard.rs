//! What the guard requires of a token signed with the profile's own key: being able to sign arbitrary claims gains
//! nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use engine::{by_hand::Signer, rules::Revocation};
use inspect::{
    Draft, parse,
    report::{Check, VerdictOutcome},
};
use serde_json::{Map, Value, json};
use workbench_tests::app::App;

/// A payload signed with the profile's own active key.
fn signed(app: &App, like: &str, payload: &str) -> String {
    let draft = Draft::of(&parse(like)).unwrap();
    let draft = Draft { payload: payload.into(), compact: false, ..draft };
    let signer = Signer::Access { kid: None };
    app.sign(&draft, signer, None).unwrap()
}

/// The token with some claims changed (`null` removes one) and signed again.
fn with(app: &App, token: &str, changes: Value) -> String {
    let draft = Draft::of(&parse(token)).unwrap();
    let mut claims: Map<String, Value> = serde_json::from_str(&draft.payload).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.remove(name)),
            value => drop(claims.insert(name.clone(), value.clone())),
        }
    }
    signed(app, token, &Value::Object(claims).to_string())
}

/// The status of a server's response. Inspect accepts the same tokens.
#[track_caller]
fn status(app: &App, token: &str) -> Option<u16> {
    let guarded = app.engine.guard(token, &[]).unwrap().verdict;
    assert_ne!(guarded.outcome, VerdictOutcome::NotVerified, "a guard lets in or it does not");
    let accepts = app.inspect(token).verdict.outcome == VerdictOutcome::Accepted;
    assert_eq!(accepts, guarded.status == Some(200), "{}", guarded.detail);
    // Whatever else is wrong with an unproven token, only that it is unproven is reported.
    let unproven = app.engine.guard(&with_unknown_kid(token), &["users:admin".to_owned()]).unwrap().verdict;
    let past_parse = guarded.stopped_at != Some(Check::Parse) && guarded.stopped_at != Some(Check::Algorithm);
    if past_parse {
        assert_eq!(unproven.detail, "401 at check 3 of 9, key (could not be completed)", "{}", guarded.detail);
    }
    assert_eq!(unproven.status, Some(401));
    guarded.status
}

/// The token with an unknown `kid`. Its signature is over another header, but the guard never gets that far.
fn with_unknown_kid(token: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": "nobody's"}).to_string();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

/// JWT-13, UI-08: a payload that was not read to its end has no claims, and without claims there is no access.
#[test]
fn a_payload_that_nobody_read_lets_nobody_in() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let deep = |root: &str| format!("{root}{}{}", "[".repeat(65), "]".repeat(65));
    let members = (0..10_001).map(|n| format!("\"m{n}\":1")).collect::<Vec<_>>().join(",");
    for payload in [deep(""), deep("[1,") + "]", deep("{\"x\":") + "}", format!("{{{members}}}"), "[]".into()] {
        let token = signed(&app, &token, &payload);
        for scopes in [&[][..], &["items:read".to_owned(), "users:admin".to_owned()]] {
            assert_eq!(app.engine.guard(&token, scopes).unwrap().verdict.status, Some(401));
        }
        assert_ne!(app.inspect(&token).verdict.outcome, VerdictOutcome::Accepted);
    }
}

#[test]
fn the_own_key_is_no_licence_for_any_claims() {
    let app = App::new().with_user("alice").with_user("bob");
    let (alice, bob) = (app.sign_in("alice"), app.sign_in("bob"));
    let token = &alice.access_token;
    let now = engine_seconds(&app);
    assert_eq!(status(&app, token), Some(200));
    assert_eq!(status(&app, &with(&app, token, json!({}))), Some(200), "signed again as it was");
    let trace = app.engine.guard(token, &[]).unwrap().trace;
    let key = trace.iter().find(|step| step.check == Check::Key).unwrap();
    assert!(key.reason.ends_with(", from this profile"), "a public key is not read from the keyring: {}", key.reason);
    for (changes, wanted) in [
        (json!({"sid": null}), 401),
        (json!({"jti": null}), 401),
        (json!({"jti": ""}), 401),
        (json!({"jti": "é".repeat(256)}), 401),
        (json!({"client_id": null}), 401),
        (json!({"client_id": 0}), 401),
        (json!({"client_id": ["workbench"]}), 401),
        (json!({"iat": null}), 401),
        (json!({"exp": null}), 401),
        (json!({"sub": null}), 401),
        (json!({"sid": "never-started"}), 401),
        (json!({"sid": bob.sid}), 401),
        (json!({"sub": "bob"}), 401),
        (json!({"sub": "ALICE"}), 401),
        (json!({"exp": now + 30 * 365 * 86_400}), 401),
        (json!({"exp": now + 86_401}), 401),
        (json!({"iat": now + 86_400, "nbf": null, "exp": now + 2 * 86_400}), 401),
        (json!({"scope": "items:read users:admin"}), 403),
        (json!({"scope": "users:admin"}), 403),
        (json!({"scope": ["items:read"]}), 403),
        (json!({"scope": null, "scp": ["users:admin"]}), 403),
        (json!({"exp": now + 86_400}), 200),
        (json!({"jti": "é".repeat(255)}), 200),
        (json!({"scope": "items:read"}), 200),
        (json!({"sub": "bob", "sid": bob.sid}), 200),
    ] {
        assert_eq!(status(&app, &with(&app, token, changes.clone())), Some(wanted), "{changes}");
    }
    let twice = Draft::of(&parse(token)).unwrap().payload.replacen('{', "{\"role\":\"user\",\"role\":\"admin\",", 1);
    assert_eq!(status(&app, &signed(&app, token, &twice)), Some(401), "a claim that stands twice");
}

/// JWT-07. A hostile `kid` reaches no file, shell or SQL statement: it is just an unknown key ID.
#[test]
fn a_hostile_kid_is_an_unknown_one_and_leaves_the_database_as_it_is() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let (_, rest) = token.split_once('.').unwrap();
    let files = || ["db", "db-wal"].map(|end| std::fs::read(app.database().with_extension(end)).unwrap());
    let before = files();
    for kid in [
        "unknown",
        "../../../../../../dev/null",
        "/etc/passwd",
        "x' UNION SELECT '1';--",
        "'; DELETE FROM signing_keys; --",
        "\"; DROP TABLE users; --",
        "%",
        "|sleep 10",
        "$(sleep 10)",
        "`sleep 10`",
        "\0",
        "unknown\0unknown",
        &"k".repeat(400_000),
        &"'".repeat(400_000),
    ] {
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": kid}).to_string();
        let hostile = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
        let (guarded, shown) = (app.engine.guard(&hostile, &[]).unwrap().trace, app.inspect(&hostile).trace);
        let guarded = guarded.iter().find(|step| step.check == Check::Key).unwrap();
        let shown = shown.iter().find(|step| step.check == Check::Key).unwrap();
        for reason in [&guarded.reason, &shown.reason] {
            assert_eq!(reason, "No key of this profile has that kid", "{kid:.40}");
        }
        assert_eq!(status(&app, &hostile), Some(401), "{kid:.40}");
    }
    let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": "k".repeat(1024 * 1024)}).to_string();
    let endless = app.engine.guard(&format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header)), &[]).unwrap();
    assert_eq!((endless.verdict.status, &*endless.trace[0].reason), (Some(401), "Longer than 1 MiB"));
    assert!(files() == before, "not a byte is written");
    assert_eq!(status(&app, &token), Some(200));
}

/// SES-02.
#[test]
fn no_access_token_outlives_the_absolute_end_of_its_session() {
    let app = App::new().with_user("alice");
    let mut latest = app.sign_in("alice");
    let end = engine_seconds(&app) + 7 * 86_400;
    while engine_seconds(&app) < end - 12 * 3600 {
        app.clock.advance_seconds(12 * 3600);
        latest = app.refresh(latest.refresh_token.as_ref().unwrap()).unwrap();
    }
    app.clock.advance_seconds(end - engine_seconds(&app) - 60);
    let token = with(&app, &latest.access_token, json!({"exp": end + 3600, "iat": end - 60}));
    assert_eq!(status(&app, &token), Some(200), "a minute before the end");
    app.clock.advance_seconds(60);
    assert_eq!(status(&app, &token), Some(401), "at the end");
    assert_eq!(app.another_process().engine.guard(&token, &[]).unwrap().verdict.status, Some(401));
}

#[test]
fn a_scope_that_was_taken_from_a_user_is_gone_from_the_tokens_out_there() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    app.engine.set_user_scopes("alice", &["items:read".to_owned()]).unwrap();
    assert_eq!(status(&app, &token), Some(403));
    app.engine.set_user_scopes("alice", &["items:read".to_owned(), "items:write".to_owned()]).unwrap();
    assert_eq!(status(&app, &token), Some(200));
}

#[test]
fn short_lived_mode_looks_nothing_up_and_says_so_but_asks_for_the_rest() {
    let app = App::new().with_user("alice");
    app.engine.set_revocation(Revocation::ShortLived).unwrap();
    let token = app.sign_in("alice").access_token;
    let judged = app.engine.guard(&token, &[]).unwrap();
    assert_eq!(judged.verdict.status, Some(200));
    assert!(judged.trace.iter().any(|step| step.reason.contains("short-lived")));
    let late = engine_seconds(&app) + 86_401;
    for changes in [json!({"sid": null}), json!({"jti": null}), json!({"jti": ""}), json!({"exp": late})] {
        assert_eq!(status(&app, &with(&app, &token, changes.clone())), Some(401), "{changes}");
    }
    assert_eq!(status(&app, &with(&app, &token, json!({"scope": "users:admin"}))), Some(403));
}

/// JWT-06, UI-08.
#[test]
fn nobody_is_let_in_while_the_database_cannot_be_asked() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let database = rusqlite::Connection::open(app.database()).unwrap();
    for table in ["sessions", "users", "revoked_tokens", "signing_keys"] {
        database.execute_batch(&format!("ALTER TABLE {table} RENAME TO gone")).unwrap();
        assert!(app.engine.guard(&token, &[]).is_err(), "without {table}");
        assert_eq!(app.inspect(&token).verdict.outcome, VerdictOutcome::NotVerified, "without {table}");
        database.execute_batch(&format!("ALTER TABLE gone RENAME TO {table}")).unwrap();
    }
    assert_eq!(status(&app, &token), Some(200));
}

/// The time on the story's clock.
fn engine_seconds(app: &App) -> i64 {
    app.engine.now().unwrap().seconds()
}
