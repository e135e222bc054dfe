//! Tests of the buttons of a failed step: each makes it pass.

use crate::report::Action;
use crate::testing::{Draft, NOW, found, key, step};
use crate::{Edit, check, parse};
use jose::judgement::{Check, Outcome};
use jose::{Evidence, KeyChoice, KeyTrust};

fn actions(draft: &Draft, check: Check) -> Vec<Action> {
    let step = draft.step(check);
    assert_eq!(step.outcome, Outcome::Fail);
    assert!(step.actions.len() <= 3);
    step.actions
}

#[test]
fn what_a_failed_step_offers_makes_it_pass() {
    let cases = [
        (Draft::new().claim("exp", NOW - 123).claim("nbf", NOW - 1_023), Check::Time),
        (Draft::new().claim("exp", NOW - 123).claim("nbf", NOW - 79), Check::Time),
        (Draft::new().claim("exp", NOW - 10).claim("nbf", NOW - 20).claim("iat", NOW - 20), Check::Time),
        (Draft::new().claim("nbf", NOW + 400), Check::Time),
        (Draft::new().claim("exp", "\"soon\""), Check::Time),
        (Draft::new().without("exp"), Check::Time),
        (Draft::new().claim("iss", "\"http://localhost:8787/\""), Check::IssuerAndAudience),
        (Draft::new().without("iss"), Check::IssuerAndAudience),
        (Draft::new().claim("aud", "[\"billing-api\"]"), Check::IssuerAndAudience),
        (Draft::new().claim("aud", "7"), Check::IssuerAndAudience),
        (Draft::new().claim("iss", "7"), Check::IssuerAndAudience),
        (Draft::new().claim("scope", "\"items:read\""), Check::Scopes),
        (Draft::new().without("scope").policy(|policy| policy.required_claims.clear()), Check::Scopes),
        (Draft::new().without("scope").claim("scp", "[\"items:read\"]"), Check::Scopes),
        (Draft::new().also("sub", "\"bob\"").own(), Check::Parse),
        (Draft::new().header("crit", "[\"x\"]"), Check::Algorithm),
        (Draft::new().header("typ", "\"JWT\""), Check::Algorithm),
    ];
    for (draft, about) in cases {
        let token = parse(&draft.token());
        let mut changes = 0;
        for action in actions(&draft, about) {
            let after = match action {
                Action::Edit { edit: Some(edit), .. } => {
                    let edited = crate::Draft::of(&token).unwrap().apply(&edit, NOW).unwrap();
                    draft.judge(&edited.sign(key()).unwrap())
                }
                Action::MoveClock { seconds, .. } => {
                    check(&token, &Evidence { now: NOW + seconds, ..draft.evidence() })
                }
                Action::ChangePolicy => continue,
                other => panic!("{other:?} is not for {about:?}"),
            };
            changes += 1;
            let after = step(&after, about);
            assert_ne!(after.outcome, Outcome::Fail, "{}", after.reason);
        }
        assert!(changes > 0, "{about:?}");
    }
}

#[test]
fn a_missing_scope_is_added_as_the_token_writes_scopes() {
    let added = |draft: Draft| match &actions(&draft, Check::Scopes)[0] {
        Action::Edit { edit: Some(Edit::SetClaim { name, value }), .. } => (name.clone(), value.clone()),
        other => panic!("{other:?}"),
    };
    let without = || {
        Draft::new().without("scope").policy(|policy| {
            policy.required_claims.clear();
            policy.required_scopes = vec!["items:read".into(), "items:write".into()];
        })
    };
    let both = ("scope".to_owned(), "\"items:read items:write\"".to_owned());
    assert_eq!(added(without()), both);
    assert_eq!(added(Draft::new().claim("scope", "\"items:read\"")), both);
    let list = ("scp".to_owned(), "[\"items:read\",\"items:write\"]".to_owned());
    assert_eq!(added(without().claim("scp", "[\"items:read\"]")), list);
}

#[test]
fn what_nobody_else_can_know_opens_the_editor_or_the_policy() {
    let wanted = [Action::Edit { label: "Edit and re-sign".into(), edit: None }, Action::ChangePolicy];
    let require =
        |name: &'static str| Draft::new().without(name).policy(move |policy| policy.required_claims.push(name.into()));
    assert_eq!(actions(&require("jti"), Check::Revocation), wanted);
    assert_eq!(actions(&require("sub"), Check::User), wanted);
    assert_eq!(actions(&require("client_id"), Check::IssuerAndAudience), wanted);
    assert_eq!(actions(&Draft::new().claim("sub", 7), Check::User), wanted);
    assert_eq!(Draft::new().also("iss", "\"x\"").step(Check::IssuerAndAudience).actions, []);
}

#[test]
fn the_clock_moves_by_round_amounts() {
    let clock = |draft: Draft| {
        actions(&draft, Check::Time).into_iter().find_map(|action| match action {
            Action::MoveClock { label, .. } => Some(label),
            _ => None,
        })
    };
    let expired = |ago: i64| Draft::new().claim("iat", 0).claim("nbf", 0).claim("exp", NOW - ago);
    assert_eq!(clock(expired(123)).as_deref(), Some("Clock −3 m"));
    assert_eq!(clock(expired(173)).as_deref(), Some("Clock −4 m"), "not to 7 seconds before its end");
    assert_eq!(clock(expired(7_300)).as_deref(), Some("Clock −3 h"));
    assert_eq!(clock(expired(200_000)).as_deref(), Some("Clock −3 d"));
    assert_eq!(clock(Draft::new().claim("nbf", NOW + 61)).as_deref(), Some("Clock +2 m"));
    assert_eq!(clock(Draft::new().claim("nbf", i64::MAX)), None);
}

#[test]
fn keys_and_users_are_offered_where_they_are_what_is_wrong() {
    let token = Draft::new().token();
    let flipped = format!("{}AAAA{}", &token[..token.len() - 44], &token[token.len() - 40..]);
    let mismatch = step(&Draft::new().judge(&flipped), Check::Signature);
    assert_eq!(mismatch.actions[0], Action::TryKey);
    assert!(matches!(&mismatch.actions[1], Action::SignAgain { .. }));
    let gone = Draft::new().facts(|facts| facts.user = jose::UserFact::Missing);
    assert_eq!(actions(&gone, Check::User), [Action::ShowUsers]);
    let revoked = Draft::new().facts(|facts| facts.revocation = jose::RevocationFact::TokenRevoked { at: NOW });
    assert_eq!(actions(&revoked, Check::Revocation), [Action::ShowUsers]);
    let keep = Action::Edit { label: "Keep the last one".into(), edit: Some(Edit::RemoveRepeats) };
    assert_eq!(actions(&Draft::new().also("sub", 1).own(), Check::Parse), [keep]);
}

#[test]
fn a_test_key_that_is_not_published_is_left_or_published() {
    let KeyChoice::Found { key, kid, origin, note, .. } = found(key()) else { panic!("found") };
    let hidden = KeyChoice::Found { key, kid, origin, note, trust: KeyTrust::HiddenTest };
    let kinds = actions(&Draft::new().key(hidden), Check::Key);
    assert_eq!(kinds, [Action::SignAgain { label: "Sign with an access key".into() }, Action::PublishTestKey]);
}

#[test]
fn where_the_session_is_over_the_clock_is_offered_before_signing_again() {
    let first = |revocation| {
        let draft = Draft::new().claim("iat", 0).claim("nbf", 0).claim("exp", NOW - 60);
        actions(&draft.facts(|facts| facts.revocation = revocation), Check::Time).swap_remove(0)
    };
    assert!(matches!(first(jose::RevocationFact::Live { until: None }), Action::Edit { .. }));
    assert!(matches!(first(jose::RevocationFact::Live { until: Some(NOW) }), Action::MoveClock { .. }));
    assert!(matches!(first(jose::RevocationFact::SessionEnded { at: NOW - 30 }), Action::MoveClock { .. }));
}
