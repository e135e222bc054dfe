//! Claims written and signed by hand leave a trace, and the test key keeps them apart from what the profile issues.

use engine::{
    by_hand::Signer,
    events::EventsOf,
    keys::{KeyState, Purpose},
    revoke::Revoked,
    sessions::{SessionKind, SessionState},
};
use inspect::{
    Draft, Edit, Fault,
    report::{Check, Outcome, SignatureState, VerdictOutcome},
};
use jose::parse_exact;
use serde_json::{Value, json};
use workbench_tests::app::App;

fn signed(app: &App, token: &str, signer: Signer<'_>, fault: Option<Fault>) -> String {
    app.sign(&Draft::of(&parse_exact(token)).unwrap(), signer, fault).unwrap()
}

/// The events of signing by hand, oldest first: the user, the key, and the detail.
fn trace(app: &App) -> Vec<(Option<String>, String, Value)> {
    let events = app.engine.events(EventsOf::All, 1_000).unwrap();
    let signings = events.into_iter().rev().filter(|event| event.kind == "token_signed");
    signings.map(|event| (event.username, event.kid.unwrap(), event.detail.unwrap())).collect()
}

fn test_key(app: &App) -> String {
    let keys = app.engine.keys().unwrap();
    keys.into_iter().find(|key| key.purpose == Purpose::Test).unwrap().kid
}

const ACTIVE: Signer<'static> = Signer::Access { kid: None };

#[test]
fn the_trace_says_which_key_signed_for_whom_and_what_for() {
    let app = App::new().with_user("alice").with_user("bob");
    let token = app.sign_in("alice").access_token;
    let access = app.inspect(&token).signature.kid.unwrap();
    signed(&app, &token, ACTIVE, None);
    let bob = Edit::SetClaim { name: "sub".into(), value: "\"bob\"".into() };
    let draft = app.edit(&Draft::of(&parse_exact(&token)).unwrap(), &[bob]);
    app.sign(&draft, ACTIVE, None).unwrap();
    signed(&app, &token, Signer::Test, Some(Fault::Expired));
    // A fault in the signature is part of the draft, so the page cannot hide it behind another purpose.
    let flipped = app.edit(&draft, &[Edit::Break { fault: Fault::BitFlipped }]);
    app.sign(&flipped, ACTIVE, None).unwrap();
    let test = test_key(&app);
    let said = |user: &str, key: &str, fault: Option<&str>| {
        (Some(user.to_owned()), key.to_owned(), json!({"sub": user, "fault": fault}))
    };
    assert_eq!(
        trace(&app),
        [
            said("alice", &access, None),
            said("bob", &access, None),
            said("alice", &test, Some("expired")),
            said("bob", &access, Some("bit_flipped")),
        ]
    );
}

#[test]
fn a_live_preview_is_one_event_a_minute_and_never_none() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    for _ in 0..20 {
        signed(&app, &token, ACTIVE, None);
    }
    assert_eq!(trace(&app).len(), 1, "a keystroke is no event");
    app.clock.advance_seconds(60);
    signed(&app, &token, ACTIVE, None);
    assert_eq!(trace(&app).len(), 2);
    app.clock.advance_seconds(-3_600);
    signed(&app, &token, ACTIVE, None);
    assert_eq!(trace(&app).len(), 3, "a clock that goes back silences nothing");
    app.engine.set_clock(engine::settings::ClockSetting::Frozen { at: app.engine.now().unwrap() }).unwrap();
    app.clock.advance_seconds(61);
    signed(&app, &token, ACTIVE, None);
    assert_eq!(trace(&app).len(), 4, "nor one that the user froze");
}

#[test]
fn nothing_of_the_token_and_no_odd_text_reaches_the_trace() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let start = Draft::of(&parse_exact(&token)).unwrap();
    let hostile = serde_json::to_string(&format!("\u{1b}[31m{}", "x".repeat(5_000))).unwrap();
    for value in [hostile.as_str(), "7", "null"] {
        let edit = Edit::SetClaim { name: "sub".into(), value: value.into() };
        let made = app.sign(&app.edit(&start, &[edit]), ACTIVE, None).unwrap();
        let signature = made.rsplit('.').next().unwrap().to_owned();
        assert!(trace(&app).iter().all(|(.., detail)| !detail.to_string().contains(&signature)));
    }
    let details: Vec<Value> = trace(&app).into_iter().map(|(.., detail)| detail).collect();
    assert_eq!(details.len(), 2, "7 and null are the same to it");
    // As JSON, which escapes invisible characters.
    let texts: Vec<String> = details.iter().map(ToString::to_string).collect();
    assert!(texts.iter().all(|text| text.len() < 400 && !text.contains(char::is_control)), "{texts:?}");
    assert_eq!(details[1]["sub"], Value::Null);
}

#[test]
fn what_the_test_key_signed_is_taken_only_while_it_is_published() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let before = app.engine.jwks().unwrap();
    let made = app.inspect(&signed(&app, &token, Signer::Test, None));
    assert_eq!(app.engine.jwks().unwrap(), before, "not published unless the user wants it");
    assert_eq!((made.verdict.outcome, made.verdict.stopped_at), (VerdictOutcome::Rejected, Some(Check::Key)));
    assert_eq!(made.signature.state, SignatureState::Verified, "and still it is shown to be intact");
    let step = made.trace.iter().find(|step| step.check == Check::Key).unwrap();
    assert!(step.reason.contains("test key"), "{}", step.reason);
    assert!(!app.lets_in(&made.token));

    app.engine.publish_test_key(true).unwrap();
    assert!(app.another_process().engine.jwks().unwrap().contains(&test_key(&app)));
    let taken = app.inspect(&made.token);
    assert_eq!(taken.verdict.outcome, VerdictOutcome::Accepted);
    let step = taken.trace.iter().find(|step| step.check == Check::Key).unwrap();
    assert_eq!(step.outcome, Outcome::Warn);
    assert!(step.reason.contains("test key"), "{}", step.reason);
    assert!(app.lets_in(&made.token));
    assert!(app.lets_in(&token), "the profile's own tokens are as good as ever");

    app.engine.publish_test_key(false).unwrap();
    assert!(!app.lets_in(&made.token));
    assert_eq!(app.engine.jwks().unwrap(), before);
}

#[test]
fn every_fault_is_kept_out_with_a_published_test_key_too() {
    let app = App::new().with_user("alice");
    app.engine.publish_test_key(true).unwrap();
    let token = app.sign_in("alice").access_token;
    let draft = Draft::of(&parse_exact(&token)).unwrap();
    for fault in Fault::ALL {
        let broken = app.edit(&draft, &[Edit::Break { fault }]);
        let broken = app.sign(&broken, Signer::Test, Some(fault)).unwrap();
        let passes = fault == Fault::MissingScope;
        assert_eq!(app.lets_in(&broken), passes, "{fault:?}");
    }
}

#[test]
fn a_test_key_is_made_when_it_is_needed_and_signs_nothing_that_the_profile_issues() {
    let app = App::new().with_user("alice");
    app.engine.prepare_keys().unwrap();
    let none = app.engine.keys().unwrap().iter().all(|key| key.purpose != Purpose::Test);
    assert!(none, "no key that nobody asked for");
    let token = app.sign_in("alice").access_token;
    signed(&app, &token, Signer::Test, None);
    let kid = test_key(&app);
    let as_access = Signer::Access { kid: Some(&kid) };
    let draft = Draft::of(&parse_exact(&token)).unwrap();
    assert!(app.sign(&draft, as_access, None).is_err());
    assert_ne!(app.inspect(&app.sign_in("alice").access_token).signature.kid, Some(kid.clone()));
    // The test key is rotated and retired like any other.
    app.engine.publish_test_key(true).unwrap();
    let old = signed(&app, &token, Signer::Test, None);
    let next = app.engine.rotate_key(Purpose::Test, None).unwrap();
    assert_eq!((next.purpose, next.state), (Purpose::Test, KeyState::Active));
    assert!(app.lets_in(&old));
    app.engine.retire_key(&kid).unwrap();
    assert!(!app.lets_in(&old));
}

#[test]
fn a_minted_token_has_a_session_that_is_seen_and_ended_like_any_other() {
    let app = App::new().with_user("alice");
    let (signed_in, minted) = (app.sign_in("alice"), app.engine.mint("alice", None, None).unwrap());
    let kind = |sid: &str| app.engine.sessions().unwrap().into_iter().find(|session| session.sid == sid).unwrap().kind;
    assert_eq!((kind(&signed_in.sid), kind(&minted.sid)), (SessionKind::SignIn, SessionKind::Minted));
    assert!(app.lets_in(&minted.access_token));
    assert!(app.engine.end_session(&minted.sid).unwrap());
    assert!(!app.lets_in(&minted.access_token));
    assert!(app.lets_in(&signed_in.access_token));
    let sessions = app.engine.sessions().unwrap();
    let ended = sessions.iter().find(|session| session.sid == minted.sid).unwrap();
    assert!(matches!(ended.state, SessionState::Ended { .. }));
}

/// The same token with other times, signed with the profile's key.
fn with_times(app: &App, token: &str, times: &[(&str, i64)]) -> String {
    let set = |(name, seconds): &(&str, i64)| Edit::SetClaim { name: (*name).into(), value: seconds.to_string() };
    let edits: Vec<Edit> = times.iter().map(set).collect();
    app.sign(&app.edit(&Draft::of(&parse_exact(token)).unwrap(), &edits), ACTIVE, None).unwrap()
}

#[test]
fn a_token_stays_revoked_when_a_shorter_one_of_its_id_was_revoked_first() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let now = app.engine.now().unwrap().seconds();
    let [short, long] = [60, 86_400].map(|seconds| with_times(&app, &token, &[("exp", now + seconds)]));
    assert!(matches!(app.engine.revoke(&short).unwrap(), Revoked::AccessToken { .. }));
    assert!(matches!(app.engine.revoke(&long).unwrap(), Revoked::AccessToken { .. }), "it lives longer");
    app.let_hours_pass(6);
    assert!(!app.lets_in(&long));
    assert_eq!(app.engine.deny_list_length().unwrap(), 1, "it is not forgotten with the short one");
}

#[test]
fn a_token_is_refused_once_its_session_was_idle_for_too_long() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let later = app.engine.now().unwrap().seconds() + 20 * 3_600;
    let late = with_times(&app, &token, &[("iat", later), ("nbf", later), ("exp", later + 86_400)]);
    app.clock.advance_seconds(23 * 3_600);
    assert!(app.lets_in(&late));
    app.clock.advance_seconds(3_600);
    assert!(!app.lets_in(&late), "the session has expired, as the list of sessions says");
}
