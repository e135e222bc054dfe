//! The engine's rules: changed in one place, stored with the profile, applied everywhere.

use engine::{
    StoreError,
    keys::Purpose,
    records::EventsOf,
    rules::{Revocation, Rotation, RulesError},
    secret::RefreshToken,
    settings::SettingError,
    sign_in::{SignInError, SignedIn},
    throttle::Lock,
};
use inspect::report::VerdictOutcome;
use jose::{Algorithm, judgement::Check};
use rusqlite::Connection;
use std::time::Duration;
use workbench_tests::app::{App, PASSWORD};

fn token(signed_in: &SignedIn) -> &RefreshToken {
    signed_in.refresh_token.as_ref().unwrap()
}

fn changes(app: &App) -> Vec<String> {
    let events = app.engine.events(EventsOf::All, 100).unwrap();
    let changes = events.into_iter().filter(|event| event.kind == "policy_changed");
    changes.map(|event| event.detail.unwrap().to_string()).collect()
}

#[test]
fn a_rule_that_one_process_changes_holds_in_the_others() {
    let app = App::new().with_user("alice");
    let first = app.sign_in("alice");
    let other = app.another_process();
    other.engine.set_rotation(Rotation::None).unwrap();
    other.engine.set_rule("access_token_lifetime", "60").unwrap();
    assert_eq!(*app.engine.rules().unwrap(), *other.engine.rules().unwrap());
    let again = app.refresh(token(&first)).unwrap();
    assert_eq!((token(&again), again.expires_in), (token(&first), Duration::from_secs(60)));
    app.engine.reset_rule("rotation").unwrap();
    assert_eq!(other.engine.rules().unwrap().rotation, Rotation::Strict);
    assert_eq!(other.engine.rules().unwrap().access_token_lifetime, Duration::from_secs(60));
    other.engine.reset_rules().unwrap();
    assert_eq!(*app.engine.rules().unwrap(), *app.engine.default_rules());
}

#[test]
fn each_change_is_written_down_once() {
    let app = App::new();
    app.engine.set_rule("leeway_seconds", "30").unwrap();
    app.engine.set_rule("leeway_seconds", "30").unwrap();
    app.engine.set_rule("algorithms", "ES256, RS256").unwrap();
    app.engine.reset_rule("leeway_seconds").unwrap();
    app.engine.reset_rules().unwrap();
    app.engine.reset_rules().unwrap();
    assert_eq!(
        changes(&app),
        [
            r#"{"setting":"algorithms","value":["ES256","ES384","RS256","PS256","EdDSA","HS256"]}"#,
            r#"{"setting":"leeway_seconds","value":0}"#,
            r#"{"setting":"algorithms","value":["ES256","RS256"]}"#,
            r#"{"setting":"leeway_seconds","value":30}"#,
        ]
    );
}

#[test]
fn what_a_rule_may_not_be_changes_nothing() {
    let app = App::new();
    for (name, text, sentence) in [
        ("rotation", "mean", r#"rotation cannot be "mean": write strict, grace SECONDS, evidence or none"#),
        (
            "issuer",
            "localhost",
            r#"issuer cannot be "localhost": write an https or http URL without query and fragment"#,
        ),
        ("access_token_lifetime", "1h", r#"access_token_lifetime cannot be "1h": write 10 to 86400 seconds"#),
        ("most_failures", "0", r#"most_failures cannot be "0": write a number from 5 to 100"#),
        ("test_key_published", "maybe", r#"test_key_published cannot be "maybe": write yes or no"#),
        ("mood", "good", r#"There is no rule "mood"; twb policy show lists them"#),
        ("session_lifetime", "3600", "session_idle_limit cannot be more than session_lifetime"),
    ] {
        assert_eq!(app.engine.set_rule(name, text).unwrap_err().to_string(), sentence);
    }
    assert_eq!(*app.engine.rules().unwrap(), *app.engine.default_rules());
    assert!(changes(&app).is_empty());
}

#[test]
fn an_algorithm_that_a_key_signs_with_stays_allowed() {
    let app = App::new();
    app.engine.prepare_keys().unwrap();
    let refused = app.engine.set_rule("algorithms", "RS256").unwrap_err();
    assert!(matches!(refused, SettingError::InUse { algorithm: Algorithm::Es256, .. }), "{refused}");
    app.engine.set_rule("algorithms", "RS256 ES256").unwrap();
}

/// The defaults never apply where a newer version wrote stricter rules.
#[test]
fn rules_of_a_newer_version_are_not_taken_for_the_defaults() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    let db = Connection::open(app.database()).unwrap();
    db.execute("INSERT INTO settings VALUES ('rules', '{\"version\": 2}')", []).unwrap();
    let newer = RulesError::Newer { found: 2 };
    let is_refused = |error: StoreError| {
        let StoreError::Failed { system, .. } = error else { panic!("{error}") };
        assert_eq!(system, newer.to_string());
    };
    is_refused(app.engine.guard(&signed_in.access_token, &[]).unwrap_err());
    is_refused(app.engine.jwks().unwrap_err());
    let SignInError::Store(error) = app.try_sign_in("alice", PASSWORD).unwrap_err() else { panic!() };
    is_refused(error);
    let report = app.inspect(&signed_in.access_token);
    assert!(report.verdict.outcome != VerdictOutcome::Accepted, "and Inspect verifies nothing");
    assert_eq!(app.engine.set_rotation(Rotation::None), Err(SettingError::Rule(newer.clone())));
    app.engine.reset_rules().unwrap();
    assert!(app.lets_in(&signed_in.access_token));
}

/// To rotate the key first, as is asked for otherwise, takes rules that can be read.
#[test]
fn damaged_rules_are_reset_even_if_a_key_signs_with_what_they_allowed() {
    let app = App::new().with_user("alice");
    app.engine.prepare_keys().unwrap();
    app.engine.set_rule("algorithms", "ES256 ES512").unwrap();
    app.engine.rotate_key(Purpose::Access, Some(Algorithm::Es512)).unwrap();
    let signed_in = app.sign_in("alice");
    assert!(matches!(app.engine.reset_rules(), Err(SettingError::InUse { algorithm: Algorithm::Es512, .. })));
    Connection::open(app.database())
        .unwrap()
        .execute("UPDATE settings SET value = '{' WHERE name = 'rules'", [])
        .unwrap();
    app.engine.rotate_key(Purpose::Access, Some(Algorithm::Es256)).unwrap_err();
    app.engine.reset_rules().unwrap();
    assert!(app.lets_in(&signed_in.access_token));
    app.engine.rotate_key(Purpose::Access, Some(Algorithm::Es256)).unwrap();
    app.engine.reset_rules().unwrap();
    assert_eq!(*app.engine.rules().unwrap(), *app.engine.default_rules());
}

#[test]
fn the_limit_of_failures_is_a_rule() {
    let app = App::new().with_user("alice");
    app.engine.set_rule("most_failures", "5").unwrap();
    for _ in 0..5 {
        app.try_sign_in("alice", "wrong").unwrap_err();
        app.clock.advance_seconds(60);
    }
    assert_eq!(app.engine.failures("alice").unwrap().1, Some(Lock::UntilReset));
    app.engine.reset_rule("most_failures").unwrap();
    assert_eq!(app.engine.failures("alice").unwrap().1, None);
}

#[test]
fn another_issuer_holds_from_the_next_token_on() {
    let app = App::new().with_user("alice");
    let first = app.sign_in("alice");
    app.engine.set_rule("issuer", "https://auth.example").unwrap();
    let refused = app.engine.guard(&first.access_token, &[]).unwrap();
    assert_ne!(refused.verdict.outcome, VerdictOutcome::Accepted, "issued by another");
    let revocation = refused.trace.iter().find(|step| step.check == Check::Revocation).unwrap();
    assert_eq!(revocation.reason, "Its iss is not this profile's");
    let second = app.refresh(token(&first)).unwrap();
    assert!(app.lets_in(&second.access_token));
    assert_eq!(app.engine.own_policy().unwrap().issuer.as_deref(), Some("https://auth.example"));
}

#[test]
fn a_copy_goes_back_to_the_deny_list_and_keeps_the_other_rules() {
    let app = App::new().with_user("alice");
    app.engine.set_revocation(Revocation::ShortLived).unwrap();
    app.engine.set_rule("leeway_seconds", "30").unwrap();
    let backup = app.folder().with_extension("backup");
    app.engine.back_up(&backup).unwrap();
    let copy = app.on_database(&std::fs::read(&backup).unwrap()).unwrap();
    let rules = copy.engine.rules().unwrap();
    assert_eq!((rules.revocation, rules.leeway_seconds), (Revocation::DenyList, 30));
}
