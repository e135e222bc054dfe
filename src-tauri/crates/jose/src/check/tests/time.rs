//! Time claims: the boundaries to the second, every type and size, and what would make them pass.

use super::fails;
use crate::judgement::{Check, Outcome, VerdictOutcome};
use crate::testing::{Draft, NOW, step};
use crate::words::span;

#[test]
fn an_expired_token_says_by_how_much() {
    let draft = Draft::new().claim("exp", 1_795_440_604);
    fails(&draft, Check::Time, "exp passed 2 m 3 s ago; nbf, iat are fine");
    let judged = draft.judgement();
    assert_eq!(step(&judged, Check::Time).fix, "Set `exp` after 1795440727 (2 m 4 s later)");
    assert_eq!(step(&judged, Check::Time).rfc, "RFC 7519 §4.1.4");
    assert_eq!(step(&judged, Check::Time).members, ["exp"]);
    assert_eq!(judged.verdict.detail, "401 at check 5 of 9, time claims");
    assert_eq!(judged.verdict.stopped_at, Some(Check::Time));
    assert_eq!(step(&judged, Check::Scopes).outcome, Outcome::Pass, "the later checks are made anyway");
}

#[test]
fn the_time_boundaries_are_exact() {
    let time = |draft: Draft| draft.step(Check::Time).outcome;
    assert_eq!(time(Draft::new().claim("exp", NOW)), Outcome::Fail);
    assert_eq!(time(Draft::new().claim("exp", NOW - 1)), Outcome::Fail);
    assert_eq!(time(Draft::new().claim("exp", NOW + 1)), Outcome::Pass);
    assert_eq!(time(Draft::new().claim("nbf", NOW)), Outcome::Pass);
    assert_eq!(time(Draft::new().claim("nbf", NOW + 1)), Outcome::Fail);
    let forgiving = || Draft::new().policy(|policy| policy.leeway_seconds = 10);
    assert_eq!(time(forgiving().claim("exp", NOW - 9)), Outcome::Pass);
    assert_eq!(time(forgiving().claim("exp", NOW - 10)), Outcome::Fail);
    assert_eq!(time(forgiving().claim("nbf", NOW + 10)), Outcome::Pass);
    assert_eq!(time(forgiving().claim("nbf", NOW + 11)), Outcome::Fail);
    let step = forgiving().claim("exp", NOW - 10).step(Check::Time);
    assert_eq!(step.fix, "Set `exp` after 1795440717 (1 s later)");
}

#[test]
fn the_named_fix_of_an_early_or_late_token_really_fixes_it() {
    for leeway in [0, 30] {
        for miss in [0_u64, 1, 500] {
            let leeway_seconds = i64::from(leeway);
            let draft = || Draft::new().policy(|policy| policy.leeway_seconds = leeway);
            let late = draft().claim("exp", NOW - leeway_seconds - i64::try_from(miss).unwrap());
            assert!(late.step(Check::Time).fix.contains(&format!("({} later)", span(miss + 1))));
            assert_eq!(draft().claim("exp", NOW - leeway_seconds + 1).step(Check::Time).outcome, Outcome::Pass);
        }
    }
}

#[test]
fn a_number_in_quotes_is_the_one_to_write() {
    for (value, meant) in [("\"1795441548\"", "1795441548"), ("\"1795441548000\"", "1795441548")] {
        let fix = Draft::new().claim("exp", value).step(Check::Time).fix;
        assert_eq!(fix, format!("Write `exp` as a number, without quotes: {meant}"));
    }
    assert!(Draft::new().claim("exp", "\"tomorrow\"").step(Check::Time).fix.contains("as whole seconds since 1970"));
}

#[test]
fn times_of_any_type_and_size_get_a_typed_refusal_and_never_overflow() {
    let cases = [
        ("\"1795441548\"", "exp is a string, not a number"),
        ("null", "exp is null, not a number"),
        ("true", "exp is true or false, not a number"),
        ("[1795441548]", "exp is an array, not a number"),
        ("-1", "exp is negative"),
        ("1e400", "exp does not fit in 64 bits"),
        ("9223372036854775808", "exp does not fit in 64 bits"),
        ("18446744073709551616", "exp does not fit in 64 bits"),
    ];
    for (json, reason) in cases {
        fails(&Draft::new().claim("exp", json), Check::Time, &format!("{reason}; nbf, iat are fine"));
    }
    fails(&Draft::new().claim("iat", "\"x\""), Check::Time, "iat is a string, not a number; exp, nbf are fine");
    fails(&Draft::new().claim("nbf", "{}"), Check::Time, "nbf is an object, not a number; exp, iat are fine");
    for now in [i64::MIN, -1, 0, i64::MAX] {
        for exp in ["0", "9223372036854775807"] {
            let mut draft = Draft::new().claim("exp", exp).policy(|policy| policy.leeway_seconds = u32::MAX);
            draft.now = now;
            assert_eq!(draft.judgement().trace.len(), 9);
        }
    }
}

#[test]
fn a_numeric_date_may_have_a_fraction_which_is_cut_and_told() {
    for (json, outcome) in [
        ("1795441548.0", Outcome::Pass),
        ("1.795441548e9", Outcome::Pass),
        ("1795441548.5", Outcome::Warn),
        ("1795441548.9999999999", Outcome::Warn),
    ] {
        let judged = Draft::new().claim("exp", json).judgement();
        let step = step(&judged, Check::Time);
        assert_eq!(step.outcome, outcome, "{json}");
        assert!(step.reason.starts_with("Valid for 13 m 41 s more"), "{}", step.reason);
        assert_eq!(judged.verdict.outcome, VerdictOutcome::Accepted);
        if outcome == Outcome::Warn {
            assert!(step.reason.ends_with("; exp has a fraction, which not every server accepts"));
        }
    }
    assert_eq!(Draft::new().claim("iat", "0.5").step(Check::Time).outcome, Outcome::Warn);
}

#[test]
fn a_missing_exp_fails_only_where_it_is_required() {
    fails(&Draft::new().without("exp"), Check::Time, "exp is missing, and the policy requires it; nbf, iat are fine");
    let tolerant = Draft::new().without("exp").policy(|policy| policy.required_claims.clear()).judgement();
    assert_eq!(step(&tolerant, Check::Time).outcome, Outcome::Warn);
    assert_eq!(tolerant.verdict.outcome, VerdictOutcome::Accepted);
}

#[test]
fn a_time_in_milliseconds_is_never_called_fine() {
    let later = |seconds: i64| ((NOW + seconds) * 1000).to_string();
    let draft = Draft::new().claim("exp", later(600)).claim("iat", later(0)).claim("nbf", later(0));
    let step = draft.step(Check::Time);
    assert!(step.reason.ends_with(" away; exp, iat are in milliseconds"), "{}", step.reason);
    let (then, now) = (NOW + 600, NOW);
    let fix = format!("Divide `nbf` by 1000: {now}, divide `exp` by 1000: {then} and divide `iat` by 1000: {now}");
    assert_eq!(step.fix, fix);
    assert_eq!(step.members, ["nbf", "exp", "iat"]);
    let step = draft.claim("nbf", NOW).step(Check::Time);
    assert!(step.reason.starts_with("exp, iat are in milliseconds, so the token lasts for "), "{}", step.reason);
    let step = Draft::new().claim("exp", NOW - 60).claim("iat", later(0)).step(Check::Time);
    assert_eq!(step.reason, "exp passed 1 m ago; iat is in milliseconds; nbf is fine");
    let step = Draft::new().claim("auth_time", later(0)).step(Check::Time);
    assert_eq!(step.reason, "auth_time is in milliseconds, not in seconds");
    assert_eq!(
        (step.outcome, &*step.fix),
        (Outcome::Warn, &*format!("Divide `auth_time` by 1000: {NOW}")),
        "a warning says what should change"
    );
}

#[test]
fn a_time_in_milliseconds_is_said_to_be_one() {
    let later = |seconds: i64| ((NOW + seconds) * 1000).to_string();
    let step = Draft::new().claim("nbf", later(-60)).step(Check::Time);
    assert!(step.reason.starts_with("nbf is in milliseconds, so it is "), "{}", step.reason);
    assert_eq!(step.fix, format!("Divide `nbf` by 1000: {}", NOW - 60));
    let step = Draft::new().claim("exp", later(900)).step(Check::Time);
    assert!(step.reason.starts_with("exp is in milliseconds, so the token lasts for "), "{}", step.reason);
    assert_eq!(step.outcome, Outcome::Warn);
}

/// RFC 9901 section 7.3: nothing but its age limits how long a key binding can be replayed.
#[test]
fn a_key_binding_by_itself_is_fresh_and_not_dated_ahead() {
    let step = |iat: i64| {
        let policy = crate::Policy::for_kind(crate::Kind::KeyBinding);
        let draft = Draft::new().without("exp").without("nbf").without("auth_time").claim("iat", iat);
        draft.policy(move |own| *own = policy.clone()).step(Check::Time)
    };
    let outcomes = [NOW - 300, NOW - 301, NOW + 120].map(|iat| step(iat).outcome);
    assert_eq!(outcomes, [Outcome::Pass, Outcome::Warn, Outcome::Fail]);
    assert_eq!(step(NOW - 301).reason, "Made 5 m 1 s ago: a verifier takes it for minutes after iat");
    assert_eq!(step(NOW + 120).reason, "iat lies 2 m in the future");
}
