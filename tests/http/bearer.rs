//! Protected endpoints: checklist rows BR.

use crate::{Http, refusal};
use serde_json::json;
use workbench_tests::app::App;

fn alice() -> Http {
    Http::of(App::new().with_user("alice"))
}

fn challenged(status: u16, error: &str, sentence: &str, more: &str) -> String {
    format!(
        "{status}\ncontent-type: application/json\nwww-authenticate: Bearer realm=\"items-api\", error=\"{error}\", \
         error_description=\"{sentence}\"{more}\ncache-control: no-store\npragma: no-cache\n\n\
         {{\"error\":\"{error}\",\"error_description\":\"{sentence}\",\"detail\":\"{sentence}\"}}"
    )
}

/// BR-01: no error code where no token was sent.
#[test]
fn without_a_token_the_scheme_is_named_and_no_error() {
    let http = alice();
    let sentence = "This endpoint wants an access token: Authorization: Bearer, one space, the token";
    for (method, target) in
        [("GET", "/me"), ("GET", "/userinfo"), ("GET", "/orders"), ("GET", "/items"), ("POST", "/items")]
    {
        assert_eq!(
            http.send(method, target, &[], "").golden(),
            format!(
                "401\ncontent-type: application/json\nwww-authenticate: Bearer realm=\"items-api\"\n\
                 cache-control: no-store\npragma: no-cache\n\n{{\"detail\":\"{sentence}\"}}"
            ),
            "{method} {target}"
        );
    }
}

/// BR-02.
#[test]
fn a_token_that_no_check_accepts_is_refused_with_the_reason() {
    let http = alice();
    let signed_in = http.sign_in();
    let token = signed_in["access_token"].as_str().unwrap();
    assert_eq!(http.get("/me", token).status, 200);

    let malformed = http.get("/me", "abc");
    assert_eq!((malformed.status, &malformed.json()["error"]), (401, &"invalid_token".into()));
    let (signed, _) = token.rsplit_once('.').unwrap();
    let other = http.sign_in();
    let signature = other["access_token"].as_str().unwrap().rsplit('.').next().unwrap();
    let forged = format!("{signed}.{signature}");
    let answer = http.get("/me", &forged);
    assert_eq!(answer.status, 401);
    assert!(answer.json()["detail"].as_str().unwrap().starts_with("Signature: "), "{}", answer.body);
    let unsigned = format!("{}.{}.", "eyJhbGciOiJub25lIn0", token.split('.').nth(1).unwrap());
    assert_eq!(http.get("/me", &unsigned).status, 401);
    let refresh = signed_in["refresh_token"].as_str().unwrap();
    assert_eq!(http.get("/me", refresh).status, 401, "a refresh token is no access token");

    // The issuer follows the clock of the workbench.
    http.engine().move_clock(1800).unwrap();
    let expired = http.get("/me", token);
    let sentence = "Time claims: exp passed 15 m ago; nbf, iat are fine";
    assert_eq!(expired.golden(), challenged(401, "invalid_token", sentence, ""));
    http.engine().set_clock(engine::settings::ClockSetting::Real).unwrap();
    assert_eq!(http.get("/me", token).status, 200);
    http.engine().revoke(token).unwrap();
    assert!(http.get("/me", token).json()["detail"].as_str().unwrap().starts_with("Revocation: jti was revoked"));
}

/// BR-03.
#[test]
fn a_missing_scope_is_named() {
    let http = alice();
    http.app.create("bob", &["items:read"]).unwrap();
    let token = http.app.sign_in("bob").access_token;
    assert_eq!(http.get("/items", &token).status, 200);
    let answer = http.json("/items", Some(&token), r#"{"name":"Ruler"}"#);
    let sentence = "Needs items:write, which the token does not have";
    let golden = answer.golden();
    assert_eq!(answer.status, 403, "{golden}");
    assert!(golden.contains("error=\"insufficient_scope\""), "{golden}");
    assert!(golden.contains("scope=\"items:write\""), "{golden}");
    assert!(golden.contains("items:write"), "{sentence}");
}

/// BR-04.
#[test]
fn a_token_comes_in_the_header_alone() {
    let http = alice();
    let signed_in = http.sign_in();
    let token = signed_in["access_token"].as_str().unwrap();
    let sentence = "A token in a URL ends up in logs and histories; send it as Authorization: Bearer";
    let refused = refusal(400, "invalid_request", sentence);
    assert_eq!(http.send("GET", &format!("/me?access_token={token}"), &[], "").golden(), refused);
    assert_eq!(http.get(&format!("/me?access_token={token}"), token).golden(), refused);
    let in_body = http.send(
        "POST",
        "/items",
        &[crate::FORM, ("Authorization", &format!("Bearer {token}"))],
        &format!("access_token={token}"),
    );
    assert_eq!(in_body.status, 400);
    assert!(!format!("{:?}", http.traffic.lock().unwrap()).contains(token));
}

/// The user switched off in the window is refused at the next request, and so is one that was deleted.
#[test]
fn the_guard_follows_what_happens_to_the_user() {
    let http = alice();
    let token = http.sign_in()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(http.get("/orders", &token).status, 200);
    // Tokens that are not looked up, so that the question of the user is the first that fails.
    http.engine().set_revocation(engine::rules::Revocation::ShortLived).unwrap();
    let token = http.sign_in()["access_token"].as_str().map_or(token, str::to_owned);
    http.engine().set_user_active("alice", false).unwrap();
    for target in ["/me", "/orders", "/items"] {
        assert_eq!(http.get(target, &token).golden(), refusal(400, "invalid_request", "Inactive user"), "{target}");
    }
    http.engine().delete_user("alice").unwrap();
    let gone = http.get("/me", &token);
    let sentence = "User: alice does not exist";
    assert_eq!(gone.golden(), challenged(401, "invalid_token", sentence, ""));
}

#[test]
fn the_samples_answer_with_what_they_are_about() {
    let http = alice();
    let token = http.sign_in()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        http.get("/me", &token).json(),
        json!({
            "username": "alice", "display_name": "", "email": "", "active": true,
            "scopes": ["items:read", "items:write"],
        })
    );
    assert_eq!(http.get("/userinfo", &token).json(), json!({ "sub": "alice", "preferred_username": "alice" }));
    assert_eq!(http.get("/orders", &token).json()[0]["buyer"], "alice");
    let made = http.json("/items", Some(&token), r#"{"name":" Ruler "}"#);
    assert_eq!((made.status, made.json()), (201, json!({ "id": 3, "name": "Ruler", "owner": "alice" })));
    assert_eq!(http.get("/items", &token).json()[2]["name"], "Ruler");
    for body in [r#"{"name":""}"#, r#"{"name":"x","id":1}"#, "[]", ""] {
        assert_eq!(http.json("/items", Some(&token), body).status, 400, "{body}");
    }
    let record = http.traffic.lock().unwrap().iter().find(|record| record.path == "/orders").cloned().unwrap();
    assert_eq!((record.status, record.about.username.as_deref()), (200, Some("alice")));
    assert_eq!(record.about.client.as_deref(), Some("workbench"));
}

/// Every sentence of a refusal is one of Inspect's nine checks, so the two agree.
#[test]
fn what_the_endpoint_refuses_inspect_refuses_too() {
    let http = alice();
    let token = http.sign_in()["access_token"].as_str().unwrap().to_owned();
    http.app.engine.end_sessions_of("alice").unwrap();
    let report = http.app.inspect(&token);
    let failed = report.trace.iter().find(|step| step.reason.contains("session ended")).unwrap();
    let answer = http.get("/me", &token).json();
    assert_eq!(answer["detail"], format!("{}: {}", failed.name, failed.reason));
}
