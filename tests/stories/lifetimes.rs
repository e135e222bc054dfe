//! No access token lives longer than its mode or its session allows, however it was issued.

use engine::{
    rules::{Revocation, Rotation},
    sign_in::{SignInError, SignedIn},
};
use std::time::Duration;
use workbench_tests::app::App;

const HOUR: Duration = Duration::from_secs(3_600);
const SHORT: Duration = Duration::from_secs(300);

fn number(app: &App, token: &str, name: &str) -> i64 {
    let claims: serde_json::Value = serde_json::from_str(&app.inspect(token).claims_json).unwrap();
    claims[name].as_i64().unwrap()
}

/// The lifetime by the token's claims, which must match the answer.
fn lifetime(app: &App, answer: &SignedIn) -> i64 {
    let lives = number(app, &answer.access_token, "exp") - number(app, &answer.access_token, "iat");
    assert_eq!(u64::try_from(lives).unwrap(), answer.expires_in.as_secs(), "expires_in tells the truth");
    lives
}

#[test]
fn while_tokens_are_short_lived_nobody_gets_a_long_one() {
    let app = App::new().with_user("alice");
    let before = app.sign_in("alice");
    app.engine.set_revocation(Revocation::ShortLived).unwrap();
    let refused = app.engine.mint("alice", None, Some(HOUR));
    assert_eq!(refused, Err(SignInError::ShortLived { longest: SHORT }));
    assert!(refused.unwrap_err().to_string().contains("300 seconds"), "the sentence names the limit");
    let one_more = SHORT + Duration::from_secs(1);
    assert!(app.engine.mint("alice", None, Some(one_more)).is_err());
    assert_eq!(app.engine.sessions().unwrap().len(), 1, "a refusal starts no session");
    for answer in [
        app.engine.mint("alice", None, None).unwrap(),
        app.engine.mint("alice", None, Some(SHORT)).unwrap(),
        app.sign_in("alice"),
        app.refresh(before.refresh_token.as_ref().unwrap()).unwrap(),
    ] {
        assert_eq!(lifetime(&app, &answer), 300);
    }
    app.engine.set_revocation(Revocation::DenyList).unwrap();
    assert_eq!(lifetime(&app, &app.engine.mint("alice", None, Some(HOUR)).unwrap()), 3_600);
}

#[test]
fn a_long_token_from_before_the_short_lived_mode_can_still_be_revoked() {
    let app = App::new().with_user("alice");
    let (long, signed_in) = (app.engine.mint("alice", None, Some(HOUR)).unwrap(), app.sign_in("alice"));
    app.engine.set_revocation(Revocation::ShortLived).unwrap();
    assert!(app.lets_in(&long.access_token));
    app.engine.revoke(&long.access_token).unwrap();
    app.engine.end_session(&signed_in.sid).unwrap();
    assert!(!app.lets_in(&long.access_token));
    assert!(!app.lets_in(&signed_in.access_token));
}

/// A session refreshed every 23 hours, up to five minutes before its absolute end.
fn near_the_end(app: &App) -> SignedIn {
    let mut last = app.sign_in("alice");
    let sid = last.sid.clone();
    let sessions = app.engine.sessions().unwrap();
    let start = sessions.iter().find(|session| session.sid == sid).unwrap().started_at.seconds();
    let end = start + 7 * 86_400;
    loop {
        let left = end - 300 - app.engine.now().unwrap().seconds();
        if left <= 0 {
            return last;
        }
        app.clock.advance_seconds(left.min(23 * 3_600));
        last = app.refresh(last.refresh_token.as_ref().unwrap()).unwrap();
    }
}

#[test]
fn no_access_token_outlives_the_absolute_end_of_its_session() {
    let app = App::new().with_user("alice");
    let last = near_the_end(&app);
    assert_eq!(lifetime(&app, &last), 300);
    app.clock.advance_seconds(299);
    assert!(app.lets_in(&last.access_token));
    let very_last = app.refresh(last.refresh_token.as_ref().unwrap()).unwrap();
    assert_eq!(lifetime(&app, &very_last), 1);
    app.clock.advance_seconds(1);
    for token in [&last.access_token, &very_last.access_token] {
        assert!(!app.lets_in(token), "the session is over, and so are its tokens");
    }
}

#[test]
fn a_forgiven_refresh_near_the_end_gives_the_same_successor_and_no_longer_token() {
    let app = App::new().with_user("alice");
    app.engine.set_rotation(Rotation::Grace { seconds: 60 }).unwrap();
    let last = near_the_end(&app);
    let first = app.refresh(last.refresh_token.as_ref().unwrap()).unwrap();
    app.clock.advance_seconds(30);
    let again = app.refresh(last.refresh_token.as_ref().unwrap()).unwrap();
    assert_eq!(first.refresh_token, again.refresh_token, "the same text");
    assert_eq!(lifetime(&app, &again), 270);
}
