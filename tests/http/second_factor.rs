//! The second factor over HTTP: setting it up, and signing in with it.

use crate::{Http, encoded, refusal};
use workbench_tests::app::{App, PASSWORD};

fn code(http: &Http) -> String {
    let window = http.engine().code_window("alice").unwrap().unwrap();
    let step = window.steps.iter().rfind(|step| step.begins_at <= window.now).unwrap();
    step.code.expose().to_owned()
}

/// Sets a second factor up over HTTP, and returns the recovery codes.
fn enrolled(http: &Http) -> Vec<String> {
    let token = http.sign_in()["access_token"].as_str().unwrap().to_owned();
    let begun = http.send("POST", "/2fa/setup", &[("Authorization", &format!("Bearer {token}"))], "");
    assert_eq!(begun.status, 200, "{}", begun.body);
    assert_eq!(begun.header("cache-control"), Some("no-store"));
    assert!(begun.json()["provisioning_uri"].as_str().unwrap().starts_with("otpauth://totp/"));
    let wrong = http.json("/2fa/enable", Some(&token), r#"{"code":"000000"}"#);
    assert_eq!(wrong.golden(), refusal(400, "invalid_request", "The code is wrong"));
    http.app.clock.advance_seconds(60);
    // The code of a draft is known to the phone alone; the test computes it from the secret.
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let body = format!("{{\"code\":\"{}\"}}", phone(http, &secret));
    let on = http.json("/2fa/enable", Some(&token), &body);
    assert_eq!(on.status, 200, "{}", on.body);
    http.app.clock.advance_seconds(30);
    let again = http.send("POST", "/2fa/setup", &[("Authorization", &format!("Bearer {token}"))], "");
    assert_eq!(again.golden(), refusal(409, "invalid_request", "There is a second factor already; remove it first"));
    let codes = on.json()["recovery_codes"].as_array().unwrap().clone();
    codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// The code that an authenticator app shows for a secret.
fn phone(http: &Http, secret: &str) -> String {
    let found = engine::totp::find_accounts(&format!("otpauth://totp/x?secret={secret}")).unwrap();
    let account = found.accounts[0].as_ref().unwrap();
    http.app.create("phone", &[]).ok();
    let draft = http.engine().draft_factor("phone", &Default::default()).unwrap().with_account(account);
    http.engine().draft_codes(&draft, 0).unwrap().phone_code.unwrap().expose().to_owned()
}

#[test]
fn a_password_alone_gives_a_pending_token_and_never_an_access_token() {
    let http = Http::of(App::new().with_user("alice"));
    let recovery = enrolled(&http);
    let due = http.form("/token", &format!("grant_type=password&username=alice&password={}", encoded(PASSWORD)));
    let body = due.json();
    let pending = body["mfa_token"].as_str().unwrap();
    let sentence = "A second factor is due: send mfa_token and a code to this endpoint";
    assert_eq!(
        due.golden(),
        format!(
            "403\ncontent-type: application/json\ncache-control: no-store\npragma: no-cache\n\n\
             {{\"error\":\"mfa_required\",\"error_description\":\"{sentence}\",\"detail\":\"{sentence}\",\
             \"mfa_token\":\"{pending}\",\"expires_in\":300}}"
        )
    );
    assert_eq!(http.get("/me", pending).status, 401, "a pending token opens nothing");

    let otp = |code: &str| {
        let grant = "http://auth0.com/oauth/grant-type/mfa-otp";
        http.form("/token", &format!("grant_type={grant}&mfa_token={pending}&otp={code}"))
    };
    let wrong = refusal(400, "invalid_grant", "Invalid 2FA code");
    assert_eq!(otp("000000").golden(), wrong);
    assert_eq!(otp(&recovery[0]).golden(), wrong, "a recovery code has a grant of its own");
    http.app.clock.advance_seconds(60);
    let answer = otp(&code(&http));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(http.get("/me", answer.json()["access_token"].as_str().unwrap()).status, 200);
    let used = "This sign-in has expired or is no longer valid; sign in again";
    assert_eq!(otp(&code(&http)).golden(), refusal(400, "invalid_grant", used));
}

#[test]
fn a_recovery_code_signs_in_once() {
    let http = Http::of(App::new().with_user("alice"));
    let recovery = enrolled(&http);
    let sign_in = |code: &str| {
        let due = http.form("/token", &format!("grant_type=password&username=alice&password={}", encoded(PASSWORD)));
        let pending = due.json()["mfa_token"].as_str().unwrap().to_owned();
        let grant = "http://auth0.com/oauth/grant-type/mfa-recovery-code";
        http.form("/token", &format!("grant_type={grant}&mfa_token={pending}&recovery_code={code}"))
    };
    assert_eq!(sign_in(&recovery[0]).status, 200);
    assert_eq!(sign_in(&recovery[0]).json()["error"], "invalid_grant");
    http.app.clock.advance_seconds(600);
    assert_eq!(sign_in(&code(&http)).golden(), refusal(400, "invalid_grant", "Invalid 2FA code"));
}

#[test]
fn verify_takes_the_pending_token_as_the_bearer() {
    let http = Http::of(App::new().with_user("alice"));
    enrolled(&http);
    let due = http.form("/token", &format!("grant_type=password&username=alice&password={}", encoded(PASSWORD)));
    let pending = due.json()["mfa_token"].as_str().unwrap().to_owned();
    let wrong = http.json("/2fa/verify", Some(&pending), r#"{"code":"000000"}"#);
    assert_eq!((wrong.status, &wrong.json()["detail"]), (401, &"Invalid 2FA code".into()));
    http.app.clock.advance_seconds(60);
    let body = format!("{{\"code\":\"{}\"}}", code(&http));
    let answer = http.json("/2fa/verify", Some(&pending), &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.json()["refresh_token"].is_string());
    assert_eq!(http.json("/2fa/verify", None, &body).status, 401);
    assert_eq!(http.json("/2fa/verify", Some("x"), &body).status, 401);
}
