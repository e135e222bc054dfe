//! Editing a token and signing it again.

use engine::{
    by_hand::{ByHandError, Signer},
    evidence::Inspection,
};
use inspect::{Draft, Edit, Fault, SecretForm, UserKey, parse, report::VerdictOutcome};
use jose::parse_exact;
use workbench_tests::app::App;

fn draft_of(token: &str) -> Draft {
    Draft::of(&parse(token)).unwrap()
}

const ACTIVE: Signer<'static> = Signer::Access { kid: None };

#[test]
fn an_expired_token_is_made_valid_again_and_the_guard_lets_it_in() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    app.clock.advance_seconds(1_000);
    assert_eq!(app.inspect(&token).verdict.outcome, VerdictOutcome::Rejected);
    let draft = app.edit(&draft_of(&token), &[Edit::ExpireIn { seconds: 60 }]);
    let edited = app.sign(&draft, ACTIVE, None).unwrap();
    assert_eq!(app.inspect(&edited).verdict.outcome, VerdictOutcome::Accepted);
    let changes = inspect::changes(&parse_exact(&token), &parse_exact(&edited));
    assert_eq!(changes.iter().map(|change| change.name.as_str()).collect::<Vec<_>>(), ["exp"]);
    assert!(app.lets_in(&edited), "the preview is the token");
}

#[test]
fn every_fault_is_kept_out() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let draft = draft_of(&token);
    for fault in Fault::ALL {
        let broken = app.edit(&draft, &[Edit::Break { fault }]);
        let broken = app.sign(&broken, ACTIVE, None).unwrap();
        // Fewer scopes are not a fault where no endpoint requires one.
        let passes = fault == Fault::MissingScope;
        assert_eq!(app.lets_in(&broken), passes, "{fault:?}");
    }
}

#[test]
fn the_old_signature_and_a_given_key_prove_nothing_to_the_guard() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let grant = Edit::SetClaim { name: "scope".into(), value: "\"users:admin\"".into() };
    let draft = app.edit(&draft_of(&token), &[grant]);
    assert!(!app.lets_in(&draft.with_signature_of(&parse_exact(&token))));
    let secret = UserKey::new("a secret of somebody else", SecretForm::Text);
    let signed = secret.sign(&draft).unwrap();
    let report = app.inspect_by(&signed, Some(&secret), Inspection::default());
    assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted, "with that secret it verifies");
    assert!(!app.lets_in(&signed), "but no server of this profile has it");
    assert_eq!(draft_of(&token).with_signature_of(&parse_exact(&token)), token);
}

#[test]
fn keys_that_are_not_there_or_retired_do_not_sign() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let preview = |kid| {
        let signer = Signer::Access { kid: Some(kid) };
        app.sign(&draft_of(&token), signer, None)
    };
    assert!(matches!(preview("nobody's"), Err(ByHandError::NoSuchKey(_))));
    let keys = app.engine.keys().unwrap();
    let refresh = keys.iter().find(|key| key.purpose == engine::keys::Purpose::Refresh).unwrap();
    let refused = preview(&refresh.kid);
    assert!(matches!(refused, Err(ByHandError::NoSuchKey(_))), "a refresh key signs nothing else");
    let names: Vec<String> = app.engine.signers().unwrap().into_iter().map(|key| key.kid).collect();
    assert_eq!(names.len(), 1);
    assert!(preview(&names[0]).is_ok());
}

#[test]
fn the_clock_moves_from_where_it_is() {
    let app = App::new();
    let start = app.engine.now().unwrap().seconds();
    app.engine.move_clock(-180).unwrap();
    app.engine.move_clock(60).unwrap();
    assert_eq!(app.engine.now().unwrap().seconds(), start - 120);
    app.engine.move_clock(120).unwrap();
    assert_eq!(app.engine.clock_setting().unwrap(), engine::settings::ClockSetting::Real);
    app.engine.set_clock(engine::settings::ClockSetting::Frozen { at: app.engine.now().unwrap() }).unwrap();
    app.engine.move_clock(60).unwrap();
    app.clock.advance_seconds(500);
    assert_eq!(app.engine.now().unwrap().seconds(), start + 60, "a frozen clock stays frozen");
}
