//! `/revoke` and `/introspect`: checklist rows RV and IN.

use crate::{Http, refusal};
use serde_json::json;
use workbench_tests::app::App;

fn alice() -> (Http, String) {
    let http = Http::of(App::new().with_user("alice"));
    let secret = http.client("items-api-client");
    (http, secret)
}

const ID: &str = "items-api-client";

/// RV-01, RV-02, RV-03, RV-04.
#[test]
fn revoking_ends_a_token_and_never_tells_what_it_was() {
    let (http, _) = alice();
    let revoke = |token: &str, more: &str| http.form("/revoke", &format!("token={token}&client_id=workbench{more}"));
    let signed_in = http.sign_in();
    let (access, refresh) = (signed_in["access_token"].as_str().unwrap(), signed_in["refresh_token"].as_str().unwrap());
    for (token, hint) in
        [(access, "&token_type_hint=refresh_token"), (access, ""), ("garbage", ""), ("a.b.c", "&token_type_hint=x")]
    {
        assert_eq!(revoke(token, hint).golden(), "200\n\n\n", "{hint}");
    }
    assert_eq!(http.get("/me", access).status, 401);
    // Revoking a refresh token ends its access tokens.
    let other = http.sign_in();
    assert_eq!(revoke(other["refresh_token"].as_str().unwrap(), "&token_type_hint=access_token").status, 200);
    assert_eq!(http.get("/me", other["access_token"].as_str().unwrap()).status, 401);
    assert_eq!(http.form("/token", &format!("grant_type=refresh_token&refresh_token={refresh}")).status, 200);
    let missing = http.form("/revoke", "client_id=workbench");
    assert_eq!(missing.golden(), refusal(400, "invalid_request", "The parameter token is missing"));
}

/// RV-05.
#[test]
fn nothing_happens_to_another_clients_token() {
    let (http, secret) = alice();
    let signed_in = http.sign_in();
    for name in ["access_token", "refresh_token"] {
        let body = format!("token={}", signed_in[name].as_str().unwrap());
        assert_eq!(http.form_as((ID, &secret), "/revoke", &body).status, 200);
    }
    assert_eq!(http.get("/me", signed_in["access_token"].as_str().unwrap()).status, 200);
    let body = format!("grant_type=refresh_token&refresh_token={}", signed_in["refresh_token"].as_str().unwrap());
    assert_eq!(http.form("/token", &body).status, 200);
}

/// IN-01.
#[test]
fn both_want_a_client() {
    let (http, secret) = alice();
    let refused = |sentence: &str| {
        format!(
            "401\ncontent-type: application/json\nwww-authenticate: Basic realm=\"Token Workbench\", \
             charset=\"UTF-8\"\ncache-control: no-store\npragma: no-cache\n\n{{\"error\":\"invalid_client\",\
             \"error_description\":\"{sentence}\",\"detail\":\"{sentence}\"}}"
        )
    };
    for target in ["/revoke", "/introspect"] {
        let none = "This endpoint wants a client: client_id, by Basic or in the body";
        assert_eq!(http.form(target, "token=x").golden(), refused(none));
        let wrong = "The client is unknown or its secret is wrong";
        assert_eq!(http.form_as((ID, "guess"), target, "token=x").golden(), refused(wrong));
        let both = http.form_as((ID, &secret), target, &format!("token=x&client_id={ID}&client_secret={secret}"));
        assert_eq!(both.status, 400);
        assert_eq!(http.form(target, &format!("token=x&client_id={ID}&client_secret={secret}")).status, 200);
    }
    let public = http.form("/introspect", "token=x&client_id=workbench");
    assert_eq!(public.golden(), refused("Only a client with a secret may ask about tokens"));
}

/// IN-02, IN-03.
#[test]
fn an_active_token_is_described_and_any_other_is_only_inactive() {
    let (http, secret) = alice();
    let ask = |token: &str| http.form_as((ID, &secret), "/introspect", &format!("token={token}"));
    let signed_in = http.sign_in();
    let access = signed_in["access_token"].as_str().unwrap();
    let answer = ask(access);
    let claims = jose::parse_exact(access);
    assert_eq!(
        answer.golden(),
        format!(
            "200\ncontent-type: application/json\ncache-control: no-store\npragma: no-cache\n\n{}",
            json!({
                "active": true,
                "scope": "items:read items:write",
                "client_id": "workbench",
                "token_type": "bearer",
                "exp": claims.claim_seconds("exp"),
                "iat": claims.claim_seconds("iat"),
                "sub": "alice",
                "aud": "items-api",
                "iss": "http://localhost:8787",
                "jti": claims.claim_text("jti"),
            })
        )
    );
    let refresh = signed_in["refresh_token"].as_str().unwrap();
    assert_eq!(ask(refresh).json()["token_type"], "refresh_token");

    let inactive =
        "200\ncontent-type: application/json\ncache-control: no-store\npragma: no-cache\n\n{\"active\":false}";
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", access.split('.').nth(1).unwrap());
    for token in ["x", "a.b.c", &unsigned] {
        assert_eq!(ask(token).golden(), inactive);
    }
    let body = format!("grant_type=refresh_token&refresh_token={refresh}");
    assert_eq!(http.form("/token", &body).status, 200);
    assert_eq!(ask(refresh).golden(), inactive, "used up");
    assert_eq!(ask(access).json()["active"], true);
    // The replay ends all of it.
    assert_eq!(http.form("/token", &body).status, 400);
    assert_eq!(ask(access).golden(), inactive);
}

/// IN-04.
#[test]
fn guesses_are_slowed_down_and_real_tokens_are_not() {
    let (http, secret) = alice();
    let access = http.sign_in()["access_token"].as_str().unwrap().to_owned();
    let guess = |at: usize| http.form_as((ID, &secret), "/introspect", &format!("token=guess-{at}"));
    let statuses: Vec<u16> = (0..400).map(|at| guess(at).status).collect();
    assert!(statuses[..100].iter().all(|status| *status == 200));
    assert!(statuses.iter().filter(|status| **status == 429).count() > 100, "{statuses:?}");
    let slow = (0..100).map(guess).find(|answer| answer.status == 429).unwrap();
    assert_eq!((slow.header("retry-after"), &slow.json()["error"]), (Some("1"), &"temporarily_unavailable".into()));
    let real = http.form_as((ID, &secret), "/introspect", &format!("token={access}"));
    assert_eq!(real.json()["active"], true);
}
