//! Signing in, and what the token is worth afterwards.

use engine::sign_in::{SignIn, SignInError};
use inspect::report::{Check, Outcome, Report, SignatureState, VerdictOutcome};
use serde_json::{Value, json};
use workbench_tests::app::{App, PASSWORD, START};

fn claims(report: &Report) -> Value {
    serde_json::from_str(&report.claims_json).unwrap()
}

fn outcome(report: &Report, check: Check) -> Outcome {
    report.trace.iter().find(|step| step.check == check).unwrap().outcome
}

#[test]
fn a_signed_in_user_has_a_token_that_a_server_accepts() {
    let app = App::new().with_user("alice");
    let report = app.inspect(&app.sign_in("alice").access_token);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted, "{:#?}", report.trace);
    assert_eq!(report.signature.state, SignatureState::Verified);
    assert!(report.findings.is_empty(), "a token of ours has nothing to warn of: {:#?}", report.findings);
}

#[test]
fn an_access_token_carries_every_claim_and_no_other() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    let report = app.inspect(&signed_in.access_token);
    let mut claims = claims(&report);
    let jti = claims["jti"].take();
    assert!(jti.as_str().is_some_and(|jti| jti.len() >= 22), "128 random bits");
    assert_eq!(
        claims,
        json!({
            "iss": "http://localhost:8787",
            "sub": "alice",
            "aud": "items-api",
            "client_id": "workbench",
            "iat": START,
            "nbf": START,
            "exp": START + 900,
            "jti": null,
            "sid": signed_in.sid,
            "scope": "items:read items:write",
            "amr": ["pwd"],
            "auth_time": START,
        })
    );
    let header: Value = serde_json::from_str(&report.header_json).unwrap();
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(header["alg"], "ES256");
    assert_eq!(header["kid"], *report.signature.kid.as_deref().unwrap());
}

#[test]
fn a_token_is_good_to_its_last_second_and_not_one_more() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    app.clock.advance_seconds(899);
    assert_eq!(app.inspect(&token).verdict.outcome, VerdictOutcome::Accepted);
    app.clock.advance_seconds(1);
    let report = app.inspect(&token);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
    assert_eq!(report.verdict.stopped_at, Some(Check::Time));
    app.clock.advance_seconds(-901);
    assert_eq!(outcome(&app.inspect(&token), Check::Time), Outcome::Fail, "before nbf");
}

#[test]
fn scopes_narrow_to_what_is_asked_and_held() {
    let app = App::new();
    app.create("bob", &["items:read"]).unwrap();
    let ask = |wanted: &[&str]| {
        let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        let answer = app.engine.sign_in("bob", &engine::secret::Password::new(PASSWORD), Some(&wanted));
        answer.map(|answer| match answer {
            SignIn::Done(signed_in) => engine::scopes::join(&signed_in.scopes),
            SignIn::SecondFactorDue { .. } => panic!("bob has no second factor"),
        })
    };
    assert_eq!(ask(&["items:read", "items:write"]).unwrap(), "items:read", "what bob lacks is left out");
    assert_eq!(ask(&["users:admin"]).unwrap(), "");
    assert!(
        matches!(ask(&["items:read", "items:delete"]), Err(SignInError::Scope(unknown)) if unknown.0 == "items:delete")
    );
}

#[test]
fn a_stranger_learns_nothing_from_a_refusal() {
    let app = App::new().with_user("alice");
    app.engine.set_user_active("alice", false).unwrap();
    let wrong = app.try_sign_in("alice", "not the password").unwrap_err();
    for (username, password) in [("nobody", PASSWORD), ("", PASSWORD), ("alice", ""), ("al\0ice", PASSWORD)] {
        let refused = app.try_sign_in(username, password).unwrap_err();
        assert_eq!(refused, wrong, "{username:?}");
        assert_eq!(refused.to_string(), "Incorrect username or password");
    }
    app.clock.advance_seconds(10);
    assert_eq!(app.try_sign_in("alice", PASSWORD).unwrap_err(), SignInError::Inactive, "only the password tells");
}

#[test]
fn switching_a_user_off_ends_what_they_have() {
    let app = App::new().with_user("alice").with_user("bob");
    let (alice, bob) = (app.sign_in("alice").access_token, app.sign_in("bob").access_token);
    app.engine.set_user_active("alice", false).unwrap();
    let report = app.inspect(&alice);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
    assert_eq!(outcome(&report, Check::Revocation), Outcome::Fail);
    assert_eq!(outcome(&report, Check::User), Outcome::Fail);
    assert_eq!(app.inspect(&bob).verdict.outcome, VerdictOutcome::Accepted, "and nobody else's");

    app.engine.set_user_active("alice", true).unwrap();
    assert_eq!(
        outcome(&app.inspect(&alice), Check::Revocation),
        Outcome::Fail,
        "switching on again does not bring ended sessions back"
    );
    assert_eq!(app.inspect(&app.sign_in("alice").access_token).verdict.outcome, VerdictOutcome::Accepted);
}

#[test]
fn changed_claims_are_a_mismatch_with_the_key_named() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let mut parts: Vec<&str> = token.split('.').collect();
    let other = App::new().with_user("alice");
    other.clock.advance_seconds(1);
    let foreign = other.sign_in("alice").access_token;
    parts[1] = foreign.split('.').nth(1).unwrap();
    let report = app.inspect(&parts.join("."));
    assert_eq!(report.signature.state, SignatureState::Mismatch);
    assert!(report.signature.kid.is_some());
    assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
}

#[test]
fn a_token_of_another_profile_has_no_key_here() {
    let (app, other) = (App::new().with_user("alice"), App::new().with_user("alice"));
    let report = app.inspect(&other.sign_in("alice").access_token);
    assert_eq!(report.signature.state, SignatureState::NoKey);
    assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
}

#[test]
fn a_token_minted_without_a_password_is_one_like_any_other() {
    let app = App::new().with_user("alice");
    let minted = app.engine.mint("alice", None, Some(std::time::Duration::from_secs(60))).unwrap();
    assert_eq!(app.inspect(&minted.access_token).verdict.outcome, VerdictOutcome::Accepted);
    assert_eq!(app.engine.users().unwrap()[0].user.last_sign_in_at, None, "nobody signed in");
    app.clock.advance_seconds(60);
    assert_eq!(app.inspect(&minted.access_token).verdict.outcome, VerdictOutcome::Rejected);
    for lifetime in [0, 24 * 60 * 60 + 1] {
        let refused = app.engine.mint("alice", None, Some(std::time::Duration::from_secs(lifetime)));
        assert!(matches!(refused, Err(SignInError::Lifetime { .. })), "{lifetime} s");
    }
    assert!(matches!(app.engine.mint("nobody", None, None), Err(SignInError::NoSuchUser(_))));
}
